"""The ledger as it is kept: in a file or on a database server, through one door.

Facts are appended and never changed; stock is folded from them by the database. Readers see one
consistent view, writers hold the write lock from their first read to the end.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from supplies.city import Agreement
from supplies.ledger import Move, Position
from supplies.progress import Progress
from supplies.store.differences import differences
from supplies.store.doors import BUSY_S, Door, open_door, prepare, transaction
from supplies.store.reader import OpenReservation, Reader
from supplies.store.rows import ImportRecord, StockRow, Voucher
from supplies.store.writer import Writer

__all__ = [
    "ImportRecord",
    "OpenReservation",
    "Reader",
    "StockRow",
    "Store",
    "Voucher",
    "Writer",
    "open_store",
]


def open_store(url: str | Path, *, busy_s: float = BUSY_S) -> "Store":
    """Return the ledger in a database, made or migrated as needed.

    Parameters
    ----------
    url
        ``sqlite:///FILE``, a file name (the folder must exist), or
        ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE`` (the database must exist).
    busy_s
        How long to wait for another writer, in seconds.

    Raises
    ------
    StoreError
        When the database cannot be a ledger: one line on what and where.
    """
    door = open_door(url, busy_s)
    try:
        prepare(door)
    except BaseException:
        door.engine.dispose()
        raise
    return Store(door)


class Store:
    """An open ledger. Safe to share between threads; close it when done."""

    def __init__(self, door: Door) -> None:
        self.door = door

    @property
    def name(self) -> str:
        """What to call the database where people read: never holds a password."""
        return self.door.name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self.door.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Open one consistent view; raises StoreError when the database fails."""
        with transaction(self.door, writes=False) as connection:
            yield Reader(connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Open a transaction that holds the write lock; an exception inside undoes all of it.

        Raises StoreError when another writer keeps the lock for too long.
        """
        with transaction(self.door, writes=True) as connection:
            yield Writer(connection)

    def revision(self) -> int:
        """Return the number of the last move; 0 when there is none."""
        with self.reading() as reader:
            return reader.revision()

    def stock(
        self, as_of: date | None = None, *, site: str | None = None, item: str | None = None
    ) -> list[StockRow]:
        """Return what every site holds (at the end of a day): site, item, lot, units, reserved."""
        with self.reading() as reader:
            return reader.stock(as_of, site=site, item=item)

    def balances(self) -> Counter[Position]:
        """Return base units by (account, item, lot), outside accounts too; zeros left out."""
        with self.reading() as reader:
            return reader.balances()

    def history(
        self, site: str | None = None, item: str | None = None, limit: int | None = None
    ) -> list[Move]:
        """Return moves in the ledger's order; with a limit, the latest so many."""
        with self.reading() as reader:
            return reader.history(site, item, limit)

    def voucher(self, document: str) -> Voucher | None:
        """Return a document with all that stands on it, ``None`` where there is no such."""
        with self.reading() as reader:
            return reader.voucher(document)

    def agreements(self) -> list[Agreement]:
        """Return the agreements imported last."""
        with self.reading() as reader:
            return reader.agreements()

    def imports(self, sha256: str | None = None, limit: int = 100) -> list[ImportRecord]:
        """Return the latest imported files, latest first; of one content when it is given."""
        with self.reading() as reader:
            return reader.imports(sha256, limit)

    def meta_get(self, key: str) -> str | None:
        """Return a noted value, ``None`` where there is none."""
        with self.reading() as reader:
            return reader.meta_get(key)

    def meta_set(self, key: str, value: str | None) -> None:
        """Note a value under a key; ``None`` forgets it."""
        with self.writing() as writer:
            writer.meta_set(key, value)

    def seal_code(self) -> str:
        """Return the short code for printed reports: it changes with any move, past or new."""
        with self.reading() as reader:
            return reader.seal_code()

    def verify(self, progress: Progress | None = None) -> list[str]:
        """Recompute balances and seals; return one line per difference, the first one first.

        Nothing is repaired: what is wrong is named, and a person decides.
        """
        with self.reading() as reader:
            return differences(reader, progress)
