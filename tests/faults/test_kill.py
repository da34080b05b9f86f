"""A process killed at any moment of a posting: every document is wholly in or wholly out."""

import json
import multiprocessing
import os
import signal
import time
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from supplies.ledger import Reservation
from supplies.store import open_store, schema
from tests.faults import keeping_case as case

KILLS = 200
WARM = 5
VERIFY_EVERY = 40
SERVED = "forkserver" in multiprocessing.get_all_start_methods()
pytestmark = pytest.mark.skipif(not SERVED, reason="this system cannot fork")
if SERVED:
    PROCESSES = multiprocessing.get_context("forkserver")
    PROCESSES.set_forkserver_preload(["supplies.store", "tests.faults.keeping_case"])


def post(store, random):
    """Post a document of many lines and one with a reservation, each with its event."""
    lines = random.randint(2, 40)
    with store.writing() as writer:
        moves = [case.move(3, "outside:supplier", f"site:{n}") for n in range(lines)]
        moves += [case.move(1, f"site:{n}", "outside:used") for n in range(lines)]
        voucher = writer.append(moves, [case.LOT], key=str(uuid4()), note=f"{2 * lines}")
        held = Reservation(
            id=uuid4(), day=case.DAY, recorded_at=case.START, recorded_by="", account="site:0",
            item=case.LOT.item, lot=case.LOT.id, quantity=1,
        )  # fmt: skip
        hold = writer.reserve([held], note="0")
        for document in (voucher.id, hold.id):
            writer.record_event(
                at=case.START, user="", origin="", task="", subject=document, outcome="",
                detail="",
            )  # fmt: skip
    return [voucher.id, hold.id]


def kill_once(store, seed, after_s):
    """Fork a worker, kill it after a while, and return the documents it was told about."""
    heard, told = os.pipe()
    worker = os.fork()
    if worker == 0:
        try:
            os.close(heard)
            while True:
                os.write(told, f"{' '.join(post(store, Random(seed)))}\n".encode())
        finally:
            os._exit(1)
    os.close(told)
    time.sleep(after_s)
    os.kill(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    assert os.WIFSIGNALED(status), "it posted until it was killed"
    with os.fdopen(heard) as stream:
        return stream.read().split()


def kill_many(url, seed, outcome):
    """Run in a process of its own, warm and without threads, so that forking is cheap and safe."""
    random, told, found = Random(seed), [], []
    store = open_store(url)
    for _ in range(WARM):
        store.close()  # a worker begins with a new connection, too
        start = time.monotonic()
        told += post(store, random)
        once_s = time.monotonic() - start
    for number in range(KILLS):
        store.close()
        told += kill_once(store, number, random.uniform(0, 2 * once_s))
        if number % VERIFY_EVERY == VERIFY_EVERY - 1:
            found += store.verify()
    store.close()
    outcome.send(json.dumps({"told": told, "found": found}))


@pytest.mark.slow
def test_two_hundred_kills_leave_every_document_wholly_in_or_wholly_out(store_url, record_property):
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=kill_many, args=(store_url, 5, theirs))
    start = time.monotonic()
    process.start()
    theirs.close()
    assert ours.poll(540)
    answer = json.loads(ours.recv())
    process.join()
    ours.close()
    assert answer["found"] == []
    with open_store(store_url) as store, store.reading() as reader:
        documents, moves = schema.documents.c, schema.moves.c
        query = (
            select(documents.id, documents.note, func.count(moves.number).label("lines"))
            .outerjoin(schema.moves, moves.document == documents.id)
            .group_by(documents.id, documents.note)
        )
        rows = list(reader.connection.execute(query))
        kept = {row.id for row in rows}
        assert [row.id for row in rows if int(row.note) != row.lines] == [], "half a document"
        subjects = list(reader.connection.execute(select(schema.events.c.subject)).scalars())
        assert sorted(subjects) == sorted(kept), "each document with its event"
        assert len(kept) % 2 == 0, "both documents of a transaction, or none"
        assert set(answer["told"]) <= kept, "what somebody was told is kept"
    with open_store(store_url) as store:
        assert store.verify() == []
        case.receive(store)
    figures = {
        "kills": KILLS,
        "documents": len(kept),
        "kept though nobody was told": len(kept) - len(answer["told"]),
        "seconds": round(time.monotonic() - start, 1),
    }
    record_property("kill", figures)
    print(figures)  # noqa: T201 - shown with -s
    assert len(kept) > 2 * WARM + KILLS // 10, "they were killed at work"
