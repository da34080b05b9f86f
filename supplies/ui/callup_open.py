"""One call-up, opened: how far it has come, what is next, its goods, sources and papers."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Any

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.callups import Case, Standing, State, fold, waits_for
from supplies.clock import CHINA
from supplies.errors import SuppliesError
from supplies.reports import callup_rows as made
from supplies.reports import callup_words as say
from supplies.reports.titles import Row
from supplies.ui import callup_bar, callup_steps, parts
from supplies.ui.callup_acting import SAID, Acting
from supplies.ui.shell import View

FIGURES = ("approved", "reserved", "sent", "received", "lost", "returned", "to_refill")
SOURCES = ("item", "unit", "giver", "owner", "draw", "drive", "proposed", "approved")
UNMET = ("item", "unit", "unmet", "why")
LADDER = ("owner", "amount", "limit", "who", "given", "evidence", "rule")
_NUMBERS = {"quantity": "localized", "money": "localized", "decimal": "%.1f"}


def draw(view: View, number: str) -> None:
    """Draw a call-up and the forms of what may come next."""
    try:
        case = tasks.call_up(view.desk, number)
    except SuppliesError as error:
        st.error(error.say(view.lang), icon=":material/block:")
        return
    state = fold(case)
    heading(view, case, state)
    callup_bar.draw(view, case, state)
    acting = Acting(view, case, state)
    said(acting)
    callup_steps.draw(acting)
    lines(view, state)
    sources(view, case, state)


def heading(view: View, case: Case, state: State) -> None:
    """Draw which call-up it is, who asked for it and why, and the download of its papers."""
    words, call_up = view.words, case.call_up
    title_at, print_at = st.columns([7, 2], vertical_alignment="center")
    colour = "gray" if state.ended else "blue"
    marks = f":{colour}-badge[{say.waits(words, state, waits_for(state))}]"
    if not case.papers and state.ended is None:
        marks += f" :orange-badge[{say.papers(words, case)}]"
    title_at.markdown(f"#### {call_up.id} {words.area(call_up.area)} {marks}")
    with print_at:
        parts.workbook_button(
            view.text("callups.print"),
            f"{call_up.id}.xlsx",
            partial(_write, view, call_up.id),
            key=f"callup-print-{call_up.id}",
        )
    entered = call_up.recorded_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    told = {
        "callups.incident": call_up.incident,
        "callups.level": view.text(f"callups.level_{call_up.level}"),
        "callups.why": call_up.reason if call_up.reason != call_up.incident else "",
        "vouchers.asked_by": call_up.asked_by,
        "callups.papers_number": say.papers(words, case) if case.papers else "",
        "callups.order_number": state.order_number,
        "stock.entered": entered,
    }
    said_ = [f":gray[{view.text(key)}] {value}" for key, value in told.items() if value]
    st.markdown(" &emsp; ".join(said_))


def _write(view: View, number: str, target: BytesIO) -> None:
    tasks.write_call_up(view.desk, number, target, view.lang)


def said(acting: Acting) -> None:
    """Say what was just done, by others too, and what was refused on the way here."""
    view, number = acting.view, acting.number
    done = st.session_state.pop(SAID, None)
    seen = st.session_state.get(f"callup-seen-{number}", acting.stand)
    st.session_state[f"callup-seen-{number}"] = acting.stand
    if done is not None and done[0] == number:
        st.success(done[1], icon=":material/check_circle:")
    elif seen != acting.stand:
        # A click on what somebody else has overtaken did nothing: say why.
        st.info(view.text("callups.overtaken"), icon=":material/group:")
    refused = st.session_state.pop("callup-refused", None)
    if refused is not None and refused[0] == number:
        st.error(refused[1].say(view.lang), icon=":material/block:")


def lines(view: View, state: State) -> None:
    """Draw what was asked for and what became of it."""
    words = view.words
    rows: list[dict[str, Any]] = []
    for line in state.call_up.lines:
        figures = {name: _total(view, state, line.number, name) for name in FIGURES}
        asked = say.units(words, line.item, line.quantity)
        rows.append(
            {
                view.text("word.item"): words.item(line.item),
                view.text("word.unit_of"): words.unit(line.item),
                view.text("callups.asked"): float(asked),
                **{view.text(f"callups.{name}"): figures[name] for name in FIGURES},
                view.text("callups.target"): say.target(words, line.target),
            }
        )
    st.markdown(f"**{view.text('callups.goods')}**")
    names = [view.text(f"callups.{name}") for name in ("asked", *FIGURES)]
    figure = st.column_config.NumberColumn(format="localized")
    parts.table(pd.DataFrame(rows), config=dict.fromkeys(names, figure))


def _total(view: View, state: State, number: int, name: str) -> float | None:
    """Return one figure of a line, ``None`` for none at all."""
    units = sum(_figure(s, name) for s in state.of(number))
    item = state.call_up.line(number).item
    return float(say.units(view.words, item, units)) if units else None


def _figure(standing: Standing, name: str) -> int:
    """Return one figure of a share; what was reserved and has left was reserved all the same."""
    if name == "reserved" and standing.share.site:
        return standing.reserved + standing.sent + (standing.let_go if standing.approved else 0)
    return int(getattr(standing, name))


def sources(view: View, case: Case, state: State) -> None:
    """Draw whose goods they are, nearest first, what nobody gives, and who decides."""
    words = view.words
    if state.proposal is None:
        st.caption(view.text("callups.no_proposal"))
        return
    missing = made.unmet_rows(words, state)
    if missing:
        st.markdown(f"**:red[{view.text('callups.unmet')}]**")
        table(view, UNMET, missing)
    if state.standings:
        st.markdown(f"**{view.text('callups.sources')}**")
        st.caption(view.text("callups.sources_note"))
        table(view, SOURCES, made.source_rows(words, state))
    if state.proposal.needs:
        st.markdown(f"**{view.text('callups.ladder')}**")
        table(view, LADDER, made.ladder_rows(words, case, state))


def table(view: View, keys: Sequence[str], rows: Sequence[Row]) -> None:
    """Draw rows of a call-up's papers."""
    columns = made.columns(view.words, keys)
    frame = pd.DataFrame([{c.title: row.get(c.key) for c in columns} for row in rows])
    config: dict[str, Any] = {}
    for column in columns:
        if column.kind in _NUMBERS:
            frame[column.title] = pd.to_numeric(frame[column.title], errors="coerce")
            config[column.title] = st.column_config.NumberColumn(format=_NUMBERS[column.kind])
    marks = [c.title for c in columns if c.key == "evidence"]
    parts.table(frame, marks=marks, config=config)
