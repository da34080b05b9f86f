"""Routing: which vehicle visits which clients in which order, on OR-Tools.

Sets
    i   clients;  k  vehicle types, each with a start, an end and a count;  d  load dimensions
Parameters
    demand_id [units of d], duration_kab [s] and cost_kab [money] by profile, stay_ki [s],
    opens_i, closes_i [s] on arrival, capacity_kd, start_k [s], fixed_k [money],
    penalty_i [money] for leaving a client out
Variables
    routes: one sequence of clients for each vehicle used
Minimise
    fixed and arc costs + penalties of clients left out
Subject to
    1 every client at most once, by a type that may serve it
    2 the load of a route fits the type's capacity in every dimension
    3 arrival at every client within [opens, closes]; waiting is allowed
    4 no more routes of a type than it has vehicles
    5 a route lasts no longer than the type's longest duty
Source
    heterogeneous vehicle routing with time windows and several depots; OR-Tools routing library,
    iterated local search with SISR ruin (Christiaens and Vanden Berghe 2020). Solved by number
    of solutions, not by the clock, so that the same input gives the same routes.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ortools import __version__ as ortools_version
from ortools.constraint_solver import (
    pywrapcp,
    routing_enums_pb2,
    routing_ils_pb2,
    routing_parameters_pb2,
)

from models.outcome import Outcome, Status

SOLVER = f"OR-Tools {ortools_version} routing, ILS/SISR"
FIRST = ("PARALLEL_SAVINGS", "PARALLEL_CHEAPEST_INSERTION", "SAVINGS")
_FAR = 2**40
# The library takes these by position only.
_LOAD_FROM_ZERO, _CLOCK_FROM_ZERO = True, False


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A visit: a location (index into the matrices), a demand in each dimension, a time window.

    ``stay_s`` is keyed by profile; ``allowed`` lists the types that may serve it (``None``: all).
    """

    location: int
    demand: tuple[int, ...]
    opens_s: int = 0
    closes_s: int = _FAR
    stay_s: Mapping[str, int] | None = None
    allowed: frozenset[int] | None = None
    penalty: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """Like vehicles; ``start_s`` is when they can leave ``start``, ``duty_s`` the longest route."""

    profile: str
    start: int
    end: int
    count: int
    capacity: tuple[int, ...]
    fixed_cost: int = 0
    start_s: int = 0
    duty_s: int = _FAR


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingProblem:
    """Integer matrices (locations x locations) by profile; clients; vehicle types."""

    cost: Mapping[str, Sequence[Sequence[int]]]
    duration_s: Mapping[str, Sequence[Sequence[int]]]
    clients: tuple[Client, ...]
    types: tuple[VehicleType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingSettings:
    """``solutions`` tried by the search (repeatable); ``seconds`` only caps it.

    The search goes on with the vehicles of the first solution and ``spare`` more of each type:
    idle vehicles cost it time.
    """

    solutions: int = 1000
    seconds: float = 60.0
    removed: int = 20
    spare: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A type (index) and its clients (indices) in order."""

    type: int
    clients: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingPlan:
    """Routes in use and clients left out."""

    outcome: Outcome
    routes: tuple[Route, ...]
    left_out: tuple[int, ...]


def solve(problem: RoutingProblem, settings: RoutingSettings | None = None) -> RoutingPlan:
    """Return good routes; clients that fit nowhere in time are left out and named."""
    settings = settings or RoutingSettings()
    started = time.perf_counter()
    if not problem.clients or not any(t.count for t in problem.types):
        return _plan(problem, [], started)
    best = _model(problem).first(settings)
    if len(problem.clients) > 2 and settings.solutions > 1:
        fewer = _model(_trimmed(problem, best[2], settings.spare))
        better = fewer.improve(best[1], best[0], settings)
        best = min(best, better, key=lambda found: found[0])
    return _plan(problem, best[2], started)


def _model(problem: RoutingProblem) -> "_Model":
    model = _Model(problem)
    model.capacity()
    model.windows()
    model.clients()
    return model


def _trimmed(problem: RoutingProblem, routes: Sequence[Route], spare: int) -> RoutingProblem:
    used = [sum(r.type == k for r in routes) for k in range(len(problem.types))]
    types = tuple(
        replace(t, count=min(t.count, n + spare)) for t, n in zip(problem.types, used, strict=True)
    )
    return replace(problem, types=types)


def _plan(problem: RoutingProblem, routes: list[Route], started: float) -> RoutingPlan:
    served = {i for route in routes for i in route.clients}
    left_out = tuple(i for i in range(len(problem.clients)) if i not in served)
    return RoutingPlan(
        outcome=Outcome(
            status=Status.FEASIBLE,
            objective=float(cost(problem, routes)),
            bound=None,
            runtime_s=time.perf_counter() - started,
            solver=SOLVER,
        ),
        routes=tuple(routes),
        left_out=left_out,
    )


class _Model:
    """The OR-Tools model; one method per family of constraints."""

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem = problem
        self.fleet = [k for k, kind in enumerate(problem.types) for _ in range(kind.count)]
        self.locations = [c.location for c in problem.clients]
        starts: list[int] = []
        ends: list[int] = []
        place: dict[tuple[str, int], int] = {}
        for k in self.fleet:
            kind = problem.types[k]
            for role, at, into in (("s", kind.start, starts), ("e", kind.end, ends)):
                if (role, at) not in place:
                    place[role, at] = len(self.locations)
                    self.locations.append(at)
                into.append(place[role, at])
        self.manager = pywrapcp.RoutingIndexManager(
            len(self.locations), len(self.fleet), starts, ends
        )
        self.routing = pywrapcp.RoutingModel(self.manager)
        costs = {p: self._matrix(problem.cost[p]) for p in sorted(problem.cost)}
        for v, k in enumerate(self.fleet):
            self.routing.SetArcCostEvaluatorOfVehicle(costs[problem.types[k].profile], v)
            self.routing.SetFixedCostOfVehicle(problem.types[k].fixed_cost, v)

    def _matrix(self, table: Sequence[Sequence[int]], stay: Sequence[int] | None = None) -> int:
        stays = stay or [0] * len(self.locations)
        rows = [
            [min(table[a][b] + s, _FAR) for b in self.locations]
            for a, s in zip(self.locations, stays, strict=True)
        ]
        return int(self.routing.RegisterTransitMatrix(rows))

    def capacity(self) -> None:
        """Constraint 2: every dimension of the load."""
        for d in range(len(self.problem.types[0].capacity)):
            need = [c.demand[d] for c in self.problem.clients]
            need += [0] * (len(self.locations) - len(need))
            self.routing.AddDimensionWithVehicleCapacity(
                self.routing.RegisterUnaryTransitVector(need),
                0,
                [self.problem.types[k].capacity[d] for k in self.fleet],
                _LOAD_FROM_ZERO,
                f"load{d}",
            )

    def windows(self) -> None:
        """Constraints 3 and 5: clocks start when a type can leave, arrivals keep windows."""
        clients, types = self.problem.clients, self.problem.types
        duties = [types[k].duty_s for k in self.fleet]
        if all(c.closes_s >= _FAR and not c.opens_s for c in clients) and min(duties) >= _FAR:
            return
        evaluators = {}
        for profile in sorted(self.problem.duration_s):
            stays = [(c.stay_s or {}).get(profile, 0) for c in clients]
            stays += [0] * (len(self.locations) - len(stays))
            evaluators[profile] = self._matrix(self.problem.duration_s[profile], stays)
        self.routing.AddDimensionWithVehicleTransitAndCapacity(
            [evaluators[types[k].profile] for k in self.fleet],
            _FAR,
            [_FAR * 2] * len(self.fleet),
            _CLOCK_FROM_ZERO,
            "time",
        )
        clock = self.routing.GetDimensionOrDie("time")
        for v, k in enumerate(self.fleet):
            clock.CumulVar(self.routing.Start(v)).SetMin(types[k].start_s)
            if types[k].duty_s < _FAR:
                clock.SetSpanUpperBoundForVehicle(types[k].duty_s, v)
        for i, client in enumerate(clients):
            clock.CumulVar(self.manager.NodeToIndex(i)).SetRange(client.opens_s, client.closes_s)

    def clients(self) -> None:
        """Constraint 1: a client is served once by a type that may, or left out at a price."""
        dearest = max(x for m in self.problem.cost.values() for row in m for x in row if x < _FAR)
        usual = 100 * (dearest + max(t.fixed_cost for t in self.problem.types)) + 1000
        for i, client in enumerate(self.problem.clients):
            index = self.manager.NodeToIndex(i)
            penalty = usual if client.penalty is None else client.penalty
            self.routing.AddDisjunction([index], penalty)
            if client.allowed is not None:
                able = [v for v, k in enumerate(self.fleet) if k in client.allowed]
                self.routing.VehicleVar(index).SetValues([-1, *able])

    def first(self, settings: RoutingSettings) -> tuple[float, str, list[Route]]:
        """Return the cheapest of several first solutions: no single strategy is right always."""
        found = []
        for name in FIRST:
            parameters = pywrapcp.DefaultRoutingSearchParameters()
            parameters.first_solution_strategy = getattr(
                routing_enums_pb2.FirstSolutionStrategy, name
            )
            parameters.solution_limit = 1
            _limit(parameters, settings.seconds)
            answer = self.routing.SolveWithParameters(parameters)
            if answer is not None:
                found.append((float(answer.ObjectiveValue()), name, self._routes(answer)))
        return min(found, key=lambda f: f[0], default=(math.inf, FIRST[0], []))

    def improve(
        self, strategy: str, value: float, settings: RoutingSettings
    ) -> tuple[float, str, list[Route]]:
        """Return what iterated local search makes of it: ruin by SISR, recreate by insertion."""
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = getattr(
            routing_enums_pb2.FirstSolutionStrategy, strategy
        )
        parameters.local_search_metaheuristic = (
            routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
        )
        parameters.solution_limit = settings.solutions
        _limit(parameters, settings.seconds)
        size = len(self.problem.clients)
        mean = max(1.0, (value if math.isfinite(value) else 1.0) / size)
        _ruin_and_recreate(parameters, mean, min(settings.removed, max(2, size // 2)))
        # SolveWithParameters would silently ignore the iterated local search.
        answer = self.routing.SolveWithIteratedLocalSearch(parameters)
        if answer is None:
            return (math.inf, strategy, [])
        return (float(answer.ObjectiveValue()), strategy, self._routes(answer))

    def _routes(self, answer: pywrapcp.Assignment) -> list[Route]:
        routes = []
        for v, k in enumerate(self.fleet):
            at, visits = self.routing.Start(v), []
            while not self.routing.IsEnd(at):
                at = answer.Value(self.routing.NextVar(at))
                node = self.manager.IndexToNode(at)
                if node < len(self.problem.clients):
                    visits.append(node)
            if visits:
                routes.append(Route(type=k, clients=tuple(visits)))
        return routes


def _limit(parameters: routing_parameters_pb2.RoutingSearchParameters, seconds: float) -> None:
    parameters.time_limit.seconds = int(seconds)
    parameters.time_limit.nanos = int(seconds % 1 * 1e9)


def _ruin_and_recreate(
    parameters: routing_parameters_pb2.RoutingSearchParameters, mean: float, removed: int
) -> None:
    parameters.use_iterated_local_search = True
    search = parameters.iterated_local_search_parameters
    search.perturbation_strategy = routing_ils_pb2.PerturbationStrategy.RUIN_AND_RECREATE
    # The default, to improve each perturbed solution, is slower and ends worse.
    search.improve_perturbed_solution = False
    ruin = search.ruin_recreate_parameters
    sisr = ruin.ruin_strategies.add().sisr
    sisr.max_removed_sequence_size = 10
    sisr.avg_num_removed_visits = removed
    sisr.bypass_factor = 0.01
    ruin.ruin_composition_strategy = routing_ils_pb2.RuinCompositionStrategy.RUN_ONE_RANDOMLY
    ruin.recreate_strategy.heuristic = (
        routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    )
    ruin.route_selection_neighbors_ratio = 1.0
    ruin.route_selection_min_neighbors = 10
    ruin.route_selection_max_neighbors = 100
    accept = search.reference_solution_acceptance_strategy.simulated_annealing
    accept.cooling_schedule_strategy = routing_ils_pb2.CoolingScheduleStrategy.EXPONENTIAL
    accept.initial_temperature = 0.3 * mean
    accept.final_temperature = 0.003 * mean
    search.best_solution_acceptance_strategy.greedy_descent.SetInParent()


def cost(problem: RoutingProblem, routes: Sequence[Route]) -> int:
    """Return fixed and arc costs of routes, without penalties."""
    total = 0
    for route in routes:
        kind = problem.types[route.type]
        stops = [problem.clients[i].location for i in route.clients]
        table = problem.cost[kind.profile]
        legs = zip([kind.start, *stops], [*stops, kind.end], strict=True)
        total += kind.fixed_cost + sum(table[a][b] for a, b in legs)
    return total


def check(problem: RoutingProblem, plan: RoutingPlan) -> list[str]:
    """Return every constraint the routes break, found without the solver; empty when sound."""
    faults = []
    seen: dict[int, int] = {}
    for number, route in enumerate(plan.routes):
        kind = problem.types[route.type]
        for i in route.clients:
            seen[i] = seen.get(i, 0) + 1
            allowed = problem.clients[i].allowed
            if allowed is not None and route.type not in allowed:
                faults.append(f"route {number}: type {route.type} may not serve client {i}")
        for d, room in enumerate(kind.capacity):
            load = sum(problem.clients[i].demand[d] for i in route.clients)
            if load > room:
                faults.append(f"route {number}: load {load} of dimension {d} exceeds {room}")
        faults += _late(problem, number, route)
    faults += [f"client {i} is visited {n} times" for i, n in seen.items() if n > 1]
    left = {i for i in range(len(problem.clients)) if i not in seen}
    if left != set(plan.left_out):
        faults.append(f"left out are {sorted(left)}, the plan says {sorted(plan.left_out)}")
    for k, kind in enumerate(problem.types):
        used = sum(route.type == k for route in plan.routes)
        if used > kind.count:
            faults.append(f"{used} routes of type {k}, which has {kind.count}")
    return faults


def _late(problem: RoutingProblem, number: int, route: Route) -> list[str]:
    kind = problem.types[route.type]
    table = problem.duration_s[kind.profile]
    clock, at, faults = kind.start_s, kind.start, []
    for i in route.clients:
        client = problem.clients[i]
        clock = max(clock + table[at][client.location], client.opens_s)
        if clock > client.closes_s:
            faults.append(f"route {number}: client {i} at {clock} s, closes {client.closes_s} s")
        clock += (client.stay_s or {}).get(kind.profile, 0)
        at = client.location
    clock += table[at][kind.end]
    if clock - kind.start_s > kind.duty_s:
        faults.append(f"route {number}: lasts {clock - kind.start_s} s, allowed {kind.duty_s} s")
    return faults
