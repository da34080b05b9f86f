"""Rows that people filled with a colour: what a legend says they are, or a question."""

import re
from collections import Counter

from supplies.excel.colours import NAMES
from supplies.excel.columns import plain
from supplies.excel.context import Context
from supplies.excel.meanings import read_condition
from supplies.excel.tables import Table, as_text

_WORDS = {"红": "red", "橙": "orange", "黄": "yellow", "绿": "green", "蓝": "blue",
          "紫": "purple", "灰": "grey"}  # fmt: skip
_LEGEND = re.compile(
    r"(?:标|填|涂)?([红橙黄绿蓝紫灰])(?:色)?(?:的|底|填充|底纹|标记|标注|标识|标示|字|部分|单元格|行)*"
    r"(?:为|表示|代表|是|指|:|=|-|→)*(?:已)?"
    "(过期|超期|失效|报废|待报废|损坏|破损|不可用|待检|待修|待查|维修|完好|可用|新增|新购)"
)
_SHOWN = 12
# A colour on most rows is decoration.
_MOST = 0.5


class Shades:
    """The coloured rows of one table."""

    def __init__(self, context: Context, table: Table) -> None:
        self._context = context
        self._table = table
        self._rows: dict[int, str] = {}
        colours = table.grid.marks.colours
        if colours:
            key = table.columns.get("item_name", table.left)
            for (row, column), name in colours.items():
                inside = table.header < row < table.stop and table.left <= column <= table.right
                if inside and (column == key or row not in self._rows):
                    self._rows[row] = name
        self._legend = self._meanings() if self._rows else {}

    def _meanings(self) -> dict[str, str]:
        """Return what a legend anywhere on the sheet says of each colour."""
        grid = self._table.grid
        found: dict[str, str] = {}
        for at, values in enumerate(grid.rows):
            for column, value in enumerate(values):
                if not isinstance(value, str) or len(value) > 120:
                    continue
                for word, meaning in _LEGEND.findall(plain(value)):
                    found.setdefault(_WORDS[word], meaning)
                inside = self._table.header <= at < self._table.stop
                name = grid.marks.colours.get((at, column))
                if name and not inside and read_condition(value) not in (("inspect", False),):
                    found.setdefault(name, as_text(value))
        return found

    def condition(self, row: int) -> str:
        """Return the words a legend gives for a row, empty when there are none."""
        name = self._rows.get(row)
        return self._legend.get(name, "") if name else ""

    def tell(self, taken: list[int]) -> None:
        """Tell how the coloured rows among those read were taken."""
        own = {row: self._rows[row] for row in taken if row in self._rows}
        often = Counter(own.values())
        for name, count in often.items():
            meaning = self._legend.get(name, "")
            if not meaning and count > max(2, _MOST * len(taken)) and len(taken) > 2:
                continue
            rows = [row for row, colour in own.items() if colour == name]
            shown = "、".join(f"{row + 1}" for row in rows[:_SHOWN])
            shown += "…" if count > _SHOWN else ""
            code = "colour-legend" if meaning else "colour-unread"
            at = (rows[0], self._table.columns.get("item_name", self._table.left))
            colour = " | ".join(NAMES[name])
            self._context.note(
                code, self._table, at, found=meaning or name, colour=colour, rows=shown
            )
