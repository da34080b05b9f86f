"""Why part of a need line is not served, and the cheapest single change that would serve it.

Worked out from the facts and the finished trips, not from the solver: road, goods, time and
vehicles are looked at one after the other, and the first that fails is the reason. Texts are
``Chinese | English``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

from supplies.city import VehicleClass
from supplies.plan import DispatchNeed, Trip, Unserved
from supplies.planning.dispatch_closures import name_of
from supplies.planning.dispatch_facts import (
    ROAD,
    DispatchFacts,
    Group,
    Source,
    carries,
    place_node,
)
from supplies.planning.dispatch_flow import kind_of, ranked_sources
from supplies.tiers import Site, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A single change, its cost in CNY (0 for a decision) and what it is."""

    cost_cny: float
    text: str


def unserved_of(
    facts: DispatchFacts,
    plan_trips: Sequence[Trip],
    missing: Mapping[str, int],
) -> tuple[Unserved, ...]:
    """Return every line that is not fully brought, with reason and cheapest change."""
    left = _left(facts, plan_trips)
    result = []
    for need in facts.needs:
        quantity = missing.get(need.id, 0)
        if quantity > 0:
            reason, changes = _explain(facts, need, quantity, left)
            best = min(changes, key=lambda c: c.cost_cny, default=None)
            result.append(
                Unserved(
                    need=need.id,
                    item=need.item,
                    quantity=quantity,
                    reason=reason,
                    cheapest_change=best.text if best else "无单项措施可解决 | no single change",
                )
            )
    return tuple(result)


def _left(facts: DispatchFacts, plan_trips: Sequence[Trip]) -> dict[tuple[str, str], int]:
    """Return what stays at each source, by item."""
    left = {(s.id, item): s.units(item) for s in facts.sources.values() for item in s.lots}
    by_lot = {
        (s.site, item, lot): s.id
        for s in facts.sources.values()
        for item, lots in s.lots.items()
        for lot, _ in lots
    }
    for trip in plan_trips:
        for stop in trip.stops:
            for goods in stop.load:
                left[by_lot[stop.site or "", goods.item, goods.lot], goods.item] -= goods.quantity
    return left


def _explain(
    facts: DispatchFacts, need: DispatchNeed, quantity: int, left: Mapping[tuple[str, str], int]
) -> tuple[str, list[Change]]:
    kinds = kind_of(facts, need.item)
    if not kinds:
        return _no_vehicle(facts, need)
    node = place_node(facts.city, need.area) or ""
    sites = _open_sites(facts)
    if all(_quickest(facts, s.node, node, kinds) == inf for s in sites):
        return _no_road(facts, need, kinds, node)
    allowed = [facts.sources[s] for _, s in ranked_sources(facts, need.area)]
    holding = [s for s in allowed if s.units(need.item)]
    joined = [s for s in holding if _quickest(facts, s.node, node, kinds) < inf]
    free = [s for s in joined if left[s.id, need.item] > 0]
    if holding and not joined:
        return _no_road(facts, need, kinds, node)
    if sum(left[s.id, need.item] for s in free) < 1:
        return _no_stock(facts, need, quantity, left, joined)
    timely = [s for s in free if _first(facts, s, node, kinds) <= facts.horizon_s]
    if not timely:
        return _too_far(facts, need, free, node, kinds)
    return _no_hours(facts, need, quantity, timely, node)


def _open_sites(facts: DispatchFacts) -> list[Site]:
    lost = set(facts.incident.lost_sites)
    known = [s for s in facts.city.sites.values() if s.node in facts.nodes]
    return [s for s in known if s.id not in lost]


def _quickest(facts: DispatchFacts, a: str, b: str, kinds: frozenset[str]) -> float:
    return min((facts.seconds(c, a, b) for c in kinds), default=inf)


def _first(facts: DispatchFacts, source: Source, node: str, kinds: frozenset[str]) -> float:
    able = [g for g in facts.groups.values() if g.vehicle_class in kinds]
    return min((facts.arrival(source, g, node) for g in able), default=inf)


def _cheapest_class(facts: DispatchFacts, item: str) -> VehicleClass | None:
    goods = facts.city.items[item]
    able = [v for v in facts.city.vehicles.values() if v.mode == ROAD and carries(goods, v)]
    return min(able, key=lambda v: (v.fixed_cost_per_trip_cny, v.id), default=None)


