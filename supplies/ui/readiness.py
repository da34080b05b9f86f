"""Readiness and plan: who can, why not, and what would change it."""

from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.access import Right
from supplies.plan import Readiness, ReadinessRow, Requirement, ReservePlan, Scenario
from supplies.reports import frames
from supplies.tiers import Tier
from supplies.ui import charts, parts, picture, results, samples, shell
from supplies.ui import map as maps
from supplies.ui.results import Result
from supplies.ui.shell import View

TIERS = (Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP)
MODES = ("own", "pooled")
SECONDS = 120


def matrix(view: View, readiness: Readiness) -> None:
    """Draw units x hazards of a tier."""
    words, city = view.words, view.desk.city
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        tier = st.segmented_control(
            view.text("word.tier"),
            [t.value for t in TIERS],
            format_func=words.tier,
            default=Tier.COUNTY.value,
            key="matrix-tier",
            required=True,
        )
    county = None
    if tier == Tier.TOWNSHIP.value:
        with right:
            county = st.selectbox(
                words.tier("county"),
                parts.unit_codes(city, Tier.COUNTY),
                format_func=words.short,
                key="matrix-county",
            )
    rows = [
        r
        for r in picture.select(readiness, tier=tier)
        if county is None or city.inside(r.area, county)
    ]
    if not rows:
        st.info(view.text("readiness.no_units"))
        return
    st.altair_chart(charts.heat(words, rows), alt=view.text("readiness.matrix_alt"))
    parts.legend(view, picture.STATES[:-1], maps.COLOURS)


@st.cache_data(show_spinner=False, max_entries=32)
def _scenario(
    _view: View,
    address: tuple[str | None, str | None],
    digest: str,
    tier: str,
    area: str,
    hazard: str,
) -> Scenario | None:
    found = tasks.need(_view.desk, tier=tier, area=area, hazard=hazard)
    return next((s for s in found if s.area == area and s.hazard == hazard), None)


def detail(view: View, readiness: Readiness) -> None:
    """Draw one unit's need for one hazard, why, what it has, what is short, the witness."""
    words, city = view.words, view.desk.city
    st.subheader(view.text("readiness.detail"), anchor=False)
    first, second, third = st.columns([2, 4, 2])
    with first:
        tier = Tier(
            st.selectbox(
                view.text("word.tier"),
                [t.value for t in TIERS],
                index=1,
                format_func=words.tier,
                key="detail-tier",
            )
        )
    with second:
        area = parts.choose_unit(view, tier, "detail-area")
    rows = {r.hazard: r for r in readiness.rows if r.area == area}
    with third:
        hazards = [h for h in city.parameters.hazards if h in rows]
        hazard = st.selectbox(
            view.text("word.hazard"), hazards, format_func=words.hazard, key="detail-hazard"
        )
    if area is None or hazard not in rows:
        st.info(view.text("readiness.no_units"))
        return
    row = rows[hazard]
    _verdict(view, row)
    scenario = _scenario(view, shell.address(), city.digest, tier.value, area, hazard)
    if scenario is None:
        return
    people = scenario.people
    st.caption(
        view.text(
            "readiness.people",
            evacuated=f"{people.evacuated:,}",
            sheltered=f"{people.sheltered:,}",
            outdoors=f"{people.outdoors:,}",
            rescuers=f"{people.rescuers:,}",
            places=words.listed(words.short(a) for a in scenario.footprint),
        )
    )
    _needs(view, scenario, row)
    _why(view, scenario)


