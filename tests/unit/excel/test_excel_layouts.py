"""Each form in layouts other than our own: other words, order, titles, levels, notes."""

from datetime import date

import pytest

from supplies.catalogue import Evidence
from supplies.excel.read import read_workbook
from supplies.tiers import Tier

pytestmark = pytest.mark.usefixtures("here")

STORE = "衡南县应急物资储备库"
OTHER = "衡山县应急物资储备库"
SITE, OTHER_SITE = "county-430422-store", "county-430423-store"


def codes(book):
    return [finding.code for finding in book.problems]


def taken(book):
    return [(row.item, str(row.quantity)) for row in book.rows]


# --- F1 ---------------------------------------------------------------------------------


def test_stock_as_a_list_of_rescue_goods_with_the_unit_in_the_name(read):
    book = read([
        ["衡南县应急救援物资清单"],
        ["次序", "所属类别", "货物名称", "技术参数", "数量单位", "储备数量", "参考单价", "价值",
         "出厂日期", "购置时间", "质保期", "物资所在位置", "责任人", "手机", "附注"],
        [1, "生活", "棉被(床)", "1.5×2m", "床", "300床", 110, 33000, "2022年3月", "2022.4.5",
         "8年", STORE, "张三", 13900000000, None],
        [2, "防汛", "编织袋", None, "条", "1.5万条", 1.2, 18000, "/", "2022.4.5", "36个月", STORE,
         "张三", 13900000000, "旧"],
    ])  # fmt: skip
    assert book.form == "stock"
    assert taken(book) == [("quilt-winter", "300"), ("bag-woven", "15000")]
    assert book.rows[0].expiry == date(2030, 3, 1)
    assert book.rows[1].expiry == date(2025, 4, 5)
    assert codes(book) == ["expiry-from-in-date"]


def test_stock_in_english_and_without_a_title(read):
    book = read([
        ["No.", "Item", "Specification", "Unit", "Quantity", "Storehouse", "Remark"],
        [1, "Blanket", None, "piece", 20, "Hengnan County emergency store", None],
    ])  # fmt: skip
    assert [(r.item, r.site, str(r.quantity)) for r in book.rows] == [("blanket", SITE, "20")]


def test_stock_of_a_township_by_its_title_alone(read):
    book = read([
        ["衡南县云集街道应急物资储备明细表"], ["单位:件、套", None, None, "2025年3月31日"],
        ["序", "物资名", "规格", "现有数量"], [1, "雨衣", None, 12], [2, "雨鞋", "42码", 8],
        ["制表:张三", None, "审核:李四"],
    ])  # fmt: skip
    assert taken(book) == [("raincoat", "12"), ("boots-rain", "8")]
    assert {r.place_text for r in book.rows} == {"云集街道"}
    assert {r.day for r in book.rows} == {date(2025, 3, 31)}


# --- F2 ---------------------------------------------------------------------------------


def test_register_as_received_issued_left_with_merged_days(read):
    def merge(book):
        book.active.merge_cells("A3:A4")

    book = read([
        ["物资收发存台账(仓库:衡南县应急物资储备库)"],
        ["入账日期", "凭证号", "品名", "规格", "计量单位", "收入数量", "发出数量", "结存数量",
         "领用人"],
        ["2026/3/1", "001", "毛毯", None, "条", 50, None, 50, None],
        [None, "002", "毛毯", None, "条", None, 20, 30, "王五"],
        ["合计", None, None, None, None, 50, 20, 30],
    ], change=merge)  # fmt: skip
    assert book.form == "register"
    assert [(r.kind, str(r.quantity), r.site, r.day) for r in book.rows] == [
        ("receipt", "50", SITE, date(2026, 3, 1)), ("issue", "-20", SITE, date(2026, 3, 1)),
    ]  # fmt: skip
    assert book.problems == ()


@pytest.mark.parametrize(
    ("title", "quantity", "kind"),
    [("应急物资出库单", "-8", "issue"), ("救灾物资入库验收单", "8", "receipt"),
     ("应急物资领用登记表", "-8", "issue")],
)  # fmt: skip
def test_slips_whose_title_says_what_happened(read, title, quantity, kind):
    book = read([
        [title], ["单号:A-17", "日期:2026年5月6日", "仓库:" + STORE],
        ["序号", "名称", "型号", "单位", "数量", "备注"], [1, "棉被", None, "床", 8, None],
        ["经手人:", "张三", "批准人:", "李四"],
    ])  # fmt: skip
    assert book.form == "register"
    assert [(r.kind, str(r.quantity), r.site) for r in book.rows] == [(kind, quantity, SITE)]


