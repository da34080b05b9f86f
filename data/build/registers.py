"""02 to 04: a county's in/out register, a county's stocktake, the list of agreement firms."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from books import Cell, Column, Sheet, day_words, keeper, new_book, save
from places import county_site
from stock import STOCK_DAY, back
from stockbook import LotWords
from tables import Row

REGISTER = "02-衡东县物资出入库登记表-2026.xlsx"
STOCKTAKE = "03-耒阳市盘点表-2026.xlsx"
AGREEMENTS = "04-协议储备企业名单-2026.xlsx"
TOWNS = ("吴集镇", "霞流镇", "石湾镇", "杨林镇", "大浦镇", "蓬源镇")
WIDE = {
    "日期": 15, "盘点日期": 13, "生产日期": 15, "有效期至": 15, "单号": 17, "物资名称": 24,
    "规格型号": 14, "存放地点": 24, "领用单位": 20, "用途": 16, "差异原因": 18, "签约单位": 24,
    "企业名称": 34, "协议期限": 25, "联系电话": 15, "经手人": 9, "批准人": 9,
}  # fmt: skip
STORE = "衡东县应急物资储备库"
COUNT_DAY = date(2026, 11, 20)


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(title=t, width=WIDE.get(t, 2.2 * len(t) + 3)) for t in text.split())


def build_registers(
    out: Path,
    items: list[Row],
    words: Sequence[LotWords],
    agreements: list[dict[str, object]],
    rng: random.Random,
) -> None:
    """Write the three workbooks."""
    _register(out / REGISTER, [w for w in words if w.lot.site == county_site("430424")], rng)
    _stocktake(out / STOCKTAKE, [w for w in words if w.lot.site == county_site("430481")], rng)
    _agreements(out / AGREEMENTS, {r["item_id"]: r for r in items}, agreements, rng)


def _register(path: Path, words: Sequence[LotWords], rng: random.Random) -> None:
    sheet = Sheet(
        book := new_book(),
        "11月",
        _columns(
            "日期 单号 物资名称 规格型号 单位 入库数量 出库数量 结存 生产日期 有效期至 存放地点 "
            "领用单位 用途 经手人 批准人 备注"
        ),
    )
    sheet.title("衡东县应急物资出入库登记表（2026年11月）")
    sheet.title("登记单位：衡东县应急物资储备库（示例数据）", 11)
    sheet.header()
    usable = [
        w for w in words
        if w.lot.quantity >= 40 and w.lot.owner_tier == "县级" and w.lot.condition == "完好"
        and w.lot.expiry and w.lot.expiry > date(2027, 2, 1)
    ]  # fmt: skip
    chosen = sorted(rng.sample(usable, 16), key=lambda w: w.lot.item["item_id"])
    balance: dict[str, int] = {}
    for w in words:
        key = w.lot.item["item_id"]
        balance[key] = balance.get(key, 0) + w.lot.quantity
    first = sheet.row + 1
    got = given = 0
    for index, w in enumerate(chosen):
        day = STOCK_DAY + timedelta(days=1 + index * 7 // len(chosen))
        moved = max(5, w.lot.quantity // rng.choice((8, 10, 16)) // 5 * 5)
        into = index % 3 == 0
        key = w.lot.item["item_id"]
        balance[key] += moved if into else -moved
        got, given = (got + moved, given) if into else (got, given + moved)
        number = f"{'RK' if into else 'CK'}{day:%Y%m%d}-{index + 1:02d}"
        head = [day_words(day, rng), number, w.name, w.spec or None, w.unit]
        tail = _received(w) if into else _issued(w, rng)
        moves = [moved if into else None, None if into else moved, balance[key]]
        sheet.line([*head, *moves, *tail, keeper(rng), keeper(rng), None])
    sheet.merge(first, 11, sheet.row, 11)
    sheet.line(["合计", *[None] * 4, got, given, *[None] * 9], bold=True)
    save(book, path)


def _received(w: LotWords) -> list[Cell]:
    """Return dates, place, taker and purpose of new goods."""
    produced = date(2026, 10, 8)
    return [produced, back(produced, -w.lot.months), STORE, None, "年度采购入库"]


def _issued(w: LotWords, rng: random.Random) -> list[Cell]:
    """Return the same of goods given out: the batch stands as the stock ledger has it."""
    purpose = rng.choice(("防汛演练", "冬春救助", "森林防火演练"))
    return [w.produced, w.expiry, STORE, f"{rng.choice(TOWNS)}人民政府", purpose]


def _stocktake(path: Path, words: Sequence[LotWords], rng: random.Random) -> None:
    sheet = Sheet(
        book := new_book(),
        "盘点",
        _columns(
            "序号 物资名称 规格型号 单位 账面数量 实盘数量 盘盈 盘亏 差异原因 生产日期 有效期至 "
            "物资状态 储备方式 权属层级 存放地点 盘点日期 盘点人 监盘人"
        ),
    )
    sheet.title("耒阳市应急物资储备库盘点表（2026年第四季度）")
    sheet.title("盘点单位：耒阳市应急管理局　盘点日期：2026年11月20日（示例数据）", 11)
    sheet.header()
    counter, witness = keeper(rng), keeper(rng)
    differing = set(rng.sample(range(len(words)), 5))
    first = sheet.row + 1
    book_total = counted_total = 0
    for index, w in enumerate(words):
        book_quantity = w.lot.quantity
        change = rng.choice((-3, -2, -1, 1, 2)) if index in differing else 0
        counted = max(0, book_quantity + change)
        book_total, counted_total = book_total + book_quantity, counted_total + counted
        over, under = max(0, counted - book_quantity), max(0, book_quantity - counted)
        reason = None if over == under else ("漏登入库" if over else "损耗未及时登记")
        sheet.line([
            index + 1, w.name, w.spec or None, w.unit, book_quantity, counted, over or None,
            under or None, reason, w.produced, w.expiry, w.lot.condition, w.mode,
            w.lot.owner_tier, "耒阳市应急物资储备库", COUNT_DAY, counter, witness,
        ])  # fmt: skip
    sheet.merge(first, 15, sheet.row, 15)
    sheet.line(["合计", *[None] * 3, book_total, counted_total, *[None] * 12], bold=True)
    save(book, path)


def _agreements(
    path: Path, items: dict[str, Row], agreements: list[dict[str, object]], rng: random.Random
) -> None:
    sheet = Sheet(
        book := new_book(),
        "协议企业",
        _columns(
            "序号 签约单位 企业名称 物资名称 规格型号 单位 协议数量 供货时限 协议期限 联系人 "
            "联系电话 备注"
        ),
    )
    sheet.title("衡阳市应急物资协议储备企业名单（2026—2027年度）")
    sheet.title("填报单位：衡阳市应急管理局（示例数据）", 11)
    sheet.header()
    renewed = [a for a in agreements if a["valid_until"] == "2026-09-30"]
    renewed += [a for a in agreements if a["supplier"] == "sup-430424-food"]
    rows = [
        (str(a["owner"]), str(a["supplier_name"]), str(a["item"]), int(str(a["quantity"])),
         float(str(a["notice_hours"])), "续签")
        for a in renewed
    ] + [
        ("430400", "蒸湘救援装备租赁公司(示例)", "boat-assault", 6, 4.0, "新签"),
        ("430400", "蒸湘救援装备租赁公司(示例)", "pump-diesel-8in", 6, 6.0, "新签"),
        ("430481", "耒水家纺商贸公司(示例)", "quilt-summer", 600, 12.0, "新签"),
        ("430481", "耒水家纺商贸公司(示例)", "quilt-winter", 500, 12.0, "新签"),
        ("430426", "祁东县百货配送公司(示例)", "water-bottled", 1200, 8.0, "新签"),
        ("430426", "祁东县百货配送公司(示例)", "noodle-instant", 500, 8.0, "新签"),
    ]  # fmt: skip
    names = {"430400": "衡阳市", "430424": "衡东县", "430423": "衡山县", "430481": "耒阳市",
             "430426": "祁东县"}  # fmt: skip
    number = 0
    for firm, group in groupby(rows, key=lambda r: (r[0], r[1])):
        first, who = sheet.row + 1, keeper(rng)
        for _, _, item, quantity, hours, note in group:
            number += 1
            name = items[item]["name_zh"]
            sheet.line([
                number, f"{names[firm[0]]}应急管理局", firm[1], name, None,
                items[item]["unit_zh"], quantity, f"{hours:g}小时",
                rng.choice(("2027-12-31", "2026.12.1至2027.11.30", "2027年12月31日")),
                who, "0734-*******", note,
            ])  # fmt: skip
        sheet.merge(first, 3, sheet.row, 3)
    save(book, path)
