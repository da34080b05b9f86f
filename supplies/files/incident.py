"""load_incident: an incident file (TOML) becomes an Incident that fits the city."""

import math
import tomllib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from supplies.city import City
from supplies.errors import IncidentError
from supplies.files.folder import as_number
from supplies.files.shape import Point, crosses_itself
from supplies.files.wording import refusal
from supplies.incident import Affected, Closure, ExtraVehicles, Incident, RequestedNeed
from supplies.tiers import Tier

FIELDS: Mapping[str, tuple[str, ...]] = {
    "affected": ("area", "evacuated", "sheltered_share"),
    "need": ("area", "item", "quantity", "deadline_h", "priority"),
    "closure": ("edge", "area", "river", "polygon"),
    "outage": ("site",),
    "vehicle": ("class", "site", "count"),
}
HEAD = ("name", "hazard", "level", "start")
LEVELS = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One table of the file; ``where`` is empty for its head."""

    file: str
    where: str
    body: Mapping[str, Any]

    def refuse(self, field: str, expected: str) -> NoReturn:
        """Raise the one line that says what is wrong."""
        found = repr(self.body[field]) if field in self.body else "nothing"
        at = f"{self.file}{self.where}"
        place = f"{at}, 字段 {field}", f"{at}, field {field}"
        raise IncidentError(refusal(place, found, expected))

    def only(self, fields: Iterable[str]) -> None:
        """Refuse fields that mean nothing here: a misspelt one must not be passed over."""
        allowed = tuple(fields)
        for field in self.body:
            if field not in allowed:
                self.refuse(field, "one of the fields " + " ".join(allowed))

    def text(self, field: str) -> str:
        """Return a text that is not empty."""
        value = self.body.get(field)
        if not isinstance(value, str) or not value.strip():
            self.refuse(field, "some text")
        return value

    def known(self, field: str, names: Container[str], expected: str) -> str:
        """Return a name the city knows."""
        value = self.text(field)
        if value not in names:
            self.refuse(field, expected)
        return value

    def integer(self, field: str) -> int:
        """Return a whole number of at least 1."""
        value = self.body.get(field)
        if type(value) is not int or value < 1:
            self.refuse(field, "a whole number of at least 1")
        return value

    def number(self, field: str, most: float, *, zero: bool) -> float:
        """Return a number up to ``most``, above or from zero."""
        value = as_number(self.body.get(field))
        if value is None or value > most or value < 0 or (value == 0 and not zero):
            limit = "from 0" if zero else "above 0"
            self.refuse(field, f"a number {limit}" + ("" if most == math.inf else f" to {most:g}"))
        return value

    def list_of(self, field: str) -> list[Any]:
        """Return a list."""
        value = self.body.get(field)
        if not isinstance(value, list):
            self.refuse(field, "a list")
        return value


def load_incident(path: Path, city: City) -> Incident:
    """Return the incident of a file.

    Raises
    ------
    IncidentError
        When the file is missing or no TOML, or names anything the city does not know: one line
        that names the table and field, what was found and what should be there.
    """
    body = _read(path)
    file = path.name
    head = _Entry(file, "", {k: v for k, v in body.items() if k not in FIELDS})
    head.only(HEAD)
    hazards = city.parameters.hazards
    start = head.body.get("start")
    if not isinstance(start, datetime) or start.tzinfo is None:
        head.refuse("start", "a time with its zone, such as 2026-07-09T10:00:00+08:00")
    entries = {name: _entries(file, name, body) for name in FIELDS}
    incident = Incident(
        name=head.text("name"),
        hazard=head.known("hazard", hazards, "one of " + " ".join(hazards)),
        level=head.known("level", LEVELS, "I, II, III or IV") if "level" in head.body else "I",
        start=start,
        affected=tuple(_affected(e, city) for e in entries["affected"]),
        needs=tuple(_need(e, city) for e in entries["need"]),
        closures=tuple(_closure(e, city) for e in entries["closure"]),
        lost_sites=tuple(_site(e, city) for e in entries["outage"]),
        vehicles=tuple(_vehicles(e, city) for e in entries["vehicle"]),
    )
    if not incident.affected and not incident.needs:
        raise IncidentError(f"{file}: found no [[affected]] and no [[need]]; should have one")
    return incident


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise IncidentError(f"{path}: found no readable file ({reason}); should be TOML") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IncidentError(f"{path.name}: found no TOML ({error}); should be UTF-8 TOML") from None


def _entries(file: str, name: str, body: Mapping[str, Any]) -> list[_Entry]:
    tables = body.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise IncidentError(f"{file}, field {name}: found {tables!r}; should be [[{name}]] tables")
    entries = [_Entry(file, f" [[{name}]] {i}", t) for i, t in enumerate(tables, start=1)]
    for entry in entries:
        entry.only(FIELDS[name])
    return entries


def _place(entry: _Entry, city: City) -> str:
    code = entry.known("area", city.areas, "the code of a county, township or village")
    reached = city.ancestor(code, Tier.TOWNSHIP) or code
    if not city.townships(reached):
        entry.refuse("area", "an area with a place on the road graph")
    return code


def _affected(entry: _Entry, city: City) -> Affected:
    has_share = "sheltered_share" in entry.body
    return Affected(
        area=_place(entry, city),
        evacuated=entry.integer("evacuated"),
        sheltered_share=entry.number("sheltered_share", 1.0, zero=True) if has_share else None,
    )


def _need(entry: _Entry, city: City) -> RequestedNeed:
    return RequestedNeed(
        area=_place(entry, city),
        item=entry.known("item", city.items, "an item of the catalogue"),
        quantity=entry.integer("quantity"),
        deadline_h=entry.number("deadline_h", math.inf, zero=False),
        priority=entry.integer("priority") if "priority" in entry.body else 1,
    )


def _closure(entry: _Entry, city: City) -> Closure:
    if len(entry.body) != 1:
        names = " ".join(FIELDS["closure"])
        raise IncidentError(
            f"{entry.file}{entry.where}: found {len(entry.body)} fields; "
            f"should be exactly one of {names}"
        )
    if "edge" in entry.body:
        return Closure(edge=_edge(entry, city))
    if "area" in entry.body:
        return Closure(area=entry.known("area", city.areas, "the code of an area"))
    if "river" in entry.body:
        rivers = sorted({river for edge in city.roads.edges for river in edge.rivers})
        expected = "a river that roads cross: " + " ".join(rivers)
        return Closure(river=entry.known("river", rivers, expected))
    return Closure(polygon=_polygon(entry))


def _edge(entry: _Entry, city: City) -> tuple[str, str]:
    ends = entry.list_of("edge")
    if len(ends) != 2 or frozenset(map(str, ends)) not in {e.key for e in city.roads.edges}:
        entry.refuse("edge", "the two ends of a link of roads_edges.csv")
    return str(ends[0]), str(ends[1])


def _polygon(entry: _Entry) -> tuple[Point, ...]:
    expected = "at least 3 corners [longitude, latitude]"
    corners: list[Point] = []
    for corner in entry.list_of("polygon"):
        pair = corner if isinstance(corner, list) else []
        if len(pair) != 2 or not all(type(v) in {int, float} and abs(v) <= 180 for v in pair):
            entry.refuse("polygon", expected)
        corners.append((float(pair[0]), float(pair[1])))
    if corners and corners[0] == corners[-1]:
        corners.pop()  # GeoJSON repeats the first corner
    if len(corners) < 3:
        entry.refuse("polygon", expected)
    if crosses_itself(corners):
        entry.refuse("polygon", "an outline that does not cross itself")
    return tuple(corners)


def _site(entry: _Entry, city: City) -> str:
    return entry.known("site", city.sites, "a site of sites.csv")


def _vehicles(entry: _Entry, city: City) -> ExtraVehicles:
    return ExtraVehicles(
        vehicle_class=entry.known("class", city.vehicles, "a class of vehicles.csv"),
        site=_site(entry, city),
        count=entry.integer("count"),
    )
