"""The workbook of what wants attention: a summary with its chart, then a sheet for each list."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from xlsxwriter.chart import Chart

from supplies.city import City
from supplies.excel import style
from supplies.excel.write import Book, Region
from supplies.plan.lists import Attention
from supplies.reports.frames.attention import (
    SHAPES,
    SUMMARY_KEYS,
    Shape,
    colours,
    month_word,
    summary_rows,
)
from supplies.reports.page import Listing, Stamp, list_sheet, open_book, put_table, sign
from supplies.reports.words import Words

Months = Sequence[tuple[date | None, Decimal]]


def lists_workbook(  # noqa: PLR0913, PLR0917 - the same shape as the other workbooks
    target: Path | io.BytesIO,
    city: City,
    lists: Mapping[str, Sequence[object]],
    summary: Sequence[Attention],
    months: Months,
    stamp: Stamp,
    lang: str = "zh",
) -> None:
    """Write the lists, one sheet each, after a summary with the worth that expires by month.

    Parameters
    ----------
    target
        A path or a buffer.
    lists
        Lines by the name of their list, a key of `supplies.reports.frames.attention.SHAPES`.
    summary
        What the summary says of them, in its order.
    months
        The worth that expires, by month; see `supplies.planning.rotation.by_month`.

    Raises
    ------
    WorkbookError
        When the file cannot be written.
    """
    words = Words(city, lang)
    title = words.pick(f"{city.name_zh}应急物资待办清单", f"What needs attention: {city.name_en}")
    with open_book(target, words, title, stamp) as book:
        _summary(book, words, stamp, title, summary, months)
        for name, lines in lists.items():
            write_list(book, words, stamp, SHAPES[name], lines)


def write_list(
    book: Book, words: Words, stamp: Stamp, shape: Shape, lines: Sequence[object]
) -> None:
    """Write one list on a sheet of its own, urgent words coloured."""
    listing = Listing(
        name=words.pick(*shape.title),
        title=words.pick(*shape.title),
        intro=words.pick(*shape.lead),
        keys=shape.keys,
        rows=shape.rows(words, lines),
        empty=words.pick(*shape.empty),
        totals=shape.totals,
        freeze=3,
        signed=True,
    )
    region = list_sheet(book, words, stamp, listing)
    if region is not None and shape.marked:
        region.sheet.mark(region, shape.marked, colours(shape, words, lines))


def _summary(
    book: Book,
    words: Words,
    stamp: Stamp,
    title: str,
    summary: Sequence[Attention],
    months: Months,
) -> None:
    sheet = book.sheet(words.pick("待办概览", "Summary"), landscape=False)
    sheet.widths([24.0, 17.0, 12.0, 14.0, 19.0])
    sheet.title(title, stamp.line(words))
    sheet.heading(words.pick("各清单条数", "The lists"))
    put_table(sheet, words, Listing(keys=SUMMARY_KEYS, rows=summary_rows(words, summary), freeze=1))
    sheet.heading(words.pick("按到期月份的账面价值", "Worth by month of expiry"))
    rows = [{"month": month_word(m, words), "value": worth} for m, worth in months]
    listing = Listing(keys=("month", "value"), rows=rows, totals=("value",))
    region = put_table(sheet, words, listing)
    sheet.space()
    sheet.chart(_chart(book, words, region), rows=12)
    sign(sheet, words)


def _chart(book: Book, words: Words, region: Region) -> Chart:
    chart = book.chart("column", words.pick("按到期月份的账面价值(元)", "Worth by expiry (CNY)"))
    chart.add_series(
        {
            "name": words.pick("账面价值(元)", "Value (CNY)"),
            "categories": region.reference("month"),
            "values": region.reference("value"),
            "fill": {"color": style.CHART_COLOURS[1]},
            "points": [{"fill": {"color": style.CHART_COLOURS[4]}}],
            "gap": 60,
        }
    )
    chart.set_legend({"none": True})
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True}})
    chart.set_x_axis({"num_font": {"rotation": -45}})
    return chart
