"""A call-up from the request to the approval; and its end.

The asking unit's planner requests and proposes, the approver the ladder names decides (C5, C6,
C8): by telephone first, papers after.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from supplies.access import Right
from supplies.callups import (
    SITE_TARGET,
    Approved,
    CallUp,
    Case,
    Ended,
    Event,
    Holding,
    Line,
    Need,
    Proposed,
    Refused,
    Requested,
    State,
    Step,
    advance,
    fold,
    needs,
    source,
)
from supplies.callups.facts import AREA_TARGET
from supplies.errors import CityError, LedgerError
from supplies.ledger import Kind
from supplies.rules import LEVELS
from supplies.store import Writer, callups
from supplies.store.papers import Filed, add_papers
from supplies.tasks.callups.running import (
    ALL,
    Quantities,
    Said,
    allow_late,
    allow_other,
    base_of,
    before_step,
    case_of,
    inner,
    line_of,
    state_of,
    take_step,
)
from supplies.tasks.desk import Desk, now
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.moving import posting
from supplies.tasks.vouchers.order import NO_ORDER, Order, day_of, head, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Goods asked for, in the item's catalogue unit.

    ``place`` is the site they are to come to, or the area where they are used at once; the
    asking area's own store where not given.
    """

    item: str
    quantity: Decimal | int
    place: str = ""


def request_call_up(
    desk: Desk,
    *,
    area: str,
    lines: Sequence[Wanted],
    level: str,
    reason: str,
    incident: str = "",
    order: Order = NO_ORDER,
) -> State:
    """Ask for goods. Without an order number it was by telephone, and the papers are due.

    Parameters
    ----------
    area
        Who asks: a township, county or the city.
    level
        The response level, ``I`` to ``IV``.

    Raises
    ------
    AccessError, CityError
        When the user may not ask there, or an area, item or place cannot be used.
    LedgerError
        When there are no lines, the level or reason is missing, or the key was used otherwise.
    """
    desk.city.area(area)
    desk.allow(Right.REQUEST, area=area)
    allow_late(desk, order, area)
    asked = _lines(desk, area, lines)
    with posting(desk, "call_up_request", order) as writer:
        call_up = _call_up(desk, writer, (area, level, incident, reason), asked, order)
        if order.key is not None and (before := callups.requested(writer, order.key)) is not None:
            return _same(case_of(writer, before), call_up, order.key)
        event = Event(
            step=Step.REQUEST,
            day=call_up.day,
            detail=Requested(),
            key=order.key,
            recorded_at=call_up.recorded_at,
            recorded_by=call_up.recorded_by,
        )
        callups.add(writer, call_up, event)
        start = State(call_up=call_up, papers=call_up.order_number)
        return advance(start, event)


def _lines(desk: Desk, area: str, wanted: Sequence[Wanted]) -> tuple[Line, ...]:
    if not wanted:
        raise LedgerError("请写明要调用的物资 | name the goods to be called up")
    return tuple(
        Line(
            number=number,
            item=one.item,
            quantity=desk.base(one.item, one.quantity),
            target=_target(desk, area, one.place),
        )
        for number, one in enumerate(wanted, 1)
    )


def _target(desk: Desk, area: str, place: str) -> str:
    sites, city = desk.city.sites, desk.city
    if not place:
        tier = city.area(area).tier
        own = sorted(
            s.id for s in sites.values()
            if s.area == area and s.tier is tier and s.status != "candidate"
        )  # fmt: skip
        return SITE_TARGET + own[0] if own else AREA_TARGET + area
    where = sites[place].area if place in sites else place
    if where not in city.areas:
        raise CityError(
            f"没有库点或地区 {place!r} | {place!r} is neither a site nor an area of {city.name_en}"
        )
    if not city.inside(where, area):
        asks = city.area(area)
        raise CityError(
            f"送达地 {place} 不在{asks.name_zh}内; 请由所在地申请"
            f" | {place} does not lie in {asks.name_en}; the unit it lies in should ask"
        )
    return (SITE_TARGET if place in sites else AREA_TARGET) + place


