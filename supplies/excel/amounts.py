"""Read what a row is of, and how much: the item, its unit, the quantity in catalogue units."""

import re
from decimal import Decimal
from fractions import Fraction

from supplies.catalogue import Item
from supplies.excel.columns import plain
from supplies.excel.context import Context, Judged
from supplies.excel.tables import Table
from supplies.excel.units import conversion, unit_key
from supplies.excel.values import NONE_WORDS, Quantity

# Words over a column of many kinds of goods that only mean "so many".
_MANY = ("百", "千", "万", "亿")
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


class Amounts:
    """Reads the quantities of one table, in catalogue units."""

    def __init__(self, context: Context, table: Table, judged: Judged) -> None:
        self._context = context
        self._table = table
        self._judged = judged
        self._broken = context.broken_rows(table)
        self._words = table.picker("unit", "spec", "remark")
        self._merged = frozenset() if table.items else frozenset(table.grid.fill)
        self._names = {
            column: tuple(name for name, at in table.columns.items() if at == column)
            for column in (*table.columns.values(), *table.items, table.left)
        }

    def of(self, at: tuple[int, int], quantity: Quantity, item: Item | None) -> Decimal | None:
        """Return the quantity of a line, judged as far as it can be without the item."""
        context, table = self._context, self._table
        if at[0] in self._broken and context.broken(table, at[0], self._names[at[1]]):
            return None
        if at in self._merged:
            context.note("quantity-merged", table, at)
            return None
        if quantity.problem or quantity.amount is None:
            context.note(quantity.problem, table, at)
            return None
        if quantity.note:
            context.note(quantity.note, table, at, value=f"{quantity.amount:f}")
        return None if item is None else self._converted(at, quantity, item)

    def _converted(self, at: tuple[int, int], quantity: Quantity, item: Item) -> Decimal | None:
        row, column = at
        words = self._words(self._table.grid.rows[row])
        key = ("unit", column, item.id, quantity.unit, words)
        found = self._judged.get(key, row, lambda: self._conversion(at, quantity, item))
        if found is None:
            return None
        factor, unit = found
        amount = quantity.amount or Decimal(0)
        if factor == 1 and amount == amount.to_integral_value():
            return amount
        total = Fraction(amount) * factor
        if (total * item.scale).denominator != 1:
            shown, names = f"{amount}{unit}", f"{item.unit_zh} | {item.unit_en}"
            value = f"{float(total):.4g}"
            self._context.note(
                "unit-inexact", self._table, at, found=shown, unit=names, value=value
            )
            return None
        return Decimal(total.numerator) / Decimal(total.denominator)

    def _conversion(
        self, at: tuple[int, int], quantity: Quantity, item: Item
    ) -> tuple[Fraction, str] | None:
        """Return factor and unit of a line, or tell why it does not convert."""
        context, table = self._context, self._table
        row, column = at
        spec = f"{table.text(row, 'spec')} {table.text(row, 'remark')}"
        written = self._unit(row, column, item)
        unit = quantity.unit or written
        found = conversion(unit, item, spec)
        for other in (written if quantity.unit else "", self._header_unit(column, written)):
            told = conversion(other, item, spec)
            if other and not told.problem and told.factor != found.factor:
                context.note("unit-conflict", table, at, found=f"{unit} / {other}")
                return None
        where = at if quantity.unit else (row, table.columns.get("unit", column))
        names = f"{item.unit_zh} | {item.unit_en}"
        if found.problem:
            context.note(found.problem, table, where, found=unit, unit=names)
            return None
        if found.note:
            value = f"{float(found.factor):g}"
            context.note_once(
                (item.id, unit), found.note, table, where,
                found=unit or item.name_zh, unit=names, value=value,
            )  # fmt: skip
        return found.factor, unit

    def _header_unit(self, column: int, written: str) -> str:
        """Return the unit in the header's brackets when it names another than the row's."""
        units = self._table.units
        header = next((units[name] for name in self._names[column] if name in units), "")
        return "" if header in _MANY or unit_key(header) in _ANY or header == written else header

    def _unit(self, row: int, column: int, item: Item) -> str:
        """Return the unit of a row: its own column, the header's brackets, or the title's."""
        table = self._table
        own = table.text(row, "unit")
        header = next((table.units[n] for n in self._names[column] if table.units.get(n)), "")
        if own and own not in NONE_WORDS:
            # "数量(万)" beside a unit column: so many times ten thousand of the unit.
            return header + own if header in _MANY and own[:1] not in _MANY else own
        if table.items:
            inside = re.findall(r"[((]([^()()]*)[))]", plain(table.items[column]))
            known = [u for u in inside[-1:] if not conversion(u, item).problem]
            return known[0] if known else ""
        if header and not (unit_key(header) in _ANY and conversion(header, item).problem):
            return header
        # A title's unit speaks for the sheet, and may be an organisation (单位: 县应急局).
        title = table.meta.get("unit", "")
        return "" if not title or conversion(title, item).problem else title
