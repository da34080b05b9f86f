"""The twenty kinds of mess of real sheets, each in at least two layouts."""

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl.styles import Font, PatternFill

from supplies.catalogue import Evidence
from supplies.excel.read import read_workbook
from supplies.tiers import Tier

pytestmark = pytest.mark.usefixtures("here")

GOLDEN = Path(__file__).parents[2] / "golden" / "excel_in"
STORE = "衡南县应急物资储备库"
SITE = "county-430422-store"
CITY_SITE = "city-430400-store"


def codes(book):
    return [finding.code for finding in book.problems]


def taken(book):
    return [(row.item, str(row.quantity)) for row in book.rows]


def csv(*rows):
    return "\r\n".join(",".join("" if c is None else str(c) for c in row) for row in rows)


# --- M1 titles ----------------------------------------------------------------------------


def test_m1_four_title_rows_merged_across(read):
    def merge(book):
        for row in (1, 2, 3):
            book.active.merge_cells(start_row=row, end_row=row, start_column=1, end_column=6)

    book = read([
        ["附件3"], ["衡南县应急物资储备台账(2024年)"], ["(截至2024年6月30日)"],
        ["填报单位:", "衡南县应急管理局", None, "联系人:", "李四", 13800000000],
        ["编号", "品名", "型号", "计量单位", "结存数量", "库房"],
        ["1", "棉被", None, "床", 10, STORE],
        ["注:本表一式两份"],
    ], change=merge)  # fmt: skip
    assert taken(book) == [("quilt-winter", "10")]
    assert book.rows[0].day == date(2024, 6, 30)
    assert book.problems == ()


def test_m1_titles_in_pairs_of_cells_with_a_real_date(read):
    book = read([
        ["防汛物资库存表"],
        ["仓库名称", STORE, "保管员", "王五", "填报日期", datetime(2025, 5, 1)],
        ["物资名称", "规格", "单位", "库存"],
        ["救生衣", "成人", "件", 30],
    ])  # fmt: skip
    assert [(r.item, r.site, r.day) for r in book.rows] == [("vest-life", SITE, date(2025, 5, 1))]
    assert book.tables[0].header_row == 3


def test_m1_a_row_of_names_and_values_is_no_header(read):
    book = read([
        ["单位名称", "衡南县应急管理局", "负责人", "张三", "联系电话", "0734-1234567"],
        ["储备库", STORE, "地址", "某路1号", "类别", "综合"],
        ["序号", "物资名称", "单位", "数量", "备注"],
        [1, "毛毯", "条", 12, None],
    ])  # fmt: skip
    assert [t.header_row for t in book.tables] == [3]
    assert [(r.item, r.site) for r in book.rows] == [("blanket", SITE)]


# --- M2 two-level headers -----------------------------------------------------------------


def test_m2_book_and_counted_under_quantity_money_under_funds(read):
    def merge(book):
        sheet = book.active
        for span in ("A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:G2", "H2:H3"):
            sheet.merge_cells(span)

    book = read([
        ["应急物资盘点表"],
        ["序号", "物资名称", "单位", "数量", None, "经费", None, "存放地点"],
        [None, None, None, "账面", "实盘", "单价", "金额", None],
        [1, "棉被", "床", 10, 9, 100, 900, STORE],
    ], change=merge)  # fmt: skip
    assert (book.form, taken(book)) == ("stocktake", [("quilt-winter", "9")])
    assert {"unit_price", "amount"} <= set(book.tables[0].columns)
    assert book.tables[0].header_row == 3


def test_m2_group_names_that_mean_nothing_themselves(read):
    def merge(book):
        for span in ("A1:D1", "E1:F1", "G1:H1"):
            book.active.merge_cells(span)

    book = read([
        ["基本信息", None, None, None, "库存情况", None, "管理信息", None],
        ["序号", "物资名称", "规格型号", "单位", "数量", "单价(元)", "存放地点", "保管人"],
        [1, "毛毯", None, "条", 5, 80, STORE, "张 三"],
    ], change=merge)  # fmt: skip
    assert taken(book) == [("blanket", "5")]
    assert book.tables[0].columns["qty_stock"] == "数量"


