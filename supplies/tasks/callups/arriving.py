"""A call-up's goods signed for: from a trip, or from the tier above the city.

Who receives goods owns them from then on, and owes for them until it is settled: goods that come
to a site become those of the site's tier, goods for an area are used there.
"""

from collections import Counter
from collections.abc import Sequence

from supplies.callups import (
    SITE_TARGET,
    Arrived,
    Case,
    Departed,
    Draw,
    Line,
    Part,
    Standing,
    State,
    Step,
)
from supplies.errors import LedgerError
from supplies.ledger import Kind, Reason, outside
from supplies.ledger import site as at_site
from supplies.store import Writer
from supplies.tasks.callups.running import (
    ALL,
    Quantities,
    Said,
    allot,
    allow_post,
    before_step,
    by_share,
    ordered_by,
    take_step,
    target_of,
)
from supplies.tasks.desk import Desk
from supplies.tasks.vouchers import order as heads
from supplies.tasks.vouchers.moving import Way, make, post
from supplies.tasks.vouchers.order import NO_ORDER, Order, head
from supplies.tasks.vouchers.picking import coming
from supplies.tasks.vouchers.transit import Coming, bring

HIGHER = outside("higher")


def arrive_call_up(
    desk: Desk,
    number: str,
    *,
    trip: str = "",
    received: Quantities = ALL,
    lost: str = "",
    order: Order = NO_ORDER,
) -> State:
    """Sign for a trip: what came, and why the rest did not.

    Parameters
    ----------
    trip
        The only one on the way where not given.
    received
        By line, in catalogue units; all that was sent where nothing is named. Lines not named
        came whole.
    lost
        Why less came; what is missing is then written off.

    Raises
    ------
    AccessError
        When the user may not post where it went.
    LedgerError
        When no such trip is on the way, more came than was sent, or a loss has no reason.
    """
    before, done = before_step(desk, number, Step.ARRIVE, order)
    if done:
        return before
    trip = trip or _only_trip(before)
    allow_post(desk, order, _bound_for(before, trip))

    def act(writer: Writer, case: Case, state: State) -> list[Said]:
        came, missing = _came(desk, state, _aboard(state, trip), received)
        _say_why(missing, lost)
        landing = Coming(
            departure=_document_of(case, trip),
            received=_item_lines(desk, state, came) if missing else None,
            lost=lost.strip() if missing else "",
            hand_over=True,
            call_up=number,
        )
        voucher = bring(desk, writer, landing, state.call_up.reason, ordered_by(state, order))
        said = Arrived(trip=trip, received=came, lost=missing, note=lost.strip())
        return [(said, (voucher.id,))]

    return take_step(desk, number, Step.ARRIVE, order, act)


def _say_why(missing: Sequence[Part], lost: str) -> None:
    if missing and not lost.strip():
        raise LedgerError(
            "实收少于发出, 请写明短少原因 | less came than was sent: say why it is lost"
        )


def _bound_for(state: State, trip: str) -> str:
    gone = next((one for one in state.departures if one.trip == trip), None)
    if gone is None:
        number = state.call_up.id
        raise LedgerError(f"{number} 没有车次 {trip!r} | {number} has no trip {trip!r}")
    _, line, _ = next(by_share(state, gone.parts))
    return target_of(line)


def _aboard(state: State, trip: str) -> tuple[Part, ...]:
    if trip not in state.trips:
        raise LedgerError(f"车次 {trip} 已签收 | trip {trip} was signed for already")
    return state.trips[trip]


def _only_trip(state: State) -> str:
    known = list(state.trips) or [one.trip for one in state.departures if one.trip]
    if len(known) != 1:
        raise LedgerError(
            f"在途车次: {', '.join(known) or '无'}; 请写明是哪一车次"
            f" | on the way: {', '.join(known) or 'none'}; say which trip came"
        )
    return known[0]


def _document_of(case: Case, trip: str) -> str:
    return next(
        event.documents[0]
        for event in case.events
        if isinstance(event.detail, Departed) and event.detail.trip == trip
    )


