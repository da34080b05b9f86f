"""The lines of a printed voucher: goods and lots in words, with the figures its kind shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from supplies.excel.style import Column
from supplies.excel.style import Kind as ColumnKind
from supplies.ledger import Count, Kind, Move, Reason, business, outside
from supplies.lots import Lot
from supplies.reports import voucher_words as say
from supplies.reports.titles import Row
from supplies.reports.words import Words
from supplies.store import Voucher

_COLUMNS: Mapping[str, tuple[str, str, ColumnKind]] = {
    "seq": ("序号", "No.", "center"),
    "item": ("物资名称", "Item", "text"),
    "lot": ("批次(生产、有效期、状态、所有者)", "Lot (dates, state, owner)", "text"),
    "unit": ("单位", "Unit", "center"),
    "quantity": ("数量", "Quantity", "quantity"),
    "price": ("参考价(元)", "Price (CNY)", "money"),
    "amount": ("金额(元)", "Amount (CNY)", "money"),
    "received": ("实收数", "Received", "quantity"),
    "lost": ("短少数", "Missing", "quantity"),
    "book": ("账面数", "Book", "quantity"),
    "counted": ("实盘数", "Counted", "quantity"),
    "difference": ("差异", "Difference", "quantity"),
    "worth": ("差异金额(元)", "Difference (CNY)", "money"),
    "old": ("原批次", "Lot before", "text"),
    "new": ("现批次", "Lot now", "text"),
}
_GOODS = ("seq", "item", "lot", "unit", "quantity", "price", "amount")
_KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.ARRIVAL: ("seq", "item", "lot", "unit", "received", "lost"),
    Kind.COUNT: (
        *("seq", "item", "lot", "unit", "book", "counted"),
        *("difference", "price", "worth"),
    ),
    Kind.INSPECTION: ("seq", "item", "old", "unit", "quantity", "new"),
    Kind.CUSTODY: ("seq", "item", "old", "unit", "quantity", "new"),
    Kind.RESERVE: ("seq", "item", "lot", "unit", "quantity", "place"),
    Kind.RELEASE: ("seq", "item", "lot", "unit", "quantity", "place"),
}
_FORMULAS: Mapping[str, str] = {
    "amount": "{quantity}*{price}",
    "difference": "{counted}-{book}",
    "worth": "{difference}*{price}",
}
_TOTALS = frozenset({"amount", "worth"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The table of a form: its columns, and a row by their keys for each lot."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def lines(
    words: Words,
    voucher: Voucher,
    lots: Mapping[tuple[str, str], Lot],
    counts: Sequence[Count] = (),
) -> Lines:
    """Return the lines of a voucher; a count shows every lot counted, also where it agreed."""
    kind = voucher.paper.kind
    keys = _KEYS.get(kind, _GOODS)
    if kind is Kind.COUNT and counts:
        rows = _counted(words, voucher, counts, lots)
    elif kind in {Kind.INSPECTION, Kind.CUSTODY}:
        rows = _relabelled(words, voucher, lots)
    elif kind is Kind.ARRIVAL:
        rows = _arrived(words, voucher, lots)
    elif voucher.reservations:
        rows = _held(words, voucher, lots)
    else:
        rows = _moved(words, business(voucher.moves), lots)
    numbered = tuple({**row, "seq": number} for number, row in enumerate(rows, 1))
    return Lines(columns=tuple(_column(words, key) for key in keys), rows=numbered)


def _column(words: Words, key: str) -> Column:
    zh, en, kind = _COLUMNS.get(key, ("库点", "Store", "text"))
    return Column(
        key=key,
        title=words.pick(zh, en),
        kind=kind,
        formula=_FORMULAS.get(key, ""),
        total=key in _TOTALS,
        most={"lot": 40, "old": 34, "new": 34, "item": 24}.get(key, 0),
    )


def _goods(words: Words, item: str) -> dict[str, object]:
    return {"item": words.item(item), "unit": words.unit(item)}


def _lot(words: Words, lots: Mapping[tuple[str, str], Lot], item: str, name: str) -> str:
    heap = lots.get((item, name))
    return say.lot(words, heap) if heap else name or "—"


def _units(words: Words, item: str, base: int) -> Decimal:
    thing = words.city.items.get(item)
    return thing.from_base(base) if thing else Decimal(base)


def _price(words: Words, item: str) -> Decimal:
    thing = words.city.items.get(item)
    return thing.unit_price_cny if thing else Decimal(0)


def _moved(
    words: Words, moves: Sequence[Move], lots: Mapping[tuple[str, str], Lot]
) -> list[dict[str, object]]:
    total: Counter[tuple[str, str]] = Counter()
    for move in moves:
        total[move.item, move.lot] += move.quantity
    rows = []
    for (item, name), base in total.items():
        units, price = _units(words, item, base), _price(words, item)
        row = _goods(words, item) | {"lot": _lot(words, lots, item, name)}
        rows.append(row | {"quantity": units, "price": price, "amount": units * price})
    return rows


def _held(
    words: Words, voucher: Voucher, lots: Mapping[tuple[str, str], Lot]
) -> list[dict[str, object]]:
    return [
        _goods(words, line.item)
        | {
            "lot": _lot(words, lots, line.item, line.lot),
            "quantity": _units(words, line.item, line.quantity),
            "place": say.account(words, line.account),
        }
        for line in voucher.reservations
    ]


def _arrived(
    words: Words, voucher: Voucher, lots: Mapping[tuple[str, str], Lot]
) -> list[dict[str, object]]:
    came: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for move in business(voucher.moves):
        (lost if move.reason is Reason.LOSS else came)[move.item, move.lot] += move.quantity
    return [
        _goods(words, item)
        | {
            "lot": _lot(words, lots, item, name),
            "received": _units(words, item, came[item, name]),
            "lost": _units(words, item, lost[item, name]),
        }
        for item, name in sorted({*came, *lost})
    ]


def _relabelled(
    words: Words, voucher: Voucher, lots: Mapping[tuple[str, str], Lot]
) -> list[dict[str, object]]:
    """Return what each lot was and is: the moves stand in pairs, away and back."""
    away = [m for m in voucher.moves if m.target == outside("relabel")]
    back = [m for m in voucher.moves if m.source == outside("relabel")]
    return [
        _goods(words, old.item)
        | {
            "old": _lot(words, lots, old.item, old.lot),
            "new": _lot(words, lots, new.item, new.lot),
            "quantity": _units(words, old.item, old.quantity),
        }
        for old, new in zip(away, back, strict=True)
    ]


def _counted(
    words: Words,
    voucher: Voucher,
    counts: Sequence[Count],
    lots: Mapping[tuple[str, str], Lot],
) -> list[dict[str, object]]:
    gaps: Counter[tuple[str, str, str]] = Counter()
    for move in voucher.moves:
        gaps[move.target, move.item, move.lot] += move.quantity
        gaps[move.source, move.item, move.lot] -= move.quantity
    rows = []
    for count in counts:
        gap, item = gaps[count.position], count.item
        difference, price = _units(words, item, gap), _price(words, item)
        figures = {
            "lot": _lot(words, lots, item, count.lot),
            "book": _units(words, item, count.quantity - gap),
            "counted": _units(words, item, count.quantity),
            "difference": difference,
            "price": price,
            "worth": difference * price,
        }
        rows.append(_goods(words, item) | figures)
    return rows
