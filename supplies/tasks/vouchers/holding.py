"""Goods set aside and let go again."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import uuid4

from supplies.errors import LedgerError
from supplies.ledger import SITE, Kind, Reservation
from supplies.ledger import site as at_site
from supplies.store import Voucher, Writer
from supplies.tasks.desk import Desk, now
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.called import refuse_step
from supplies.tasks.vouchers.moving import posting, repeated, take
from supplies.tasks.vouchers.order import (
    NO_ORDER,
    Line,
    Order,
    allow,
    day_of,
    goods,
    head,
    totals,
    why,
)
from supplies.tasks.vouchers.picking import to_use
from supplies.tiers import Tier


def reserve(
    desk: Desk,
    *,
    site: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
    lines: Sequence[Line] = (),
    call_up: str | None = None,
    order: Order = NO_ORDER,
) -> Voucher:
    """Set goods aside, first expired first out; raises as `issue`."""
    asked = goods(lines, item, quantity, lot, owner)
    allow(desk, Kind.RESERVE, order, site)
    with posting(desk, "reserve", order) as writer:
        return hold(desk, writer, {site: asked}, reason, order, call_up)


def hold(
    desk: Desk,
    writer: Writer,
    wanted: dict[str, Sequence[Line]],
    reason: str,
    order: Order,
    call_up: str | None = None,
) -> Voucher:
    """Post one reservation at several sites inside a transaction; the right is the caller's.

    Raises
    ------
    CityError, LedgerError, OverdrawnError
        As `reserve`.
    """
    asked = totals(desk, [line for lines in wanted.values() for line in lines])
    if (before := repeated(desk, writer, order, Kind.RESERVE, asked)) is not None:
        return before
    moment, note = now(), why(reason)
    listed = [
        Reservation(
            id=uuid4(),
            day=day_of(desk, order),
            recorded_at=moment,
            recorded_by=desk.user,
            account=at_site(site),
            item=lot.item,
            lot=lot.id,
            quantity=units,
            note=note,
        )
        for site, lines in wanted.items()
        for lot, units in take(desk, writer, order, site, lines, to_use)
    ]
    paper = head(desk, Kind.RESERVE, order, call_up=call_up)
    return writer.reserve(listed, key=order.key, note=note, paper=paper)


def release(desk: Desk, *, voucher: str, reason: str, order: Order = NO_ORDER) -> Voucher:
    """Let go of all that is still open of a reservation.

    Raises
    ------
    AccessError
        When the right is missing at a site it holds goods at.
    LedgerError
        When there is no such reservation, or nothing of it is open.
    """
    found = desk.store.voucher(voucher)
    if found is None:
        raise naming.unknown(voucher)
    refuse_step(desk, found)
    sites = sorted({line.account.removeprefix(SITE) for line in found.reservations})
    allow(desk, Kind.RELEASE, order, *sites)
    note = why(reason)
    with posting(desk, "release", order) as writer:
        if (before := repeated(desk, writer, order, Kind.RELEASE)) is not None:
            return before
        still = [line.reservation.id for line in writer.open_reservations(voucher)]
        if not still:
            raise LedgerError(
                f"凭证 {voucher} 没有尚未解除的预留 | voucher {voucher} holds nothing any more"
            )
        return writer.release(
            still,
            day=day_of(desk, order),
            recorded_at=now(),
            recorded_by=desk.user,
            key=order.key,
            note=note,
            paper=head(desk, Kind.RELEASE, order, refers=voucher),
        )
