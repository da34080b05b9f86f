"""The ledger on disk keeps the invariants, whatever is asked of it, and agrees with the fold."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from supplies.errors import LedgerError
from supplies.ledger import Count, Move, Reason, Reservation, balances, inside, post
from supplies.store import open_store

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY = date(2026, 7, 1)
SITES = ["site:A", "site:B"]
ACCOUNTS = [*SITES, "transit:T1", "outside:supplier", "outside:used"]

lines = st.tuples(
    st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(1, 12), st.integers(0, 3)
).filter(lambda line: line[0] != line[1])
moved = st.tuples(st.just("move"), st.lists(lines, min_size=1, max_size=3), st.booleans())
counted = st.tuples(st.just("count"), st.sampled_from(SITES), st.integers(0, 20))
wishes = st.one_of(
    moved,
    counted,
    st.tuples(st.just("stock"), st.sampled_from(SITES), st.integers(5, 30)),
    st.tuples(st.just("reserve"), st.sampled_from(SITES), st.integers(1, 12)),
    st.tuples(st.just("release"), st.integers(0, 3), st.none()),
    st.tuples(st.just("reverse"), st.integers(0, 5), st.none()),
)


class Desk:
    """Carries wishes out, keys each, and counts what was refused."""

    def __init__(self, store):
        self.store, self.number, self.refused = store, 0, 0

    def _id(self):
        self.number += 1
        return UUID(int=self.number)

    def _move(self, source, target, quantity, later):
        return Move(
            id=self._id(), day=DAY + timedelta(later), recorded_by="", item="water", lot="",
            recorded_at=NOW + timedelta(hours=self.number), quantity=quantity, source=source,
            target=target, reason=Reason.TRANSFER,
        )  # fmt: skip

    def wish(self, kind, first, second):
        key, when = f"wish {self.number}", NOW + timedelta(hours=self.number)
        who = {"recorded_at": when, "recorded_by": "", "key": key}
        with self.store.writing() as w:
            if kind == "move":
                listed = [self._move(*line) for line in first]
                w.append(listed, key=key, allow_backdate="late" if second else None)
            elif kind == "stock":
                w.append([self._move("outside:supplier", first, second, 0)], allow_backdate="late")
            elif kind == "count":
                sheet = Count(day=DAY, account=first, item="water", lot="", quantity=second)
                w.count([sheet], allow_backdate="late", **who)
            elif kind == "reserve":
                w.reserve([self._reservation(first, second, when)], key=key)
            elif kind == "release":
                held = [line.reservation.id for line in w.open_reservations()][first : first + 1]
                w.release(held, day=DAY + timedelta(3), **who)
            else:
                known = w.vouchers()[first : first + 1]
                for document in known:
                    w.reverse(document, day=DAY + timedelta(3), **who)

    def _reservation(self, account, quantity, when):
        return Reservation(
            id=self._id(), day=DAY + timedelta(3), recorded_at=when, recorded_by="",
            account=account, item="water", lot="", quantity=quantity,
        )  # fmt: skip

    def try_all(self, wanted):
        for one in wanted:
            before = self.store.revision(), self.store.seal_code()
            try:
                self.wish(*one)
            except LedgerError:
                self.refused += 1
                assert (self.store.revision(), self.store.seal_code()) == before


@settings(max_examples=20)
@given(st.lists(wishes, max_size=9))
def test_i1_i2_i3_whatever_is_asked(ledgers, wanted):
    with open_store(ledgers.fresh()) as store:
        Desk(store).try_all(wanted)
        moves = store.history()
        assert moves == sorted(moves, key=lambda m: m.order)
        # I3: what the database derives is what the program folds.
        assert store.balances() == balances(moves)
        assert {(f"site:{r.site}", r.item, r.lot.id): r.quantity for r in store.stock()} == {
            place: units for place, units in balances(moves).items() if place[0] in SITES
        } | {(f"site:{r.site}", r.item, r.lot.id): 0 for r in store.stock() if not r.quantity}
        # I1, and I2 after every moment of the order.
        assert sum(store.balances().values()) == 0
        running = Counter()
        for _, together in groupby(moves, key=lambda m: m.moment):
            running.update({k: v for k, v in balances(together).items() if inside(k[0])})
            assert all(units >= 0 for units in running.values())
        assert all(r.quantity >= r.reserved >= 0 for r in store.stock())
        with store.reading() as reader:
            held = [line for v in reader.vouchers() for line in reader.voucher(v).reservations]
        assert post([], moves, held) == balances(moves)
        assert store.verify() == []


@settings(max_examples=10)
@given(st.lists(moved | counted, min_size=1, max_size=4))
def test_i6_every_posting_twice_is_every_posting_once(ledgers, wanted):
    stores = []
    for times in (1, 2):
        with open_store(ledgers.fresh()) as store:
            Desk(store).wish("stock", "site:A", 30)
            for number, one in enumerate(wanted):
                for _ in range(times):
                    desk = Desk(store)
                    desk.number = 100 * (number + 1)
                    desk.try_all([one])
            stores.append((store.balances(), store.revision(), store.seal_code()))
    assert stores[0] == stores[1]