def test_register_with_day_and_quantity_under_in_and_out(read):
    def merge(book):
        for span in ("A1:A2", "B1:B2", "C1:D1", "E1:F1", "G1:G2"):
            book.active.merge_cells(span)

    book = read([
        ["物资名称", "单位", "入库", None, "出库", None, "存放地点"],
        [None, None, "日期", "数量", "日期", "数量", None],
        ["棉被", "床", "2026-01-02", 9, "2026-02-03", 4, STORE],
    ], change=merge)  # fmt: skip
    assert [(r.kind, str(r.quantity), r.day) for r in book.rows] == [
        ("receipt", "9", date(2026, 1, 2)), ("issue", "-4", date(2026, 2, 3)),
    ]  # fmt: skip


# --- F3 ---------------------------------------------------------------------------------


def test_allocation_order_with_units_in_the_title_rows(read):
    book = read([
        ["应急物资调拨通知单"],
        ["调出单位:市本级库", None, "调入单位:" + STORE, None, "调拨日期:2026-07-10"],
        ["物资名称", "规格型号", "单位", "应发数量", "实发数量", "实收数量", "备注"],
        ["棉被", None, "床", 100, 90, 88, "少2床"],
        ["毛毯", None, "条", 60, 60, 60, None],
    ])  # fmt: skip
    assert book.form == "transfer"
    assert [(r.site, r.to_site, str(r.quantity), r.day) for r in book.rows] == [
        ("city-430400-store", SITE, "90", date(2026, 7, 10)),
        ("city-430400-store", SITE, "60", date(2026, 7, 10)),
    ]  # fmt: skip
    assert [(f.code, f.cell, f.found) for f in book.problems] == [("received-differs", "F4", "88")]


def test_allocation_order_received_other_than_ordered(read):
    book = read([
        ["救灾物资调运单"],
        ["序号", "发货单位", "收货单位", "品名", "计量单位", "调拨数量", "签收数量", "承运人",
         "车牌号", "发货日期"],
        [1, STORE, OTHER, "雨衣", "件", 30, 25, "张三", "湘D12345", "2026.7.1"],
    ])  # fmt: skip
    assert [(r.site, r.to_site, str(r.quantity)) for r in book.rows] == [(SITE, OTHER_SITE, "30")]
    assert codes(book) == ["received-differs"]


# --- F4 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        ["序号", "物资名称", "规格型号", "单位", "现有库存", "计划采购数量", "预算单价",
         "预算金额", "资金来源"],
        ["编号", "品名", "技术参数", "计量单位", "库存数量", "拟购数量", "单价(元)", "金额(万元)",
         "采购方式"],
    ],
)  # fmt: skip
def test_purchase_plans_are_never_posted(read, head):
    book = read(
        [["2026年度救灾物资购置计划"], head, [1, "棉被", None, "床", 5, 100, 90, 9000, "财政"]]
    )
    assert (book.form, book.read, codes(book)) == ("purchase", 0, ["form-not-posted"])


def test_purchase_plan_with_what_arrived(read):
    book = read([
        ["应急物资采购计划表"],
        ["物资名称", "单位", "计划采购数量", "预算单价", "验收数量"],
        ["棉被", "床", 100, 90, 95], ["毛毯", "条", 50, 80, 50],
    ])  # fmt: skip
    assert [(f.code, f.cell) for f in book.problems] == [
        ("form-not-posted", "A2"), ("received-differs", "E3"),
    ]  # fmt: skip


# --- F5 ---------------------------------------------------------------------------------


def test_stocktake_with_gain_and_loss_columns(read):
    book = read([
        ["固定资产盘点表", None, None, "盘点日期", "2026-06-30"],
        ["序号", "资产编号", "设备名称", "规格型号", "单位", "账存数", "实盘数", "盘盈", "盘亏",
         "差异原因",
         "存放库房"],
        [1, "G01", "发电机", "5kW", "台", 4, 3, None, 1, "报废", STORE],
        [2, "G02", "油锯", None, "台", 4, 0, None, 4, None, STORE],
        ["盘点人:张三", None, None, "监盘人:李四"],
    ])  # fmt: skip
    assert book.form == "stocktake"
    assert taken(book) == [("genset-5kw", "3"), ("chainsaw", "0")]
    assert {r.day for r in book.rows} == {date(2026, 6, 30)}
    assert book.problems == ()


