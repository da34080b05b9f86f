"""Find the tables on a sheet: header rows, titles above them, and where each begins and ends."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from supplies.excel.cells import Grid, Value
from supplies.excel.columns import candidates, candidates_joined, header_key, plain
from supplies.excel.forms import FORMS, UNKNOWN, Form, one_sided, tell

HITS_MIN = 3
# A sheet whose first cell begins so is a note for people (our own instructions, lists, findings).
NOTE_MARK = "※"
_TITLE_ROWS = 8
_META = re.compile(r"([^\s::;,\d]{2,10})\s*:\s*([^\s:;,]+)")
_COUNTLESS = re.compile(r"合计|总计|总件|库点数|小计")

IsItem = Callable[[str], bool]


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
    columns: dict[str, int]
    headers: dict[str, str]
    units: dict[str, str]
    items: dict[int, str]
    ignored: tuple[str, ...]

    def value(self, row: int, name: str) -> Value:
        """Return what a row holds in a field; ``None`` when it has no such column."""
        column = self.columns.get(name)
        return None if column is None else self.grid.rows[row][column]

    def text(self, row: int, name: str) -> str:
        """Return what a row holds in a field, as text without white space around it."""
        return as_text(self.value(row, name))


@dataclass(slots=True)
class _Head:
    """A header row (or two) and the words above each column."""

    top: int
    row: int
    left: int
    right: int
    texts: list[str]
    fields: list[tuple[str, ...]]


def as_text(value: Value) -> str:
    """Return a value as a sheet shows it: whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def find_tables(grid: Grid, is_item: IsItem, forced: Form | None = None) -> list[Table]:
    """Return the tables of a sheet from top to bottom, left to right.

    Parameters
    ----------
    is_item
        Whether a header surely names a catalogue item (for tables with items in columns).
    forced
        The form the user says it is; otherwise each table is told by its header and title.
    """
    if as_text(grid.rows[0][0] if grid.width else None).startswith(NOTE_MARK):
        return []
    heads = _heads(grid, is_item, HITS_MIN) or _heads(grid, is_item, 2)
    tables: list[Table] = []
    for head in heads:
        above = max((h.row + 1 for h in heads if h.row < head.top), default=0)
        titles = _titles(grid, head, above)
        tables.append(_table(grid, head, titles, is_item, forced))
    for table in tables:
        later = (t for t in tables if t.top > table.header and _overlap(t, table))
        table.stop = min((_titles_top(grid, t) for t in later), default=grid.height)
    return tables


def _overlap(one: Table, other: Table) -> bool:
    return one.left <= other.right and other.left <= one.right


def _own(grid: Grid, row: int, column: int) -> str:
    """Return a header cell's text; the tail of a sideways merge counts as empty."""
    if not 0 <= row < grid.height:
        return ""
    origin = grid.fill.get((row, column))
    if origin is not None and origin[1] != column:
        return ""
    value = grid.rows[row][column]
    return value if isinstance(value, str) and len(value) <= 60 else ""


def _hits(grid: Grid, row: int, is_item: IsItem) -> int:
    known = goods = places = 0
    for column in range(grid.width):
        text = _own(grid, row, column)
        if not text:
            continue
        names = candidates(text)
        if names:
            known += 1
            places += "place_admin" in names or "store" in names
    if known and places and known < HITS_MIN:
        goods = sum(bool(t := _own(grid, row, c)) and is_item(t) for c in range(grid.width))
    return known + (goods if goods >= 2 else 0)


def _heads(grid: Grid, is_item: IsItem, least: int) -> list[_Head]:
    heads: list[_Head] = []
    row = 0
    while row < grid.height:
        if _hits(grid, row, is_item) < least:
            row += 1
            continue
        top, bottom = _levels(grid, row)
        found = _split(grid, top, bottom, is_item, least)
        heads += [head for head in found if _plausible(head, least)]
        row = bottom + 1 if found else row + 1
    return heads