def test_m2_opening_received_issued_and_left(read):
    def merge(book):
        for span in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1", "H1:I1", "J1:K1", "L1:L2"):
            book.active.merge_cells(span)

    pair = ["数量", "金额"]
    book = read([
        ["日期", "物资名称", "单位", "期初", None, "本期增加", None, "本期减少", None, "期末", None,
         "仓库"],
        [None, None, None, *pair, *pair, *pair, *pair, None],
        ["2025-03-01", "棉被", "床", 100, 9000, 20, 1800, 5, 450, 115, 10350, STORE],
    ], change=merge)  # fmt: skip
    assert book.form == "register"
    assert taken(book) == [("quilt-winter", "20"), ("quilt-winter", "-5")]
    assert book.problems == ()


def test_m2_opening_stock_is_not_the_stock(read):
    book = read([
        ["物资名称", "单位", "期初数量", "本期入库", "本期出库", "期末数量", "存放地点"],
        ["棉被", "床", 100, 20, 5, 115, STORE],
    ])  # fmt: skip
    assert book.tables[0].columns["qty_stock"] == "期末数量"


# --- M3 merged cells down a column --------------------------------------------------------


def test_m3_only_merged_cells_are_filled(read):
    def merge(book):
        book.active.merge_cells("E2:E3")
        book.active.merge_cells("A2:A4")

    book = read([
        ["类别", "物资名称", "单位", "数量", "存放地点"],
        ["生活", "棉被", "床", 1, STORE],
        [None, "毛毯", "条", 2, None],
        [None, "雨衣", "件", 3, None],
    ], change=merge)  # fmt: skip
    assert [r.place_text for r in book.rows] == [STORE, STORE, ""]
    assert codes(book) == ["place-missing"]


def test_m3_merged_names_and_dates(read):
    def merge(book):
        book.active.merge_cells("B2:B3")
        book.active.merge_cells("F2:F3")

    book = read([
        ["库房", "品名", "规格", "单位", "数量", "生产日期"],
        [STORE, "棉被", "1.5m", "床", 4, "2020.3"],
        [STORE, None, "1.8m", "床", 6, None],
    ], change=merge)  # fmt: skip
    assert taken(book) == [("quilt-winter", "4"), ("quilt-winter", "6")]
    assert {r.produced for r in book.rows} == {date(2020, 3, 1)}


# --- M4 totals ----------------------------------------------------------------------------


def test_m4_totals_per_category_and_of_pages(read):
    head = ["序号", "物资名称", "单位", "数量", "存放地点"]
    book = read([
        head, [1, "棉被", "床", 10, STORE], [2, "毛毯", "条", 5, STORE],
        ["生活类小计", None, None, 15], [3, "雨衣", "件", 7, STORE],
        ["防汛类合计", None, None, 7], ["本页小计", None, None, 22], ["总 计", None, None,
         "22件套"],
    ])  # fmt: skip
    assert [str(r.quantity) for r in book.rows] == ["10", "5", "7"]
    assert codes(book) == []


def test_m4_a_wrong_total_at_the_top_is_told(read):
    book = read([
        ["物资名称", "单位", "数量", "存放地点"],
        ["合计", None, 100, None],
        ["棉被", "床", 10, STORE],
        ["毛毯", "条", 5, STORE],
    ])  # fmt: skip
    assert taken(book) == [("quilt-winter", "10"), ("blanket", "5")]
    assert [(f.code, f.cell) for f in book.problems] == [("total-differs", "C2")]


# --- M5, M6 numbers as text ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "quantity", "code"),
    [
        ("200床", "200", None), ("1,200 床", "1200", None), ("0.5万", "5000", None),
        ("约500", "500", "quantity-approximate"), ("20-30", "20", "quantity-range"),
        ("２００", "200", None), ("１，２００床", "1200", None), (" 3 0\n床 ", None,
         "quantity-unreadable"),
        ("若干", None, "quantity-vague"), ("1.2千床", "1200", None), ("贰拾", "20", None),
        ("200（床）", "200", None), ("200+50", None, "quantity-unreadable"), ("两百", "200", None),
        ("100/床", "100", None), ("十二床", "12", None),
    ],
)  # fmt: skip
def test_m5_m6_quantities_as_they_are_written(read, written, quantity, code):
    book = read([
        ["物资 名称", "单 位", "数  量", "存放\n地点"], ["棉 被", "床", written, STORE]
    ])  # fmt: skip
    assert [str(r.quantity) for r in book.rows] == ([quantity] if quantity else [])
    assert codes(book) == ([code] if code else [])


