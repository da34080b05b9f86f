"""Levels agree with the fold, cost what changed and not what is long past, and have limits."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from supplies.errors import LedgerError
from supplies.ledger import QUANTITY_MAX, Count, Move, Paper, Reason, Reservation
from supplies.store import ImportRecord, open_store
from supplies.store.reader import Reader

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY = date(2026, 7, 1)
WHO = {"recorded_at": NOW, "recorded_by": "li"}


@pytest.fixture
def store(store_url):
    with open_store(store_url) as opened:
        yield opened


def move(quantity, source, target, day=0, **more):
    given = {"id": uuid4(), "day": DAY + timedelta(day), "item": "water", "lot": "", **WHO}
    return Move(
        quantity=quantity, source=source, target=target, reason=Reason.TRANSFER, **given | more
    )


def count(quantity, day=0, site="A"):
    return Count(
        day=DAY + timedelta(day), account=f"site:{site}", item="water", lot="", quantity=quantity
    )


def post(store, *moves, **more):
    with store.writing() as writer:
        return writer.append(moves, **more)


SITES = ("site:A", "site:B")
_days = st.integers(0, 4)
_facts = st.one_of(
    st.tuples(st.just("receive"), st.sampled_from(SITES), st.integers(1, 9), _days),
    st.tuples(st.just("issue"), st.sampled_from(SITES), st.integers(1, 9), _days),
    st.tuples(st.just("count"), st.sampled_from(SITES), st.integers(0, 9), _days),
    st.tuples(st.just("reserve"), st.sampled_from(SITES), st.integers(1, 9), _days),
)


def do(store, kind, place, units, day):
    with store.writing() as writer:
        if kind == "count":
            writer.count([count(units, day, place[-1])], allow_backdate="late", **WHO)
        elif kind == "reserve":
            writer.reserve([
                Reservation(
                    id=uuid4(), day=DAY + timedelta(day), account=place, item="water", lot="",
                    quantity=units, **WHO,
                )
            ])  # fmt: skip
        else:
            ends = ("outside:supplier", place) if kind == "receive" else (place, "outside:used")
            writer.append([move(units, *ends, day)], allow_backdate="late")


@settings(max_examples=15)
@given(st.lists(_facts, max_size=8))
def test_a_past_day_is_what_a_fold_of_its_facts_gives(ledgers, wanted):
    with open_store(ledgers.fresh()) as store:
        for one in wanted:
            try:
                do(store, *one)
            except LedgerError:
                continue
        moves = store.history()
        for day in range(-1, 5):
            as_of, folded = DAY + timedelta(day), Counter()
            for one in moves:
                if one.day <= as_of:
                    folded[one.source] -= one.quantity
                    folded[one.target] += one.quantity
            held = {f"site:{r.site}": r.quantity for r in store.stock(as_of) if r.quantity}
            assert held == {site: folded[site] for site in SITES if folded[site]}
        assert store.verify() == []


def rows_read(store, work):
    """Return how many rows the store asked for while something was done and undone."""
    total = []

    def note(result):
        frozen = result.freeze()
        total.append(len(frozen().all()))
        return frozen()

    with store.reading() as reader:
        held = type(reader.connection)
    real = held.execute

    def execute(connection, *given, **more):
        result = real(connection, *given, **more)
        return note(result) if result.returns_rows else result

    with pytest.MonkeyPatch.context() as patch, suppress(InterruptedError), store.writing() as w:
        patch.setattr(held, "execute", execute)
        work(w)
        raise InterruptedError
    return sum(total)


WORKS = {
    "move": lambda w: w.append([move(1, "site:A", "outside:used", 50)]),
    "late move": lambda w: w.append([move(1, "site:A", "outside:used", 48)], allow_backdate="x"),
    "count": lambda w: w.count([count(5, 50)], **WHO),
    "late count": lambda w: w.count([count(5, 48)], **WHO, allow_backdate="x"),
    "reserve": lambda w: w.reserve([
        Reservation(
            id=UUID(int=1), day=DAY + timedelta(50), account="site:A", item="water", lot="",
            quantity=1, **WHO,
        )
    ]),
}  # fmt: skip


@pytest.mark.parametrize("kind", WORKS)
def test_the_cost_of_a_posting_does_not_grow_with_history(store, kind):
    post(store, move(10, "outside:supplier", "site:A"))
    post(store, move(1, "outside:supplier", "site:A", 49))
    before = rows_read(store, WORKS[kind])
    for day in range(30):
        post(store, move(2, "outside:supplier", "site:A", day), allow_backdate="late")
    assert 0 < rows_read(store, WORKS[kind]) <= before


def test_a_count_of_a_past_day_looks_only_at_what_came_since(store, monkeypatch):
    for day in range(20):
        post(store, move(5, "outside:supplier", "site:A", day))
    asked = []
    real = Reader.moves_of
    monkeypatch.setattr(Reader, "moves_of", lambda *given: asked.append(real(*given)) or asked[-1])
    with store.writing() as writer:
        voucher = writer.count([count(90, 17)], **WHO, allow_backdate="late")
        assert voucher.moves == ()
        voucher = writer.count([count(80, 18)], **WHO, allow_backdate="late")
    assert [m.note for m in voucher.moves] == ["counted 80, ledger 95"]
    assert [len(moves) for moves in asked] == [2, 1]
    with store.writing() as writer:
        writer.count([count(80, 25)], **WHO)
    assert len(asked) == 2, "nothing came since, so nothing is read"
    assert store.verify() == []


def test_two_shelves_counted_at_different_moments_of_one_transfer(store):
    post(store, move(10, "outside:supplier", "site:A"), move(10, "outside:supplier", "site:B"))
    post(store, move(4, "site:A", "site:B", 2))
    with store.writing() as writer:
        voucher = writer.count([count(10, 1, "A"), count(15, 3, "B")], **WHO, allow_backdate="late")
    assert [m.note for m in voucher.moves] == ["counted 15, ledger 14"]
    assert {r.site: r.quantity for r in store.stock()} == {"A": 6, "B": 15}
    assert store.verify() == []


# --- limits ----------------------------------------------------------------------------------


def test_a_level_has_a_limit(store):
    post(store, move(QUANTITY_MAX, "outside:supplier", "site:A"))
    with pytest.raises(LedgerError, match="would hold more than the ledger can count"):
        post(store, move(1, "outside:donor", "site:A"))
    with pytest.raises(LedgerError, match="outside:supplier / water would hold more"):
        post(store, move(2, "outside:supplier", "site:B"))
    assert store.stock()[0].quantity == QUANTITY_MAX
    assert store.verify() == []


LONG = "长" * 301


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda w: w.append([move(1, "outside:donor", "site:A", recorded_by=LONG)]), "recorded_by"),
        (lambda w: w.append([move(1, "outside:donor", f"site:{LONG}")]), "target is too long"),
        (lambda w: w.append([move(1, "outside:donor", "site:A", item=LONG)]), "item is too long"),
        (lambda w: w.append([move(1, "outside:donor", "site:A")], key=LONG), "key is too long"),
        (lambda w: w.append([move(1, "outside:donor", "site:A", document=LONG)]), "is too long"),
        (lambda w: w.append([move(1, "outside:donor", "site:A")], note="a\0b"), "what is no text"),
        (lambda w: w.append([move(1, "outside:donor", "site:A")], note="\ud800"), "is no text"),
        (lambda w: w.append([move(1, "outside:donor", "site:A", sequence=2**31)]), "too large"),
        (lambda w: w.append([move(1, "outside:donor", "site:A", item="a\0")]), "item 'a"),
        (lambda w: w.append([move(1, "outside:donor", "site:A")], key="a\0"), "key 'a"),
        (lambda w: w.count([replace(count(1), lot="a\0")], **WHO), "lot 'a"),
        (
            lambda w: w.append([move(1, "outside:donor", "site:A")], paper=Paper(party=LONG)),
            "party is too long",
        ),
        (
            lambda w: w.append([move(1, "outside:donor", "site:A")], paper=Paper(amount_fen=2**63)),
            "amount_fen 9223372036854775808 is too large",
        ),
        (lambda w: w.count([replace(count(1), account=f"site:{LONG}")], **WHO), "is too long"),
        (lambda w: w.meta_set(LONG, "x"), "key is too long"),
        (
            lambda w: w.record_import(
                ImportRecord(
                    sha256="0" * 64, name=LONG, form="stock", read=0, accepted=0, unchanged=0,
                    rejected=0, document=None, **WHO,
                )
            ),
            "name is too long",
        ),
    ],
)  # fmt: skip
def test_what_a_database_could_not_keep_is_refused_the_same_on_both(store, what, words):
    with store.writing() as writer, pytest.raises(LedgerError, match=words) as refused:
        what(writer)
    assert " | " in str(refused.value)
    assert store.meta_get(LONG) is None


def test_an_event_is_kept_however_long_its_words(store):
    with store.writing() as writer:
        writer.record_event(
            at=NOW, user="li", origin="here", task="issue", subject=LONG, outcome="refused",
            detail="a\0b" + LONG,
        )  # fmt: skip
    with store.reading() as reader:
        row = reader.connection.execute(text("SELECT subject, detail FROM events")).one()
    assert (row.subject, row.detail) == (LONG[:200], "a b" + LONG)
    assert store.verify() == []
