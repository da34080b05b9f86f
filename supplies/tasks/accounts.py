"""Who has an account and what they may do; and what everybody did.

Every change is an event. The first user is an administrator, and one who can sign in is always
left: nobody can lock everybody out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from supplies.access import Grant, Right, Role, check_apart, grant_at, role_of
from supplies.errors import AccessError
from supplies.store import Reader, Writer, people
from supplies.store.people import Event, User
from supplies.tasks.desk import Desk, has_users, now
from supplies.tasks.sessions import WRONG, fits, hasher, user_id

PASSWORD_MIN, PASSWORD_MAX = 10, 200
_ID = re.compile(r"[\w.@+-]{2,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user as administrators and auditors see one."""

    id: str
    name: str
    active: bool
    local: bool
    subject: str | None
    locked_until: datetime | None
    grants: tuple[Grant, ...]


def users(desk: Desk) -> list[Account]:
    """Return all users with their roles, by id; for administrators and auditors."""
    if not desk.actor.may(Right.AUDIT, desk.city):
        desk.allow(Right.USERS)
    with desk.store.reading() as reader:
        return [
            Account(
                id=user.id,
                name=user.name,
                active=user.active,
                local=user.password_hash is not None,
                subject=user.subject,
                locked_until=user.locked_until,
                grants=people.grants(reader, user.id),
            )
            for user in people.users(reader)
        ]


def add_user(
    desk: Desk,
    user: str,
    *,
    name: str = "",
    password: str | None = None,
    subject: str | None = None,
    role: str | Role | None = None,
    place: str = "",
) -> Account:
    """Add a user; from the first one on, everybody signs in.

    Parameters
    ----------
    user, name
        What is typed to sign in, and what colleagues call the person.
    password, subject
        How the person signs in: here, or at the organisation (an e-mail address or
        ``issuer|subject``); at least one of them.
    role, place
        The first role; more with `set_role`. The first user is an administrator.

    Raises
    ------
    AccessError
        When the right is missing, the name is taken or cannot be one, the password is too weak,
        or the role or its place does not fit.
    """
    desk.allow(Right.USERS)
    known = _checked_id(user)
    first = not has_users(desk.store)
    chosen = role_of(role) if role else (Role.ADMINISTRATOR if first else None)
    grant = grant_at(chosen, place, desk.city) if chosen else None
    if first and chosen is not Role.ADMINISTRATOR:
        raise AccessError("第一个用户必须是管理员 | the first user has to be an administrator")
    row = _new(known, name.strip() or user.strip(), password, subject)
    with desk.store.writing() as writer:
        _check_new(desk, writer, row)
        people.add(writer, row)
        if grant:
            people.give(writer, known, grant)
        desk.keep_event(writer, "add_user", known, "done", _said(grant) if grant else "")
    return _account(row, (grant,) if grant else ())


def _new(known: str, name: str, password: str | None, subject: str | None) -> User:
    """Return a new account's row; an e-mail address is compared without regard to case."""
    elsewhere = (subject or "").strip()
    elsewhere = elsewhere if "|" in elsewhere else elsewhere.casefold()
    if not password and not elsewhere:
        raise AccessError(
            "请给用户设密码或单位账号 | a user needs a password or an organisation account"
        )
    moment = now()
    return User(
        id=known,
        name=name,
        password_hash=_hashed(password, known, name) if password else None,
        subject=elsewhere or None,
        active=True,
        failures=0,
        locked_until=None,
        created_at=moment,
        changed_at=moment,
    )


def _check_new(desk: Desk, writer: Writer, row: User) -> None:
    if desk.actor.alone and people.any_users(writer):  # somebody else was quicker
        raise AccessError("已有用户, 请先登录 | there are users by now; sign in first")
    taken = people.user(writer, row.id) is not None
    if taken or (row.subject and people.user_of_subject(writer, row.subject)):
        raise AccessError(
            f"用户 {row.id} 或其单位账号已存在"
            f" | user {row.id} or the organisation account is there already"
        )


def set_role(desk: Desk, user: str, role: str | Role, place: str = "") -> Grant:
    """Give a user a role at a place; giving it again changes nothing.

    Raises
    ------
    AccessError
        When the right is missing, the user is unknown, the place does not fit the role, or one
        person may not hold the role beside another held already.
    """
    desk.allow(Right.USERS)
    grant = grant_at(role_of(role), place, desk.city)
    with desk.store.writing() as writer:
        known = _known(writer, user)
        held = people.grants(writer, known.id)
        check_apart([one.role for one in held], grant.role)
        if grant not in held:
            people.give(writer, known.id, grant)
            people.change(writer, known.id, changed_at=now())
            desk.keep_event(writer, "set_role", known.id, "done", _said(grant))
    return grant


