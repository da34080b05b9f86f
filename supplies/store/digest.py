"""One number for a whole ledger: the same rows give the same digest on every database.

Tables are read in the order of their primary keys, a batch at a time; values are put into one
canonical form first, because SQLite and PostgreSQL keep days, moments and truth differently.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Select, Table, func, select

from supplies.errors import StoreError
from supplies.progress import Progress, silent
from supplies.store import schema
from supplies.store.rows import plain

BATCH = 1_000
# What a backup keeps about itself; the ledger it was made from does not have it.
BACKUP, BACKUP_CHECK = "backup", "backup_check"
# Not facts: who is signed in at the moment, and how often somebody mistyped a password.
_LEFT_OUT = frozenset({"sessions"})
_COUNTERS: Mapping[str, Mapping[str, Any]] = {"users": {"failures": 0, "locked_until": None}}


@dataclass(frozen=True, slots=True)
class Digest:
    """The SHA-256 of a ledger, and of each of its tables with how many rows it has."""

    sha256: str
    tables: Mapping[str, str]
    rows: Mapping[str, int]

    def differs(self, other: "Digest") -> str:
        """Return the first table in which two ledgers differ, empty when they are the same."""
        for name in sorted(self.tables.keys() | other.tables.keys()):
            if self.tables.get(name) != other.tables.get(name):
                return name
        return ""


class Tally:
    """The digest of one table while its rows go by, in the order of the primary key."""

    def __init__(self, table: Table) -> None:
        self.rows = 0
        self._names = [column.name for column in kept_columns(table)]
        self._hash = hashlib.sha256(json.dumps([table.name, *self._names]).encode())

    def add(self, rows: Sequence[RowMapping]) -> None:
        """Take in the next rows."""
        for row in rows:
            # What the program never writes (bytes, say) must not pass for anything it does.
            body = json.dumps(
                [plain(row[name]) for name in self._names], ensure_ascii=False, default=repr
            )
            self._hash.update(body.encode("utf-8", "surrogatepass") + b"\n")
        self.rows += len(rows)

    def hexdigest(self) -> str:
        """Return the digest of the rows so far."""
        return self._hash.hexdigest()


def kept_tables() -> list[Table]:
    """Return the tables that make up a ledger, those that others refer to first."""
    return [table for table in schema.metadata.sorted_tables if table.name not in _LEFT_OUT]


def kept_columns(table: Table) -> list[Column[Any]]:
    """Return the columns of a table that are facts."""
    counters = _COUNTERS.get(table.name, {})
    return [column for column in table.columns if column.name not in counters]


def fresh_columns(table: Table) -> Mapping[str, Any]:
    """Return what the other columns begin with in a copy."""
    return _COUNTERS.get(table.name, {})


def batches(connection: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    """Yield the rows of a table in the order of its primary key, a batch at a time.

    Raises
    ------
    StoreError
        When a value is none that the program could have written.
    """
    query = select(*kept_columns(table)).order_by(*table.primary_key.columns)
    result = connection.execute(_own(query, table), execution_options={"yield_per": BATCH})
    try:
        yield from result.mappings().partitions()
    except (ValueError, TypeError, OverflowError) as error:
        raise StoreError(
            f"表 {table.name} 里有无法读取的值: {error}"
            f" | table {table.name} holds a value that cannot be read: {error}"
        ) from error
    finally:
        result.close()


def count_rows(connection: Connection) -> dict[str, int]:
    """Return how many rows each table of the ledger has."""
    found: dict[str, int] = {}
    for table in kept_tables():
        query = _own(select(func.count()).select_from(table), table)
        found[table.name] = connection.execute(query).scalar_one()
    return found


def _own(query: Select[Any], table: Table) -> Select[Any]:
    """Leave out what a backup notes about itself."""
    if table is schema.meta:
        return query.where(table.c.key.not_in((BACKUP, BACKUP_CHECK)))
    return query


def total(tallies: Mapping[str, Tally]) -> Digest:
    """Return the digest of a ledger from those of its tables."""
    tables = {name: tallies[name].hexdigest() for name in sorted(tallies)}
    rows = {name: tallies[name].rows for name in sorted(tallies)}
    body = json.dumps([[name, tables[name], rows[name]] for name in tables])
    return Digest(hashlib.sha256(body.encode()).hexdigest(), tables, rows)


def digest(connection: Connection, progress: Progress = silent) -> Digest:
    """Return the digest of the whole ledger, as one transaction sees it."""
    expected = sum(count_rows(connection).values())
    tallies: dict[str, Tally] = {}
    done = 0
    for table in kept_tables():
        tally = tallies[table.name] = Tally(table)
        for rows in batches(connection, table):
            tally.add(rows)
            done += len(rows)
            progress("digest", done / max(expected, done))
    return total(tallies)
