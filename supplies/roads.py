"""Road graph, closures and travel times by vehicle speeds: the offline provider."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

# Which speed column of a vehicle class serves a road class.
SPEED_COLUMN: Mapping[str, str] = {
    "expressway": "expressway",
    "trunk": "national",
    "provincial": "national",
    "county": "county",
    "link": "county",
    "urban": "county",
    "mountain": "township",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A junction, township seat, interchange, station or gateway."""

    id: str
    name_zh: str
    name_en: str
    kind: str
    lon: float
    lat: float
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A road link, driven both ways; ``rivers`` are the rivers it crosses."""

    a: str
    b: str
    km: float
    road_class: str
    name: str
    speed_kmh: float
    rivers: tuple[str, ...]

    @property
    def key(self) -> frozenset[str]:
        """The two ends, in no order."""
        return frozenset((self.a, self.b))


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """Shortest times from some nodes to some nodes for one set of speeds.

    ``time_s`` and ``distance_m`` are (origins, targets) arrays, infinite where no road leads;
    the distance is that of the fastest road.
    """

    origins: tuple[str, ...]
    targets: tuple[str, ...]
    time_s: NDArray[np.float64]
    distance_m: NDArray[np.float64]

    def at(self, origin: str, target: str) -> float:
        """Return seconds from one node to another, infinite where no road leads."""
        i, j = self._origin_index[origin], self._target_index[target]
        return float(self.time_s[i, j])

    def place(self, origin: str, target: str) -> tuple[int, int]:
        """Return the row and column of a pair in the arrays."""
        return self._origin_index[origin], self._target_index[target]

    def distance(self, origin: str, target: str) -> float:
        """Return metres along the fastest road."""
        i, j = self._origin_index[origin], self._target_index[target]
        return float(self.distance_m[i, j])

    _origin_index: dict[str, int] = field(init=False, repr=False, compare=False)
    _target_index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the names once."""
        object.__setattr__(self, "_origin_index", {n: i for i, n in enumerate(self.origins)})
        object.__setattr__(self, "_target_index", {n: i for i, n in enumerate(self.targets)})


@dataclass(frozen=True, kw_only=True)
class RoadGraph:
    """Nodes and two-way edges."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]

    @cached_property
    def digest(self) -> str:
        """Return a short hash of nodes and edges."""
        text = repr((sorted(self.nodes.items()), self.edges))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def without(self, closed: Iterable[frozenset[str]]) -> "RoadGraph":
        """Return the graph with some links closed; parallel links between the same ends close."""
        shut = set(closed)
        return RoadGraph(nodes=self.nodes, edges=tuple(e for e in self.edges if e.key not in shut))

    def _matrix(
        self, speeds_kmh: Mapping[str, float]
    ) -> tuple[csr_array, dict[tuple[int, int], float]]:
        index = {name: i for i, name in enumerate(self.nodes)}
        best: dict[tuple[int, int], tuple[float, float]] = {}
        for edge in self.edges:
            cap = speeds_kmh.get(SPEED_COLUMN[edge.road_class], 0.0)
            speed = min(edge.speed_kmh, cap)
            if speed <= 0:
                continue
            seconds = edge.km / speed * 3600
            for pair in ((index[edge.a], index[edge.b]), (index[edge.b], index[edge.a])):
                if pair not in best or seconds < best[pair][0]:
                    best[pair] = (seconds, edge.km * 1000)
        rows, cols = zip(*best, strict=True) if best else ((), ())
        data = [v[0] for v in best.values()]
        size = len(self.nodes)
        return (
            csr_array((data, (rows, cols)), shape=(size, size)),
            {pair: v[1] for pair, v in best.items()},
        )

    def travel(
        self,
        speeds_kmh: Mapping[str, float],
        origins: Sequence[str],
        targets: Sequence[str],
    ) -> Travel:
        """Return fastest times and their distances between nodes.

        Parameters
        ----------
        speeds_kmh
            A vehicle class's speed by column (``expressway national county township``); a column
            that is absent or zero bars the class from those roads. The slower of road and
            vehicle counts.
        origins, targets
            Node ids.

        Raises
        ------
        KeyError
            When a node is unknown.
        """
        index = {name: i for i, name in enumerate(self.nodes)}
        matrix, metres = self._matrix(speeds_kmh)
        unique = list(dict.fromkeys(origins))
        wanted = [index[t] for t in targets]
        time, before = dijkstra(
            matrix, indices=[index[o] for o in unique], return_predecessors=True
        )
        distance = np.full(time.shape, np.inf)
        for row, origin in enumerate(unique):
            distance[row, index[origin]] = 0.0
            for node in np.argsort(time[row], kind="stable"):
                prior = int(before[row, node])
                if prior >= 0:
                    distance[row, node] = distance[row, prior] + metres[prior, int(node)]
        pick = [unique.index(o) for o in origins]
        return Travel(
            origins=tuple(origins),
            targets=tuple(targets),
            time_s=time[np.ix_(pick, wanted)],
            distance_m=distance[np.ix_(pick, wanted)],
        )

    def times(
        self, speeds_kmh: Mapping[str, float], origins: Sequence[str], targets: Sequence[str]
    ) -> NDArray[np.float64]:
        """Return the fastest times alone, in seconds: (origins, targets), infinite where no road.

        Raises
        ------
        KeyError
            When a node is unknown.
        """
        index = {name: i for i, name in enumerate(self.nodes)}
        matrix, _ = self._matrix(speeds_kmh)
        time: NDArray[np.float64] = dijkstra(matrix, indices=[index[o] for o in origins])
        return time[:, [index[t] for t in targets]]

    def used_links(
        self, speeds_kmh: Mapping[str, float], origins: Sequence[str], targets: Sequence[str]
    ) -> frozenset[frozenset[str]]:
        """Return the links that lie on a fastest road from an origin to a target.

        Any other link can be lost without making one of these roads slower.
        """
        names = list(self.nodes)
        index = {name: i for i, name in enumerate(names)}
        matrix, _ = self._matrix(speeds_kmh)
        _, before = dijkstra(matrix, indices=[index[o] for o in origins], return_predecessors=True)
        used: set[frozenset[str]] = set()
        for row in before:
            seen: set[int] = set()
            for target in targets:
                at = index[target]
                while at not in seen and (prior := int(row[at])) >= 0:
                    seen.add(at)
                    used.add(frozenset((names[at], names[prior])))
                    at = prior
        return frozenset(used)

    def path(self, speeds_kmh: Mapping[str, float], origin: str, target: str) -> list[str]:
        """Return the nodes of the fastest road, both ends included; empty where none leads."""
        names = list(self.nodes)
        index = {name: i for i, name in enumerate(names)}
        matrix, _ = self._matrix(speeds_kmh)
        _, before = dijkstra(matrix, indices=[index[origin]], return_predecessors=True)
        route, at = [target], index[target]
        while at != index[origin]:
            at = int(before[0, at])
            if at < 0:
                return []
            route.append(names[at])
        return route[::-1]
