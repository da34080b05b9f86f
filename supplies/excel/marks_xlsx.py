"""Marks and true extent of the worksheets of an .xlsx, streamed, never held as a tree.

A large sheet is mostly plain rows, and calling back for each of their cells costs many times what
reading their values does. So rows are first sorted by a few searches of the bytes: when the part
is written in the regular way (every row and cell named, no comments, no prefixes), only rows that
can carry a mark are streamed. Anything irregular is streamed whole.
"""

import re
from collections.abc import Iterable, Mapping
from posixpath import join, normpath

from supplies.errors import WorkbookError
from supplies.excel.guard import Checked, refuse
from supplies.excel.marks import (
    CELLS_MAX,
    COLUMNS_MAX,
    MERGES_MAX,
    ROWS_MAX,
    SHEETS_MAX,
    Attrs,
    Cell,
    Marks,
    column_number,
    stream,
    too_far,
    too_many_sheets,
)
from supplies.excel.styles_xlsx import Looks, xlsx_looks

_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_TRUE = ("1", "true")
_IRREGULAR = (b"<!", b"<?", b":c", b":row")
_COLUMNS = re.compile(rb'<c r="([A-Z]{1,3})[1-9][0-9]{0,6}"')
_ROWS = re.compile(rb'<c r="[A-Z]{1,3}([1-9][0-9]{0,6})"')
_BLANK = re.compile(rb'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]{1,6}")? ?/>')
_ROW = re.compile(rb'<row r="[1-9][0-9]{0,6}"')


