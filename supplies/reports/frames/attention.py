"""The lists of what wants attention, as tables: columns, rows and words of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from supplies.city import City
from supplies.excel import style
from supplies.ledger import Kind
from supplies.plan.lists import (
    EXPIRED,
    Attention,
    CompensationOpen,
    CountDue,
    LoanOpen,
    LotDue,
    OnTheWay,
    PaperDue,
    RefillDue,
    Undated,
)
from supplies.reports.titles import Row, frame
from supplies.reports.voucher_words import party, title
from supplies.reports.words import Words

Pair = tuple[str, str]

ADVICE: Mapping[str, Pair] = {
    "inspect": ("送检: 延期、降级或报废", "inspect: extend or scrap"),
    "exchange": ("商家轮换, 限 {until}", "exchange by {until}"),
    "transfer": ("调往用量大的库点先用", "move to where it is used"),
    "train": ("用于训练演练或就近先用", "training, or issue first"),
    "scrap": ("已损坏, 报请批准报废", "ask approval to scrap"),
}
MISSING: Mapping[str, Pair] = {
    "both": ("出厂日和失效日", "both days"),
    "expiry": ("失效日", "last day"),
    "produced": ("出厂日", "day made"),
}
# From what has expired to what is near its end, the most urgent first.
BAND_COLOURS = (style.RED, style.AMBER, "#FFF6DC", style.PALE)
OVERDUE: Pair = ("已逾期", "overdue")
IN_TERM: Pair = ("未到期", "in term")
TO_SETTLE: Pair = ("待结算", "to be settled")
NEVER: Pair = ("从未盘点", "never counted")


def band(within: int, words: Words) -> str:
    """Return what a band of expiry is called."""
    if within == EXPIRED:
        return words.term("reason", "expired")
    return words.pick(f"{within} 天内到期", f"within {within} days")


def advice(row: LotDue, words: Words) -> str:
    """Return what to do with a lot, in words."""
    return words.pick(*ADVICE[row.advice]).format(until=row.exchange_until)


def state(words: Words, *, is_over: bool) -> str:
    """Return whether something is past its term."""
    return words.pick(*(OVERDUE if is_over else IN_TERM))


def _over(days: int) -> int | None:
    return days if days > 0 else None


def _expiring(words: Words, row: LotDue) -> Row:
    return {
        "bucket": band(row.within, words),
        "days_left": row.days_left,
        "site": words.source(row.site),
        "expiring_item": words.item(row.item),
        "lot_quantity": row.quantity,
        "count_unit": words.unit(row.item),
        "made_on": row.produced,
        "last_day": row.expiry,
        "life_left": row.life_left,
        "lot_condition": words.term("condition", row.condition),
        "advice": advice(row, words),
        "value": row.value,
    }


def _undated(words: Words, row: Undated) -> Row:
    return {
        "missing_dates": words.pick(*MISSING[row.missing]),
        "site": words.source(row.site),
        "listed_item": words.item(row.item),
        "lot_quantity": row.quantity,
        "count_unit": words.unit(row.item),
        "made_on": row.produced,
        "last_day": row.expiry,
        "belongs_to": words.area(row.owner),
        "value": row.value,
    }


def _count(words: Words, row: CountDue) -> Row:
    return {
        "days_over": _over(row.days_over),
        "site": words.source(row.site),
        "listed_item": words.item(row.item),
        "lots": row.lots,
        "count_months": row.months,
        "last_counted": row.counted,
        "due_on": row.since,
        "lots_missed": row.missed or None,
        "progress": words.pick(*NEVER)
        if row.counted is None
        else state(words, is_over=row.days_over > 0),
        "value": row.value,
    }


def subject_kind(words: Words, row: PaperDue) -> str:
    """Return what a telephone order was: a call-up, or which kind of voucher."""
    return words.pick("调用", "Call-up") if row.is_call_up else title(words, row.kind)


def _paper(words: Words, row: PaperDue) -> Row:
    return {
        "progress": state(words, is_over=row.days_over > 0),
        "days_over": _over(row.days_over),
        "subject": row.subject,
        "kind_of": subject_kind(words, row),
        "done_on": row.day,
        "due_on": row.due,
        "places": words.listed(words.source(s) for s in row.sites),
        "asked_by": row.asked_by,
        "party": party(words, row.party) if row.party else None,
        "why": row.reason,
    }


def _transit(words: Words, row: OnTheWay) -> Row:
    return {
        "progress": words.pick("超时未到", "late")
        if row.is_late
        else words.pick("在途", "on time"),
        "hours_out": row.hours,
        "subject": row.document,
        "source": words.source(row.source),
        "target": words.source(row.target),
        "listed_item": words.item(row.item),
        "lot_quantity": row.quantity,
        "count_unit": words.unit(row.item),
        "departed": row.departed,
        "value": row.value,
    }


def _loan(words: Words, row: LoanOpen) -> Row:
    return {
        "progress": state(words, is_over=row.days_over > 0),
        "days_over": _over(row.days_over),
        "kind_of": title(words, Kind.LOAN_OUT if row.is_ours else Kind.LOAN_IN),
        "subject": row.document,
        "party": party(words, row.party) if row.party else None,
        "site": words.source(row.site),
        "listed_item": words.item(row.item),
        "open_quantity": row.quantity,
        "count_unit": words.unit(row.item),
        "done_on": row.day,
        "due_on": row.due,
        "value": row.value,
    }


def _compensation(words: Words, row: CompensationOpen) -> Row:
    return {
        "progress": state(words, is_over=row.days_over > 0),
        "days_over": _over(row.days_over),
        "subject": row.document,
        "party": party(words, row.party) if row.party else None,
        "places": words.listed(words.source(s) for s in row.sites),
        "done_on": row.day,
        "due_on": row.due,
        "due_amount": row.amount,
        "paid_amount": row.paid,
        "open_amount": row.worth,
    }


def _refill(words: Words, row: RefillDue) -> Row:
    waits = words.pick(*TO_SETTLE)
    return {
        "progress": state(words, is_over=row.days_over > 0) if row.is_settled else waits,
        "days_over": _over(row.days_over),
        "subject": row.call_up,
        "site": words.source(row.site) if row.site else None,
        "listed_item": words.item(row.item),
        "open_quantity": row.quantity or None,
        "count_unit": words.unit(row.item),
        "debtor": words.area(row.debtor),
        "due_on": row.due,
        "open_amount": row.amount or None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One list: its names, its columns, how a row is told, and what is said of none.

    ``marks`` gives colours by word (both languages) for the column ``marked``.
    """

    name: str
    title: Pair
    lead: Pair
    empty: Pair
    keys: tuple[str, ...]
    row: Callable[[Words, Any], Row]
    totals: tuple[str, ...] = ("value",)
    marked: str = "progress"

    def rows(self, words: Words, lines: Sequence[object]) -> list[Row]:
        """Return the lines in words."""
        return [self.row(words, line) for line in lines]


