"""The form of a voucher: filled in, its effect looked at, posted once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from supplies import tasks
from supplies.access import Right
from supplies.errors import SuppliesError
from supplies.ledger import Kind, inside
from supplies.lots import read_lot_id
from supplies.reports import voucher_words
from supplies.tasks import Effect, Line, Order
from supplies.ui import parts, voucher_fields, voucher_goods
from supplies.ui.shell import View
from supplies.ui.voucher_draft import Draft, begin, draft
from supplies.ui.voucher_fields import Asking
from supplies.ui.voucher_kinds import FORMS, Form

DONE = "voucher-done"
_OWN_NAMES = {"place": "site", "reservation": "voucher",
              "new_expiry": "expiry", "new_condition": "condition"}  # fmt: skip
# Whatever the kind of voucher, where the form has them.
ALWAYS = ("site", "goods", "reason", "day", "late")
# These go into the order that the voucher rests on, not to the task itself.
_OF_ORDER = frozenset({"party", "due", "amount"})


@dataclass(frozen=True)
class Filled:
    """What the form says: the task's own arguments, and the order the voucher rests on."""

    form: Form
    request: dict[str, Any]
    order: Order
    missing: tuple[str, ...]

    @property
    def content(self) -> object:
        """What makes one form differ from another, for "its effect was shown"."""
        return repr((self.form.kind, sorted(self.request.items()), self.order))


def draw(view: View) -> None:
    """Draw the form of the chosen kind and what stands beside it."""
    held = draft()
    kind = _kind(view, held)
    if kind is None:
        st.info(view.text("vouchers.no_right"), icon=":material/lock:")
        return
    form = FORMS[kind]
    held.hint = view.text("vouchers.choose")
    left, right = st.columns([5, 4], gap="large")
    with left:
        filled = _fields(view, held, form)
        said = st.container()
        asked = _buttons(view, held, filled)
    with right:
        shown = st.container()
        if form.goods != "none":
            item = held.kept.get(f"item{len(held.lines)}")
            voucher_goods.beside(view, held.kept.get("site"), item)
    if asked and filled.missing:
        names = view.words.listed(filled.missing)
        said.warning(view.text("vouchers.missing", names=names), icon=":material/edit:")
        return
    try:
        _act(view, held, filled, asked, shown)
    except SuppliesError as error:
        held.shown = None
        said.error(error.say(view.lang), icon=":material/block:")


def _kind(view: View, held: Draft) -> Kind | None:
    city, actor = view.desk.city, view.desk.actor
    kinds = [kind for kind, form in FORMS.items() if actor.may(form.right, city)]
    if not kinds:
        return None
    if held.kind not in kinds:
        held.kind = kinds[0]
    key = f"voucher{held.number}-kind"
    st.session_state.setdefault(key, held.kind)
    picked = st.pills(
        view.text("vouchers.kind"),
        kinds,
        format_func=lambda k: view.text(f"voucher.{k.value}"),
        key=key,
        required=True,
    )
    if picked is not None and picked is not held.kind:
        held.kind, held.shown = picked, None
        held.lines.clear()
    return held.kind


def _fields(view: View, held: Draft, form: Form) -> Filled:
    site = voucher_fields.site(view, held, form) if form.site else None
    asking = Asking(view, held, form, site)
    extra = voucher_fields.ask(asking)
    lines = _goods(view, held, form, site) if form.goods != "none" else ()
    reason = held.write("reason", view.text("vouchers.reason") + " *")
    order = _order(view, held, form, extra)
    request: dict[str, Any] = {_OWN_NAMES.get(k, k): v for k, v in extra.items()}
    request = {k: v for k, v in request.items() if k not in _OF_ORDER and v not in {None, ""}}
    if form.site and site:
        request[form.site] = site
    request |= _as_asked(form, lines, request.pop("received", None))
    request["reason"] = reason
    said = extra | {"reason": reason, "approved_by": order.approved_by}
    if form.site:
        said["site"] = site
    if held.kept.get("is_late"):
        said |= {"day": order.day, "late": order.late}
    if form.goods != "none":
        said["goods"] = lines
    return Filled(form, request, order, _missing(view, form, said))


def _goods(view: View, held: Draft, form: Form, site: str | None) -> tuple[Line, ...]:
    """Draw the goods: those put down, and the line being written, which counts as well."""
    voucher_goods.basket(view, held)
    line = voucher_goods.entry(view, held, form, site)
    return (*held.lines, *((line,) if line is not None else ()))


def _as_asked(
    form: Form, lines: tuple[Line, ...], received: tuple[Line, ...] | None
) -> dict[str, Any]:
    """Return the goods as the kind's task asks for them."""
    if form.kind is Kind.COUNT:
        return {"counted": lines}
    if form.kind is Kind.INSPECTION:
        return {k: getattr(line, k) for line in lines for k in ("item", "lot", "quantity")}
    if form.goods != "none":
        return {"lines": lines}
    if received is None:
        return {}
    return {"received" if form.kind is Kind.ARRIVAL else "lines": received}


