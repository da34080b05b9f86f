"""Where each line of a call-up could come from.

Own goods of who asks first, then upward tier by tier (township, county, city); in a very large
event (level I) the city may take other counties' goods and owes them back (rules C1, C3). What is
then missing of an item that is called up from above the city becomes a letter to that tier, and
of any other item is unmet. Within a tier the nearest site is first, within a site the lot that
expires first. Goods held for another tier are that tier's (S7).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import inf, isfinite
from typing import NamedTuple

from supplies.callups.facts import (
    AREA_TARGET,
    SITE_TARGET,
    CallUp,
    Draw,
    Higher,
    Line,
    Share,
    Unmet,
)
from supplies.city import City
from supplies.lots import Lot, usable_on
from supplies.tiers import Tier

# The level of a very large event (特别重大), in which the city may take county stock (C3).
VERY_LARGE = "I"
NO_STOCK = (
    "全市可动用库存不足, 请采购、启用协议储备或向外求援"
    " | the city's stock does not suffice: buy, call off an agreement or ask outside"
)


class Holding(NamedTuple):
    """What is neither reserved nor gone of one lot at one site, in base units."""

    site: str
    lot: Lot
    free: int


class _Source(NamedTuple):
    """One owner's goods of one item at one site, and its place in the order of drawing."""

    rank: int
    travel_s: float
    site: str
    owner_tier: Tier
    owner: str


def source(
    city: City, call_up: CallUp, holdings: Iterable[Holding], day: date
) -> tuple[tuple[Share, ...], tuple[Unmet, ...]]:
    """Return the shares of every line, and what nobody can give; together all that is asked.

    Parameters
    ----------
    holdings
        What is free; what is expired or not in usable condition on the day is passed over.
    """
    stock = _by_item(city, holdings, day)
    travel = _travel(city, call_up, {site for owned in stock.values() for site, *_ in owned})
    shares: list[Share] = []
    unmet: list[Unmet] = []
    for line in call_up.lines:
        missing = line.quantity
        owned = stock[line.item]
        for at in sorted(_sources(city, call_up, line, owned, travel)):
            key = (at.site, at.owner_tier, at.owner)
            units = min(missing, owned[key])
            if units:
                owned[key] -= units
                missing -= units
                shares.append(_share(city, call_up, line, at, units, len(shares) + 1))
        if missing:
            letter = _letter(city, line, missing, len(shares) + 1)
            if letter is not None:
                shares.append(letter)
            else:
                unmet.append(Unmet(line=line.number, quantity=missing, why=NO_STOCK))
    return tuple(shares), tuple(unmet)


def owner_of(city: City, site: str, lot: Lot) -> tuple[Tier, str]:
    """Return whose a lot at a site is: the tier and the area."""
    place = city.sites[site]
    tier = lot.owned_by(place.tier)
    return tier, city.ancestor(place.area, tier) or place.area


_Owned = dict[tuple[str, Tier, str], int]


def _by_item(city: City, holdings: Iterable[Holding], day: date) -> defaultdict[str, _Owned]:
    found: defaultdict[str, _Owned] = defaultdict(dict)
    for site, lot, free in holdings:
        if site in city.sites and free > 0 and usable_on(lot, day):
            key = (site, *owner_of(city, site, lot))
            found[lot.item][key] = found[lot.item].get(key, 0) + free
    return found


def chain(city: City, area: str) -> list[tuple[Tier, str]]:
    """Return who is asked in turn: the area itself, then each tier above it."""
    found: list[tuple[Tier, str]] = []
    at: str | None = area
    while at is not None:
        found.append((city.areas[at].tier, at))
        at = city.areas[at].parent
    return found


def _sources(
    city: City,
    call_up: CallUp,
    line: Line,
    owned: _Owned,
    travel: Mapping[tuple[str, str], float],
) -> Iterator[_Source]:
    asked = chain(city, call_up.area)
    for site, tier, owner in owned:
        taken = tier is Tier.COUNTY and call_up.level == VERY_LARGE
        if (tier, owner) in asked:
            rank = asked.index((tier, owner))
        elif taken:
            rank = len(asked)
        else:
            continue
        yield _Source(rank, travel[site, line.target], site, tier, owner)


def _share(city: City, call_up: CallUp, line: Line, at: _Source, units: int, number: int) -> Share:
    steps_up = len(chain(city, call_up.area))
    draw = Draw.LATERAL if at.rank == steps_up else Draw.UPWARD if at.rank else Draw.OWN
    return Share(
        number=number,
        line=line.number,
        quantity=units,
        draw=draw,
        site=at.site,
        owner_tier=at.owner_tier,
        owner=at.owner,
        travel_s=at.travel_s if isfinite(at.travel_s) else None,
    )


def _letter(city: City, line: Line, units: int, number: int) -> Share | None:
    tier = city.items[line.item].call_up_tier
    if tier not in set(Higher):
        return None
    return Share(number=number, line=line.number, quantity=units, draw=Draw.LETTER, owner=tier)


def _node(city: City, target: str) -> str | None:
    """Return where on the road graph a target lies; an area without a place: its parent's."""
    if target.startswith(SITE_TARGET):
        node = city.sites[target.removeprefix(SITE_TARGET)].node
        return node if node in city.roads.nodes else None
    at: str | None = target.removeprefix(AREA_TARGET)
    while at is not None:
        area = city.areas[at]
        if area.node in city.roads.nodes:
            return area.node
        at = area.parent
    return None


def _travel(city: City, call_up: CallUp, sites: Iterable[str]) -> Mapping[tuple[str, str], float]:
    """Return seconds from each site to each target by the city's usual truck."""
    listed = sorted(sites)
    targets = {line.target: _node(city, line.target) for line in call_up.lines}
    nodes = sorted({node for node in targets.values() if node is not None})
    origins = sorted({city.sites[s].node for s in listed} & set(city.roads.nodes))
    found = {(site, target): inf for site in listed for target in targets}
    if not nodes or not origins:
        return found
    speeds = city.vehicles[city.parameters.planning_class].speed_kmh
    road = city.roads.travel(speeds, origins, nodes)
    for site, target in found:
        start, end = city.sites[site].node, targets[target]
        if start in origins and end is not None:
            found[site, target] = road.at(start, end)
    return found
