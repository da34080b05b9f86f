import csv
from dataclasses import replace

import pytest

from models.placement import PlacementPlan, PlacementProblem, check, solve


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def esups(cases_dir):
    """Buckets for Madagascar: 22 disasters, one depot per line, driving hours of each pair."""
    folder = cases_dir / "esups"
    held = [int(row["Buckets"]) for row in table(folder / "warehouses.csv")]
    stock = {str(n): buckets for n, buckets in enumerate(b for b in held if b > 0)}
    total = sum(stock.values())
    people = [float(row["People Impacted"]) for row in table(folder / "disasters.csv")]
    hours = {
        (row["scenario"], row["warehouse"]): float(row["drivingTime_hrs"])
        for row in table(folder / "distanceMatrix_scenarios.csv")
    }
    problem = PlacementProblem(
        sites=tuple(stock),
        need={str(k): min(round(p / 2.5), total) for k, p in enumerate(people)},
        hours=hours,
        total=total,
    )
    return problem, stock


def test_the_published_optimum_and_its_stocks_are_reproduced(esups):
    problem, stock = esups
    assert problem.total == 40_811
    best = solve(problem)
    assert check(problem, best) == []
    assert best.outcome.objective == pytest.approx(340_273.015, abs=0.01)
    assert {s: round(q) for s, q in best.stock.items()} == {
        "1": 18_673,
        "9": 725,
        "15": 11_289,
        "20": 10_124,
    }
    today = solve(problem, stock)
    assert check(problem, today) == []
    assert today.outcome.objective == pytest.approx(446_978.213, abs=0.01)
    assert today.outcome.objective / best.outcome.objective == pytest.approx(1.3136, abs=1e-4)


def two_sites(**change):
    base = {
        "sites": ("near", "far"),
        "need": {"k": 4},
        "hours": {("k", "near"): 1.0, ("k", "far"): 5.0},
        "total": 6,
    }
    return PlacementProblem(**{**base, **change})


def test_goods_stand_where_they_are_soonest_needed():
    plan = solve(two_sites())
    assert plan.ship == {("k", "near"): pytest.approx(4.0)}
    assert plan.outcome.objective == pytest.approx(4.0)


def test_a_scenario_no_road_leads_to_has_no_placement():
    plan = solve(two_sites(hours={}))
    assert not plan.outcome.status.has_plan


def test_check_names_every_lie():
    problem = two_sites()
    plan: PlacementPlan = solve(problem)

    def said(**change):
        return " ".join(check(problem, replace(plan, **change)))

    assert "total" in said(stock={"near": 1.0})
    assert "stock" in said(stock={"near": 2.0, "far": 4.0})
    assert "need" in said(ship={})
    assert "objective" in said(outcome=replace(plan.outcome, objective=1.0))
