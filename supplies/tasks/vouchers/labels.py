"""What a lot is said to be: inspected, or held for another tier. Nothing moves."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from supplies.errors import CityError, LedgerError
from supplies.ledger import Kind, Move, Reason
from supplies.ledger import site as at_site
from supplies.lots import Condition, Lot, expired_on
from supplies.store import Voucher
from supplies.tasks.desk import Desk, tier_of
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.moving import post, posting, relabel, relot, repeated, take
from supplies.tasks.vouchers.order import (
    NO_ORDER,
    Line,
    Order,
    allow,
    goods,
    head,
    need,
    totals,
)
from supplies.tasks.vouchers.picking import named
from supplies.tiers import Tier


def inspect(
    desk: Desk,
    *,
    site: str,
    item: str,
    lot: str,
    quantity: Decimal | int,
    reason: str,
    expiry: date | None = None,
    condition: str | None = None,
    order: Order = NO_ORDER,
) -> Voucher:
    """Post what an inspection found: a later or earlier expiry, a better or worse condition.

    An extension, and a return to use, name the inspection report (`order_number`).

    Raises
    ------
    AccessError, CityError, OverdrawnError
        As `issue`.
    LedgerError
        When nothing changes, the report is missing, or the finding makes no sense.
    """
    day = allow(desk, Kind.INSPECTION, order, site)
    line = Line(item=item, quantity=quantity, lot=lot)
    wanted = totals(desk, [line])
    with posting(desk, "inspect", order) as writer:
        if (before := repeated(desk, writer, order, Kind.INSPECTION, wanted)) is not None:
            return before
        ((old, units),) = take(desk, writer, order, site, [line], named)
        state = old.condition if condition is None else _condition(condition)
        until = expiry or old.expiry
        _sensible(desk, old, until, state, order, day)
        new = relot(old, expiry=until, condition=state)
        place = at_site(site)
        moves = relabel(desk, order, place, old, new, units, Reason.INSPECTION, reason)
        return post(writer, order, head(desk, Kind.INSPECTION, order), moves, [new], reason)


def entrust(
    desk: Desk,
    *,
    site: str,
    to: str | Tier,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str = "",
    lines: Sequence[Line] = (),
    order: Order = NO_ORDER,
) -> Voucher:
    """Write down that a site holds goods for a tier (``to``): they are that tier's from now on.

    Raises
    ------
    AccessError, CityError, OverdrawnError
        As `issue`.
    LedgerError
        When the goods are that tier's already, or no unit of that tier is above the site.
    """
    owner = tier_of(to)
    where = desk.site(site)
    if owner is None or desk.city.ancestor(where.area, owner) is None:
        raise LedgerError(
            f"{where.name_zh}不在任何 {to} 级单位之内, 说不清替谁代储"
            f" | {where.name_en} lies in no unit of tier {to}, so nobody could own the goods"
        )
    asked = goods(lines, item, quantity, lot)
    allow(desk, Kind.CUSTODY, order, site)
    wanted = totals(desk, asked)
    with posting(desk, "entrust", order) as writer:
        if (before := repeated(desk, writer, order, Kind.CUSTODY, wanted)) is not None:
            return before
        moves: list[Move] = []
        lots: list[Lot] = []
        for old, units in take(desk, writer, order, site, asked, named):
            if old.owned_by(where.tier) is owner:
                whose = naming.owner(desk, owner)
                raise LedgerError(
                    f"这批{desk.item(old.item).name_zh}已经属于{whose[0]}"
                    f" | this lot of {desk.item(old.item).name_en} is {whose[1]} already"
                )
            lots.append(relot(old, owner_tier=owner))
            place = at_site(site)
            moves += relabel(desk, order, place, old, lots[-1], units, Reason.CUSTODY, reason)
        return post(writer, order, head(desk, Kind.CUSTODY, order), moves, lots, reason)


def _condition(word: str) -> Condition:
    try:
        return Condition(word)
    except ValueError:
        known = ", ".join(Condition)
        raise CityError(
            f"没有批次状态 {word!r}, 应为: {known} | condition {word!r} is unknown; known: {known}"
        ) from None


def _sensible(
    desk: Desk, old: Lot, until: date | None, state: Condition, order: Order, day: date
) -> None:
    """Refuse a finding that changes nothing or that no inspection can give."""
    if (until, state) == (old.expiry, old.condition):
        have = naming.lot(desk, old)
        raise LedgerError(
            f"检验没有改变什么: 批次仍是 {have[0]}, 请写新的有效期或状态"
            f" | the inspection changes nothing: the lot stays {have[1]}; give a new expiry day "
            "or condition"
        )
    if until and old.produced and until < old.produced:
        raise LedgerError(
            f"有效期 {until} 早于生产日期 {old.produced}"
            f" | the expiry day {until} is before the production on {old.produced}"
        )
    longer = until is not None and old.expiry is not None and until > old.expiry
    if longer and until is not None and until <= day:
        raise LedgerError(
            f"延长到 {until} 没有意义: 检验日是 {day} | extending to {until} makes no sense: "
            f"the inspection is of {day}"
        )
    better = state is Condition.USABLE and old.condition is not state
    if better and expired_on(relot(old, expiry=until), day):
        raise LedgerError(
            f"这批物资 {until} 已过期, 须先延长有效期才能恢复可用"
            f" | the lot expired on {until}; extend it before it can be used again"
        )
    if longer or better:
        need(order, "order_number")
