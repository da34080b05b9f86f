"""A disk without room: one clear refusal, nothing half-written; with room again work goes on."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from supplies.errors import StoreError
from supplies.store import open_store
from supplies.store.backup import backup, check_backup
from tests.conftest import POSTGRESQL
from tests.faults import keeping_case as case

SMALL_MB = 8
TABLESPACE_MB = 24
LINES = 40


def mount(folder, size_mb, *options):
    """Lay a small disk in memory over a folder; return whether that is allowed here."""
    said = ",".join((f"size={size_mb}m", *options))
    words = ["mount", "-t", "tmpfs", "-o", said, "tmpfs", str(folder)]
    return (
        shutil.which("mount") is not None
        and not subprocess.run(words, capture_output=True, check=False).returncode
    )


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mount(folder, SMALL_MB):
        pytest.skip("mounting is not allowed here; the limit on file size is tried instead")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def post_until_refused(store):
    """Post documents of many lines until the store refuses; return why, and the last posted."""
    last = None
    for number in range(100_000):
        try:
            with store.writing() as writer:
                moves = [case.move(2, "outside:supplier", f"site:{n}") for n in range(LINES)]
                voucher = writer.append(moves, [case.LOT], key=f"{number}-{writer.revision()}")
            last = voucher.id
        except StoreError as error:
            return error.say("en"), last
    raise AssertionError("the disk never filled")


def assert_sound(store, revision):
    """Nothing half-written: whole documents only, all of them linked and balanced."""
    assert store.revision() == revision
    assert revision % LINES == 0
    assert store.verify() == []


def fill_up(folder, leave):
    """Leave so many bytes free."""
    with (folder / "ballast").open("wb", buffering=0) as ballast:
        while (free := shutil.disk_usage(folder).free) > leave:
            ballast.write(bytes(min(65536, free - leave)))


@pytest.mark.parametrize("leave", [0, 5_000, 40_000, 150_000])
def test_a_full_disk_refuses_in_one_line_and_takes_postings_again(small_disk, leave):
    with open_store(small_disk / "ledger.db") as store:
        with store.writing() as writer:
            writer.append([case.move(1, "outside:supplier", f"site:{n}") for n in range(LINES)],
                          [case.LOT])  # fmt: skip
        fill_up(small_disk, leave)
        said, _ = post_until_refused(store)
        assert said == f"{store.name}: the disk is full; nothing was written"
        revision = store.revision()
        assert_sound(store, revision)
        again, _ = post_until_refused(store)
        assert again == said
        (small_disk / "ballast").unlink()
        case.receive(store)
        assert store.verify() == []
    with open_store(small_disk / "ledger.db") as store:
        assert store.verify() == []


def test_a_backup_onto_a_full_disk_leaves_nothing(small_disk, store_url):
    with open_store(store_url) as store:
        case.fill(store)
        fill_up(small_disk, 100_000)
        with pytest.raises(StoreError, match="the disk is full"):
            backup(store, small_disk / "a.backup")
        assert [path.name for path in small_disk.iterdir()] == ["ballast"]
        (small_disk / "ballast").unlink()
        assert check_backup(backup(store, small_disk / "a.backup").path)


def post_under_a_limit(path, outcome):
    """Post while no file may grow further: what a quota does."""
    import resource

    with open_store(path) as store:
        case.receive(store, LINES)
        with store.writing() as writer:
            writer.append([case.move(1, "outside:supplier", f"site:{n}") for n in range(LINES - 1)])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        most = max(file.stat().st_size for file in path.parent.iterdir()) + 400_000
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        said, last = post_until_refused(store)
        sound = store.verify(), store.revision() % LINES, store.voucher(last) is not None
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        case.receive(store)
        outcome.send((said, *sound, store.verify()))


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="this system limits no file sizes")
def test_a_limit_on_file_size_refuses_in_one_line_too(tmp_path):
    # A process of its own: the limit holds for all files of a process.
    processes = multiprocessing.get_context("forkserver")
    ours, theirs = processes.Pipe()
    folder = tmp_path / "own"
    folder.mkdir()
    process = processes.Process(target=post_under_a_limit, args=(folder / "ledger.db", theirs))
    process.start()
    theirs.close()
    assert ours.poll(60)
    said, wrong, part, last_kept, wrong_after = ours.recv()
    process.join()
    ours.close()
    assert "reading or writing the disk failed" in said
    assert "nothing was written" in said
    assert (wrong, part, last_kept, wrong_after) == ([], 0, True, [])


# --- PostgreSQL ------------------------------------------------------------------------------

FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$
"""


@pytest.fixture(params=[POSTGRESQL])
def server_url(request):
    """The URL of a ledger without facts on a server."""
    return request.getfixturevalue("databases").fresh()


@pytest.mark.parametrize("table", ["documents", "moves"])
def test_a_server_whose_disk_is_full_refuses_in_one_line(server_url, table):
    trigger = f"CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW"
    with open_store(server_url) as store:
        case.receive(store, 3)
        with store.writing() as writer:
            writer.connection.execute(text(FULL))
            writer.connection.execute(text(f"{trigger} EXECUTE FUNCTION full_disk()"))
        with pytest.raises(StoreError) as error:
            case.receive(store)
        assert error.value.say("en").endswith(": the server's disk is full; nothing was written")
        assert "\n" not in str(error.value)
        assert store.revision() == 1
        assert store.verify() == []
        with store.writing() as writer:
            writer.connection.execute(text(f"DROP TRIGGER no_room ON {table}"))
        assert case.receive(store).id == "V000002"
        assert store.verify() == []


@pytest.fixture(params=[POSTGRESQL])
def small_server(request):
    """A database of its own on a small disk of the server, and that disk's folder."""
    databases = request.getfixturevalue("databases")
    [[data]] = databases.admin.execute("SHOW data_directory").fetchall()
    if databases.server.host not in {"127.0.0.1", "localhost"} or not Path(data).is_dir():
        pytest.skip("the server is on another machine")
    owner = Path(data).stat()
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    if not mount(folder, TABLESPACE_MB, f"uid={owner.st_uid}", f"gid={owner.st_gid}"):
        folder.rmdir()
        pytest.skip("mounting is not allowed here; the server's own error is tried instead")
    name, inside = f"small_{os.getpid()}", folder / "tables"
    inside.mkdir(mode=0o700)
    os.chown(inside, owner.st_uid, owner.st_gid)
    how = f"ENCODING 'UTF8' TEMPLATE template0 TABLESPACE {name}"
    try:
        databases.admin.execute(f"CREATE TABLESPACE {name} LOCATION '{inside}'")
        databases.admin.execute(f"CREATE DATABASE {name} {how}")
        url = databases.server.set(database=name)
        yield url.render_as_string(hide_password=False), folder
    finally:
        databases.admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        databases.admin.execute(f"DROP TABLESPACE IF EXISTS {name}")
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.slow
def test_a_server_on_a_really_full_disk_refuses_and_takes_postings_again(small_server):
    url, folder = small_server
    with open_store(url) as store:
        fill_up(folder, 500_000)
        said, last = post_until_refused(store)
        assert said.endswith(": the server's disk is full; nothing was written")
        revision = store.revision()
        assert_sound(store, revision)
        assert last is None or store.voucher(last) is not None
        (folder / "ballast").unlink()
        case.receive(store)
        assert store.verify() == []