def test_a_stocktake_by_columns_under_the_title_of_a_ledger(read):
    book = read([
        ["衡南县应急物资台账"], ["品名", "单位", "账面数量", "清点数量", "库点"],
        ["毛毯", "条", 9, 7, STORE],
    ])  # fmt: skip
    assert (book.form, taken(book)) == ("stocktake", [("blanket", "7")])
    assert codes(book) == ["form-unsure"]
    assert "实盘数量" in book.tables[0].why
    assert "stock" in [name for name, _ in book.tables[0].near]


# --- F6 ---------------------------------------------------------------------------------


def test_need_by_township_with_merged_places_and_deadline(read):
    def merge(book):
        book.active.merge_cells("A3:A4")

    book = read([
        ["衡南县受灾群众生活物资需求统计表"],
        ["乡镇", "转移安置人口", "集中安置点", "品名", "计量单位", "缺口数量", "要求到达时间",
         "联系人"],
        ["云集街道", 200, "中学", "棉被", "床", 120, "2026-07-10 08:00", "张三"],
        [None, 200, "中学", "毛毯", "条", 60, "2026-07-10", "张三"],
        ["合计", 200, None, None, None, 180],
    ], change=merge)  # fmt: skip
    assert book.form == "need"
    assert [(r.area, str(r.quantity)) for r in book.rows] == [
        ("430422001", "120"), ("430422001", "60"),
    ]  # fmt: skip


def test_need_of_one_county_by_its_title(read):
    book = read([
        ["防汛物资申请表"], ["申请单位:衡南县应急管理局", None, "日期:2026.7.9"],
        ["序号", "物资名称", "规格", "单位", "申请数量", "用途"], [1, "编织袋", None, "条", "2万",
         "堤防"],
    ])  # fmt: skip
    assert book.form == "need"
    assert [(r.area, r.item, str(r.quantity)) for r in book.rows] == [
        ("430422", "bag-woven", "20000")
    ]


# --- F7 ---------------------------------------------------------------------------------


def test_wide_table_by_storehouse_with_two_header_rows(read):
    def merge(book):
        for span in ("A2:A3", "B2:B3", "C2:E2", "F2:G2"):
            book.active.merge_cells(span)

    book = read([
        ["衡阳市救灾物资储备情况统计表"],
        ["序号", "储备库名称", "生活类", None, None, "防汛类", None],
        [None, None, "棉被(床)", "毛毯(条)", "折叠床（张）", "救生衣(件)", "编织袋(万条)"],
        [1, STORE, 10, "-", 3, 20, 1.5],
        [2, OTHER, "若干", 4, None, 0, "/"],
        ["合计", None, 10, 4, 3, 20, 1.5],
    ], change=merge)  # fmt: skip
    assert book.form == "wide"
    assert {(r.site, r.item, str(r.quantity)) for r in book.rows} == {
        (SITE, "quilt-winter", "10"), (SITE, "bed-folding", "3"), (SITE, "vest-life", "20"),
        (SITE, "bag-woven", "15000"), (OTHER_SITE, "blanket", "4"), (OTHER_SITE, "vest-life", "0"),
    }  # fmt: skip
    assert codes(book) == ["quantity-vague"]


def test_wide_table_of_the_county_survey_with_other_goods(read):
    book = read([
        ["XX市救灾物资储备情况统计表"],
        ["县(区)", "储备库点数量(个)", "地址", "联系人", "联系电话", "合计总件套数", "救灾帐篷(顶)",
         "棉被(床)", "其他被子(床)", "棉大衣(件)", "雨衣(件)", "其他装备数量(个)", "经度", "纬度"],
        ["衡南县", 1, "某路", "张三", 13900000000, 37, None, 20, None, 7, 10, None, 112.6, 26.7],
    ])  # fmt: skip
    assert book.form == "wide"
    assert {(r.item, str(r.quantity)) for r in book.rows} == {
        ("quilt-winter", "20"), ("coat-cotton", "7"), ("raincoat", "10"),
    }  # fmt: skip
    assert book.problems == ()


# --- F8, F9 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        ["队伍名称", "类别", "人数", "负责人", "电话", "驻地", "装备名称", "数量"],
        ["序号", "救援队伍", "人数", "责任人", "联系电话", "器材名称", "数量"],
    ],
)
def test_teams_are_recognised_and_never_stock(read, head):
    book = read(
        [["应急救援队伍及装备统计表"], head, [1, "甲", 20, "张", 139, "x", "油锯", 3][: len(head)]]
    )
    assert (book.form, book.read, codes(book)) == ("teams", 0, ["form-not-posted"])


