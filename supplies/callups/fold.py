"""A call-up's state from its steps; a step out of order, or of more than is open, is refused."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from supplies.callups.facts import (
    Approved,
    Arrived,
    Case,
    Departed,
    Draw,
    Ended,
    Event,
    Mode,
    Ordered,
    Part,
    Proposed,
    Refilled,
    Refused,
    Requested,
    Reserved,
    Returned,
    Settled,
    Step,
)
from supplies.callups.gates import why_not
from supplies.callups.state import Standing, State
from supplies.errors import LedgerError


def fold(case: Case) -> State:
    """Return how a call-up stands.

    Raises
    ------
    LedgerError
        When its steps contradict one another.
    """
    state = State(call_up=case.call_up, papers=case.papers, paid_fen=case.paid_fen)
    for event in case.events:
        state = advance(state, event)
    return state


def advance(state: State, event: Event) -> State:
    """Return the state after one more step.

    Raises
    ------
    LedgerError
        When the step may not come now, or moves more than is open.
    """
    if event.step is not Step.REQUEST and (why := why_not(state, event.step)) is not None:
        raise LedgerError(f"{_side(why, 0)} ({state.call_up.id}) | {_side(why, 1)} "
                          f"({state.call_up.id})")  # fmt: skip
    if isinstance(event.detail, Ended):
        return _ended(state, event.step)
    return _STEPS[type(event.detail)](state, event.detail)


def _side(text: str, place: int) -> str:
    return text.split(" | ")[place]


def _proposed(state: State, said: Proposed) -> State:
    asked = Counter({line.number: line.quantity for line in state.call_up.lines})
    found = Counter[int]()
    for line, units in [(s.line, s.quantity) for s in said.shares] + [
        (u.line, u.quantity) for u in said.unmet
    ]:
        found[line] += units
    if found != asked or [s.number for s in said.shares] != list(range(1, len(said.shares) + 1)):
        raise LedgerError(
            "来源测算与申请数量不符 | the proposal does not add up to what was asked for"
        )
    return replace(
        state,
        proposal=said,
        standings=tuple(Standing(share=share) for share in said.shares),
        approvals=frozenset(),
        limits={},
    )


def _approved(state: State, said: Approved) -> State:
    wanted = state.proposal.needs if state.proposal else ()
    if not said.needs or set(said.needs) - set(range(len(wanted))):
        raise LedgerError("审批事项不在来源测算之列 | the approval is none that the proposal needs")
    limits = dict(state.limits)
    for line, units in said.cut.items():
        if not 1 <= line <= len(state.call_up.lines) or units < 0:
            raise LedgerError(f"没有第 {line} 行, 或数量为负 | there is no line {line} to cut")
        limits[line] = min(units, limits.get(line, units))
    after = replace(state, approvals=state.approvals | set(said.needs), limits=limits)
    return replace(after, standings=_within(after)) if after.approved else after


def _within(state: State) -> tuple[Standing, ...]:
    """Allow each share as far as its line's limit goes: the last drawn on are cut first."""
    left = {line.number: state.limits.get(line.number, line.quantity) for line in
            state.call_up.lines}  # fmt: skip
    allowed: list[Standing] = []
    for standing in state.standings:
        units = min(standing.share.quantity, left[standing.share.line])
        left[standing.share.line] -= units
        allowed.append(replace(standing, approved=units))
    return tuple(allowed)


def _reserved(state: State, said: Reserved) -> State:
    held = Counter({s.share.number: s.approved for s in state.from_stock if s.approved})
    if Counter({part.share: part.quantity for part in said.parts}) != held:
        raise LedgerError("预留数量与批准数量不符 | what is reserved is not what was approved")
    after = _each(state, said.parts, lambda s, n: replace(s, reserved=n))
    return replace(after, reserved=True)


def _ordered(state: State, said: Ordered) -> State:
    return replace(state, order_number=said.order_number)


def _departed(state: State, said: Departed) -> State:
    _within_room(state, said.parts, "reserved", "已预留的", "is reserved")
    _not_settled(state, said.parts)
    if any(said.trip and said.trip == gone.trip for gone in state.departures):
        raise LedgerError(f"车次 {said.trip} 已发出 | trip {said.trip} has left already")
    spot = not said.trip

    def leave(s: Standing, units: int) -> Standing:
        there = s.received + units if spot else s.received
        return replace(s, reserved=s.reserved - units, sent=s.sent + units, received=there)

    after = replace(_each(state, said.parts, leave), departures=(*state.departures, said))
    return after if spot else replace(after, trips={**state.trips, said.trip: said.parts})


