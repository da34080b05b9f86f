"""Write the workbooks to fill in: one sheet for the data, one that explains, one with the names.

Titles, order and help come from the data dictionary, so that what is filled in reads back.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from supplies.city import City
from supplies.errors import WorkbookError
from supplies.excel.columns import FIELDS, Field
from supplies.excel.forms import FORMS, TEMPLATES, Form
from supplies.excel.tables import NOTE_MARK
from supplies.tiers import Tier

ROWS_READY = 2000
_HEADER_ROW = 3
_SHEETS = {"zh": ("填写", "填写说明", "名录"), "en": ("Data", "Instructions", "Names")}
_TIERS = {
    "zh": ("市级", "县级", "乡镇级", "社区级", "家庭"),
    "en": ("city", "county", "township", "community", "household"),
}
_CHOICES = {
    "zh": {"status": ("可用", "待检", "损坏"), "source_mode": ("实物", "代储")},
    "en": {"status": ("usable", "to inspect", "damaged"), "source_mode": ("physical", "held")},
}
_KINDS = {
    "zh": {"text": "文字", "quantity": "数量", "number": "数字", "money": "金额", "date": "日期",
           "expiry": "日期或期限", "choice": "下拉选择"},
    "en": {"text": "text", "quantity": "quantity", "number": "number", "money": "money",
           "date": "date", "expiry": "date or duration", "choice": "choice"},
}  # fmt: skip
_LINE = Border(*(Side(style="thin", color="999999"),) * 4)
_HEAD = PatternFill("solid", fgColor="1F4E79")
_MUST = PatternFill("solid", fgColor="C00000")
_DATES = ("date", "expiry")

_NOTES = {
    "zh": (
        "红色列标题必填, 蓝色选填; 不要改列标题, 列的顺序可以变动, 可以增加自己的列。",
        "数量空白、0 和“-”含义不同: 0 表示清点后确认为零; 空白和“-”会被退回。",
        "日期可写 2025-06-30、2025.6.30、2025年6月; 有效期也可写“5年”“36个月”或“长期”。",
        "物资用目录名称或目录编码; 名称对不上时会列出相近的名称, 不会自行猜测。",
        "单位用目录单位, 或能整数换算的单位 (瓶与箱、公斤与吨、打)。",
        "装箱数可写在规格里, 如 24瓶/箱。",
        "协议储备和产能储备不是库存, 请填在协议储备企业名单里。",
        "同一文件重复导入不会重复入账。",
    ),
    "en": (
        "Red titles must be filled in, blue ones may be; columns of your own may be added.",
        "A blank, 0 and '-' differ: 0 is a counted zero; blanks and dashes are sent back.",
        "Dates: 2025-06-30 or 2025.6.30; an expiry may also be a duration such as 36个月, or 长期.",
        "Use catalogue names or ids; for an uncertain name near ones are suggested, none guessed.",
        "Use the catalogue's unit, or one that converts exactly.",
        "A pack size may stand in the specification, as 24瓶/箱.",
        "Agreement and capacity goods are no stock: they belong in the list of agreements.",
        "Importing the same file twice posts nothing twice.",
    ),
}


def write_template(form: str, city: City, path: Path | BinaryIO, lang: str = "zh") -> None:
    """Write the blank workbook of a form, with drop-downs from the city's own names.

    Raises
    ------
    WorkbookError
        When the form has no template, the language is unknown, or the file cannot be written.
    """
    if form not in TEMPLATES:
        raise WorkbookError(f"表式 {form!r} 没有模板; 应为 {'、'.join(TEMPLATES)} 之一")
    if lang not in _SHEETS:
        raise WorkbookError(f"语言 {lang!r} 不支持; 应为 zh 或 en")
    book = Workbook()
    data, notes, names = _SHEETS[lang]
    del book[book.sheetnames[0]]
    sheet = book.create_sheet(data)
    lists = book.create_sheet(names)
    guide = book.create_sheet(notes, 1)
    shape = FORMS[form]
    ranges = _write_names(lists, city, lang)
    _write_data(sheet, shape, ranges, lang)
    _write_guide(guide, shape, city, lang)
    try:
        book.save(path)
    except OSError as error:
        raise WorkbookError(f"写不了 {path} ({error.strerror or type(error).__name__})") from error


def _required(form: Form) -> frozenset[str]:
    must = {group[0] for group in form.required}
    return frozenset(must | ({"store"} if "store" in form.template else set()) | {"unit"})


def _write_data(sheet: Worksheet, form: Form, ranges: dict[str, str], lang: str) -> None:
    fields = [FIELDS[name] for name in form.template]
    last = get_column_letter(len(fields))
    sheet["A1"] = form.zh if lang == "zh" else form.en
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.merge_cells(f"A1:{last}1")
    must = _required(form)
    for column, field in enumerate(fields, 1):
        cell = sheet.cell(_HEADER_ROW, column, field.title(lang))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _MUST if field.name in must else _HEAD
        cell.border = _LINE
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _width(field)
        if field.kind in _DATES:
            sheet.column_dimensions[letter].number_format = "yyyy-mm-dd"
        _offer(sheet, field, letter, ranges)
    sheet.row_dimensions[_HEADER_ROW].height = 30
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{_HEADER_ROW}:{last}{_HEADER_ROW + ROWS_READY}"
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    _fit_width(sheet)


def _fit_width(sheet: Worksheet) -> None:
    """Print as wide as one landscape page, on as many pages as it takes."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _width(field: Field) -> float:
    wide = {"store": 30.0, "item_name": 26.0, "supplier": 30.0, "address": 34.0, "remark": 24.0}
    return wide.get(field.name, 14.0)


