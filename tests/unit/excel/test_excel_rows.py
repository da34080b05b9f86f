"""Rows: lots, owners, marks on cells, and every finding at once with its cell."""

import time
from datetime import date

from openpyxl.styles import Font

from supplies.catalogue import Evidence
from supplies.errors import Severity
from supplies.tiers import Tier

STORE = "衡南县应急物资储备库"
HEAD = [
    *("物资名称", "规格", "单位", "数量", "存放地点", "生产日期", "有效期", "入库时间"),
    *("物资状态", "储备方式", "备注", "产权单位", "权属层级"),
]


def row(name="棉被", spec=None, unit="床", quantity=1, store=STORE, **more):
    names = ("made", "expiry", "stored", "state", "mode", "note", "unit_of", "owner")
    return [name, spec, unit, quantity, store, *(more.get(key) for key in names)]


def codes(book):
    return [finding.code for finding in book.problems]


def test_expiry_by_date_duration_receipt_and_shelf_life(read, city):
    book = read([
        HEAD,
        row(made="2024-01-31", expiry="2027.6", quantity=1),
        row(made="2024-01-31", expiry="1个月", quantity=2),
        row(expiry="5年", stored="2024-03-01", quantity=3),
        row(expiry="5年", quantity=4),
        row("毛毯", made="2024-01-31", unit="条", quantity=5),
        row(made="2024-01-31", expiry="长期", quantity=6),
        row(made="2024-05-01", expiry="2024-04-30", quantity=7),
        row(expiry="没标", quantity=8),
        row(expiry=5, quantity=9),
    ])  # fmt: skip
    shelf = city.items["blanket"].shelf_life_months
    found = [(r.expiry, r.expiry_evidence) for r in book.rows]
    assert found == [
        (date(2027, 6, 30), Evidence.FOUND),
        (date(2024, 2, 29), Evidence.DERIVED),
        (date(2029, 3, 1), Evidence.ESTIMATED),
        (None, None),
        (date(2024 + shelf // 12, 1, 31), Evidence.DERIVED),
        (None, None),
    ]
    assert codes(book) == [
        "expiry-from-in-date", "expiry-no-start", "expiry-before-production", "date-unreadable",
        "expiry-unit-missing",
    ]  # fmt: skip


def test_agreement_rows_are_no_stock_and_held_rows_are_anothers(read):
    book = read([
        HEAD,
        row(note="协议储备", quantity=1),
        row(mode="产能储备", quantity=2),
        row(mode="代储", note="市级代储", quantity=3),
        row(mode="代储", quantity=4),
        row(unit_of="衡阳市应急管理局", quantity=5),
        row(unit_of="衡山县应急管理局", quantity=6),
        row(owner="市级", quantity=7),
        row(owner="外星", quantity=8),
        row(mode="实物", note="协议采购", quantity=9),
    ])  # fmt: skip
    assert [(int(r.quantity), r.owner_tier, r.source_mode) for r in book.rows] == [
        (3, Tier.CITY, "held"),
        (4, Tier.COUNTY, "held"),
        (5, Tier.CITY, "physical"),
        (6, Tier.COUNTY, "physical"),
        (7, Tier.CITY, "physical"),
        (8, Tier.COUNTY, "physical"),
        (9, Tier.COUNTY, "physical"),
    ]
    assert codes(book) == ["agreement-not-stock", "agreement-not-stock", "owner-unclear",
                           "owner-unclear"]  # fmt: skip
    assert [f.cell for f in book.problems[:2]] == ["K2", "J3"]


def test_conditions_make_lots(read):
    rows = [
        row(state="完好"),
        row(state="待检", quantity=2),
        row(state="报废", quantity=3),
        row(note="其中破损", quantity=4),
        row(state="完好3损坏2", quantity=5),
    ]
    book = read([HEAD, *rows])
    assert [r.condition for r in book.rows] == [
        "usable", "inspect", "damaged", "damaged", "inspect",
    ]  # fmt: skip
    assert codes(book) == ["status-unclear"]


def test_units(read):
    book = read([
        HEAD,
        row("矿泉水", unit="瓶", quantity=48),
        row("矿泉水", unit="瓶", quantity=50),
        row("铅丝", unit="kg", quantity="0.5"),
        row("铅丝", unit="kg", quantity="0.0005"),
        row(unit="卷", quantity=5),
        row(unit="箱", quantity=2),
        row(unit="床", quantity="3箱"),
        row(unit=None, quantity=4),
        row(unit="床", quantity="5床"),
        row(unit="床", quantity="0.5"),
    ])  # fmt: skip
    assert [str(r.quantity) for r in book.rows] == ["2", "0.5", "20", "4", "5"]
    assert codes(book) == ["unit-inexact", "unit-inexact", "unit-unknown", "unit-pack",
                           "unit-conflict", "unit-assumed", "unit-inexact"]  # fmt: skip


def test_struck_hidden_merged_and_broken_cells(read):
    def change(book):
        sheet = book.active
        sheet["A2"].font = Font(strike=True)
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
        sheet.merge_cells("D5:D6")
        sheet["D7"].value, sheet["D7"].data_type = "#REF!", "e"
        sheet["D8"].value = "=1+1"
        sheet.column_dimensions["B"].hidden = True

    rows = [HEAD, *(row(quantity=n) for n in range(2, 9))]
    book = read(rows, change=change)
    assert [int(r.quantity) for r in book.rows] == [3, 4, 5]
    assert sorted(codes(book)) == sorted(
        ["struck-through", "row-hidden", "quantity-merged", "cell-error", "formula-uncalculated",
         "column-hidden"]
    )  # fmt: skip
    assert book.rejected == 4
    hidden = next(f for f in book.problems if f.code == "row-hidden")
    assert "3–4" in hidden.message
    assert hidden.severity is Severity.WARNING


def test_hidden_sheets_are_read_and_named(read):
    def change(book):
        book.create_sheet("空")
        book["Sheet1"].sheet_state = "hidden"

    book = read([HEAD, row()], change=change)
    assert (book.accepted, codes(book)) == (1, ["sheet-hidden"])


def test_repeated_rows_are_named(read):
    book = read([["序号", *HEAD], [1, *row()], [2, *row()], [3, *row(quantity=2)]])
    assert [(f.code, f.cell) for f in book.problems] == [("row-duplicate", "B3")]
    assert book.accepted == 3


def test_places_are_told_once_and_kept_as_written(read):
    book = read(
        [HEAD, row(store="老粮库"), row(store="老粮库", quantity=2), row(store=None, quantity=3)]
    )
    assert [(r.place_text, r.site, r.owner_tier) for r in book.rows] == [
        ("老粮库", None, None), ("老粮库", None, None), ("", None, None),
    ]  # fmt: skip
    assert codes(book) == ["place-missing", "place-unknown"]
    assert "共 2 行" in book.problems[1].message


def test_fifty_errors_are_fifty_findings(read):
    rows = [HEAD, *(row(f"未知物资{n}", quantity="若干", made="某日") for n in range(50))]
    book = read(rows)
    assert (book.accepted, book.rejected) == (0, 50)
    assert len(book.problems) == 150
    for finding in book.problems:
        assert finding.severity is Severity.ERROR
        assert finding.sheet
        assert finding.cell
        assert finding.found
        assert finding.message
        assert finding.hint


def test_missing_columns_and_empty_workbooks(read):
    book = read([["物资名称", "单位", "规格", "存放地点"], ["棉被", "床", None, STORE]])
    assert codes(book) == ["column-missing", "quantity-missing"]
    assert book.problems[0].found == "数量"
    assert codes(read([["随便写写"]])) == ["table-none"]
    assert codes(read([])) == ["table-none"]


def test_two_columns_are_enough(read):
    book = read([["品名", "数量"], ["棉被", 5]], site="county-430422-store")
    assert [(r.item, int(r.quantity), r.site) for r in book.rows] == [
        ("quilt-winter", 5, "county-430422-store")
    ]


def test_five_thousand_rows_are_read_quickly(read):
    rows = [HEAD, *(row(quantity=n, made="2024-01-02", expiry="5年") for n in range(1, 5001))]
    begun = time.process_time()
    book = read(rows)
    assert book.accepted == 5000
    # Writing the workbook is included; the limit is generous for busy machines.
    assert time.process_time() - begun < 12


def test_units_of_headers_and_titles(read):
    rows = [
        ["物资库存表", None, "单位：件套"],
        ["物资名称", "数量(件)", "存放地点"],
        ["棉被", 5, STORE],
        ["雨衣", 6, STORE],
    ]
    book = read(rows)
    assert [str(r.quantity) for r in book.rows] == ["5", "6"]
    assert codes(book) == ["unit-assumed"]
    book = read([["物资名称", "数量(万条)", "存放地点"], ["编织袋", 2.5, STORE]])
    assert [str(r.quantity) for r in book.rows] == ["25000"]
    book = read([["物资名称", "数量(吨)", "存放地点"], ["棉被", 5, STORE]])
    assert codes(book) == ["unit-unknown"]


def test_a_table_that_is_no_known_form_is_named(read):
    book = read([["名称", "地址", "联系人", "电话"], ["某库", "某路", "王", 1]])
    assert (book.read, codes(book)) == (0, ["form-unknown"])


def test_a_header_far_down_and_titles_in_two_cells(read):
    top = [["某县"], [], ["仓库名称", STORE], [], ["制表日期", "2026-1-1"], [], []]
    book = read([*top, ["品\u200b名", "规格型号", "单位", "数量"], ["棉被", None, "床", "198 床"]])
    assert [(r.site, r.day, int(r.quantity)) for r in book.rows] == [
        ("county-430422-store", date(2026, 1, 1), 198)
    ]
    assert book.problems == ()
    assert book.tables[0].header_row == 8


def test_merged_group_headers_over_received_issued_and_left(read):
    def merge(book):
        for span in ("E1:G1", "H1:J1", "K1:M1"):
            book.active.merge_cells(span)

    parts = ["数量", "单价", "金额"]
    rows = [
        ["日期", "摘要", "物资名称", "单位", "收入", "", "", "发出", "", "", "结存", "", ""],
        ["", "", "", "", *parts, *parts, *parts],
        ["2026.1.1", "购入", "棉被", "床", 100, 90, 9000, "", "", "", 100, 90, 9000],
        ["2026.1.5", "发放", "棉被", "床", "", "", "", 40, 90, 3600, 60, 90, 5400],
    ]
    book = read(rows, change=merge, site="county-430422-store")
    assert [int(r.quantity) for r in book.rows] == [100, -40]
    assert book.problems == ()