def _came(
    desk: Desk, state: State, sent: Sequence[Part], received: Quantities
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return what came of each share of a trip, and what did not."""
    aboard = {part.share: part.quantity for part in sent}
    named = {line for line in received if any(s.share.number in aboard for s in state.of(line))}
    if set(received) - named:
        wrong = min(set(received) - named)
        raise LedgerError(f"第 {wrong} 行不在这一车次上 | line {wrong} is not on this trip")
    some = allot(
        desk,
        state,
        received,
        lambda s: aboard.get(s.share.number, 0),
        ("本车次发出的只有", "this trip carries"),
    )
    whole = [part for part in sent if state.standing(part.share).share.line not in named]
    came = (*some, *whole) if received else tuple(sent)
    got = {part.share: part.quantity for part in came}
    missing = tuple(
        Part(share=share, quantity=units - got.get(share, 0))
        for share, units in aboard.items()
        if units > got.get(share, 0)
    )
    return came, missing


def _item_lines(desk: Desk, state: State, parts: Sequence[Part]) -> tuple[heads.Line, ...]:
    total: Counter[str] = Counter()
    for _, line, units in by_share(state, parts):
        total[line.item] += units
    return tuple(
        heads.Line(item=item, quantity=desk.item(item).from_base(units))
        for item, units in total.items()
    )


# --- from above the city -------------------------------------------------------------------------


def arrive_from_above(
    desk: Desk,
    number: str,
    *,
    received: Quantities = ALL,
    lot: str | None = None,
    order: Order = NO_ORDER,
) -> State:
    """Take in what a tier above the city sent in answer to the letter.

    Parameters
    ----------
    received
        By line, in catalogue units; all that was asked for where nothing is named.
    lot
        A known lot, or the expiry day (YYYY-MM-DD) of the goods.

    Raises
    ------
    AccessError, CityError, LedgerError
        When the user may not post where the goods came to, the lot is unknown, or more came
        than was asked for by letter.
    """
    before, done = before_step(desk, number, Step.ARRIVE, order)
    if done:
        return before
    for line in before.call_up.lines:
        asked = any(_asked_above(s) for s in before.of(line))
        if asked and (not received or line.number in received):
            allow_post(desk, order, target_of(line))

    def act(writer: Writer, _: Case, state: State) -> list[Said]:
        parts = allot(desk, state, received, _asked_above, ("函请上级的只有", "asked by letter:"))
        if not parts:
            raise LedgerError(
                "没有函请上级调拨而未到的物资 | nothing asked for by letter is still to come"
            )
        told = ordered_by(state, order)
        documents = [
            _take_in(desk, writer, told, state, (standing.share.owner, line, units, lot))
            for standing, line, units in by_share(state, parts)
        ]
        return [(Arrived(trip="", received=parts, lost=(), note=""), tuple(documents))]

    return take_step(desk, number, Step.ARRIVE, order, act)


def _take_in(
    desk: Desk,
    writer: Writer,
    told: Order,
    state: State,
    goods: tuple[str, Line, int, str | None],
) -> str:
    """Post goods from above into the store they came to, or as used where there is none."""
    giver, line, units, lot = goods
    site = line.target.startswith(SITE_TARGET)
    place = target_of(line)
    tier = desk.site(place).tier if site else desk.city.area(place).tier
    came = coming(desk, writer, heads.Line(item=line.item, quantity=1, lot=lot), tier)
    way = Way(HIGHER, at_site(place) if site else outside("used"), Reason.RECEIPT)
    paper = head(desk, Kind.RECEIPT, told, party=giver, call_up=state.call_up.id)
    moves = make(desk, told, way, line.item, [(came, units)], state.call_up.reason)
    return post(writer, told, paper, moves, [came], state.call_up.reason).id


def _asked_above(standing: Standing) -> int:
    return standing.open if standing.share.draw is Draw.LETTER else 0
