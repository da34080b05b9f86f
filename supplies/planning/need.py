"""Level-I scenarios of every tier unit, and the need lines of a real incident."""

import math
from collections.abc import Iterator, Mapping, Sequence

from supplies.city import City
from supplies.errors import CityError
from supplies.incident import Incident
from supplies.plan import DispatchNeed, People, Scenario
from supplies.planning.norms import Case, norm_tier, requirements
from supplies.tiers import Area, Tier

UNIT_TIERS = (Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP)
EXPOSED = 0.5


def scenarios(
    city: City,
    tiers: Sequence[Tier] | None = None,
    area: str | None = None,
    hazard: str | None = None,
) -> tuple[Scenario, ...]:
    """Return the Level-I scenarios of all tier units asked for.

    Parameters
    ----------
    tiers
        City, county and township where not given.
    area
        Only units that lie in (or are) this area.
    hazard
        Only this hazard.

    Raises
    ------
    CityError
        When the area or hazard is unknown.
    """
    if area is not None:
        city.area(area)
    if hazard is not None and hazard not in city.parameters.hazards:
        known = ", ".join(city.parameters.hazards)
        raise CityError(
            f"没有灾种 {hazard!r}, 应为: {known} | hazard {hazard!r} is unknown; known are: {known}"
        )
    hazards = (hazard,) if hazard else city.parameters.hazards
    return tuple(
        _level_one(city, tier, unit, h)
        for tier in (tiers or UNIT_TIERS)
        for unit in _units(city, tier)
        if area is None or city.inside(unit.code, area)
        for h in hazards
    )


def _units(city: City, tier: Tier) -> Iterator[Area]:
    """Yield a tier's units; households are counted by township."""
    yield from city.units(Tier.TOWNSHIP if tier is Tier.HOUSEHOLD else tier)


def _level_one(city: City, tier: Tier, unit: Area, hazard: str) -> Scenario:
    footprint = footprint_of(city, unit.code, hazard)
    evacuated = round(_scale(city, tier, unit) * city.parameter("#scale_share", hazard, 1.0))
    people = people_of(city, tier, unit, hazard, evacuated, None)
    case = Case(city=city, tier=tier, area=unit.code, hazard=hazard, people=people)
    return Scenario(
        tier=tier,
        area=unit.code,
        hazard=hazard,
        footprint=footprint,
        people=people,
        requirements=requirements(case, footprint, standing=True),
    )


def _scale(city: City, tier: Tier, unit: Area) -> float:
    scale = city.scales.get(tier)
    if scale is None:
        return 0.0
    if scale.share_of_population == 0:
        return float(scale.evacuated)
    people = unit.population * scale.share_of_population
    return min(max(people, scale.evacuated_min), scale.evacuated_max)


def footprint_of(city: City, area: str, hazard: str) -> dict[str, float]:
    """Return the townships a hazard hits in an area, weighted by people and exposure.

    Townships with an exposure of one half and more; the most exposed one where there is none.
    """
    places = city.townships(area)
    if not places:
        parent = city.ancestor(area, Tier.TOWNSHIP)
        places = city.townships(parent) if parent else ()
    score = {p.code: city.exposure.get((hazard, p.code), 0.0) for p in places}
    chosen = [p for p in places if score[p.code] >= EXPOSED]
    if not chosen and places:
        chosen = [max(places, key=lambda p: (score[p.code], p.code))]
    weight = {p.code: max(p.population, 1) * max(score[p.code], 0.01) for p in chosen}
    whole = sum(weight.values())
    return {code: w / whole for code, w in weight.items()}


def people_of(
    city: City,
    tier: Tier,
    unit: Area,
    hazard: str,
    evacuated: int,
    sheltered_share: float | None,
) -> People:
    """Return who a scenario concerns."""
    share = city.parameter("#central_share", hazard, 0.2)
    if sheltered_share is not None:
        share = sheltered_share
    sheltered = round(evacuated * share)
    size = city.parameter("#shelter_size", hazard, 200.0)
    teams = city.base_count(tier, unit.code, hazard, "per_team")
    return People(
        residents=unit.population,
        evacuated=evacuated,
        sheltered=sheltered,
        outdoors=round(sheltered * city.parameter("#outdoor_share", hazard, 0.0)),
        rescuers=round(_team_size(city, tier, hazard) * max(teams, 1.0)),
        shelters=math.ceil(sheltered / size) if sheltered else 0,
    )


