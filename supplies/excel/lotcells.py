"""Read what tells one lot from another: dates, condition, owner, reserve mode; and a row's day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from supplies.catalogue import Evidence, Item
from supplies.excel.columns import plain
from supplies.excel.context import Context
from supplies.excel.tables import Table
from supplies.excel.values import (
    read_condition,
    read_day,
    read_expiry,
    read_source_mode,
    read_tier,
)
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row is: its words, the site they mean, and the area."""

    text: str
    site: str | None
    area: str | None


def lot_of(
    context: Context, table: Table, row: int, item: Item | None, place: Place
) -> LotCells | None:
    """Return what tells the lot of a line, or tell what cannot be read."""
    produced, fine = _date(context, table, row, "mfg_date")
    expiry, evidence, sound = _expiry(context, table, row, item, produced)
    mode, owner, real = _whose(context, table, row, place)
    condition = _condition(context, table, row)
    if not (fine and sound and real):
        return None
    return LotCells(produced, expiry, evidence, condition, owner, mode)


def _date(context: Context, table: Table, row: int, name: str) -> tuple[date | None, bool]:
    column = table.columns.get(name)
    if column is None:
        return None, True
    value = table.grid.rows[row][column]
    found = read_day(value)
    if found.problem:
        if "批" in plain(table.headers[name]):
            return None, True
        context.note(found.problem, table, (row, column))
        return None, False
    for note in found.notes:
        if note != "forever":
            context.note(note, table, (row, column), value=found.day)
    return found.day, True


def _expiry(
    context: Context, table: Table, row: int, item: Item | None, produced: date | None
) -> tuple[date | None, Evidence | None, bool]:
    column = table.columns.get("expiry")
    shelf = item.shelf_life_months if item else 0
    derived = add_months(produced, shelf) if produced and shelf > 0 else None
    if column is None:
        return derived, Evidence.DERIVED if derived else None, True
    at, value = (row, column), table.grid.rows[row][column]
    found = read_expiry(value, table.headers["expiry"])
    early = found.day is not None and produced is not None and found.day < produced
    if found.problem or early:
        code = found.problem or "expiry-before-production"
        context.note(code, table, at, value=produced)
        return None, None, False
    for note in found.notes:
        if note != "forever":
            context.note(note, table, at, value=found.day)
    if found.day is not None:
        return found.day, Evidence.FOUND, True
    if found.months or found.days:
        return (*_after(context, table, at, produced, (found.months, found.days)), True)
    known = None if "forever" in found.notes else derived
    return known, Evidence.DERIVED if known else None, True


def _after(
    context: Context,
    table: Table,
    at: tuple[int, int],
    produced: date | None,
    span: tuple[int, int],
) -> tuple[date | None, Evidence | None]:
    """Return the end of a duration, counted from production or else from receipt."""
    start, evidence = produced, Evidence.DERIVED
    if start is None:
        start = read_day(table.value(at[0], "in_date")).day
        evidence = Evidence.ESTIMATED
    if start is None:
        context.note("expiry-no-start", table, at)
        return None, None
    end = add_months(start, span[0]) + timedelta(days=span[1])
    if produced is None:
        context.note("expiry-from-in-date", table, at, value=end)
    return end, evidence


def _condition(context: Context, table: Table, row: int) -> str:
    text = table.text(row, "status")
    if not text:
        remark, clear = read_condition(table.text(row, "remark"))
        return remark if clear else "usable"
    state, clear = read_condition(text)
    if not clear:
        context.note("status-unclear", table, (row, table.columns["status"]))
    return state


def _whose(context: Context, table: Table, row: int, place: Place) -> tuple[str, Tier | None, bool]:
    site = context.city.sites.get(place.site or "")
    holder = site.tier if site else None
    words = f"{table.text(row, 'source_mode')} {table.text(row, 'remark')}"
    mode, mark = read_source_mode(words)
    told = next(
        (
            n
            for n in ("source_mode", "remark")
            if mark and mark in plain(table.text(row, n)).lower()
        ),
        "",
    )
    where = (row, table.columns.get(told, table.left))
    if mode in ("agreement", "capacity") and table.form.name != "need":
        context.note("agreement-not-stock", table, where)
        return mode, None, False
    text = table.text(row, "owner_tier")
    if text:
        tier = read_tier(text)
        if tier is None:
            context.note("owner-unclear", table, (row, table.columns["owner_tier"]))
        return mode, tier or holder, True
    if mode == "held":
        tier = read_tier(words)
        if tier is None:
            context.note("owner-unclear", table, where)
        return mode, tier or holder, True
    return mode, _upper(context, table.text(row, "owner_unit"), place) or holder, True


def _upper(context: Context, unit: str, place: Place) -> Tier | None:
    """Return the tier of the owning unit a row names, when the place lies in its area."""
    area = context.places.area_in(unit) if unit else None
    if area and place.area and context.city.inside(place.area, area.code):
        return area.tier
    return None


def day_of(context: Context, table: Table, row: int, kind: str) -> tuple[date | None, bool]:
    """Return the day of a row, and whether it is fit for its kind."""
    names = {
        "receipt": ("day", "in_date"),
        "issue": ("day", "out_date"),
        "transfer": ("day", "out_date", "in_date"),
    }.get(kind, ("day",))
    for name in names:
        day, fine = _date(context, table, row, name)
        if day is not None or not fine:
            return day, fine
    told = table.meta.get("day") or next(iter(_IN_TITLE.findall(table.title)), "")
    day = read_day(told).day if told else None
    if day is None and kind in ("receipt", "issue"):
        column = next((table.columns[n] for n in names if n in table.columns), table.left)
        context.note("date-missing", table, (row, column))
        return None, False
    return day, True
