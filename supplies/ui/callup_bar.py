"""The procedure of a call-up as a bar of steps: which are done, by whom, which one is next."""

from dataclasses import dataclass
from html import escape

import streamlit as st

from supplies.callups import Case, Event, State, Step, waits_for, why_not
from supplies.reports import callup_words as say
from supplies.ui.shell import View

# Each place on the bar, with the steps that belong there; the first gives it its name.
STAGES: tuple[tuple[Step, ...], ...] = (
    (Step.REQUEST,),
    (Step.APPROVE, Step.PROPOSE, Step.REFUSE),
    (Step.RESERVE,),
    (Step.ORDER,),
    (Step.DEPART,),
    (Step.ARRIVE,),
    (Step.SETTLE,),
    (Step.RETURN, Step.REFILL),
    (Step.CLOSE, Step.CANCEL),
)
SIGNS = {"done": "✓", "part": "◐", "now": "●", "todo": "○", "skip": "–", "bad": "✕"}
STYLE = """<style>
.steps { display: flex; flex-wrap: wrap; gap: .5rem .35rem; margin: .2rem 0 .6rem; }
.steps > div { flex: 1 1 6.2rem; border-top: 4px solid #9aa4ae; padding: .3rem .2rem 0;
  font-size: .8rem; line-height: 1.35; }
.steps b { font-size: .92rem; white-space: nowrap; }
.steps .who { display: block; overflow-wrap: anywhere; }
.steps .todo, .steps .skip { opacity: .62; }
.steps > .done { border-color: #1a7f37; } .steps > .part { border-color: #1a7f37; }
.steps > .now { border-color: #1565c0; } .steps .now b { color: #1565c0; }
.steps > .bad { border-color: #c62828; } .steps .bad b { color: #c62828; }
</style>"""
STYLE_DARK = "<style>.steps .now b { color: #7ab7ff; } .steps .bad b { color: #ff8a80; }</style>"


@dataclass(frozen=True)
class Stage:
    """A place on the bar: ``mark`` is one of `SIGNS`, ``events`` what was done there."""

    step: Step
    mark: str
    events: tuple[Event, ...]


def stages(case: Case, state: State) -> list[Stage]:
    """Return the places of the bar, as far as a call-up has come."""
    found: list[Stage] = []
    for steps in STAGES:
        # A proposal is made by the way: whoever decides is who the bar names.
        events = tuple(
            e for e in case.events if e.step in steps and e.step is not Step.PROPOSE
        )  # fmt: skip
        found.append(Stage(steps[0], _mark(state, steps, events), events))
    last = max(n for n, stage in enumerate(found) if stage.events)
    return [
        Stage(s.step, "skip", ()) if s.mark == "todo" and (n < last or state.ended) else s
        for n, s in enumerate(found)
    ]


def _mark(state: State, steps: tuple[Step, ...], events: tuple[Event, ...]) -> str:
    if state.ended in {Step.REFUSE, Step.CANCEL} and state.ended in steps:
        return "bad"
    if waits_for(state) in steps and waits_for(state) is not Step.RETURN:
        return "now"
    if steps[0] is Step.APPROVE:
        return "done" if state.approved else "part" if state.approvals else "todo"
    if not events:
        return "todo"
    if steps[0] is Step.RETURN:
        return "part" if state.total("to_refill") else "done"
    return "part" if why_not(state, steps[0]) is None else "done"


def draw(view: View, case: Case, state: State) -> None:
    """Draw the bar."""
    boxes = "".join(_box(view, stage) for stage in stages(case, state))
    st.html(STYLE + (STYLE_DARK if view.dark else "") + f'<div class="steps">{boxes}</div>')


def _box(view: View, stage: Stage) -> str:
    ended = stage.events[-1].step if stage.mark == "bad" else stage.step
    name = view.text(f"callups.stage_{ended.value}")
    told = ""
    if stage.events:
        last = stage.events[-1]
        times = f" ×{len(stage.events)}" if len(stage.events) > 1 else ""
        told = (
            f'<span class="who">{escape(last.recorded_by)}{times}</span>'
            f'<span class="who">{say.clock(last.recorded_at)}</span>'
        )
    return f'<div class="{stage.mark}"><b>{SIGNS[stage.mark]} {escape(name)}</b>{told}</div>'
