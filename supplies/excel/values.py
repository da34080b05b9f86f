"""Read one cell: quantities, dates, durations, condition, reserve mode and tier."""

import math
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from supplies.excel.cells import Value
from supplies.excel.columns import plain

QUANTITY_MAX = Decimal(10) ** 12
NONE_WORDS = frozenset(
    ["-", "--", "---", "—", "——", "–", "/", "\\", "无", "*", "n/a", "na", "none"]
)
VAGUE_WORDS = frozenset(
    ["若干", "不详", "不明", "少量", "多", "一批", "适量", "待定", "待查", "未知", "?"]
)

_NUMBER = r"\d{1,3}(?:[,'\u2019 ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE]\+?\d{1,2})?|\.\d+"
_ABOUT = re.compile(
    r"^(?:大约|约|近|将近|大概|≈|~|>=|<=|≥|≤|>|<|超过|不少于|至少)"
    "|(?:左右|以上|上下)$"
)
_RANGE = re.compile(
    rf"^({_NUMBER})\s*([万千百]?)\s*(?:-|~|至|到|—|–)\s*({_NUMBER})\s*([万千百]?)"
    f"(.*)$"
)
_AMOUNT = re.compile(rf"^([-+−]?)\s*({_NUMBER})\s*(多|余)?\s*([万千百亿]?)(多|余)?\s*(.*)$")
_PARENS = re.compile(rf"^\(\s*({_NUMBER})\s*\)$")
_UNIT = re.compile(r"^(?:[^\d\s,;:。、+]{1,8}|m[23])$")
_HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2} | {
    c: n for n, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)
}  # fmt: skip
_HAN_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000}
_SPELT = re.compile(
    rf"^([{''.join(_HAN_DIGITS)}十拾][{''.join(_HAN_DIGITS)}{''.join(_HAN_TENS)}]*)\s*(\D{{0,4}})$"
)
_MANY = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_LONG_UNITS = ("千克", "千米", "百米", "千瓦")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a quantity cell says; ``problem`` is a rule's code when it gives no number."""

    amount: Decimal | None = None
    unit: str = ""
    problem: str = ""
    note: str = ""


@lru_cache(maxsize=131_072, typed=True)
def read_quantity(value: Value) -> Quantity:
    """Return the number in a cell and the unit written behind it.

    Examples
    --------
    >>> read_quantity("约１,２００ 条")
    Quantity(amount=Decimal('1200'), unit='条', problem='', note='quantity-approximate')
    """
    if isinstance(value, str):
        text = _tidy(value)
        if text.lower() in NONE_WORDS:
            return Quantity(problem="quantity-dash")
        if text in VAGUE_WORDS:
            return Quantity(problem="quantity-vague")
        if text:
            return _read_text(text)
    elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return _judged(Decimal(f"{value:.15g}"), "", "")
    nothing = value is None or isinstance(value, str)
    return Quantity(problem="quantity-missing" if nothing else "quantity-unreadable")


def han_number(text: str) -> int:
    """Return a number spelt in Chinese, such as 十二, 两百 or 贰拾; digits alone are read in order.

    Examples
    --------
    >>> han_number("一千二百"), han_number("二〇二一")
    (1200, 2021)
    """
    if not any(c in _HAN_TENS for c in text):
        return int("".join(str(_HAN_DIGITS[c]) for c in text))
    whole = part = digit = 0
    for c in text:
        if c in _HAN_DIGITS:
            digit = _HAN_DIGITS[c]
        elif c == "万":
            whole, part, digit = (whole + part + digit) * 10_000, 0, 0
        else:
            part += (digit or 1) * _HAN_TENS[c]
            digit = 0
    return whole + part + digit


def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[\u200b-\u200f\u2060\ufeff\u00ad]", "", text)
    return re.sub(r"\s+", " ", text).strip()


def _read_text(text: str) -> Quantity:
    note = ""
    text = re.sub(r"^(?:共计|合计|共|计)\s*:?\s*(?=\d)", "", text)
    if match := _PARENS.match(text):
        return _judged(-_decimal(match[1]), "", "")
    if match := _RANGE.match(text):
        low = _decimal(match[1]) * _MANY[match[2] or match[4]]
        unit = match[5].strip()
        if unit and not _UNIT.match(unit):
            return Quantity(problem="quantity-unreadable")
        return _judged(low, unit, "quantity-range")
    while stripped := _ABOUT.search(text):
        text = (text[: stripped.start()] + text[stripped.end() :]).strip()
        note = "quantity-approximate"
    match = _AMOUNT.match(text)
    return _spelt(text, note) if match is None else _written(match, note)