def _order(view: View, held: Draft, form: Form, extra: dict[str, Any]) -> Order:
    """Draw who asked and allowed, the order it rests on, and the day."""
    asked_at, allowed_at, number_at = st.columns(3)
    with asked_at:
        asked = held.write("asked_by", view.text("vouchers.asked_by"))
    with allowed_at:
        star = " *" if "approved_by" in form.must else ""
        allowed = held.write("approved_by", view.text("vouchers.approved_by") + star)
    switches = st.container(horizontal=True, gap="large")
    with switches:
        hours = f"{view.desk.city.rule('papers_due_h'):g}"
        help_ = view.text("vouchers.phone_help", h=hours)
        phone = held.switch("by_phone", view.text("vouchers.by_phone"), help=help_)
    with number_at:
        written = held.write("order_number", view.text("vouchers.order_number"), disabled=phone)
    day, late = _day(view, held, switches)
    return Order(
        asked_by=asked,
        approved_by=allowed,
        order_number="" if phone else written,
        by_phone=phone,
        day=day,
        late=late,
        key=held.key,
        party=str(extra.get("party") or ""),
        due=extra.get("due"),
        amount_cny=extra.get("amount"),
    )


def _day(view: View, held: Draft, switches: DeltaGenerator) -> tuple[Any, str]:
    """Draw the earlier day and why, for those who may enter one."""
    if not view.desk.actor.may(Right.BACKDATE, view.desk.city):
        return None, ""
    with switches:
        is_late = held.switch("is_late", view.text("vouchers.is_late"))
    if not is_late:
        return None, ""
    day_at, why_at = st.columns([1, 2])
    with day_at:
        day = held.day("day", view.text("vouchers.day"), max_value=view.day - timedelta(days=1))
    with why_at:
        late = held.write("late", view.text("vouchers.late") + " *")
    return day, late


def _missing(view: View, form: Form, said: dict[str, Any]) -> tuple[str, ...]:
    """Return what still has to be filled in, in words."""
    must = dict.fromkeys([*ALWAYS, *form.must])
    return tuple(
        view.text(f"vouchers.{name}", unit="").strip()
        for name in must
        if name in said and (not said[name] or not str(said[name]).strip())
    )


# --- acting --------------------------------------------------------------------------------------


def _buttons(view: View, held: Draft, filled: Filled) -> str:
    """Draw the two big buttons; return which one was pressed.

    An entry for an earlier day is looked at before it is posted.
    """
    late = filled.order.day is not None and held.shown != filled.content
    look_at, post_at = st.columns(2)
    look = look_at.button(
        view.text("vouchers.look"),
        key=f"voucher{held.number}-look",
        width="stretch",
        icon=":material/visibility:",
    )
    post = post_at.button(
        view.text("vouchers.post"),
        key=f"voucher{held.number}-post",
        width="stretch",
        icon=":material/check:",
        type="primary",
        disabled=late,
    )
    if late:
        st.caption(view.text("vouchers.look_first"))
    return "post" if post else "look" if look else ""


def _act(view: View, held: Draft, filled: Filled, asked: str, shown: DeltaGenerator) -> None:
    """Post the voucher, or show its effect (as long as nothing was changed since)."""
    act = getattr(tasks, filled.form.act)
    if asked == "post":
        st.session_state[DONE] = act(view.desk, order=filled.order, **filled.request).id
        begin()
        st.rerun()
    is_shown = held.shown == filled.content
    if asked == "look" or is_shown:
        found = tasks.effect(view.desk, act, order=filled.order, **filled.request)
        with shown.container(border=True):
            effect(view, found)
        held.shown = filled.content
        if filled.order.day is not None and not is_shown:
            st.rerun()  # the button to post opens now


def effect(view: View, shown: Effect) -> None:
    """Draw the balances that a voucher would change, those of later days too."""
    words = view.words
    st.markdown(f"**{view.text('vouchers.effect')}**")
    rows = [s for s in shown.shifts if inside(s.account)]
    if not rows:
        st.caption(view.text("vouchers.no_effect"))
        return
    before, after = view.text("vouchers.before"), view.text("vouchers.after")
    frame = pd.DataFrame(
        {
            view.text("word.item"): words.item(s.item),
            before: float(s.before),
            after: float(s.after),
            view.text("word.unit_of"): words.unit(s.item),
            view.text("vouchers.on"): s.day,
            view.text("vouchers.reserved_after"): float(s.reserved_after) or None,
            view.text("word.place"): voucher_words.account(words, s.account),
            view.text("stock.lot"): voucher_words.lot(words, read_lot_id(s.item, s.lot)),
        }
        for s in rows
    )
    figure = st.column_config.NumberColumn(format="localized")
    reserved = view.text("vouchers.reserved_after")
    parts.table(frame, height=300, config={before: figure, after: figure, reserved: figure})
    if any(s.day < view.day for s in rows):
        st.caption(view.text("vouchers.later_days"))