# --- one function for each reason ------------------------------------------------------------


def _no_vehicle(facts: DispatchFacts, need: DispatchNeed) -> tuple[str, list[Change]]:
    item = facts.city.items[need.item]
    size = f"{item.unit_weight_kg:g} kg, {item.unit_volume_m3:g} m3"
    reason = (
        f"车队中没有能装{item.name_zh}的车(每{item.unit_zh} {size})"
        f" | no vehicle in the fleet can take {item.name_en} ({size} each)"
    )
    vehicle = _cheapest_class(facts, need.item)
    if vehicle is None:
        return reason, []
    site = _store_near(facts, need)
    return reason, [_one_more(facts, vehicle, site, 1)] if site else []


def _one_more(facts: DispatchFacts, vehicle: VehicleClass, site: Site, count: int) -> Change:
    hours = facts.horizon_s / 3600
    each = vehicle.fixed_cost_per_trip_cny + hours * vehicle.hour_cost_cny
    return Change(
        cost_cny=count * each,
        text=f"在{site.name_zh}增加{count}辆{vehicle.name_zh}"
        f" | {count} more {vehicle.name_en} at {site.name_en}",
    )


def _no_road(
    facts: DispatchFacts, need: DispatchNeed, kinds: frozenset[str], node: str
) -> tuple[str, list[Change]]:
    area = facts.city.areas[need.area]
    names = "、".join(dict.fromkeys(name_of(facts.city, c) for c in facts.incident.closures))
    reason = (
        f"道路不通: 封闭{names or '路段'}后, 没有车辆能从有货库点到{area.name_zh}"
        f" | no road to {area.name_en} from any store with the goods ({names or 'roads'} closed)"
    )
    changes = []
    for closure in dict.fromkeys(facts.closed.values()):
        still = [link for link, by in facts.closed.items() if by != closure]
        roads = facts.city.roads.without(still)
        allowed = [facts.sources[s] for _, s in ranked_sources(facts, need.area)]
        holding = [s for s in allowed if s.units(need.item)] or allowed
        for kind in sorted(kinds):
            speeds = facts.vehicle(kind).speed_kmh
            travel = roads.travel(speeds, [node], [s.node for s in holding])
            if travel.time_s.size and travel.time_s.min() < inf:
                name = name_of(facts.city, closure)
                text = f"打通{name} | open {name}"
                # A decision that costs nothing here; the quicker opening is named first.
                changes.append(Change(cost_cny=float(travel.time_s.min()) / 1e6, text=text))
    return reason, changes


def _no_stock(
    facts: DispatchFacts,
    need: DispatchNeed,
    quantity: int,
    left: Mapping[tuple[str, str], int],
    joined: Sequence[Source],
) -> tuple[str, list[Change]]:
    item = facts.city.items[need.item]
    held = sum(s.units(need.item) for s in joined)
    reason = (
        f"库存不足: 可调用的{len(joined)}处库点共有{held}{item.unit_zh}, 已全部派出"
        f" | no stock left: {len(joined)} sources may serve this and hold {held}, all sent out"
        if held
        else f"没有库存: 可调用的库点都没有可用的{item.name_zh}"
        f" | no stock: no source that may serve this holds usable {item.name_en}"
    )
    changes = []
    site = _store_near(facts, need)
    if site is not None:
        changes.append(
            Change(
                cost_cny=quantity * float(item.unit_price_cny),
                text=f"{site.name_zh}增储{quantity}{item.unit_zh}{item.name_zh}"
                f" | {quantity} more {item.name_en} at {site.name_en}",
            )
        )
    changes += _borrow(facts, need, quantity, left)
    return reason, changes


