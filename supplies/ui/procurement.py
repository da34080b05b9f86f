"""Procurement: what to buy, for whom, why, at what price and how sure."""

from collections import defaultdict
from decimal import Decimal

import streamlit as st

from supplies import tasks
from supplies.plan import ReservePlan
from supplies.reports import frames
from supplies.reports.procurement import procurement_workbook
from supplies.tiers import Tier
from supplies.ui import parts, results, samples, shell
from supplies.ui.readiness import MODES, cost_cards
from supplies.ui.results import Result
from supplies.ui.shell import FOLDER, View

TABS = ("tier", "category", "item", "site", "lines", "agreements", "moves", "retire")


def lines(view: View, plan: ReservePlan) -> None:
    """Draw the purchase lines of a tier."""
    words = view.words
    tiers = [t.value for t in Tier if any(line.tier is t for line in plan.buy)]
    tier = st.segmented_control(
        view.text("word.tier"),
        ["", *tiers],
        default="",
        key="procure-tier",
        format_func=lambda t: words.tier(t) if t else view.text("word.all"),
    )
    frame = frames.buy_frame(view.desk.city, plan, view.lang)
    if tier:
        keep = [line.tier.value == tier for line in plan.buy]
        frame = frame[keep]
    parts.report(view, frame, height=520)


def evidence(view: View, plan: ReservePlan) -> None:
    """Draw how sure the prices are: money by how its price came to stand there."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in plan.buy:
        amounts[line.price_evidence.value] += line.amount
    marks = [
        f"{view.words.badge(name)} {view.words.money(amount)}"
        for name, amount in sorted(amounts.items(), key=lambda p: -p[1])
    ]
    st.markdown(f"{view.text('procure.prices')} &ensp; " + " &ensp; ".join(marks))


def download(view: View, found: Result) -> None:
    """Draw the download of the report to print and sign."""
    plan: ReservePlan = found.parts["plan"]
    parts.workbook_button(
        view.text("procure.workbook"),
        "procurement.xlsx",
        lambda target: procurement_workbook(
            target,
            view.desk.city,
            plan,
            view.stock,
            found.parts["before"],
            found.parts["after"],
            tasks.seal(view.desk),
            view.day,
            lang=view.lang,
        ),
        key="procurement-xlsx",
    )


def preview(view: View, found: Result) -> None:
    """Draw the tables of the report, one tab each."""
    city, lang = view.desk.city, view.lang
    plan: ReservePlan = found.parts["plan"]
    before, after = found.parts["before"], found.parts["after"]
    draw = {
        "tier": lambda: frames.summary_by_tier_frame(city, plan, before, after, lang),
        "category": lambda: frames.by_category_frame(city, plan, lang),
        "item": lambda: frames.tender_frame(city, plan, lang),
        "site": lambda: frames.by_storehouse_frame(city, plan, lang),
        "agreements": lambda: frames.by_supplier_frame(city, plan, lang),
        "moves": lambda: frames.move_frame(city, plan, lang),
        "retire": lambda: frames.retire_frame(city, plan, lang),
    }
    for tab, name in zip(st.tabs([view.text(f"procure.tab_{n}") for n in TABS]), TABS, strict=True):
        with tab:
            if name == "lines":
                lines(view, plan)
            else:
                parts.report(view, draw[name](), height=480)


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    shell.heading(view, "procurement")
    if view.desk.store.revision() == 0:
        samples.offer(view)
        return
    ready = [m for m in MODES if results.load(view, "plan", m) is not None]
    if not ready:
        st.info(view.text("procure.none"), icon=":material/calculate:")
        st.page_link(
            str(FOLDER / "readiness.py"),
            label=view.text("readiness.menu"),
            icon=":material/verified:",
        )
        return
    mode = ready[0]
    if len(ready) > 1:
        picked = st.segmented_control(
            view.text("plan.mode"),
            ready,
            default=ready[0],
            key="procure-mode",
            required=True,
            format_func=lambda m: view.text(f"mode.{m}"),
        )
        mode = str(picked)
    found = results.load(view, "plan", mode)
    if found is None:
        return
    plan: ReservePlan = found.parts["plan"]
    cost_cards(view, plan)
    evidence(view, plan)
    download(view, found)
    preview(view, found)
    parts.freshness(view, found)


if __name__ == "__main__":
    page()
