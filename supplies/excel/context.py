"""What every part of the reader shares while it reads one workbook."""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from supplies.city import City
from supplies.errors import Finding
from supplies.excel import rules
from supplies.excel.cells import Value
from supplies.excel.columns import plain
from supplies.excel.marks import cell_name
from supplies.excel.match import ItemIndex, Match
from supplies.excel.places import PlaceIndex
from supplies.excel.tables import Table, as_text

_GENERIC = re.compile(r"(?i)^(sheet|工作表|table|csv|data)[\d_ ]*$")
_FORM_WORDS = re.compile(
    r"台账|明细|登记|盘点|库存|汇总|统计|清单|调拨|需求|入库|出库|表$|stock|register|sheet"
)
_OWN_STORE = re.compile(r"^(本?[县区市镇乡]|本级|我[县区市镇乡])(?=.*(局|库|仓|中心|站|所|办))")
_ERROR_TEXT = re.compile(r"#(REF|VALUE|DIV/0|N/A|NAME|NUM|NULL|ERROR)[!?]?\Z", re.IGNORECASE)


_T = TypeVar("_T")


@dataclass(slots=True)
class _Unsure:
    cell: str
    code: str
    hint: str
    rows: int = 0


@dataclass(slots=True)
class Context:
    """City, indexes and the findings so far."""

    city: City
    items: ItemIndex
    places: PlaceIndex
    site: str | None
    file: str = ""
    problems: list[Finding] = field(default_factory=list)
    _once: set[tuple[object, ...]] = field(default_factory=set)
    _singles: set[int] = field(default_factory=set)
    _unsure: dict[tuple[str, str], _Unsure] = field(default_factory=dict)
    _broken_rows: dict[tuple[str, int, int], set[int]] = field(default_factory=dict)
    _areas: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, code: str, table: Table, at: tuple[int, int], **words: object) -> None:
        """Add a finding about a cell; its content is shown unless ``found`` is given."""
        row, column = at
        if "found" not in words:
            words["found"] = as_text(table.grid.rows[row][column])
        found = words.pop("found")
        place = cell_name(row, column)
        self.problems.append(rules.finding(code, table.grid.sheet, place, found, **words))

    def note_once(
        self, key: tuple[object, ...], code: str, table: Table, at: tuple[int, int], **words: object
    ) -> None:
        """Add a finding the first time this key comes up in the table."""
        full = (table.grid.sheet, table.header, table.left, code, *key)
        if full not in self._once:
            self._once.add(full)
            self._singles.add(len(self.problems))
            self.note(code, table, at, **words)

    def since(self, start: int) -> tuple[Finding, ...]:
        """Return the findings added from a number on that hold for every row like that one."""
        found = enumerate(self.problems[start:], start)
        return tuple(finding for number, finding in found if number not in self._singles)

    def site_of(self, table: Table, at: tuple[int, int], text: str, admin: str = "") -> str | None:
        """Return the site a text means; what is unsure is remembered and told once per text."""
        match = self.places.site(text)
        if match.id is None:
            match = self._narrowed(text, admin) if admin else match
        if match.id is None and (own := _OWN_STORE.match(plain(text))):
            # "县应急局仓库" is the one of the county that the title names.
            match = self.places.site(self._title_area(table) + plain(text)[own.end() :])
        if self.site is not None:
            if match.id is not None and match.id != self.site:
                self.note_once((text,), "site-differs", table, at, found=text)
            return self.site
        return match.id or self.told_site(table, at, text)

    def _title_area(self, table: Table) -> str:
        key = (table.title, table.grid.sheet)
        if key not in self._areas:
            told = [table.meta.get(name, "") for name in ("owner_unit", "place_admin")]
            found = (self.places.area_in(t) for t in (*told, table.title, table.grid.sheet) if t)
            self._areas[key] = next((area.name_zh for area in found if area), "")
        return self._areas[key]

    def told_site(self, table: Table, at: tuple[int, int], text: str) -> str | None:
        """Return the site a text means by itself, whatever site the user gave."""
        match = self.places.site(text)
        if match.id is None:
            new = _Unsure(cell_name(*at), match.problem, match.hint)
            self._unsure.setdefault((table.grid.sheet, text), new).rows += 1
        return match.id

    def _narrowed(self, text: str, admin: str) -> Match:
        joined = self.places.site(admin + text)
        if joined.id is not None:
            return joined
        match = self.places.site(text)
        area = self.places.area(admin).id
        inside = [
            site
            for site in match.suggestions
            if area and self.city.inside(self.city.sites[site].area, area)
        ]
        if match.problem == "place-ambiguous" and len(inside) == 1:
            return Match(inside[0])
        return match

    def tell_unsure(self) -> None:
        """Add the findings about places, one for each text on each sheet."""
        for (sheet, text), unsure in self._unsure.items():
            self.problems.append(
                rules.finding(
                    unsure.code, sheet, unsure.cell, text, value=unsure.rows, hint=unsure.hint
                )
            )
        self._unsure.clear()

    def default_place(self, table: Table) -> str:
        """Return where a table without a place column says its goods are, in its own words."""
        told = table.meta.get("store")
        if told:
            return told
        at = (table.top, table.left)
        text = self._place_in_title(table)
        if text:
            if self.site is None:
                self.note_once((), "place-from-title", table, at, found=text)
            return text
        sheet = table.grid.sheet
        if not _GENERIC.match(sheet) and not _FORM_WORDS.search(plain(sheet)):
            return sheet
        return ""

    def _place_in_title(self, table: Table) -> str:
        if self.places.site(table.grid.sheet).id is not None:
            return table.grid.sheet
        for text in (table.title, table.grid.sheet):
            site = self.places.site_in(text)
            if site is not None:
                return self.city.sites[site].name_zh
        told = [table.meta.get(name, "") for name in ("owner_unit", "unit", "place_admin")]
        for text in (*told, table.title, table.grid.sheet):
            area = self.places.area_in(text) if text else None
            if area is not None:
                return area.name_zh
        return ""

    def broken(self, table: Table, row: int, names: tuple[str, ...]) -> bool:
        """Tell formula errors in the cells of a row that matter; whether there was one."""
        if row not in self.broken_rows(table):
            return False
        found = False
        marks = table.grid.marks
        for name in names:
            column = table.columns.get(name)
            if column is None:
                continue
            if (row, column) in marks.errors or is_error(table.grid.rows[row][column]):
                self.note("cell-error", table, (row, column))
                found = True
            elif (row, column) in marks.uncalculated:
                self.note("formula-uncalculated", table, (row, column))
                found = True
        return found

    def broken_rows(self, table: Table) -> set[int]:
        """Return the rows of a table with a formula error, or a formula without a result."""
        key = (table.grid.sheet, table.header, table.left)
        if key not in self._broken_rows:
            marks = table.grid.marks
            rows = {row for row, _ in marks.errors} | {row for row, _ in marks.uncalculated}
            texts = {text for text in table.grid.texts if is_error(text)}
            if texts:
                own = range(table.header + 1, table.stop)
                rows.update(row for row in own if not texts.isdisjoint(table.grid.rows[row]))
            self._broken_rows[key] = rows
        return self._broken_rows[key]


def is_error(value: Value) -> bool:
    """Whether a cell holds the text of a formula error."""
    return isinstance(value, str) and value[:1] == "#" and _ERROR_TEXT.match(value) is not None


class Judged:
    """What equal cells mean, worked out once; what is wrong with them is told for each row."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kept: dict[Hashable, tuple[object, tuple[Finding, ...]]] = {}

    def get(self, key: Hashable, row: int, work: Callable[[], _T]) -> _T:
        """Return what ``work`` gives for cells that ``key`` stands for, in one row."""
        kept = self._kept.get(key)
        if kept is None:
            start = len(self._context.problems)
            value = work()
            self._kept[key] = (value, self._context.since(start))
            return value
        for finding in kept[1]:
            letters = finding.cell.rstrip("0123456789")
            self._context.problems.append(replace(finding, cell=f"{letters}{row + 1}"))
        return kept[0]  # type: ignore[return-value]
