"""Goods on the way: a departure, and the arrivals that end it.

`send` and `bring` do the work inside a transaction, for callers that post more in it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from supplies.access import Right
from supplies.errors import CityError, LedgerError
from supplies.ledger import SITE, TRANSIT, Kind, Move, Reason, outside, transit
from supplies.ledger import site as at_site
from supplies.lots import Condition, Lot, first_out
from supplies.store import Voucher, Writer
from supplies.store.heads import lots_of
from supplies.store.papers import in_transit, undone
from supplies.tasks.desk import Desk
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.called import refuse_step
from supplies.tasks.vouchers.moving import (
    Way,
    made_of,
    post,
    posting,
    relabel,
    relot,
    repeated,
    stay_owned,
    take,
    with_owner,
)
from supplies.tasks.vouchers.order import NO_ORDER, Line, Order, allow, goods, head, totals
from supplies.tasks.vouchers.picking import to_use
from supplies.tiers import Tier

# Goods as they were sent, as they were found on arrival, and how many base units.
Landed = tuple[Lot, Lot, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A departure: from which site, of what, on which trip, for which call-up.

    Parameters
    ----------
    target
        Where they go: a site, or an area where they are handed out.
    trip
        The trip whose transit account they stand on; their own where not given.
    held
        The voucher of a reservation whose goods leave.
    """

    source: str
    lines: tuple[Line, ...]
    target: str = ""
    trip: str | None = None
    call_up: str | None = None
    held: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An arrival: which departure, what came of it, where.

    Parameters
    ----------
    received
        What came; all that is still on the way where not given.
    site
        Where they came to; where the departure said when not given.
    lost
        Why the rest will not come. Without it the rest stays on the way.
    hand_over
        Whether the goods become those of the tier of the site they came to.
    """

    departure: str
    received: tuple[Line, ...] | None = None
    site: str | None = None
    lost: str = ""
    hand_over: bool = False
    call_up: str | None = None


def depart(
    desk: Desk,
    *,
    source: str,
    reason: str,
    target: str = "",
    item: str = "",
    quantity: Decimal | int = 0,
    lot: str | None = None,
    owner: Tier | None = None,
    lines: Sequence[Line] = (),
    trip: str | None = None,
    call_up: str | None = None,
    held: str | None = None,
    order: Order = NO_ORDER,
) -> Voucher:
    """Send goods off; they are on the way until `arrive` says what came.

    Parameters
    ----------
    target
        Where they go: a site, or an area where they are handed out.
    trip
        The trip they go on; several departures may share one.
    held
        The voucher of a reservation whose goods leave; so much of it is let go.

    Raises
    ------
    AccessError, CityError, LedgerError, OverdrawnError
        As `issue`.
    """
    sending = Sending(
        source=source,
        lines=goods(lines, item, quantity, lot, owner),
        target=target,
        trip=trip,
        call_up=call_up,
        held=held,
    )
    allow(desk, Kind.DEPARTURE, order, source)
    with posting(desk, "depart", order) as writer:
        return send(desk, writer, sending, reason, order)


def send(desk: Desk, writer: Writer, sending: Sending, reason: str, order: Order) -> Voucher:
    """Post a departure inside a transaction; the right is the caller's to check (`allow`).

    Raises
    ------
    CityError, LedgerError, OverdrawnError
        As `depart`.
    """
    _known_target(desk, sending.target)
    wanted = totals(desk, sending.lines)
    if (before := repeated(desk, writer, order, Kind.DEPARTURE, wanted)) is not None:
        return before
    source = sending.source
    picked = take(desk, writer, order, source, sending.lines, to_use, sending.held)
    named, owned = with_owner(desk, order, source, picked, reason)
    aboard = transit(sending.trip or writer.next_document())
    way = Way(at_site(source), aboard, Reason.DEPARTURE)
    moves = [*named, *made_of(desk, order, way, owned, reason)]
    party = sending.target or None
    paper = head(desk, Kind.DEPARTURE, order, party=party, call_up=sending.call_up)
    return post(writer, order, paper, moves, [lot for lot, _ in owned], reason)


def arrive(
    desk: Desk,
    *,
    departure: str,
    reason: str,
    received: Sequence[Line] | None = None,
    site: str | None = None,
    lost: str = "",
    hand_over: bool = False,
    order: Order = NO_ORDER,
) -> Voucher:
    """Sign for what came of a departure or a call-off; several arrivals may end one.

    Parameters
    ----------
    received
        What came; all that is still on the way where not given.
    site
        Where it came to; where the departure said when not given. Goods for an area are used.
    lost
        Why the rest will not come: it is written off, or for a call-off goes back to the
        supplier. Without it the rest stays on the way.
    hand_over
        The goods become those of the tier of the site.

    Raises
    ------
    AccessError, CityError, LedgerError
        When the departure is unknown or has ended, or more came than was sent.
    """
    coming = Coming(
        departure=departure,
        received=None if received is None else tuple(received),
        site=site,
        lost=lost.strip(),
        hand_over=hand_over,
    )
    voucher = desk.store.voucher(departure)
    refuse_step(desk, voucher)
    place = _place(desk, _departed(departure, voucher), site)
    if place in desk.city.sites:
        allow(desk, Kind.ARRIVAL, order, place)
    else:
        desk.allow(Right.POST, area=place)
        allow(desk, Kind.ARRIVAL, order)
    with posting(desk, "arrive", order) as writer:
        return bring(desk, writer, coming, reason, order)


def bring(desk: Desk, writer: Writer, coming: Coming, reason: str, order: Order) -> Voucher:
    """Post an arrival inside a transaction; the right is the caller's to check (`allow`).

    Raises
    ------
    CityError, LedgerError
        As `arrive`.
    """
    wanted = None if coming.received is None or coming.lost else totals(desk, coming.received)
    if (before := repeated(desk, writer, order, Kind.ARRIVAL, wanted)) is not None:
        return before
    sent = _departed(coming.departure, writer.voucher(coming.departure))
    place = _place(desk, sent, coming.site)
    aboard, left = _on_the_way(writer, sent)
    came = _came(desk, coming.received, left)
    origin = next(m.source for m in sent.moves if m.target == aboard)
    if origin.startswith(SITE) and place in desk.city.sites and not coming.hand_over:
        stay_owned(desk, origin.removeprefix(SITE), place, [lot for lot, _, _ in came])
    rest = Counter(left)
    for lot, _, units in came:
        rest[lot] -= units
    lost = [(lot, units) for lot, units in rest.items() if units] if coming.lost else []
    if not came and not lost:
        raise LedgerError(
            f"没有写明到了什么; 如果都不会再到, 请写明原因"
            f" | nothing came of {coming.departure}; if nothing will, say why it is lost"
        )
    moves, lots = _landing(desk, order, (aboard, place), coming, came, reason)
    away = "supplier" if sent.paper.kind is Kind.CALL_OFF else "lost"
    gone = Way(aboard, outside(away), Reason.LOSS)
    moves += made_of(desk, order, gone, lost, coming.lost or reason)
    paper = head(
        desk,
        Kind.ARRIVAL,
        order,
        party=place if place not in desk.city.sites else None,
        refers=sent.id,
        call_up=coming.call_up or sent.paper.call_up,
    )
    return post(writer, order, paper, moves, lots, reason)


# --- parts ---------------------------------------------------------------------------------------


def _known_target(desk: Desk, target: str) -> None:
    if target and target not in desk.city.sites and target not in desk.city.areas:
        raise CityError(
            f"没有库点或地区 {target!r}, 编号见 sites.csv | {target!r} is neither a site nor an "
            f"area of {desk.city.name_en}; see sites.csv"
        )


def _departed(number: str, voucher: Voucher | None) -> Voucher:
    if voucher is None:
        raise naming.unknown(number)
    if voucher.paper.kind not in {Kind.DEPARTURE, Kind.CALL_OFF}:
        raise LedgerError(
            f"凭证 {number} 不是发运单或调用单, 不能签收 | voucher {number} is neither a departure "
            "nor a call-off, so nothing arrives of it"
        )
    return voucher


def _place(desk: Desk, sent: Voucher, site: str | None) -> str:
    """Return the site or area that goods arrive at."""
    place = site or sent.paper.party
    if site is not None:
        desk.site(site)
    elif place not in desk.city.sites and place not in desk.city.areas:
        raise LedgerError(
            f"凭证 {sent.id} 没有写明送往何处, 请写明到货库点"
            f" | voucher {sent.id} does not say where the goods go; name the site they came to"
        )
    return place


def _on_the_way(writer: Writer, sent: Voucher) -> tuple[str, Counter[Lot]]:
    """Return the account that goods of a departure stand on, and what has not arrived."""
    open_lines = in_transit(writer, sent.id)
    if not open_lines:
        gone = undone(writer, [sent.id])
        zh, en = ("已冲销", "was reversed") if gone else ("已全部到货", "has wholly arrived")
        raise LedgerError(
            f"凭证 {sent.id} {zh}, 没有在途物资 | voucher {sent.id} {en}; nothing is on the way"
        )
    lots = lots_of(writer, [(x.item, x.lot) for x in open_lines])
    aboard = next(m.target for m in sent.moves if m.target.startswith(TRANSIT))
    return aboard, Counter({lots[x.item, x.lot]: x.open for x in open_lines})


def _came(desk: Desk, received: Sequence[Line] | None, left: Counter[Lot]) -> list[Landed]:
    """Return what came, each lot as it was sent and as it was found."""
    if received is None:
        return [(lot, lot, units) for lot, units in left.items()]
    rest = Counter(left)
    came: list[Landed] = []
    for line in received:
        base = missing = desk.base(line.item, line.quantity)
        for lot in sorted(rest, key=first_out):
            if lot.item == line.item and line.lot in (None, lot.id) and missing and rest[lot]:
                units = min(rest[lot], missing)
                rest[lot] -= units
                missing -= units
                came.append((lot, _found(lot, line), units))
        if missing:
            have = naming.amount(desk, line.item, base - missing)
            want = naming.goods(desk, line.item, base)
            raise LedgerError(
                f"到货{want[0]}超过在途的 {have[0]}; 请按在途数签收, 多出的入库后用盘点入账"
                f" | {want[1]} is more than the {have[1]} on the way; sign for these and count "
                "what is over"
            )
    return came


def _found(lot: Lot, line: Line) -> Lot:
    """Return the lot as it was found on arrival: its dates read, or damaged on the way."""
    usable = line.condition is Condition.USABLE
    return relot(
        lot,
        produced=line.produced or lot.produced,
        expiry=line.expiry or lot.expiry,
        condition=lot.condition if usable else line.condition,
    )


def _landing(
    desk: Desk, order: Order, way: tuple[str, str], coming: Coming, came: list[Landed], reason: str
) -> tuple[list[Move], list[Lot]]:
    """Return the moves that bring goods in, and the lots they are in afterwards."""
    aboard, place = way
    at_home = place in desk.city.sites
    target = at_site(place) if at_home else outside("used")
    total: Counter[Lot] = Counter()
    for lot, _, units in came:
        total[lot] += units
    moves = made_of(desk, order, Way(aboard, target, Reason.ARRIVAL), total.items(), reason)
    lots = list(total)
    for lot, found, units in came if at_home else []:
        whose = desk.site(place).tier if coming.hand_over else found.owner_tier
        now = relot(found, owner_tier=whose)
        if now != lot:
            why = Reason.CUSTODY if now == relot(lot, owner_tier=whose) else Reason.INSPECTION
            moves += relabel(desk, order, target, lot, now, units, why, reason)
            lots.append(now)
    return moves, lots
