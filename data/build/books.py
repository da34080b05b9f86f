"""Workbooks as a storehouse writes them, and the same bytes each time they are written."""

import io
import random
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from aliases import ALIASES
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from stock import Lot
from tables import Row

Cell = str | int | float | date | None
STAMP = datetime.fromisoformat("2026-11-15T08:00:00")  # openpyxl wants no time zone
STAMP_XML = b"2026-11-15T08:00:00Z"
ZIP_STAMP = (2026, 11, 15, 8, 0, 0)
_THIN = Side(style="thin", color="999999")
BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
PLAIN, STRONG = Font(name="宋体"), Font(name="宋体", bold=True)
SHADE = PatternFill("solid", fgColor="DDE7F0")
MIDDLE = Alignment(vertical="center")
SURNAMES = "王李张刘陈杨黄周吴徐孙胡朱高林何郭马罗谢"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column's title and width in characters."""

    title: str
    width: float


class Sheet:
    """One sheet filled from the top."""

    def __init__(self, book: Workbook, name: str, columns: Sequence[Column]) -> None:
        self.sheet = book.create_sheet(name)
        self.columns = columns
        self.row = 0
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = self.sheet.PAPERSIZE_A4
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self.sheet.page_setup.fitToHeight = 0
        for index, column in enumerate(columns, start=1):
            self.sheet.column_dimensions[get_column_letter(index)].width = column.width

    def title(self, text: str, size: int = 16) -> None:
        """Write a line over the whole width."""
        self.row += 1
        self.sheet.cell(self.row, 1, text).font = Font(name="宋体", size=size, bold=size > 12)
        self.merge(self.row, 1, self.row, len(self.columns))

    def header(self) -> None:
        """Write the column titles."""
        self.row += 1
        for index, column in enumerate(self.columns, start=1):
            cell = self.sheet.cell(self.row, index, column.title)
            cell.font, cell.fill = STRONG, SHADE
            cell.alignment, cell.border = CENTRE, BORDER
        self.sheet.freeze_panes = self.sheet.cell(self.row + 1, 1)

    def line(self, values: Sequence[Cell], *, bold: bool = False) -> int:
        """Write a row; return its number."""
        self.row += 1
        for index, value in enumerate(values, start=1):
            cell = self.sheet.cell(self.row, index, value)
            cell.font = STRONG if bold else PLAIN
            cell.border, cell.alignment = BORDER, MIDDLE
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
        return self.row

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge cells and centre what stands in them."""
        if (top, left) != (bottom, right):
            self.sheet.merge_cells(
                start_row=top, start_column=left, end_row=bottom, end_column=right
            )
        self.sheet.cell(top, left).alignment = CENTRE


def new_book() -> Workbook:
    """Return a workbook without sheets."""
    book = Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    book.properties.creator = "sample"
    book.properties.created = STAMP
    return book


def save(book: Workbook, path: Path) -> None:
    """Write a workbook without the time of writing."""
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w") as target:
        for name in sorted(source.namelist()):
            body = source.read(name)
            if name == "docProps/core.xml":
                body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", STAMP_XML, body)
            entry = zipfile.ZipInfo(name, ZIP_STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, body)


def item_words(item: Row, rng: random.Random) -> tuple[str, str]:
    """Return a name and specification that surely mean the item."""
    name = item["name_zh"]
    others = [a for a in ALIASES.get(item["item_id"], ()) if not re.search(r"[\d(]", a)]
    if others and not re.search(r"[\d㎡(]", name) and rng.random() < 0.25:
        return rng.choice(others), ""
    found = re.fullmatch(r"(.+)\(([^()]*\d[^()]*)\)", name)
    return (name, found.group(2)) if found else (name, "")


def quantity_words(quantity: int, unit: str, rng: random.Random) -> Cell:
    """Return a quantity as a number, or now and then as text with its unit."""
    chance = rng.random()
    if chance < 0.05 and not re.search(r"[㎡³]", unit):
        return f"{quantity}{unit}"
    if chance < 0.08 and quantity >= 1000:
        return f"{quantity:,}"
    return quantity


def day_words(day: date, rng: random.Random) -> Cell:
    """Return a date as one of the forms that sheets use."""
    forms: tuple[Cell, ...] = (
        day,
        day,
        f"{day:%Y-%m-%d}",
        f"{day:%Y.%m.%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
    )
    return rng.choice(forms)


def expiry_words(lot: Lot, rng: random.Random) -> Cell:
    """Return an expiry as a date, or as a duration from the day of production."""
    if lot.expiry is None:
        return "长期"
    if lot.months % 12 == 0 and rng.random() < 0.15:
        return f"{lot.months // 12}年"
    return day_words(lot.expiry, rng)


def keeper(rng: random.Random) -> str:
    """Return a surname without a given name: nobody is meant."""
    return rng.choice(SURNAMES) + "某"
