"""Rows in, facts out; and the hashes that make an altered row visible."""

import hashlib
import json
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, RowMapping

from supplies.catalogue import Evidence
from supplies.city import Agreement
from supplies.clock import CHINA
from supplies.ledger import SITE, Kind, Move, Paper, Reason, Reservation
from supplies.lots import Condition, Lot
from supplies.store.schema import SEALED, metadata
from supplies.tiers import Tier

GENESIS = "0" * 64
# What the chain of each sealed table is made over: every column but the hashes themselves.
SEALED_FIELDS: Mapping[str, tuple[str, ...]] = {
    name: tuple(c.name for c in table.columns if c.name not in {"chain", "marks"})
    for name in SEALED
    for table in (metadata.tables[name],)
}
MOVE_FIELDS = SEALED_FIELDS["moves"]
# What a call-up's sealed row keeps of its lines, and a document's of what was counted.
LINE_FIELDS = ("line", "item", "quantity", "target")
COUNT_FIELDS = ("day", "sequence", "account", "item", "lot", "quantity")
_MARK = 3
# json.dumps would make an encoder for each of a million rows.
_encoded = json.JSONEncoder(ensure_ascii=False).encode

Fields = Mapping[str, Any] | RowMapping


class StockRow(NamedTuple):
    """One lot of one item at one site: base units on hand, and of these reserved."""

    site: str
    item: str
    lot: Lot
    quantity: int
    reserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """One document as posted; ``repeated`` says that it had been posted before."""

    id: str
    key: str | None
    recorded_at: datetime
    recorded_by: str
    note: str
    backdated: str | None
    moves: tuple[Move, ...]
    reservations: tuple[Reservation, ...]
    repeated: bool
    day: date | None = None
    paper: Paper = field(default_factory=Paper)

    @property
    def kind(self) -> str:
        """What the voucher does, one of `Kind`."""
        return self.paper.kind.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One workbook that was imported: which bytes, when, by whom, and how its rows ended.

    ``read = accepted + unchanged + rejected``; ``document`` is the voucher it led to.
    """

    sha256: str
    name: str
    form: str
    recorded_at: datetime
    recorded_by: str
    read: int
    accepted: int
    unchanged: int
    rejected: int
    document: str | None


def civil_day(moment: datetime) -> date:
    """Return the day of entry that a moment belongs to."""
    return moment.astimezone(CHINA).date()


def move_fields(move: Move) -> dict[str, Any]:
    """Return a move as a row, without number and seals."""
    return {
        "id": str(move.id),
        "day": move.day,
        "sequence": move.sequence,
        "recorded_at": move.recorded_at,
        "recorded_by": move.recorded_by,
        "item": move.item,
        "lot": move.lot,
        "quantity": move.quantity,
        "source": move.source,
        "target": move.target,
        "reason": move.reason.value,
        "document": move.document,
        "reverses": str(move.reverses) if move.reverses else None,
        "note": move.note,
    }


def move_of(row: Row[Any]) -> Move:
    """Return the move a row holds."""
    return Move(
        id=UUID(row.id),
        day=row.day,
        sequence=row.sequence,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        item=row.item,
        lot=row.lot,
        quantity=row.quantity,
        source=row.source,
        target=row.target,
        reason=Reason(row.reason),
        document=row.document,
        reverses=UUID(row.reverses) if row.reverses else None,
        note=row.note,
    )


def paper_fields(paper: Paper) -> dict[str, Any]:
    """Return the head of a voucher as columns of its document."""
    return asdict(paper) | {"kind": paper.kind.value}


def paper_of(row: Row[Any]) -> Paper:
    """Return the head that a document's row holds."""
    return Paper(
        kind=Kind(row.kind) if row.kind in set(Kind) else Kind.MOVES,
        asked_by=row.asked_by,
        approved_by=row.approved_by,
        order_number=row.order_number,
        papers_due=row.papers_due,
        party=row.party,
        due=row.due,
        amount_fen=row.amount_fen,
        refers=row.refers,
        agreement=row.agreement,
        call_up=row.call_up,
    )


