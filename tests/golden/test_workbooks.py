"""The workbooks cell by cell: values, formulas and live totals of the small case.

``python -m tests.golden.test_workbooks`` writes the golden files anew; read the difference.
"""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from supplies.excel.read import read_workbook
from supplies.reports.dispatch import dispatch_workbook
from supplies.reports.procurement import procurement_workbook
from supplies.reports.stock import stock_workbook
from tests.golden import small_case as case

# openpyxl has no words for solid data bars; it leaves them out when it reads.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

HERE = Path(__file__).parent
LANGS = ("zh", "en")
Sheets = dict[str, dict[str, object]]


@cache
def procurement(lang: str) -> bytes:
    """Return the procurement workbook of the small case."""
    target = io.BytesIO()
    procurement_workbook(
        target, case.small_city(), case.small_plan(), case.small_stock(),
        case.small_readiness(covered=False), case.small_readiness(covered=True), case.SEAL,
        case.DAY, lang,
    )  # fmt: skip
    return target.getvalue()


@cache
def dispatch(lang: str) -> bytes:
    """Return the dispatch workbook of the small case."""
    target = io.BytesIO()
    dispatch_workbook(target, case.small_city(), case.small_dispatch(), case.SEAL, lang)
    return target.getvalue()


@cache
def stock(lang: str) -> bytes:
    """Return the stock workbook of the small case."""
    target = io.BytesIO()
    stock_workbook(target, case.small_city(), case.small_stock(), case.SEAL, case.DAY, 7, lang)
    return target.getvalue()


MAKERS: dict[str, Callable[[str], bytes]] = {
    "procurement": procurement,
    "dispatch": dispatch,
    "stock": stock,
}


def plain(value: object) -> object:
    """Return a cell's value as JSON has it."""
    if isinstance(value, (date, datetime)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return value


def read(data: bytes) -> Sheets:
    """Return every filled cell of every sheet; formulas with their result."""
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sheets: Sheets = {}
    for sheet in formulas.worksheets:
        cells: dict[str, object] = {}
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                shown = plain(values[sheet.title][cell.coordinate].value)
                is_formula = cell.data_type == "f"
                cells[cell.coordinate] = [str(cell.value), shown] if is_formula else shown
        sheets[sheet.title] = cells
    return sheets


def golden(name: str, lang: str) -> Path:
    """Return the file that holds the expected cells."""
    return HERE / f"{name}_{lang}.json"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", MAKERS)
def test_cells_are_as_expected(name: str, lang: str) -> None:
    found = read(MAKERS[name](lang))
    expected = json.loads(golden(name, lang).read_text("utf-8"))
    assert list(found) == list(expected)
    for sheet, cells in expected.items():
        assert found[sheet] == cells, sheet


@pytest.mark.parametrize("name", MAKERS)
def test_equal_content_gives_equal_bytes(name: str) -> None:
    first = MAKERS[name]("zh")
    procurement.cache_clear()
    dispatch.cache_clear()
    stock.cache_clear()
    assert MAKERS[name]("zh") == first


@pytest.mark.parametrize("name", MAKERS)
def test_every_sheet_prints_on_a4_one_page_wide_with_seal_and_page_numbers(name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(MAKERS[name]("zh")))
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert case.SEAL in sheet.oddFooter.left.text
        assert "账本版本 7" in sheet.oddFooter.left.text
        assert "&P" in sheet.oddFooter.center.text
        assert sheet.print_area


def test_lists_freeze_and_repeat_their_header_and_carry_filters() -> None:
    book = openpyxl.load_workbook(io.BytesIO(procurement("zh")))
    sheet = book["采购明细"]
    assert sheet.freeze_panes == "F5"
    assert sheet.print_title_rows == "$4:$4"
    (table,) = sheet.tables.values()
    assert table.autoFilter is not None
    assert table.totalsRowCount == 1
    assert sheet["M5"].value == "=J5*L5"
    assert sheet["M7"].value == "=SUBTOTAL(109,T3_1[采购金额(元)])"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(procurement("zh")))
    cell = book["按供应商"]["A5"]
    assert (cell.value, cell.data_type) == ("+安康商贸(示例)", "s")
    assert cell.quotePrefix
    clause = book["采购明细"]["P5"]
    assert clause.data_type == "s"
    assert clause.value.startswith("=预案5.2.3")


def test_route_sheets_stand_one_to_a_page() -> None:
    plan = case.small_dispatch()
    trip = plan.trips[0]
    both = replace(plan, trips=(trip, replace(trip, id="T2")))
    target = io.BytesIO()
    dispatch_workbook(target, case.small_city(), both, case.SEAL)
    sheet = openpyxl.load_workbook(target)["行车路线单"]
    titles = [c.row for c in sheet["A"] if str(c.value).startswith("行车路线单")]
    assert [b.id + 1 for b in sheet.row_breaks.brk] == titles[1:]


@pytest.mark.parametrize("lang", LANGS)
def test_the_stock_workbook_reads_back_as_the_same_lots(lang: str) -> None:
    read_back = read_workbook(stock(lang), "stock.xlsx", case.small_city())
    assert read_back.form == "stock"
    assert [finding for finding in read_back.problems if finding.severity == "error"] == []
    assert len(read_back.tables) == 1
    found = sorted(
        (row.site, row.item, row.quantity, row.produced, row.expiry, row.condition,
         row.owner_tier, row.source_mode, row.kind)
        for row in read_back.rows
    )  # fmt: skip
    lines = case.small_stock()
    assert found == sorted(
        (line.site, line.item, line.quantity, line.produced, line.expiry, line.condition,
         line.owner_tier, line.source_mode, "count")
        for line in lines
    )  # fmt: skip


def test_empty_plans_are_workbooks_with_sentences() -> None:
    empty = replace(
        case.small_dispatch(), need=(), trips=(), unmet=(), late=(), people_served=(),
        share_served={},
    )  # fmt: skip
    target = io.BytesIO()
    dispatch_workbook(target, case.small_city(), empty, case.SEAL)
    cells = read(target.getvalue())
    assert "本方案不动用库存。" in cells["动用指令"].values()
    assert "全部需求按时送达。" in cells["未满足与迟到"].values()
    bare = replace(case.small_plan(), hold=(), agreements=(), buy=(), move=(), retire=(), unmet=())
    target = io.BytesIO()
    procurement_workbook(
        target, case.small_city(), bare, [], case.small_readiness(covered=True), None, "",
        case.DAY,
    )  # fmt: skip
    cells = read(target.getvalue())
    assert "全部需求均可满足, 无缺口。" in cells["未满足"].values()
    assert "采购后的保障情况未复核。" in cells["总览"].values()


if __name__ == "__main__":
    for _name, _make in MAKERS.items():
        for _lang in LANGS:
            _text = json.dumps(read(_make(_lang)), ensure_ascii=False, indent=1)
            golden(_name, _lang).write_text(_text + "\n", "utf-8")
