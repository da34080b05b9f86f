"""Dispatch under random incidents: every plan passes the check, books balance, order is kept."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplies.city import City
from supplies.files import load_city
from supplies.incident import Closure, Incident
from supplies.plan import DispatchNeed, DispatchPlan, StockLine
from supplies.planning.dispatch import check_plan, plan_dispatch
from supplies.tiers import Tier

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "tinycity"
SITES = (
    "city-990000-store", "county-990101-store", "county-990102-store", "township-990102002-store",
)  # fmt: skip
ITEMS = ("water-bottled", "bag-woven", "tent-12-single", "boat-assault", "torch")
PLACES = ("990101001", "990101002", "990102001", "990102002")
CLOSURES = (
    Closure(edge=("C990101", "T990101002")),
    Closure(river="清河"),
    Closure(area="990102002"),
    Closure(polygon=((100.1, 29.9), (100.3, 29.9), (100.3, 30.1), (100.1, 30.1))),
)
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(FOLDER)


STOCK = st.dictionaries(
    st.tuples(st.sampled_from(SITES), st.sampled_from(ITEMS), st.sampled_from(("", "b"))),
    st.integers(0, 600),
    max_size=8,
)
NEEDS = st.dictionaries(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(ITEMS), st.sampled_from((2, 10, 24))),
    st.tuples(st.integers(1, 500), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)
INCIDENTS = st.tuples(
    st.lists(st.sampled_from(CLOSURES), max_size=2, unique=True),
    st.lists(st.sampled_from(SITES), max_size=1),
)


def build(
    stock: dict[tuple[str, str, str], int],
    needs: dict[tuple[str, str, int], tuple[int, int]],
    events: tuple[list[Closure], list[str]],
) -> tuple[list[StockLine], list[DispatchNeed], Incident]:
    lines = [
        StockLine(
            site=site, item=item, lot=lot, quantity=Decimal(q), reserved=Decimal(0), produced=None,
            expiry=date(2027, 1, 1) if lot else None, condition="usable",
            owner_tier=Tier.COUNTY, owner="990101", source_mode="physical",
        )
        for (site, item, lot), q in stock.items()
    ]  # fmt: skip
    asked = [
        DispatchNeed(
            id=f"{area}/{item}/{h}", area=area, item=item, quantity=q, deadline_s=h * 3600,
            priority=priority, people=50,
        )
        for (area, item, h), (q, priority) in needs.items()
    ]  # fmt: skip
    what = Incident(
        name="r", hazard="flood", level="I", start=datetime(2026, 11, 24, tzinfo=UTC),
        affected=(), needs=(), closures=tuple(events[0]), lost_sites=tuple(events[1]), vehicles=(),
    )  # fmt: skip
    return lines, asked, what


def timely(plan: DispatchPlan, priority: int) -> float:
    due = {n.id: n for n in plan.need if n.priority == priority}
    late = dict.fromkeys(due, 0)
    for line in plan.late:
        if line.need in late:
            late[line.need] += line.quantity
    for gap in plan.unmet:
        if gap.need in late:
            late[gap.need] += gap.quantity
    return sum(1 - late[i] / n.quantity for i, n in due.items())


@settings(max_examples=100)
@given(STOCK, NEEDS, INCIDENTS)
def test_every_plan_passes_the_check_and_explains_what_is_open(
    city: City,
    stock: dict[tuple[str, str, str], int],
    needs: dict[tuple[str, str, int], tuple[int, int]],
    events: tuple[list[Closure], list[str]],
) -> None:
    lines, asked, what = build(stock, needs, events)
    plan = plan_dispatch(city, lines, city.agreements, what, day=DAY, needs=asked, seconds=30)
    assert check_plan(city, lines, city.agreements, what, plan) == []
    assert all(" | " in gap.reason and " | " in gap.cheapest_change for gap in plan.unmet)
    objective, bound = plan.outcome.objective, plan.outcome.bound
    assert objective is not None
    assert bound is not None
    assert 0 <= bound <= objective + 1e-6
    assert all(0 <= share <= 1 + 1e-9 for share in plan.share_served.values())


@settings(max_examples=40)
@given(STOCK, NEEDS, st.integers(1, 400))
def test_less_urgent_needs_take_no_goods_from_urgent_ones(
    city: City,
    stock: dict[tuple[str, str, str], int],
    needs: dict[tuple[str, str, int], tuple[int, int]],
    extra: int,
) -> None:
    urgent = {key: (q, 1) for key, (q, _) in needs.items()}
    lines, asked, what = build(stock, urgent, ([], []))
    more = DispatchNeed(
        id="extra", area=PLACES[1], item=ITEMS[0], quantity=extra, deadline_s=72 * 3600,
        priority=3, people=9999,
    )  # fmt: skip
    alone = plan_dispatch(city, lines, (), what, day=DAY, needs=asked)
    both = plan_dispatch(city, lines, (), what, day=DAY, needs=[*asked, more])
    gaps = [sum(u.quantity for u in p.unmet if u.need != "extra") for p in (alone, both)]
    assert gaps[0] == gaps[1]
    assert timely(both, 1) >= timely(alone, 1) - 1e-9
