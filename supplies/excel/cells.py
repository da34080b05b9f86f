"""Open a checked file as grids of cells, the same for every file type."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineWorkbook

from supplies.errors import WorkbookError
from supplies.excel.guard import Checked, refuse
from supplies.excel.marks import CELLS_MAX, Marks, Span, xlsx_marks
from supplies.excel.marks_ods import ods_marks
from supplies.excel.oldxls import xls_sheets

Value = str | int | float | bool | date | datetime | None
Rows = list[list[Value]]

SHEETS_MAX = 300
_ENCODINGS = ("utf-8-sig", "gb18030")
_MARKED = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


@dataclass(slots=True)
class Grid:
    """One sheet: a rectangle of values from A1, and its marks.

    ``fill`` maps each cell inside a merged range (but its first) to the first; values there are
    already filled in, and nowhere else.
    """

    sheet: str
    rows: Rows
    marks: Marks
    fill: dict[tuple[int, int], tuple[int, int]]

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0


def open_grids(checked: Checked) -> list[Grid]:
    """Return a grid of every sheet that holds anything.

    Raises
    ------
    WorkbookError
        When the file is torn, protected or not readable.
    """
    if checked.kind == "csv":
        rows = _csv_rows(checked)
        return [_grid("CSV", rows, Marks(name="CSV"))]
    if checked.kind == "xls":
        sheets = xls_sheets(checked)
        grids = [_grid(s.name, s.rows, Marks(s.name, s.hidden, merged=s.merged)) for s in sheets]
    else:
        marks = xlsx_marks(checked) if checked.kind == "xlsx" else ods_marks(checked)
        grids = [_grid(name, rows, marks[name]) for name, rows in _values(checked, marks)]
    return [grid for grid in grids if grid.rows]


def _values(checked: Checked, marks: Mapping[str, Marks]) -> list[tuple[str, Rows]]:
    if len(marks) > SHEETS_MAX:
        raise refuse(checked.name, f"有 {len(marks)} 个工作表, 超过上限 {SHEETS_MAX}")
    if sum(m.rows * m.columns for m in marks.values()) > CELLS_MAX:
        raise refuse(checked.name, f"各工作表合计超过 {CELLS_MAX} 个单元格; 请拆分")
    found: list[tuple[str, Rows]] = []
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(checked.repacked()))
        for name in book.sheet_names:
            if name in marks:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                found.append((name, [[_plain(value) for value in row] for row in rows]))
    except (KeyboardInterrupt, SystemExit, WorkbookError):
        raise
    except BaseException as error:  # a panic of the parser is no Exception
        raise refuse(checked.name, f"读不出内容, 可能已损坏 ({type(error).__name__})") from error
    return found


def _plain(value: object) -> Value:
    """Return a value of ours; times of day and spans of time have no meaning in these forms."""
    if value == "" or value is None:
        return None
    if isinstance(value, (str, bool, int, float, date)):
        return value
    if isinstance(value, (time, timedelta)):
        return str(value)
    return str(value)


def _grid(name: str, rows: Rows, marks: Marks) -> Grid:
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([None] * (width - len(row)))
    for (down, across), text in marks.errors.items():
        if down < len(rows) and across < width:
            rows[down][across] = text
    grid = Grid(name, rows, marks, {})
    left = 2 * CELLS_MAX
    for span in marks.merged:
        left -= _fill(grid, span)
        if left < 0:  # ranges that overlap again and again; no sheet of a storehouse does
            break
    return grid


def _fill(grid: Grid, span: Span) -> int:
    """Give the cells of a merged range the value of its first; return how many were looked at."""
    (top, left), (bottom, right) = span
    if top >= grid.height or left >= grid.width:
        return 0
    value = grid.rows[top][left]
    for row in range(top, min(bottom, grid.height - 1) + 1):
        for column in range(left, min(right, grid.width - 1) + 1):
            if (row, column) != (top, left) and (row, column) not in grid.fill:
                grid.fill[row, column] = (top, left)
                grid.rows[row][column] = value
    rows = max(0, min(bottom, grid.height - 1) - top + 1)
    return rows * max(0, min(right, grid.width - 1) - left + 1)


def _csv_rows(checked: Checked) -> Rows:
    text = _decode(checked)
    if "\x00" in text:
        raise refuse(checked.name, "含有二进制内容, 不是 CSV 文本")
    head = text[:8192]
    delimiter = max(",\t;", key=head.count)
    rows: Rows = []
    cells = 0
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            cells += len(line)
            if cells > CELLS_MAX:
                raise refuse(checked.name, f"超过 {CELLS_MAX} 个单元格; 请拆分")
            rows.append([cell or None for cell in line])
    except csv.Error as error:
        raise refuse(checked.name, "不是有效的 CSV (有过长的字段或未闭合的引号)") from error
    if len(rows) * max(map(len, rows), default=0) > CELLS_MAX:
        raise refuse(checked.name, f"超过 {CELLS_MAX} 个单元格; 请拆分")
    return rows


def _decode(checked: Checked) -> str:
    for mark, encoding in _MARKED.items():
        if checked.data.startswith(mark):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            return checked.data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse(checked.name, "文字编码不是 UTF-8 也不是 GB18030; 请另存为 .xlsx")
