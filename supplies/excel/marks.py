"""What cell values alone do not say: hidden and struck-through rows, colours, formula errors.

Marks are found by one reader for each kind of file (`marks_xlsx`, `marks_ods`, `marks_xls`). They
also tell the true extent of a sheet: a parser that lays a sheet out as a rectangle would need
17 billion cells for one stray value in XFD1048576.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from xml.parsers import expat

from supplies.errors import WorkbookError
from supplies.excel.guard import Checked, refuse

CELLS_MAX = 2_000_000
MERGES_MAX = 50_000
SHEETS_MAX = 300
TEXT_MAX = 32_767
ROWS_MAX, COLUMNS_MAX = 1_048_576, 16_384

Cell = tuple[int, int]
Span = tuple[Cell, Cell]
Attrs = dict[str, str]


@dataclass(slots=True)
class Marks:
    """Marks of one sheet; rows and columns count from 0, ``colours`` names the fill of a cell."""

    name: str
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: set[Cell] = field(default_factory=set)
    errors: dict[Cell, str] = field(default_factory=dict)
    uncalculated: set[Cell] = field(default_factory=set)
    colours: dict[Cell, str] = field(default_factory=dict)
    merged: list[Span] = field(default_factory=list)
    rows: int = 0
    columns: int = 0


def column_number(letters: str) -> int:
    """Return the column of letters such as ``"AB"``, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@cache
def column_letters(column: int) -> str:
    """Return the letters of a column that counts from 0."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return a name such as ``"F12"`` of a cell whose row and column count from 0."""
    return f"{column_letters(column)}{row + 1}"


def stream(
    checked: Checked,
    path: str,
    start: Callable[[str, Attrs], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    body: bytes | None = None,
) -> None:
    """Parse one part (or ``body`` instead of it); element names come without their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    if start is not None:
        opened = start
        parser.StartElementHandler = lambda name, attrs: opened(name.rpartition(":")[2], attrs)
    if end is not None:
        closed = end
        parser.EndElementHandler = lambda name: closed(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.ParseFile(io.BytesIO(checked.parts[path] if body is None else body))
    except (expat.ExpatError, ValueError) as error:
        raise refuse(
            checked.name,
            f"{path} 已损坏, 不是完整的 XML; 请重新上传原文件",
            f"{path} is damaged, not whole XML; please upload the original again",
        ) from error


def too_far(checked: Checked, sheet: str, row: int, column: int) -> WorkbookError:
    """Return the refusal of a sheet with a cell far from all others."""
    at = cell_name(row, column)
    return refuse(
        checked.name,
        f"工作表“{sheet}”的内容一直到单元格 {at}, 范围过大; 请删除远处的孤立单元格后再导入",
        f"sheet '{sheet}' reaches as far as cell {at}; please delete stray cells far away",
    )


def too_many(checked: Checked) -> WorkbookError:
    """Return the refusal of a file with more cells than are read."""
    return refuse(
        checked.name,
        f"超过 {CELLS_MAX} 个单元格; 请拆分",
        f"more than {CELLS_MAX} cells; please split it",
    )


def too_many_sheets(checked: Checked, count: int) -> WorkbookError:
    """Return the refusal of a file with more sheets than are read."""
    return refuse(
        checked.name,
        f"有 {count} 个工作表, 超过上限 {SHEETS_MAX}",
        f"{count} sheets, over the limit of {SHEETS_MAX}",
    )


def too_long(checked: Checked, where: str) -> WorkbookError:
    """Return the refusal of a cell with more text than Excel itself can hold."""
    return refuse(
        checked.name,
        f"{where} 的文字超过 {TEXT_MAX} 字",
        f"{where} holds a text of more than {TEXT_MAX} characters",
    )
