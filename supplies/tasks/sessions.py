"""Signing in and out, and who acts by a session's token.

A token is 256 random bits; only its SHA-256 is kept. Roles are looked up each time, so a right
that is taken away is gone at once.
"""

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from supplies.access import SIGN_IN, Actor
from supplies.errors import AccessError, StoreError
from supplies.store import Writer, people
from supplies.store.people import Session, User
from supplies.tasks.desk import Desk, now, unsigned

# A session lasts a working day, and two hours without use; its use is noted once a minute.
SESSION_H, IDLE_H, SEEN_EVERY_S = 12.0, 2.0, 60.0
# After five wrong passwords in a row the account is locked for 15 minutes, after the next five
# for 30, and so on up to 4 hours. Tries while it is locked do not count: nobody can keep an
# account locked for ever. One place is shut out after 50 failures in 15 minutes.
FAILURES_MAX, LOCK_MIN, LOCK_MIN_MAX = 5, 15.0, 240.0
ORIGIN_FAILURES_MAX, ORIGIN_WINDOW_MIN = 50, 15.0
# Who comes back from the organisation's sign-in has just signed in there.
FRESH_MIN = 10.0

WRONG = (
    "用户名或密码不对; 连续输错 5 次将锁定 15 分钟或更久"
    " | the name or the password is wrong; after 5 wrong ones in a row the account is locked "
    "for 15 minutes or longer"
)
ENDED = "登录已失效, 请重新登录 | the session has ended; sign in again"


def hasher() -> PasswordHasher:
    """Return what hashes passwords: argon2id with the library's recommended cost."""
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return hasher().hash(secrets.token_urlsafe(32))


