"""01: the stock ledger of all 47 storehouses, one sheet per storehouse group."""

import random
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from books import (
    Cell,
    Column,
    Sheet,
    day_words,
    expiry_words,
    item_words,
    keeper,
    new_book,
    quantity_words,
    save,
)
from places import CITY_SITE
from stock import Lot
from tables import Row

FILE = "01-全市应急物资储备台账-2026.xlsx"
COLUMNS = tuple(
    Column(title=title, width=width)
    for title, width in (
        ("序号", 6), ("类别", 12), ("物资名称", 24), ("规格型号", 12), ("单位", 6), ("数量", 10),
        ("单价（元）", 11), ("金额（元）", 13), ("生产日期", 15), ("有效期至", 15),
        ("存放地点", 26), ("储备方式", 9), ("权属层级", 9), ("物资状态", 9),
        ("保管人", 8), ("备注", 18),
    )
)  # fmt: skip
CATEGORY, PLACE = 2, 11


class LotWords:
    """The cells a lot is written with, the same in every workbook that lists it."""

    def __init__(self, lot: Lot, rng: random.Random) -> None:
        self.lot = lot
        self.name, self.spec = item_words(lot.item, rng)
        self.unit = lot.item["unit_zh"]
        self.quantity = quantity_words(lot.quantity, self.unit, rng)
        self.price = float(lot.item["unit_price_cny"])
        self.amount = round(self.price * lot.quantity, 2)
        self.produced: Cell = day_words(lot.produced, rng) if lot.produced else None
        self.expiry = expiry_words(lot, rng)
        self.mode = "代储" if lot.held else "实物"


def write_lots(lots: Sequence[Lot], rng: random.Random) -> list[LotWords]:
    """Return the cells of every lot, in order."""
    return [LotWords(lot, rng) for lot in lots]


def build_stockbook(
    out: Path,
    sites: list[dict[str, object]],
    counties: list[Row],
    words: Sequence[LotWords],
    rng: random.Random,
) -> None:
    """Write the workbook."""
    ledger = Ledger({str(s["id"]): s for s in sites}, words, rng)
    ledger.sheet("市本级", "衡阳市本级", [CITY_SITE])
    for county in counties:
        code, name = county["code"], county["name_zh"]
        group = [str(s["id"]) for s in sites if str(s["area"]).startswith(code)]
        ledger.sheet(name, name, group)
    save(ledger.book, out / FILE)


class Ledger:
    """The workbook while it is written."""

    def __init__(
        self, sites: dict[str, dict[str, object]], words: Sequence[LotWords], rng: random.Random
    ) -> None:
        self.book = new_book()
        self.sites, self.words, self.rng = sites, words, rng

    def sheet(self, name: str, place: str, group: list[str]) -> None:
        """Write the sheet of one county, or of the city itself."""
        sheet = Sheet(self.book, name, COLUMNS)
        sheet.title(f"{place}应急物资储备台账（2026年）")
        unit = "衡阳市" if name == "市本级" else name
        sheet.title(f"填报单位：{unit}应急管理局（示例数据）　　填报日期：2026年11月15日", 11)
        sheet.header()
        number, whole = 0, 0.0
        for site in group:
            here = [w for w in self.words if w.lot.site == site]
            if here:
                words = _place(self.sites[site], self.rng)
                number, amount = _block(sheet, here, words, number, keeper(self.rng))
                whole += amount
        sheet.line(["合计", *[None] * 6, round(whole, 2), *[None] * 8], bold=True)
        sheet.title("注：本表为示例数据，库点位置、数量均非真实。", 10)


def _place(site: dict[str, object], rng: random.Random) -> str:
    aliases = str(site["aliases"]).split("|")
    return rng.choice([str(site["name_zh"]), str(site["name_zh"]), aliases[0]])


def _block(
    sheet: Sheet, here: Sequence[LotWords], place: str, number: int, who: str
) -> tuple[int, float]:
    """Write a storehouse's rows, its category and place merged, and a subtotal."""
    top = sheet.row + 1
    for _, rows in groupby(here, key=lambda w: w.lot.item["category_zh"]):
        first = sheet.row + 1
        for row in rows:
            number += 1
            sheet.line(_cells(row, number, place, who))
        sheet.merge(first, CATEGORY, sheet.row, CATEGORY)
    sheet.merge(top, PLACE, sheet.row, PLACE)
    amount = round(sum(w.amount for w in here), 2)
    sheet.line(["小计", *[None] * 6, amount, *[None] * 8], bold=True)
    return number, amount


def _cells(row: LotWords, number: int, place: str, who: str) -> list[Cell]:
    lot = row.lot
    return [
        number, lot.item["category_zh"], row.name, row.spec or None, row.unit, row.quantity,
        row.price, row.amount, row.produced, row.expiry, place, row.mode, lot.owner_tier,
        lot.condition, who, "需维修" if lot.condition == "损坏" else None,
    ]  # fmt: skip
