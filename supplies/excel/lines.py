"""Sort the rows under a header into goods, totals and what is neither."""

import re
from collections.abc import Callable
from enum import Enum

from supplies.excel.cells import Value
from supplies.excel.columns import QUANTITIES, plain
from supplies.excel.tables import Table, as_text

_TOTAL = re.compile(
    r"(本月|本年|全部|各类|全[市县区镇乡])?(合计|总计|累计|共计|合计数|总合计)|total|grandtotal|sum",
    re.IGNORECASE,
)
_PART = re.compile(r".{0,12}小计|(?!全)[^,。;:]{1,12}合计|本页累计|subtotal", re.IGNORECASE)
_SECTION = re.compile(r"^[((]?[一二三四五六七八九十\d]+[))]?[、..]\D|类$|^其中")
_FOOTER = re.compile(
    r"^(填表|填报|制表|制单|审核|复核|批准|审批|负责|分管|主管|经办|保管|盘点|监盘|清点|注|备注"
    "|说明|附注|联系"
    r"|单位负责|日期|电话|盖章|签字|签章|第\d+页|共\d+页"
    r"|(Countedby|Witness|Keeper|Prepared|Checked|Approved):)"
)
OPENING = re.compile(
    r"期初|上年结转|上期结转|上月结转|上期结存|上年结存|上月结存|承前页|过次页"
    "|结转"
)


class Line(Enum):
    """What a row is."""

    BLANK = "blank"
    NOTE = "note"
    TOTAL = "total"
    PART = "part"
    DATA = "data"


class Sorter:
    """Sorts the rows of one table; most are told by a look at their quantity alone."""

    def __init__(self, table: Table, is_item: Callable[[str], bool]) -> None:
        self._table = table
        self._is_item = is_item
        self._totals = {text for text in table.grid.texts if _total_word(text) is not None}
        self._notes = {text for text in table.grid.texts if _FOOTER.match(plain(text))}
        self._filled = {row for row, _ in table.grid.fill}
        self._goods = table.items or [
            table.columns[name] for name in table.form.fields
            if name in QUANTITIES and name in table.columns
        ]  # fmt: skip

    def sort(self, row: int) -> Line:
        """Return what a row is; goods without a quantity are goods, to be told as such."""
        values = self._table.grid.rows[row]
        if row not in self._filled and self._totals.isdisjoint(values):
            for column in self._goods:
                if values[column] is not None and values[column] not in self._notes:
                    return Line.DATA
        return sort_row(self._table, row, self._is_item)


def own_values(table: Table, row: int) -> list[tuple[int, Value]]:
    """Return the cells of a row that hold a value of their own, not of a merge from elsewhere."""
    values = table.grid.rows[row]
    fill = table.grid.fill
    return [
        (column, values[column])
        for column in range(table.left, min(table.right, len(values) - 1) + 1)
        if values[column] is not None
        and (row, column) not in fill
        and (not isinstance(values[column], str) or plain(str(values[column])))
    ]


def sort_row(table: Table, row: int, is_item: Callable[[str], bool]) -> Line:
    """Return what a row is; goods without a quantity are goods, to be told as such."""
    own = own_values(table, row)
    if not own:
        return Line.BLANK
    total = _total(table, own)
    if total is not None:
        return total
    if (
        len(own) == 1
        and _FOOTER.match(plain(as_text(own[0][1])))
        and _is_note(table, row, own, is_item)
    ):
        return Line.NOTE
    goods = table.items or {table.columns[n]: "" for n in QUANTITIES if n in table.columns}
    if any(_own_or_shared(table, row, column) for column in goods):
        return Line.DATA
    return Line.NOTE if _is_note(table, row, own, is_item) else Line.DATA


def _own_or_shared(table: Table, row: int, column: int) -> bool:
    """Whether a cell holds something that did not spill over from its left."""
    origin = table.grid.fill.get((row, column), (row, column))
    return table.grid.rows[row][column] is not None and origin[1] == column


def _total(table: Table, own: list[tuple[int, Value]]) -> Line | None:
    for _, value in own[:3]:
        if not isinstance(value, str):
            continue
        if (line := _total_word(value)) is not None:
            return line
    return None


def _total_word(value: str) -> Line | None:
    text = re.sub(r"\(.*?\)", "", plain(value)).strip(":*、.-—")
    if _PART.fullmatch(text):
        return Line.PART
    return Line.TOTAL if _TOTAL.fullmatch(text) else None


def _is_note(
    table: Table, row: int, own: list[tuple[int, Value]], is_item: Callable[[str], bool]
) -> bool:
    column, first = own[0]
    text = plain(as_text(first))
    if _FOOTER.match(text) and not is_item(text):
        return True
    if len(own) > 1 or not table.form.posts:
        return False
    named = table.columns.get("item_name", table.columns.get("store", -1))
    if column != named or table.grid.fill.get((row, column + 1)) == (row, column):
        return True
    return bool(_SECTION.search(text)) and not is_item(text)
