"""The procurement workbook: what leaders read, what staff tender, sign and check line by line."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from supplies.city import City
from supplies.excel.write import Book
from supplies.plan import Readiness, ReservePlan, StockLine
from supplies.reports.frames import lists, reserves
from supplies.reports.page import (
    Listing,
    Stamp,
    evidence_legend,
    list_sheet,
    open_book,
)
from supplies.reports.procurement_summary import Case, summary_sheet
from supplies.reports.stock import expiry_sheet
from supplies.reports.titles import Row
from supplies.reports.words import Words


def procurement_workbook(  # noqa: PLR0913, PLR0917 - the signature others rely on
    target: Path | io.BytesIO,
    city: City,
    plan: ReservePlan,
    stock: Sequence[StockLine],
    before: Readiness,
    after: Readiness | None,
    seal: str,
    day: date,
    lang: str = "zh",
) -> None:
    """Write the procurement report to a path or a buffer.

    Parameters
    ----------
    stock
        The stock that the plan was made for; its expiring lots are listed.
    before, after
        Readiness with today's stock, and with the plan carried out (``None``: not proved).
    seal, day
        The ledger's seal code, and the day of the report.

    Raises
    ------
    WorkbookError
        When the file cannot be written.
    """
    words = Words(city, lang)
    case = Case(
        words=words,
        stamp=Stamp(seal=seal, revision=plan.revision, day=day),
        title=words.pick(
            f"{city.name_zh}应急物资采购建议报告",
            f"Emergency supplies of {city.name_en}: procurement",
        ),
        plan=plan,
        stock=stock,
        before=before,
        after=after,
    )
    with open_book(target, words, case.title, case.stamp) as book:
        summary_sheet(book, case)
        for listing in _LISTINGS:
            list_sheet(book, words, case.stamp, listing(words, plan))
        expiry_sheet(book, words, case.stamp, stock)
        list_sheet(book, words, case.stamp, _open(words, plan))
        _notes(book, case)


def _tender(words: Words, plan: ReservePlan) -> Listing:
    rows = reserves.tender_rows(words, plan)
    return Listing(
        name=words.pick("采购汇总", "Tender list"),
        title=words.pick("采购汇总表(按物资、按层级)", "Tender list: items by tier"),
        keys=_present(reserves.TENDER_KEYS, rows),
        rows=rows,
        empty=words.pick("本方案无采购。", "Nothing to buy."),
        intro=words.pick(
            "供编制招标采购文件使用; 采购金额 = 拟采购数 × 参考价。",
            "For tender papers; purchase = to buy x price.",
        ),
        formulas={"money": "{buy}*{price}"},
        totals=("money",),
        freeze=3,
        signed=True,
    )


def _lines(words: Words, plan: ReservePlan) -> Listing:
    return Listing(
        name=words.pick("采购明细", "Purchase lines"),
        title=words.pick("采购明细表", "Purchase lines"),
        keys=reserves.BUY_KEYS,
        rows=reserves.buy_rows(words, plan),
        empty=words.pick("本方案无采购。", "Nothing to buy."),
        intro=words.pick(
            "应备数由决定情形(灾种与时限)的计算式得出, 减去已有数与协议覆盖数, 按整包装取整; "
            "同一单位的同一物资分存多个库点时, 应备、已有、协议三列为该单位合计。",
            "The binding case's arithmetic gives what is required; less stock and agreements,"
            " rounded up to packs. Required, on hand and agreed are the owner's over all sites.",
        ),
        formulas={"money": "{buy}*{price}"},
        totals=("packs", "money"),
        most={
            "tier": 8,
            "owner": 12,
            "site": 14,
            "item": 15,
            "unit": 6,
            "binding": 12,
            "arithmetic": 27,
            "clause": 30,
            "money": 14,
            "price": 11,
        },
        freeze=5,
        signed=True,
    )


def _agreements(words: Words, plan: ReservePlan) -> Listing:
    return Listing(
        name=words.pick("按供应商", "Agreements"),
        title=words.pick("协议储备签约建议(按供应商)", "Agreements by supplier"),
        keys=reserves.SUPPLIER_KEYS,
        rows=reserves.supplier_rows(words, plan),
        empty=words.pick("本方案无协议储备。", "No agreements in this plan."),
        intro=words.pick(
            "本次新签数 = 应签总数 - 已签数; 同一企业同一物资向多家承诺的, 在末列提示。",
            "To sign now = to be agreed - signed; goods promised to several owners are flagged.",
        ),
        formulas={"new": "MAX({sign}-{signed},0)"},
        totals=("annual",),
        signed=True,
    )


def _storehouses(words: Words, plan: ReservePlan) -> Listing:
    return Listing(
        name=words.pick("按库点", "Storehouses"),
        title=words.pick("方案执行后各库点储备与库容", "Storehouses after the plan"),
        keys=reserves.STOREHOUSE_KEYS,
        rows=reserves.storehouse_rows(words, plan),
        empty=words.pick("本方案无储备变动。", "Nothing to hold."),
        formulas={"fill": "{goods_m3}/{room_m3}"},
        totals=("mass_kg", "goods_m3", "lines", "money"),
        bars=("fill",),
        freeze=2,
    )


def _by_category(words: Words, plan: ReservePlan) -> Listing:
    return Listing(
        name=words.pick("按品类", "Categories"),
        title=words.pick("采购金额按品类", "Purchases by category"),
        keys=reserves.CATEGORY_KEYS,
        rows=reserves.category_rows(words, plan),
        empty=words.pick("本方案无采购。", "Nothing to buy."),
        totals=("lines", "mass_kg", "goods_m3", "money"),
        bars=("money_share",),
        landscape=False,
    )


def _moves(words: Words, plan: ReservePlan) -> Listing:
    return Listing(
        name=words.pick("调剂", "Moves"),
        title=words.pick("库点间调剂建议", "Stock to move between storehouses"),
        keys=lists.MOVE_KEYS,
        rows=lists.move_rows(words, plan),
        empty=words.pick("本方案无需调剂。", "Nothing to move."),
        totals=("mass_kg", "goods_m3"),
        freeze=3,
        signed=True,
    )


def _present(keys: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the keys without columns that no row fills."""
    return tuple(key for key in keys if any(row.get(key) is not None for row in rows))


