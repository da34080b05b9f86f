"""One or some items solved as a programme of their own, and plans put together.

The mathematics stands in models/stocking.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pulp

from models import covering
from models.covering import Event, Holder, Item, PromiseId, StockingProblem
from models.master import Master
from models.outcome import Outcome, Status
from models.readiness import cover

_PARTS = ("hold", "packs", "out", "into", "come", "open", "expand")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockingSettings:
    """Choices about the solve, not about the city."""

    time_limit_s: float = 120.0
    gap_rel: float = 1e-3
    rounds_max: int = 60
    rents_max: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StockingPlan:
    """Stock after the plan, purchases in packs, moves, promises, and need left open (units).

    ``hold`` counts everything that stands there; ``come`` is what promises deliver for sure;
    ``open`` is keyed by event and group. ``goal`` says what the outcome's objective and bound
    measure: ``cost`` (CNY a year), or ``open`` (need left open, in shares of events) where a
    budget is too small to cover everything.
    """

    outcome: Outcome
    hold: Mapping[tuple[Holder, Item], int]
    packs: Mapping[tuple[Holder, Item], int]
    out: Mapping[tuple[Holder, Item], int]
    into: Mapping[tuple[Holder, Item], int]
    come: Mapping[PromiseId, int]
    open: Mapping[tuple[str, str], int]
    expand: Mapping[str, float]
    goal: str = "cost"


def solve_part(
    problem: StockingProblem,
    items: tuple[Item, ...],
    events: tuple[Event, ...],
    settings: StockingSettings,
    rents: Mapping[str, float] | None,
    money: float | None = None,
) -> StockingPlan:
    """Solve some items together: first without open need, and only if that fails with it.

    With ``money`` (shares of an event per CNY) need is left open where covering it costs more.
    """
    reachable, unreachable = covering.part_unreachable(events)
    for soft in (False, True) if money is None else (True,):
        master = Master(problem, items, reachable, soft=soft, rents=rents, money=money)
        status = master.solve(settings.gap_rel, settings.time_limit_s, settings.rounds_max)
        if status.has_plan or soft:
            break
    if not status.has_plan:
        return empty(status)
    hold = master.hold()
    return StockingPlan(
        outcome=Outcome(
            status=status,
            objective=master.cost(),
            bound=master.bound,
            runtime_s=0.0,
            solver=f"HiGHS via PuLP {pulp.__version__}",
        ),
        hold=hold,
        packs=master.packs(),
        out=master.moves("out"),
        into=master.moves("into"),
        come=master.come(),
        open={**unreachable, **master.open_need()},
        expand=overflow(problem, hold) if rents is None else {},
    )


def as_it_is(problem: StockingProblem, item: Item, events: tuple[Event, ...]) -> StockingPlan:
    """Return the plan that changes nothing: today's stock, and what it leaves open."""
    hold = {k: q for k, q in problem.on_hand.items() if k[1] == item and q}
    left: dict[tuple[str, str], int] = {}
    for event in events:
        supply = covering.supply_of(problem, hold, {}, event)
        short = cover(covering.cover_problem(event, supply, {})).short
        left.update({(event.id, key): q for (key, _), q in short.items()})
    return replace(empty(Status.FEASIBLE), hold=hold, open=left)


def empty(status: Status) -> StockingPlan:
    """Return the plan of a solve that found none."""
    outcome = Outcome(
        status=status, objective=None, bound=None, runtime_s=0.0, solver=f"PuLP {pulp.__version__}"
    )
    return StockingPlan(
        outcome=outcome, hold={}, packs={}, out={}, into={}, come={}, open={}, expand={}
    )


def merge(parts: list[StockingPlan]) -> StockingPlan:
    """Put blocks together; objectives and bounds add up."""
    order = [Status.UNKNOWN, Status.INFEASIBLE, Status.FEASIBLE, Status.OPTIMAL]
    status = min((p.outcome.status for p in parts), key=order.index, default=Status.OPTIMAL)
    merged: dict[str, Any] = {n: {} for n in _PARTS}
    for part in parts:
        for name, into in merged.items():
            into.update(getattr(part, name))
    bounds = [p.outcome.bound for p in parts]
    outcome = Outcome(
        status=status,
        objective=sum(p.outcome.objective or 0.0 for p in parts),
        bound=None if None in bounds else sum(b for b in bounds if b is not None),
        runtime_s=0.0,
        solver=f"HiGHS via PuLP {pulp.__version__}",
    )
    return StockingPlan(outcome=outcome, **merged)


def free_room(problem: StockingProblem) -> dict[str, float]:
    """Return the room of each site that today's stock leaves (m3)."""
    used: dict[str, float] = {}
    for (holder, item), units in problem.on_hand.items():
        site = problem.holders[holder][1]
        used[site] = used.get(site, 0.0) + problem.volume_m3[item] * units
    return {site: problem.room(site) - used.get(site, 0.0) for site in problem.room_m3}


def overflow(problem: StockingProblem, hold: Mapping[tuple[Holder, Item], int]) -> dict[str, float]:
    """Return by how much each room is too small for a stock (m3), without zeros."""
    used: dict[str, float] = {}
    for (holder, item), units in hold.items():
        site = problem.holders[holder][1]
        used[site] = used.get(site, 0.0) + problem.volume_m3[item] * units
    over = {site: m3 - problem.room(site) for site, m3 in used.items()}
    return {site: m3 for site, m3 in over.items() if m3 > 1e-6}


def cost(problem: StockingProblem, plan: StockingPlan) -> float:
    """Return a plan's yearly cost beyond what stands there already (CNY)."""
    price = {p.id: p.cost / p.fulfil for p in problem.promises}
    bought = sum(
        problem.pack[i] * problem.hold_cost[i] * problem.upkeep[h] * n
        for (h, i), n in plan.packs.items()
    )
    moved = sum(problem.move_cost[i] * n for (_, i), n in plan.into.items())
    built = problem.room_cost * sum(plan.expand.values())
    return bought + moved + built + sum(price[b] * n for b, n in plan.come.items())


def spend(problem: StockingProblem, plan: StockingPlan) -> float:
    """Return what a plan's purchases cost (CNY)."""
    return sum(problem.price[i] * problem.pack[i] * n for (_, i), n in plan.packs.items())
