"""What each position holds: kept beside the facts by every posting, and folded from them.

The `levels` are a cache of the fold. A posting brings them up to date in its own transaction,
`ledger verify` compares them with the fold, and nothing repairs them.
"""

import importlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Table,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from supplies.errors import LedgerError
from supplies.ledger import QUANTITY_MAX, SITE, Level, Move, Position, Reservation, Step
from supplies.store import schema
from supplies.store.rows import StockRow, stock_rows

T = TypeVar("T")
# Day and sequence: how far the order tells facts apart before it knows when they were entered.
Place = tuple[date, int]
_MANY = 500
_moves, _held, _lots, _levels = (
    table.c for table in (schema.moves, schema.reservations, schema.lots, schema.levels)
)
# Written out, not a parameter: the index of what is there at all is chosen by these words.
_LIVE = or_(_levels.on_hand != literal_column("0"), _levels.reserved != literal_column("0"))
# Every name of a site's account lies between these two.
_SITES = (SITE, SITE[:-1] + chr(ord(SITE[-1]) + 1))


def chunks(values: Collection[T], size: int = _MANY) -> Iterator[list[T]]:
    """Yield the values in lists that a statement can take as parameters."""
    walk = iter(values)
    while part := list(islice(walk, size)):
        yield part


def effects(
    wanted: list[Position] | None = None,
    since: Place | None = None,
    after: date | None = None,
) -> Subquery:
    """Return every effect on a position (account, item, lot, moment, units, reserved), unsummed.

    With ``wanted``, only those positions: each branch then reads one index range per position.
    ``since`` leaves out what came before a place in the order, ``after`` what a day still saw.
    """

    def branch(account: ColumnElement[str], units: Any, held: Any, table: Any) -> Select[Any]:  # noqa: ANN401
        chosen = select(
            account.label("account"),
            table.item.label("item"),
            table.lot.label("lot"),
            table.day.label("day"),
            table.sequence.label("sequence"),
            table.recorded_at.label("recorded_at"),
            units.label("units"),
            held.label("reserved"),
        )
        if wanted is not None:
            chosen = chosen.where(tuple_(account, table.item, table.lot).in_(wanted))
        if since is not None:
            chosen = chosen.where(not_before(table, since))
        if after is not None:
            chosen = chosen.where(table.day > after)
        return chosen

    sign = case((_held.releases.is_(None), 1), else_=-1)
    return union_all(
        branch(_moves.target, _moves.quantity, literal(0), _moves),
        branch(_moves.source, -_moves.quantity, literal(0), _moves),
        branch(_held.account, literal(0), sign * _held.quantity, _held),
    ).subquery("effects")


def not_before(table: Any, since: Place) -> ColumnElement[bool]:  # noqa: ANN401 - columns
    """Return the condition that a fact stands at a place in the order or after it."""
    day, sequence = since
    return or_(table.day > day, and_(table.day == day, table.sequence >= sequence))


def state(
    connection: Connection, positions: Collection[Position]
) -> dict[Position, tuple[Level, Place]]:
    """Return the level of some positions, and day and sequence of the last fact of each.

    Positions without any facts are left out.
    """
    found: dict[Position, tuple[Level, Place]] = {}
    place = (_levels.account, _levels.item, _levels.lot)
    query = select(*place, _levels.on_hand, _levels.reserved).add_columns(
        _levels.last_day, _levels.last_sequence
    )
    for part in chunks(positions):
        rows = connection.execute(query.where(tuple_(*place).in_(part)))
        for account, item, lot, units, held, day, sequence in rows:
            found[account, item, lot] = Level(units, held), (day, sequence)
    return found


def steps_of(
    connection: Connection, positions: Collection[Position], since: Place | None = None
) -> list[Step]:
    """Return what happened to some positions, from a place in the order on."""
    found: list[Step] = []
    for part in chunks(positions):
        for row in connection.execute(select(effects(part, since))):
            moment = (row.day, row.sequence, row.recorded_at)
            found.append(Step(moment, (row.account, row.item, row.lot), row.units, row.reserved))
    return found