def _open(words: Words, plan: ReservePlan) -> Listing:
    return Listing(
        name=words.pick("未满足", "Open"),
        title=words.pick("方案执行后仍未满足的需求", "Need that the plan leaves open"),
        keys=lists.OPEN_KEYS,
        rows=lists.open_rows(words, plan),
        empty=words.pick("全部需求均可满足, 无缺口。", "Every need is met; nothing is left open."),
        freeze=3,
    )


def _retire(words: Words, plan: ReservePlan) -> Listing:
    return Listing(
        name=words.pick("待处置", "To retire"),
        title=words.pick("应退出储备的批次(过期、损坏、待检)", "Lots no response can count on"),
        keys=lists.RETIRE_KEYS,
        rows=lists.retire_rows(words, plan),
        empty=words.pick("无待处置物资。", "Nothing to retire."),
        totals=("value",),
        freeze=3,
        signed=True,
    )


_LISTINGS = (_tender, _lines, _agreements, _storehouses, _by_category, _moves, _retire)


def _notes(book: Book, case: Case) -> None:
    words = case.words
    sheet = book.sheet(words.pick("说明", "Notes"), landscape=False)
    sheet.widths([14.0, 60.0, 4.0])
    sheet.title(words.pick("说明", "Notes"), case.stamp.line(words))
    sheet.heading(words.pick("依据性质", "Evidence"))
    sheet.facts(evidence_legend(words), across=1)
    sheet.heading(words.pick("如何核对", "How to check"))
    for text in _checks(words, case.plan):
        sheet.paragraph(text)


def _checks(words: Words, plan: ReservePlan) -> list[str]:
    pick = words.pick
    return [
        pick("1. 金额列为公式, 合计行随筛选变化(SUBTOTAL)。",
             "1. Amounts are formulas; totals follow the filter (SUBTOTAL)."),
        pick("2. 计算式 = 基数 × 定额 × 天数 × (1+备份系数); 家庭应急包抵扣为负数。",
             "2. Arithmetic = count x norm x days x (1 + spare); kit credits are negative."),
        pick("3. 参考价取自物资目录, 价格来源见“价格来源”列; 不代替询价。",
             "3. Prices are those of the catalogue, with their evidence; they replace no quote."),
        pick(f"4. 本报告依据账本版本 {plan.revision}; 封存码不符说明账目已变动, 应重新测算。",
             f"4. Made at ledger revision {plan.revision}; another seal code means that stock has"
             " moved since."),
        pick("5. 数据不得手工改写后再签批; 需要调整的, 改动依据数据后重新生成。",
             "5. Do not alter figures by hand before signing; change the data and run again."),
    ]  # fmt: skip
