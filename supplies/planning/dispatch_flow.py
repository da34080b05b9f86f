"""Who may supply whom (the sourcing policy), and the allocation problem made of it.

Sourcing policy, in order of preference:
    0  storage of the own township
    1  the own county's store, and the nearest township storage in the county
    2  city stores
    3  the nearest stores of other counties, and agreements of the township, county or city
A lower rank is only a small discount: what arrives in time and what it costs come first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

from models import allocation
from supplies.plan import DispatchNeed
from supplies.planning.dispatch_facts import (
    DispatchFacts,
    Group,
    Source,
    carries,
    nearest_groups,
    place_node,
)
from supplies.tiers import Tier

OTHER_COUNTY_STORES = 3
OWN_COUNTY_TOWNSHIPS = 5
# Discount of one rank, for each tonne (or eight cubic metres) carried.
RANK_CNY = 15.0
# A first truck is rarely full: arrival times of the allocation count a quarter of its loading.
FIRST_LOAD = 0.25
# Kinds whose goods would keep their vehicles busy for more than this share of the whole time.
SCARCE = 0.25
_GROUPS_PER_CLASS = 3
_CARRIERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One allowed way for a need line: a source and when its goods can be there."""

    source: str
    rank: int
    arrives_s: float


def ranked_sources(facts: DispatchFacts, area: str) -> list[tuple[int, str]]:
    """Return the sources the policy allows for an area, as (rank, id)."""
    township = facts.city.ancestor(area, Tier.TOWNSHIP)
    county = facts.city.ancestor(area, Tier.COUNTY)
    node = place_node(facts.city, area)
    ranks: dict[str, int] = {}
    own: list[tuple[float, str]] = []
    others: list[tuple[float, str]] = []
    for source in facts.sources.values():
        if source.tier is None:
            if source.area in (township, county, facts.city.code):
                ranks[source.id] = 3
        elif source.tier is Tier.CITY:
            ranks[source.id] = 2
        elif source.tier is Tier.COUNTY:
            if facts.city.ancestor(source.area, Tier.COUNTY) == county:
                ranks[source.id] = 1
            else:
                others.append((_away(facts, source.node, node), source.id))
        elif facts.city.ancestor(source.area, Tier.TOWNSHIP) == township:
            ranks[source.id] = 0
        elif facts.city.ancestor(source.area, Tier.COUNTY) == county:
            own.append((_away(facts, source.node, node), source.id))
    ranks |= dict.fromkeys([s for _, s in sorted(own)[:OWN_COUNTY_TOWNSHIPS]], 1)
    ranks |= dict.fromkeys([s for _, s in sorted(others)[:OTHER_COUNTY_STORES]], 3)
    return sorted((rank, source) for source, rank in ranks.items())


def _away(facts: DispatchFacts, a: str, b: str | None) -> float:
    return min((facts.seconds(c, a, b) for c in facts.time_s), default=inf) if b else inf


def kind_of(facts: DispatchFacts, item: str) -> frozenset[str]:
    """Return the vehicle classes in the fleet that can take an item."""
    goods = facts.city.items[item]
    classes = {g.vehicle_class for g in facts.groups.values()}
    return frozenset(c for c in classes if carries(goods, facts.vehicle(c)))


@dataclass(frozen=True, kw_only=True)
class Flows:
    """The allocation problem with what its indices mean."""

    problem: allocation.AllocationProblem
    needs: tuple[DispatchNeed, ...]
    periods_s: tuple[int, ...]
    carriers: tuple[tuple[Group, Source, str], ...]

    @cached_property
    def offers(self) -> Mapping[tuple[str, str], Sequence[allocation.Carrier]]:
        """Carriers by (source, place)."""
        found: dict[tuple[str, str], list[allocation.Carrier]] = {}
        for carrier in self.problem.carriers:
            found.setdefault((carrier.source, carrier.place), []).append(carrier)
        return found


