"""CSV tables with errors that name file, row, field, what stands there and what should."""

import csv
import math
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TypeVar

from supplies.catalogue import Evidence
from supplies.errors import CityError
from supplies.files.wording import refusal

E = TypeVar("E", bound=StrEnum)

HEADER_ROW = 1
TRUE_FALSE: Mapping[str, bool] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; ``number`` counts the header as row 1."""

    file: str
    number: int
    cells: Mapping[str, str]

    def refuse(self, field: str, expected: str) -> NoReturn:
        """Raise the one line that says what is wrong in a field.

        Raises
        ------
        CityError
            Always.
        """
        place = (
            f"{self.file} 第 {self.number} 行, 字段 {field}",
            f"{self.file} row {self.number}, field {field}",
        )
        raise CityError(refusal(place, repr(self.cells[field]), expected))

    def optional(self, field: str) -> str:
        """Return the text of a field, which may be empty."""
        return self.cells[field].strip()

    def text(self, field: str) -> str:
        """Return the text of a field.

        Raises
        ------
        CityError
            When it is empty.
        """
        value = self.optional(field)
        if not value:
            self.refuse(field, "some text")
        return value

    def words(self, field: str, separator: str) -> tuple[str, ...]:
        """Return the parts of a field, none when it is empty."""
        parts = (part.strip() for part in self.cells[field].split(separator))
        return tuple(part for part in parts if part)

    def number_at_least(self, field: str, least: float = 0.0) -> float:
        """Return a finite number.

        Raises
        ------
        CityError
            When it is no number, or below ``least``.
        """
        try:
            value = float(self.cells[field])
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= least):
            self.refuse(field, f"a number of at least {least:g}")
        return value

    def share(self, field: str) -> float:
        """Return a number from 0 to 1.

        Raises
        ------
        CityError
            When it is anything else.
        """
        try:
            value = float(self.cells[field])
        except ValueError:
            value = math.nan
        if not 0.0 <= value <= 1.0:
            self.refuse(field, "a number from 0 to 1")
        return value

    def integer(self, field: str, least: int = 0) -> int:
        """Return a whole number.

        Raises
        ------
        CityError
            When it is no whole number, or below ``least``.
        """
        try:
            value = int(self.cells[field])
        except ValueError:
            value = least - 1
        if value < least:
            self.refuse(field, f"a whole number of at least {least}")
        return value

    def money(self, field: str) -> Decimal:
        """Return an amount in yuan.

        Raises
        ------
        CityError
            When it is no amount, or negative.
        """
        try:
            value = Decimal(self.cells[field].strip())
        except InvalidOperation:
            value = Decimal(-1)
        if not (value.is_finite() and value >= 0):
            self.refuse(field, "an amount in yuan of at least 0")
        return value

    def flag(self, field: str) -> bool:
        """Return a truth value.

        Raises
        ------
        CityError
            When it is neither ``true`` nor ``false``.
        """
        value = TRUE_FALSE.get(self.optional(field))
        if value is None:
            self.refuse(field, "true or false")
        return value

    def day(self, field: str) -> date:
        """Return a date.

        Raises
        ------
        CityError
            When it is no date such as 2026-11-23.
        """
        try:
            return date.fromisoformat(self.optional(field))
        except ValueError:
            self.refuse(field, "a date such as 2026-11-23")

    def coordinate(self, field: str) -> float:
        """Return degrees of longitude or latitude.

        Raises
        ------
        CityError
            When it is no number from -180 to 180.
        """
        value = self.coordinate_or_none(field)
        if value is None:
            self.refuse(field, "degrees such as 112.5726")
        return value

    def coordinate_or_none(self, field: str) -> float | None:
        """Return degrees, ``None`` where the field is empty."""
        if not self.optional(field):
            return None
        value = self.number_at_least(field, -180.0)
        if value > 180.0:
            self.refuse(field, "degrees from -180 to 180")
        return value

    def choice(self, field: str, kind: type[E]) -> E:
        """Return a member of an enumeration.

        Raises
        ------
        CityError
            When it is none of them.
        """
        try:
            return kind(self.optional(field))
        except ValueError:
            self.refuse(field, "one of " + " ".join(sorted(kind)))

    def evidence(self, field: str = "evidence") -> Evidence:
        """Return an evidence class; words in brackets after it are left aside."""
        word = self.optional(field).partition("(")[0]
        if word not in set(Evidence):
            self.refuse(field, "one of " + " ".join(sorted(Evidence)))
        return Evidence(word)

    def one_of(self, field: str, allowed: Iterable[str]) -> str:
        """Return a word that is one of a few.

        Raises
        ------
        CityError
            When it is none of them.
        """
        value = self.optional(field)
        options = list(allowed)
        if value not in options:
            self.refuse(field, "one of " + " ".join(options))
        return value

    def known(self, field: str, names: Container[str], where: str) -> str:
        """Return a name that another table defines.

        Raises
        ------
        CityError
            When that table does not.
        """
        value = self.optional(field)
        if value not in names:
            self.refuse(field, where)
        return value


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file with the columns that were asked for, and perhaps more."""

    file: str
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows in order."""
        return iter(self.rows)


def read_table(folder: Path, file: str, columns: Iterable[str], *, key: str = "") -> Table:
    """Return a table of a city folder.

    Parameters
    ----------
    folder, file
        Where it stands.
    columns
        Names the header must have; others are kept.
    key
        Columns, joined by spaces, that together name a row; no two rows may agree in them.

    Raises
    ------
    CityError
        When the file is missing, is not UTF-8, lacks a column, or has a row that is too long,
        too short, or that repeats a key.
    """
    path = folder / file
    if not path.is_file():
        raise CityError(f"{file}: found no such file in {folder}; a city folder should have it")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CityError(
            f"{file}: found bytes that are not UTF-8 at offset {error.start}; "
            "should be saved as CSV UTF-8"
        ) from None
    reader = csv.reader(text.splitlines(keepends=True))
    header = [name.strip() for name in next(reader, [])]
    for column in columns:
        if column not in header:
            raise CityError(
                f"{file} row {HEADER_ROW}, field {column}: found no such column; "
                f"the header should have it"
            )
    rows = tuple(_rows(file, header, reader))
    if key:
        _refuse_repeats(rows, key.split())
    return Table(file, rows)


def _rows(file: str, header: list[str], reader: Iterable[list[str]]) -> Iterator[Row]:
    for number, cells in enumerate(reader, start=HEADER_ROW + 1):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise CityError(
                f"{file} row {number}, field {header[0]}: found {len(cells)} fields; "
                f"should be {len(header)}, as in the header"
            )
        yield Row(file, number, dict(zip(header, cells, strict=True)))


def _refuse_repeats(rows: Iterable[Row], fields: list[str]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.optional(field) for field in fields)
        if key in seen:
            names = "+".join(fields)
            raise CityError(
                f"{row.file} row {row.number}, field {names}: found {' '.join(key)!r} again; "
                f"should be unique, row {seen[key]} has it"
            )
        seen[key] = row.number
