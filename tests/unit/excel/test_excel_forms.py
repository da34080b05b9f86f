"""Each form is told by its content and its rows mean what they say."""

from datetime import date
from decimal import Decimal

import pytest

from supplies.catalogue import Evidence
from supplies.excel.columns import candidates, header_key
from supplies.excel.forms import FORMS, TEMPLATES
from supplies.tiers import Tier

STORE = "衡南县应急物资储备库"
SITE = "county-430422-store"


def codes(book):
    return [finding.code for finding in book.problems]


def test_stock_ledger_with_titles_totals_and_merged_places(read):
    def merge(book):
        book.active.merge_cells("A1:H1")
        book.active.merge_cells("H4:H5")

    rows = [
        ["衡南县应急物资储备台账(2026年)"],
        ["填报单位：衡南县应急管理局  填报日期：2026年6月30日"],
        ["序号", "类别", "品 名", "规格型号", "计量单位", "库存数量", "生产日期", "存放地点"],
        [1, "生活", "棉被", "", "床", "1,200", "2021.5", STORE],
        [2, "生活", "矿泉水", "550ml*24瓶", "箱", 0, 44336, None],
        ["合计", None, None, None, None, 1200],
        ["填表人：张三", None, "审核：李四"],
    ]
    book = read(rows, change=merge)
    assert book.form == "stock"
    assert book.problems == ()
    assert (book.read, book.accepted, book.rejected) == (2, 2, 0)
    quilt, water = book.rows
    assert (quilt.item, quilt.quantity, quilt.site) == ("quilt-winter", 1200, SITE)
    assert quilt.kind == "count"
    assert quilt.day == date(2026, 6, 30)
    assert quilt.produced == date(2021, 5, 1)
    assert quilt.owner_tier is Tier.COUNTY
    assert (water.quantity, water.produced) == (0, date(2021, 5, 20))
    assert water.place_text == STORE
    assert book.tables[0].header_row == 3
    assert book.tables[0].columns["item_name"] == "品 名"


def test_blank_zero_and_dash_are_three_things(read):
    rows = [
        ["物资名称", "单位", "数量", "存放地点"],
        ["棉被", "床", None, STORE],
        ["棉被", "床", 0, STORE],
        ["棉被", "床", "-", STORE],
        ["棉被", "床", "若干", STORE],
        ["棉被", "床", -5, STORE],
    ]
    book = read(rows)
    assert [row.quantity for row in book.rows] == [0]
    assert codes(book) == [
        "quantity-missing", "quantity-dash", "quantity-vague", "quantity-negative",
    ]  # fmt: skip
    assert [finding.cell for finding in book.problems] == ["C2", "C4", "C5", "C6"]


def test_register_gives_receipts_and_issues_and_follows_the_balance(read):
    rows = [
        ["衡南县应急物资出入库登记表"],
        ["日期", "单号", "物资名称", "单位", "入库数量", "出库数量", "结存", "经手人", "领用单位"],
        ["2026-01-02", "R1", "棉被", "床", 100, None, 100, "张", None],
        ["2026-01-05", "C1", "棉被", "床", "-", 30, 70, "张", "云集镇政府"],
        ["2026-01-06", "C2", "棉被", "床", None, 10, 65, "张", "云集镇政府"],
        [None, "C3", "棉被", "床", None, 1, 64, "张", None],
        ["合计", None, None, None, 100, 41],
    ]
    book = read(rows)
    assert book.form == "register"
    assert [(r.kind, r.quantity, r.day) for r in book.rows] == [
        ("receipt", 100, date(2026, 1, 2)),
        ("issue", -30, date(2026, 1, 5)),
        ("issue", -10, date(2026, 1, 6)),
    ]
    assert book.rows[1].to_text == "云集镇政府"
    assert sorted(codes(book)) == ["balance-differs", "date-missing", "place-from-title"]
    assert book.rejected == 1


