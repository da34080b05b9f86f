"""Lots: one function decides what is usable, one order decides what goes first."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplies.errors import LedgerError, OverdrawnError
from supplies.lots import (
    Condition,
    add_months,
    expired_on,
    first_out,
    lot_id,
    make_lot,
    pick,
    read_lot_id,
    usable_on,
)
from supplies.tiers import Tier

TODAY = date(2026, 7, 1)
days = st.none() | st.integers(-40, 40).map(lambda n: TODAY + timedelta(n))
attributes = st.fixed_dictionaries(
    {
        "produced": st.none() | st.integers(41, 60).map(lambda n: TODAY - timedelta(n)),
        "expiry": days,
        "condition": st.sampled_from(Condition),
        "owner_tier": st.none() | st.sampled_from(Tier),
        "source_mode": st.sampled_from(["physical", "agreement", "county", "damaged"]),
    }
)
lots = attributes.map(lambda given: make_lot("biscuits", **given))
stocks = st.dictionaries(lots, st.integers(0, 9), max_size=6)


@given(stocks, st.integers(0, 40))
def test_i8_nothing_usable_that_expires_earlier_is_left(stock, quantity):
    able = sum(units for lot, units in stock.items() if usable_on(lot, TODAY))
    if quantity > able:
        with pytest.raises(OverdrawnError) as refusal:
            pick(stock, quantity, TODAY)
        assert refusal.value.short == quantity - able
        return
    taken = dict(pick(stock, quantity, TODAY))
    assert sum(taken.values()) == quantity
    assert all(0 < units <= stock[lot] and usable_on(lot, TODAY) for lot, units in taken.items())
    able_lots = {lot: units for lot, units in stock.items() if usable_on(lot, TODAY)}
    left = [lot for lot, units in able_lots.items() if units > taken.get(lot, 0)]
    for picked in taken:
        for kept in left:
            assert (picked.expiry or date.max) <= (kept.expiry or date.max)
            assert first_out(picked) <= first_out(kept)


@given(stocks, st.integers(0, 40), st.randoms(use_true_random=False))
def test_the_pick_does_not_depend_on_the_order_of_the_shelf(stock, quantity, random):
    able = sum(units for lot, units in stock.items() if usable_on(lot, TODAY))
    lines = list(stock.items())
    random.shuffle(lines)
    wanted = min(quantity, able)
    assert pick(lines, wanted, TODAY) == pick(stock, wanted, TODAY)


@given(attributes, attributes)
def test_the_id_says_the_attributes_and_nothing_else(one, other):
    assert (lot_id(**one) == lot_id(**other)) == (one == other)
    assert not set(lot_id(**one)) & set(" /\t\n")


@given(lots)
def test_an_id_names_its_lot(lot):
    assert read_lot_id(lot.item, lot.id) == lot


@pytest.mark.parametrize("text", ["P2026", "Enever", "county.broken", "x"])
def test_what_is_no_id_of_a_lot_is_refused(text):
    with pytest.raises(LedgerError):
        read_lot_id("biscuits", text)


def test_ids_are_readable():
    assert lot_id() == ""
    assert make_lot("water").owned_by(Tier.TOWNSHIP) is Tier.TOWNSHIP
    lot = make_lot(
        "water", produced=date(2025, 6, 1), expiry=date(2027, 6, 1), condition="damaged",
        owner_tier=Tier.CITY, source_mode="agreement",
    )  # fmt: skip
    assert lot.id == "P20250601.E20270601.city.damaged.~agreement"
    assert lot.owned_by(Tier.TOWNSHIP) is Tier.CITY


def test_the_expiry_day_itself_is_usable():
    lot = make_lot("biscuits", expiry=TODAY)
    assert [usable_on(lot, TODAY + timedelta(n)) for n in (-1, 0, 1)] == [True, True, False]
    assert [expired_on(lot, TODAY + timedelta(n)) for n in (-1, 0, 1)] == [False, False, True]
    assert usable_on(make_lot("tent"), date.max)


@pytest.mark.parametrize("condition", ["inspect", "damaged"])
def test_only_usable_goods_are_dispatched(condition):
    lot = make_lot("tent", condition=condition)
    assert not usable_on(lot, TODAY)
    with pytest.raises(OverdrawnError, match=r"only 0 of 1 .* 5 more are expired or not in usable"):
        pick({lot: 5}, 1, TODAY)


def test_lots_without_expiry_go_last_and_ties_go_by_production():
    old, new = (make_lot("x", produced=date(2025, m, 1), expiry=date(2027, 1, 1)) for m in (1, 2))
    never = make_lot("x", produced=date(2020, 1, 1))
    taken = pick([(never, 5), (new, 5), (old, 5)], 12, TODAY)
    assert taken == [(old, 5), (new, 5), (never, 2)]


def test_contradictions_are_refused():
    with pytest.raises(LedgerError, match="before it was produced"):
        make_lot("x", produced=date(2026, 2, 1), expiry=date(2026, 1, 1))
    with pytest.raises(LedgerError, match="usable, inspect, damaged"):
        make_lot("x", condition="good")
    with pytest.raises(LedgerError, match="one word"):
        make_lot("x", source_mode="two words")
    with pytest.raises(LedgerError, match="attributes that make it 'E20270101'"):
        type(make_lot("x"))(
            id="E2027", item="x", produced=None, expiry=date(2027, 1, 1),
            condition=Condition.USABLE, owner_tier=None, source_mode="physical",
        )  # fmt: skip
    with pytest.raises(LedgerError, match="one item at a time"):
        pick({make_lot("x"): 1, make_lot("y"): 1}, 1, TODAY)
    with pytest.raises(LedgerError, match="zero or more"):
        pick({}, -1, TODAY)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 240), st.integers(0, 240))
def test_months_add_up(day, one, other):
    later = add_months(day, one)
    assert later >= day
    assert (later.year - day.year) * 12 + later.month - day.month == one
    assert later.day == day.day or (later + timedelta(1)).day == 1
    if day.day <= 28:
        assert add_months(later, other) == add_months(day, one + other)


def test_months_end_where_the_month_does():
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2025, 12, 31), 2) == date(2026, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
