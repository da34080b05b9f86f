"""Blank workbooks read back what is filled in; marked workbooks are the user's own."""

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from supplies.errors import WorkbookError
from supplies.excel.columns import FIELDS
from supplies.excel.forms import FORMS, TEMPLATES
from supplies.excel.manual import dictionary
from supplies.excel.marked import FINDINGS_SHEET, write_errors
from supplies.excel.read import read_workbook
from supplies.excel.template import write_template
from supplies.tiers import Tier

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden" / "excel_in"


def values_for(city, lang):
    """Return one value of every field a template asks for."""
    zh = lang == "zh"
    item, site = city.items["quilt-winter"], city.sites["county-430422-store"]
    county, vehicle = city.areas["430422"], city.vehicles["truck-4m2"]
    pick = lambda thing: thing.name_zh if zh else thing.name_en  # noqa: E731
    return {
        "item_name": pick(item), "item_code": item.id, "spec": "", "store": pick(site),
        "unit": item.unit_zh if zh else item.unit_en, "place_admin": pick(county),
        "qty_stock": 12, "qty_in": 12, "qty_out": None, "qty_counted": 12, "qty_book": 10,
        "qty_need": 12, "qty_agreed": 12, "qty_daily": None, "mfg_date": date(2025, 1, 2),
        "expiry": "5年", "in_date": date(2025, 2, 3), "day": date(2026, 3, 4),
        "status": "可用" if zh else "usable", "owner_tier": "市级" if zh else "city",
        "source_mode": "实物" if zh else "physical", "level": "县级" if zh else "county",
        "supplier": "某公司", "notice": "24小时", "valid_until": date(2027, 12, 31),
        "owner_unit": pick(county), "remark": "x", "document": "D1", "vehicle_count": 3,
        "vehicle_class": pick(vehicle), "asked": 100, "with_kit": 30, "shelter": "s", "people": 9,
        "purpose": "p", "to_unit": "u", "address": "a", "lon": 112.6, "lat": 26.7,
        "area_m2": 100, "volume_m3": 300, "keeper": "k", "phone": "1",
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", TEMPLATES)
def test_a_filled_template_reads_back_without_findings(city, form, lang):
    out = io.BytesIO()
    write_template(form, city, out, lang)
    empty = read_workbook(out.getvalue(), "t.xlsx", city)
    assert (empty.form, empty.read, empty.problems) == (form, 0, ())
    book = load_workbook(io.BytesIO(out.getvalue()))
    sheet = book.worksheets[0]
    filling = values_for(city, lang)
    for column, name in enumerate(FORMS[form].template, 1):
        assert sheet.cell(3, column).value == FIELDS[name].title(lang)
        sheet.cell(4, column).value = filling[name]
    offered = {str(rule.sqref).split(":")[0] for rule in sheet.data_validations.dataValidation}
    assert offered
    filled = io.BytesIO()
    book.save(filled)
    found = read_workbook(filled.getvalue(), "t.xlsx", city)
    assert (found.form, found.accepted, found.problems) == (form, 1, ())
    for row in found.rows:
        assert (row.item, abs(row.quantity)) == ("quilt-winter", 12)
        assert row.owner_tier in (Tier.CITY, None)
        if form != "need":
            assert row.site == "county-430422-store"


def test_templates_that_do_not_exist(city, tmp_path):
    with pytest.raises(WorkbookError, match="没有模板"):
        write_template("poem", city, tmp_path / "a.xlsx")
    with pytest.raises(WorkbookError, match="语言"):
        write_template("stock", city, tmp_path / "a.xlsx", "fr")
    with pytest.raises(WorkbookError, match="写不了"):
        write_template("stock", city, tmp_path / "none" / "a.xlsx")


def test_the_data_dictionary_is_current():
    written = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary(), "run: python -m supplies.excel.columns"


@pytest.mark.parametrize("name", ["ledger.xls", "ledger.ods", "ledger.csv"])
def test_old_and_open_formats_give_the_same_rows(city, name):
    book = read_workbook(GOLDEN / name, name, city)
    assert [(r.item, str(r.quantity), r.produced, r.expiry, r.site) for r in book.rows] == [
        ("quilt-winter", "1200", date(2021, 5, 1), date(2031, 5, 1), "county-430422-store"),
        ("water-bottled", "2", date(2021, 5, 20), None, "county-430422-store"),
    ]
    assert [(f.code, f.cell) for f in book.problems] == [("item-unknown", "B5")]


def test_the_users_own_workbook_comes_back_marked(city, make_xlsx, tmp_path):
    def change(book):
        book.active.merge_cells("A1:D1")
        book.active["D4"].data_type = "s"
        book.active["F3"] = "=SUM(1,2)"

    rows = [["台账"], ["物资名称", "单位", "数量", "存放地点"], ["月球车", "台", "若干", "衡南县"],
            ["棉被", "床", 5, "=HYPERLINK(1)"]]  # fmt: skip
    source = tmp_path / "台账.xlsx"
    source.write_bytes(make_xlsx({"台账": rows}, change))
    found = read_workbook(source, source.name, city)
    out = tmp_path / "out.xlsx"
    write_errors(source, found.problems, out)
    book = load_workbook(out)
    sheet = book["台账"]
    assert sheet["A3"].fill.fgColor.rgb == "00FFC7CD"
    assert "目录里没有" in sheet["A3"].comment.text
    assert "若干" in sheet["C3"].comment.text
    assert (sheet["D4"].value, sheet["D4"].data_type) == ("=HYPERLINK(1)", "s")
    assert (sheet["F3"].value, sheet["F3"].data_type) == ("=SUM(1,2)", "f")
    findings = list(book[FINDINGS_SHEET].values)
    assert len(findings) == 2 + len(found.problems)
    assert "=HYPERLINK(1)" in {row[3] for row in findings}
    assert {c.data_type for c in book[FINDINGS_SHEET]["D"][2:]} == {"s"}
    again = read_workbook(out, out.name, city)
    assert [f.code for f in again.problems] == [f.code for f in found.problems]


@pytest.mark.parametrize("name", ["ledger.xls", "ledger.ods", "ledger.csv"])
def test_other_formats_come_back_as_xlsx(city, name):
    found = read_workbook(GOLDEN / name, name, city)
    out = io.BytesIO()
    write_errors(GOLDEN / name, found.problems, out)
    book = load_workbook(io.BytesIO(out.getvalue()))
    sheet = book.worksheets[0]
    assert sheet["B5"].comment is not None
    assert sheet["I4"].value == "=不是公式"
    assert sheet["I4"].data_type == "s"


def test_a_marked_copy_that_cannot_be_made(tmp_path):
    with pytest.raises(WorkbookError, match="打不开"):
        write_errors(tmp_path / "none.xlsx", (), tmp_path / "out.xlsx")
    with pytest.raises(WorkbookError, match="写不了"):
        write_errors(GOLDEN / "ledger.csv", (), tmp_path / "none" / "out.xlsx")
    with pytest.raises(WorkbookError, match="空文件"):
        write_errors(b"", (), tmp_path / "out.xlsx", name="a.xlsx")


def test_the_sample_workbooks_read_without_errors(city, hengyang_dir):
    expected = {"01": "stock", "02": "register", "03": "stocktake", "04": "agreement"}
    for path in sorted((hengyang_dir / "workbooks").glob("*.xlsx")):
        book = read_workbook(path, path.name, city)
        assert book.form == expected[path.name[:2]]
        assert book.problems == ()
        assert book.accepted == book.read > 0
        assert all(row.site for row in book.rows)
