"""The forms of a call-up's end: settled, paid, given back, refilled, closed, or not to be."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import streamlit as st

from supplies import tasks
from supplies.access import Right
from supplies.callups import Mode
from supplies.lots import Condition
from supplies.ui import parts
from supplies.ui.callup_acting import Acting, amounts, room, send


def _with_reason(acting: Acting, step: str, act: Callable[..., object]) -> None:
    """Draw a step that needs a reason and nothing else."""
    with st.form(acting.name(step), border=False):
        why = st.text_input(acting.view.text("callups.why"), key=acting.name(step, "why"))
        if send(acting, step):
            order = acting.order(step)
            acting.do(step, lambda: act(acting.view.desk, acting.number, reason=why, order=order))


def refuse(acting: Acting) -> None:
    """Draw the refusal."""
    _with_reason(acting, "refuse", tasks.refuse_call_up)


def cancel(acting: Acting) -> None:
    """Draw the way to take a request back."""
    _with_reason(acting, "cancel", tasks.cancel_call_up)


def close(acting: Acting) -> None:
    """Draw the close."""
    with st.form(acting.name("close"), border=False):
        note = st.text_input(acting.view.text("stock.note"), key=acting.name("close-note"))
        if send(acting, "close"):
            order = acting.order("close")
            acting.do(
                "close",
                lambda: tasks.close_call_up(
                    acting.view.desk, acting.number, note=note, order=order
                ),
            )


def papers(acting: Acting) -> None:
    """Draw the entry of the written request that came after the telephone."""
    with st.form(acting.name("papers"), border=False):
        written = st.text_input(
            acting.view.text("callups.papers_number"), key=acting.name("papers-number")
        )
        if send(acting, "papers"):
            order = acting.order("papers")
            acting.do(
                "papers",
                lambda: tasks.file_call_up_papers(
                    acting.view.desk, acting.number, order_number=written, order=order
                ),
            )


def settle(acting: Acting) -> None:
    """Draw who bears what came: who uses it pays, unless said otherwise."""
    view, state = acting.view, acting.state
    lost = state.total("lost")
    with st.form(acting.name("settle"), border=False):
        how = st.radio(
            view.text("callups.mode"),
            [*Mode],
            key=acting.name("mode"),
            format_func=lambda mode: view.text(f"callups.mode_{mode.value}"),
        )
        losses = bool(lost) and st.checkbox(view.text("callups.losses"), key=acting.name("losses"))
        due_at, note_at = st.columns([1, 2])
        due = due_at.date_input(
            view.text("callups.due"),
            value=None,
            key=acting.name("due"),
            help=view.text("callups.due_help", n=int(view.desk.city.rule("refill_due_months"))),
        )
        note = note_at.text_input(view.text("stock.note"), key=acting.name("settle-note"))
        if send(acting, "settle"):
            order = acting.order("settle")
            acting.do(
                "settle",
                lambda: tasks.settle_call_up(
                    view.desk,
                    acting.number,
                    mode=how,
                    losses=losses,
                    due=due,
                    note=note,
                    order=order,
                ),
            )


def pay(acting: Acting) -> None:
    """Draw the entry of a payment, at first of all that is still due."""
    view, state = acting.view, acting.state
    owed = (state.due_fen - state.paid_fen) / 100
    with st.form(acting.name("pay"), border=False):
        amount = st.number_input(
            view.text("callups.amount"), value=owed, min_value=0.0, key=acting.name("pay-amount")
        )
        note = st.text_input(view.text("stock.note"), key=acting.name("pay-note"))
        if send(acting, "pay"):
            order, exact = acting.order("pay"), Decimal(f"{amount:.2f}")
            acting.do(
                "pay",
                lambda: tasks.pay_call_up(
                    view.desk, acting.number, amount_cny=exact, note=note, order=order
                ),
            )


def return_(acting: Acting) -> None:
    """Draw goods on their way back to their owner."""
    view = acting.view
    with st.form(acting.name("return"), border=False):
        back = amounts(acting, room(acting.state, lambda s: s.returnable), "return")
        in_use = st.toggle(
            view.text("callups.in_use"),
            key=acting.name("in-use"),
            help=view.text("callups.in_use_help"),
        )
        state_at, why_at = st.columns([1, 2])
        condition = state_at.selectbox(
            view.text("stock.condition"),
            [*Condition],
            key=acting.name("condition"),
            format_func=lambda c: view.words.term("condition", c.value),
            help=view.text("callups.condition_help"),
        )
        why = why_at.text_input(
            view.text("callups.why"),
            value=view.text("callups.why_return"),
            key=acting.name("return-why"),
        )
        if send(acting, "return"):
            if not back.some:
                st.warning(view.text("callups.nothing"), icon=":material/edit:")
                return
            order = acting.order("return")
            acting.do(
                "return",
                lambda: tasks.return_call_up(
                    view.desk,
                    acting.number,
                    quantities=back.some,
                    reason=why,
                    in_use=in_use,
                    condition=condition,
                    order=order,
                ),
            )


def refill(acting: Acting) -> None:
    """Draw goods that come in for those that were used: bought, or from a store."""
    view = acting.view
    city, actor = view.desk.city, view.desk.actor
    with st.form(acting.name("refill"), border=False):
        owed = amounts(acting, room(acting.state, lambda s: s.to_refill), "refill")
        source_at, until_at, why_at = st.columns([2, 1, 2])
        mine = [s for s in parts.open_sites(view) if actor.may(Right.POST, city, site=s)]
        source = source_at.selectbox(
            view.text("callups.refill_from"),
            ["", *mine],
            key=acting.name("refill-from"),
            format_func=lambda s: view.words.source(s) if s else view.text("callups.bought"),
        )
        until = until_at.date_input(
            view.text("callups.bought_until"), value=None, key=acting.name("refill-until")
        )
        why = why_at.text_input(
            view.text("callups.why"),
            value=view.text("callups.why_refill"),
            key=acting.name("refill-why"),
        )
        if send(acting, "refill"):
            if not owed.some:
                st.warning(view.text("callups.nothing"), icon=":material/edit:")
                return
            order = acting.order("refill")
            acting.do(
                "refill",
                lambda: tasks.refill_call_up(
                    view.desk,
                    acting.number,
                    quantities=owed.some,
                    reason=why,
                    source=source or None,
                    lot=until.isoformat() if until and not source else None,
                    order=order,
                ),
            )


FORMS: Mapping[str, Callable[[Acting], None]] = {
    "refuse": refuse,
    "cancel": cancel,
    "close": close,
    "papers": papers,
    "settle": settle,
    "pay": pay,
    "return": return_,
    "refill": refill,
}
