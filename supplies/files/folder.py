"""Where the embedded city lies, its TOML settings and its maps."""

import json
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from supplies.city import Parameters
from supplies.errors import CityError
from supplies.files.wording import refusal
from supplies.tiers import Tier

EMBEDDED = "hengyang"
SETTINGS = "city.toml"
MAPS = ("counties", "townships", "rivers")


def default_city_dir() -> Path:
    """Return the folder of the embedded city, in an installation or a checkout.

    Raises
    ------
    CityError
        When neither has it.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "data" / EMBEDDED, package.parent / "data" / EMBEDDED)
    for place in places:
        if (place / SETTINGS).is_file():
            return place
    looked = " and ".join(str(p) for p in places)
    raise CityError(f"{SETTINGS}: found no embedded city in {looked}; name one with --city DIR")


def load_geojson(city_dir: Path, layer: str) -> dict[str, Any]:
    """Return a map layer, ``counties``, ``townships`` or ``rivers``, as GeoJSON.

    Raises
    ------
    CityError
        When there is no such layer, or its file is missing or no feature collection.
    """
    if layer not in MAPS:
        raise CityError(f"map layer: found {layer!r}; should be one of {' '.join(MAPS)}")
    file = f"{layer}.geojson"
    try:
        body = json.loads((city_dir / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CityError(f"{file}: found no such file in {city_dir}; maps need it") from None
    except ValueError as error:
        raise CityError(f"{file}: found no JSON ({error}); should be GeoJSON in UTF-8") from None
    if not isinstance(body, dict) or body.get("type") != "FeatureCollection":
        raise CityError(f"{file}: found no feature collection; should be a GeoJSON one")
    return body


class Settings:
    """The settings of city.toml, read with errors that name the field."""

    def __init__(self, body: Mapping[str, Any], prefix: str = "") -> None:
        self._body = body
        self._prefix = prefix

    def _refuse(self, field: str, expected: str) -> CityError:
        found = repr(self._body[field]) if field in self._body else "nothing"
        name = f"{self._prefix}{field}"
        place = f"{SETTINGS}, 字段 {name}", f"{SETTINGS}, field {name}"
        return CityError(refusal(place, found, expected))

    def text(self, field: str) -> str:
        """Return a text that is not empty."""
        value = self._body.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self._refuse(field, "some text")
        return value

    def number(self, field: str, most: float = math.inf) -> float:
        """Return a number from 0 to ``most``."""
        value = as_number(self._body.get(field))
        if value is None or not 0 <= value <= most:
            limit = "of at least 0" if most == math.inf else f"from 0 to {most:g}"
            raise self._refuse(field, f"a number {limit}")
        return value

    def inner_share(self, field: str) -> float:
        """Return a number above 0 and below 1."""
        value = as_number(self._body.get(field))
        if value is None or not 0 < value < 1:
            raise self._refuse(field, "a number above 0 and below 1")
        return value

    def degrees(self, field: str) -> float:
        """Return degrees of longitude or latitude."""
        value = as_number(self._body.get(field))
        if value is None or not -180 <= value <= 180:
            raise self._refuse(field, "degrees such as 112.57")
        return value

    def integer(self, field: str) -> int:
        """Return a whole number of at least 0."""
        value = self._body.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._refuse(field, "a whole number of at least 0")
        return value

    def integers(self, field: str, most: int) -> tuple[int, ...]:
        """Return whole numbers from 1 to ``most``, each larger than the one before."""
        value = self._body.get(field)
        whole = isinstance(value, list) and all(type(v) is int and 1 <= v <= most for v in value)
        if not whole or not value or sorted(set(value)) != value:
            raise self._refuse(field, f"growing whole numbers from 1 to {most}")
        return tuple(value)

    def texts(self, field: str) -> tuple[str, ...]:
        """Return texts, each once."""
        value = self._body.get(field)
        words = isinstance(value, list) and all(isinstance(v, str) and v for v in value)
        if not words or not value or len(set(value)) != len(value):
            raise self._refuse(field, "a list of texts, each once")
        return tuple(value)

    def part(self, field: str) -> "Settings":
        """Return a table of settings."""
        value = self._body.get(field)
        if not isinstance(value, dict):
            raise self._refuse(field, "a table")
        return Settings(value, f"{self._prefix}{field}.")

    def names(self) -> tuple[str, ...]:
        """Return the fields that are there."""
        return tuple(self._body)


def as_number(value: object) -> float | None:
    """Return a TOML value as a finite number, ``None`` when it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def read_settings(folder: Path) -> Settings:
    """Return the settings of a city folder.

    Raises
    ------
    CityError
        When the folder or file is missing or no TOML.
    """
    if not folder.is_dir():
        raise CityError(f"city folder: found no folder {folder}; should hold {SETTINGS}")
    try:
        body = tomllib.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CityError(
            f"{SETTINGS}: found no such file in {folder}; a city folder should have it"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityError(f"{SETTINGS}: found no TOML ({error}); should be TOML in UTF-8") from None
    return Settings(body)


def read_parameters(settings: Settings) -> Parameters:
    """Return a city's parameters.

    Raises
    ------
    CityError
        When one is missing or not of its kind.
    """
    part = settings.part("parameters")
    ready, agreed = part.part("ready_minutes"), part.part("agreement_share_max")
    tiers = (Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP)
    return Parameters(
        deadlines_h=part.integers("deadlines_h", 24 * 365),
        hazards=part.texts("hazards"),
        ready_minutes={tier.value: ready.number(tier.value) for tier in tiers},
        planning_class=part.text("planning_class"),
        rescue_class=part.text("rescue_class"),
        capital_rate=part.number("capital_rate", 1),
        storage_cny_per_m3_year=part.number("storage_cny_per_m3_year"),
        event_probability=part.number("event_probability", 1),
        written_off_share=part.number("written_off_share", 1),
        household_confidence=part.inner_share("household_confidence"),
        agreement_share_max={name: agreed.number(name, 1) for name in agreed.names()},
        agreement_growth=part.number("agreement_growth"),
    )
