"""The forms that leave the command post: call-up orders, loading lists, route sheets.

Each is a run of blocks on one sheet, a block to a page where that helps who holds it.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

from supplies.excel.write import Book, Sheet
from supplies.plan import DispatchPlan, LotLoad, Trip
from supplies.reports.frames import dispatch as frames
from supplies.reports.page import Stamp, sign
from supplies.reports.titles import Row, columns
from supplies.reports.words import Words

GOODS_KEYS = ("seq", "item", "load", "unit", "mass_kg", "goods_m3")
ORDER_KEYS = ("seq", "goods", "mass_kg", "trip", "vehicle", "leave", "place")
LIST_KEYS = ("seq", "item", "lot", "load", "unit", "mass_kg", "goods_m3", "place")
ROUTE_KEYS = (
    "stop", "place", "action", "item", "lot", "carried", "unit", "arrive", "leave", "actual",
    "sign_off",
)  # fmt: skip
# Beyond this, a page to a trip would be a parcel of paper; the blocks then follow each other.
PAGE_PER_TRIP_MAX = 400


def _form(
    sheet: Sheet, words: Words, keys: Sequence[str], rows: Sequence[Row], totals: Sequence[str] = ()
) -> None:
    sheet.table(
        columns(keys, words.lang, totals=totals),
        [[row.get(key) for key in keys] for row in rows],
        total=words.pick("合计", "Total") if totals else "",
        native=False,
    )


def _sheet(book: Book, words: Words, name: str, keys: Sequence[str], *, landscape: bool) -> Sheet:
    sheet = book.sheet(name, landscape=landscape)
    sheet.widths([1.0] * len(keys))
    return sheet


# --- call-up orders --------------------------------------------------------------------------


def order_number(plan: DispatchPlan, number: int, words: Words) -> str:
    """Return the number of a call-up order, from the day of the incident."""
    day = plan.start
    return words.pick(f"动用〔{day:%Y}〕{day:%m%d}-{number:02d} 号", f"{day:%Y%m%d}-{number:02d}")


def goods_rows(words: Words, loadings: Sequence[frames.Loading]) -> list[Row]:
    """Return what one storehouse has to make ready: one row an item, all trips together."""
    by_item: dict[str, list[LotLoad]] = defaultdict(list)
    for loading in loadings:
        for load in loading.stop.load:
            by_item[load.item].append(load)
    rows: list[Row] = []
    for number, (item, loads) in enumerate(sorted(by_item.items()), 1):
        mass, volume = frames.bulk_of(words, loads)
        rows.append(
            {
                "seq": number,
                "item": words.item(item),
                "load": sum(load.quantity for load in loads),
                "unit": words.unit(item),
                "mass_kg": mass,
                "goods_m3": volume,
            }
        )
    return rows


def order_rows(words: Words, plan: DispatchPlan, loadings: Sequence[frames.Loading]) -> list[Row]:
    """Return one row for each loading at one storehouse, in order of departure."""
    rows: list[Row] = []
    ranked = sorted(loadings, key=lambda x: (x.stop.leave_s, x.trip.id))
    for number, loading in enumerate(ranked, 1):
        loads = loading.stop.load
        quantities: dict[str, int] = defaultdict(int)
        for load in loads:
            quantities[load.item] += load.quantity
        places = dict.fromkeys(code for load in loads for code in loading.places_of(load))
        rows.append(
            {
                "seq": number,
                "goods": words.pick("；", "; ").join(
                    words.goods(quantity, item) for item, quantity in sorted(quantities.items())
                ),
                "mass_kg": frames.bulk_of(words, loads)[0],
                "trip": loading.trip.id,
                "vehicle": words.plate(loading.trip.vehicle),
                "leave": frames.clock(plan, loading.stop.leave_s),
                "place": words.listed(words.area(code) for code in places),
            }
        )
    return rows


def order_sheet(book: Book, words: Words, stamp: Stamp, plan: DispatchPlan) -> None:
    """Write a call-up order for each storehouse that sends something, a page each."""
    pick = words.pick
    name = pick("动用指令", "Call-up orders")
    sheet = _sheet(book, words, name, ORDER_KEYS, landscape=False)
    by_source: dict[str, list[frames.Loading]] = defaultdict(list)
    for loading in frames.loadings(plan):
        by_source[loading.source].append(loading)
    if not by_source:
        sheet.widths([12.0] * len(ORDER_KEYS))
        sheet.title(name, stamp.line(words))
        sheet.paragraph(pick("本方案不动用库存。", "Nothing is called up."))
    for number, source in enumerate(sorted(by_source), 1):
        sheet.page_break()
        sheet.title(
            pick("应急物资动用指令", "Call-up order"),
            f"{pick('编号', 'No.')} {order_number(plan, number, words)}    {stamp.line(words)}",
        )
        sheet.paragraph(
            pick(
                f"{words.source(source)}：因“{plan.incident}”"
                f"({words.term('hazard', plan.hazard)})一级响应, 请按下表备货、装车并办理出库。",
                f"To {words.source(source)}: for the Level-I response to {plan.incident}"
                f" ({words.term('hazard', plan.hazard)}), make ready, load and issue:",
            )
        )
        sheet.heading(pick("一、备货合计", "1. Make ready"))
        goods = goods_rows(words, by_source[source])
        _form(sheet, words, GOODS_KEYS, goods, totals=("mass_kg", "goods_m3"))
        sheet.heading(pick("二、装车安排", "2. Load"))
        rows = order_rows(words, plan, by_source[source])
        _form(sheet, words, ORDER_KEYS, rows, totals=("mass_kg",))
        sign(sheet, words, *pick("签发 审核 库点接令", "Issued Checked Received").split())
        sheet.space()


# --- loading lists ---------------------------------------------------------------------------


def loading_sheet(book: Book, words: Words, stamp: Stamp, plan: DispatchPlan) -> None:
    """Write what is loaded on each trip, lot by lot, in order of dock time; a page a storehouse."""
    pick = words.pick
    name = pick("装车单", "Loading lists")
    sheet = _sheet(book, words, name, LIST_KEYS, landscape=False)
    halts = sorted(frames.loadings(plan), key=lambda x: (x.source, x.stop.arrive_s, x.trip.id))
    if not halts:
        sheet.widths([12.0] * len(LIST_KEYS))
        sheet.title(name, stamp.line(words))
        sheet.paragraph(pick("无装车作业。", "Nothing is loaded."))
    for source, group in groupby(halts, key=lambda x: x.source):
        sheet.page_break()
        sheet.title(
            pick(f"装车单 — {words.source(source)}", f"Loading list - {words.source(source)}"),
            stamp.line(words),
            pick(
                "批次按先到期先出排定, 不得擅自调换。",
                "Lots go first expiring, first out; do not swap them.",
            ),
        )
        for loading in group:
            rows = frames.loading_rows(words, plan, loading)
            head = rows[0]
            dock = f"{head['arrive']:%m-%d %H:%M}", f"{head['leave']:%H:%M}"
            sheet.heading(
                pick(
                    f"车次 {loading.trip.id}  "
                    f"车号 {head['vehicle']}({head['vehicle_class']})  "
                    f"月台 {dock[0]} 至 {dock[1]}(用时 {head['dock_min']} 分)",
                    f"Trip {loading.trip.id}, {head['vehicle']} ({head['vehicle_class']}), "
                    f"dock {dock[0]} to {dock[1]} ({head['dock_min']} min)",
                )
            )
            numbered = [{**row, "seq": n} for n, row in enumerate(rows, 1)]
            _form(sheet, words, LIST_KEYS, numbered, totals=("mass_kg", "goods_m3"))
            sign(sheet, words, *pick("发货 复核 驾驶员", "Issued Checked Driver").split())


# --- route sheets ----------------------------------------------------------------------------


def route_sheet(book: Book, words: Words, stamp: Stamp, plan: DispatchPlan) -> None:
    """Write each trip's stops with clock times, unloading and room for the receiver's name."""
    pick = words.pick
    name = pick("行车路线单", "Route sheets")
    sheet = _sheet(book, words, name, ROUTE_KEYS, landscape=True)
    if not any(trip.stops for trip in plan.trips):
        sheet.widths([12.0] * len(ROUTE_KEYS))
        sheet.title(name, stamp.line(words))
        sheet.paragraph(pick("无车次。", "No trips."))
    paged = len(plan.trips) <= PAGE_PER_TRIP_MAX
    for trip in sorted(
        plan.trips, key=lambda t: (t.vehicle, t.stops[0].arrive_s if t.stops else 0)
    ):
        if paged:
            sheet.page_break()
        _route(sheet, words, stamp, plan, trip)


def _route(sheet: Sheet, words: Words, stamp: Stamp, plan: DispatchPlan, trip: Trip) -> None:
    pick = words.pick
    mass, volume = frames.peak(words, trip)
    sheet.title(
        pick(f"行车路线单 — 车次 {trip.id}", f"Route sheet - trip {trip.id}"),
        stamp.line(words),
        pick(
            f"车号 {words.plate(trip.vehicle)}({words.vehicle(trip.vehicle_class)})    "
            f"驻地 {words.source(trip.home)}    "
            f"最大装载 {mass:,.0f} kg / {volume:,.1f} m³    里程 {trip.distance_km:,.1f} km",
            f"Vehicle {words.plate(trip.vehicle)} ({words.vehicle(trip.vehicle_class)}), home"
            f" {words.source(trip.home)}, at most {mass:,.0f} kg / {volume:,.1f} m3,"
            f" {trip.distance_km:,.1f} km",
        ),
    )
    rows = frames.stop_rows(words, plan, trip)
    if rows:
        _form(sheet, words, ROUTE_KEYS, _once_a_stop(rows))
    sheet.paragraph(
        pick(
            "接收人逐行签字; 实收少于应收的, 在签字栏注明数量与原因。途中受阻立即报告指挥部。",
            "The receiver signs each line, noting any shortfall and why. Report blocked roads.",
        )
    )
    sign(sheet, words, *pick("调度 驾驶员 押运", "Dispatcher Driver Escort").split())
    sheet.space()


def _once_a_stop(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with stop, place and times only on the first row of each stop."""
    shown: list[Row] = []
    last: object = None
    for row in rows:
        same = row["stop"] == last
        hidden = {"stop": None, "place": None, "arrive": None, "leave": None} if same else {}
        shown.append({**row, **hidden})
        last = row["stop"]
    return shown