def flows_of(facts: DispatchFacts) -> Flows:
    """Return the allocation problem of an incident."""
    needs = tuple(n for n in facts.needs if n.quantity > 0)
    periods = sorted({n.deadline_s for n in needs} | {facts.horizon_s})
    kinds = {item: kind_of(facts, item) for item in sorted({n.item for n in needs})}
    near = {s.id: nearest_groups(facts, s.node, _GROUPS_PER_CLASS) for s in facts.sources.values()}
    allowed = {area: ranked_sources(facts, area) for area in sorted({n.area for n in needs})}
    lines = tuple(_line(facts, need, kinds[need.item]) for need in needs)
    seen: dict[tuple[str, str, str], float] = {}
    ways = [
        _ways(facts, line, allowed[need.area], near, seen)
        for need, line in zip(needs, lines, strict=True)
    ]
    used = sorted(
        {(w.source, line.place) for line, own in zip(lines, ways, strict=True) for w in own}
    )
    carriers, meaning = _carriers(facts, used, near, periods, set(kinds.values()))
    pace = _pace(carriers, [c.hours for c in carriers])
    price = _pace(carriers, [c.cost for c in carriers])
    scarce = _scarce(facts, lines, ways, periods, pace)
    options = []
    for index, own in enumerate(ways):
        for way in own:
            work = _least(lines[index], way.source, pace)
            hours = work if lines[index].kind in scarce else None
            found = _options(index, lines[index], way, (needs[index].deadline_s, periods), hours)
            cost = _least(lines[index], way.source, price)
            options += [replace(option, cost=cost) for option in found]
    problem = allocation.AllocationProblem(
        lines=lines,
        options=tuple(options),
        stock={(s.id, item): s.units(item) for s in facts.sources.values() for item in s.lots},
        carriers=carriers,
        capacity_h=_hours(facts, periods),
        kinds={",".join(sorted(k)): k for k in kinds.values()},
        scarce_h=scarce,
    )
    return Flows(problem=problem, needs=needs, periods_s=tuple(periods), carriers=meaning)


def _line(facts: DispatchFacts, need: DispatchNeed, kinds: frozenset[str]) -> allocation.Line:
    item = facts.city.items[need.item]
    return allocation.Line(
        place=place_node(facts.city, need.area) or "",
        item=need.item,
        kind=",".join(sorted(kinds)),
        quantity=need.quantity,
        weight=max(need.people, 1) / 1000,
        priority=need.priority,
        kg=item.unit_weight_kg,
        m3=item.unit_volume_m3,
    )


def _ways(
    facts: DispatchFacts,
    line: allocation.Line,
    ranked: Sequence[tuple[int, str]],
    near: Mapping[str, Sequence[Group]],
    seen: dict[tuple[str, str, str], float],
) -> list[Way]:
    """Return the ways a line may be served; ``seen`` remembers arrivals."""
    ways = []
    for rank, name in ranked:
        source = facts.sources[name]
        if source.units(line.item):
            key = (name, line.place, line.kind)
            if key not in seen:
                kinds = frozenset(line.kind.split(","))
                seen[key] = _arrival(facts, source, near[name], line.place, kinds)
            if seen[key] <= facts.horizon_s:
                ways.append(Way(source=name, rank=rank, arrives_s=seen[key]))
    return ways


def _options(
    index: int,
    line: allocation.Line,
    way: Way,
    deadlines: tuple[int, Sequence[int]],
    hours: float | None,
) -> list[allocation.Option]:
    """Return a line's options by one way; ``hours`` is given for scarce kinds only."""
    deadline_s, periods = deadlines
    first = _period(way.arrives_s, deadline_s, periods)
    if first is None:
        return []
    bulk = line.quantity * max(line.kg / 1000, line.m3 / 8)
    # Where vehicles are scarce, being late is a choice; elsewhere only distance makes it so.
    last = first + 1 if hours is None else len(periods)
    return [
        allocation.Option(
            line=index,
            source=way.source,
            period=period,
            late=period > first or way.arrives_s > deadline_s,
            preference=way.rank * RANK_CNY * bulk,
            hours=hours or 0.0,
        )
        for period in range(first, last)
    ]


