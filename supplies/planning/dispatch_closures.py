"""Which road links an incident closes."""

import shapely

from supplies.city import City
from supplies.errors import PlanError
from supplies.incident import Closure, Incident
from supplies.roads import Edge

Link = frozenset[str]


def closed_links(city: City, incident: Incident) -> dict[Link, Closure]:
    """Return every closed link with the first closure that closes it.

    Raises
    ------
    PlanError
        When a closure names a link or river that is not on the road graph.
    """
    shut: dict[Link, Closure] = {}
    for closure in incident.closures:
        links = [e.key for e in city.roads.edges if _closes(city, closure, e)]
        if not links and (closure.edge or closure.river):
            what = " - ".join(closure.edge) if closure.edge else closure.river
            raise PlanError(f"closure {what}: no road link is, or crosses, that")
        for link in links:
            shut.setdefault(link, closure)
    return shut


def _closes(city: City, closure: Closure, edge: Edge) -> bool:
    if closure.edge is not None:
        return edge.key == frozenset(closure.edge)
    if closure.river is not None:
        return closure.river in edge.rivers
    if closure.area is not None:
        return any(in_area(city, node, closure.area) for node in (edge.a, edge.b))
    a, b = city.roads.nodes[edge.a], city.roads.nodes[edge.b]
    line = shapely.LineString([(a.lon, a.lat), (b.lon, b.lat)])
    return bool(shapely.Polygon(closure.polygon).intersects(line))


def in_area(city: City, node: str, area: str) -> bool:
    """Whether a road node lies in an area; an area's own node does."""
    known = city.areas.get(area)
    return city.inside(city.roads.nodes[node].area, area) or (
        known is not None and known.node == node
    )


def name_of(city: City, closure: Closure) -> str:
    """Return how a closure is called on paper."""
    if closure.edge is not None:
        ends = [city.roads.nodes[n].name_zh for n in closure.edge]
        return "—".join(ends)
    if closure.river is not None:
        return closure.river
    if closure.area is not None:
        known = city.areas.get(closure.area)
        return known.name_zh if known else closure.area
    return "封控区"
