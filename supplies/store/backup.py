"""Backups: one file holding the whole ledger, checked before it counts and before it is used.

The file is a SQLite ledger of its own, whatever it was made from. It keeps a note of its digest,
revision, seal code and hour, so that it can be checked wherever it is found.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from supplies.errors import StoreError, SuppliesError
from supplies.progress import Progress, silent, stretch
from supplies.store import Store, open_store, schema
from supplies.store.copy import pour, refuse_occupied, refuse_unfit, version
from supplies.store.differences import differences
from supplies.store.digest import (
    BACKUP,
    BACKUP_CHECK,
    Digest,
    digest,
)
from supplies.store.reader import Reader

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_SHA256 = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One backup and what it says of itself.

    Parameters
    ----------
    digest
        The SHA-256 of the ledger in it, the same on every database.
    rows
        How many rows each table has.
    revision, seal_code
        The number of its last move, and the code that printed reports of that hour bear.
    differences
        What ``ledger verify`` finds in it; empty when all is sound.
    """

    path: Path
    digest: str
    rows: Mapping[str, int]
    revision: int
    seal_code: str
    made_at: datetime
    differences: tuple[str, ...] = ()


def backup(
    store: Store,
    path: Path,
    *,
    made_at: datetime | None = None,
    progress: Progress = silent,
) -> Backup:
    """Write the ledger as it is at this moment into a new file, while others go on posting.

    The file is written beside its place, compared with the ledger by digest, verified, and only
    then moved into place; no file that is there already is ever touched. A ledger that does not
    verify is backed up all the same, and its differences are returned.

    Raises
    ------
    StoreError
        When the file exists or cannot be written, or differs from the ledger.
    """
    made_at = made_at or datetime.now(UTC)
    path = _free_path(path)
    try:
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            draft = Path(folder) / "draft.db"
            given = _draw(store, path, draft, stretch(progress, 0.0, 0.5))
            draft.chmod(0o600)  # password hashes are in it
            _cleanse(draft)
            with _opened(draft) as reader:
                taken = digest(reader.connection, stretch(progress, 0.5, 0.7))
                if table := given.differs(taken):
                    raise _refusal(
                        path, f"表 {table} 写得不对", f"table {table} was not written right"
                    )
                made = Backup(
                    path=path,
                    digest=taken.sha256,
                    rows=taken.rows,
                    revision=reader.revision(),
                    seal_code=reader.seal_code(),
                    made_at=made_at,
                    differences=tuple(differences(reader, _verifying(progress, 0.7, 1.0))),
                )
            _note(draft, made)
            _move(draft, path)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(path, error) from error
    return made


def check_backup(path: Path, progress: Progress = silent) -> Backup:
    """Read a backup through and return what it is; nothing is written.

    Raises
    ------
    StoreError
        When it is torn, altered, no backup, of another schema, or its ledger does not verify.
    """
    with _opened(path) as reader:
        return _checked(reader, path, progress)


def restore(path: Path, store: Store, *, expected: str = "", progress: Progress = silent) -> Backup:
    """Put a backup into an empty ledger, in one transaction; return what the backup was.

    Parameters
    ----------
    expected
        The digest noted when the backup was made; any other backup is refused.

    Raises
    ------
    StoreError
        As `check_backup`; also when the store is not empty or the digest is not the expected
        one. The store is then as it was.
    """
    wanted = expected.strip().lower()
    with _opened(path) as reader:
        with store.reading() as before:
            # Said again under the lock; said here so that nobody waits a minute to hear it.
            refuse_occupied(before.connection)
        found = _checked(reader, path, stretch(progress, 0.0, 0.4))
        if wanted and wanted != found.digest:
            raise _refusal(
                path,
                f"摘要是 {found.digest}, 不是要求的",
                f"its digest is {found.digest}, not that",
            )
        with store.writing() as writer:
            refuse_unfit(reader.connection, writer.connection)
            taken = pour(
                reader.connection,
                writer.connection,
                lambda error: str(_unreadable(path, error)),
                stretch(progress, 0.4, 1.0),
            )
            if taken.sha256 != found.digest:
                raise _refusal(path, "恢复后摘要不同", "its digest differs after restoring")
    return found


# --- making --------------------------------------------------------------------------------------


def _free_path(path: Path) -> Path:
    path = path.expanduser().absolute()
    if path.is_dir():
        raise _refusal(path, "是文件夹, 请写文件名", "is a folder; name a file in it")
    if path.exists() or path.is_symlink():
        raise _refusal(path, "已经存在, 请换一个文件名", "exists already; name another file")
    if not path.parent.is_dir():
        raise _refusal(path, "所在文件夹不存在", "is in a folder that does not exist")
    return path


def _draw(store: Store, path: Path, draft: Path, progress: Progress) -> Digest:
    """Write the ledger into a new file, all of it as one moment; return the ledger's digest."""
    with store.reading() as reader:
        connection = reader.connection
        if connection.dialect.name != "sqlite":
            with open_store(draft) as made, made.writing() as writer:
                return pour(connection, writer.connection, store.door.explain, progress)
        # The first read fixes the moment: what follows sees the ledger as it was then.
        given = digest(connection, progress)
        raw: Any = connection.connection.driver_connection
        try:
            with closing(sqlite3.connect(draft)) as target:
                raw.backup(target)
        except sqlite3.Error as error:
            # Around this stands the ledger's transaction, which would take it for its own.
            raise _unwritable(path, error) from error
        return given


