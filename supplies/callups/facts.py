"""What a call-up is, and the record that each of its steps leaves.

Quantities are ledger base units. Records are kept as JSON under their field names, so a field
that is renamed needs a migration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from supplies.catalogue import Evidence
from supplies.tiers import Tier

SITE_TARGET, AREA_TARGET = "site:", "area:"


class Step(StrEnum):
    """What can happen to a call-up."""

    REQUEST = "request"
    PROPOSE = "propose"
    APPROVE = "approve"
    REFUSE = "refuse"
    RESERVE = "reserve"
    ORDER = "order"
    DEPART = "depart"
    ARRIVE = "arrive"
    SETTLE = "settle"
    RETURN = "return"
    REFILL = "refill"
    CANCEL = "cancel"
    CLOSE = "close"


class Draw(StrEnum):
    """On whom goods are drawn, seen from who asks."""

    OWN = "own"
    UPWARD = "upward"
    LATERAL = "lateral"
    LETTER = "letter"


class Higher(StrEnum):
    """Tiers above the city: their stock is not ours to book, it is asked for by letter."""

    PROVINCE = "province"
    NATIONAL = "national"


class Mode(StrEnum):
    """Who bears what was used."""

    REQUESTER = "requester"
    OWNER = "owner"
    IN_KIND = "in_kind"
    FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item asked for; ``target`` is ``site:<id>``, or ``area:<code>`` for use on the spot."""

    number: int
    item: str
    quantity: int
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUp:
    """A request for goods, as it was made.

    Parameters
    ----------
    area
        Who asks: a township, county or the city.
    level
        The response level, ``I`` to ``IV``.
    order_number, papers_due
        The written request; without one it was made by telephone and the papers are due.
    """

    id: str
    day: date
    area: str
    incident: str
    level: str
    asked_by: str
    order_number: str
    papers_due: date | None
    reason: str
    recorded_at: datetime
    recorded_by: str
    lines: tuple[Line, ...]

    def line(self, number: int) -> Line:
        """Return a line by its number, from 1."""
        return self.lines[number - 1]


# --- what a proposal says --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a line and where it is to come from.

    ``owner`` is the area that owns the goods; for a letter it is the tier written to, and there
    is neither a site nor an owner's tier. ``travel_s`` is ``None`` where no road leads.
    """

    number: int
    line: int
    quantity: int
    draw: Draw
    site: str = ""
    owner_tier: Tier | None = None
    owner: str
    travel_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A part of a line that nobody can give, and why (``中文 | English``)."""

    line: int
    quantity: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An approval that a proposal needs: who decides about whose goods, by which rule.

    ``place`` is the area at which the right to approve is asked for; ``owner`` whose goods they
    are; ``amount_cny`` their value at catalogue prices.
    """

    owner_tier: Tier
    owner: str
    level: str
    amount_cny: Decimal
    amount_max_cny: Decimal | None
    approver_tier: Tier
    place: str
    who_zh: str
    who_en: str
    evidence: Evidence
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """So many units of one share."""

    share: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is charged for one share, at which price from which kind of evidence."""

    share: int
    quantity: int
    price_cny: Decimal
    price_evidence: Evidence
    amount_fen: int


# --- one record a step -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """The lines stand on the call-up itself."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Where the goods could come from; each unit asked is in a share or unmet."""

    shares: tuple[Share, ...]
    unmet: tuple[Unmet, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """Some of the needed approvals (by place in the list), and lines cut to a quantity."""

    needs: tuple[int, ...]
    cut: Mapping[int, int]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The approver said no."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """Goods are set aside."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """The dispatch order is out."""

    order_number: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed:
    """Goods left a site; ``trip`` is empty where they are used at the site they lie at."""

    trip: str
    site: str
    parts: tuple[Part, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What came of a trip, or (``trip`` empty) from the tier written to."""

    trip: str
    received: tuple[Part, ...]
    lost: tuple[Part, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Who bears what was received; ``losses`` says that losses on the road are borne too."""

    mode: Mode
    lines: tuple[int, ...]
    losses: bool
    charges: tuple[Charge, ...]
    due: date | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Goods went back to their owner."""

    parts: tuple[Part, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refilled:
    """Goods came in for those that were used."""

    parts: tuple[Part, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Cancelled or closed."""

    note: str


Detail = (
    Requested
    | Proposed
    | Approved
    | Refused
    | Reserved
    | Ordered
    | Departed
    | Arrived
    | Settled
    | Returned
    | Refilled
    | Ended
)
DETAILS: Mapping[Step, type[Detail]] = {
    Step.REQUEST: Requested,
    Step.PROPOSE: Proposed,
    Step.APPROVE: Approved,
    Step.REFUSE: Refused,
    Step.RESERVE: Reserved,
    Step.ORDER: Ordered,
    Step.DEPART: Departed,
    Step.ARRIVE: Arrived,
    Step.SETTLE: Settled,
    Step.RETURN: Returned,
    Step.REFILL: Refilled,
    Step.CANCEL: Ended,
    Step.CLOSE: Ended,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step as it was taken; ``key`` made its repeat harmless."""

    step: Step
    day: date
    detail: Detail
    documents: tuple[str, ...] = ()
    key: str | None = None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that is kept of one call-up.

    ``papers`` is the number of the written request, from the start or when it came; ``paid_fen``
    what was paid on its settlements.
    """

    call_up: CallUp
    events: tuple[Event, ...] = field(default=())
    papers: str = ""
    paid_fen: int = 0
