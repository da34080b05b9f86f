"""The JSON document of an import: what was read, what was accepted, and every problem found."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from supplies.city import Agreement
from supplies.errors import Finding

Document = dict[str, object]


class _TableRead(Protocol):
    """A table that the importer found in a workbook."""

    @property
    def sheet(self) -> str: ...
    @property
    def range(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def header_row(self) -> int: ...
    @property
    def columns(self) -> Mapping[str, str]: ...


class _ImportResult(Protocol):
    """What an import reports; quantities are in each item's catalogue unit."""

    @property
    def file(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def posted(self) -> bool: ...
    @property
    def tables(self) -> Sequence[_TableRead]: ...
    @property
    def read(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def rejected(self) -> int: ...
    @property
    def quantities(self) -> Mapping[str, Decimal]: ...
    @property
    def receipts(self) -> Mapping[str, Decimal]: ...
    @property
    def issues(self) -> Mapping[str, Decimal]: ...
    @property
    def by_place(self) -> Mapping[str, Mapping[str, Decimal]]: ...
    @property
    def agreements(self) -> Sequence[Agreement]: ...
    @property
    def problems(self) -> Sequence[Finding]: ...


def number(value: Decimal | float | None) -> int | float | None:
    """Return a plain JSON number: whole where it is whole; ``None`` where it is not finite."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if value == int(value) else float(value)


def _numbers(values: Mapping[str, Decimal]) -> dict[str, int | float | None]:
    return {key: number(values[key]) for key in sorted(values)}


def _table(table: _TableRead) -> Document:
    return {
        "sheet": table.sheet,
        "range": table.range,
        "form": table.form,
        "header_row": table.header_row,
        "columns": dict(table.columns),
    }


def _problem(finding: Finding) -> Document:
    return {
        "sheet": finding.sheet,
        "cell": finding.cell,
        "severity": finding.severity.value,
        "code": finding.code,
        "found": finding.found,
        "message": finding.message,
        "hint": finding.hint,
    }


def import_document(report: _ImportResult, lang: str = "zh") -> Document:
    """Return ``import --json``; receipts and issues stand there for registers only.

    A supplier goes by the name that the sheet gives it.
    """
    document: Document = {
        "file": report.file,
        "sha256": report.sha256,
        "form": report.form,
        "posted": report.posted,
        "tables": [_table(table) for table in report.tables],
        "rows": {
            "read": report.read,
            "accepted": report.accepted,
            "unchanged": report.unchanged,
            "rejected": report.rejected,
        },
        "quantities": _numbers(report.quantities),
    }
    forms = {report.form, *(table.form for table in report.tables)}
    if "register" in forms:
        document["receipts"] = _numbers(report.receipts)
        document["issues"] = _numbers(report.issues)
    document["by_place"] = {
        place: _numbers(report.by_place[place]) for place in sorted(report.by_place)
    }
    document["agreements"] = [
        {
            "supplier": line.supplier_name,
            "item": line.item,
            "quantity": line.quantity,
            "notice_hours": number(line.notice_hours),
            "valid_until": line.valid_until.isoformat(),
        }
        for line in report.agreements
    ]
    document["problems"] = [_problem(finding.spoken(lang)) for finding in report.problems]
    return document
