"""Balances, derived again: by the program row by row, by the database in SQL alone."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, func, or_, select

from supplies.ledger import OUTSIDE, Position
from supplies.store import schema
from supplies.store.levels import Place, effects
from supplies.store.seals import named, stream


class _Held(NamedTuple):
    """What one position holds, and the place of its last fact in the order."""

    on_hand: int = 0
    reserved: int = 0
    last: Place = (date.min, 0)


class Fold:
    """The program's fold over rows as they go by."""

    def __init__(self) -> None:
        self.held: defaultdict[Position, _Held] = defaultdict(_Held)

    def move(self, row: RowMapping) -> None:
        """Take in a move."""
        # A quantity that is no number any more is named by its seal.
        units = row["quantity"] if isinstance(row["quantity"], int) else 0
        self._add((row["source"], row["item"], row["lot"]), -units, 0, row)
        self._add((row["target"], row["item"], row["lot"]), units, 0, row)

    def reservation(self, row: RowMapping) -> None:
        """Take in a reservation or a release."""
        units = row["quantity"] if isinstance(row["quantity"], int) else 0
        position = row["account"], row["item"], row["lot"]
        self._add(position, 0, -units if row["releases"] else units, row)

    def _add(self, position: Position, units: int, held: int, row: RowMapping) -> None:
        before = self.held[position]
        last = max(before.last, (row["day"], row["sequence"]))
        self.held[position] = _Held(before.on_hand + units, before.reserved + held, last)


def levels_differ(connection: Connection, fold: Fold) -> Iterator[str]:
    """Compare the kept levels with the program's fold, and that with the database's own sums."""
    v = schema.levels.c
    kept = {
        (row["account"], row["item"], row["lot"]): _Held(
            row["on_hand"], row["reserved"], (row["last_day"], row["last_sequence"])
        )
        for row in stream(connection, select(*v))
    }
    yield from _differ(fold.held, kept, "逐笔累计", "结存表", "the moves make", "levels keeps")
    e = effects().c
    place = (e.account, e.item, e.lot)
    query = select(*place, func.sum(e.units).label("units"), func.sum(e.reserved).label("held"))
    derived = {
        (row["account"], row["item"], row["lot"]): _Held(int(row["units"]), int(row["held"]))
        for row in stream(connection, query.group_by(*place))
    }
    unplaced = {place: held._replace(last=_Held().last) for place, held in fold.held.items()}
    yield from _differ(
        unplaced, derived, "逐笔累计", "数据库累计", "the program derives", "the database"
    )


def _differ(
    wanted: dict[Position, _Held],
    found: dict[Position, _Held],
    *words: str,
) -> Iterator[str]:
    ours_zh, theirs_zh, ours_en, theirs_en = words
    for position in sorted(wanted.keys() | found.keys()):
        ours, theirs = wanted.get(position), found.get(position)
        if ours == theirs:
            continue
        where = " / ".join(position)
        yield (
            f"结存 {where}: {ours_zh} {_told(ours, 'zh')}, {theirs_zh} {_told(theirs, 'zh')}"
            f" | balance of {where}: {ours_en} {_told(ours, 'en')}, {theirs_en} "
            f"{_told(theirs, 'en')}"
        )


def _told(held: _Held | None, lang: str) -> str:
    if held is None:
        return "无" if lang == "zh" else "nothing"
    day, sequence = held.last
    if lang == "zh":
        last = f", 最后 {day} 第 {sequence}" if sequence else ""
        return f"{held.on_hand} (预留 {held.reserved}{last})"
    last = f", last on {day} at {sequence}" if sequence else ""
    return f"{held.on_hand} ({held.reserved} reserved{last})"


def points_broken(connection: Connection) -> Iterator[str]:
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
        where = f"{row.account} / {row.item} / {row.lot}"
        yield (
            f"{where} 在 {row.day} 只有 {row.on_hand}, 预留 {row.reserved}"
            f" | {where} holds {row.on_hand} with {row.reserved} reserved on {row.day}"
        )


def reversals_differ(connection: Connection) -> Iterator[str]:
    """Compare each reversal with the move it undoes."""
    undo, done = schema.moves.alias("undo"), schema.moves.alias("done")
    u, d = undo.c, done.c
    query = select(undo).join(done, u.reverses == d.id)
    differs = or_(
        *(u.item != d.item, u.lot != d.lot, u.quantity != d.quantity),
        *(u.source != d.target, u.target != d.source),
    )
    for row in connection.execute(query.where(differs)).mappings():
        zh, en = named(schema.moves, row)
        yield (
            f"{zh} 应与它冲销的流水 {row['reverses']} 完全相反"
            f" | {en} should mirror move {row['reverses']}, which it reverses"
        )
