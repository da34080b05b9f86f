"""Users, what they may do, their sessions, and the events: rows in and out of one transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, desc, func, insert, or_, select, update

from supplies.access import Grant, Role
from supplies.store import schema
from supplies.store.reader import Reader
from supplies.store.writer import Writer

_users, _grants, _sessions, _events = (
    schema.users.c,
    schema.grants.c,
    schema.sessions.c,
    schema.events.c,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One account: ``id`` is what is typed to sign in, ``name`` what colleagues call it.

    ``failures`` counts wrong passwords since the last right one; ``subject`` is who the user is
    at the organisation's sign-in (``issuer|sub``, or an e-mail address until the first time).
    """

    id: str
    name: str
    password_hash: str | None
    subject: str | None
    active: bool
    failures: int
    locked_until: datetime | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One open session; of its token only the hash is known."""

    token_hash: str
    user: str
    origin: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Who did what, when, from where, and how it ended."""

    number: int
    at: datetime
    user: str
    origin: str
    task: str
    subject: str
    outcome: str
    detail: str


def any_users(reader: Reader) -> bool:
    """Whether anybody has an account."""
    return reader.connection.execute(select(_users.id).limit(1)).first() is not None


def _one(reader: Reader, query: Select[Any]) -> User | None:
    row = reader.connection.execute(query).mappings().first()
    return User(**row) if row is not None else None


def user(reader: Reader, user_id: str) -> User | None:
    """Return one account, ``None`` where there is no such."""
    return _one(reader, select(schema.users).where(_users.id == user_id))


def user_of_subject(reader: Reader, subject: str) -> User | None:
    """Return the account of somebody known elsewhere, ``None`` where there is none."""
    return _one(reader, select(schema.users).where(_users.subject == subject))


def users(reader: Reader) -> list[User]:
    """Return all accounts by id."""
    rows = reader.connection.execute(select(schema.users).order_by(_users.id)).mappings()
    return [User(**row) for row in rows]


def grants(reader: Reader, user_id: str) -> tuple[Grant, ...]:
    """Return the roles of a user and their places."""
    query = select(_grants.role, _grants.place).where(_grants.user == user_id)
    rows = reader.connection.execute(query.order_by(_grants.role, _grants.place))
    return tuple(Grant(role=Role(role), place=place) for role, place in rows)


def administrators(reader: Reader) -> list[str]:
    """Return the users who can sign in and manage users."""
    query = (
        select(_users.id)
        .join(schema.grants, _grants.user == _users.id)
        .where(_grants.role == Role.ADMINISTRATOR.value, _users.active)
        .where(or_(_users.password_hash.is_not(None), _users.subject.is_not(None)))
        .order_by(_users.id)
    )
    return list(reader.connection.execute(query).scalars())


def add(writer: Writer, new: User) -> None:
    """Add an account."""
    writer.connection.execute(insert(schema.users), asdict(new))


def change(writer: Writer, user_id: str, **fields: object) -> None:
    """Change columns of an account."""
    writer.connection.execute(update(schema.users).where(_users.id == user_id).values(**fields))


def give(writer: Writer, user_id: str, grant: Grant) -> None:
    """Give a user a role at a place; giving it again changes nothing."""
    if grant not in grants(writer, user_id):
        row = {"user": user_id, "role": grant.role.value, "place": grant.place}
        writer.connection.execute(insert(schema.grants), row)


def take(writer: Writer, user_id: str, grant: Grant) -> bool:
    """Take a role at a place from a user; return whether it was held."""
    done = writer.connection.execute(
        delete(schema.grants).where(
            _grants.user == user_id,
            _grants.role == grant.role.value,
            _grants.place == grant.place,
        )
    )
    return bool(done.rowcount)


# --- sessions --------------------------------------------------------------------------------


def open_session(writer: Writer, session: Session) -> None:
    """Keep a new session; sessions that are over are dropped by the way."""
    writer.connection.execute(
        delete(schema.sessions).where(_sessions.expires_at <= session.created_at)
    )
    writer.connection.execute(insert(schema.sessions), asdict(session))


def session(reader: Reader, token_hash: str) -> Session | None:
    """Return a session, ``None`` where there is no such."""
    query = select(schema.sessions).where(_sessions.token_hash == token_hash)
    row = reader.connection.execute(query).mappings().first()
    return Session(**row) if row is not None else None


def seen(writer: Writer, token_hash: str, at: datetime) -> None:
    """Note that a session was used."""
    writer.connection.execute(
        update(schema.sessions).where(_sessions.token_hash == token_hash).values(seen_at=at)
    )


def close_session(writer: Writer, token_hash: str) -> None:
    """End one session."""
    writer.connection.execute(delete(schema.sessions).where(_sessions.token_hash == token_hash))


def close_sessions(writer: Writer, user_id: str, *, but: str = "") -> None:
    """End all sessions of a user, but one."""
    writer.connection.execute(
        delete(schema.sessions).where(and_(_sessions.user == user_id, _sessions.token_hash != but))
    )


# --- events ----------------------------------------------------------------------------------


def events(
    reader: Reader,
    *,
    user: str | None = None,
    since: datetime | None = None,
    task: str | None = None,
    subject: str | None = None,
    limit: int = 200,
) -> list[Event]:
    """Return the latest events that fit, latest first."""
    query = _fitting(select(schema.events), user, since, task, subject)
    rows = reader.connection.execute(query.order_by(desc(_events.number)).limit(limit)).mappings()
    return [Event(**{k: v for k, v in row.items() if k != "chain"}) for row in rows]


def failures_from(reader: Reader, origin: str, since: datetime) -> int:
    """Return how often signing in failed from one place since a moment."""
    query = select(func.count()).where(
        _events.at >= since,
        _events.origin == origin,
        _events.task == "sign_in",
        _events.outcome != "done",
    )
    return reader.connection.execute(query).scalar() or 0


def _fitting(
    query: Select[Any],
    user_id: str | None,
    since: datetime | None,
    task: str | None,
    subject: str | None,
) -> Select[Any]:
    for column, value in (
        (_events.user, user_id),
        (_events.task, task),
        (_events.subject, subject),
    ):
        if value is not None:
            query = query.where(column == value)
    return query if since is None else query.where(_events.at >= since)
