"""Backup, restore and copy: the whole ledger or nothing, and only from what can be trusted."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, make_url, select, text

from supplies import tasks
from supplies.access import Actor, Grant, Role
from supplies.cli import main
from supplies.errors import AccessError, StoppedError, StoreError
from supplies.store import open_store, schema
from supplies.store.backup import backup, check_backup, restore
from supplies.store.copy import copy
from supplies.store.digest import BACKUP, digest
from tests.conftest import POSTGRESQL
from tests.faults import keeping_case as case

FLIPS = 60


@pytest.fixture(params=["sqlite", POSTGRESQL])
def empty_url(request, files):
    """The URL of a ledger without facts to copy or restore into, on either kind of database."""
    if request.param == "sqlite":
        return files.fresh()
    return request.getfixturevalue("databases").fresh()


@pytest.fixture
def full(store_url):
    """A ledger with something in every table, on either kind of database."""
    with open_store(store_url) as store:
        case.fill(store)
        yield store


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A backup of a ledger with something in every table; not to be changed."""
    folder = tmp_path_factory.mktemp("sound")
    with open_store(folder / "ledger.db") as store:
        case.fill(store)
        backup(store, folder / "sound.backup")
    return folder / "sound.backup"


@pytest.fixture
def spoiled(sound, tmp_path):
    """A copy of the backup to do harm to."""
    return Path(shutil.copy(sound, tmp_path / "spoiled.backup"))


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """An empty ledger that stays so: only what is refused is restored into it."""
    with open_store(tmp_path_factory.mktemp("untouched") / "ledger.db") as store:
        yield store


def digest_of(store):
    with store.reading() as reader:
        return digest(reader.connection)


def refused(path, untouched):
    """Return why a backup is refused, having seen that it leaves an empty ledger empty."""
    before = digest_of(untouched)
    with pytest.raises(StoreError) as error:
        restore(path, untouched)
    assert digest_of(untouched) == before
    line = str(error.value)
    assert "\n" not in line
    assert " | " in line
    return error.value.say("en")


def behind_its_back(path, *statements):
    """Run SQL as somebody with a database tool would, the guards off and on again."""
    with closing(sqlite3.connect(path)) as raw:
        guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        for name, _ in (kept := guards.fetchall()):
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)
        for _, sql in kept:
            raw.execute(sql)
        raw.commit()


# --- what a backup is ------------------------------------------------------------------------


def test_a_backup_restores_into_either_kind_of_ledger(full, empty_url, tmp_path):
    given = digest_of(full)
    assert all(given.rows.values()), "every table is tried"
    made = backup(full, tmp_path / "a.backup", made_at=datetime(2026, 7, 2, 3, tzinfo=UTC))
    assert (made.digest, made.rows) == (given.sha256, given.rows)
    assert (made.revision, made.seal_code) == (full.revision(), full.seal_code())
    assert made.differences == ()
    assert check_backup(made.path) == made
    with open_store(empty_url) as store:
        assert restore(made.path, store, expected=made.digest.upper()) == made
        assert digest_of(store) == given
        assert store.verify() == []
        assert store.seal_code() == full.seal_code()
        with store.reading() as reader:
            users, sessions = schema.users, schema.sessions
            query = select(users.c.failures, users.c.locked_until)
            assert reader.connection.execute(query).one() == (0, None)
            assert (
                reader.connection.execute(select(func.count()).select_from(sessions)).scalar() == 0
            )
            assert reader.meta_get(BACKUP) is None
        assert case.receive(store, key="first-after").id == "V000007"
        assert store.verify() == []
    assert [path.name for path in tmp_path.glob("*backup*")] == ["a.backup"]
    assert (made.path.stat().st_mode & 0o077) == 0, "password hashes are in it"


def test_a_ledger_has_one_digest_on_every_kind_of_database(full, empty_url, tmp_path):
    with open_store(empty_url) as there, open_store(tmp_path / "back.db") as back:
        assert copy(full, there) == copy(there, back) == digest_of(full)
        assert there.verify() == back.verify() == []