def _call_up(
    desk: Desk,
    writer: Writer,
    words: tuple[str, str, str, str],
    lines: tuple[Line, ...],
    order: Order,
) -> CallUp:
    area, level, incident, reason = words
    if level not in LEVELS[:-1]:
        known = "、".join(LEVELS[:-1])
        raise LedgerError(
            f"响应级别 {level!r} 应为 {known} 之一"
            f" | response level {level!r} should be one of {', '.join(LEVELS[:-1])}"
        )
    day, written = day_of(desk, order), order.order_number.strip()
    hours = desk.city.rule("papers_due_h")
    return CallUp(
        id=callups.next_number(writer),
        day=day,
        area=area,
        incident=incident.strip(),
        level=level,
        asked_by=order.asked_by.strip() or desk.user,
        order_number=written,
        papers_due=None if written else day + timedelta(days=math.ceil(hours / 24)),
        reason=why(reason),
        recorded_at=now(),
        recorded_by=desk.user,
        lines=lines,
    )


def _same(case: Case, asked: CallUp, key: str) -> State:
    before = case.call_up
    if (before.area, before.lines) != (asked.area, asked.lines):
        raise LedgerError(
            f"防重键 {key!r} 已用于调用 {before.id}, 内容不同; 请换一个键"
            f" | key {key!r} was used for call-up {before.id}, which asks for something else"
        )
    return fold(case)


def file_call_up_papers(
    desk: Desk, number: str, *, order_number: str, note: str = "", order: Order = NO_ORDER
) -> State:
    """Record that the written request came after the telephone.

    Raises
    ------
    AccessError, LedgerError
        When the user may not ask there, the number is empty, or the papers came before.
    """
    area = state_of(desk, number).call_up.area
    desk.allow(Right.REQUEST, area=area)
    allow_late(desk, order, area)
    written = order_number.strip()
    if not written:
        raise LedgerError("请写明书面申请的文号 | name the number of the written request")
    with posting(desk, "call_up_papers", order, number) as writer:
        state = fold(case_of(writer, number))
        if state.papers == written:
            return state
        if state.papers:
            raise LedgerError(
                f"{number} 的书面申请 {state.papers} 已收到"
                f" | the papers of {number} came already: {state.papers}"
            )
        filed = Filed(written, day_of(desk, order), now(), desk.user, note.strip())
        add_papers(writer, filed, call_up=number)
        return fold(case_of(writer, number))


def propose_call_up(desk: Desk, number: str, *, order: Order = NO_ORDER) -> State:
    """Find where the goods could come from, and who has to approve.

    Own goods first, then upward, nearest and first expiring first; what lies above the city is
    a letter. May be repeated until goods are reserved: approvals given before then fall away.

    Raises
    ------
    AccessError, LedgerError
        When the user may not ask there, or goods are reserved already.
    CityError
        When the rules name nobody to approve.
    """
    desk.allow(Right.REQUEST, area=state_of(desk, number).call_up.area)

    def act(writer: Writer, _: Case, state: State) -> list[Said]:
        call_up = state.call_up
        holdings = [
            Holding(row.site, row.lot, row.quantity - row.reserved)
            for item in dict.fromkeys(line.item for line in call_up.lines)
            for row in writer.stock(item=item)
        ]
        shares, unmet = source(desk.city, call_up, holdings, desk.day)
        wanted = needs(desk.city, call_up, shares)
        return [(Proposed(shares=shares, unmet=unmet, needs=wanted), ())]

    return take_step(desk, number, Step.PROPOSE, order, act)


