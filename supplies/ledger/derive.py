"""Moves that follow from something else: from a count, or from a move that was a mistake."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid5

from supplies.errors import LedgerError
from supplies.ledger.facts import OUTSIDE, Count, Move, Position, Reason, outside
from supplies.ledger.fold import steps

_SETTLING = UUID("6f1c2f0e-6f0b-5d55-9c39-7b6f0f3f2f11")


def settle(
    history: Iterable[Move],
    counts: Iterable[Count],
    *,
    recorded_at: datetime,
    recorded_by: str,
    document: str = "",
    opening: Mapping[Position, int] | None = None,
) -> list[Move]:
    """Return the moves that make the ledger agree with the counts; none where it already does.

    The difference is taken from the ledger *at the moment of counting*: goods issued or received
    later stay issued or received (truth now = counted - later issues + later receipts).
    ``opening`` is what was there before the history, where that does not begin at the beginning.

    Raises
    ------
    LedgerError
        When one shelf is counted twice at one moment: add the rows up first (`gather`).
    """
    ordered = sorted(counts, key=lambda c: (c.day, c.sequence, c.position))
    wanted = {count.position for count in ordered}
    known: defaultdict[Position, list[tuple[tuple[date, int], int]]] = defaultdict(list)
    for step in steps(history):
        if step.position in wanted:
            known[step.position].append((step.moment[:2], step.on_hand))
    past = {position: _prefix(changes) for position, changes in known.items()}
    settled: Counter[Position] = Counter()
    seen: set[tuple[Position, tuple[date, int]]] = set()
    settling: list[Move] = []
    for count in ordered:
        moment = (count.day, count.sequence)
        if (count.position, moment) in seen:
            raise LedgerError(f"{' / '.join(count.position)} is counted twice on {count.day}")
        seen.add((count.position, moment))
        before = _at(past.get(count.position), moment) + settled[count.position]
        before += (opening or {}).get(count.position, 0)
        gap = count.quantity - before
        if gap:
            settled[count.position] += gap
            settling.append(_settling(count, gap, (recorded_at, recorded_by, document)))
    return settling


_Past = tuple[list[tuple[date, int]], list[int]]


def _prefix(changes: list[tuple[tuple[date, int], int]]) -> _Past:
    """Turn changes into (moments, balance after each), so that any moment is one bisection."""
    moments: list[tuple[date, int]] = []
    totals: list[int] = []
    total = 0
    for moment, units in sorted(changes):
        total += units
        moments.append(moment)
        totals.append(total)
    return moments, totals


def _at(past: _Past | None, moment: tuple[date, int]) -> int:
    if past is None:
        return 0
    place = bisect_right(past[0], moment)
    return past[1][place - 1] if place else 0


def _settling(count: Count, gap: int, entered: tuple[datetime, str, str]) -> Move:
    recorded_at, recorded_by, document = entered
    there, here = OUTSIDE + "count", count.account
    # The same count settled at the same time by the same person is the same move.
    name = repr((count.day, count.sequence, count.position, count.quantity, gap, entered))
    return Move(
        id=uuid5(_SETTLING, name),
        day=count.day,
        sequence=count.sequence,
        recorded_at=recorded_at,
        recorded_by=recorded_by,
        item=count.item,
        lot=count.lot,
        quantity=abs(gap),
        source=there if gap > 0 else here,
        target=here if gap > 0 else there,
        reason=Reason.COUNT,
        document=document,
        note=f"counted {count.quantity}, ledger {count.quantity - gap}",
    )


def gather(counts: Iterable[Count]) -> list[Count]:
    """Add up the counts of one shelf at one moment: one lot may stand on several rows."""
    total: dict[tuple[date, int, Position], Count] = {}
    for count in counts:
        key = (count.day, count.sequence, count.position)
        so_far = total[key].quantity if key in total else 0
        total[key] = replace(count, quantity=so_far + count.quantity)
    return list(total.values())


def reverse(
    move: Move,
    *,
    day: date,
    recorded_at: datetime,
    recorded_by: str,
    document: str = "",
    note: str = "",
) -> Move:
    """Return the move that undoes another; the original stays in the ledger.

    The id follows from the original's, so undoing one move twice is one move.
    """
    return Move(
        id=uuid5(move.id, "reversal"),
        day=day,
        recorded_at=recorded_at,
        recorded_by=recorded_by,
        item=move.item,
        lot=move.lot,
        quantity=move.quantity,
        source=move.target,
        target=move.source,
        reason=Reason.REVERSAL,
        document=document,
        reverses=move.id,
        note=note,
    )


def business(moves: Iterable[Move]) -> list[Move]:
    """Return the moves a voucher is about.

    Relabelling that only goes with other moves is left out; where a voucher does nothing else,
    what comes back from it counts.
    """
    listed = list(moves)
    relabel = outside("relabel")
    plain = [move for move in listed if relabel not in (move.source, move.target)]
    return plain or [move for move in listed if move.source == relabel]
