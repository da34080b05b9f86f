"""Files that are no workbook, or made to harm the reader, end in one clear line."""

import io
import zipfile
from pathlib import Path

import pytest

from supplies.errors import WorkbookError
from supplies.excel import cells, guard, marks_xlsx, parse
from supplies.excel.guard import check
from supplies.excel.read import read_workbook

HEAD = ["物资名称", "单位", "数量", "存放地点"]
ROW = ["棉被", "床", 1, "衡南县"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def change_part(data, path, change):
    """Return the workbook with one part changed, or added."""
    out = io.BytesIO()
    packed = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", packed) as new:
        names = old.namelist()
        for name in [*names, *([] if path in names else [path])]:
            body = old.read(name) if name in names else b""
            new.writestr(name, change(body) if name == path else body)
    return out.getvalue()


@pytest.fixture
def book(make_xlsx):
    return make_xlsx({"台账": [HEAD, ROW]})


def refused(data, name, city, words):
    """Whether the file is refused in one line; without a city by the parsers alone."""
    with pytest.raises(WorkbookError) as caught:
        read_workbook(data, name, city) if city else parse.sheets(data, name)
    text = str(caught.value)
    assert words in text
    assert "\n" not in text
    assert name in text


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.xlsx", "空文件"),
        (b"hello world", "a.xlsx", "内容不是 .xlsx"),
        (b"hello", "a.docx", "不支持的扩展名"),
        (b"hello", "a", "不支持的扩展名"),
        (b"hello", "a.et", "另存为 .xlsx"),
        (OLE + b"\0" * 600, "a.xlsx", "旧版 .xls"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "密码"),
        (OLE + b"\0" * 600, "a.csv", "内容不是 .csv"),
        (OLE + b"\0" * 600, "a.xls", "损坏"),
        (OLE + bytes(range(256)) * 40, "a.xls", "损坏"),
        (b"<html><table></table></html>", "a.xls", "网页"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "a.xls", "XML"),
        (b"PK\x03\x04" + b"x" * 200, "a.xlsx", "打不开"),
        (b"a,b\x00c", "a.csv", "二进制"),
        (b"\xff\xff\xff\x81,\x80", "a.csv", "编码"),
        (b'"' + b"x" * 200_000, "a.csv", "CSV"),
    ],
)
def test_refused_before_parsing(city, data, name, words):
    refused(data, name, city, words)


def test_a_workbook_under_another_extension(city, book):
    refused(book, "a.xls", city, "扩展名")
    refused(book, "a.csv", city, "扩展名")
    refused(book, "a.ods", city, "content.xml")
    assert read_workbook(book, "A.XLSM", city).accepted == 1


def test_sizes_are_limited(book, monkeypatch):
    for name, most, words in (
        ("BYTES_MAX", 100, "上限"), ("EXPANDED_MAX", 1000, "展开后"), ("PARTS_MAX", 3, "个部分"),
    ):  # fmt: skip
        monkeypatch.setattr(guard, name, most)
        refused(book, "a.xlsx", None, words)
        monkeypatch.undo()
    for name, most, words in (("CELLS_MAX", 7, "个单元格"), ("SHEETS_MAX", 0, "个工作表")):
        monkeypatch.setattr(parse, name, most)
        refused(book, "a.xlsx", None, words)
        monkeypatch.undo()


def test_zip_bomb(city, book):
    bomb = change_part(book, "xl/comments.xml", lambda _: b" " * (12 << 20))
    refused(bomb, "a.xlsx", city, "压缩炸弹")


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "docProps/app.xml"]
)
def test_declared_entities_are_refused(city, book, part):
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    refused(change_part(book, part, lambda _: evil), "a.xlsx", city, "ENTITY")