def test_storehouses_in_other_words(read):
    book = read([
        ["应急物资储备库点基本情况表"],
        ["序号", "库点名称", "储备库级别", "详细地址", "东经", "北纬", "建筑面积", "库容",
         "主管部门", "值班电话"],
        [1, STORE, "县级", "某路", "112.6", "26.7°", "300平方米", "900立方米", "县局", "0734-1"],
        [2, "某镇物资站", "乡镇级", "某街", 112.7, 26.8, 50, None, "镇政府", None],
    ])  # fmt: skip
    assert book.form == "sites"
    assert [(s.site, s.tier, s.lat) for s in book.sites] == [
        (SITE, Tier.COUNTY, 26.7), (None, Tier.TOWNSHIP, 26.8),
    ]  # fmt: skip


# --- F10 --------------------------------------------------------------------------------


def test_agreements_by_days_hours_and_until(read):
    book = read([
        ["2026年应急物资产能储备登记表"],
        ["单位名称", "产品名称", "计量单位", "储备数量", "日最大产能", "响应时间", "合同有效期",
         "负责人"],
        ["某棉纺厂", "棉被", "床", "1000", 200, "12小时", "2026年1月1日-2028年12月31日", "张"],
        ["某水厂", "矿泉水", "箱", "2,000", None, "2天内", "至2027年6月", "李"],
    ])  # fmt: skip
    assert book.form == "agreement"
    assert [(a.quantity, a.notice_hours, a.valid_until) for a in book.agreements] == [
        (1000, 12, date(2028, 12, 31)), (2000, 48, date(2027, 6, 30)),
    ]  # fmt: skip
    assert {a.evidence for a in book.agreements} == {Evidence.ASSUMED}


def test_an_agreement_list_without_notice_is_no_stock(read):
    book = read([
        ["应急物资协议储备企业名单"], ["企业名称", "物资名称", "单位", "数量", "联系人", "电话"],
        ["某超市", "矿泉水", "箱", 500, "张", 139],
    ])  # fmt: skip
    assert (book.form, book.accepted) == ("agreement", 0)
    assert codes(book).count("column-missing") == 2


# --- fleet, households ------------------------------------------------------------------


def test_fleet_and_households_in_other_words(read):
    fleet = read([
        ["应急运力统计表"], ["序号", "存放地点", "运力类型", "台数", "所属单位"],
        [1, STORE, "4.2米厢货", "3辆", "交通局"],
    ])  # fmt: skip
    assert [(f.site, f.vehicle_class, f.count) for f in fleet.fleet] == [(SITE, "truck-4m2", 3)]
    homes = read([
        ["家庭应急包入户调查表", None, "调查日期:2026年4月1日"],
        ["区县", "入户数", "已配备户数", "备注"], ["衡南县", "200户", "57户", None],
    ])  # fmt: skip
    assert [(s.area, s.asked, s.with_kit, s.surveyed_on) for s in homes.surveys] == [
        ("430422", 200, 57, date(2026, 4, 1))
    ]


# --- the user's word goes first ---------------------------------------------------------


def test_the_choice_is_explained_and_can_be_forced(read):
    rows = [["物资申请单"], ["物资名称", "单位", "数量", "存放地点"], ["棉被", "床", 5, STORE]]
    book = read(rows)
    assert book.form == "stock"
    assert codes(book) == []
    assert "有列" in book.tables[0].why
    assert " | " in book.tables[0].why
    assert book.tables[0].score > 0
    forced = read(rows, form="stocktake")
    assert forced.form == "stocktake"
    assert forced.tables[0].why == "由用户指定 | named by the user"


def test_findings_speak_both_languages(read):
    book = read([
        ["物资名称", "单位", "数量", "存放地点", "生产日期"],
        ["某物|甲", "床", "多少|不知", "老库|甲", "哪天"], ["棉被", "吨", "约5", STORE, "2021.1"],
    ])  # fmt: skip
    assert len(book.problems) >= 5
    for finding in book.problems:
        for text in (finding.message, finding.hint):
            zh, bar, en = text.partition(" | ")
            assert zh
            assert bar
            assert en
            assert " | " not in en
            assert any("一" <= c <= "鿿" for c in zh)


def test_each_workbook_is_read_alike_whatever_its_sheets_are_called(city, make_xlsx):
    rows = [["物资名称", "单位", "数量", "存放地点"], ["棉被", "床", 5, STORE]]
    for sheet in ("Sheet1", "表1", "2026年6月", "库存"):
        assert read_workbook(make_xlsx({sheet: rows}), "a.xlsx", city).accepted == 1
