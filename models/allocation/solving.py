"""The stages: cover by priority, then cost."""

import time
from collections import defaultdict
from dataclasses import replace

import pulp

from models.allocation.model import Model
from models.allocation.problem import (
    SOLVER,
    AllocationError,
    AllocationPlan,
    AllocationProblem,
    AllocationSettings,
    Option,
)
from models.allocation.rounding import brought, whole_units
from models.outcome import Outcome, Status


def solve(problem: AllocationProblem, settings: AllocationSettings | None = None) -> AllocationPlan:
    """Return the lexicographically best allocation, in whole units.

    Raises
    ------
    AllocationError
        When the time is not enough for any answer.
    """
    settings = settings or AllocationSettings()
    started = time.perf_counter()
    goals, shares = _cover(problem, settings)
    status, cost, truckloads, overload = Status.FEASIBLE, None, {}, 0.0
    model = Model(problem)
    model.covering()
    for (scarce, priority), value in goals.items():
        model.keep(priority, value, scarce=scarce)
    model.trucks()
    model.prob.setObjective(model.cost(settings.overload_cny_per_h))
    # Should the clock stop it, the shares that knew no vehicles are still a plan.
    if model.run(settings.seconds) is Status.OPTIMAL:
        status, cost = Status.OPTIMAL, float(pulp.value(model.prob.objective) or 0.0)
        shares, truckloads, overload = model.shares(), model.truckloads(), model.overload()
    units = whole_units(problem, shares)
    there = brought(problem, units)
    return AllocationPlan(
        outcome=Outcome(
            status=status,
            objective=cost,
            bound=cost,
            runtime_s=time.perf_counter() - started,
            solver=SOLVER,
        ),
        units=tuple(units),
        unmet=tuple(line.quantity - there[i] for i, line in enumerate(problem.lines)),
        truckloads=truckloads,
        overload_h=overload,
    )


def _cover(
    problem: AllocationProblem, settings: AllocationSettings
) -> tuple[dict[tuple[bool, int], float], list[float]]:
    """Return goals and shares without vehicles.

    A goal is the least weighted share that is late or missing, by (scarce kind, priority). Goods
    of scarce kinds and all others then share nothing: two small problems. Among the best, the
    shares are those that cost least.
    """
    goals: dict[tuple[bool, int], float] = {}
    shares: dict[int, float] = {}
    for scarce in (True, False):
        part, indices = _part(problem, scarce=scarce)
        if not part.lines:
            continue
        # Where every line could have all its stock to itself, minimising a zero is wasted work.
        plenty = not scarce and _plenty(part)
        model = Model(part)
        model.covering()
        for priority in sorted({line.priority for line in part.lines}):
            value = 0.0 if plenty else _stage(model, priority, scarce=scarce, settings=settings)
            goals[scarce, priority] = value
            model.keep(priority, value, scarce=scarce)
        model.prob.setObjective(model.share_cost())
        if not model.run(settings.seconds).has_plan:
            raise AllocationError("the allocation found no answer in time")
        shares |= dict(zip(indices, model.shares(), strict=True))
    return goals, [shares[i] for i in range(len(problem.options))]


def _stage(model: Model, priority: int, *, scarce: bool, settings: AllocationSettings) -> float:
    model.prob.setObjective(model.goal(priority, scarce=scarce))
    if not model.run(settings.seconds).has_plan:
        raise AllocationError(f"covering priority {priority} found no answer in time")
    return max(0.0, float(pulp.value(model.prob.objective) or 0.0))


def _part(problem: AllocationProblem, *, scarce: bool) -> tuple[AllocationProblem, list[int]]:
    """Return the problem of the lines of scarce kinds, or of all others, and its options."""
    chosen = [i for i, x in enumerate(problem.lines) if (x.kind in problem.scarce_h) == scarce]
    index = {old: new for new, old in enumerate(chosen)}
    options = [i for i, o in enumerate(problem.options) if o.line in index]
    part = replace(
        problem,
        lines=tuple(problem.lines[i] for i in chosen),
        options=tuple(
            replace(problem.options[i], line=index[problem.options[i].line]) for i in options
        ),
        scarce_h=problem.scarce_h if scarce else {},
    )
    return part, options


def _plenty(problem: AllocationProblem) -> bool:
    """Whether first-come shares of stock already bring every line in time."""
    left = dict(problem.stock)
    timely: dict[int, list[Option]] = defaultdict(list)
    for option in problem.options:
        if not option.late:
            timely[option.line].append(option)
    for index, line in enumerate(problem.lines):
        need = line.quantity
        for option in timely[index]:
            key = (option.source, line.item)
            taken = min(need, left.get(key, 0))
            left[key] = left.get(key, 0) - taken
            need -= taken
        if need:
            return False
    return True
