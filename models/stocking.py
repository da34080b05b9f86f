"""What to hold where before the incident is known: a covering programme in PuLP.

Sets
    h in holders (an owner's stock at a site), i in items, b in promises (agreements),
    e in events (one scenario, one item), g in groups of an event: the places and deadlines that
    the same sources R[g] reach in time
Parameters
    need[g]               goods a group needs                                    (units)
    on_hand[h, i]         usable stock today                                     (units)
    pack[i], price[i]     pack size; purchase price                              (units; CNY)
    hold_cost[i]          holding one unit one year: wear, capital, space        (CNY per unit)
    most[b], fulfil[b]    largest promise and the share that really comes        (units; -)
    promise_cost[b]       one promised unit one year                             (CNY per unit)
    capacity[supplier, i] what a supplier can send at all, however often promised (units)
    volume[i], room[site] storage                                                (m3)
    agreed_max[i]         largest share of a need that agreements may cover      (-)
Variables
    packs[h, i] integer >= 0, out[h, i], into[h, i] integer >= 0, come[b] integer >= 0
    x[h, i] = on_hand - out + into + pack * packs     stock after the plan       (units)
    u[g] >= 0                                         need left open             (units)
Minimise, in this order
    open critical need (as shares of each event), other open need, yearly cost
Subject to
    (1) cover    sum_{h in S} x + sum_{b in S} come + sum_{R[g] in S} u >= sum_{R[g] in S} need
                 for every set S of sources: Hall's condition, so no flow variables are needed.
                 Rows start from the reach sets; others are added when a plan violates them,
                 found as the cut that refutes readiness
    (2) physical sum_{h in S} x >= (1 - agreed_max) * sum_{R[g] in S} (need - u), S = all
    (3) room     sum_i volume * x <= room, or what stands there already
    (4) budget   sum price * pack * packs <= budget
    (5) supplier sum_{b of supplier, i} come / fulfil <= capacity
    (6) moves    sum_h out = sum_h into per owner and item; out <= on_hand

Without a budget, items meet only in (3): blocks of one item are solved first, and all together
only when a room overflows. The sum of the blocks' bounds is a bound on the whole.

Source: Hall (1935) for (1); the rest after MODELS of stockpiling with lexicographic goals.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pulp

from models import covering
from models.covering import Event, Group, Holder, Item, Promise, PromiseId, StockingProblem
from models.master import Master
from models.outcome import Outcome, Status
from models.readiness import check as check_cover
from models.readiness import cover as largest_cover

__all__ = [
    "Event",
    "Group",
    "Promise",
    "StockingPlan",
    "StockingProblem",
    "StockingSettings",
    "check",
    "solve",
]

Progress = Callable[[str, float], None]
_PARTS = ("hold", "packs", "out", "into", "come", "open")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockingSettings:
    """Choices about the solve, not about the city."""

    time_limit_s: float = 120.0
    gap_rel: float = 1e-3
    rounds_max: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class StockingPlan:
    """Stock after the plan, purchases in packs, moves, promises, and need left open (units).

    ``hold`` counts everything that stands there; ``come`` is what promises deliver for sure;
    ``open`` is keyed by event and group.
    """

    outcome: Outcome
    hold: Mapping[tuple[Holder, Item], int]
    packs: Mapping[tuple[Holder, Item], int]
    out: Mapping[tuple[Holder, Item], int]
    into: Mapping[tuple[Holder, Item], int]
    come: Mapping[PromiseId, int]
    open: Mapping[tuple[str, str], int]


def _silent(_text: str, _share: float) -> None:
    """Show nothing."""


def solve(
    problem: StockingProblem, settings: StockingSettings, progress: Progress = _silent
) -> StockingPlan:
    """Solve the stocking problem.

    Parameters
    ----------
    problem, settings
        Sets and parameters; limits.
    progress
        Called with a text and a share of the work; an exception it raises stops the solve.

    Returns
    -------
    StockingPlan
        With the proven bound in its outcome. Need that nothing can reach is left open and
        listed, it never makes the plan infeasible.
    """
    start = time.perf_counter()
    blocks = covering.by_item(problem.events)
    parts: list[StockingPlan] = []
    if problem.budget is None:
        for n, (item, events) in enumerate(sorted(blocks.items())):
            progress(item, n / max(len(blocks), 1))
            left = settings.time_limit_s - (time.perf_counter() - start)
            parts.append(_solve_part(problem, (item,), events, settings, max(left, 1.0)))
        plan = _merge(parts)
        if not _overflow(problem, plan):
            return _timed(plan, start)
    progress("*", 0.5)
    left = max(settings.time_limit_s - (time.perf_counter() - start), 5.0)
    items = tuple(sorted(blocks))
    return _timed(_solve_part(problem, items, problem.events, settings, left), start)


def check(problem: StockingProblem, plan: StockingPlan) -> list[str]:
    """Return every broken constraint, recomputed without the stocking solver.

    Cover is shown by an explicit flow for every event, verified by plain arithmetic.
    """
    wrong = _check_stock(problem, plan)
    capacity: dict[tuple[str, Item], float] = {}
    come = dict(plan.come)
    for promise in problem.promises:
        units = come.get(promise.id, 0)
        if units > promise.most * promise.fulfil + 1e-6:
            wrong.append(f"promise: {promise.id} sends {units} of {promise.most}")
        key = (promise.supplier, promise.item)
        capacity[key] = capacity.get(key, 0.0) + units / promise.fulfil
    wrong += [
        f"supplier: {key} is promised {used:g}"
        for key, used in capacity.items()
        if used > problem.capacity[key] + 1e-6
    ]
    for event in problem.events:
        supply = covering.supply_of(problem, plan.hold, come, event)
        open_units = {g.key: plan.open.get((event.id, g.key), 0) for g in event.groups}
        case = covering.cover_problem(event, supply, open_units)
        result = largest_cover(case)
        wrong += [f"{event.id}: {w}" for w in check_cover(case, result)]
        if result.short:
            wrong.append(f"cover: {event.id} lacks {sum(result.short.values())}")
        held = sum(q for s, q in supply.items() if s in problem.holders)
        rest = event.need - sum(open_units.values())
        if held < (1 - problem.agreed_max[event.item]) * rest - 1e-6:
            wrong.append(f"physical: {event.id} holds {held} of {rest}")
    return wrong


def _check_stock(problem: StockingProblem, plan: StockingPlan) -> list[str]:
    """Check balance, moves, rooms and budget."""
    wrong: list[str] = []
    moved: dict[tuple[str, Item], int] = {}
    room: dict[str, float] = {}
    for key in {*plan.hold, *problem.on_hand}:
        holder, item = key
        owner, site = problem.holders[holder]
        out, into = plan.out.get(key, 0), plan.into.get(key, 0)
        packs = plan.packs.get(key, 0)
        have = problem.on_hand.get(key, 0)
        if packs and key not in problem.may_buy:
            wrong.append(f"place: {item} may not be bought for {holder}")
        if plan.hold.get(key, 0) != have - out + into + packs * problem.pack[item]:
            wrong.append(f"balance: {holder} {item}")
        if not 0 <= out <= have or into < 0 or packs < 0:
            wrong.append(f"moves: {holder} {item} gives {out} of {have}")
        moved[owner, item] = moved.get((owner, item), 0) + into - out
        room[site] = room.get(site, 0.0) + problem.volume_m3[item] * plan.hold.get(key, 0)
    wrong += [f"moves: {owner} {item} gains {q}" for (owner, item), q in moved.items() if q]
    wrong += [
        f"room: {site} holds {used:.3f} m3"
        for site, used in room.items()
        if used > problem.room(site) + 1e-6
    ]
    spent = sum(problem.price[i] * problem.pack[i] * n for (_, i), n in plan.packs.items())
    if problem.budget is not None and spent > problem.budget + 1e-6:
        wrong.append(f"budget: {spent:.2f} of {problem.budget:.2f}")
    return wrong


def _overflow(problem: StockingProblem, plan: StockingPlan) -> bool:
    """Whether some room is too small for the plan."""
    return any(w.startswith("room") for w in _check_stock(problem, plan))


def _solve_part(
    problem: StockingProblem,
    items: tuple[Item, ...],
    events: tuple[Event, ...],
    settings: StockingSettings,
    limit_s: float,
) -> StockingPlan:
    """Solve some items together: first without open need, and only if that fails with it."""
    reachable, unreachable = covering.part_unreachable(events)
    for soft in (False, True):
        master = Master(problem, items, reachable, soft=soft)
        status = master.solve(settings.gap_rel, limit_s, settings.rounds_max)
        if status.has_plan or soft:
            break
    if not status.has_plan:
        return _empty(status)
    return StockingPlan(
        outcome=Outcome(
            status=status,
            objective=master.cost(),
            bound=master.bound,
            runtime_s=0.0,
            solver=f"HiGHS via PuLP {pulp.__version__}",
        ),
        hold=master.hold(),
        packs=master.packs(),
        out=master.moves("out"),
        into=master.moves("into"),
        come=master.come(),
        open={**unreachable, **master.open_need()},
    )


def _empty(status: Status) -> StockingPlan:
    outcome = Outcome(
        status=status, objective=None, bound=None, runtime_s=0.0, solver=f"PuLP {pulp.__version__}"
    )
    return StockingPlan(outcome=outcome, hold={}, packs={}, out={}, into={}, come={}, open={})


def _merge(parts: list[StockingPlan]) -> StockingPlan:
    """Put blocks together; objectives and bounds add up."""
    order = [Status.UNKNOWN, Status.INFEASIBLE, Status.FEASIBLE, Status.OPTIMAL]
    status = min((p.outcome.status for p in parts), key=order.index, default=Status.OPTIMAL)
    merged: dict[str, dict[Any, int]] = {n: {} for n in _PARTS}
    for part in parts:
        for name, into in merged.items():
            into.update(getattr(part, name))
    outcome = Outcome(
        status=status,
        objective=sum(p.outcome.objective or 0.0 for p in parts),
        bound=sum(p.outcome.bound or 0.0 for p in parts),
        runtime_s=0.0,
        solver=f"HiGHS via PuLP {pulp.__version__}",
    )
    return StockingPlan(outcome=outcome, **merged)


def _timed(plan: StockingPlan, start: float) -> StockingPlan:
    """Write the wall-clock time into the outcome."""
    runtime_s = time.perf_counter() - start
    return replace(plan, outcome=replace(plan.outcome, runtime_s=runtime_s))
