"""One long step in a process of its own: `python -m supplies.worker`.

A request (one JSON line) comes in on standard input::

    {"step": "readiness"|"plan"|"dispatch", "db": URL, "city": FOLDER, "arguments": {...},
     "token": SESSION, "origin": WHERE}

The step is done as the user of the session, with that user's rights; a ledger without users needs
none. JSON lines go out on standard output: ``{"progress": 0..1, "text": ...}`` and at last
``{"state": "done"|"stopped"|"failed", "text": ...}``. The result itself goes into the store, where
every session finds it (`supplies.tasks.save_result`). SIGTERM stops the step.
"""

import json
import signal
import sys
import traceback
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import FrameType
from typing import Any

from supplies import tasks
from supplies.codec import decode, encode
from supplies.errors import StoppedError, SuppliesError
from supplies.incident import Incident
from supplies.plan import Readiness
from supplies.progress import Progress


class Channel:
    """The way back to the page: progress out, a wish to stop in."""

    def __init__(self) -> None:
        self.stopping = False

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Note that the user wants to stop; the step learns it at its next progress call."""
        self.stopping = True

    def say(self, **line: object) -> None:
        """Write one JSON line."""
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def progress(self, words: str, fraction: float) -> None:
        """Tell how far the step is.

        Raises
        ------
        StoppedError
            When the user asked to stop.
        """
        if self.stopping:
            raise StoppedError("stopped by the user")
        self.say(progress=round(min(max(fraction, 0.0), 1.0), 4), text=words)


def slim(readiness: Readiness) -> Readiness:
    """Return a readiness without the flows of its proofs: screens show verdicts and cuts."""
    return replace(readiness, rows=tuple(replace(row, flows=()) for row in readiness.rows))


def _readiness(desk: tasks.Desk, asked: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    readiness = tasks.readiness(desk, mode=asked["mode"], progress=progress)
    return {"readiness": encode(slim(readiness))}


def _plan(desk: tasks.Desk, asked: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    budget = Decimal(asked["budget"]) if asked.get("budget") else None
    sizing = tasks.sized(
        desk, mode=asked["mode"], budget=budget, seconds=asked["seconds"], progress=progress
    )
    return {
        "plan": encode(sizing.plan),
        "before": encode(slim(sizing.before)),
        "after": encode(slim(sizing.after)),
    }


def _dispatch(desk: tasks.Desk, asked: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    incident: Incident = decode(Incident, asked["incident"])
    plan = tasks.dispatch(desk, incident, seconds=asked["seconds"], progress=progress)
    return {"plan": encode(plan), "incident": asked["incident"]}


STEPS = {"readiness": _readiness, "plan": _plan, "dispatch": _dispatch}


def run(request: Mapping[str, Any], progress: Progress) -> None:
    """Do one step and save its result under the request's key.

    Raises
    ------
    SuppliesError
        When the step refuses, or was stopped.
    """
    city = request.get("city")
    desk = tasks.open_desk(request.get("db"), Path(city) if city else None)
    with desk.store:
        actor = tasks.actor_of(desk, request.get("token"), request.get("origin") or "")
        _do(replace(desk, actor=actor), request, progress)


def _do(desk: tasks.Desk, request: Mapping[str, Any], progress: Progress) -> None:
    stamp = {
        "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "revision": desk.store.revision(),
        "state": tasks.state(desk),
        "by": desk.user,
        "arguments": request["arguments"],
    }
    progress("start", 0.0)
    body = STEPS[request["step"]](desk, request["arguments"], progress)
    tasks.save_result(desk, request["step"], request["key"], body)
    tasks.save_result(desk, request["step"], request["key"] + "/stamp", stamp)


def main() -> int:
    """Serve one request; return the exit status (0 done or stopped, 2 refused, 1 failed)."""
    channel = Channel()
    signal.signal(signal.SIGTERM, channel.stop)
    try:
        run(json.loads(sys.stdin.readline()), channel.progress)
    except StoppedError:
        channel.say(state="stopped")
        return 0
    except SuppliesError as error:
        channel.say(state="failed", text=str(error))
        return 2
    except Exception as error:  # the page shows one line; the whole story goes to the log
        traceback.print_exc()
        channel.say(state="failed", text=f"{type(error).__name__}: {error}")
        return 1
    channel.say(state="done", progress=1.0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