def _pace(
    carriers: Sequence[allocation.Carrier], values: Sequence[float]
) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return the least value of a truckload per kg and per m3 by (source, place, class)."""
    pace: dict[tuple[str, str, str], tuple[float, float]] = {}
    for c, value in zip(carriers, values, strict=True):
        key = (c.source, c.place, c.vehicle_class)
        kg, m3 = pace.get(key, (inf, inf))
        pace[key] = (min(kg, value / c.payload_kg), min(m3, value / c.volume_m3))
    return pace


def _least(
    line: allocation.Line, source: str, pace: Mapping[tuple[str, str, str], tuple[float, float]]
) -> float:
    """Return the least vehicle-hours, or CNY, that bring a whole line from a source."""
    best = inf
    for name in line.kind.split(","):
        per_kg, per_m3 = pace.get((source, line.place, name), (inf, inf))
        best = min(best, line.quantity * max(line.kg * per_kg, line.m3 * per_m3))
    return best if best < inf else 0.0


def _scarce(
    facts: DispatchFacts,
    lines: Sequence[allocation.Line],
    ways: Sequence[Sequence[Way]],
    periods: Sequence[int],
    pace: Mapping[tuple[str, str, str], tuple[float, float]],
) -> dict[str, tuple[float, ...]]:
    """Return vehicle-hours by period of the kinds that may run out of vehicles."""
    work: dict[str, float] = {}
    for line, own in zip(lines, ways, strict=True):
        least = min((_least(line, w.source, pace) for w in own), default=0.0)
        work[line.kind] = work.get(line.kind, 0.0) + least
    scarce = {}
    for kind in sorted(work):
        classes = frozenset(kind.split(","))
        groups = [g for g in facts.groups.values() if g.vehicle_class in classes]
        hours = tuple(
            sum(g.count * max(0.0, (end - g.ready_s) / 3600) for g in groups) for end in periods
        )
        if work[kind] > SCARCE * hours[-1]:
            scarce[kind] = hours
    return scarce


def _arrival(
    facts: DispatchFacts,
    source: Source,
    groups: Sequence[Group],
    node: str,
    kinds: frozenset[str],
) -> float:
    times = [facts.arrival(source, g, node, FIRST_LOAD) for g in groups if g.vehicle_class in kinds]
    return min(times, default=inf)


def _period(arrives_s: float, deadline_s: int, periods: Sequence[int]) -> int | None:
    """Return the period of a flow: its deadline's, or the first it can make; none if never."""
    wanted = max(arrives_s, deadline_s)
    return next((i for i, end in enumerate(periods) if end >= wanted), None)


def _carriers(
    facts: DispatchFacts,
    pairs: Sequence[tuple[str, str]],
    near: Mapping[str, Sequence[Group]],
    periods: Sequence[int],
    kinds: set[frozenset[str]],
) -> tuple[tuple[allocation.Carrier, ...], tuple[tuple[Group, Source, str], ...]]:
    carriers, meaning = [], []
    for source_id, node in pairs:
        source = facts.sources[source_id]
        offers = []
        for group in near[source_id]:
            made = _carrier(facts, source, group, node, periods)
            if made is not None:
                offers.append((made.cost / made.payload_kg, made.first, group, made))
        chosen: dict[str, tuple[float, int, Group, allocation.Carrier]] = {}
        for kind in sorted(kinds, key=sorted):
            able = [o for o in offers if o[2].vehicle_class in kind]
            # The cheapest by mass, and the one that is there first.
            best = sorted(able, key=lambda o: (o[0], o[2].id))[:_CARRIERS]
            best += sorted(able, key=lambda o: (o[1], o[0], o[2].id))[:1]
            chosen |= {o[2].id: o for o in best}
        for _, _, group, made in chosen.values():
            carriers.append(made)
            meaning.append((group, source, node))
    return tuple(carriers), tuple(meaning)


def _carrier(
    facts: DispatchFacts, source: Source, group: Group, node: str, periods: Sequence[int]
) -> allocation.Carrier | None:
    vehicle = facts.vehicle(group.vehicle_class)
    first = _period(facts.arrival(source, group, node, FIRST_LOAD), 0, periods)
    round_trip = [
        (group.node, source.node),
        (source.node, node),
        (node, group.node),
    ]
    drive_h = sum(facts.seconds(vehicle.id, a, b) for a, b in round_trip) / 3600
    if first is None or drive_h == inf:
        return None
    table = facts.km[vehicle.id]
    km = sum(float(table[facts.nodes[a], facts.nodes[b]]) for a, b in round_trip)
    hours = drive_h + (vehicle.load_minutes_full + vehicle.unload_minutes_full) / 60
    return allocation.Carrier(
        group=group.id,
        vehicle_class=vehicle.id,
        source=source.id,
        place=node,
        first=first,
        cost=vehicle.fixed_cost_per_trip_cny
        + km * vehicle.cost_per_km_cny
        + hours * vehicle.hour_cost_cny,
        hours=hours,
        payload_kg=vehicle.payload_kg,
        volume_m3=vehicle.volume_m3,
    )


def _hours(facts: DispatchFacts, periods: Sequence[int]) -> dict[str, tuple[float, ...]]:
    """Vehicle-hours up to each deadline; the last way home may come after it (one hour)."""
    return {
        g.id: tuple(g.count * (max(0.0, (end - g.ready_s) / 3600) + 1.0) for end in periods)
        for g in facts.groups.values()
    }