def approve_call_up(
    desk: Desk, number: str, *, cut: Quantities = ALL, note: str = "", order: Order = NO_ORDER
) -> State:
    """Give the approvals that are the user's to give; the goods go when all were given.

    Parameters
    ----------
    cut
        Lines that are allowed only in part, in catalogue units.

    Raises
    ------
    AccessError
        When the ladder names somebody else, or the user entered the request.
    LedgerError
        When there is nothing to approve, or a line is cut to more than was asked for.
    """
    before, done = before_step(desk, number, Step.APPROVE, order)
    if done:
        return before
    _allow_decision(desk, before)

    def act(_: Writer, __: Case, state: State) -> list[Said]:
        mine = tuple(place for place, need in _open_needs(state) if _may(desk, need))
        limits = {n: base_of(desk, line_of(state, n), units) for n, units in cut.items()}
        for line in state.call_up.lines:
            if limits.get(line.number, 0) > line.quantity:
                want = naming.goods(desk, line.item, line.quantity)
                raise LedgerError(
                    f"第 {line.number} 行批准数量超过申请的{want[0]}"
                    f" | line {line.number}: more was approved than asked for ({want[1]})"
                )
        return [(Approved(needs=mine, cut=limits, note=note.strip()), ())]

    return take_step(desk, number, Step.APPROVE, order, act)


def refuse_call_up(desk: Desk, number: str, *, reason: str, order: Order = NO_ORDER) -> State:
    """Say no to a request; raises as `approve`."""
    _allow_decision(desk, state_of(desk, number))

    def act(_: Writer, __: Case, ___: State) -> list[Said]:
        return [(Refused(note=why(reason)), ())]

    return take_step(desk, number, Step.REFUSE, order, act)


def _open_needs(state: State) -> list[tuple[int, Need]]:
    wanted = state.proposal.needs if state.proposal else ()
    return [(n, need) for n, need in enumerate(wanted) if n not in state.approvals]


def _may(desk: Desk, need: Need) -> bool:
    return desk.actor.may(Right.APPROVE, desk.city, area=need.place)


def _allow_decision(desk: Desk, state: State) -> None:
    """Refuse who is not the approver that the ladder names, nor one above."""
    wanted = [need for _, need in _open_needs(state)]
    wanted = wanted or list(state.proposal.needs if state.proposal else ())
    if not any(_may(desk, need) for need in wanted):
        place = wanted[0].place if wanted else state.call_up.area
        desk.allow(Right.APPROVE, area=place)
    allow_other(desk, state)


def cancel_call_up(desk: Desk, number: str, *, reason: str, order: Order = NO_ORDER) -> State:
    """Take a request back before anything left; what was reserved is free again.

    Raises
    ------
    AccessError, LedgerError
        When the user may not ask there, or goods have left.
    """
    return _end(desk, number, Step.CANCEL, reason, order)


def close_call_up(desk: Desk, number: str, *, note: str = "", order: Order = NO_ORDER) -> State:
    """Close a call-up whose goods arrived, are settled, paid and given back.

    Raises
    ------
    AccessError, LedgerError
        When the user may not ask there, or something is still open.
    """
    return _end(desk, number, Step.CLOSE, note, order)


def _end(desk: Desk, number: str, step: Step, note: str, order: Order) -> State:
    desk.allow(Right.REQUEST, area=state_of(desk, number).call_up.area)
    said = why(note) if step is Step.CANCEL else note.strip()

    def act(writer: Writer, case: Case, _: State) -> list[Said]:
        held = [event.documents for event in case.events if event.step is Step.RESERVE]
        still = writer.open_reservations(held[0][0]) if held else []
        if not still:
            return [(Ended(note=said), ())]
        released = writer.release(
            [line.reservation.id for line in still],
            day=day_of(desk, order),
            recorded_at=now(),
            recorded_by=desk.user,
            note=said or number,
            paper=head(desk, Kind.RELEASE, inner(order), refers=held[0][0], call_up=number),
        )
        return [(Ended(note=said), (released.id,))]

    return take_step(desk, number, step, order, act)
