"""What a voucher says beside the goods: its kind, who asked, who pays, until when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from supplies.errors import LedgerError


class Kind(StrEnum):
    """What a voucher does; each kind prints as a form of its own."""

    OPENING = "opening"
    RECEIPT = "receipt"
    ISSUE = "issue"
    TRANSFER = "transfer"
    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    COUNT = "count"
    SCRAP = "scrap"
    INSPECTION = "inspection"
    CUSTODY = "custody"
    TRAINING = "training"
    RETURN = "return"
    LOAN_OUT = "loan_out"
    LOAN_IN = "loan_in"
    LOAN_BACK = "loan_back"
    DONATION = "donation"
    REQUISITION = "requisition"
    CALL_OFF = "call_off"
    RESERVE = "reserve"
    RELEASE = "release"
    REVERSAL = "reversal"
    MOVES = "moves"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The head of a voucher.

    Parameters
    ----------
    asked_by, approved_by
        Who wanted it and who allowed it; who entered it is known from the posting.
    order_number
        The written order it rests on; empty while only a telephone order exists.
    papers_due
        Ordered by telephone: the day until which the papers must follow.
    party
        The other side: supplier, donor, borrower, lender, owner of requisitioned goods, receiver.
    due
        Until when a loan is to be back or a compensation to be paid.
    amount_fen
        Money this voucher makes due, in fen (a hundredth of a yuan); ``None`` where none is.
    refers
        The voucher this one answers: the departure an arrival ends, the loan that comes back.
    agreement
        The agreement goods are called off from.
    call_up
        The call-up it carries out.

    Raises
    ------
    LedgerError
        When the amount is negative or no whole number of fen.
    """

    kind: Kind = Kind.MOVES
    asked_by: str = ""
    approved_by: str = ""
    order_number: str = ""
    papers_due: date | None = None
    party: str = ""
    due: date | None = None
    amount_fen: int | None = None
    refers: str | None = None
    agreement: str | None = None
    call_up: str | None = None

    def __post_init__(self) -> None:
        """Check what a head alone can break."""
        fen = self.amount_fen
        if fen is not None and (type(fen) is not int or fen < 0):
            raise LedgerError(
                f"金额应为零或正数, 最小到分, 现为 {fen!r}"
                f" | an amount should be zero or more in whole fen, got {fen!r}"
            )