@pytest.mark.parametrize("header", ["数量(万条)", "数量（万）", "数量\n(万条)", "库存数量(万条)"])
def test_m5_ten_thousands_in_the_header(read, header):
    book = read([["品名", "单位", header, "仓库"], ["编织袋", "条", 2.5, STORE]])
    wrong = header.endswith("万条)")
    assert [str(r.quantity) for r in book.rows] == ([] if wrong else ["25000"])
    assert codes(book) == (["unit-conflict"] if wrong else [])
    book = read([["品名", header, "仓库"], ["编织袋", "2.5", STORE]])
    assert [str(r.quantity) for r in book.rows] == ["25000"]


# --- M7, M8 dates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "produced"),
    [
        ("2021.5", "2021-05-01"), ("2021.05.20", "2021-05-20"), ("2021年5月", "2021-05-01"),
        ("20210520", "2021-05-20"), (44336, "2021-05-20"), ("2021-5-20", "2021-05-20"),
        ("2021/05", "2021-05-01"), ("21.5.20", "2021-05-20"), ("２０２１年５月２０日",
         "2021-05-20"),
        ("2021年5月20号", "2021-05-20"), (datetime(2021, 5, 20), "2021-05-20"),
        ("2021 05 20", "2021-05-20"), ("2021.5.20生产", "2021-05-20"), ("May 2021", None),
        ("20/05/2021", None), ("2021-05-20 00:00:00", "2021-05-20"), ("2021.5月", "2021-05-01"),
        ("二〇二一年五月", "2021-05-01"), ("2021年05月", "2021-05-01"), (20210520, "2021-05-20"),
    ],
)  # fmt: skip
def test_m7_dates_of_production(read, written, produced):
    book = read([
        ["物资名称", "单位", "数量", "存放地点", "生产日期"], ["棉被", "床", 1, STORE, written]
    ])  # fmt: skip
    if produced is None:
        assert codes(book) == ["date-unreadable"]
    else:
        assert [r.produced for r in book.rows] == [date.fromisoformat(produced)]
        assert book.problems == ()


@pytest.mark.parametrize(
    ("written", "expiry"),
    [
        ("5年", "2026-05-20"), ("36个月", "2024-05-20"), ("12个月/瓶", "2022-05-20"),
        ("保质期5年", "2026-05-20"), ("三年", "2024-05-20"), ("2026.5", "2026-05-31"),
        ("2026年12月底", "2026-12-31"), ("长期", None), ("/", "2029-05-20"), (None, "2029-05-20"),
        ("5年（2026年5月到期）", "2026-05-31"), ("至2026.5.20", "2026-05-20"), ("1年半",
         "2022-11-20"),
        ("10年以上", "2031-05-20"), ("不少于5年", "2026-05-20"),
    ],
)  # fmt: skip
def test_m8_expiry_as_a_day_or_a_duration(read, written, expiry):
    book = read([
        ["物资名称", "单位", "数量", "存放地点", "出厂日期", "保质期"],
        ["棉被", "床", 1, STORE, "2021-05-20", written],
    ])  # fmt: skip
    assert [r.expiry for r in book.rows] == [date.fromisoformat(expiry) if expiry else None]
    assert book.problems == ()


def test_m8_durations_in_headers_and_from_receipt(read):
    book = read([
        ["物资名称", "单位", "数量", "存放地点", "入库时间", "使用年限(年)"],
        ["棉被", "床", 1, STORE, "2021-05-20", 8],
    ])  # fmt: skip
    assert book.rows[0].expiry == date(2029, 5, 20)
    assert book.rows[0].expiry_evidence is Evidence.ESTIMATED
    assert codes(book) == ["expiry-from-in-date"]


# --- M9, M10 units and names --------------------------------------------------------------


def test_m9_units_in_names_and_several_units_of_one_item(read):
    book = read([
        ["物资名称", "规格", "单位", "数量", "存放地点"],
        ["棉被(床)", None, None, 5, STORE],
        ["矿泉水", "550ml*24瓶", "箱", 2, STORE],
        ["矿泉水", "550ml", "瓶", 48, STORE],
        ["矿泉水", "550ml*12瓶/箱", "箱", 2, STORE],
        ["矿泉水", "5L", "桶", 2, STORE],
        ["方便面", "24桶/箱", "箱", 3, STORE],
    ])  # fmt: skip
    assert taken(book) == [("quilt-winter", "5"), ("water-bottled", "2"), ("water-bottled", "2")]
    assert codes(book) == ["unit-assumed", *["item-spec-conflict"] * 3]


