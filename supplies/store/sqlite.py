"""SQLite: the ledger is one file on this machine."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from supplies.errors import StoreError

_TROUBLES = {
    sqlite3.SQLITE_BUSY: (
        "{name} 正忙: 另一个会话一直在写; 请稍后再试",
        "{name} is busy: another session is writing; try again in a moment",
    ),
    sqlite3.SQLITE_NOTADB: (
        "{name} 不是数据库; 请另给一个文件",
        "{name} is not a database; name another file",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "{name} 已损坏 ({words}); 请恢复备份",
        "{name} is damaged ({words}); restore a backup",
    ),
    sqlite3.SQLITE_READONLY: (
        "{name} 不能写; 请检查文件及其文件夹的权限",
        "{name} cannot be written; check the rights on the file and its folder",
    ),
    sqlite3.SQLITE_FULL: (
        "{name}: 磁盘已满, 什么也没有写入",
        "{name}: the disk is full; nothing was written",
    ),
    sqlite3.SQLITE_IOERR: (
        "{name}: 读写磁盘失败 ({words}), 什么也没有写入; 请检查磁盘",
        "{name}: reading or writing the disk failed ({words}); nothing was written, check the disk",
    ),
    sqlite3.SQLITE_CONSTRAINT_TRIGGER: (
        "{name}: 台账只能追加, 已记的不能改 ({words})",
        "{name}: what is in the ledger is never changed ({words})",
    ),
}
_SAME = {
    sqlite3.SQLITE_LOCKED: sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_PROTOCOL: sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN: sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM: sqlite3.SQLITE_READONLY,
}
_OTHER = ("{name}: 数据库拒绝: {words}", "{name}: the database refused: {words}")


@dataclass(frozen=True)
class SqliteDoor:
    """The door to a ledger in a file."""

    path: Path
    engine: Engine
    busy_s: float
    failures: ClassVar[type[Exception]] = sqlite3.Error

    @classmethod
    def of(cls, words: str, busy_s: float) -> Self:
        """Return the door to a file.

        Raises
        ------
        StoreError
            When it is no name, or no file could be made there.
        """
        path = _path(words)
        return cls(path, _engine(path, busy_s), busy_s)

    @property
    def name(self) -> str:
        """The file's full name."""
        return str(self.path)

    @property
    def url(self) -> str:
        """What opens it again."""
        return f"sqlite:///{self.path}"

    def passing(self, error: Exception) -> bool:
        """Whether somebody else holds the lock."""
        return _code(error) == sqlite3.SQLITE_BUSY

    def explain(self, error: Exception) -> str:
        """Return one line on what went wrong and what to do about it."""
        words = " ".join(str(_cause(error)).split())
        zh, en = _TROUBLES.get(_code(error), _OTHER)
        return f"{zh} | {en}".format(name=self.path, words=words)

    def tables(self, connection: Connection) -> set[str]:
        """Return the names of the tables; reading them finds out whether it is a database."""
        query = text("SELECT name FROM sqlite_master WHERE type = 'table'")
        return set(connection.execute(query).scalars())


def _path(words: str) -> Path:
    if not words or words == ":memory:":
        raise StoreError(
            "台账要有文件; 应为 sqlite:///文件 或文件名"
            " | a ledger needs a file; should be sqlite:///FILE or a file name"
        )
    if "\0" in words:
        raise StoreError(f"{words!r} 不是文件名 | {words!r} is no file name")
    path = Path(words).expanduser().absolute()
    try:
        if path.is_dir():
            raise StoreError(
                f"{path} 是文件夹; 请给其中的文件名, 例如 supplies.db"
                f" | {path} is a folder; name a file in it, for example supplies.db"
            )
        if not path.parent.is_dir():
            raise StoreError(
                f"没有文件夹 {path.parent}; 请先建立"
                f" | folder {path.parent} does not exist; create it first"
            )
    except OSError as error:
        raise StoreError(
            f"到不了 {path}: {error.strerror} | {path} cannot be reached: {error.strerror}"
        ) from None
    return path


def _engine(path: Path, busy_s: float) -> Engine:
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
        # NORMAL would be faster, but a power cut could take back vouchers that were already
        # printed and signed. With FULL a commit is on the disk before anybody hears of it.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        wait_ms = int(1000 * busy_s)
        if not connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        # SQLite's own waiting is in fixed steps, where one of many may never get its turn.
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait_ms}")

    return engine


def _cause(error: Exception) -> Any:  # noqa: ANN401 - whatever the driver raised
    return error.orig if isinstance(error, DBAPIError) else error


def _code(error: Exception) -> int:
    """Return SQLite's code of an error: the exact one where it is told apart, else its kind."""
    exact: int = getattr(_cause(error), "sqlite_errorcode", 0) or 0
    if exact in _TROUBLES:
        return exact
    return _SAME.get(exact & 0xFF, exact & 0xFF)
