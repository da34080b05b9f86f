"""The form of a request: who asks, for which goods, where to; sent once, sources found at once."""

from dataclasses import replace
from decimal import Decimal

import streamlit as st

from supplies import tasks
from supplies.access import Right
from supplies.errors import SuppliesError
from supplies.rules import LEVELS
from supplies.tasks import Order, Wanted
from supplies.ui.shell import View
from supplies.ui.voucher_draft import Draft

_HELD = "callup-draft"
_KEEPS = ("area", "level", "incident", "asked_by")


def draft() -> Draft:
    """Return the request being filled in."""
    if _HELD not in st.session_state:
        st.session_state[_HELD] = Draft(room="callup-form")
    held: Draft = st.session_state[_HELD]
    return held


def _begin(last: Draft) -> None:
    """Begin an empty form for the same incident."""
    kept = {name: last.kept[name] for name in _KEEPS if name in last.kept}
    st.session_state[_HELD] = Draft(number=last.number + 1, kept=kept, room=last.room)


def draw(view: View) -> str | None:
    """Draw the form; return the number of the call-up once it was sent."""
    held = draft()
    held.hint = view.text("vouchers.choose")
    city, actor = view.desk.city, view.desk.actor
    areas = [code for code in city.areas if actor.may(Right.REQUEST, city, area=code)]
    if not areas:
        st.info(view.text("callups.no_right"), icon=":material/lock:")
        return None
    area_at, incident_at, level_at = st.columns([3, 4, 3])
    with area_at:
        area = held.choose("area", view.text("callups.area") + " *", areas, view.words.area)
    with incident_at:
        incident = held.write("incident", view.text("callups.incident"))
    with level_at:
        level = _level(view, held)
    lines = _lines(view, held, area)
    order, reason = _who(view, held)
    if not st.button(
        view.text("callups.send"),
        key=f"callup-form{held.number}-send",
        type="primary",
        icon=":material/send:",
    ):
        return None
    said = {"area": area, "level": level, "goods": lines, "why": reason or incident}
    said |= {} if held.kept["by_phone"] else {"papers_number": order.order_number}
    missing = [view.text(f"callups.{name}") for name, value in said.items() if not value]
    if missing:
        names = view.words.listed(missing)
        st.warning(view.text("vouchers.missing", names=names), icon=":material/edit:")
        return None
    asked = {"area": area or "", "level": level or "", "reason": reason or incident}
    return _send(view, held, asked | {"incident": incident}, lines, order)


def _send(
    view: View, held: Draft, asked: dict[str, str], lines: list[Wanted], order: Order
) -> str | None:
    """Enter the request and look for sources; what only the latter refuses is said there."""
    try:
        state = tasks.request_call_up(view.desk, lines=lines, order=order, **asked)
    except SuppliesError as error:
        st.error(error.say(view.lang), icon=":material/block:")
        return None
    number = state.call_up.id
    _begin(held)
    try:
        tasks.propose_call_up(view.desk, number, order=Order(key=f"{order.key}:propose"))
    except SuppliesError as error:
        st.session_state["callup-refused"] = (number, error)
    return number


def _level(view: View, held: Draft) -> str | None:
    """Draw the response level: it decides who approves, so nothing is assumed."""
    picked: str | None = st.segmented_control(
        view.text("callups.level") + " *",
        LEVELS[:-1],
        key=held.widget("level"),
        format_func=lambda level: view.text(f"callups.level_{level}"),
    )
    return held.keep("level", picked)


def _who(view: View, held: Draft) -> tuple[Order, str]:
    """Draw why, who asks, and on which paper: by telephone first unless there is one."""
    why_at, who_at, number_at = st.columns([4, 3, 3])
    with why_at:
        reason = held.write(
            "reason", view.text("callups.why"), placeholder=view.text("callups.same_as_incident")
        )
    with who_at:
        asked_by = held.write(
            "asked_by", view.text("vouchers.asked_by"), placeholder=view.desk.user
        )
    held.kept.setdefault("by_phone", True)
    hours = f"{view.desk.city.rule('papers_due_h'):g}"
    phone = held.switch(
        "by_phone",
        view.text("vouchers.by_phone"),
        help=view.text("callups.phone_help", h=hours),
    )
    with number_at:
        label = view.text("callups.papers_number")
        written = held.write("papers_number", label, disabled=phone)
    order = Order(asked_by=asked_by, order_number="" if phone else written, key=held.key)
    return order, reason


