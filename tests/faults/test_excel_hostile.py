"""Files made to harm the reader end in one line within seconds, in bounded memory."""

import io
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from supplies.city import City
from supplies.errors import WorkbookError
from supplies.excel import child, parse
from supplies.excel.ole import Compound, OleError
from supplies.excel.read import read_workbook
from supplies.files import load_city

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "excel_in"
SECONDS = 30.0
KNOWN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = b"".join(
    b'<c r="%s1" t="inlineStr"><is><t>%s</t></is></c>' % (letter, word.encode())
    for letter, word in zip(
        (b"A", b"B", b"C", b"D"), ("物资名称", "单位", "数量", "存放地点"), strict=True
    )
)
ROW = "".join(
    f'<c r="{letter}2" t="inlineStr"><is><t>{word}</t></is></c>'
    for letter, word in zip("ABCD", ("棉被", "床", "5", "衡南县应急物资储备库"), strict=True)
).encode()
DATA = b'<row r="1">' + HEAD + b'</row><row r="2">' + ROW + b"</row>"


@pytest.fixture(scope="module")
def city(hengyang_dir: Path) -> City:
    return load_city(hengyang_dir)


def sheet(data: bytes, after: bytes = b"") -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="' + KNOWN + b'"><sheetData>'
        + data + b"</sheetData>" + after + b"</worksheet>"
    )  # fmt: skip


def book(*sheets: bytes, more: dict[str, bytes] | None = None, names: int = 0) -> bytes:
    """Return a workbook of raw sheets; ``names`` adds as many names of the first sheet."""
    out = io.BytesIO()
    count = max(len(sheets), names)
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="rId{min(n, len(sheets))}"/>'
        for n in range(1, count + 1)
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    if "xl/sharedStrings.xml" in (more or {}):
        links += f'<Relationship Id="s" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{KNOWN.decode()}" xmlns:r="{office}"><sheets>{listed}</sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}">{links}</Relationships>',
        )
        for number, body in enumerate(sheets, 1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", body)
        for name, body in (more or {}).items():
            archive.writestr(name, body)
    return out.getvalue()


def refused(data: bytes, name: str, city: City, *words: str) -> None:
    begun = time.monotonic()
    with pytest.raises(WorkbookError) as caught:
        read_workbook(data, name, city)
    text = str(caught.value)
    assert time.monotonic() - begun < SECONDS
    assert "\n" not in text
    assert " | " in text
    for word in words:
        assert word in text, text


def test_the_raw_workbook_is_read(city):
    assert read_workbook(book(sheet(DATA)), "a.xlsx", city).accepted == 1


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "XFD3"])
@pytest.mark.parametrize("regular", [True, False])
def test_a_far_cell(city, cell, regular):
    row = "".join(c for c in cell if c.isdigit())
    space = "" if regular else "\n"
    far = f'<row r="{row}"><c{space} r="{cell}"><v>1</v></c></row>'.encode()
    data = book(sheet(DATA + far))
    if cell == "XFD3":
        assert read_workbook(data, "a.xlsx", city).accepted == 1
    else:
        refused(data, "a.xlsx", city, cell)


def test_a_cell_that_hides_its_row_number(city):
    far = b'<row r="3"><c r="B1048576"><v>1</v></c></row>'
    refused(book(sheet(DATA + far)), "a.xlsx", city, "B1048576")


@pytest.mark.parametrize("body", [b'<row r="%d"/>', b'<row r="%d"><c r="A%d"/></row>'])
def test_a_million_empty_rows_are_no_rows(city, body):
    count = body.count(b"%d")
    rows = b"".join(body % ((n,) * count) for n in range(3, 1_000_003))
    begun = time.monotonic()
    found = read_workbook(book(sheet(DATA + rows)), "a.xlsx", city)
    assert found.accepted == 1
    assert time.monotonic() - begun < SECONDS


def test_too_many_filled_cells(city):
    rows = b"".join(
        b'<row r="%d"><c r="D%d"><v>1</v></c></row>' % (n, n) for n in range(3, 600_000)
    )
    refused(book(sheet(DATA + rows)), "a.xlsx", city)


def test_thousands_of_sheets(city):
    refused(book(sheet(DATA), names=5000), "a.xlsx", city, "5000", "300")
    refused(book(*[sheet(DATA)] * 3100), "a.xlsx", city, "3000")


def test_a_huge_shared_string_used_again_and_again(city):
    text = b"x" * (3 << 20)
    strings = b'<sst xmlns="%s"><si><t>%s</t></si></sst>' % (KNOWN, text)
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(3, 30_000)
    )
    data = book(sheet(DATA + cells), more={"xl/sharedStrings.xml": strings})
    refused(data, "a.xlsx", city)


def test_one_text_longer_than_a_cell_can_hold(city):
    long = DATA.replace("床".encode(), b"x" * 40_000)
    refused(book(sheet(long)), "a.xlsx", city, "32767")


def test_a_zip_bomb_and_a_lying_size(city):
    refused(book(sheet(DATA), more={"xl/x.xml": b" " * (20 << 20)}), "a.xlsx", city, "炸弹")
    data = bytearray(book(sheet(DATA), more={"xl/x.xml": b" " * 200_000}))
    at = data.rindex(b"xl/x.xml") - 46
    struct.pack_into("<I", data, at + 24, 10)
    refused(bytes(data), "a.xlsx", city)


