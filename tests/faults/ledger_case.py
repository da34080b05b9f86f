"""A small ledger with a row in every table, and a way past its guards."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import create_engine, insert, make_url

from supplies.ledger import Count, Move, Reason, Reservation
from supplies.lots import make_lot
from supplies.store import ImportRecord, open_store, schema
from supplies.store.rows import lines_content

START = datetime(2026, 7, 1, 4, tzinfo=UTC)
DAY = date(2026, 7, 1)
LOT = make_lot("water", expiry=date(2027, 1, 1))


def move(number, quantity, source, target, *, entered=START, reverses=None, day=DAY):
    return Move(
        id=UUID(int=number), day=day, recorded_at=entered, recorded_by="li", item="water",
        lot=LOT.id, quantity=quantity, source=source, target=target, reason=Reason.TRANSFER,
        note="n", reverses=reverses,
    )  # fmt: skip


def post(store, *given, **more):
    with store.writing() as writer:
        return writer.append([move(*given, **more)], [LOT])


def fill(url):
    """Post five moves entered on three days, one of them a reversal, and a row of all else."""
    later = START + timedelta(days=1)
    with open_store(url) as store:
        post(store, 1, 100, "outside:supplier", "site:A")
        post(store, 2, 30, "site:A", "site:B")
        post(store, 3, 10, "site:B", "outside:used", entered=later)
        post(store, 4, 10, "outside:used", "site:B", entered=later, reverses=UUID(int=3))
        post(store, 5, 5, "site:A", "outside:used", entered=START + timedelta(days=2))
        with store.writing() as writer:
            writer.reserve([
                Reservation(
                    id=UUID(int=9), day=DAY, recorded_at=START, recorded_by="li",
                    account="site:A", item="water", lot=LOT.id, quantity=20,
                )
            ])  # fmt: skip
            sheet = Count(day=DAY, account="site:A", item="water", lot=LOT.id, quantity=65)
            writer.count([sheet], recorded_at=START, recorded_by="li")
            record(writer)
        assert store.verify() == []


def record(writer):
    """Put two rows into every table around the ledger."""
    signed = {"recorded_at": START, "recorded_by": "li"}
    for number in (1, 2):
        writer.record_import(
            ImportRecord(
                sha256="0" * 64, name="a.xlsx", form="stock", read=1, accepted=1, unchanged=0,
                rejected=0, document="V000001", **signed,
            )
        )  # fmt: skip
        writer.record_event(
            at=START, user="li", origin="here", task="issue", subject="V000001", outcome="done",
            detail="",
        )  # fmt: skip
        call_up = f"C00000{number}"
        line = {"call_up": call_up, "line": 1, "item": "water", "quantity": 5, "target": "site:B"}
        writer.add("call_ups", [{
            "id": call_up, "day": DAY, "area": "430400", "incident": "", "level": "III",
            "asked_by": "zhao", "order_number": "", "papers_due": None, "reason": "flood",
            "content": lines_content([line]), **signed,
        }])  # fmt: skip
        writer.connection.execute(insert(schema.call_up_lines), [line])
        about = {"document": "V000001", "call_up": call_up, "day": DAY, **signed}
        writer.add("call_up_steps", [about | {"step": "asked", "detail": ""}])
        writer.add("papers", [about | {"order_number": "7", "note": ""}])
        writer.add("payments", [about | {"amount_fen": 5, "note": ""}])


@contextmanager
def behind_its_back(url, *, drop_guards=False):
    """Yield a connection that writes past guards and references, as a database tool could."""
    given = make_url(url)
    name = "postgresql+psycopg" if given.get_backend_name() == "postgresql" else "sqlite"
    engine = create_engine(given.set(drivername=name))
    with engine.begin() as connection:
        if name == "sqlite":
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            guards = connection.exec_driver_sql(query).all()
            for guard, _ in guards:
                connection.exec_driver_sql(f"DROP TRIGGER {guard}")
            yield connection
            for _, sql in [] if drop_guards else guards:
                connection.exec_driver_sql(sql)
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
            yield connection
            for table in schema.APPEND_ONLY if drop_guards else ():
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    engine.dispose()


def verify(store):
    """Return what is wrong with an open ledger, or one at a URL, in English."""
    if isinstance(store, str):
        with open_store(store) as opened:
            return verify(opened)
    found = store.verify()
    assert all(line.count(" | ") == 1 for line in found), found
    return [line.partition(" | ")[2] for line in found]
