"""Single cells: quantities, dates, durations, condition, mode, tier; and units."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from supplies.excel.meanings import read_condition, read_source_mode, read_tier
from supplies.excel.units import conversion
from supplies.excel.values import han_number, read_day, read_expiry, read_number, read_quantity
from supplies.tiers import Tier


@pytest.mark.parametrize(
    ("cell", "amount", "unit", "note"),
    [
        (200, 200, "", ""),
        (0.1 + 0.2, "0.3", "", ""),
        ("200床", 200, "床", ""),
        ("1,200 条", 1200, "条", ""),
        ("1 200", 1200, "", ""),
        ("１，２００", 1200, "", ""),
        ("3.5万", 35000, "", ""),
        ("3.5万条", 35000, "条", ""),
        ("500千克", 500, "千克", ""),
        ("1m³", 1, "m3", ""),
        ("共200床", 200, "床", ""),
        ("1.39E+10", 13_900_000_000, "", ""),
        ("\u200b198件\n", 198, "件", ""),
        ("约500", 500, "", "quantity-approximate"),
        ("500左右", 500, "", "quantity-approximate"),
        ("100余件", 100, "件", "quantity-approximate"),
        ("20-30", 20, "", "quantity-range"),
        ("20~30床", 20, "床", "quantity-range"),
    ],
)
def test_quantities(cell, amount, unit, note):
    found = read_quantity(cell)
    assert (found.amount, found.unit, found.note, found.problem) == (
        Decimal(amount), unit, note, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (None, "quantity-missing"), ("", "quantity-missing"), (" \u3000", "quantity-missing"),
        ("-", "quantity-dash"), ("/", "quantity-dash"), ("——", "quantity-dash"),
        ("无", "quantity-dash"), ("若干", "quantity-vague"), ("不详", "quantity-vague"),
        (-5, "quantity-negative"), ("-5", "quantity-negative"), ("(5)", "quantity-negative"),
        ("12,34", "quantity-unreadable"), ("50+30", "quantity-unreadable"),
        (True, "quantity-unreadable"), (date(2021, 1, 1), "quantity-unreadable"),
        (float("nan"), "quantity-unreadable"), (float("inf"), "quantity-unreadable"),
        ("9" * 400, "quantity-too-large"), (1e300, "quantity-too-large"),
        ("5e99", "quantity-too-large"), ("#REF!", "quantity-unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_quantity(cell, problem):
    assert read_quantity(cell).problem == problem


@pytest.mark.parametrize(
    ("cell", "start", "end"),
    [
        ("2021.5", "2021-05-01", "2021-05-31"),
        (2021.5, "2021-05-01", "2021-05-31"),
        (2021.12, "2021-12-01", "2021-12-31"),
        ("2021.05.20", "2021-05-20", "2021-05-20"),
        ("2021年5月", "2021-05-01", "2021-05-31"),
        ("2024年2月", "2024-02-01", "2024-02-29"),
        ("20210520", "2021-05-20", "2021-05-20"),
        (20210520, "2021-05-20", "2021-05-20"),
        (44336, "2021-05-20", "2021-05-20"),
        ("44336", "2021-05-20", "2021-05-20"),
        ("42725.0", "2016-12-21", "2016-12-21"),
        ("2021-5-20", "2021-05-20", "2021-05-20"),
        ("2021/5/20 08:30", "2021-05-20", "2021-05-20"),
        (datetime(2021, 5, 20, 8), "2021-05-20", "2021-05-20"),
        ("16-02", "2016-02-01", "2016-02-29"),
        ("25-06", "2025-06-01", "2025-06-30"),
        ("２０２５年６月３０日", "2025-06-30", "2025-06-30"),
        ("202105", "2021-05-01", "2021-05-31"),
        ("2025年", "2025-01-01", "2025-12-31"),
        ("至2027年12月31日止", "2027-12-31", "2027-12-31"),
    ],
)
def test_days(cell, start, end):
    assert read_day(cell).day == date.fromisoformat(start)
    assert read_day(cell, end=True).day == date.fromisoformat(end)


def test_days_that_are_none_doubtful_or_wrong():
    assert read_day("/") == read_day(None) == read_day("")
    assert read_day("长期").notes == ("forever",)
    assert read_day(2021.1).notes == ("date-ambiguous",)
    assert read_day("2021年").notes == ("date-year-only",)
    for cell in ("abc", "2021/13/1", "2021-02-30", "00-00", True, 1e300, float("nan"), 3.7):
        assert read_day(cell).problem == "date-unreadable"
    for cell in ("1950-01-01", "2999.1.1", date(1949, 10, 1)):
        assert read_day(cell).problem == "date-out-of-range"


@pytest.mark.parametrize(
    ("cell", "header", "months", "days"),
    [
        ("5年", "有效期", 60, 0), ("36个月", "", 36, 0), ("12个月/瓶", "", 12, 0),
        ("一年半", "", 18, 0), ("3年6个月", "", 42, 0), ("三年", "", 36, 0), ("20年", "", 240, 0),
        ("540天", "", 0, 540), (5, "使用年限", 60, 0), (36, "保质期(月)", 36, 0),
        ("18", "保质期（月）", 18, 0), ("质保5年", "", 60, 0), ("1.5年", "", 18, 0),
    ],
)  # fmt: skip
def test_durations(cell, header, months, days):
    found = read_expiry(cell, header)
    assert (found.day, found.months, found.days, found.problem) == (None, months, days, "")


def test_expiry_days():
    assert read_expiry("2027.6").day == date(2027, 6, 30)
    assert read_expiry("25年6月").day == date(2025, 6, 30)
    assert read_expiry(46752).day == date(2027, 12, 31)
    assert read_expiry(5, "有效期").problem == "expiry-unit-missing"
    assert read_expiry("9999年").problem != ""
    assert read_expiry("500年").problem == "date-unreadable"


def test_words():
    assert read_condition("完好") == ("usable", True)
    assert read_condition("不完好") == ("damaged", True)
    assert read_condition("待检修") == ("inspect", True)
    assert read_condition("完好3 损坏2") == ("inspect", False)
    assert read_condition("") == ("usable", True)
    assert read_source_mode("协议储备") == ("agreement", "协议")
    assert read_source_mode("协议采购") == ("physical", "")
    assert read_source_mode("非协议") == ("physical", "")
    assert read_source_mode("市级代储")[0] == "held"
    assert read_source_mode("产能储备")[0] == "capacity"
    tiers = {
        "市级": Tier.CITY,
        "县级": Tier.COUNTY,
        "乡镇级": Tier.TOWNSHIP,
        "社区": Tier.COMMUNITY,
        "家庭": Tier.HOUSEHOLD,
        "County": Tier.COUNTY,
        "省级": None,
    }
    assert {word: read_tier(word) for word in tiers} == tiers
    assert read_number("-12.5") == Decimal("-12.5")
    assert read_number("abc") is None


@pytest.mark.parametrize(
    ("unit", "item", "spec", "factor", "note"),
    [
        ("箱", "water-bottled", "", "1", ""),
        ("瓶", "water-bottled", "", "1/24", ""),
        ("公斤", "rice-25kg", "", "1/25", ""),
        ("吨", "wire-steel", "", "1000", ""),
        ("斤", "wire-steel", "", "1/2", ""),
        ("千克", "deicer", "", "1/1000", ""),
        ("立方米", "sand-gravel", "", "1", ""),
        ("打", "torch", "", "12", ""),
        ("万条", "bag-woven", "", "10000", ""),
        ("升", "oil-5l", "", "1/5", ""),
        ("只", "mask-surgical-50", "", "1/50", ""),
        ("对", "boots-rain", "", "1", ""),
        ("条", "quilt-winter", "", "1", ""),
        ("quilt", "quilt-winter", "", "1", ""),
        ("箱", "quilt-winter", "20床/箱", "20", ""),
        ("件", "quilt-winter", "10床/件", "10", ""),
        ("箱", "quilt-winter", "", "10", "unit-pack"),
        ("个", "quilt-winter", "", "1", "unit-classifier"),
        ("", "quilt-winter", "", "1", "unit-assumed"),
    ],
)
def test_units_convert_exactly(city, unit, item, spec, factor, note):
    found = conversion(unit, city.items[item], spec)
    assert (found.factor, found.note, found.problem) == (Fraction(factor), note, "")


@pytest.mark.parametrize(
    ("unit", "item"),
    [
        ("件", "quilt-winter"), ("只", "boots-rain"), ("kg", "sand-gravel"), ("卷", "geotextile"),
        ("升", "quilt-winter"), ("天", "quilt-winter"), ("万", "tent-12-single"),
    ],
)  # fmt: skip
def test_units_that_do_not_convert(city, unit, item):
    found = conversion(unit, city.items[item])
    assert found.problem == "unit-unknown" or unit == "万"


@pytest.mark.parametrize(
    ("spelt", "number"),
    [("十", 10), ("十二", 12), ("二十", 20), ("两百", 200), ("一千零五", 1005), ("三万五千",
     35_000),
     ("贰拾叁", 23), ("二〇二一", 2021)],
)  # fmt: skip
def test_numbers_spelt_in_chinese(spelt, number):
    assert han_number(spelt) == number


def test_cells_of_equal_value_but_other_kind_stay_apart():
    assert read_quantity(1).amount == 1
    assert read_quantity(True).problem == "quantity-unreadable"
    assert read_quantity(1.0).amount == 1
