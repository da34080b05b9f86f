"""The first sheet of the procurement workbook: what leaders read."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.chart import Chart

from supplies.catalogue import Evidence
from supplies.excel import style
from supplies.excel.write import Book, Region, Sheet
from supplies.plan import Readiness, ReservePlan, StockLine
from supplies.reports.frames import reserves
from supplies.reports.page import Listing, Stamp, put_table, sign
from supplies.reports.words import Words

_TOP_CATEGORIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a procurement report speaks of."""

    words: Words
    stamp: Stamp
    title: str
    plan: ReservePlan
    stock: Sequence[StockLine]
    before: Readiness
    after: Readiness | None


def summary_sheet(book: Book, case: Case) -> None:
    """Write the summary: outcome, cost, units covered before and after, categories."""
    words, plan = case.words, case.plan
    sheet = book.sheet(words.pick("总览", "Summary"), landscape=False)
    sheet.title(case.title, case.stamp.line(words), _what(words, plan))
    if _has_samples(plan):
        sheet.paragraph(
            words.pick(
                "注意: 本报告含样例数据, 以“样例”标明; 正式采购前必须换成实际数据。",
                "Note: this report contains sample data, marked as such; replace before buying.",
            )
        )
    sheet.space()
    sheet.facts(_facts(words, plan))
    sheet.heading(words.pick("各级保障情况与费用", "Cover and cost by tier"))
    rows = reserves.tier_rows(words, plan, case.before, case.after)
    if rows:
        listing = Listing(keys=reserves.TIER_KEYS, rows=rows, totals=("lines", "money", "annual"))
        region = put_table(sheet, words, listing)
        _remarks(sheet, case)
        sheet.chart(_tier_chart(book, case, region), rows=12)
    _categories(sheet, case)
    sign(sheet, words)


def _what(words: Words, plan: ReservePlan) -> str:
    mode = words.term("mode", plan.mode)
    return words.pick(
        f"按一级(Ⅰ级)应急响应需求与现有库存测算的储备与采购方案; 保障方式: {mode}",
        f"What to hold, buy and sign so that Level-I responses can be run; mode: {mode}",
    )


def _has_samples(plan: ReservePlan) -> bool:
    marks = {line.evidence for line in plan.buy} | {line.evidence for line in plan.agreements}
    return Evidence.SAMPLE in marks | {line.price_evidence for line in plan.buy}


def _facts(words: Words, plan: ReservePlan) -> list[tuple[str, object]]:
    outcome, pick = plan.outcome, words.pick
    gap = "—" if outcome.gap is None else f"{outcome.gap:.3%}"
    amount = sum((line.amount for line in plan.buy), Decimal(0))
    budget: object = plan.budget if plan.budget is not None else pick("未设上限", "no limit")
    return [
        (pick("求解结果", "Outcome"), words.term("status", outcome.status)),
        (pick("与证明下界的差距", "Gap to the bound"), gap),
        (pick("采购金额(元)", "Purchases (CNY)"), amount),
        (pick("采购预算(元)", "Budget (CNY)"), budget),
        (pick("年度总成本(元)", "Cost per year (CNY)"), plan.annual_cost),
        (pick("其中年协议费(元)", "Agreements per year"), plan.agreement_cost),
        (pick("采购明细行数", "Purchase lines"), len(plan.buy)),
        (pick("采购物资品种", "Kinds bought"), len({line.item for line in plan.buy})),
        (pick("协议(新签/应签)", "Agreements (new / all)"), _agreement_count(plan)),
        (
            pick("调剂 / 待处置批次", "Moves / lots to retire"),
            f"{len(plan.move)} / {len(plan.retire)}",
        ),
        (pick("未满足需求行", "Need left open"), len(plan.unmet)),
        (pick("求解器", "Solver"), f"{outcome.solver}, {outcome.runtime_s:.0f} s"),
    ]


def _agreement_count(plan: ReservePlan) -> str:
    new = sum(1 for line in plan.agreements if line.quantity > line.have)
    return f"{new} / {len(plan.agreements)}"


def _remarks(sheet: Sheet, case: Case) -> None:
    pick, left = case.words.pick, len(case.plan.unmet)
    sheet.paragraph(
        pick(
            "“可保障”: 该单位在所评估的各灾种下, 所需物资都能在时限内送达; 有一项短缺即不计入。",
            "Covered: for every hazard considered, all needed items arrive by every deadline.",
        )
    )
    if case.after is None:
        sheet.paragraph(pick("采购后的保障情况未复核。", "Readiness after it was not proved."))
    room = sum(line.volume_m3 for line in case.plan.expand)
    if room:
        sites = case.words.listed(case.words.source(line.site) for line in case.plan.expand)
        sheet.paragraph(
            pick(
                f"按方案存放还需扩建库容 {room:,.1f} m³: {sites}。",
                f"The plan needs {room:,.1f} m3 more room: {sites}.",
            )
        )
    if left:
        sheet.paragraph(
            pick(
                f"方案执行后仍有 {left} 行需求未满足, 见“未满足”表。",
                f"{left} need lines stay open after the plan; see the sheet Open.",
            )
        )


def _tier_chart(book: Book, case: Case, region: Region) -> Chart:
    pick = case.words.pick
    chart = book.chart("column", pick("各级可保障单位数", "Units covered, by tier"))
    series = [
        ("units", pick("单位总数", "All units"), "#C8D1DB"),
        ("covered_before", pick("采购前可保障", "Covered before"), style.CHART_COLOURS[2]),
    ]
    if case.after is not None:
        name = pick("采购后可保障", "Covered after")
        series.append(("covered_after", name, style.CHART_COLOURS[0]))
    for key, name, colour in series:
        chart.add_series(
            {
                "name": name,
                "categories": region.reference("tier"),
                "values": region.reference(key),
                "fill": {"color": colour},
                "data_labels": {"value": True},
                "gap": 80,
            }
        )
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    return chart


def _categories(sheet: Sheet, case: Case) -> None:
    rows = reserves.category_rows(case.words, case.plan)[:_TOP_CATEGORIES]
    if not rows:
        return
    sheet.heading(case.words.pick("采购金额按品类", "Purchases by category"))
    keys = ("category", "lines", "money", "money_share")
    listing = Listing(keys=keys, rows=rows, bars=("money_share",))
    put_table(sheet, case.words, listing)
