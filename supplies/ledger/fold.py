"""Folds over the ledger: balances, the judge that keeps places from going below zero."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from supplies.errors import OverdrawnError
from supplies.ledger.facts import Moment, Move, Position, Reservation, inside


class Level(NamedTuple):
    """What a position holds, and how much of that is set aside; base units."""

    on_hand: int = 0
    reserved: int = 0


class Step(NamedTuple):
    """The effect of one fact on one position at one moment."""

    moment: Moment
    position: Position
    on_hand: int
    reserved: int


def steps(moves: Iterable[Move], reservations: Iterable[Reservation] = ()) -> Iterator[Step]:
    """Yield what the facts do to places inside."""
    for move in moves:
        for account, sign in ((move.source, -1), (move.target, 1)):
            if inside(account):
                position = (account, move.item, move.lot)
                yield Step(move.moment, position, sign * move.quantity, 0)
    for line in reservations:
        units = -line.quantity if line.releases else line.quantity
        moment = (line.day, line.sequence, line.recorded_at)
        yield Step(moment, line.position, 0, units)


def walk(
    facts: Iterable[Step], before: Mapping[Position, Level] | None = None
) -> Iterator[tuple[Moment, Position, Level]]:
    """Yield the level of each touched position after each moment, in order."""
    levels = dict(before or {})
    for moment, group in groupby(sorted(facts, key=itemgetter(0, 1)), key=itemgetter(0)):
        touched: dict[Position, Level] = {}
        for step in group:
            at = levels.get(step.position, Level())
            level = Level(at.on_hand + step.on_hand, at.reserved + step.reserved)
            levels[step.position] = touched[step.position] = level
        for position, level in touched.items():
            yield moment, position, level


def judge(facts: Iterable[Step], before: Mapping[Position, Level] | None = None) -> None:
    """Refuse facts that break ``on hand >= reserved >= 0`` after any moment.

    Raises
    ------
    OverdrawnError
        Naming the place, the goods, the first day and how much is short, in base units.
    """
    for (day, _, _), (account, item, lot), (on_hand, reserved) in walk(facts, before):
        if 0 <= reserved <= on_hand:
            continue
        what = f"{item}, lot {lot}" if lot else item
        if on_hand < 0:
            short, why = -on_hand, f"short of {-on_hand} base units"
        elif reserved < 0:
            short, why = -reserved, f"asked to release {-reserved} base units more than reserved"
        else:
            short = reserved - on_hand
            why = f"short of {short} base units, with {on_hand} there and {reserved} reserved"
        raise OverdrawnError(
            f"{account} would be {why} ({what}) on {day}",
            account=account,
            item=item,
            lot=lot,
            short=short,
            day=day,
        )


def balances(moves: Iterable[Move]) -> Counter[Position]:
    """Return base units by (account, item, lot); zero positions are left out."""
    stock: Counter[Position] = Counter()
    for move in moves:
        stock[move.source, move.item, move.lot] -= move.quantity
        stock[move.target, move.item, move.lot] += move.quantity
    return Counter({position: units for position, units in stock.items() if units})


def reserved(reservations: Iterable[Reservation]) -> Counter[Position]:
    """Return base units set aside by (account, item, lot); zero positions are left out."""
    total: Counter[Position] = Counter()
    for line in reservations:
        total[line.position] += -line.quantity if line.releases else line.quantity
    return Counter({position: units for position, units in total.items() if units})


def post(
    before: Mapping[Position, int] | Iterable[Move],
    moves: Iterable[Move],
    reservations: Iterable[Reservation] = (),
) -> Counter[Position]:
    """Return the balances after the moves, or refuse them all.

    Parameters
    ----------
    before
        Either the history (the moves then take their place in its order, so that a late entry
        is judged at every later moment too) or balances that hold before all of the moves.
    reservations
        Everything set aside and let go so far; what is set aside cannot be moved.

    Raises
    ------
    OverdrawnError
        When a place inside would hold less than nothing, or less than is reserved, after any
        moment of the order; names the first day it would.
    """
    new = list(moves)
    if isinstance(before, Mapping):
        start: Counter[Position] = Counter(before)
        levels = {p: Level(units) for p, units in start.items() if inside(p[0])}
        judge(steps(new, reservations), levels)
    else:
        history = list(before)
        start = balances(history)
        judge(steps([*history, *new], reservations))
    start.update(balances(new))
    return Counter({position: units for position, units in start.items() if units})


class Shift(NamedTuple):
    """A balance of the past that a late entry changes: base units at the end of ``day``."""

    position: Position
    day: date
    before: int
    after: int


def shifts(history: Iterable[Move], moves: Iterable[Move]) -> list[Shift]:
    """Return the end-of-day balances inside that change when late moves join the history.

    Only days on which the position already moves, on or after the late move's own day.
    """
    new = list(steps(moves))
    touched = {step.position for step in new}
    old = [step for step in steps(history) if step.position in touched]
    was = _day_ends(old)
    now = _day_ends([*old, *new])
    return [
        Shift(position, day, units, now[position, day])
        for (position, day), units in sorted(was.items())
        if now[position, day] != units
    ]


def _day_ends(facts: Iterable[Step]) -> dict[tuple[Position, date], int]:
    return {(position, moment[0]): level.on_hand for moment, position, level in walk(facts)}


class Change(NamedTuple):
    """What facts do to a position: its level at the end of a day without and with them."""

    position: Position
    day: date
    before: Level
    after: Level


def changes(past: Iterable[Step], new: Iterable[Step]) -> list[Change]:
    """Return the end-of-day levels that new facts change, on the days the position moves.

    Days without a fact of their own hold the level of the day before, so they are left out.
    """
    added = list(new)
    touched = {step.position for step in added}
    old = [step for step in past if step.position in touched]
    was, now = _by_day(old), _by_day([*old, *added])
    found: list[Change] = []
    for position in sorted(touched):
        before = Level()
        for day, after in now[position].items():
            before = was.get(position, {}).get(day, before)
            if before != after:
                found.append(Change(position, day, before, after))
    return found


def _by_day(facts: Iterable[Step]) -> dict[Position, dict[date, Level]]:
    """Return the level of each position at the end of each day it moves on, in order."""
    ends: dict[Position, dict[date, Level]] = {}
    for moment, position, level in walk(facts):
        ends.setdefault(position, {})[moment[0]] = level
    return ends