def _team_size(city: City, tier: Tier, hazard: str) -> float:
    rows = [n for n in city.norms if n.item == "#team_size" and n.applies(norm_tier(tier), hazard)]
    rows.sort(key=lambda n: ("all" in n.hazards, n.id))
    return rows[0].quantity if rows else 0.0


# --- incidents -------------------------------------------------------------------------------


def incident_needs(city: City, incident: Incident) -> tuple[DispatchNeed, ...]:
    """Return the need lines of an incident: norms for the affected, then what was asked for.

    A requested line takes the place of the norms' lines for the same area and item.

    Raises
    ------
    CityError
        When an affected area has no township on the road graph.
    """
    evacuated: dict[str, float] = {}
    sheltered: dict[str, float] = {}
    for hit in incident.affected:
        weights = footprint_of(city, hit.area, incident.hazard)
        if not weights:
            raise CityError(
                f"受灾地区 {hit.area} 不在路网上"
                f" | affected area {hit.area} has no place on the road graph"
            )
        share = hit.sheltered_share
        if share is None:
            share = city.parameter("#central_share", incident.hazard, 0.2)
        for place, weight in weights.items():
            evacuated[place] = evacuated.get(place, 0.0) + hit.evacuated * weight
            sheltered[place] = sheltered.get(place, 0.0) + hit.evacuated * weight * share
    lines = _norm_lines(city, incident, evacuated, sheltered) if evacuated else []
    asked = [
        DispatchNeed(
            id=f"{r.area}/{r.item}/{r.deadline_h:g}h",
            area=r.area,
            item=r.item,
            quantity=r.quantity,
            deadline_s=round(r.deadline_h * 3600),
            priority=r.priority,
            people=round(evacuated.get(r.area, 0)),
        )
        for r in incident.needs
    ]
    replaced = {(n.area, n.item) for n in asked}
    kept = [n for n in lines if (n.area, n.item) not in replaced]
    return tuple(kept + asked)


def _norm_lines(
    city: City,
    incident: Incident,
    evacuated: Mapping[str, float],
    sheltered: Mapping[str, float],
) -> list[DispatchNeed]:
    """Return the norms' lines: an incident is answered by the lowest tier that contains it."""
    tier, area = _responding(city, evacuated)
    total = round(sum(evacuated.values()))
    share = sum(sheltered.values()) / total if total else 0.0
    people = people_of(city, tier, city.areas[area], incident.hazard, total, share)
    weights = {p: q / sum(evacuated.values()) for p, q in evacuated.items() if q > 0}
    case = Case(city=city, tier=tier, area=area, hazard=incident.hazard, people=people)
    needs = requirements(case, weights, standing=False)
    lines = []
    for need in needs:
        for place, by_deadline in need.by_place.items():
            before = 0
            for hours, quantity in by_deadline.items():
                if quantity > before:
                    lines.append(
                        DispatchNeed(
                            id=f"{place}/{need.item}/{hours}h",
                            area=place,
                            item=need.item,
                            quantity=quantity - before,
                            deadline_s=hours * 3600,
                            priority=_priority(critical=need.critical, hours=hours),
                            people=round(evacuated[place]),
                        )
                    )
                before = quantity
    return lines


def _priority(*, critical: bool, hours: int) -> int:
    """Return 1 for what saves lives in the first hours, 2 for other critical goods, else 3."""
    if not critical:
        return 3
    return 1 if hours <= 10 else 2


def _responding(city: City, evacuated: Mapping[str, float]) -> tuple[Tier, str]:
    for tier in (Tier.TOWNSHIP, Tier.COUNTY):
        above = {city.ancestor(place, tier) for place in evacuated}
        if len(above) == 1 and None not in above:
            return tier, next(a for a in above if a is not None)
    return Tier.CITY, city.code
