"""What the length of a ledger costs: postings, balances, lists and proof at 10 k to 1 M moves.

Run from the checkout: `python benchmarks/ledger.py [MOVES ...]`. A ledger in a file is measured,
and one on the server that SUPPLIES_TEST_POSTGRES names, where it does. Ratios to the shortest
ledger tell more than times: machines are noisy. The targets: a balance within 5 ms (p95), and
postings that cost the same however long the ledger is (ratio about 1).
"""

import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg
from sqlalchemy import make_url, text

from supplies.ledger import Move, Position, Reason, outside, site
from supplies.lots import Lot, make_lot
from supplies.store import Store, open_store

SIZES = (10_000, 100_000, 1_000_000)
# About twice what the embedded city holds: the history grows, the storehouses do not.
SITES, ITEMS, LOTS, LINES = 213, 150, 3, 24
# A ledger of a city fills over years: so many moves a day, in one voucher for speed.
DOCUMENT = 1_000
FIRST_DAY = date(2000, 1, 1)
POSTINGS, QUERIES, LISTS = 200, 300, 5
BALANCE_TARGET_MS = 5.0


class Builder:
    """Makes up moves that a ledger can accept: what leaves was there before."""

    def __init__(self) -> None:
        self.random = Random(1)
        self.moves = 0
        self.documents = 0
        self.held: Counter[Position] = Counter()
        lots = [
            make_lot(f"item-{item:03}", expiry=date(2040, 1, 1) + timedelta(days=lot))
            for item in range(ITEMS)
            for lot in range(LOTS)
        ]
        self.lots = {(lot.item, lot.id): lot for lot in lots}
        self.places: list[Position] = []
        self.holders: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for number in range(SITES):
            for lot in self.random.sample(lots, LINES):
                self.places.append((site(f"{number:03}"), lot.item, lot.id))
                self.holders[lot.item, lot.id].append(site(f"{number:03}"))

    @property
    def day(self) -> date:
        """The day the ledger has come to."""
        return FIRST_DAY + timedelta(days=self.documents)

    def move(self, item: str, lot: str, quantity: int, way: tuple[str, str]) -> Move:
        """Return one move of today and remember what it does."""
        self.moves += 1
        self.held[way[0], item, lot] -= quantity
        self.held[way[1], item, lot] += quantity
        return Move(
            id=UUID(int=self.moves),
            day=self.day,
            recorded_at=datetime(2000, 1, 1, 8, tzinfo=UTC) + timedelta(days=self.documents),
            recorded_by="bench",
            item=item,
            lot=lot,
            quantity=quantity,
            source=way[0],
            target=way[1],
            reason=Reason.TRANSFER,
        )

    def any(self) -> Move:
        """Return goods coming in, used, or going to another site that keeps such; first a fill."""
        first = self.moves < len(self.places)
        place = self.places[self.moves] if first else self.random.choice(self.places)
        account, item, lot = place
        units = min(self.held[place], self.random.randint(1, 50))
        if first or not units or self.random.random() < 0.4:
            return self.move(item, lot, 1_000, (outside("supplier"), account))
        other = self.random.choice(self.holders[item, lot])
        used = other == account or self.random.random() < 0.7
        return self.move(item, lot, units, (account, outside("used") if used else other))

    def document(self, lines: int) -> tuple[list[Move], list[Lot]]:
        """Return the moves of one voucher of the next day, and their lots."""
        self.documents += 1
        moves = [self.any() for _ in range(lines)]
        return moves, [self.lots[key] for key in {(move.item, move.lot) for move in moves}]


def grow(store: Store, builder: Builder, size: int) -> None:
    """Post vouchers until the ledger has so many moves."""
    while builder.moves < size:
        moves, lots = builder.document(min(DOCUMENT, size - builder.moves))
        with store.writing() as writer:
            writer.append(moves, lots)


@contextmanager
def on_file() -> Iterator[str]:
    """Lend a ledger in a file."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        yield f"sqlite:///{Path(folder) / 'ledger.db'}"


@contextmanager
def on_server(server: str) -> Iterator[str]:
    """Lend a ledger on a server."""
    name = f"bench_{os.getpid()}"
    with closing(psycopg.connect(server, autocommit=True)) as admin:
        admin.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def timed(work: Callable[[], object], turns: int) -> tuple[list[float], list[float]]:
    """Return how long each turn took, and how long it kept our processor, in ms, sorted."""
    found: list[tuple[float, float]] = []
    for _ in range(turns):
        start, busy = time.perf_counter(), time.thread_time()
        work()
        found.append((time.perf_counter() - start, time.thread_time() - busy))
    whole, ours = zip(*found, strict=True)
    return sorted(1_000 * one for one in whole), sorted(1_000 * one for one in ours)


def part(times: list[float], share: float) -> float:
    """Return a percentile of sorted times."""
    return times[min(len(times) - 1, int(share * len(times)))]


def post(store: Store, builder: Builder) -> None:
    """Post one voucher of three lines."""
    moves, lots = builder.document(3)
    with store.writing() as writer:
        writer.append(moves, lots)


def shares(name: str, times: tuple[list[float], list[float]]) -> dict[str, float]:
    """Return the percentiles that are printed: of the whole time and of our processor's."""
    whole, ours = times
    found = {f"{name} p{share}": part(whole, share / 100) for share in (50, 95, 99)}
    return found | {f"{name}, processor p{share}": part(ours, share / 100) for share in (50, 95)}


