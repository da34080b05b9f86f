"""The administrative tree, and who may hold stock where."""

from dataclasses import dataclass
from enum import StrEnum

from supplies.catalogue import Evidence


class Tier(StrEnum):
    """A layer of the reserve, from the city's core to the household's front."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    COMMUNITY = "community"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A city, county, township or village.

    ``is_unit`` says whether the area runs a Level-I response of its own (development zones and
    the like do not); ``node`` is its place on the road graph, ``None`` where it has none.
    """

    code: str
    name_zh: str
    name_en: str
    tier: Tier
    parent: str | None
    lon: float | None
    lat: float | None
    population: int
    households: int
    is_unit: bool
    node: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A storehouse, depot or storage point.

    ``status`` is ``existing``, ``planned`` (a depot of the plan, in use) or ``candidate`` (a room
    that could hold stock and holds none yet). ``aliases`` are names sheets use for it.
    """

    id: str
    name_zh: str
    name_en: str
    tier: Tier
    area: str
    lon: float
    lat: float
    node: str
    volume_m3: float
    docks: int
    status: str
    aliases: tuple[str, ...]
    evidence: Evidence
    note: str