class _Sheet:
    """Handlers for one worksheet part of an .xlsx file."""

    def __init__(self, checked: Checked, marks: Marks, looks: Looks) -> None:
        self._checked = checked
        self._marks = marks
        self._looks = looks
        self._row = self._column = -1
        self._type = self._value = ""
        self._style = -1
        self._formula = self._filled = self._in_value = self._hidden = False

    def start(self, name: str, attrs: Attrs) -> None:
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

    def _refuse(self, zh: str, en: str) -> WorkbookError:
        sheet = self._marks.name
        return refuse(self._checked.name, f"工作表“{sheet}”的{zh}", f"sheet '{sheet}': {en}")

    def _whole(self, text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            shown = text[:20]
            raise self._refuse(f"行列编号“{shown}”无效", f"row or column '{shown}' is invalid")
        return int(text)

    def _at(self, ref: str) -> Cell:
        match = _REF.match(ref)
        if match is None:
            shown = ref[:20]
            raise self._refuse(f"单元格编号“{shown}”无效", f"cell name '{shown}' is invalid")
        row, column = int(match[2]) - 1, column_number(match[1])
        if row >= ROWS_MAX or column >= COLUMNS_MAX:
            raise self._refuse(f"单元格 {ref} 超出 Excel 的范围", f"cell {ref} is off the sheet")
        return row, column

    def _start_row(self, attrs: Attrs) -> None:
        given = attrs.get("r")
        self._row = self._row + 1 if given is None else self._whole(given) - 1
        self._column = -1
        self._hidden = attrs.get("hidden") in _TRUE

    def _start_cell(self, attrs: Attrs) -> None:
        ref = attrs.get("r")
        if ref is None:
            self._column += 1
        else:
            self._row, self._column = self._at(ref)
        self._type = attrs.get("t", "")
        self._value = ""
        self._filled = self._formula = False
        style = attrs.get("s", "")
        self._style = int(style) if style.isascii() and style.isdigit() and len(style) < 7 else -1

    def _end_cell(self) -> None:
        colour = self._looks.colour(self._style)
        if not self._filled and not colour:
            return
        row, column = self._row, self._column
        if colour and len(self._marks.colours) < CELLS_MAX:
            self._marks.colours[row, column] = colour
        if not self._filled:
            return
        self._stretch(row, column)
        if self._hidden:
            self._marks.hidden_rows.add(row)
        if self._style in self._looks.struck:
            self._marks.struck.add((row, column))
        if self._type == "e":
            self._marks.errors[row, column] = self._value[:20] or "#ERROR"
        elif self._formula and not self._value and self._type not in ("str", "inlineStr"):
            self._marks.uncalculated.add((row, column))

    def _stretch(self, row: int, column: int) -> None:
        self._marks.rows = max(self._marks.rows, row + 1)
        self._marks.columns = max(self._marks.columns, column + 1)
        if self._marks.rows * self._marks.columns > CELLS_MAX:
            raise too_far(self._checked, self._marks.name, row, column)

    def _merge(self, ref: str) -> None:
        if len(self._marks.merged) >= MERGES_MAX:
            raise self._refuse(
                f"合并区域超过 {MERGES_MAX} 个", f"more than {MERGES_MAX} merged ranges"
            )
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = self._at(first), self._at(last or first)
        if top > bottom or left > right:
            raise self._refuse(f"合并区域“{ref}”颠倒", f"merged range '{ref}' runs backwards")
        self._marks.merged.append(((top, left), (bottom, right)))


def _read_sheet(checked: Checked, path: str, marks: Marks, looks: Looks) -> None:
    sheet = _Sheet(checked, marks, looks)
    plain = _without_plain_rows(checked.parts[path], marks, looks)
    if plain is not None:
        stream(checked, path)
    stream(checked, path, sheet.start, sheet.end, sheet.text, plain)


def _without_plain_rows(body: bytes, marks: Marks, looks: Looks) -> bytes | None:
    """Return a sheet without its plain rows, their extent noted; ``None`` when it is irregular."""
    start, stop = body.find(b"<sheetData>"), body.rfind(b"</sheetData>")
    if start < 0 or stop < start or body.count(b"sheetData") != 2:
        return None
    start += len(b"<sheetData>")
    data = body[start:stop]
    if any(word in data for word in _IRREGULAR) or b"<!" in body[:start] + body[stop:]:
        return None
    columns, rows = _COLUMNS.findall(data), _ROWS.findall(data)
    if data.count(b"<c") != len(columns) or data.count(b"<row") != len(_ROW.findall(data)):
        return None
    far, deep = _extent(columns, rows)
    if far * deep > CELLS_MAX:  # many are blank cells that only carry a format
        data = _BLANK.sub(b"", data)
        far, deep = _extent(_COLUMNS.findall(data), _ROWS.findall(data))
    if far > COLUMNS_MAX or deep > ROWS_MAX or far * deep > CELLS_MAX:
        return None
    marks.columns, marks.rows = far, deep
    _note_colours(data, marks, looks)
    telling = _telling(data, looks)
    if telling is None:
        return body[:start] + body[stop:]
    kept = [row for row in data.split(b"<row ")[1:] if telling.search(row)]
    return body[:start] + b"".join(b"<row " + row for row in kept) + body[stop:]


def _extent(columns: Iterable[bytes], rows: Iterable[bytes]) -> tuple[int, int]:
    """Return how many columns and rows the cells reach over."""
    far = max((column_number(name.decode()) for name in set(columns)), default=-1) + 1
    return far, max(map(int, set(rows)), default=0)


def _telling(data: bytes, looks: Looks) -> re.Pattern[bytes] | None:
    """Return what a row that can carry a mark holds; ``None`` when no row of the data does."""
    words = [word for word in (rb"hidden=", rb't="e"', rb"<f") if word in data]
    if looks.struck:
        words.append(rb' s="(?:%s)"' % _either(looks.struck))
    return re.compile(b"|".join(words)) if words else None


def _note_colours(data: bytes, marks: Marks, looks: Looks) -> None:
    if looks.colours:
        words = rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"[^>]*? s="(%s)"' % _either(looks.colours)
        for letters, row, style in re.findall(words, data):
            at = (int(row) - 1, column_number(letters.decode()))
            marks.colours[at] = looks.colour(int(style))


def _either(styles: Iterable[int]) -> bytes:
    return b"|".join(b"%d" % style for style in sorted(styles))


def _sheet_paths(checked: Checked) -> list[tuple[str, bool, str]]:
    """Return name, whether hidden, and part of each worksheet, in order."""
    targets: dict[str, str] = {}
    named: list[tuple[str, bool, str]] = []

    def relation(name: str, attrs: Attrs) -> None:
        if name == "Relationship" and attrs.get("TargetMode") != "External":
            target = attrs.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else join("xl", target)
            targets[attrs.get("Id", "")] = normpath(path)

    def sheet(name: str, attrs: Attrs) -> None:
        if name == "sheet":
            link = next((v for k, v in attrs.items() if k.endswith(":id")), "")
            hidden = attrs.get("state", "visible") != "visible"
            named.append((attrs.get("name", ""), hidden, link))

    rels = "xl/_rels/workbook.xml.rels"
    if rels in checked.parts:
        stream(checked, rels, relation)
    stream(checked, "xl/workbook.xml", sheet)
    return [(name, hidden, targets.get(link, "")) for name, hidden, link in named]


def xlsx_marks(checked: Checked) -> Mapping[str, Marks]:
    """Return the marks of every worksheet of an .xlsx file, by sheet name.

    Raises
    ------
    WorkbookError
        When a part is torn, or a sheet reaches further than can be read.
    """
    paths = _sheet_paths(checked)
    if len(paths) > SHEETS_MAX:
        raise too_many_sheets(checked, len(paths))
    looks = xlsx_looks(checked)
    found: dict[str, Marks] = {}
    seen: set[str] = set()
    for name, hidden, path in paths:
        if path not in checked.parts:
            continue
        marks = Marks(name=name, hidden=hidden)
        _read_sheet(checked, path, marks, looks)
        found[name] = marks
        seen.add(path)
    for path, body in checked.parts.items():
        if path not in seen and b"sheetData" in body:
            _read_sheet(checked, path, Marks(name=path), looks)
    return found
