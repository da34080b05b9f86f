"""What cannot be a ledger is refused in one line that says what to do."""

import sqlite3
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, date, datetime
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, make_url

from supplies.errors import StoreError
from supplies.ledger import Move, Reason
from supplies.store import open_store


def refusal(url, **more):
    with pytest.raises(StoreError) as error:
        open_store(url, **more).close()
    line = str(error.value)
    assert "\n" not in line
    assert "secret" not in line
    zh, bar, en = line.partition(" | ")
    assert zh
    assert bar
    return en


def receipt():
    return Move(
        id=uuid4(), day=date(2026, 7, 1), recorded_at=datetime(2026, 7, 1, tzinfo=UTC),
        recorded_by="", item="water", lot="", quantity=1, source="outside:supplier",
        target="site:A", reason=Reason.RECEIPT,
    )  # fmt: skip


@pytest.mark.parametrize("form", ["{path}", "sqlite:///{path}", "sqlite+pysqlite:///{path}"])
def test_a_file_may_be_named_plainly_or_by_url(tmp_path, form):
    path = tmp_path / "衡阳 台账.db"
    with open_store(form.format(path=path)) as store:
        assert (store.name, store.door.path, store.revision()) == (str(path), path, 0)
    assert path.is_file()


def test_a_relative_name_is_in_the_present_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///ledger.db").close()
    assert (tmp_path / "ledger.db").is_file()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mysql://me:secret@host/ledger", "should be sqlite:///FILE"),
        ("postgresql+psycopg2://me:secret@host/ledger", "should be sqlite:///FILE"),
        ("postgresql://me:secret@host", "names no database"),
        ("postgresql://me:secret@host:port/ledger", "cannot be read"),
        ("sqlite://host/ledger.db", "should be sqlite:///FILE"),
        ("sqlite:///ledger.db?mode=ro", "should be sqlite:///FILE"),
        ("://", "cannot be read"),
        ("nosuch://x", "should be sqlite:///FILE"),
        ("sqlite:ledger.db", "cannot be read"),
        ("sqlite://", "needs a file"),
        (":memory:", "needs a file"),
        ("", "needs a file"),
        ("a\0b", "is no file name"),
    ],
)
def test_other_urls_are_refused(url, word):
    line = refusal(url)
    assert word in line
    assert "secret" not in line


def test_a_folder_is_no_ledger(tmp_path):
    assert "is a folder; name a file" in refusal(tmp_path)
    assert "does not exist; create it first" in refusal(tmp_path / "no" / "ledger.db")
    (tmp_path / "file").write_text("x")
    assert "does not exist; create it first" in refusal(tmp_path / "file" / "ledger.db")


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, not a ledger\n" * 100)
    before = path.read_bytes()
    assert "is not a database; name another file" in refusal(path)
    assert path.read_bytes() == before


def run(url, *statements):
    """Run statements on a database directly; return the rows of the last."""
    given = make_url(url)
    server = given.get_backend_name() == "postgresql"
    engine = create_engine(given.set(drivername="postgresql+psycopg") if server else given)
    try:
        with engine.begin() as connection:
            for statement in statements:
                result = connection.exec_driver_sql(statement)
            return result.all() if result.returns_rows else []
    finally:
        engine.dispose()


TABLES = {
    "sqlite": "SELECT name FROM sqlite_master",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def test_the_database_of_another_program_is_left_alone(ledgers):
    url = ledgers.empty()
    run(url, "CREATE TABLE alembic_version (version_num TEXT)")
    assert "the database of another program" in refusal(url)
    assert run(url, TABLES[ledgers.kind]) == [("alembic_version",)]


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("9999", "made by a later version of supplies (schema 9999"),
        ("0000", "cannot be brought up to date"),
    ],
)
def test_a_ledger_of_another_version_is_refused(store_url, version, words):
    run(store_url, f"UPDATE alembic_version SET version_num = '{version}'")  # noqa: S608
    assert words in refusal(store_url)
    assert run(store_url, "SELECT version_num FROM alembic_version") == [(version,)]


def test_an_empty_file_becomes_a_ledger(tmp_path):
    path = tmp_path / "ledger.db"
    path.touch()
    with open_store(path) as store:
        assert store.verify() == []


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "ledger.db"
    with open_store(path) as store, store.writing() as writer:
        writer.append([receipt()])
    body = bytearray(path.read_bytes())
    body[4096:] = b"\x55" * (len(body) - 4096)
    path.write_bytes(body)
    assert "is damaged" in refusal(path)


def test_another_writer_is_waited_for_and_then_named(store_url):
    with open_store(store_url, busy_s=0.2) as store, open_store(store_url) as other:
        with other.writing():
            with pytest.raises(StoreError, match=r"正忙.*is busy: another session is writing"):
                store.meta_set("a", "b")
            # Readers are not kept waiting by a writer.
            assert store.stock() == []
        store.meta_set("a", "b")
        assert store.meta_get("a") == "b"


def test_a_writer_waits_no_longer_than_it_must(store_url):
    held, waited = threading.Event(), []

    def hold():
        with open_store(store_url) as other, other.writing():
            held.set()
            time.sleep(0.3)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    started = time.monotonic()
    with open_store(store_url) as store:
        store.meta_set("a", "b")
        waited.append(time.monotonic() - started)
    holder.join()
    assert waited[0] < 10


