"""From rows of a workbook to vouchers: counts settle the ledger, registers move goods."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from supplies.access import WORDS, Right
from supplies.city import Agreement
from supplies.errors import Finding, LedgerError, Severity, in_language
from supplies.excel.result import ImportedRow
from supplies.ledger import Count, Kind, Move, Paper, Position, Reason, gather, outside
from supplies.ledger import site as at_site
from supplies.lots import Lot, first_out, make_lot
from supplies.store import Writer
from supplies.tasks.desk import Desk, now

_KIND = {"receipt": Kind.RECEIPT, "issue": Kind.ISSUE, "transfer": Kind.TRANSFER}
# The whole of it stands in the note of each move.
_ORDER_LENGTH = 100
_REASON = {
    "receipt": Reason.RECEIPT,
    "issue": Reason.ISSUE,
    "transfer": Reason.TRANSFER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of a row; with a finding it was refused. Quantities in catalogue units."""

    row: ImportedRow
    changed: bool
    before: Decimal
    after: Decimal
    finding: Finding | None


def permitted(
    desk: Desk, rows: Sequence[ImportedRow]
) -> tuple[list[ImportedRow], dict[ImportedRow, Finding]]:
    """Return the rows the user may post, and a finding for each of the others."""
    mine: list[ImportedRow] = []
    barred: dict[ImportedRow, Finding] = {}
    for row in rows:
        right = Right.COUNT if row.kind == "count" else Right.POST
        ends = [end for end in (row.site, row.to_site) if end is not None]
        closed = [s for s in ends if not desk.actor.may(right, desk.city, site=s)]
        if row.kind == "need" or not closed:
            mine.append(row)
        else:
            name = desk.city.sites[closed[0]].name_zh
            barred[row] = _no_right(desk, right, row.sheet, row.cell, row.place_text, name)
    return mine, barred


def permitted_agreements(
    desk: Desk, read: Sequence[Agreement]
) -> tuple[tuple[Agreement, ...], list[Finding]]:
    """Return the agreements the user may record, and a finding for each of the others."""
    mine: list[Agreement] = []
    barred: list[Finding] = []
    for one in read:
        if desk.actor.may(Right.BUY, desk.city, area=one.owner):
            mine.append(one)
        else:
            name = desk.city.areas[one.owner].name_zh if one.owner in desk.city.areas else one.owner
            barred.append(_no_right(desk, Right.BUY, "", "", one.supplier_name, name))
    return tuple(mine), barred


def _no_right(desk: Desk, right: Right, sheet: str, cell: str, found: str, place: str) -> Finding:
    return Finding(
        sheet=sheet,
        cell=cell,
        severity=Severity.ERROR,
        code="no-right",
        found=found,
        message=f"用户 {desk.user} 无权在{place}{WORDS[right][0]}"
        f" | user {desk.user} may not {WORDS[right][1]} at {place}",
        hint="只导入本人负责的库点, 或请管理员授权"
        " | import only your own places, or ask the administrator for the right",
    )


def post_counts(
    desk: Desk, writer: Writer, rows: Sequence[ImportedRow], key: str, name: str
) -> Iterator[Posted]:
    """Settle the ledger with counted rows, all as one voucher.

    Rows of the same lot on the same day are one shelf, counted in parts.
    """
    if not rows:
        return
    lots = {id(row): _lot(desk, row) for row in rows}
    repeated = writer.posted(key) is not None
    counts = [
        Count(
            day=row.day or desk.day,
            account=at_site(row.site or ""),
            item=row.item,
            lot=lots[id(row)].id,
            quantity=desk.city.items[row.item].to_base(row.quantity),
        )
        for row in rows
    ]
    shelves = gather(counts)
    voucher = writer.count(
        shelves,
        {lot.id + "|" + lot.item: lot for lot in lots.values()}.values(),
        recorded_at=now(),
        recorded_by=desk.user,
        key=key,
        note=name,
        allow_backdate=name,
    )
    gaps: dict[Position, int] = {}
    for move in () if repeated else voucher.moves:
        gaps[move.target, move.item, move.lot] = move.quantity
        gaps[move.source, move.item, move.lot] = -move.quantity
    whole = {c.position: c.quantity for c in shelves}
    for row, count in zip(rows, counts, strict=True):
        gap = gaps.get(count.position, 0)
        item = desk.city.items[row.item]
        after = whole[count.position]
        yield Posted(
            row=row,
            changed=gap != 0,
            before=item.from_base(after - gap),
            after=item.from_base(after),
            finding=None,
        )


