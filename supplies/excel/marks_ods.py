"""Merged ranges, hidden, struck-through and coloured cells, and the extent of an OpenDocument."""

from collections.abc import Mapping
from dataclasses import dataclass

from supplies.excel.colours import colour_name
from supplies.excel.guard import Checked, refuse
from supplies.excel.marks import (
    CELLS_MAX,
    COLUMNS_MAX,
    MERGES_MAX,
    SHEETS_MAX,
    Attrs,
    Marks,
    stream,
    too_far,
    too_many_sheets,
)

_REPEAT_MAX = 1_048_576
_HIDDEN_COLUMNS_MAX = 512
_FILLED = frozenset(
    ("value", "string-value", "date-value", "time-value", "boolean-value", "value-type")
)


@dataclass(slots=True)
class _Style:
    struck: bool = False
    colour: str = ""
    shown: bool = True


class _Content:
    """Handlers for content.xml: cells and rows may stand for many of themselves."""

    def __init__(self, checked: Checked) -> None:
        self.found: dict[str, Marks] = {}
        self._checked = checked
        self._marks = Marks(name="")
        self._styles: dict[str, _Style] = {}
        self._style = _Style()
        self._row = self._column = self._at_column = 0
        self._row_repeat = self._cell_repeat = 1
        self._cell_filled = self._row_hidden = self._hidden_row_filled = False
        self._look = _Style()
        self._error = ""

    def start(self, name: str, attrs: Attrs) -> None:
        if name in _STARTS:
            keyed = {key.rpartition(":")[2]: value for key, value in attrs.items()}
            _STARTS[name](self, keyed)
            if name == "table-cell" and "error" in attrs.values():
                self._error = "#"

    def text(self, text: str) -> None:
        if self._error:
            self._error = (self._error + text.strip())[:20].replace("##", "#")

    def end(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif name == "table-row":
            if self._hidden_row_filled:
                self._marks.hidden_rows.update(range(self._row, self._row + self._row_repeat))
            self._row += self._row_repeat

    def start_style(self, attrs: Attrs) -> None:
        self._style = _Style()
        self._styles[attrs.get("name", "")] = self._style

    def start_look(self, attrs: Attrs) -> None:
        self._style.struck |= attrs.get("text-line-through-style", "none") != "none"
        self._style.colour = colour_name(attrs.get("background-color", "").lstrip("#"))
        self._style.shown &= attrs.get("display", "true") != "false"

    def start_table(self, attrs: Attrs) -> None:
        hidden = not self._styles.get(attrs.get("style-name", ""), _Style()).shown
        self._marks = Marks(name=attrs.get("name", ""), hidden=hidden)
        self.found[self._marks.name] = self._marks
        self._row = self._at_column = 0
        if len(self.found) > SHEETS_MAX:
            raise too_many_sheets(self._checked, len(self.found))

    def start_column(self, attrs: Attrs) -> None:
        last = min(self._at_column + self._count(attrs, "number-columns-repeated"), COLUMNS_MAX)
        if attrs.get("visibility", "visible") != "visible":
            few = min(last, _HIDDEN_COLUMNS_MAX)
            self._marks.hidden_columns.update(range(self._at_column, few))
        self._at_column = last

    def start_row(self, attrs: Attrs) -> None:
        self._row_repeat = self._count(attrs, "number-rows-repeated")
        self._column = 0
        self._row_hidden = attrs.get("visibility", "visible") != "visible"
        self._hidden_row_filled = False

    def start_cell(self, attrs: Attrs) -> None:
        self._cell_repeat = self._count(attrs, "number-columns-repeated")
        self._cell_filled = bool(_FILLED & attrs.keys())
        self._look = self._styles.get(attrs.get("style-name", ""), _Style())
        self._merge(attrs)

    def start_text(self, _: Attrs) -> None:
        self._cell_filled = True

    def _end_cell(self) -> None:
        first, self._column = self._column, self._column + self._cell_repeat
        error, self._error = self._error, ""
        if not self._cell_filled:
            return
        self._hidden_row_filled |= self._row_hidden
        marks, rows = self._marks, self._row + self._row_repeat
        marks.columns = max(marks.columns, self._column)
        marks.rows = max(marks.rows, rows)
        if marks.rows * marks.columns > CELLS_MAX:
            raise too_far(self._checked, marks.name, marks.rows - 1, marks.columns - 1)
        for row in range(self._row, rows):
            for column in range(first, self._column):
                if error:
                    marks.errors[row, column] = error if len(error) > 1 else "#ERROR"
                if self._look.struck:
                    marks.struck.add((row, column))
                if self._look.colour:
                    marks.colours[row, column] = self._look.colour

    def _count(self, attrs: Attrs, key: str) -> int:
        text = attrs.get(key, "1")
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= _REPEAT_MAX:
            raise refuse(
                self._checked.name,
                f"重复次数“{text[:20]}”无效",
                f"invalid number of repeats '{text[:20]}'",
            )
        return int(text[:9])

    def _merge(self, attrs: Attrs) -> None:
        down = self._count(attrs, "number-rows-spanned")
        across = self._count(attrs, "number-columns-spanned")
        if (down > 1 or across > 1) and len(self._marks.merged) < MERGES_MAX:
            last = (self._row + down - 1, self._column + across - 1)
            self._marks.merged.append(((self._row, self._column), last))


_STARTS = {
    "style": _Content.start_style,
    "text-properties": _Content.start_look,
    "table-cell-properties": _Content.start_look,
    "table-properties": _Content.start_look,
    "table": _Content.start_table,
    "table-column": _Content.start_column,
    "table-row": _Content.start_row,
    "table-cell": _Content.start_cell,
    "covered-table-cell": _Content.start_cell,
    "p": _Content.start_text,
}


def ods_marks(checked: Checked) -> Mapping[str, Marks]:
    """Return the marks of every sheet of an .ods file, by sheet name.

    Raises
    ------
    WorkbookError
        When the content is torn, or a sheet reaches further than can be read.
    """
    content = _Content(checked)
    stream(checked, "content.xml", content.start, content.end, content.text)
    return content.found
