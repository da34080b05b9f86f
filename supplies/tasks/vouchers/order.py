"""What a voucher rests on: who wanted and allowed it, its order, its day, its money, its goods."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from supplies.access import Right
from supplies.errors import LedgerError
from supplies.ledger import Kind, Paper
from supplies.lots import Condition
from supplies.tasks.desk import Desk
from supplies.tiers import Tier

# Who may post what; all other kinds need `Right.POST`.
RIGHTS: Mapping[Kind, Right] = {
    Kind.COUNT: Right.COUNT,
    Kind.SCRAP: Right.SCRAP,
    Kind.CALL_OFF: Right.BUY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a voucher says beside its goods.

    Parameters
    ----------
    asked_by, approved_by, order_number
        Who wanted it, who allowed it, and the written order it rests on.
    by_phone
        It was ordered by telephone: without an order number, the papers are due.
    day
        When it happened; today where not given. An earlier day needs the right to it and `late`.
    late
        Why it is entered late.
    key
        Makes a repeat harmless: the same key returns the first voucher.
    party, due
        The other side, and until when something is due from or to it.
    amount_cny
        Money the voucher makes due, in yuan, to the fen.
    trial
        Only to be shown: what the voucher would do is told and undone (see `effect`).
    """

    asked_by: str = ""
    approved_by: str = ""
    order_number: str = ""
    by_phone: bool = False
    day: date | None = None
    late: str = ""
    key: str | None = None
    party: str = ""
    due: date | None = None
    amount_cny: Decimal | None = None
    trial: bool = False


NO_ORDER = Order()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Goods on a voucher; the quantity is in the item's catalogue unit.

    Parameters
    ----------
    lot
        One lot; first expiring first where not given. For goods that come in, a lot in stock
        or an expiry day (YYYY-MM-DD).
    owner
        Whose goods: those of the site's own tier where not given.
    produced, expiry, condition
        Of goods that come in, where no lot is named.
    """

    item: str
    quantity: Decimal | int
    lot: str | None = None
    owner: Tier | None = None
    produced: date | None = None
    expiry: date | None = None
    condition: Condition = Condition.USABLE


def goods(
    lines: Sequence[Line],
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
) -> tuple[Line, ...]:
    """Return the lines of a voucher: those given, or the one item named.

    Raises
    ------
    LedgerError
        When no goods are given, or both ways are used.
    """
    if bool(lines) == bool(item):
        raise LedgerError(
            "请写明物资: 一种物资写编号与数量, 多种写明细行, 不要两样都写"
            " | name the goods: one item with its quantity, or a list of lines, not both"
        )
    return tuple(lines) or (Line(item=item, quantity=quantity, lot=lot, owner=owner),)


def totals(desk: Desk, lines: Iterable[Line]) -> Counter[str]:
    """Return base units by item.

    Raises
    ------
    CityError
        When an item is unknown or a quantity cannot be used.
    """
    total: Counter[str] = Counter()
    for line in lines:
        total[line.item] += desk.base(line.item, line.quantity)
    return total


def day_of(desk: Desk, order: Order) -> date:
    """Return the day of a voucher.

    Raises
    ------
    LedgerError
        When it lies ahead, or in the past without a reason for being late.
    """
    day = order.day or desk.day
    if day > desk.day:
        raise LedgerError(
            f"凭证日期 {day} 还没有到, 今天是 {desk.day}; 请写今天或以前的日期"
            f" | the day {day} lies ahead, today is {desk.day}; give today or an earlier day"
        )
    if day < desk.day and not order.late.strip():
        raise LedgerError(
            f"补记 {day} 的凭证须写明补记原因 (今天是 {desk.day})"
            f" | a voucher for {day} is late (today is {desk.day}): say why it is entered late"
        )
    return day


def allow(desk: Desk, kind: Kind, order: Order, *sites: str) -> date:
    """Refuse what the user may not post at the sites; return the voucher's day.

    An entry that may be late needs the right to it as well. Call it outside a transaction: a
    refusal is kept in one of its own.

    Raises
    ------
    AccessError, CityError, LedgerError
        When the right is missing, a site is unknown, or the day cannot be used.
    """
    day = day_of(desk, order)
    for site in sites:
        desk.site(site)
        desk.allow(RIGHTS.get(kind, Right.POST), site=site)
        if order.late.strip():
            desk.allow(Right.BACKDATE, site=site)
    return day


def fen(amount_cny: Decimal | None) -> int | None:
    """Return an amount in whole fen.

    Raises
    ------
    LedgerError
        When it is negative or finer than a fen.
    """
    if amount_cny is None:
        return None
    units = amount_cny * 100
    if not units.is_finite() or units < 0 or units != units.to_integral_value():
        raise LedgerError(
            f"金额应为零或正数, 最小到分, 现为 {amount_cny} 元"
            f" | an amount should be zero or more and not finer than 0.01 CNY, got {amount_cny}"
        )
    return int(units)


def head(
    desk: Desk,
    kind: Kind,
    order: Order,
    *,
    party: str | None = None,
    due: date | None = None,
    refers: str | None = None,
    agreement: str | None = None,
    call_up: str | None = None,
) -> Paper:
    """Return the head of a voucher; what is ordered by telephone says when its papers are due.

    Raises
    ------
    LedgerError
        When the day or the amount cannot be used, or something is due before the day.
    """
    day = day_of(desk, order)
    until = due or order.due
    if until is not None and until < day:
        raise LedgerError(
            f"到期日 {until} 早于凭证日期 {day} | {until} is before the voucher's day, {day}"
        )
    papers_due = None
    if order.by_phone and not order.order_number.strip():
        papers_due = day + timedelta(days=math.ceil(desk.city.rule("papers_due_h") / 24))
    return Paper(
        kind=kind,
        asked_by=order.asked_by.strip(),
        approved_by=order.approved_by.strip(),
        order_number=order.order_number.strip(),
        papers_due=papers_due,
        party=order.party.strip() if party is None else party,
        due=until,
        amount_fen=fen(order.amount_cny),
        refers=refers,
        agreement=agreement,
        call_up=call_up,
    )


def why(reason: str) -> str:
    """Return the reason of a voucher.

    Raises
    ------
    LedgerError
        When there is none.
    """
    if not reason.strip():
        raise LedgerError("请写明事由 | a voucher needs a reason; say why in a few words")
    return reason.strip()


def need(order: Order, *fields: str) -> None:
    """Refuse an order that lacks what its kind of voucher needs.

    Raises
    ------
    LedgerError
        Naming the first field that is missing.
    """
    for field in fields:
        value = getattr(order, field)
        if value is None or (isinstance(value, str) and not value.strip()):
            zh, en = _WORDS[field]
            raise LedgerError(f"请写明{zh} | this voucher needs {en}")


_WORDS: Mapping[str, tuple[str, str]] = {
    "approved_by": ("批准人", "who approved it"),
    "order_number": ("检验报告或文件编号", "the number of the report or order it rests on"),
    "party": ("对方单位或个人", "the other party"),
    "due": ("到期日", "the day it is due"),
    "amount_cny": ("金额", "the amount"),
}