def post_moves(
    desk: Desk, writer: Writer, rows: Iterable[tuple[str, ImportedRow]], name: str
) -> Iterator[Posted]:
    """Post registers and transfers, one voucher a row, in order of day.

    A row that the ledger cannot accept is refused with the reason; the others go on.
    """
    for key, row in sorted(rows, key=lambda x: x[1].day or desk.day):
        item = desk.city.items[row.item]
        before = _on_hand(writer, row)
        known = writer.posted(key) is not None
        finding = None
        if not known:
            try:
                moves, lots = _moves(desk, writer, row)
                late = name if _may_be_late(desk, row) else None
                paper = Paper(kind=_KIND[row.kind], order_number=row.document[:_ORDER_LENGTH])
                writer.append(moves, lots, key=key, note=name, allow_backdate=late, paper=paper)
            except LedgerError as error:
                finding = _refusal(row, str(error))
        moved = 0 if known or finding else item.to_base(row.quantity)
        yield Posted(
            row=row,
            changed=moved != 0,
            before=item.from_base(before),
            after=item.from_base(before + moved),
            finding=finding,
        )


def _may_be_late(desk: Desk, row: ImportedRow) -> bool:
    """Whether the user may enter a row before later moves of the same goods."""
    ends = [end for end in (row.site, row.to_site) if end is not None]
    return all(desk.actor.may(Right.BACKDATE, desk.city, site=end) for end in ends)


def _refusal(row: ImportedRow, reason: str) -> Finding:
    zh, en = in_language(reason, "zh"), in_language(reason, "en")
    return Finding(
        sheet=row.sheet,
        cell=row.cell,
        severity=Severity.ERROR,
        code="stock-short",
        found=f"{row.quantity:f}",
        message=f"台账不能接受这一笔: {zh} | the ledger cannot accept this entry: {en}",
        hint="先补录入库或盘点, 或更正数量、批次与日期"
        " | enter the receipt or count before it, or correct quantity, lot and day",
    )


def _on_hand(writer: Writer, row: ImportedRow) -> int:
    return sum(r.quantity for r in writer.stock(site=row.site, item=row.item))


def _lot(desk: Desk, row: ImportedRow) -> Lot:
    site = desk.city.sites[row.site or ""]
    return make_lot(
        row.item,
        produced=row.produced,
        expiry=row.expiry,
        condition=row.condition,
        owner_tier=row.owner_tier or site.tier,
        source_mode=row.source_mode,
    )


def _moves(desk: Desk, writer: Writer, row: ImportedRow) -> tuple[list[Move], list[Lot]]:
    """Return the moves of a row; goods that leave without dates go first expired first."""
    place = at_site(row.site or "")
    units = abs(desk.city.items[row.item].to_base(row.quantity))
    if row.kind == "receipt":
        lot = _lot(desk, row)
        return [_move(desk, row, lot, units, (outside("supplier"), place))], [lot]
    target = at_site(row.to_site) if row.to_site else outside("used")
    lots = _leaving(desk, writer, row, units)
    return [_move(desk, row, lot, n, (place, target)) for lot, n in lots], [lot for lot, _ in lots]


def _leaving(desk: Desk, writer: Writer, row: ImportedRow, units: int) -> list[tuple[Lot, int]]:
    exact = _lot(desk, row)
    if row.produced is not None or row.expiry is not None:
        return [(exact, units)]
    held = writer.stock(row.day, site=row.site, item=row.item)
    taken: list[tuple[Lot, int]] = []
    missing = units
    for stock in sorted(held, key=lambda s: first_out(s.lot)):
        if missing and stock.quantity > 0:
            taken.append((stock.lot, min(missing, stock.quantity)))
            missing -= taken[-1][1]
    # What no lot holds is asked of the row's own lot, where the ledger refuses it by name.
    return [*taken, (exact, missing)] if missing else taken


def _move(desk: Desk, row: ImportedRow, lot: Lot, units: int, way: tuple[str, str]) -> Move:
    return Move(
        id=uuid4(),
        day=row.day or desk.day,
        recorded_at=now(),
        recorded_by=desk.user,
        item=row.item,
        lot=lot.id,
        quantity=units,
        source=way[0],
        target=way[1],
        reason=_REASON[row.kind],
        note=row.document or row.to_text,
    )
