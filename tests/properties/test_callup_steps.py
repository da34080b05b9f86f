"""Call-ups: every unit asked for ends somewhere, and no step is taken out of turn."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from supplies.callups import (
    Approved,
    Arrived,
    CallUp,
    Departed,
    Draw,
    Ended,
    Event,
    Holding,
    Line,
    Mode,
    Ordered,
    Part,
    Proposed,
    Refilled,
    Refused,
    Reserved,
    Returned,
    Settled,
    State,
    Step,
    advance,
    needs,
    next_steps,
    source,
)
from supplies.errors import LedgerError
from supplies.files import load_city
from supplies.lots import make_lot
from supplies.tiers import Tier

DAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, tzinfo=UTC)
ITEMS = ("tent-12-single", "quilt-winter", "sand-gravel")
AREAS = ("990000", "990101", "990102", "990102002")


@cache
def city():
    return load_city(Path(__file__).resolve().parents[1] / "fixtures" / "tinycity")


def call_up(area, level, quantities):
    lines = tuple(
        Line(number=n, item=item, quantity=units, target=f"area:{area}")
        for n, (item, units) in enumerate(quantities, 1)
    )
    return CallUp(
        id="C000001", day=DAY, area=area, incident="", level=level, asked_by="", order_number="1",
        papers_due=None, reason="x", recorded_at=NOW, recorded_by="t", lines=lines,
    )  # fmt: skip


lots = st.builds(
    make_lot,
    st.sampled_from(ITEMS),
    expiry=st.sampled_from([None, date(2026, 11, 22), date(2026, 11, 23), date(2028, 1, 1)]),
    condition=st.sampled_from(["usable", "damaged"]),
    owner_tier=st.sampled_from([None, Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP]),
)
holdings = st.lists(
    st.builds(Holding, st.sampled_from(sorted(city().sites)), lots, st.integers(0, 50)),
    max_size=12, unique_by=lambda h: (h.site, h.lot.item, h.lot.id),
)  # fmt: skip
asks = st.builds(
    call_up,
    st.sampled_from(AREAS),
    st.sampled_from(["I", "IV"]),
    st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(1, 80)), min_size=1, max_size=3),
)


def chain_rank(asked, share):
    """Own goods, then each tier above, then other counties, then letters."""
    if share.draw is Draw.LETTER:
        return 99
    at, rank = asked.area, 0
    while at is not None:
        if (city().areas[at].tier, at) == (share.owner_tier, share.owner):
            return rank
        at, rank = city().areas[at].parent, rank + 1
    return 50


@given(asks, holdings)
def test_every_unit_asked_is_drawn_written_for_or_unmet(asked, stock):
    shares, unmet = source(city(), asked, stock, DAY)
    for line in asked.lines:
        parts = [s.quantity for s in shares if s.line == line.number]
        missing = [u.quantity for u in unmet if u.line == line.number]
        assert sum(parts) + sum(missing) == line.quantity
        assert all(n > 0 for n in (*parts, *missing))


@given(asks, holdings)
def test_no_more_is_drawn_than_is_free_and_usable(asked, stock):
    shares, _ = source(city(), asked, stock, DAY)
    for item in ITEMS:
        for site in city().sites:
            free = sum(
                h.free for h in stock
                if h.site == site and h.lot.item == item and h.lot.condition == "usable"
                and h.lot.expiry != date(2026, 11, 22)
            )  # fmt: skip
            taken = sum(
                s.quantity for s in shares
                if s.site == site and asked.line(s.line).item == item
            )  # fmt: skip
            assert taken <= free


@given(asks, holdings)
def test_nothing_comes_from_above_while_goods_nearer_by_rank_remain(asked, stock):
    shares, unmet = source(city(), asked, stock, DAY)
    left = {}
    for holding in stock:
        alone, _ = source(
            city(), call_up(asked.area, asked.level, [(holding.lot.item, 10**6)]), [holding], DAY
        )
        for share in alone:
            if share.draw is not Draw.LETTER:
                key = (holding.lot.item, chain_rank(asked, share))
                left[key] = left.get(key, 0) + share.quantity
    for share in shares:
        if share.draw is not Draw.LETTER:
            left[asked.line(share.line).item, chain_rank(asked, share)] -= share.quantity
    last = {}
    for share in shares:
        item = asked.line(share.line).item
        last[item] = max(last.get(item, -1), chain_rank(asked, share))
    for part in unmet:
        last[asked.line(part.line).item] = 99
    assert not [k for k, units in left.items() if units and k[1] < last.get(k[0], -1)]


@given(asks, holdings)
def test_other_counties_are_drawn_on_in_a_very_large_event_only(asked, stock):
    shares, _ = source(city(), asked, stock, DAY)
    lateral = [s for s in shares if s.draw is Draw.LATERAL]
    assert asked.level == "I" or not lateral
    assert all(s.owner_tier is Tier.COUNTY for s in lateral)


@given(asks, holdings)
def test_goods_held_for_another_tier_are_that_tiers(asked, stock):
    shares, _ = source(city(), asked, stock, DAY)
    for share in shares:
        if share.draw is Draw.OWN:
            assert share.owner == asked.area
        elif share.draw is Draw.UPWARD:
            assert city().inside(asked.area, share.owner)


@given(asks, holdings)
def test_every_proposal_has_somebody_to_approve_all_of_it(asked, stock):
    shares, _ = source(city(), asked, stock, DAY)
    wanted = needs(city(), asked, shares)
    value = sum(
        city().items[asked.line(s.line).item].from_base(s.quantity)
        * city().items[asked.line(s.line).item].unit_price_cny
        for s in shares
    )
    assert sum(need.amount_cny for need in wanted) == value
    assert all(city().areas[need.place].tier is need.approver_tier for need in wanted)


# --- steps -----------------------------------------------------------------------------------


def parts_of(draw, state, name):
    """Some parts of the shares, sometimes more than there is."""
    return tuple(
        Part(share=s.share.number, quantity=units)
        for s in state.standings
        if (units := some_of(draw, int(getattr(s, name))))
    )


def some_of(draw, most):
    return draw(st.sampled_from([most, most, most // 2, most, 0, most + 1]))


def detail(draw, state, step):
    aboard, fresh = list(state.trips), f"T{len(state.departures)}"
    trip = draw(st.sampled_from((aboard * 6 if step is Step.ARRIVE else [fresh] * 3) + ["", "T0"]))
    sent = state.trips.get(trip, ())
    cut = draw(st.integers(0, 60))
    lost = tuple(p for p in sent if draw(st.booleans()))
    makes = {
        Step.PROPOSE: lambda: proposal(state, draw(holdings)),
        Step.APPROVE: lambda: Approved(
            needs=tuple(range(len(state.proposal.needs if state.proposal else ()))),
            cut={1: cut} if draw(st.booleans()) else {}, note="",
        ),
        Step.REFUSE: lambda: Refused(note="x"),
        Step.RESERVE: lambda: Reserved(
            parts=tuple(
                Part(share=s.share.number, quantity=s.approved)
                for s in state.from_stock if s.approved
            )
        ),
        Step.ORDER: lambda: Ordered(order_number="1", note=""),
        Step.DEPART: lambda: Departed(
            trip=trip, site="", parts=parts_of(draw, state, "reserved"), note=""
        ),
        Step.ARRIVE: lambda: Arrived(
            trip=trip,
            received=tuple(p for p in sent if p not in lost)
            if trip else parts_of(draw, state, "open"),
            lost=lost, note="",
        ),
        Step.SETTLE: lambda: Settled(
            mode=draw(st.sampled_from(list(Mode))),
            lines=tuple(line.number for line in state.call_up.lines),
            losses=draw(st.booleans()), charges=(), due=None, note="",
        ),
        Step.RETURN: lambda: Returned(parts=parts_of(draw, state, "returnable"), note=""),
        Step.REFILL: lambda: Refilled(parts=parts_of(draw, state, "to_refill"), note=""),
        Step.CANCEL: lambda: Ended(note=""),
        Step.CLOSE: lambda: Ended(note=""),
    }  # fmt: skip
    return makes[step]()


def proposal(state, stock):
    shares, unmet = source(city(), state.call_up, stock, DAY)
    return Proposed(shares=shares, unmet=unmet, needs=needs(city(), state.call_up, shares))


ENDS = {Step.REFUSE, Step.CANCEL}
PLENTY = [
    Holding(site, make_lot(item, owner_tier=tier), 40)
    for site, tier in (
        ("city-990000-store", Tier.CITY), ("county-990101-store", Tier.COUNTY),
        ("county-990102-store", Tier.COUNTY),
    )
    for item in ITEMS
]  # fmt: skip


def tried(draw, state):
    """Mostly a step that may come, sometimes any; rarely one that ends it."""
    likely = [s for s in next_steps(state) if s not in ENDS and s is not Step.PROPOSE]
    every = [s for s in Step if s is not Step.REQUEST]
    return draw(st.sampled_from(likely * 12 + every))


@settings(max_examples=200)
@given(asks, st.data())
def test_whatever_is_tried_quantities_conserve_and_steps_keep_their_order(asked, data):
    state = State(call_up=replace(asked, level="I"), papers="1")
    first = Event(step=Step.PROPOSE, day=DAY, detail=proposal(state, PLENTY), recorded_at=NOW,
                  recorded_by="t")  # fmt: skip
    state = advance(state, first)
    for _ in range(data.draw(st.integers(10, 30))):
        step = tried(data.draw, state)
        said = detail(data.draw, state, step)
        event = Event(step=step, day=DAY, detail=said, recorded_at=NOW, recorded_by="t")
        allowed = next_steps(state)
        try:
            after = advance(state, event)
        except LedgerError:
            continue
        assert step in allowed
        state = after
        check(state)


def check(state):
    for s in state.standings:
        assert s.approved == s.reserved + s.sent + s.let_go or s.reserved == 0
        assert 0 <= s.sent <= s.approved <= s.share.quantity
        assert s.sent == s.received + s.lost + s.on_the_way
        assert 0 <= s.returned <= s.received
        assert min(s.on_the_way, s.reserved, s.open, s.kept, s.returnable, s.to_refill) >= 0
        assert s.refilled <= s.received + s.lost_charged
    aboard = sum(part.quantity for trip in state.trips.values() for part in trip)
    assert aboard == sum(s.on_the_way for s in state.standings)
    if state.ended is Step.CLOSE:
        assert not any(s.on_the_way or s.to_settle or s.to_refill for s in state.standings)
        assert not any(s.reserved for s in state.standings)
