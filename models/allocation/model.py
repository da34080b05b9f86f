"""The linear programme of an allocation in PuLP, solved by HiGHS."""

from collections import defaultdict
from collections.abc import Iterable

import pulp

from models.allocation.problem import AllocationProblem
from models.outcome import Status

# A share that never comes counts twice a share that comes late.
UNMET_WEIGHT = 2.0
_SLACK = 1e-6


class Model:
    """The PuLP model; one method per family of constraints."""

    def __init__(self, problem: AllocationProblem) -> None:
        self.problem = problem
        self.prob = pulp.LpProblem("allocation", pulp.LpMinimize)
        add = self.prob.add_variable
        self.x = [add(f"x{i}", 0, 1) for i in range(len(problem.options))]
        self.u = [add(f"u{i}", 0, 1) for i in range(len(problem.lines))]
        self.n: dict[tuple[int, int], pulp.LpVariable] = {}
        self.v: list[pulp.LpVariable] = []

    def row(self, terms: Iterable[tuple[pulp.LpVariable, float]], sense: int, rhs: float) -> None:
        """Add one constraint from (variable, coefficient) pairs."""
        self.prob.addConstraint(
            pulp.LpConstraint(pulp.LpAffineExpression(list(terms)), sense, rhs=rhs)
        )

    def covering(self) -> None:
        """Add constraints 1 (each line is whole), 2 (stock) and 6 (scarce kinds)."""
        by_line: dict[int, list[pulp.LpVariable]] = defaultdict(list)
        by_stock: dict[tuple[str, str], list[tuple[pulp.LpVariable, float]]] = defaultdict(list)
        for variable, option in zip(self.x, self.problem.options, strict=True):
            line = self.problem.lines[option.line]
            by_line[option.line].append(variable)
            by_stock[option.source, line.item].append((variable, float(line.quantity)))
        for index, unmet in enumerate(self.u):
            terms = [(variable, 1.0) for variable in by_line[index]]
            self.row([*terms, (unmet, 1.0)], pulp.LpConstraintEQ, 1.0)
        for key, terms in by_stock.items():
            have = float(self.problem.stock.get(key, 0))
            if sum(q for _, q in terms) > have:
                scale = max(have, 1.0)
                self.row([(v, q / scale) for v, q in terms], pulp.LpConstraintLE, have / scale)
        for kind, hours in sorted(self.problem.scarce_h.items()):
            for period, limit in enumerate(hours):
                terms = [
                    (x, o.hours)
                    for x, o in zip(self.x, self.problem.options, strict=True)
                    if o.period <= period and self.problem.lines[o.line].kind == kind
                ]
                if terms:
                    self.row(terms, pulp.LpConstraintLE, limit)

    def goal(self, priority: int, *, scarce: bool) -> pulp.LpAffineExpression:
        """Return the weighted share of these lines that is missing or late."""
        lines = self.problem.lines
        mine = [
            line.priority == priority and (line.kind in self.problem.scarce_h) == scarce
            for line in lines
        ]
        terms = [(u, UNMET_WEIGHT * lines[i].weight) for i, u in enumerate(self.u) if mine[i]]
        terms += [
            (x, lines[o.line].weight)
            for x, o in zip(self.x, self.problem.options, strict=True)
            if o.late and mine[o.line]
        ]
        return pulp.LpAffineExpression(terms)

    def keep(self, priority: int, value: float, *, scarce: bool) -> None:
        """Add constraint 7: this goal stays at the value already reached."""
        goal = self.goal(priority, scarce=scarce)
        if value <= _SLACK:
            for variable in goal:
                variable.upBound = 0
        else:
            self.row(goal.items(), pulp.LpConstraintLE, value * (1 + _SLACK) + _SLACK)

    def trucks(self) -> None:
        """Add constraints 3, 4 (truckloads carry the flows) and 5 (vehicle-hours)."""
        loads: dict[tuple[str, str, int], dict[str, list[int]]] = {}
        for index, option in enumerate(self.problem.options):
            line = self.problem.lines[option.line]
            kinds = loads.setdefault((option.source, line.place, option.period), {})
            kinds.setdefault(line.kind, []).append(index)
        offers: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, carrier in enumerate(self.problem.carriers):
            offers[carrier.source, carrier.place].append(index)
        for (source, place, period), by_kind in loads.items():
            usable = [c for c in offers[source, place] if self.problem.carriers[c].first <= period]
            self._carry([o for v in by_kind.values() for o in v], usable, period)
            for kind, options in by_kind.items():
                able = self.problem.kinds[kind]
                some = [c for c in usable if self.problem.carriers[c].vehicle_class in able]
                if len(some) < len(usable):
                    self._carry(options, some, period)
        self._hours()

    def _carry(self, options: list[int], carriers: list[int], period: int) -> None:
        mass: list[tuple[pulp.LpVariable, float]] = []
        room: list[tuple[pulp.LpVariable, float]] = []
        for index in options:
            line = self.problem.lines[self.problem.options[index].line]
            # Tonnes and tens of cubic metres keep coefficients near one.
            mass.append((self.x[index], line.quantity * line.kg / 1000))
            room.append((self.x[index], line.quantity * line.m3 / 10))
        for index in carriers:
            carrier = self.problem.carriers[index]
            if (index, period) not in self.n:
                self.n[index, period] = self.prob.add_variable(f"n{index}_{period}", 0)
            trucks = self.n[index, period]
            mass.append((trucks, -carrier.payload_kg / 1000))
            room.append((trucks, -carrier.volume_m3 / 10))
        self.row(mass, pulp.LpConstraintLE, 0.0)
        self.row(room, pulp.LpConstraintLE, 0.0)

    def _hours(self) -> None:
        by_group: dict[str, list[tuple[int, pulp.LpVariable, float]]] = defaultdict(list)
        for (index, period), trucks in self.n.items():
            carrier = self.problem.carriers[index]
            by_group[carrier.group].append((period, trucks, carrier.hours))
        for group, uses in sorted(by_group.items()):
            for period, hours in enumerate(self.problem.capacity_h[group]):
                terms = [(trucks, h) for at, trucks, h in uses if at <= period]
                if any(at == period for at, _, _ in uses):
                    extra = self.prob.add_variable(f"v{len(self.v)}", 0)
                    self.v.append(extra)
                    self.row([*terms, (extra, -1.0)], pulp.LpConstraintLE, hours)

    def cost(self, overload: float) -> pulp.LpAffineExpression:
        """Return truck cost, source preference and the price of hours that are not there [CNY]."""
        terms = [(n, self.problem.carriers[c].cost) for (c, _), n in self.n.items()]
        terms += [
            (x, o.preference)
            for x, o in zip(self.x, self.problem.options, strict=True)
            if o.preference
        ]
        terms += [(v, overload) for v in self.v]
        return pulp.LpAffineExpression(terms)

    def share_cost(self) -> pulp.LpAffineExpression:
        """Return the cost [CNY] if every option pays its part of the cheapest truckload."""
        pairs = zip(self.x, self.problem.options, strict=True)
        return pulp.LpAffineExpression([(x, o.cost + o.preference) for x, o in pairs])

    def run(self, seconds: float) -> Status:
        """Solve; the status says what may be read."""
        self.prob.solve(pulp.HiGHS(msg=False, threads=1, timeLimit=seconds, mip=False))
        if self.prob.sol_status == pulp.LpSolutionOptimal:
            return Status.OPTIMAL
        if self.prob.sol_status == pulp.LpSolutionInfeasible:
            return Status.INFEASIBLE
        # A dual simplex stopped by the clock has no primal feasible point to read.
        return Status.UNKNOWN

    def shares(self) -> list[float]:
        """Return the share of each option, at least 0."""
        return [max(0.0, float(v.varValue or 0.0)) for v in self.x]

    def truckloads(self) -> dict[tuple[int, int], float]:
        """Return truckloads by carrier and period, the zero ones left out."""
        return {k: float(v.varValue) for k, v in self.n.items() if (v.varValue or 0.0) > _SLACK}

    def overload(self) -> float:
        """Return vehicle-hours beyond those there are."""
        return sum(float(v.varValue or 0.0) for v in self.v)
