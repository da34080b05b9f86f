"""Many at once, and one that is killed: nobody takes the same goods, nothing is half posted."""

import multiprocessing
import os
import signal
import threading
import time
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from supplies.errors import OverdrawnError
from supplies.ledger import Move, Reason
from supplies.store import open_store

DAY = date(2026, 7, 1)
# Never a plain fork: it would share open database connections. A server that has the program
# loaded starts each process at once; where there is none, each loads it anew.
SERVED = "forkserver" in multiprocessing.get_all_start_methods()
PROCESSES = multiprocessing.get_context("forkserver" if SERVED else "spawn")
PROCESSES.set_forkserver_preload(["supplies.store"])


def move(quantity, source, target, item="water"):
    return Move(
        id=uuid4(), day=DAY, recorded_at=datetime.now(UTC), recorded_by="", item=item, lot="",
        quantity=quantity, source=source, target=target, reason=Reason.TRANSFER,
    )  # fmt: skip


@pytest.fixture
def url(store_url):
    with open_store(store_url) as store, store.writing() as writer:
        writer.append([move(10, "outside:opening", "site:A")])
    return store_url


def test_two_threads_cannot_take_the_same_stock(url):
    outcomes, ready = [], threading.Barrier(2)
    with open_store(url) as store:

        def issue():
            ready.wait()
            try:
                with store.writing() as writer:
                    # Both would see ten here if the lock came only with the first write.
                    assert writer.levels([("site:A", "water", "")])
                    time.sleep(0.05)
                    writer.append([move(10, "site:A", "outside:used")])
                outcomes.append("posted")
            except OverdrawnError:
                outcomes.append("refused")

        threads = [threading.Thread(target=issue) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["posted", "refused"]
        assert store.stock() == []
        assert store.verify() == []


def test_a_new_ledger_may_be_opened_by_many_at_once(ledgers):
    url = ledgers.empty()
    found, ready = [], threading.Barrier(6)

    def begin():
        ready.wait()
        with open_store(url) as store:
            found.append(store.verify())

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[]] * 6


def begin_with_others(url, ready, done):
    ready.wait()
    with open_store(url) as store:
        done.put(store.verify())


def test_a_new_ledger_may_be_opened_by_many_processes_at_once(ledgers):
    url, ready, done = ledgers.empty(), PROCESSES.Barrier(4), PROCESSES.Queue()
    workers = [
        PROCESSES.Process(target=begin_with_others, args=(url, ready, done)) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    assert [done.get(timeout=60) for _ in workers] == [[]] * 4
    for worker in workers:
        worker.join()
    done.close()
    done.join_thread()


def post_often(url, name, times):
    """Issue one piece at a time, through a document of two moves each."""
    with open_store(url) as store:
        for _ in range(times):
            with store.writing() as writer:
                writer.append(
                    [
                        move(1, "outside:supplier", f"site:{name}"),
                        move(1, "site:shared", "outside:used"),
                    ]
                )


def test_four_processes_lose_nothing(url):
    with open_store(url) as store, store.writing() as writer:
        writer.append([move(10**6, "outside:opening", "site:shared")])
    workers = [PROCESSES.Process(target=post_often, args=(url, name, 25)) for name in "WXYZ"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    with open_store(url) as store:
        held = {row.site: row.quantity for row in store.stock()}
        assert held == {"A": 10, "shared": 10**6 - 100} | dict.fromkeys("WXYZ", 25)
        assert store.revision() == 2 + 2 * 100
        assert store.verify() == []


def die_writing(url, said):
    store = open_store(url)
    with store.writing() as writer:
        writer.append([move(3, "site:A", "site:B"), move(3, "site:B", "outside:used")], key="k")
        assert writer.revision() == 3
        said.set()
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_while_writing_leaves_nothing(url):
    said = PROCESSES.Event()
    worker = PROCESSES.Process(target=die_writing, args=(url, said))
    worker.start()
    worker.join(timeout=60)
    assert (said.is_set(), worker.exitcode) == (True, -signal.SIGKILL)
    worker.close()
    with open_store(url, busy_s=5) as store:
        assert store.revision() == 1
        with store.reading() as reader:
            assert reader.posted("k") is None
        assert store.verify() == []
        with store.writing() as writer:
            assert writer.append([move(10, "site:A", "outside:used")], key="k").id == "V000002"
