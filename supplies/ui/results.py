"""Results of long steps: kept in the store, made by the worker, watched from the page."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from supplies import tasks
from supplies.codec import decode
from supplies.plan import DispatchPlan, Readiness, ReservePlan
from supplies.ui.jobs import Job, Runner
from supplies.ui.shell import View, address, origin, token

KINDS: dict[str, dict[str, Any]] = {
    "readiness": {"readiness": Readiness},
    "plan": {"plan": ReservePlan, "before": Readiness, "after": Readiness},
    "dispatch": {"plan": DispatchPlan},
}


@dataclass(frozen=True)
class Result:
    """A kept result: its parts by name, when it was made, and whether stock or city moved on."""

    parts: dict[str, Any]
    made_at: datetime
    revision: int
    stale: bool
    arguments: dict[str, Any]


@st.cache_resource(show_spinner=False)
def runner() -> Runner:
    """Return the one runner of this server process."""
    return Runner()


@st.cache_resource(show_spinner=False, max_entries=12)
def _parts(_view: View, step: str, key: str, stamp: str) -> dict[str, Any]:
    """Decode a result once per stamp: the documents are large, the pages run at every click."""
    body = tasks.load_result(_view.desk, step, key)
    if body is None:
        return {}
    return {name: decode(kind, body[name]) for name, kind in KINDS[step].items()}


def load(view: View, step: str, key: str) -> Result | None:
    """Return the kept result of a step, or ``None`` when it was never run to its end."""
    stamp = tasks.load_result(view.desk, step, f"{key}/stamp")
    if stamp is None:
        return None
    parts = _parts(view, step, key, json.dumps([address(), stamp], sort_keys=True))
    if not parts:
        return None
    return Result(
        parts=parts,
        made_at=datetime.fromisoformat(stamp["made_at"]),
        revision=stamp["revision"],
        stale=stamp["state"] != view.state,
        arguments=stamp["arguments"],
    )


def start(step: str, key: str, arguments: dict[str, Any]) -> Job:
    """Start a step in the worker; the same step and key runs once however often it is asked."""
    db, city = address()
    request = {
        "step": step,
        "key": key,
        "db": db,
        "city": city,
        "arguments": arguments,
        "token": token(),
        "origin": origin(),
    }
    return runner().start(step, key, request)


def watch(view: View, step: str, key: str) -> bool:
    """Draw a running step with its bar and a stop button; return whether one is running.

    A step that ended badly is told once, in one line.
    """
    job = runner().find(step, key)
    if job is None:
        return False
    if job.over:
        runner().forget(job)
        if job.state == "failed":
            st.error(view.text("job.failed", reason=view.words.message(job.text)))
        elif job.state == "stopped":
            st.info(view.text("job.stopped"))
        return False
    _panel(view, job)
    return True


@st.fragment(run_every=1.0)
def _panel(view: View, job: Job) -> None:
    if job.over:
        st.rerun()
    bar, button = st.columns([6, 1], vertical_alignment="bottom")
    waiting = job.state == "waiting"
    words = view.text("job.waiting") if waiting else view.words.message(job.text or "start")
    bar.progress(job.fraction, text=f"{words} · {job.fraction:.0%}")
    if button.button(view.text("job.stop"), key=f"stop-{job.id}", icon=":material/stop_circle:"):
        runner().stop(job)


def readiness(view: View, mode: str) -> Result | None:
    """Return the readiness in a mode, and prove it anew when the stock has moved.

    The older verdict stays on screen, marked, while the worker proves; ``None`` when there is
    none yet.
    """
    found = load(view, "readiness", mode)
    if found is None or found.stale:
        tried = st.session_state.setdefault("proved", set())
        if (mode, view.state) not in tried:
            tried.add((mode, view.state))
            start("readiness", mode, {"mode": mode})
        running = watch(view, "readiness", mode)
        if not running and found is None:
            found = load(view, "readiness", mode)
        again = view.text("readiness.prove")
        if not running and (found is None or found.stale) and st.button(again, key=f"prove-{mode}"):
            start("readiness", mode, {"mode": mode})
            st.rerun()
    return found
