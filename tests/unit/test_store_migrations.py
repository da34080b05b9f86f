"""Ledgers of every released version are brought up to date, and say the same as before."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, make_url, select, text

from supplies.ledger import Count
from supplies.store import open_store, schema
from supplies.store.migrate import config

# What the programs of that time wrote into a file, and the code they printed under it.
RELEASED = {"0001": "25VIWNNK"}


def engine_of(url):
    given = make_url(url)
    server = given.get_backend_name() == "postgresql"
    return create_engine(given.set(drivername="postgresql+psycopg") if server else given)


def rows_of(engine):
    """Return all rows of all tables, moments in UTC, in the order they can be inserted in."""
    held, found = MetaData(), {}
    held.reflect(engine)
    with engine.connect() as connection:
        for table in held.sorted_tables:
            keys = list(table.primary_key.columns)
            rows = connection.execute(select(table).order_by(*keys)).mappings().all()
            found[table.name] = [{k: moment(v) for k, v in row.items()} for row in rows]
    return found


def moment(value):
    if not isinstance(value, datetime):
        return value
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


@pytest.fixture(params=sorted(RELEASED))
def released(request, ledgers, tmp_path, fixtures_dir):
    """Return the URL of a ledger as a released version left it, its revision, and its rows."""
    script = (fixtures_dir / f"ledger_{request.param}.sql").read_text("utf-8")
    path = tmp_path / "released.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(script)
    written = engine_of(f"sqlite:///{path}")
    rows = rows_of(written)
    written.dispose()
    if ledgers.kind == "sqlite":
        return f"sqlite:///{path}", request.param, rows
    url = ledgers.empty()
    engine = engine_of(url)
    with engine.begin() as connection:
        command.upgrade(config(connection), request.param)
        held = MetaData()
        held.reflect(connection)
        for name, listed in rows.items():
            for row in listed if name != "alembic_version" else ():
                connection.execute(held.tables[name].insert(), row)
    engine.dispose()
    return url, request.param, rows


def test_a_released_ledger_is_brought_up_to_date_unchanged(released):
    url, revision, before = released
    with open_store(url) as store:
        assert store.verify() == []
        assert (store.seal_code(), store.revision()) == (RELEASED[revision], 9)
        assert [(r.site, r.lot.id, r.quantity, r.reserved) for r in store.stock()] == [
            ("A", "", 71, 15), ("A", "E20270101.county", 50, 0), ("B", "", 28, 0),
        ]  # fmt: skip
        assert [r.quantity for r in store.stock(date(2026, 3, 2))] == [101, 50]
        assert store.voucher("V000001").day == date(2026, 3, 1)
    engine = engine_of(url)
    after = rows_of(engine)
    engine.dispose()
    assert after.pop("alembic_version") == [{"version_num": schema.HEAD}]
    for name, rows in before.items():
        if name != "alembic_version":
            columns = rows[0].keys()
            assert [{k: row[k] for k in columns} for row in after[name]] == rows


def test_a_released_ledger_goes_on_where_it_was(released):
    url, _, _ = released
    when = {"recorded_at": datetime(2026, 7, 1, tzinfo=UTC), "recorded_by": "li"}
    sheet = Count(day=date(2026, 3, 7), account="site:B", item="water", lot="", quantity=28)
    moved = Count(day=date(2026, 3, 7), account="site:A", item="water", lot="", quantity=70)
    with open_store(url) as store:
        with store.writing() as writer:
            again = Count(day=date(2026, 3, 7), account="site:A", item="water",
                          lot="E20270101.county", quantity=50)  # fmt: skip
            assert writer.count([sheet, again], key="sheet", **when).repeated
            new = writer.count([moved], **when)
        assert [move.quantity for move in new.moves] == [1]
        assert store.verify() == []
        with store.reading() as reader:
            facts = "SELECT name FROM ends ORDER BY name"
            ends = reader.connection.execute(text(facts)).scalars().all()
    assert ends == ["documents", "imports", "moves", "reservations"]


def test_every_released_version_has_a_ledger_to_try(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(config(connection))
        known = {version.revision for version in script.walk_revisions()}
    engine.dispose()
    assert script.get_heads() == [schema.HEAD]
    assert known - {schema.HEAD} == set(RELEASED)


def test_migrations_build_the_schema_the_program_knows(store_url):
    engine = engine_of(store_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()
