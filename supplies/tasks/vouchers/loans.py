"""Loans: goods lent out, goods borrowed, and their way back.

Borrowed goods stand in lots of their own (source mode ``borrowed``), so that they can be told
from the site's.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from supplies.errors import LedgerError
from supplies.ledger import Kind, Reason, outside
from supplies.ledger import site as at_site
from supplies.lots import Lot, first_out
from supplies.store import Voucher, Writer
from supplies.store.heads import lots_of
from supplies.store.papers import Open, loans_open
from supplies.tasks.desk import Desk
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.moving import (
    Way,
    made_of,
    post,
    posting,
    relot,
    repeated,
    take,
    with_owner,
)
from supplies.tasks.vouchers.order import NO_ORDER, Line, Order, allow, goods, head, need, totals
from supplies.tasks.vouchers.picking import coming, free, to_use
from supplies.tiers import Tier

AWAY = outside("loan")
BORROWED = "borrowed"


def lend(
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
    """Lend goods; the order names the borrower (`party`) and when they are back (`due`).

    Raises as `issue`.
    """
    need(order, "party", "due")
    asked = goods(lines, item, quantity, lot, owner)
    allow(desk, Kind.LOAN_OUT, order, site)
    wanted = totals(desk, asked)
    with posting(desk, "lend", order) as writer:
        if (before := repeated(desk, writer, order, Kind.LOAN_OUT, wanted)) is not None:
            return before
        picked = take(desk, writer, order, site, asked, to_use)
        named, lots = with_owner(desk, order, site, picked, reason)
        moves = [*named, *made_of(desk, order, Way(at_site(site), AWAY, Reason.LOAN), lots, reason)]
        paper = head(desk, Kind.LOAN_OUT, order)
        return post(writer, order, paper, moves, [lot for lot, _ in lots], reason)


def borrow(
    desk: Desk,
    *,
    site: str,
    reason: str,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    lines: Sequence[Line] = (),
    order: Order = NO_ORDER,
) -> Voucher:
    """Borrow goods; the order names the lender (`party`) and when they go back (`due`).

    Raises as `receive`.
    """
    need(order, "party", "due")
    asked = goods(lines, item, quantity, lot)
    allow(desk, Kind.LOAN_IN, order, site)
    wanted = totals(desk, asked)
    with posting(desk, "borrow", order) as writer:
        if (before := repeated(desk, writer, order, Kind.LOAN_IN, wanted)) is not None:
            return before
        came: Counter[Lot] = Counter()
        for line in asked:
            plain = coming(desk, writer, line, desk.site(site).tier)
            came[relot(plain, source_mode=BORROWED)] += desk.base(line.item, line.quantity)
        moves = made_of(desk, order, Way(AWAY, at_site(site), Reason.LOAN), came.items(), reason)
        return post(writer, order, head(desk, Kind.LOAN_IN, order), moves, came, reason)


def give_back(
    desk: Desk,
    *,
    loan: str,
    reason: str,
    site: str | None = None,
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    lines: Sequence[Line] = (),
    order: Order = NO_ORDER,
) -> Voucher:
    """End a loan, wholly or in part: what we lent comes back, what we borrowed goes back.

    Borrowed lots go back as far as they are there; goods of the same kind make up the rest.

    Parameters
    ----------
    site
        Where the goods come back to or leave from; where the loan was made when not given.
    item, lines
        What goes back; all that is still out where no goods are named.

    Raises
    ------
    AccessError, CityError, OverdrawnError
        As `issue`.
    LedgerError
        When the loan is unknown or has ended, or more would come back than is out.
    """
    voucher = _loan(desk, loan)
    asked = goods(lines, item, quantity, lot) if lines or item else None
    wanted = None if asked is None else totals(desk, asked)
    place = site or _site_of(voucher)
    allow(desk, Kind.LOAN_BACK, order, place)
    with posting(desk, "give-back", order) as writer:
        if (before := repeated(desk, writer, order, Kind.LOAN_BACK, wanted)) is not None:
            return before
        still = loans_open(writer, loan)
        back = asked or _all(desk, still)
        _not_more(desk, loan, back, still)
        if voucher.paper.kind is Kind.LOAN_OUT:
            lots, ends = _lots_back(desk, writer, back, still), (AWAY, at_site(place))
        else:
            lots = _borrowed(desk, writer, (place, order), back, still)
            ends = (at_site(place), AWAY)
        moves = made_of(desk, order, Way(*ends, Reason.LOAN), lots.items(), reason)
        paper = head(desk, Kind.LOAN_BACK, order, party=voucher.paper.party, refers=loan)
        return post(writer, order, paper, moves, lots, reason)


def _loan(desk: Desk, loan: str) -> Voucher:
    voucher = desk.store.voucher(loan)
    if voucher is None:
        raise naming.unknown(loan)
    if voucher.paper.kind not in {Kind.LOAN_OUT, Kind.LOAN_IN}:
        raise LedgerError(
            f"凭证 {loan} 不是借出单或借入单 | voucher {loan} is no loan, so nothing goes back"
        )
    return voucher


def _site_of(voucher: Voucher) -> str:
    """Return the site that lent or borrowed."""
    ends = [(m.source, m.target) for m in voucher.moves if AWAY in (m.source, m.target)]
    source, target = ends[0]
    return (target if source == AWAY else source).partition(":")[2]


def _all(desk: Desk, still: Sequence[Open]) -> tuple[Line, ...]:
    return tuple(
        Line(item=x.item, quantity=desk.item(x.item).from_base(x.open), lot=x.lot) for x in still
    )


def _not_more(desk: Desk, loan: str, back: Sequence[Line], still: Sequence[Open]) -> None:
    if not still:
        raise LedgerError(f"凭证 {loan} 已还清或已冲销 | loan {loan} has ended or was reversed")
    out: Counter[str] = Counter()
    for line in still:
        out[line.item] += line.open
    for item, units in totals(desk, back).items():
        if units > out[item]:
            want, have = naming.goods(desk, item, units), naming.amount(desk, item, out[item])
            raise LedgerError(
                f"归还{want[0]}超过凭证 {loan} 未还的 {have[0]}"
                f" | {want[1]} is more than the {have[1]} of loan {loan} still out"
            )


def _lots_back(
    desk: Desk, writer: Writer, back: Sequence[Line], still: Sequence[Open]
) -> Counter[Lot]:
    """Return the lots that come back: as they left."""
    known = lots_of(writer, [(x.item, x.lot) for x in still])
    out = Counter({known[x.item, x.lot]: x.open for x in still})
    lots: Counter[Lot] = Counter()
    for line in back:
        missing = desk.base(line.item, line.quantity)
        for lot in sorted(out, key=first_out):
            if lot.item == line.item and line.lot in (None, lot.id):
                units = min(out[lot], missing)
                out[lot] -= units
                lots[lot] += units
                missing -= units
        if missing:
            short = naming.goods(desk, line.item, missing)
            raise LedgerError(
                f"批次 {line.lot!r} 没有借出那么多, 多出{short[0]}"
                f" | lot {line.lot!r} was not lent: {short[1]} too many"
            )
    return +lots


def _borrowed(
    desk: Desk,
    writer: Writer,
    where: tuple[str, Order],
    back: Sequence[Line],
    still: Sequence[Open],
) -> Counter[Lot]:
    """Return the lots that go back: the borrowed ones first, then goods of the same kind."""
    site, order = where
    day = order.day or desk.day
    theirs = {(x.item, x.lot) for x in still}
    lots: Counter[Lot] = Counter()
    for line in back:
        missing = desk.base(line.item, line.quantity)
        for lot, units in free(writer, site, line.item, day, desk.day):
            if (lot.item, lot.id) in theirs and line.lot in (None, lot.id) and missing:
                taken = min(units - lots[lot], missing)
                lots[lot] += taken
                missing -= taken
        if missing:
            name = desk.item(line.item)
            rest = Line(item=line.item, quantity=name.from_base(missing), owner=line.owner)
            for lot, units in to_use(desk, writer, site, rest, day, lots):
                lots[lot] += units
    return +lots
