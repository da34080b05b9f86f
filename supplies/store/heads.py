"""Vouchers as a list, and what a printed voucher needs beside its moves."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, desc, or_, select, tuple_

from supplies.ledger import SITE, Count, Kind, Paper
from supplies.lots import Lot
from supplies.store import schema
from supplies.store.levels import chunks
from supplies.store.reader import Reader
from supplies.store.rows import lot_of, paper_of
from supplies.store.still_out import undone

_docs, _moves, _held = schema.documents.c, schema.moves.c, schema.reservations.c


class Head(NamedTuple):
    """One line of the list of vouchers; ``undone`` says that it was reversed."""

    number: int
    id: str
    day: date | None
    paper: Paper
    note: str
    recorded_at: datetime
    recorded_by: str
    backdated: str | None
    undone: bool


def heads(  # noqa: PLR0913 - one keyword for each way to choose
    reader: Reader,
    *,
    kinds: Collection[Kind] = (),
    site: str | None = None,
    among: Collection[str] | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = 100,
    before: int | None = None,
) -> list[Head]:
    """Return the latest vouchers, latest first.

    Parameters
    ----------
    kinds, site
        Only of some kinds; only those that touch a site.
    among
        Only those that touch one of these sites; ``None`` is any.
    since, until
        Only those whose day lies between.
    before
        Only those with a smaller number, for turning pages.
    """
    query = select(schema.documents).order_by(desc(_docs.number)).limit(limit)
    if kinds:
        query = query.where(_docs.kind.in_([kind.value for kind in kinds]))
    if since is not None:
        query = query.where(_docs.day >= since)
    if until is not None:
        query = query.where(_docs.day <= until)
    if before is not None:
        query = query.where(_docs.number < before)
    if site is not None or among is not None:
        query = query.where(_touching([site] if site is not None else among or ()))
    rows = list(reader.connection.execute(query))
    gone = undone(reader, [row.id for row in rows])
    return [_head_of(row, undone=row.id in gone) for row in rows]


def _touching(sites: Collection[str]) -> ColumnElement[bool]:
    """Whether a document moves, holds or counts goods at one of the sites."""
    places = [SITE + one for one in sites]
    counted = schema.counts.c
    moved = or_(_moves.source.in_(places), _moves.target.in_(places))
    return or_(
        _docs.id.in_(select(_moves.document).where(moved)),
        _docs.id.in_(select(_held.document).where(_held.account.in_(places))),
        _docs.id.in_(select(counted.document).where(counted.account.in_(places))),
    )


def _head_of(row: Row[Any], *, undone: bool) -> Head:
    return Head(
        row.number,
        row.id,
        row.day,
        paper_of(row),
        row.note,
        row.recorded_at,
        row.recorded_by,
        row.backdated,
        undone,
    )


def counts_of(reader: Reader, document: str) -> list[Count]:
    """Return what was counted on a voucher, also where it agreed with the ledger."""
    c = schema.counts.c
    query = select(schema.counts).where(c.document == document)
    return [
        Count(
            day=row.day,
            sequence=row.sequence,
            account=row.account,
            item=row.item,
            lot=row.lot,
            quantity=int(row.quantity),
        )
        for row in reader.connection.execute(query.order_by(c.account, c.item, c.lot))
    ]


def lots_of(reader: Reader, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Lot]:
    """Return lots by item and id; those unknown are left out."""
    c = schema.lots.c
    found: dict[tuple[str, str], Lot] = {}
    for part in chunks(wanted):
        query = select(schema.lots).where(tuple_(c.item, c.id).in_(part))
        for row in reader.connection.execute(query):
            found[row.item, row.id] = lot_of(row.item, row.id, row)
    return found
