"""The ledger's invariants on made-up histories: pure, no database."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplies.errors import LedgerError, OverdrawnError
from supplies.ledger import (
    Count,
    Move,
    Reason,
    Reservation,
    balances,
    gather,
    inside,
    outside,
    post,
    reserved,
    reverse,
    settle,
    shifts,
    site,
    transit,
)

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY = date(2026, 7, 1)
PLACES = ["site:A", "site:B", "transit:T1"]
ACCOUNTS = [*PLACES, "outside:supplier", "outside:used"]


def move(quantity, source, target, *, number=0, day=DAY, sequence=1, reason=Reason.TRANSFER):
    return Move(
        id=UUID(int=number), day=day, sequence=sequence, recorded_at=NOW, recorded_by="",
        item="water", lot="", quantity=quantity, source=source, target=target, reason=reason,
    )  # fmt: skip


@st.composite
def histories(draw, largest=20):
    """Moves at distinct moments or not, of two items and two lots, balanced or not."""
    size = draw(st.integers(0, 12))
    moves = []
    for number in range(size):
        source = draw(st.sampled_from(ACCOUNTS))
        moves.append(
            Move(
                id=UUID(int=number + 1),
                day=DAY + timedelta(draw(st.integers(0, 3))),
                sequence=draw(st.integers(1, 4)),
                recorded_at=NOW + timedelta(seconds=draw(st.integers(0, 1))),
                recorded_by="",
                item=draw(st.sampled_from(["water", "tent"])),
                lot=draw(st.sampled_from(["", "E20270101"])),
                quantity=draw(st.integers(1, largest)),
                source=source,
                target=draw(st.sampled_from([a for a in ACCOUNTS if a != source])),
                reason=draw(st.sampled_from(Reason)),
            )
        )
    return moves


def breaks_somewhere(moves):
    """The definition, word by word: replay moment by moment and look at every place."""
    stock = Counter()
    ordered = sorted(moves, key=lambda m: m.order)
    for place, one in enumerate(ordered):
        stock[one.source, one.item, one.lot] -= one.quantity
        stock[one.target, one.item, one.lot] += one.quantity
        moment_ends = place + 1 == len(ordered) or ordered[place + 1].moment != one.moment
        if moment_ends and any(
            units < 0 for (account, _, _), units in stock.items() if account in PLACES
        ):
            return True
    return False


@given(histories(largest=10**15))
def test_i1_all_accounts_sum_to_zero_by_item_and_lot(history):
    total = Counter()
    for (_, item, lot), units in balances(history).items():
        total[item, lot] += units
    assert not any(total.values())


@given(histories(), st.randoms(use_true_random=False))
def test_balances_do_not_depend_on_the_order(history, random):
    shuffled = list(history)
    random.shuffle(shuffled)
    assert balances(shuffled) == balances(history)


@given(histories(), st.integers(0, 12))
def test_i2_nothing_is_below_zero_at_any_moment(history, cut):
    old, new = history[:cut], history[cut:]
    if breaks_somewhere(history):
        with pytest.raises(OverdrawnError):
            post(old, new)
    else:
        assert post(old, new) == balances(history)


@given(histories())
def test_i2_from_balances_is_i2_from_the_history_when_entries_come_last(history):
    first = [m for m in history if m.day == DAY]
    later = [m for m in history if m.day > DAY]
    if breaks_somewhere(first):
        return
    try:
        expected = post(first, later)
    except OverdrawnError:
        with pytest.raises(OverdrawnError):
            post(balances(first), later)
    else:
        assert post(balances(first), later) == expected


def test_i2_late_entry_is_refused_and_names_the_first_day():
    history = [
        move(10, "outside:supplier", "site:A", number=1),
        move(8, "site:A", "outside:used", number=2, day=DAY + timedelta(3)),
        move(9, "outside:supplier", "site:A", number=3, day=DAY + timedelta(5)),
    ]
    late = move(5, "site:A", "outside:used", number=4, day=DAY + timedelta(1))
    assert post(balances(history), [late])["site:A", "water", ""] == 6
    with pytest.raises(OverdrawnError, match=r"site:A would be short of 3 .* on 2026-07-04") as e:
        post(history, [late])
    assert (e.value.account, e.value.short, e.value.day) == ("site:A", 3, date(2026, 7, 4))


def test_a_document_is_judged_as_a_whole():
    stock = {("site:A", "water", ""): 100}
    first, second = (move(q, "site:A", "outside:used", number=q) for q in (100, 20))
    assert post(stock, [first]) is not None
    with pytest.raises(OverdrawnError):
        post(stock, [first, second])
    # Through an empty place and on, in one document: whichever line stands first.
    through = move(50, "site:A", "site:B", number=9), move(50, "site:B", "outside:used", number=3)
    assert post(stock, through)["site:A", "water", ""] == 50


@given(st.integers(1, 50), st.integers(0, 60), st.integers(0, 60), st.integers(1, 60))
def test_i2_reserved_stock_stays(on_hand, aside, let_go, issued):
    def line(units, number, sequence, releases=None):
        return Reservation(
            id=UUID(int=number), day=DAY, sequence=sequence, recorded_at=NOW, recorded_by="",
            account="site:A", item="water", lot="", quantity=units, releases=releases,
        )  # fmt: skip

    lines = [line(aside, 1, 2)] if aside else []
    lines += [line(let_go, 2, 3, UUID(int=1))] if let_go else []
    history = [move(on_hand, "outside:supplier", "site:A", number=1)]
    issue = move(issued, "site:A", "outside:used", number=2, sequence=4)
    sound = aside <= on_hand and let_go <= aside and issued <= on_hand - aside + let_go
    if sound:
        assert post(history, [issue], lines)["site:A", "water", ""] == on_hand - issued
        assert reserved(lines)["site:A", "water", ""] == aside - let_go
    else:
        with pytest.raises(OverdrawnError):
            post(history, [issue], lines)


@given(histories())
def test_i5_reversing_a_reversal_restores(history):
    again = {"day": DAY + timedelta(9), "recorded_at": NOW, "recorded_by": ""}
    undone = [reverse(m, **again) for m in history]
    redone = [reverse(m, **again) for m in undone]
    assert balances([*history, *undone]) == Counter()
    assert balances([*history, *undone, *redone]) == balances(history)
    for one, back in zip(history, redone, strict=True):
        same = ("item", "lot", "quantity", "source", "target")
        assert all(getattr(one, name) == getattr(back, name) for name in same)
        assert reverse(one, **again).id == reverse(one, **again).id != back.id != one.id


events = st.lists(st.tuples(st.sampled_from(["in", "out"]), st.integers(1, 30)), max_size=8)


@given(st.integers(0, 300), events, events, st.integers(0, 400), st.integers(0, 3))
def test_i7_count_while_stock_moves(opening, before, after, counted, error):
    """Any interleaving: truth = counted - later issues + later receipts."""

    def post_all(lines, start):
        return [
            move(units, *(("outside:supplier", "site:A") if kind == "in"
                 else ("site:A", "outside:used")), number=n, sequence=n)
            for n, (kind, units) in enumerate(lines, start=start)
        ]  # fmt: skip

    start = [move(opening, "outside:opening", "site:A", number=1)] if opening else []
    earlier = post_all(before, 10)
    later = post_all(after, 50)
    count = Count(day=DAY, sequence=40, account="site:A", item="water", lot="", quantity=counted)
    history = [*start, *earlier, *later]
    settling = settle(history, [count], recorded_at=NOW, recorded_by="")
    truth = counted + sum(u if kind == "in" else -u for kind, u in after)
    now = balances([*history, *settling])
    assert now["site:A", "water", ""] == truth
    # The same sheet again posts nothing; a corrected sheet posts the correction.
    assert settle([*history, *settling], [count], recorded_at=NOW, recorded_by="") == []
    corrected = Count(
        day=DAY, sequence=40, account="site:A", item="water", lot="", quantity=counted + error
    )
    more = settle([*history, *settling], [corrected], recorded_at=NOW, recorded_by="")
    assert [m.quantity for m in more] == ([error] if error else [])
    assert balances([*history, *settling, *more])["site:A", "water", ""] == truth + error


@given(histories(), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), max_size=4))
def test_counts_at_several_moments_hold_at_each(history, sheets):
    claims = dict(sheets)
    counts = [
        Count(day=DAY + timedelta(d), sequence=9, account="site:A", item="water", lot="",
              quantity=q)
        for d, q in claims.items()
    ]  # fmt: skip
    moves = [*history, *settle(history, counts, recorded_at=NOW, recorded_by="")]
    for count in counts:
        so_far = balances(m for m in moves if (m.day, m.sequence) <= (count.day, count.sequence))
        assert so_far[count.position] == count.quantity


def test_counting_one_shelf_twice_at_one_moment_is_refused():
    rows = [
        Count(day=DAY, sequence=1, account="site:A", item="water", lot="", quantity=q)
        for q in (5, 7)
    ]
    with pytest.raises(LedgerError, match="site:A / water /  is counted twice on 2026-07-01"):
        settle([], rows, recorded_at=NOW, recorded_by="")
    (together,) = gather(rows)
    (only,) = settle([], [together], recorded_at=NOW, recorded_by="")
    assert (only.quantity, only.note) == (12, "counted 12, ledger 0")


@pytest.mark.parametrize("quantity", [0, -1, 2.5, 2.0, True, 2**63])
def test_a_move_takes_a_positive_integer(quantity):
    with pytest.raises(LedgerError, match="whole number, positive"):
        move(quantity, "site:A", "site:B")


@pytest.mark.parametrize(
    ("source", "target", "word"),
    [
        ("site:A", "site:A", "two accounts"),
        ("site:", "site:B", "'site:' is unknown"),
        ("store:A", "site:B", "'store:A' is unknown"),
        ("site:A", "outside:elsewhere", "'outside:elsewhere' is unknown"),
    ],
)
def test_a_move_joins_two_known_accounts(source, target, word):
    with pytest.raises(LedgerError, match=word):
        move(1, source, target)


def test_facts_without_zone_or_place_are_refused():
    with pytest.raises(LedgerError, match="time zone"):
        Move(
            id=UUID(int=1), day=DAY, recorded_at=datetime(2026, 7, 1), recorded_by="",
            item="water", lot="", quantity=1, source="site:A", target="site:B",
            reason=Reason.TRANSFER,
        )  # fmt: skip
    with pytest.raises(LedgerError, match="sequence"):
        move(1, "site:A", "site:B", sequence=-1)
    with pytest.raises(LedgerError, match="inside can be counted"):
        Count(day=DAY, account="outside:used", item="water", lot="", quantity=1)
    with pytest.raises(LedgerError, match="zero or more"):
        Count(day=DAY, account="site:A", item="water", lot="", quantity=-1)


def test_accounts_have_names():
    assert (site("A"), transit("T1"), outside("used")) == ("site:A", "transit:T1", "outside:used")
    assert [inside(a) for a in ("site:A", "transit:T1", "outside:used")] == [True, True, False]
    with pytest.raises(LedgerError, match="'outside:nowhere' is unknown"):
        outside("nowhere")
    with pytest.raises(LedgerError, match="needs an item"):
        replace(move(1, "site:A", "site:B"), item="")
    with pytest.raises(LedgerError, match="inside can be reserved"):
        Reservation(
            id=UUID(int=1), day=DAY, recorded_at=NOW, recorded_by="", account="outside:used",
            item="water", lot="", quantity=1,
        )  # fmt: skip


def test_shifts_show_what_a_late_entry_changes():
    history = [
        move(10, "outside:supplier", "site:A", number=1),
        move(4, "site:A", "outside:used", number=2, day=DAY + timedelta(2)),
        move(5, "outside:supplier", "site:B", number=3, day=DAY + timedelta(2)),
    ]
    late = move(3, "site:A", "outside:used", number=4, day=DAY + timedelta(1))
    assert shifts(history, [late]) == [(("site:A", "water", ""), date(2026, 7, 3), 6, 3)]
