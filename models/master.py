"""The stocking programme in PuLP, grown row by row: variables, constraints, cuts.

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
from models.readiness import cover

_SMALL = 3000
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


class Master:
    """The programme over some items, grown row by row until every event is covered.

    ``soft`` adds the variables u for need left open and solves in lexicographic stages.
    With ``rents`` (CNY per m3 and year, by site) rooms are shared by price instead of rows (3).
    """

    def __init__(
        self,
        problem: StockingProblem,
        items: tuple[Item, ...],
        events: tuple[Event, ...],
        *,
        soft: bool = False,
        rents: Mapping[str, float] | None = None,
    ) -> None:
        self._p = problem
        self._items = frozenset(items)
        self._events = events
        self._soft = soft
        self._rents = rents or {}
        self._model = pulp.LpProblem("stocking", pulp.LpMinimize)
        self._keys = sorted(k for k in {*problem.may_buy, *problem.on_hand} if k[1] in self._items)
        self._open_ended = [e for e in events if not _is_chain(e)]
        self._flowing: set[str] = set()
        self.bound: float | None = None
        self._add_variables()
        self._expand: dict[str, Any] = {}
        if rents is None:
            self._expand = {
                site: self._model.add_variable(f"expand_{n}", 0)
                for n, site in enumerate(sorted({problem.holders[h][1] for h, _ in self._keys}))
            }
        self._cost = pulp.LpAffineExpression(self._cost_terms())
        self._goal = self._cost + pulp.LpAffineExpression(self._rent_terms())
        self._balance_moves()
        if rents is None:
            self._rooms()
        self._budget()
        self._suppliers()
        self._first_rows()

    # --- variables and the terms they make ---------------------------------------------------

    def _add_variables(self) -> None:
        p, add = self._p, self._model.add_variable
        self._packs = {
            key: add(f"packs_{n}", 0, None, pulp.LpInteger)
            for n, key in enumerate(self._keys)
            if key in p.may_buy
        }
        movable = {
            (p.holders[h][0], i) for (h, i), q in p.on_hand.items() if i in self._items and q > 0
        }
        self._out = {
            key: add(f"out_{n}", 0, p.on_hand[key], pulp.LpInteger)
            for n, key in enumerate(self._keys)
            if p.on_hand.get(key, 0) > 0
        }
        self._into = {
            key: add(f"into_{n}", 0, None, pulp.LpInteger)
            for n, key in enumerate(self._keys)
            if (p.holders[key[0]][0], key[1]) in movable
        }
        self._come = {
            b.id: add(f"come_{n}", 0, int(b.most * b.fulfil), pulp.LpInteger)
            for n, b in enumerate(p.promises)
            if b.item in self._items
        }
        self._open: dict[tuple[str, str], Any] = {}
        if self._soft:
            for n, (event, group) in enumerate((e, g) for e in self._events for g in e.groups):
                self._open[event.id, group.key] = add(f"open_{n}", 0, group.need, pulp.LpInteger)

    def _stock_terms(self, key: tuple[Holder, Item]) -> list[tuple[Any, float]]:
        """Return x[h, i] without its constant, the stock on hand."""
        terms: list[tuple[Any, float]] = []
        if key in self._packs:
            terms.append((self._packs[key], self._p.pack[key[1]]))
        if key in self._out:
            terms.append((self._out[key], -1))
        if key in self._into:
            terms.append((self._into[key], 1))
        return terms

    def _cost_terms(self) -> list[tuple[Any, float]]:
        p = self._p
        terms = [(v, p.pack[i] * p.hold_cost[i] * p.upkeep[h]) for (h, i), v in self._packs.items()]
        terms += [(v, p.move_cost[i]) for (h, i), v in self._into.items()]
        terms += [(self._come[b.id], b.cost / b.fulfil) for b in p.promises if b.id in self._come]
        return terms

    def _rent_terms(self) -> list[tuple[Any, float]]:
        """Return what the plan's changes pay for room, while rooms are shared by price."""
        p = self._p
        terms: list[tuple[Any, float]] = []
        for holder, item in self._keys:
            rent = self._rents.get(p.holders[holder][1], 0.0) * p.volume_m3[item]
            if rent:
                terms += [(v, c * rent) for v, c in self._stock_terms((holder, item))]
        return terms

    # --- constraints ---------------------------------------------------------------------------

    def _cover(self, event: Event, sources: Sources) -> None:
        """Add row (1) for one event and one set of sources."""
        need = sum(g.need for g in event.groups if g.reach <= sources)
        terms, constant = self._source_terms(event.item, sources)
        if self._soft:
            terms += [(self._open[event.id, g.key], 1) for g in event.groups if g.reach <= sources]
        # Stock on hand can be moved away, so a row that it satisfies today is a row all the same.
        if terms or need > constant:
            self._model += pulp.LpAffineExpression(terms) >= need - constant

    def _flows(self, event: Event) -> None:
        """Spell a violated event out: all its rows (1) at once, by who serves whom.

        Few events ever bind, so few need it; cuts alone would take a hundred rounds.
        """
        self._flowing.add(event.id)
        add = self._model.add_variable
        sent: dict[str, list[tuple[Any, float]]] = {}
        for n, group in enumerate(event.groups):
            come: list[tuple[Any, float]] = []
            for source in sorted(group.reach):
                flow = add(f"flow_{len(self._flowing)}_{n}_{source}", 0)
                come.append((flow, 1))
                sent.setdefault(source, []).append((flow, 1))
            if self._soft:
                come.append((self._open[event.id, group.key], 1))
            self._model += pulp.LpAffineExpression(come) >= group.need
        for source, terms in sent.items():
            stock, constant = self._source_terms(event.item, frozenset((source,)))
            less = [(v, -c) for v, c in stock]
            self._model += pulp.LpAffineExpression(terms + less) <= constant

    def _physical(self, event: Event) -> None:
        """Add row (2): agreements may cover no more than their share."""
        p = self._p
        share = 1 - p.agreed_max[event.item]
        everyone = frozenset().union(*(g.reach for g in event.groups))
        stores = frozenset(s for s in everyone if s in p.holders)
        if share <= 0 or stores == everyone:
            return
        terms, constant = self._source_terms(event.item, stores)
        if self._soft:
            terms += [(self._open[event.id, g.key], share) for g in event.groups]
        if terms or share * event.need > constant:
            self._model += pulp.LpAffineExpression(terms) >= share * event.need - constant

    def _source_terms(self, item: Item, sources: Sources) -> tuple[list[tuple[Any, float]], float]:
        terms: list[tuple[Any, float]] = []
        constant = 0
        for source in sorted(sources):
            if source in self._come:
                terms.append((self._come[source], 1))
            elif source in self._p.holders:
                terms += self._stock_terms((source, item))
                constant += self._p.on_hand.get((source, item), 0)
        return terms, constant

    def _first_rows(self) -> None:
        """Start from the reach sets; without open need only the largest need of a set counts."""
        largest: dict[tuple[str, Sources], tuple[int, Event]] = {}
        physical: dict[tuple[str, Sources], tuple[int, Event]] = {}
        for event in self._events:
            everyone = frozenset().union(*(g.reach for g in event.groups))
            for reach in {*(g.reach for g in event.groups), everyone}:
                need = sum(g.need for g in event.groups if g.reach <= reach)
                key = (event.id if self._soft else event.item, reach)
                if need > largest.get(key, (-1, event))[0]:
                    largest[key] = (need, event)
            key = (event.id if self._soft else event.item, everyone)
            if event.need > physical.get(key, (-1, event))[0]:
                physical[key] = (event.need, event)
        for (_, reach), (_, event) in largest.items():
            self._cover(event, reach)
        for _, event in physical.values():
            self._physical(event)

    def _balance_moves(self) -> None:
        """Add rows (6)."""
        groups: dict[tuple[str, Item], list[tuple[Any, float]]] = {}
        for sign, variables in ((1, self._into), (-1, self._out)):
            for (holder, item), v in variables.items():
                groups.setdefault((self._p.holders[holder][0], item), []).append((v, sign))
        for terms in groups.values():
            self._model += pulp.LpAffineExpression(terms) == 0

    def _rooms(self) -> None:
        """Add rows (3)."""
        p = self._p
        sites: dict[str, list[tuple[Any, float]]] = {}
        used: dict[str, float] = {}
        for key in self._keys:
            site = p.holders[key[0]][1]
            volume = p.volume_m3[key[1]]
            used[site] = used.get(site, 0.0) + volume * p.on_hand.get(key, 0)
            sites.setdefault(site, []).extend((v, c * volume) for v, c in self._stock_terms(key))
        for site, terms in sites.items():
            row = pulp.LpAffineExpression([*terms, (self._expand[site], -1.0)])
            self._model += row <= p.room(site) - used[site]

    def _budget(self) -> None:
        """Add row (4)."""
        if self._p.budget is not None and self._packs:
            terms = [(v, self._p.price[k[1]] * self._p.pack[k[1]]) for k, v in self._packs.items()]
            self._model += pulp.LpAffineExpression(terms) <= self._p.budget

    def _suppliers(self) -> None:
        """Add rows (5): a supplier's goods count once, however often they are promised."""
        groups: dict[tuple[str, Item], list[tuple[Any, float]]] = {}
        for b in self._p.promises:
            if b.id in self._come:
                groups.setdefault((b.supplier, b.item), []).append((self._come[b.id], 1 / b.fulfil))
        for key, terms in groups.items():
            self._model += pulp.LpAffineExpression(terms) <= self._p.capacity[key]

    # --- solving -------------------------------------------------------------------------------

    def solve(self, gap_rel: float, limit_s: float, rounds_max: int) -> Status:
        """Solve stage by stage, adding violated rows until there are none."""
        stages = [*self._open_stages(), self._goal] if self._soft else [self._goal]
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
        """Return the objectives of open need: critical shares first, then the others."""
        needs = {e.id: (e.critical, max(e.need, 1)) for e in self._events}
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
            if self._separate():
                continue
            if whole:
                self.bound = float(self._model.solverModel.getInfo().mip_dual_bound)
                return status
            whole = True
        return Status.UNKNOWN

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
