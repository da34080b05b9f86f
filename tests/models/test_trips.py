"""Loads on vehicles: packing, clocks, docks, substitution; and the replay that checks them."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import packing, replay
from models.trips import (
    Goods,
    Group,
    Job,
    Kind,
    Source,
    TripsProblem,
    Visit,
    lateness,
    latest_start,
    schedule,
)

# --- packing ---------------------------------------------------------------------------------

CARGO = st.builds(
    packing.Cargo,
    line=st.integers(0, 5),
    units=st.integers(0, 40),
    kg=st.floats(0.5, 90),
    m3=st.floats(0.01, 0.9),
)


@given(st.lists(CARGO, max_size=5))
def test_truckloads_lose_nothing_and_fit(cargo: list[packing.Cargo]) -> None:
    loads, left = packing.truckloads(cargo, 100.0, 1.0)
    for load in [*loads, left]:
        assert packing.fits(load, 100.0, 1.0)
    for number in range(6):
        before = sum(c.units for c in cargo if c.line == number)
        after = sum(c.units for load in [*loads, left] for c in load if c.line == number)
        assert after == before


def test_a_unit_too_big_for_the_vehicle_stays_behind() -> None:
    huge = packing.Cargo(line=0, units=2, kg=500.0, m3=0.1)
    assert packing.truckloads([huge], 100.0, 1.0) == ([], [huge])


def test_mass_and_room_run_out_together() -> None:
    dense = packing.Cargo(line=0, units=10, kg=10.0, m3=0.01)
    bulky = packing.Cargo(line=1, units=10, kg=1.0, m3=0.1)
    load, _ = packing.fill([dense, bulky], 100.0, 1.0)
    assert packing.mass_kg(load) > 90
    assert packing.room_m3(load) > 0.9


# --- schedule --------------------------------------------------------------------------------

H = 3600
# Places: 0 store, 1 near, 2 far; seconds and km are the same for every kind.
TIME = [[0, H, 2 * H], [H, 0, H], [2 * H, H, 0]]
KM = [[0, 40, 80], [40, 0, 40], [80, 40, 0]]
VAN = Kind(
    payload_kg=100, volume_m3=1, load_s=600, unload_s=600, fixed_cny=10, km_cny=1, hour_cny=1,
    time_s=TIME, km=KM,
)  # fmt: skip
TRUCK = replace(VAN, payload_kg=1000, volume_m3=10, fixed_cny=100)


def job(place: int, due_h: float, kg: float = 100, priority: int = 1) -> Job:
    goods = (Goods(line=0, units=10, kg=kg / 10, m3=0.0),)
    visit = Visit(place=place, due_s=int(due_h * H), priority=priority, goods=goods)
    return Job(source="store", visits=(visit,), kinds=frozenset({"van", "truck"}))


def board(vans: int = 1, trucks: int = 0, docks: int = 1) -> TripsProblem:
    return TripsProblem(
        sources={"store": Source(place=0, ready_s=900, site="store")},
        groups={
            "van": Group(kind="van", home=0, count=vans, ready_s=600),
            "truck": Group(kind="truck", home=0, count=trucks, ready_s=600),
        },
        kinds={"van": VAN, "truck": TRUCK},
        docks={"store": docks},
        horizon_s=24 * H,
    )


def test_one_vehicle_makes_several_trips_on_one_clock() -> None:
    runs, left = schedule(board(), [job(1, 20), job(1, 10), job(2, 3)])
    assert left == []
    assert {(r.group, r.number) for r in runs} == {("van", 0)}
    ordered = sorted(runs, key=lambda r: r.load_s)
    assert [r.job.visits[0].due_s for r in ordered] == [3 * H, 10 * H, 20 * H]
    for a, b in pairwise(ordered):
        assert b.load_s >= a.back_s
    assert ordered[0].load_s == 900


def test_docks_let_one_vehicle_load_at_a_time() -> None:
    runs, _ = schedule(board(vans=3), [job(1, 9)] * 3)
    starts = sorted(r.load_s for r in runs)
    assert starts == [900, 1500, 2100]
    runs, _ = schedule(board(vans=3, docks=3), [job(1, 9)] * 3)
    assert {r.load_s for r in runs} == {900}


def test_another_class_stands_in_when_the_cheap_one_is_late() -> None:
    runs, _ = schedule(board(vans=1, trucks=1, docks=2), [job(1, 1.5), job(1, 1.5)])
    assert sorted(r.group for r in runs) == ["truck", "van"]
    assert lateness(runs) == ()


def test_late_is_allowed_and_named() -> None:
    runs, left = schedule(board(), [job(2, 0.5)])
    assert left == []
    assert lateness(runs) == ((1, 1, runs[0].arrive_s[0] - int(0.5 * H)),)


def test_what_comes_after_the_horizon_is_left_over() -> None:
    runs, left = schedule(replace(board(), horizon_s=H), [job(1, 1)])
    assert runs == []
    assert len(left) == 1


def test_what_fits_no_vehicle_is_left_over() -> None:
    _, left = schedule(board(), [job(1, 9, kg=900)])
    assert len(left) == 1


def test_a_late_job_is_cut_for_idle_vehicles() -> None:
    # Loading a full van takes ten minutes, half of it five: in time only in two halves.
    due_h = (900 + 400 + H) / H
    runs, _ = schedule(board(vans=2, docks=2), [job(1, due_h)])
    assert len(runs) == 2
    assert lateness(runs) == ()
    assert sum(g.units for r in runs for v in r.job.visits for g in v.goods) == 10


def test_late_stops_of_a_route_get_vehicles_of_their_own() -> None:
    first, second = job(1, 1.5).visits[0], job(2, 2.5).visits[0]
    small = [replace(v, goods=(Goods(line=0, units=1, kg=10, m3=0),)) for v in (first, second)]
    both = replace(job(1, 1), visits=(replace(small[0], due_s=int(1.5 * H)), small[1]))
    slow = replace(both, visits=(both.visits[1], both.visits[0]))
    runs, _ = schedule(board(vans=2, docks=2), [slow])
    assert len(runs) == 2
    assert lateness(runs) == ()


def test_urgent_lines_outweigh_others_when_all_cannot_be_in_time() -> None:
    low, high = job(1, 1.5, priority=3), job(1, 1.5, priority=1)
    runs, _ = schedule(board(), [low, high])
    late = [r.job.visits[0].priority for r in runs if lateness([r])]
    assert late == [3]


def test_latest_start_counts_driving() -> None:
    assert latest_start(board(), job(2, 3)) == H


# --- replay: each fact has a test that breaks it ------------------------------------------------

LINKS = (("S", "A", 3600.0, 40.0), ("A", "B", 3600.0, 40.0))
FACTS = replay.Facts(
    sites={"store": replay.SiteFact(node="S", docks=1, ready_s=900)},
    classes={
        "van": replay.ClassFact(
            payload_kg=100, volume_m3=1, load_s=600, unload_s=600, ready_s=600, fixed_cny=10,
            km_cny=1, hour_cny=1, carries=frozenset({"rice"}), links=LINKS,
        )
    },
    fleet={("store", "van"): 1},
    stock={("store", "rice", "l1"): 10},
    release_s={("store", "rice", "l1"): 1000.0},
    needs={"n": replay.NeedFact(area="a", item="rice", quantity=12, deadline_s=2 * H)},
    kg={"rice": 10.0},
    m3={"rice": 0.01},
    nodes={"a": "A", "b": "B"},
)  # fmt: skip
LOAD = replay.Goods(item="rice", lot="l1", quantity=10)
GIVE = replace(LOAD, need="n")
AT_STORE = replay.Stop(
    site="store", area=None, node="S", arrive_s=1000, leave_s=1600, load=(LOAD,), unload=()
)
AT_PLACE = replay.Stop(
    site=None, area="a", node="A", arrive_s=5200, leave_s=5800, load=(), unload=(GIVE,)
)
HOURS = 2 + 1200 / 3600
TRIP = replay.Trip(
    id="T1", vehicle="v1", vehicle_class="van", home="store", stops=(AT_STORE, AT_PLACE),
    distance_km=80.0, cost_cny=10 + 80 + HOURS,
)  # fmt: skip


def faults(trip: replay.Trip = TRIP, facts: replay.Facts = FACTS, **books: object) -> list[str]:
    unmet = books.get("unmet", {"n": 2})
    late = books.get("late", {})
    more = books.get("more", ())
    return replay.check(facts, [trip, *more], unmet, late)  # type: ignore[arg-type, misc]


def stops(first: replay.Stop = AT_STORE, second: replay.Stop = AT_PLACE) -> replay.Trip:
    return replace(TRIP, stops=(first, second))


def test_a_sound_trip_has_no_fault() -> None:
    assert faults() == []


SECOND = replace(TRIP, id="T2")
CASES = {
    "gives 10": faults(facts=replace(FACTS, stock={("store", "rice", "l1"): 9})),
    "payload": faults(facts=replace(FACTS, kg={"rice": 11.0})),
    "room": faults(facts=replace(FACTS, m3={"rice": 0.2})),
    "cannot carry": faults(
        facts=replace(FACTS, classes={"van": replace(FACTS.classes["van"], carries=frozenset())})
    ),
    "not aboard": faults(stops(second=replace(AT_PLACE, unload=(replace(GIVE, lot="l2"),)))),
    "left aboard": faults(stops(second=replace(AT_PLACE, unload=(replace(GIVE, quantity=9),)))),
    "the road takes": faults(stops(second=replace(AT_PLACE, arrive_s=5100))),
    "before handling": faults(stops(first=replace(AT_STORE, leave_s=1500))),
    "before it is ready": faults(stops(first=replace(AT_STORE, arrive_s=200, leave_s=800))),
    "so early": faults(stops(first=replace(AT_STORE, arrive_s=950, leave_s=1550))),
    "load at once": faults(more=[replace(SECOND, vehicle="v2")]),
    "still away": faults(more=[SECOND]),
    "are used": faults(more=[replace(SECOND, vehicle="v2")]),
    "two classes or homes": faults(
        facts=replace(FACTS, sites=FACTS.sites | {"other": FACTS.sites["store"]}),
        more=[replace(SECOND, home="other")],
    ),
    "is unknown or lost": faults(facts=replace(FACTS, sites={})),
    "unknown vehicle class": faults(replace(TRIP, vehicle_class="ufo")),
    "the place is at": faults(stops(second=replace(AT_PLACE, node="B"))),
    "not both": faults(stops(second=replace(AT_PLACE, site="store"))),
    "loads in an area": faults(stops(second=replace(AT_PLACE, load=(LOAD,)))),
    "is no load": faults(stops(first=replace(AT_STORE, load=(replace(LOAD, quantity=0),)))),
    "no stops": faults(replace(TRIP, stops=())),
    "asked": faults(facts=replace(FACTS, needs={"n": replace(FACTS.needs["n"], quantity=9)})),
    "unmet are not": faults(unmet={}),
    "is unknown": faults(facts=replace(FACTS, needs={})),
    "not for this place": faults(
        facts=replace(FACTS, needs={"n": replace(FACTS.needs["n"], area="b")})
    ),
    "late list": faults(facts=replace(FACTS, needs={"n": replace(FACTS.needs["n"], deadline_s=H)})),
    "the roads are": faults(replace(TRIP, distance_km=60.0, cost_cny=10 + 60 + HOURS)),
    "recomputed": faults(replace(TRIP, cost_cny=50.0)),
    "cannot come home": faults(
        facts=replace(
            FACTS,
            sites=FACTS.sites | {"far": replay.SiteFact(node="Z", docks=1, ready_s=0)},
            fleet={("far", "van"): 1},
        ),
        trip=replace(TRIP, home="far", distance_km=float("inf"), cost_cny=float("inf")),
    ),
}


@pytest.mark.parametrize("word", CASES)
def test_replay_names_each_broken_fact(word: str) -> None:
    assert any(word in fault for fault in CASES[word]), CASES[word]


def test_exact_late_list_is_accepted() -> None:
    late_need = replace(FACTS, needs={"n": replace(FACTS.needs["n"], deadline_s=H)})
    assert faults(facts=late_need, late={("n", 5200 - H): 10}) == []