def _borrow(
    facts: DispatchFacts, need: DispatchNeed, quantity: int, left: Mapping[tuple[str, str], int]
) -> list[Change]:
    """Return the stores that keep enough, though the policy does not name them for this place."""
    item, node = facts.city.items[need.item], place_node(facts.city, need.area) or ""
    kinds, allowed = kind_of(facts, need.item), {s for _, s in ranked_sources(facts, need.area)}
    changes = []
    for source in facts.sources.values():
        spare = left.get((source.id, need.item), 0)
        if source.id in allowed or spare < quantity:
            continue
        if _first(facts, source, node, kinds) > need.deadline_s:
            continue
        km = min(float(facts.km[c][facts.nodes[source.node], facts.nodes[node]]) for c in kinds)
        vehicle = _cheapest_class(facts, need.item)
        price = vehicle.cost_per_km_cny * 2 * km if vehicle else 0.0
        changes.append(
            Change(
                cost_cny=price,
                text=f"从{source.name}跨区调剂{quantity}{item.unit_zh}(现余{spare})"
                f" | borrow {quantity} from {source.id} ({spare} left there)",
            )
        )
    return changes


def _store_near(facts: DispatchFacts, need: DispatchNeed) -> Site | None:
    """Return the store in use from which the place is reached first, own county before others."""
    node = place_node(facts.city, need.area) or ""
    kinds = kind_of(facts, need.item) or frozenset(facts.time_s)
    county = facts.city.ancestor(need.area, Tier.COUNTY)
    sites = [s for s in _open_sites(facts) if s.status != "candidate"]
    allowed = [s for s in sites if s.tier in (Tier.CITY, Tier.COUNTY)]
    ready = facts.city.parameters.ready_minutes

    def rank(site: Site) -> tuple[bool, bool, float, str]:
        arrives = ready.get(site.tier, 0) * 60 + _quickest(facts, site.node, node, kinds)
        foreign = facts.city.ancestor(site.area, Tier.COUNTY) not in (county, None)
        return foreign, arrives > need.deadline_s, arrives, site.id

    best = min(allowed, key=rank, default=None)
    reached = best is not None and _quickest(facts, best.node, node, kinds) < inf
    return best if reached else None


def _too_far(
    facts: DispatchFacts,
    need: DispatchNeed,
    free: Sequence[Source],
    node: str,
    kinds: frozenset[str],
) -> tuple[str, list[Change]]:
    first = min(_first(facts, s, node, kinds) for s in free)
    reason = (
        f"时限内到不了: 最早{first / 3600:.1f}小时到达"
        f" | not reachable in time: the first arrival is at {first / 3600:.1f} h"
    )
    return reason, [_later(need, first)] if first < inf else []


def _later(need: DispatchNeed, arrives_s: float) -> Change:
    hours = ceil((arrives_s - need.deadline_s) / 3600)
    return Change(
        cost_cny=0.0,
        text=f"时限放宽{hours}小时(第{arrives_s / 3600:.1f}小时到达)"
        f" | {hours} h later (arrives at {arrives_s / 3600:.1f} h)",
    )


def _no_hours(
    facts: DispatchFacts,
    need: DispatchNeed,
    quantity: int,
    timely: Sequence[Source],
    node: str,
) -> tuple[str, list[Change]]:
    item = facts.city.items[need.item]
    able = [g for g in facts.groups.values() if g.vehicle_class in kind_of(facts, need.item)]
    fleet = sum(g.count for g in able)
    reason = (
        f"运力不足: 能装{item.name_zh}的{fleet}辆车在{facts.horizon_s // 3600}小时内已排满"
        f" | vehicle-hours: the {fleet} vehicles that can take it are busy until"
        f" {facts.horizon_s // 3600} h"
    )
    best: list[tuple[float, Group, Source]] = [
        (facts.arrival(s, g, node, 1.0), g, s) for s in timely for g in able
    ]
    arrives, group, source = min(best, key=lambda b: (b[0], b[1].id, b[2].id))
    vehicle = facts.vehicle(group.vehicle_class)
    loads = quantity * max(
        item.unit_weight_kg / vehicle.payload_kg, item.unit_volume_m3 / vehicle.volume_m3
    )
    turn_s = 2 * facts.seconds(vehicle.id, source.node, node) + 60 * (
        vehicle.load_minutes_full + vehicle.unload_minutes_full
    )
    turns = max(1, int((facts.horizon_s - arrives) / max(turn_s, 1)) + 1)
    site = facts.city.sites[group.home]
    return reason, [_one_more(facts, vehicle, site, ceil(ceil(loads) / turns))]