def test_a_new_file_that_is_held_is_waited_for(tmp_path):
    new = tmp_path / "new.db"
    with closing(sqlite3.connect(new)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "is busy" in refusal(new, busy_s=0.05)


def test_a_reader_cannot_write(store_url):
    with open_store(store_url) as store:
        with pytest.raises(StoreError, match="cannot be written"), store.reading() as reader:
            reader.connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
        store.meta_set("a", "b")
        assert store.meta_get("a") == "b"


def test_a_fact_is_not_changed_even_by_a_writer(store_url):
    with open_store(store_url) as store:
        with store.writing() as writer:
            writer.append([receipt()])
        with (
            pytest.raises(StoreError, match=r"只能追加.*is never changed"),
            store.writing() as writer,
        ):
            writer.connection.exec_driver_sql("UPDATE moves SET note = 'x'")


def test_other_troubles_are_told_in_one_line(store_url):
    with open_store(store_url) as store:
        refused = pytest.raises(StoreError, match=r"the database refused: .*gone")
        with refused as error, store.reading() as reader:
            reader.connection.exec_driver_sql("SELECT * FROM gone")
        assert "\n" not in str(error.value)


def test_commits_reach_the_disk(store_url):
    """A power cut must not take back a voucher that was printed."""
    with open_store(store_url) as store, store.reading() as reader:
        ask = reader.connection.exec_driver_sql
        if reader.connection.dialect.name == "sqlite":
            assert (ask("PRAGMA synchronous").scalar(), ask("PRAGMA journal_mode").scalar()) == (
                2, "wal",
            )  # fmt: skip
        else:
            assert ask("SHOW synchronous_commit").scalar() == "on"


# --- a server --------------------------------------------------------------------------------


def test_the_driver_may_be_missing(monkeypatch):
    monkeypatch.delitem(sys.modules, "supplies.store.postgresql", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert 'pip install "supplies[postgresql]"' in refusal("postgresql://me:secret@host/ledger")


def test_a_server_that_does_not_answer_is_named():
    line = refusal("postgresql://me:secret@127.0.0.1:1/ledger")
    assert "postgresql://me:***@127.0.0.1:1/ledger: the server cannot be reached" in line
    assert "the server cannot be reached" in refusal("postgresql://me:secret@nowhere.invalid/x")


def test_a_server_refuses_in_our_words(databases):
    url = make_url(databases.fresh())
    no_such = url.set(database="nowhere").render_as_string(hide_password=False)
    assert "the server has no such database" in refusal(no_such)
    for user in (url.username, "nobody"):
        wrong = url.set(username=user, password="secret")  # noqa: S106
        wrong = wrong.render_as_string(hide_password=False)
        assert "the server refused the sign-in" in refusal(wrong)


def test_a_database_that_cannot_hold_chinese_is_refused(databases):
    url = databases.create("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    assert "is LATIN1, should be UTF8" in refusal(url)
    assert run(url, TABLES["postgresql"]) == []


def test_a_user_without_rights_and_with_too_many_connections(databases):
    url = make_url(databases.empty())
    role = f"small_{url.database}"
    databases.admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'secret' CONNECTION LIMIT 1")
    small = url.set(username=role, password="secret")  # noqa: S106
    small = small.render_as_string(hide_password=False)
    try:
        assert "the user lacks a right" in refusal(small)
        databases.admin.execute(f'ALTER DATABASE "{url.database}" OWNER TO {role}')
        run(url.render_as_string(hide_password=False), f"GRANT ALL ON SCHEMA public TO {role}")
        with psycopg.connect(small):
            assert "the server has too many connections" in refusal(small, busy_s=0.1)
        taken = psycopg.connect(small)
        threading.Timer(0.5, taken.close).start()
        # What passes in a moment is waited for, not shown.
        with open_store(small) as store:
            assert store.verify() == []
    finally:
        databases.admin.execute(f'DROP DATABASE "{url.database}" WITH (FORCE)')
        databases.admin.execute(f"DROP ROLE {role}")


def test_a_broken_connection_is_told_and_the_next_one_works(databases):
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' "
        "AND pid <> pg_backend_pid()"
    )
    url = databases.fresh()
    with open_store(url) as store:
        broken = pytest.raises(StoreError, match="nothing unfinished was written")
        with broken, store.writing() as writer:
            writer.append([receipt()])
            databases.admin.execute(cut.format(make_url(url).database))
            writer.append([receipt()])
        assert store.revision() == 0
        databases.admin.execute(cut.format(make_url(url).database))
        # A connection that waited in the pool is tried before it is used.
        assert store.verify() == []
        with store.writing() as writer:
            writer.append([receipt()])


def test_tables_of_an_extension_are_not_another_program(databases):
    url = databases.empty()
    run(url, "CREATE TABLE notes_of_an_extension (a int)")
    assert "another program" in refusal(url)
    run(url, "ALTER EXTENSION plpgsql ADD TABLE notes_of_an_extension")
    with open_store(url) as store:
        assert store.verify() == []


def test_a_url_may_carry_settings(databases):
    url = databases.fresh() + "?application_name=desk&connect_timeout=3"
    with open_store(url) as store, store.reading() as reader:
        name = reader.connection.exec_driver_sql("SHOW application_name").scalar()
        assert (name, store.door.path) == ("desk", None)
        assert "application_name" not in store.name
        assert make_url(store.door.url) == make_url(url)
