"""Dispatch: who carries what to whom, when, and what is left open."""

import hashlib
import json
from typing import Any

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.access import Right
from supplies.codec import encode
from supplies.errors import SuppliesError
from supplies.files import load_geojson, load_incident
from supplies.incident import Incident
from supplies.plan import DispatchPlan, Trip
from supplies.reports import frames
from supplies.reports.dispatch import dispatch_workbook
from supplies.ui import charts, incidents, parts, results, routes, samples, shell
from supplies.ui import map as maps
from supplies.ui.shell import View
from supplies.ui.words import clock

VEHICLES_SHOWN = 40
SECONDS = (5, 600, 20)  # least, most, usual


def choose(view: View) -> str:
    """Draw the choice of an incident file of the city; empty means one built here."""
    files = sorted((view.desk.city_dir / "incidents").glob("*.toml"))
    picked: str = st.selectbox(
        view.text("dispatch.incident"),
        [*(f.stem for f in files), ""],
        format_func=lambda n: _title(view, n) if n else view.text("dispatch.build"),
        key="incident",
    )
    return picked


def _title(view: View, stem: str) -> str:
    """Return an incident file's name as the catalogue has it, or the file's own stem."""
    return view.words.known(f"incident.{stem}") or stem


def from_file(view: View, name: str) -> Incident | None:
    """Return an incident of the city's folder; a bad file is told in one line."""
    try:
        return load_incident(view.desk.city_dir / "incidents" / f"{name}.toml", view.desk.city)
    except SuppliesError as error:
        st.error(error.say(view.lang))
        return None


def about(view: View, incident: Incident) -> None:
    """Draw what the incident is, in one line."""
    words = view.words
    closed = [
        words.text("dispatch.closed_river", name=words.river(c.river))
        if c.river
        else words.short(c.area)
        if c.area
        else " – ".join(words.node(n) for n in c.edge or ())
        for c in incident.closures
    ]
    st.caption(
        view.text(
            "dispatch.about",
            hazard=words.hazard(incident.hazard),
            start=incident.start.strftime("%Y-%m-%d %H:%M"),
            areas=len(incident.affected),
            people=f"{sum(a.evacuated for a in incident.affected):,}",
            closed=words.listed(closed, most=4) or "—",
            lost=words.listed((words.source(s) for s in incident.lost_sites), most=3) or "—",
        )
    )


def arguments(incident: Incident, seconds: int) -> dict[str, Any]:
    """Return what the worker is asked."""
    return {"incident": encode(incident), "seconds": seconds}


def key_of(name: str, incident: Incident) -> str:
    """Return the key a dispatch is kept under; a built incident is known by its content."""
    if name:
        return f"file/{name}"
    text = json.dumps(encode(incident), sort_keys=True)
    return f"built/{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def kpis(view: View, plan: DispatchPlan) -> None:
    """Draw the shares served in time, and the size of the work."""
    gap = plan.outcome.gap
    shares = [
        (view.text("dispatch.share", n=hours), f"{plan.share_served[hours]:.0%}", None)
        for hours in sorted(plan.share_served)
    ]
    distance = sum(t.distance_km for t in plan.trips)
    parts.metrics(
        [
            *shares,
            (view.text("dispatch.trips"), f"{len(plan.trips):,}", None),
            (view.text("dispatch.km"), f"{distance:,.0f}", None),
            (view.text("dispatch.unmet"), f"{len(plan.unmet):,}", None),
            (
                view.text("plan.gap"),
                "—" if gap is None else f"{gap:.2%}",
                view.text("plan.gap_help"),
            ),
        ]
    )


def the_map(view: View, plan: DispatchPlan, incident: Incident, key: str) -> None:
    """Draw routes along the roads, stops, roads that are closed; beside them the trips."""
    city, words = view.desk.city, view.words
    left, right = st.columns([3, 2], gap="medium")
    with right:
        homes = sorted({t.home for t in plan.trips}, key=words.source)
        home = st.selectbox(
            view.text("dispatch.from"),
            ["", *homes],
            key="dispatch-home",
            format_func=lambda h: words.source(h) if h else view.text("dispatch.all_homes"),
        )
        shown = [t for t in plan.trips if not home or t.home == home]
        _trips(view, shown)
    shapes = {kind: load_geojson(view.desk.city_dir, kind) for kind in ("counties", "rivers")}
    figure = maps.routes(
        words,
        shapes,
        routes.legs(words, incident, shown),
        routes.stops(words, plan, shown),
        routes.closed(city, incident),
        dark=view.dark,
    )
    with left:
        st.plotly_chart(
            figure,
            key=f"routes-{key}",
            alt=view.text("dispatch.map_alt"),
            config={"displayModeBar": False, "scrollZoom": True},
        )
        st.caption(f"{view.text('dispatch.map_key')} {view.text('shell.schematic')}")


