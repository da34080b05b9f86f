"""Goods of vouchers that are still out: on the way, or on loan. Quantities in base units."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from supplies.ledger import TRANSIT, Kind, outside
from supplies.store import schema
from supplies.store.levels import chunks
from supplies.store.reader import Reader

_docs, _moves, _levels = schema.documents.c, schema.moves.c, schema.levels.c


class Open(NamedTuple):
    """Goods of a voucher that are still out: on the way, or on loan. One lot of one item."""

    document: str
    kind: str
    day: date
    recorded_at: datetime
    party: str
    due: date | None
    call_up: str | None
    account: str
    item: str
    lot: str
    sent: int
    open: int


class Flow(NamedTuple):
    """What vouchers that answer another one moved, those undone left out."""

    document: str
    kind: str
    item: str
    lot: str
    source: str
    target: str
    quantity: int


def undone(reader: Reader, documents: Collection[str]) -> set[str]:
    """Return those of some vouchers that are reversed now (a reversal reversed restores)."""
    tip: dict[str, str] = {}
    for part in chunks(documents):
        query = select(_docs.id, _moves.id.label("move")).join(
            schema.moves, _moves.number == _docs.first_move
        )
        for row in reader.connection.execute(query.where(_docs.id.in_(part))):
            tip[row.move] = row.id
    gone: set[str] = set()
    while tip:
        after: dict[str, str] = {}
        for part in chunks(tip):
            query = select(_moves.reverses, _moves.id).where(_moves.reverses.in_(part))
            for undoes, move in reader.connection.execute(query):
                after[move] = tip[undoes]
        gone ^= set(after.values())
        tip = after
    return gone


def flows(reader: Reader, document: str) -> list[Flow]:
    """Return what the vouchers that answer one moved, reversals and what they undid left out."""
    return _flows(reader, [document])[document]


def _flows(reader: Reader, documents: Collection[str]) -> dict[str, list[Flow]]:
    found: dict[str, list[Flow]] = {document: [] for document in documents}
    rows: list[Row[Any]] = []
    for part in chunks(documents):
        query = (
            select(_docs.refers, _docs.kind, schema.moves)
            .join(schema.moves, _moves.document == _docs.id)
            .where(_docs.refers.in_(part), _docs.kind != Kind.REVERSAL.value)
            .order_by(_moves.number)
        )
        rows += reader.connection.execute(query)
    gone = undone(reader, {row.document for row in rows})
    for row in rows:
        if row.document not in gone:
            flow = Flow(
                row.document,
                row.kind,
                row.item,
                row.lot,
                row.source,
                row.target,
                int(row.quantity),
            )
            found[row.refers].append(flow)
    return found


def loans_open(reader: Reader, document: str | None = None) -> list[Open]:
    """Return goods lent and borrowed that are not wholly back, of one loan or all, by due day.

    ``account`` is the site that lent or borrowed.
    """
    loan = outside("loan")
    kinds = [Kind.LOAN_OUT.value, Kind.LOAN_IN.value]
    query = _sent(or_(_moves.source == loan, _moves.target == loan), kinds, document)
    return _still_open(reader, query, loan)


def in_transit(reader: Reader, document: str | None = None) -> list[Open]:
    """Return goods on the way, of one departure (or call-off) or all, the earliest first.

    ``account`` is the transit account they stand on.
    """
    kinds = [Kind.DEPARTURE.value, Kind.CALL_OFF.value]
    place = _within(_moves.target, TRANSIT)
    if document is None:
        # Only accounts that still hold something: trips long ended are not looked at again.
        held = _holding(reader, TRANSIT)
        if not held:
            return []
        place = _moves.target.in_(held)
    return _still_open(reader, _sent(place, kinds, document), "")


def _sent(place: ColumnElement[bool], kinds: list[str], document: str | None) -> Select[Any]:
    query = (
        select(schema.documents, _moves.source, _moves.target, _moves.item, _moves.lot)
        .add_columns(_moves.quantity)
        .join(schema.moves, _moves.document == _docs.id)
        .where(place, _docs.kind.in_(kinds))
        .order_by(_docs.number, _moves.number)
    )
    return query if document is None else query.where(_docs.id == document)


def _still_open(reader: Reader, query: Select[Any], far: str) -> list[Open]:
    """Return what was sent less what came back or arrived.

    ``far`` is where the goods are meanwhile: the outside account, or empty for those in transit.
    """
    heads: dict[str, Row[Any]] = {}
    sent: Counter[tuple[str, str, str, str]] = Counter()
    for row in reader.connection.execute(query):
        heads[row.id] = row
        near = row.source if row.target == far else row.target
        sent[row.id, near, row.item, row.lot] += int(row.quantity)
    gone = undone(reader, heads)
    answers = _flows(reader, [name for name in heads if name not in gone])
    found: list[Open] = []
    for name, listed in answers.items():
        lines = {key[1:]: units for key, units in sent.items() if key[0] == name}
        left = _less(lines, [flow for flow in listed if _answers(flow, far)])
        h = heads[name]
        about = (name, h.kind, h.day, h.recorded_at, h.party, h.due, h.call_up)
        found += [Open(*about, *key, lines[key], units) for key, units in left.items() if units]
    return sorted(found, key=lambda o: (o.due or o.day, o.document, o.item, o.lot))


def _answers(flow: Flow, far: str) -> bool:
    return far in (flow.source, flow.target) if far else flow.source.startswith(TRANSIT)


def _less(
    lines: dict[tuple[str, str, str], int], answers: Sequence[Flow]
) -> dict[tuple[str, str, str], int]:
    """Take answers off the lines: the same lot first, then goods of the same item.

    Another lot of the same item may be given back for what was borrowed.
    """
    left = dict(lines)
    for same in (True, False):
        rest: list[Flow] = []
        for flow in answers:
            units = flow.quantity
            for key, there in left.items():
                if key[1] == flow.item and (key[2] == flow.lot or not same):
                    taken = min(there, units)
                    left[key] = there - taken
                    units -= taken
            if units:
                rest.append(flow._replace(quantity=units))
        answers = rest
    return left


def called_off(reader: Reader, agreement: str) -> int:
    """Return base units called off from an agreement so far, less what was never delivered."""
    query = select(_docs.id).where(_docs.kind == Kind.CALL_OFF.value, _docs.agreement == agreement)
    names = list(reader.connection.execute(query).scalars())
    names = sorted(set(names) - undone(reader, names))
    total = 0
    for part in chunks(names):
        moved = select(func.sum(_moves.quantity)).where(_moves.document.in_(part))
        total += int(reader.connection.execute(moved).scalar() or 0)
    back = outside("supplier")
    listed = _flows(reader, names).values()
    return total - sum(f.quantity for flows in listed for f in flows if f.target == back)


def _within(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """Whether an account begins with a prefix, as a range that an index can answer."""
    return and_(column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1))


def _holding(reader: Reader, prefix: str) -> list[str]:
    """Return the accounts with a prefix that hold something."""
    query = select(_levels.account).where(_within(_levels.account, prefix), _levels.on_hand != 0)
    return list(reader.connection.execute(query.distinct().order_by(_levels.account)).scalars())
