"""A whole ledger into an empty one, between files and servers, proven by digest."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from supplies.errors import StoreError
from supplies.progress import Progress, silent, stretch
from supplies.store import Store, schema
from supplies.store.digest import (
    Digest,
    Tally,
    batches,
    count_rows,
    digest,
    fresh_columns,
    kept_tables,
    total,
)

Explain = Callable[[Exception], str]

# What opening a ledger for the first time notes in it: still an empty ledger.
_OF_A_NEW_LEDGER = ("city",)
# Writing takes most of the time, reading it all again the rest.
_WRITING_SHARE = 0.8


def copy(source: Store, target: Store, progress: Progress = silent) -> Digest:
    """Copy a ledger into an empty one of the same schema; return the digest both have.

    All is written in one transaction of the target and read again inside it: unless the target's
    digest is the source's, nothing stays. Sessions are not copied: everybody signs in again.

    Raises
    ------
    StoreError
        When the source is empty; when the target is not, is the source itself, has another
        schema, or does not hold the same rows afterwards (naming the table).
    """
    with source.reading() as reader, target.writing() as writer:
        refuse_unfit(reader.connection, writer.connection)
        if _occupied(reader.connection) is None:
            # Most likely a name mistyped: a ledger that does not exist is made when opened.
            raise StoreError(
                f"来源 {source.name} 是空台账, 请核对名称"
                f" | the source {source.name} is an empty ledger; check its name"
            )
        return pour(reader.connection, writer.connection, source.door.explain, progress)


def refuse_unfit(source: Connection, target: Connection) -> None:
    """Refuse a target that is the source, holds anything, or has another schema.

    Raises
    ------
    StoreError
        Saying which.
    """
    if _identity(source) == _identity(target):
        raise StoreError(
            "来源和目标是同一个数据库; 请另指定一个空的目标"
            " | source and target are the same database; name another, empty target"
        )
    ours, theirs = version(source), version(target)
    if ours != theirs:
        raise StoreError(
            f"两边的数据库版本不同 ({ours} 与 {theirs}); 请先用同一版程序打开两边"
            f" | the schemas differ ({ours} and {theirs}); open both with one version of supplies"
        )
    refuse_occupied(target)


def refuse_occupied(target: Connection) -> None:
    """Refuse a target that holds anything.

    Raises
    ------
    StoreError
        Naming the first table with rows.
    """
    if (table := _occupied(target)) is not None:
        raise StoreError(
            f"目标不是空台账: 表 {table} 里已有数据; 请指定一个新的数据库"
            f" | the target is not empty: table {table} has rows; name a new database"
        )


def pour(
    source: Connection, target: Connection, explain: Explain, progress: Progress = silent
) -> Digest:
    """Write all rows of one open ledger into another, then compare; return the digest.

    ``explain`` puts into words what the source's database says: around this stands the target's
    transaction, which would take it for its own.

    Raises
    ------
    StoreError
        Naming the table that does not hold the same rows afterwards.
    """
    target.execute(delete(schema.meta))
    expected = sum(count_rows(source).values())
    writing = stretch(progress, 0.0, _WRITING_SHARE)
    tallies: dict[str, Tally] = {}
    done = 0
    for table in kept_tables():
        tally = tallies[table.name] = Tally(table)
        fresh = fresh_columns(table)
        for rows in _read(source, table, explain):
            target.execute(insert(table), [{**row, **fresh} for row in rows])
            tally.add(rows)
            done += len(rows)
            writing("copy", done / max(expected, done))
    if target.dialect.name == "postgresql":
        # Nobody has told the planner yet that the tables are no longer empty.
        target.execute(text("ANALYZE"))
    given = total(tallies)
    taken = digest(target, stretch(progress, _WRITING_SHARE, 1.0))
    if table_name := given.differs(taken):
        raise StoreError(
            f"复制后表 {table_name} 与来源不一致, 已全部撤销; 请核对来源"
            f" | table {table_name} differs after copying, all was undone; verify the source"
        )
    return taken


def _read(source: Connection, table: Table, explain: Explain) -> Iterator[Sequence[RowMapping]]:
    try:
        yield from batches(source, table)
    except SQLAlchemyError as error:
        raise StoreError(explain(error)) from error


def version(connection: Connection) -> str | None:
    """Return the schema of an open ledger."""
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _occupied(connection: Connection) -> str | None:
    """Return the first table with rows, ``None`` in an empty ledger."""
    tables: list[Table] = schema.metadata.sorted_tables
    for table in tables:
        query = select(table.primary_key.columns[0]).limit(1)
        if table is schema.meta:
            query = query.where(table.c.key.not_in(_OF_A_NEW_LEDGER))
        if connection.execute(query).first() is not None:
            return table.name
    return None


def _identity(connection: Connection) -> tuple[Any, ...]:
    """Return what tells one database from another, however it was named."""
    if connection.dialect.name == "postgresql":
        query = text("SELECT current_database(), current_schema(), pg_postmaster_start_time()")
        return tuple(connection.execute(query).one())
    name = connection.execute(text("PRAGMA database_list")).all()[0].file
    found = Path(name).stat()
    return found.st_dev, found.st_ino