def _spelt(text: str, note: str) -> Quantity:
    match = _SPELT.match(text)
    if match is None:
        return Quantity(problem="quantity-unreadable")
    return _judged(Decimal(han_number(match[1])), match[2].strip("()/每"), note)


def _written(match: re.Match[str], note: str) -> Quantity:
    sign, digits, more, many, much, unit = match.groups()
    if (many + unit).startswith(_LONG_UNITS):
        many, unit = "", many + unit
    if more or much:
        note = "quantity-approximate"
    unit = unit.strip().strip("()/")
    if unit and not _UNIT.match(unit):
        return Quantity(problem="quantity-unreadable")
    amount = _decimal(digits) * _MANY[many]
    return _judged(-amount if sign in ("-", "−") else amount, unit, note)


def _decimal(text: str) -> Decimal:
    return Decimal(re.sub(r"[,'\u2019 ]", "", text))


def _judged(amount: Decimal, unit: str, note: str) -> Quantity:
    if amount < 0:
        return Quantity(amount, unit, "quantity-negative")
    if amount > QUANTITY_MAX:
        return Quantity(problem="quantity-too-large")
    whole = amount.to_integral_value()
    return Quantity(whole if whole == amount else amount, unit, "", note)


def read_number(value: Value) -> Decimal | None:
    """Return a plain number, or ``None`` when the cell holds none."""
    found = read_quantity(value)
    if found.amount is None and isinstance(value, str):
        try:
            return Decimal(plain(value))
        except InvalidOperation:
            return None
    return found.amount


@dataclass(frozen=True, slots=True)
class Day:
    """What a date cell says: a day, or months to add to one; neither means no date."""

    day: date | None = None
    months: int = 0
    days: int = 0
    problem: str = ""
    notes: tuple[str, ...] = field(default=())


YEAR_MIN, YEAR_MAX = 1980, 2079
_FOREVER = ("长期", "永久", "无限期", "不限", "长效", "longterm", "none")
_SEP = r"[.\-/年_、]"
_YMD = re.compile(rf"(\d{{4}}|\d{{2}}){_SEP}(\d{{1,2}})[.\-/月_、](\d{{1,2}})[日号]?")
_YM = re.compile(rf"(\d{{4}}|\d{{2}}){_SEP}(\d{{1,2}})月?[份]?")
_Y = re.compile(r"(\d{4})年?[度底末]?")
_TIME = re.compile(r"(?<=\d)[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$")
_LEAST = re.compile(r"^(?:不少于|不低于|至少|大于|超过|[≥>]=?)|(?:以上|左右)$")
_AROUND = re.compile(
    r"^(?:截至|截止|生产于|购于|约|大约)|(?:生产|出厂|入库|采购|购入|购置|到期|失效|为止|截止|之前|以前|前|止)$"
    r"|(?<=月)[底末份初]$"
)
_EPOCH = date(1899, 12, 30)
_DURATION = re.compile(
    r"(?:(\d+(?:\.\d+)?|[一二两三四五六七八九十半])"
    "(年半|年|个月|月|天|日|周|years?|y|months?|days?))"
)
_HAN = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "半": 0.5}


