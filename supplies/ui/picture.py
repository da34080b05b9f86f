"""Readiness summed up for one look: each unit's state, the worst gaps, people behind them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from supplies.catalogue import Evidence
from supplies.city import City
from supplies.plan import Readiness, ReadinessRow, StockLine
from supplies.tiers import Tier

STATES = ("covered", "near", "partial", "short", "unknown")
EXPIRY_DAYS = (30, 90, 180)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitState:
    """One unit over the hazards that were asked for; ``coverage`` is that of the worst."""

    tier: Tier
    area: str
    coverage: float
    covered: bool
    hazard: str
    weakest: str | None
    weakest_share: float
    hazards: int
    hazards_covered: int

    @property
    def state(self) -> str:
        """One of `STATES`, as the map colours it."""
        return state_of(self.coverage, covered=self.covered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What is missing of one item over all units; ``cost`` in yuan at catalogue prices."""

    item: str
    quantity: int
    units: int
    deadline_h: int
    critical_share: float
    cost: Decimal


def state_of(coverage: float, *, covered: bool) -> str:
    """Return the state of a coverage in 0..1."""
    if covered:
        return "covered"
    if coverage >= 0.9:
        return "near"
    return "partial" if coverage >= 0.5 else "short"


def select(
    readiness: Readiness, hazard: str | None = None, tier: str | None = None
) -> list[ReadinessRow]:
    """Return the rows of one hazard and one tier; ``None`` means all."""
    return [
        r
        for r in readiness.rows
        if (hazard is None or r.hazard == hazard) and (tier is None or r.tier.value == tier)
    ]


def unit_states(rows: Iterable[ReadinessRow]) -> dict[str, UnitState]:
    """Return each unit's state by area code: as good as its worst hazard."""
    groups: dict[str, list[ReadinessRow]] = defaultdict(list)
    for row in rows:
        groups[row.area].append(row)
    result = {}
    for area, group in groups.items():
        worst = min(group, key=lambda r: (r.covered, r.coverage))
        result[area] = UnitState(
            tier=worst.tier,
            area=area,
            coverage=worst.coverage,
            covered=all(r.covered for r in group),
            hazard=worst.hazard,
            weakest=worst.weakest,
            weakest_share=worst.weakest_share,
            hazards=len(group),
            hazards_covered=sum(r.covered for r in group),
        )
    return result


def missing(row: ReadinessRow) -> dict[str, int]:
    """Return what a response is short of, by item, over all its deadlines."""
    result: dict[str, int] = defaultdict(int)
    for short in row.short:
        result[short.item] += short.quantity
    return result


def worst_gaps(city: City, rows: Iterable[ReadinessRow], most: int = 8) -> list[Gap]:
    """Return the items most units lack, most units first.

    A shortage is what is missing for its own deadline beyond earlier ones, so those of one
    response add up. One response at a time: a unit's gap in an item is its largest over hazards,
    and the total is the sum over units.
    """
    largest: dict[tuple[str, str], int] = defaultdict(int)
    first: dict[str, int] = {}
    share: dict[str, float] = {}
    for row in rows:
        for short in row.short:
            first[short.item] = min(first.get(short.item, short.deadline_h), short.deadline_h)
        for item, quantity in missing(row).items():
            largest[item, row.area] = max(largest[item, row.area], quantity)
        if row.weakest:
            share[row.weakest] = min(share.get(row.weakest, 1.0), row.weakest_share)
    by_item: dict[str, list[int]] = defaultdict(list)
    for (item, _), quantity in largest.items():
        by_item[item].append(quantity)
    gaps = [
        Gap(
            item=item,
            quantity=sum(quantities),
            units=len(quantities),
            deadline_h=first[item],
            critical_share=share.get(item, 1.0),
            cost=sum(quantities) * city.items[item].unit_price_cny,
        )
        for item, quantities in by_item.items()
    ]
    return sorted(gaps, key=lambda g: (-g.units, -g.cost, g.item))[:most]


def people(city: City, states: Mapping[str, UnitState]) -> tuple[int, int]:
    """Return (residents of covered units, residents of all units)."""
    behind = sum(city.areas[a].population for a, s in states.items() if s.covered)
    return behind, sum(city.areas[a].population for a in states)


def stock_value(city: City, lines: Iterable[StockLine]) -> Decimal:
    """Return the worth of stock in yuan at catalogue prices."""
    return sum((line.quantity * city.items[line.item].unit_price_cny for line in lines), Decimal(0))


def expiring(lines: Sequence[StockLine], day: date) -> dict[int, int]:
    """Return how many lots expire within 30, 90 and 180 days; key 0 counts the expired."""
    left = [(line.expiry - day).days for line in lines if line.expiry and line.quantity > 0]
    result = {0: sum(d < 0 for d in left)}
    for limit in EXPIRY_DAYS:
        result[limit] = sum(0 <= d <= limit for d in left)
    return result


def has_sample(city: City) -> bool:
    """Whether any storehouse, vehicle or agreement of the city is made up for show."""
    marks = [s.evidence for s in city.sites.values()]
    marks += [f.evidence for f in city.fleet] + [a.evidence for a in city.agreements]
    return Evidence.SAMPLE in marks
