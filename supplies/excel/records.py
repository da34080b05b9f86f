"""Read lists that are no goods on a shelf: agreements, storehouses, vehicles, household surveys."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from supplies.catalogue import Evidence, Item
from supplies.city import Agreement, FleetEntry, HouseholdSurvey
from supplies.excel.amounts import Amounts
from supplies.excel.columns import FIELDS, plain
from supplies.excel.context import Context, Judged
from supplies.excel.lines import Line, own_values, sort_row
from supplies.excel.marks import cell_name
from supplies.excel.match import Match, normal
from supplies.excel.meanings import read_tier
from supplies.excel.result import ImportedSite, RefusedRow
from supplies.excel.tables import Table, as_text
from supplies.excel.values import (
    NONE_WORDS,
    read_day,
    read_expiry,
    read_number,
    read_quantity,
)
from supplies.lots import add_months

if TYPE_CHECKING:
    from collections.abc import Callable

_HOURS = re.compile(
    r"(\d+(?:\.\d+)?)\s*(小时|时|h|hours?|天|日|个工作日|工作日|d|days?|分钟)"
    "?",
    re.IGNORECASE,
)
_SPAN = re.compile(r"(?:至|到|~|—|–|--|-(?=\s*\d{4}))")
_OPEN_END = date(2079, 12, 31)
_FULFILMENT, _RETAINER = 0.9, 0.02
_LON, _LAT = (73.0, 136.0), (3.0, 54.0)


@dataclass(slots=True)
class RecordReader:
    """Reads the record tables of one workbook."""

    context: Context
    agreements: list[Agreement] = field(default_factory=list)
    sites: list[ImportedSite] = field(default_factory=list)
    fleet: list[FleetEntry] = field(default_factory=list)
    surveys: list[HouseholdSurvey] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    def read(self, table: Table) -> None:
        """Read every row of one table."""
        amounts = Amounts(self.context, table, Judged(self.context))
        reading: dict[str, Callable[[Table, int], bool]] = {
            "agreement": lambda table, row: self._agreement(table, row, amounts),
            "sites": self._site,
            "fleet": self._vehicles,
            "household": self._survey,
        }
        for row in range(table.header + 1, table.stop):
            if sort_row(table, row, self.context.items.is_item) is not Line.DATA:
                continue
            if not reading[table.form.name](table, row):
                text = " | ".join(as_text(v) for _, v in own_values(table, row))
                self.refused.append(
                    RefusedRow(
                        sheet=table.grid.sheet,
                        row=row + 1,
                        cell=cell_name(row, table.left),
                        form=table.form.name,
                        place_text="",
                        text=text,
                    )
                )

    def _at(self, table: Table, row: int, name: str) -> tuple[int, int]:
        return row, table.columns.get(name, table.left)

    def _required(self, table: Table, row: int, name: str) -> str:
        text = table.text(row, name)
        if not text or text in NONE_WORDS:
            at = self._at(table, row, name)
            self.context.note("value-missing", table, at, found=_titled(name))
            return ""
        return text

    def _whole(self, table: Table, row: int, name: str, least: int = 0) -> int | None:
        text = self._required(table, row, name)
        if not text:
            return None
        number = read_number(table.value(row, name))
        at = self._at(table, row, name)
        if number is None:
            self.context.note("number-unreadable", table, at)
            return None
        if number != int(number) or number < least:
            hint = f"写不小于 {least} 的整数 | a whole number of at least {least}"
            self.context.note("number-out-of-range", table, at, hint=hint)
            return None
        return int(number)

    # --- agreements ----------------------------------------------------------------------

    def _agreement(self, table: Table, row: int, amounts: Amounts) -> bool:
        name = self._required(table, row, "supplier")
        item = self._item(table, row)
        quantity, kind = self._promised(table, row, item, amounts)
        notice = self._notice(table, row)
        until = self._until(table, row)
        if not name or item is None or quantity is None or notice is None or until is None:
            return False
        owner = self._owner(table, row)
        known = next(
            (a for a in self.context.city.agreements if normal(a.supplier_name) == normal(name)),
            None,
        )
        same = next(
            (
                a
                for a in self.context.city.agreements
                if known and a.supplier == known.supplier and a.item == item.id
            ),
            known,
        )
        short = hashlib.sha256(normal(name).encode()).hexdigest()[:8]
        self.agreements.append(
            Agreement(
                supplier=known.supplier if known else f"sup-{short}",
                supplier_name=name,
                owner=owner or (known.owner if known else self.context.city.code),
                item=item.id,
                quantity=quantity,
                notice_hours=notice,
                fulfilment=same.fulfilment if same else _FULFILMENT,
                retainer_rate=same.retainer_rate if same else _RETAINER,
                valid_until=until,
                node=known.node if known else self._node(table, row, owner),
                kind=kind,
                # What the sheet promises is found; how surely it is kept is ours to assume.
                evidence=Evidence.FOUND if same else Evidence.ASSUMED,
            )
        )
        return True

    def _item(self, table: Table, row: int) -> Item | None:
        name, spec = table.text(row, "item_name"), table.text(row, "spec")
        code = table.text(row, "item_code")
        match = self.context.items.find(name, spec, code)
        if match.id is None:
            at = self._at(table, row, "item_name")
            shown = f"{name} {spec}".strip() or code
            self.context.note(match.problem, table, at, found=shown, hint=match.hint)
            return None
        return self.context.city.items[match.id]

    def _promised(
        self, table: Table, row: int, item: Item | None, amounts: Amounts
    ) -> tuple[int | None, str]:
        """Return the quantity in whole catalogue units, and whether it is stock or capacity."""
        name, kind = "qty_agreed", "agreement"
        quantity = read_quantity(table.value(row, name))
        daily = read_quantity(table.value(row, "qty_daily"))
        if quantity.problem in ("quantity-missing", "quantity-dash") and daily.amount:
            name, kind, quantity = "qty_daily", "capacity", daily
        at = self._at(table, row, name)
        total = amounts.of(at, quantity, item)
        if total is None or item is None:
            return None, kind
        if total != int(total):
            unit, shown = f"{item.unit_zh} | {item.unit_en}", f"{total:.4g}"
            self.context.note("unit-inexact", table, at, unit=unit, value=shown)
            return None, kind
        return int(total), kind

    def _notice(self, table: Table, row: int) -> float | None:
        text = self._required(table, row, "notice")
        match = _HOURS.search(plain(text)) if text else None
        if not text:
            return None
        if match is None:
            self.context.note("notice-unreadable", table, self._at(table, row, "notice"))
            return None
        number, unit = float(match[1]), (match[2] or "").lower()
        if unit.startswith(("天", "日", "d", "个工作", "工作")):
            return number * 24
        return number / 60 if unit == "分钟" else number

    def _until(self, table: Table, row: int) -> date | None:
        text = self._required(table, row, "valid_until")
        if not text:
            return None
        value = table.value(row, "valid_until")
        at = self._at(table, row, "valid_until")
        parts = _SPAN.split(plain(text).rstrip("止")) if isinstance(value, str) else []
        parts = [part for part in parts if part]
        found = read_expiry(parts[-1] if parts else value)
        if found.problem:
            self.context.note(found.problem, table, at)
            return None
        for note in found.notes:
            if note != "forever":
                self.context.note(note, table, at, value=found.day)
        if found.months or found.days:
            start = read_day(parts[0]).day if len(parts) > 1 else None
            start = start or read_day(table.value(row, "day")).day
            if start is None:
                self.context.note("expiry-no-start", table, at)
                self.context.note("date-missing", table, at)
                return None
            return add_months(start, found.months) + timedelta(days=found.days)
        return found.day or _OPEN_END

    def _owner(self, table: Table, row: int) -> str | None:
        for text in (table.text(row, "owner_unit"), table.meta.get("owner_unit", ""), table.title):
            area = self.context.places.area_in(text) if text else None
            if area is not None:
                return area.code
        site = self.context.city.sites.get(self.context.site or "")
        return site.area if site else None

    def _node(self, table: Table, row: int, owner: str | None) -> str:
        """Return the road node nearest to what the row says: its address, or its owner's seat."""
        areas = self.context.city.areas
        spoken = self.context.places.area_in(table.text(row, "address"))
        for area in (spoken, areas.get(owner or "")):
            if area is not None and area.node:
                return area.node
        sites = sorted(self.context.city.sites.values(), key=lambda s: (s.tier != "city", s.id))
        return sites[0].node if sites else ""

    # --- storehouses, vehicles, surveys ---------------------------------------------------

    def _site(self, table: Table, row: int) -> bool:
        name = self._required(table, row, "store")
        tier, level = None, table.text(row, "level")
        fine = bool(name)
        if level:
            tier = read_tier(level)
            if tier is None:
                self.context.note("tier-unknown", table, self._at(table, row, "level"))
                fine = False
        lon, right = self._measure(table, row, "lon", _LON)
        lat, there = self._measure(table, row, "lat", _LAT)
        floor, wide = self._measure(table, row, "area_m2", (0.0, 1e7))
        volume, high = self._measure(table, row, "volume_m3", (0.0, 1e8))
        if not (fine and right and there and wide and high):
            return False
        match = self.context.places.site(name)
        text = table.text(row, "place_admin")
        area = self.context.places.area(text).id if text else None
        spoken = None if area else self.context.places.area_in(name)
        known = self.context.city.sites.get(match.id or "")
        self.sites.append(
            ImportedSite(
                sheet=table.grid.sheet,
                row=row + 1,
                name=name,
                site=match.id,
                tier=tier or (known.tier if known else None),
                area=area or (known.area if known else spoken.code if spoken else None),
                address=table.text(row, "address"),
                lon=lon,
                lat=lat,
                area_m2=floor,
                volume_m3=volume,
                owner_unit=table.text(row, "owner_unit"),
                keeper=table.text(row, "keeper"),
                phone=table.text(row, "phone"),
            )
        )
        return True

    def _measure(
        self, table: Table, row: int, name: str, limits: tuple[float, float]
    ) -> tuple[float | None, bool]:
        text = table.text(row, name)
        if not text or text in NONE_WORDS:
            return None, True
        number = read_number(table.value(row, name))
        at = self._at(table, row, name)
        if number is None:
            self.context.note("number-unreadable", table, at)
            return None, False
        if not limits[0] <= number <= limits[1]:
            low, high = limits
            hint = f"应在 {low:g} 至 {high:g} 之间 | between {low:g} and {high:g}"
            self.context.note("number-out-of-range", table, at, hint=hint)
            return None, False
        return float(number), True

    def _vehicles(self, table: Table, row: int) -> bool:
        place = self._required(table, row, "store")
        text = self._required(table, row, "vehicle_class")
        count = self._whole(table, row, "vehicle_count")
        match = self._class(text) if text else Match(None)
        if text and match.id is None:
            at = self._at(table, row, "vehicle_class")
            self.context.note("vehicle-unknown", table, at, hint=match.hint)
        at = self._at(table, row, "store")
        site = self.context.site_of(table, at, place) if place else None
        if place and site is None:
            self.context.note("value-missing", table, at, found=_titled("store"))
        if not site or match.id is None or count is None:
            return False
        self.fleet.append(
            FleetEntry(
                site=site,
                vehicle_class=match.id,
                count=count,
                holder=table.text(row, "owner_unit"),
                evidence=Evidence.FOUND,
            )
        )
        return True

    def _class(self, text: str) -> Match:
        wanted = normal(text)
        classes = self.context.city.vehicles.values()
        found = [v.id for v in classes if wanted in map(normal, (v.id, v.name_zh, v.name_en))]
        if len(found) == 1:
            return Match(found[0])
        zh, en = "、".join(v.name_zh for v in classes), ", ".join(v.name_en for v in classes)
        return Match(None, hint=f"应为: {zh} | one of: {en}")

    def _survey(self, table: Table, row: int) -> bool:
        text = self._required(table, row, "place_admin")
        asked = self._whole(table, row, "asked", 1)
        kits = self._whole(table, row, "with_kit")
        day = self._survey_day(table, row)
        match = self.context.places.area(text) if text else Match(None)
        if text and match.id is None:
            at = self._at(table, row, "place_admin")
            self.context.note("area-unknown", table, at, hint=match.hint)
        if asked is not None and kits is not None and kits > asked:
            at = self._at(table, row, "with_kit")
            hint = f"不能多于调查户数 {asked} | not more than the {asked} households asked"
            self.context.note("number-out-of-range", table, at, hint=hint)
            return False
        if match.id is None or asked is None or kits is None or day is None:
            return False
        self.surveys.append(
            HouseholdSurvey(
                area=match.id, asked=asked, with_kit=kits, surveyed_on=day, evidence=Evidence.FOUND
            )
        )
        return True

    def _survey_day(self, table: Table, row: int) -> date | None:
        value = table.value(row, "day")
        found = read_day(value if value is not None else table.meta.get("day"))
        if found.day is None:
            self.context.note(found.problem or "date-missing", table, self._at(table, row, "day"))
        return found.day


def _titled(name: str) -> str:
    return f"{FIELDS[name].zh} | {FIELDS[name].en}"
