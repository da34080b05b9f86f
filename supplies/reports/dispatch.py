"""The dispatch workbook: what goes out with the vehicles, and what the command post reads."""

import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from xlsxwriter.chart import Chart

from supplies.city import City
from supplies.excel import style
from supplies.excel.write import Book, Region, Sheet
from supplies.plan import DispatchPlan
from supplies.reports.dispatch_forms import loading_sheet, order_sheet, route_sheet
from supplies.reports.frames import dispatch as frames
from supplies.reports.frames import lists
from supplies.reports.page import Listing, Stamp, list_sheet, open_book, put_table, sign
from supplies.reports.words import Words


def dispatch_workbook(
    target: Path | io.BytesIO, city: City, plan: DispatchPlan, seal: str, lang: str = "zh"
) -> None:
    """Write the dispatch pack: summary, call-up orders, loading lists, route sheets, arrivals.

    Parameters
    ----------
    target
        A path or a buffer.
    seal
        The ledger's seal code at ``plan.revision``.

    Raises
    ------
    WorkbookError
        When the file cannot be written.
    """
    words = Words(city, lang)
    stamp = Stamp(seal=seal, revision=plan.revision, day=plan.start.date())
    title = words.pick(f"应急物资调运方案 — {plan.incident}", f"Dispatch plan - {plan.incident}")
    with open_book(target, words, title, stamp) as book:
        summary = book.sheet(words.pick("总览", "Summary"), landscape=False)
        summary.title(title, stamp.line(words))
        order_sheet(book, words, stamp, plan)
        loading_sheet(book, words, stamp, plan)
        route_sheet(book, words, stamp, plan)
        list_sheet(book, words, stamp, _arrivals(words, plan))
        region = list_sheet(book, words, stamp, _unmet(words, plan))
        if region is not None:
            bad = {words.pick("未满足", "not served"): style.RED}
            region.sheet.mark(region, "status", bad | {words.pick("迟到", "late"): style.AMBER})
        for listing in (_trips(words, plan), _vehicles(words, plan)):
            list_sheet(book, words, stamp, listing)
        curve = list_sheet(book, words, stamp, _curve(words, plan))
        _fill_summary(book, summary, words, plan, curve)


# --- the summary -----------------------------------------------------------------------------


def _fill_summary(
    book: Book, sheet: Sheet, words: Words, plan: DispatchPlan, curve: Region | None
) -> None:
    sheet.facts(_facts(words, plan))
    sheet.heading(words.pick("按时送达率", "Served in time"))
    shares = [
        {"deadline_h": hours, "need_lines": _due(plan, hours), "due_share": share}
        for hours, share in sorted(plan.share_served.items())
    ]
    if shares:
        keys = ("deadline_h", "need_lines", "due_share")
        put_table(sheet, words, Listing(keys=keys, rows=shares, bars=("due_share",)))
    if curve is not None:
        sheet.space()
        sheet.chart(_curve_chart(book, words, curve), rows=14)
    sheet.heading(words.pick("运力使用", "Vehicles used"))
    rows_by_class = frames.class_rows(words, plan)
    if rows_by_class:
        totals = ("vehicles", "trips", "mass_kg", "goods_m3", "km", "trip_cost")
        put_table(sheet, words, Listing(keys=frames.CLASS_KEYS, rows=rows_by_class, totals=totals))
    else:
        sheet.paragraph(words.pick("无车次。", "No trips."))
    sign(sheet, words)


def _due(plan: DispatchPlan, hours: int) -> int:
    return sum(1 for need in plan.need if need.deadline_s <= hours * 3600)


