"""From quantities to loads: full truckloads as shuttles, the rest on routes of several stops."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil, inf

from models import allocation, packing, routing, trips
from supplies.planning.dispatch_facts import DispatchFacts, Group, Source, nearest_groups
from supplies.planning.dispatch_flow import Flows, kind_of

_GROUPS_PER_CLASS = 1
_ROUTES = 60
# Goods for one place that are due at different times go together up to this part of a vehicle.
_TOGETHER = 0.7
# A vehicle on a route is taken to load itself full first; what cannot wait for that goes alone.
_LOADING = 1.0
_FAR = 2**40


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Goods from one source for one area that go together; ``size`` is its vehicle's kg and m3."""

    source: str
    area: str
    node: str
    due_s: int
    priority: int
    kinds: frozenset[str]
    size: tuple[float, float]
    cargo: tuple[packing.Cargo, ...]

    def visit(self, facts: DispatchFacts) -> trips.Visit:
        """Return the order as a stop of a trip."""
        return trips.Visit(
            place=facts.nodes[self.node],
            due_s=self.due_s,
            priority=self.priority,
            goods=tuple(
                trips.Goods(line=c.line, units=c.units, kg=c.kg, m3=c.m3) for c in self.cargo
            ),
        )


def jobs_of(
    facts: DispatchFacts,
    flows: Flows,
    plan: allocation.AllocationPlan,
    *,
    until: float,
    tell: Callable[[float], None],
) -> list[trips.Job]:
    """Return every load as a job: shuttles first, then routes, source by source.

    Parameters
    ----------
    until
        Clock (``time.perf_counter``) after which routes are no longer improved.
    tell
        Called with the fraction done.
    """
    shuttles, rest = _split(facts, flows, plan)
    jobs = [_job(facts, [order]) for order in shuttles]
    sources = sorted(rest, key=lambda s: (len(rest[s]), s))
    for number, source in enumerate(sources):
        tell(number / len(sources))
        share = (until - time.perf_counter()) / (len(sources) - number)
        # The clock is only a cap: big sources come last and inherit what small ones leave.
        jobs += _routes(facts, facts.sources[source], rest[source], seconds=max(0.5, share))
    return jobs


def _job(facts: DispatchFacts, orders: Sequence[Order]) -> trips.Job:
    return trips.Job(
        source=orders[0].source,
        visits=tuple(o.visit(facts) for o in orders),
        kinds=frozenset.intersection(*(o.kinds for o in orders)),
    )


def _split(
    facts: DispatchFacts, flows: Flows, plan: allocation.AllocationPlan
) -> tuple[list[Order], dict[str, list[Order]]]:
    """Return full truckloads and, by source, the orders that are less than one."""
    heaps: dict[tuple[str, str, int, frozenset[str]], list[packing.Cargo]] = defaultdict(list)
    kinds = {n.item: frozenset[str]() for n in flows.needs}
    kinds = {item: kind_of(facts, item) for item in kinds}
    for option, units in zip(flows.problem.options, plan.units, strict=True):
        if units:
            need, line = flows.needs[option.line], flows.problem.lines[option.line]
            key = (option.source, need.area, option.period, kinds[need.item])
            heaps[key].append(packing.Cargo(line=option.line, units=units, kg=line.kg, m3=line.m3))
    chosen = _classes(flows, plan)
    full: list[Order] = []
    rest: dict[str, list[Order]] = defaultdict(list)
    for key in sorted(heaps, key=lambda k: (k[0], k[1], k[2], sorted(k[3]))):
        source, area, period, able = key
        node = flows.problem.lines[heaps[key][0].line].place
        end = (source, node, period)
        name = _class(facts, flows, end, chosen.get(end, {}), able)
        vehicle = facts.vehicle(name)
        loads, left = packing.truckloads(heaps[key], vehicle.payload_kg, vehicle.volume_m3)
        make = partial(_order, flows, (source, area), able, (vehicle.payload_kg, vehicle.volume_m3))
        full += [make(load) for load in loads]
        if left:
            rest[source].append(make(left))
    return full, rest


