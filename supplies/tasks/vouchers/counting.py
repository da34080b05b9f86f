"""A stocktake by hand: what was counted at a site, lot by lot."""

from collections.abc import Sequence
from datetime import date

from supplies.errors import CityError, LedgerError
from supplies.ledger import Count, Kind, gather
from supplies.ledger import site as at_site
from supplies.lots import Lot, make_lot
from supplies.store import Reader, Voucher
from supplies.tasks.desk import Desk, now
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.moving import posting
from supplies.tasks.vouchers.order import NO_ORDER, Line, Order, allow, head, why
from supplies.tasks.vouchers.picking import coming


def count(
    desk: Desk,
    *,
    site: str,
    counted: Sequence[Line],
    reason: str,
    order: Order = NO_ORDER,
) -> Voucher:
    """Post what was counted; the ledger is settled to it, whatever moved since.

    A count speaks of the end of its day as far as the ledger knows it. Lots that are not on the
    list do not change. Quantities may be zero.

    Parameters
    ----------
    counted
        A line without lot speaks of the item's only lot here; where there are several, each
        is named. New lots are named by their expiry day, or by `produced` and `expiry`.

    Raises
    ------
    AccessError, CityError, LedgerError
        When the right is missing, or the site, an item, lot, quantity or day cannot be used.
    OverdrawnError
        When less was counted than is reserved, or a later balance would go below zero.
    """
    day = allow(desk, Kind.COUNT, order, site)
    note = why(reason)
    if not counted:
        raise LedgerError("盘点表没有一行 | the count has no line")
    with posting(desk, "count", order) as writer:
        lots = [_lot(desk, writer, site, line) for line in counted]
        pairs = zip(counted, lots, strict=True)
        counts = [_count(desk, site, line, lot, day) for line, lot in pairs]
        return writer.count(
            gather(counts),
            lots,
            recorded_at=now(),
            recorded_by=desk.user,
            key=order.key,
            note=note,
            allow_backdate=order.late.strip() or None,
            paper=head(desk, Kind.COUNT, order),
        )


def _count(desk: Desk, site: str, line: Line, lot: Lot, day: date) -> Count:
    units = _units(desk, line)
    return Count(day=day, account=at_site(site), item=line.item, lot=lot.id, quantity=units)


def _units(desk: Desk, line: Line) -> int:
    if line.quantity == 0:
        desk.item(line.item)
        return 0
    return desk.base(line.item, line.quantity)


def _lot(desk: Desk, reader: Reader, site: str, line: Line) -> Lot:
    """Return the lot a line speaks of: the one it names, or the item's only one here."""
    tier = desk.site(site).tier
    desk.item(line.item)
    if line.lot == "":
        return make_lot(line.item)
    if line.lot is not None or line.produced or line.expiry:
        return coming(desk, reader, line, tier)
    here = [row.lot for row in reader.stock(site=site, item=line.item)]
    if line.owner is not None:
        here = [lot for lot in here if lot.owned_by(tier) is line.owner]
    if len(here) > 1:
        name, place = desk.item(line.item), naming.place(desk, at_site(site))
        known = "; ".join(f"{lot.id!r} ({naming.lot(desk, lot)[0]})" for lot in here)
        also = "; ".join(f"{lot.id!r} ({naming.lot(desk, lot)[1]})" for lot in here)
        raise CityError(
            f"{place[0]}的{name.name_zh}有 {len(here)} 个批次, 请逐批盘点: {known}"
            f" | {place[1]} holds {len(here)} lots of {name.name_en}; count each: {also}"
        )
    return here[0] if here else make_lot(line.item, owner_tier=line.owner or tier)