def test_a_row_may_both_receive_and_issue(read):
    rows = [
        ["日期", "物资名称", "单位", "入库数量", "出库数量", "存放地点"],
        ["2026-01-02", "棉被", "床", 100, 20, STORE],
        ["2026-01-03", "棉被", "床", None, None, STORE],
        ["2026-01-03", "棉被", "床", 0, None, STORE],
    ]
    book = read(rows)
    assert [row.quantity for row in book.rows] == [100, -20]
    assert codes(book) == ["quantity-missing", "quantity-zero"]
    assert book.read == 4


def test_a_one_sided_slip_takes_its_direction_from_the_title(read):
    rows = [
        ["应急物资入库单"],
        ["仓库名称：衡南县应急物资储备库   日期：2026年3月1日"],
        ["物资名称", "规格", "单位", "数量"],
        ["棉被", None, "床", 50],
    ]
    book = read(rows)
    assert book.problems == ()
    assert [(r.kind, r.quantity, r.day, r.site) for r in book.rows] == [
        ("receipt", 50, date(2026, 3, 1), SITE)
    ]


def test_opening_balance_lines_are_named_not_posted(read):
    rows = [
        ["日期", "物资名称", "单位", "摘要", "入库数量", "出库数量", "结存数量", "库点"],
        ["2026-01-01", "棉被", "床", "上年结转", None, None, 100, STORE],
        ["2026-01-02", "棉被", "床", "领用", None, 10, 90, STORE],
    ]
    book = read(rows)
    assert codes(book) == ["opening-not-posted"]
    assert book.read == 1


def test_two_header_levels_are_joined(read):
    def merge(book):
        for span in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2"):
            book.active.merge_cells(span)

    rows = [
        ["序号", "物资名称", "单位", "数量", None, "存放地点"],
        [None, None, None, "账面", "实盘", None],
        [1, "棉被", "床", 10, 8, STORE],
    ]
    for change in (merge, None):
        book = read(rows, change=change)
        assert book.form == "stocktake"
        assert [row.quantity for row in book.rows] == [8]
        assert book.problems == ()


def test_stocktake_by_title(read):
    book = read([["物资盘点表"], ["物资名称", "单位", "数量", "库房"], ["棉被", "床", 5, STORE]])
    assert (book.form, book.rows[0].kind, book.rows[0].form) == ("stocktake", "count", "stocktake")


def test_allocation_order_gives_transfers(read):
    rows = [
        ["救灾物资调拨单"],
        [
            "调拨单号",
            "调出单位",
            "调入单位",
            "物资名称",
            "单位",
            "应发数量",
            "实发数量",
            "调拨日期",
        ],
        ["D1", "市本级库", STORE, "棉被", "床", 100, 90, "2026.7.1"],
        ["D1", "市本级库", "某某救援队", "毛毯", "条", 50, None, "2026.7.1"],
    ]
    book = read(rows)
    assert book.form == "transfer"
    first, second = book.rows
    assert (first.site, first.to_site, first.quantity) == ("city-430400-store", SITE, 90)
    assert (second.to_site, second.quantity, second.document) == (None, 50, "D1")
    assert codes(book) == ["place-unknown"]


def test_request_gives_needs_by_area(read):
    rows = [
        ["衡南县救灾物资需求申请表"],
        [
            "乡镇（街道）",
            "受灾人口",
            "安置点",
            "物资名称",
            "单位",
            "需求数量",
            "已有数量",
            "需到达时间",
        ],
        ["云集街道", 300, "中学", "棉被", "床", 200, 20, "2026-07-09 18:00"],
        ["没有这个镇", 300, "中学", "棉被", "床", 200, 20, None],
    ]
    book = read(rows)
    assert book.form == "need"
    assert [(r.kind, r.area, r.quantity) for r in book.rows] == [("need", "430422001", 200)]
    assert codes(book) == ["area-unknown"]
    assert book.rejected == 1


