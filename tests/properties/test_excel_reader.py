"""Whatever bytes come, the reader answers or refuses in one line; counts always add up."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from supplies.city import City
from supplies.errors import Severity, WorkbookError
from supplies.excel import child, parse
from supplies.excel.columns import FIELDS
from supplies.excel.read import read_workbook
from supplies.excel.values import read_day, read_expiry, read_quantity
from supplies.files import load_city
from supplies.tiers import Tier

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "excel_in"


@pytest.fixture(scope="module")
def city(hengyang_dir: Path) -> City:
    whole = load_city(hengyang_dir)
    areas = {code: a for code, a in whole.areas.items() if a.tier is not Tier.COMMUNITY}
    return replace(whole, areas=areas)


@pytest.fixture(autouse=True, scope="module")
def here():
    """Parse in this process, but an .xls, whose parser can end a whole process."""
    apart = child.parse

    def parsing(data: bytes, name: str) -> list[parse.Sheet]:
        if name.endswith(".xls"):
            return apart(data, name)
        return child.unpacked(*child.answered(parse.packed(parse.sheets(data, name), name)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "parse", parsing)
        yield


def workbook(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


LEDGER = workbook([
    ["衡南县应急物资储备台账"],
    ["序号", "物资名称", "规格型号", "单位", "数量", "生产日期", "有效期至", "存放地点"],
    [1, "棉被", None, "床", 1200, "2021.5", "10年", "衡南县应急物资储备库"],
    [2, "毛毯", None, "条", "约20", 44336, "长期", "衡山县"],
])  # fmt: skip


def sound(data: bytes, name: str, city: City) -> None:
    try:
        book = read_workbook(data, name, city)
    except WorkbookError as error:
        refusal = str(error)
        assert "\n" not in refusal
        return
    assert book.read == book.accepted + book.rejected
    told = {f.sheet for f in book.problems if f.severity is Severity.ERROR}
    assert all(row.sheet in told for row in book.refused)
    assert all(f.message and f.hint for f in book.problems)
    for row in book.rows:
        item = city.items[row.item]
        assert item.from_base(item.to_base(abs(row.quantity))) == abs(row.quantity)
        assert (row.quantity < 0) <= (row.kind == "issue")


spots = st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=6)


def spoil(data: bytes, changes, keep: float) -> bytes:
    raw = bytearray(data)
    for where, value in changes:
        raw[int(where * len(raw))] = value
    return bytes(raw[: max(1, int(keep * len(raw)))])


keeps = st.one_of(st.just(1.0), st.floats(0.01, 1.0))


@settings(max_examples=60)
@given(changes=spots, keep=keeps)
def test_spoilt_xlsx(city, changes, keep):
    sound(spoil(LEDGER, changes, keep), "a.xlsx", city)


@settings(max_examples=30)
@given(changes=spots, keep=keeps)
def test_spoilt_ods(city, changes, keep):
    sound(spoil((GOLDEN / "ledger.ods").read_bytes(), changes, keep), "a.ods", city)


@settings(max_examples=12)
@given(changes=spots, keep=keeps)
def test_spoilt_xls(city, changes, keep):
    sound(spoil((GOLDEN / "ledger.xls").read_bytes(), changes, keep), "a.xls", city)


@settings(max_examples=60)
@given(data=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_any_bytes_as_csv(city, data):
    sound(data, "a.csv", city)


@settings(max_examples=60)
@given(changes=spots, part=st.integers(0, 20))
def test_spoilt_parts_in_a_sound_zip(city, changes, part):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(LEDGER)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        chosen = names[part % len(names)]
        for name in names:
            body = old.read(name)
            new.writestr(name, spoil(body, changes, 1.0) if name == chosen and body else body)
    sound(out.getvalue(), "a.xlsx", city)


titles = st.sampled_from([word for f in FIELDS.values() for word in (f.zh, f.en, *f.synonyms)])
WORDS = (
    *("棉被", "矿泉水", "合计", "-", "若干", "20-30", "5年", "协议", "衡南县", "床", "瓶"),
    *("2021.5", "3.5万", "市级", "=1+1", "#REF!", "月球车"),
)
cells = st.one_of(
    st.none(),
    st.integers(-5, 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.booleans(),
    st.sampled_from(WORDS),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12),
)  # fmt: skip


@settings(max_examples=80)
@given(st.lists(titles, min_size=2, max_size=9), st.lists(st.lists(cells, max_size=9), max_size=6))
def test_any_table(city, head, rows):
    lines = [",".join("" if c is None else f'"{str(c).replace(chr(34), "")}"' for c in row)
             for row in [head, *rows]]  # fmt: skip
    sound("\n".join(lines).encode(), "a.csv", city)


@settings(max_examples=30)
@given(st.lists(titles, min_size=3, max_size=9), st.lists(st.lists(cells, max_size=9), max_size=5))
def test_any_typed_table(city, head, rows):
    lines = [
        [f"'{c}" if isinstance(c, str) and c.startswith("=") else c for c in row] for row in rows
    ]
    try:
        data = workbook([head, *lines])
    except ValueError:  # openpyxl cannot write every character
        return
    sound(data, "a.xlsx", city)


@given(cells)
def test_any_cell(cell):
    found = read_quantity(cell)
    assert (found.amount is not None and found.amount >= 0) or found.problem
    for day in (read_day(cell), read_day(cell, end=True), read_expiry(cell, "保质期(月)")):
        assert not (day.day and day.problem)


@given(st.integers(0, 10**9), st.sampled_from(["", "床", "条", "箱"]))
def test_numbers_survive_however_they_are_written(number, unit):
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for text in (
        f"{number}{unit}",
        f"{number:,} {unit}",
        f" {wide}\u200b{unit}",
        f"共{number}{unit}",
    ):
        found = read_quantity(text)
        assert (found.amount, found.unit) == (number, unit)