def test_others_go_on_posting_and_the_backup_is_one_moment(full, tmp_path):
    revision, done = full.revision(), []

    def post(_text, _share):
        done.append(case.receive(full).id)

    made = backup(full, tmp_path / "a.backup", progress=post)
    assert len(done) > 5
    assert full.revision() == revision + len(done)
    assert made.revision == check_backup(made.path).revision in range(revision, revision + 3)
    again = backup(full, tmp_path / "b.backup")
    assert (again.revision, again.digest) == (full.revision(), digest_of(full).sha256)


def test_the_digest_tells_any_change_but_those_of_signing_in(full):
    before = digest_of(full)
    with full.writing() as writer:
        for change in (
            "DELETE FROM sessions",
            "UPDATE users SET failures = 9, locked_until = NULL",
        ):
            writer.connection.execute(text(change))
    assert digest_of(full) == before
    with full.writing() as writer:
        writer.connection.execute(text("UPDATE users SET active = (1 = 0)"))
    assert digest_of(full).differs(before) == "users"


def test_a_backup_of_a_wrong_ledger_says_so_and_is_no_use_for_restoring(untouched, tmp_path):
    with open_store(tmp_path / "ledger.db") as store:
        case.fill(store)
    behind_its_back(tmp_path / "ledger.db", "UPDATE moves SET quantity = 1 WHERE number = 3")
    with open_store(tmp_path / "ledger.db") as store:
        made = backup(store, tmp_path / "a.backup")
    assert "number 3" in made.differences[0]
    assert "holds a ledger that is wrong: " in refused(made.path, untouched)


# --- never half a backup ---------------------------------------------------------------------


def test_a_file_that_is_there_is_never_overwritten(full, tmp_path):
    path = tmp_path / "a.backup"
    path.write_text("mine")
    with pytest.raises(StoreError, match="exists already; name another file"):
        backup(full, path)
    with pytest.raises(StoreError, match="is a folder; name a file in it"):
        backup(full, tmp_path)
    with pytest.raises(StoreError, match="is in a folder that does not exist"):
        backup(full, tmp_path / "none" / "a.backup")
    assert path.read_text() == "mine"


def test_two_who_choose_one_name_make_one_backup(full, tmp_path):
    path, others = tmp_path / "a.backup", []

    def meanwhile(_text, _share):
        if not others:
            others.append(backup(full, path))

    with pytest.raises(StoreError, match="exists already"):
        backup(full, path, progress=meanwhile)
    assert [check_backup(path)] == others


@pytest.mark.parametrize("at", [0, 3, 12])
def test_a_stopped_backup_leaves_nothing(full, tmp_path, at):
    before = sorted(tmp_path.iterdir())
    calls = iter(range(1000))

    def stop(text_, _share):
        if next(calls) == at:
            raise StoppedError(text_)

    with pytest.raises(StoppedError):
        backup(full, tmp_path / "a.backup", progress=stop)
    assert sorted(tmp_path.iterdir()) == before


