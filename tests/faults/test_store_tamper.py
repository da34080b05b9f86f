"""A past entry altered behind the program's back is seen and named; nothing is repaired."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Date, DateTime, Integer, delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from supplies.store import open_store, schema
from supplies.store.rows import GENESIS, SEALED_FIELDS, chained, marks
from tests.faults.ledger_case import START, behind_its_back, fill, move, post, verify

LINES = {"counts": "document", "call_up_lines": "call_up"}


@pytest.fixture(scope="module")
def sound(ledgers):
    url = ledgers.fresh()
    fill(url)
    return url


@pytest.fixture
def url(ledgers, sound):
    return ledgers.copy(sound)


def tamper(url, *statements):
    with behind_its_back(url) as connection:
        for statement in statements:
            connection.execute(text(statement))


def another(column, value):
    """Return a value that could stand there as well."""
    kind = column.type
    if isinstance(kind, DateTime) or "Instant" in type(kind).__name__:
        return START - timedelta(seconds=1)
    if isinstance(kind, Date):
        return date(2026, 6, 30)
    if isinstance(kind, (Integer, BigInteger)):
        return (value or 0) + 7
    return "x" + (value or "")[1:]


def first_row(connection, table):
    """Return a row to harm and the condition that finds it by its key."""
    keys = list(table.primary_key.columns)
    row = connection.execute(select(table).order_by(*keys)).mappings().first()
    return row, [key == row[key.name] for key in keys]


def known(name, row):
    """Return how the first line begins when a row is altered in a field that does not name it."""
    if name in LINES:
        return f"{name} of {row[LINES[name]]} ("
    if name not in schema.SEALED:
        return f"{name}"
    called = row.get("id") or row.get("name") or row.get("call_up") or ""
    return f"{name} {called} (number 1, "


@pytest.mark.parametrize("name", schema.APPEND_ONLY)
def test_any_altered_field_of_any_fact_is_named(url, name):
    table = schema.metadata.tables[name]
    keys = list(table.primary_key.columns)
    with open_store(url) as store:
        for column in table.columns:
            with behind_its_back(url) as connection:
                row, where = first_row(connection, table)
                value = another(column, row[column.name])
                connection.execute(update(table).where(*where).values({column: value}))
            first = verify(store)[0]
            naming = column.name in {"number", "id", "name", "call_up", *LINES.values()}
            assert first.startswith(name if naming else known(name, row)), column
            if name == "moves" and column.name not in {"number", "chain"}:
                assert first.endswith(f"is altered in {column.name}")
            with behind_its_back(url) as connection:
                now = [k == (value if k is column else row[k.name]) for k in keys]
                connection.execute(update(table).where(*now).values({column: row[column.name]}))
        assert verify(store) == []


@pytest.mark.parametrize("name", schema.APPEND_ONLY)
def test_any_deleted_fact_is_missed(url, name):
    table = schema.metadata.tables[name]
    with open_store(url) as store:
        with behind_its_back(url) as connection:
            rows = connection.execute(select(table)).mappings().all()
        for row in rows:
            with behind_its_back(url) as connection:
                where = [key == row[key.name] for key in table.primary_key.columns]
                connection.execute(delete(table).where(*where))
            assert any(name in line for line in verify(store)), row
            with behind_its_back(url) as connection:
                connection.execute(insert(table), [dict(row)])
        assert verify(store) == []


@pytest.mark.parametrize("name", schema.APPEND_ONLY)
def test_any_inserted_fact_is_named(url, name):
    table = schema.metadata.tables[name]
    with behind_its_back(url) as connection:
        row, _ = first_row(connection, table)
        given = dict(row) | {key.name: another(key, row[key.name]) for key in table.primary_key}
        for column in ("number", "id", "key", "reverses"):
            if column in table.c:
                given[column] = another(table.c[column], row[column])
        connection.execute(insert(table), [given])
    assert any(name in line for line in verify(url))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE levels SET on_hand = on_hand + 1 WHERE account = 'site:B'",
        "UPDATE levels SET reserved = 1 WHERE account = 'site:B'",
        "UPDATE levels SET last_sequence = 77 WHERE account = 'site:B'",
        "UPDATE levels SET last_day = '2026-07-09' WHERE account = 'site:B'",
        "DELETE FROM levels WHERE account = 'site:B'",
        "UPDATE levels SET item = 'water2' WHERE account = 'site:B'",
    ],
)
def test_an_altered_level_is_named_and_not_repaired(url, statement):
    tamper(url, statement)
    assert verify(url)[0].startswith("balance of site:B / water / E20270101: the moves make 30")


def test_an_altered_end_is_named(url):
    tamper(url, "UPDATE ends SET number = 9 WHERE name = 'events'")
    assert verify(url) == ["events: the last row should be number 9, is number 2"]


def test_a_row_altered_with_its_marks_is_still_named(url):
    other = "(SELECT marks FROM moves WHERE number = 1)"
    tamper(url, f"UPDATE moves SET quantity = 31, marks = {other} WHERE number = 2")  # noqa: S608
    assert verify(url)[0].startswith(f"moves {UUID(int=2)} (number 2, 2026-07-01, V000002) is")


def test_a_resealed_row_breaks_the_next_and_the_seal(url):
    tamper(url, "UPDATE moves SET chain = replace(chain, '0', '1') WHERE number = 2")
    found = verify(url)
    assert "(number 2, 2026-07-01, V000002) is not the one sealed here" in found[0]
    assert any("(number 3, " in line for line in found)
    assert "seals: the seal of 2026-07-01 does not fit the moves up to number 2" in found


def rebuild(connection):
    """Seal all moves anew from the first, with everything that hangs on them."""
    moves, before = schema.moves, GENESIS
    rows = connection.execute(select(moves).order_by(moves.c.number)).mappings().all()
    for row in rows:
        before = chained(before, row, SEALED_FIELDS["moves"])
        sealed = {"chain": before, "marks": marks(row)}
        connection.execute(update(moves).where(moves.c.number == row["number"]).values(sealed))
    connection.execute(
        update(schema.ends).where(schema.ends.c.name == "moves").values(chain=before)
    )
    for sql in (
        "UPDATE seals SET head = (SELECT chain FROM moves WHERE number = last_move)",
        "UPDATE levels SET on_hand = on_hand - 1 WHERE account = 'site:A'",
        "UPDATE levels SET on_hand = on_hand + 1 WHERE account = 'site:B'",
    ):
        connection.execute(text(sql))


def test_a_wholly_rebuilt_chain_is_told_by_the_codes_printed_before(url):
    with open_store(url) as store, store.reading() as reader:
        printed = {n: reader.seal_code_at(n) for n in range(reader.revision() + 1)}
        assert printed[5] == store.seal_code()
        assert (reader.seal_code_at(6), reader.seal_code_at(-1)) == (None, None)
    with behind_its_back(url) as connection:
        connection.execute(text("UPDATE moves SET quantity = 31 WHERE number = 2"))
        rebuild(connection)
    assert verify(url) == [], "this is what only paper can tell"
    with open_store(url) as store, store.reading() as reader:
        now = {n: reader.seal_code_at(n) for n in printed}
    assert [n for n in printed if printed[n] != now[n]] == [2, 3, 4, 5]


def test_missing_moves_are_named(url):
    tamper(url, "DELETE FROM moves WHERE number = 2")
    found = verify(url)
    assert found[0] == "moves: number 2 is missing"
    assert "document V000002 was posted with 1 moves and now has 0" in found
    assert any(line.startswith("balance of site:B / water") for line in found)


def test_a_run_of_missing_moves_and_a_lost_end_are_named(url):
    tamper(url, "DELETE FROM moves WHERE number IN (3, 4)")
    assert verify(url)[0] == "moves: number 3..4 is missing"
    tamper(url, "DELETE FROM moves WHERE number >= 3")
    assert verify(url)[0] == "moves: the last row should be number 5, is number 2"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM documents WHERE id = 'V000001'", "something that is not in documents"),
        ("UPDATE lots SET condition = 'fine'", "lots 'E20270101' of water is altered"),
        ("UPDATE reservations SET quantity = 99", "site:A / water / E20270101 holds"),
        ("UPDATE moves SET quantity = 9 WHERE number = 4", "should mirror move"),
        ("UPDATE moves SET quantity = 41 WHERE number = 3", "holds -11 with 0 reserved"),
        ("UPDATE moves SET quantity = 9 WHERE number = 2", "the database derives"),
    ],
)
def test_harm_is_seen_from_more_than_one_side(url, statement, words):
    tamper(url, statement)
    found = verify(url)
    if words == "the database derives":
        # Both folds agree with each other, and not with what postings kept.
        assert sum("levels keeps" in line for line in found) == 2
    else:
        assert any(words in line for line in found), found


def test_what_cannot_be_read_is_named(files):
    """Only SQLite takes a word for a day."""
    url = files.fresh()
    fill(url)
    tamper(url, "UPDATE moves SET day = 'soon' WHERE number = 2")
    assert verify(url)[0].startswith("moves: number 2 holds a value that cannot be read")


def test_a_clock_set_back_and_on_again_seals_each_day_once(url):
    with open_store(url) as store:
        for number, days in enumerate((1, 2, 0, 3, 3, 4), start=20):
            entered = START + timedelta(days=days)
            post(store, number, 1, "outside:supplier", "site:B", entered=entered)
        assert store.verify() == []
    with behind_its_back(url) as connection:
        s = schema.seals.c
        sealed = connection.execute(select(s.day, s.last_move).order_by(s.day)).all()
    days = (date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 3), date(2026, 7, 4))
    assert sealed == list(zip(days, (2, 4, 5, 10), strict=True))


def test_missing_guards_are_named(url):
    with behind_its_back(url, drop_guards=True):
        pass
    found = verify(url)
    assert "the guard against update of documents is missing" in found
    assert len(found) == 20 + 1, "many of a kind are cut short"
    assert found[-1] == f"... and {3 * len(schema.APPEND_ONLY) - 20} more like the last"


@pytest.mark.parametrize("name", schema.APPEND_ONLY)
def test_the_database_refuses_to_change_a_fact(ledgers, sound, name):
    table = schema.metadata.tables[name]
    column = list(table.columns)[-1].name
    statements = [f"UPDATE {name} SET {column} = {column}", f"DELETE FROM {name}"]  # noqa: S608
    if ledgers.kind == "sqlite":
        statements.append(f"REPLACE INTO {name} SELECT * FROM {name}")  # noqa: S608
    else:
        statements.append(f"TRUNCATE {name} CASCADE")
    with open_store(sound) as store:
        for statement in statements:
            refused = pytest.raises(DatabaseError, match="the ledger is append-only")
            with refused, store.door.engine.execution_options(writes=True).begin() as connection:
                connection.exec_driver_sql(statement)
        assert store.verify() == []


def test_sealing_takes_words_of_any_script(url):
    with open_store(url) as store:
        with store.writing() as writer:
            writer.append([move(50, 1, "outside:supplier", "site:衡阳㙍")], note="雨具 𠮷 \"'\\")
        assert store.verify() == []