def _trips(view: View, trips: list[Trip]) -> None:
    """Draw the trips as a short table; the workbook has every column."""
    words = view.words
    frame = pd.DataFrame(
        {
            view.text("dispatch.trip"): trip.id,
            view.text("word.vehicle"): words.truck(trip.vehicle, trip.vehicle_class),
            view.text("dispatch.from"): words.source(trip.home),
            view.text("dispatch.to"): words.listed(
                (words.short(s.area) for s in trip.stops if s.area), most=2
            ),
            view.text("dispatch.leaves"): clock(trip.stops[0].leave_s) if trip.stops else "",
            view.text("dispatch.ends"): clock(trip.stops[-1].leave_s) if trip.stops else "",
            view.text("dispatch.km"): round(trip.distance_km),
        }
        for trip in trips
    )
    parts.table(frame, height=385)


def timeline(view: View, plan: DispatchPlan) -> None:
    """Draw one bar per vehicle, some vehicles at a time."""
    vehicles = list(dict.fromkeys(t.vehicle for t in plan.trips))
    pages = max(1, -(-len(vehicles) // VEHICLES_SHOWN))
    at = 1
    if pages > 1:
        at = st.number_input(
            view.text("dispatch.page", n=pages), 1, pages, 1, width=220, key="timeline-page"
        )
    some = set(vehicles[(at - 1) * VEHICLES_SHOWN : at * VEHICLES_SHOWN])
    st.altair_chart(
        charts.timeline(view.words, [t for t in plan.trips if t.vehicle in some]),
        alt=view.text("dispatch.timeline_alt"),
    )


def left_open(view: View, plan: DispatchPlan) -> None:
    """Draw what is not brought, why, and the cheapest change; then what comes late."""
    if plan.unmet:
        parts.report(view, frames.unmet_frame(view.desk.city, plan, view.lang), height=420)
    else:
        st.success(view.text("dispatch.all_served"))
    if plan.late:
        words = view.words
        need = {n.id: n for n in plan.need}
        st.markdown(f"**{view.text('dispatch.late')}**")
        frame = pd.DataFrame(
            {
                view.text("word.place"): words.area(need[late.need].area),
                view.text("word.item"): words.item(need[late.need].item),
                view.text("word.quantity"): words.quantity(late.quantity, need[late.need].item),
                view.text("dispatch.late_by"): f"{late.by_s / 60:,.0f}",
            }
            for late in plan.late
        )
        parts.table(frame, height=260)


def release(view: View, plan: DispatchPlan, incident: Incident, key: str) -> None:
    """Draw the workbook's download and the approval, which reserves the goods."""
    with st.container(horizontal=True, vertical_alignment="center"):
        parts.workbook_button(
            view.text("dispatch.workbook"),
            "dispatch.xlsx",
            lambda target: dispatch_workbook(
                target, view.desk.city, plan, tasks.seal(view.desk), lang=view.lang
            ),
            key="dispatch-xlsx",
        )
        if view.may(Right.APPROVE) and st.button(
            view.text("dispatch.approve"), icon=":material/task_alt:", key="approve"
        ):
            st.session_state["approving"] = key
    if st.session_state.get("approving") == key:
        with st.container(border=True):
            st.markdown(view.text("dispatch.confirm", trips=len(plan.trips)))
            if st.button(view.text("dispatch.confirm_yes"), type="primary", key="approve-yes"):
                del st.session_state["approving"]
                try:
                    voucher = tasks.approve_dispatch(view.desk, plan)
                except SuppliesError as error:
                    st.error(error.say(view.lang))
                else:
                    st.success(view.text("dispatch.approved", voucher=voucher.id))


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    shell.heading(view, "dispatch")
    if view.desk.store.revision() == 0:
        samples.offer(view)
        return
    pick, amount, go = st.columns([6, 2, 2], vertical_alignment="bottom")
    with pick:
        name = choose(view)
    incident = from_file(view, name) if name else incidents.build(view)
    if incident is None:
        return
    key = key_of(name, incident)
    about(view, incident)
    seconds = amount.number_input(
        view.text("dispatch.seconds"),
        *SECONDS,
        step=5,
        key="seconds",
        help=view.text("dispatch.seconds_help"),
    )
    running = results.runner().find("dispatch", key)
    if go.button(
        view.text("dispatch.run"),
        type="primary",
        key="dispatch-run",
        icon=":material/play_arrow:",
        disabled=not view.may(Right.PLAN) or (running is not None and not running.over),
        width="stretch",
    ):
        results.start("dispatch", key, arguments(incident, seconds))
    results.watch(view, "dispatch", key)
    found = results.load(view, "dispatch", key)
    if found is None:
        st.caption(view.text("dispatch.none"))
        return
    show(view, found.parts["plan"], incident, key)
    parts.freshness(view, found)


def show(view: View, plan: DispatchPlan, incident: Incident, key: str) -> None:
    """Draw a dispatch plan."""
    kpis(view, plan)
    release(view, plan, incident, key)
    tabs = st.tabs([view.text(f"dispatch.tab_{n}") for n in ("map", "time", "served", "open")])
    with tabs[0]:
        the_map(view, plan, incident, key)
    with tabs[1]:
        timeline(view, plan)
    with tabs[2]:
        st.altair_chart(charts.served(view.words, plan), alt=view.text("dispatch.tab_served"))
    with tabs[3]:
        left_open(view, plan)


if __name__ == "__main__":
    page()
