"""The forms of the steps that may come next in a call-up; only those, and ready to be sent."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import streamlit as st

from supplies import tasks
from supplies.callups import SITE_TARGET, Step, next_steps, waits_for
from supplies.reports import callup_words as say
from supplies.ui import callup_after
from supplies.ui.callup_acting import (
    Acting,
    amounts,
    from_above,
    may_take,
    room,
    send,
    senders,
)

# A field, and beside it the button that sends its form.
BESIDE = (6, 2)
# What belongs together and is offered side by side.
WITH = {"arrive": ("arrive", "depart"), "refill": ("refill", "return")}


def pressing(acting: Acting) -> str | None:
    """Return what a call-up waits for: a step, a payment or its papers."""
    state = acting.state
    step = waits_for(state)
    if step is not None and step is not Step.RETURN:
        return step.value
    if state.ended is not None:
        return None
    return "pay" if state.paid_fen < state.due_fen else None if state.papers else "papers"


def possible(acting: Acting) -> list[str]:
    """Return all that may be done now."""
    state = acting.state
    found = [step.value for step in next_steps(state)]
    if state.ended is None and not state.papers:
        found.append("papers")
    if state.paid_fen < state.due_fen:
        found.append("pay")
    return found


def draw(acting: Acting) -> None:
    """Draw what is waited for as an open form, and what else may be done behind buttons."""
    view, first, every = acting.view, pressing(acting), possible(acting)
    if not every:
        return
    now = [step for step in WITH.get(first or "", (first,)) if step in every]
    mine = [step for step in now if step is not None and may_take(acting, step)]
    if first is not None:
        _now(acting, first, mine)
    others = [step for step in every if step not in mine and may_take(acting, step)]
    if not others:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(view.text("callups.also"), width="content")
        for step in others:
            with st.popover(view.text(f"callups.do_{step}"), key=acting.name("also", step)):
                FORMS[step](acting)


def _now(acting: Acting, first: str, mine: list[str]) -> None:
    view = acting.view
    with st.container(border=True):
        name = view.text(f"callups.do_{first}")
        st.markdown(f"**{view.text('callups.next', step=name)}**")
        if not mine:
            st.caption(view.text("callups.others", who=_who(acting, first)))
            return
        if len(mine) == 1:
            FORMS[mine[0]](acting)
            return
        for tab, step in zip(
            st.tabs([view.text(f"callups.do_{step}") for step in mine]), mine, strict=True
        ):
            with tab:
                FORMS[step](acting)


def _who(acting: Acting, step: str) -> str:
    """Return whose turn it is, where it is not the reader's."""
    view, state = acting.view, acting.state
    words = view.words
    needs = state.proposal.needs if state.proposal else ()
    if step in {Step.APPROVE, Step.ORDER}:
        left = [n for place, n in enumerate(needs) if place not in state.approvals] or needs
        return words.listed(f"{words.area(n.place)} {words.pick(n.who_zh, n.who_en)}" for n in left)
    if step == Step.DEPART:
        return words.listed(words.source(s.share.site) for s in state.standings if s.reserved)
    if step == Step.ARRIVE:
        return words.listed(say.target(words, line.target) for line in state.call_up.lines)
    return words.area(state.call_up.area)


# --- up to the order -----------------------------------------------------------------------------


def propose(acting: Acting) -> None:
    """Draw the search for sources."""
    _one_click(acting, "propose", tasks.propose_call_up)


def reserve(acting: Acting) -> None:
    """Draw the reservation of all that was approved."""
    _one_click(acting, "reserve", tasks.reserve_call_up)


def _one_click(acting: Acting, step: str, act: Callable[..., object]) -> None:
    with st.form(acting.name(step), border=False):
        st.caption(acting.view.text(f"callups.help_{step}"))
        if send(acting, step):
            order = acting.order(step)
            acting.do(step, lambda: act(acting.view.desk, acting.number, order=order))


def approve(acting: Acting) -> None:
    """Draw the approval: all that was proposed, unless a line is cut."""
    view, state = acting.view, acting.state
    words = view.words
    for place, need in enumerate(state.proposal.needs if state.proposal else ()):
        done = view.text("callups.given") if place in state.approvals else ""
        st.markdown(
            view.text(
                "callups.need",
                who=f"{words.area(need.place)} {words.pick(need.who_zh, need.who_en)}",
                owner=say.owner(words, need.owner),
                amount=words.money(need.amount_cny),
            )
            + f" {words.badge(need.evidence)} {done}"
        )
    with st.form(acting.name("approve"), border=False):
        allowed = amounts(acting, room(state, lambda s: s.share.quantity), "approve")
        note_at, send_at = st.columns(BESIDE, vertical_alignment="bottom")
        note = note_at.text_input(view.text("stock.note"), key=acting.name("approve-note"))
        if send(acting, "approve", at=send_at):
            order = acting.order("approve")
            acting.do(
                "approve",
                lambda: tasks.approve_call_up(
                    view.desk, acting.number, cut=allowed.changed, note=note, order=order
                ),
            )


