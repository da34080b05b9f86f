"""A voucher undone by one more."""

from supplies.errors import LedgerError
from supplies.ledger import SITE, Kind
from supplies.store import Voucher
from supplies.store.papers import undone
from supplies.tasks.desk import Desk, now
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.called import refuse_step
from supplies.tasks.vouchers.moving import posting, repeated
from supplies.tasks.vouchers.order import NO_ORDER, RIGHTS, Order, allow, day_of, head, why


def reverse(desk: Desk, voucher: str, *, reason: str, order: Order = NO_ORDER) -> Voucher:
    """Undo a voucher by one more; undoing that one restores the first.

    Raises
    ------
    AccessError
        When the right to post such a voucher is missing at a site it touched.
    LedgerError
        When the voucher is unknown, moved nothing or was undone already.
    OverdrawnError
        When the goods are no longer there.
    """
    original = desk.store.voucher(voucher)
    if original is None:
        raise naming.unknown(voucher)
    if original.reservations:
        raise LedgerError(
            f"凭证 {voucher} 是预留, 请用解除预留 (release), 不用冲销"
            f" | voucher {voucher} is a reservation: release it, it cannot be reversed"
        )
    if not original.moves:
        raise LedgerError(
            f"凭证 {voucher} 没有移动任何物资, 不需要冲销"
            f" | voucher {voucher} moved nothing, so there is nothing to undo"
        )
    refuse_step(desk, original)
    kind = original.paper.kind
    sites = sites_of(original)
    allow(desk, Kind.REVERSAL, order)
    allow(desk, kind if kind in RIGHTS else Kind.REVERSAL, order, *sites)
    with posting(desk, "reverse", order) as writer:
        if (before := repeated(desk, writer, order, Kind.REVERSAL)) is not None:
            return before
        if undone(writer, [voucher]):
            raise LedgerError(f"凭证 {voucher} 已经冲销过 | voucher {voucher} was reversed already")
        return writer.reverse(
            voucher,
            day=day_of(desk, order),
            recorded_at=now(),
            recorded_by=desk.user,
            key=order.key,
            note=why(reason),
            # Why it is undone is reason enough where goods moved on a later day already.
            allow_backdate=order.late.strip() or reason,
            paper=head(desk, Kind.REVERSAL, order),
        )


def sites_of(voucher: Voucher) -> list[str]:
    """Return the sites a voucher touches."""
    places = {p for m in voucher.moves for p in (m.source, m.target)}
    places |= {line.account for line in voucher.reservations}
    return sorted(p.removeprefix(SITE) for p in places if p.startswith(SITE))
