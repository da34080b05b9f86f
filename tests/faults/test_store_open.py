"""What cannot be a ledger is refused in one line that says what to do."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from supplies.errors import StoreError
from supplies.ledger import Move, Reason
from supplies.store import open_store
from supplies.store.engine import explain


def refusal(url, **more):
    with pytest.raises(StoreError) as error:
        open_store(url, **more).close()
    line = str(error.value)
    assert "\n" not in line
    return line


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
        assert (store.path, store.revision()) == (path, 0)
    assert path.is_file()


def test_a_relative_name_is_in_the_present_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///ledger.db").close()
    assert (tmp_path / "ledger.db").is_file()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("postgresql://me:secret@host/ledger", "should be sqlite:///FILE"),
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


def test_the_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE alembic_version (version_num TEXT)")
        raw.commit()
    assert "the database of another program" in refusal(path)
    with closing(sqlite3.connect(path)) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master")]
    assert names == ["alembic_version"]


def test_a_ledger_of_a_later_version_is_refused(tmp_path):
    path = tmp_path / "ledger.db"
    open_store(path).close()
    for version, words in (("9999", "made by a later version of supplies (schema 9999"),
                           ("0000", "cannot be brought up to date")):  # fmt: skip
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("UPDATE alembic_version SET version_num = ?", [version])
            raw.commit()
        assert words in refusal(path)


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


def test_another_writer_is_waited_for_and_then_named(tmp_path):
    path = tmp_path / "ledger.db"
    with open_store(path, busy_s=0.05) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is busy: another session is writing"):
            store.meta_set("a", "b")
        # Readers are not kept waiting by a writer.
        assert store.stock() == []
        other.rollback()
        store.meta_set("a", "b")
    new = tmp_path / "new.db"
    with closing(sqlite3.connect(new)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "is busy" in refusal(new, busy_s=0.05)


def test_a_reader_cannot_write(tmp_path):
    with open_store(tmp_path / "ledger.db") as store:
        with pytest.raises(StoreError, match="cannot be written"), store.reading() as reader:
            reader.connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
        store.meta_set("a", "b")
        assert store.meta_get("a") == "b"


def test_other_troubles_are_told_in_one_line(tmp_path):
    path = tmp_path / "ledger.db"
    said = explain(sqlite3.OperationalError("database or disk is full"), path)
    assert said == f"{path}: the disk is full; nothing was written"
    with open_store(path) as store:
        refused = pytest.raises(StoreError, match="the database refused: no such table: gone")
        with refused as error, store.reading() as reader:
            reader.connection.exec_driver_sql("SELECT * FROM gone")
        assert "\n" not in str(error.value)
