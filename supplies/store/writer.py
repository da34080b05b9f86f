"""What can be done to the ledger inside one transaction that holds the write lock."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from sqlalchemy import delete, insert, update

from supplies.city import Agreement
from supplies.errors import LedgerError
from supplies.ledger import Count, Kind, Move, Paper, Reservation
from supplies.ledger import reverse as reversal
from supplies.lots import Lot
from supplies.store import schema
from supplies.store.limits import cut, fit
from supplies.store.placing import Words, content_of
from supplies.store.posting import Posting
from supplies.store.reader import OpenReservation
from supplies.store.rows import ImportRecord, Voucher


class Writer(Posting):
    """A reader that may also post; all that it posts is in the ledger, or nothing is."""

    def append(
        self,
        moves: Iterable[Move],
        lots: Iterable[Lot] = (),
        *,
        key: str | None = None,
        note: str = "",
        allow_backdate: str | None = None,
        paper: Paper | None = None,
    ) -> Voucher:
        """Post moves as one document and return its voucher.

        Parameters
        ----------
        moves
            With sequence 0 they are placed last in their day. Their `document`, when given,
            names the document; else the store numbers it.
        lots
            Lots the moves speak of that may be new; the empty lot need not be given.
        key
            Makes a repeat harmless: a key posted before returns the first voucher. A repeat
            may differ in lots and day, which the program picks, but not in goods and places.
        allow_backdate
            Why moves may be entered before later moves of the same goods at the same place.
        paper
            The voucher's head; nothing but its kind where not given.

        Raises
        ------
        OverdrawnError
            When a place inside would hold less than nothing, or than is reserved, at any
            moment; names the first day.
        LedgerError
            When a late entry has no reason, a lot is unknown, a move is posted already, a
            reversal does not mirror its original, or a key was used for other goods.

        Posting nothing writes nothing and returns a voucher without id.
        """
        return self._append(list(moves), lots, (key, note, paper or Paper()), allow_backdate)

    def _append(
        self,
        listed: list[Move],
        lots: Iterable[Lot],
        words: Words,
        allow_backdate: str | None,
    ) -> Voucher:
        content = content_of(listed)
        if (before := self._repeated(words[0], content)) is not None:
            return before
        if not listed:
            return _nothing()
        head = self._head(listed[0], words)
        self._check_moves(listed, head.id)
        placed = self._place_moves(listed, head.id)
        self._ensure_lots(lots, {(move.item, move.lot) for move in placed})
        late = self._judge(placed, [], allow_backdate)
        head = replace(
            head,
            backdated=allow_backdate if late else None,
            moves=tuple(placed),
            day=max(move.day for move in placed),
        )
        self._write(head, content)
        return head

    def count(  # noqa: PLR0913 - one posting, spelt out
        self,
        counts: Iterable[Count],
        lots: Iterable[Lot] = (),
        *,
        recorded_at: datetime,
        recorded_by: str,
        key: str | None = None,
        note: str = "",
        allow_backdate: str | None = None,
        corrects: str | None = None,
        paper: Paper | None = None,
    ) -> Voucher:
        """Post what was counted: the moves that make the ledger agree, and the counting itself.

        Counts with sequence 0 speak of the end of their day as far as the ledger knows it.
        ``corrects`` names the document of an earlier version of the same sheet: the counts then
        speak of the moment that sheet was counted at, whatever moved since.

        Raises
        ------
        OverdrawnError, LedgerError
            As `append`; also when one shelf is counted twice at one moment, or ``corrects``
            is no count.
        """
        listed = list(counts)
        content = content_of(listed)
        if (before := self._repeated(key, content)) is not None:
            return before
        if not listed:
            return _nothing()
        placed = self._place_counts(listed, corrects)
        words = (key, note, paper or Paper(kind=Kind.COUNT))
        head = self._new_head("", words, recorded_at, recorded_by)
        settled = self._settled(placed, recorded_at, recorded_by)
        moves = [replace(move, document=head.id) for move in settled]
        self._ensure_lots(lots, {(count.item, count.lot) for count in placed})
        late = self._judge(moves, [], allow_backdate)
        head = replace(
            head,
            backdated=allow_backdate if late else None,
            moves=tuple(moves),
            day=max(count.day for count in placed),
        )
        self._write(head, content, placed)
        return head

    def reverse(  # noqa: PLR0913 - one posting, spelt out
        self,
        document: str,
        *,
        day: date,
        recorded_at: datetime,
        recorded_by: str,
        key: str | None = None,
        note: str = "",
        allow_backdate: str | None = None,
        paper: Paper | None = None,
    ) -> Voucher:
        """Undo every move of a document by a new one; reversing that restores the first.

        Raises
        ------
        LedgerError
            When the document is unknown, has no moves, or was reversed already.
        OverdrawnError
            When the goods are no longer there.
        """
        original = self.voucher(document)
        if original is None:
            raise LedgerError(
                f"台账里没有单据 {document!r} | document {document!r} is not in the ledger"
            )
        if not original.moves:
            raise LedgerError(
                f"单据 {document} 没有出入库, 无可冲销"
                f" | document {document} moved nothing, so there is nothing to undo"
            )
        moves = [
            reversal(move, day=day, recorded_at=recorded_at, recorded_by=recorded_by, note=note)
            for move in reversed(original.moves)
        ]
        head = replace(paper or Paper(), kind=Kind.REVERSAL, refers=document)
        words = (key, note or f"reverses {document}", head)
        return self._append(moves, (), words, allow_backdate)

    def reserve(
        self,
        reservations: Iterable[Reservation],
        *,
        key: str | None = None,
        note: str = "",
        paper: Paper | None = None,
    ) -> Voucher:
        """Set goods aside as one document and return its voucher.

        Raises
        ------
        OverdrawnError
            When a place has less available (on hand less reserved).
        LedgerError
            When a line is a release (see `release`) or is posted already.
        """
        listed = list(reservations)
        if any(line.releases for line in listed):
            raise LedgerError(
                "解除预留请用 release(), 不用 reserve()"
                " | a release is posted with release(), not with reserve()"
            )
        return self._hold(listed, key, note, paper or Paper(kind=Kind.RESERVE))

    def release(  # noqa: PLR0913 - one posting, spelt out
        self,
        which: Iterable[UUID] | Mapping[UUID, int],
        *,
        day: date,
        recorded_at: datetime,
        recorded_by: str,
        key: str | None = None,
        note: str = "",
        paper: Paper | None = None,
    ) -> Voucher:
        """Let reserved goods go: all that is open of some reservations, or given quantities.

        Raises
        ------
        LedgerError
            When a reservation is unknown or less of it is open.
        """
        if key is not None and (before := self.posted(key)) is not None:
            return before
        wanted = which if isinstance(which, Mapping) else dict.fromkeys(which)
        open_lines = {line.reservation.id: line for line in self.open_reservations(ids=[*wanted])}
        lines: list[Reservation] = []
        for held, units in wanted.items():
            _check_release(held, open_lines, units)
            line = open_lines[held]
            lines.append(
                replace(
                    line.reservation,
                    id=uuid5(held, f"release of {line.open}"),
                    day=day,
                    sequence=0,
                    recorded_at=recorded_at,
                    recorded_by=recorded_by,
                    quantity=line.open if units is None else units,
                    document="",
                    releases=held,
                    note=note,
                )
            )
        return self._hold(lines, key, note, replace(paper or Paper(), kind=Kind.RELEASE))

    def _hold(self, listed: list[Reservation], key: str | None, note: str, paper: Paper) -> Voucher:
        content = content_of(listed)
        if (before := self._repeated(key, content)) is not None:
            return before
        if not listed:
            return _nothing()
        head = self._head(listed[0], (key, note, paper))
        placed = self._place_reservations(listed, head.id)
        self._ensure_lots((), {(line.item, line.lot) for line in placed})
        self._judge([], placed, None)
        head = replace(head, reservations=tuple(placed), day=max(line.day for line in placed))
        self._write(head, content)
        return head

    def record_import(self, record: ImportRecord) -> None:
        """Note that a workbook was imported.

        Raises
        ------
        LedgerError
            When rows read are not accepted + unchanged + rejected.
        """
        ended = record.accepted + record.unchanged + record.rejected
        if record.read != ended:
            raise LedgerError(
                f"{record.name}: 读了 {record.read} 行, 只有 {ended} 行有下落"
                f" | {record.name}: {record.read} rows read but {ended} accounted for"
            )
        self.add("imports", [asdict(record)])

    def record_event(  # noqa: PLR0913 - one row, spelt out
        self,
        *,
        at: datetime,
        user: str,
        origin: str,
        task: str,
        subject: str,
        outcome: str,
        detail: str,
    ) -> None:
        """Keep who did what, when, from where, and how it ended."""
        row = {
            "at": at,
            "user": user,
            "origin": origin,
            "task": task,
            "subject": subject,
            "outcome": outcome,
            "detail": detail,
        }
        self.add("events", [cut(schema.events, row)])

    def set_agreements(self, agreements: Iterable[Agreement]) -> None:
        """Replace the imported agreements by these."""
        self.connection.execute(delete(schema.agreements))
        rows = [
            asdict(agreement) | {"number": number, "evidence": agreement.evidence.value}
            for number, agreement in enumerate(agreements, start=1)
        ]
        if rows:
            fit(schema.agreements, rows)
            self.connection.execute(insert(schema.agreements), rows)

    def meta_set(self, key: str, value: str | None) -> None:
        """Note a value under a key; ``None`` forgets it."""
        m = schema.meta
        fit(m, [{"key": key, "value": value}])
        if value is None:
            self.connection.execute(delete(m).where(m.c.key == key))
        elif self.meta_get(key) is None:
            self.connection.execute(insert(m), {"key": key, "value": value})
        else:
            self.connection.execute(update(m).where(m.c.key == key).values(value=value))


def _check_release(held: UUID, known: Mapping[UUID, OpenReservation], units: int | None) -> None:
    if held not in known:
        raise LedgerError(
            f"预留 {held} 不存在或已全部解除 | reservation {held} is unknown or wholly released"
        )
    left = known[held].open
    if units is not None and units > left:
        raise LedgerError(
            f"预留 {held} 还剩 {left}, 要解除 {units}"
            f" | reservation {held} has {left} open, asked for {units}"
        )


def _nothing() -> Voucher:
    return Voucher(
        id="",
        key=None,
        recorded_at=datetime.min.replace(tzinfo=UTC),
        recorded_by="",
        note="",
        backdated=None,
        moves=(),
        reservations=(),
        repeated=False,
    )