def fits(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one hashed; takes as long where there is none."""
    try:
        return hasher().verify(password_hash or _nobodys_hash(), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def user_id(word: str) -> str:
    """Return a user's id as it is kept: case and outer spaces do not matter."""
    return word.strip().casefold()


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(
    desk: Desk, user: str, password: str, origin: str = "", *, at: datetime | None = None
) -> str:
    """Return the token of a new session.

    Parameters
    ----------
    origin
        From where: a host name or an address; kept with everything done in the session.
    at
        The moment; now where not given.

    Raises
    ------
    AccessError
        The same for an unknown name, a wrong password, a locked and a closed account.
    """
    moment, known = at or now(), user_id(user)[:100]
    since = moment - timedelta(minutes=ORIGIN_WINDOW_MIN)
    with desk.store.reading() as reader:
        before = people.user(reader, known)
        if people.failures_from(reader, origin[:200], since) >= ORIGIN_FAILURES_MAX:
            raise AccessError(WRONG)
    right = fits(before.password_hash if before else None, password)
    token = ""
    with desk.store.writing() as writer:
        found = people.user(writer, known)
        # The account may have been locked or changed while the password was being checked.
        same = found is not None and before is not None and found.changed_at == before.changed_at
        if found is not None and right and same and _open_to(found, moment):
            people.change(writer, known, failures=0, locked_until=None)
            token = _begin(writer, known, origin, moment)
        else:
            _count_failure(writer, found, origin, moment)
    if not token:
        raise AccessError(WRONG)
    return token


def _open_to(user: User, moment: datetime) -> bool:
    return user.active and not (user.locked_until and user.locked_until > moment)


def _begin(writer: Writer, user: str, origin: str, moment: datetime, detail: str = "") -> str:
    token = secrets.token_urlsafe(32)
    session = Session(
        token_hash=token_hash(token),
        user=user,
        origin=origin[:200],
        created_at=moment,
        seen_at=moment,
        expires_at=moment + timedelta(hours=SESSION_H),
    )
    people.open_session(writer, session)
    _event(writer, moment, user, origin, "done", detail)
    return token


def _count_failure(writer: Writer, user: User | None, origin: str, moment: datetime) -> None:
    if user is None:  # what was typed is not kept: it may be a password in the wrong field
        _event(writer, moment, "", origin, "failed", "unknown name")
        return
    if not _open_to(user, moment):
        why = "locked" if user.active else "switched off"
        _event(writer, moment, user.id, origin, "refused", why)
        return
    failures = user.failures + 1
    people.change(writer, user.id, failures=failures)
    _event(writer, moment, user.id, origin, "failed", f"{failures} in a row")
    if failures % FAILURES_MAX == 0:
        minutes = min(LOCK_MIN * failures / FAILURES_MAX, LOCK_MIN_MAX)
        until = moment + timedelta(minutes=minutes)
        people.change(writer, user.id, locked_until=until)
        _event(writer, moment, user.id, origin, "locked", f"for {minutes:g} min")


def _event(
    writer: Writer, at: datetime, user: str, origin: str, outcome: str, detail: str = ""
) -> None:
    writer.record_event(
        at=at,
        user=user,
        origin=origin[:200],
        task="sign_in",
        subject=user,
        outcome=outcome,
        detail=detail,
    )


def sign_in_elsewhere(
    desk: Desk, claims: Mapping[str, Any], origin: str = "", *, at: datetime | None = None
) -> str:
    """Return the token of a session for somebody the organisation's sign-in vouches for.

    Parameters
    ----------
    claims
        Of the identity token, checked already: ``iss``, ``sub``, ``iat``; ``email`` counts where
        ``email_verified`` says so. An account that names an e-mail address is bound to issuer
        and subject when it is first used.

    Raises
    ------
    AccessError
        When the claims are old, or nobody here is that person.
    """
    moment = at or now()
    issued = claims.get("iat")
    age_s = moment.timestamp() - float(issued) if isinstance(issued, int | float) else None
    if age_s is None or abs(age_s) > FRESH_MIN * 60:
        raise AccessError(ENDED)
    subject = f"{claims.get('iss', '')}|{claims.get('sub', '')}"[:300]
    email = str(claims.get("email") or "").casefold()
    verified = claims.get("email_verified") is True and "@" in email
    token = ""
    with desk.store.writing() as writer:
        found = people.user_of_subject(writer, subject)
        if found is None and verified:
            found = people.user_of_subject(writer, email)
            if found is not None and found.active:
                people.change(writer, found.id, subject=subject, changed_at=moment)
        if found is not None and found.active:
            token = _begin(writer, found.id, origin, moment, subject)
        else:
            _event(writer, moment, found.id if found else "", origin, "failed", subject)
    if not token:
        shown = email or str(claims.get("sub", ""))
        raise AccessError(
            f"单位账号 {shown} 在本系统没有对应的用户; 请联系管理员"
            f" | your organisation's account {shown} is no user here; ask the administrator"
        )
    return token


def sign_out(desk: Desk, token: str) -> None:
    """End a session; one that is over already is no error."""
    with desk.store.writing() as writer:
        kept = people.session(writer, token_hash(token))
        if kept is None:
            return
        people.close_session(writer, kept.token_hash)
        writer.record_event(
            at=now(),
            user=kept.user,
            origin=kept.origin,
            task="sign_out",
            subject=kept.user,
            outcome="done",
            detail="",
        )


def actor_of(
    desk: Desk, token: str | None, origin: str = "", *, at: datetime | None = None
) -> Actor:
    """Return who acts by a session's token; in a ledger without users, one alone.

    Raises
    ------
    AccessError
        When there is no token, its session is over, or its user was switched off.
    """
    unnamed = unsigned(desk.store, origin=origin)
    if unnamed.alone:
        return desk.actor if desk.actor.alone else unnamed
    if not token:
        raise AccessError(SIGN_IN)
    moment, kept_as = at or now(), token_hash(token)
    with desk.store.reading() as reader:
        kept = people.session(reader, kept_as)
        user = people.user(reader, kept.user) if kept else None
        grants = people.grants(reader, kept.user) if kept else ()
    if kept is None or user is None or not user.active or is_over(kept, moment):
        raise AccessError(ENDED)
    if (moment - kept.seen_at).total_seconds() >= SEEN_EVERY_S:
        # Somebody else writing for long must not sign people out.
        with suppress(StoreError), desk.store.writing() as writer:
            people.seen(writer, kept_as, moment)
    return Actor(user=user.id, name=user.name, grants=grants, origin=origin or kept.origin)


def is_over(session: Session, moment: datetime) -> bool:
    """Whether a session has reached its end, or was not used for too long."""
    idle = moment.astimezone(UTC) - session.seen_at
    return moment >= session.expires_at or idle >= timedelta(hours=IDLE_H)
