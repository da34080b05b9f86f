"""The stocking programme solved: stage by stage, row by row, and its answer read.

The numbers in brackets are the constraints of models/stocking.py.
"""

import math
import time
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import pulp

from models.covering import (
    Event,
    Group,
    Holder,
    Item,
    PromiseId,
    Sources,
    StockingProblem,
    cover_problem,
    supply_of,
)
from models.outcome import Status
from models.programme import Programme
from models.readiness import cover

_SMALL = 3000
_RELAXED_ROUNDS = 4
# Keyed by sol_status: LpProblem.status says "Optimal" even when the time limit cut the search.
_STATUS = {
    pulp.LpSolutionOptimal: Status.OPTIMAL,
    pulp.LpSolutionIntegerFeasible: Status.FEASIBLE,
    pulp.LpSolutionInfeasible: Status.INFEASIBLE,
}


def _is_chain(event: Event) -> bool:
    """Whether the reach sets nest: then the rows of the reach sets are all rows."""
    reaches = sorted({g.reach for g in event.groups}, key=len)
    return all(a <= b for a, b in pairwise(reaches))


class Master(Programme):
    """The programme, grown row by row until every event is covered.

    Soft programmes are solved in lexicographic stages: open need first, then cost.
    """

    def __init__(
        self,
        problem: StockingProblem,
        items: tuple[Item, ...],
        events: tuple[Event, ...],
        *,
        soft: bool = False,
        rents: Mapping[str, float] | None = None,
        money: float | None = None,
    ) -> None:
        self._open_ended = [e for e in events if not _is_chain(e)]
        self.bound: float | None = None
        super().__init__(problem, items, events, soft=soft, rents=rents, money=money)

    def solve(self, gap_rel: float, limit_s: float, rounds_max: int) -> Status:
        """Solve stage by stage, adding violated rows until there are none."""
        stages = [*self._open_stages(), self._goal] if self._soft else [self._goal]
        if self._money is not None:
            stages = [stages[0] + self._money * self._goal]
        status = Status.OPTIMAL
        for n, objective in enumerate(stages):
            status = self._rounds(objective, gap_rel, limit_s / len(stages), rounds_max)
            if not status.has_plan:
                return status
            if n + 1 < len(stages):
                value = float(pulp.value(objective) or 0.0)
                self._model += objective <= value + 1e-6 + 1e-6 * abs(value)
        return status

    def _open_stages(self) -> list[Any]:
        """Return the objectives of open need: critical shares first, then the others.

        Where money has a price, one objective weighs shares against what they cost.
        """
        needs = {e.id: (e.critical, max(e.need, 1)) for e in self._events}
        if self._money is not None:
            shares = [(v, 1 / needs[event][1]) for (event, _), v in self._open.items()]
            paid = [(v, self._money * c) for v, c in self._spend_terms()]
            return [pulp.LpAffineExpression(shares + paid)]
        stages = []
        for critical in (True, False):
            terms = [
                (v, 1 / needs[event][1])
                for (event, _), v in self._open.items()
                if needs[event][0] is critical
            ]
            if terms:
                stages.append(pulp.LpAffineExpression(terms))
        return stages

    def _rounds(self, objective: Any, gap: float, limit_s: float, rounds_max: int) -> Status:  # noqa: ANN401 - PuLP has no types
        self._model.setObjective(objective)
        if self._model.numVariables() == 0:
            self.bound = 0.0
            return Status.OPTIMAL
        # Rows found on the relaxation are cheap; few are left for the integer programme.
        whole = self._model.numVariables() < _SMALL
        until = time.perf_counter() + limit_s
        status = Status.UNKNOWN
        for _ in range(rounds_max):
            left = until - time.perf_counter()
            if left <= 0:
                break
            self._model.solve(
                pulp.HiGHS(msg=False, gapRel=gap, threads=1, timeLimit=left, mip=whole)
            )
            status = _STATUS.get(self._model.sol_status, Status.UNKNOWN)
            if not status.has_plan:
                return status
            if whole:
                proven = float(self._model.solverModel.getInfo().mip_dual_bound)
                self.bound = proven if math.isfinite(proven) else None
            if self._separate():
                continue
            if whole:
                return status
            whole = True
        # Need left open absorbs what the missing rows would ask: the plan holds, if not the best.
        return Status.FEASIBLE if self._soft and whole and status.has_plan else Status.UNKNOWN

    def relaxed(self, limit_s: float) -> tuple[float, float]:
        """Return a bound on the priced objective, and what its fractional plan spends (CNY).

        Rows are added while time lasts; a bound without them all is a bound all the same.
        """
        self._model.setObjective(self._open_stages()[0])
        until = time.perf_counter() + limit_s
        value = 0.0
        for _ in range(_RELAXED_ROUNDS):
            left = max(until - time.perf_counter(), 0.5)
            self._model.solve(pulp.HiGHS(msg=False, threads=1, timeLimit=left, mip=False))
            if self._model.sol_status != pulp.LpSolutionOptimal:
                break
            value = max(value, float(pulp.value(self._model.objective) or 0.0))
            if time.perf_counter() > until or not self._separate():
                break
        return value, sum(c * (v.value() or 0.0) for v, c in self._spend_terms())

    def _separate(self) -> bool:
        """Add the rows that the present plan violates; whether there were any."""
        hold, come = self.hold(), self.come()
        found = False
        for event in self._open_ended:
            supply = supply_of(self._p, hold, come, event)
            open_units = {g.key: self._open_units(event, g) for g in event.groups if self._soft}
            violated = cover(cover_problem(event, supply, open_units)).violated
            if violated is not None:
                short = {key for key, _ in violated.layers}
                for sources in _components(g.reach for g in event.groups if g.key in short):
                    self._cover(event, sources)
                if event.id not in self._flowing:
                    self._flows(event)
                found = True
        return found

    # --- reading -------------------------------------------------------------------------------

    def packs(self) -> dict[tuple[Holder, Item], int]:
        """Return packs bought, without zeros."""
        return _whole(self._packs)

    def moves(self, way: str) -> dict[tuple[Holder, Item], int]:
        """Return units moved ``out`` or ``into``, without zeros."""
        return _whole(self._out if way == "out" else self._into)

    def come(self) -> dict[PromiseId, int]:
        """Return units that promises deliver, without zeros."""
        return _whole(self._come)

    def open_need(self) -> dict[tuple[str, str], int]:
        """Return need left open in whole units.

        The values of u carry the solver's tolerance, grown by the stages; what that hides is
        found again as the shortage of the cover, so that the answer is exact.
        """
        if not self._soft:
            return {}
        result: dict[tuple[str, str], int] = {}
        hold, come = self.hold(), self.come()
        for event in self._events:
            units = {g.key: self._open_units(event, g) for g in event.groups}
            case = cover_problem(event, supply_of(self._p, hold, come, event), units)
            for (key, _), more in cover(case).short.items():
                units[key] += more
            result.update({(event.id, key): q for key, q in units.items() if q})
        return result

    def _open_units(self, event: Event, group: Group) -> int:
        value = self._open[event.id, group.key].value() or 0.0
        return math.ceil(value - 1e-4 - 1e-6 * event.need)

    def hold(self) -> dict[tuple[Holder, Item], int]:
        """Return stock after the plan, without zeros."""
        packs, out, into = self.packs(), self.moves("out"), self.moves("into")
        stock = {
            k: self._p.on_hand.get(k, 0)
            - out.get(k, 0)
            + into.get(k, 0)
            + packs.get(k, 0) * self._p.pack[k[1]]
            for k in self._keys
        }
        return {k: q for k, q in stock.items() if q}

    def cost(self) -> float:
        """Return the value of the cost objective."""
        return float(pulp.value(self._cost) or 0.0)


def _components(reaches: Iterable[Sources]) -> list[Sources]:
    """Return the unions of reach sets that share sources: a row for each cuts deeper than one."""
    parts: list[Sources] = []
    for reach in reaches:
        joined, apart = reach, []
        for part in parts:
            if part & joined:
                joined |= part
            else:
                apart.append(part)
        parts = [*apart, joined]
    return parts


def _whole(variables: Mapping[Any, Any]) -> dict[Any, int]:
    values = {k: round(v.value() or 0.0) for k, v in variables.items()}
    return {k: q for k, q in values.items() if q}