def _verdict(view: View, row: ReadinessRow) -> None:
    words = view.words
    unit, hazard = words.area(row.area), words.hazard(row.hazard)
    if row.covered:
        st.success(
            view.text("readiness.can", unit=unit, hazard=hazard), icon=":material/check_circle:"
        )
        return
    st.error(
        view.text(
            "readiness.cannot",
            unit=unit,
            hazard=hazard,
            coverage=f"{row.coverage:.0%}",
            items=len({s.item for s in row.short}),
        ),
        icon=":material/error:",
    )
    if row.cuts:
        with st.container(border=True):
            st.markdown(f"**{view.text('readiness.witness')}**")
            st.markdown("\n".join(f"- {words.cut(c)}" for c in row.cuts[:6]))
            if len(row.cuts) > 6:
                st.caption(view.text("readiness.more_cuts", n=len(row.cuts) - 6))


def _needs(view: View, scenario: Scenario, row: ReadinessRow) -> None:
    """Draw need, what arrives in time and what is short, one line per item."""
    words = view.words
    missing = picture.missing(row)
    records: list[dict[str, Any]] = []
    for r in scenario.requirements:
        late = [s.deadline_h for s in row.short if s.item == r.item]
        record: dict[str, Any] = {
            view.text("word.item"): words.item(r.item),
            view.text("word.unit_of"): words.unit(r.item),
        }
        for hours in view.desk.city.parameters.deadlines_h:
            known = [h for h in r.by_deadline if h <= hours]
            record[view.text("readiness.by", n=hours)] = r.by_deadline[max(known)] if known else 0
        record[view.text("readiness.in_time")] = r.quantity - missing.get(r.item, 0)
        record[view.text("word.missing")] = missing.get(r.item)
        record[view.text("word.first_deadline")] = (
            view.text("word.hours", n=min(late)) if late else ""
        )
        record[view.text("word.critical")] = "●" if r.critical else ""
        record[view.text("word.evidence")] = words.evidence(r.evidence.value)
        records.append(record)
    frame = pd.DataFrame(records)
    gap = view.text("word.missing")
    if len(frame):
        frame = frame.sort_values(gap, ascending=False, na_position="last", kind="stable")
    parts.table(frame, height=430, marks=[view.text("word.evidence")])


def _why(view: View, scenario: Scenario) -> None:
    """Draw the arithmetic and the clause behind one item's need."""
    words = view.words
    by_item: dict[str, Requirement] = {r.item: r for r in scenario.requirements}
    with st.expander(view.text("readiness.why"), icon=":material/calculate:"):
        item = st.selectbox(
            view.text("word.item"), list(by_item), format_func=words.item, key="why-item"
        )
        requirement = by_item[item]
        frame = pd.DataFrame(
            {
                view.text("word.arithmetic"): words.term_sum(t),
                view.text("word.basis"): words.term("basis", t.basis),
                view.text("word.evidence"): words.evidence(t.evidence.value),
                view.text("word.clause"): t.clause,
                view.text("word.source"): t.source,
            }
            for t in requirement.terms
        )
        st.markdown(
            view.text(
                "readiness.total",
                item=words.item(item),
                quantity=words.quantity(requirement.quantity, item),
            )
        )
        parts.table(frame, marks=[view.text("word.evidence")])


