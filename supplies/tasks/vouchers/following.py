"""What follows a voucher: its papers after a telephone order, payments on its amount."""

from datetime import date
from decimal import Decimal

from supplies.access import Right
from supplies.errors import LedgerError
from supplies.store import Voucher
from supplies.store.papers import (
    Filed,
    Payment,
    add_papers,
    add_payment,
    paid_fen,
    papers_of,
    undone,
)
from supplies.tasks.desk import Desk, now
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.order import Order, day_of, fen
from supplies.tasks.vouchers.undoing import sites_of


def papers(
    desk: Desk, *, voucher: str, order_number: str, day: date | None = None, note: str = ""
) -> Filed:
    """Record that the papers of a telephone order came.

    Raises
    ------
    AccessError
        When the right is missing at a site of the voucher.
    LedgerError
        When the voucher is unknown or owes no papers, or the number is missing.
    """
    found = _found(desk, voucher)
    if not order_number.strip():
        raise LedgerError("请写明补办文件的文号 | give the number of the papers that came")
    _allow(desk, found, Right.POST)
    came = day_of(desk, Order(day=day, late=note or "papers"))
    with desk.store.writing() as writer:
        if found.paper.papers_due is None or papers_of(writer, document=voucher):
            raise LedgerError(f"凭证 {voucher} 不欠书面文件 | voucher {voucher} owes no papers")
        filed = Filed(order_number.strip(), came, now(), desk.user, note.strip())
        add_papers(writer, filed, document=voucher)
        desk.keep_event(writer, "papers", voucher, "done", filed.order_number)
    return filed


def pay(
    desk: Desk,
    *,
    voucher: str,
    amount_cny: Decimal,
    day: date | None = None,
    note: str = "",
) -> Payment:
    """Record a payment on the amount a voucher made due.

    Raises
    ------
    AccessError
        When the right is missing at a site of the voucher.
    LedgerError
        When the voucher is unknown, reversed or made nothing due, or less is open.
    """
    found = _found(desk, voucher)
    _allow(desk, found, Right.BUY)
    units = fen(amount_cny) or 0
    paid_on = day_of(desk, Order(day=day, late=note or "paid"))
    with desk.store.writing() as writer:
        due = found.paper.amount_fen
        if due is None or undone(writer, [voucher]):
            raise LedgerError(
                f"凭证 {voucher} 没有应付金额 (或已冲销)"
                f" | voucher {voucher} made no amount due (or was reversed)"
            )
        left = due - paid_fen(writer, document=voucher)
        if not 0 < units <= left:
            raise LedgerError(
                f"凭证 {voucher} 尚欠 {left / 100:,.2f} 元, 不能付 {amount_cny:,.2f} 元"
                f" | voucher {voucher} has {left / 100:,.2f} CNY open, cannot pay "
                f"{amount_cny:,.2f}"
            )
        payment = Payment(units, paid_on, now(), desk.user, note.strip())
        add_payment(writer, payment, document=voucher)
        desk.keep_event(writer, "pay", voucher, "done", f"{amount_cny:.2f} CNY")
    return payment


def _found(desk: Desk, voucher: str) -> Voucher:
    found = desk.store.voucher(voucher)
    if found is None:
        raise naming.unknown(voucher)
    return found


def _allow(desk: Desk, voucher: Voucher, right: Right) -> None:
    sites = sites_of(voucher)
    for site in sites:
        desk.allow(right, site=site)
    if not sites:
        desk.allow(right)
