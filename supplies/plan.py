"""What is asked, what is proved and what is proposed: need, readiness, reserves, trips.

Plain frozen values. Quantities of goods are in catalogue units; money is in yuan (CNY).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from models.outcome import Outcome
from supplies.catalogue import Evidence
from supplies.tiers import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """One lot of one item at one site, as the ledger has it; quantities in catalogue units.

    ``owner`` is the code of the tier unit that owns it (the holder may be another's site).
    """

    site: str
    item: str
    lot: str
    quantity: Decimal
    reserved: Decimal
    produced: date | None
    expiry: date | None
    condition: str
    owner_tier: Tier
    owner: str
    source_mode: str


# --- need ------------------------------------------------------------------------------------


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


# --- readiness -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """What is missing of one item by one deadline."""

    item: str
    deadline_h: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Witness of no: these sources are all that reach these places in time, and fall short.

    ``supply`` maps source ids to what they hold; sum(supply) < need. ``layers`` are the
    (place, deadline in hours) pairs whose needs add up to ``need``.
    """

    item: str
    deadline_h: int
    places: tuple[str, ...]
    supply: Mapping[str, int]
    need: int
    layers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Witness of yes: a quantity that goes from a source to a place for a deadline."""

    item: str
    source: str
    place: str
    deadline_h: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessRow:
    """Whether one unit can run one Level-I response of one hazard.

    ``coverage`` is the mean over needed items of the share that arrives in time;
    ``weakest`` names the item with the least share.
    """

    tier: Tier
    area: str
    hazard: str
    coverage: float
    covered: bool
    weakest: str | None
    weakest_share: float
    short: tuple[Shortage, ...]
    cuts: tuple[Cut, ...]
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One N-1 line: what a unit still covers when one storehouse or road link is lost."""

    failure: str
    area: str
    hazard: str
    covered: bool
    short: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The proof for all units asked for."""

    revision: int
    mode: str
    rows: tuple[ReadinessRow, ...]
    n_minus_1: tuple[Failure, ...]

    def summary(self) -> dict[Tier, dict[str, int]]:
        """Return, by tier, how many areas there are and how many are covered for all hazards."""
        result: dict[Tier, dict[str, int]] = {}
        for tier in Tier:
            rows = [r for r in self.rows if r.tier is tier]
            areas = {r.area for r in rows}
            red = {r.area for r in rows if not r.covered}
            if areas:
                result[tier] = {"areas": len(areas), "covered": len(areas - red)}
        return result


# --- reserves --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """What to hold of one item at one site for one owner, after the plan."""

    owner: str
    site: str
    item: str
    quantity: int
    on_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLine:
    """What to sign with one supplier for one owner; ``have`` is signed already."""

    supplier: str
    supplier_name: str
    owner: str
    item: str
    quantity: int
    have: int
    notice_hours: float
    annual_cost: Decimal
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyLine:
    """One purchase, with what forces it.

    ``need`` is the binding requirement, ``on_hand`` what the owner already holds of it,
    ``agreed`` what agreements cover; ``terms`` are the arithmetic of the binding scenario.
    """

    owner: str
    tier: Tier
    site: str
    item: str
    quantity: int
    packs: int
    unit_price: Decimal
    amount: Decimal
    need: int
    on_hand: int
    agreed: int
    hazard: str
    deadline_h: int
    clauses: tuple[str, ...]
    terms: tuple[NeedTerm, ...]
    price_evidence: Evidence
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """Stock of one owner to be moved between its sites."""

    owner: str
    item: str
    source: str
    target: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireLine:
    """A lot that no response can count on: expired, or damaged."""

    site: str
    item: str
    lot: str
    quantity: Decimal
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpandLine:
    """Room that a plan needs beyond a site's present room, and what it costs a year."""

    site: str
    volume_m3: float
    annual_cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetLine:
    """Need that the plan leaves open, and why."""

    tier: Tier
    area: str
    hazard: str
    item: str
    deadline_h: int
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservePlan:
    """What to hold where, what to buy for it, what to sign."""

    outcome: Outcome
    mode: str
    revision: int
    annual_cost: Decimal
    purchase_cost: Decimal
    agreement_cost: Decimal
    budget: Decimal | None
    hold: tuple[HoldLine, ...]
    agreements: tuple[AgreementLine, ...]
    buy: tuple[BuyLine, ...]
    move: tuple[MoveLine, ...]
    retire: tuple[RetireLine, ...]
    unmet: tuple[UnmetLine, ...]
    expand: tuple[ExpandLine, ...] = ()


# --- dispatch --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchNeed:
    """One line of an incident's need; ``deadline_s`` counts from the incident's start.

    Not cumulative: a line is what must be there by its own deadline beyond earlier lines.
    """

    id: str
    area: str
    item: str
    quantity: int
    deadline_s: int
    priority: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLoad:
    """Goods of one lot taken aboard."""

    item: str
    lot: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedUnload:
    """Goods of one lot handed over for one need line."""

    need: str
    item: str
    lot: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A halt of a trip: at a ``site`` (loading) or in an ``area`` (unloading); never both."""

    site: str | None
    area: str | None
    node: str
    arrive_s: int
    leave_s: int
    load: tuple[LotLoad, ...]
    unload: tuple[NeedUnload, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One vehicle's work: stops in order of time; it may load more than once."""

    id: str
    vehicle: str
    vehicle_class: str
    home: str
    stops: tuple[Stop, ...]
    distance_km: float
    cost_cny: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """Part of a need line that no trip brings, why, and what would change that."""

    need: str
    item: str
    quantity: int
    reason: str
    cheapest_change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Part of a need line that arrives after its deadline."""

    need: str
    quantity: int
    by_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchPlan:
    """Who carries what to whom, checked.

    ``people_served`` lists (seconds from start, people whose need lines due by then are all
    there); ``share_served`` is keyed by deadline hours: the share of need due by then that
    arrived in time.
    """

    incident: str
    hazard: str
    revision: int
    start: datetime
    outcome: Outcome
    need: tuple[DispatchNeed, ...]
    trips: tuple[Trip, ...]
    unmet: tuple[Unserved, ...]
    late: tuple[Late, ...]
    people_served: tuple[tuple[int, int], ...]
    share_served: Mapping[int, float]
    travel_source: str