def sizing(view: View) -> None:
    """Draw the sizing of reserves: ask, run, show."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mode = st.segmented_control(
            view.text("plan.mode"),
            list(MODES),
            default="own",
            key="plan-mode",
            required=True,
            format_func=lambda m: view.text(f"mode.{m}"),
            help=view.text("plan.mode_help"),
        )
        budget = st.number_input(
            view.text("plan.budget"),
            min_value=0,
            value=0,
            step=100,
            key="plan-budget",
            help=view.text("plan.budget_help"),
            width=270,
        )
        limited = Decimal(int(budget)) * 10_000 if budget else None
        key = plan_key(str(mode), limited)
        running = results.runner().find("plan", key)
        pressed = st.button(
            view.text("plan.run"),
            type="primary",
            icon=":material/play_arrow:",
            key="plan-run",
            disabled=not view.may(Right.PLAN, everywhere=True)
            or (running is not None and not running.over),
        )
    if pressed:
        asked = {"mode": mode, "budget": str(limited) if limited else None, "seconds": SECONDS}
        results.start("plan", key, asked)
    results.watch(view, "plan", key)
    found = results.load(view, "plan", key)
    if found is None:
        st.caption(view.text("plan.none"))
        return
    show_plan(view, found)


def plan_key(mode: str, budget: Decimal | None) -> str:
    """Return the key a plan is kept under."""
    return f"{mode}/{budget}" if budget else mode


def cost_cards(view: View, plan: ReservePlan) -> None:
    """Draw what the plan costs and how good it is proven to be."""
    words, gap = view.words, plan.outcome.gap
    status = view.text(f"outcome.{plan.outcome.status.value}")
    parts.metrics(
        [
            (view.text("plan.purchase"), words.money(plan.purchase_cost), None),
            (view.text("plan.annual"), words.money(plan.annual_cost), None),
            (view.text("plan.agreement"), words.money(plan.agreement_cost), None),
            (view.text("plan.lines"), f"{len(plan.buy):,}", None),
            (view.text("plan.status"), status, plan.outcome.solver),
            (
                view.text("plan.gap"),
                "—" if gap is None else f"{gap:.2%}",
                view.text("plan.gap_help"),
            ),
        ]
    )


def show_plan(view: View, found: Result) -> None:
    """Draw a plan: costs, before and after, what to buy."""
    plan: ReservePlan = found.parts["plan"]
    cost_cards(view, plan)
    before, after = found.parts["before"].summary(), found.parts["after"].summary()
    pairs = [
        (tier.value, when, summary[tier]["covered"], summary[tier]["areas"])
        for tier in TIERS
        for when, summary in (("before", before), ("after", after))
        if tier in summary
    ]
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(f"**{view.text('plan.before_after')}**")
        st.altair_chart(charts.covered_bars(view.words, pairs), alt=view.text("plan.before_after"))
    with right:
        st.markdown(f"**{view.text('plan.buy')}**")
        frame = frames.buy_frame(view.desk.city, plan, view.lang)
        parts.report(view, frame, height=360, hide=("seq", "arithmetic", "clause"))
    if plan.unmet:
        st.warning(view.text("plan.unmet", n=len(plan.unmet)), icon=":material/warning:")
    parts.freshness(view, found)


def price(view: View) -> None:
    """Draw the price of self-sufficiency: own against pooled, once both have been run."""
    costs = []
    for mode in MODES:
        found = results.load(view, "plan", mode)
        if found is not None:
            plan: ReservePlan = found.parts["plan"]
            costs.append((mode, float(plan.purchase_cost), float(plan.annual_cost)))
    if len(costs) < len(MODES):
        st.info(view.text("plan.price_wait"), icon=":material/balance:")
        return
    own, pooled = costs[0][1], costs[1][1]
    st.markdown(
        view.text(
            "plan.price",
            own=view.words.money(own),
            pooled=view.words.money(pooled),
            more=view.words.money(own - pooled),
            ratio=f"{own / pooled:.2f}" if pooled else "—",
        )
    )
    st.altair_chart(charts.prices(view.words, costs), alt=view.text("plan.tab_price"))
    st.caption(view.text("plan.price_note"))


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    shell.heading(view, "readiness")
    if view.desk.store.revision() == 0:
        samples.offer(view)
        return
    titles = [view.text("readiness.tab"), view.text("plan.tab"), view.text("plan.tab_price")]
    whole = view.may(Right.READ, everywhere=True)  # a reserve plan speaks of the whole city
    tabs = st.tabs(titles if whole else titles[:1], key="readiness-tabs")
    with tabs[0]:
        found = results.readiness(view, "own")
        if found is not None:
            matrix(view, found.parts["readiness"])
            detail(view, found.parts["readiness"])
            parts.freshness(view, found)
    if whole:
        with tabs[1]:
            sizing(view)
        with tabs[2]:
            price(view)


if __name__ == "__main__":
    page()