def test_m10_one_item_under_many_names(read):
    names = ["单帐篷/12平米单帐篷", "救灾帐篷(单)", "防汛救生衣", "发电机组", "救灾帐篷", "被子"]
    book = read([
        ["品名", "单位", "数量", "库点"], *([name, None, 1, STORE] for name in names)
    ])  # fmt: skip
    assert [r.item for r in book.rows] == ["tent-12-single", "tent-12-single", "vest-life"]
    refused = [f for f in book.problems if f.code.startswith("item-")]
    assert [f.found for f in refused] == ["发电机组", "救灾帐篷", "被子"]
    assert all("|" in f.hint and "[" in f.hint for f in refused)


# --- M11 several tables -------------------------------------------------------------------


def test_m11_three_blocks_under_each_other_each_with_its_place(read):
    head = ["序号", "物资名称", "单位", "数量"]
    rows = []
    for place, count in ((STORE, 1), ("衡山县应急物资储备库", 2), ("祁东县应急物资储备库", 3)):
        rows += [[place + "物资库存表"], head, [1, "棉被", "床", count], []]
    book = read(rows)
    assert [(r.site, str(r.quantity)) for r in book.rows] == [
        (SITE, "1"), ("county-430423-store", "2"), ("county-430426-store", "3"),
    ]  # fmt: skip


def test_m11_side_by_side_without_a_gap_and_with_different_columns(read):
    book = read([
        ["品名", "单位", "数量", "库房", "品名", "规格", "单位", "数量", "库房"],
        ["棉被", "床", 1, STORE, "毛毯", None, "条", 2, STORE],
        [None, None, None, None, "雨衣", None, "件", 3, STORE],
    ])  # fmt: skip
    assert sorted(taken(book)) == [("blanket", "2"), ("quilt-winter", "1"), ("raincoat", "3")]
    assert len(book.tables) == 2


def test_m11_a_header_cell_left_blank_does_not_split_a_table(read):
    book = read([
        ["序号", "物资名称", "规格型号", None, "单位", "数量", "存放地点", "备注"],
        [1, "棉被", "1.5m", "x", "床", 3, STORE, None],
    ])  # fmt: skip
    assert len(book.tables) == 1
    assert taken(book) == [("quilt-winter", "3")]


def test_m11_sections_name_the_storehouse(read):
    book = read([
        ["全市救灾物资库存表"], ["序号", "物资名称", "单位", "数量"],
        ["一、衡南县应急物资储备库"], [1, "棉被", "床", 1],
        ["二、衡山县应急物资储备库"], [1, "棉被", "床", 2],
    ])  # fmt: skip
    assert [r.site for r in book.rows] == [SITE, "county-430423-store"]


def test_m11_a_header_repeated_on_each_page(read):
    head = ["序号", "物资名称", "单位", "数量"]
    book = read([
        [f"{STORE}物资台账"], head, [1, "棉被", "床", 1], ["第1页 共2页"],
        head, [2, "毛毯", "条", 2], ["合计", None, None, 2],
    ])  # fmt: skip
    assert [(r.item, r.site) for r in book.rows] == [("quilt-winter", SITE), ("blanket", SITE)]


def test_m11_one_sheet_per_category_in_one_workbook(city, make_xlsx):
    head = ["品名", "计量单位", "库存量", "存放仓库"]
    data = make_xlsx({
        "目录": [["说明:本册共两类"]],
        "生活类": [["衡南县物资明细表"], head, ["棉被", "床", 1, STORE]],
        "防汛类": [["衡南县物资明细表"], head, ["救生衣", "件", 2, STORE]],
        "Sheet3": [],
    })  # fmt: skip
    book = read_workbook(data, "a.xlsx", city)
    assert taken(book) == [("quilt-winter", "1"), ("vest-life", "2")]
    assert book.problems == ()


# --- M12 hidden, struck, coloured ---------------------------------------------------------

