"""What cell values alone do not say: hidden and struck-through rows, formula errors, true extent.

The parts of a workbook are streamed, never held as a tree. The extent matters most: a parser that
lays a sheet out as a rectangle would need 17 billion cells for one stray value in XFD1048576.
"""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.parsers import expat

from supplies.excel.guard import Checked, refuse

CELLS_MAX = 2_000_000
MERGES_MAX = 50_000
ROWS_MAX, COLUMNS_MAX = 1_048_576, 16_384

Cell = tuple[int, int]
Span = tuple[Cell, Cell]
_Attrs = dict[str, str]
_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_TRUE = ("1", "true")


@dataclass(slots=True)
class Marks:
    """Marks of one sheet; rows and columns count from 0."""

    name: str
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: set[Cell] = field(default_factory=set)
    errors: dict[Cell, str] = field(default_factory=dict)
    uncalculated: set[Cell] = field(default_factory=set)
    merged: list[Span] = field(default_factory=list)
    rows: int = 0
    columns: int = 0


def column_number(letters: str) -> int:
    """Return the column of letters such as ``"AB"``, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


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


def _stream(
    checked: Checked,
    path: str,
    start: Callable[[str, _Attrs], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse one part; element names come without their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attrs: start(name.rpartition(":")[2], attrs)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.ParseFile(io.BytesIO(checked.parts[path]))
    except (expat.ExpatError, ValueError) as error:
        raise refuse(checked.name, f"{path} 已损坏, 不是完整的 XML; 请重新上传原文件") from error


class _Sheet:
    """Handlers for one worksheet part of an .xlsx file."""

    def __init__(self, checked: Checked, marks: Marks, struck_styles: frozenset[int]) -> None:
        self._checked = checked
        self._marks = marks
        self._struck_styles = struck_styles
        self._row = self._column = -1
        self._type = self._value = ""
        self._formula = self._filled = self._in_value = self._struck = self._hidden = False
        self._top: int | None = None
        self._left, self._right, self._bottom = COLUMNS_MAX, -1, -1

    def start(self, name: str, attrs: _Attrs) -> None:
        if name == "c":
            self._start_cell(attrs)
        elif name == "v":
            self._filled = self._in_value = True
        elif name in ("f", "is"):
            self._filled = True
            self._formula = self._formula or name == "f"
        elif name == "row":
            self._start_row(attrs)
        elif name == "col" and attrs.get("hidden") in _TRUE:
            first, last = self._whole(attrs.get("min", "1")), self._whole(attrs.get("max", "1"))
            self._marks.hidden_columns.update(range(first - 1, min(last, 512)))
        elif name == "mergeCell":
            self._merge(attrs.get("ref", ""))

    def end(self, name: str) -> None:
        if name == "v":
            self._in_value = False
        elif name == "c":
            self._end_cell()

    def text(self, text: str) -> None:
        if self._in_value:
            self._value += text

    def _whole(self, text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise refuse(
                self._checked.name, f"工作表“{self._marks.name}”的行列编号“{text[:20]}”无效"
            )
        return int(text)

    def _at(self, ref: str) -> Cell:
        match = _REF.match(ref)
        if match is None:
            raise refuse(
                self._checked.name, f"工作表“{self._marks.name}”的单元格编号“{ref[:20]}”无效"
            )
        row, column = int(match[2]) - 1, column_number(match[1])
        if row >= ROWS_MAX or column >= COLUMNS_MAX:
            raise refuse(
                self._checked.name, f"工作表“{self._marks.name}”的单元格 {ref} 超出 Excel 的范围"
            )
        return row, column

    def _start_row(self, attrs: _Attrs) -> None:
        given = attrs.get("r")
        self._row = self._row + 1 if given is None else self._whole(given) - 1
        self._column = -1
        self._hidden = attrs.get("hidden") in _TRUE

    def _start_cell(self, attrs: _Attrs) -> None:
        ref = attrs.get("r")
        if ref is None:
            self._column += 1
        else:
            self._row, self._column = self._at(ref)
        self._type = attrs.get("t", "")
        self._value = ""
        self._filled = self._formula = False
        style = attrs.get("s", "")
        self._struck = style.isdigit() and int(style[:9]) in self._struck_styles

    def _end_cell(self) -> None:
        if not self._filled:
            return
        row, column = self._row, self._column
        self._stretch(row, column)
        if self._hidden:
            self._marks.hidden_rows.add(row)
        if self._struck:
            self._marks.struck.add((row, column))
        if self._type == "e":
            self._marks.errors[row, column] = self._value[:20] or "#ERROR"
        elif self._formula and not self._value and self._type not in ("str", "inlineStr"):
            self._marks.uncalculated.add((row, column))

    def _stretch(self, row: int, column: int) -> None:
        self._top = row if self._top is None else min(self._top, row)
        self._bottom = max(self._bottom, row)
        self._left = min(self._left, column)
        self._right = max(self._right, column)
        if (self._bottom + 1) * (self._right + 1) > CELLS_MAX:
            raise refuse(
                self._checked.name,
                f"工作表“{self._marks.name}”的内容一直到单元格 {cell_name(row, column)}, 范围过大; "
                "请删除远处的孤立单元格后再导入",
            )
        self._marks.rows, self._marks.columns = self._bottom + 1, self._right + 1

    def _merge(self, ref: str) -> None:
        if len(self._marks.merged) >= MERGES_MAX:
            why = f"工作表“{self._marks.name}”的合并区域超过 {MERGES_MAX} 个"
            raise refuse(self._checked.name, why)
        first, _, last = ref.partition(":")
        self._marks.merged.append((self._at(first), self._at(last or first)))


def _struck_styles(checked: Checked) -> frozenset[int]:
    """Return the cell styles whose font is struck through."""
    path = "xl/styles.xml"
    if path not in checked.parts:
        return frozenset()
    inside: list[str] = []
    fonts: list[bool] = []
    styles: list[str] = []

    def start(name: str, attrs: _Attrs) -> None:
        inside.append(name)
        if name == "font" and inside[-2:-1] == ["fonts"]:
            fonts.append(False)
        elif name == "strike" and inside[-3:-1] == ["fonts", "font"]:
            fonts[-1] = attrs.get("val", "1") in _TRUE
        elif name == "xf" and inside[-2:-1] == ["cellXfs"]:
            styles.append(attrs.get("fontId", "0"))

    def end(_: str) -> None:
        inside.pop()

    _stream(checked, path, start, end)
    struck = {str(number) for number, flag in enumerate(fonts) if flag}
    return frozenset(number for number, font in enumerate(styles) if font in struck)


def _sheet_paths(checked: Checked) -> list[tuple[str, bool, str]]:
    """Return name, whether hidden, and part of each worksheet, in order."""
    targets: dict[str, str] = {}
    named: list[tuple[str, bool, str]] = []

    def relation(name: str, attrs: _Attrs) -> None:
        if name == "Relationship" and attrs.get("TargetMode") != "External":
            target = attrs.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else join("xl", target)
            targets[attrs.get("Id", "")] = normpath(path)

    def sheet(name: str, attrs: _Attrs) -> None:
        if name == "sheet":
            link = next((v for k, v in attrs.items() if k.endswith(":id")), "")
            hidden = attrs.get("state", "visible") != "visible"
            named.append((attrs.get("name", ""), hidden, link))

    rels = "xl/_rels/workbook.xml.rels"
    if rels in checked.parts:
        _stream(checked, rels, relation)
    _stream(checked, "xl/workbook.xml", sheet)
    return [(name, hidden, targets.get(link, "")) for name, hidden, link in named]


def xlsx_marks(checked: Checked) -> Mapping[str, Marks]:
    """Return the marks of every worksheet of an .xlsx file, by sheet name.

    Raises
    ------
    WorkbookError
        When a part is torn, or a sheet reaches further than can be read.
    """
    styles = _struck_styles(checked)
    found: dict[str, Marks] = {}
    seen: set[str] = set()
    for name, hidden, path in _sheet_paths(checked):
        if path not in checked.parts:
            continue
        marks = Marks(name=name, hidden=hidden)
        sheet = _Sheet(checked, marks, styles)
        _stream(checked, path, sheet.start, sheet.end, sheet.text)
        found[name] = marks
        seen.add(path)
    for path, body in checked.parts.items():
        if path not in seen and b"sheetData" in body:
            sheet = _Sheet(checked, Marks(name=path), styles)
            _stream(checked, path, sheet.start, sheet.end, sheet.text)
    return found