def test_other_encodings_cannot_hide_a_declaration(city, book):
    evil = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16")
    refused(change_part(book, "xl/workbook.xml", lambda _: evil), "a.xlsx", city, "UTF-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'r="A2"', b'r="XFD1048576"', "XFD1048576"),
        (b'r="A2"', b'r="A1048576"', "A1048576"),
        (b'r="A2"', b'r="ZZZ9"', "超出"),
        (b'r="A2"', b'r="A99999999"', "无效"),
        (b'r="A2"', b'r="2A"', "无效"),
        (b'<row r="2"', b'<row r="-2"', "无效"),
        (b"</sheetData>", b"</sheet", "损坏"),
    ],
)
def test_far_or_broken_cells(city, book, old, new, words):
    def change(body):
        assert old in body
        return body.replace(old, new)

    refused(change_part(book, "xl/worksheets/sheet1.xml", change), "a.xlsx", city, words)


def test_a_false_dimension_and_a_boundless_merge_do_no_harm(city, book):
    def change(body):
        body = body.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"')
        merge = b'<mergeCells count="1"><mergeCell ref="A2:A1048576"/></mergeCells>'
        return body.replace(b"</sheetData>", b"</sheetData>" + merge)

    data = change_part(book, "xl/worksheets/sheet1.xml", change)
    assert read_workbook(data, "a.xlsx", city).accepted == 1


def test_merges_are_limited(book, monkeypatch):
    def change(body):
        span = b'<mergeCell ref="A1:D2"/>'
        return body.replace(
            b"</sheetData>", b"</sheetData><mergeCells>" + span * 20 + b"</mergeCells>"
        )

    many = change_part(book, "xl/worksheets/sheet1.xml", change)
    monkeypatch.setattr(cells, "CELLS_MAX", 40)
    grids = cells.grids_of(parse.sheets(many, "a.xlsx"))
    assert [len(grid.fill) for grid in grids] == [7]
    monkeypatch.setattr(marks_xlsx, "MERGES_MAX", 10)
    refused(many, "a.xlsx", None, "合并区域")


def test_missing_parts_and_links_elsewhere(city, book):
    def far(body):
        return body.replace(b"worksheets/sheet1.xml", b"../../../etc/passwd")

    found = read_workbook(change_part(book, "xl/_rels/workbook.xml.rels", far), "a.xlsx", city)
    assert [finding.code for finding in found.problems] == ["table-none"]


def test_repeated_cells_of_an_ods(city):
    data = (Path(__file__).parents[2] / "golden/excel_in/ledger.ods").read_bytes()

    def change(body):
        end = b'<table:table-row table:number-rows-repeated="1048576">'
        cell = (
            b'<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
        )
        rest = b"<text:p>x</text:p></table:table-cell></table:table-row></table:table>"
        return body.replace(b"</table:table>", end + cell + rest, 1)

    refused(change_part(data, "content.xml", change), "a.ods", city, "范围过大")
    many, none = b'number-columns-spanned="9"', b'number-columns-spanned="-9"'
    wrong = change_part(data, "content.xml", lambda body: body.replace(many, none, 1))
    refused(wrong, "a.ods", city, "重复次数")
    torn = change_part(data, "content.xml", lambda b: b[: len(b) // 2])
    refused(torn, "a.ods", city, "损坏")


def test_zip_with_password_or_odd_compression(city, book):
    marked = bytearray(book)
    at = marked.rindex(b"PK\x01\x02")
    marked[at + 8] |= 1
    refused(bytes(marked), "a.xlsx", city, "密码")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    refused(out.getvalue(), "a.xlsx", city, "压缩方式")


def test_unknown_form_site_or_path(city, book, tmp_path):
    for more in ({"form": "poem"}, {"site": "moon"}):
        with pytest.raises(WorkbookError, match="不存在"):
            read_workbook(book, "a.xlsx", city, **more)
    with pytest.raises(WorkbookError, match="打不开"):
        read_workbook(tmp_path / "none.xlsx", "none.xlsx", city)


def test_only_checked_parts_reach_the_parser(book):
    checked = check(book, "a.xlsx")
    with zipfile.ZipFile(io.BytesIO(checked.repacked())) as archive:
        assert set(archive.namelist()) == set(checked.parts)
        assert all(name.endswith((".xml", ".rels")) for name in archive.namelist())
