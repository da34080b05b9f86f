"""Routes: textbook instance, brute force, and an evaluator that breaks each constraint."""

import itertools
import math
import os
from dataclasses import replace
from pathlib import Path

import pytest

from models.routing import (
    Client,
    Route,
    RoutingPlan,
    RoutingProblem,
    RoutingSettings,
    VehicleType,
    check,
    cost,
    solve,
)


def cases() -> Path:
    beside = Path(__file__).resolve().parents[3] / "shared" / "cases"
    folder = Path(os.environ.get("SUPPLIES_CASES", beside)) / "routing"
    if not folder.is_dir():
        pytest.skip("published cases are not here; set SUPPLIES_CASES to their folder")
    return folder


def read_vrp(path: Path) -> tuple[int, list[tuple[float, float]], list[int]]:
    capacity, section = 0, ""
    points: dict[int, tuple[float, float]] = {}
    demand: dict[int, int] = {}
    for text in path.read_text().splitlines():
        words = text.split()
        if text.startswith("CAPACITY"):
            capacity = int(words[-1])
        elif words and words[0].endswith("_SECTION"):
            section = words[0]
        elif section == "NODE_COORD_SECTION":
            points[int(words[0])] = (float(words[1]), float(words[2]))
        elif section == "DEMAND_SECTION":
            demand[int(words[0])] = int(words[1])
    return capacity, [points[k] for k in sorted(points)], [demand[k] for k in sorted(points)]


def euclid(points: list[tuple[float, float]]) -> list[list[int]]:
    return [[int(math.dist(a, b) + 0.5) for b in points] for a in points]


def test_textbook_instance_within_four_percent_of_best_known() -> None:
    capacity, points, demand = read_vrp(cases() / "X-n106-k14.vrp")
    table = euclid(points)
    problem = RoutingProblem(
        cost={"car": table},
        duration_s={"car": table},
        clients=tuple(Client(location=i, demand=(demand[i],)) for i in range(1, len(points))),
        types=(VehicleType(profile="car", start=0, end=0, count=17, capacity=(capacity,)),),
    )
    plan = solve(problem, RoutingSettings(solutions=1500, seconds=30))
    length = 0
    for route in plan.routes:
        stops = [0, *(problem.clients[i].location for i in route.clients), 0]
        length += sum(table[a][b] for a, b in itertools.pairwise(stops))
        assert sum(demand[s] for s in stops) <= capacity
    visited = sorted(problem.clients[i].location for r in plan.routes for i in r.clients)
    assert visited == list(range(1, len(points)))
    assert length == plan.outcome.objective
    assert length <= 26362 * 1.04


SMALL = [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0), (-10.0, 0.0), (0.0, -12.0)]


def small(**changes: object) -> RoutingProblem:
    table = euclid(SMALL)
    problem = RoutingProblem(
        cost={"van": table},
        duration_s={"van": table},
        clients=tuple(Client(location=i, demand=(2, i), stay_s={"van": 5}) for i in range(1, 5)),
        types=(VehicleType(profile="van", start=0, end=0, count=3, capacity=(4, 7), fixed_cost=7),),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def brute_force(problem: RoutingProblem) -> int:
    best = 10**9
    clients = range(len(problem.clients))
    for labels in itertools.product(range(3), repeat=len(problem.clients)):
        groups = [[i for i in clients if labels[i] == g] for g in range(3)]
        orders = [list(itertools.permutations(g)) for g in groups]
        for chosen in itertools.product(*orders):
            routes = tuple(Route(type=0, clients=c) for c in chosen if c)
            plan = RoutingPlan(outcome=None, routes=routes, left_out=())  # type: ignore[arg-type]
            if not check(problem, plan):
                best = min(best, cost(problem, routes))
    return best


def test_small_problem_is_solved_like_brute_force() -> None:
    problem = small()
    plan = solve(problem)
    assert check(problem, plan) == []
    assert plan.left_out == ()
    assert plan.outcome.objective == brute_force(problem)


def test_small_problem_with_windows_is_solved_like_brute_force() -> None:
    base = small()
    ends = zip(base.clients, (10, 30, 40, 99), strict=True)
    clients = tuple(replace(c, closes_s=s) for c, s in ends)
    problem = replace(base, clients=clients)
    plan = solve(problem)
    assert check(problem, plan) == []
    assert plan.outcome.objective == brute_force(problem)


def test_same_input_gives_the_same_routes() -> None:
    assert solve(small()).routes == solve(small()).routes


def test_client_nobody_reaches_in_time_is_left_out() -> None:
    base = small()
    late = replace(base.clients[0], closes_s=3)
    problem = replace(base, clients=(late, *base.clients[1:]))
    plan = solve(problem)
    assert plan.left_out == (0,)
    assert check(problem, plan) == []


def test_forbidden_type_is_not_used() -> None:
    base = small()
    dear = replace(base.types[0], fixed_cost=1000)
    only = replace(base.clients[0], allowed=frozenset({1}))
    problem = replace(base, types=(*base.types, dear), clients=(only, *base.clients[1:]))
    plan = solve(problem)
    assert check(problem, plan) == []
    assert [r.type for r in plan.routes if 0 in r.clients] == [1]


def test_nothing_to_do_is_an_empty_plan() -> None:
    assert solve(small(clients=())).routes == ()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda p, r: (p, (Route(type=0, clients=(0, 1, 2)), Route(type=0, clients=(3,)))), "load"),
        (lambda p, r: (p, (*r, r[0])), "times"),
        (lambda p, r: (p, r[1:]), "left out"),
        (
            lambda p, r: (replace(p, types=(replace(p.types[0], count=1),)), r),
            "which has 1",
        ),
        (
            lambda p, r: (replace(p, types=(replace(p.types[0], duty_s=3),)), r),
            "lasts",
        ),
        (
            lambda p, r: (
                replace(p, clients=tuple(replace(c, closes_s=1) for c in p.clients)),
                r,
            ),
            "closes",
        ),
        (
            lambda p, r: (
                replace(p, clients=tuple(replace(c, allowed=frozenset()) for c in p.clients)),
                r,
            ),
            "may not serve",
        ),
    ],
)
def test_checker_names_each_broken_constraint(change, word) -> None:  # type: ignore[no-untyped-def]
    problem = small()
    plan = solve(problem)
    assert check(problem, plan) == []
    problem, routes = change(problem, plan.routes)
    assert any(word in fault for fault in check(problem, replace(plan, routes=routes)))
