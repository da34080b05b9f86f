"""The connection: where the file is, how transactions begin, and errors in one line."""

import importlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from supplies.errors import StoreError
from supplies.store.schema import HEAD

BUSY_S = 30.0


def database_path(url: str | Path) -> Path:
    """Return the file a URL (``sqlite:///file``) or plain path means.

    Raises
    ------
    StoreError
        When it is no SQLite URL, names no file, or the file cannot be one.
    """
    words = str(url).strip()
    if "://" in words or words.startswith("sqlite:"):
        parsed = _parse(words)
        if parsed.get_backend_name() != "sqlite" or parsed.host or parsed.query:
            raise StoreError(
                f"database {parsed.render_as_string()} cannot be used; "
                "should be sqlite:///FILE or a file name"
            )
        words = parsed.database or ""
    if not words or words == ":memory:":
        raise StoreError("a ledger needs a file; should be sqlite:///FILE or a file name")
    if "\0" in words:
        raise StoreError(f"{words!r} is no file name")
    path = Path(words).expanduser().absolute()
    try:
        if path.is_dir():
            raise StoreError(f"{path} is a folder; name a file in it, for example supplies.db")
        if not path.parent.is_dir():
            raise StoreError(f"folder {path.parent} does not exist; create it first")
    except OSError as error:
        raise StoreError(f"{path} cannot be reached: {error.strerror}") from None
    return path


def _parse(words: str) -> URL:
    try:
        return make_url(words)
    except ArgumentError:
        raise StoreError(
            f"database URL {words!r} cannot be read; should be sqlite:///FILE or a file name"
        ) from None


def connect(path: Path, busy_s: float) -> Engine:
    """Return an engine whose transactions are explicit: deferred reads, immediate writes."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": busy_s, "cached_statements": 256},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        # Python's sqlite3 would begin transactions itself, too late to hold the write lock.
        connection.isolation_level = None
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def transaction(engine: Engine, path: Path, *, writes: bool) -> Iterator[Connection]:
    """Run one transaction; what the database says against it becomes a StoreError.

    A writer holds the write lock from its first read: without it two sessions could both see
    enough stock and both take it.
    """
    try:
        with engine.execution_options(writes=writes).begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(explain(error, path)) from error
    except sqlite3.Error as error:
        # Raised while connecting, where SQLAlchemy does not wrap it.
        raise StoreError(explain(error, path)) from error


def explain(error: Exception, path: Path) -> str:
    """Return one line on what went wrong and what to do about it."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    words = " ".join(str(cause).split())
    said = words.lower()
    if "locked" in said or "busy" in said:
        return f"{path} is busy: another session is writing; try again in a moment"
    if "not a database" in said or "encrypted" in said:
        return f"{path} is not a database; name another file"
    if "malformed" in said or "corrupt" in said:
        return f"{path} is damaged ({words}); restore a backup"
    if "unable to open" in said or "readonly" in said or "query_only" in said:
        return f"{path} cannot be written; check the rights on the file and its folder"
    if "full" in said:
        return f"{path}: the disk is full; nothing was written"
    return f"{path}: the database refused: {words}"


def prepare(engine: Engine, path: Path) -> None:
    """Make sure the schema is in place, migrating when it is older or not there.

    Raises
    ------
    StoreError
        When the file belongs to another program or to a later version of this one.
    """
    with transaction(engine, path, writes=False) as connection:
        version = _version(connection, path)
    if version == HEAD:
        return
    with transaction(engine, path, writes=True) as connection:
        # Another process may have migrated while this one waited for the lock.
        version = _version(connection, path)
        if version == HEAD:
            return
        if version is not None and version > HEAD:
            raise StoreError(
                f"{path} was made by a later version of supplies (schema {version}, this one "
                f"knows {HEAD}); update supplies"
            )
        importlib.import_module("supplies.store.migrate").upgrade(connection)


def _version(connection: Connection, path: Path) -> str | None:
    # Reading the catalogue is what finds out that the file is no database at all.
    if not connection.execute(text("SELECT 1 FROM sqlite_master LIMIT 1")).first():
        return None
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables or "moves" not in tables:
        raise StoreError(f"{path} is the database of another program; name another file")
    version: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar()
    return version