def balances(store: Store, builder: Builder) -> dict[str, float]:
    """Measure what one position, one site and one item hold."""
    random, found = Random(2), {}

    def position() -> None:
        place = random.choice(builder.places)
        with store.reading() as reader:
            level = reader.levels([place])[place]
        if level.on_hand != builder.held[place]:
            raise AssertionError(f"{place} holds {builder.held[place]}, not {level.on_hand}")

    queries: dict[str, Callable[[], object]] = {
        "balance of a position": position,
        "stock of a site": lambda: store.stock(site=f"{random.randrange(SITES):03}"),
        "stock of an item": lambda: store.stock(item=f"item-{random.randrange(ITEMS):03}"),
    }
    for name, query in queries.items():
        found |= shares(name, timed(query, QUERIES))
    return found


def lists(store: Store, builder: Builder) -> dict[str, float]:
    """Measure what reads much: all stock, stock of a day gone by, the proof."""
    half = FIRST_DAY + timedelta(days=builder.documents // 2)

    def typical(work: Callable[[], object], turns: int = LISTS) -> float:
        return part(timed(work, turns)[0], 0.5)

    return {
        "whole stock list": typical(store.stock),
        "stock of a site on a past day": typical(lambda: store.stock(half, site="007")),
        "whole stock list on a past day": typical(lambda: store.stock(half)),
        "verify": typical(lambda: prove(store), 1),
    }


def prove(store: Store) -> None:
    """Make sure that what is measured is a sound ledger."""
    if wrong := store.verify():
        raise AssertionError(wrong[0])


def settle(store: Store) -> None:
    """Tell the database's planner what the ledger has become, as it learns by itself in time."""
    with store.writing() as writer:
        writer.connection.execute(text("ANALYZE"))


def measure(url: str, sizes: tuple[int, ...]) -> None:
    """Grow one ledger through all sizes and print what each costs."""
    found: dict[int, dict[str, float]] = {}
    builder = Builder()
    with open_store(url) as store:
        print(f"\n{store.name.split(':')[0] if store.door.path is None else 'sqlite'}")
        for size in sizes:
            start = time.perf_counter()
            before = builder.moves
            grow(store, builder, size)
            each = 1_000_000 * (time.perf_counter() - start) / max(1, builder.moves - before)
            print(f"  {size:,} moves: {len(builder.places):,} positions, {each:.0f} us a move")
            if store.door.path is None:
                settle(store)
            found[size] = (
                shares("posting of 3 lines", timed(lambda: post(store, builder), POSTINGS))
                | balances(store, builder)
                | lists(store, builder)
            )
    show(found)


def show(found: dict[int, dict[str, float]]) -> None:
    """Print times in ms and ratios to the shortest ledger."""
    sizes = list(found)
    columns = [f"{size:,}" for size in sizes] + [f"{size:,} / {sizes[0]:,}" for size in sizes[1:]]
    print(f"  {'ms':40}" + "".join(f"{column:>20}" for column in columns))
    for name in found[sizes[0]]:
        times = [found[size][name] for size in sizes]
        words = [f"{value:.2f}" for value in times]
        words += [f"{value / times[0]:.2f}" for value in times[1:]]
        print(f"  {name:40}" + "".join(f"{word:>20}" for word in words))
    last = found[sizes[-1]]
    slow = {
        name: ms for name, ms in last.items() if name.endswith(" p95") and "posting" not in name
    }
    for name, ms in slow.items():
        verdict = "met" if ms < BALANCE_TARGET_MS else "missed"
        print(f"  {name} at {sizes[-1]:,}: {ms:.2f} ms, target {BALANCE_TARGET_MS:g} ms {verdict}")


def main() -> None:
    """Measure every kind of database there is."""
    sizes = tuple(int(word.replace(",", "")) for word in sys.argv[1:]) or SIZES
    with on_file() as url:
        measure(url, sizes)
    if server := os.environ.get("SUPPLIES_TEST_POSTGRES"):
        with on_server(server) as url:
            measure(url, sizes)
    else:
        print("\npostgresql: SUPPLIES_TEST_POSTGRES names no server")


if __name__ == "__main__":
    main()
