"""How a document gets into the ledger: placed, checked, judged, sealed, written."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, desc, func, insert, select, tuple_

from supplies.errors import LedgerError
from supplies.ledger import Count, Move, Paper, Position, Reservation, Step, judge, steps
from supplies.lots import Lot, make_lot
from supplies.store import schema
from supplies.store.reader import Reader, chunks
from supplies.store.rows import (
    GENESIS,
    SEALED_FIELDS,
    Voucher,
    chained,
    civil_day,
    lot_fields,
    marks,
    move_fields,
    paper_fields,
    reservation_fields,
)

_NUMBERED = re.compile(r"V\d+")
# key, note, head
Words = tuple[str | None, str, Paper]


def content_of(facts: Sequence[Move] | Sequence[Count] | Sequence[Reservation]) -> str:
    """Return a hash of which goods a document moves from where to where.

    Days are left out, and the lots of moves: repeating a request on another day, or when the
    first posting has taken the lot that goes first, is still the same request.
    """
    total: Counter[tuple[str, ...]] = Counter()
    for fact in facts:
        if isinstance(fact, Move):
            total[fact.item, fact.source, fact.target, fact.reason.value] += fact.quantity
        elif isinstance(fact, Count):
            total[fact.position] += fact.quantity
        else:
            total[fact.account, fact.item, str(fact.releases)] += fact.quantity
    body = json.dumps(sorted([*words, units] for words, units in total.items()))
    return hashlib.sha256(body.encode()).hexdigest()


class Posting(Reader):
    """The steps that every posting takes; runs under the write lock.

    ``written`` lists the documents that this transaction has posted.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.written: list[str] = []

    # --- the document ------------------------------------------------------------------------

    def _repeated(self, key: str | None, content: str) -> Voucher | None:
        if key is None:
            return None
        d = schema.documents.c
        kept = self.connection.execute(select(d.id, d.content).where(d.key == key)).first()
        if kept is None:
            return None
        if kept.content != content:
            raise LedgerError(f"key {key!r} was used for other goods, on document {kept.id}")
        return self.voucher(kept.id)

    def _head(self, first: Move | Reservation, words: Words) -> Voucher:
        return self._new_head(first.document, words, first.recorded_at, first.recorded_by)

    def _new_head(
        self, document: str, words: Words, recorded_at: datetime, recorded_by: str
    ) -> Voucher:
        key, note, paper = words
        if not document:
            document = f"V{self._document_number():06d}"
        elif _NUMBERED.fullmatch(document) or self.voucher(document) is not None:
            raise LedgerError(f"document {document!r} is in use; give another name or none")
        return Voucher(
            id=document,
            key=key,
            recorded_at=recorded_at,
            recorded_by=recorded_by,
            note=note,
            backdated=None,
            moves=(),
            reservations=(),
            repeated=False,
            paper=paper,
        )

    def _document_number(self) -> int:
        query = select(func.max(schema.documents.c.number))
        return (self.connection.execute(query).scalar() or 0) + 1

    # --- place -------------------------------------------------------------------------------

    def next_sequence(self, day: date) -> int:
        """Return the place after everything a day holds so far."""
        last = 0
        for table in (schema.moves, schema.reservations, schema.counts):
            query = select(func.max(table.c.sequence)).where(table.c.day == day)
            last = max(last, self.connection.execute(query).scalar() or 0)
        return last + 1

    def _sequences(self, facts: Iterable[Move | Count | Reservation]) -> dict[date, int]:
        """One place in each day: a document happens at one moment of the day."""
        days = {fact.day for fact in facts if fact.sequence == 0}
        return {day: self.next_sequence(day) for day in days}

    def _place_moves(self, moves: list[Move], document: str) -> list[Move]:
        places = self._sequences(moves)
        return [
            replace(move, document=document, sequence=move.sequence or places[move.day])
            for move in moves
        ]

    def _place_reservations(self, lines: list[Reservation], document: str) -> list[Reservation]:
        places = self._sequences(lines)
        if {line.document for line in lines} - {lines[0].document}:
            raise LedgerError("the lines of one document should name one document")
        return [
            replace(line, document=document, sequence=line.sequence or places[line.day])
            for line in lines
        ]

    def _place_counts(self, counts: list[Count], corrects: str | None) -> list[Count]:
        if corrects is None:
            places = self._sequences(counts)
        else:
            c = schema.counts.c
            query = select(c.day, func.max(c.sequence).label("last")).where(c.document == corrects)
            rows = self.connection.execute(query.group_by(c.day)).all()
            if not rows:
                raise LedgerError(f"document {corrects!r} is no count, so it cannot be corrected")
            places = {row.day: row.last for row in rows}
            other = {count.day for count in counts if not count.sequence} - set(places)
            if other:
                raise LedgerError(f"{corrects} counted nothing on {min(other)}")
        return [replace(c, sequence=c.sequence or places[c.day]) for c in counts]

    # --- check -------------------------------------------------------------------------------

    def _check_moves(self, moves: list[Move], document: str) -> None:
        if {move.document for move in moves} - {moves[0].document}:
            raise LedgerError("the moves of one document should name one document")
        ids = [str(move.id) for move in moves]
        if len(set(ids)) < len(ids):
            raise LedgerError(f"document {document} lists one move twice")
        m = schema.moves.c
        for part in chunks(ids):
            query = select(m.id, m.document, m.reverses).where(m.id.in_(part)).limit(1)
            if (row := self.connection.execute(query).first()) is not None:
                what = f"{row.reverses} was reversed" if row.reverses else f"{row.id} was posted"
                raise LedgerError(f"move {what} already, on document {row.document}")
        self._check_reversals([move for move in moves if move.reverses])

    def _check_reversals(self, moves: list[Move]) -> None:
        m = schema.moves.c
        found: dict[UUID, Any] = {}
        for part in chunks([str(move.reverses) for move in moves]):
            if row := self.connection.execute(
                select(m.reverses).where(m.reverses.in_(part))
            ).first():
                raise LedgerError(f"move {row.reverses} was reversed already")
            rows = self.connection.execute(select(schema.moves).where(m.id.in_(part)))
            found |= {UUID(row.id): row for row in rows}
        for move in moves:
            row = found.get(move.reverses) if move.reverses else None
            mirror = (move.item, move.lot, move.quantity, move.target, move.source)
            if row is None:
                raise LedgerError(f"move {move.reverses} is not in the ledger")
            if mirror != (row.item, row.lot, row.quantity, row.source, row.target):
                raise LedgerError(f"a reversal should mirror move {move.reverses} exactly")
            if move.day < row.day:
                raise LedgerError(f"move {move.reverses} of {row.day} cannot be undone before it")

    def _ensure_lots(self, given: Iterable[Lot], wanted: set[tuple[str, str]]) -> None:
        known: set[tuple[str, str]] = set()
        c = schema.lots.c
        for part in chunks(wanted):
            query = select(c.item, c.id).where(tuple_(c.item, c.id).in_(part))
            known |= {(item, lot) for item, lot in self.connection.execute(query)}
        offered = {(lot.item, lot.id): lot for lot in given}
        new: list[dict[str, Any]] = []
        for item, lot in sorted(wanted - known):
            if (item, lot) in offered:
                new.append(lot_fields(offered[item, lot]))
            elif not lot:
                new.append(lot_fields(make_lot(item)))
            else:
                raise LedgerError(f"lot {lot!r} of {item} is unknown; name one that is in stock")
        if new:
            self.connection.execute(insert(schema.lots), new)

    # --- judge -------------------------------------------------------------------------------

    def _judge(
        self, moves: list[Move], lines: list[Reservation], allow_backdate: str | None
    ) -> bool:
        """Refuse what breaks a place at any moment; return whether the entry is late.

        Where the new facts come last, the level of their positions is enough. Where they may
        not, everything that happened at those positions is walked again with them in place.
        """
        new = list(steps(moves, lines))
        state = self.state({step.position for step in new})
        doubtful = {
            step.position
            for step in new
            if step.position in state and step.moment[:2] <= state[step.position][1]
        }
        past = self.steps(doubtful) if doubtful else []
        late = _late(new, past)
        if late is not None and moves and not (allow_backdate or "").strip():
            (account, item, _), day, later = late
            raise LedgerError(
                f"{account} has later moves of {item} (on {later}); an entry for {day} needs a "
                "reason for being late"
            )
        judge(
            [*past, *new],
            {place: level for place, (level, _) in state.items() if place not in doubtful},
        )
        return late is not None and bool(moves)

    # --- write -------------------------------------------------------------------------------

    def _write(self, head: Voucher, content: str) -> None:
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
        }
        self.written.append(head.id)
        self.add("documents", [row | paper_fields(head.paper)])
        self.add("moves", [move_fields(move) for move in head.moves])
        self.add("reservations", [reservation_fields(line) for line in head.reservations])

    def add(self, name: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """Append rows to a sealed table, each numbered and sealed to the one before it.

        Returns the number of the last row of the table.
        """
        table, names = schema.metadata.tables[name], SEALED_FIELDS[name]
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
        return number

    def _seal(self, day: date, head: Voucher, last: Any) -> None:  # noqa: ANN401 - a row
        """Seal the last day of entry when another begins; a clock set back seals it once."""
        s = schema.seals.c
        sealed = self.connection.execute(select(func.max(s.day))).scalar()
        if civil_day(head.recorded_at) != day and (sealed is None or sealed < day):
            row = {"day": day, "last_move": last.number, "head": last.chain}
            self.connection.execute(insert(schema.seals), row)


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
