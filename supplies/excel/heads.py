"""Find the header rows of a sheet: one or two levels, side by side or stacked."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from supplies.excel.cells import Grid, Value
from supplies.excel.columns import candidates, candidates_joined, header_key, plain
from supplies.excel.values import read_quantity

HITS_MIN = 3
_TEXT_MAX = 60
_BELOW = 4
_DATE = re.compile(r"\d{2,4}[.\-/年]\d{1,2}([.\-/月].*)?")

IsItem = Callable[[str], bool]
Names = tuple[str, ...]


@dataclass(slots=True)
class Head:
    """A header row (or two), the words above each column and the fields they may mean."""

    top: int
    row: int
    left: int
    right: int
    texts: list[str]
    fields: list[Names]


class Words:
    """Which texts of a sheet are header words or items, found once for the whole sheet."""

    def __init__(self, grid: Grid, is_item: IsItem) -> None:
        self.known = {t for t in grid.texts if len(t) <= _TEXT_MAX and candidates(t)}
        self.places = {
            text for text in self.known if {"place_admin", "store"} & set(candidates(text))
        }
        self._is_item = is_item

    def may_head(self, row: list[Value]) -> bool:
        """Whether a row has any header word at all."""
        return not self.known.isdisjoint(row)

    def is_item(self, text: str) -> bool:
        """Whether a header surely names an item, with or without a unit behind it."""
        return text not in self.known and self._is_item(text)


def own(grid: Grid, row: int, column: int) -> str:
    """Return a header cell's text; the tail of a sideways merge counts as empty."""
    if not 0 <= row < grid.height:
        return ""
    origin = grid.fill.get((row, column))
    if origin is not None and origin[1] != column:
        return ""
    value = grid.rows[row][column]
    return value if isinstance(value, str) and len(value) <= _TEXT_MAX else ""


def find_heads(grid: Grid, is_item: IsItem) -> list[Head]:
    """Return the header rows of a sheet, from top to bottom and left to right.

    Three known words make a header; only when there is none, an item and a quantity alone do.
    """
    words = Words(grid, is_item)
    return _heads(grid, words, HITS_MIN) or _heads(grid, words, 2)


def _heads(grid: Grid, words: Words, least: int) -> list[Head]:
    heads: list[Head] = []
    row = 0
    while row < grid.height:
        if not words.may_head(grid.rows[row]) or _hits(grid, row, words) < least:
            row += 1
            continue
        top, bottom = _levels(grid, row)
        found = [h for h in _split(grid, top, bottom, words, least) if _plausible(h, least)]
        heads += found
        row = bottom + 1 if found else row + 1
    return heads


def _plausible(head: Head, least: int) -> bool:
    """Two known words alone must be goods and a quantity, or any text would be a table."""
    if least >= HITS_MIN:
        return True
    names = {name for fields in head.fields for name in fields}
    return bool(names & {"item_name", "item_code"}) and any(n.startswith("qty_") for n in names)


def _is_figure(value: Value) -> bool:
    """Whether a cell is a number or a date, as headers are not."""
    if value is None:
        return False
    if not isinstance(value, str):
        return True
    text = plain(value)
    return text[:1].isdigit() and (
        read_quantity(value).amount is not None or _DATE.fullmatch(text) is not None
    )


def _hits(grid: Grid, row: int, words: Words) -> int:
    """Return how many words speak for a header row; 0 when the row looks like data or a note."""
    cells = [
        (column, grid.rows[row][column])
        for column in range(grid.width)
        if grid.rows[row][column] is not None
        and grid.fill.get((row, column), (row, column))[1] == column
    ]
    known = [isinstance(v, str) and v in words.known for _, v in cells]
    figures = sum(_is_figure(value) for _, value in cells)
    hits = len({plain(str(v)) for (_, v), yes in zip(cells, known, strict=True) if yes})
    goods = _goods(grid, row, cells, words) if hits < HITS_MIN else 0
    if 2 * figures > hits + goods or (not goods and _is_pairs([v for _, v in cells], known)):
        return 0
    return hits + goods


def _is_pairs(values: list[Value], known: list[bool]) -> bool:
    """Whether known words alternate with what they name: 仓库名称 | 县库 | 保管人 | 张三."""
    if any(isinstance(v, str) and plain(v).endswith(":") for v in values):
        return True
    names = [at for at, yes in enumerate(known) if yes]
    return (
        len(names) >= 2
        and all(b - a == 2 for a, b in pairwise(names))
        and len(values) - names[0] == 2 * len(names)
    )


def _goods(grid: Grid, row: int, cells: list[tuple[int, Value]], words: Words) -> int:
    """Return how many items stand in a row as headers: next to a place, over quantities."""
    if not any(isinstance(v, str) and v in words.places for _, v in cells):
        return 0
    items = [(c, v) for c, v in cells if isinstance(v, str) and words.is_item(v)]
    if len({plain(text) for _, text in items}) < 2:
        return 0
    below = [
        [grid.rows[at][column] for column, _ in items]
        for at in range(row + 1, min(row + 1 + _BELOW, grid.height))
    ]
    texts = sum(isinstance(v, str) and not _is_amount(v) for line in below for v in line)
    figures = sum(v is not None and _is_amount(v) for line in below for v in line)
    return len(items) if figures > texts else 0