def _order(
    flows: Flows,
    ends: tuple[str, str],
    kinds: frozenset[str],
    size: tuple[float, float],
    cargo: Iterable[packing.Cargo],
) -> Order:
    goods = tuple(cargo)
    needs = [flows.needs[c.line] for c in goods]
    return Order(
        source=ends[0],
        area=ends[1],
        size=size,
        node=flows.problem.lines[goods[0].line].place,
        due_s=min(n.deadline_s for n in needs),
        priority=min(n.priority for n in needs),
        kinds=kinds,
        cargo=goods,
    )


def _classes(
    flows: Flows, plan: allocation.AllocationPlan
) -> dict[tuple[str, str, int], dict[str, float]]:
    """Return tonnes by vehicle class as the allocation would carry them."""
    chosen: dict[tuple[str, str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (index, period), loads in sorted(plan.truckloads.items()):
        group, source, node = flows.carriers[index]
        payload = flows.problem.carriers[index].payload_kg
        chosen[source.id, node, period][group.vehicle_class] += loads * payload
    return chosen


def _class(
    facts: DispatchFacts,
    flows: Flows,
    key: tuple[str, str, int],
    chosen: Mapping[str, float],
    able: frozenset[str],
) -> str:
    """Return the class the allocation chose, else the cheapest by mass that is there in time."""
    planned = {c: t for c, t in chosen.items() if c in able}
    if planned:
        return max(sorted(planned), key=lambda c: planned[c])
    source, node, period = key
    offers = [
        (c.first > period, c.cost / c.payload_kg, c.vehicle_class)
        for c in flows.offers.get((source, node), ())
        if c.vehicle_class in able
    ]
    return (
        min(offers)[2] if offers else max(sorted(able), key=lambda c: facts.vehicle(c).payload_kg)
    )


# --- routes ----------------------------------------------------------------------------------


def _routes(
    facts: DispatchFacts, source: Source, orders: Sequence[Order], *, seconds: float
) -> list[trips.Job]:
    groups = nearest_groups(facts, source.node, _GROUPS_PER_CLASS)
    together: list[Order] = []
    alone: list[Order] = []
    for order in _merged(facts, source, groups, orders):
        (together if _can_wait(facts, source, groups, order) else alone).append(order)
    jobs = [_job(facts, [order]) for order in alone]
    if not together or not groups:
        return jobs + [_job(facts, [order]) for order in together]
    problem = _problem(facts, source, groups, together)
    settings = routing.RoutingSettings(
        solutions=min(400, 40 + 6 * len(together)),
        seconds=seconds,
        removed=10,
    )
    plan = routing.solve(problem, settings)
    faults = routing.check(problem, plan)
    routes = [] if faults else [r.clients for r in plan.routes]
    served = {i for clients in routes for i in clients}
    routes += [(i,) for i in range(len(together)) if i not in served]
    return jobs + [_job(facts, [together[i] for i in clients]) for clients in routes]


def _merged(
    facts: DispatchFacts, source: Source, groups: Sequence[Group], orders: Sequence[Order]
) -> list[Order]:
    """Put goods of one place together when the first of them can wait for the rest to load."""
    result: list[Order] = []
    for order in sorted(orders, key=lambda o: (o.area, sorted(o.kinds), o.due_s)):
        last = result[-1] if result else None
        if last is not None and (last.area, last.kinds) == (order.area, order.kinds):
            both = replace(
                last,
                priority=min(last.priority, order.priority),
                cargo=last.cargo + order.cargo,
            )
            kg, m3 = (_TOGETHER * limit for limit in both.size)
            if packing.fits(both.cargo, kg, m3) and _can_wait(facts, source, groups, both):
                result[-1] = both
                continue
        result.append(order)
    return result


def _can_wait(facts: DispatchFacts, source: Source, groups: Sequence[Group], order: Order) -> bool:
    """Whether an order would be in time on a vehicle that first loads for others as well."""
    kg, m3 = packing.mass_kg(order.cargo), packing.room_m3(order.cargo)
    times = []
    for group in groups:
        vehicle = facts.vehicle(group.vehicle_class)
        share = max(kg / vehicle.payload_kg, m3 / vehicle.volume_m3)
        if _may(group, order) and share <= 1:
            full = max(_LOADING, share)
            times.append(facts.arrival(source, group, order.node, full))
    return min(times, default=inf) <= order.due_s


def _may(group: Group, order: Order) -> bool:
    return group.vehicle_class in order.kinds


def _problem(
    facts: DispatchFacts, source: Source, groups: Sequence[Group], orders: Sequence[Order]
) -> routing.RoutingProblem:
    names = dict.fromkeys([source.node, *(g.node for g in groups), *(o.node for o in orders)])
    at = {node: i for i, node in enumerate(names)}
    classes = sorted({g.vehicle_class for g in groups})
    total_kg = sum(packing.mass_kg(o.cargo) for o in orders)
    total_m3 = sum(packing.room_m3(o.cargo) for o in orders)
    clients = tuple(
        routing.Client(
            location=at[o.node],
            demand=_size(packing.mass_kg(o.cargo), packing.room_m3(o.cargo)),
            closes_s=o.due_s,
            stay_s={c: _stay(facts, c, o) for c in classes},
            allowed=frozenset(i for i, g in enumerate(groups) if _may(g, o)),
        )
        for o in orders
    )
    types = tuple(_type(facts, source, g, at, (total_kg, total_m3)) for g in groups)
    return routing.RoutingProblem(
        cost={c: _table(facts, c, list(names), money=True) for c in classes},
        duration_s={c: _table(facts, c, list(names), money=False) for c in classes},
        clients=clients,
        types=types,
    )


def _size(kg: float, m3: float) -> tuple[int, int]:
    """Grams and millilitres: whole numbers that lose nothing."""
    return ceil(kg * 1000 - 1e-6), ceil(m3 * 1_000_000 - 1e-6)


def _stay(facts: DispatchFacts, vehicle_class: str, order: Order) -> int:
    vehicle = facts.vehicle(vehicle_class)
    full = max(
        packing.mass_kg(order.cargo) / vehicle.payload_kg,
        packing.room_m3(order.cargo) / vehicle.volume_m3,
    )
    return ceil(vehicle.unload_minutes_full * 60 * full)


def _type(
    facts: DispatchFacts,
    source: Source,
    group: Group,
    at: Mapping[str, int],
    total: tuple[float, float],
) -> routing.VehicleType:
    vehicle = facts.vehicle(group.vehicle_class)
    loads = max(total[0] / vehicle.payload_kg, total[1] / vehicle.volume_m3)
    # Leave the home, load, and half of the time spent loading and unloading a full vehicle.
    leg_s = facts.seconds(vehicle.id, group.node, source.node)
    leg_km = float(facts.km[vehicle.id][facts.nodes[group.node], facts.nodes[source.node]])
    handling_h = (vehicle.load_minutes_full + vehicle.unload_minutes_full) / 120
    fixed = (
        vehicle.fixed_cost_per_trip_cny
        + leg_km * vehicle.cost_per_km_cny
        + (leg_s / 3600 + handling_h) * vehicle.hour_cost_cny
    )
    load_s = vehicle.load_minutes_full * 60 * min(_LOADING, loads)
    return routing.VehicleType(
        profile=vehicle.id,
        start=at[source.node],
        end=at[group.node],
        # Other homes may lend vehicles, and one may come back: the schedule sorts that out.
        count=min(_ROUTES, ceil(1.3 * loads) + 2),
        capacity=(int(vehicle.payload_kg * 1000), int(vehicle.volume_m3 * 1_000_000)),
        fixed_cost=round(fixed * 100),
        start_s=ceil(max(group.ready_s + leg_s, source.ready_s) + load_s),
    )


def _table(
    facts: DispatchFacts, vehicle_class: str, names: Sequence[str], *, money: bool
) -> list[list[int]]:
    vehicle = facts.vehicle(vehicle_class)
    index = [facts.nodes[n] for n in names]
    seconds = facts.time_s[vehicle_class]
    km = facts.km[vehicle_class]

    def value(a: int, b: int) -> int:
        if seconds[a, b] == inf:
            return _FAR
        if not money:
            return int(seconds[a, b])
        cny = km[a, b] * vehicle.cost_per_km_cny + seconds[a, b] / 3600 * vehicle.hour_cost_cny
        return round(float(cny) * 100)

    return [[value(a, b) for b in index] for a in index]