def month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    first_next = date(year + month // 12, month % 12 + 1, 1)
    return first_next - timedelta(days=1)


@lru_cache(maxsize=131_072, typed=True)
def read_day(value: Value, *, end: bool = False) -> Day:
    """Return the day in a cell.

    Parameters
    ----------
    end
        Whether a month (or year) alone means its last day, as for an expiry; else its first.
    """
    if value is None:
        return Day()
    if isinstance(value, date):
        return _within(value.date() if isinstance(value, datetime) else value)
    if isinstance(value, int | float):
        return _from_number(value, end=end)
    text = _TIME.sub("", _tidy(value))
    text = _AROUND.sub("", re.sub(r"(?<=\d)\s+(?=\d)", ".", text))
    text = re.sub(r"\s", "", text).strip("至到前止起。")
    if re.match(r"[〇零一二三四五六七八九]{4}年", text):
        text = re.sub(r"[〇零一二三四五六七八九十]+", lambda m: str(han_number(m[0])), text)
    if not text or text.lower() in NONE_WORDS:
        return Day()
    if text.startswith(_FOREVER) or text.lower() in _FOREVER:
        return Day(notes=("forever",))
    return _from_text(text, end=end)


def _within(day: date) -> Day:
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        return Day(problem="date-out-of-range")
    return Day(day)


def _from_number(value: float, *, end: bool) -> Day:
    if not math.isfinite(value):
        return Day(problem="date-unreadable")
    if 10_000 <= value < 100_000:
        return _serial(value)
    if value == int(value):
        return _from_text(str(int(value)), end=end)
    text = f"{value:.2f}" if round(value * 10) != round(value * 10, 6) else f"{value:.1f}"
    if YEAR_MIN <= value < YEAR_MAX + 1:
        found = _from_text(text, end=end)
        if text.endswith(".1") and found.day:
            return Day(found.day, notes=("date-ambiguous",))
        return found
    return Day(problem="date-unreadable")


def _serial(value: float) -> Day:
    """Return the day of an Excel serial number; only those of our years are taken for one."""
    if 29_000 <= value < 66_000:
        return _within(_EPOCH + timedelta(days=int(value)))
    return Day(problem="date-unreadable")


def _from_text(text: str, *, end: bool) -> Day:
    if re.fullmatch(r"\d{5}(?:\.0+)?", text):
        return _serial(float(text))
    if match := re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text) or _YMD.fullmatch(text):
        return _day(*match.groups())
    if match := re.fullmatch(r"(\d{4})(\d\d)", text) or _YM.fullmatch(text):
        return _month(match[1], match[2], end=end)
    if (match := _Y.fullmatch(text)) and YEAR_MIN <= int(match[1]) <= YEAR_MAX:
        found = _month(match[1], "12" if end or text[-1] in "底末" else "1", end=end)
        return Day(found.day, notes=("date-year-only",))
    return Day(problem="date-unreadable")


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 2:
        return year + (2000 if year < 80 else 1900)
    return year


def _day(year: str, month: str, day: str) -> Day:
    try:
        return _within(date(_year(year), int(month), int(day)))
    except ValueError:
        return Day(problem="date-unreadable")


def _month(year: str, month: str, *, end: bool) -> Day:
    if not 1 <= int(month) <= 12 or _year(year) < 1:
        return Day(problem="date-unreadable")
    if not YEAR_MIN <= _year(year) <= YEAR_MAX:
        return Day(problem="date-out-of-range")
    return Day(month_end(_year(year), int(month)) if end else date(_year(year), int(month), 1))


@lru_cache(maxsize=131_072, typed=True)
def read_expiry(value: Value, header: str = "") -> Day:
    """Return an expiry day, or a duration to count from the production day.

    ``header`` gives the unit of a bare number ("保质期(月)", "使用年限").
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 600:
        return _bare(float(value), header)
    if not isinstance(value, str):
        return read_day(value, end=True)
    text = re.sub(r"/[^\d]+$", "", plain(value)).lower().strip("约。")
    if inside := re.search(r"\((.*\d.*)\)", text):
        # "5年(2026年5月到期)" says the day itself.
        told = read_day(inside[1], end=True)
        return told if told.day else read_expiry(text.replace(inside[0], ""), header)
    text = _LEAST.sub("", text)
    if re.fullmatch(r"\d{1,3}(\.\d+)?", text):
        return _bare(float(text), header)
    parts = _DURATION.findall(text)
    rest = _DURATION.sub("", text).strip("零又共质保期限效:内")
    # "2027年" is a year, "25年6月" a month of 2025; "20年" and "3年6个月" are durations.
    if parts and not rest and not re.search(r"\d{4}|\d年\d{1,2}月", text):
        return _span(parts)
    return read_day(value, end=True)


def _bare(number: float, header: str) -> Day:
    words = plain(header)
    if "月" in words:
        return _span([(str(number), "月")])
    if "年" in words:
        return _span([(str(number), "年")])
    if "天" in words or "日)" in words:
        return _span([(str(number), "天")])
    return Day(problem="expiry-unit-missing")


def _span(parts: list[tuple[str, str]]) -> Day:
    months = days = 0.0
    for digits, unit in parts:
        number = float(_HAN[digits]) if digits in _HAN else float(digits)
        if unit.startswith(("年", "y")):
            months += number * 12 + (6 if unit == "年半" else 0)
        elif "月" in unit or unit.startswith("m"):
            months += number
        else:
            days += number * (7 if unit == "周" else 1)
    if months > 1200 or days > 36_500 or (months == 0 and days == 0):
        return Day(problem="date-unreadable")
    whole = int(months)
    return Day(months=whole, days=round(days + (months - whole) * 30))