def _is_amount(value: Value) -> bool:
    found = read_quantity(value)
    return found.amount is not None or found.problem in ("quantity-dash", "quantity-vague")


# --- two levels --------------------------------------------------------------------------------


def _levels(grid: Grid, row: int) -> tuple[int, int]:
    """Return the first and last row of the header found at ``row``."""
    if _is_sub(grid, row, row + 1):
        return row, row + 1
    if row and _groups(grid, row - 1) >= 1 and _is_sub(grid, row - 1, row):
        return row - 1, row
    return row, row


def _groups(grid: Grid, row: int) -> int:
    """Return how many sideways merges start in a row that do not span all there is below."""
    spans = [s for s in grid.marks.merged if s[0][0] == row == s[1][0] and s[1][1] > s[0][1]]
    below = [c for c in range(grid.width) if row + 1 < grid.height and grid.rows[row + 1][c]]
    return sum(any(not s[0][1] <= column <= s[1][1] for column in below) for s in spans)


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
        under = not own(grid, parent, column) or _is_group(grid, parent, column)
        if under and candidates_joined(_parent(grid, parent, column), value)[0]:
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


def _above(grid: Grid, top: int, bottom: int, column: int) -> tuple[str, Names]:
    """Return a column's words over one or two levels, and the fields they may mean."""
    if top == bottom:
        text = own(grid, top, column)
        return text, candidates(text) if text else ()
    child = own(grid, bottom, column)
    value = grid.rows[top][column]
    parent = value if isinstance(value, str) and len(value) <= _TEXT_MAX else ""
    if child and not parent:
        parent = _parent(grid, top, column)
    if not child:
        return parent, candidates(parent) if parent else ()
    names, joined = candidates_joined(parent, child)
    return (parent + child if joined else child), names


# --- side by side ------------------------------------------------------------------------------


def _split(grid: Grid, top: int, bottom: int, words: Words, least: int) -> list[Head]:
    above = [_above(grid, top, bottom, column) for column in range(grid.width)]
    texts, fields = [text for text, _ in above], [names for _, names in above]
    runs = list(_runs(texts))
    parts = [part for run in runs for part in _repeats(run, texts, fields)]
    heads = [Head(top, bottom, a, b, texts[a : b + 1], fields[a : b + 1]) for a, b in parts]
    strong = [head for head in heads if _weight(head, words) >= least]
    if len(strong) > 1 and all(_stands_alone(grid, head, words) for head in strong):
        return strong
    if len(strong) == 1 and all(h is strong[0] or not any(h.fields) for h in heads):
        return strong
    if not heads:
        return []
    first, last = heads[0].left, heads[-1].right
    return [Head(top, bottom, first, last, texts[first : last + 1], fields[first : last + 1])]


def _weight(head: Head, words: Words) -> int:
    known = sum(bool(names) for names in head.fields)
    if known >= HITS_MIN:
        return known
    return known + sum(bool(text) and words.is_item(text) for text in head.texts)


def _stands_alone(grid: Grid, head: Head, words: Words) -> bool:
    """Whether a part of a header row names things by itself, with nothing to its left."""
    names = {name for fields in head.fields for name in fields}
    key = {"item_name", "item_code", "supplier", "vehicle_class", "with_kit", "team", "store"}
    goods = sum(bool(text) and words.is_item(text) for text in head.texts)
    if not names & key and goods < 2:
        return False
    if head.left == 0 or own(grid, head.row, head.left - 1):
        return True
    for row in range(head.row, min(head.row + 1 + _BELOW, grid.height)):
        if all(value is None for value in grid.rows[row]):
            break
        if grid.rows[row][head.left - 1] is not None:
            return False
    return True


def _runs(texts: list[str]) -> Iterable[tuple[int, int]]:
    start: int | None = None
    for column, text in enumerate([*texts, ""]):
        if text and start is None:
            start = column
        elif not text and start is not None:
            yield start, column - 1
            start = None


def _repeats(
    run: tuple[int, int], texts: list[str], fields: list[Names]
) -> Iterable[tuple[int, int]]:
    """Split a run where its headers start over: two tables without a gap between them."""
    start, end = run
    first = header_key(texts[start])[1]
    for column in range(start + 1, end + 1):
        rest = {name for names in fields[column : end + 1] for name in names}
        again = header_key(texts[column])[1] == first
        if again and column - start >= 3 and "item_name" in rest:
            yield start, column - 1
            start = column
    yield start, end


def is_day(value: Value) -> bool:
    """Whether a cell holds a date."""
    return isinstance(value, date)
