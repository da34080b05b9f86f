"""Distances on the ground and along the road graph."""

import heapq
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from tables import Row

Point = tuple[float, float]
KM_PER_DEGREE = 111.2

# Speed of a 4.2 m box truck by road class, for ranking only.
TRUCK_KMH: Mapping[str, float] = {
    "expressway": 80,
    "trunk": 55,
    "provincial": 55,
    "county": 42,
    "link": 42,
    "urban": 42,
    "mountain": 28,
}


def flat(point: Point) -> Point:
    """Return kilometres east and north of (112.5 E, 26.9 N)."""
    east = (point[0] - 112.5) * KM_PER_DEGREE * math.cos(math.radians(26.9))
    return east, (point[1] - 26.9) * KM_PER_DEGREE


def km_to_line(point: Point, line: Sequence[Point]) -> float:
    """Return the distance from a point to a line of points."""
    at = flat(point)
    ends = [flat(p) for p in line]
    return min(_km_to_leg(at, a, b) for a, b in pairwise(ends))


def _km_to_leg(at: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    share = 0.0 if length == 0 else ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / length
    share = max(0.0, min(1.0, share))
    return math.hypot(at[0] - a[0] - share * dx, at[1] - a[1] - share * dy)


def travel_minutes(edges: Sequence[Row], origin: str) -> dict[str, float]:
    """Return minutes by truck from one node to every node that can be reached."""
    links: dict[str, list[tuple[str, float]]] = {}
    for edge in edges:
        speed = min(float(edge["speed_kmh"]), TRUCK_KMH[edge["road_class"]])
        minutes = float(edge["km"]) / speed * 60
        links.setdefault(edge["from"], []).append((edge["to"], minutes))
        links.setdefault(edge["to"], []).append((edge["from"], minutes))
    best: dict[str, float] = {}
    heap = [(0.0, origin)]
    while heap:
        minutes, node = heapq.heappop(heap)
        if node in best:
            continue
        best[node] = minutes
        for other, more in links.get(node, []):
            if other not in best:
                heapq.heappush(heap, (minutes + more, other))
    return best