def _plausible(head: _Head, least: int) -> bool:
    """Two known words alone must be goods and a quantity, or any text would be a table."""
    if least >= HITS_MIN:
        return True
    names = {name for fields in head.fields for name in fields}
    return bool(names & {"item_name", "item_code"}) and any(n.startswith("qty_") for n in names)


def _levels(grid: Grid, row: int) -> tuple[int, int]:
    """Return the first and last row of the header found at ``row``."""
    if _is_sub(grid, row, row + 1):
        return row, row + 1
    if row and _is_sub(grid, row - 1, row) and _groups(grid, row - 1) >= 1:
        return row - 1, row
    return row, row


def _groups(grid: Grid, row: int) -> int:
    """Return how many sideways merges start in a row that do not span the whole sheet."""
    spans = [s for s in grid.marks.merged if s[0][0] == row == s[1][0] and s[1][1] > s[0][1]]
    return sum(s[1][1] - s[0][1] + 1 < grid.width for s in spans)


def _is_sub(grid: Grid, parent: int, child: int) -> bool:
    """Whether ``child`` holds second-level headers under groups of ``parent``."""
    if child >= grid.height:
        return False
    gained = 0
    for column in range(grid.width):
        value = grid.rows[child][column]
        if value is None:
            continue
        if not isinstance(value, str) or re.fullmatch(r"[\d.,]+", plain(value)):
            return False
        if (child, column) in grid.fill:
            continue
        above = _parent(grid, parent, column)
        under = not _own(grid, parent, column) or _is_group(grid, parent, column)
        if under and candidates_joined(above, value):
            gained += 1
    return gained >= 1


def _is_group(grid: Grid, row: int, column: int) -> bool:
    return column + 1 < grid.width and grid.fill.get((row, column + 1)) == (row, column)


def _parent(grid: Grid, row: int, column: int) -> str:
    """Return the group above a column: its cell, or the last group to its left."""
    value = grid.rows[row][column]
    if isinstance(value, str):
        return value
    for left in range(column - 1, -1, -1):
        text = grid.rows[row][left]
        if isinstance(text, str):
            return text
    return ""


def _split(grid: Grid, top: int, bottom: int, is_item: IsItem, least: int) -> list[_Head]:
    texts: list[str] = []
    fields: list[tuple[str, ...]] = []
    for column in range(grid.width):
        if top == bottom:
            text = _own(grid, top, column)
            names = candidates(text) if text else ()
        else:
            child = _own(grid, bottom, column)
            above = grid.rows[top][column]
            parent = above if isinstance(above, str) else ""
            if child and not parent:
                parent = _parent(grid, top, column)
            same = plain(parent) == plain(child)
            text = child if same or not parent else parent + child
            names = candidates_joined(parent, child) if text else ()
        texts.append(text)
        fields.append(names)
    parts = [part for run in _runs(texts) for part in _repeats(run, texts, fields)]
    heads = [_Head(top, bottom, a, b, texts[a : b + 1], fields[a : b + 1]) for a, b in parts]
    strong = [head for head in heads if _weight(head, is_item) >= least]
    if len(strong) > 1 or not heads:
        return strong
    first, last = heads[0].left, heads[-1].right
    return [_Head(top, bottom, first, last, texts[first : last + 1], fields[first : last + 1])]


def _weight(head: _Head, is_item: IsItem) -> int:
    known = sum(bool(names) for names in head.fields)
    if known >= HITS_MIN:
        return known
    return known + sum(bool(text) and is_item(text) for text in head.texts)


def _runs(texts: list[str]) -> Iterable[tuple[int, int]]:
    start: int | None = None
    for column, text in enumerate([*texts, ""]):
        if text and start is None:
            start = column
        elif not text and start is not None:
            yield start, column - 1
            start = None


def _repeats(
    run: tuple[int, int], texts: list[str], fields: list[tuple[str, ...]]
) -> Iterable[tuple[int, int]]:
    """Split a run where its headers start over: two tables without a gap between them."""
    start, end = run
    first = plain(texts[start])
    for column in range(start + 1, end + 1):
        rest = {name for names in fields[column : end + 1] for name in names}
        if plain(texts[column]) == first and column - start >= 3 and "item_name" in rest:
            yield start, column - 1
            start = column
    yield start, end


