"""How a step of a call-up is taken: found, allowed, judged, kept; all of it in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from supplies.access import Right
from supplies.callups import (
    SITE_TARGET,
    Case,
    Detail,
    Event,
    Line,
    Part,
    Standing,
    State,
    Step,
    advance,
    fold,
    why_not,
)
from supplies.callups.facts import AREA_TARGET
from supplies.errors import AccessError, LedgerError
from supplies.ledger import Kind
from supplies.store import Reader, Writer, callups
from supplies.tasks.desk import Desk, now
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.moving import posting
from supplies.tasks.vouchers.order import Order, allow, day_of

# What a step says and the vouchers it posted.
Said = tuple[Detail, tuple[str, ...]]
Act = Callable[[Writer, Case, State], Iterable[Said]]
# Quantities in catalogue units by the number of the line.
Quantities = Mapping[int, Decimal | int]
ALL: Quantities = {}
# Steps that ask for the right to enter them late at the sites they move goods at.
_AT_SITES = {Step.DEPART, Step.ARRIVE, Step.RETURN, Step.REFILL}


def case_of(reader: Reader, number: str) -> Case:
    """Return all that is kept of a call-up.

    Raises
    ------
    LedgerError
        When there is none of that number.
    """
    case = callups.read(reader, number)
    if case is None:
        raise LedgerError(
            f"没有调用 {number!r}, 编号见 supplies call-up list"
            f" | there is no call-up {number!r}; see supplies call-up list"
        )
    return case


def state_of(desk: Desk, number: str) -> State:
    """Return how a call-up stands, for deciding which rights its next step needs."""
    with desk.store.reading() as reader:
        return fold(case_of(reader, number))


def before_step(desk: Desk, number: str, step: Step, order: Order) -> tuple[State, bool]:
    """Return how a call-up stands before a step, and whether the order's key took it already.

    Raises
    ------
    LedgerError
        When the step may not come now, or its key stands for another step.
    AccessError
        When it was taken already and the user may not look at the call-up.
    """
    with desk.store.reading() as reader:
        case = case_of(reader, number)
    state = fold(case)
    if _taken(case, step, order):
        allow_look(desk, state)
        return state, True
    refuse_unless(state, step)
    return state, False


def take_step(desk: Desk, number: str, step: Step, order: Order, act: Act) -> State:
    """Take one step of a call-up and return how it stands then; the same key takes it once.

    Parameters
    ----------
    act
        Posts what the step moves, and says what is to be kept of it.

    Raises
    ------
    LedgerError
        When the step may not come now, or its key stands for another step.
    """
    if step not in _AT_SITES:
        allow_late(desk, order, state_of(desk, number).call_up.area)
    with posting(desk, f"call_up_{step}", order, number) as writer:
        case = case_of(writer, number)
        state = fold(case)
        if _taken(case, step, order):
            return state
        refuse_unless(state, step)
        first = True
        for detail, documents in list(act(writer, case, state)):
            event = Event(
                step=step,
                day=day_of(desk, order),
                detail=detail,
                documents=documents,
                key=order.key if first else None,
                recorded_at=now(),
                recorded_by=desk.user,
            )
            state, first = advance(state, event), False
            callups.add_step(writer, number, event)
        return state


def _taken(case: Case, step: Step, order: Order) -> bool:
    if order.key is None:
        return False
    before = next((event for event in case.events if event.key == order.key), None)
    if before is not None and before.step is not step:
        raise LedgerError(
            f"防重键 {order.key!r} 已用于 {case.call_up.id} 的另一步骤; 请换一个键"
            f" | key {order.key!r} was used for another step of {case.call_up.id}; give another"
        )
    return before is not None


def refuse_unless(state: State, step: Step) -> None:
    """Refuse a step that may not come now.

    Raises
    ------
    LedgerError
        Saying what has to come before, or what has ended it.
    """
    why = why_not(state, step)
    if why is not None:
        zh, en = why.split(" | ")
        raise LedgerError(f"{state.call_up.id}: {zh} | {state.call_up.id}: {en}")


def inner(order: Order) -> Order:
    """Return the order for the vouchers of a step: the step's key guards them all."""
    return replace(order, key=None)


def target_of(line: Line) -> str:
    """Return the site or area a line goes to."""
    return line.target.removeprefix(SITE_TARGET).removeprefix(AREA_TARGET)


