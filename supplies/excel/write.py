"""Workbooks out, by XlsxWriter: the one door through which every report is written.

A :class:`Book` holds :class:`Sheet` pages, and a sheet is filled from the top: title block,
facts, tables, charts, notes, signature lines. What is printed fits the width of its page,
repeats its header row, and carries page numbers, seal code and ledger revision in its footer.
Text stays text, whatever it begins with. The same calls give the same bytes.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from supplies.errors import WorkbookError
from supplies.excel import style
from supplies.excel.grid import Grid
from supplies.excel.style import Column

Rows = Sequence[Sequence[object]]
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Where a table stands: zero-based rows of its data, and its columns by key."""

    sheet: "Sheet"
    first_row: int
    last_row: int
    columns: Mapping[str, int]

    def reference(self, key: str) -> list[str | int]:
        """Return one column's data as a chart series takes it."""
        col = self.columns[key]
        return [self.sheet.name, self.first_row, col, self.last_row, col]


class Book:
    """A workbook being written; use it in a ``with`` block, which finishes and saves it.

    Parameters
    ----------
    target
        A path, or a buffer.
    title, author
        Document properties.
    created
        Stands as the time of creation, so that equal content gives equal bytes.
    footer
        What each page's footer says on the left: seal code and revision; the title stands on
        the right.
    lang
        ``"zh"`` or ``"en"``: fonts and page words.
    """

    def __init__(
        self,
        target: Path | io.BytesIO,
        *,
        title: str,
        author: str,
        created: date,
        footer: str,
        lang: str,
    ) -> None:
        self.lang = lang
        self._footer = (footer, title)
        self._target = target
        self._names: set[str] = set()
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}
        self._sheets: list[Sheet] = []
        self._book = xlsxwriter.Workbook(
            target if isinstance(target, io.BytesIO) else str(target), _OPTIONS
        )
        stamp = datetime(created.year, created.month, created.day)  # noqa: DTZ001
        self._book.set_properties({"title": title, "author": author, "created": stamp})

    def __enter__(self) -> "Book":
        """Return the book itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Save the book, unless filling it failed."""
        if kind is None:
            self.close()

    def format(self, look: Mapping[str, object]) -> Format:
        """Return the format with these properties, made once."""
        key = tuple(sorted(look.items(), key=lambda pair: pair[0]))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(dict(look))
        return self._formats[key]

    def sheet(self, name: str, *, landscape: bool = True) -> "Sheet":
        """Add a sheet; forbidden characters leave its name, and a repeated name is numbered."""
        clean = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:31] or "Sheet"
        unique, n = clean, 1
        while unique.lower() in self._names:
            n += 1
            unique = f"{clean[: 30 - len(str(n))]}-{n}"
        self._names.add(unique.lower())
        worksheet = self._book.add_worksheet(unique)
        sheet = Sheet(worksheet, self.format, self.lang, landscape=landscape)
        self._sheets.append(sheet)
        return sheet

    def chart(self, kind: Literal["column", "scatter"], title: str, subtype: str = "") -> Chart:
        """Return a new chart with a title, for :meth:`Sheet.chart` to place."""
        chart = self._book.add_chart({"type": kind, "subtype": subtype})
        font = {"name": style.FONTS[self.lang][0], "size": 12, "color": style.NAVY}
        chart.set_title({"name": title, "name_font": font, "overlay": False})
        return chart

    def close(self) -> None:
        """Finish every sheet and write the file.

        Raises
        ------
        WorkbookError
            When the file cannot be written, for example because it is open elsewhere.
        """
        for sheet in self._sheets:
            sheet.finish(sheet.row - 1, self._footer)
        try:
            self._book.close()
        except (OSError, FileCreateError) as error:
            raise WorkbookError(
                f"{self._target}: cannot be written ({error}); close it or choose another folder"
            ) from None