def test_wide_county_table_is_unpivoted(read):
    rows = [
        ["衡阳市救灾物资储备情况统计表"],
        [
            "县（区）",
            "储备库点数量（个）",
            "地址",
            "合计总件套数",
            "棉被（床）",
            "雨衣（件）",
            "救灾帐篷（顶）",
            "经度",
            "纬度",
        ],
        ["衡南县", 1, "某路", 32, 20, 10, 2, 112.6, 26.7],
        ["衡山县", 1, "某路", 5, 5, "-", None, 112.8, 27.2],
        ["合计", 2, None, 37, 25, 11, 2, None, None],
    ]
    book = read(rows)
    assert book.form == "wide"
    assert {(r.place_text, r.item, r.quantity) for r in book.rows} == {
        ("衡南县", "quilt-winter", 20), ("衡南县", "raincoat", 10), ("衡山县", "quilt-winter", 5),
    }  # fmt: skip
    assert book.rows[0].site == SITE
    assert sorted(codes(book)) == ["item-unknown", "total-differs"]
    assert (book.read, book.rejected) == (4, 1)


def test_agreements(read, city):
    known = city.agreements[0]
    rows = [
        ["衡阳市应急物资协议储备企业名单"],
        ["企业名称", "物资名称", "单位", "协议数量", "日产能", "供货时限", "协议期限", "电话"],
        ["新企业公司", "棉被", "床", 500, None, "24小时内", "2025.1.1至2027.12.31", 13900000000],
        [known.supplier_name, "编织袋", "万条", 2, None, "3天", "长期", None],
        ["面包厂", "方便面", "箱", None, 300, 48, "2026-2027年", None],
        ["缺期限", "棉被", "床", 5, None, "尽快", None, None],
    ]
    book = read(rows)
    new, old, plant = book.agreements
    assert (new.quantity, new.notice_hours, new.valid_until) == (500, 24, date(2027, 12, 31))
    assert (new.owner, new.kind, new.evidence) == ("430400", "agreement", Evidence.ASSUMED)
    assert (old.supplier, old.quantity, old.notice_hours) == (known.supplier, 20_000, 72)
    assert old.evidence is Evidence.FOUND
    assert (plant.kind, plant.quantity, plant.valid_until) == ("capacity", 300, date(2027, 12, 31))
    assert new.node
    assert book.rejected == 1
    assert set(codes(book)) == {"notice-unreadable", "value-missing", "date-year-only"}


def test_storehouses_fleet_and_survey(read):
    sites = read([
        ["应急物资储备库(点)基本情况表"],
        ["名称", "级别", "地址", "经度", "纬度", "面积(㎡)", "容积", "管理单位", "责任人", "电话"],
        ["衡南县应急物资储备库", "县级", "某路", 112.6, 26.7, 300, 900, "县局", "王", 1.39e10],
        ["新库", "星级", "某路", 26.7, 112.6, 300, 900, "县局", "王", None],
    ])  # fmt: skip
    assert sites.form == "sites"
    assert [(s.site, s.tier, s.volume_m3, s.phone) for s in sites.sites] == [
        (SITE, Tier.COUNTY, 900.0, "13900000000")
    ]
    assert codes(sites) == ["tier-unknown", "number-out-of-range", "number-out-of-range"]
    fleet = read([["停放地点", "车型", "数量（辆）", "持有单位"], [STORE, "4.2米厢货", 3, "县局"],
                  [STORE, "飞船", 3.5, "县局"]])  # fmt: skip
    assert fleet.form == "fleet"
    assert [(f.site, f.vehicle_class, f.count) for f in fleet.fleet] == [(SITE, "truck-4m2", 3)]
    assert sorted(codes(fleet)) == ["number-out-of-range", "vehicle-unknown"]
    survey = read([["县(区)", "调查户数", "有包户数", "调查日期"], ["衡南县", 100, 30, "2026.5.1"],
                   ["衡山县", 100, 130, "2026.5.1"]])  # fmt: skip
    assert [(s.area, s.asked, s.with_kit) for s in survey.surveys] == [("430422", 100, 30)]
    assert codes(survey) == ["number-out-of-range"]


