"""What stands around vouchers: papers that follow, money due and paid, loans, goods on the way.

Functions over a reader or writer; quantities in base units, money in fen. What is on loan and
on the way is found in `supplies.store.still_out`.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from supplies.ledger import Kind
from supplies.store import schema
from supplies.store.posting import Posting
from supplies.store.reader import Reader
from supplies.store.still_out import Flow, Open, called_off, flows, in_transit, loans_open, undone

__all__ = [
    "Due",
    "Filed",
    "Flow",
    "Open",
    "Owed",
    "Payment",
    "add_papers",
    "add_payment",
    "amounts_open",
    "called_off",
    "compensation_open",
    "flows",
    "in_transit",
    "loans_open",
    "paid_fen",
    "papers_due",
    "papers_of",
    "payments_of",
    "undone",
]

_docs = schema.documents.c
_papers, _payments, _calls = schema.papers.c, schema.payments.c, schema.call_ups.c


class Filed(NamedTuple):
    """Papers that came after a telephone order."""

    order_number: str
    day: date
    recorded_at: datetime
    recorded_by: str
    note: str


class Due(NamedTuple):
    """A voucher or a call-up whose papers have not come; ``kind`` is empty for a call-up."""

    document: str | None
    call_up: str | None
    kind: str
    day: date
    papers_due: date
    asked_by: str
    approved_by: str
    recorded_by: str
    note: str


class Payment(NamedTuple):
    """Money paid on a voucher or a call-up."""

    amount_fen: int
    day: date
    recorded_at: datetime
    recorded_by: str
    note: str


class Owed(NamedTuple):
    """A voucher whose amount is not wholly paid."""

    document: str
    kind: str
    day: date
    party: str
    due: date | None
    amount_fen: int
    paid_fen: int
    note: str


# --- papers --------------------------------------------------------------------------------------


def add_papers(
    writer: Posting, filed: Filed, *, document: str | None = None, call_up: str | None = None
) -> None:
    """Record that the papers of a voucher or a call-up came."""
    row = filed._asdict() | {"document": document, "call_up": call_up}
    writer.add("papers", [row])


def papers_of(
    reader: Reader, *, document: str | None = None, call_up: str | None = None
) -> list[Filed]:
    """Return the papers that came for a voucher or a call-up, in the order they came."""
    query = select(schema.papers).where(_of(_papers, document, call_up)).order_by(_papers.number)
    return [
        Filed(r.order_number, r.day, r.recorded_at, r.recorded_by, r.note)
        for r in reader.connection.execute(query)
    ]


def papers_due(reader: Reader) -> list[Due]:
    """Return the vouchers and call-ups whose papers have not come, the earliest due first.

    A voucher that was reversed needs none.
    """
    filed = select(_papers.document).where(_papers.document.is_not(None))
    documents = select(schema.documents).where(
        _docs.papers_due.is_not(None), _docs.id.not_in(filed)
    )
    rows = list(reader.connection.execute(documents))
    gone = undone(reader, [row.id for row in rows])
    found = [
        Due(
            r.id,
            None,
            r.kind,
            r.day,
            r.papers_due,
            r.asked_by,
            r.approved_by,
            r.recorded_by,
            r.note,
        )
        for r in rows
        if r.id not in gone
    ]
    filed = select(_papers.call_up).where(_papers.call_up.is_not(None))
    calls = select(schema.call_ups).where(_calls.papers_due.is_not(None), _calls.id.not_in(filed))
    found += [
        Due(None, r.id, "", r.day, r.papers_due, r.asked_by, "", r.recorded_by, r.reason)
        for r in reader.connection.execute(calls)
    ]
    return sorted(found, key=lambda due: (due.papers_due, due.document or due.call_up or ""))


# --- money ---------------------------------------------------------------------------------------


def add_payment(
    writer: Posting, payment: Payment, *, document: str | None = None, call_up: str | None = None
) -> None:
    """Record money paid on a voucher or a call-up."""
    row = payment._asdict() | {"document": document, "call_up": call_up}
    writer.add("payments", [row])


def payments_of(
    reader: Reader, *, document: str | None = None, call_up: str | None = None
) -> list[Payment]:
    """Return the payments on a voucher or a call-up, in the order they were entered."""
    query = select(schema.payments).where(_of(_payments, document, call_up))
    return [
        Payment(r.amount_fen, r.day, r.recorded_at, r.recorded_by, r.note)
        for r in reader.connection.execute(query.order_by(_payments.number))
    ]


def paid_fen(reader: Reader, *, document: str | None = None, call_up: str | None = None) -> int:
    """Return what was paid on a voucher or a call-up so far."""
    query = select(func.sum(_payments.amount_fen)).where(_of(_payments, document, call_up))
    return int(reader.connection.execute(query).scalar() or 0)


def amounts_open(reader: Reader, kinds: Collection[Kind] = ()) -> list[Owed]:
    """Return vouchers whose amount is not wholly paid, of some kinds, the earliest due first.

    A voucher that was reversed owes nothing.
    """
    paid = (
        select(_payments.document, func.sum(_payments.amount_fen).label("paid"))
        .group_by(_payments.document)
        .subquery()
    )
    done = func.coalesce(paid.c.paid, 0)
    query = (
        select(schema.documents, done.label("paid"))
        .join(paid, paid.c.document == _docs.id, isouter=True)
        .where(_docs.amount_fen > done)
    )
    if kinds:
        query = query.where(_docs.kind.in_([kind.value for kind in kinds]))
    rows = list(reader.connection.execute(query))
    gone = undone(reader, [row.id for row in rows])
    found = [
        Owed(r.id, r.kind, r.day, r.party, r.due, int(r.amount_fen), int(r.paid), r.note)
        for r in rows
        if r.id not in gone
    ]
    return sorted(found, key=lambda owed: (owed.due or date.max, owed.document))


def compensation_open(reader: Reader) -> list[Owed]:
    """Return requisitions whose compensation is not wholly paid, the earliest due first."""
    return amounts_open(reader, [Kind.REQUISITION])


def _of(table: Any, document: str | None, call_up: str | None) -> ColumnElement[bool]:  # noqa: ANN401 - a table's columns
    found: ColumnElement[bool] = (
        table.document == document if document is not None else table.call_up == call_up
    )
    return found