# --- the goods -----------------------------------------------------------------------------------


def _lines(view: View, held: Draft, area: str | None) -> list[Wanted]:
    """Draw the lines: an item, how much of it, where it is to come to."""
    rows: list[int] = held.kept.setdefault("rows", [0])
    found = [line for row in rows if (line := _line(view, held, area, row)) is not None]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            view.text("vouchers.add_line"),
            key=f"callup-form{held.number}-more",
            icon=":material/add:",
        ):
            rows.append(max(rows) + 1)
            st.rerun()
        st.caption(_on_hand(view, [held.kept.get(f"item{row}") for row in rows]))
    return found


def _line(view: View, held: Draft, area: str | None, row: int) -> Wanted | None:
    words, rows = view.words, held.kept["rows"]
    first = "visible" if row == rows[0] else "collapsed"
    item_at, quantity_at, place_at, off_at = st.columns([4, 2, 4, 0.6], vertical_alignment="bottom")
    items = sorted(view.desk.city.items, key=words.item)
    with item_at:
        item = held.choose(
            f"item{row}", view.text("word.item") + " *", items,
            lambda key: f"{words.item(key)} ({words.unit(key)})", label_visibility=first,
        )  # fmt: skip
    with quantity_at:
        quantity = _quantity(view, held, item, (row, first))
    with place_at:
        place = held.choose(
            f"place{row}", view.text("callups.target"), _places(view, area),
            lambda key: _place(view, area, key), first=True, label_visibility=first,
        )  # fmt: skip
    if len(rows) > 1 and off_at.button(
        "✕", key=f"callup-form{held.number}-off{row}", help=view.text("vouchers.take_off")
    ):
        rows.remove(row)
        st.rerun()
    if item is None or not quantity:
        return None
    line = Wanted(item=item, quantity=quantity, place=place or "")
    return replace(line, quantity=int(quantity)) if quantity == int(quantity) else line


def _quantity(view: View, held: Draft, item: str | None, place: tuple[int, str]) -> Decimal | None:
    row, visible = place
    thing = view.desk.city.items.get(item or "")
    label = view.text("word.quantity") + " *"
    # A field of another kind of figure is another field.
    if thing is None or thing.scale == 1:
        return held.number_of(
            f"quantity{row}", label, min_value=0, step=1, label_visibility=visible
        )
    return held.number_of(
        f"measure{row}", label, min_value=0.0, step=0.001, format="%.3f", label_visibility=visible
    )


def _places(view: View, area: str | None) -> list[str]:
    """Return where goods may come to: own store, a site or a unit of the asking area."""
    city = view.desk.city
    if area is None:
        return [""]
    sites = [
        key
        for key, site in city.sites.items()
        if site.status != "candidate" and city.inside(site.area, area)
    ]
    return ["", *sites, *(code for code in city.areas if city.inside(code, area))]


def _place(view: View, area: str | None, key: str) -> str:
    words = view.words
    if not key:
        return view.text("callups.own_store")
    if key in view.desk.city.sites:
        return words.source(key)
    name = words.area(key) if key != area else words.short(key)
    return view.text("callups.used_in", area=name)


def _on_hand(view: View, items: list[str | None]) -> str:
    """Return how much of the chosen goods is not reserved, as far as the reader sees stock."""
    told = []
    for item in dict.fromkeys(item for item in items if item):
        free = sum(
            (line.quantity - line.reserved for line in view.stock if line.item == item), Decimal(0)
        )
        told.append(f"{view.words.item(item)} {view.words.quantity(free, item)}")
    return view.text("callups.on_hand", goods=view.words.listed(told)) if told else ""
