"""Stock: what is where, whose it is, until when."""

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.plan import StockLine
from supplies.reports.stock import stock_workbook
from supplies.tiers import Tier
from supplies.ui import charts, parts, picture, samples, shell
from supplies.ui.shell import View

EXPIRING = (0, 30, 90, 180, 365)
HISTORY_ROWS = 500


def filtered(view: View, stock: list[StockLine]) -> list[StockLine]:
    """Draw the filters; return the lines that pass them."""
    city, words = view.desk.city, view.words
    tier_at, area_at, site_at, item_at, expiry_at = st.columns([2, 2, 3, 3, 2])
    tiers = [""] + [t.value for t in Tier if any(line.owner_tier is t for line in stock)]
    tier = tier_at.selectbox(
        view.text("stock.owner_tier"),
        tiers,
        key="stock-tier",
        format_func=lambda t: words.tier(t) if t else view.text("word.all"),
    )
    areas = ["", *parts.unit_codes(city, Tier.COUNTY)]
    area = area_at.selectbox(
        words.tier("county"),
        areas,
        key="stock-area",
        format_func=lambda a: words.short(a) if a else view.text("word.all"),
    )
    held = sorted({line.site for line in stock}, key=words.source)
    inside = [s for s in held if not area or city.inside(city.sites[s].area, area)]
    site = site_at.selectbox(
        view.text("word.site"),
        ["", *inside],
        key="stock-site",
        format_func=lambda s: words.source(s) if s else view.text("word.all"),
    )
    kinds = sorted({line.item for line in stock}, key=words.item)
    item = item_at.selectbox(
        view.text("word.item"),
        ["", *kinds],
        key="stock-item",
        format_func=lambda i: words.item(i) if i else view.text("word.all"),
    )
    days = expiry_at.selectbox(
        view.text("stock.expiring"),
        EXPIRING,
        key="stock-expiring",
        format_func=lambda d: view.text("word.days", n=d) if d else view.text("word.all"),
    )
    return [
        line
        for line in stock
        if (not tier or line.owner_tier.value == tier)
        and (not area or city.inside(city.sites[line.site].area, area))
        and (not site or line.site == site)
        and (not item or line.item == item)
        and (not days or (line.expiry is not None and (line.expiry - view.day).days <= days))
    ]


def kpis(view: View, lines: list[StockLine]) -> None:
    """Draw the figures of what is shown."""
    lots = picture.expiring(lines, view.day)
    soon = " · ".join(str(lots[days]) for days in picture.EXPIRY_DAYS)
    worth = view.words.money(picture.stock_value(view.desk.city, lines))
    parts.metrics(
        [
            (view.text("stock.lots"), f"{len(lines):,}", None),
            (view.text("stock.kinds"), str(len({line.item for line in lines})), None),
            (view.text("stock.sites"), str(len({line.site for line in lines})), None),
            (view.text("overview.value"), worth, None),
            (view.text("overview.expiring"), soon, None),
            (view.text("stock.expired"), str(lots[0]), None),
        ]
    )


def listing(view: View, lines: list[StockLine]) -> None:
    """Draw the lots: where, what, how much of it is free, whose, until when."""
    words = view.words
    free = view.text("stock.free")
    frame = pd.DataFrame(
        {
            view.text("word.site"): words.source(line.site),
            view.text("word.category"): words.category(line.item),
            view.text("word.item"): words.item(line.item),
            view.text("stock.on_hand"): float(line.quantity),
            view.text("stock.reserved"): float(line.reserved) or None,
            free: float(line.quantity - line.reserved),
            view.text("word.unit_of"): words.unit(line.item),
            view.text("stock.expiry"): line.expiry,
            view.text("stock.days_left"): (line.expiry - view.day).days if line.expiry else None,
            view.text("stock.condition"): words.term("condition", line.condition),
            view.text("stock.owner"): words.area(line.owner),
            view.text("stock.mode"): words.term("source_mode", line.source_mode),
            view.text("stock.lot"): line.lot,
        }
        for line in lines
    )
    figure = st.column_config.NumberColumn(format="localized")
    config = {view.text(f"stock.{n}"): figure for n in ("on_hand", "reserved", "free")}
    parts.table(frame, height=520, config=config)


def history(view: View) -> None:
    """Draw the movements of the storehouse or item that is picked."""
    site = st.session_state.get("stock-site") or None
    item = st.session_state.get("stock-item") or None
    if site is None and item is None:
        st.caption(view.text("stock.history_hint"))
        return
    words, items = view.words, view.desk.city.items
    moves = tasks.history(view.desk, site=site, item=item, limit=HISTORY_ROWS)
    frame = pd.DataFrame(
        {
            view.text("word.when"): move.day,
            view.text("word.item"): words.item(move.item),
            view.text("word.quantity"): float(items[move.item].from_base(move.quantity)),
            view.text("word.unit_of"): words.unit(move.item),
            view.text("stock.from"): account(view, move.source),
            view.text("stock.to"): account(view, move.target),
            view.text("stock.reason"): view.text(f"reason.{move.reason.value}"),
            view.text("stock.document"): move.document,
            view.text("stock.by"): move.recorded_by,
            view.text("stock.entered"): move.recorded_at,
            view.text("stock.note"): move.note,
        }
        for move in moves
    )
    config = {
        view.text("word.quantity"): st.column_config.NumberColumn(format="localized"),
        view.text("stock.entered"): st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
    }
    parts.table(frame, height=420, config=config)


def account(view: View, name: str) -> str:
    """Return what a ledger account is called."""
    kind, _, rest = name.partition(":")
    if kind == "site":
        return view.words.source(rest)
    if kind == "outside":
        return view.words.known(f"account.{rest}") or rest
    return view.text("account.transit", trip=rest)


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    shell.heading(view, "stock")
    stock = view.stock
    if not stock:
        samples.offer(view)
        return
    lines = filtered(view, stock)
    kpis(view, lines)
    names = [
        view.text("stock.tab_table"),
        view.text("stock.tab_chart"),
        view.text("stock.tab_history"),
    ]
    table, chart, moves = st.tabs(names)
    city, revision = view.desk.city, view.desk.store.revision()
    with table:
        listing(view, lines)
        parts.workbook_button(
            view.text("stock.export"),
            "stock.xlsx",
            lambda target: stock_workbook(
                target, city, lines, tasks.seal(view.desk), view.day, revision, view.lang
            ),
            key="stock-export",
        )
    with chart:
        st.altair_chart(charts.categories(view.words, lines), alt=view.text("stock.chart_alt"))
    with moves:
        history(view)


if __name__ == "__main__":
    page()