def balances(connection: Connection) -> Counter[Position]:
    """Return base units by (account, item, lot), outside accounts too; zeros left out."""
    place = (_levels.account, _levels.item, _levels.lot)
    query = select(*place, _levels.on_hand).where(_LIVE, _levels.on_hand != 0)
    return Counter({(a, item, lot): units for a, item, lot, units in connection.execute(query)})


def stock(
    connection: Connection, as_of: date | None, site: str | None, item: str | None
) -> list[StockRow]:
    """Return what every site holds (at the end of a day), by site, item and lot.

    A past day is the level less what came later, so the cost follows what came later.
    """

    def chosen(query: Select[Any], table: Any) -> Select[Any]:  # noqa: ANN401 - columns
        if site is not None:
            query = query.where(table.account == SITE + site)
        else:
            query = query.where(table.account >= _SITES[0], table.account < _SITES[1])
        return query if item is None else query.where(table.item == item)

    now = select(_levels.account, _levels.item, _levels.lot).add_columns(
        _levels.on_hand.label("units"), _levels.reserved.label("reserved")
    )
    total = chosen(now.where(_LIVE), _levels)
    if as_of is not None:
        e = effects(after=as_of).c
        less = select(e.account, e.item, e.lot, -e.units, -e.reserved)
        both = union_all(total, chosen(less, e)).subquery().c
        units, held = func.sum(both.units), func.sum(both.reserved)
        total = (
            select(both.account, both.item, both.lot, units.label("units"), held.label("reserved"))
            .group_by(both.account, both.item, both.lot)
            .having(or_(units != 0, held != 0))
        )
    t = total.subquery()
    query = (
        select(t, _lots.produced, _lots.expiry, _lots.condition)
        .add_columns(_lots.owner_tier, _lots.source_mode)
        .join(schema.lots, and_(_lots.item == t.c.item, _lots.id == t.c.lot))
        .order_by(t.c.account, t.c.item, t.c.lot)
    )
    return stock_rows(connection.execute(query))


def keep(connection: Connection, moves: Iterable[Move], lines: Iterable[Reservation]) -> None:
    """Bring the levels up to date with what a posting adds.

    Raises
    ------
    LedgerError
        When a level would be larger than a database can count.
    """
    added: dict[Position, tuple[int, int, Place]] = {}

    def add(position: Position, units: int, held: int, place: Place) -> None:
        before = added.get(position, (0, 0, place))
        added[position] = before[0] + units, before[1] + held, max(before[2], place)

    for move in moves:
        place = move.day, move.sequence
        add((move.source, move.item, move.lot), -move.quantity, 0, place)
        add((move.target, move.item, move.lot), move.quantity, 0, place)
    for line in lines:
        units = -line.quantity if line.releases else line.quantity
        add(line.position, 0, units, (line.day, line.sequence))
    if not added:
        return
    known = state(connection, added)
    rows = [_level(position, change, known.get(position)) for position, change in added.items()]
    upsert(connection, schema.levels, rows)


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Write rows of a cache over those with the same primary key; each names every column."""
    # Both databases have this statement, but each in a module of its own.
    own = importlib.import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    statement = own.insert(table)
    keys = [column.name for column in table.primary_key.columns]
    changed = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def _level(
    position: Position, change: tuple[int, int, Place], known: tuple[Level, Place] | None
) -> dict[str, Any]:
    level, last = known or (Level(), change[2])
    on_hand, reserved = level.on_hand + change[0], level.reserved + change[1]
    if abs(on_hand) > QUANTITY_MAX or reserved > QUANTITY_MAX:
        where = " / ".join(part for part in position if part)
        raise LedgerError(
            f"{where} 的数量超出台账能记的范围, 请核对数量"
            f" | {where} would hold more than the ledger can count; check the quantities"
        )
    day, sequence = max(last, change[2])
    place = dict(zip(("account", "item", "lot"), position, strict=True))
    figures = {"on_hand": on_hand, "reserved": reserved}
    return place | figures | {"last_day": day, "last_sequence": sequence}
