"""A transfer at once: goods leave one site and stand at another."""

from collections.abc import Sequence
from decimal import Decimal

from supplies.errors import CityError
from supplies.ledger import Kind, Move, Reason
from supplies.ledger import site as at_site
from supplies.lots import Lot
from supplies.store import Voucher
from supplies.tasks.desk import Desk
from supplies.tasks.vouchers.moving import (
    Way,
    handed_over,
    made_of,
    post,
    posting,
    repeated,
    stay_owned,
    take,
    with_owner,
)
from supplies.tasks.vouchers.order import NO_ORDER, Line, Order, allow, goods, head, totals
from supplies.tasks.vouchers.picking import Picked, to_use
from supplies.tiers import Tier


def transfer(
    desk: Desk,
    *,
    source: str,
    target: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
    lines: Sequence[Line] = (),
    hand_over: bool = False,
    held: str | None = None,
    call_up: str | None = None,
    order: Order = NO_ORDER,
) -> Voucher:
    """Move goods from one site to another at once; they stay their owner's.

    Parameters
    ----------
    hand_over
        They become those of the target's tier.
    held
        The voucher of a reservation whose goods go.

    Raises
    ------
    AccessError, CityError, LedgerError, OverdrawnError
        As `issue`; the right is needed at both ends.
    """
    if source == target:
        raise CityError(
            f"调拨需要两个库点, 现在两处都是 {source}"
            f" | a transfer needs two sites, got {source} twice"
        )
    asked = goods(lines, item, quantity, lot, owner)
    allow(desk, Kind.TRANSFER, order, source, target)
    wanted = totals(desk, asked)
    with posting(desk, "transfer", order) as writer:
        if (before := repeated(desk, writer, order, Kind.TRANSFER, wanted)) is not None:
            return before
        picked = take(desk, writer, order, source, asked, to_use, held)
        whose = desk.site(target).tier if hand_over else None
        if whose is None:
            stay_owned(desk, source, target, [lot for lot, _ in picked])
        moves, lots = _moved(desk, order, (source, target), picked, whose, reason)
        paper = head(desk, Kind.TRANSFER, order, call_up=call_up)
        return post(writer, order, paper, moves, lots, reason)


def _moved(
    desk: Desk,
    order: Order,
    way: tuple[str, str],
    picked: Picked,
    whose: Tier | None,
    reason: str,
) -> tuple[list[Move], list[Lot]]:
    """Return the moves of picked lots, with what is written on them, and their lots."""
    source, target = way
    named, owned = with_owner(desk, order, source, picked, reason)
    along = Way(at_site(source), at_site(target), Reason.TRANSFER)
    moves = [*named, *made_of(desk, order, along, owned, reason)]
    lots = [lot for lot, _ in owned]
    if whose is not None:
        theirs, new = handed_over(desk, order, at_site(target), owned, whose, reason)
        moves, lots = [*moves, *theirs], [*lots, *new]
    return moves, lots
