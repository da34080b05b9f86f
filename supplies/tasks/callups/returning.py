"""A call-up's goods on their way back: returned to their owner, or bought and given again."""

from collections.abc import Iterable

from supplies.callups import (
    SITE_TARGET,
    Case,
    Draw,
    Line,
    Refilled,
    Returned,
    Share,
    Standing,
    State,
    Step,
)
from supplies.errors import LedgerError
from supplies.ledger import Kind, Move, Reason, outside
from supplies.ledger import site as at_site
from supplies.lots import Condition, Lot
from supplies.store import Writer
from supplies.tasks.callups.arriving import HIGHER
from supplies.tasks.callups.running import (
    Quantities,
    Said,
    allot,
    allow_post,
    before_step,
    by_share,
    take_step,
    target_of,
)
from supplies.tasks.desk import Desk
from supplies.tasks.vouchers import order as heads
from supplies.tasks.vouchers.moving import (
    Way,
    handed_over,
    made_of,
    make,
    post,
    take,
    with_owner,
)
from supplies.tasks.vouchers.order import NO_ORDER, Order, allow, head, why
from supplies.tasks.vouchers.picking import coming, to_use

USED, SUPPLIER = outside("used"), outside("supplier")
_OWED = ("应补还的只有", "owed in goods:")


def return_call_up(
    desk: Desk,
    number: str,
    *,
    quantities: Quantities,
    reason: str,
    in_use: bool = False,
    condition: str | Condition = Condition.USABLE,
    order: Order = NO_ORDER,
) -> State:
    """Give goods back to the sites they came from, cleaned and counted.

    Parameters
    ----------
    quantities
        By line, in catalogue units; all that may go where nothing is named.
    in_use
        They come back from use; otherwise from the site they were sent to.
    condition
        ``usable``, ``inspect`` or ``damaged``, of goods that come back from use.

    Raises
    ------
    AccessError
        When the user may not post at either end.
    LedgerError, OverdrawnError
        When less was received, it was paid for or given freely, or the site holds less.
    """
    before, done = before_step(desk, number, Step.RETURN, order)
    if done:
        return before
    state_then = _condition_of(condition)
    words = ("可归还的只有", "may be given back:")
    first = allot(desk, before, quantities, lambda s: s.returnable, words)
    for standing, line, _ in by_share(before, first):
        _allow_ends(desk, order, line, standing.share, in_use=in_use)

    def act(writer: Writer, _: Case, state: State) -> list[Said]:
        parts = allot(desk, state, quantities, lambda s: s.returnable, words)
        trip = _Back(desk, writer, order, state.call_up.id, why(reason))
        documents = [
            trip.give(line, standing.share, units, state_then)
            if in_use or not line.target.startswith(SITE_TARGET)
            else trip.send(line, standing.share, units)
            for standing, line, units in by_share(state, parts)
        ]
        return [(Returned(parts=parts, note=why(reason)), tuple(documents))]

    return take_step(desk, number, Step.RETURN, order, act)


def _condition_of(word: str | Condition) -> Condition:
    try:
        return Condition(word)
    except ValueError:
        known = ", ".join(Condition)
        raise LedgerError(
            f"物资状态 {str(word)!r} 应为 {known} 之一"
            f" | condition {str(word)!r} should be one of {known}"
        ) from None


def _allow_ends(desk: Desk, order: Order, line: Line, share: Share, *, in_use: bool) -> None:
    if share.site:
        allow(desk, Kind.RETURN, order, share.site)
    if share.draw is Draw.LETTER or not (in_use or not line.target.startswith(SITE_TARGET)):
        allow_post(desk, order, target_of(line))