def _facts(words: Words, plan: DispatchPlan) -> list[tuple[str, object]]:
    pick, outcome = words.pick, plan.outcome
    gap = "—" if outcome.gap is None else f"{outcome.gap:.3%}"
    people: dict[str, int] = {}
    for need in plan.need:
        people[need.area] = max(people.get(need.area, 0), need.people)
    served = max((count for _, count in plan.people_served), default=0)
    return [
        (pick("灾种与响应", "Hazard"), words.term("hazard", plan.hazard)),
        (pick("启动时刻", "Start"), f"{plan.start:%Y-%m-%d %H:%M}"),
        (pick("求解结果", "Outcome"), words.term("status", outcome.status)),
        (pick("与证明下界的差距", "Gap to the bound"), gap),
        (pick("涉及地区 / 需求行", "Places / need lines"), f"{len(people)} / {len(plan.need)}"),
        (pick("全部到齐人数 / 应保障", "People served / in all"),
         f"{served:,} / {sum(people.values()):,}"),
        (pick("车次 / 用车", "Trips / vehicles"),
         f"{len(plan.trips)} / {len({trip.vehicle for trip in plan.trips})}"),
        (pick("未满足 / 迟到行", "Unmet / late lines"), f"{len(plan.unmet)} / {len(plan.late)}"),
        (pick("总里程(km)", "Distance (km)"), round(sum(t.distance_km for t in plan.trips))),
        (pick("运输费用(元)", "Transport cost (CNY)"),
         Decimal(str(round(sum(trip.cost_cny for trip in plan.trips), 2)))),
        (pick("行车时间来源", "Travel times"), words.said(plan.travel_source)),
        (pick("求解器", "Solver"), f"{outcome.solver}, {outcome.runtime_s:.0f} s"),
    ]  # fmt: skip


def _curve_chart(book: Book, words: Words, curve: Region) -> Chart:
    pick = words.pick
    chart = book.chart(
        "scatter", pick("物资全部到齐的人数", "People all of whose needs are there"),
        "straight_with_markers",
    )  # fmt: skip
    chart.add_series(
        {
            "categories": curve.reference("hours"),
            "values": curve.reference("people"),
            "line": {"color": style.NAVY, "width": 2},
            "marker": {"type": "circle", "size": 4, "fill": {"color": style.NAVY}},
        }
    )
    chart.set_legend({"none": True})
    chart.set_x_axis({"name": pick("启动后小时", "hours from start"), "min": 0, "num_format": "0"})
    grid = {"visible": True, "line": {"color": "#DDE3EA"}}
    chart.set_y_axis({"num_format": "#,##0", "min": 0, "major_gridlines": grid})
    return chart


# --- the lists -------------------------------------------------------------------------------


def _curve(words: Words, plan: DispatchPlan) -> Listing:
    start = [] if plan.people_served and plan.people_served[0][0] == 0 else [(0, 0)]
    points = [*start, *plan.people_served] if plan.people_served else []
    return Listing(
        name=words.pick("到达曲线", "Curve"),
        title=words.pick("全部物资到齐的人数(累计)", "People served over time"),
        keys=("clock", "hours", "people"),
        rows=[
            {
                "clock": plan.start + timedelta(seconds=seconds),
                "hours": seconds / 3600,
                "people": people,
            }
            for seconds, people in points
        ],
        empty=words.pick("无到达。", "Nothing arrives."),
        landscape=False,
    )


def _arrivals(words: Words, plan: DispatchPlan) -> Listing:
    return Listing(
        name=words.pick("到达时间表", "Arrivals"),
        title=words.pick("各地到达时间表", "Arrivals by place"),
        keys=frames.ARRIVAL_KEYS,
        rows=frames.arrival_rows(words, plan),
        empty=words.pick("无到达。", "Nothing arrives."),
        freeze=2,
    )


def _unmet(words: Words, plan: DispatchPlan) -> Listing:
    return Listing(
        name=words.pick("未满足与迟到", "Unmet and late"),
        title=words.pick("未满足与迟到的需求", "Need unmet or late"),
        keys=lists.UNMET_KEYS,
        rows=lists.unmet_rows(words, plan),
        empty=words.pick("全部需求按时送达。", "Every need is served in time."),
        freeze=3,
    )


def _trips(words: Words, plan: DispatchPlan) -> Listing:
    return Listing(
        name=words.pick("车次一览", "Trips"),
        title=words.pick("车次一览", "Trips"),
        keys=frames.TRIP_KEYS,
        rows=frames.trip_rows(words, plan),
        empty=words.pick("无车次。", "No trips."),
        totals=("mass_kg", "goods_m3", "km", "trip_cost"),
        bars=("load_kg", "load_m3"),
        freeze=2,
    )


def _vehicles(words: Words, plan: DispatchPlan) -> Listing:
    return Listing(
        name=words.pick("车辆", "Vehicles"),
        title=words.pick("车辆使用", "Vehicles"),
        keys=frames.VEHICLE_KEYS,
        rows=frames.vehicle_rows(words, plan),
        empty=words.pick("无车次。", "No trips."),
        totals=("trips", "mass_kg", "km", "trip_cost"),
        landscape=False,
    )
