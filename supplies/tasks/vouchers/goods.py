"""Goods that come in and go out: receipt, donation, requisition, issue, training, scrap, return.

Quantities are in catalogue units. Each task posts one voucher; an order's key makes a repeat
harmless.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from supplies.errors import LedgerError
from supplies.ledger import Kind, Reason, outside
from supplies.ledger import site as at_site
from supplies.lots import Lot, first_out
from supplies.store import Voucher, Writer
from supplies.store.heads import lots_of
from supplies.store.papers import flows, undone
from supplies.tasks.desk import Desk
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.moving import Way, made_of, post, posting, repeated, take
from supplies.tasks.vouchers.order import NO_ORDER, Line, Order, allow, goods, head, need, totals
from supplies.tasks.vouchers.picking import Choose, coming, to_spend, to_use
from supplies.tiers import Tier

USED = outside("used")


@dataclass(frozen=True, slots=True)
class _Sort:
    """A kind of voucher: between the site and which place outside, for which reason."""

    kind: Kind
    place: str
    reason: Reason
    choose: Choose = to_use


_RECEIPT = _Sort(Kind.RECEIPT, outside("supplier"), Reason.RECEIPT)
_DONATION = _Sort(Kind.DONATION, outside("donor"), Reason.DONATION)
_REQUISITION = _Sort(Kind.REQUISITION, outside("requisition"), Reason.REQUISITION)
_ISSUE = _Sort(Kind.ISSUE, USED, Reason.ISSUE)
_TRAINING = _Sort(Kind.TRAINING, USED, Reason.TRAINING, to_spend)
_SCRAP = _Sort(Kind.SCRAP, outside("scrap"), Reason.SCRAP, to_spend)


def receive(
    desk: Desk,
    *,
    site: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
    lines: Sequence[Line] = (),
    order: Order = NO_ORDER,
) -> Voucher:
    """Take goods in from a supplier; ``lot`` is a known lot or an expiry day (YYYY-MM-DD).

    Raises
    ------
    AccessError, CityError, LedgerError
        When the right is missing, or the site, item, lot, quantity or day cannot be used.
    """
    return _bring(desk, _RECEIPT, site, goods(lines, item, quantity, lot, owner), reason, order)


def donate(
    desk: Desk,
    *,
    site: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
    lines: Sequence[Line] = (),
    order: Order = NO_ORDER,
) -> Voucher:
    """Take in what was given; the order names the donor (`party`). Raises as `receive`."""
    need(order, "party")
    return _bring(desk, _DONATION, site, goods(lines, item, quantity, lot, owner), reason, order)


def requisition(
    desk: Desk,
    *,
    site: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
    lines: Sequence[Line] = (),
    order: Order = NO_ORDER,
) -> Voucher:
    """Take in goods under an emergency requisition; raises as `receive`.

    The order names the owner (`party`), the compensation (`amount_cny`) and until when it is to
    be paid (`due`).
    """
    need(order, "party", "amount_cny", "due")
    return _bring(desk, _REQUISITION, site, goods(lines, item, quantity, lot, owner), reason, order)


def issue(
    desk: Desk,
    *,
    site: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
    lines: Sequence[Line] = (),
    held: str | None = None,
    order: Order = NO_ORDER,
) -> Voucher:
    """Issue goods for use, first expired first out unless a lot is named.

    Parameters
    ----------
    owner
        Whose goods: those of the site's own tier where not given.
    held
        The voucher of a reservation: its goods are issued and so far let go in one step.

    Raises
    ------
    AccessError, CityError, LedgerError
        When the right is missing, or the site, item, lot, quantity or day cannot be used.
    OverdrawnError
        When less is free, usable and in date, or a later balance would go below zero.
    """
    asked = goods(lines, item, quantity, lot, owner)
    return _take(desk, _ISSUE, site, asked, reason, order, held)


def train(
    desk: Desk,
    *,
    site: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
    lines: Sequence[Line] = (),
    order: Order = NO_ORDER,
) -> Voucher:
    """Use goods for training: what may not be dispatched first; raises as `issue`."""
    return _take(desk, _TRAINING, site, goods(lines, item, quantity, lot, owner), reason, order)


def scrap(
    desk: Desk,
    *,
    site: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
    lines: Sequence[Line] = (),
    order: Order = NO_ORDER,
) -> Voucher:
    """Write goods off: what cannot be used first, then what expires first; raises as `issue`.

    Expired goods are never written off by themselves: the order says who approved it.
    """
    need(order, "approved_by")
    return _take(desk, _SCRAP, site, goods(lines, item, quantity, lot, owner), reason, order)


def return_(
    desk: Desk,
    *,
    site: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    lines: Sequence[Line] = (),
    issued: str | None = None,
    order: Order = NO_ORDER,
) -> Voucher:
    """Take unused goods back into a site, as the lots they left in.

    Parameters
    ----------
    issued
        The voucher they were handed out on; where not given, all that the site ever issued.

    Raises
    ------
    AccessError, CityError, LedgerError
        As `receive`; also when more comes back than was issued and not yet returned.
    """
    asked = goods(lines, item, quantity, lot)
    allow(desk, Kind.RETURN, order, site)
    wanted = totals(desk, asked)
    with posting(desk, "return", order) as writer:
        if (before := repeated(desk, writer, order, Kind.RETURN, wanted)) is not None:
            return before
        out = _out(desk, writer, site, issued, set(wanted))
        back: Counter[Lot] = Counter()
        for line in asked:
            for heap, units in _back(desk, line, out, issued):
                out[heap] -= units
                back[heap] += units
        way = Way(USED, at_site(site), Reason.RETURN)
        moves = made_of(desk, order, way, back.items(), reason)
        paper = head(desk, Kind.RETURN, order, refers=issued)
        return post(writer, order, paper, moves, back, reason)


# --- parts ---------------------------------------------------------------------------------------


def _bring(
    desk: Desk, sort: _Sort, site: str, lines: Sequence[Line], reason: str, order: Order
) -> Voucher:
    allow(desk, sort.kind, order, site)
    wanted = totals(desk, lines)
    with posting(desk, sort.kind.value, order) as writer:
        if (before := repeated(desk, writer, order, sort.kind, wanted)) is not None:
            return before
        came: Counter[Lot] = Counter()
        for line in lines:
            units = desk.base(line.item, line.quantity)
            came[coming(desk, writer, line, desk.site(site).tier)] += units
        way = Way(sort.place, at_site(site), sort.reason)
        moves = made_of(desk, order, way, came.items(), reason)
        return post(writer, order, head(desk, sort.kind, order), moves, came, reason)


def _take(
    desk: Desk,
    sort: _Sort,
    site: str,
    lines: Sequence[Line],
    reason: str,
    order: Order,
    held: str | None = None,
) -> Voucher:
    allow(desk, sort.kind, order, site)
    wanted = totals(desk, lines)
    with posting(desk, sort.kind.value, order) as writer:
        if (before := repeated(desk, writer, order, sort.kind, wanted)) is not None:
            return before
        picked = take(desk, writer, order, site, lines, sort.choose, held)
        way = Way(at_site(site), sort.place, sort.reason)
        moves = made_of(desk, order, way, picked, reason)
        return post(writer, order, head(desk, sort.kind, order), moves, (), reason)


def _out(
    desk: Desk, writer: Writer, site: str, issued: str | None, items: set[str]
) -> Counter[Lot]:
    """Return what was handed out and has not come back, by lot."""
    out: Counter[tuple[str, str]] = Counter()
    if issued is None:
        moves = [move for item in sorted(items) for move in writer.history(site, item)]
    else:
        moves = list(_handed_out(writer, issued).moves)
    for fact in (*moves, *(flows(writer, issued) if issued else ())):
        out[fact.item, fact.lot] += ((fact.target == USED) - (fact.source == USED)) * fact.quantity
    lots = lots_of(writer, list(out))
    return Counter({lots[key]: units for key, units in out.items() if units > 0})


def _handed_out(writer: Writer, issued: str) -> Voucher:
    """Return the voucher goods were handed out on."""
    voucher = writer.voucher(issued)
    if voucher is None:
        raise naming.unknown(issued)
    if undone(writer, [issued]) or not any(m.target == USED for m in voucher.moves):
        raise LedgerError(
            f"凭证 {issued} 没有发出过物资 (或已冲销), 不能凭它归还"
            f" | voucher {issued} handed out no goods (or was reversed); nothing can be "
            "returned on it"
        )
    return voucher


def _back(desk: Desk, line: Line, out: Counter[Lot], issued: str | None) -> list[tuple[Lot, int]]:
    """Return the lots that come back, those that expire last first: they went out last."""
    base = missing = desk.base(line.item, line.quantity)
    back: list[tuple[Lot, int]] = []
    for heap in sorted(out, key=first_out, reverse=True):
        if heap.item == line.item and line.lot in (None, heap.id) and missing and out[heap]:
            back.append((heap, min(out[heap], missing)))
            missing -= back[-1][1]
    if missing:
        have = naming.amount(desk, line.item, base - missing)
        want = naming.goods(desk, line.item, base)
        on = (f"凭证 {issued} ", f" on voucher {issued}") if issued else ("", "")
        raise LedgerError(
            f"归还{want[0]}超过{on[0]}发出未还的 {have[0]}; 多出的请用盘点入账"
            f" | returning {want[1]} is more than the {have[1]} issued{on[1]} and not yet back; "
            "count what is over"
        )
    return back
