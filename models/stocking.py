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
overflows is room worth adding. Where a budget does not reach, small programmes are solved whole
and large ones by the multiplier of (4); see models/rationing.py.

Source: Hall (1935) for (1); the rest after MODELS of stockpiling with lexicographic goals.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from models import covering
from models.blocks import (
    StockingPlan,
    StockingSettings,
    cost,
    free_room,
    merge,
    overflow,
    solve_part,
    spend,
)
from models.covering import Event, Group, Item, Promise, StockingProblem
from models.outcome import Status
from models.rationing import ration
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
_EXACT = 1500


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
    whole = problem.budget is None
    first = progress if whole else _span(progress, 0.0, 0.3)
    plan = _by_blocks(replace(problem, budget=None), settings, first)
    if problem.budget is not None and spend(problem, plan) > problem.budget:
        plan = _within_budget(problem, settings, _span(progress, 0.3, 1.0))
    runtime_s = time.perf_counter() - start
    return replace(plan, outcome=replace(plan.outcome, runtime_s=runtime_s))


def _span(progress: Progress, start: float, end: float) -> Progress:
    """Return a callback that fills one stretch of a bar."""
    return lambda text, share: progress(text, start + (end - start) * share)


def _within_budget(
    problem: StockingProblem, settings: StockingSettings, progress: Progress
) -> StockingPlan:
    """Cover what a budget reaches: exactly where the programme is small, else by price."""
    if len(problem.may_buy) > _EXACT:
        return ration(problem, settings, progress)
    items = tuple(sorted({e.item for e in problem.events}))
    return solve_part(problem, items, problem.events, settings, None)


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
    bound = 0.0  # no plan costs less than nothing
    until = time.perf_counter() + settings.time_limit_s / 2
    for turn in range(settings.rents_max):
        for n, item in enumerate(again):
            # How many turns follow is unknown; each is taken for six tenths of what is left.
            progress(item, 1 - 0.4 ** (turn + n / len(again)))
            left = max(until - time.perf_counter(), 1.0)
            limits = replace(settings, time_limit_s=left)
            parts[item] = solve_part(problem, (item,), blocks[item], limits, rents)
        plan = merge(list(parts.values()))
        free = free_room(problem)
        paid = sum(rent * free[site] for site, rent in rents.items())
        if plan.outcome.bound is not None:
            bound = max(bound, plan.outcome.bound - paid)
        over = overflow(problem, plan.hold)
        asking = {site for site in over if rents.get(site, 0.0) < problem.room_cost}
        if not asking or time.perf_counter() > until:
            break
        for site in asking:
            rents[site] = problem.room_cost if site in rents else problem.room_cost / 4
        again = sorted({i for (h, i) in plan.hold if problem.holders[h][1] in asking})
    plan = replace(plan, expand=overflow(problem, plan.hold))
    outcome = replace(plan.outcome, objective=cost(problem, plan), bound=bound)
    if outcome.status is Status.FEASIBLE and (outcome.gap or 0.0) <= settings.gap_rel:
        # A block cut short may still leave the whole within the gap that was asked for.
        outcome = replace(outcome, status=Status.OPTIMAL)
    return replace(plan, outcome=outcome)


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
