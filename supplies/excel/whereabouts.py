"""Read where a row of goods is: its place column, the section above it, or the title."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supplies.excel.columns import plain
from supplies.excel.context import Context
from supplies.excel.lines import own_values
from supplies.excel.owners import owner_of
from supplies.excel.tables import Table, as_text

if TYPE_CHECKING:
    from collections.abc import Hashable


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row is: its words, the site they mean, and the area."""

    text: str
    site: str | None
    area: str | None


class PlaceReader:
    """Reads the places of one table."""

    def __init__(self, context: Context, table: Table) -> None:
        self._context = context
        self._table = table
        name = "from_unit" if table.form.name == "transfer" else "store"
        if table.form.name == "wide" and name not in table.columns:
            name = "place_admin"
        self._name = name
        self._section = ""
        self._told = table.meta.get(name, "") if name == "from_unit" else ""
        self._default: str | None = None
        self._kept: dict[Hashable, Place] = {}
        self._key = table.picker(name, "place_admin")

    def of(self, row: int) -> Place:
        """Return the place of a row; what is not certain is told."""
        key = (self._key(self._table.grid.rows[row]), self._section)
        place = self._kept.get(key)
        if place is None:
            place = self._asking(row) if self._table.form.name == "need" else self._held(row)
            if place.site is not None:
                self._kept[key] = place
        return place

    def section(self, row: int) -> None:
        """Take a line that names one storehouse as the place of the rows under it."""
        if self._name in self._table.columns:
            return
        words = "".join(as_text(value) for _, value in own_values(self._table, row))
        text = plain(words).lstrip("一二三四五六七八九十0123456789()、.").rstrip(":")
        if text and self._context.places.site(text).id is not None:
            self._section = text

    def _held(self, row: int) -> Place:
        context, table, name = self._context, self._table, self._name
        text = table.text(row, name) or self._section or self._told
        if not text:
            if self._default is None:
                self._default = self._bureau() or context.default_place(table)
            text = self._default
        at = (row, table.columns.get(name, table.left))
        if not text:
            if context.site is None:
                context.note_once((), "place-missing", table, at, found="")
            return Place("", context.site, self._area(context.site))
        admin = table.text(row, "place_admin") if name == "store" else ""
        site = context.site_of(table, at, text, admin)
        return Place(text, site, self._area(site))

    def _bureau(self) -> str:
        """Return another bureau's name where no place is told: its goods are not in our store."""
        context, table = self._context, self._table
        told = table.meta.get("store") or context.places.site_in(table.title)
        if told or "owner_unit" in table.meta or context.site is not None:
            return ""
        return owner_of(context, table)

    def _area(self, site: str | None) -> str | None:
        return self._context.city.sites[site].area if site else None

    def _asking(self, row: int) -> Place:
        table, places = self._table, self._context.places
        text = table.text(row, "place_admin") or table.meta.get("place_admin", "")
        whole = places.area_in(f"{table.title} {table.meta.get('owner_unit', '')}")
        if not text and whole is not None and "place_admin" not in table.columns:
            return Place(whole.name_zh, None, whole.code)
        within = whole.code if whole else None
        return Place(text, None, places.area(text, within).id if text else None)
