"""Read what a row is of, and how much: the item, its unit, the quantity in catalogue units."""

import re
from decimal import Decimal
from fractions import Fraction

from supplies.catalogue import Item
from supplies.excel.columns import plain
from supplies.excel.context import Context
from supplies.excel.tables import Table
from supplies.excel.units import conversion, unit_key
from supplies.excel.values import NONE_WORDS, Quantity

# Words over a column of many kinds of goods that only mean "so many".
_ANY = frozenset({"件", "个", "套", "件套", "件/套", "件、套", "数"})


def item_of(context: Context, table: Table, at: tuple[int, int]) -> Item | None:
    """Return the item of a line, or tell why it is not certain."""
    row, column = at
    if table.items:
        name, spec, code = table.items[column], "", ""
        where = (table.header, column)
    else:
        name, spec = table.text(row, "item_name"), table.text(row, "spec")
        code = table.text(row, "item_code")
        where = (row, table.columns.get("item_name", table.columns.get("item_code", column)))
        spec = "" if spec.lower() in NONE_WORDS else spec
    match = context.items.find(name, spec, code)
    if match.id is not None:
        return context.city.items[match.id]
    shown = f"{name} {spec}".strip() or code
    if table.items:
        where = at
    context.note(match.problem, table, where, found=shown, hint=match.hint)
    return None


def amount_of(
    context: Context, table: Table, at: tuple[int, int], quantity: Quantity, item: Item | None
) -> Decimal | None:
    """Return the quantity in catalogue units, judged as far as it can be without the item."""
    row, column = at
    if context.broken(table, row, _names(table, column)):
        return None
    if (row, column) in table.grid.fill and not table.items:
        context.note("quantity-merged", table, at)
        return None
    if quantity.problem or quantity.amount is None:
        context.note(quantity.problem, table, at)
        return None
    if quantity.note:
        context.note(quantity.note, table, at, value=f"{quantity.amount:f}")
    return None if item is None else _convert(context, table, at, quantity, item)


def _names(table: Table, column: int) -> tuple[str, ...]:
    return tuple(name for name, at in table.columns.items() if at == column)


def _convert(
    context: Context, table: Table, at: tuple[int, int], quantity: Quantity, item: Item
) -> Decimal | None:
    row, column = at
    spec = f"{table.text(row, 'spec')} {table.text(row, 'remark')}"
    written = _unit(context, table, row, column, item)
    found = conversion(quantity.unit or written, item, spec)
    if quantity.unit and written:
        other = conversion(written, item, spec)
        if not other.problem and other.factor != found.factor:
            both = f"{quantity.unit} / {written}"
            context.note("unit-conflict", table, at, found=both)
            return None
    unit = quantity.unit or written
    where = at if quantity.unit else (row, table.columns.get("unit", column))
    if found.problem:
        context.note(found.problem, table, where, found=unit, unit=item.unit_zh)
        return None
    if found.note:
        context.note_once(
            (item.id, unit),
            found.note,
            table,
            where,
            found=unit or item.name_zh,
            unit=item.unit_zh,
            value=f"{float(found.factor):g}",
        )
    total = Fraction(quantity.amount or 0) * found.factor
    if (total * item.scale).denominator != 1:
        shown = f"{quantity.amount}{unit}"
        value = f"{float(total):.4g}"
        context.note("unit-inexact", table, at, found=shown, unit=item.unit_zh, value=value)
        return None
    return Decimal(total.numerator) / Decimal(total.denominator)


def _unit(context: Context, table: Table, row: int, column: int, item: Item) -> str:
    """Return the unit of a row: its own column, the header's brackets, or the title's."""
    own = table.text(row, "unit")
    if own:
        return own
    if table.items:
        inside = re.findall(r"[((]([^()()]*)[))]", plain(table.items[column]))
        known = [u for u in inside[-1:] if not conversion(u, item).problem]
        return known[0] if known else ""
    header = next((table.units[n] for n in _names(table, column) if table.units.get(n)), "")
    if header and not (unit_key(header) in _ANY and conversion(header, item).problem):
        return header
    # A title's unit speaks for the sheet as a whole, and may be an organisation (单位: 县应急局).
    title = table.meta.get("unit", "")
    return "" if not title or conversion(title, item).problem else title