def _offer(sheet: Worksheet, field: Field, letter: str, ranges: dict[str, str]) -> None:
    source = ranges.get(field.name)
    if source is None:
        return
    offer = DataValidation(type="list", formula1=source, allow_blank=True, errorStyle="warning")
    offer.error = f"{field.zh} / {field.en}: ?"
    offer.showErrorMessage = True
    offer.add(f"{letter}{_HEADER_ROW + 1}:{letter}{_HEADER_ROW + ROWS_READY}")
    sheet.add_data_validation(offer)


def _write_names(sheet: Worksheet, city: City, lang: str) -> dict[str, str]:
    """Write every name a drop-down offers, one list a column; return their ranges by field."""
    zh = lang == "zh"
    items = sorted(city.items.values(), key=lambda item: (item.category_zh, item.id))
    in_use = [s for s in city.sites.values() if s.status != "candidate"]
    ready = [s for s in city.sites.values() if s.status == "candidate"]
    units = dict.fromkeys(item.unit_zh if zh else item.unit_en for item in items)
    areas = [
        area for tier in (Tier.COUNTY, Tier.TOWNSHIP) for area in city.areas.values()
        if area.tier is tier
    ]  # fmt: skip
    lists: dict[str, Sequence[str]] = {
        "item_name": [item.name_zh if zh else item.name_en for item in items],
        "item_code": [item.id for item in items],
        "unit": list(units),
        "store": [site.name_zh if zh else site.name_en for site in in_use + ready],
        "place_admin": [area.name_zh if zh else area.name_en for area in areas],
        "vehicle_class": [v.name_zh if zh else v.name_en for v in city.vehicles.values()],
        "level": _TIERS[lang],
        "owner_tier": _TIERS[lang],
        **_CHOICES[lang],
    }
    sheet["A1"] = f"{NOTE_MARK} 下拉选项 / drop-down choices"
    ranges: dict[str, str] = {}
    for column, (name, values) in enumerate(lists.items(), 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = 26
        for row, value in enumerate(values, 2):
            _text(sheet, row, column, value)
        if values:
            ranges[name] = f"'{sheet.title}'!${letter}$2:${letter}${len(values) + 1}"
    return ranges


def _text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column, text)
    cell.data_type = "s"


def _write_guide(sheet: Worksheet, form: Form, city: City, lang: str) -> None:
    zh = lang == "zh"
    title = f"{form.zh}填写说明" if zh else f"How to fill in: {form.en}"
    sheet["A1"] = f"{NOTE_MARK} {title}"
    sheet["A1"].font = Font(bold=True, size=14)
    name = city.name_zh if zh else city.name_en
    _lines(sheet, 2, (f"{name}", *_NOTES[lang]))
    top = 4 + len(_NOTES[lang])
    heads = (
        ("列标题", "是否必填", "怎样填", "填写要求") if zh else ("Title", "Must?", "How", "Help")
    )
    rows: list[tuple[str, ...]] = [heads]
    must = _required(form)
    for field in (FIELDS[key] for key in form.template):
        need = ("必填", "选填") if zh else ("yes", "no")
        kind = _KINDS[lang][field.kind] + (f" ({field.unit})" if field.unit else "")
        rows.append(
            (field.title(lang), need[field.name not in must], kind,
             field.help_zh if zh else field.help_en)
        )  # fmt: skip
    for offset, row in enumerate(rows):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(top + offset, column, text)
            cell.border = _LINE
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            if offset == 0:
                cell.font = Font(bold=True)
    _fit_width(sheet)
    for letter, width in zip("ABCD", (18, 10, 16, 70), strict=True):
        sheet.column_dimensions[letter].width = width


def _lines(sheet: Worksheet, top: int, lines: Iterable[str]) -> None:
    for row, line in enumerate(lines, top):
        sheet.cell(row, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=4)
        sheet.row_dimensions[row].height = 32
