"""The stocktake sheet of one storehouse: printed, filled in on the shelf, imported back.

Its columns are those of the importer's own stocktake form. A line whose count stays blank is sent
back by the importer and changes nothing: blank is not zero.
"""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from supplies.city import City
from supplies.plan import StockLine
from supplies.reports.frames import stock as stocks
from supplies.reports.page import Listing, Stamp, list_sheet, open_book
from supplies.reports.titles import Row
from supplies.reports.words import Words

_KEYS = (
    "store", "item_code", "item", "unit", "book_quantity", "counted", "produced", "expiry",
    "condition", "owner_tier", "source_mode", "count_day", "remark",
)  # fmt: skip


def count_workbook(  # noqa: PLR0913 - the same shape as the other workbooks
    target: Path | io.BytesIO,
    city: City,
    site: str,
    lines: Sequence[StockLine],
    stamp: Stamp,
    *,
    day: date,
    blind: bool = False,
    lang: str = "zh",
) -> None:
    """Write the sheet to count a storehouse by.

    Parameters
    ----------
    lines
        What the ledger holds there.
    day
        The day of the count; it stands in every line and may be changed.
    blind
        Leave out what the book says, so that whoever counts cannot copy it.

    Raises
    ------
    WorkbookError
        When the file cannot be written.
    """
    words = Words(city, lang)
    name = words.source(site)
    title = words.pick(f"{name}盘点表", f"Stocktake of {name}")
    if blind:
        title += words.pick("（盲盘）", " (blind)")
    with open_book(target, words, title, stamp) as book:
        region = list_sheet(book, words, stamp, _listing(words, title, lines, day, blind=blind))
        if region is not None:
            # One line across: a label that stood in a column of figures would be read as one.
            line = words.pick(
                "盘点人：______________　　监盘人：______________　　保管员：______________",
                "Counted by: ______________   Witness: ______________   Keeper: ______________",
            )
            region.sheet.space()
            region.sheet.paragraph(line)


def _listing(
    words: Words, title: str, lines: Sequence[StockLine], day: date, *, blind: bool
) -> Listing:
    return Listing(
        name=words.pick("盘点表", "Stocktake"),
        title=title,
        keys=tuple(key for key in _KEYS if key != "book_quantity" or not blind),
        rows=_rows(words, lines, day),
        intro=words.pick(
            "逐行填写实盘数量, 账实相符的也要填, 清点为零填 0; 空白的行不入账。",
            "Enter every count, also where it agrees, and 0 for none; a blank line is not posted.",
        ),
        empty=words.pick("账上无物资。", "The ledger holds nothing here."),
        most={"store": 15, "item_code": 17, "item": 24},
        freeze=3,
    )


def _rows(words: Words, lines: Sequence[StockLine], day: date) -> list[Row]:
    return [
        {
            "store": words.source(line.site),
            "item_code": line.item,
            "item": words.item(line.item),
            "unit": words.unit(line.item),
            "book_quantity": line.quantity,
            "produced": line.produced,
            "expiry": line.expiry,
            "condition": words.term("condition", line.condition),
            "owner_tier": words.term("owner", line.owner_tier),
            "source_mode": words.term("source_mode", line.source_mode),
            "count_day": day,
        }
        for line in sorted(lines, key=lambda s: stocks.order(words.city, s))
    ]
