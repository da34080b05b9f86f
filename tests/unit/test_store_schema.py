"""The schema: shipped migrations, portable types, indices that postings rely on."""

import importlib
import re
import time
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from supplies.ledger import Move, Reason
from supplies.lots import make_lot
from supplies.store import open_store, schema
from supplies.store.levels import effects


@pytest.fixture
def path(tmp_path):
    open_store(tmp_path / "ledger.db").close()
    return tmp_path / "ledger.db"


def test_the_schema_can_be_told_to_postgresql():
    for table in schema.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=postgresql.dialect()))


def test_a_known_database_opens_without_alembic(path, monkeypatch):
    """Importing it takes longer than opening the store."""

    def refuse(name):
        raise AssertionError(f"{name} was imported")

    monkeypatch.setattr("supplies.store.doors.importlib.import_module", refuse)
    with open_store(path) as store:
        assert store.stock() == []
    with pytest.raises(AssertionError, match=r"supplies\.store\.migrate was imported"):
        open_store(path.with_name("new.db"))


def test_migrating_says_nothing(tmp_path, capfd, caplog):
    open_store(tmp_path / "new.db").close()
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_a_ledger_is_not_taken_apart():
    for name in ("v0001_ledger", "v0002_office"):
        version = importlib.import_module(f"supplies.store.migrations.versions.{name}")
        with pytest.raises(Exception, match="restore a backup"):
            version.downgrade()


def plan_of(url, query):
    """Return how a database goes about a query, one step on each line."""
    given = make_url(url)
    server = given.get_backend_name() == "postgresql"
    engine = create_engine(given.set(drivername="postgresql+psycopg") if server else given)
    words = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        if server:
            # Tables without rows are read whole, whatever the indices.
            connection.exec_driver_sql("SET enable_seqscan = off")
        explain = "EXPLAIN" if server else "EXPLAIN QUERY PLAN"
        plan = connection.exec_driver_sql(f"{explain} {words.replace('%', '%%')}").all()
    engine.dispose()
    return [str(line[-1]) for line in plan]


POSITION = ("site:A", "water", "")


@pytest.mark.parametrize(
    "query",
    [
        effects([POSITION]).select(),
        effects([POSITION], since=(date(2026, 7, 1), 3)).select(),
        effects(after=date(2026, 7, 1)).select(),
    ],
    ids=["a position", "a position since", "after a day"],
)
def test_no_posting_or_past_day_reads_whole_tables(store_url, query):
    """Their cost must not grow with history: every branch searches an index."""
    plan = plan_of(store_url, query)
    assert not [line for line in plan if re.search(r"SCAN (moves|reserv)|Seq Scan", line)], plan
    assert any("INDEX" in line or "Index" in line for line in plan)


def test_what_is_there_is_found_by_an_index_of_what_is_there(store_url, monkeypatch):
    asked = []
    with open_store(store_url) as store, store.reading() as reader:
        monkeypatch.setattr(
            type(reader.connection), "execute", lambda _, query: asked.append(query)
        )
        monkeypatch.setattr("supplies.store.levels.stock_rows", lambda rows: [])
        reader.stock(site="A")
        monkeypatch.undo()
    assert any("ix_levels_live" in line for line in plan_of(store_url, asked[0]))


def loaded(store, size):
    lots = [make_lot(f"item{n % 100}", expiry=date(2027, 1, 1 + n // 100)) for n in range(size)]
    moves = [
        Move(
            id=uuid4(), day=date(2026, 7, 1), recorded_at=datetime(2026, 7, 1, tzinfo=UTC),
            recorded_by="", item=lot.item, lot=lot.id, quantity=9, source="outside:opening",
            target=f"site:S{n % 47}", reason=Reason.OPENING,
        )
        for n, lot in enumerate(lots)
    ]  # fmt: skip
    with store.writing() as writer:
        writer.append(moves, lots)


@pytest.mark.bench
def test_a_big_stocktake_is_quick(tmp_path):
    with open_store(tmp_path / "big.db") as store:
        started = time.process_time()
        loaded(store, 3000)
        appended = time.process_time() - started
    started = time.process_time()
    with open_store(tmp_path / "big.db") as store:
        assert len(store.stock()) == 3000
    opened = time.process_time() - started
    assert (appended < 1.5, opened < 0.1) == (True, True), (appended, opened)
