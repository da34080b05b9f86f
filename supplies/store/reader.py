"""What can be asked of the ledger inside one transaction."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, desc, func, or_, select, tuple_

from supplies.city import Agreement
from supplies.ledger import SITE, Level, Move, Position, Reservation, Shift, Step, shifts, steps
from supplies.store import levels, schema
from supplies.store.levels import Place, chunks
from supplies.store.rows import (
    GENESIS,
    ImportRecord,
    StockRow,
    Voucher,
    agreement_of,
    move_of,
    paper_of,
    reservation_of,
    short_code,
)

_moves, _held = schema.moves.c, schema.reservations.c


class OpenReservation(NamedTuple):
    """A reservation and how many base units of it have not been let go."""

    reservation: Reservation
    open: int


class Reader:
    """One consistent view of the ledger; lives as long as its transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    # --- stock -------------------------------------------------------------------------------

    def revision(self) -> int:
        """Return the number of the last move; 0 when there is none."""
        return self.connection.execute(select(func.max(_moves.number))).scalar() or 0

    def stock(
        self, as_of: date | None = None, *, site: str | None = None, item: str | None = None
    ) -> list[StockRow]:
        """Return what every site holds (at the end of a day), by site, item and lot.

        The cost follows what is there and what came after that day, not the length of the ledger.
        """
        return levels.stock(self.connection, as_of, site, item)

    def balances(self) -> Counter[Position]:
        """Return base units by (account, item, lot), outside accounts too; zeros left out."""
        return levels.balances(self.connection)

    def levels(self, positions: Collection[Position]) -> dict[Position, Level]:
        """Return on hand and reserved of some positions; those without any facts are left out."""
        return {position: level for position, (level, _) in self.state(positions).items()}

    def state(self, positions: Collection[Position]) -> dict[Position, tuple[Level, Place]]:
        """Return the level of some positions, and day and sequence of the last fact of each."""
        return levels.state(self.connection, positions)

    def steps(self, positions: Collection[Position], since: Place | None = None) -> list[Step]:
        """Return what happened to some positions, from a place in the order on."""
        return levels.steps_of(self.connection, positions, since)

    # --- moves and documents -----------------------------------------------------------------

    def history(
        self,
        site: str | None = None,
        item: str | None = None,
        limit: int | None = None,
        *,
        lot: str | None = None,
        account: str | None = None,
    ) -> list[Move]:
        """Return moves in the ledger's order; with a limit, the latest so many.

        ``site`` is the id of a site; ``account`` any account, for example ``transit:<trip>``.
        """
        query = select(schema.moves)
        for place in (SITE + site if site else None, account):
            if place is not None:
                query = query.where(or_(_moves.source == place, _moves.target == place))
        if item is not None:
            query = query.where(_moves.item == item)
        if lot is not None:
            query = query.where(_moves.lot == lot)
        order = (_moves.day, _moves.sequence, _moves.recorded_at, _moves.id)
        query = query.order_by(*map(desc, order)).limit(limit)
        return [move_of(row) for row in self.connection.execute(query)][::-1]

    def moves_of(self, positions: Collection[Position], since: Place | None = None) -> list[Move]:
        """Return every move that touches one of the positions, once, in the order of entry.

        ``since`` leaves out what came before a day and sequence.
        """
        rows: dict[int, Row[Any]] = {}
        for part in chunks(positions):
            for account in (_moves.source, _moves.target):
                query = select(schema.moves).where(
                    tuple_(account, _moves.item, _moves.lot).in_(part)
                )
                if since is not None:
                    query = query.where(levels.not_before(_moves, since))
                rows.update((row.number, row) for row in self.connection.execute(query))
        return [move_of(rows[number]) for number in sorted(rows)]

    def shifts(self, moves: Iterable[Move]) -> list[Shift]:
        """Return the past end-of-day balances that late moves would change."""
        new = list(moves)
        touched = {step.position for step in steps(new)}
        return shifts(self.moves_of(touched), new)

    def move(self, move_id: UUID) -> Move | None:
        """Return one move, ``None`` where there is no such."""
        query = select(schema.moves).where(_moves.id == str(move_id))
        row = self.connection.execute(query).first()
        return move_of(row) if row else None

    def voucher(self, document: str) -> Voucher | None:
        """Return a document with all that stands on it, by its id."""
        return self._voucher(schema.documents.c.id == document)

    def posted(self, key: str) -> Voucher | None:
        """Return what was posted under an idempotency key, ``None`` when nothing was."""
        return self._voucher(schema.documents.c.key == key)

    def vouchers(self, limit: int = 100) -> list[str]:
        """Return the ids of the latest documents, latest first."""
        d = schema.documents.c
        return list(
            self.connection.execute(select(d.id).order_by(desc(d.number)).limit(limit)).scalars()
        )

    def _voucher(self, where: ColumnElement[bool]) -> Voucher | None:
        head = self.connection.execute(select(schema.documents).where(where)).first()
        if head is None:
            return None
        moves = select(schema.moves).where(_moves.document == head.id).order_by(_moves.number)
        held = select(schema.reservations).where(_held.document == head.id)
        return Voucher(
            id=head.id,
            key=head.key,
            recorded_at=head.recorded_at,
            recorded_by=head.recorded_by,
            note=head.note,
            backdated=head.backdated,
            moves=tuple(move_of(row) for row in self.connection.execute(moves)),
            reservations=tuple(
                reservation_of(row) for row in self.connection.execute(held.order_by(_held.number))
            ),
            repeated=True,
            day=head.day,
            paper=paper_of(head),
        )

    # --- reservations ------------------------------------------------------------------------

    def open_reservations(
        self, document: str | None = None, *, ids: Sequence[UUID] | None = None
    ) -> list[OpenReservation]:
        """Return reservations not wholly let go, of one document or with some ids."""
        query = select(schema.reservations).where(_held.releases.is_(None))
        if document is not None:
            query = query.where(_held.document == document)
        if ids is not None:
            query = query.where(_held.id.in_([str(one) for one in ids]))
        lines = [reservation_of(row) for row in self.connection.execute(query)]
        let_go = self._let_go([str(line.id) for line in lines])
        return [
            OpenReservation(line, line.quantity - let_go[line.id])
            for line in sorted(lines, key=lambda r: (r.day, r.sequence, r.recorded_at, r.id))
            if line.quantity > let_go[line.id]
        ]

    def _let_go(self, ids: list[str]) -> dict[UUID, int]:
        total: defaultdict[UUID, int] = defaultdict(int)
        for part in chunks(ids):
            query = (
                select(_held.releases, func.sum(_held.quantity))
                .where(_held.releases.in_(part))
                .group_by(_held.releases)
            )
            for released, units in self.connection.execute(query):
                total[UUID(released)] = int(units)
        return total

    # --- counts, imports, agreements, meta ---------------------------------------------------

    def last_counted(self) -> dict[Position, date]:
        """Return the day on which each position was last counted."""
        c = schema.counts.c
        query = select(c.account, c.item, c.lot, func.max(c.day)).group_by(c.account, c.item, c.lot)
        return {(a, item, lot): day for a, item, lot, day in self.connection.execute(query)}

    def imports(self, sha256: str | None = None, limit: int = 100) -> list[ImportRecord]:
        """Return the latest imported files, latest first; of one content when it is given."""
        i = schema.imports.c
        query = select(schema.imports).order_by(desc(i.number)).limit(limit)
        if sha256 is not None:
            query = query.where(i.sha256 == sha256)
        return [
            ImportRecord(**{k: v for k, v in row.items() if k not in {"number", "chain"}})
            for row in self.connection.execute(query).mappings()
        ]

    def agreements(self) -> list[Agreement]:
        """Return the agreements imported last, in the order of the file."""
        query = select(schema.agreements).order_by(schema.agreements.c.number)
        return [agreement_of(row) for row in self.connection.execute(query)]

    def meta_get(self, key: str) -> str | None:
        """Return a noted value, ``None`` where there is none."""
        m = schema.meta.c
        value: str | None = self.connection.execute(select(m.value).where(m.key == key)).scalar()
        return value

    # --- seal --------------------------------------------------------------------------------

    def head(self) -> str:
        """Return the hash that seals all moves so far."""
        query = select(_moves.chain).order_by(desc(_moves.number)).limit(1)
        return self.connection.execute(query).scalar() or GENESIS

    def seal_code(self) -> str:
        """Return the short code for printed reports: it changes with any move, past or new."""
        return short_code(self.head())

    def seal_code_at(self, revision: int) -> str | None:
        """Return the code that reports printed at a revision; ``None`` where it never was.

        Whoever rewrites the whole chain changes it: the codes printed before tell.
        """
        if not revision:
            return short_code(GENESIS)
        query = select(_moves.chain).where(_moves.number == revision)
        head: str | None = self.connection.execute(query).scalar()
        return short_code(head) if head else None
