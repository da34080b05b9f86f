"""The schema: shipped migrations, portable types, indices that postings rely on."""

import importlib
import time
from contextlib import closing
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from supplies.ledger import Move, Reason
from supplies.lots import make_lot
from supplies.store import open_store, schema
from supplies.store.migrate import config
from supplies.store.reader import effects


@pytest.fixture
def path(tmp_path):
    open_store(tmp_path / "ledger.db").close()
    return tmp_path / "ledger.db"


def test_migrations_build_the_schema_the_program_knows(path):
    engine = create_engine(f"sqlite:///{path}")
    with closing(engine.raw_connection()), engine.connect() as connection:
        assert ScriptDirectory.from_config(config(connection)).get_heads() == [schema.HEAD]
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


def test_the_schema_can_be_told_to_postgresql():
    for table in schema.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=postgresql.dialect()))


def test_a_known_database_opens_without_alembic(path, monkeypatch):
    """Importing it takes longer than opening the store."""

    def refuse(name):
        raise AssertionError(f"{name} was imported")

    monkeypatch.setattr("supplies.store.engine.importlib.import_module", refuse)
    with open_store(path) as store:
        assert store.stock() == []
    with pytest.raises(AssertionError, match=r"supplies\.store\.migrate was imported"):
        open_store(path.with_name("new.db"))


def test_migrating_says_nothing(tmp_path, capfd, caplog):
    open_store(tmp_path / "new.db").close()
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_a_ledger_is_not_taken_apart():
    version = importlib.import_module("supplies.store.migrations.versions.v0001_ledger")
    with pytest.raises(Exception, match="restore a backup"):
        version.downgrade()


def test_judging_reads_no_whole_table(path):
    """Write-time cost must not grow with history: every branch searches an index."""
    query = effects([("site:A", "water", "")]).select()
    engine = create_engine(f"sqlite:///{path}")
    words = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}").all()
    engine.dispose()
    lines = [line[-1] for line in plan]
    assert sum("SEARCH moves USING INDEX" in line for line in lines) == 2
    assert not [line for line in lines if line.startswith(("SCAN moves", "SCAN reservations"))]


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
