"""When goods first came to a shelf."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select, tuple_

from supplies.ledger import Position
from supplies.store import schema
from supplies.store.levels import chunks
from supplies.store.reader import Reader


def first_days(reader: Reader, positions: Collection[Position]) -> dict[Position, date]:
    """Return the day of the first move onto each position; those without one are left out."""
    m = schema.moves.c
    found: dict[Position, date] = {}
    for part in chunks(positions):
        query = (
            select(m.target, m.item, m.lot, func.min(m.day))
            .where(tuple_(m.target, m.item, m.lot).in_(part))
            .group_by(m.target, m.item, m.lot)
        )
        for account, item, lot, day in reader.connection.execute(query):
            found[account, item, lot] = day
    return found