RED, GREEN = (PatternFill("solid", fgColor=colour) for colour in ("FFFF0000", "FF92D050"))


def ledger(*rows):
    return [["物资名称", "单位", "数量", "存放地点", "物资状态"], *rows]


def test_m12_hidden_rows_columns_and_strikes(read):
    def mark(book):
        sheet = book.active
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True
        for cell in sheet[3]:
            cell.font = Font(strike=True)

    rows = [[name, None, n, STORE] for n, name in enumerate(["棉被", "毛毯", "雨衣"], 1)]
    book = read(ledger(*rows), change=mark)
    assert taken(book) == [("quilt-winter", "1"), ("raincoat", "3")]
    assert {"struck-through", "row-hidden", "column-hidden"} <= set(codes(book))


@pytest.mark.parametrize("legend", ["备注:标红色的为过期物资", "说明: 红色底纹表示已报废"])
def test_m12_a_legend_gives_colours_a_meaning(read, legend):
    def mark(book):
        for cell in book.active[3]:
            cell.fill = RED

    rows = [["棉被", "床", 1, STORE], ["毛毯", "条", 2, STORE], ["雨衣", "件", 3, STORE], [legend]]
    book = read(ledger(*rows), change=mark)
    assert [r.condition for r in book.rows] == ["usable", "damaged", "usable"]
    assert [(f.code, f.cell) for f in book.problems] == [("colour-legend", "A3")]


def test_m12_a_coloured_cell_may_be_the_legend_itself(read):
    def mark(book):
        sheet = book.active
        sheet["B1"].fill = RED
        sheet["A5"].fill = RED

    book = read([
        ["图例", "损坏"], ["物资名称", "单位", "数量", "存放地点"],
        *([name, None, 1, STORE] for name in ("棉被", "毛毯", "雨衣", "雨靴")),
    ], change=mark)  # fmt: skip
    assert [r.condition for r in book.rows] == ["usable", "usable", "damaged", "usable"]


def test_m12_colours_without_a_legend_are_asked_about(read):
    def mark(book):
        sheet = book.active
        sheet["A2"].fill, sheet["A3"].fill = RED, GREEN
        for row in sheet["A1:E1"]:
            for cell in row:
                cell.fill = GREEN

    rows = [[name, None, n, STORE] for n, name in enumerate(["棉被", "毛毯", "雨衣", "雨靴"], 1)]
    book = read(ledger(*rows), change=mark)
    asked = [f for f in book.problems if f.code == "colour-unread"]
    assert [f.cell for f in asked] == ["A2", "A3"]
    assert {r.condition for r in book.rows} == {"usable"}


def test_m12_colours_of_every_row_are_decoration(read):
    def mark(book):
        for row in book.active["A2:E5"]:
            for cell in row:
                cell.fill = GREEN

    rows = [[name, None, n, STORE] for n, name in enumerate(["棉被", "毛毯", "雨衣", "雨靴"], 1)]
    assert "colour-unread" not in codes(read(ledger(*rows), change=mark))


# --- M14, M15, M16 ------------------------------------------------------------------------


def test_m14_errors_and_formulas(read):
    def mark(book):
        sheet = book.active
        sheet["C2"].value, sheet["C2"].data_type = "#VALUE!", "e"
        sheet["C3"] = "=SUM(C4:C5)"
        sheet["E4"].value, sheet["E4"].data_type = "#REF!", "e"

    book = read(ledger(*(["棉被", "床", n, STORE, None] for n in range(1, 5))), change=mark)
    assert [(f.code, f.cell) for f in book.problems if "row" not in f.code] == [
        ("cell-error", "C2"), ("formula-uncalculated", "C3"), ("cell-error", "E4"),
    ]  # fmt: skip
    assert [str(r.quantity) for r in book.rows] == ["4"]


def test_m14_error_texts_of_other_files(city):
    text = csv(["物资名称", "单位", "数量", "存放地点"], ["棉被", "床", "#REF!", STORE])
    book = read_workbook(text.encode("gb18030"), "a.csv", city)
    assert codes(book) == ["cell-error"]


