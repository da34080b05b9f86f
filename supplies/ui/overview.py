"""Overview: the one picture, and the one answer."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.files import load_geojson
from supplies.plan import Readiness, ReadinessRow, StockLine
from supplies.reports.frames.attention import SHAPES
from supplies.tiers import Tier
from supplies.ui import map as maps
from supplies.ui import parts, picture, results, samples, shell
from supplies.ui.picture import UnitState
from supplies.ui.shell import View

TIERS = (Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP)


def answer(view: View, states: Mapping[str, UnitState]) -> None:
    """Draw the plain sentence: can we start a Level-I response, and if not, what is missing."""
    tiers = {t: [s for s in states.values() if s.tier is t] for t in TIERS}
    asked = {t: group for t, group in tiers.items() if group}
    covered = all(s.covered for s in states.values())
    some = any(s.covered for s in states.values())
    key = "yes" if covered else "partly" if some else "no"
    colour = {"yes": "green", "partly": "orange", "no": "red"}[key]
    sentences = [
        view.text(
            "overview.tier_line",
            tier=view.words.tier(t.value),
            covered=sum(s.covered for s in group),
            areas=len(group),
        )
        for t, group in asked.items()
    ]
    with st.container(border=True):
        said = view.text("overview.join").join(sentences) + view.text("overview.stop")
        worst = min(states.values(), key=lambda s: (s.covered, s.coverage, s.area), default=None)
        if worst is not None and not worst.covered and worst.weakest:
            told = view.text(
                "overview.worst",
                unit=view.words.area(worst.area),
                hazard=view.words.hazard(worst.hazard),
                coverage=f"{worst.coverage:.0%}",
                item=view.words.item(worst.weakest),
                share=f"{worst.weakest_share:.0%}",
            )
            said += f"  \n:gray[{told}]"
        st.markdown(
            f"##### {view.text('overview.question')} &ensp; "
            f":{colour}[{view.text(f'overview.answer_{key}')}]\n{said}"
        )


def kpis(view: View, states: Mapping[str, UnitState], stock: list[StockLine]) -> None:
    """Draw the row of figures."""
    city, words = view.desk.city, view.words
    figures: list[tuple[str, str, str | None]] = []
    for tier in TIERS:
        mine = {a: s for a, s in states.items() if s.tier is tier}
        if not mine:
            continue
        behind, everyone = picture.people(city, mine)
        note = view.text("overview.people", behind=f"{behind:,}", all=f"{everyone:,}")
        label = view.text("overview.covered", tier=words.tier(tier.value))
        figures.append((label, f"{sum(s.covered for s in mine.values())} / {len(mine)}", note))
        if tier is Tier.TOWNSHIP and everyone:
            figures.append((view.text("overview.people_label"), f"{behind / everyone:.0%}", note))
    worth = words.money(picture.stock_value(city, stock))
    figures.append((view.text("overview.value"), worth, None))
    lots = picture.expiring(stock, view.day)
    soon = " · ".join(str(lots[days]) for days in picture.EXPIRY_DAYS)
    expired = view.text("overview.expired", n=lots[0])
    figures.append((view.text("overview.expiring"), soon, expired))
    parts.metrics(figures)


def attention(view: View) -> None:
    """Draw one line: how much is urgent in each list, with the way to the lists."""
    words = view.words
    urgent = [line for line in tasks.attention(view.desk) if line.urgent]
    said = " &ensp; ".join(
        f"{words.pick(*SHAPES[line.name].title)} **{line.urgent}**" for line in urgent
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{view.text('lists.today')}** &ensp; {said or view.text('lists.nothing')}",
            width="content",
        )
        st.page_link(
            str(shell.FOLDER / "lists.py"),
            label=view.text("lists.all"),
            icon=":material/arrow_forward:",
        )


def hover_text(view: View, states: Mapping[str, UnitState], code: str) -> str:
    """Return what the map says of an area."""
    words = view.words
    name = f"<b>{words.short(code)}</b>"
    state = states.get(code)
    if state is None:
        return f"{name}<br>{view.text('state.unknown')}"
    lines = [name, f"{view.text(f'state.{state.state}')} · {state.coverage:.0%}"]
    if not state.covered and state.weakest:
        lines.append(f"{words.hazard(state.hazard)}: {words.item(state.weakest)}")
    return "<br>".join(lines)


@st.cache_data(show_spinner=False)
def shapes(city_dir: str, _view: View) -> dict[str, maps.Geo]:
    """Return the polygons and rivers of a city folder."""
    return {kind: load_geojson(_view.desk.city_dir, kind) for kind in ("counties", "rivers")}


def the_map(view: View, states: Mapping[str, UnitState], stock: list[StockLine]) -> None:
    """Draw the map, the meaning of its colours, and what it is not."""
    city, words = view.desk.city, view.words
    lots: dict[str, int] = {}
    for line in stock:
        lots[line.site] = lots.get(line.site, 0) + 1
    held = {
        key: f"<b>{words.source(key)}</b><br>{view.text('overview.lots', n=lots.get(key, 0))}"
        for key, site in sorted(city.sites.items())
        if site.status != "candidate" or key in lots
    }
    figure = maps.overview(
        words,
        shapes(str(view.desk.city_dir), view),
        states,
        lambda code: hover_text(view, states, code),
        held,
        dark=view.dark,
    )
    st.plotly_chart(
        figure,
        key="map",
        config={"displayModeBar": False, "scrollZoom": True},
        alt=view.text("overview.map_alt"),
    )
    parts.legend(view, picture.STATES, maps.COLOURS)
    st.caption(f"{view.text('overview.map_note')} {view.text('shell.schematic')}")


def gaps(view: View, rows: list[ReadinessRow]) -> None:
    """Draw the worst gaps as a table."""
    words = view.words
    found = picture.worst_gaps(view.desk.city, rows, most=12)
    st.subheader(view.text("overview.gaps"), anchor=False)
    if not found:
        st.success(view.text("overview.no_gaps"))
        return
    frame = pd.DataFrame(
        {
            view.text("word.item"): words.item(g.item),
            view.text("word.missing"): words.quantity(g.quantity, g.item),
            view.text("word.units_short"): g.units,
            view.text("word.first_deadline"): view.text("word.hours", n=g.deadline_h),
        }
        for g in found
    )
    parts.table(frame, height=460)
    st.caption(view.text("overview.gaps_note"))


def listing(view: View, states: Mapping[str, UnitState]) -> None:
    """Draw the content of the map as a table."""
    words, city = view.words, view.desk.city
    st.subheader(view.text("overview.table"), anchor=False)
    order = {t: i for i, t in enumerate(TIERS)}
    ranked = sorted(states.values(), key=lambda s: (order.get(s.tier, 9), s.covered, s.coverage))
    frame = pd.DataFrame(
        {
            view.text("word.tier"): words.tier(s.tier.value),
            view.text("word.unit"): words.area(s.area),
            view.text("word.verdict"): view.text(f"state.{s.state}"),
            view.text("word.coverage"): round(s.coverage * 100),
            view.text("word.hazards_covered"): f"{s.hazards_covered} / {s.hazards}",
            view.text("word.worst_hazard"): "—" if s.covered else words.hazard(s.hazard),
            view.text("word.weakest"): words.item(s.weakest) if s.weakest else "—",
            view.text("word.population"): city.areas[s.area].population,
        }
        for s in ranked
    )
    bar = st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d%%")
    count = st.column_config.NumberColumn(format="localized")
    parts.table(
        frame,
        config={view.text("word.coverage"): bar, view.text("word.population"): count},
    )


def filters(view: View, readiness: Readiness) -> tuple[str | None, str | None]:
    """Draw the two filters; return (hazard, tier), ``None`` for all."""
    words = view.words
    hazards = [
        h for h in view.desk.city.parameters.hazards if any(r.hazard == h for r in readiness.rows)
    ]
    with st.container(horizontal=True, horizontal_alignment="right"):
        hazard = st.selectbox(
            view.text("word.hazard"),
            ["", *hazards],
            format_func=lambda h: words.hazard(h) if h else view.text("overview.all_hazards"),
            key="overview-hazard",
            width=230,
        )
        tier = st.segmented_control(
            view.text("word.tier"),
            ["", *(t.value for t in TIERS)],
            format_func=lambda t: words.tier(t) if t else view.text("overview.all_tiers"),
            default="",
            key="overview-tier",
        )
    return hazard or None, tier or None


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    title, choice = st.columns([3, 2], vertical_alignment="top")
    with title:
        shell.heading(view, "overview")
    if view.desk.store.revision() == 0:
        samples.offer(view)
        return
    stock = view.stock
    found = results.readiness(view, "own")
    if found is None:
        return
    readiness: Readiness = found.parts["readiness"]
    with choice:
        hazard, tier = filters(view, readiness)
    rows = picture.select(readiness, hazard, tier)
    states = picture.unit_states(rows)
    answer(view, states)
    kpis(view, states, stock)
    attention(view)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        the_map(view, states, stock)
    with right:
        gaps(view, rows)
    listing(view, states)
    parts.freshness(view, found)


if __name__ == "__main__":
    page()
