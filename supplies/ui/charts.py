"""Charts of the pages; each says in `alt` (at the call) what it shows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import altair as alt
import pandas as pd

from supplies.plan import DispatchPlan, ReadinessRow, StockLine, Trip
from supplies.reports.frames.attention import month_word
from supplies.ui.map import COLOURS
from supplies.ui.picture import STATES, state_of
from supplies.ui.words import Words, clock

PHASES: Mapping[str, str] = {"loading": "#c8781e", "driving": "#14557b", "unloading": "#2a7f62"}
ROW_PX = 24
INK = "#7a8794"  # legible on the light ground and on the dark one
Chart = alt.Chart | alt.LayerChart


def _fields(words: Words, rows: Iterable[ReadinessRow]) -> pd.DataFrame:
    """Return one row per unit and hazard, in the words of the heat map."""
    hazards = list(words.city.parameters.hazards)
    return pd.DataFrame(
        {
            "unit": words.short(r.area),
            "hazard": words.hazard(r.hazard),
            "order": hazards.index(r.hazard) if r.hazard in hazards else len(hazards),
            "coverage": r.coverage,
            "state": state_of(r.coverage, covered=r.covered),
            "verdict": words.text(f"state.{state_of(r.coverage, covered=r.covered)}"),
            "weakest": words.item(r.weakest) if r.weakest else "—",
            "share": r.weakest_share,
            "mark": "✓" if r.covered else f"{r.coverage:.0%}",
        }
        for r in rows
    )


def heat(words: Words, rows: Iterable[ReadinessRow]) -> Chart:
    """Return units x hazards, coloured by coverage, the share written into each field."""
    frame = _fields(words, rows)
    across = alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False, labelFlush=False)
    down = alt.Axis(labelLimit=220, domain=False, ticks=False, labelFlush=False)
    base = alt.Chart(frame).encode(
        x=alt.X("hazard:N", sort=alt.SortField("order"), title=None, axis=across),
        y=alt.Y("unit:N", sort=None, title=None, axis=down),
    )
    colours = alt.Scale(domain=list(STATES), range=[COLOURS[s] for s in STATES])
    cells = base.mark_rect(cornerRadius=3, stroke="white", strokeWidth=2).encode(
        color=alt.Color("state:N", scale=colours, legend=None),
        tooltip=[
            alt.Tooltip("unit:N", title=words.text("word.unit")),
            alt.Tooltip("hazard:N", title=words.text("word.hazard")),
            alt.Tooltip("verdict:N", title=words.text("word.verdict")),
            alt.Tooltip("coverage:Q", title=words.text("word.coverage"), format=".1%"),
            alt.Tooltip("weakest:N", title=words.text("word.weakest")),
            alt.Tooltip("share:Q", title=words.text("word.weakest_share"), format=".0%"),
        ],
    )
    light = alt.FieldOneOfPredicate(field="state", oneOf=["near", "partial"])
    ink = alt.condition(light, alt.value("#1b1b1b"), alt.value("white"))
    marks = base.mark_text(fontSize=12, fontWeight=600).encode(text="mark:N", color=ink)
    chart: Chart = (cells + marks).properties(height=ROW_PX * frame["unit"].nunique() + 30)
    return chart


def categories(words: Words, lines: Iterable[StockLine]) -> Chart:
    """Return the worth of stock by category, in ten thousand yuan."""
    frame = pd.DataFrame(
        {
            "category": words.category(line.item),
            "value": float(line.quantity * words.city.items[line.item].unit_price_cny) / 1e4,
        }
        for line in lines
        if line.item in words.city.items
    )
    totals = frame.groupby("category", as_index=False)["value"].sum()
    chart: Chart = (
        alt.Chart(totals)
        .mark_bar(cornerRadiusEnd=3, color="#14557b")
        .encode(
            x=alt.X("value:Q", title=words.text("stock.value_axis")),
            y=alt.Y("category:N", sort="-x", title=None, axis=alt.Axis(labelLimit=200)),
            tooltip=[
                alt.Tooltip("category:N", title=words.text("word.category")),
                alt.Tooltip("value:Q", title=words.text("stock.value_axis"), format=",.1f"),
            ],
        )
        .properties(height=26 * len(totals) + 40)
    )
    return chart


def covered_bars(words: Words, pairs: Sequence[tuple[str, str, int, int]]) -> Chart:
    """Return covered units before and after; rows are (tier, when, covered, areas)."""
    frame = pd.DataFrame(
        {
            "tier": words.tier(tier),
            "when": words.text(f"plan.{when}"),
            "share": covered / areas if areas else 0.0,
            "label": f"{covered}/{areas}",
        }
        for tier, when, covered, areas in pairs
    )
    order = [words.text("plan.before"), words.text("plan.after")]
    base = alt.Chart(frame).encode(
        y=alt.Y("tier:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        yOffset=alt.YOffset("when:N", sort=order),
        x=alt.X(
            "share:Q",
            title=None,
            scale=alt.Scale(domain=[0, 1.15]),
            axis=alt.Axis(format="%", values=[0, 0.5, 1]),
        ),
    )
    colours = alt.Scale(domain=order, range=[COLOURS["partial"], COLOURS["covered"]])
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.Color(
            "when:N", sort=order, title=None, scale=colours, legend=alt.Legend(orient="top")
        )
    )
    marks = base.mark_text(align="left", dx=4, fontSize=12, color=INK).encode(text="label:N")
    chart: Chart = (bars + marks).properties(height=210)
    return chart


def prices(words: Words, costs: Sequence[tuple[str, float, float]]) -> Chart:
    """Return own against pooled: rows are (mode, purchase, yearly cost) in yuan."""
    frame = pd.DataFrame(
        {"mode": words.text(f"mode.{mode}"), "kind": words.text(f"plan.{kind}"), "cost": cost / 1e4}
        for mode, purchase, yearly in costs
        for kind, cost in (("purchase", purchase), ("annual", yearly))
    )
    chart: Chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            x=alt.X("cost:Q", title=words.text("stock.value_axis")),
            y=alt.Y("mode:N", title=None, sort=None, axis=alt.Axis(labelLimit=240)),
            yOffset="kind:N",
            color=alt.Color("kind:N", title=None, legend=alt.Legend(orient="top")),
            tooltip=["mode:N", "kind:N", alt.Tooltip("cost:Q", format=",.1f")],
        )
        .properties(height=150)
    )
    return chart


def phases(words: Words, trips: Iterable[Trip]) -> pd.DataFrame:
    """Return one row per halt and drive of each trip, in hours from the start."""
    rows = []
    for trip in trips:
        who = f"{words.source(trip.home)} · {words.truck(trip.vehicle, trip.vehicle_class)}"
        for at, stop in enumerate(trip.stops):
            place = words.source(stop.site) if stop.site else words.short(stop.area or "")
            if stop.leave_s > stop.arrive_s:
                kind = "loading" if stop.load else "unloading"
                rows.append((who, kind, stop.arrive_s, stop.leave_s, place))
            if at + 1 < len(trip.stops):
                then = trip.stops[at + 1]
                target = words.source(then.site) if then.site else words.short(then.area or "")
                rows.append((who, "driving", stop.leave_s, then.arrive_s, f"{place} → {target}"))
    frame = pd.DataFrame(rows, columns=["vehicle", "kind", "begin_s", "end_s", "place"])
    return frame.assign(
        begin=frame["begin_s"] / 3600,
        end=frame["end_s"] / 3600,
        phase=[words.text(f"phase.{k}") for k in frame["kind"]],
        clock=[
            f"{clock(a)} – {clock(b)}"
            for a, b in zip(frame["begin_s"], frame["end_s"], strict=True)
        ],
    )


def timeline(words: Words, trips: Sequence[Trip]) -> Chart:
    """Return one bar per vehicle: loading, driving, unloading over hours."""
    frame = phases(words, trips)
    names = [words.text(f"phase.{p}") for p in PHASES]
    count = frame["vehicle"].nunique() if len(frame) else 1
    chart: Chart = (
        alt.Chart(frame)
        .mark_bar(height=13, cornerRadius=2)
        .encode(
            x=alt.X(
                "begin:Q",
                title=words.text("dispatch.hours_axis"),
                axis=alt.Axis(orient="top", grid=True),
            ),
            x2="end:Q",
            y=alt.Y(
                "vehicle:N",
                sort=alt.EncodingSortField("begin", op="min"),
                title=None,
                axis=alt.Axis(labelLimit=330, labelOverlap=False, labelFlush=False),
            ),
            color=alt.Color(
                "phase:N",
                title=None,
                legend=alt.Legend(orient="top"),
                scale=alt.Scale(domain=names, range=list(PHASES.values())),
            ),
            tooltip=[
                alt.Tooltip("vehicle:N", title=words.text("word.vehicle")),
                alt.Tooltip("phase:N", title=words.text("word.phase")),
                alt.Tooltip("clock:N", title=words.text("word.when")),
                alt.Tooltip("place:N", title=words.text("word.place")),
            ],
        )
        .properties(height=22 * count + 60)
    )
    return chart


def served(words: Words, plan: DispatchPlan) -> Chart:
    """Return people whose due needs are all there, over hours."""
    frame = pd.DataFrame(
        [(0.0, 0), *[(t / 3600, n) for t, n in plan.people_served]], columns=["hours", "people"]
    )
    chart: Chart = (
        alt.Chart(frame)
        .mark_area(interpolate="step-after", line=True, opacity=0.25, color="#2a7f62")
        .encode(
            x=alt.X("hours:Q", title=words.text("dispatch.hours_axis")),
            y=alt.Y(
                "people:Q", title=words.text("dispatch.people_axis"), axis=alt.Axis(format=",d")
            ),
            tooltip=[
                alt.Tooltip("hours:Q", format=".1f", title=words.text("dispatch.hours_axis")),
                alt.Tooltip("people:Q", format=",d", title=words.text("dispatch.people_axis")),
            ],
        )
        .properties(height=240)
    )
    return chart


def expiry(words: Words, months: Sequence[tuple[date | None, Decimal]]) -> Chart:
    """Return the worth that expires in each month, in ten thousand yuan; the expired first."""
    frame = pd.DataFrame(
        {
            "month": month_word(month, words),
            "value": float(worth) / 1e4,
            "gone": month is None,
        }
        for month, worth in months
    )
    chart: Chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            x=alt.X("month:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title=words.text("stock.value_axis")),
            color=alt.condition("datum.gone", alt.value("#b3392f"), alt.value("#14557b")),
            tooltip=[
                alt.Tooltip("month:N", title=words.text("lists.month")),
                alt.Tooltip("value:Q", title=words.text("stock.value_axis"), format=",.1f"),
            ],
        )
        .properties(height=185)
    )
    return chart
