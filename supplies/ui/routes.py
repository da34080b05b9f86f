"""A dispatch plan as lines and points on the map."""

from collections.abc import Iterable, Sequence

from supplies.city import City
from supplies.incident import Incident
from supplies.plan import DispatchPlan, Trip
from supplies.planning.dispatch_closures import closed_links
from supplies.ui.map import Line
from supplies.ui.words import Words, clock

Leg = tuple[str, str, Line]
Point = tuple[float, float]


def point(city: City, node: str) -> Point:
    """Return the (lon, lat) of a place on the road graph."""
    found = city.roads.nodes[node]
    return found.lon, found.lat


def closed(city: City, incident: Incident) -> list[Line]:
    """Return the links nobody may use, as lines."""
    return [
        tuple(point(city, node) for node in sorted(edge))
        for edge in sorted(closed_links(city, incident), key=sorted)
    ]


def legs(words: Words, incident: Incident, trips: Iterable[Trip]) -> list[Leg]:
    """Return the roads that trips drive, each once, ``loaded`` before ``empty``."""
    city = words.city
    open_roads = city.roads.without(closed_links(city, incident))
    wanted: dict[tuple[str, str, str], tuple[str, list[str]]] = {}
    for trip in trips:
        aboard = 0
        for stop, then in zip(trip.stops, trip.stops[1:], strict=False):
            aboard += sum(g.quantity for g in stop.load) - sum(u.quantity for u in stop.unload)
            kind = "loaded" if aboard > 0 else "empty"
            key = (trip.vehicle_class, stop.node, then.node)
            who = words.truck(trip.vehicle, trip.vehicle_class)
            label = f"{who}: {clock(stop.leave_s)} → {clock(then.arrive_s)}"
            before = wanted.get(key)
            kinds = {kind, before[0]} if before else {kind}
            wanted[key] = (
                "loaded" if "loaded" in kinds else "empty",
                [*(before[1] if before else ()), label],
            )
    result: list[Leg] = []
    for (vehicle, origin, target), (kind, labels) in wanted.items():
        path = open_roads.path(city.vehicles[vehicle].speed_kmh, origin, target)
        title = f"<b>{words.node(origin)} → {words.node(target)}</b>"
        text = "<br>".join([title, *labels[:5]]) + ("<br>…" if len(labels) > 5 else "")
        result.append((kind, text, tuple(point(city, node) for node in path)))
    return result


def stops(words: Words, plan: DispatchPlan, trips: Sequence[Trip]) -> dict[Point, tuple[str, str]]:
    """Return what stands at each place: a storehouse, a place served, one left open."""
    city = words.city
    need = {n.id: n for n in plan.need}
    missing: dict[str, list[str]] = {}
    for line in plan.unmet:
        text = f"{words.item(line.item)} {words.quantity(line.quantity, line.item)}"
        missing.setdefault(need[line.need].area, []).append(text)
    result: dict[Point, tuple[str, str]] = {}
    for trip in trips:
        for stop in trip.stops:
            at = point(city, stop.node)
            if stop.area:
                kind = "open" if stop.area in missing else "served"
                lines = [f"<b>{words.area(stop.area)}</b>", *missing.get(stop.area, [])[:4]]
                result.setdefault(at, (kind, "<br>".join(lines)))
            elif stop.site:
                result[at] = ("site", f"<b>{words.source(stop.site)}</b>")
    for area, texts in missing.items():
        node = city.areas[area].node
        if node is not None:
            label = "<br>".join([f"<b>{words.area(area)}</b>", *texts[:4]])
            result.setdefault(point(city, node), ("open", label))
    return result
