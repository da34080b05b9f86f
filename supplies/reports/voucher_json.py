"""Vouchers as the JSON documents of the command line."""

from collections.abc import Iterable
from decimal import Decimal

from supplies.city import City
from supplies.ledger import Move, Paper, Reservation
from supplies.reports.imported import Document, number
from supplies.store import Voucher
from supplies.store.heads import Head


def paper_document(paper: Paper) -> Document:
    """Return the head of a voucher; money in yuan."""
    amount = paper.amount_fen
    return {
        "asked_by": paper.asked_by,
        "approved_by": paper.approved_by,
        "order_number": paper.order_number,
        "papers_due": paper.papers_due.isoformat() if paper.papers_due else None,
        "party": paper.party,
        "due": paper.due.isoformat() if paper.due else None,
        "amount_cny": None if amount is None else number(Decimal(amount) / 100),
        "refers": paper.refers,
        "agreement": paper.agreement,
        "call_up": paper.call_up,
    }


def line_document(city: City, line: Move | Reservation) -> Document:
    """Return a move or a reservation; the quantity in the item's catalogue unit."""
    ends = (line.source, line.target) if isinstance(line, Move) else (line.account, line.account)
    return {
        "id": str(line.id),
        "day": line.day.isoformat(),
        "item": line.item,
        "lot": line.lot,
        "quantity": number(city.items[line.item].from_base(line.quantity)),
        "source": ends[0],
        "target": ends[1],
    }


def voucher_document(city: City, voucher: Voucher) -> Document:
    """Return a voucher with its head and lines."""
    return {
        "voucher": voucher.id,
        "repeated": voucher.repeated,
        "kind": voucher.kind,
        "day": voucher.day.isoformat() if voucher.day else None,
        "reason": voucher.note,
        "paper": paper_document(voucher.paper),
        "moves": [line_document(city, move) for move in voucher.moves],
        "reservations": [line_document(city, line) for line in voucher.reservations],
    }


def vouchers_document(heads: Iterable[Head]) -> Document:
    """Return the list of vouchers."""
    return {
        "vouchers": [
            {
                "voucher": head.id,
                "kind": head.paper.kind.value,
                "day": head.day.isoformat() if head.day else None,
                "reason": head.note,
                "entered_at": head.recorded_at.isoformat(),
                "entered_by": head.recorded_by,
                "late": head.backdated,
                "undone": head.undone,
                "paper": paper_document(head.paper),
            }
            for head in heads
        ]
    }
