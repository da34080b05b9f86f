"""Cells and page geometry of one sheet: widths, wrapped heights, merged spans, print set-up.

What depends on the final column widths (heights of wrapped rows, titles across the sheet,
signature lines side by side, charts) is collected while the sheet is filled and drawn by
:meth:`Grid.finish`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from supplies.excel import style

Formats = Callable[[Mapping[str, object]], Format]
_PAGE_WORDS = {"zh": "第 &P 页 / 共 &N 页", "en": "Page &P of &N"}
_FOOTER_MAX = 255
_BREAKS_MAX = 1023
_DEFAULT_WIDTH = 8.43
_ROW_MAX = 409.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrapped:
    row: int
    first_col: int
    last_col: int
    text: str
    line_points: float


class Grid:
    """The cells of one sheet and how they are printed."""

    def __init__(self, sheet: Worksheet, formats: Formats, lang: str, *, landscape: bool) -> None:
        self.lang = lang
        self.span = 1
        self.worksheet = sheet
        self._format = formats
        self._landscape = landscape
        self._widths: dict[int, float] = {}
        self._wrapped: list[_Wrapped] = []
        self._least_points: dict[int, float] = {}
        self._across: list[tuple[int, tuple[str, ...], Format, float]] = []
        self._charts: list[tuple[int, Chart, int]] = []
        self._breaks: list[int] = []

    def part(self, name: str, **more: object) -> Format:
        """Return the format of a named part of the page."""
        return self._format(style.look(name, self.lang) | more)

    def widen(self, col: int, width: float) -> None:
        """Make a column at least this wide."""
        self._widths[col] = max(self._widths.get(col, 0.0), width)
        self.span = max(self.span, col + 1)

    def raise_row(self, row: int, points: float) -> None:
        """Make a row at least this high."""
        self._least_points[row] = max(self._least_points.get(row, 0.0), points)

    def put(self, row: int, col: int, value: object, look: Format) -> None:
        """Write one value; text stays text, whatever it begins with."""
        if value is None or value == "":
            self.worksheet.write_blank(row, col, None, look)
        elif isinstance(value, (int, float, Decimal)):
            self.worksheet.write_number(row, col, float(value), look)
        elif isinstance(value, datetime):
            self.worksheet.write_datetime(row, col, value.replace(tzinfo=None), look)
        elif isinstance(value, date):
            self.worksheet.write_datetime(row, col, value, look)
        else:
            self.worksheet.write_string(row, col, str(value)[: style.TEXT_MAX], look)

    def put_across(
        self, row: int, first_col: int, last_col: int, value: object, look: Format
    ) -> None:
        """Write one value over several columns; a text is given the height it needs."""
        if last_col > first_col:
            self.worksheet.merge_range(row, first_col, row, last_col, "", look)
        self.put(row, first_col, value, look)
        if isinstance(value, str):
            self.wrap(row, first_col, last_col, value)

    def wrap(
        self,
        row: int,
        first_col: int,
        last_col: int,
        text: str,
        line_points: float = style.LINE_POINTS,
    ) -> None:
        """Remember that a text is wrapped here, so that its row becomes high enough."""
        self._wrapped.append(
            _Wrapped(
                row=row, first_col=first_col, last_col=last_col, text=text, line_points=line_points
            )
        )

    def spread(self, row: int, texts: tuple[str, ...], look: Format, line_points: float) -> None:
        """Remember texts that share the whole width of the sheet side by side."""
        self._across.append((row, texts, look, line_points))

    def place_chart(self, row: int, chart: Chart, rows: int) -> None:
        """Remember a chart as wide as the sheet."""
        self._charts.append((row, chart, rows))

    def break_before(self, row: int) -> None:
        """Start a new printed page at a row, as far as Excel can hold breaks."""
        if row and len(self._breaks) < _BREAKS_MAX:
            self._breaks.append(row)

    # --- what needs the final widths -----------------------------------------------------

    def finish(self, last_row: int, footer: tuple[str, str]) -> None:
        """Set widths and heights, draw what spans the sheet, set up printing."""
        for col in range(self.span):
            self.worksheet.set_column(col, col, self._width(col))
        for row, texts, look, line_points in self._across:
            self._draw_across(row, texts, look, line_points)
        self._set_heights()
        for row, chart, rows in self._charts:
            chart.set_size({"width": min(self._pixels() - 10, 1100), "height": rows * 20})
            self.worksheet.insert_chart(row, 0, chart, {"x_offset": 5, "y_offset": 5})
        self._set_up_page(last_row, footer)

    def _width(self, col: int) -> float:
        return self._widths.get(col, _DEFAULT_WIDTH)

    def _pixels(self) -> float:
        return sum(style.pixels(self._width(col)) for col in range(self.span))

    def _draw_across(
        self, row: int, texts: tuple[str, ...], look: Format, line_points: float
    ) -> None:
        for text, (first, last) in zip(texts, self._segments(len(texts)), strict=False):
            if last > first:
                self.worksheet.merge_range(row, first, row, last, "", look)
            self.put(row, first, text, look)
            self.wrap(row, first, last, text, line_points)

    def _segments(self, count: int) -> list[tuple[int, int]]:
        """Cut the columns into consecutive runs of about equal width."""
        whole = sum(self._width(col) for col in range(self.span))
        segments: list[tuple[int, int]] = []
        col, used = 0, 0.0
        for index in range(count):
            first = col
            used += self._width(col)
            col += 1
            target = whole * (index + 1) / count
            left = count - index - 1
            while col < self.span - left and (left == 0 or used + self._width(col) / 2 <= target):
                used += self._width(col)
                col += 1
            segments.append((first, col - 1))
        return segments

    def _set_heights(self) -> None:
        points = dict(self._least_points)
        for cell in self._wrapped:
            width = sum(self._width(col) for col in range(cell.first_col, cell.last_col + 1))
            lines = style.line_count(cell.text, width)
            if lines > 1:
                high = min(lines * cell.line_points + 4, _ROW_MAX)
                points[cell.row] = max(points.get(cell.row, 0.0), high)
        for row, high in points.items():
            self.worksheet.set_row(row, high)

    def _set_up_page(self, last_row: int, footer: tuple[str, str]) -> None:
        sheet = self.worksheet
        sheet.set_paper(9)
        if self._landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.65)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        if self._breaks:
            sheet.set_h_pagebreaks(self._breaks)
        sheet.print_area(0, 0, max(last_row, 0), self.span - 1)
        pages = _PAGE_WORDS.get(self.lang, _PAGE_WORDS["en"])
        left, right = (text.replace("&", "&&") for text in footer)
        # The spaces keep a text that begins with digits apart from the size of the letters. What
        # does not fit the footer's 255 characters is cut from the right.
        right = right[: _FOOTER_MAX - len(left) - len(pages) - 20]
        sheet.set_footer(f"&L&8 {left}&C&8 {pages}&R&8 {right}", {"margin": 0.3})
        sheet.hide_gridlines(2)
