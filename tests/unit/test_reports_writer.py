"""The writer: text stays text, tables are real, widths fit Chinese, refusals are clear."""

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from supplies.errors import WorkbookError
from supplies.excel import style
from supplies.excel.style import Column
from supplies.excel.write import Book

COLUMNS = (
    Column(key="name", title="名称"),
    Column(key="count", title="数量", kind="quantity"),
    Column(key="price", title="单价(元)", kind="money"),
    Column(key="money", title="金额(元)", kind="money", formula="{count}*{price}", total=True),
)


def book(target: io.BytesIO | Path, lang: str = "zh") -> Book:
    return Book(
        target, title="A & B", author="x", created=date(2026, 7, 9), footer="码 7F & 3A", lang=lang
    )


def written(rows: list[list[object]], **options: object) -> Worksheet:
    target = io.BytesIO()
    with book(target) as out:
        sheet = out.sheet("表")
        sheet.title("标题", "小标题")
        sheet.table(COLUMNS, rows, **options)
    return openpyxl.load_workbook(target).active


def test_a_table_is_real_with_live_sums() -> None:
    sheet = written([["a", 2, Decimal("1.5"), 3.0], ["b", 4, 2, 8]], total="合计", freeze=1)
    (table,) = sheet.tables.values()
    assert table.ref == "A3:D6"
    assert (sheet["D4"].value, sheet["D6"].value) == ("=B4*C4", "=SUBTOTAL(109,T1_1[金额(元)])")
    assert (sheet["A6"].value, sheet.freeze_panes) == ("合计", "B4")
    assert sheet.print_title_rows == "$3:$3"


def test_a_block_of_a_form_sums_without_a_table() -> None:
    sheet = written([["a", 2, 1, 2]], total="合计", native=False)
    assert not sheet.tables
    assert sheet["D5"].value == "=SUM(D4:D4)"


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        written([])


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@x", "\t=1", "007", "http://x", "1e5"])
def test_text_stays_text(text: str) -> None:
    cell = written([[text, 1, 1, 1]])["A4"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert bool(cell.quotePrefix) is style.is_formula_like(text)


def test_very_long_text_is_cut_not_lost() -> None:
    assert len(written([["字" * 40_000, 1, 1, 1]])["A4"].value) == style.TEXT_MAX


def test_values_keep_their_kind() -> None:
    target = io.BytesIO()
    with book(target) as out:
        sheet = out.sheet("表")
        kinds = ("quantity", "quantity", "share", "day", "clock", "text")
        columns = [Column(key=str(i), title=f"c{i}", kind=k) for i, k in enumerate(kinds)]
        moment = datetime.fromisoformat("2026-07-09T10:00:00+08:00")
        sheet.table(columns, [[3, Decimal("2.5"), 0.5, date(2026, 7, 9), moment, None]])
    row = openpyxl.load_workbook(target).active[2]
    assert [cell.number_format for cell in row[:5]] == [
        "#,##0", "#,##0.0##", "0.0%", "yyyy-mm-dd", "mm-dd hh:mm",
    ]  # fmt: skip
    # The clock of the place stands in the cell, not that of Greenwich.
    assert row[4].value == datetime(2026, 7, 9, 10, 0)
    assert row[5].value is None


def test_sheet_names_are_made_fit() -> None:
    target = io.BytesIO()
    with book(target) as out:
        names = [out.sheet(name).name for name in ("a/b:c", "x" * 40, "X" * 40, "", "'")]
    assert names == ["a b c", "x" * 31, "X" * 29 + "-2", "Sheet", "Sheet-2"]


def test_footer_and_page_survive_ampersands_and_length() -> None:
    target = io.BytesIO()
    with Book(target, title="题" * 300, author="x", created=date(2026, 7, 9), footer="7F & 3A",
              lang="en") as out:  # fmt: skip
        out.sheet("s").paragraph("text")
    sheet = openpyxl.load_workbook(target).active
    assert "7F && 3A" in sheet.oddFooter.left.text
    assert sheet.oddFooter.center.text.strip() == "Page &P of &N"
    assert sheet.oddFooter.left.size == 8
    assert len(sheet.oddFooter.right.text) < 255


def test_a_long_paragraph_and_wrapped_cells_get_their_height() -> None:
    target = io.BytesIO()
    with book(target) as out:
        sheet = out.sheet("表")
        sheet.table((Column(key="a", title="说明", kind="long"),), [["长句" * 60]])
        sheet.paragraph("很长的说明" * 30)
    sheet = openpyxl.load_workbook(target).active
    assert sheet.row_dimensions[2].height > 5 * style.LINE_POINTS
    assert sheet.row_dimensions[3].height > 5 * style.LINE_POINTS


def test_signatures_share_the_width() -> None:
    target = io.BytesIO()
    with book(target) as out:
        sheet = out.sheet("表")
        sheet.widths([10, 10, 30, 10])
        sheet.signatures("甲", "乙")
        sheet.signatures("甲", "乙", "丙", "丁", "戊")
    sheet = openpyxl.load_workbook(target).active
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A2:B2", "C2:E2"}
    assert [c.value for c in sheet[2]] == ["甲", None, "乙", None, None]
    # More names than columns: the page grows, no name is lost.
    assert [c.value for c in sheet[4]] == ["甲", "乙", "丙", "丁", "戊"]


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="cannot be written") as caught:
        book(tmp_path / "no" / "such" / "folder.xlsx").__exit__(None)
    assert "\n" not in str(caught.value)


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(KeyError):
        style.look("wallpaper", "zh")


def test_chinese_takes_two_columns() -> None:
    assert style.text_width("棉被ab\n12345678") == 8
    assert style.text_width("㙍𠮷") == 4
    assert style.text_width("") == 0


@given(st.text(max_size=80), st.floats(min_value=3, max_value=60))
def test_a_wider_cell_never_needs_more_lines(text: str, width: float) -> None:
    lines = style.line_count(text, width)
    assert lines >= style.line_count(text, width + 10) >= 1


@settings(max_examples=15)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_any_text_is_written_and_read_back(texts: list[str]) -> None:
    sheet = written([[text, 1, 1, 1] for text in texts])
    for row, text in enumerate(texts, 4):
        assert sheet.cell(row, 1).data_type in ("s", "n")
        if text.isprintable() and text:
            assert sheet.cell(row, 1).value == text
