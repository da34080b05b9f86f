"""Where a document goes in the order, and whether what it names is there."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_

from supplies.errors import LedgerError
from supplies.ledger import Count, Move, Paper, Reservation
from supplies.lots import Lot, make_lot
from supplies.store import schema
from supplies.store.levels import chunks
from supplies.store.limits import fit
from supplies.store.reader import Reader
from supplies.store.rows import Voucher, lot_fields, move_fields, reservation_fields

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


class Placing(Reader):
    """What every posting asks first; changes nothing but the lots it has to name."""

    # --- the document ------------------------------------------------------------------------

    def _repeated(self, key: str | None, content: str) -> Voucher | None:
        if key is None:
            return None
        fit(schema.documents, [{"key": key}])
        d = schema.documents.c
        kept = self.connection.execute(select(d.id, d.content).where(d.key == key)).first()
        if kept is None:
            return None
        if kept.content != content:
            raise LedgerError(
                f"防重键 {key!r} 已用于别的物资, 见单据 {kept.id}"
                f" | key {key!r} was used for other goods, on document {kept.id}"
            )
        return self.voucher(kept.id)

    def _head(self, first: Move | Reservation, words: Words) -> Voucher:
        return self._new_head(first.document, words, first.recorded_at, first.recorded_by)

    def _new_head(
        self, document: str, words: Words, recorded_at: datetime, recorded_by: str
    ) -> Voucher:
        key, note, paper = words
        fit(schema.documents, [{"id": document, "note": note}])
        if not document:
            document = self.next_document()
        elif _NUMBERED.fullmatch(document) or self.voucher(document) is not None:
            raise LedgerError(
                f"单号 {document!r} 已被占用; 请换一个, 或留空由台账编号"
                f" | document {document!r} is in use; give another name or none"
            )
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

    def next_document(self) -> str:
        """Return the id the next document gets, where its moves name none."""
        query = select(func.max(schema.documents.c.number))
        return f"V{(self.connection.execute(query).scalar() or 0) + 1:06d}"

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
        fit(schema.moves, map(move_fields, moves))
        places = self._sequences(moves)
        return [
            replace(move, document=document, sequence=move.sequence or places[move.day])
            for move in moves
        ]

    def _place_reservations(self, lines: list[Reservation], document: str) -> list[Reservation]:
        fit(schema.reservations, map(reservation_fields, lines))
        places = self._sequences(lines)
        if {line.document for line in lines} - {lines[0].document}:
            raise LedgerError(
                "同一张单据的各行应写同一个单号"
                " | the lines of one document should name one document"
            )
        return [
            replace(line, document=document, sequence=line.sequence or places[line.day])
            for line in lines
        ]

    def _place_counts(self, counts: list[Count], corrects: str | None) -> list[Count]:
        fit(schema.counts, map(asdict, counts))
        if corrects is None:
            places = self._sequences(counts)
        else:
            c = schema.counts.c
            query = select(c.day, func.max(c.sequence).label("last")).where(c.document == corrects)
            rows = self.connection.execute(query.group_by(c.day)).all()
            if not rows:
                raise LedgerError(
                    f"单据 {corrects!r} 不是盘点, 不能更正"
                    f" | document {corrects!r} is no count, so it cannot be corrected"
                )
            places = {row.day: row.last for row in rows}
            other = {count.day for count in counts if not count.sequence} - set(places)
            if other:
                raise LedgerError(
                    f"{corrects} 在 {min(other)} 没有盘点"
                    f" | {corrects} counted nothing on {min(other)}"
                )
        return [replace(c, sequence=c.sequence or places[c.day]) for c in counts]

    # --- check -------------------------------------------------------------------------------

    def _check_moves(self, moves: list[Move], document: str) -> None:
        if {move.document for move in moves} - {moves[0].document}:
            raise LedgerError(
                "同一张单据的各笔应写同一个单号"
                " | the moves of one document should name one document"
            )
        ids = [str(move.id) for move in moves]
        if len(set(ids)) < len(ids):
            raise LedgerError(
                f"单据 {document} 把同一笔列了两次 | document {document} lists one move twice"
            )
        m = schema.moves.c
        for part in chunks(ids):
            query = select(m.id, m.document, m.reverses).where(m.id.in_(part)).limit(1)
            if (row := self.connection.execute(query).first()) is not None:
                if row.reverses:
                    zh, en = f"{row.reverses} 已冲销", f"{row.reverses} was reversed"
                else:
                    zh, en = f"{row.id} 已记账", f"{row.id} was posted"
                raise LedgerError(
                    f"流水 {zh}, 见单据 {row.document}"
                    f" | move {en} already, on document {row.document}"
                )
        self._check_reversals([move for move in moves if move.reverses])

    def _check_reversals(self, moves: list[Move]) -> None:
        m = schema.moves.c
        found: dict[UUID, Any] = {}
        for part in chunks([str(move.reverses) for move in moves]):
            if row := self.connection.execute(
                select(m.reverses).where(m.reverses.in_(part))
            ).first():
                raise LedgerError(
                    f"流水 {row.reverses} 已冲销 | move {row.reverses} was reversed already"
                )
            rows = self.connection.execute(select(schema.moves).where(m.id.in_(part)))
            found |= {UUID(row.id): row for row in rows}
        for move in moves:
            row = found.get(move.reverses) if move.reverses else None
            mirror = (move.item, move.lot, move.quantity, move.target, move.source)
            undone = move.reverses
            if row is None:
                raise LedgerError(f"台账里没有流水 {undone} | move {undone} is not in the ledger")
            if mirror != (row.item, row.lot, row.quantity, row.source, row.target):
                raise LedgerError(
                    f"冲销应与原流水 {undone} 完全相反"
                    f" | a reversal should mirror move {undone} exactly"
                )
            if move.day < row.day:
                raise LedgerError(
                    f"流水 {undone} 记在 {row.day}, 不能在此之前冲销"
                    f" | move {undone} of {row.day} cannot be undone before it"
                )

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
                raise LedgerError(
                    f"没有 {item} 的批次 {lot!r}; 请写在库的批次"
                    f" | lot {lot!r} of {item} is unknown; name one that is in stock"
                )
        if new:
            fit(schema.lots, new)
            self.connection.execute(insert(schema.lots), new)
