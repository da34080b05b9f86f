"""What all our workbooks share: title lines, footer, list sheets, signature lines."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from supplies.excel import style
from supplies.excel.write import Book, Region, Sheet
from supplies.reports.titles import Row, columns
from supplies.reports.words import TERMS, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What identifies a printed report: the ledger's seal and revision, and the day."""

    seal: str
    revision: int
    day: date

    def line(self, words: Words) -> str:
        """Return the line under each title."""
        return words.pick(
            f"{words.city_name}    日期 {self.day:%Y-%m-%d}    "
            f"账本版本 {self.revision}    封存码 {self.seal or '—'}",
            f"{words.city_name}    {self.day:%Y-%m-%d}    "
            f"ledger revision {self.revision}    seal {self.seal or '-'}",
        )


def open_book(target: Path | io.BytesIO, words: Words, title: str, stamp: Stamp) -> Book:
    """Return a workbook whose footer carries seal code and revision."""
    footer = words.pick(
        f"封存码 {stamp.seal or '—'} · 账本版本 {stamp.revision}",
        f"Seal {stamp.seal or '-'} · revision {stamp.revision}",
    )
    return Book(
        target,
        title=title,
        author=words.city_name,
        created=stamp.day,
        footer=footer,
        lang=words.lang,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A table with its columns and rows, and the sheet it may fill alone.

    ``empty`` is the sentence that stands there when there is no row; ``intro`` explains the
    table to somebody who opens the workbook at this sheet; ``freeze`` columns stay in view
    beside the header (``None``: the table shares its sheet with others).
    """

    keys: Sequence[str]
    rows: Sequence[Row]
    name: str = ""
    title: str = ""
    empty: str = ""
    intro: str = ""
    formulas: Mapping[str, str] | None = None
    totals: Sequence[str] = ()
    bars: Sequence[str] = ()
    most: Mapping[str, float] | None = None
    freeze: int | None = None
    signed: bool = False
    landscape: bool = True


def list_sheet(book: Book, words: Words, stamp: Stamp, listing: Listing) -> Region | None:
    """Write a listing on a sheet of its own; return where its table stands."""
    sheet = book.sheet(listing.name, landscape=listing.landscape)
    lines = [stamp.line(words), listing.intro] if listing.intro else [stamp.line(words)]
    sheet.title(listing.title, *lines)
    if not listing.rows:
        sheet.widths([14.0] * 8)
        sheet.space()
        sheet.paragraph(listing.empty)
        return None
    region = put_table(sheet, words, replace(listing, freeze=listing.freeze or 1))
    if listing.signed:
        sign(sheet, words)
    return region


def put_table(sheet: Sheet, words: Words, listing: Listing) -> Region:
    """Write a listing's table where the sheet stands, and colour sample figures."""
    region = sheet.table(
        columns(
            listing.keys,
            words.lang,
            formulas=listing.formulas,
            totals=listing.totals,
            bars=listing.bars,
            most=listing.most,
        ),
        [[row.get(key) for key in listing.keys] for row in listing.rows],
        total=words.pick("合计", "Total") if listing.totals else "",
        freeze=listing.freeze,
    )
    sample = {words.term("evidence", "sample"): style.AMBER}
    for key in {"evidence", "price_evidence"} & set(listing.keys):
        sheet.mark(region, key, sample)
    return region


def sign(sheet: Sheet, words: Words, *names: str) -> None:
    """Write signature lines: prepared, checked and approved unless other names are given."""
    default = (
        ("编制", "审核", "批准") if words.lang == "zh" else ("Prepared", "Checked", "Approved")
    )
    line = words.pick(
        "{}：________________\n日期：____年___月___日", "{}: ________________\nDate: ____________"
    )
    sheet.signatures(*(line.format(name) for name in names or default))


def evidence_legend(words: Words) -> list[tuple[str, str]]:
    """Return each evidence word with what it means."""
    meaning = {
        "found": ("见于公开文件或正式来源", "stands in a published document or source"),
        "derived": ("由公开数据推算", "computed from published data"),
        "recalled": ("凭业务经验回忆, 待核", "recalled from practice, to be checked"),
        "assumed": ("为测算而假定, 待主管部门确定", "assumed for the computation, to be decided"),
        "estimated": ("按经验估计", "estimated"),
        "mixed": ("由多种依据合成", "made of several of these"),
        "sample": ("样例数据, 使用前必须替换为实际数据", "sample data: replace before use"),
    }
    return [(words.term("evidence", key), words.pick(*meaning[key])) for key in TERMS["evidence"]]
