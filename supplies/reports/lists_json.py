"""The JSON documents of the lists: every field of a line, with the names of what it names."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal

from supplies.plan.lists import Attention, Listed
from supplies.reports.imported import Document, number
from supplies.reports.words import Words

_SITES = ("site", "source", "target")


def list_document(words: Words, name: str, lines: Sequence[Listed], day: date) -> Document:
    """Return ``lists NAME --json``."""
    return {"list": name, "day": day.isoformat(), "rows": [_row(words, line) for line in lines]}


def attention_document(lines: Sequence[Attention], day: date) -> Document:
    """Return ``lists --json``."""
    return {"day": day.isoformat(), "lists": [_fields(line) for line in lines]}


def _row(words: Words, line: Listed) -> Document:
    row = _fields(line) | {"days_over": line.days_over, "urgent": line.is_urgent}
    for key in _SITES:
        if isinstance(row.get(key), str):
            row[f"{key}_name"] = words.source(str(row[key]))
    if "item" in row:
        row["item_name"] = words.item(str(row["item"]))
        row["unit"] = words.unit(str(row["item"]))
    return row


def _fields(line: object) -> Document:
    return {f.name: _plain(getattr(line, f.name)) for f in fields(line)}  # type: ignore[arg-type]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
