"""A call-up's goods: set aside, ordered out, sent."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from supplies.access import Right
from supplies.callups import (
    SITE_TARGET,
    Case,
    Departed,
    Line,
    Ordered,
    Part,
    Reserved,
    Share,
    Standing,
    State,
    Step,
)
from supplies.callups.sourcing import owner_of
from supplies.errors import LedgerError, OverdrawnError
from supplies.ledger import Kind, Reservation
from supplies.ledger import site as at_site
from supplies.lots import Lot, first_out, pick, usable_on
from supplies.store import OpenReservation, Writer
from supplies.store.heads import lots_of
from supplies.tasks.callups.running import (
    ALL,
    Quantities,
    Said,
    allot,
    by_share,
    inner,
    ordered_by,
    state_of,
    take_step,
    target_of,
)
from supplies.tasks.desk import Desk, now
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers import order as heads
from supplies.tasks.vouchers.moving import handed_over, post
from supplies.tasks.vouchers.order import NO_ORDER, Order, allow, day_of, head
from supplies.tasks.vouchers.transit import Sending, send

# --- set aside, ordered --------------------------------------------------------------------------


def reserve_call_up(desk: Desk, number: str, *, order: Order = NO_ORDER) -> State:
    """Set aside what was approved, first expiring first, at the sites that were proposed.

    Raises
    ------
    AccessError
        When the user may not ask for the asking area.
    LedgerError
        When it is not approved, or stock changed since the proposal: says where and of what.
    """
    desk.allow(Right.REQUEST, area=state_of(desk, number).call_up.area)

    def act(writer: Writer, _: Case, state: State) -> list[Said]:
        parts = [Part(share=s.share.number, quantity=s.approved) for s in state.from_stock
                 if s.approved]  # fmt: skip
        taken: Counter[tuple[str, Lot]] = Counter()
        for standing, line, units in by_share(state, parts):
            for lot, some in _first_out(desk, writer, line, standing.share, units, taken):
                taken[standing.share.site, lot] += some
        paper = head(desk, Kind.RESERVE, inner(order), call_up=number)
        lines = [
            _held(desk, order, site, lot, units, number) for (site, lot), units in taken.items()
        ]
        voucher = writer.reserve(lines, note=state.call_up.reason, paper=paper)
        return [(Reserved(parts=tuple(parts)), (voucher.id,))]

    return take_step(desk, number, Step.RESERVE, order, act)


def _held(desk: Desk, order: Order, site: str, lot: Lot, units: int, number: str) -> Reservation:
    return Reservation(
        id=uuid4(),
        day=day_of(desk, order),
        recorded_at=now(),
        recorded_by=desk.user,
        account=at_site(site),
        item=lot.item,
        lot=lot.id,
        quantity=units,
        note=number,
    )


def _first_out(
    desk: Desk,
    writer: Writer,
    line: Line,
    share: Share,
    units: int,
    taken: Counter[tuple[str, Lot]],
) -> Sequence[tuple[Lot, int]]:
    """Return the owner's lots at a site that go first; refuse when there are no longer enough."""
    free = {
        row.lot: row.quantity - row.reserved - taken[share.site, row.lot]
        for row in writer.stock(site=share.site, item=line.item)
        if owner_of(desk.city, share.site, row.lot) == (share.owner_tier, share.owner)
    }
    try:
        return pick(free, units, desk.day) if free else _changed(desk, line, share, units, 0)
    except OverdrawnError as error:
        return _changed(desk, line, share, units, units - (error.short or units))


def _changed(
    desk: Desk, line: Line, share: Share, units: int, have: int
) -> Sequence[tuple[Lot, int]]:
    place = naming.place(desk, at_site(share.site))
    left, want = naming.amount(desk, line.item, have), naming.goods(desk, line.item, units)
    raise LedgerError(
        f"来源测算后库存有变化: {place[0]}应供{want[0]}, 现可动用 {left[0]}; 请重新测算来源"
        f" | stock changed since the proposal: {place[1]} was to give {want[1]}, {left[1]} are "
        "free now; propose again"
    )


def order_call_up(desk: Desk, number: str, *, note: str = "", order: Order = NO_ORDER) -> State:
    """Give the dispatch order; without a number it is numbered after the call-up.

    Raises
    ------
    AccessError
        When the user is none of those who approve it: the bureau that decides gives the order.
    LedgerError
        When it is not approved, or its goods are not reserved yet.
    """
    state = state_of(desk, number)
    places = [need.place for need in state.proposal.needs] if state.proposal else []
    city, may = desk.city, desk.actor.may
    if not any(may(Right.APPROVE, city, area=place) for place in places):
        desk.allow(Right.APPROVE, area=places[0] if places else state.call_up.area)
    given = order.order_number.strip() or f"调〔{day_of(desk, order):%Y}〕{number}"

    def act(_: Writer, __: Case, ___: State) -> list[Said]:
        return [(Ordered(order_number=given, note=note.strip()), ())]

    return take_step(desk, number, Step.ORDER, order, act)


# --- on the road ---------------------------------------------------------------------------------


