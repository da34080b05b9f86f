"""Goods called off from a supplier under an agreement."""

import math
from datetime import timedelta
from decimal import Decimal

from supplies.access import Right
from supplies.city import Agreement
from supplies.errors import LedgerError
from supplies.ledger import Kind, Reason, outside, transit
from supplies.lots import make_lot
from supplies.planning.sources import agreement_id
from supplies.store import Voucher
from supplies.store.papers import called_off
from supplies.tasks.desk import Desk
from supplies.tasks.holdings import agreements
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.moving import Way, make, post, posting, repeated
from supplies.tasks.vouchers.order import NO_ORDER, Order, day_of, head


def call_off(
    desk: Desk,
    *,
    agreement: str,
    site: str,
    quantity: Decimal | int,
    reason: str,
    call_up: str | None = None,
    order: Order = NO_ORDER,
) -> Voucher:
    """Call goods off from an agreement: they are on the way from the supplier until they arrive.

    The voucher is due when the notice time is over; `arrive` takes the goods in, and what is
    given up there goes back to the supplier and can be called off again.

    Parameters
    ----------
    agreement
        Its id: supplier|owner|item.
    site
        Where the goods are to come; in the area of the agreement's owner.

    Raises
    ------
    AccessError, CityError
        When the right is missing, or the site or quantity cannot be used.
    LedgerError
        When there is no such agreement, it is no longer valid, or it promises less.
    """
    promise = _promise(desk, agreement)
    day = day_of(desk, order)
    _open_to(desk, promise, site, order)
    desk.allow(Right.BUY, area=promise.owner)
    if order.late.strip():
        desk.allow(Right.BACKDATE, area=promise.owner)
    base = desk.base(promise.item, quantity)
    with posting(desk, "call-off", order) as writer:
        wanted = {promise.item: base}
        if (before := repeated(desk, writer, order, Kind.CALL_OFF, wanted)) is not None:
            return before
        _not_more(desk, promise, base, called_off(writer, agreement))
        lot = make_lot(promise.item, owner_tier=desk.city.area(promise.owner).tier)
        way = Way(outside("supplier"), transit(writer.next_document()), Reason.CALL_OFF)
        moves = make(desk, order, way, promise.item, [(lot, base)], reason)
        due = day + timedelta(days=math.ceil(promise.notice_hours / 24))
        about = {"agreement": agreement, "call_up": call_up}
        paper = head(desk, Kind.CALL_OFF, order, party=site, due=due, **about)
        return post(writer, order, paper, moves, [lot], reason)


def _promise(desk: Desk, agreement: str) -> Agreement:
    promise = next((a for a in agreements(desk) if agreement_id(a) == agreement), None)
    if promise is None:
        raise LedgerError(
            f"没有协议 {agreement!r}, 协议编号为 供应商|签约单位|物资"
            f" | there is no agreement {agreement!r}; its id is supplier|owner|item"
        )
    return promise


def _open_to(desk: Desk, promise: Agreement, site: str, order: Order) -> None:
    """Refuse an agreement that has run out, or a site whose goods could not be the owner's."""
    if day_of(desk, order) > promise.valid_until:
        raise LedgerError(
            f"与 {promise.supplier_name} 的协议到 {promise.valid_until} 为止, 已失效"
            f" | the agreement with {promise.supplier_name} ended on {promise.valid_until}"
        )
    where, owner = desk.site(site), desk.city.area(promise.owner)
    if not desk.city.inside(where.area, promise.owner):
        raise LedgerError(
            f"{where.name_zh}不在签约单位{owner.name_zh}境内, 协议物资不能送到那里"
            f" | {where.name_en} does not lie in {owner.name_en}, whose agreement it is"
        )


def _not_more(desk: Desk, promise: Agreement, base: int, called: int) -> None:
    """Refuse more than the agreement promises, less what was called off before."""
    left = max(desk.item(promise.item).to_base(promise.quantity) - called, 0)
    if base > left:
        have, want = naming.amount(desk, promise.item, left), naming.goods(desk, promise.item, base)
        raise LedgerError(
            f"协议 {promise.supplier_name} 还可调用 {have[0]}, 要调用{want[0]}"
            f" | the agreement with {promise.supplier_name} has {have[1]} left, asked for {want[1]}"
        )
