"""Give users their own workbook back, with every doubtful cell marked and explained."""

import logging
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from supplies.errors import Finding, Severity, WorkbookError
from supplies.excel.cells import Grid, open_grids
from supplies.excel.colours import OWN_RED, OWN_YELLOW
from supplies.excel.guard import look, refuse
from supplies.excel.tables import NOTE_MARK

_LOG = logging.getLogger(__name__)
FINDINGS_SHEET = "导入问题"
_FILL = {
    Severity.ERROR: PatternFill("solid", fgColor=OWN_RED),
    Severity.WARNING: PatternFill("solid", fgColor=OWN_YELLOW),
}
_WORDS = {Severity.ERROR: "错误 | Error", Severity.WARNING: "提醒 | Warning"}
_HEADS = (
    "程度 | Severity", "所在工作表 | Sheet", "所在单元格 | Cell", "找到的内容 | Found",
    "问题 | Problem", "应当怎样 | What is right", "规则 | Rule",
)  # fmt: skip
_WIDTHS = (8, 18, 12, 32, 46, 60, 22)
_TEXT_MAX = 30_000


def write_errors(
    path_in: Path | bytes,
    problems: Iterable[Finding],
    path_out: Path | BinaryIO,
    name: str | None = None,
) -> None:
    """Write a copy of a workbook with each finding's cell filled and commented, and a list of all.

    An .xls, .ods or .csv comes back as .xlsx with the same sheets and values. Text that begins
    with ``= + - @`` stays text.

    Parameters
    ----------
    name
        The file's name, needed when ``path_in`` is its content.

    Raises
    ------
    WorkbookError
        When the file cannot be read or the copy not be written.
    """
    shown = name or (path_in.name if isinstance(path_in, Path) else "workbook.xlsx")
    try:
        data = path_in if isinstance(path_in, bytes) else path_in.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise refuse(shown, f"打不开 ({why})", f"cannot be opened ({why})") from error
    book = _open(data, shown)
    found = list(problems)
    _mark(book, found)
    _list(book, found)
    try:
        book.save(path_out)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise WorkbookError(
            f"写不了 {path_out} ({why}) | cannot write {path_out} ({why})"
        ) from error


def _open(data: bytes, name: str) -> Workbook:
    grids = open_grids(data, name)
    if look(data, name) == "xlsx":
        macros = name.lower().endswith(".xlsm")
        try:
            return load_workbook(BytesIO(data), keep_vba=macros)
        except Exception as error:  # openpyxl raises whatever it trips over
            _LOG.info("%s is rebuilt from its values: %s", name, error)
    return _rebuilt(grids)


def _rebuilt(grids: list[Grid]) -> Workbook:
    book = Workbook()
    del book[book.sheetnames[0]]
    for grid in grids:
        sheet = book.create_sheet(grid.sheet[:31])
        for row, values in enumerate(grid.rows, 1):
            for column, value in enumerate(values, 1):
                if value is None or (row - 1, column - 1) in grid.fill:
                    continue
                if isinstance(value, str):
                    _put(sheet, row, column, value)
                else:
                    plain = value.replace(tzinfo=None) if isinstance(value, datetime) else value
                    sheet.cell(row, column, plain)
        for (top, left), (bottom, right) in grid.marks.merged:
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
    return book


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Cell | MergedCell:
    """Write text that stays text."""
    cell = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", text)[:_TEXT_MAX]
    cell.data_type = "s"
    return cell


def _mark(book: Workbook, problems: list[Finding]) -> None:
    by_cell: dict[tuple[str, str], list[Finding]] = {}
    for finding in problems:
        if finding.cell and finding.sheet in book.sheetnames:
            by_cell.setdefault((finding.sheet, finding.cell), []).append(finding)
    # A CSV has one sheet whose name is ours, so every finding finds its sheet.
    for (sheet, at), findings in by_cell.items():
        cell = _first(book[sheet], at)
        worst = min(findings, key=lambda finding: finding.severity != Severity.ERROR)
        cell.fill = _FILL[worst.severity]
        lines = [_both(f) for f in findings]
        comment = Comment(ILLEGAL_CHARACTERS_RE.sub(" ", "\n".join(lines)), "supplies")
        comment.width, comment.height = 360, 60 + 80 * len(findings)
        cell.comment = comment


def _both(finding: Finding) -> str:
    """Return what a comment says of a finding: Chinese, then English."""
    zh, en = (
        f"{word}: {said.message}\n→ {said.hint}"
        for word, said in zip(
            _WORDS[finding.severity].split(" | "),
            (finding.spoken("zh"), finding.spoken("en")),
            strict=True,
        )
    )
    return f"{zh}\n{en}"


def _first(sheet: Worksheet, at: str) -> Cell | MergedCell:
    """Return a cell, or the first of the merged range it lies in."""
    row, column = coordinate_to_tuple(at)
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        for span in sheet.merged_cells.ranges:
            if at in span:
                return sheet.cell(span.min_row, span.min_col)
    return cell


def _list(book: Workbook, problems: list[Finding]) -> None:
    title, number = FINDINGS_SHEET, 1
    while title in book.sheetnames:
        number += 1
        title = f"{FINDINGS_SHEET}{number}"
    sheet = book.create_sheet(title)
    sheet["A1"] = f"{NOTE_MARK} 导入时发现的问题; 本表不会被读入 | Findings; not read again"
    for column, (head, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True), 1):
        sheet.cell(2, column, head).font = Font(bold=True)
        sheet.column_dimensions[chr(64 + column)].width = width
    ordered = sorted(problems, key=lambda finding: finding.severity != Severity.ERROR)
    for row, finding in enumerate(ordered, 3):
        texts = (
            _WORDS[finding.severity], finding.sheet, finding.cell, finding.found,
            finding.message, finding.hint, finding.code,
        )  # fmt: skip
        for column, text in enumerate(texts, 1):
            cell = _put(sheet, row, column, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, 1).fill = _FILL[finding.severity]
        if finding.cell and finding.sheet in book.sheetnames:
            quoted = finding.sheet.replace("'", "''")
            sheet.cell(row, 3).hyperlink = f"#'{quoted}'!{finding.cell}"
    sheet.freeze_panes = "A3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
