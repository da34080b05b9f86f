"""The columns of every report: one table of titles in both languages, and how each is written.

Titles are unique within a language, so that a frame's column says which column it is. Those of
the stock sheet are the words of the importer's data dictionary: what we export comes back in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from supplies.excel import columns as dictionary
from supplies.excel.style import Column, Kind

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Title:
    """One column of the reports."""

    zh: str
    en: str
    kind: Kind = "text"

    def text(self, lang: str) -> str:
        """Return the title in a language."""
        return self.zh if lang == "zh" else self.en


def _from_dictionary(name: str, kind: Kind) -> Title:
    return Title(dictionary.title(name, "zh"), dictionary.title(name, "en"), kind)


TITLES: Mapping[str, Title] = {
    # the words of the importer's dictionary
    "seq": _from_dictionary("seq", "center"),
    "category": _from_dictionary("category", "text"),
    "item": _from_dictionary("item_name", "text"),
    "item_code": _from_dictionary("item_code", "text"),
    "spec": _from_dictionary("spec", "text"),
    "unit": _from_dictionary("unit", "center"),
    "stock": _from_dictionary("qty_stock", "quantity"),
    "produced": _from_dictionary("mfg_date", "day"),
    "expiry": _from_dictionary("expiry", "day"),
    "store": _from_dictionary("store", "text"),
    "owner_tier": _from_dictionary("owner_tier", "center"),
    "source_mode": _from_dictionary("source_mode", "center"),
    "condition": _from_dictionary("status", "center"),
    "remark": _from_dictionary("remark", "text"),
    "book_quantity": _from_dictionary("qty_book", "quantity"),
    "counted": _from_dictionary("qty_counted", "blank"),
    "count_day": _from_dictionary("day", "day"),
    # who and where
    "tier": Title("层次", "Level", "center"),
    "area": Title("地区", "Where"),
    "owner": Title("采购单位", "Owner"),
    "site": Title("储存库点", "Held at"),
    "source": Title("起运地", "From store"),
    "target": Title("目的地", "To store"),
    "place": Title("送达地", "Destination"),
    "places": Title("涉及地区", "Places", "long"),
    "hazard": Title("灾害种类", "Hazard", "center"),
    "deadline_h": Title("时限(小时)", "Deadline (h)", "quantity"),
    "binding": Title("决定情形", "Binding case", "center"),
    "lot": Title("批次编号", "Lot", "text"),
    "lot_quantity": Title("批次数量", "Lot quantity", "quantity"),
    "belongs_to": Title("物权单位", "Belongs to"),
    # other words than the importer's: a list beside the ledger must not be read as stock
    "expiring_item": Title("临期品种", "Expiring goods"),
    "count_unit": Title("计数单位", "Counted in", "center"),
    "last_day": Title("失效日", "Last day", "day"),
    "lot_condition": Title("批次状态", "State", "center"),
    "lots": Title("批次数", "Lots", "quantity"),
    "days_left": Title("剩余天数", "Days left", "quantity"),
    "bucket": Title("临期分档", "Expiry band", "center"),
    "reason": Title("原因说明", "Reason", "long"),
    # figures
    "quantity": Title("需求总量", "Need", "quantity"),
    "need": Title("应备数", "Required", "quantity"),
    "on_hand": Title("已有数", "On hand", "quantity"),
    "agreed": Title("协议覆盖数", "Agreed", "quantity"),
    "buy": Title("拟采购数", "To buy", "quantity"),
    "packs": Title("包装件数", "Packs", "quantity"),
    "price": Title("参考价(元)", "Price (CNY)", "money"),
    "money": Title("采购金额(元)", "Purchase (CNY)", "money"),
    "value": Title("账面价值(元)", "Value (CNY)", "money"),
    "hold": Title("储备目标数", "To hold", "quantity"),
    "moved": Title("调剂数", "To move", "quantity"),
    "short": Title("短缺数", "Short", "quantity"),
    "reserved": Title("已预留数", "Reserved", "quantity"),
    "mass_kg": Title("重量(kg)", "Mass (kg)", "decimal"),
    "goods_m3": Title("体积(m³)", "Goods (m3)", "decimal"),
    "room_m3": Title("可用库容(m³)", "Room (m3)", "decimal"),
    "fill": Title("库容占用率", "Filled", "share"),
    "money_share": Title("金额占比", "Share of cost", "share"),
    "lines": Title("采购行数", "Purchase lines", "quantity"),
    "kinds": Title("储备品种数", "Kinds held", "quantity"),
    **{
        tier: Title(f"{zh}采购数", f"{en} buys", "quantity")
        for tier, zh, en in (
            ("city", "市级", "City"), ("county", "县级", "County"),
            ("township", "乡镇", "Townships"), ("community", "村级", "Villages"),
        )
    },
    "coverage": Title("满足度", "Coverage", "share"),
    "covered": Title("能否保障", "Covered", "center"),
    "weakest": Title("最薄弱物资", "Weakest item"),
    "weakest_share": Title("最低满足度", "Least share", "share"),
    "short_items": Title("短缺品种数", "Items short", "quantity"),
    "witness": Title("依据说明", "Witness", "long"),
    "units": Title("责任单位数", "Units", "quantity"),
    "covered_before": Title("采购前可保障", "Covered before", "quantity"),
    "covered_after": Title("采购后可保障", "Covered after", "quantity"),
    "annual": Title("年协议费(元)", "Agreement cost per year (CNY)", "money"),
    # grounds
    "arithmetic": Title("计算式", "Arithmetic", "long"),
    "clause": Title("依据", "Clause", "long"),
    "evidence": Title("依据性质", "Evidence", "center"),
    "price_evidence": Title("价格来源", "Price evidence", "center"),
    # agreements
    "supplier": Title("协议方", "Supplier"),
    "sign": Title("应签总数", "To be agreed", "quantity"),
    "signed": Title("已签数", "Signed", "quantity"),
    "new": Title("本次新签数", "To sign now", "quantity"),
    "notice_h": Title("到货时限(小时)", "Notice (h)", "decimal"),
    "promise": Title("重复承诺", "Double promise", "long"),
    # dispatch
    "trip": Title("车次", "Trip", "center"),
    "vehicle": Title("车号", "Vehicle", "center"),
    "vehicle_class": Title("运输车型", "Vehicle class"),
    "home": Title("驻地", "Home"),
    "stop": Title("站序", "Stop", "center"),
    "stops": Title("站数", "Stops", "quantity"),
    "action": Title("作业", "Action", "center"),
    "load": Title("装载数", "Loaded", "quantity"),
    "carried": Title("装卸数", "Handled", "quantity"),
    "delivered": Title("送达数", "Delivered", "quantity"),
    "depart": Title("出发时刻", "Departs", "clock"),
    "arrive": Title("到达时刻", "Arrives", "clock"),
    "leave": Title("离开时刻", "Leaves", "clock"),
    "finish": Title("收车时刻", "Ends", "clock"),
    "due": Title("要求时刻", "Due", "clock"),
    "margin_h": Title("提前量(小时)", "Margin (h)", "decimal"),
    "dock_min": Title("月台用时(分)", "Dock time (min)", "quantity"),
    "km": Title("里程(km)", "Distance (km)", "decimal"),
    "trip_cost": Title("运输费用(元)", "Cost (CNY)", "money"),
    "trips": Title("车次数", "Trips", "quantity"),
    "vehicles": Title("用车数", "Vehicles used", "quantity"),
    "load_kg": Title("满载重量率", "Mass used", "share"),
    "load_m3": Title("满载体积率", "Volume used", "share"),
    "need_lines": Title("到期需求行", "Need lines due", "quantity"),
    "clock": Title("时刻", "Clock", "clock"),
    "need_id": Title("需求行号", "Need line", "center"),
    "priority": Title("优先级", "Priority", "center"),
    "people": Title("保障人数", "People", "quantity"),
    "hours": Title("起报后(小时)", "Hours from start", "decimal"),
    "due_share": Title("按时送达率", "Served in time", "share"),
    "status": Title("送达情况", "Outcome", "center"),
    "change": Title("最省补救措施", "Cheapest change", "long"),
    "goods": Title("装载物资", "Goods", "long"),
    # what wants attention: other words than the importer's here as well
    "list": Title("事项清单", "List"),
    "rows": Title("条数", "Lines", "quantity"),
    "urgent": Title("其中紧急", "Urgent", "quantity"),
    "advice": Title("处置建议", "What to do"),
    "life_left": Title("剩余寿命占比", "Life left", "share"),
    "made_on": Title("出厂日", "Made on", "day"),
    "missing_dates": Title("缺少的信息", "Unknown", "center"),
    "listed_item": Title("涉及品种", "Which goods"),
    "count_months": Title("应盘周期(月)", "Count every (months)", "quantity"),
    "last_counted": Title("上次盘点日", "Last counted", "day"),
    "lots_missed": Title("漏盘批次数", "Lots missed", "quantity"),
    "due_on": Title("应办日", "Due on", "day"),
    "days_over": Title("逾期天数", "Days overdue", "quantity"),
    "subject": Title("凭证或调用单", "Voucher or call-up"),
    "kind_of": Title("业务种类", "Kind", "center"),
    "done_on": Title("办理日", "Done on", "day"),
    "asked_by": Title("申请方", "Asked by"),
    "party": Title("往来单位", "Other party"),
    "debtor": Title("补还责任方", "To be made good by"),
    "why": Title("办理缘由", "Reason given", "long"),
    "departed": Title("发出时刻", "Left at", "clock"),
    "hours_out": Title("在途小时数", "Hours on the way", "decimal"),
    "progress": Title("办理情况", "Status", "center"),
    "open_quantity": Title("未结数", "Open", "quantity"),
    "due_amount": Title("应补偿(元)", "Compensation (CNY)", "money"),
    "paid_amount": Title("已支付(元)", "Paid (CNY)", "money"),
    "open_amount": Title("尚欠(元)", "Still to pay (CNY)", "money"),
    "month": Title("到期月份", "Month of expiry", "center"),
    # to be filled in by hand
    "actual": Title("实际时刻(手填)", "Actual time", "blank"),
    "sign_off": Title("接收人签字(手填)", "Received by", "blank"),
}  # fmt: skip

_KEYS: Mapping[str, Mapping[str, str]] = {
    lang: {title.text(lang): key for key, title in TITLES.items()} for lang in ("zh", "en")
}


def frame(keys: Sequence[str], rows: Sequence[Row], lang: str) -> pd.DataFrame:
    """Return rows as a frame with these columns, titled in a language; missing values are None."""
    titles = [TITLES[key].text(lang) for key in keys]
    data = [[row.get(key) for key in keys] for row in rows]
    return pd.DataFrame(data, columns=titles, dtype=object)


def keys_of(table: pd.DataFrame, lang: str) -> tuple[str, ...]:
    """Return the column keys of a frame made by :func:`frame`.

    Raises
    ------
    KeyError
        When a column is none of ours.
    """
    return tuple(_KEYS[lang][str(title)] for title in table.columns)


def columns(
    keys: Sequence[str],
    lang: str,
    *,
    formulas: Mapping[str, str] | None = None,
    totals: Sequence[str] = (),
    bars: Sequence[str] = (),
    most: Mapping[str, float] | None = None,
) -> list[Column]:
    """Return the columns of a printed table; see `supplies.excel.style.Column`."""
    formulas, most = formulas or {}, most or {}
    return [
        Column(
            key=key,
            title=TITLES[key].text(lang),
            kind=TITLES[key].kind,
            formula=formulas.get(key, ""),
            total=key in totals,
            bar=key in bars,
            most=most.get(key, 0),
        )
        for key in keys
    ]
