"""Read a workbook, show what it would do, post it: counts, registers, transfers, agreements.

A preview is a posting that is undone, so what it shows is exactly what posting will do.
"""

import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from supplies.access import Right
from supplies.city import Agreement
from supplies.errors import Finding, Severity
from supplies.excel.read import read_workbook
from supplies.excel.result import ImportedRow, ImportedWorkbook, TableInfo
from supplies.planning.sources import agreement_id
from supplies.store import ImportRecord, Writer
from supplies.tasks.desk import Desk, now
from supplies.tasks.posting import (
    Posted,
    permitted,
    permitted_agreements,
    post_counts,
    post_moves,
)

ACCEPTED, UNCHANGED, REJECTED = "accepted", "unchanged", "rejected"
_MOVING = {"receipt", "issue", "transfer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """One row: what the ledger held, what the file says, what is held after, the difference.

    ``in_file`` is the counted quantity of a count, the signed movement of a register.
    """

    sheet: str
    row: int
    site: str | None
    item: str
    kind: str
    before: Decimal | None
    in_file: Decimal
    after: Decimal | None
    difference: Decimal | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """How a workbook was read and what it did; ``read = accepted + unchanged + rejected``."""

    file: str
    sha256: str
    form: str
    posted: bool
    tables: tuple[TableInfo, ...]
    read: int
    accepted: int
    unchanged: int
    rejected: int
    quantities: Mapping[str, Decimal]
    receipts: Mapping[str, Decimal]
    issues: Mapping[str, Decimal]
    by_place: Mapping[str, Mapping[str, Decimal]]
    agreements: tuple[Agreement, ...]
    problems: tuple[Finding, ...]
    lines: tuple[ImportLine, ...]


class _UndoneError(Exception):
    """Leaves a writing block so that all of it is undone."""


def preview_import(
    desk: Desk, data: bytes | Path, name: str, form: str = "auto", site: str | None = None
) -> ImportReport:
    """Return what a workbook would do, without doing it.

    Parameters
    ----------
    data
        The workbook, or the path to it.
    name
        Its name, shown in messages; the ending tells the kind of file.
    form, site
        Force a form; take all rows as of one site.

    Raises
    ------
    WorkbookError
        When the file cannot be read at all.
    CityError
        When the site is unknown.
    AccessError
        When the user may post nothing anywhere.
    """
    return _run(desk, _read(desk, data, name, form, site), site, keep=False)


def post_import(
    desk: Desk, data: bytes | Path, name: str, form: str = "auto", site: str | None = None
) -> ImportReport:
    """Post a workbook: rows that can be posted are, all others are listed; raises as preview.

    The same file twice posts nothing the second time. A row whose place matches no site is
    rejected here; so is a row whose place the user may not post at.
    """
    return _run(desk, _read(desk, data, name, form, site), site, keep=True)


def _read(
    desk: Desk, data: bytes | Path, name: str, form: str, site: str | None
) -> ImportedWorkbook:
    if site is not None:
        desk.site(site)
    if not any(desk.actor.may(right, desk.city) for right in (Right.COUNT, Right.BUY)):
        desk.allow(Right.POST)
    return read_workbook(data, name, desk.city, form=form, site=site)


def _run(desk: Desk, book: ImportedWorkbook, site: str | None, *, keep: bool) -> ImportReport:
    report: list[ImportReport] = []
    with contextlib.suppress(_UndoneError), desk.writing("post_import", book.file) as writer:
        report.append(_post(desk, writer, book, site, keep=keep))
        _undo_unless(keep)
    return report[0]


def _undo_unless(keep: bool) -> None:  # noqa: FBT001 - the name says what it means
    if not keep:
        raise _UndoneError


def _post(
    desk: Desk, writer: Writer, book: ImportedWorkbook, site: str | None, *, keep: bool
) -> ImportReport:
    lost = [r for r in book.rows if _misplaced(r)] if keep else []
    mine, barred = permitted(desk, [r for r in book.rows if not _misplaced(r)])
    outcome = [*post_counts(desk, writer, _of(mine, {"count"}), _key(book, site, mine), book.file)]
    outcome += post_moves(desk, writer, _with_keys(_of(mine, _MOVING)), book.file)
    agreed, stopped = permitted_agreements(desk, book.agreements)
    unchanged, news = _agreements(writer, agreed)
    report = _report(book, outcome, [*lost, *barred], unchanged, keep=keep)
    report = replace(
        report,
        accepted=report.accepted - len(stopped),
        rejected=report.rejected + len(stopped),
        agreements=agreed,
        problems=(*report.problems, *barred.values(), *stopped),
    )
    if keep:
        _note(desk, writer, report, news)
    return report


def _of(rows: Sequence[ImportedRow], kinds: Set[str]) -> list[ImportedRow]:
    return [row for row in rows if row.kind in kinds]


def _key(book: ImportedWorkbook, site: str | None, mine: Sequence[ImportedRow]) -> str:
    """Name a sheet's counts by its content, and by the sites of which the user posts them."""
    key = f"count:{book.sha256}:{site or ''}"
    if len(mine) == sum(not _misplaced(row) for row in book.rows):
        return key
    places = "|".join(sorted({row.site or "" for row in mine}))
    return f"{key}:{hashlib.sha256(places.encode()).hexdigest()[:16]}"


def _misplaced(row: ImportedRow) -> bool:
    missing_target = row.kind == "transfer" and row.to_site is None
    return row.kind != "need" and (row.site is None or missing_target)


def _with_keys(rows: Sequence[ImportedRow]) -> Iterator[tuple[str, ImportedRow]]:
    """Name each movement by its content, so that a longer register posts only what is new."""
    seen: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        content = (
            row.kind,
            row.site,
            row.to_site,
            row.item,
            row.quantity,
            row.day,
            row.document,
            row.produced,
            row.expiry,
        )
        seen[content] += 1
        text = "|".join(str(part) for part in (*content, seen[content]))
        yield "row:" + hashlib.sha256(text.encode()).hexdigest(), row


def _agreements(writer: Writer, read: Sequence[Agreement]) -> tuple[int, list[Agreement]]:
    """Return how many agreements are known as they are, and all agreements afterwards."""
    known = {agreement_id(a): a for a in writer.agreements()}
    unchanged = sum(known.get(agreement_id(a)) == a for a in read)
    known.update({agreement_id(a): a for a in read})
    return unchanged, [known[name] for name in sorted(known)]


def _note(desk: Desk, writer: Writer, report: ImportReport, news: list[Agreement]) -> None:
    if report.agreements:
        writer.set_agreements(news)
    writer.record_import(
        ImportRecord(
            sha256=report.sha256,
            name=report.file,
            form=report.form,
            recorded_at=now(),
            recorded_by=desk.user,
            read=report.read,
            accepted=report.accepted,
            unchanged=report.unchanged,
            rejected=report.rejected,
            document=None,
        )
    )


def _report(
    book: ImportedWorkbook,
    outcome: Sequence[Posted],
    lost: Sequence[ImportedRow],
    unchanged_agreements: int,
    *,
    keep: bool,
) -> ImportReport:
    refused = [p for p in outcome if p.finding is not None]
    same = sum(p.finding is None and not p.changed for p in outcome) + unchanged_agreements
    rejected = book.rejected + len(refused) + len(lost)
    gone = {id(p.row) for p in refused} | {id(r) for r in lost}
    kept = [r for r in book.rows if id(r) not in gone]
    problems = [_as_error(f) if keep and lost else f for f in book.problems]
    problems += [p.finding for p in refused if p.finding is not None]
    return ImportReport(
        file=book.file,
        sha256=book.sha256,
        form=book.form,
        posted=keep,
        tables=book.tables,
        read=book.read,
        accepted=book.read - same - rejected,
        unchanged=same,
        rejected=rejected,
        quantities=_sum(kept),
        receipts=_sum([r for r in kept if r.kind == "receipt"]),
        issues=_sum([r for r in kept if r.kind == "issue"]),
        by_place={p: _sum(rows) for p, rows in _by_place(kept).items()},
        agreements=book.agreements,
        problems=tuple(problems),
        lines=tuple(_lines(outcome, lost)),
    )


def _as_error(finding: Finding) -> Finding:
    """Return a place's warning as the error it is once rows are to be posted."""
    if finding.code in {"place-unknown", "place-ambiguous", "place-missing"}:
        return replace(finding, severity=Severity.ERROR)
    return finding


def _sum(rows: Sequence[ImportedRow]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for row in rows:
        total[row.item] = total.get(row.item, Decimal(0)) + row.quantity
    return total


def _by_place(rows: Sequence[ImportedRow]) -> dict[str, list[ImportedRow]]:
    places: dict[str, list[ImportedRow]] = {}
    for row in rows:
        places.setdefault(row.place_text, []).append(row)
    return places


def _lines(outcome: Sequence[Posted], lost: Sequence[ImportedRow]) -> Iterator[ImportLine]:
    for posted in outcome:
        status = REJECTED if posted.finding else (ACCEPTED if posted.changed else UNCHANGED)
        known = posted.finding is None
        yield _line(posted.row, status, posted.before if known else None, posted.after)
    for row in lost:
        yield _line(row, REJECTED, None, None)


def _line(
    row: ImportedRow, status: str, before: Decimal | None, after: Decimal | None
) -> ImportLine:
    difference = after - before if before is not None and after is not None else None
    return ImportLine(
        sheet=row.sheet,
        row=row.row,
        site=row.site,
        item=row.item,
        kind=row.kind,
        before=before,
        in_file=row.quantity,
        after=after,
        difference=difference,
        status=status,
    )
