"""A past entry altered behind the program's back is seen and named; nothing is repaired."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from supplies.ledger import Move, Reason, Reservation
from supplies.lots import make_lot
from supplies.store import open_store

START = datetime(2026, 7, 1, 4, tzinfo=UTC)
DAY = date(2026, 7, 1)
LOT = make_lot("water", expiry=date(2027, 1, 1))


def post(store, number, quantity, source, target, entered=START, reverses=None):
    with store.writing() as writer:
        writer.append(
            [
                Move(
                    id=UUID(int=number), day=DAY, recorded_at=entered, recorded_by="li",
                    item="water", lot=LOT.id, quantity=quantity, source=source, target=target,
                    reason=Reason.TRANSFER, note="n", reverses=reverses,
                )
            ],
            [LOT],
        )  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Five moves entered on three days, one of them a reversal, and a reservation."""
    path = tmp_path_factory.mktemp("sound") / "ledger.db"
    with open_store(path) as store:
        post(store, 1, 100, "outside:supplier", "site:A")
        post(store, 2, 30, "site:A", "site:B")
        post(store, 3, 10, "site:B", "outside:used", START + timedelta(days=1))
        post(store, 4, 10, "outside:used", "site:B", START + timedelta(days=1), UUID(int=3))
        post(store, 5, 5, "site:A", "outside:used", START + timedelta(days=2))
        with store.writing() as writer:
            writer.reserve(
                [
                    Reservation(
                        id=UUID(int=9), day=DAY, recorded_at=START, recorded_by="li",
                        account="site:A", item="water", lot=LOT.id, quantity=20,
                    )
                ]
            )  # fmt: skip
        assert store.verify() == []
    return path


@pytest.fixture
def path(sound, tmp_path):
    return shutil.copy(sound, tmp_path / "ledger.db")


def behind_its_back(path, *statements, guards=True):
    """Run SQL as somebody with a database tool would: guards off, and on again."""
    with closing(sqlite3.connect(path)) as raw:
        names = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in names:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)
        for _, sql in names if guards else ():
            raw.execute(sql)
        raw.commit()


def verify(path):
    with open_store(path) as store:
        found = store.verify()
        assert store.verify() == found, "looking changes nothing"
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE moves SET day = '2026-06-30' WHERE number = 2",
        "UPDATE moves SET sequence = 7 WHERE number = 2",
        "UPDATE moves SET recorded_at = '2026-07-01 04:00:01.000000' WHERE number = 2",
        "UPDATE moves SET recorded_by = 'wang' WHERE number = 2",
        "UPDATE moves SET quantity = 31 WHERE number = 2",
        "UPDATE moves SET source = 'outside:donor' WHERE number = 2",
        "UPDATE moves SET target = 'site:C' WHERE number = 2",
        "UPDATE moves SET reason = 'issue' WHERE number = 2",
        "UPDATE moves SET document = 'V000001' WHERE number = 2",
        "UPDATE moves SET note = '' WHERE number = 2",
    ],
)
def test_an_altered_field_is_named(path, statement):
    behind_its_back(path, statement)
    first = verify(path)[0]
    assert first.startswith(f"move {UUID(int=2)} (number 2, ")
    assert first.endswith(f"is altered in {statement.split()[3]}")


def test_a_row_altered_with_its_marks_is_still_named(path):
    behind_its_back(
        path,
        "UPDATE moves SET quantity = 31, marks = (SELECT marks FROM moves WHERE number = 1) "
        "WHERE number = 2",
    )
    assert f"move {UUID(int=2)} (number 2" in verify(path)[0]


def test_a_resealed_row_breaks_the_next_and_the_seal(path):
    behind_its_back(path, "UPDATE moves SET chain = replace(chain, '0', '1') WHERE number = 2")
    found = verify(path)
    assert "(number 2, 2026-07-01, V000002) is not the one sealed here" in found[0]
    assert any("(number 3, " in line for line in found)
    assert any(line.startswith("the seal of 2026-07-01 does not fit") for line in found)


def test_missing_moves_are_named(path):
    behind_its_back(path, "DELETE FROM moves WHERE number = 2")
    found = verify(path)
    assert found[0] == "move number 2 is missing"
    assert any("V000002 was posted with 1 moves and now has 0" in line for line in found)
    assert any(line.startswith("site:B / water") for line in found)


def test_a_run_of_missing_moves_and_a_lost_end_are_named(path):
    with open_store(path) as store:
        code = store.seal_code()
    behind_its_back(path, "DELETE FROM moves WHERE number IN (3, 4)")
    assert verify(path)[0] == "move number 3..4 is missing"
    behind_its_back(path, "DELETE FROM moves WHERE number >= 3")
    assert any("V000005 was posted with 1 moves" in line for line in verify(path))
    with open_store(path) as store:
        assert store.seal_code() != code, "the printed code tells too"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM documents WHERE id = 'V000001'", "moves row 1 names something that is not"),
        ("DELETE FROM documents WHERE id = 'V000002'", "a document before V000003 is missing"),
        ("UPDATE lots SET expiry = '2030-01-01'", "lot 'E20270101' of water is altered"),
        ("UPDATE lots SET condition = 'fine'", "lot 'E20270101' of water is altered"),
        ("UPDATE seals SET head = 'x'", "the seal of 2026-07-01 does not fit"),
        ("UPDATE reservations SET quantity = 1", "9 (number 1, 2026-07-01) is altered"),
        ("UPDATE reservations SET number = 2", "reservation number 1 is missing"),
        ("UPDATE reservations SET quantity = 99", "site:A / water / E20270101 holds"),
        ("UPDATE moves SET quantity = 9 WHERE number = 4", "should mirror move"),
        ("UPDATE moves SET quantity = 31 WHERE number = 3", "holds -1 with 0 reserved"),
    ],
)
def test_other_harm_is_named(path, statement, words):
    behind_its_back(path, statement)
    assert any(words in line for line in verify(path)), verify(path)


def test_a_clock_set_back_and_on_again_seals_each_day_once(path):
    with open_store(path) as store:
        for number, days in enumerate((1, 2, 0, 3, 3, 4), start=20):
            post(store, number, 1, "outside:supplier", "site:B", START + timedelta(days=days))
        assert store.verify() == []
    with closing(sqlite3.connect(path)) as raw:
        sealed = raw.execute("SELECT day, last_move FROM seals ORDER BY day").fetchall()
    days = ("2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04")
    assert sealed == list(zip(days, (2, 4, 5, 10), strict=True))


def test_missing_guards_are_named(path):
    behind_its_back(path, guards=False)
    found = verify(path)
    assert "the guard against update of moves is missing" in found
    assert len(found) == 20 + 1, "many of a kind are cut short"
    assert found[-1] == "... and 1 more like the last"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE moves SET note = 'x'",
        "DELETE FROM moves",
        "REPLACE INTO moves SELECT * FROM moves WHERE number = 2",
        "UPDATE documents SET note = 'x'",
        "DELETE FROM reservations",
        "UPDATE lots SET expiry = NULL",
        "REPLACE INTO lots SELECT * FROM lots",
        "DELETE FROM seals",
    ],
)
def test_the_database_refuses_to_change_a_fact(path, statement):
    refused = pytest.raises(sqlite3.IntegrityError, match="the ledger is append-only")
    with closing(sqlite3.connect(path)) as raw, refused:
        raw.execute(statement)
    assert verify(path) == []
