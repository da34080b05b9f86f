"""Where to keep a fixed total of one item so that it is quickest to hand: a two-stage LP in PuLP.

Sets
    s in sites, k in scenarios (equally likely)
Given
    need[k]            units asked for                                (units)
    hours[k, s]        travel from a site to where scenario k happens (h); absent: no road
    total              units to place                                 (units)
Variables
    stock[s] >= 0      units kept at a site                           (units)
    ship[k, s] >= 0    units sent in a scenario                       (units)
Minimise
    mean over k of sum_s hours[k, s] * ship[k, s]                     (unit-hours)
Subject to
    (1) total: sum_s stock[s] = total
    (2) stock: ship[k, s] <= stock[s]
    (3) need:  sum_s ship[k, s] = min(need[k], total)
With the stock fixed to today's, the value over the best value is the balance: 1 is perfect.

Source: the stockpile balance of ESUPS (Acimovic and Goentzel 2016); case published by Gurobi.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulp

from models.outcome import Outcome, Status

Site = str
Scenario = str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementProblem:
    """Sets and parameters; see the module docstring for units."""

    sites: tuple[Site, ...]
    need: Mapping[Scenario, int]
    hours: Mapping[tuple[Scenario, Site], float]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementPlan:
    """Stock by site and what is sent in each scenario (units); zeros are left out."""

    outcome: Outcome
    stock: Mapping[Site, float]
    ship: Mapping[tuple[Scenario, Site], float]


def solve(problem: PlacementProblem, stock: Mapping[Site, int] | None = None) -> PlacementPlan:
    """Return the best placement, or the best response from a given one.

    Parameters
    ----------
    stock
        Where the goods stand; chosen freely where not given.
    """
    model = pulp.LpProblem("placement", pulp.LpMinimize)
    kept = {
        s: model.add_variable(
            f"stock_{n}", *((0, None) if stock is None else (stock.get(s, 0),) * 2)
        )
        for n, s in enumerate(problem.sites)
    }
    ship = {k: model.add_variable(f"ship_{n}", 0) for n, k in enumerate(problem.hours)}
    weight = 1 / len(problem.need)
    model += pulp.LpAffineExpression([(v, weight * problem.hours[k]) for k, v in ship.items()])
    model += pulp.LpAffineExpression([(v, 1) for v in kept.values()]) == problem.total
    _rows(model, problem, kept, ship)
    start = time.perf_counter()
    model.solve(pulp.HiGHS(msg=False, threads=1))
    optimal = model.sol_status == pulp.LpSolutionOptimal
    value = float(pulp.value(model.objective)) if optimal else None
    return PlacementPlan(
        outcome=Outcome(
            status=Status.OPTIMAL if optimal else Status.INFEASIBLE,
            objective=value,
            bound=value,
            runtime_s=time.perf_counter() - start,
            solver=f"HiGHS via PuLP {pulp.__version__}",
        ),
        stock=_values(kept) if optimal else {},
        ship=_values(ship) if optimal else {},
    )


def _rows(
    model: Any,  # noqa: ANN401 - PuLP has no types
    problem: PlacementProblem,
    kept: Mapping[Site, Any],
    ship: Mapping[tuple[Scenario, Site], Any],
) -> None:
    """Add rows (2) and (3)."""
    came: dict[Scenario, list[tuple[Any, float]]] = {k: [] for k in problem.need}
    for (scenario, site), v in ship.items():
        model.addConstraint(v <= kept[site])
        came[scenario].append((v, 1))
    for scenario, terms in came.items():
        model += pulp.LpAffineExpression(terms) == min(problem.need[scenario], problem.total)


def check(problem: PlacementProblem, plan: PlacementPlan) -> list[str]:
    """Return every broken constraint, and a wrong objective, recomputed without the solver."""
    wrong = []
    placed = sum(plan.stock.values())
    if abs(placed - problem.total) > 1e-6 * max(problem.total, 1):
        wrong.append(f"total: {placed:g} of {problem.total} are placed")
    for (scenario, site), units in plan.ship.items():
        if units > plan.stock.get(site, 0.0) + 1e-6:
            wrong.append(f"stock: {site} sends {units:g} in {scenario}")
    for scenario, need in problem.need.items():
        sent = sum(q for (k, _), q in plan.ship.items() if k == scenario)
        if abs(sent - min(need, problem.total)) > 1e-6 * max(need, 1):
            wrong.append(f"need: {scenario} gets {sent:g} of {need}")
    hours = sum(problem.hours[k] * q for k, q in plan.ship.items()) / len(problem.need)
    if plan.outcome.objective is None or abs(hours - plan.outcome.objective) > 1e-6 * (1 + hours):
        wrong.append(f"objective: {hours:g} unit-hours, said {plan.outcome.objective}")
    return wrong


def _values(variables: Mapping[Any, Any]) -> dict[Any, float]:
    values = {k: float(v.value() or 0.0) for k, v in variables.items()}
    return {k: q for k, q in values.items() if abs(q) > 1e-9}