def remove_role(desk: Desk, user: str, role: str | Role, place: str = "") -> None:
    """Take a role at a place from a user; raises as `set_role`, and for the last administrator."""
    desk.allow(Right.USERS)
    named = role_of(role)
    grant = Grant(role=named, place="" if place == desk.city.code else place)
    with desk.store.writing() as writer:
        known = _known(writer, user)
        if not people.take(writer, known.id, grant):
            raise AccessError(
                f"用户 {known.id} 没有角色 {_said(grant)}"
                f" | user {known.id} does not hold {_said(grant)}"
            )
        _check_administrator_left(writer)
        people.change(writer, known.id, changed_at=now())
        desk.keep_event(writer, "remove_role", known.id, "done", _said(grant))


def set_password(desk: Desk, user: str, password: str, *, old: str | None = None) -> None:
    """Set a user's password and end the user's sessions.

    Administrators set anybody's; others only their own, by saying the old one.

    Raises
    ------
    AccessError
        When the right is missing, the old password is wrong, or the new one is too weak.
    """
    wanted = user_id(user)
    own = bool(desk.user) and wanted == desk.user and not desk.actor.may(Right.USERS, desk.city)
    if not own:
        desk.allow(Right.USERS)
    with desk.store.reading() as reader:
        known = _known(reader, user)
    if own and not fits(known.password_hash, old or ""):
        raise AccessError(WRONG)
    kept = _hashed(password, known.id, known.name)
    with desk.store.writing() as writer:
        fresh = {"password_hash": kept, "failures": 0, "locked_until": None, "changed_at": now()}
        people.change(writer, known.id, **fresh)
        people.close_sessions(writer, known.id)
        desk.keep_event(writer, "set_password", known.id, "done")


def switch_off(desk: Desk, user: str) -> None:
    """Let a user in no more and end the user's sessions; what they did stays on record.

    Raises
    ------
    AccessError
        When the right is missing, the user is unknown, or is the last administrator.
    """

    def off(writer: Writer, known: User) -> None:
        people.change(writer, known.id, active=False, changed_at=now())
        people.close_sessions(writer, known.id)
        _check_administrator_left(writer)

    _change(desk, "switch_off", user, off)


def switch_on(desk: Desk, user: str) -> None:
    """Let a user in again, also one that is locked; raises as `switch_off`."""

    def on(writer: Writer, known: User) -> None:
        fields = {"active": True, "failures": 0, "locked_until": None, "changed_at": now()}
        people.change(writer, known.id, **fields)

    _change(desk, "switch_on", user, on)


def audit(
    desk: Desk,
    *,
    user: str | None = None,
    since: datetime | None = None,
    task: str | None = None,
    subject: str | None = None,
    limit: int = 200,
) -> list[Event]:
    """Return who did what, when, from where, latest first; for auditors."""
    desk.allow(Right.AUDIT)
    with desk.store.reading() as reader:
        return people.events(
            reader,
            user=user_id(user) if user is not None else None,
            since=since,
            task=task,
            subject=subject,
            limit=limit,
        )


def _change(desk: Desk, task: str, user: str, act: Callable[[Writer, User], None]) -> None:
    desk.allow(Right.USERS)
    with desk.store.writing() as writer:
        known = _known(writer, user)
        act(writer, known)
        desk.keep_event(writer, task, known.id, "done")


def _known(reader: Reader, user: str) -> User:
    found = people.user(reader, user_id(user))
    if found is None:
        raise AccessError(f"没有用户 {user!r} | there is no user {user!r}")
    return found


def _checked_id(user: str) -> str:
    known = user_id(user)
    if not _ID.fullmatch(known):
        raise AccessError(
            f"用户名 {user!r} 不合适, 应为 2 到 100 个字母、汉字、数字或 . @ + - _"
            f" | {user!r} is no name for a user; should be 2 to 100 letters, digits or . @ + - _"
        )
    return known


def _hashed(password: str, known: str, name: str) -> str:
    """Return the hash of a password that is fit to be one."""
    same = password.casefold() in {known, name.strip().casefold()}
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX or same or len(set(password)) < 4:
        raise AccessError(
            f"密码应为 {PASSWORD_MIN} 到 {PASSWORD_MAX} 个字符, 不能是用户名, 不能只重复几个字符"
            f" | a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters, is not the user's "
            "name and does not just repeat a few characters"
        )
    return hasher().hash(password)


def _check_administrator_left(writer: Writer) -> None:
    if not people.administrators(writer):
        raise AccessError(
            "这是最后一位能登录的管理员, 请先另设一位"
            " | this is the last administrator who can sign in; make another one first"
        )


def _said(grant: Grant) -> str:
    return f"{grant.role.value}@{grant.place}" if grant.place else grant.role.value


def _account(row: User, grants: tuple[Grant, ...]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        active=row.active,
        local=row.password_hash is not None,
        subject=row.subject,
        locked_until=row.locked_until,
        grants=grants,
    )
