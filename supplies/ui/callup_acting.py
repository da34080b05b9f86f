"""Taking one step of a call-up from the screen: once, and a refusal is one line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from supplies.access import Right
from supplies.callups import SITE_TARGET, Case, Draw, Standing, State, Step
from supplies.callups.facts import AREA_TARGET
from supplies.errors import SuppliesError
from supplies.reports import callup_words as say
from supplies.tasks import Order
from supplies.ui.shell import View

SAID = "callup-said"


@dataclass(frozen=True)
class Acting:
    """A call-up that somebody is about to take a step of, as it was drawn."""

    view: View
    case: Case
    state: State

    @property
    def number(self) -> str:
        """The call-up's number."""
        return self.case.call_up.id

    def name(self, *words: object) -> str:
        """Return a widget's key; with each step taken the forms are new ones.

        A second click on a form that was sent, and a click on a page that somebody else has
        overtaken, find no such widget and do nothing.
        """
        return "-".join(map(str, ("callup", self.number, self.stand, *words)))

    @property
    def stand(self) -> int:
        """A figure that grows with all that is done to the call-up."""
        return len(self.case.events) + bool(self.state.papers) + self.state.paid_fen

    def order(self, *words: object, number: str = "") -> Order:
        """Return the order of a form, with the one key that makes its repeat harmless."""
        held = self.name("key", *words)
        if held not in st.session_state:
            st.session_state[held] = f"page:{uuid4()}"
        return Order(key=st.session_state[held], order_number=number)

    def do(self, step: str, *acts: Callable[[], object]) -> None:
        """Take a step (or several of a kind) and draw the page anew, or say why not."""
        try:
            for act in acts:
                act()
        except SuppliesError as error:
            st.error(error.say(self.view.lang), icon=":material/block:")
        else:
            words = self.view.text(f"callups.do_{step}")
            st.session_state[SAID] = (self.number, self.view.text("callups.done", step=words))
            st.rerun()

    def may(self, right: Right, **place: str) -> bool:
        """Whether the reader has a right at a place."""
        return self.view.desk.actor.may(right, self.view.desk.city, **place)

    def may_post(self, target: str) -> bool:
        """Whether the reader may post where a line goes to."""
        if target.startswith(SITE_TARGET):
            return self.may(Right.POST, site=target.removeprefix(SITE_TARGET))
        return self.may(Right.POST, area=target.removeprefix(AREA_TARGET))


def may_take(acting: Acting, step: str) -> bool:
    """Whether a step is for the reader to take; the tasks refuse for themselves."""
    state, area = acting.state, acting.case.call_up.area
    if step in {Step.APPROVE, Step.REFUSE, Step.ORDER}:
        needs = state.proposal.needs if state.proposal else ()
        return any(acting.may(Right.APPROVE, area=need.place) for need in needs)
    if step == Step.DEPART:
        return bool(senders(acting))
    if step == Step.ARRIVE:
        return any(acting.may_post(line.target) for line in state.call_up.lines)
    if step in {Step.RETURN, Step.REFILL}:
        return acting.view.may(Right.POST)
    if step == Step.SETTLE:
        return acting.view.may(Right.APPROVE)
    return acting.may(Right.BUY if step == "pay" else Right.REQUEST, area=area)


def senders(acting: Acting) -> list[str]:
    """Return the sites that still have something to send, where the reader may post."""
    sites = dict.fromkeys(s.share.site for s in acting.state.standings if s.reserved)
    return [site for site in sites if acting.may(Right.POST, site=site)]


def send(acting: Acting, step: str, *words: object, at: DeltaGenerator | None = None) -> bool:
    """Draw the button that sends a form, where told, else below its fields."""
    with at or st.container():
        return st.form_submit_button(
            acting.view.text(f"callups.do_{step}"),
            key=acting.name("send", step, *words),
            type="primary",
            icon=":material/check:",
        )


# --- quantities by line --------------------------------------------------------------------------


def room(state: State, units: Callable[[Standing], int]) -> dict[int, int]:
    """Return base units by line, of the lines that have any."""
    found = {line.number: sum(units(s) for s in state.of(line)) for line in state.call_up.lines}
    return {line: most for line, most in found.items() if most > 0}


def from_above(standing: Standing) -> int:
    """Return what was asked for by letter and is still to come."""
    return standing.open if standing.share.draw is Draw.LETTER and not standing.settled else 0


@dataclass(frozen=True)
class Amounts:
    """Figures by line, in catalogue units, and the most that each could be."""

    given: Mapping[int, Decimal]
    most: Mapping[int, Decimal]

    @property
    def changed(self) -> dict[int, Decimal]:
        """Those that are less than all."""
        return {line: units for line, units in self.given.items() if units != self.most[line]}

    @property
    def some(self) -> dict[int, Decimal]:
        """Those above zero."""
        return {line: units for line, units in self.given.items() if units}


def amounts(acting: Acting, most: Mapping[int, int], *words: object) -> Amounts:
    """Draw one figure a line, at first all there is."""
    view, lines = acting.view, acting.state.call_up
    given: dict[int, Decimal] = {}
    whole: dict[int, Decimal] = {}
    columns = st.columns(3)
    for place, (number, base) in enumerate(most.items()):
        item = view.desk.item(lines.line(number).item)
        whole[number] = say.units(view.words, item.id, base)
        more: dict[str, Any] = {"min_value": 0, "max_value": int(whole[number]), "step": 1}
        value: float = int(whole[number])
        if item.scale != 1:
            value = float(whole[number])
            more = {"min_value": 0.0, "max_value": value, "step": 0.001, "format": "%.3f"}
        label = f"{number}. {view.words.item(item.id)} ({view.words.unit(item.id)})"
        figure = columns[place % 3].number_input(
            label, value=value, key=acting.name(*words, "line", number), **more
        )
        given[number] = Decimal(str(figure or 0))
    return Amounts(given, whole)
