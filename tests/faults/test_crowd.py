"""Sixteen processes post at random: nothing is lost, nothing goes below zero, nobody waits long.

``SUPPLIES_CROWD_S`` says for how many seconds.
"""

import multiprocessing
import os
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import select

from supplies.errors import LedgerError, SuppliesError
from supplies.ledger import Count, Reservation, inside
from supplies.lots import make_lot
from supplies.store import open_store, schema
from tests.faults import keeping_case as case

CROWD = 16
SECONDS = float(os.environ.get("SUPPLIES_CROWD_S", "60"))
SITES = [f"site:{name}" for name in "ABCDE"]
ITEMS = ["water", "tent", "bag"]
LOTS = {item: make_lot(item) for item in ITEMS}
# Never a plain fork: it would share open database connections.
SERVED = "forkserver" in multiprocessing.get_all_start_methods()
PROCESSES = multiprocessing.get_context("forkserver" if SERVED else "spawn")
PROCESSES.set_forkserver_preload(["supplies.store", "tests.faults.keeping_case"])


class Hand:
    """One keeper who posts whatever comes to mind, and remembers what the ledger answered."""

    def __init__(self, store, name, seed):
        self.store, self.name, self.random = store, name, Random(seed)
        self.told, self.held, self.errors = {}, [], []
        self.refused, self.waits, self.tried = 0, [], 0

    def act(self):
        kinds = (self.receive, self.issue, self.transfer, self.reserve, self.release, self.count)
        post = self.random.choice((*kinds, self.reverse, self.repeat))
        key, start = f"{self.name}-{self.tried}", time.monotonic()
        self.tried += 1
        try:
            with self.store.writing() as writer:
                voucher = post(writer, key)
                if voucher is not None:
                    note = {"user": self.name, "origin": "", "task": post.__name__, "detail": ""}
                    writer.record_event(at=now(), subject=voucher.id, outcome="done", **note)
        except LedgerError:
            # Not enough there, reversed already, a late entry that would go below zero: no
            # repeating cures that.
            self.refused += 1
        except SuppliesError as error:
            self.errors.append(str(error))
        else:
            if voucher is not None:
                lines = len(voucher.moves) + len(voucher.reservations)
                assert self.told.setdefault(voucher.id, (voucher.key, lines))[1] == lines
                self.held += [line.id for line in voucher.reservations if not line.releases]
        self.waits.append(time.monotonic() - start)

    def _moves(self, ways, most):
        late = self.random.random() < 0.15
        day = case.DAY - timedelta(days=self.random.randint(1, 3) if late else 0)
        items = self.random.sample(ITEMS, self.random.randint(1, 3))
        return [
            case.move(
                self.random.randint(1, most), *ways, item=item, lot="", day=day, at=now()
            )
            for item in items
        ]  # fmt: skip

    def _append(self, writer, key, ways, most):
        return writer.append(self._moves(ways, most), key=key, allow_backdate="the slip came late")

    def receive(self, writer, key):
        return self._append(writer, key, ("outside:supplier", self.random.choice(SITES)), 40)

    def issue(self, writer, key):
        return self._append(writer, key, (self.random.choice(SITES), "outside:used"), 30)

    def transfer(self, writer, key):
        return self._append(writer, key, self.random.sample(SITES, 2), 30)

    def reserve(self, writer, key):
        line = Reservation(
            id=uuid4(), day=case.DAY, recorded_at=now(), recorded_by=self.name,
            account=self.random.choice(SITES), item=self.random.choice(ITEMS), lot="",
            quantity=self.random.randint(1, 20),
        )  # fmt: skip
        return writer.reserve([line], key=key)

    def release(self, writer, key):
        if not self.held:
            return None
        which = {self.random.choice(self.held): self.random.randint(1, 10)}
        return writer.release(which, day=case.DAY, recorded_at=now(), recorded_by="", key=key)

    def count(self, writer, key):
        item, site = self.random.choice(ITEMS), self.random.choice(SITES)
        level = writer.levels([(site, item, "")]).get((site, item, ""))
        found = max(0, (level.on_hand if level else 0) + self.random.randint(-3, 3))
        claim = Count(day=case.DAY, account=site, item=item, lot="", quantity=found)
        return writer.count([claim], recorded_at=now(), recorded_by=self.name, key=key)

    def reverse(self, writer, key):
        if not self.told:
            return None
        which = self.random.choice(list(self.told))
        return writer.reverse(
            which, day=case.DAY, recorded_at=now(), recorded_by=self.name, key=key
        )

    def repeat(self, writer, _key):
        """Ask again for what was answered before, as after a lost connection."""
        if not self.told:
            return
        document = self.random.choice(list(self.told))
        voucher = writer.posted(self.told[document][0])
        assert voucher.id == document
        return


