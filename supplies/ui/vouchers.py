"""Vouchers: enter one of any kind, look at its effect, post it once, print it; and all so far."""

from datetime import timedelta

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.clock import CHINA
from supplies.reports import voucher_words
from supplies.store.heads import Head
from supplies.ui import parts, shell, voucher_form, voucher_open
from supplies.ui.shell import View
from supplies.ui.voucher_kinds import FORMS

LATEST = 200
DAYS = (0, 1, 7, 30, 90)
OPEN = "voucher-open"


def done(view: View) -> None:
    """Say what was posted last, with its printed form at hand."""
    number = st.session_state.get(voucher_form.DONE)
    if number is None:
        return
    voucher = view.desk.store.voucher(number)
    if voucher is None:
        return
    name = voucher_words.title(view.words, voucher.paper.kind.value)
    said_at, print_at, open_at = st.columns([6, 2, 2], vertical_alignment="center")
    said_at.success(
        view.text("vouchers.posted", kind=name, number=number), icon=":material/check_circle:"
    )
    with print_at:
        voucher_open.print_button(view, voucher)

    def show() -> None:
        st.session_state[OPEN] = number
        st.session_state[voucher_open.WRITE] = "list"

    open_at.button(view.text("vouchers.open"), key="voucher-show", on_click=show)


def filtered(view: View) -> list[Head]:
    """Draw the filters of the list; return the vouchers that pass them, latest first."""
    words = view.words
    site_at, kind_at, days_at, number_at = st.columns([3, 3, 2, 2])
    site = site_at.selectbox(
        view.text("word.site"),
        ["", *parts.open_sites(view)],
        key="vouchers-site",
        format_func=lambda s: words.source(s) if s else view.text("word.all"),
    )
    kinds = kind_at.multiselect(
        view.text("vouchers.kind"),
        [*FORMS],
        key="vouchers-kinds",
        format_func=lambda k: view.text(f"voucher.{k.value}"),
        placeholder=view.text("word.all"),
    )
    days = days_at.selectbox(
        view.text("word.when"),
        DAYS,
        key="vouchers-days",
        format_func=lambda d: view.text("vouchers.last_days", n=d) if d else view.text("word.all"),
    )
    number_at.text_input(
        view.text("vouchers.number"), key=OPEN, placeholder=view.text("vouchers.type_number")
    )
    return tasks.list_vouchers(
        view.desk,
        site=site or None,
        kinds=[kind.value for kind in kinds],
        since=view.day - timedelta(days=days - 1) if days else None,
        limit=LATEST,
    )


def listing(view: View) -> None:
    """Draw the latest vouchers with their filters; a click opens one."""
    found = filtered(view)
    number = str(st.session_state.get(OPEN) or "").strip()
    if number:
        with st.container(border=True):
            voucher_open.draw(view, number)
    if not found:
        st.caption(view.text("vouchers.none"))
        return

    def clicked() -> None:
        rows = st.session_state["vouchers-table"]["selection"]["rows"]
        st.session_state[OPEN] = found[rows[0]].id if rows else ""

    st.dataframe(
        table(view, found),
        key="vouchers-table",
        hide_index=True,
        height=460,
        on_select=clicked,
        selection_mode="single-row",
        placeholder="",
        column_config={
            view.text("stock.entered"): st.column_config.DatetimeColumn(format="MM-DD HH:mm")
        },
    )
    st.caption(view.text("vouchers.click"))


def table(view: View, found: list[Head]) -> pd.DataFrame:
    """Return the list of vouchers in words."""
    words = view.words
    return pd.DataFrame(
        {
            view.text("vouchers.number"): head.id,
            view.text("vouchers.kind"): voucher_words.title(words, head.paper.kind.value),
            view.text("vouchers.day"): head.day,
            view.text("vouchers.party"): voucher_words.party(words, head.paper.party),
            view.text("vouchers.reason"): head.note,
            view.text("vouchers.order_number"): head.paper.order_number,
            view.text("vouchers.papers_due"): head.paper.papers_due,
            view.text("vouchers.state"): view.text("vouchers.undone") if head.undone else "",
            view.text("stock.by"): head.recorded_by,
            view.text("stock.entered"): head.recorded_at.astimezone(CHINA).replace(tzinfo=None),
        }
        for head in found
    )


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    shell.heading(view, "vouchers")
    st.session_state.setdefault(voucher_open.WRITE, "new")
    which = st.segmented_control(
        view.text("vouchers.view"),
        ["new", "list"],
        key=voucher_open.WRITE,
        format_func=lambda name: view.text(f"vouchers.view_{name}"),
        label_visibility="collapsed",
        required=True,
    )
    if which == "list":
        listing(view)
        return
    done(view)
    voucher_form.draw(view)


if __name__ == "__main__":
    page()