def reservation_fields(line: Reservation) -> dict[str, Any]:
    """Return a reservation as a row, without number and seal."""
    return {
        "id": str(line.id),
        "day": line.day,
        "sequence": line.sequence,
        "recorded_at": line.recorded_at,
        "recorded_by": line.recorded_by,
        "account": line.account,
        "item": line.item,
        "lot": line.lot,
        "quantity": line.quantity,
        "document": line.document,
        "releases": str(line.releases) if line.releases else None,
        "note": line.note,
    }


def reservation_of(row: Row[Any]) -> Reservation:
    """Return the reservation a row holds."""
    return Reservation(
        id=UUID(row.id),
        day=row.day,
        sequence=row.sequence,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        account=row.account,
        item=row.item,
        lot=row.lot,
        quantity=row.quantity,
        document=row.document,
        releases=UUID(row.releases) if row.releases else None,
        note=row.note,
    )


def lot_fields(lot: Lot) -> dict[str, Any]:
    """Return a lot as a row."""
    return {
        "item": lot.item,
        "id": lot.id,
        "produced": lot.produced,
        "expiry": lot.expiry,
        "condition": lot.condition.value,
        "owner_tier": lot.owner_tier.value if lot.owner_tier else None,
        "source_mode": lot.source_mode,
    }


def lot_of(item: str, lot: str, row: Row[Any]) -> Lot:
    """Return the lot a row holds; item and id are named apart, as joins call them otherwise."""
    return Lot(
        id=lot,
        item=item,
        produced=row.produced,
        expiry=row.expiry,
        condition=Condition(row.condition),
        owner_tier=Tier(row.owner_tier) if row.owner_tier else None,
        source_mode=row.source_mode,
    )


def stock_rows(rows: Iterable[Row[Any]]) -> list[StockRow]:
    """Return what sites hold from rows of account, item, lot, its attributes, units, reserved."""
    known: dict[tuple[str, str], Lot] = {}
    found: list[StockRow] = []
    for row in rows:
        # Many sites hold the same lot, and checking its id against its attributes costs.
        if (lot := known.get((row.item, row.lot))) is None:
            lot = known[row.item, row.lot] = lot_of(row.item, row.lot, row)
        site = row.account.removeprefix(SITE)
        found.append(StockRow(site, row.item, lot, int(row.units), int(row.reserved)))
    return found


def agreement_of(row: Row[Any]) -> Agreement:
    """Return the agreement a row holds."""
    return Agreement(
        supplier=row.supplier,
        supplier_name=row.supplier_name,
        owner=row.owner,
        item=row.item,
        quantity=row.quantity,
        notice_hours=row.notice_hours,
        fulfilment=row.fulfilment,
        retainer_rate=row.retainer_rate,
        valid_until=row.valid_until,
        node=row.node,
        kind=row.kind,
        evidence=Evidence(row.evidence),
    )


def plain(value: object) -> object:
    """Return a field as it enters the seal: the same on every machine and database."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def chained(before: str, fields: Fields, names: Iterable[str]) -> str:
    """Return the hash that seals a row to the one before it."""
    body = _encoded([plain(fields[name]) for name in names])
    return hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()


def marks(fields: Fields) -> str:
    """Return a short hash of each field of a move, so that an altered field can be named."""
    number = fields["number"]
    return "".join(
        hashlib.blake2b(
            _encoded([number, name, plain(fields[name])]).encode(),
            digest_size=_MARK,
        ).hexdigest()
        for name in MOVE_FIELDS
    )


def altered_fields(fields: Fields, kept: str) -> list[str]:
    """Return the names of the fields that no longer match their marks."""
    now, width = marks(fields), 2 * _MARK
    return [
        name
        for place, name in enumerate(MOVE_FIELDS)
        if now[place * width : (place + 1) * width] != kept[place * width : (place + 1) * width]
    ]


def short_code(head: str) -> str:
    """Return the head of the chain as eight letters and digits that are hard to confuse."""
    return b32encode(bytes.fromhex(head)[:5]).decode()


def lines_content(lines: Iterable[Fields], names: Iterable[str] = LINE_FIELDS) -> str:
    """Return the hash under which a sealed row keeps lines that are not sealed themselves.

    The order in which they are given does not matter.
    """
    body = [_encoded([plain(line[name]) for name in names]) for line in lines]
    return hashlib.sha256("\n".join(sorted(body)).encode()).hexdigest()
