"""Merged ranges, hidden rows and the true extent of an OpenDocument sheet."""

import io
from collections.abc import Mapping
from xml.parsers import expat

from supplies.excel.guard import Checked, refuse
from supplies.excel.marks import CELLS_MAX, MERGES_MAX, Marks, cell_name

_REPEAT_MAX = 1_048_576


class _Content:
    """Handlers for content.xml: cells and rows may stand for many of themselves."""

    def __init__(self, checked: Checked) -> None:
        self.found: dict[str, Marks] = {}
        self._checked = checked
        self._marks = Marks(name="")
        self._row = self._column = 0
        self._row_repeat = self._cell_repeat = 1
        self._row_filled = self._cell_filled = self._row_hidden = False

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name == "table:table":
            self._marks = Marks(name=attrs.get("table:name", ""))
            self.found[self._marks.name] = self._marks
            self._row = 0
        elif name == "table:table-row":
            self._row_repeat = self._count(attrs, "table:number-rows-repeated")
            self._column, self._row_filled = 0, False
            self._row_hidden = attrs.get("table:visibility", "visible") != "visible"
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell_repeat = self._count(attrs, "table:number-columns-repeated")
            self._cell_filled = any(key.startswith("office:") for key in attrs)
            self._merge(attrs)
        elif name == "text:p":
            self._cell_filled = True

    def end(self, name: str) -> None:
        if name in ("table:table-cell", "table:covered-table-cell"):
            self._column += self._cell_repeat
            if self._cell_filled:
                self._row_filled = True
                self._marks.columns = max(self._marks.columns, self._column)
                self._check(self._row + self._row_repeat)
        elif name == "table:table-row":
            if self._row_filled and self._row_hidden:
                rows = range(self._row, self._row + self._row_repeat)
                self._marks.hidden_rows.update(rows)
            self._row += self._row_repeat
            if self._row_filled:
                self._marks.rows = self._row

    def _count(self, attrs: Mapping[str, str], key: str) -> int:
        text = attrs.get(key, "1")
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= _REPEAT_MAX:
            raise refuse(self._checked.name, f"重复次数“{text[:20]}”无效")
        return int(text[:9])

    def _merge(self, attrs: Mapping[str, str]) -> None:
        down = self._count(attrs, "table:number-rows-spanned")
        across = self._count(attrs, "table:number-columns-spanned")
        if (down > 1 or across > 1) and len(self._marks.merged) < MERGES_MAX:
            last = (self._row + down - 1, self._column + across - 1)
            self._marks.merged.append(((self._row, self._column), last))

    def _check(self, rows: int) -> None:
        if rows * self._marks.columns > CELLS_MAX:
            at = cell_name(rows - 1, self._marks.columns - 1)
            raise refuse(
                self._checked.name,
                f"工作表“{self._marks.name}”的内容一直到单元格 {at}, 范围过大; "
                f"请删除远处的孤立单元格",
            )


def ods_marks(checked: Checked) -> Mapping[str, Marks]:
    """Return the marks of every sheet of an .ods file, by sheet name.

    Raises
    ------
    WorkbookError
        When the content is torn, or a sheet reaches further than can be read.
    """
    content = _Content(checked)
    parser = expat.ParserCreate()
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    try:
        parser.ParseFile(io.BytesIO(checked.parts["content.xml"]))
    except (expat.ExpatError, ValueError) as error:
        raise refuse(checked.name, "content.xml 已损坏; 请重新上传原文件") from error
    return content.found
