"""Dispatch on the tiny city: policy, closures, losses, reasons, and a check of every fact."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from supplies.city import City
from supplies.errors import PlanError, StoppedError
from supplies.files import load_city
from supplies.incident import Closure, ExtraVehicles, Incident
from supplies.plan import DispatchNeed, DispatchPlan, StockLine
from supplies.planning.dispatch import check_plan, plan_dispatch
from supplies.planning.dispatch_closures import closed_links
from supplies.planning.dispatch_facts import facts_of
from supplies.planning.dispatch_flow import ranked_sources
from supplies.tiers import Tier

H = 3600
DAY = date(2026, 11, 24)
CITY_STORE, EAST, WEST = "city-990000-store", "county-990101-store", "county-990102-store"
HIGHHILL = "township-990102002-store"
RIVERMOUTH, WEST_TOWN, HIGH = "990101002", "990102001", "990102002"


@pytest.fixture(scope="module")
def city(tinycity_dir: Path) -> City:
    return load_city(tinycity_dir)


def incident(**more: object) -> Incident:
    values = {
        "name": "t", "hazard": "flood", "level": "I",
        "start": datetime(2026, 11, 24, 6, tzinfo=UTC), "affected": (), "needs": (),
        "closures": (), "lost_sites": (), "vehicles": (),
    }  # fmt: skip
    return Incident(**(values | more))  # type: ignore[arg-type]


def stock(site: str, item: str, quantity: int | str, **more: object) -> StockLine:
    values = {
        "lot": "", "reserved": Decimal(0), "produced": None, "expiry": None,
        "condition": "usable", "owner_tier": Tier.COUNTY, "owner": "990101",
        "source_mode": "physical",
    }  # fmt: skip
    return StockLine(site=site, item=item, quantity=Decimal(quantity), **(values | more))  # type: ignore[arg-type]


def need(area: str, item: str, quantity: int, hours: float = 10, **more: object) -> DispatchNeed:
    values = {"id": f"{area}/{item}/{hours:g}h", "priority": 1, "people": 100}
    return DispatchNeed(
        area=area, item=item, quantity=quantity, deadline_s=int(hours * H), **(values | more)
    )  # type: ignore[arg-type]


def run(
    city: City,
    needs: list[DispatchNeed],
    lines: list[StockLine],
    what: Incident | None = None,
    agreements: object = (),
) -> DispatchPlan:
    return plan_dispatch(
        city,
        lines,
        agreements,
        what or incident(),
        day=DAY,
        needs=needs,
        seconds=20,  # type: ignore[arg-type]
    )


def brought(plan: DispatchPlan) -> dict[str, int]:
    total: dict[str, int] = {}
    for trip in plan.trips:
        for stop in trip.stops:
            for goods in stop.unload:
                total[goods.need] = total.get(goods.need, 0) + goods.quantity
    return total


def loading_sites(plan: DispatchPlan) -> set[str | None]:
    return {s.site for t in plan.trips for s in t.stops if s.load}


def test_goods_come_in_time_from_the_own_county(city: City) -> None:
    lines = [stock(EAST, "quilt-summer", 300), stock(WEST, "quilt-summer", 300)]
    plan = run(city, [need(RIVERMOUTH, "quilt-summer", 200)], lines)
    assert brought(plan) == {f"{RIVERMOUTH}/quilt-summer/10h": 200}
    assert loading_sites(plan) == {EAST}
    assert plan.unmet == ()
    assert plan.late == ()
    assert plan.share_served == {2: 1.0, 10: 1.0, 24: 1.0, 72: 1.0}
    assert plan.people_served[-1][1] == 100
    assert plan.outcome.bound is not None
    assert plan.outcome.objective is not None
    assert 0 < plan.outcome.bound <= plan.outcome.objective


def test_more_than_a_truckload_goes_as_several_trips(city: City) -> None:
    plan = run(
        city, [need(RIVERMOUTH, "water-bottled", 2500)], [stock(EAST, "water-bottled", 2499)]
    )
    assert len(plan.trips) >= 3
    assert sum(brought(plan).values()) == 2499
    assert [u.quantity for u in plan.unmet] == [1]


def test_first_expiring_goes_first_and_expired_never(city: City) -> None:
    lines = [
        stock(EAST, "water-bottled", 50, lot="b", expiry=date(2028, 1, 1)),
        stock(EAST, "water-bottled", 50, lot="a", expiry=date(2027, 1, 1)),
        stock(EAST, "water-bottled", 50, lot="x", expiry=date(2026, 11, 23)),
        stock(EAST, "water-bottled", 50, lot="d", condition="damaged"),
    ]
    plan = run(city, [need(RIVERMOUTH, "water-bottled", 200)], lines)
    loads = {g.lot: g.quantity for t in plan.trips for s in t.stops for g in s.load}
    assert loads == {"a": 50, "b": 50}
    fewer = run(city, [need(RIVERMOUTH, "water-bottled", 60)], lines)
    taken: dict[str, int] = {}
    for trip in fewer.trips:
        for stop in trip.stops:
            for goods in stop.load:
                taken[goods.lot] = taken.get(goods.lot, 0) + goods.quantity
    assert taken == {"a": 50, "b": 10}


def test_the_expiry_day_itself_is_usable(city: City) -> None:
    last = (incident().start + timedelta(hours=10)).date()
    line = stock(EAST, "water-bottled", 9, expiry=last)
    assert run(city, [need(RIVERMOUTH, "water-bottled", 9)], [line]).unmet == ()


def test_reserved_and_broken_units_stay(city: City) -> None:
    line = stock(EAST, "water-bottled", "10.7", reserved=Decimal(3))
    plan = run(city, [need(RIVERMOUTH, "water-bottled", 10)], [line])
    assert sum(brought(plan).values()) == 7


def test_a_lost_store_gives_nothing_and_its_vehicles_stay(city: City) -> None:
    lines = [stock(EAST, "vest-life", 50), stock(CITY_STORE, "vest-life", 50)]
    plan = run(city, [need(RIVERMOUTH, "vest-life", 60)], lines, incident(lost_sites=(EAST,)))
    assert loading_sites(plan) == {CITY_STORE}
    assert {t.home for t in plan.trips} == {CITY_STORE}
    assert [u.quantity for u in plan.unmet] == [10]


def test_extra_vehicles_are_used(city: City) -> None:
    extra = (ExtraVehicles(vehicle_class="truck-4m2", site=EAST, count=9),)
    lines, asked = [stock(EAST, "water-bottled", 900)], [need(RIVERMOUTH, "water-bottled", 900, 4)]
    few = run(city, asked, lines)
    many = run(city, asked, lines, incident(vehicles=extra))
    assert many.share_served[10] >= few.share_served[10]


def test_agreement_goods_come_after_notice_and_at_their_rate(city: City) -> None:
    plan = run(city, [need(RIVERMOUTH, "water-bottled", 2000, 24)], [], None, city.agreements)
    assert brought(plan) == {f"{RIVERMOUTH}/water-bottled/24h": int(800 * 0.85) + int(300 * 0.85)}
    assert loading_sites(plan) == {"supplier:sup-east-food"}
    assert min(t.stops[0].arrive_s for t in plan.trips) >= 8 * H


def test_lapsed_agreement_is_not_counted(city: City) -> None:
    plan = run(city, [need(RIVERMOUTH, "noodle-instant", 10, 24)], [], None, city.agreements)
    assert plan.trips == ()


def test_loose_goods_need_a_tipper(city: City) -> None:
    plan = run(city, [need(WEST_TOWN, "sand-gravel", 10, 24)], [], None, city.agreements)
    assert plan.trips == ()
    assert "车队中没有能装" in plan.unmet[0].reason
    assert plan.unmet[0].cheapest_change == "无单项措施可解决 | no single change"


def test_policy_ranks_own_township_county_city_then_others(city: City) -> None:
    lines = [stock(s, "torch", 5) for s in (CITY_STORE, EAST, WEST, HIGHHILL)]
    asked = [need(HIGH, "torch", 5)]
    facts = facts_of(city, lines, city.agreements, incident(), needs=asked, day=DAY)
    ranks = {source: rank for rank, source in ranked_sources(facts, HIGH)}
    assert (ranks[HIGHHILL], ranks[WEST], ranks[CITY_STORE], ranks[EAST]) == (0, 1, 2, 3)
    # A supplier of the other county is not asked.
    assert not any(s.startswith("supplier:sup-east-food|990101|") for s in ranks)
    assert any(s.startswith("supplier:sup-east-food|990000|") for s in ranks)


# --- closures --------------------------------------------------------------------------------

BY_EDGE = Closure(edge=("T990101002", "C990101"))
BY_RIVER = Closure(river="清河")
BY_AREA = Closure(area=RIVERMOUTH)
BY_POLYGON = Closure(polygon=((100.65, 29.9), (100.7, 29.9), (100.7, 30.2), (100.65, 30.2)))


@pytest.mark.parametrize(
    ("closure", "count"), [(BY_EDGE, 1), (BY_RIVER, 3), (BY_AREA, 2), (BY_POLYGON, 3)]
)
def test_closures_close_what_they_say(city: City, closure: Closure, count: int) -> None:
    assert len(closed_links(city, incident(closures=(closure,)))) == count


@pytest.mark.parametrize("closure", [Closure(edge=("X01", "T990102002")), Closure(river="长江")])
def test_a_closure_of_nothing_is_refused(city: City, closure: Closure) -> None:
    with pytest.raises(PlanError, match="closure"):
        closed_links(city, incident(closures=(closure,)))


def test_a_detour_takes_longer(city: City) -> None:
    lines, asked = [stock(EAST, "vest-life", 9)], [need(RIVERMOUTH, "vest-life", 9)]
    straight, around = (
        run(city, asked, lines),
        run(city, asked, lines, incident(closures=(BY_EDGE,))),
    )
    assert around.people_served[-1][0] > straight.people_served[-1][0]


@pytest.mark.parametrize("closure", [BY_AREA, BY_POLYGON])
def test_a_place_cut_off_is_named_with_what_to_open(city: City, closure: Closure) -> None:
    lines, asked = [stock(EAST, "vest-life", 9)], [need(RIVERMOUTH, "vest-life", 9)]
    shut = incident(closures=(closure,))
    plan = run(city, asked, lines, shut)
    assert plan.trips == ()
    assert "道路不通" in plan.unmet[0].reason
    assert plan.unmet[0].cheapest_change.startswith("打通")
    # The change does what it says.
    assert run(city, asked, lines).unmet == ()


# --- reasons ---------------------------------------------------------------------------------


def test_missing_stock_names_the_least_quantity_that_helps(city: City) -> None:
    asked, lines = [need(RIVERMOUTH, "vest-life", 30)], [stock(EAST, "vest-life", 18)]
    plan = run(city, asked, lines)
    (open_line,) = plan.unmet
    assert open_line.quantity == 12
    assert "库存不足" in open_line.reason
    assert "12" in open_line.cheapest_change
    assert " | " in open_line.cheapest_change
    assert "East County store" in open_line.cheapest_change
    assert run(city, asked, [*lines, stock(EAST, "vest-life", 12, lot="+")]).unmet == ()
    short = run(city, asked, [*lines, stock(EAST, "vest-life", 11, lot="+")])
    assert [u.quantity for u in short.unmet] == [1]


def test_no_stock_at_all_is_said(city: City) -> None:
    plan = run(city, [need(RIVERMOUTH, "vest-life", 3)], [])
    assert "没有库存" in plan.unmet[0].reason


def test_busy_vehicles_are_named_and_more_of_them_help(city: City) -> None:
    asked = [need(RIVERMOUTH, "sand-gravel", 900, 24)]
    lines = [stock(EAST, "sand-gravel", 900)]
    truck = replace(city.vehicles["truck-9m6"], id="truck-dump", volume_m3=15.0, name_zh="自卸车")
    other = replace(city, vehicles=city.vehicles | {"truck-dump": truck})
    few = incident(vehicles=(ExtraVehicles(vehicle_class="truck-dump", site=EAST, count=1),))
    plan = run(other, asked, lines, few)
    assert "运力不足" in plan.unmet[0].reason
    words = plan.unmet[0].cheapest_change.split(" | ")[1]
    count = int(words.split()[0])
    more = ExtraVehicles(vehicle_class="truck-dump", site=EAST, count=1 + count)
    assert sum(brought(run(other, asked, lines, incident(vehicles=(more,)))).values()) > sum(
        brought(plan).values()
    )


def test_late_goods_are_brought_and_listed(city: City) -> None:
    plan = run(city, [need(HIGH, "torch", 4, 0.5)], [stock(EAST, "torch", 4)])
    (late,) = plan.late
    assert (late.quantity, plan.unmet) == (4, ())
    arrive = plan.trips[0].stops[-1].arrive_s
    assert late.by_s == arrive - H // 2
    assert plan.share_served[2] == 0.0


def test_more_urgent_lines_get_the_stock(city: City) -> None:
    asked = [
        need(RIVERMOUTH, "torch", 5, 10, priority=3, people=9999),
        need(WEST_TOWN, "torch", 5, 10, priority=1, people=1),
    ]
    plan = run(city, asked, [stock(CITY_STORE, "torch", 5)])
    assert brought(plan) == {f"{WEST_TOWN}/torch/10h": 5}


# --- refusals, progress, sameness ------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "what", "word"),
    [
        ([need(RIVERMOUTH, "unicorn", 1)], incident(), "catalogue"),
        ([need("000000", "torch", 1)], incident(), "road graph"),
        ([need(RIVERMOUTH, "torch", -1)], incident(), "below zero"),
        ([need(RIVERMOUTH, "torch", 1)] * 2, incident(), "same id"),
        ([], incident(lost_sites=("nowhere",)), "no such site"),
        ([], incident(vehicles=(ExtraVehicles(vehicle_class="ufo", site=EAST, count=1),)), "ufo"),
        (
            [],
            incident(vehicles=(ExtraVehicles(vehicle_class="van-light", site="x", count=1),)),
            "no such site",
        ),
    ],
)
def test_unknown_names_are_refused(
    city: City, asked: list[DispatchNeed], what: Incident, word: str
) -> None:
    with pytest.raises(PlanError, match=word):
        run(city, asked, [], what)


def test_nothing_to_do_is_an_empty_plan(city: City) -> None:
    plan = run(city, [], [])
    assert (plan.trips, plan.unmet, plan.outcome.objective) == ((), (), 0)


def test_progress_is_told_and_can_stop(city: City) -> None:
    told: list[float] = []

    def listen(message: str, fraction: float) -> None:
        told.append(fraction)
        if fraction > 0.3:
            raise StoppedError("stopped")

    with pytest.raises(StoppedError):
        plan_dispatch(
            city, [stock(EAST, "torch", 5)], (), incident(), day=DAY,
            needs=[need(RIVERMOUTH, "torch", 5)], progress=listen,
        )  # fmt: skip
    assert told == sorted(told)


def test_norms_give_the_needs_where_none_are_passed(city: City) -> None:
    from supplies.files import load_incident

    folder = Path(__file__).resolve().parents[1] / "fixtures" / "tinycity" / "incidents"
    what = load_incident(sorted(folder.glob("*.toml"))[0], city)
    lines = [stock(s, i, 500) for s in (CITY_STORE, EAST) for i in ("bag-woven", "water-bottled")]
    plan = plan_dispatch(city, lines, city.agreements, what, day=DAY, seconds=10)
    assert plan.need
    assert plan.trips
    again = plan_dispatch(city, lines, city.agreements, what, day=DAY, seconds=10)
    assert again.trips == plan.trips


# --- the check: each fact has a plan that breaks it --------------------------------------------


@pytest.fixture(scope="module")
def sound(city: City) -> tuple[list[StockLine], DispatchPlan]:
    lines = [stock(EAST, "quilt-summer", 300), stock(EAST, "torch", 40)]
    asked = [need(RIVERMOUTH, "quilt-summer", 310), need(RIVERMOUTH, "torch", 40, 0.7)]
    return lines, run(city, asked, lines)


def shifted(plan: DispatchPlan, seconds: int) -> DispatchPlan:
    trip = plan.trips[0]
    moved = replace(
        trip.stops[-1], arrive_s=trip.stops[-1].arrive_s + seconds,
        leave_s=trip.stops[-1].leave_s + seconds,
    )  # fmt: skip
    return replace(plan, trips=(replace(trip, stops=(*trip.stops[:-1], moved)), *plan.trips[1:]))


BREAKS: dict[str, Callable[[DispatchPlan], DispatchPlan]] = {
    "the road takes": lambda p: shifted(p, -600),
    "objective": lambda p: replace(p, outcome=replace(p.outcome, objective=1.0)),
    "bound": lambda p: replace(p, outcome=replace(p.outcome, bound=1e9)),
    "share served": lambda p: replace(p, share_served={10: 0.123}),
    "late list": lambda p: replace(p, late=()),
    "unmet are not": lambda p: replace(p, unmet=()),
    "are used": lambda p: replace(
        p, trips=tuple(replace(t, vehicle=f"{t.id}x", vehicle_class="pickup-4x4") for t in p.trips)
    ),
    "unknown or lost": lambda p: replace(
        p, trips=tuple(replace(t, home="nowhere") for t in p.trips)
    ),
}


@pytest.mark.parametrize("word", BREAKS)
def test_check_names_what_a_plan_breaks(
    city: City, sound: tuple[list[StockLine], DispatchPlan], word: str
) -> None:
    lines, plan = sound
    assert check_plan(city, lines, (), incident(), plan) == []
    faults = check_plan(city, lines, (), incident(), BREAKS[word](plan))
    assert any(word in fault for fault in faults), faults


def test_check_sees_closed_roads_lost_sites_and_bad_stock(
    city: City, sound: tuple[list[StockLine], DispatchPlan]
) -> None:
    lines, plan = sound
    shut = incident(closures=(BY_AREA,))
    assert any("the road takes" in f for f in check_plan(city, lines, (), shut, plan))
    lost = incident(lost_sites=(EAST,))
    assert any("lost" in f for f in check_plan(city, lines, (), lost, plan))
    old = [replace(line, expiry=date(2026, 1, 1)) for line in lines]
    assert any("usable are 0" in f for f in check_plan(city, old, (), incident(), plan))


@pytest.mark.parametrize("closure", [BY_EDGE, BY_RIVER, BY_AREA, BY_POLYGON])
def test_planner_and_check_close_the_same_links(city: City, closure: Closure) -> None:
    from supplies.planning.dispatch_check import _is_closed

    what = incident(closures=(closure,))
    mine = set(closed_links(city, what))
    assert {e.key for e in city.roads.edges if _is_closed(city, what, e)} == mine
