"""PostgreSQL: the ledger is a database on a server, for many hands at once."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from supplies.errors import StoreError

try:
    import psycopg
except ImportError as missing:
    raise StoreError(
        '用 PostgreSQL 要先装驱动: pip install "supplies[postgresql]"'
        f' | PostgreSQL needs its driver: pip install "supplies[postgresql]" ({missing})'
    ) from None

# One writer at a time, as on SQLite: what a posting judges cannot change before it is written.
# The letters of "supplies" as a number; advisory locks are told apart by database.
WRITER = int.from_bytes(b"supplies")
_TROUBLES = {
    "53100": (
        "{name}: 服务器磁盘已满, 什么也没有写入",
        "{name}: the server's disk is full; nothing was written",
    ),
    "53300": (
        "{name}: 服务器连接数已满; 请稍后再试, 或请管理员调大 max_connections",
        "{name}: the server has too many connections; try again, or have max_connections raised",
    ),
    "55P03": (
        "{name} 正忙: 另一个会话一直在写; 请稍后再试",
        "{name} is busy: another session is writing; try again in a moment",
    ),
    "3D000": (
        (
            "{name}: 服务器上没有这个数据库; 请管理员建立: "
            "CREATE DATABASE 库名 ENCODING 'UTF8' TEMPLATE template0"
        ),
        (
            "{name}: the server has no such database; have it made: "
            "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
        ),
    ),
    "28": (
        "{name}: 服务器拒绝登录; 请核对用户名和密码, 以及服务器的 pg_hba.conf",
        "{name}: the server refused the sign-in; check user, password and its pg_hba.conf",
    ),
    "08": (
        "{name}: 连不上服务器, 或连接断了; 没写完的都没有写入, 请检查服务器和网络 ({words})",
        (
            "{name}: the server cannot be reached or the connection broke; nothing unfinished was "
            "written, check the server and the network ({words})"
        ),
    ),
    "57P": (
        "{name}: 服务器正在启停, 连接断了; 没写完的都没有写入, 请稍后再试",
        (
            "{name}: the server is starting or stopping and the connection broke; nothing "
            "unfinished was written, try again in a moment"
        ),
    ),
    "25006": (
        "{name} 不能写: 本次只读, 或服务器是只读副本",
        "{name} cannot be written: this is a reading, or the server is a read-only copy",
    ),
    "42501": (
        "{name}: 用户权限不够 ({words}); 请管理员让该用户拥有这个数据库",
        "{name}: the user lacks a right ({words}); have the user made owner of the database",
    ),
    "P0001": (
        "{name}: 台账只能追加, 已记的不能改 ({words})",
        "{name}: what is in the ledger is never changed ({words})",
    ),
}
_OTHER = ("{name}: 数据库拒绝: {words}", "{name}: the database refused: {words}")
# A refused connection comes without a code, only with words, in the server's language.
_REFUSED = {
    "53300": r"too many (clients|connections)|connection slots|太多的客户|连接数|连接位置",
    "3D000": r'database ".*" does not exist|数据库 ?".*" ?不存在',
    "57P03": r"database system is|数据库系统",
    "28000": r'authentication|password|pg_hba|role ".*" (does not|is not)|认证|口令|角色 ?".*"',
}


@dataclass(frozen=True)
class PostgresqlDoor:
    """The door to a ledger on a server."""

    name: str
    url: str
    engine: Engine
    busy_s: float
    path: ClassVar[None] = None
    failures: ClassVar[type[Exception]] = psycopg.Error

    @classmethod
    def of(cls, url: URL, busy_s: float) -> Self:
        """Return the door to a database on a server.

        Raises
        ------
        StoreError
            When the URL names no database.
        """
        shown = url.set(drivername="postgresql", password=None, query={}).render_as_string()
        if not url.database:
            raise StoreError(
                f"{shown} 没有写数据库名; 应为 postgresql://用户@主机/库名"
                f" | {shown} names no database; should be postgresql://USER@HOST/DATABASE"
            )
        whole = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return cls(shown, whole, _engine(url, busy_s), busy_s)

    def passing(self, error: Exception) -> bool:
        """Whether the server may soon take another connection."""
        return _code(error) in {"53300", "57P03"}

    def explain(self, error: Exception) -> str:
        """Return one line on what went wrong and what to do about it."""
        code = _code(error)
        words = " ".join(str(_cause(error)).split())
        known = (_TROUBLES[part] for part in (code, code[:3], code[:2]) if part in _TROUBLES)
        zh, en = next(known, _OTHER)
        return f"{zh} | {en}".format(name=self.name, words=words)

    def tables(self, connection: Connection) -> set[str]:
        """Return the names of the tables, without those an extension brought.

        Raises
        ------
        StoreError
            When the database does not keep its words in UTF8.
        """
        encoding = connection.execute(text("SHOW server_encoding")).scalar()
        if encoding != "UTF8":
            raise StoreError(
                f"{self.name} 的编码是 {encoding}, 记不下所有汉字; 应为 UTF8: "
                "CREATE DATABASE 库名 ENCODING 'UTF8' TEMPLATE template0"
                f" | the encoding of {self.name} is {encoding}, should be UTF8: "
                "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
            )
        query = text(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND relnamespace = current_schema()::regnamespace AND NOT EXISTS ("
            "SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"
        )
        return set(connection.execute(query).scalars())


def _engine(url: URL, busy_s: float) -> Engine:
    """Return an engine whose writers hold the lock and whose readers see one moment."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 10,
            "application_name": "supplies",
            "client_encoding": "utf8",
        }
        | dict(url.query),
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: psycopg.Connection[Any], _: object) -> None:
        wait_ms = max(1, int(1000 * busy_s))
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {wait_ms}")
        # A writer whose machine vanished would keep the lock for hours.
        connection.execute("SET tcp_keepalives_idle = 30")
        connection.execute("SET tcp_keepalives_interval = 10")
        connection.execute("SET tcp_keepalives_count = 3")
        # A commit is on the disk before anybody hears of it, whatever the server's habit; what
        # is stricter (a standby that has it too) stays.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
        connection.autocommit = False

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        writes = connection.get_execution_options().get("writes", False)
        # The driver says BEGIN with these before the first statement.
        raw.read_only = not writes
        level = psycopg.IsolationLevel
        raw.isolation_level = level.READ_COMMITTED if writes else level.REPEATABLE_READ
        if writes:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER})")

    return engine


def _cause(error: Exception) -> Any:  # noqa: ANN401 - whatever the driver raised
    return error.orig if isinstance(error, DBAPIError) else error


def _code(error: Exception) -> str:
    """Return the code of an error; empty where it is not the database's."""
    cause = _cause(error)
    if code := getattr(cause, "sqlstate", None):
        return str(code)
    if not isinstance(cause, psycopg.OperationalError):
        return ""
    return next((code for code, said in _REFUSED.items() if re.search(said, str(cause))), "08001")
