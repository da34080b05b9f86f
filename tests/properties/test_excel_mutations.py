"""Two thousand spoilt workbooks: bytes, parts, cells, merges, styles. No crash, counts add up."""

import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from supplies.city import City
from supplies.errors import Severity, WorkbookError
from supplies.excel import child, parse
from supplies.excel.columns import FIELDS
from supplies.excel.read import read_workbook
from supplies.excel.result import ImportedWorkbook
from supplies.files import load_city
from supplies.tiers import Tier

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "excel_in"
STORE = "衡南县应急物资储备库"
MANY = 2000


@pytest.fixture(scope="module")
def city(hengyang_dir: Path) -> City:
    whole = load_city(hengyang_dir)
    areas = {code: a for code, a in whole.areas.items() if a.tier is not Tier.COMMUNITY}
    return replace(whole, areas=areas)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Parse in this process: a child for each of two thousand files takes minutes.

    Not an .xls: its parser can end the whole process, which is what the child is for.
    """
    apart = child.parse

    def parsing(data: bytes, name: str) -> list[parse.Sheet]:
        if name.endswith(".xls"):
            return apart(data, name)
        return child.unpacked(*child.answered(parse.packed(parse.sheets(data, name), name)))

    monkeypatch.setattr(child, "parse", parsing)


def saved(rows, merges=(), change: Callable[[Workbook], None] | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for span in merges:
        book.active.merge_cells(span)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def marks(book: Workbook) -> None:
    sheet = book.active
    sheet.row_dimensions[4].hidden = True
    sheet["B5"].font = Font(strike=True)
    sheet["A5"].fill = PatternFill("solid", fgColor="FFFF0000")
    other = book.create_sheet("水利局")
    for row in (["品名", "单位", "数量"], ["编织袋", "万条", 2]):
        other.append(row)


LEDGER = saved([
    ["衡南县应急物资储备台账", None, None, None, "2026年6月30日"],
    ["序号", "物资名称", "规格型号", "单位", "数量", "生产日期", "有效期至", "存放地点"],
    [1, "棉被", None, "床", 1200, "2021.5", "10年", STORE],
    [2, "毛毯", None, "条", "约20", 44336, "长期", "衡山县"],
    [3, "矿泉水", "550ml*24", "箱", "3万", date(2026, 1, 1), "12个月", STORE],
    ["合计", None, None, None, 1220],
], ["A1:D1"], marks)  # fmt: skip
REGISTER = saved([
    ["应急物资出入库登记表"], ["日期", "单号", "物资名称", "单位", "入库", None, "出库", None,
     "结存", "库点"],
    [None, None, None, None, "数量", "金额", "数量", "金额", None, None],
    ["2026-01-02", "1", "棉被", "床", 10, 900, None, None, 10, STORE],
    ["2026-01-03", "2", "棉被", "床", None, None, 4, 360, 6, STORE],
], ["E2:F2", "G2:H2", "A2:A3", "B2:B3", "C2:C3"])  # fmt: skip
WIDE = saved([
    ["县(区)", "地址", "棉被(床)", "毛毯(条)", "编织袋(万条)"], ["衡南县", "某路", 3, "-", 1.5],
    ["衡山县", None, "若干", 4, 0], ["合计", None, 3, 4, 1.5], [],
    ["企业名称", "物资名称", "协议数量", "供货时限", "协议期限"], ["某厂", "棉被", 50, "2天",
     "2027.6"],
])  # fmt: skip
XLSX = (LEDGER, REGISTER, WIDE)
WORDS = (
    *(w for f in FIELDS.values() for w in (f.zh, *f.synonyms[:3])), "合计", "小计", "-", "若干",
    "20-30", "5年",
    "2021.13.45", "#REF!", "=1+1", "1e999", "-0", "九千万亿", "()", "(", "12㎡", "棉被/毛毯",
    "第1页", "\u200b",
    "９９９９９９９９９９９９９", "注:标红色的为过期", "至至至", "〇〇〇〇年", "0年0月", "月月",
    "(2026年)(2027年)", "||", "A|B",
)  # fmt: skip


def _bytes(data: bytes, dice: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    return bytes(raw[: dice.choice((len(raw), len(raw), dice.randrange(1, len(raw))))])


def _parts(data: bytes, dice: random.Random, change: Callable[[str, str], str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(name, body.decode()).encode(errors="replace"))
    return out.getvalue()


def _spoil_xml(data: bytes, dice: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        chosen = dice.choice(archive.namelist())

    def change(name: str, text: str) -> str:
        if name != chosen or not text:
            return text
        at, kind = dice.randrange(len(text)), dice.randrange(5)
        if kind == 0:
            return text[:at] + dice.choice("<>&\"'/0A\x00é") + text[at + 1 :]
        if kind == 1:
            return text[:at] + text[at + dice.randrange(1, 60) :]
        if kind == 2:
            return text[:at]
        tags = re.findall(r"<[^>]+>", text) or ["<x>"]
        tag = dice.choice(tags)
        return text.replace(tag, tag + dice.choice(tags) if kind == 3 else "", 1)

    return _parts(data, dice, change)


def _spoil_attributes(data: bytes, dice: random.Random) -> bytes:
    values = ("-1", "0", "1", "A0", "XFD1048576", "99999999999", "", "e", "s", "str", "b", "n",
    "true", "ZZZZ1",
              "A1:XFD9", "D9:A1", "٣", "1.5")  # fmt: skip

    def change(name: str, text: str) -> str:
        if "sheet" not in name and "workbook" not in name and "styles" not in name:
            return text
        found = list(re.finditer(r'(\b\w+)="([^"]*)"', text))
        if not found:
            return text
        one = dice.choice(found)
        return text[: one.start(2)] + dice.choice(values) + text[one.end(2) :]

    return _parts(data, dice, change)


def _spoil_cells(data: bytes, dice: random.Random) -> bytes:
    def change(name: str, text: str) -> str:
        if name == "xl/sharedStrings.xml":
            for _ in range(dice.randint(1, 4)):
                found = list(re.finditer(r"<t[^>]*>([^<]*)</t>", text))
                one = dice.choice(found)
                text = text[: one.start(1)] + dice.choice(WORDS) + text[one.end(1) :]
        elif "sheet1" in name and dice.random() < 0.5:
            found = list(re.finditer(r"<v>([^<]*)</v>", text))
            one = dice.choice(found)
            values = ["-1", "1e308", "NaN", "0.1", "44336", "2021.5", "x", "1e-320", "5"]
            text = text[: one.start(1)] + dice.choice(["", *values]) + text[one.end(1) :]
        return text

    return _parts(data, dice, change)


def _spoil_merges(data: bytes, dice: random.Random) -> bytes:
    def corner() -> tuple[int, int]:
        return dice.randint(1, 9), dice.randint(1, 12)

    spans = []
    for _ in range(dice.randint(1, 6)):
        (a, b), (c, d) = corner(), corner()
        spans.append(f"{chr(64 + min(a, c))}{min(b, d)}:{chr(64 + max(a, c))}{max(b, d)}")
    refs = "".join(f'<mergeCell ref="{span}"/>' for span in spans)
    merged = f"</sheetData><mergeCells>{refs}</mergeCells>"
    return _parts(
        data,
        dice,
        lambda name, text: text.replace("</sheetData>", merged) if "sheet1" in name else text,
    )


MUTATIONS = (_bytes, _spoil_xml, _spoil_attributes, _spoil_cells, _spoil_cells, _spoil_merges)


def sound(data: bytes, name: str, city: City) -> str:
    """Read one workbook; whether it was ``refused`` or ``read``."""
    try:
        book = read_workbook(data, name, city)
    except WorkbookError as error:
        refusal = str(error)
    else:
        _check(book, city)
        return "read"
    assert "\n" not in refusal
    assert " | " in refusal
    return "refused"


def _check(book: ImportedWorkbook, city: City) -> None:
    assert book.read == book.accepted + book.rejected
    told = {f.sheet for f in book.problems if f.severity is Severity.ERROR}
    assert all(row.sheet in told for row in book.refused)
    assert all(f.message.count(" | ") == 1 and f.hint.count(" | ") == 1 for f in book.problems)
    for row in book.rows:
        item = city.items[row.item]
        assert item.from_base(item.to_base(abs(row.quantity))) == abs(row.quantity)
        assert row.quantity <= 0 if row.kind == "issue" else row.quantity >= 0


def _run(city: City, count: int, seed: int) -> list[str]:
    old = [((GOLDEN / name).read_bytes(), name) for name in
           ("ledger.xls", "marked.xls", "ledger.ods", "marked.ods", "ledger.csv")]  # fmt: skip
    ends: list[str] = []
    for number in range(count):
        dice = random.Random(seed * 1_000_003 + number)
        if number % 5 == 4:
            data, name = dice.choice(old)
            spoilt = _bytes(data, dice)
        else:
            name, data = "a.xlsx", dice.choice(XLSX)
            spoilt = dice.choice(MUTATIONS)(data, dice)
            if dice.random() < 0.2:
                spoilt = _spoil_cells(data, dice)
        try:
            ends.append(sound(spoilt, name, city))
        except Exception as error:
            error.add_note(f"seed {seed}, number {number}, {name}")
            raise
    return ends


def test_some_spoilt_workbooks(city):
    ends = _run(city, 120, 1)
    assert set(ends) == {"read", "refused"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_two_thousand_spoilt_workbooks(city, seed):
    ends = _run(city, MANY // 2, seed)
    assert ends.count("read") > MANY // 5
    assert ends.count("refused") > MANY // 20