def test_m15_sequence_numbers_are_no_codes_and_no_keys(read):
    book = read([
        ["编号", "物资编码", "物资名称", "单位", "数量", "存放地点"],
        [1, "WZ-001", "棉被", "床", 1, STORE],
        [1, "blanket", None, "条", 2, STORE],
        ["一", 3, "雨衣", "件", 3, STORE],
    ])  # fmt: skip
    assert taken(book) == [("quilt-winter", "1"), ("blanket", "2"), ("raincoat", "3")]


def test_m16_phones_as_numbers_do_no_harm(read):
    book = read([
        ["物资名称", "单位", "数量", "存放地点", "保管人", "联系电话"],
        ["棉被", "床", 1, STORE, "张 三", 1.39e10],
        ["毛毯", "条", 1, STORE, "张三", "1.39E+10"],
    ])  # fmt: skip
    assert len(book.rows) == 2
    assert "13900000000" in book.rows[0].text


# --- M13 kinds of files -------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_m13_csv_in_any_encoding(city, encoding, mark):
    rows = [["防汛物资台账"], ["品名", "单位", "数量", "库房"], ["棉被", "床", "1200", STORE]]
    text = "\r\n".join(mark.join(row) for row in rows)
    book = read_workbook(text.encode(encoding), "a.csv", city)
    assert taken(book) == [("quilt-winter", "1200")]


# --- M17 places ---------------------------------------------------------------------------


def test_m17_variants_of_one_storehouse(make_xlsx, with_sites):
    named = with_sites(county_430422_store=("老粮库",))
    rows = [["衡南县应急物资储备台账"], ["物资名称", "单位", "数量", "存放地点"]]
    places = ["县应急局仓库", "县救灾物资储备库", "老粮库", "衡南县应急局物资仓库", "本县储备库"]
    rows += [["棉被", "床", n, place] for n, place in enumerate(places, 1)]
    book = read_workbook(make_xlsx({"Sheet1": rows}), "a.xlsx", named)
    assert [r.site for r in book.rows] == [SITE] * 5
    assert [r.place_text for r in book.rows] == places


def test_m17_a_county_without_a_title_is_not_guessed(read):
    book = read([["物资名称", "单位", "数量", "存放地点"], ["棉被", "床", 1, "县应急局仓库"]])
    assert [r.site for r in book.rows] == [None]
    assert codes(book) == ["place-unknown"]


# --- M18, M19, M20 ------------------------------------------------------------------------


def test_m18_negative_zero_and_repeated_rows(city, make_xlsx):
    head = ["物资名称", "单位", "数量", "存放地点"]
    rows = [head, ["棉被", "床", 0, STORE], ["棉被", "床", -5, STORE], ["毛毯", "条", 3, STORE]]
    data = make_xlsx({"一": rows, "二": [head, ["毛毯", "条", 3, STORE]]})
    book = read_workbook(data, "a.xlsx", city)
    assert taken(book) == [("quilt-winter", "0"), ("blanket", "3"), ("blanket", "3")]
    assert codes(book) == ["quantity-negative", "row-duplicate"]


def test_m19_agreement_goods_in_any_column_are_no_stock(read):
    head = ["物资名称", "单位", "数量", "存放地点", "储备方式", "备注"]
    book = read([
        head, ["棉被", "床", 1, STORE, "实物", None], ["棉被", "床", 2, STORE, "协议", None],
        ["棉被", "床", 3, STORE, None, "协议储备"], ["棉被", "床", 4, STORE, "产能", None],
        ["棉被", "床", 5, STORE, "代储", "市级委托"],
    ])  # fmt: skip
    assert [str(r.quantity) for r in book.rows] == ["1", "5"]
    assert book.rows[1].owner_tier is Tier.CITY


def test_m20_the_bureau_of_a_sheet(city, make_xlsx):
    head = ["物资名称", "单位", "数量", "存放地点"]
    row = ["棉被", "床", 1, STORE]
    data = make_xlsx({
        "应急局": [head, row], "水利局": [head, row], "林业": [["衡南县林业局物资"], head, row],
    })  # fmt: skip
    book = read_workbook(data, "a.xlsx", city)
    assert [r.owner_unit for r in book.rows] == ["", "水利局", "林业局"]
    assert [f.found for f in book.problems if f.code == "owner-from-sheet"] == ["水利局", "林业局"]


