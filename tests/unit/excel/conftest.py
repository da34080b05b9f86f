"""A city, and workbooks made of a few rows."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from supplies.city import City
from supplies.excel import child, parse
from supplies.excel.read import read_workbook
from supplies.excel.result import ImportedWorkbook
from supplies.files import load_city

Rows = Sequence[Sequence[object]]
Read = Callable[..., ImportedWorkbook]


@pytest.fixture(scope="session")
def city(hengyang_dir: Path) -> City:
    return load_city(hengyang_dir)


@pytest.fixture
def here(monkeypatch):
    """Parse in this process, for tests that read many small workbooks."""

    def parsing(data: bytes, name: str) -> list[parse.Sheet]:
        return child.unpacked(*child.answered(parse.packed(parse.sheets(data, name), name)))

    monkeypatch.setattr(child, "parse", parsing)


def xlsx(sheets: dict[str, Rows], change: Callable[[Workbook], None] | None = None) -> bytes:
    """Return a workbook of the sheets, changed as the test needs."""
    book = Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def read(city: City) -> Read:
    def reading(
        rows: Rows, *, sheet: str = "Sheet1", change=None, name: str = "册.xlsx", **more: str
    ) -> ImportedWorkbook:
        return read_workbook(xlsx({sheet: rows}, change), name, city, **more)

    return reading


@pytest.fixture
def make_xlsx() -> Callable[..., bytes]:
    return xlsx


@pytest.fixture
def with_sites(city: City) -> Callable[..., City]:
    """Return the city with more names for some of its sites."""

    def named(**aliases: tuple[str, ...]) -> City:
        sites = dict(city.sites)
        for key, names in aliases.items():
            site = key.replace("_", "-")
            sites[site] = replace(sites[site], aliases=(*sites[site].aliases, *names))
        return replace(city, sites=sites)

    return named


STORE = "衡南县应急物资储备库"
HEAD = ["序号", "物资名称", "规格型号", "单位", "数量", "存放地点", "备注"]
