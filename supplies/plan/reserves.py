"""What is proposed to hold, buy, sign, move and retire."""

from dataclasses import dataclass
from decimal import Decimal

from models.outcome import Outcome
from supplies.catalogue import Evidence
from supplies.plan.need import NeedTerm
from supplies.tiers import Tier


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