def _arrived(state: State, said: Arrived) -> State:
    if not said.trip:
        return _came_from_above(state, said)
    sent = state.trips.get(said.trip)
    if sent is None:
        raise LedgerError(f"车次 {said.trip} 不在途 | trip {said.trip} is not on the way")
    ended = _sum(said.received) + _sum(said.lost)
    if ended != _sum(sent):
        raise LedgerError("实收加损失应等于发出数量 | received and lost should be what was sent")
    after = _each(state, said.received, lambda s, n: replace(s, received=s.received + n))
    after = _each(after, said.lost, lambda s, n: replace(s, lost=s.lost + n))
    return replace(after, trips={k: v for k, v in after.trips.items() if k != said.trip})


def _came_from_above(state: State, said: Arrived) -> State:
    _within_room(state, said.received, "open", "函请的", "was asked for by letter")
    if said.lost or any(
        state.standing(part.share).share.draw is not Draw.LETTER for part in said.received
    ):
        raise LedgerError(
            "没有车次的到货只能是上级调拨 | only goods from above come without a trip"
        )
    _not_settled(state, said.received)
    return _each(
        state,
        said.received,
        lambda s, n: replace(s, sent=s.sent + n, received=s.received + n),
    )


def _not_settled(state: State, parts: Iterable[Part]) -> None:
    for part in parts:
        standing = state.standing(part.share)
        if standing.settled:
            line = standing.share.line
            raise LedgerError(
                f"第 {line} 行已结算, 不能再发货或收货"
                f" | line {line} is settled; no more can be sent or received on it"
            )


def _settled(state: State, said: Settled) -> State:
    for standing in (s for line in said.lines for s in state.of(line)):
        if standing.on_the_way or standing.settled:
            raise LedgerError(
                f"第 {standing.share.line} 行还有在途物资或已结算"
                f" | line {standing.share.line} is on the way or settled already"
            )
        taken = standing.share.draw is Draw.LATERAL and standing.received
        if taken and said.mode in {Mode.OWNER, Mode.FREE}:
            raise LedgerError(
                "市级征调的县级物资应实物补还或付款, 不能由县里承担"
                " | the city owes back what it took from a county: in kind or in money"
            )

    def settle(s: Standing) -> Standing:
        if s.share.line not in said.lines or not s.foreign:
            return s
        lost = s.lost if said.losses else 0
        return replace(s, settled=said.mode, lost_charged=lost, due=said.due)

    return replace(
        state,
        standings=tuple(settle(s) for s in state.standings),
        charges=(*state.charges, *said.charges),
        due_fen=state.due_fen + _owed_fen(said),
    )


def _owed_fen(said: Settled) -> int:
    return sum(c.amount_fen for c in said.charges) if said.mode is Mode.REQUESTER else 0


def _returned(state: State, said: Returned) -> State:
    _within_room(state, said.parts, "returnable", "可归还的", "may be given back")
    return _each(state, said.parts, lambda s, n: replace(s, returned=s.returned + n))


def _refilled(state: State, said: Refilled) -> State:
    _within_room(state, said.parts, "to_refill", "应补还的", "is owed")
    return _each(state, said.parts, lambda s, n: replace(s, refilled=s.refilled + n))


def _refused(state: State, _: Refused) -> State:
    return replace(state, ended=Step.REFUSE)


def _ended(state: State, step: Step) -> State:
    """End it and let go what is still reserved."""
    freed = tuple(replace(s, let_go=s.let_go + s.reserved, reserved=0) for s in state.standings)
    return replace(state, standings=freed, ended=step)


def _sum(parts: Iterable[Part]) -> Counter[int]:
    total = Counter[int]()
    for part in parts:
        total[part.share] += part.quantity
    return total


def _within_room(state: State, parts: Iterable[Part], name: str, zh: str, en: str) -> None:
    """Refuse parts of more than a figure of their shares allows."""
    total = _sum(parts)
    if not total or min(total.values()) <= 0:
        raise LedgerError("数量应大于零 | quantities should be above zero")
    for number, units in total.items():
        known = 1 <= number <= len(state.standings)
        if not known or units > int(getattr(state.standing(number), name)):
            line = state.standing(number).share.line if known else number
            raise LedgerError(f"第 {line} 行超出{zh}数量 | line {line}: more than {en}")


def _each(
    state: State, parts: Iterable[Part], change: Callable[[Standing, int], Standing]
) -> State:
    total = _sum(parts)
    return replace(
        state,
        standings=tuple(
            change(s, total[s.share.number]) if s.share.number in total else s
            for s in state.standings
        ),
    )


_STEPS: Mapping[type, Callable[[State, Any], State]] = {
    Requested: lambda state, _: state,
    Proposed: _proposed,
    Approved: _approved,
    Refused: _refused,
    Reserved: _reserved,
    Ordered: _ordered,
    Departed: _departed,
    Arrived: _arrived,
    Settled: _settled,
    Returned: _returned,
    Refilled: _refilled,
}
