"""Whose turn it is to write a file: those who wait longest ask most often.

SQLite lets many wait for its write lock, but each asks at its own pace; somebody who posts one
voucher after the other then keeps winning, and a waiter may starve. Asking the operating system
for a lock beside the ledger is a thousand times cheaper than asking the database, so all can ask
often; it is let go when a process dies. It is courtesy only: what keeps writers apart is the
database's own lock, and where there is no such lock (Windows, some network drives) they do as
well, only less evenly.
"""

import importlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

fcntl: Any
try:
    fcntl = importlib.import_module("fcntl")
except ImportError:  # Windows
    fcntl = None

_SUFFIX = "-turn"
_PAUSE_MAX_S, _PAUSE_MIN_S = 0.01, 0.0005
_HALVES_EVERY_S = 0.2


@contextmanager
def turn(path: Path | None, wait_s: float) -> Iterator[None]:
    """Wait for one's turn to write a file, at most so long; a server keeps its own queue."""
    lock = _lock_beside(path) if path is not None else None
    try:
        if lock is not None:
            _queue(lock, wait_s)
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _lock_beside(path: Path) -> int | None:
    if fcntl is None:
        return None
    try:
        # For reading only: colleagues who may write the ledger need not own this file.
        return os.open(f"{path}{_SUFFIX}", os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError:
        return None


def _queue(lock: int, wait_s: float) -> None:
    waited, start = 0.0, time.monotonic()
    while waited < wait_s:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(max(_PAUSE_MIN_S, _PAUSE_MAX_S * 0.5 ** (waited / _HALVES_EVERY_S)))
            waited = time.monotonic() - start
        except OSError:
            return
        else:
            return
