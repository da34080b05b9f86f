"""A proven lower bound on the trip cost of bringing what a plan brings, when it brings it.

A truck that serves several places drives at least as far as to each of them alone and back, so
each tonne aboard answers for its share of the payload of the whole loop; the same holds for
cubic metres, and for any mix ``w x mass share + (1 - w) x room share`` with one ``w`` for each
vehicle class. Goods that came in time travelled on a truck that had loaded by then: it can only
have been so full (``fullest``) as there was time to load it, so their share of the loop is larger
by ``1 / fullest``. The loop is measured in money along the cheapest roads, which no plan
undercuts. The least cost of moving the goods under the sourcing policy and the stock there is,
each unit by its cheapest class and home, is then a linear programme; vehicle numbers, docks and
the whole number of trips are left out, which only lowers it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import floyd_warshall

from models import transport
from supplies.planning.dispatch_facts import DispatchFacts, place_node
from supplies.planning.dispatch_flow import kind_of, ranked_sources

Array = NDArray[np.float64]
_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
_SWEEPS = 2


@dataclass(frozen=True, slots=True)
class Brought:
    """Units of an item in an area: there by ``by_s``, or whenever (``None``)."""

    area: str
    item: str
    by_s: int | None


def lower_bound(facts: DispatchFacts, amounts: Mapping[Brought, int]) -> float:
    """Return a bound [CNY] on the trip cost of bringing ``amounts`` (units)."""
    wanted = {key: q for key, q in amounts.items() if q > 0}
    if not wanted:
        return 0.0
    areas = sorted({key.area for key in wanted})
    ends = [(source, area) for area in areas for _, source in ranked_sources(facts, area)]
    loops = _loops(facts, ends, {key.by_s for key in wanted})
    allowed = _allowed(facts, list(wanted), ends)
    mass, room, able = _shares(facts, [key.item for key in wanted])
    # Cheapest stocked source first: it does not depend on the weights.
    nearest = np.array(
        [
            np.min(loops[key.by_s][:, pairs], axis=1, initial=np.inf)
            for key, pairs in zip(wanted, allowed, strict=True)
        ]
    )
    nearest[~able] = np.inf
    weights = _best_weights(nearest, mass, room, np.array(list(wanted.values()), dtype=float))
    blend = np.where(able, weights * mass + (1 - weights) * room, np.inf)
    named = {key: f"{key.area} by {key.by_s}" for key in wanted}
    unit_cost: dict[tuple[str, str, str], float] = {}
    for row, key, pairs in zip(blend, wanted, allowed, strict=True):
        costs = np.min(loops[key.by_s][:, pairs] * row[:, None], axis=0, initial=np.inf)
        for pair, cost in zip(pairs, costs, strict=True):
            if np.isfinite(cost):
                unit_cost[ends[pair][0], named[key], key.item] = float(cost)
    stock = {(s.id, item): s.units(item) for s in facts.sources.values() for item in s.lots}
    return transport.cheapest(
        {(named[key], key.item): q for key, q in wanted.items()}, unit_cost, stock
    )


def _loops(
    facts: DispatchFacts, ends: Sequence[tuple[str, str]], deadlines: set[int | None]
) -> dict[int | None, Array]:
    """Return, by deadline, the least cost of one truckload: (classes, pairs), home and back."""
    tables: dict[int | None, list[Array]] = {by_s: [] for by_s in deadlines}
    for name in sorted(facts.time_s):
        vehicle = facts.vehicle(name)
        drive, there_s = _trips(facts, name, ends)
        handling_h = (vehicle.load_minutes_full + vehicle.unload_minutes_full) / 60
        load_s = max(vehicle.load_minutes_full * 60, 1e-6)
        for by_s in deadlines:
            fullest = np.ones_like(drive)
            if by_s is not None:
                fullest = np.clip((by_s - there_s) / load_s, 0.0, 1.0)
            cost = np.full_like(drive, np.inf)
            np.divide(drive, fullest, out=cost, where=fullest > 0)
            least = np.min(cost, axis=0, initial=np.inf)
            tables[by_s].append(least + handling_h * vehicle.hour_cost_cny)
    return {by_s: np.array(rows) for by_s, rows in tables.items()}


def _trips(
    facts: DispatchFacts, vehicle_class: str, ends: Sequence[tuple[str, str]]
) -> tuple[Array, Array]:
    """Return cost of driving and first possible arrival unloaded, both (homes, pairs)."""
    vehicle = facts.vehicle(vehicle_class)
    time_s = facts.time_s[vehicle_class]
    legs = facts.km[vehicle_class] * vehicle.cost_per_km_cny + time_s / 3600 * vehicle.hour_cost_cny
    # The fastest road is not always the cheapest: only its closure obeys the triangle.
    metric = floyd_warshall(legs)
    groups = [g for g in facts.groups.values() if g.vehicle_class == vehicle_class]
    homes = [facts.nodes[g.node] for g in groups]
    starts = [facts.nodes[facts.sources[s].node] for s, _ in ends]
    places = [facts.nodes[place_node(facts.city, area) or ""] for _, area in ends]
    away = metric[np.ix_(homes, starts)] + metric[np.ix_(places, homes)].T
    ready = np.array([float(g.ready_s) for g in groups])[:, None]
    open_s = np.array([float(facts.sources[s].ready_s) for s, _ in ends])
    there_s = np.maximum(ready + time_s[np.ix_(homes, starts)], open_s) + time_s[starts, places]
    drive = vehicle.fixed_cost_per_trip_cny + away + metric[starts, places]
    return np.asarray(drive), np.asarray(there_s)


def _shares(facts: DispatchFacts, names: Sequence[str]) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return mass and room shares of one unit by (row, class), and what may go."""
    classes = sorted(facts.time_s)
    items = [facts.city.items[name] for name in names]
    vehicles = [facts.vehicle(c) for c in classes]
    mass = np.outer([i.unit_weight_kg for i in items], [1 / v.payload_kg for v in vehicles])
    room = np.outer([i.unit_volume_m3 for i in items], [1 / v.volume_m3 for v in vehicles])
    kinds = {name: kind_of(facts, name) for name in set(names)}
    able = np.array([[c in kinds[name] for c in classes] for name in names])
    return mass, room, able


def _allowed(
    facts: DispatchFacts, wanted: Sequence[Brought], ends: Sequence[tuple[str, str]]
) -> list[list[int]]:
    """Return, by row, the pairs whose source holds the item."""
    by_area: dict[str, list[int]] = {}
    for index, (_, area) in enumerate(ends):
        by_area.setdefault(area, []).append(index)
    return [
        [p for p in by_area[key.area] if facts.sources[ends[p][0]].units(key.item)]
        for key in wanted
    ]


def _best_weights(nearest: Array, mass: Array, room: Array, units: Array) -> Array:
    """Return the weights of mass, by class, that lift the bound most when stock is plenty."""
    weights = np.full(nearest.shape[1], 0.5)

    def value(trial: Array) -> float:
        cost = np.min(nearest * (trial * mass + (1 - trial) * room), axis=1)
        return float(np.sum(np.where(np.isfinite(cost), cost, 0.0) * units))

    best = value(weights)
    for _ in range(_SWEEPS):
        for k in range(len(weights)):
            for weight in _WEIGHTS:
                trial = weights.copy()
                trial[k] = weight
                if (found := value(trial)) > best:
                    weights, best = trial, found
    return weights
