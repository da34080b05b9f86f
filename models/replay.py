"""Replay: an independent look at a dispatch plan, trip by trip, without any solver.

It knows nothing of how a plan was made: it finds its own road times (Dijkstra on a heap), plays
every vehicle's day and every site's stock and docks, and names what does not hold:
    1 stock      no site gives more of a lot than it has, nor sooner than the goods are there
    2 load       mass and room aboard within the vehicle's; goods it may not carry stay behind
    3 balance    nothing is handed over that is not aboard; nothing is left aboard at the end
    4 roads      between stops at least the road time of the vehicle's class, closures counted
    5 handling   loading and unloading last at least their share of a full vehicle's
    6 docks      no more vehicles at a site than docks
    7 vehicles   no more than the fleet, each ready and in one place at a time, home in between
    8 need       right goods at the right place, never more than asked
    9 books      delivered + unmet = need; the late list is exact; distances and costs are true
"""

import heapq
import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Goods of one lot taken aboard, or handed over for a ``need`` line."""

    item: str
    lot: str
    quantity: int
    need: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A halt at a site (loading) or in an area (unloading); times in s from start."""

    site: str | None
    area: str | None
    node: str
    arrive_s: int
    leave_s: int
    load: tuple[Goods, ...]
    unload: tuple[Goods, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One vehicle's work, from its home and back."""

    id: str
    vehicle: str
    vehicle_class: str
    home: str
    stops: tuple[Stop, ...]
    distance_km: float
    cost_cny: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFact:
    """A place to load: node, docks, when it is ready [s]."""

    node: str
    docks: int
    ready_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFact:
    """A vehicle class; ``links`` are its open roads (a, b, seconds, km), both ways."""

    payload_kg: float
    volume_m3: float
    load_s: float
    unload_s: float
    ready_s: float
    fixed_cny: float
    km_cny: float
    hour_cny: float
    carries: frozenset[str]
    links: tuple[tuple[str, str, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFact:
    """What was asked: where, what, how much, by when [s]."""

    area: str
    item: str
    quantity: int
    deadline_s: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is true: ``stock`` by (site, item, lot), ``release_s`` where later than the site.

    ``fleet`` counts vehicles by (home, class); ``kg`` and ``m3`` are per unit of an item;
    ``nodes`` are the road nodes of areas.
    """

    sites: Mapping[str, SiteFact]
    classes: Mapping[str, ClassFact]
    fleet: Mapping[tuple[str, str], int]
    stock: Mapping[tuple[str, str, str], int]
    release_s: Mapping[tuple[str, str, str], float]
    needs: Mapping[str, NeedFact]
    kg: Mapping[str, float]
    m3: Mapping[str, float]
    nodes: Mapping[str, str | None]
    roads: dict[tuple[str, str], dict[str, tuple[float, float]]] = field(default_factory=dict)

    def road(self, vehicle_class: str, a: str, b: str) -> tuple[float, float]:
        """Return (seconds, km) of the fastest open road; infinite where there is none."""
        key = (vehicle_class, a)
        if key not in self.roads:
            self.roads[key] = _dijkstra(self.classes[vehicle_class].links, a)
        return self.roads[key].get(b, (inf, inf))


def _dijkstra(
    links: Sequence[tuple[str, str, float, float]], origin: str
) -> dict[str, tuple[float, float]]:
    ways: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    for a, b, seconds, km in links:
        ways[a].append((b, seconds, km))
        ways[b].append((a, seconds, km))
    done: dict[str, tuple[float, float]] = {}
    heap = [(0.0, 0.0, origin)]
    while heap:
        seconds, km, at = heapq.heappop(heap)
        if at in done:
            continue
        done[at] = (seconds, km)
        for other, more, further in ways[at]:
            if other not in done:
                heapq.heappush(heap, (seconds + more, km + further, other))
    return done


def check(
    facts: Facts,
    trips: Sequence[Trip],
    unmet: Mapping[str, int],
    late: Mapping[tuple[str, int], int],
) -> list[str]:
    """Return what does not hold, in plain words; empty when the plan is sound.

    Parameters
    ----------
    facts
        What is true.
    trips
        The plan's trips.
    unmet
        Units by need line that the plan says nobody brings.
    late
        Units by (need line, seconds of delay) that the plan says come late.
    """
    faults: list[str] = []
    known = [t for t in trips if _known(facts, t, faults)]
    for trip in known:
        faults += _aboard(facts, trip) + _clock(facts, trip) + _price(facts, trip)
    faults += _stock(facts, known) + _docks(facts, known) + _vehicles(facts, known)
    return faults + _needs(facts, known) + _books(facts, known, unmet, late)


def _known(facts: Facts, trip: Trip, faults: list[str]) -> bool:
    before = len(faults)
    if trip.vehicle_class not in facts.classes:
        faults.append(f"{trip.id}: unknown vehicle class {trip.vehicle_class}")
    if trip.home not in facts.sites:
        faults.append(f"{trip.id}: home {trip.home} is unknown or lost")
    if not trip.stops:
        faults.append(f"{trip.id}: no stops")
    for stop in trip.stops:
        faults += [f"{trip.id}: {fault}" for fault in _place(facts, stop)]
        faults += [
            f"{trip.id}: {goods.quantity} of {goods.item} is no load"
            for goods in (*stop.load, *stop.unload)
            if goods.item not in facts.kg or goods.quantity <= 0
        ]
    return len(faults) == before


def _place(facts: Facts, stop: Stop) -> list[str]:
    if (stop.site is None) == (stop.area is None):
        return ["a stop is at a site or in an area, not both, not neither"]
    if stop.site is not None and stop.site not in facts.sites:
        return [f"site {stop.site} is unknown or lost"]
    true = facts.sites[stop.site].node if stop.site else facts.nodes.get(stop.area or "")
    if true != stop.node:
        return [f"stop at {stop.node}, the place is at {true}"]
    if (stop.area is None and stop.unload) or (stop.site is None and stop.load):
        return ["loads in an area or unloads at a site"]
    return []


def _size(facts: Facts, goods: Sequence[Goods]) -> tuple[float, float]:
    return (
        sum(g.quantity * facts.kg[g.item] for g in goods),
        sum(g.quantity * facts.m3[g.item] for g in goods),
    )


def _handling(facts: Facts, trip: Trip, stop: Stop) -> float:
    kind = facts.classes[trip.vehicle_class]
    total = 0.0
    for goods, full in ((stop.load, kind.load_s), (stop.unload, kind.unload_s)):
        kg, m3 = _size(facts, goods)
        total += full * max(kg / kind.payload_kg, m3 / kind.volume_m3)
    return total


def _aboard(facts: Facts, trip: Trip) -> list[str]:
    kind, faults = facts.classes[trip.vehicle_class], []
    aboard: dict[tuple[str, str], int] = defaultdict(int)
    kg = m3 = 0.0
    for stop in trip.stops:
        for taken in stop.load:
            aboard[taken.item, taken.lot] += taken.quantity
            if taken.item not in kind.carries:
                faults.append(f"{trip.id}: {trip.vehicle_class} cannot carry {taken.item}")
        for given in stop.unload:
            aboard[given.item, given.lot] -= given.quantity
            if aboard[given.item, given.lot] < 0:
                faults.append(f"{trip.id}: hands over {given.item} that is not aboard")
        more, less = _size(facts, stop.load), _size(facts, stop.unload)
        kg, m3 = kg + more[0] - less[0], m3 + more[1] - less[1]
        if kg > kind.payload_kg + 1e-6:
            faults.append(f"{trip.id}: {kg:.1f} kg aboard, payload {kind.payload_kg:.1f} kg")
        if m3 > kind.volume_m3 + 1e-6:
            faults.append(f"{trip.id}: {m3:.3f} m3 aboard, room {kind.volume_m3:.3f} m3")
    if any(quantity > 0 for quantity in aboard.values()):
        faults.append(f"{trip.id}: goods are left aboard at the end")
    return faults


def _clock(facts: Facts, trip: Trip) -> list[str]:
    faults = []
    for stop in trip.stops:
        work = _handling(facts, trip, stop)
        if stop.leave_s - stop.arrive_s < work - 1e-6:
            faults.append(f"{trip.id}: {stop.node} is left before handling ({work:.0f} s) is done")
        begin = stop.leave_s - work
        if stop.site and begin < facts.sites[stop.site].ready_s - 1e-6:
            faults.append(f"{trip.id}: loads at {stop.site} before it is ready")
        for taken in stop.load:
            release = facts.release_s.get((stop.site or "", taken.item, taken.lot), -inf)
            if begin < release - 1e-6:
                faults.append(f"{trip.id}: {taken.item} is not at {stop.site} so early")
    for a, b in itertools.pairwise(trip.stops):
        seconds, _ = facts.road(trip.vehicle_class, a.node, b.node)
        if b.arrive_s - a.leave_s < seconds - 1e-6:
            faults.append(
                f"{trip.id}: {a.node} to {b.node} in {b.arrive_s - a.leave_s} s,"
                f" the road takes {seconds:.0f} s"
            )
    return faults


def _price(facts: Facts, trip: Trip) -> list[str]:
    kind, home = facts.classes[trip.vehicle_class], facts.sites[trip.home].node
    nodes = [home, *(s.node for s in trip.stops), home]
    legs = [facts.road(trip.vehicle_class, a, b) for a, b in itertools.pairwise(nodes)]
    km, drive = sum(leg[1] for leg in legs), sum(leg[0] for leg in legs)
    faults = []
    # Two roads may be equally fast and not equally long.
    if abs(km - trip.distance_km) > 0.1 + 0.02 * km:
        faults.append(f"{trip.id}: {trip.distance_km:.1f} km, the roads are {km:.1f} km")
    work = sum(_handling(facts, trip, stop) for stop in trip.stops)
    cost = kind.fixed_cny + trip.distance_km * kind.km_cny + (drive + work) / 3600 * kind.hour_cny
    if abs(cost - trip.cost_cny) > 1 + 0.005 * cost:
        faults.append(f"{trip.id}: cost {trip.cost_cny:.0f}, recomputed {cost:.0f}")
    return faults


def _stock(facts: Facts, trips: Sequence[Trip]) -> list[str]:
    drawn: dict[tuple[str, str, str], int] = defaultdict(int)
    for trip in trips:
        for stop in trip.stops:
            for taken in stop.load:
                drawn[stop.site or "", taken.item, taken.lot] += taken.quantity
    return [
        f"{site} gives {quantity} of {item} lot {lot}, usable are {facts.stock.get(key, 0)}"
        for key, quantity in sorted(drawn.items())
        for site, item, lot in [key]
        if quantity > facts.stock.get(key, 0)
    ]


def _docks(facts: Facts, trips: Sequence[Trip]) -> list[str]:
    events: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for trip in trips:
        for stop in trip.stops:
            if stop.site and stop.leave_s > stop.arrive_s:
                # A vehicle that leaves frees its dock before the next arrives.
                events[stop.site] += [(stop.arrive_s, 1), (stop.leave_s, -1)]
    faults = []
    for site, marks in sorted(events.items()):
        inside = worst = 0
        for _, step in sorted(marks):
            inside += step
            worst = max(worst, inside)
        if worst > facts.sites[site].docks:
            faults.append(f"{site}: {worst} vehicles load at once, docks {facts.sites[site].docks}")
    return faults


def _vehicles(facts: Facts, trips: Sequence[Trip]) -> list[str]:
    by_vehicle: dict[str, list[Trip]] = defaultdict(list)
    for trip in trips:
        by_vehicle[trip.vehicle].append(trip)
    used: dict[tuple[str, str], int] = defaultdict(int)
    faults = []
    for vehicle, own in sorted(by_vehicle.items()):
        kinds = {(t.home, t.vehicle_class) for t in own}
        if len(kinds) > 1:
            faults.append(f"{vehicle} is of two classes or homes")
        used[own[0].home, own[0].vehicle_class] += 1
        free = facts.classes[own[0].vehicle_class].ready_s
        home = facts.sites[own[0].home].node
        for trip in sorted(own, key=lambda t: t.stops[0].arrive_s):
            out, _ = facts.road(trip.vehicle_class, home, trip.stops[0].node)
            if trip.stops[0].arrive_s < free + out - 1e-6:
                faults.append(f"{vehicle} cannot be at its stop of {trip.id} in time: still away")
            back, _ = facts.road(trip.vehicle_class, trip.stops[-1].node, home)
            free = trip.stops[-1].leave_s + back
            if free == inf:
                faults.append(f"{vehicle} cannot come home after {trip.id}")
    for key, count in sorted(used.items()):
        if count > facts.fleet.get(key, 0):
            faults.append(
                f"{count} {key[1]} of {key[0]} are used, there are {facts.fleet.get(key, 0)}"
            )
    return faults


def _needs(facts: Facts, trips: Sequence[Trip]) -> list[str]:
    faults = []
    for trip in trips:
        for stop in trip.stops:
            for given in stop.unload:
                need = facts.needs.get(given.need)
                if need is None:
                    faults.append(f"{trip.id}: need {given.need} is unknown")
                elif (need.area, need.item) != (stop.area, given.item):
                    faults.append(f"{trip.id}: need {given.need} is not for this place and item")
    return faults


def _books(
    facts: Facts,
    trips: Sequence[Trip],
    unmet: Mapping[str, int],
    late: Mapping[tuple[str, int], int],
) -> list[str]:
    given: dict[str, int] = defaultdict(int)
    delays: dict[tuple[str, int], int] = defaultdict(int)
    for trip in trips:
        for stop in trip.stops:
            for goods in stop.unload:
                given[goods.need] += goods.quantity
                need = facts.needs.get(goods.need)
                if need is not None and stop.arrive_s > need.deadline_s:
                    delays[goods.need, stop.arrive_s - need.deadline_s] += goods.quantity
    faults = []
    for name, need in facts.needs.items():
        if given[name] > need.quantity:
            faults.append(f"need {name}: {given[name]} brought, {need.quantity} asked")
        elif given[name] + unmet.get(name, 0) != need.quantity:
            faults.append(
                f"need {name}: {given[name]} brought and {unmet.get(name, 0)} unmet"
                f" are not {need.quantity}"
            )
    if dict(delays) != dict(late):
        wrong = sorted(set(delays.items()) ^ set(late.items()))[:3]
        faults.append(f"the late list is not exact: {wrong}")
    return faults