class Sheet(Grid):
    """One page of a workbook, filled from the top; ``row`` is the next free row."""

    row = 0
    _frozen = False
    _tables = 0

    @property
    def name(self) -> str:
        """The sheet's name, as charts and formulas use it."""
        return str(self.worksheet.get_name())

    def title(self, text: str, *lines: str) -> None:
        """Write the title block across the sheet."""
        self.raise_row(self.row, 32)
        self._line(text, "title", 24)
        for line in lines:
            self._line(line, "subtitle", style.LINE_POINTS)

    def heading(self, text: str) -> None:
        """Write a section heading, with a line of air above it."""
        self.row += 1
        self.raise_row(self.row, 20)
        self._line(text, "heading", 16)

    def paragraph(self, text: str) -> None:
        """Write a text across the sheet, as high as it needs."""
        self._line(text, "note", style.LINE_POINTS)

    def signatures(self, *labels: str) -> None:
        """Write signature lines side by side; each may have several lines."""
        self.row += 1
        self.span = max(self.span, len(labels))
        self.spread(self.row, labels, self.part("sign"), 21)
        self.row += 1

    def space(self, rows: int = 1) -> None:
        """Leave rows empty."""
        self.row += rows

    def widths(self, widths: Sequence[float]) -> None:
        """Give the first columns at least these widths."""
        for col, width in enumerate(widths):
            self.widen(col, width)

    def page_break(self) -> None:
        """Start a new printed page here."""
        self.break_before(self.row)

    def chart(self, chart: Chart, *, rows: int = 15) -> None:
        """Place a chart as wide as the sheet, ``rows`` high."""
        self.place_chart(self.row, chart, rows)
        self.row += rows + 1

    def facts(self, pairs: Sequence[tuple[str, object]], *, across: int = 2) -> None:
        """Write labels with their values, ``across`` pairs to a row, three columns to a pair."""
        for index, (label, value) in enumerate(pairs):
            row, col = self.row + index // across, index % across * 3
            for at, width in enumerate((15, 11, 11)):
                self.widen(col + at, width)
            self.put_across(row, col, col, label, self.part("label"))
            number = {}
            if isinstance(value, (int, float, Decimal)):
                number = {"num_format": "#,##0" if value == int(value) else "#,##0.00"}
            self.put_across(row, col + 1, col + 2, value, self.part("value", **number))
            self.raise_row(row, 20)
        self.row += -(-len(pairs) // across)

    def table(
        self,
        columns: Sequence[Column],
        rows: Rows,
        *,
        total: str = "",
        freeze: int | None = None,
        native: bool = True,
    ) -> Region:
        """Write a table with its header and return where its data stand.

        Parameters
        ----------
        columns, rows
            The columns, and for each row one value per column; ``None`` leaves a cell empty.
        total
            The words of the total row; empty for none.
        freeze
            Columns to freeze beside the header row, which then repeats on each printed page.
        native
            Whether it is a real table with filters; the blocks of a form are not.

        Raises
        ------
        ValueError
            When there is no row: an empty table is a sentence, not a table.
        """
        if not rows:
            raise ValueError("a table needs at least one row")
        head, first, last = self.row, self.row + 1, self.row + len(rows)
        sums = {i: _sum(row[i] for row in rows) for i, c in enumerate(columns) if c.total}
        name = self._native(head, last + bool(total), columns, sums, total) if native else ""
        self._header(head, columns, rows, sums)
        places = {column.key: index for index, column in enumerate(columns)}
        for offset, values in enumerate(rows):
            self._body(first + offset, columns, values, places)
        if total:
            self._total(last + 1, len(rows), columns, sums, total, name)
        self._bars(first, last, columns)
        if freeze is not None and not self._frozen:
            self.worksheet.freeze_panes(first, freeze)
            self.worksheet.repeat_rows(head)
            self._frozen = True
        self.row = last + 1 + bool(total)
        return Region(sheet=self, first_row=first, last_row=last, columns=places)

    def mark(self, region: Region, key: str, words: Mapping[str, str]) -> None:
        """Colour the cells of a column that hold one of the words; ``words`` gives colours."""
        col = region.columns[key]
        for word, colour in words.items():
            rule = {
                "type": "cell",
                "criteria": "==",
                "value": '"' + word.replace('"', '""') + '"',
                "format": self._format({"bg_color": colour}),
            }
            self.worksheet.conditional_format(region.first_row, col, region.last_row, col, rule)

    # --- parts ---------------------------------------------------------------------------

    def _line(self, text: str, part: str, line_points: float) -> None:
        self.spread(self.row, (text,), self.part(part), line_points)
        self.row += 1

    def _native(
        self,
        head: int,
        last: int,
        columns: Sequence[Column],
        sums: Mapping[int, float],
        total: str,
    ) -> str:
        """Make a real table of the rows and return its name."""
        self._tables += 1
        name = f"T{self.worksheet.index + 1}_{self._tables}"
        specs: list[dict[str, object]] = [{"header": column.title} for column in columns]
        if total:
            specs[0]["total_string"] = total
            for index, value in sums.items():
                specs[index] |= {"total_function": "sum", "total_value": value}
        options = {"name": name, "columns": specs, "style": None, "total_row": bool(total)}
        self.worksheet.add_table(head, 0, last, len(columns) - 1, options)
        return name

    def _header(
        self, row: int, columns: Sequence[Column], rows: Rows, sums: Mapping[int, float]
    ) -> None:
        look = self.part("head")
        for col, column in enumerate(columns):
            widest = max(_shown_width(column, values[col]) for values in rows)
            if col in sums:
                # The total is bold, hence a little wider.
                widest = max(widest, _shown_width(column, sums[col]) * 1.15)
            self.widen(col, style.column_width(column, widest))
            self.put(row, col, column.title, look)
            self.wrap(row, col, col, column.title, 15)
        self.raise_row(row, 22)

    def _body(
        self,
        row: int,
        columns: Sequence[Column],
        values: Sequence[object],
        places: Mapping[str, int],
    ) -> None:
        for col, (column, value) in enumerate(zip(columns, values, strict=True)):
            number = value if isinstance(value, (int, float, Decimal)) else None
            integral = number is None or number == int(number)
            look = style.cell_look(column.kind, self.lang, integral=integral)
            if isinstance(value, str):
                self.wrap(row, col, col, value)
                if style.is_formula_like(value):
                    look["quote_prefix"] = True
            if column.formula and number is not None:
                cells = {key: xl_rowcol_to_cell(row, at) for key, at in places.items()}
                formula = "=" + column.formula.format_map(cells)
                self.worksheet.write_formula(row, col, formula, self._format(look), float(number))
            else:
                self.put(row, col, value, self._format(look))
            if column.kind == "blank":
                self.raise_row(row, 26)  # room to write by hand

    def _total(
        self,
        row: int,
        count: int,
        columns: Sequence[Column],
        sums: Mapping[int, float],
        total: str,
        table: str,
    ) -> None:
        # The cell says what its table's total row says; the name stands in full, because not
        # every program finds the table that a cell belongs to.
        for col, column in enumerate(columns):
            if col not in sums:
                self.put(row, col, total if col == 0 else None, self.part("total_label"))
                continue
            value = sums[col]
            number = style.cell_look(column.kind, self.lang, integral=value == int(value))
            look = self.part("total", num_format=number["num_format"])
            area = f"{xl_rowcol_to_cell(row - count, col)}:{xl_rowcol_to_cell(row - 1, col)}"
            formula = f"=SUBTOTAL(109,{table}[{column.title}])" if table else f"=SUM({area})"
            self.worksheet.write_formula(row, col, formula, look, value)
        self.raise_row(row, 20)

    def _bars(self, first: int, last: int, columns: Sequence[Column]) -> None:
        for col, column in enumerate(columns):
            if column.bar:
                bar: dict[str, object] = {"type": "data_bar", "bar_color": style.BAR}
                bar |= {"bar_solid": True, "min_type": "num", "min_value": 0}
                if column.kind == "share":
                    bar |= {"max_type": "num", "max_value": 1}
                self.worksheet.conditional_format(first, col, last, col, bar)


def _sum(values: Iterable[object]) -> float:
    exact = [Decimal(str(v)) for v in values if isinstance(v, (int, float, Decimal))]
    return float(sum(exact, Decimal(0)))


def _shown_width(column: Column, value: object) -> float:
    if value is None:
        return 0
    if isinstance(value, (int, float, Decimal)):
        if column.kind == "share":
            return 6
        whole = value == int(value)
        places = {"money": 2, "decimal": 1}.get(column.kind, 0 if whole else 3)
        return len(f"{value:,.{places}f}")
    if isinstance(value, datetime):
        return 11
    if isinstance(value, date):
        return 10
    return style.text_width(str(value))
