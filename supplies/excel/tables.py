"""Find the tables on a sheet: header rows, titles above them, and where each begins and ends."""

import re
import unicodedata
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from supplies.excel.cells import Grid, Value
from supplies.excel.columns import FIELDS, candidates, header_key, plain
from supplies.excel.forms import FORMS, UNKNOWN, Form, one_sided
from supplies.excel.heads import Head, IsItem, find_heads, is_day
from supplies.excel.telling import Judgement, forced, judge

# A sheet whose first cell begins so is a note for people (our own instructions, lists, findings).
NOTE_MARK = "※"
_TITLE_ROWS = 8
_TITLE_CELLS, _TITLE_BETWEEN = 8, 3
_META = re.compile(r"([^\s:;,()\d]{2,12}(?:\([^\s()]{1,8}\))?)\s*:\s*([^\s:;,]+)")
_PAGE = re.compile(r"^第.{1,3}页|共.{1,3}页|续表|接上页|\(续\)")
_SPACED_DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(?:(\d{1,2})\s*日)?")
_COUNTLESS = re.compile(r"合计|总计|总件|库点数|小计|^其他$|数量$|比例|金额|单价|面积")


@dataclass(slots=True)
class Table:
    """One table; rows and columns count from 0, ``stop`` is the first row after it.

    ``columns`` gives the column of each field, ``headers`` its words as written, ``units`` what
    stood in brackets behind them; ``items`` are the columns of a wide table that hold goods.
    """

    grid: Grid
    form: Form
    title: str
    meta: dict[str, str]
    top: int
    header: int
    left: int
    right: int
    stop: int
    judged: Judgement
    columns: dict[str, int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    items: dict[int, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    def value(self, row: int, name: str) -> Value:
        """Return what a row holds in a field; ``None`` when it has no such column."""
        column = self.columns.get(name)
        return None if column is None else self.grid.rows[row][column]

    def text(self, row: int, name: str) -> str:
        """Return what a row holds in a field, as text without white space around it."""
        return as_text(self.value(row, name))

    def picker(self, *names: str) -> Callable[[Sequence[Value]], Hashable]:
        """Return a function that takes what a row holds in some fields, to compare rows by."""
        columns = [self.columns[name] for name in names if name in self.columns]
        return itemgetter(*columns) if columns else _nothing


def _nothing(_: Sequence[Value]) -> Hashable:
    return None


@lru_cache(maxsize=131_072, typed=True)
def as_text(value: Value) -> str:
    """Return a value as a sheet shows it: whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def find_tables(grid: Grid, is_item: IsItem, wanted: Form | None = None) -> list[Table]:
    """Return the tables of a sheet from top to bottom, left to right.

    Parameters
    ----------
    is_item
        Whether a header surely names a catalogue item (for tables with items in columns).
    wanted
        The form the user says it is; otherwise each table is told by its header and title.
    """
    if as_text(grid.rows[0][0] if grid.width else None).startswith(NOTE_MARK):
        return []
    heads = find_heads(grid, is_item)
    tables: list[Table] = []
    for head in heads:
        titles = _titles(grid, head, heads)
        new = any(not _PAGE.search(plain(title)) for title in titles)
        earlier = None if new else _continued(tables, head)
        table = _table(grid, head, [earlier.title] if earlier else titles, is_item, wanted)
        if earlier is not None:
            table.meta = dict(earlier.meta)
        tables.append(table)
    for table in tables:
        later = (t for t in tables if t.top > table.header and _overlap(t, table))
        table.stop = min((_titles_top(grid, t) for t in later), default=grid.height)
    return tables


def _continued(tables: list[Table], head: Head) -> Table | None:
    """Return the table of which a header is the repetition on a new page."""
    for table in reversed(tables):
        if (table.left, table.right) == (head.left, head.right):
            written = [table.headers[name] for name in table.headers]
            return table if set(written) <= set(head.texts) else None
    return None


def _overlap(one: Table, other: Table) -> bool:
    return one.left <= other.right and other.left <= one.right


# --- titles ------------------------------------------------------------------------------------


def _distinct(grid: Grid, row: int, left: int, right: int) -> list[Value]:
    found: list[Value] = []
    for column in range(left, min(right, grid.width - 1) + 1):
        value = grid.rows[row][column]
        if value is not None and (row, column) not in grid.fill and as_text(value):
            found.append(value)
    return found


def _is_title(grid: Grid, row: int, left: int, right: int) -> bool:
    values = _distinct(grid, row, left, right)
    texts = sum(isinstance(value, str) for value in values)
    figures = len(values) - texts
    return 0 < len(values) <= _TITLE_CELLS and texts > 0 and figures <= texts


def _title_rows(grid: Grid, top: int, left: int, right: int, above: int) -> list[int]:
    """Return the title rows over a header: next to it, or up to the sheet's start."""
    rows: list[int] = []
    for row in range(top - 1, max(above, top - 1 - _TITLE_ROWS, 0) - 1, -1):
        if above and len(_distinct(grid, row, 0, grid.width - 1)) > _TITLE_BETWEEN:
            break  # a row of the table above
        if _is_title(grid, row, left, right):
            rows.append(row)
        elif _distinct(grid, row, left, right) or (above and rows):
            break
    return rows[::-1]


def _titles(grid: Grid, head: Head, heads: list[Head]) -> list[str]:
    """Return what stands above a header, as wide as no other table stands beside it."""
    above = max((h.row + 1 for h in heads if h.row < head.top), default=0)
    beside = [h for h in heads if h is not head and h.top <= head.row and head.top <= h.row]
    left = max((h.right + 1 for h in beside if h.right < head.left), default=0)
    right = min((h.left - 1 for h in beside if h.left > head.right), default=grid.width - 1)
    found: list[str] = []
    for row in _title_rows(grid, head.top, left, right, above):
        values = _distinct(grid, row, left, right)
        found.append(_joined([as_text(v)[:10] if is_day(v) else as_text(v) for v in values]))
    return found


def _joined(words: list[str]) -> str:
    """Return the cells of a title row: "仓库名称 | 县库" in two says the same as with a colon."""
    parts: list[str] = []
    for number, word in enumerate(words):
        last = number == len(words) - 1
        known = bool(candidates(word)) and ":" not in plain(word)
        follows = not last and not candidates(words[number + 1])
        ends = plain(word).endswith(":")
        parts.append(word + (": " if known and follows and not ends else "" if ends else "  "))
    return "".join(parts).strip()


def _titles_top(grid: Grid, table: Table) -> int:
    rows = _title_rows(grid, table.top, table.left, table.right, 1)
    close = [row for row in rows if len(_distinct(grid, row, table.left, table.right)) == 1]
    return min([*close, table.top])


def _meta(titles: list[str]) -> dict[str, str]:
    """Return what title rows say as "仓库名称: 县库", by field."""
    found: dict[str, str] = {}
    for title in titles:
        text = _SPACED_DAY.sub(
            lambda m: f"{m[1]}年{m[2]}月" + (f"{m[3]}日" if m[3] else ""),
            unicodedata.normalize("NFKC", title),
        )
        for key, value in _META.findall(text):
            for name in candidates(key):
                found.setdefault(name, value if "(" in value else value.rstrip(")"))
    return found


# --- one table ---------------------------------------------------------------------------------


def _table(
    grid: Grid, head: Head, titles: list[str], is_item: IsItem, wanted: Form | None
) -> Table:
    title = " ".join(titles)
    goods = _item_columns(head, is_item)
    words = f"{title} {grid.sheet}"
    meta = _meta(titles)
    named = [fields for fields in head.fields if fields]
    told = forced(wanted) if wanted else judge(named, words, len(goods), meta)
    if told is None:
        goods_alone = any("item_name" in names and "store" not in names for names in named)
        told = Judgement(
            FORMS["stock"] if goods_alone else UNKNOWN, 0.0, "列太少 | too few columns"
        )
    table = Table(
        grid=grid,
        form=told.form,
        title=title,
        meta=meta,
        top=head.top,
        header=head.row,
        left=head.left,
        right=head.right,
        stop=grid.height,
        judged=told,
        items=goods if told.form.name == "wide" else {},
    )
    _assign(table, head)
    _rename(table, words)
    return table


def _item_columns(head: Head, is_item: IsItem) -> dict[int, str]:
    """Return the columns that hold goods: an item's name, or a word with a unit behind it."""
    found: dict[int, str] = {}
    for offset, (text, names) in enumerate(zip(head.texts, head.fields, strict=True)):
        _, bare, unit = header_key(text) if text else ("", "", "")
        if not text or names or _COUNTLESS.search(bare):
            continue
        if is_item(text) or (bare and unit and len(unit) <= 3):
            found[head.left + offset] = text
    return found


def _assign(table: Table, head: Head) -> None:
    """Give each field its column: the one whose own title it is before one of its synonyms."""
    taken: dict[int, str] = {}
    options = [
        (head.left + offset, text, [n for n in table.form.fields if n in names])
        for offset, (text, names) in enumerate(zip(head.texts, head.fields, strict=True))
        if text and head.left + offset not in table.items
    ]
    for exact in (True, False):
        for column, text, names in options:
            for name in names if column not in taken else ():
                plainly = header_key(text)[1] == header_key(FIELDS[name].zh)[1]
                if name not in table.columns and (plainly or not exact):
                    taken[column] = name
                    table.columns[name] = column
                    table.headers[name] = text
                    table.units[name] = header_key(text)[2]
                    break
    table.ignored = tuple(text for column, text, _ in options if column not in taken)


def _rename(table: Table, words: str) -> None:
    """Let the title say what a bare quantity is: counted, received or issued."""
    columns = table.columns
    if "qty_stock" not in columns:
        return
    wanted = None
    if table.form.name == "stocktake" and "qty_counted" not in columns:
        wanted = "qty_counted"
    elif table.form.name == "register" and not {"qty_in", "qty_out"} & columns.keys():
        side = one_sided(words)
        wanted = f"qty_{side}" if side else None
    elif table.form.name == "transfer" and not {"qty_out", "qty_due"} & columns.keys():
        wanted = "qty_out"
    if wanted:
        table.columns[wanted] = table.columns.pop("qty_stock")
        table.headers[wanted] = table.headers.pop("qty_stock")
        table.units[wanted] = table.units.pop("qty_stock")
