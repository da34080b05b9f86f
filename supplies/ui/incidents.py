"""A form to build an incident: who is hit, what is closed, what is lost."""

from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from supplies.incident import Affected, Closure, Incident
from supplies.tiers import Tier
from supplies.ui import parts
from supplies.ui.shell import View

START_HOUR = 6


def _tomorrow(view: View) -> datetime:
    morning = datetime(view.day.year, view.day.month, view.day.day, START_HOUR)  # noqa: DTZ001
    return morning + timedelta(days=1)


def _affected(view: View) -> tuple[Affected, ...]:
    """Draw a table of counties with the people evacuated in each; zero leaves one out."""
    city, words = view.desk.city, view.words
    codes = parts.unit_codes(city, Tier.COUNTY)
    unit, people = words.tier("county"), view.text("dispatch.evacuated")
    resident = view.text("word.population")
    frame = pd.DataFrame(
        {
            unit: [words.short(c) for c in codes],
            resident: [city.areas[c].population for c in codes],
            people: [0] * len(codes),
        },
        index=codes,
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        key="affected",
        disabled=[unit, resident],
        height=320,
        column_config={
            people: st.column_config.NumberColumn(min_value=0, step=100, format="localized"),
            resident: st.column_config.NumberColumn(format="localized"),
        },
    )
    return tuple(
        Affected(area=code, evacuated=int(count), sheltered_share=None)
        for code, count in zip(codes, edited[people], strict=True)
        if count and count > 0
    )


def _closures(view: View) -> tuple[Closure, ...]:
    city, words = view.desk.city, view.words
    rivers = sorted({r for e in city.roads.edges for r in e.rivers})
    crossed = st.multiselect(
        view.text("dispatch.rivers"), rivers, key="rivers", format_func=words.river
    )
    edges = list(city.roads.edges)
    shut = st.multiselect(
        view.text("dispatch.edges"),
        range(len(edges)),
        key="edges",
        format_func=lambda i: f"{words.node(edges[i].a)} – {words.node(edges[i].b)}",
    )
    return tuple(
        [Closure(river=r) for r in crossed] + [Closure(edge=(edges[i].a, edges[i].b)) for i in shut]
    )


def build(view: View) -> Incident | None:
    """Draw the form; return the incident, or ``None`` while nobody is hit."""
    city, words = view.desk.city, view.words
    with st.container(border=True):
        left, right = st.columns(2, gap="medium")
        with left:
            name = st.text_input(
                view.text("dispatch.name"), view.text("dispatch.name_default"), key="incident-name"
            )
            affected = _affected(view)
        with right:
            hazard = st.selectbox(
                view.text("word.hazard"),
                city.parameters.hazards,
                format_func=words.hazard,
                key="incident-hazard",
            )
            start = st.datetime_input(
                view.text("dispatch.start"), _tomorrow(view), key="incident-start"
            )
            closures = _closures(view)
            held = [k for k, s in sorted(city.sites.items()) if s.status != "candidate"]
            lost = st.multiselect(
                view.text("dispatch.lost"), held, format_func=words.source, key="lost"
            )
    if not affected or start is None:
        st.info(view.text("dispatch.nobody"), icon=":material/group:")
        return None
    return Incident(
        name=name or view.text("dispatch.name_default"),
        hazard=hazard,
        level="I",
        start=start.astimezone(),
        affected=affected,
        needs=(),
        closures=closures,
        lost_sites=tuple(lost),
        vehicles=(),
    )