def order_(acting: Acting) -> None:
    """Draw the dispatch order."""
    view = acting.view
    with st.form(acting.name("order"), border=False):
        number_at, note_at, send_at = st.columns((3, 3, 2), vertical_alignment="bottom")
        number = number_at.text_input(
            view.text("callups.order_number"),
            key=acting.name("order-number"),
            placeholder=view.text("callups.own_number"),
        )
        note = note_at.text_input(view.text("stock.note"), key=acting.name("order-note"))
        if send(acting, "order", at=send_at):
            order = acting.order("order", number=number)
            acting.do(
                "order",
                lambda: tasks.order_call_up(view.desk, acting.number, note=note, order=order),
            )


# --- on the road ---------------------------------------------------------------------------------


def depart(acting: Acting) -> None:
    """Draw one form for each site that has something to send; and all of them at once."""
    view, sites = acting.view, senders(acting)
    if len(sites) > 1:
        _all_at_once(acting, "depart", [_leaving(acting, site) for site in sites])
    for site in sites:
        with st.form(acting.name("depart", site), border=len(sites) > 1):
            st.markdown(f"**{view.words.source(site)}** {_on_spot(acting, site)}")
            left = amounts(acting, _held(acting, site), "depart", site)
            note_at, send_at = st.columns(BESIDE, vertical_alignment="bottom")
            label = view.text("callups.vehicle")
            note = note_at.text_input(label, key=acting.name("vehicle", site))
            if send(acting, "depart", site, at=send_at):
                if not left.some:
                    st.warning(view.text("callups.nothing"), icon=":material/edit:")
                    continue
                acting.do("depart", _leaving(acting, site, left.some, note))


def _on_spot(acting: Acting, site: str) -> str:
    """Say where goods only change hands: they lie where they are asked for."""
    targets = {acting.state.call_up.line(line).target for line in _held(acting, site)}
    return (
        f":gray[{acting.view.text('callups.on_spot')}]" if targets == {SITE_TARGET + site} else ""
    )


def _held(acting: Acting, site: str) -> dict[int, int]:
    return room(acting.state, lambda s: s.reserved if s.share.site == site else 0)


def _leaving(
    acting: Acting, site: str, quantities: Mapping[int, Decimal] | None = None, note: str = ""
) -> Callable[[], object]:
    order = acting.order("depart", site)
    return lambda: tasks.depart_call_up(
        acting.view.desk,
        acting.number,
        site=site,
        quantities=quantities or {},
        note=note,
        order=order,
    )


def _all_at_once(acting: Acting, step: str, acts: list[Callable[[], object]]) -> None:
    pressed = st.button(
        acting.view.text(f"callups.all_{step}", n=len(acts)),
        key=acting.name("all", step),
        type="primary",
        icon=":material/done_all:",
    )
    if pressed:
        acting.do(step, *acts)


def arrive(acting: Acting) -> None:
    """Draw one form for each trip on the way, and one for what comes from above."""
    view, state = acting.view, acting.state
    trips = {
        trip: parts
        for trip, parts in state.trips.items()
        if acting.may_post(state.call_up.line(state.standing(parts[0].share).share.line).target)
    }
    if len(trips) > 1:
        _all_at_once(acting, "arrive", [_landing(acting, trip) for trip in trips])
    for trip, parts in trips.items():
        aboard = {part.share: part.quantity for part in parts}
        with st.form(acting.name("arrive", trip), border=len(trips) > 1):
            site = next(one.site for one in state.departures if one.trip == trip)
            st.markdown(view.text("callups.trip", trip=trip, site=view.words.source(site)))
            most = room(state, lambda s, held=aboard: held.get(s.share.number, 0))  # type: ignore[misc]
            came = amounts(acting, most, "arrive", trip)
            lost_at, send_at = st.columns(BESIDE, vertical_alignment="bottom")
            lost = lost_at.text_input(
                view.text("callups.lost_why"),
                key=acting.name("lost", trip),
                placeholder=view.text("callups.lost_hint"),
            )
            if send(acting, "arrive", trip, at=send_at):
                acting.do("arrive", _landing(acting, trip, came.changed, lost))
    if room(state, from_above):
        arrive_from_above(acting)


def _landing(
    acting: Acting, trip: str, received: Mapping[int, Decimal] | None = None, lost: str = ""
) -> Callable[[], object]:
    order = acting.order("arrive", trip)
    return lambda: tasks.arrive_call_up(
        acting.view.desk,
        acting.number,
        trip=trip,
        received=received or {},
        lost=lost,
        order=order,
    )


def arrive_from_above(acting: Acting) -> None:
    """Draw the arrival of what was asked for by letter."""
    view = acting.view
    with st.form(acting.name("above")):
        st.markdown(view.text("callups.above"))
        came = amounts(acting, room(acting.state, from_above), "above")
        until = st.date_input(view.text("stock.expiry"), value=None, key=acting.name("until"))
        if send(acting, "arrive", "above"):
            if not came.some:
                st.warning(view.text("callups.nothing"), icon=":material/edit:")
                return
            lot = until.isoformat() if until else None
            order = acting.order("above")
            acting.do(
                "arrive",
                lambda: tasks.arrive_from_above(
                    view.desk, acting.number, received=came.some, lot=lot, order=order
                ),
            )


FORMS: Mapping[str, Callable[[Acting], None]] = {
    "propose": propose,
    "approve": approve,
    "reserve": reserve,
    "order": order_,
    "depart": depart,
    "arrive": arrive,
    **callup_after.FORMS,
}
