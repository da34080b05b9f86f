"""Read rows of goods: what, how much, of which lot, where and when."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from supplies.excel.amounts import amount_of, item_of
from supplies.excel.cells import Value
from supplies.excel.checks import Balances, Repeats, Tally, tell_hidden
from supplies.excel.columns import plain
from supplies.excel.context import Context
from supplies.excel.lines import OPENING, Line, own_values, sort_row
from supplies.excel.lotcells import Place, day_of, lot_of
from supplies.excel.marks import cell_name
from supplies.excel.result import ImportedRow, RefusedRow
from supplies.excel.tables import Table, as_text
from supplies.excel.values import Quantity, read_quantity

_MATTER = (
    "item_name",
    "item_code",
    "spec",
    "unit",
    "store",
    "place_admin",
    "mfg_date",
    "expiry",
    "in_date",
    "out_date",
    "day",
    "status",
    "owner_tier",
    "source_mode",
    "from_unit",
    "to_unit",
)
_KINDS = {
    "stock": "count",
    "stocktake": "count",
    "wide": "count",
    "transfer": "transfer",
    "need": "need",
}


def _cells(table: Table, row: int) -> list[Value]:
    return table.grid.rows[row][table.left : table.right + 1]


@dataclass(slots=True)
class GoodsReader:
    """Reads the tables of goods of one workbook."""

    context: Context
    rows: list[ImportedRow] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    repeats: Repeats = field(default_factory=Repeats)

    def read(self, table: Table) -> None:
        """Read every row of one table."""
        tally, balances = Tally(), Balances()
        columns = self._quantity_columns(table)
        taken: list[int] = []
        for row in range(table.header + 1, table.stop):
            line = sort_row(table, row, self.context.items.is_item)
            if line in (Line.BLANK, Line.NOTE):
                continue
            tally.add(table, row, line, columns)
            if line is not Line.DATA:
                continue
            place = self._place(table, row)
            if table.form.name == "register":
                key = (place.text, table.text(row, "item_name"), table.text(row, "spec"))
                balances.follow(self.context, table, row, key)
            entries = list(self._entries(table, row))
            before = len(self.rows)
            for column, kind, quantity in entries:
                self._take(table, (row, column), kind, quantity, place)
            if entries:
                taken.append(row)
            if len(self.rows) > before and table.form.name != "wide":
                self.repeats.look(self.context, table, row, place.text)
        tally.compare(self.context, table)
        tell_hidden(self.context, table, taken)

    def _quantity_columns(self, table: Table) -> list[int]:
        if table.items:
            return list(table.items)
        names = {
            "stock": ("qty_stock",),
            "stocktake": ("qty_counted",),
            "need": ("qty_need",),
            "register": ("qty_in", "qty_out"),
            "transfer": ("qty_out", "qty_due", "qty_received"),
        }[table.form.name]
        return [table.columns[name] for name in names if name in table.columns]

    def _entries(self, table: Table, row: int) -> Iterator[tuple[int, str, Quantity]]:
        """Yield column, kind and quantity of each line a row stands for."""
        form = table.form.name
        values = table.grid.rows[row]
        if form == "wide":
            for column in table.items:
                quantity = read_quantity(values[column])
                if quantity.problem not in ("quantity-missing", "quantity-dash"):
                    yield column, "count", quantity
            return
        if form == "register":
            yield from self._sides(table, row)
            return
        columns = self._quantity_columns(table)
        column = columns[0] if columns else table.columns.get("item_name", table.left)
        quantity = (
            read_quantity(values[column]) if columns else Quantity(problem="quantity-missing")
        )
        if form == "transfer" and quantity.problem == "quantity-missing" and len(columns) > 1:
            column, quantity = columns[1], read_quantity(values[columns[1]])
        yield column, _KINDS[form], quantity

    def _sides(self, table: Table, row: int) -> Iterator[tuple[int, str, Quantity]]:
        found: list[tuple[int, str, Quantity]] = []
        empty: list[tuple[int, str, Quantity]] = []
        for name, kind in (("qty_in", "receipt"), ("qty_out", "issue")):
            column = table.columns.get(name)
            if column is not None:
                quantity = read_quantity(table.grid.rows[row][column])
                side = (column, kind, quantity)
                silent = quantity.problem in ("quantity-missing", "quantity-dash")
                (empty if silent or quantity.amount == 0 else found).append(side)
        if found:
            yield from found
            return
        words = "".join(as_text(value) for _, value in own_values(table, row))
        if OPENING.search(plain(words)):
            at = (row, table.columns.get("qty_stock", table.left))
            self.context.note("opening-not-posted", table, at)
        elif empty:
            column, kind, quantity = max(empty, key=lambda side: side[2].amount is not None)
            zero = quantity.amount is not None
            yield column, kind, Quantity(problem="quantity-zero") if zero else quantity

    def _place(self, table: Table, row: int) -> Place:
        form = table.form.name
        if form == "need":
            return self._asking(table, row)
        name = "from_unit" if form == "transfer" else "store"
        if form == "wide" and name not in table.columns:
            name = "place_admin"
        text = table.text(row, name) or self.context.default_place(table)
        column = table.columns.get(name, table.left)
        if not text:
            if self.context.site is None:
                self.context.note_once((), "place-missing", table, (row, column), found="")
            return Place("", self.context.site, None)
        admin = table.text(row, "place_admin") if name == "store" else ""
        site = self.context.site_of(table, (row, column), text, admin)
        area = self.context.city.sites[site].area if site else None
        return Place(text, site, area)

    def _asking(self, table: Table, row: int) -> Place:
        text = table.text(row, "place_admin") or table.meta.get("place_admin", "")
        whole = self.context.places.area_in(f"{table.title} {table.meta.get('owner_unit', '')}")
        if not text and whole is not None and "place_admin" not in table.columns:
            return Place(whole.name_zh, None, whole.code)
        within = whole.code if whole else None
        return Place(text, None, self.context.places.area(text, within).id if text else None)

    # --- one line ------------------------------------------------------------------------

    def _take(
        self, table: Table, at: tuple[int, int], kind: str, quantity: Quantity, place: Place
    ) -> None:
        """Accept one line, or refuse it with every reason there is."""
        row, column = at
        whole = not self.context.broken(table, row, _MATTER)
        item = item_of(self.context, table, at)
        amount = amount_of(self.context, table, at, quantity, item)
        lot = lot_of(self.context, table, row, item, place)
        day, dated = day_of(self.context, table, row, kind)
        sound = self._sound(table, at, kind, place)
        fine = whole and dated and sound
        text = " | ".join(filter(None, map(as_text, _cells(table, row))))
        if not fine or item is None or amount is None or lot is None:
            self._refuse(table, at, place, text)
            return
        self.rows.append(
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
                document=table.text(row, "document"),
                to_text=table.text(row, "to_unit"),
                to_site=self._receiver(table, row, kind),
                text=text,
            )
        )

    def _refuse(self, table: Table, at: tuple[int, int], place: Place, text: str) -> None:
        self.refused.append(
            RefusedRow(
                sheet=table.grid.sheet,
                row=at[0] + 1,
                cell=cell_name(*at),
                form=table.form.name,
                place_text=place.text,
                text=text,
            )
        )

    def _receiver(self, table: Table, row: int, kind: str) -> str | None:
        """Return the site that the receiving unit's words mean; a transfer tells when none."""
        text = table.text(row, "to_unit")
        if not text:
            return None
        if kind != "transfer":
            return self.context.places.site(text).id
        return self.context.told_site(table, (row, table.columns["to_unit"]), text)

    def _sound(self, table: Table, at: tuple[int, int], kind: str, place: Place) -> bool:
        """Whether neither a strike nor an unknown area speaks against the line."""
        row, column = at
        named = table.columns.get("item_name", column)
        struck = {(row, column), (row, named)} & table.grid.marks.struck
        if struck:
            self.context.note("struck-through", table, min(struck))
        lost = kind == "need" and place.area is None
        if lost:
            where = (row, table.columns.get("place_admin", table.left))
            if place.text:
                hint = self.context.places.area(place.text).hint
                self.context.note("area-unknown", table, where, found=place.text, hint=hint)
            else:
                self.context.note("value-missing", table, where, found="县(区)或乡镇")
        return not struck and not lost