@pytest.mark.parametrize(
    "lead",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]>', b"<!doctype x>", b'<!ENTITY a SYSTEM "file:///etc/passwd">',
        b"<! DOCTYPE x>", b"< !DOCTYPE x>", b"<!\nENTITY x>",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/theme/theme1.xml"]
)
def test_declarations(city, lead, part):
    more = {part: lead + b"<x/>"} if "sheet1" not in part else None
    body = lead + sheet(DATA) if more is None else sheet(DATA)
    refused(book(body, more=more), "a.xlsx", city)


def test_macros_under_another_name(city):
    data = book(sheet(DATA), more={"xl/vbaProject.bin": b"\0" * 100})
    refused(data, "a.xlsx", city, "宏", "macros")
    assert read_workbook(data, "a.xlsm", city).accepted == 1


@pytest.mark.parametrize("name", ["locked.xls", "locked.ods"])
def test_passwords(city, name):
    refused((GOLDEN / name).read_bytes(), name, city, "密码", "password")


@pytest.mark.parametrize(
    ("file", "name"),
    [("ledger.xls", "a.xlsx"), ("ledger.ods", "a.xls"), ("ledger.ods", "a.xlsx"), ("ledger.csv",
     "a.xls"),
     ("ledger.xls", "a.csv"), ("ledger.csv", "a.txt"), ("ledger.csv", "a.xlsb")],
)  # fmt: skip
def test_wrong_extensions(city, file, name):
    refused((GOLDEN / file).read_bytes(), name, city)


@pytest.mark.parametrize(
    "file", ["ledger.xls", "ledger.ods", "marked.xls", "marked.ods", "raw.xlsx"]
)
def test_torn_at_many_places(file):
    data = book(sheet(DATA)) if file == "raw.xlsx" else (GOLDEN / file).read_bytes()
    whole = [sheet.rows for sheet in parse.sheets(data, file)]
    torn = 0
    for step in range(40):
        try:
            found = parse.sheets(data[: len(data) * step // 40], file)
        except WorkbookError:
            torn += 1
        else:  # only what stands behind the sheets was lost
            assert [sheet.rows for sheet in found] == whole
    assert torn > 25


def test_backward_and_boundless_merges(city):
    back = b'<mergeCells count="1"><mergeCell ref="D9:A1"/></mergeCells>'
    refused(book(sheet(DATA, back)), "a.xlsx", city, "D9:A1")
    wide = b'<mergeCells><mergeCell ref="A5:XFD1048576"/></mergeCells>'
    assert read_workbook(book(sheet(DATA, wide)), "a.xlsx", city).accepted == 1


def test_sheets_written_in_an_irregular_way_are_read_alike(city):
    for old, new in (
        (b'<c r="', b'<c  r="'), (b'<row r="', b'<row spans="1:4" r="'), (b"<sheetData>",
         b"<sheetData >"),
        (b"</sheetData>", b"<!-- x --></sheetData>"),
    ):  # fmt: skip
        body = sheet(DATA).replace(old, new)
        assert read_workbook(book(body), "a.xlsx", city).accepted == 1
    prefixed = (
        sheet(DATA)
        .replace(b"xmlns=", b"xmlns:x=")
        .replace(b"</", b"</x:")
        .replace(b"<w", b"<x:w")
        .replace(b"<s", b"<x:s")
        .replace(b"<r", b"<x:r")
        .replace(b"<c", b"<x:c")
        .replace(b"<i", b"<x:i")
        .replace(b"<t", b"<x:t")
    )
    assert read_workbook(book(prefixed), "a.xlsx", city).read in (0, 1)


def test_a_parser_that_dies_or_hangs_ends_in_one_line(city, monkeypatch):
    data = book(sheet(DATA))
    for script in (
        "import os; os.abort()",
        "print('no answer')",
        "raise SystemExit(3)",
        "x = b' ' * (9 << 40)",
    ):
        monkeypatch.setattr(child, "_START", script)
        refused(data, "a.xlsx", city, "内存")
    monkeypatch.setattr(child, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(child, "SECONDS_MAX", 0.5)
    refused(data, "a.xlsx", city, "0.5")


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_the_child_cannot_take_more_memory_than_it_may():
    script = (
        "from supplies.excel.parse import limit\nlimit()\n"
        "try:\n x = bytearray(3 << 30)\nexcept MemoryError:\n print('stopped')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "stopped"


def test_compound_files_that_run_in_circles():
    data = bytearray((GOLDEN / "ledger.xls").read_bytes())
    first = struct.unpack_from("<I", data, 48)[0]
    fat = struct.unpack_from("<I", data, 76)[0]
    struct.pack_into("<I", data, (fat + 1) * 512 + 4 * first, first)
    with pytest.raises(OleError):
        Compound(bytes(data))
    with pytest.raises(OleError):
        Compound(b"\xd0\xcf\x11\xe0" * 200)
    with pytest.raises(OleError):
        Compound((GOLDEN / "ledger.xls").read_bytes()).stream("nothing")


def test_far_cells_of_an_old_workbook():
    data = bytearray((GOLDEN / "ledger.xls").read_bytes())
    stream = Compound(bytes(data)).stream("workbook")
    at = stream.index(struct.pack("<HHHH", 0xFD, 10, 0, 0))
    where = bytes(data).index(stream[at : at + 8])
    struct.pack_into("<HH", data, where + 4, 65_535, 255)
    with pytest.raises(WorkbookError, match="IV65536"):
        parse.sheets(bytes(data), "a.xls")