def test_a_backup_goes_where_files_cannot_be_linked(full, tmp_path, monkeypatch):
    def no_links(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("supplies.store.backup.os.link", no_links)
    made = backup(full, tmp_path / "a.backup")
    assert check_backup(made.path) == made


# --- what is refused -------------------------------------------------------------------------


def test_a_torn_backup_is_refused_wherever_it_ends(untouched, sound, tmp_path):
    body, path = sound.read_bytes(), tmp_path / "torn.backup"
    random = Random(7)
    ends = {0, 1, 15, 16, 50, 99, 100, 101, 4095, 4096, 4097, len(body) // 2, len(body) - 1}
    ends |= {len(body) - 4096} | {random.randrange(len(body)) for _ in range(40)}
    for end in sorted(ends):
        path.write_bytes(body[:end])
        assert refused(path, untouched).endswith(("is torn; use another backup", "not a backup"))
    for hole in random.sample(range(4096, len(body) - 4096, 4096), 20):
        path.write_bytes(body[:hole] + bytes(4096) + body[hole + 4096 :])
        assert_refused_or_the_same(path, sound, untouched)
    path.write_bytes(body + b"\0")
    assert refused(path, untouched).endswith("is torn; use another backup")


def assert_refused_or_the_same(path, sound, untouched):
    """A byte nothing rests on may change; whatever is accepted is the whole ledger."""
    try:
        found = check_backup(path)
    except StoreError:
        refused(path, untouched)
        return False
    assert found.digest == check_backup(sound).digest
    return True


def flip(body, place, bit=0):
    return body[:place] + bytes([body[place] ^ (1 << bit)]) + body[place + 1 :]


def test_one_flipped_bit_of_what_was_entered_is_refused(untouched, sound, tmp_path):
    body, path = sound.read_bytes(), tmp_path / "flipped.backup"
    words = (
        "第一批",
        "李库管",
        "台账.xlsx",
        "$argon2id$x",
        "衡应急",
        '"digest"',
        '"made_at"',
        "990000",
    )
    for word in words:
        place = body.find(word.encode())
        assert place > 0, word
        path.write_bytes(flip(body, place))
        refused(path, untouched)


def flip_many(sound, tmp_path, untouched, seed, count):
    body, path = sound.read_bytes(), tmp_path / "flipped.backup"
    random, harmless = Random(seed), 0
    # Bytes nothing rests on are mostly zeros: the empty room in pages.
    places = [place for place, byte in enumerate(body) if byte]
    for place in random.sample(places, count):
        path.write_bytes(flip(body, place, random.randrange(8)))
        harmless += assert_refused_or_the_same(path, sound, untouched)
    return harmless


def test_one_flipped_bit_anywhere_is_refused_or_changes_nothing(untouched, sound, tmp_path):
    assert flip_many(sound, tmp_path, untouched, 11, FLIPS) < FLIPS // 2


@pytest.mark.slow
def test_five_hundred_flipped_bits_are_refused_or_change_nothing(untouched, sound, tmp_path):
    assert flip_many(sound, tmp_path, untouched, 12, 500) < 250


def test_what_is_no_backup_is_refused(untouched, tmp_path):
    path = tmp_path / "x"
    assert "cannot be opened" in refused(path, untouched)
    assert "cannot be opened" in refused(tmp_path, untouched)
    path.write_bytes("应急物资台账".encode() * 4096)
    assert refused(path, untouched).endswith("is not a backup")
    path.unlink()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE moves (number)")
        raw.commit()
    assert refused(path, untouched).endswith("is the database of another program")


def test_a_ledger_is_no_backup_in_use_or_not(untouched, tmp_path):
    path = tmp_path / "ledger.db"
    with open_store(path) as store:
        case.fill(store)
        assert "is a ledger in use, not a backup; make one with " in refused(path, untouched)
    assert "was not made by supplies backup: it keeps no digest" in refused(path, untouched)


def test_a_backup_that_was_looked_into_as_a_ledger_is_still_one(spoiled, sound):
    with open_store(spoiled) as store:
        assert store.verify() == []
    assert check_backup(spoiled).digest == check_backup(sound).digest
    spoiled.chmod(0o400)
    spoiled.parent.chmod(0o500)
    assert check_backup(spoiled).digest == check_backup(sound).digest
    assert [path.name for path in spoiled.parent.glob("spoiled*")] == ["spoiled.backup"]
    spoiled.parent.chmod(0o700)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE moves SET quantity = 1 WHERE number = 3",
            "was altered: its digest is not the one",
        ),
        ("UPDATE lots SET expiry = NULL", "was altered: its digest is not the one"),
        ("UPDATE lots SET expiry = 'soon'", "table lots holds a value that cannot be read"),
        ("UPDATE moves SET quantity = x'00'", "was altered: its digest is not the one"),
        ("DELETE FROM grants", "was altered: its digest is not the one"),
        ("DELETE FROM meta WHERE key = 'backup'", "it keeps no digest"),
        ("UPDATE meta SET value = '' WHERE key = 'backup_check'", "in what it notes about itself"),
        ("UPDATE alembic_version SET version_num = '9999'", "made by another version of supplies"),
        ("DROP TABLE levels", "cannot be read through: no such table: levels"),
    ],
)
def test_an_altered_backup_is_refused(spoiled, untouched, statement, words):
    behind_its_back(spoiled, statement)
    assert words in refused(spoiled, untouched)