_DONE: Pair = ("没有要办的。", "Nothing to do.")


def _shape(name: str, title: Pair, lead: Pair, keys: str, row: Callable[..., Row]) -> Shape:
    columns = tuple(keys.split())
    totals = tuple(k for k in ("value", "open_amount") if k in columns)
    marked = "bucket" if "bucket" in columns else "progress"
    return Shape(
        name=name,
        title=title,
        lead=lead,
        empty=_DONE,
        keys=columns,
        row=row,
        totals=totals,
        marked=marked if marked in columns else "",
    )


SHAPES: Mapping[str, Shape] = {
    shape.name: shape
    for shape in (
        _shape(
            "expiring",
            ("临期与过期", "Expiring and expired"),
            (
                "失效日当天仍可用; 过期物资先送检, 不自动报废。",
                "Usable on its last day; expired goods are inspected first, not scrapped at once.",
            ),
            "bucket days_left site expiring_item lot_quantity count_unit made_on last_day "
            "life_left lot_condition advice value",
            _expiring,
        ),
        _shape(
            "undated",
            ("日期不明", "Dates unknown"),
            (
                "会老化的物资, 却不知何时出厂或失效: 到现场查看标签, 盘点时补录。",
                "Goods that age without known days: look at the labels and enter them with a count",
            ),
            "missing_dates site listed_item lot_quantity count_unit made_on last_day belongs_to "
            "value",
            _undated,
        ),
        _shape(
            "counts",
            ("逾期盘点", "Counts overdue"),
            (
                "各类物资的盘点周期见规则表; 从未盘点的自到货日起算。",
                "How often each class is counted stands in the rules; from arrival where never.",
            ),
            "progress days_over site listed_item lots count_months last_counted due_on "
            "lots_missed value",
            _count,
        ),
        _shape(
            "papers",
            ("待补手续", "Papers due"),
            (
                "电话先行的凭证和调用, 手续须在时限内补齐。",
                "What was ordered by telephone; the papers must follow in time.",
            ),
            "progress days_over subject kind_of done_on due_on places asked_by party why",
            _paper,
        ),
        _shape(
            "transit",
            ("在途", "In transit"),
            ("已发出、尚未签收的物资。", "Goods that left and have not been signed for."),
            "progress hours_out subject source target listed_item lot_quantity count_unit "
            "departed value",
            _transit,
        ),
        _shape(
            "loans",
            ("未还借用", "Loans open"),
            ("借出未收回、借入未归还的物资。", "Goods lent or borrowed and not yet back."),
            "progress days_over kind_of subject party site listed_item open_quantity count_unit "
            "done_on due_on value",
            _loan,
        ),
        _shape(
            "compensation",
            ("待付补偿", "Payments due"),
            ("征用物资尚未付清的补偿。", "Requisitioned goods not yet paid for in full."),
            "progress days_over subject party places done_on due_on due_amount paid_amount "
            "open_amount",
            _compensation,
        ),
        _shape(
            "refills",
            ("待补充", "Refills due"),
            (
                "调用后应补还的物资和应付的款项; 尚未结算的须先结算。",
                "Goods and money that call-ups left to be made good; settle what is not settled.",
            ),
            "progress days_over subject site listed_item open_quantity count_unit debtor due_on "
            "open_amount",
            _refill,
        ),
    )
}

