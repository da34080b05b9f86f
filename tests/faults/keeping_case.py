"""A small ledger with something in every table, and what the tests of keeping it share."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert

from supplies.catalogue import Evidence
from supplies.city import Agreement
from supplies.ledger import Count, Kind, Move, Paper, Reason, Reservation
from supplies.lots import make_lot
from supplies.store import ImportRecord, schema
from supplies.store.rows import lines_content

DAY = date(2026, 7, 1)
START = datetime(2026, 7, 1, 4, 30, 15, 123456, tzinfo=UTC)
LOT = make_lot("水", expiry=date(2027, 1, 1))
HASH = "ab" * 32


def move(quantity, source, target, *, item="水", lot=LOT.id, day=DAY, at=START, note=""):
    return Move(
        id=uuid4(), day=day, recorded_at=at, recorded_by="李库管", item=item, lot=lot,
        quantity=quantity, source=source, target=target, reason=Reason.TRANSFER, note=note,
    )  # fmt: skip


def receive(store, quantity=1, key=None, site="site:A"):
    """Post one receipt of water and return its voucher."""
    with store.writing() as writer:
        return writer.append([move(quantity, "outside:supplier", site)], [LOT], key=key)


def fill(store):
    """Put something of every kind into a ledger."""
    with store.writing() as writer:
        lines = [
            move(100 + n, "outside:supplier", f"site:{n}", note="😀 收\n货") for n in range(30)
        ]
        paper = Paper(kind=Kind.RECEIPT, asked_by="王", amount_fen=12345, due=date(2026, 8, 1))
        writer.append(lines, [LOT], key="first", note="第一批", paper=paper)
        held = Reservation(
            id=UUID(int=9), day=DAY, recorded_at=START, recorded_by="李", account="site:1",
            item="水", lot=LOT.id, quantity=20,
        )  # fmt: skip
        writer.reserve([held])
        writer.release({held.id: 5}, day=DAY, recorded_at=START, recorded_by="李")
        later = START + timedelta(days=1)
        issued = writer.append([move(7, "site:2", "outside:used", at=later)], [LOT])
        writer.reverse(issued.id, day=DAY, recorded_at=later, recorded_by="李")
        counted = Count(day=DAY, account="site:3", item="水", lot=LOT.id, quantity=90)
        writer.count([counted], recorded_at=later, recorded_by="李")
        writer.record_import(
            ImportRecord(
                sha256=HASH, name="台账.xlsx", form="stock", recorded_at=START, recorded_by="李",
                read=2, accepted=1, unchanged=1, rejected=0, document=issued.id,
            )
        )  # fmt: skip
        writer.set_agreements(
            [
                Agreement(
                    supplier="s", supplier_name="供应商", owner="city", item="水", quantity=10,
                    notice_hours=4.1, fulfilment=0.9, retainer_rate=1 / 3,
                    valid_until=date(2027, 1, 1), node="n", kind="stock",
                    evidence=Evidence.ASSUMED,
                )
            ]
        )  # fmt: skip
        writer.meta_set("city", "990000")
        writer.record_event(
            at=START, user="李", origin="here", task="issue", subject="V1", outcome="done",
            detail="",
        )  # fmt: skip
        _office(writer)
        _people(writer.connection)


def _office(writer):
    """A call-up with a line and a step, papers and a payment."""
    sealed = {"recorded_at": START, "recorded_by": "李"}
    line = {"call_up": "C1", "line": 1, "item": "水", "quantity": 3, "target": "site:A"}
    call = {
        "id": "C1", "day": DAY, "area": "990101", "incident": "洪水", "level": "I",
        "asked_by": "王", "order_number": "", "papers_due": DAY, "reason": "r",
        "content": lines_content([line]),
    }  # fmt: skip
    writer.add("call_ups", [call | sealed])
    writer.connection.execute(insert(schema.call_up_lines), line)
    step = {"call_up": "C1", "step": "request", "day": DAY, "document": None, "detail": "{}"}
    writer.add("call_up_steps", [step | sealed])
    about = {"document": None, "call_up": "C1", "day": DAY, "note": ""}
    writer.add("papers", [about | sealed | {"order_number": "衡应急〔2026〕1号"}])
    writer.add("payments", [about | sealed | {"amount_fen": 5}])


def _people(connection):
    """A user who mistyped a password, and an open session."""
    user = {
        "id": "li", "name": "李", "password_hash": "$argon2id$x", "subject": None, "active": True,
        "failures": 3, "locked_until": START, "created_at": START, "changed_at": START,
    }  # fmt: skip
    connection.execute(insert(schema.users), user)
    connection.execute(insert(schema.grants), {"user": "li", "role": "keeper", "place": ""})
    session = {
        "token_hash": "f" * 64, "user": "li", "origin": "here", "created_at": START,
        "seen_at": START, "expires_at": START,
    }  # fmt: skip
    connection.execute(insert(schema.sessions), session)