def test_m20_the_bureau_of_a_file_and_of_a_column(read):
    rows = [["物资名称", "单位", "数量", "存放地点"], ["棉被", "床", 1, STORE]]
    book = read(rows, name="县消防救援大队物资清单.xlsx")
    assert [r.owner_unit for r in book.rows] == ["消防救援大队"]
    rows = [[*rows[0], "管理单位"], [*rows[1], "水利局"]]
    book = read(rows, sheet="消防大队")
    assert [r.owner_unit for r in book.rows] == ["水利局"]
    assert "owner-from-sheet" not in codes(book)


def test_m20_goods_of_another_bureau_are_not_put_into_the_emergency_store(read):
    book = read([
        ["衡南县防汛物资台账"], ["物资名称", "单位", "数量"], ["棉被", "床", 1]
    ], sheet="水利局")  # fmt: skip
    assert [(r.place_text, r.site) for r in book.rows] == [("水利局", None)]


# --- a data row is no header --------------------------------------------------------------


def test_a_row_of_data_is_never_the_header_of_a_wide_table(read):
    book = read([
        ["存放地点", "物资编码", "物资名称", "单位", "数量"],
        ["仓库", "quilt-winter", "棉被", "床", 5],
        ["储备库", "blanket", "毛毯", "条", 6],
        ["乡镇", "raincoat", "雨衣", "件", 7],
    ])  # fmt: skip
    assert len(book.tables) == 1
    assert len(book.rows) == 3


def test_a_csv_row_of_data_is_never_a_header(city):
    text = csv(
        ["物资名称", "物资编码", "类别", "单位", "数量", "仓库"],
        ["棉被", "quilt-winter", "物资", "床", "5", "仓库"],
        ["毛毯", "blanket", "其他", "条", "6", "库房"],
    )
    book = read_workbook(text.encode(), "a.csv", city)
    assert (len(book.tables), len(book.rows)) == (1, 2)


def test_a_note_below_is_a_note_even_under_the_quantities(read):
    book = read([
        ["数量", "物资名称", "单位", "存放地点"], [5, "棉被", "床", STORE],
        ["制表人:张三 审核:李四"], ["备注:数据截至上月"],
    ])  # fmt: skip
    assert taken(book) == [("quilt-winter", "5")]
    assert book.problems == ()


def test_tables_below_tables_that_stand_side_by_side(read):
    book = read([
        ["品名", "单位", "数量", "库房", "手机", None, "品名", "单位", "数量", "库房"],
        ["棉被", "床", "5", STORE, "139", None, "毛毯", "条", "6", STORE],
        ["雨衣", "件", "7", STORE, "139", None, None, None, None, None],
        [None] * 10,
        [None, None, None, None, "品名", "单位", "数量", "库房", None, None],
        [None, None, None, None, "雨靴", "双", "8", STORE, None, None],
    ])  # fmt: skip
    assert sorted(str(r.quantity) for r in book.rows) == ["5", "6", "7", "8"]


@pytest.mark.parametrize("name", ["marked.xls", "marked.ods"])
def test_m12_m13_marks_of_old_and_open_workbooks(city, name):
    book = read_workbook(GOLDEN / name, name, city)
    assert [(r.item, str(r.quantity), r.condition) for r in book.rows] == [
        ("quilt-winter", "100", "usable"), ("blanket", "20", "usable"), ("vest-life", "50",
         "damaged"),
        ("shovel", "15", "usable"), ("chainsaw", "2", "usable"),
    ]  # fmt: skip
    assert [(f.code, f.cell, f.found) for f in book.problems] == [
        ("struck-through", "B5", "雨衣"), ("cell-error", "E6", "#DIV/0!"), ("total-differs", "E9",
         "200"),
        ("row-hidden", "A4", "4"), ("column-hidden", "C2", "规格型号"), ("colour-legend", "B7",
         "过期"),
        ("sheet-hidden", "A1", "旧表"),
    ]  # fmt: skip
    assert book.rows[3].place_text == STORE


def test_m2_a_title_merged_over_the_whole_header_is_no_group(read):
    def merge(book):
        book.active.merge_cells("A1:D1")

    book = read([
        ["(防汛抗旱类)"], ["物资名称", "单位", "数量", "存放地点"], ["棉被", "床", 1, STORE],
        [None, None, None, None, None, "x"],
    ], change=merge)  # fmt: skip
    assert book.tables[0].columns["item_name"] == "物资名称"
    assert book.tables[0].header_row == 2