def refill_call_up(
    desk: Desk,
    number: str,
    *,
    quantities: Quantities,
    reason: str,
    source: str | None = None,
    lot: str | None = None,
    order: Order = NO_ORDER,
) -> State:
    """Make good in kind what was used: goods come in at the owner's site.

    Parameters
    ----------
    quantities
        By line, in catalogue units; all that may go where nothing is named.
    source
        The site the debtor gives them from; bought from a supplier where not given.
    lot
        Of goods bought: a known lot, or their expiry day (YYYY-MM-DD).

    Raises
    ------
    AccessError, CityError
        When the user may not post at a site, or it is unknown.
    LedgerError, OverdrawnError
        When less is owed in kind, or the site holds less.
    """
    before, done = before_step(desk, number, Step.REFILL, order)
    if done:
        return before
    first = allot(desk, before, quantities, lambda s: s.to_refill, _OWED)
    allow(desk, Kind.RECEIPT, order, *_ends(source, (s for s, _, _ in by_share(before, first))))

    def act(writer: Writer, _: Case, state: State) -> list[Said]:
        parts = allot(desk, state, quantities, lambda s: s.to_refill, _OWED)
        back = _Back(desk, writer, order, state.call_up.id, why(reason))
        documents = [
            back.buy(line, standing.share, units, lot)
            if source is None
            else back.hand(Kind.TRANSFER, Reason.TRANSFER, source, line, standing.share, units)
            for standing, line, units in by_share(state, parts)
        ]
        return [(Refilled(parts=parts, note=why(reason)), tuple(documents))]

    return take_step(desk, number, Step.REFILL, order, act)


def _ends(source: str | None, refilled: Iterable[Standing]) -> list[str]:
    """Return the sites at which a refill is posted."""
    sites = [] if source is None else [source]
    for standing in refilled:
        if standing.share.site:
            sites.append(standing.share.site)
        elif source is None:
            raise LedgerError(
                "补还上级的物资须写明从哪个库点发出"
                " | goods for the tier above leave a site of ours: name it"
            )
    return sites


class _Back:
    """Goods of a call-up on their way home; one voucher for each share."""

    def __init__(self, desk: Desk, writer: Writer, order: Order, number: str, reason: str) -> None:
        self.desk, self.writer, self.number, self.reason = desk, writer, number, reason
        self.order = Order(day=order.day, late=order.late)

    def give(self, line: Line, share: Share, units: int, condition: Condition) -> str:
        """Take goods back from use."""
        tier = share.owner_tier or self.desk.city.areas[self.desk.city.code].tier
        wanted = heads.Line(item=line.item, quantity=1, condition=condition)
        lot = coming(self.desk, self.writer, wanted, tier)
        way = Way(USED, at_site(share.site) if share.site else HIGHER, Reason.RETURN)
        return self._post(
            Kind.RETURN, share, make(self.desk, self.order, way, line.item, [(lot, units)],
                                     self.reason), [lot]
        )  # fmt: skip

    def send(self, line: Line, share: Share, units: int) -> str:
        """Send goods back from the site they came to."""
        return self.hand(Kind.RETURN, Reason.RETURN, target_of(line), line, share, units)

    def hand(
        self, kind: Kind, reason: Reason, source: str, line: Line, share: Share, units: int
    ) -> str:
        """Move goods from a site to the owner's, where they become the owner's."""
        desk, order = self.desk, self.order
        wanted = heads.Line(item=line.item, quantity=desk.item(line.item).from_base(units))
        picked = take(desk, self.writer, order, source, [wanted], to_use)
        named, owned = with_owner(desk, order, source, picked, self.reason)
        end = at_site(share.site) if share.site else HIGHER
        moves, lots = [*named], [lot for lot, _ in owned]
        if end != at_site(source):
            moves += made_of(desk, order, Way(at_site(source), end, reason), owned, self.reason)
        if share.site and share.owner_tier is not None:
            theirs, new = handed_over(desk, order, end, owned, share.owner_tier, self.reason)
            moves, lots = [*moves, *theirs], [*lots, *new]
        return self._post(kind, share, moves, lots)

    def buy(self, line: Line, share: Share, units: int, lot: str | None) -> str:
        """Take in goods bought for the owner."""
        tier = share.owner_tier or self.desk.site(share.site).tier
        wanted = heads.Line(item=line.item, quantity=1, lot=lot)
        came = coming(self.desk, self.writer, wanted, tier)
        way = Way(SUPPLIER, at_site(share.site), Reason.RECEIPT)
        moves = make(self.desk, self.order, way, line.item, [(came, units)], self.reason)
        return self._post(Kind.RECEIPT, share, moves, [came])

    def _post(self, kind: Kind, share: Share, moves: list[Move], lots: list[Lot]) -> str:
        paper = head(self.desk, kind, self.order, party=share.owner, call_up=self.number)
        return post(self.writer, self.order, paper, moves, lots, self.reason).id
