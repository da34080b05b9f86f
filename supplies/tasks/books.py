"""Workbooks that the user fills in, gets back, or keeps: templates, marked copies, stock lists."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from supplies.access import Right
from supplies.errors import Finding
from supplies.excel.marked import write_errors as mark
from supplies.excel.template import write_template
from supplies.plan import StockLine
from supplies.reports.stock import stock_workbook
from supplies.tasks.desk import Desk
from supplies.tasks.holdings import seal
from supplies.tasks.imports import preview_import

__all__ = ["preview_import", "template", "write_errors", "write_stock"]


def template(desk: Desk, form: str, path: Path, lang: str = "zh") -> None:
    """Write an empty workbook of a form, with drop-downs and instructions.

    Raises
    ------
    WorkbookError
        When the form is unknown or the file cannot be written.
    """
    desk.allow(Right.READ)
    write_template(form, desk.city, path, lang)


def write_errors(path_in: Path, problems: Iterable[Finding], path_out: Path) -> None:
    """Write the user's own workbook with the cells in question marked and commented."""
    mark(path_in, problems, path_out)


def write_stock(desk: Desk, path: Path, lines: Sequence[StockLine], lang: str = "zh") -> None:
    """Write a stock list that imports back without a change; raises as `stock`."""
    desk.allow(Right.READ)
    for site in sorted({line.site for line in lines}):
        desk.allow(Right.READ, site=site)
    stock_workbook(path, desk.city, lines, seal(desk), desk.day, desk.store.revision(), lang)
