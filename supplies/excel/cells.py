"""Open a file as grids of cells, the same for every file type."""

from collections.abc import Iterable
from dataclasses import dataclass

from supplies.excel import child
from supplies.excel.marks import CELLS_MAX, Marks, Span
from supplies.excel.parse import Rows, Sheet, Value

__all__ = ["Grid", "Rows", "Value", "grids_of", "open_grids"]


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
    _texts: frozenset[str] | None = None

    @property
    def texts(self) -> frozenset[str]:
        """Every text of the sheet, once."""
        if self._texts is None:
            self._texts = frozenset(v for row in self.rows for v in row if isinstance(v, str))
        return self._texts

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0


def open_grids(data: bytes, name: str) -> list[Grid]:
    """Return a grid of every sheet that holds anything.

    Raises
    ------
    WorkbookError
        When the file is torn, protected or not readable.
    """
    return grids_of(child.parse(data, name))


def grids_of(sheets: Iterable[Sheet]) -> list[Grid]:
    """Return sheets as grids: formula errors as text, merged ranges filled."""
    grids = [_grid(sheet) for sheet in sheets]
    return [grid for grid in grids if grid.rows]


def _grid(sheet: Sheet) -> Grid:
    grid = Grid(sheet.marks.name, sheet.rows, sheet.marks, {})
    for (down, across), text in sheet.marks.errors.items():
        if down < grid.height and across < grid.width:
            grid.rows[down][across] = text
    left = 2 * CELLS_MAX
    for span in sheet.marks.merged:
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
