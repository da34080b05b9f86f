"""Read rows of goods: what, how much, of which lot, where and when."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from supplies.excel.amounts import Amounts, item_of
from supplies.excel.cells import Value
from supplies.excel.checks import Balances, Repeats, Tally, tell_hidden
from supplies.excel.columns import plain
from supplies.excel.context import Context, Judged
from supplies.excel.lines import OPENING, Line, Sorter, own_values
from supplies.excel.lotcells import LotReader
from supplies.excel.marks import cell_name
from supplies.excel.owners import owner_of, tell_owner
from supplies.excel.result import ImportedRow, RefusedRow
from supplies.excel.shades import Shades
from supplies.excel.tables import Table, as_text
from supplies.excel.values import Quantity, read_quantity
from supplies.excel.whereabouts import Place, PlaceReader

_MATTER = (
    *("item_name", "item_code", "spec", "unit", "store", "place_admin", "mfg_date", "expiry"),
    *("in_date", "out_date", "day", "status", "owner_tier", "source_mode", "from_unit", "to_unit"),
)
_KINDS = {
    "stock": "count",
    "stocktake": "count",
    "wide": "count",
    "transfer": "transfer",
    "need": "need",
}
_QUANTITIES = {
    "stock": ("qty_stock",),
    "stocktake": ("qty_counted",),
    "need": ("qty_need",),
    "register": ("qty_in", "qty_out"),
    "transfer": ("qty_out", "qty_due", "qty_received"),
}
_SILENT = ("quantity-missing", "quantity-dash")

Entry = tuple[int, str, Quantity]


@dataclass(slots=True)
class GoodsReader:
    """Reads the tables of goods of one workbook."""

    context: Context
    rows: list[ImportedRow] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    repeats: Repeats = field(default_factory=Repeats)

    def read(self, table: Table) -> None:
        """Read every row of one table."""
        _Reading(self, table).read()


class _Reading:
    """Reads one table; what equal cells mean is worked out once."""

    def __init__(self, reader: GoodsReader, table: Table) -> None:
        self._reader = reader
        self._context = reader.context
        self._table = table
        self._rows = table.grid.rows
        self._judged = Judged(reader.context)
        self._columns = _quantity_columns(table)
        self._places = PlaceReader(reader.context, table)
        self._lots = LotReader(reader.context, table, self._judged)
        self._amounts = Amounts(reader.context, table, self._judged)
        self._item_key = table.picker("item_name", "spec", "item_code")
        self._broken = reader.context.broken_rows(table)
        self._struck = {row for row, _ in table.grid.marks.struck}
        self._shades = Shades(reader.context, table)
        self._sends = "to_unit" in table.columns or "to_unit" in table.meta
        self._owner = owner_of(reader.context, table)

    def read(self) -> None:
        table, context = self._table, self._context
        tally, balances = Tally(), Balances()
        sorter = Sorter(table, context.items.is_item)
        lines = [(row, sorter.sort(row)) for row in range(table.header + 1, table.stop)]
        totals = any(line in (Line.TOTAL, Line.PART) for _, line in lines)
        taken: list[int] = []
        for row, line in lines:
            if line is Line.NOTE:
                self._places.section(row)
            if line in (Line.BLANK, Line.NOTE):
                continue
            if totals:
                tally.add(table, row, line, self._columns)
            if line is Line.DATA and self._read_row(row, balances):
                taken.append(row)
        tally.compare(context, table)
        tell_hidden(context, table, taken)
        self._shades.tell(taken)
        if taken:
            tell_owner(context, table, self._owner)

    def _read_row(self, row: int, balances: Balances) -> bool:
        """Read one row; whether it holds anything."""
        table = self._table
        place = self._places.of(row)
        if table.form.name == "register":
            key = (place.text, table.text(row, "item_name"), table.text(row, "spec"))
            balances.follow(self._context, table, row, key)
        entries = self._entries(row)
        before = len(self._reader.rows)
        for entry in entries:
            self._take(row, entry, place)
        if len(self._reader.rows) > before and table.form.name != "wide":
            self._reader.repeats.look(self._context, table, row, place.text)
        return bool(entries)

    def _entries(self, row: int) -> list[Entry]:
        """Return column, kind and quantity of each line a row stands for."""
        table, form = self._table, self._table.form.name
        values = self._rows[row]
        if form == "wide":
            told = [(column, "count", read_quantity(values[column])) for column in table.items]
            return [entry for entry in told if entry[2].problem not in _SILENT]
        if form == "register":
            return list(self._sides(row))
        if form == "transfer":
            return [self._sent(row)]
        if not self._columns:
            return [(_item_column(table), _KINDS[form], Quantity(problem="quantity-missing"))]
        column = self._columns[0]
        return [(column, _KINDS[form], read_quantity(values[column]))]

    def _sent(self, row: int) -> Entry:
        """Return what was sent: issued, else ordered; what arrived is compared with it."""
        table = self._table
        column, quantity = _item_column(table), Quantity(problem="quantity-missing")
        for column in self._columns:
            quantity = read_quantity(self._rows[row][column])
            if quantity.problem != "quantity-missing":
                break
        arrived = read_quantity(table.value(row, "qty_received")).amount
        if arrived is not None and quantity.amount is not None and arrived != quantity.amount:
            at = (row, table.columns["qty_received"])
            self._context.note("received-differs", table, at, value=f"{quantity.amount:f}")
        return column, "transfer", quantity

    def _sides(self, row: int) -> Iterator[Entry]:
        table = self._table
        found: list[Entry] = []
        empty: list[Entry] = []
        for name, kind in (("qty_in", "receipt"), ("qty_out", "issue")):
            column = table.columns.get(name)
            if column is not None:
                quantity = read_quantity(self._rows[row][column])
                nothing = quantity.problem in _SILENT or quantity.amount == 0
                (empty if nothing else found).append((column, kind, quantity))
        if found:
            yield from found
            return
        words = "".join(as_text(value) for _, value in own_values(table, row))
        if OPENING.search(plain(words)):
            at = (row, table.columns.get("qty_stock", table.left))
            self._context.note("opening-not-posted", table, at)
        elif empty:
            column, kind, quantity = max(empty, key=lambda side: side[2].amount is not None)
            zero = quantity.amount is not None
            yield column, kind, Quantity(problem="quantity-zero") if zero else quantity

    # --- one line ------------------------------------------------------------------------

    def _take(self, row: int, entry: Entry, place: Place) -> None:
        """Accept one line, or refuse it with every reason there is."""
        column, kind, quantity = entry
        table, context = self._table, self._context
        whole = row not in self._broken or not context.broken(table, row, _MATTER)
        key = ("item", column if table.items else -1, self._item_key(self._rows[row]))
        item = self._judged.get(key, row, lambda: item_of(context, table, (row, column)))
        amount = self._amounts.of((row, column), quantity, item)
        lot = self._lots.of(row, item, place, self._shades.condition(row))
        day, dated = self._lots.day(row, kind)
        sound = self._sound(row, column, kind, place)
        text = " | ".join(filter(None, map(as_text, self._cells(row))))
        if not (whole and dated and sound) or item is None or amount is None or lot is None:
            self._refuse((row, column), place, text)
            return
        self._reader.rows.append(
            ImportedRow(
                sheet=table.grid.sheet,
                row=row + 1,
                cell=cell_name(row, column),
                form=table.form.name,
                kind=kind,
                place_text=place.text,
                site=place.site,
                area=place.area,
                item=item.id,
                quantity=-amount if kind == "issue" else amount,
                produced=lot.produced,
                expiry=lot.expiry,
                expiry_evidence=lot.evidence,
                condition=lot.condition,
                owner_tier=lot.owner_tier,
                source_mode=lot.source_mode,
                day=day,
                document=table.text(row, "document") or table.meta.get("document", ""),
                to_text=self._to(row) if self._sends else "",
                to_site=self._receiver(row, kind) if self._sends else None,
                text=text,
                owner_unit=table.text(row, "owner_unit") or self._owner,
            )
        )

    def _cells(self, row: int) -> list[Value]:
        return self._rows[row][self._table.left : self._table.right + 1]

    def _refuse(self, at: tuple[int, int], place: Place, text: str) -> None:
        self._reader.refused.append(
            RefusedRow(
                sheet=self._table.grid.sheet,
                row=at[0] + 1,
                cell=cell_name(*at),
                form=self._table.form.name,
                place_text=place.text,
                text=text,
            )
        )

    def _to(self, row: int) -> str:
        return self._table.text(row, "to_unit") or self._table.meta.get("to_unit", "")

    def _receiver(self, row: int, kind: str) -> str | None:
        """Return the site that the receiving unit's words mean; a transfer tells when none."""
        text = self._to(row)
        if not text:
            return None
        if kind != "transfer":
            return self._context.places.site(text).id
        at = (row, self._table.columns.get("to_unit", self._table.left))
        return self._context.told_site(self._table, at, text)

    def _sound(self, row: int, column: int, kind: str, place: Place) -> bool:
        """Whether neither a strike nor an unknown area speaks against the line."""
        table = self._table
        struck = False
        if row in self._struck:
            cells = {(row, column), (row, table.columns.get("item_name", column))}
            if marked := cells & table.grid.marks.struck:
                self._context.note("struck-through", table, min(marked))
                struck = True
        lost = kind == "need" and place.area is None
        if lost:
            where = (row, table.columns.get("place_admin", table.left))
            if place.text:
                hint = self._context.places.area(place.text).hint
                self._context.note("area-unknown", table, where, found=place.text, hint=hint)
            else:
                found = "县(区)或乡镇 | county or township"
                self._context.note("value-missing", table, where, found=found)
        return not struck and not lost


def _quantity_columns(table: Table) -> list[int]:
    if table.items:
        return list(table.items)
    names = _QUANTITIES[table.form.name]
    return [table.columns[name] for name in names if name in table.columns]


def _item_column(table: Table) -> int:
    return table.columns.get("item_name", table.left)
