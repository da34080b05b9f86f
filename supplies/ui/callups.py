"""Call-ups: ask for goods, decide, send, sign for them, settle; each waits for one next step."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.callups import Debt, Step
from supplies.reports import callup_words as say
from supplies.tasks import CallUpLine
from supplies.ui import callup_form, callup_open, parts, samples, shell
from supplies.ui.shell import View
from supplies.ui.words import number

OPEN, VIEW = "callup-open", "callup-view"
VIEWS = ("list", "new", "debts")
COLOURS = {
    Step.PROPOSE: "red",
    Step.APPROVE: "red",
    Step.RESERVE: "orange",
    Step.ORDER: "orange",
    Step.DEPART: "blue",
    Step.ARRIVE: "blue",
    Step.SETTLE: "violet",
    Step.REFILL: "violet",
    Step.CLOSE: "green",
}


def kpis(view: View, found: Sequence[CallUpLine], owed: Sequence[Debt]) -> None:
    """Draw what is open, waits for a decision, is on the road, is owed."""
    open_ = [line for line in found if line.state.ended is None]
    waiting = [line for line in open_ if line.step in {Step.APPROVE, Step.PROPOSE}]
    trips = sum(len(line.state.trips) for line in open_)
    late = sum(1 for debt in owed if debt.due is not None and debt.due < view.day)
    papers = [line for line in open_ if line.papers_due is not None]
    owing = f"{late} / {len(owed)}" if late else str(len(owed))
    parts.metrics(
        [
            (view.text("callups.kpi_open"), str(len(open_)), None),
            (view.text("callups.kpi_waiting"), str(len(waiting)), None),
            (view.text("callups.kpi_road"), str(trips), view.text("callups.kpi_road_help")),
            (view.text("callups.kpi_papers"), str(len(papers)), None),
            (view.text("callups.kpi_owed"), owing, view.text("callups.kpi_owed_help")),
        ]
    )


def listing(view: View, found: Sequence[CallUpLine]) -> None:
    """Draw all call-ups, the open ones first; a click opens one."""
    if not found:
        st.caption(view.text("callups.none"))
        return
    rows = sorted(found, key=lambda line: line.state.ended is not None)

    def clicked() -> None:
        picked = st.session_state["callups-table"]["selection"]["rows"]
        st.session_state[OPEN] = rows[picked[0]].state.call_up.id if picked else None

    frame, waits = _table(view, rows)
    words = {word: colour for (word,), colour in zip(frame[waits], _colours(rows), strict=True)}
    st.caption(view.text("callups.click"))
    st.dataframe(
        frame,
        key="callups-table",
        hide_index=True,
        height=min(520, round(parts.PIXELS_PER_ROW * (len(rows) + 1)) + 4),
        on_select=clicked,
        selection_mode="single-row",
        placeholder="",
        column_config={
            waits: st.column_config.MultiselectColumn(
                waits, options=[*words], color=[*words.values()]
            )
        },
    )


def _colours(rows: Sequence[CallUpLine]) -> list[str]:
    return [
        "gray" if line.state.ended or line.step is None else COLOURS.get(line.step, "gray")
        for line in rows
    ]


def _table(view: View, rows: Sequence[CallUpLine]) -> tuple[pd.DataFrame, str]:
    """Return the list in words, and the name of the column that says what is waited for."""
    words, waits = view.words, view.text("callups.waits")
    frame = pd.DataFrame(
        {
            view.text("callups.number"): line.state.call_up.id,
            waits: [say.waits(words, line.state, line.step)],
            view.text("callups.area"): words.area(line.state.call_up.area),
            view.text("callups.level"): line.state.call_up.level,
            view.text("callups.incident"): line.state.call_up.incident or line.state.call_up.reason,
            view.text("callups.goods"): words.listed(
                (
                    f"{words.item(x.item)} {number(say.units(words, x.item, x.quantity))}"
                    f"{' ' if view.lang == 'en' else ''}{words.unit(x.item)}"
                    for x in line.state.call_up.lines
                ),
                most=3,
            ),
            view.text("callups.day"): line.state.call_up.day,
            view.text("callups.papers_due"): line.papers_due,
        }
        for line in rows
    )
    return frame, waits


def debts(view: View, owed: Sequence[Debt]) -> None:
    """Draw who owes what to whom, what is due first above."""
    if not owed:
        st.success(view.text("callups.no_debts"), icon=":material/check_circle:")
        return
    words = view.words
    rows: list[dict[str, Any]] = [
        {
            view.text("callups.number"): debt.call_up,
            view.text("callups.debtor"): say.owner(words, debt.debtor),
            view.text("callups.creditor"): say.owner(words, debt.creditor),
            view.text("callups.owes"): _owes(view, debt),
            view.text("callups.mode"): words.pick(*say.MODES[debt.mode])
            if debt.mode
            else view.text("callups.unsettled"),
            view.text("callups.due"): debt.due,
            view.text("vouchers.state"): _overdue(view, debt.due),
        }
        for debt in owed
    ]
    parts.table(
        pd.DataFrame(rows),
        marks=[view.text("vouchers.state")],
        colours={view.text("callups.overdue"): "red"},
    )


def _owes(view: View, debt: Debt) -> str:
    if not debt.quantity:
        return view.words.money(Decimal(debt.amount_fen) / 100)
    units = say.units(view.words, debt.item, debt.quantity)
    return f"{view.words.item(debt.item)} {view.words.quantity(units, debt.item)}"


def _overdue(view: View, due: date | None) -> str:
    return view.text("callups.overdue") if due is not None and due < view.day else ""


def opened(view: View, name: str) -> None:
    """Draw one call-up, with the way back to all."""

    def back() -> None:
        st.session_state[OPEN] = None

    st.button(
        view.text("callups.back"),
        key="callup-back",
        on_click=back,
        icon=":material/arrow_back:",
        type="tertiary",
    )
    callup_open.draw(view, name)


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    shell.heading(view, "callups")
    if view.desk.store.revision() == 0:
        samples.offer(view)
        return
    name = st.session_state.get(OPEN)
    if name:
        opened(view, name)
        return
    found, owed = tasks.call_ups(view.desk, ended=True), tasks.debts_open(view.desk)
    kpis(view, found, owed)
    st.session_state.setdefault(VIEW, "list")
    which = st.segmented_control(
        view.text("vouchers.view"),
        VIEWS,
        key=VIEW,
        format_func=lambda name: view.text(f"callups.view_{name}"),
        label_visibility="collapsed",
        required=True,
    )
    if which == "list":
        listing(view, found)
    elif which == "debts":
        debts(view, owed)
    elif (sent := callup_form.draw(view)) is not None:
        st.session_state[OPEN] = sent
        st.rerun()


if __name__ == "__main__":
    page()
