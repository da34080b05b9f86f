"""Compare what a sheet says of itself: totals, balances, repeated and hidden rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from supplies.excel.cells import Value
from supplies.excel.context import Context
from supplies.excel.lines import Line
from supplies.excel.tables import Table
from supplies.excel.values import read_quantity

Amounts = list[tuple[Line, int, Decimal | None]]


@dataclass(slots=True)
class Tally:
    """The quantities of a table as written, column by column, in order."""

    columns: dict[int, Amounts] = field(default_factory=dict)

    def add(self, table: Table, row: int, line: Line, columns: Iterable[int]) -> None:
        """Remember the figures of one row."""
        for column in columns:
            if (row, column) in table.grid.fill:
                continue
            amount = read_quantity(table.grid.rows[row][column]).amount
            self.columns.setdefault(column, []).append((line, row, amount))

    def compare(self, context: Context, table: Table) -> None:
        """Tell each total that is the sum of neither all rows nor its own part."""
        for column, amounts in self.columns.items():
            for index, (line, row, stated) in enumerate(amounts):
                if line is Line.DATA or stated is None:
                    continue
                sums = _sums(amounts, index)
                wanted = sums[0] if line is Line.TOTAL else sums[1]
                if stated not in sums:
                    context.note("total-differs", table, (row, column), value=f"{wanted:f}")


def _sums(amounts: Amounts, index: int) -> list[Decimal]:
    """Return the sums a total may mean: all rows, those since the last one, those to the next."""
    everything = sum((a for line, _, a in amounts if line is Line.DATA and a), Decimal(0))
    return [everything, _part(reversed(amounts[:index])), _part(amounts[index + 1 :])]


def _part(amounts: Iterable[tuple[Line, int, Decimal | None]]) -> Decimal:
    total = Decimal(0)
    for line, _, amount in amounts:
        if line is not Line.DATA:
            break
        total += amount or 0
    return total


@dataclass(slots=True)
class Balances:
    """Follows the closing balance of each item of a register from row to row."""

    last: dict[tuple[str, ...], Decimal] = field(default_factory=dict)

    def follow(self, context: Context, table: Table, row: int, key: tuple[str, ...]) -> None:
        """Tell when a row's balance is not the last one plus receipts less issues."""
        column = table.columns.get("qty_stock")
        if column is None:
            return
        stated = read_quantity(table.grid.rows[row][column]).amount
        received = read_quantity(table.value(row, "qty_in")).amount or Decimal(0)
        issued = read_quantity(table.value(row, "qty_out")).amount or Decimal(0)
        before = self.last.get(key)
        if before is not None:
            should_be = before + received - issued
            if stated is not None and stated != should_be:
                context.note("balance-differs", table, (row, column), value=f"{should_be:f}")
            self.last[key] = should_be if stated is None else stated
        elif stated is not None:
            self.last[key] = stated


@dataclass(slots=True)
class Repeats:
    """Finds rows that say the same as an earlier one."""

    seen: dict[tuple[Value, ...], tuple[str, int]] = field(default_factory=dict)

    def look(self, context: Context, table: Table, row: int, place: str) -> None:
        """Tell when a row, apart from its running number, was there before."""
        cells = table.grid.rows[row][table.left : table.right + 1]
        skip = table.columns.get("seq")
        if skip is not None:
            del cells[skip - table.left]
        key = (table.form.name, place, *cells)
        first = self.seen.get(key)
        if first is None:
            self.seen[key] = (table.grid.sheet, row)
            return
        sheet, at = first
        where = f"{at + 1}" if sheet == table.grid.sheet else f"{sheet}!{at + 1}"
        column = table.columns.get("item_name", table.left)
        context.note("row-duplicate", table, (row, column), value=where)


def tell_hidden(context: Context, table: Table, rows: list[int]) -> None:
    """Tell which of the rows read are hidden, run by run, and which columns."""
    marks = table.grid.marks
    runs: list[list[int]] = []
    for row in rows:
        if row in marks.hidden_rows:
            if runs and row == runs[-1][-1] + 1:
                runs[-1].append(row)
            else:
                runs.append([row])
    for run in runs:
        words = f"{run[0] + 1}" if len(run) == 1 else f"{run[0] + 1}–{run[-1] + 1}"
        context.note("row-hidden", table, (run[0], table.left), found=words)
    for name, column in table.columns.items():
        if rows and column in marks.hidden_columns and name != "seq":
            context.note("column-hidden", table, (table.header, column), found=table.headers[name])


def tell_received(context: Context, table: Table) -> None:
    """Tell each row of a purchase plan whose received quantity differs from the ordered one."""
    for row in range(table.header + 1, table.stop):
        ordered = read_quantity(table.value(row, "qty_plan")).amount
        arrived = read_quantity(table.value(row, "qty_received")).amount
        if arrived is not None and ordered is not None and arrived != ordered:
            at = (row, table.columns["qty_received"])
            context.note("received-differs", table, at, value=f"{ordered:f}")
