"""The stock workbook: what each storehouse holds, in the very form that the importer reads.

Its first sheet comes back in as a count that changes nothing: nothing stands under its table that
could be taken for a row. The lists beside it use other column words, so that no lot is read twice.
"""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from supplies.city import City
from supplies.excel import style
from supplies.excel.write import Book
from supplies.plan import StockLine
from supplies.reports.frames import stock as stocks
from supplies.reports.page import Listing, Stamp, list_sheet, open_book
from supplies.reports.words import Words


def stock_workbook(  # noqa: PLR0913, PLR0917 - the same shape as the other workbooks
    target: Path | io.BytesIO,
    city: City,
    lines: Sequence[StockLine],
    seal: str,
    day: date,
    revision: int = 0,
    lang: str = "zh",
) -> None:
    """Write stock by site and lot, and the list of what expires within 30, 90 and 180 days.

    Parameters
    ----------
    target
        A path or a buffer.
    lines
        The stock to list, all of it or a part.
    seal, revision, day
        The ledger's seal code and number of its last move, and the day of the report.

    Raises
    ------
    WorkbookError
        When the file cannot be written.
    """
    words = Words(city, lang)
    stamp = Stamp(seal=seal, revision=revision, day=day)
    title = words.pick(f"{city.name_zh}应急物资储备台账", f"Emergency supplies of {city.name_en}")
    with open_book(target, words, title, stamp) as book:
        region = list_sheet(book, words, stamp, _ledger(words, title, lines))
        if region is not None:
            look = {"damaged": style.RED, "inspect": style.AMBER}
            words_by_look = {words.term("condition", name): look[name] for name in look}
            region.sheet.mark(region, "condition", words_by_look)
        expiry_sheet(book, words, stamp, lines)
        list_sheet(book, words, stamp, _holdings(words, lines))


def _ledger(words: Words, title: str, lines: Sequence[StockLine]) -> Listing:
    return Listing(
        name=words.pick("库存台账", "Stock"),
        title=title,
        keys=stocks.STOCK_KEYS,
        rows=stocks.stock_rows(words, lines),
        empty=words.pick("无库存。", "No stock."),
        freeze=3,
    )


def _holdings(words: Words, lines: Sequence[StockLine]) -> Listing:
    return Listing(
        name=words.pick("库点汇总", "Storehouses"),
        title=words.pick("各库点储备汇总", "Storehouses"),
        keys=stocks.HOLDING_KEYS,
        rows=stocks.holding_rows(words, lines),
        empty=words.pick("无库存。", "No stock."),
        formulas={"fill": "{goods_m3}/{room_m3}"},
        totals=("lots", "mass_kg", "goods_m3", "value"),
        bars=("fill",),
        freeze=2,
        signed=True,
    )


def expiry_sheet(book: Book, words: Words, stamp: Stamp, lines: Sequence[StockLine]) -> None:
    """Write the list of lots that have expired, or will within 30, 90 or 180 days."""
    listing = Listing(
        name=words.pick("临期清单", "Expiry list"),
        title=words.pick("临期物资清单(30、90、180 天)", "Expired, or within 30, 90, 180 days"),
        keys=stocks.EXPIRY_KEYS,
        rows=stocks.expiry_rows(words, lines, stamp.day),
        empty=words.pick("180 天内无到期物资。", "Nothing expires within 180 days."),
        totals=("value",),
        freeze=3,
        signed=True,
    )
    region = list_sheet(book, words, stamp, listing)
    if region is not None:
        region.sheet.mark(region, "bucket", stocks.band_colours(words))
