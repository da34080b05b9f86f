"""What wants attention: lots near their end, counts and papers overdue, goods and money open.

One frozen row each, by ids of the city; quantities in catalogue units, money in yuan. Which words
a reader sees is the business of the reports.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

EXPIRED = 0


class Listed:
    """What all lines share: how long they are past their term, and what they are worth."""

    __slots__ = ()
    value: Decimal

    @property
    def days_over(self) -> int:
        """Days past its term; 0 before, and where no term is set."""
        return 0

    @property
    def is_urgent(self) -> bool:
        """Whether it is past its term."""
        return self.days_over > 0

    @property
    def worth(self) -> Decimal:
        """What is at stake, in yuan."""
        return self.value


class Advice(StrEnum):
    """What to do with a lot near (or past) its end."""

    INSPECT = "inspect"
    EXCHANGE = "exchange"
    TRANSFER = "transfer"
    TRAIN = "train"
    SCRAP = "scrap"


class Missing(StrEnum):
    """Which dates of an ageing lot nobody knows."""

    BOTH = "both"
    EXPIRY = "expiry"
    PRODUCED = "produced"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDue(Listed):
    """A lot that has expired or soon will.

    Parameters
    ----------
    within
        The band: within so many days; `EXPIRED` when past its last day.
    life_left
        Share of its life that is left; ``None`` where the production day is unknown.
    exchange_until
        The last day on which a dealer takes it back; ``None`` where none does or it is past.
    is_last
        Whether it has expired or is in the last band before.
    """

    site: str
    item: str
    lot: str
    quantity: Decimal
    reserved: Decimal
    produced: date | None
    expiry: date
    condition: str
    owner: str
    value: Decimal
    within: int
    days_left: int
    life_left: float | None
    exchange_until: date | None
    advice: Advice
    is_last: bool

    @property
    def days_over(self) -> int:
        """Days since its last day; 0 while it is in date."""
        return max(0, -self.days_left)

    @property
    def is_urgent(self) -> bool:
        """Whether it has expired or is in the last band before."""
        return self.is_last


@dataclass(frozen=True, slots=True, kw_only=True)
class Undated(Listed):
    """A lot of goods that age, without the dates that would say how far."""

    site: str
    item: str
    lot: str
    quantity: Decimal
    produced: date | None
    expiry: date | None
    owner: str
    value: Decimal
    missing: Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class CountDue(Listed):
    """Goods of a site whose stocktake is due.

    Parameters
    ----------
    counted
        The last day on which any lot was counted; ``None`` when none ever was.
    since
        The day from which the count is due: the oldest lot's count (or arrival) and the term.
    missed
        Lots that came before the last count and were left out of it.
    """

    site: str
    item: str
    lots: int
    missed: int
    value: Decimal
    months: float
    counted: date | None
    since: date
    days_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDue(Listed):
    """A telephone order whose papers have not come; ``subject`` is a voucher or a call-up."""

    subject: str
    kind: str
    is_call_up: bool
    day: date
    due: date
    sites: tuple[str, ...]
    asked_by: str
    party: str
    reason: str
    days_over: int

    @property
    def worth(self) -> Decimal:
        """Papers have no worth of their own."""
        return Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay(Listed):
    """Goods of one item that left on a voucher and have not arrived."""

    document: str
    trip: str
    source: str
    target: str
    item: str
    quantity: Decimal
    value: Decimal
    departed: datetime
    hours: float
    is_late: bool
    call_up: str | None

    @property
    def days_over(self) -> int:
        """Whole days on the way, once it is late."""
        return int(self.hours // 24) if self.is_late else 0

    @property
    def is_urgent(self) -> bool:
        """Whether it should have arrived."""
        return self.is_late


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanOpen(Listed):
    """Goods of one item lent (or borrowed, ``is_ours`` false) and not wholly back."""

    document: str
    is_ours: bool
    site: str
    item: str
    party: str
    day: date
    due: date | None
    quantity: Decimal
    value: Decimal
    days_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationOpen(Listed):
    """Requisitioned goods whose owner has not been paid in full."""

    document: str
    party: str
    sites: tuple[str, ...]
    day: date
    due: date | None
    amount: Decimal
    paid: Decimal
    days_over: int

    @property
    def worth(self) -> Decimal:
        """What is still to be paid."""
        return self.amount - self.paid


@dataclass(frozen=True, slots=True, kw_only=True)
class RefillDue(Listed):
    """What a call-up left to be made good: goods to be there again, or money for them.

    Parameters
    ----------
    site
        Where the goods came from; empty where they came from above the city.
    debtor
        The area that is to make them good.
    quantity, amount
        Goods still owed, and money still owed for them, in yuan.
    is_settled
        Whether it was said who bears it.
    """

    call_up: str
    site: str
    item: str
    debtor: str
    quantity: Decimal
    amount: Decimal
    value: Decimal
    is_settled: bool
    due: date | None
    days_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """One list summed up: how many lines, how many of them urgent, what they are worth.

    ``oldest`` is how many days the worst line is past its term; 0 when none is.
    """

    name: str
    lines: int
    urgent: int
    value: Decimal
    oldest: int
