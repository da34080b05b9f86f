"""Doors: one for each kind of database, chosen by its URL; every transaction goes through one."""

import importlib
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from supplies.errors import StoreError
from supplies.store.schema import HEAD
from supplies.store.sqlite import SqliteDoor
from supplies.store.turns import turn

BUSY_S = 60.0
_PAUSE_S = 0.002
_PAUSE_MAX_S = 0.05
_SERVERS = {"postgresql", "postgres", "postgresql+psycopg"}


class Door(Protocol):
    """What the store needs to know about a kind of database.

    ``name`` is what messages call the database: it never holds a password. ``url`` opens it
    again and may hold one. ``failures`` are errors the driver raises outside of SQLAlchemy.
    """

    @property
    def name(self) -> str:
        """What messages call the database."""

    @property
    def url(self) -> str:
        """What opens it again."""

    @property
    def path(self) -> Path | None:
        """The file it is, ``None`` on a server."""

    @property
    def engine(self) -> Engine:
        """Begins read-only transactions, or writing ones with the option ``writes``."""

    @property
    def busy_s(self) -> float:
        """How long to wait for another writer, in seconds."""

    @property
    def failures(self) -> type[Exception]:
        """What the driver raises."""

    def passing(self, error: Exception) -> bool:
        """Whether beginning again in a moment may cure it."""

    def explain(self, error: Exception) -> str:
        """Return one line on what went wrong and what to do about it."""

    def tables(self, connection: Connection) -> set[str]:
        """Return the names of the tables that are there.

        Raises
        ------
        StoreError
            When no ledger could be kept in this database.
        """


def open_door(url: str | Path, busy_s: float) -> Door:
    """Return the door to a database; nothing is opened yet.

    Raises
    ------
    StoreError
        When the URL or file name cannot mean a ledger, or its driver is not installed.
    """
    words = str(url).strip()
    if "://" not in words and not words.startswith("sqlite:"):
        return SqliteDoor.of(words, busy_s)
    try:
        parsed = make_url(words)
    except (ArgumentError, ValueError):
        # What cannot be read may hold a password all the same.
        shown = re.sub(r"//.*@", "//***@", words)
        raise StoreError(
            f"读不懂数据库地址 {shown!r}; 应为 sqlite:///文件, 文件名或 postgresql://用户@主机/库名"
            f" | database URL {shown!r} cannot be read; should be sqlite:///FILE, a file name or "
            "postgresql://USER@HOST/DATABASE"
        ) from None
    if parsed.drivername in _SERVERS:
        # Only those who have a server need its driver, and importing it takes time.
        server = importlib.import_module("supplies.store.postgresql")
        door: Door = server.PostgresqlDoor.of(parsed, busy_s)
        return door
    if parsed.get_backend_name() != "sqlite" or parsed.host or parsed.query:
        shown = parsed.set(password=None, query={}).render_as_string()
        raise StoreError(
            f"不能用数据库 {shown}; 应为 sqlite:///文件, 文件名或 postgresql://用户@主机/库名"
            f" | database {shown} cannot be used; should be sqlite:///FILE, a file name or "
            "postgresql://USER@HOST/DATABASE"
        )
    return SqliteDoor.of(parsed.database or "", busy_s)


@contextmanager
def transaction(door: Door, *, writes: bool) -> Iterator[Connection]:
    """Run one transaction; what the database says against it becomes a StoreError.

    A writer holds the write lock from its first read: without it two sessions could both see
    enough stock and both take it.
    """
    try:
        with (
            turn(door.path if writes else None, door.busy_s),
            _begun(door, writes=writes) as connection,
        ):
            yield connection
            connection.commit()
    except (SQLAlchemyError, door.failures) as error:
        raise StoreError(door.explain(error)) from error


def _begun(door: Door, *, writes: bool) -> Connection:
    """Return a connection in a transaction; try again while waiting may cure what stops it.

    Pauses are random: many that wait for one lock would else keep meeting.
    """
    engine, end, pause = door.engine.execution_options(writes=writes), None, _PAUSE_S
    while True:
        connection: Connection | None = None
        try:
            connection = engine.connect()
            connection.begin()
        except (SQLAlchemyError, door.failures) as error:
            if connection is not None:
                connection.close()
            now = time.monotonic()
            end = now + door.busy_s if end is None else end
            if now >= end or not door.passing(error):
                raise
            time.sleep(min(random.uniform(0, pause), end - now))  # noqa: S311 - no secret
            pause = min(2 * pause, _PAUSE_MAX_S)
        except BaseException:
            if connection is not None:
                connection.close()
            raise
        else:
            return connection


def prepare(door: Door) -> None:
    """Make sure the schema is in place, migrating when it is older or not there.

    Raises
    ------
    StoreError
        When the database belongs to another program or to a later version of this one.
    """
    with transaction(door, writes=False) as connection:
        version = _version(door, connection)
    if version == HEAD:
        return
    with transaction(door, writes=True) as connection:
        # Another process may have migrated while this one waited for the lock.
        version = _version(door, connection)
        if version == HEAD:
            return
        if version is not None and version > HEAD:
            raise StoreError(
                f"{door.name} 由更新版本的 supplies 建立 (结构 {version}, 本版认得 {HEAD}); "
                f"请升级 supplies | {door.name} was made by a later version of supplies (schema "
                f"{version}, this one knows {HEAD}); update supplies"
            )
        importlib.import_module("supplies.store.migrate").upgrade(connection)


def _version(door: Door, connection: Connection) -> str | None:
    tables = door.tables(connection)
    if not tables:
        return None
    if not {"alembic_version", "moves"} <= tables:
        raise StoreError(
            f"{door.name} 是别的程序的数据库; 请另给一个"
            f" | {door.name} is the database of another program; name another one"
        )
    version: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar()
    return version
