"""Data and grounds: every norm, threshold and setting, where it comes from, how sure it is."""

import csv
from dataclasses import fields
from pathlib import Path

import pandas as pd
import streamlit as st

from supplies.catalogue import Evidence
from supplies.ui import parts, shell
from supplies.ui.shell import View

PARAMETERS_EVIDENCE = Evidence.ASSUMED


def legend(view: View) -> None:
    """Draw what each mark of evidence means."""
    with st.container(border=True):
        st.markdown(
            "  \n".join(
                f"{view.words.badge(e)} {view.text(f'sources.{e.value}')}" for e in Evidence
            )
        )


def norms(view: View) -> None:
    """Draw the norms with their range, clause, source and evidence."""
    words = view.words
    sought = st.text_input(view.text("sources.search"), key="norm-search", width=360)
    rows = [n for n in view.desk.city.norms if not n.item.startswith("#")]
    frame = pd.DataFrame(
        {
            view.text("sources.id"): n.id,
            view.text("word.item"): words.item(n.item),
            view.text("word.hazard"): words.listed(words.hazard(h) for h in sorted(n.hazards)),
            view.text("word.basis"): words.term("basis", n.basis),
            view.text("sources.norm"): n.quantity,
            view.text("sources.range"): f"{n.low:g} – {n.high:g}",
            view.text("word.unit_of"): words.unit(n.item),
            view.text("sources.days"): n.duration_days,
            view.text("sources.phase"): " / ".join(
                f"{n.share_by.get(h, 0):.0%}" for h in view.desk.city.parameters.deadlines_h
            ),
            view.text("word.evidence"): words.evidence(n.evidence.value),
            view.text("sources.confidence"): words.confidence(n.confidence),
            view.text("word.clause"): n.clause,
            view.text("word.source"): n.source,
        }
        for n in rows
    )
    if sought:
        hit = frame.astype(str).apply(
            lambda column: column.str.contains(sought, case=False, regex=False)
        )
        frame = frame[hit.any(axis=1)]
    parts.table(frame, marks=[view.text("word.evidence")], height=480)


def shares(view: View) -> None:
    """Draw the planning figures that are norms themselves: shares, counts, response scales."""
    words = view.words
    st.markdown(f"**{view.text('sources.scales')}**")
    frame = pd.DataFrame(
        {
            view.text("word.tier"): words.tier(s.tier.value),
            view.text("dispatch.evacuated"): s.evacuated,
            view.text("sources.range"): f"{s.evacuated_min:,} – {s.evacuated_max:,}",
            view.text("word.evidence"): words.evidence(s.evidence.value),
            view.text("word.clause"): s.clause,
            view.text("word.source"): s.source,
        }
        for s in view.desk.city.scales.values()
    )
    parts.table(frame, marks=[view.text("word.evidence")])
    st.markdown(f"**{view.text('sources.parameters')}**")
    parameters = view.desk.city.parameters
    settings = pd.DataFrame(
        {
            view.text("sources.setting"): view.words.known(f"parameter.{f.name}") or f.name,
            view.text("sources.value"): _setting(view, getattr(parameters, f.name)),
            view.text("word.evidence"): words.evidence(PARAMETERS_EVIDENCE.value),
        }
        for f in fields(parameters)
    )
    parts.table(settings, marks=[view.text("word.evidence")])


def _setting(view: View, value: object) -> str:
    if isinstance(value, dict):
        return " · ".join(
            f"{view.words.known(f'key.{k}') or view.words.tier(str(k))} {v:g}"
            for k, v in value.items()
        )
    if isinstance(value, tuple):
        return " · ".join(view.words.hazard(v) if isinstance(v, str) else f"{v:g}" for v in value)
    if isinstance(value, str):
        return view.words.vehicle(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


@st.cache_data(show_spinner=False)
def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def thresholds(view: View) -> None:
    """Draw the trigger figures of published plans, as they are written there."""
    words = view.words
    frame = pd.DataFrame(
        {
            view.text("sources.place"): r["jurisdiction"],
            view.text("sources.plan"): r["plan"],
            view.text("word.hazard"): words.hazard(r["hazard"]),
            view.text("sources.level"): r["level"],
            view.text("sources.criterion"): r["criterion"],
            view.text("sources.from"): r["value_min"],
            view.text("sources.to"): r["value_max"],
            view.text("word.unit_of"): r["unit"],
            view.text("word.evidence"): words.evidence(r["evidence"]),
            view.text("sources.confidence"): words.confidence(r["confidence"]),
            view.text("word.source"): r["source"],
        }
        for r in _rows(view.desk.city_dir / "thresholds.csv")
    )
    st.caption(view.text("sources.thresholds_note"))
    parts.table(frame, marks=[view.text("word.evidence")], height=480)


def made_up(view: View) -> None:
    """Draw what is sample data, and how much of it."""
    city, words = view.desk.city, view.words
    groups = {
        "sites": [s.evidence for s in city.sites.values()],
        "fleet": [f.evidence for f in city.fleet],
        "agreements": [a.evidence for a in city.agreements],
        "survey": [s.evidence for s in city.survey.values()],
        "areas": [a.evidence for a in city.areas.values()],
        "items": [i.price_evidence for i in city.items.values()],
        "bases": [b.evidence for b in city.bases],
    }
    frame = pd.DataFrame(
        {
            view.text("sources.data"): view.text(f"sources.data_{name}"),
            view.text("sources.count"): len(marks),
            **{
                words.evidence(e.value): sum(m is e for m in marks) or None
                for e in Evidence
                if e is not Evidence.MIXED
            },
        }
        for name, marks in groups.items()
    )
    parts.table(frame)


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    shell.heading(view, "sources")
    st.warning(view.text("sources.boundaries"), icon=":material/map:")
    legend(view)
    tabs = st.tabs(
        [view.text(f"sources.tab_{n}") for n in ("norms", "scales", "thresholds", "data")]
    )
    for tab, draw in zip(tabs, (norms, shares, thresholds, made_up), strict=True):
        with tab:
            draw(view)


if __name__ == "__main__":
    page()
