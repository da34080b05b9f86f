"""A second, independent look at the whole ledger: what is wrong is named, never repaired.

Balances are derived twice, by the database alone and by the program's fold; every row is
compared with the hash that seals it to the row before.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, func, or_, select, text

from supplies.errors import LedgerError
from supplies.ledger import OUTSIDE, Position
from supplies.store import schema
from supplies.store.reader import Reader, effects
from supplies.store.rows import (
    GENESIS,
    MOVE_FIELDS,
    SEALED_FIELDS,
    altered_fields,
    chained,
    lot_of,
)

Progress = Callable[[str, float], None]
_NAMED = 20


def differences(reader: Reader, progress: Progress | None = None) -> list[str]:
    """Return one line per difference found, at most 20 of a kind; empty when all is sound."""
    connection = reader.connection
    heads: dict[int, str] = {}
    folded: Counter[Position] = Counter()
    checks: list[tuple[str, Iterator[str]]] = [
        ("database", _database(connection)),
        ("moves", _moves(connection, heads, folded)),
        ("seals", _seals(connection, heads)),
        ("documents", _documents(connection, heads)),
        ("chains", _chains(connection)),
        ("lots", _lots(connection)),
        ("balances", _balances(reader, folded)),
        ("points", _points(connection)),
        ("reversals", _reversals(connection)),
    ]
    found: list[str] = []
    for done, (name, lines) in enumerate(checks):
        if progress is not None:
            progress(f"verify.{name}", done / len(checks))
        found.extend(_few(lines))
    if progress is not None:
        progress("verify.done", 1.0)
    return found


def _few(lines: Iterator[str]) -> list[str]:
    """Keep the first lines but let the check run to its end: later ones build on its results."""
    kept: list[str] = []
    more = 0
    for line in lines:
        if len(kept) < _NAMED:
            kept.append(line)
        else:
            more += 1
    return [*kept, f"... and {more} more like the last"] if more else kept


def _database(connection: Connection) -> Iterator[str]:
    for (line,) in connection.execute(text("PRAGMA quick_check")):
        if line != "ok":
            yield f"the database file is damaged: {line}"
    for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"{table} row {row} names something that is not in {parent}"
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    present = set(names.scalars())
    for table in schema.APPEND_ONLY:
        for verb in ("update", "delete", "replace"):
            if f"{table}_no_{verb}" not in present:
                yield f"the guard against {verb} of {table} is missing"


def _moves(
    connection: Connection, heads: dict[int, str], folded: Counter[Position]
) -> Iterator[str]:
    """Walk all moves in the order of entry; note the chain and fold balances on the way."""
    before, number = GENESIS, 0
    for row in connection.execute(select(schema.moves).order_by(schema.moves.c.number)).mappings():
        number += 1
        if row["number"] != number:
            missing = (
                f"{number}" if row["number"] == number + 1 else f"{number}..{row['number'] - 1}"
            )
            yield f"move number {missing} is missing"
            number = row["number"]
        elif chained(before, row, MOVE_FIELDS) != row["chain"]:
            fields = altered_fields(row, row["marks"])
            what = f"altered in {', '.join(fields)}" if fields else "not the one sealed here"
            yield f"move {row['id']} (number {number}, {row['day']}, {row['document']}) is {what}"
        before = heads[number] = row["chain"]
        folded[row["source"], row["item"], row["lot"]] -= row["quantity"]
        folded[row["target"], row["item"], row["lot"]] += row["quantity"]


def _seals(connection: Connection, heads: dict[int, str]) -> Iterator[str]:
    for seal in connection.execute(select(schema.seals).order_by(schema.seals.c.day)):
        if heads.get(seal.last_move) != seal.head:
            yield f"the seal of {seal.day} does not fit the moves up to number {seal.last_move}"


def _documents(connection: Connection, heads: dict[int, str]) -> Iterator[str]:
    d = schema.documents.c
    m = schema.moves.c
    query = (
        select(d.id, d.number, d.first_move, d.last_move, func.count(m.number).label("moves"))
        .outerjoin(schema.moves, m.document == d.id)
        .group_by(d.id, d.number, d.first_move, d.last_move)
        .order_by(d.number)
    )
    for place, row in enumerate(connection.execute(query), start=1):
        if row.number != place:
            yield f"a document before {row.id} is missing"
            return
        wanted = row.last_move - row.first_move + 1 if row.last_move else 0
        if row.moves != wanted or (row.last_move and row.last_move not in heads):
            yield f"document {row.id} was posted with {wanted} moves and now has {row.moves}"


def _chains(connection: Connection) -> Iterator[str]:
    """Check the chains of all sealed tables but the moves, which `_moves` walks."""
    for name in schema.SEALED:
        if name == "moves":
            continue
        table, before = schema.metadata.tables[name], GENESIS
        rows = connection.execute(select(table).order_by(table.c.number)).mappings()
        for place, row in enumerate(rows, start=1):
            if row["number"] != place:
                yield f"{name}: number {place} is missing"
                break
            if chained(before, row, SEALED_FIELDS[name]) != row["chain"]:
                known = row.get("id") or row.get("name") or row.get("document") or ""
                yield f"{name}: number {place} {known} is altered"
            before = row["chain"]


def _lots(connection: Connection) -> Iterator[str]:
    """Compare ids with attributes: an altered attribute contradicts the id that follows from it."""
    for row in connection.execute(select(schema.lots)):
        try:
            lot_of(row.item, row.id, row)
        except (LedgerError, ValueError) as error:
            yield f"lot {row.id!r} of {row.item} is altered: {error}"


def _balances(reader: Reader, folded: Counter[Position]) -> Iterator[str]:
    derived = reader.balances()
    for position in sorted(derived.keys() | folded.keys()):
        if derived[position] != folded[position]:
            yield (
                f"balance of {' / '.join(position)}: the database derives {derived[position]}, "
                f"the program {folded[position]}"
            )
    total: Counter[tuple[str, str]] = Counter()
    for (_, item, lot), units in derived.items():
        total[item, lot] += units
    for (item, lot), units in sorted(total.items()):
        if units:
            yield f"{item} / {lot}: all accounts together hold {units}, should be 0"


def _points(connection: Connection) -> Iterator[str]:
    """On hand >= reserved >= 0 after every moment, by running sums in the database."""
    e = effects().c
    moment = (e.day, e.sequence, e.recorded_at)
    place = (e.account, e.item, e.lot)
    steps = (
        select(*place, *moment, func.sum(e.units).label("units"))
        .add_columns(func.sum(e.reserved).label("reserved"))
        .where(e.account.not_like(OUTSIDE + "%"))
        .group_by(*place, *moment)
        .subquery()
        .c
    )
    window: dict[str, Any] = {
        "partition_by": (steps.account, steps.item, steps.lot),
        "order_by": (steps.day, steps.sequence, steps.recorded_at),
    }
    running = (
        select(steps.account, steps.item, steps.lot, steps.day)
        .add_columns(func.sum(steps.units).over(**window).label("on_hand"))
        .add_columns(func.sum(steps.reserved).over(**window).label("reserved"))
        .subquery()
        .c
    )
    wrong = (
        select(running.account, running.item, running.lot, running.day)
        .add_columns(running.on_hand, running.reserved)
        .where(or_(running.reserved < 0, running.on_hand < running.reserved))
        .order_by(running.day, running.account, running.item, running.lot)
    )
    for row in connection.execute(wrong):
        yield (
            f"{row.account} / {row.item} / {row.lot} holds {row.on_hand} with {row.reserved} "
            f"reserved on {row.day}"
        )


def _reversals(connection: Connection) -> Iterator[str]:
    undo, done = schema.moves.alias("undo"), schema.moves.alias("done")
    u, d = undo.c, done.c
    query = select(u.id, d.id.label("undone")).join(done, u.reverses == d.id)
    differs = or_(
        *(u.item != d.item, u.lot != d.lot, u.quantity != d.quantity),
        *(u.source != d.target, u.target != d.source),
    )
    for row in connection.execute(query.where(differs)):
        yield f"move {row.id} should mirror move {row.undone}, which it reverses"