def allow_late(desk: Desk, order: Order, area: str) -> None:
    """Refuse who may not enter a step of an earlier day, or without saying why.

    Raises
    ------
    AccessError, LedgerError
        When the right or the reason is missing, or the day lies ahead.
    """
    if day_of(desk, order) < desk.day:
        desk.allow(Right.BACKDATE, area=area)


def allow_post(desk: Desk, order: Order, place: str) -> None:
    """Refuse who may not post at a site or in an area where goods are used.

    Raises
    ------
    AccessError, LedgerError
        When a right is missing there, or the day cannot be used.
    """
    if place in desk.city.sites:
        allow(desk, Kind.ARRIVAL, order, place)
        return
    desk.allow(Right.POST, area=place)
    allow_late(desk, order, place)


def allow_look(desk: Desk, state: State) -> None:
    """Refuse who may look neither at the asking area nor at any site that is drawn on.

    Raises
    ------
    AccessError
        Naming the user and the asking area.
    """
    if not may_look(desk, state):
        desk.allow(Right.READ, area=state.call_up.area)


def may_look(desk: Desk, state: State) -> bool:
    """Whether the user may look at the asking area or at a site that is drawn on."""
    look, city = desk.actor.may, desk.city
    return look(Right.READ, city, area=state.call_up.area) or any(
        look(Right.READ, city, site=s.share.site) for s in state.from_stock
    )


def allow_other(desk: Desk, state: State) -> None:
    """Refuse an approver who entered the request; alone at the ledger there is nobody else.

    Raises
    ------
    AccessError
        When both are one user.
    """
    if not desk.actor.alone and desk.user == state.call_up.recorded_by:
        raise AccessError(
            f"用户 {desk.user} 登记了 {state.call_up.id}, 不能由本人审批"
            f" | user {desk.user} entered {state.call_up.id}; somebody else has to approve it"
        )


def allot(
    desk: Desk,
    state: State,
    wanted: Quantities,
    room: Callable[[Standing], int],
    words: tuple[str, str],
) -> tuple[Part, ...]:
    """Return parts of shares for what is wanted of some lines, in the order of the shares.

    Parameters
    ----------
    wanted
        All there is room for, where nothing is named.
    room, words
        How much of a share may go, and what that is called.

    Raises
    ------
    LedgerError
        When there is no such line, or more is wanted than there is room for.
    """
    parts: list[Part] = []
    for number in wanted or [line.number for line in state.call_up.lines]:
        line = line_of(state, number)
        most = sum(room(s) for s in state.of(number))
        units = base_of(desk, line, wanted[number]) if wanted else most
        if units > most:
            have, want = naming.amount(desk, line.item, most), naming.goods(desk, line.item, units)
            raise LedgerError(
                f"{state.call_up.id} 第 {number} 行: {words[0]} {have[0]}, 现为{want[0]}"
                f" | {state.call_up.id} line {number}: {words[1]} {have[1]}, got {want[1]}"
            )
        for standing in state.of(number):
            taken = min(units, room(standing))
            units -= taken
            if taken:
                parts.append(Part(share=standing.share.number, quantity=taken))
    return tuple(parts)


def line_of(state: State, number: int) -> Line:
    """Return a line by its number.

    Raises
    ------
    LedgerError
        When there is none.
    """
    count = len(state.call_up.lines)
    if not 1 <= number <= count:
        raise LedgerError(
            f"{state.call_up.id} 没有第 {number} 行, 共 {count} 行"
            f" | {state.call_up.id} has no line {number}; it has {count}"
        )
    return state.call_up.line(number)


def base_of(desk: Desk, line: Line, quantity: Decimal | int) -> int:
    """Return base units of a quantity, zero included (nothing came, nothing is allowed)."""
    return desk.base(line.item, quantity) if quantity else 0


def by_share(state: State, parts: Iterable[Part]) -> Iterator[tuple[Standing, Line, int]]:
    """Yield parts with their shares and lines."""
    for part in parts:
        standing = state.standing(part.share)
        yield standing, state.call_up.line(standing.share.line), part.quantity


def ordered_by(state: State, order: Order) -> Order:
    """Return the head that vouchers of a call-up carry: its asker and its dispatch order."""
    return Order(
        asked_by=state.call_up.asked_by,
        order_number=state.order_number,
        day=order.day,
        late=order.late,
    )
