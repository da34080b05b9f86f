"""City: everything known beforehand, one frozen value."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from supplies.catalogue import Evidence, Item, KitLine, Norm
from supplies.errors import CityError
from supplies.roads import RoadGraph
from supplies.rules import COUNT_MONTHS, Approval, Rule
from supplies.tiers import Area, Site, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleClass:
    """A kind of vehicle; an absent road speed means it may not use that road.

    ``speed_kmh`` is keyed by the speed columns ``expressway national county township``.
    """

    id: str
    name_zh: str
    name_en: str
    mode: str
    payload_kg: float
    volume_m3: float
    speed_kmh: Mapping[str, float]
    cost_per_km_cny: float
    fixed_cost_per_trip_cny: float
    hour_cost_cny: float
    load_minutes_full: float
    unload_minutes_full: float
    ready_minutes: float
    range_km: float
    crew: int
    evidence: Evidence
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetEntry:
    """Vehicles of one class that start at one site."""

    site: str
    vehicle_class: str
    count: int
    holder: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Goods a supplier promises to a tier unit after a notice time (agreement or capacity)."""

    supplier: str
    supplier_name: str
    owner: str
    item: str
    quantity: int
    notice_hours: float
    fulfilment: float
    retainer_rate: float
    valid_until: date
    node: str
    kind: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdSurvey:
    """A sample survey of kits in one county: of ``asked`` homes, ``with_kit`` had one in date."""

    area: str
    asked: int
    with_kit: int
    surveyed_on: date
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseScale:
    """People evacuated in a tier unit's Level-I response, and where the figure comes from."""

    tier: Tier
    evacuated: int
    evacuated_min: int
    evacuated_max: int
    share_of_population: float
    evidence: Evidence
    clause: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A count that norms multiply (km of dyke, teams, sites) in one area for one hazard."""

    area: str
    hazard: str
    basis: str
    count: float
    evidence: Evidence
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Settings a city may change; minutes and rates as measured in real dispatches.

    ``ready_minutes`` is keyed by tier, for the day. Rates are yearly. ``rescue_class`` is the
    vehicle class that carries goods due within two hours, ``planning_class`` all others.
    ``agreement_share_max`` is keyed by an item's reserve mode (``physical``, ``agreement``): the
    largest share of a need that agreements may cover. ``agreement_growth`` is how many times
    its present promise a supplier could promise.
    """

    deadlines_h: tuple[int, ...]
    hazards: tuple[str, ...]
    ready_minutes: Mapping[str, float]
    planning_class: str
    rescue_class: str
    capital_rate: float
    storage_cny_per_m3_year: float
    event_probability: float
    written_off_share: float
    household_confidence: float
    agreement_share_max: Mapping[str, float]
    agreement_growth: float


@dataclass(frozen=True, kw_only=True)
class City:
    """What is known of one city. Mappings are keyed by the code or id of their values."""

    code: str
    name_zh: str
    name_en: str
    parameters: Parameters
    areas: Mapping[str, Area]
    sites: Mapping[str, Site]
    items: Mapping[str, Item]
    norms: tuple[Norm, ...]
    kit: tuple[KitLine, ...]
    scales: Mapping[str, ResponseScale]
    bases: tuple[Base, ...]
    exposure: Mapping[tuple[str, str], float]
    vehicles: Mapping[str, VehicleClass]
    fleet: tuple[FleetEntry, ...]
    agreements: tuple[Agreement, ...]
    survey: Mapping[str, HouseholdSurvey]
    roads: RoadGraph
    item_aliases: Mapping[str, str]
    rules: Mapping[str, Rule]
    approvals: tuple[Approval, ...]

    def rule(self, key: str) -> float:
        """Return the figure of a rule, one of `supplies.rules.KEYS`."""
        return self.rules[key].value

    def count_months(self, item: str) -> float:
        """Return how often goods of an item are to be counted, in months."""
        own = self.rules.get(f"{COUNT_MONTHS}:{self.items[item].category_en}")
        return own.value if own else self.rule(COUNT_MONTHS)

    def units(self, tier: Tier) -> Iterator[Area]:
        """Yield the areas of a tier that run a response of their own, by code."""
        for code in sorted(self.areas):
            area = self.areas[code]
            if area.tier is tier and area.is_unit:
                yield area

    @cached_property
    def _townships_of(self) -> Mapping[str, tuple[Area, ...]]:
        groups: dict[str, list[Area]] = {}
        for code in sorted(self.areas):
            area = self.areas[code]
            if area.tier is Tier.TOWNSHIP and area.node is not None:
                for key in (code, area.parent or "", self.code):
                    groups.setdefault(key, []).append(area)
        return {key: tuple(value) for key, value in groups.items()}

    def townships(self, area: str) -> tuple[Area, ...]:
        """Return the townships on the road graph inside a city, county or township, by code."""
        return self._townships_of.get(area, ())

    def area(self, code: str) -> Area:
        """Return an area.

        Raises
        ------
        CityError
            When the code is unknown.
        """
        try:
            return self.areas[code]
        except KeyError:
            raise CityError(
                f"没有地区 {code!r}, 应为{self.name_zh}的 6 位县码、9 位乡镇码或 12 位村码"
                f" | area {code!r} is unknown in {self.name_en}"
            ) from None

    def ancestor(self, code: str, tier: Tier) -> str | None:
        """Return the code of the area of this tier that contains ``code`` (or is it)."""
        at: str | None = code
        while at is not None:
            area = self.areas.get(at)
            if area is None:
                return None
            if area.tier is tier:
                return at
            at = area.parent
        return None

    def inside(self, code: str, container: str) -> bool:
        """Whether an area lies in (or is) another."""
        at: str | None = code
        while at is not None:
            if at == container:
                return True
            area = self.areas.get(at)
            at = area.parent if area else None
        return False

    @cached_property
    def _base_table(self) -> Mapping[tuple[str, str, str], float]:
        return {(b.area, b.hazard, b.basis): b.count for b in self.bases}

    def base_count(self, tier: Tier, area: str, hazard: str, basis: str) -> float:
        """Return how many basis units an area counts: its own row, else the row of its tier."""
        table = self._base_table
        for place in (area, tier.value):
            for h in (hazard, "all"):
                if (place, h, basis) in table:
                    return table[place, h, basis]
        return 0.0

    def parameter(self, name: str, hazard: str, otherwise: float) -> float:
        """Return a ``#name`` norm's value: of the hazard itself, else of all, else the default."""
        rows = [n for n in self.norms if n.item == name]
        for wanted in (hazard, "all"):
            for row in rows:
                if wanted in row.hazards:
                    return row.quantity
        return otherwise

    @cached_property
    def digest(self) -> str:
        """Return a short hash of everything in the city; equal cities have equal digests."""

        def plain(value: object) -> object:
            if isinstance(value, (date, Decimal)):
                return str(value)
            if isinstance(value, frozenset):
                return sorted(value)
            raise TypeError(type(value).__name__)

        body: dict[str, object] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if name == "roads":
                body[name] = value.digest
            elif name == "exposure":
                body[name] = sorted((h, a, s) for (h, a), s in value.items())
            elif isinstance(value, Mapping):
                body[name] = {
                    k: asdict(v) if hasattr(v, "__dataclass_fields__") else v
                    for k, v in sorted(value.items())
                }
            elif isinstance(value, tuple):
                body[name] = [asdict(v) for v in value]
            elif hasattr(value, "__dataclass_fields__"):
                body[name] = asdict(value)
            else:
                body[name] = value
        text = json.dumps(body, sort_keys=True, ensure_ascii=False, default=plain)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
