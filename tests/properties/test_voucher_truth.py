"""Vouchers in any order keep the ledger's promises, as somebody with a notebook would."""

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplies import tasks
from supplies.errors import SuppliesError
from supplies.tasks import Line

DAY = date(2026, 11, 23)
EAST, WEST = "county-990101-store", "county-990102-store"
LOT = "E20290630.county"
SITES = st.sampled_from([EAST, WEST])
AMOUNT = st.integers(1, 12)

acts = st.one_of(
    st.tuples(st.just("count"), SITES, st.integers(0, 20)),
    st.tuples(st.just("issue"), SITES, AMOUNT),
    st.tuples(st.just("receive"), SITES, AMOUNT),
    st.tuples(st.just("depart"), SITES, AMOUNT),
    st.tuples(st.just("arrive"), st.integers(0, 3), AMOUNT),
    st.tuples(st.just("reserve"), SITES, AMOUNT),
    st.tuples(st.just("release"), st.integers(0, 3), AMOUNT),
    st.tuples(st.just("inspect"), SITES, AMOUNT),
    st.tuples(st.just("entrust"), SITES, AMOUNT),
    st.tuples(st.just("reverse"), st.integers(0, 6), AMOUNT),
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory, tinycity_dir):
    path = tmp_path_factory.mktemp("empty") / "ledger.db"
    tasks.open_desk(str(path), tinycity_dir, day=DAY, user="tester").store.close()
    return path


class Notebook:
    """Carries wishes out and notes, beside the ledger, what should be where."""

    def __init__(self, desk):
        self.desk = desk
        self.there = Counter()
        self.sent, self.held, self.undoable = [], [], []

    def wish(self, act, first, second):
        getattr(self, act)(first, second)

    def receive(self, site, units):
        ask = {"item": "torch", "quantity": units, "lot": "2029-06-30", "reason": "x"}
        self._done(tasks.receive(self.desk, site=site, **ask), {(site, "sound"): units})

    def issue(self, site, units):
        done = tasks.issue(self.desk, site=site, item="torch", quantity=units, lot=LOT, reason="x")
        self._done(done, {(site, "sound"): -units})

    def count(self, site, units):
        counted = [Line(item="torch", quantity=units, lot=LOT)]
        done = tasks.count(self.desk, site=site, counted=counted, reason="x")
        self._done(done, {(site, "sound"): units - self.there[site, "sound"]})

    def depart(self, site, units):
        other = WEST if site == EAST else EAST
        ask = {"source": site, "target": other, "item": "torch", "lot": LOT, "reason": "x"}
        done = tasks.depart(self.desk, quantity=units, **ask)
        self.sent.append((done.id, other))
        self._done(done, {(site, "sound"): -units, (done.id, "sound"): units})

    def arrive(self, which, units):
        if which < len(self.sent):
            sent, site = self.sent[which]
            received = [Line(item="torch", quantity=units)]
            done = tasks.arrive(self.desk, departure=sent, received=received, reason="x")
            self._done(done, {(site, "sound"): units, (sent, "sound"): -units})

    def reserve(self, site, units):
        ask = {"item": "torch", "quantity": units, "lot": LOT, "reason": "x"}
        self.held.append(tasks.reserve(self.desk, site=site, **ask).id)

    def release(self, which, _):
        if which < len(self.held):
            tasks.release(self.desk, voucher=self.held[which], reason="x")

    def inspect(self, site, units):
        ask = {"item": "torch", "lot": LOT, "quantity": units, "condition": "damaged"}
        done = tasks.inspect(self.desk, site=site, reason="x", **ask)
        self._done(done, {(site, "sound"): -units, (site, "other"): units})

    def entrust(self, site, units):
        ask = {"item": "torch", "lot": LOT, "quantity": units, "to": "city", "reason": "x"}
        done = tasks.entrust(self.desk, site=site, **ask)
        self._done(done, {(site, "sound"): -units, (site, "other"): units})

    def reverse(self, which, _):
        if which < len(self.undoable):
            voucher, change = self.undoable[which]
            done = tasks.reverse(self.desk, voucher, reason="x")
            self._done(done, {place: -units for place, units in change.items()})

    def _done(self, voucher, change):
        self.there.update(change)
        if voucher.moves:
            self.undoable.append((voucher.id, change))


@settings(max_examples=25)
@given(st.lists(acts, min_size=3, max_size=14))
def test_any_interleaving_leaves_what_a_notebook_says(empty, tinycity_dir, wanted):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(empty, folder))
        desk = tasks.open_desk(str(path), tinycity_dir, day=DAY, user="tester")
        book = Notebook(desk)
        for act in [("receive", EAST, 12), *wanted]:
            refused = None
            try:
                book.wish(*act)
            except SuppliesError as refusal:
                refused = str(refusal)
            assert refused is None or " | " in refused
        lines = tasks.stock(desk)
        found = Counter()
        for line in lines:
            assert line.quantity >= line.reserved >= 0
            found[line.site, "sound" if line.lot == LOT else "other"] += int(line.quantity)
        relabelled, transit = 0, Counter()
        for (account, _, _), units in desk.store.balances().items():
            relabelled += units if account == "outside:relabel" else 0
            if account.startswith("transit:"):
                transit[account.removeprefix("transit:"), "sound"] += units
        assert relabelled == 0
        assert +found + transit == +book.there
        assert tasks.verify(desk) == []
        desk.store.close()


@settings(max_examples=10)
@given(st.lists(acts, min_size=1, max_size=6))
def test_what_is_only_shown_changes_nothing(empty, tinycity_dir, wanted):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(empty, folder))
        desk = tasks.open_desk(str(path), tinycity_dir, day=DAY, user="tester")
        book = Notebook(desk)
        book.wish("receive", EAST, 12)
        before = desk.store.balances(), tasks.seal(desk), tasks.stock(desk)
        for act, site, units in wanted:
            if act in {"receive", "issue", "reserve"}:
                with suppress(SuppliesError):
                    ask = {"site": site, "item": "torch", "quantity": units, "reason": "x"}
                    tasks.effect(desk, getattr(tasks, act), **ask)
        assert (desk.store.balances(), tasks.seal(desk), tasks.stock(desk)) == before
        desk.store.close()