def _distinct(grid: Grid, row: int, left: int, right: int) -> list[Value]:
    found: list[Value] = []
    for column in range(left, min(right, grid.width - 1) + 1):
        value = grid.rows[row][column]
        if value is not None and (row, column) not in grid.fill and as_text(value):
            found.append(value)
    return found


def _is_title(grid: Grid, row: int, left: int, right: int) -> bool:
    values = _distinct(grid, row, left, right)
    return 0 < len(values) <= 6 and all(isinstance(value, str) for value in values)


def _title_rows(grid: Grid, top: int, left: int, right: int, above: int) -> list[int]:
    """Return the title rows over a header: next to it, or up to the sheet's start."""
    rows: list[int] = []
    for row in range(top - 1, max(above, top - 1 - _TITLE_ROWS, 0) - 1, -1):
        if _is_title(grid, row, left, right):
            if above and len(_distinct(grid, row, left, right)) > 3:
                break
            rows.append(row)
        elif _distinct(grid, row, left, right) or (above and rows):
            break
    return rows[::-1]


def _titles(grid: Grid, head: _Head, above: int) -> list[str]:
    found: list[str] = []
    for row in _title_rows(grid, head.top, head.left, head.right, above):
        words = [as_text(v) for v in _distinct(grid, row, head.left, head.right)]
        # "仓库名称 | 县库" in two cells says the same as "仓库名称: 县库" in one.
        pair = len(words) == 2 and candidates(words[0]) and ":" not in plain(words[0])
        found.append((": " if pair else "  ").join(words))
    return found


def _titles_top(grid: Grid, table: Table) -> int:
    rows = _title_rows(grid, table.top, table.left, table.right, 1)
    close = [row for row in rows if len(_distinct(grid, row, table.left, table.right)) == 1]
    return min([*close, table.top])


def _table(
    grid: Grid, head: _Head, titles: list[str], is_item: IsItem, forced: Form | None
) -> Table:
    title = " ".join(titles)
    goods = _item_columns(head, is_item)
    known = frozenset(name for names in head.fields for name in names)
    words = f"{title} {grid.sheet}"
    form = forced or tell(known, words, wide=len(goods) >= 2)
    if form is None:
        named = any("item_name" in names and "store" not in names for names in head.fields)
        form = FORMS["stock"] if named else UNKNOWN
    table = Table(
        grid=grid,
        form=form,
        title=title,
        meta=_meta(titles),
        top=head.top,
        header=head.row,
        left=head.left,
        right=head.right,
        stop=grid.height,
        columns={},
        headers={},
        units={},
        items=goods if form.name == "wide" else {},
        ignored=(),
    )
    _assign(table, head)
    _rename(table, words)
    return table


def _item_columns(head: _Head, is_item: IsItem) -> dict[int, str]:
    """Return the columns that hold goods: an item's name, or a word with a unit behind it."""
    found: dict[int, str] = {}
    for offset, (text, names) in enumerate(zip(head.texts, head.fields, strict=True)):
        _, bare, unit = header_key(text) if text else ("", "", "")
        if not text or names or _COUNTLESS.search(bare):
            continue
        if is_item(text) or (bare and unit and len(unit) <= 3):
            found[head.left + offset] = text
    return found


def _assign(table: Table, head: _Head) -> None:
    ignored: list[str] = []
    for offset, (text, names) in enumerate(zip(head.texts, head.fields, strict=True)):
        column = head.left + offset
        if not text or column in table.items:
            continue
        for name in table.form.fields:
            if name in names and name not in table.columns:
                table.columns[name] = column
                table.headers[name] = text
                table.units[name] = header_key(text)[2]
                break
        else:
            ignored.append(text)
    table.ignored = tuple(ignored)


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


def _meta(titles: list[str]) -> dict[str, str]:
    """Return what title rows say as "仓库名称: 县库", by field."""
    found: dict[str, str] = {}
    for title in titles:
        for key, value in _META.findall(unicodedata.normalize("NFKC", title)):
            for name in candidates(key):
                found.setdefault(name, value)
    return found
