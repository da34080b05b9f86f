"""The independent check of a dispatch plan: facts read afresh, replayed without the planner."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import isclose

from models import replay
from supplies.city import Agreement, City, VehicleClass
from supplies.incident import Closure, Incident
from supplies.plan import DispatchPlan, LotLoad, NeedUnload, StockLine, Trip
from supplies.roads import SPEED_COLUMN, Edge
from supplies.tiers import Tier

Point = tuple[float, float]


def check_plan(
    city: City,
    stock: Sequence[StockLine],
    agreements: Sequence[Agreement],
    incident: Incident,
    plan: DispatchPlan,
) -> list[str]:
    """Return every fact a plan breaks, in plain words; empty when it is sound.

    It shares no code with the planner: closures, road times, stock and clocks are worked out
    here and in models/replay.py anew.
    """
    last = max([n.deadline_s for n in plan.need], default=0)
    facts = replay.Facts(
        sites=dict(_sites(city, agreements, incident)),
        classes={v.id: _class(city, incident, v) for v in city.vehicles.values()},
        fleet=_fleet(city, incident),
        stock=_stock(city, stock, agreements, incident, last),
        release_s={
            (f"supplier:{a.supplier}", a.item, _lot(a)): a.notice_hours * 3600 for a in agreements
        },
        needs={
            n.id: replay.NeedFact(
                area=n.area, item=n.item, quantity=n.quantity, deadline_s=n.deadline_s
            )
            for n in plan.need
        },
        kg={i.id: i.unit_weight_kg for i in city.items.values()},
        m3={i.id: i.unit_volume_m3 for i in city.items.values()},
        nodes={n.area: _node(city, n.area) for n in plan.need},
    )
    unmet: dict[str, int] = {}
    for line in plan.unmet:
        unmet[line.need] = unmet.get(line.need, 0) + line.quantity
    late = {(line.need, line.by_s): line.quantity for line in plan.late}
    faults = replay.check(facts, [_trip(t) for t in plan.trips], unmet, late)
    return faults + _figures(plan)


def _figures(plan: DispatchPlan) -> list[str]:
    """Objective and shares, recomputed from the trips."""
    faults = []
    cost = sum(t.cost_cny for t in plan.trips)
    objective = plan.outcome.objective
    if objective is None or not isclose(cost, objective, abs_tol=0.01, rel_tol=1e-6):
        faults.append(f"objective {objective}, the trips cost {cost:.2f}")
    if plan.outcome.bound is not None and plan.outcome.bound > cost * (1 + 1e-6) + 0.01:
        faults.append(f"bound {plan.outcome.bound:.2f} is above the cost {cost:.2f}")
    timely: dict[str, int] = {}
    deadline = {n.id: n.deadline_s for n in plan.need}
    for trip in plan.trips:
        for stop in trip.stops:
            for goods in stop.unload:
                if stop.arrive_s <= deadline.get(goods.need, -1):
                    timely[goods.need] = timely.get(goods.need, 0) + goods.quantity
    for hour, share in plan.share_served.items():
        due = [n for n in plan.need if n.deadline_s <= hour * 3600 and n.quantity > 0]
        people = sum(max(1, n.people) for n in due)
        there = sum(max(1, n.people) * timely.get(n.id, 0) / n.quantity for n in due)
        if not isclose(share, there / people if people else 1.0, abs_tol=1e-6):
            faults.append(f"share served by {hour} h is {share}, recomputed {there}/{people}")
    return faults


def _trip(trip: Trip) -> replay.Trip:
    return replay.Trip(
        id=trip.id,
        vehicle=trip.vehicle,
        vehicle_class=trip.vehicle_class,
        home=trip.home,
        stops=tuple(
            replay.Stop(
                site=s.site,
                area=s.area,
                node=s.node,
                arrive_s=s.arrive_s,
                leave_s=s.leave_s,
                load=tuple(_goods(g) for g in s.load),
                unload=tuple(_goods(g) for g in s.unload),
            )
            for s in trip.stops
        ),
        distance_km=trip.distance_km,
        cost_cny=trip.cost_cny,
    )


def _goods(goods: LotLoad | NeedUnload) -> replay.Goods:
    need = goods.need if isinstance(goods, NeedUnload) else ""
    return replay.Goods(item=goods.item, lot=goods.lot, quantity=goods.quantity, need=need)


def _sites(
    city: City, agreements: Sequence[Agreement], incident: Incident
) -> Iterator[tuple[str, replay.SiteFact]]:
    ready = city.parameters.ready_minutes
    for site in city.sites.values():
        if site.id not in incident.lost_sites:
            yield (
                site.id,
                replay.SiteFact(
                    node=site.node, docks=max(1, site.docks), ready_s=ready.get(site.tier, 0) * 60
                ),
            )
    for a in agreements:
        # Two vehicles at a time load at a supplier's; each lot has its own notice.
        yield f"supplier:{a.supplier}", replay.SiteFact(node=a.node, docks=2, ready_s=0)


def _class(city: City, incident: Incident, v: VehicleClass) -> replay.ClassFact:
    links = []
    for edge in city.roads.edges:
        speed = min(edge.speed_kmh, v.speed_kmh.get(SPEED_COLUMN[edge.road_class], 0.0))
        if speed > 0 and not _is_closed(city, incident, edge):
            links.append((edge.a, edge.b, edge.km / speed * 3600, edge.km))
    loose = {i.id for i in city.items.values() if _is_loose(i.unit_en, i.storage_class)}
    every = set(city.items) - loose
    carried = {"truck-dump": loose, "truck-water": set[str]()}.get(v.id, every)
    return replay.ClassFact(
        payload_kg=v.payload_kg,
        volume_m3=v.volume_m3,
        load_s=v.load_minutes_full * 60,
        unload_s=v.unload_minutes_full * 60,
        ready_s=v.ready_minutes * 60,
        fixed_cny=v.fixed_cost_per_trip_cny,
        km_cny=v.cost_per_km_cny,
        hour_cny=v.hour_cost_cny,
        carries=frozenset(carried if v.mode == "road" else ()),
        links=tuple(links),
    )


def _is_loose(unit: str, storage: str) -> bool:
    return storage == "yard" and unit in ("m3", "tonne")


def _fleet(city: City, incident: Incident) -> dict[tuple[str, str], int]:
    fleet: dict[tuple[str, str], int] = {}
    rows = [(f.site, f.vehicle_class, f.count) for f in city.fleet]
    rows += [(v.site, v.vehicle_class, v.count) for v in incident.vehicles]
    for site, name, count in rows:
        if site not in incident.lost_sites:
            fleet[site, name] = fleet.get((site, name), 0) + count
    return fleet


def _stock(
    city: City,
    stock: Sequence[StockLine],
    agreements: Sequence[Agreement],
    incident: Incident,
    last_s: int,
) -> dict[tuple[str, str, str], int]:
    end = (incident.start + timedelta(seconds=last_s)).date()
    have: dict[tuple[str, str, str], int] = {}
    for line in stock:
        good = line.condition == "usable" and (line.expiry is None or line.expiry >= end)
        free = int(line.quantity - line.reserved)
        if good and free > 0 and line.site in city.sites:
            key = (line.site, line.item, line.lot)
            have[key] = have.get(key, 0) + free
    for a in agreements:
        if a.valid_until >= incident.start.date():
            key = (f"supplier:{a.supplier}", a.item, _lot(a))
            have[key] = have.get(key, 0) + int(a.quantity * a.fulfilment + 1e-9)
    return have


def _lot(a: Agreement) -> str:
    return f"agreement.{a.owner}.{a.notice_hours:g}h"


def _node(city: City, code: str) -> str | None:
    """Return the road node of the smallest area around a code that has one."""
    around = [city.areas.get(code)]
    for tier in (Tier.TOWNSHIP, Tier.COUNTY, Tier.CITY):
        above = city.ancestor(code, tier)
        around.append(city.areas.get(above) if above else None)
    return next((a.node for a in around if a is not None and a.node is not None), None)


# --- closures, by plain geometry -------------------------------------------------------------


def _is_closed(city: City, incident: Incident, edge: Edge) -> bool:
    return any(_shuts(city, closure, edge) for closure in incident.closures)


def _shuts(city: City, closure: Closure, edge: Edge) -> bool:
    if closure.edge:
        return {edge.a, edge.b} == set(closure.edge)
    if closure.river:
        return closure.river in edge.rivers
    ends = [city.roads.nodes[edge.a], city.roads.nodes[edge.b]]
    if closure.area:
        seat = city.areas[closure.area].node if closure.area in city.areas else None
        return any(n.id == seat or city.inside(n.area, closure.area) for n in ends)
    return _meets((ends[0].lon, ends[0].lat), (ends[1].lon, ends[1].lat), closure.polygon or ())


def _meets(a: Point, b: Point, ring: Sequence[Point]) -> bool:
    """Whether a straight link touches a polygon: an end inside, or a side crossed."""
    sides = list(zip(ring, [*ring[1:], *ring[:1]], strict=True))
    return _inside(a, sides) or any(_cross(a, b, c, d) for c, d in sides)


def _inside(p: Point, sides: Sequence[tuple[Point, Point]]) -> bool:
    odd = False
    for (x1, y1), (x2, y2) in sides:
        if (y1 > p[1]) != (y2 > p[1]) and p[0] < (x2 - x1) * (p[1] - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    def between(p: Point, q: Point, r: Point) -> bool:
        return min(p[0], q[0]) <= r[0] <= max(p[0], q[0]) and (
            min(p[1], q[1]) <= r[1] <= max(p[1], q[1])
        )

    turns = [side(c, d, a), side(c, d, b), side(a, b, c), side(a, b, d)]
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    touching = ((c, d, a), (c, d, b), (a, b, c), (a, b, d))
    return any(t == 0 and between(*points) for t, points in zip(turns, touching, strict=True))
