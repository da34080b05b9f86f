"""How a document gets into the ledger: judged, sealed, written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, desc, func, insert, select

from supplies.errors import LedgerError
from supplies.ledger import Count, Level, Move, Position, Reservation, Step, judge, settle, steps
from supplies.store import levels, schema
from supplies.store.levels import Place, upsert
from supplies.store.limits import fit
from supplies.store.placing import Placing
from supplies.store.rows import (
    COUNT_FIELDS,
    GENESIS,
    SEALED_FIELDS,
    Voucher,
    chained,
    civil_day,
    lines_content,
    marks,
    move_fields,
    paper_fields,
    reservation_fields,
)


class Posting(Placing):
    """The steps that every posting takes; runs under the write lock.

    ``written`` lists the documents that this transaction has posted.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.written: list[str] = []

    # --- judge -------------------------------------------------------------------------------

    def _judge(
        self, moves: list[Move], lines: list[Reservation], allow_backdate: str | None
    ) -> bool:
        """Refuse what breaks a place at any moment; return whether the entry is late.

        Where the new facts come last, the level of their positions is enough. Where they may
        not, everything from the first of them on is walked again with them in place.
        """
        new = list(steps(moves, lines))
        state = self.state({step.position for step in new})
        doubtful = [
            step
            for step in new
            if step.position in state and step.moment[:2] <= state[step.position][1]
        ]
        past: list[Step] = []
        if doubtful:
            first = min(step.moment[:2] for step in doubtful)
            past = self.steps({step.position for step in doubtful}, first)
        late = _late(new, past)
        if late is not None and moves and not (allow_backdate or "").strip():
            (account, item, _), day, later = late
            raise LedgerError(
                f"{account} 的 {item} 在 {later} 还有变动; 补记 {day} 的单据要写补记原因"
                f" | {account} has later moves of {item} (on {later}); an entry for {day} needs a "
                "reason for being late"
            )
        judge([*past, *new], _before(state, past))
        return late is not None and bool(moves)

    def _settled(self, counts: list[Count], recorded_at: datetime, recorded_by: str) -> list[Move]:
        """Return the moves that make the ledger agree with counts.

        What was there when counting began is what is there now less what came since: the cost
        follows what came since, not the length of the ledger.
        """
        state = self.state({count.position for count in counts})
        passed = [
            count
            for count in counts
            if count.position in state and (count.day, count.sequence) < state[count.position][1]
        ]
        later: list[Move] = []
        if passed:
            first = min((count.day, count.sequence + 1) for count in passed)
            later = self.moves_of({count.position for count in passed}, first)
        return settle(
            later,
            counts,
            recorded_at=recorded_at,
            recorded_by=recorded_by,
            opening={p: level.on_hand for p, level in _before(state, list(steps(later))).items()},
        )

    # --- write -------------------------------------------------------------------------------

    def _write(self, head: Voucher, content: str, counts: Sequence[Count] = ()) -> None:
        m = schema.moves.c
        query = select(m.number, m.recorded_at, m.chain).order_by(desc(m.number)).limit(1)
        last = self.connection.execute(query).first()
        number = last.number if last else 0
        if last and head.moves:
            self._seal(civil_day(last.recorded_at), head, last)
        row = {
            "id": head.id,
            "key": head.key,
            "content": content,
            "first_move": number + 1 if head.moves else None,
            "last_move": number + len(head.moves) if head.moves else None,
            "recorded_at": head.recorded_at,
            "recorded_by": head.recorded_by,
            "note": head.note,
            "backdated": head.backdated,
            "day": head.day,
            "lines": "",
        }
        counted = [asdict(count) | {"document": head.id} for count in counts]
        if counted:
            fit(schema.counts, counted)
            row["lines"] = lines_content(counted, COUNT_FIELDS)
        self.written.append(head.id)
        self.add("documents", [row | paper_fields(head.paper)])
        self.add("moves", [move_fields(move) for move in head.moves])
        self.add("reservations", [reservation_fields(line) for line in head.reservations])
        if counted:
            self.connection.execute(insert(schema.counts), counted)
        levels.keep(self.connection, head.moves, head.reservations)

    def add(self, name: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """Append rows to a sealed table, each numbered and sealed to the one before it.

        Returns the number of the last row of the table.
        """
        table, names = schema.metadata.tables[name], SEALED_FIELDS[name]
        fit(table, rows)
        query = select(table.c.number, table.c.chain).order_by(desc(table.c.number)).limit(1)
        last = self.connection.execute(query).first()
        number, chain = (last.number, last.chain) if last else (0, GENESIS)
        sealed: list[dict[str, Any]] = []
        for given in rows:
            number += 1
            row = {**given, "number": number}
            chain = chained(chain, row, names)
            row["chain"] = chain
            if "marks" in table.c:
                row["marks"] = marks(row)
            sealed.append(row)
        if sealed:
            self.connection.execute(insert(table), sealed)
            end = {"name": name, "number": number, "chain": chain}
            upsert(self.connection, schema.ends, [end])
        return number

    def _seal(self, day: date, head: Voucher, last: Any) -> None:  # noqa: ANN401 - a row
        """Seal the last day of entry when another begins; a clock set back seals it once."""
        s = schema.seals.c
        sealed = self.connection.execute(select(func.max(s.day))).scalar()
        if civil_day(head.recorded_at) != day and (sealed is None or sealed < day):
            row = {"day": day, "last_move": last.number, "head": last.chain}
            self.connection.execute(insert(schema.seals), row)


def _before(
    state: Mapping[Position, tuple[Level, Place]], since: Iterable[Step]
) -> dict[Position, Level]:
    """Return what positions held before the last things that happened to them."""
    levels_then = {position: level for position, (level, _) in state.items()}
    for step in since:
        if (level := levels_then.get(step.position)) is not None:
            on_hand, reserved = level.on_hand - step.on_hand, level.reserved - step.reserved
            levels_then[step.position] = Level(on_hand, reserved)
    return levels_then


def _late(new: list[Step], past: list[Step]) -> tuple[Position, date, date] | None:
    """Return the first place that moved after a new move, the move's day, and that later day."""
    latest: dict[Position, Any] = {}
    for step in past:
        if step.on_hand and step.moment > latest.get(step.position, (date.min,)):
            latest[step.position] = step.moment
    for step in sorted(new):
        if step.position in latest and latest[step.position] > step.moment:
            return step.position, step.moment[0], latest[step.position][0]
    return None