def _cleanse(draft: Path) -> None:
    """Make it one file that nothing stands beside, without what is no part of the ledger."""
    with closing(sqlite3.connect(draft, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
        raw.execute("PRAGMA secure_delete = ON")
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("DELETE FROM sessions")
        raw.execute("UPDATE users SET failures = 0, locked_until = NULL")
        raw.execute("DELETE FROM meta WHERE key IN (?, ?)", (BACKUP, BACKUP_CHECK))
        raw.execute("COMMIT")


def _note(draft: Path, made: Backup) -> None:
    body = json.dumps(
        {
            "digest": made.digest,
            "revision": made.revision,
            "seal_code": made.seal_code,
            "made_at": made.made_at.astimezone(UTC).isoformat(),
        }
    )
    with closing(sqlite3.connect(draft)) as raw:
        rows = [(BACKUP, body), (BACKUP_CHECK, _sha256(body))]
        raw.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", rows)
        raw.commit()


def _move(draft: Path, path: Path) -> None:
    """Put the finished file in its place; when two do so at once, one of them is refused."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    try:
        # Unlike a rename, a link is refused where a file stands.
        os.link(draft, path)
    except FileExistsError:
        raise _refusal(
            path, "已经存在, 请换一个文件名", "exists already; name another file"
        ) from None
    except OSError:
        # A file system without links, such as that of a memory stick.
        with path.open("xb"):
            pass
        draft.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


# --- checking ------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[Reader]:
    """Open a file for reading only; what the database says against it becomes one line."""
    path = path.expanduser().absolute()
    _check_shape(path)

    def connect() -> sqlite3.Connection:
        # As a thing that never changes: no lock, no file made beside it, not even on a CD.
        return sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True, isolation_level=None)

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield Reader(connection)
    except (SQLAlchemyError, sqlite3.Error, UnicodeDecodeError) as error:
        # What is damaged may show up in the very words of the database's complaint.
        raise _unreadable(path, error) from error


def _check_shape(path: Path) -> None:
    """Tell from the first bytes and the length what can be told from them."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER)
        size = path.stat().st_size
    except OSError as error:
        words = error.strerror or str(error)
        raise _refusal(path, f"打不开: {words}", f"cannot be opened: {words}") from None
    if not head.startswith(_MAGIC[: max(len(head), 1)]):
        raise _refusal(path, "不是备份文件", "is not a backup")
    page = int.from_bytes(head[16:18]) if head[16:18] != b"\0\1" else 1 << 16
    if len(head) < _HEADER or size != page * int.from_bytes(head[28:32]):
        raise _refusal(path, "不完整, 请用另一份备份", "is torn; use another backup")
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        raise _refusal(
            path,
            "是使用中的台账而不是备份, 请用 supplies backup 做备份",
            "is a ledger in use, not a backup; make one with supplies backup",
        )


def _checked(reader: Reader, path: Path, progress: Progress) -> Backup:
    connection = reader.connection
    names = set(connection.execute(text("SELECT name FROM sqlite_master")).scalars())
    if not {"alembic_version", "meta", "moves"} <= names:
        raise _refusal(path, "是别的程序的数据库", "is the database of another program")
    if (found := version(connection)) != schema.HEAD:
        raise _refusal(
            path,
            f"由另一版程序所做 (数据库版本 {found}, 本程序 {schema.HEAD})",
            f"was made by another version of supplies (schema {found}, this one {schema.HEAD})",
        )
    kept = _kept(reader, path)
    damage = connection.execute(text("PRAGMA integrity_check(1)")).scalar_one()
    if damage != "ok":
        words = " ".join(str(damage).split())
        raise _refusal(path, f"已损坏: {words}", f"is damaged: {words}")
    taken = digest(connection, stretch(progress, 0.0, 0.5))
    # Only what has the right digest is looked at more closely: the rest may be anything.
    facts = (taken.sha256 == kept["digest"]) and (reader.revision(), reader.seal_code())
    if facts != (kept["revision"], kept["seal_code"]):
        raise _refusal(
            path, "内容与所记摘要不符, 已被改动", "was altered: its digest is not the one it keeps"
        )
    if wrong := differences(reader, _verifying(progress, 0.5, 1.0)):
        first = SuppliesError(wrong[0])
        zh, en = first.say("zh"), first.say("en")
        raise _refusal(path, f"其中的台账有误: {zh}", f"holds a ledger that is wrong: {en}")
    return Backup(
        path=path,
        digest=taken.sha256,
        rows=taken.rows,
        revision=kept["revision"],
        seal_code=kept["seal_code"],
        made_at=datetime.fromisoformat(kept["made_at"]),
    )


def _kept(reader: Reader, path: Path) -> dict[str, Any]:
    """Return what the backup notes about itself."""
    body, check = reader.meta_get(BACKUP), reader.meta_get(BACKUP_CHECK)
    if body is None:
        raise _refusal(
            path,
            "没有备份记录, 不是用 supplies backup 做的",
            "was not made by supplies backup: it keeps no digest",
        )
    if _sha256(body) != check:
        raise _refusal(path, "的备份记录已被改动", "was altered: in what it notes about itself")
    kept: dict[str, Any] = json.loads(body)
    return kept


def _sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _verifying(progress: Progress, start: float, end: float) -> Progress:
    inner = stretch(progress, start, end)
    return lambda _, share: inner("verify", share)


def _refusal(path: Path, zh: str, en: str) -> StoreError:
    return StoreError(f"备份 {path} {zh} | backup {path} {en}")


def _unreadable(path: Path, error: Exception) -> StoreError:
    words = " ".join(str(getattr(error, "orig", None) or error).split())
    return _refusal(path, f"读不通: {words}", f"cannot be read through: {words}")


def _unwritable(path: Path, error: Exception) -> StoreError:
    words = getattr(error, "strerror", None) or str(error)
    if "full" in words or "No space" in words:
        return _refusal(path, "写不下: 磁盘已满", "cannot be written: the disk is full")
    return _refusal(path, f"写不出: {words}", f"cannot be written: {words}")
