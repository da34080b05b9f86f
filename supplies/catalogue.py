"""Items, norms and how sure each figure is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Evidence(StrEnum):
    """How a figure came to stand here; shown wherever the figure is shown."""

    FOUND = "found"
    DERIVED = "derived"
    RECALLED = "recalled"
    ASSUMED = "assumed"
    ESTIMATED = "estimated"
    MIXED = "mixed"
    SAMPLE = "sample"


# Base units in one catalogue unit: the ledger counts integers, and half a cubic metre is a fact.
SCALE_BY_UNIT: Mapping[str, int] = {
    "kg": 1000,
    "tonne": 1000,
    "m3": 1000,
    "litre": 1000,
    "m2": 100,
    "m": 100,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One kind of goods.

    ``pack_size`` is in catalogue units, ``scale`` is the number of ledger base units in one
    catalogue unit (1 for things that are counted by the piece).
    """

    id: str
    name_zh: str
    name_en: str
    category_zh: str
    category_en: str
    unit_zh: str
    unit_en: str
    pack_size: int
    unit_weight_kg: float
    unit_volume_m3: float
    unit_price_cny: Decimal
    shelf_life_months: int
    storage_class: str
    high_cost: bool
    call_up_tier: str
    lowest_holding_tier: str
    reserve_mode: str
    hazards: frozenset[str]
    consumable: bool
    price_evidence: Evidence
    source: str
    confidence: str
    note: str

    @property
    def scale(self) -> int:
        """Ledger base units in one catalogue unit."""
        return SCALE_BY_UNIT.get(self.unit_en, 1)

    def to_base(self, quantity: Decimal | int) -> int:
        """Return ledger base units of a quantity in catalogue units.

        Raises
        ------
        ValueError
            When the quantity is finer than the ledger's base unit.
        """
        base = Decimal(quantity) * self.scale
        if base != base.to_integral_value():
            raise ValueError(f"{quantity} {self.unit_en} is finer than 1/{self.scale}")
        return int(base)

    def from_base(self, base: int) -> Decimal:
        """Return the quantity in catalogue units of a number of ledger base units."""
        return Decimal(base) / self.scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """How much of one item, on which basis, by when, and why.

    Parameters
    ----------
    item
        Catalogue id, or ``#name`` for a parameter such as the sheltered share.
    hazards, tiers
        Where the row applies; ``{"all"}`` means everywhere.
    basis
        For example ``per_sheltered_day``; see models/demand.py.
    quantity, low, high
        In catalogue units per basis unit (and day).
    duration_days
        Days a per-day norm runs; at least 1.
    share_by
        Cumulative share that must be there by each deadline in hours, e.g. ``{10: 1.0}``.
    clause
        The wording a purchase line quotes: document and what it asks.
    """

    id: str
    item: str
    hazards: frozenset[str]
    tiers: frozenset[str]
    basis: str
    quantity: float
    low: float
    high: float
    unit: str
    duration_days: float
    share_by: Mapping[int, float]
    critical: bool
    evidence: Evidence
    source: str
    confidence: str
    clause: str
    note: str

    def applies(self, tier: str, hazard: str) -> bool:
        """Whether the row speaks of this tier and hazard."""
        return bool(self.tiers & {"all", tier}) and bool(self.hazards & {"all", hazard})


@dataclass(frozen=True, slots=True, kw_only=True)
class KitLine:
    """One line of the household kit: what a kit holds per household and per person."""

    id: str
    item: str | None
    name_zh: str
    name_en: str
    per_household: float
    per_person: float
    unit_zh: str
    unit_price_cny: Decimal
    shelf_life_months: int
    evidence: Evidence
    source: str
