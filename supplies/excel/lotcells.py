"""Read what tells one lot from another: dates, condition, owner, reserve mode; and a row's day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from supplies.catalogue import Evidence, Item
from supplies.excel.columns import plain
from supplies.excel.context import Context, Judged, is_error
from supplies.excel.meanings import read_condition, read_source_mode, read_tier
from supplies.excel.tables import Table
from supplies.excel.values import Day, read_day, read_expiry
from supplies.excel.whereabouts import Place
from supplies.lots import add_months
from supplies.tiers import Tier

_IN_TITLE = re.compile(r"\d{4}[年.\-/]\d{1,2}[月.\-/]\d{1,2}日?")


@dataclass(frozen=True, slots=True)
class LotCells:
    """What a row says of its lot."""

    produced: date | None = None
    expiry: date | None = None
    evidence: Evidence | None = None
    condition: str = "usable"
    owner_tier: Tier | None = None
    source_mode: str = "physical"


class LotReader:
    """Reads the lots and days of one table."""

    def __init__(self, context: Context, table: Table, judged: Judged) -> None:
        self._context = context
        self._table = table
        self._judged = judged
        self._rows = table.grid.rows
        self._whose_key = table.picker("source_mode", "remark", "owner_tier", "owner_unit")
        self._status_key = table.picker("status", "remark")
        kinds = ("receipt", "issue", "transfer", "")
        self._day_names = {kind: _day_names(table, kind) for kind in kinds}
        told = table.meta.get("day") or next(iter(_IN_TITLE.findall(table.title)), "")
        self._title_day = read_day(told).day if told else None

    def of(self, row: int, item: Item | None, place: Place, shade: str) -> LotCells | None:
        """Return what tells the lot of a line, or tell what cannot be read.

        ``shade`` is what a legend says of the row's colour; a condition that is written goes first.
        """
        produced, fine = self._date(row, "mfg_date")
        expiry, evidence, sound = self._expiry(row, item, produced)
        key = ("whose", place.site, self._whose_key(self._rows[row]))
        mode, owner, real = self._judged.get(key, row, lambda: self._whose(row, place))
        state = ("status", shade, self._status_key(self._rows[row]))
        condition = self._judged.get(state, row, lambda: self._condition(row, shade))
        if not (fine and sound and real):
            return None
        return LotCells(produced, expiry, evidence, condition, owner, mode)

    def day(self, row: int, kind: str) -> tuple[date | None, bool]:
        """Return the day of a row, and whether it is fit for its kind."""
        names = self._day_names.get(kind, self._day_names[""])
        for name in names:
            day, fine = self._date(row, name)
            if day is not None or not fine:
                return day, fine
        if self._title_day is None and kind in ("receipt", "issue"):
            column = self._table.columns[names[0]] if names else self._table.left
            self._context.note("date-missing", self._table, (row, column))
            return None, False
        return self._title_day, True

    def _date(self, row: int, name: str) -> tuple[date | None, bool]:
        column = self._table.columns.get(name)
        if column is None:
            return None, True
        found = read_day(self._rows[row][column])
        if found.problem:
            if is_error(self._rows[row][column]):
                return None, False
            if "批" in plain(self._table.headers[name]):
                return None, True
            self._context.note(found.problem, self._table, (row, column))
            return None, False
        self._tell((row, column), found)
        return found.day, True

    def _tell(self, at: tuple[int, int], found: Day) -> None:
        for note in found.notes:
            if note != "forever":
                self._context.note(note, self._table, at, value=found.day)

    def _expiry(
        self, row: int, item: Item | None, produced: date | None
    ) -> tuple[date | None, Evidence | None, bool]:
        column = self._table.columns.get("expiry")
        if column is None:
            return (*_by_shelf_life(item, produced), True)
        at, value = (row, column), self._rows[row][column]
        found = read_expiry(value, self._table.headers["expiry"])
        early = found.day is not None and produced is not None and found.day < produced
        if found.problem or early:
            code = found.problem or "expiry-before-production"
            if not is_error(value):
                self._context.note(code, self._table, at, value=produced)
            return None, None, False
        self._tell(at, found)
        if found.months or found.days:
            return (*self._after(at, produced, (found.months, found.days)), True)
        if found.day is not None or "forever" in found.notes:
            return found.day, Evidence.FOUND if found.day else None, True
        return (*_by_shelf_life(item, produced), True)

    def _after(
        self, at: tuple[int, int], produced: date | None, span: tuple[int, int]
    ) -> tuple[date | None, Evidence | None]:
        """Return the end of a duration, counted from production or else from receipt."""
        start, evidence = produced, Evidence.DERIVED
        if start is None:
            start = read_day(self._table.value(at[0], "in_date")).day
            evidence = Evidence.ESTIMATED
        if start is None:
            self._context.note("expiry-no-start", self._table, at)
            return None, None
        end = add_months(start, span[0]) + timedelta(days=span[1])
        if produced is None:
            self._context.note("expiry-from-in-date", self._table, at, value=end)
        return end, evidence

    def _condition(self, row: int, shade: str) -> str:
        table = self._table
        text = table.text(row, "status")
        if not text:
            remark, clear = read_condition(table.text(row, "remark"))
            if clear and remark != "usable":
                return remark
            return read_condition(shade)[0] if shade else "usable"
        state, clear = read_condition(text)
        if not clear and not is_error(text):
            self._context.note("status-unclear", table, (row, table.columns["status"]))
        return state

    def _whose(self, row: int, place: Place) -> tuple[str, Tier | None, bool]:
        context, table = self._context, self._table
        site = context.city.sites.get(place.site or "")
        holder = site.tier if site else None
        texts = {name: table.text(row, name) for name in ("source_mode", "remark")}
        words = " ".join(texts.values())
        mode, mark = read_source_mode(words)
        told = (n for n, text in texts.items() if mark and mark in plain(text).lower())
        where = (row, table.columns.get(next(told, ""), table.left))
        if mode in ("agreement", "capacity") and table.form.name != "need":
            context.note("agreement-not-stock", table, where)
            return mode, None, False
        text = table.text(row, "owner_tier")
        if text or mode == "held":
            tier = read_tier(text or words)
            if tier is None:
                at = (row, table.columns["owner_tier"]) if text else where
                context.note("owner-unclear", table, at)
            return mode, tier or holder, True
        return mode, self._upper(table.text(row, "owner_unit"), place) or holder, True

    def _upper(self, unit: str, place: Place) -> Tier | None:
        """Return the tier of the owning unit a row names, when the place lies in its area."""
        area = self._context.places.area_in(unit) if unit else None
        if area and place.area and self._context.city.inside(place.area, area.code):
            return area.tier
        return None


def _by_shelf_life(item: Item | None, produced: date | None) -> tuple[date | None, Evidence | None]:
    """Return the expiry that the catalogue's shelf life gives, where it gives one."""
    if item is None or produced is None or item.shelf_life_months <= 0:
        return None, None
    return add_months(produced, item.shelf_life_months), Evidence.DERIVED


def _day_names(table: Table, kind: str) -> tuple[str, ...]:
    names = {
        "receipt": ("day", "in_date"),
        "issue": ("day", "out_date"),
        "transfer": ("day", "out_date", "in_date"),
    }.get(kind, ("day",))
    found = tuple(name for name in names if name in table.columns)
    # A register's only column of days is that of both, whatever its title: 入账日期.
    spare = tuple(name for name in ("in_date", "out_date") if name in table.columns)
    return found or (spare if kind in ("receipt", "issue") else ())