def test_a_backup_exchanged_as_a_whole_is_told_by_its_digest(sound, tmp_path):
    with open_store(tmp_path / "other.db") as store:
        case.fill(store)
        other = backup(store, tmp_path / "other.backup")
    with open_store(tmp_path / "target.db") as store:
        before = digest_of(store)
        with pytest.raises(StoreError, match=f"its digest is {other.digest}, not that"):
            restore(other.path, store, expected=check_backup(sound).digest)
        assert digest_of(store) == before


def test_a_ledger_with_anything_in_it_is_never_restored_into(sound, full, tmp_path):
    before = digest_of(full)
    with pytest.raises(StoreError, match="the target is not empty: table "):
        restore(sound, full)
    with open_store(tmp_path / "source.db") as source:
        case.fill(source)
        with pytest.raises(StoreError, match="the target is not empty: table "):
            copy(source, full)
    assert digest_of(full) == before


def test_settings_alone_make_a_ledger_not_empty_but_its_city_does_not(sound, tmp_path):
    with open_store(tmp_path / "target.db") as store:
        store.meta_set("city", "000000")
        store.meta_set("anything", "x")
        with pytest.raises(StoreError, match="the target is not empty: table meta has rows"):
            restore(sound, store)
        store.meta_set("anything", None)
        restore(sound, store)
        assert store.meta_get("city") == "990000"


# --- copying ---------------------------------------------------------------------------------


def test_a_ledger_is_not_copied_onto_itself(full):
    with pytest.raises(StoreError, match="source and target are the same database"):
        copy(full, full)
    with open_store(full.door.url) as again:
        with pytest.raises(StoreError, match="source and target are the same database"):
            copy(full, again)
        with pytest.raises(StoreError, match="source and target are the same database"):
            copy(again, full)


def test_an_empty_source_is_most_likely_mistyped(store_url, tmp_path):
    mistyped = pytest.raises(StoreError, match="is an empty ledger; check its name")
    with open_store(store_url) as source, open_store(tmp_path / "target.db") as target, mistyped:
        copy(source, target)


def test_another_schema_is_refused(full, empty_url):
    with open_store(empty_url) as target:
        with target.writing() as writer:
            writer.connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        with pytest.raises(StoreError, match=r"the schemas differ \(\d+ and 0001\)"):
            copy(full, target)


LOSE = {
    "sqlite": [
        "CREATE TRIGGER lose BEFORE INSERT ON payments BEGIN SELECT RAISE(IGNORE); END",
    ],
    "postgresql": [
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER lose BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION lose()",
    ],
}


def test_a_target_that_loses_a_row_is_left_empty_and_the_table_is_named(sound, full, empty_url):
    with open_store(empty_url) as target:
        before = digest_of(target)
        with target.writing() as writer:
            for statement in LOSE[make_url(empty_url).get_backend_name()]:
                writer.connection.execute(text(statement))
        with pytest.raises(
            StoreError, match="table payments differs after copying, all was undone"
        ):
            copy(full, target)
        with pytest.raises(
            StoreError, match="table payments differs after copying, all was undone"
        ):
            restore(sound, target)
        assert digest_of(target) == before


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_stopped_copy_leaves_the_target_empty(full, empty_url, share):
    def stop(text_, done):
        if done > share:
            raise StoppedError(text_)

    with open_store(empty_url) as target:
        before = digest_of(target)
        with pytest.raises(StoppedError):
            copy(full, target, stop)
        assert digest_of(target) == before


# --- tasks and commands ----------------------------------------------------------------------


@pytest.fixture
def desk(store_url, tinycity_dir):
    with_city = tasks.open_desk(store_url, tinycity_dir, day=case.DAY, user="ying")
    case.receive(with_city.store, 5)
    yield with_city
    with_city.store.close()


