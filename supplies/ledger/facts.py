"""Moves, counts and reservations: what may stand in the ledger."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from supplies.errors import LedgerError

Account = str
Position = tuple[Account, str, str]
Moment = tuple[date, int, datetime]
Order = tuple[date, int, datetime, UUID]

SITE = "site:"
TRANSIT = "transit:"
OUTSIDE = "outside:"
# `relabel` is where a lot goes and comes back as another one: inspected, or another tier's;
# `higher` is the tier above the city, whose goods come on a call-up and may go back.
OUTSIDE_NAMES = (
    *("supplier", "opening", "used", "lost", "count", "scrap", "donor", "loan", "requisition"),
    *("relabel", "higher"),
)
QUANTITY_MAX = 2**63 - 1


class Reason(StrEnum):
    """Why a quantity moved."""

    OPENING = "opening"
    RECEIPT = "receipt"
    ISSUE = "issue"
    TRANSFER = "transfer"
    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    LOSS = "loss"
    COUNT = "count"
    SCRAP = "scrap"
    TRAINING = "training"
    DONATION = "donation"
    LOAN = "loan"
    RETURN = "return"
    CALL_OFF = "call_off"
    REQUISITION = "requisition"
    INSPECTION = "inspection"
    CUSTODY = "custody"
    REVERSAL = "reversal"


def inside(account: Account) -> bool:
    """Whether an account is a place of ours, which can never hold less than nothing."""
    return not account.startswith(OUTSIDE)


def site(site_id: str) -> Account:
    """Return the account of a storehouse."""
    return SITE + site_id


def transit(trip: str) -> Account:
    """Return the account of goods aboard one trip."""
    return TRANSIT + trip


def outside(name: str) -> Account:
    """Return an outside account, one of ``OUTSIDE_NAMES``.

    Raises
    ------
    LedgerError
        When there is no such account.
    """
    return _known(OUTSIDE + name)


def _known(account: Account) -> Account:
    kind, colon, name = account.partition(":")
    if name and (kind + colon) in {SITE, TRANSIT}:
        return account
    if kind + colon == OUTSIDE and name in OUTSIDE_NAMES:
        return account
    raise LedgerError(
        f"account {account!r} is unknown; should be site:<id>, transit:<trip> or "
        f"outside:{'|'.join(OUTSIDE_NAMES)}"
    )


def _check_line(quantity: int, sequence: int, recorded_at: datetime, least: int = 1) -> None:
    # A float, a Decimal or a bool here would be a unit mistake: the ledger holds integers only.
    if type(quantity) is not int or not least <= quantity <= QUANTITY_MAX:
        bound = "positive" if least else "zero or more"
        raise LedgerError(f"quantity should be a whole number, {bound}; got {quantity!r}")
    if sequence < 0:
        raise LedgerError(f"sequence should be zero or more, got {sequence}")
    if recorded_at.tzinfo is None:
        raise LedgerError(f"recorded_at needs a time zone, got {recorded_at.isoformat()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One quantity of one lot from one account to another.

    Parameters
    ----------
    day
        When it happened. ``recorded_at`` is when it was entered, with a time zone.
    sequence
        Place within the day, from 1; 0 means "not placed yet": the store puts it last.
    quantity
        In base units of the item, positive.
    document
        The voucher it stands on.
    reverses
        The move this one undoes.

    Raises
    ------
    LedgerError
        When the quantity is not a positive integer, an account is unknown, the two accounts
        are the same, or ``recorded_at`` has no time zone.
    """

    id: UUID
    day: date
    sequence: int = 0
    recorded_at: datetime
    recorded_by: str
    item: str
    lot: str
    quantity: int
    source: Account
    target: Account
    reason: Reason
    document: str = ""
    reverses: UUID | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Check the invariants a single move can break."""
        _check_line(self.quantity, self.sequence, self.recorded_at)
        if _known(self.source) == _known(self.target):
            raise LedgerError(f"a move needs two accounts, got {self.source} twice")
        if not self.item:
            raise LedgerError("a move needs an item")

    @property
    def moment(self) -> Moment:
        """When it happened, as far as the order can tell moments apart."""
        return self.day, self.sequence, self.recorded_at

    @property
    def order(self) -> Order:
        """The move's place in the ledger's total order."""
        return self.day, self.sequence, self.recorded_at, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What somebody counted on a shelf: not a move, a claim the moves must agree with.

    It speaks of the moment after everything on ``day`` up to and including ``sequence``;
    sequence 0 means "not placed yet": the store places it after what the day holds so far.
    """

    day: date
    sequence: int = 0
    account: Account
    item: str
    lot: str
    quantity: int

    def __post_init__(self) -> None:
        """Check that it is a claim about a place of ours."""
        if type(self.quantity) is not int or not 0 <= self.quantity <= QUANTITY_MAX:
            raise LedgerError(
                f"counted quantity should be a whole number, zero or more; got {self.quantity!r}"
            )
        if not inside(_known(self.account)):
            raise LedgerError(f"only a place inside can be counted, got {self.account}")

    @property
    def position(self) -> Position:
        """The shelf it speaks of."""
        return self.account, self.item, self.lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Goods set aside for a document, or (with ``releases``) let go again: a fact, like a move.

    What is reserved is the sum of what was set aside less what was let go; it is never stored.
    """

    id: UUID
    day: date
    sequence: int = 0
    recorded_at: datetime
    recorded_by: str
    account: Account
    item: str
    lot: str
    quantity: int
    document: str = ""
    releases: UUID | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Check what a single line can break."""
        _check_line(self.quantity, self.sequence, self.recorded_at)
        if not inside(_known(self.account)):
            raise LedgerError(f"only stock inside can be reserved, got {self.account}")

    @property
    def position(self) -> Position:
        """The shelf the goods stand on."""
        return self.account, self.item, self.lot