def now():
    return datetime.now(UTC)


def post_until(url, name, seed, seconds, ready, done):
    with open_store(url) as store:
        hand = Hand(store, name, seed)
        ready.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            hand.act()
    done.put((name, hand.told, hand.refused, hand.errors, hand.waits))


def run_crowd(url, seconds):
    done, ready = PROCESSES.Queue(), PROCESSES.Barrier(CROWD)
    hands = [
        PROCESSES.Process(
            target=post_until, args=(url, f"hand{number:02}", number, seconds, ready, done)
        )
        for number in range(CROWD)
    ]
    for hand in hands:
        hand.start()
    answers = [done.get(timeout=seconds + 120) for _ in hands]
    for hand in hands:
        hand.join()
        assert hand.exitcode == 0
    done.close()
    done.join_thread()
    return answers


def lowest(reader):
    """Fold all moves and reservations in the ledger's order; return the least free quantity."""
    steps = defaultdict(Counter)
    moves, held = schema.moves, schema.reservations
    for row in reader.connection.execute(select(moves)):
        moment = (row.day, row.sequence, row.recorded_at)
        steps[moment][row.source, row.item, "on hand"] -= row.quantity
        steps[moment][row.target, row.item, "on hand"] += row.quantity
    for row in reader.connection.execute(select(held)):
        moment = (row.day, row.sequence, row.recorded_at)
        sign = -1 if row.releases else 1
        steps[moment][row.account, row.item, "held"] += sign * row.quantity
    level, least = Counter(), 0
    for moment in sorted(steps):
        level.update(steps[moment])
        for account, item, _ in steps[moment]:
            if inside(account):
                held_now = level[account, item, "held"]
                least = min(least, held_now, level[account, item, "on hand"] - held_now)
    return least


@pytest.mark.slow
def test_sixteen_processes_lose_nothing_and_see_no_error(store_url, record_property):
    with open_store(store_url) as store, store.writing() as writer:
        opening = [
            case.move(200, "outside:opening", site, item=item, lot="", day=case.DAY)
            for site in SITES
            for item in ITEMS
        ]
        first = writer.append(opening, list(LOTS.values()))
    answers = run_crowd(store_url, SECONDS)
    told = {document: kept for _, answer, *_ in answers for document, kept in answer.items()}
    assert sum(len(answer) for _, answer, *_ in answers) == len(told), "no number is given twice"
    assert [error for *_, errors, _ in answers for error in errors] == []
    with open_store(store_url) as store, store.reading() as reader:
        documents = schema.documents.c
        kept = reader.connection.execute(select(documents.id, documents.key, documents.number))
        rows = list(kept)
        assert sorted(row.number for row in rows) == list(range(1, len(rows) + 1))
        assert {row.id: row.key for row in rows if row.id != first.id} == {
            document: key for document, (key, _) in told.items()
        }
        for document, (_, lines) in told.items():
            voucher = reader.voucher(document)
            assert len(voucher.moves) + len(voucher.reservations) == lines
        assert lowest(reader) == 0
    with open_store(store_url) as store:
        assert store.verify() == []
    waits = sorted(wait for *_, hand_waits in answers for wait in hand_waits)
    posted = [len(answer) for _, answer, *_ in answers]
    figures = {
        "seconds": SECONDS,
        "posted": len(told),
        "refused": sum(refused for _, _, refused, *_ in answers),
        "least and most by one": (min(posted), max(posted)),
        "wait s: median, p99, longest": tuple(
            round(waits[int(part * (len(waits) - 1))], 3) for part in (0.5, 0.99, 1)
        ),
    }
    record_property("crowd", figures)
    print(figures)  # noqa: T201 - shown with -s
    assert min(posted) > 0, "everybody gets a turn"