SUMMARY_KEYS = ("list", "rows", "urgent", "days_over", "value")


def summary_rows(words: Words, lines: Sequence[Attention]) -> list[Row]:
    """Return one row a list, in the order given."""
    return [
        {
            "list": words.pick(*SHAPES[line.name].title),
            "rows": line.lines,
            "urgent": line.urgent or None,
            "days_over": line.oldest or None,
            "value": line.value,
        }
        for line in lines
    ]


def colours(shape: Shape, words: Words, lines: Sequence[Any]) -> dict[str, str]:
    """Return the words of a list's marked column that are coloured, with their colours."""
    if shape.name == "expiring":
        bands = [EXPIRED, *sorted({row.within for row in lines} - {EXPIRED})]
        last = len(BAND_COLOURS) - 1
        return {band(b, words): BAND_COLOURS[min(n, last)] for n, b in enumerate(bands)}
    return {
        words.pick(*OVERDUE): style.RED,
        words.pick(*NEVER): style.RED,
        words.pick(*TO_SETTLE): style.AMBER,
        words.pick("超时未到", "late"): style.RED,
    }


def attention_frame(
    city: City, name: str, lines: Sequence[object], lang: str = "zh"
) -> pd.DataFrame:
    """Return one of the lists, by its name in `SHAPES`."""
    shape = SHAPES[name]
    return frame(shape.keys, shape.rows(Words(city, lang), lines), lang)


def month_word(month: date | None, words: Words) -> str:
    """Return what a month of expiry is called; ``None`` is what has expired."""
    return f"{month:%Y-%m}" if month else words.term("reason", "expired")