def test_backing_up_needs_the_right_and_is_kept(desk, tmp_path):
    made = tasks.backup(desk, tmp_path / "a.backup")
    with pytest.raises(StoreError, match="exists already"):
        tasks.backup(desk, tmp_path / "a.backup")
    assert tasks.check_backup(made.path) == made
    events = schema.events.c
    query = select(events.user, events.task, events.subject, events.outcome).order_by(events.number)
    with desk.store.reading() as reader:
        kept = [tuple(row) for row in reader.connection.execute(query)]
    assert kept == [
        ("ying", "backup", "a.backup", "done"),
        ("ying", "backup", "a.backup", "refused"),
    ]


def test_nobody_else_may_back_up_restore_or_copy(desk, tmp_path):
    from dataclasses import replace

    keeper = replace(desk, actor=Actor(user="li", grants=(Grant(role=Role.KEEPER),)))
    for act in (
        lambda: tasks.backup(keeper, tmp_path / "a.backup"),
        lambda: tasks.restore(keeper, tmp_path / "a.backup"),
        lambda: tasks.copy(keeper, str(tmp_path / "b.db")),
    ):
        with pytest.raises(AccessError, match="may not back up or restore the ledger"):
            act()
    assert not list(tmp_path.glob("[ab].*"))


def test_after_a_copy_both_ledgers_are_the_same_and_say_so(desk, empty_url):
    done = tasks.copy(desk, empty_url)
    with open_store(empty_url) as there:
        assert digest_of(there) == digest_of(desk.store)
        assert there.verify() == []
        assert (done.revision, done.seal_code) == (1, desk.store.seal_code())
    assert done.digest != digest_of(desk.store), "what was copied, before the copying was noted"


@pytest.fixture
def supplies(tmp_path, tinycity_dir, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPPLIES_CITY", str(tinycity_dir))

    def run(*words):
        capfd.readouterr()
        return main([str(word) for word in words]), *capfd.readouterr()

    return run


def test_the_commands_back_up_restore_and_copy(supplies, desk, empty_url):
    status, out, _ = supplies("backup", "a.backup", "--db", desk.store.door.url, "--json")
    made = json.loads(out)
    assert (status, made["revision"], made["differences"]) == (0, 1, [])
    assert made["rows"]["moves"] == 1
    status, out, _ = supplies("backup", "--check", "a.backup", "--lang", "en")
    assert (status, "the backup is sound" in out, made["digest"] in out) == (0, True, True)
    words = ("restore", "a.backup", "--db", empty_url)
    status, out, err = supplies(*words, "--digest", "0" * 64, "--lang", "en")
    assert (status, out) == (2, "")
    assert f"its digest is {made['digest']}, not that" in err
    status, out, _ = supplies(*words, "--digest", made["digest"])
    assert status == 0
    assert all(found in out for found in ("已从", made["digest"], made["seal"], "1 笔"))
    status, _, err = supplies(*words)
    assert (status, "目标不是空台账" in err) == (2, True)
    status, out, _ = supplies("copy", "--from", empty_url, "--to", "copy.db", "--json")
    assert (status, json.loads(out)["seal"]) == (0, made["seal"])
    assert "password" not in out
    status, out, _ = supplies("ledger", "verify", "--db", "copy.db")
    assert status == 0


def test_a_restored_ledger_of_another_city_names_its_city(supplies, sound, hengyang_dir):
    status, out, _ = supplies("restore", sound, "--db", "new.db", "--city", hengyang_dir)
    assert (status, "这是城市 990000 的台账" in out) == (0, True)
    status, _, err = supplies("ledger", "verify", "--db", "new.db", "--city", hengyang_dir)
    assert (status, "990000" in err) == (2, True)
    with open_store("new.db") as store:
        assert store.verify() == []


def test_a_backup_of_a_wrong_ledger_ends_with_findings(supplies, desk):
    if desk.store.door.path is None:
        pytest.skip("altering a row needs the file")
    behind_its_back(desk.store.door.path, "UPDATE moves SET note = 'x'")
    status, out, _ = supplies("backup", "a.backup", "--db", desk.store.door.url, "--lang", "en")
    assert (status, "the ledger itself is wrong" in out) == (1, True)
