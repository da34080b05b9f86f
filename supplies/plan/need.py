"""What is asked: need with its arithmetic, people and scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass

from supplies.catalogue import Evidence
from supplies.tiers import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTerm:
    """One norm's part of a need: ``basis_count x norm x days x (1 + spare) = quantity``.

    ``quantity`` may be negative: the credit for household kits.
    """

    norm: str
    basis: str
    basis_count: float
    norm_quantity: float
    days: float
    spare: float
    quantity: float
    clause: str
    source: str
    evidence: Evidence
    confidence: str

    @property
    def arithmetic(self) -> str:
        """The sum as a reader would check it, for example ``1200 x 0.25 x 3 d x 1.1 = 990``."""
        parts = [f"{self.basis_count:g}", f"{self.norm_quantity:g}"]
        if self.days != 1:
            parts.append(f"{self.days:g} d")
        if self.spare:
            parts.append(f"{1 + self.spare:g}")
        return " x ".join(parts) + f" = {self.quantity:.10g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who a scenario concerns."""

    residents: int
    evacuated: int
    sheltered: int
    outdoors: int
    rescuers: int
    shelters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What one scenario asks of one item.

    ``by_deadline`` is cumulative, in whole catalogue units, keyed by hours;
    ``by_place`` splits the total over the townships of the footprint.
    """

    tier: Tier
    area: str
    hazard: str
    item: str
    critical: bool
    by_deadline: Mapping[int, int]
    by_place: Mapping[str, Mapping[int, int]]
    terms: tuple[NeedTerm, ...]
    evidence: Evidence

    @property
    def quantity(self) -> int:
        """The whole need, at the last deadline."""
        return max(self.by_deadline.values(), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One Level-I response of one tier unit: a hazard, a footprint, the people, the need."""

    tier: Tier
    area: str
    hazard: str
    footprint: Mapping[str, float]
    people: People
    requirements: tuple[Requirement, ...]
