"""What one incident leaves standing: roads, goods that can go, vehicles; in ids and arrays.

Times are whole seconds from the incident's start, rounded up, so that every plan made of them
keeps to the true road times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf

import numpy as np
from numpy.typing import NDArray

from supplies.catalogue import Item
from supplies.city import Agreement, City, VehicleClass
from supplies.errors import PlanError
from supplies.incident import Closure, Incident
from supplies.plan import DispatchNeed, StockLine
from supplies.planning.dispatch_closures import Link, closed_links
from supplies.planning.sources import USABLE, promised
from supplies.roads import RoadGraph
from supplies.tiers import Tier

ROAD = "road"
SUPPLIER_DOCKS = 2
# Loose goods go in tippers and tippers take nothing else; tankers take no catalogue goods.
TIPPERS = frozenset({"truck-dump"})
TANKERS = frozenset({"truck-water"})
_LOOSE_UNITS = frozenset({"m3", "tonne"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place goods can come from; ``site`` is the stop's name, ``node`` its place on the road.

    ``lots`` are whole units by item in the order they must go: first expiring first.
    """

    id: str
    site: str
    name: str
    node: str
    tier: Tier | None
    area: str
    ready_s: int
    docks: int
    lots: Mapping[str, tuple[tuple[str, int], ...]]

    def units(self, item: str) -> int:
        """Return how many units of an item can go."""
        return sum(q for _, q in self.lots.get(item, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Vehicles of one class at one site."""

    id: str
    vehicle_class: str
    home: str
    node: str
    count: int
    ready_s: int


@dataclass(frozen=True, kw_only=True)
class DispatchFacts:
    """Everything a dispatch may use; matrices are over ``nodes`` by vehicle class."""

    city: City
    incident: Incident
    needs: tuple[DispatchNeed, ...]
    day: date
    roads: RoadGraph
    closed: Mapping[Link, Closure]
    sources: Mapping[str, Source]
    groups: Mapping[str, Group]
    nodes: Mapping[str, int]
    time_s: Mapping[str, NDArray[np.float64]]
    km: Mapping[str, NDArray[np.float64]]
    horizon_s: int

    def seconds(self, vehicle_class: str, a: str, b: str) -> float:
        """Return road seconds between two nodes, infinite where the class finds no road."""
        return float(self.time_s[vehicle_class][self.nodes[a], self.nodes[b]])

    def vehicle(self, vehicle_class: str) -> VehicleClass:
        """Return a vehicle class."""
        return self.city.vehicles[vehicle_class]

    def arrival(self, source: Source, group: Group, node: str, fullness: float = 0.0) -> float:
        """Return the earliest arrival [s] of a group's vehicle with goods from a source."""
        kind = group.vehicle_class
        there = group.ready_s + self.seconds(kind, group.node, source.node)
        load = self.vehicle(kind).load_minutes_full * 60 * fullness
        return max(there, source.ready_s) + load + self.seconds(kind, source.node, node)


def carries(item: Item, vehicle: VehicleClass) -> bool:
    """Whether one unit of an item can go on a vehicle of this class."""
    loose = item.unit_en in _LOOSE_UNITS and item.storage_class == "yard"
    if vehicle.id in TANKERS or loose != (vehicle.id in TIPPERS):
        return False
    fits_kg = item.unit_weight_kg <= vehicle.payload_kg
    return fits_kg and item.unit_volume_m3 <= vehicle.volume_m3


def place_node(city: City, area: str) -> str | None:
    """Return the road node of an area, or of the area around it that has one."""
    at: str | None = area
    while at is not None:
        known = city.areas.get(at)
        if known is None:
            return None
        if known.node is not None:
            return known.node
        at = known.parent
    return None


def facts_of(
    city: City,
    stock: Sequence[StockLine],
    agreements: Sequence[Agreement],
    incident: Incident,
    *,
    needs: Sequence[DispatchNeed],
    day: date,
) -> DispatchFacts:
    """Return what the incident leaves to plan with.

    Raises
    ------
    PlanError
        When the incident or the needs name a place, item, class or site that is unknown.
    """
    _refuse_unknown(city, incident, needs)
    last_s = max([n.deadline_s for n in needs], default=0)
    horizon_s = max(last_s, max(city.parameters.deadlines_h) * 3600)
    closed = closed_links(city, incident)
    roads = city.roads.without(closed)
    # Goods must still be good on the day of the last deadline, whichever calendar is later.
    until = max(day, (incident.start + timedelta(seconds=last_s)).date())
    sources = {
        s.id: s
        for s in [
            *_store_sources(city, stock, incident, until),
            *_supplier_sources(city, agreements, incident, day, horizon_s),
        ]
    }
    groups = _groups(city, incident)
    ends = [s.node for s in sources.values()] + [g.node for g in groups.values()]
    places = [place_node(city, n.area) for n in needs]
    nodes = {n: i for i, n in enumerate(dict.fromkeys([*ends, *(p for p in places if p)]))}
    time_s, km = _matrices(city, roads, nodes, {g.vehicle_class for g in groups.values()})
    return DispatchFacts(
        city=city,
        incident=incident,
        needs=tuple(needs),
        day=day,
        roads=roads,
        closed=closed,
        sources=sources,
        groups=groups,
        nodes=nodes,
        time_s=time_s,
        km=km,
        horizon_s=horizon_s,
    )


def _refuse_unknown(city: City, incident: Incident, needs: Sequence[DispatchNeed]) -> None:
    for need in needs:
        if need.item not in city.items:
            raise PlanError(f"need {need.id}: item {need.item!r} is not in the catalogue")
        if place_node(city, need.area) is None:
            raise PlanError(f"need {need.id}: area {need.area!r} has no place on the road graph")
        if need.quantity < 0:
            raise PlanError(f"need {need.id}: quantity {need.quantity} is below zero")
    if len({n.id for n in needs}) < len(needs):
        raise PlanError("two need lines have the same id; every line needs its own")
    _refuse_unknown_means(city, incident)


def _refuse_unknown_means(city: City, incident: Incident) -> None:
    for extra in incident.vehicles:
        if extra.vehicle_class not in city.vehicles:
            raise PlanError(f"vehicle class {extra.vehicle_class!r} is unknown")
        if extra.site not in city.sites:
            raise PlanError(f"vehicles at {extra.site!r}: there is no such site")
    for site in incident.lost_sites:
        if site not in city.sites:
            raise PlanError(f"outage of {site!r}: there is no such site")


def _store_sources(
    city: City, stock: Sequence[StockLine], incident: Incident, until: date
) -> list[Source]:
    heaps: dict[str, dict[str, list[tuple[date, str, int]]]] = {}
    for line in stock:
        free = int(line.quantity - line.reserved)
        in_date = line.expiry is None or line.expiry >= until
        lost = line.site not in city.sites or line.site in incident.lost_sites
        if free < 1 or lost or line.condition != USABLE or not in_date:
            continue
        items = heaps.setdefault(line.site, {})
        items.setdefault(line.item, []).append((line.expiry or date.max, line.lot, free))
    found = []
    for key in sorted(heaps):
        site = city.sites[key]
        found.append(
            Source(
                id=site.id,
                site=site.id,
                name=site.name_zh,
                node=site.node,
                tier=site.tier,
                area=site.area,
                ready_s=_seconds(city.parameters.ready_minutes.get(site.tier, 0.0)),
                docks=max(1, site.docks),
                lots={
                    item: tuple((lot, q) for _, lot, q in sorted(lots))
                    for item, lots in sorted(heaps[key].items())
                },
            )
        )
    return found


def _supplier_sources(
    city: City,
    agreements: Sequence[Agreement],
    incident: Incident,
    day: date,
    horizon_s: int,
) -> list[Source]:
    """One source for each supplier, owner and notice: its goods share the supplier's docks."""
    heaps: dict[tuple[str, str, float], dict[str, int]] = {}
    names: dict[tuple[str, str, float], Agreement] = {}
    until = max(day, incident.start.date())
    for a in agreements:
        quantity = promised(a)
        known = a.node in city.roads.nodes and a.item in city.items
        if quantity < 1 or a.valid_until < until or not known:
            continue
        if a.notice_hours * 3600 > horizon_s:
            continue
        key = (a.supplier, a.owner, a.notice_hours)
        heaps.setdefault(key, {})
        heaps[key][a.item] = heaps[key].get(a.item, 0) + quantity
        names[key] = a
    return [
        Source(
            id=f"supplier:{key[0]}|{key[1]}|{key[2]:g}h",
            site=f"supplier:{key[0]}",
            name=names[key].supplier_name,
            node=names[key].node,
            tier=None,
            area=key[1],
            ready_s=_seconds(key[2] * 60),
            docks=SUPPLIER_DOCKS,
            lots={i: ((agreement_lot(key[1], key[2]), q),) for i, q in sorted(goods.items())},
        )
        for key, goods in sorted(heaps.items())
    ]


def agreement_lot(owner: str, notice_hours: float) -> str:
    """Return the lot name of goods called off from a supplier."""
    return f"agreement.{owner}.{notice_hours:g}h"


def _groups(city: City, incident: Incident) -> dict[str, Group]:
    counts: dict[tuple[str, str], int] = {}
    entries = [(f.site, f.vehicle_class, f.count) for f in city.fleet]
    entries += [(v.site, v.vehicle_class, v.count) for v in incident.vehicles]
    for site, kind, count in entries:
        # Vehicles that stand at a lost storehouse are taken to be lost with it.
        if site in incident.lost_sites or site not in city.sites:
            continue
        if city.vehicles[kind].mode == ROAD:
            counts[site, kind] = counts.get((site, kind), 0) + count
    return {
        f"{kind}@{site}": Group(
            id=f"{kind}@{site}",
            vehicle_class=kind,
            home=site,
            node=city.sites[site].node,
            count=count,
            ready_s=_seconds(city.vehicles[kind].ready_minutes),
        )
        for (site, kind), count in sorted(counts.items())
        if count > 0
    }


def _matrices(
    city: City, roads: RoadGraph, nodes: Mapping[str, int], classes: set[str]
) -> tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.float64]]]:
    by_speed: dict[tuple[tuple[str, float], ...], tuple[NDArray[np.float64], ...]] = {}
    time_s, km = {}, {}
    for name in sorted(classes):
        speeds = city.vehicles[name].speed_kmh
        key = tuple(sorted(speeds.items()))
        if key not in by_speed:
            travel = roads.travel(speeds, list(nodes), list(nodes))
            # Rounding noise of the search is not a second more.
            by_speed[key] = (np.ceil(travel.time_s - 1e-6), travel.distance_m / 1000)
        time_s[name], km[name] = by_speed[key]
    return time_s, km


def _seconds(minutes: float) -> int:
    seconds = minutes * 60
    return int(seconds) if seconds == int(seconds) else int(seconds) + 1


def nearest_groups(facts: DispatchFacts, node: str, per_class: int) -> list[Group]:
    """Return, of every class, the groups whose homes are nearest to a node."""
    by_class: dict[str, list[tuple[float, str]]] = {}
    for group in facts.groups.values():
        away = facts.seconds(group.vehicle_class, group.node, node)
        if away < inf:
            by_class.setdefault(group.vehicle_class, []).append((away, group.id))
    return [
        facts.groups[name]
        for kind in sorted(by_class)
        for _, name in sorted(by_class[kind])[:per_class]
    ]