def depart_call_up(
    desk: Desk,
    number: str,
    *,
    site: str,
    quantities: Quantities = ALL,
    note: str = "",
    order: Order = NO_ORDER,
) -> State:
    """Send what a site has reserved, or a part of it: one trip for each place it goes to.

    What lies where it is asked for only stops being reserved: it is there.

    Parameters
    ----------
    quantities
        By line, in catalogue units; all that is reserved there where nothing is named.
    note
        Vehicle and driver, for the papers.

    Raises
    ------
    AccessError, CityError
        When the user may not post at the site, or it is unknown.
    LedgerError
        When there is no order, or less is reserved there.
    """
    allow(desk, Kind.DEPARTURE, order, site)

    def act(writer: Writer, case: Case, state: State) -> Iterator[Said]:
        parts = _to_send(desk, state, site, quantities)
        gone = sum(1 for one in state.departures if one.trip)
        for target, group in _by_target(state, parts).items():
            spot = target == SITE_TARGET + site
            gone += not spot
            trip = "" if spot else f"{number}-{gone}"
            leaving = _Leaving(case, state, site, trip, tuple(group))
            go = _free_on_spot if spot else _send
            documents = go(desk, writer, leaving, order)
            said = Departed(trip=trip, site=site, parts=leaving.parts, note=note.strip())
            yield said, documents

    return take_step(desk, number, Step.DEPART, order, act)


def _to_send(desk: Desk, state: State, site: str, quantities: Quantities) -> tuple[Part, ...]:
    zh, en = desk.site(site).name_zh, desk.site(site).name_en
    words = (f"{zh}待发出的只有", f"{en} still has to send")
    parts = allot(desk, state, quantities, lambda s: _held_at(s, site), words)
    if not parts:
        number = state.call_up.id
        raise LedgerError(
            f"{zh}没有 {number} 待发出的物资 | {en} has nothing of {number} left to send"
        )
    return parts


@dataclass(frozen=True, slots=True)
class _Leaving:
    """What leaves one site for one target on one trip."""

    case: Case
    state: State
    site: str
    trip: str
    parts: tuple[Part, ...]

    @property
    def held(self) -> str:
        """The voucher that reserves it."""
        return next(e.documents[0] for e in self.case.events if e.step is Step.RESERVE)


def _held_at(standing: Standing, site: str) -> int:
    return standing.reserved if standing.share.site == site else 0


def _by_target(state: State, parts: Sequence[Part]) -> dict[str, list[Part]]:
    groups: dict[str, list[Part]] = defaultdict(list)
    for part, (_, line, _) in zip(parts, by_share(state, parts), strict=True):
        groups[line.target].append(part)
    return groups


def _open_here(
    desk: Desk, writer: Writer, leaving: _Leaving
) -> Iterator[tuple[OpenReservation, Lot, int]]:
    """Yield which reservations the leaving goods are taken from, first expiring first."""
    held = [
        one for one in writer.open_reservations(leaving.held)
        if one.reservation.account == at_site(leaving.site)
    ]  # fmt: skip
    lots = lots_of(writer, [(x.reservation.item, x.reservation.lot) for x in held])
    rows = [(one, lots[one.reservation.item, one.reservation.lot]) for one in held]
    rows.sort(key=lambda row: (usable_on(row[1], desk.day), first_out(row[1])))
    left = {one.reservation.id: one.open for one in held}
    for standing, line, units in by_share(leaving.state, leaving.parts):
        missing, share = units, standing.share
        for one, lot in rows:
            mine = owner_of(desk.city, share.site, lot) == (share.owner_tier, share.owner)
            some = min(missing, left[one.reservation.id]) if mine and lot.item == line.item else 0
            if some:
                left[one.reservation.id] -= some
                missing -= some
                yield one, lot, some
        if missing:
            _changed(desk, line, share, units, units - missing)


def _send(desk: Desk, writer: Writer, leaving: _Leaving, order: Order) -> tuple[str, ...]:
    call_up = leaving.state.call_up
    taken: Counter[Lot] = Counter()
    for _, lot, units in _open_here(desk, writer, leaving):
        taken[lot] += units
    goods = tuple(
        heads.Line(item=lot.item, quantity=desk.item(lot.item).from_base(units), lot=lot.id)
        for lot, units in taken.items()
    )
    _, line, _ = next(by_share(leaving.state, leaving.parts))
    sending = Sending(
        source=leaving.site,
        lines=goods,
        target=target_of(line),
        trip=leaving.trip,
        call_up=call_up.id,
        held=leaving.held,
    )
    told = ordered_by(leaving.state, order)
    return (send(desk, writer, sending, call_up.reason, told).id,)


def _free_on_spot(desk: Desk, writer: Writer, leaving: _Leaving, order: Order) -> tuple[str, ...]:
    """Let go of what lies where it is asked for; what was another tier's changes hands there."""
    let_go: Counter[UUID] = Counter()
    theirs: Counter[Lot] = Counter()
    for one, lot, units in _open_here(desk, writer, leaving):
        let_go[one.reservation.id] += units
        if lot.owned_by(desk.site(leaving.site).tier) is not desk.site(leaving.site).tier:
            theirs[lot] += units
    number, reason = leaving.state.call_up.id, leaving.state.call_up.reason
    told = ordered_by(leaving.state, order)
    released = writer.release(
        let_go,
        day=day_of(desk, order),
        recorded_at=now(),
        recorded_by=desk.user,
        note=reason,
        paper=head(desk, Kind.RELEASE, told, refers=leaving.held, call_up=number),
    )
    if not theirs:
        return (released.id,)
    tier, place = desk.site(leaving.site).tier, at_site(leaving.site)
    moves, lots = handed_over(desk, told, place, list(theirs.items()), tier, reason)
    paper = head(desk, Kind.CUSTODY, told, call_up=number)
    return released.id, post(writer, told, paper, moves, lots, reason).id
