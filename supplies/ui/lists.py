"""What wants attention today: what expires, what is to be counted, what is still open."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO

import streamlit as st

from supplies import tasks
from supplies.plan.lists import Listed
from supplies.reports.frames.attention import (
    BAND_COLOURS,
    SHAPES,
    Shape,
    attention_frame,
    colours,
)
from supplies.tasks.lists import Lists
from supplies.tasks.scope import Where
from supplies.tiers import Tier
from supplies.ui import charts, parts, samples, shell
from supplies.ui.shell import View

# Columns that would push what is to be done out of sight.
PAPER_ONLY = ("made_on", "lot_condition")
# What paper has as a pale ground is a coloured mark on the screen.
TINTS = dict(zip(BAND_COLOURS, ("red", "orange", "yellow", "blue"), strict=True))


def filters(view: View) -> Where:
    """Draw the filters; return what the lists are asked for."""
    city, words = view.desk.city, view.words
    tier_at, area_at, site_at = st.columns([2, 2, 4])
    tier = tier_at.selectbox(
        view.text("lists.site_tier"),
        ["", *(t.value for t in Tier if any(s.tier is t for s in city.sites.values()))],
        key="lists-tier",
        format_func=lambda t: words.tier(t) if t else view.text("word.all"),
    )
    area = area_at.selectbox(
        words.tier("county"),
        ["", *parts.unit_codes(city, Tier.COUNTY)],
        key="lists-area",
        format_func=lambda a: words.short(a) if a else view.text("word.all"),
    )
    site = site_at.selectbox(
        view.text("word.site"),
        ["", *parts.open_sites(view, area or None, tier or None)],
        key="lists-site",
        format_func=lambda s: words.source(s) if s else view.text("word.all"),
    )
    return Where(tier=tier or None, area=area or None, site=site or None)


def kpis(view: View, found: Lists) -> None:
    """Draw one figure a list: how many are urgent, of how many."""
    figures: list[tuple[str, str, str | None]] = []
    for line in tasks.summed_up(found):
        shape = SHAPES[line.name]
        value = f"{line.urgent} / {line.lines}" if line.urgent else str(line.lines)
        note = view.text("lists.figure_help", urgent=line.urgent, lines=line.lines)
        figures.append((view.words.pick(*shape.title), value, note))
    parts.metrics(figures)


def expiry_chart(view: View, where: Where) -> None:
    """Draw what expires in the coming months, by worth."""
    st.markdown(f"**{view.text('lists.by_month')}**")
    months = tasks.expiry_by_month(view.desk, **where)
    if not any(worth for _, worth in months):
        st.caption(view.text("lists.none_expires"))
        return
    st.altair_chart(charts.expiry(view.words, months), alt=view.text("lists.by_month"))


def listing(view: View, shape: Shape, lines: Sequence[Listed]) -> None:
    """Draw one list, its urgent words coloured."""
    st.caption(view.words.pick(*shape.lead))
    if not lines:
        st.success(view.words.pick(*shape.empty), icon=":material/check_circle:")
        return
    frame = attention_frame(view.desk.city, shape.name, lines, view.lang)
    tints = {word: TINTS[colour] for word, colour in colours(shape, view.words, lines).items()}
    parts.report(view, frame, height=520, hide=PAPER_ONLY, marked=shape.marked, colours=tints)


def downloads(view: View, where: Where) -> None:
    """Draw the workbook of all lists, and the sheet to count a storehouse by."""
    row = st.container(horizontal=True)
    with row:
        parts.workbook_button(
            view.text("lists.workbook"),
            "lists.xlsx",
            partial(_write, view, where),
            key="lists-workbook",
        )
    with row.popover(view.text("lists.count_sheet"), icon=":material/checklist:"):
        site = st.selectbox(
            view.text("word.site"),
            parts.open_sites(view, where["area"], where["tier"]),
            key="count-site",
            format_func=view.words.source,
        )
        day = st.date_input(view.text("lists.count_day"), view.day, key="count-day")
        blind = st.checkbox(
            view.text("lists.blind"), key="count-blind", help=view.text("lists.blind_help")
        )
        if site:
            parts.workbook_button(
                view.text("lists.count_download"),
                "stocktake.xlsx",
                lambda target: tasks.write_count_sheet(
                    view.desk, target, site=site, day=day, blind=blind, lang=view.lang
                ),
                key="count-sheet",
            )
        st.caption(view.text("lists.count_hint"))


def _write(view: View, where: Where, target: BytesIO) -> None:
    tasks.write_lists(view.desk, target, **where, lang=view.lang)


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    shell.heading(view, "lists")
    if view.desk.store.revision() == 0:
        samples.offer(view)
        return
    where = filters(view)
    found = tasks.all_lists(view.desk, **where)
    kpis(view, found)
    downloads(view, where)
    expiry_chart(view, where)
    tabs = st.tabs([view.words.pick(*SHAPES[name].title) for name in found])
    for tab, (name, lines) in zip(tabs, found.items(), strict=True):
        with tab:
            listing(view, SHAPES[name], lines)


if __name__ == "__main__":
    page()
