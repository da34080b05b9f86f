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
    upkeep[h]             how much dearer that is for a holder, 1 at home        (-)
    most[b], fulfil[b]    largest promise and the share that really comes        (units; -)
    promise_cost[b]       one promised unit one year                             (CNY per unit)
    capacity[supplier, i] what a supplier can send at all, however often promised (units)
    volume[i], room[site] storage                                                (m3)
    room_cost             building a m3 of room, per year                        (CNY per m3)
    agreed_max[i]         largest share of a need that agreements may cover      (-)
Variables
    packs[h, i] integer >= 0, out[h, i], into[h, i] integer >= 0, come[b] integer >= 0
    x[h, i] = on_hand - out + into + pack * packs     stock after the plan       (units)
    u[g] >= 0                                         need left open             (units)
    expand[site] >= 0                                 room to be added           (m3)
Minimise, in this order
    open critical need (as shares of each event), other open need, yearly cost
Subject to
    (1) cover    sum_{h in S} x + sum_{b in S} come + sum_{R[g] in S} u >= sum_{R[g] in S} need
                 for every set S of sources: Hall's condition, which needs no flow variables.
                 Rows start from the reach sets, which is all where these nest. A plan that
                 violates another (the cut that refutes readiness) gets that row, and the event
                 is spelt out by flows: y[s, g] >= 0, sum_g y <= x[s], sum_s y + u >= need[g]
    (2) physical sum_{h in S} x >= (1 - agreed_max) * sum_{R[g] in S} (need - u), S = all
    (3) room     sum_i volume * x <= room (or what stands there already) + expand
    (4) budget   sum price * pack * packs <= budget
    (5) supplier sum_{b of supplier, i} come / fulfil <= capacity
    (6) moves    sum_h out = sum_h into per owner and item; out <= on_hand

Items meet only in (3) and (4). Blocks of one item are solved first; a room that overflows asks a
rent (the multiplier of (3), at most room_cost) and what stands there is solved again; what still
overflows is room worth adding. Only when a budget does not reach are items solved together.

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
    ``open`` is keyed by event and group.
    """

    outcome: Outcome
    hold: Mapping[tuple[Holder, Item], int]
    packs: Mapping[tuple[Holder, Item], int]
    out: Mapping[tuple[Holder, Item], int]
    into: Mapping[tuple[Holder, Item], int]
    come: Mapping[PromiseId, int]
    open: Mapping[tuple[str, str], int]
    expand: Mapping[str, float]


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
    plan = _by_blocks(problem, settings, progress)
    spent = sum(problem.price[i] * problem.pack[i] * n for (_, i), n in plan.packs.items())
    if problem.budget is not None and (not plan.outcome.status.has_plan or spent > problem.budget):
        progress("budget", 0.9)
        items = tuple(sorted({e.item for e in problem.events}))
        plan = _solve_part(problem, items, problem.events, settings, None)
    runtime_s = time.perf_counter() - start
    return replace(plan, outcome=replace(plan.outcome, runtime_s=runtime_s))


def _by_blocks(
    problem: StockingProblem, settings: StockingSettings, progress: Progress
) -> StockingPlan:
    """Solve item by item; rooms that overflow ask a rent, and their items are solved again.

    For any rents, the blocks' bounds less the rent of the free room bound the whole.
    """
    blocks = covering.by_item(problem.events)
    parts: dict[Item, StockingPlan] = {}
    rents: dict[str, float] = {}
    again = sorted(blocks)
    bound = float("-inf")
    until = time.perf_counter() + settings.time_limit_s / 2
    for turn in range(settings.rents_max):
        for n, item in enumerate(again):
            progress(item, min(0.9, (turn + n / len(again)) / (turn + 1)))
            left = max(until - time.perf_counter(), 1.0)
            limits = replace(settings, time_limit_s=left)
            parts[item] = _solve_part(problem, (item,), blocks[item], limits, rents)
        plan = _merge(list(parts.values()))
        free = _free_room(problem)
        paid = sum(rent * free[site] for site, rent in rents.items())
        bound = max(bound, (plan.outcome.bound or 0.0) - paid)
        over = overflow(problem, plan.hold)
        asking = {site for site in over if rents.get(site, 0.0) < problem.room_cost}
        if not asking or time.perf_counter() > until:
            break
        for site in asking:
            rents[site] = problem.room_cost if site in rents else problem.room_cost / 4
        again = sorted({i for (h, i) in plan.hold if problem.holders[h][1] in asking})
    plan = replace(plan, expand=overflow(problem, plan.hold))
    objective = cost(problem, plan)
    return replace(plan, outcome=replace(plan.outcome, objective=objective, bound=bound))


def _free_room(problem: StockingProblem) -> dict[str, float]:
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
        if used > problem.room(site) + plan.expand.get(site, 0.0) + 1e-6
    ]
    spent = sum(problem.price[i] * problem.pack[i] * n for (_, i), n in plan.packs.items())
    if problem.budget is not None and spent > problem.budget + 1e-6:
        wrong.append(f"budget: {spent:.2f} of {problem.budget:.2f}")
    return wrong


def _solve_part(
    problem: StockingProblem,
    items: tuple[Item, ...],
    events: tuple[Event, ...],
    settings: StockingSettings,
    rents: Mapping[str, float] | None,
) -> StockingPlan:
    """Solve some items together: first without open need, and only if that fails with it."""
    reachable, unreachable = covering.part_unreachable(events)
    for soft in (False, True):
        master = Master(problem, items, reachable, soft=soft, rents=rents)
        status = master.solve(settings.gap_rel, settings.time_limit_s, settings.rounds_max)
        if status.has_plan or soft:
            break
    if not status.has_plan:
        return _empty(status)
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


def _empty(status: Status) -> StockingPlan:
    outcome = Outcome(
        status=status, objective=None, bound=None, runtime_s=0.0, solver=f"PuLP {pulp.__version__}"
    )
    return StockingPlan(
        outcome=outcome, hold={}, packs={}, out={}, into={}, come={}, open={}, expand={}
    )


def _merge(parts: list[StockingPlan]) -> StockingPlan:
    """Put blocks together; objectives and bounds add up."""
    order = [Status.UNKNOWN, Status.INFEASIBLE, Status.FEASIBLE, Status.OPTIMAL]
    status = min((p.outcome.status for p in parts), key=order.index, default=Status.OPTIMAL)
    merged: dict[str, dict[Any, Any]] = {n: {} for n in _PARTS}
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