def test_purchase_plans_and_teams_are_named_not_posted(read):
    plan = read([["2026年度应急物资采购计划表"],
                 ["物资名称", "规格", "单位", "现有库存", "计划采购数量", "预算单价", "采购方式"],
                 ["棉被", None, "床", 10, 100, 90, "招标"]])  # fmt: skip
    assert (plan.form, plan.read, codes(plan)) == ("purchase", 0, ["form-not-posted"])
    team = read([["队伍名称", "人数", "负责人", "装备名称", "数量"], ["一队", 10, "王", "油锯", 2]])
    assert (team.form, team.read, codes(team)) == ("teams", 0, ["form-not-posted"])


def test_tables_stacked_and_side_by_side(read):
    head = ["物资名称", "单位", "数量", "存放地点"]
    rows = [
        [*head, None, *head],
        ["棉被", "床", 1, STORE, None, "毛毯", "条", 2, STORE],
        ["雨衣", "件", 3, STORE, None, None, None, None, None],
        [],
        ["第二批物资库存表"],
        head,
        ["雨靴", "双", 4, STORE],
    ]
    book = read(rows)
    assert sorted(int(row.quantity) for row in book.rows) == [1, 2, 3, 4]
    assert book.problems == ()
    assert [table.range for table in book.tables] == ["A1:D4", "F1:I7", "A6:D7"]


def test_one_sheet_per_storehouse(city, make_xlsx):
    from supplies.excel.read import read_workbook

    head = ["物资名称", "单位", "数量"]
    data = make_xlsx({STORE: [head, ["棉被", "床", 1]], "衡山县": [head, ["棉被", "床", 2]]})
    book = read_workbook(data, "a.xlsx", city)
    assert [row.site for row in book.rows] == [SITE, "county-430423-store"]
    assert {finding.code for finding in book.problems} == {"place-from-title"}


def test_form_and_site_can_be_forced(read):
    rows = [["物资名称", "单位", "数量", "存放地点"], ["棉被", "床", 5, "无名库"]]
    book = read(rows, form="stocktake", site=SITE)
    assert (book.form, book.rows[0].site, book.problems) == ("stocktake", SITE, ())
    book = read(rows, site=SITE)
    assert (book.rows[0].site, book.rows[0].place_text, book.problems) == (SITE, "无名库", ())
    book = read([rows[0], ["棉被", "床", 5, "衡山县"]], site=SITE)
    assert codes(book) == ["site-differs"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("单 价（元）", "unit_price"), ("物资\n名称", "item_name"), ("ＮＯ．", "seq"),
        ("数量(万条)", "qty_stock"), ("县（区）", "place_admin"), ("规格/型号", "spec"),
        ("储备库(点)名称", "store"), ("有效期至*", "expiry"), ("Quantity", "qty_stock"),
    ],
)  # fmt: skip
def test_headers_are_cleaned_before_they_are_looked_up(header, field):
    assert field in candidates(header)
    assert header_key("单 价（元）") == ("单价(元)", "单价", "元")


def test_every_form_uses_fields_of_the_dictionary():
    for form in FORMS.values():
        for group in (*form.required, *form.telling):
            assert set(group) <= set(form.fields)
        assert set(form.template) <= set(form.fields)
    assert set(TEMPLATES) == {
        "stock", "register", "stocktake", "agreement", "need", "sites", "fleet", "household",
    }  # fmt: skip


def test_total_at_the_top_and_subtotals(read):
    rows = [
        ["序号", "物资名称", "单位", "数量", "存放地点"],
        ["合计", None, None, 60, None],
        ["一、生活类"],
        [1, "棉被", "床", 10, STORE],
        [2, "毛毯", "条", 20, STORE],
        [None, "小计", None, 30, None],
        ["二、防汛类"],
        [1, "雨衣", "件", 30, STORE],
        [None, "小计", None, 31, None],
    ]
    book = read(rows)
    assert book.accepted == 3
    assert [(f.code, f.cell, f.message) for f in book.problems] == [
        (
            "total-differs",
            "D9",
            "合计写 31, 各行相加是 30 | the total says 31, the rows add up to 30",
        )
    ]
    assert Decimal(60) == sum(row.quantity for row in book.rows)
