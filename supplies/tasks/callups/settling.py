"""After a call-up: who bears what, and what is paid (C14).

Who bears it approves it: the asking unit (or the city, for what it took from a county) when it
pays or gives back in kind, the owner when it gives freely or refills its own store.
"""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from supplies.access import Right
from supplies.callups import (
    Case,
    Charge,
    Mode,
    Settled,
    Standing,
    State,
    Step,
    bearer,
    fold,
)
from supplies.errors import LedgerError
from supplies.lots import add_months
from supplies.store import Writer
from supplies.store.papers import Payment, add_payment
from supplies.tasks.callups.running import (
    Said,
    allow_late,
    before_step,
    case_of,
    line_of,
    state_of,
    take_step,
)
from supplies.tasks.desk import Desk, now
from supplies.tasks.vouchers.moving import (
    posting,
)
from supplies.tasks.vouchers.order import NO_ORDER, Order, day_of, fen

_FEN = Decimal(100)


def mode_of(word: str | Mode) -> Mode:
    """Return who bears it.

    Raises
    ------
    LedgerError
        When the word is none of requester, owner, in_kind, free.
    """
    try:
        return Mode(word)
    except ValueError:
        known = ", ".join(Mode)
        raise LedgerError(
            f"结算方式 {str(word)!r} 应为 {known} 之一"
            f" | settlement {str(word)!r} should be one of {known}"
        ) from None


def settle_call_up(
    desk: Desk,
    number: str,
    *,
    mode: str | Mode,
    lines: Iterable[int] = (),
    losses: bool = False,
    due: date | None = None,
    note: str = "",
    order: Order = NO_ORDER,
) -> State:
    """Settle who bears what came (requester, owner, in_kind, free), at catalogue prices.

    Parameters
    ----------
    lines
        All that came and is not settled where not given.
    losses
        What was lost on the road is borne too; without it the owner bears the loss.
    due
        Until when; the city's rule (months to refill) where not given.

    Raises
    ------
    AccessError
        When the user may not approve for who bears it.
    LedgerError
        When something is on the way, settled already, or was taken from a county for nothing.
    """
    how = mode_of(mode)
    before, done = before_step(desk, number, Step.SETTLE, order)
    if done:
        return before
    chosen = tuple(lines) or _unsettled(before)
    _allow_bearers(desk, before, chosen, how)

    def act(_: Writer, __: Case, state: State) -> list[Said]:
        said = Settled(
            mode=how,
            lines=chosen,
            losses=losses,
            charges=tuple(_charge(desk, state, s, losses=losses) for s in _borne(state, chosen)),
            due=due or _until(desk, order, how),
            note=note.strip(),
        )
        return [(said, ())]

    return take_step(desk, number, Step.SETTLE, order, act)


def _until(desk: Desk, order: Order, how: Mode) -> date | None:
    if how is Mode.FREE:
        return None
    return add_months(day_of(desk, order), int(desk.city.rule("refill_due_months")))


def _borne(state: State, chosen: Iterable[int]) -> list[Standing]:
    return [s for n in chosen for s in state.of(line_of(state, n)) if s.foreign and s.received]


def _allow_bearers(desk: Desk, state: State, chosen: Iterable[int], how: Mode) -> None:
    """Refuse who may not approve for those that bear it, and lines that nobody has to bear."""
    borne, number = _borne(state, chosen), state.call_up.id
    if not borne:
        raise LedgerError(
            f"{number}: 这些行还有在途物资或没有要结算的"
            f" | {number}: these lines are on the way, or have nothing to settle"
        )
    for standing in borne:
        payer = bearer(desk.city, state.call_up, standing.share, how)
        desk.allow(Right.APPROVE, area=payer if payer in desk.city.areas else desk.city.code)


def _unsettled(state: State) -> tuple[int, ...]:
    lines = dict.fromkeys(s.share.line for s in state.standings if s.to_settle)
    return tuple(n for n in lines if not any(s.on_the_way for s in state.of(n)))


def _charge(desk: Desk, state: State, standing: Standing, *, losses: bool) -> Charge:
    item = desk.item(state.call_up.line(standing.share.line).item)
    units = standing.kept + (standing.lost if losses else 0)
    amount = item.from_base(units) * item.unit_price_cny * _FEN
    return Charge(
        share=standing.share.number,
        quantity=units,
        price_cny=item.unit_price_cny,
        price_evidence=item.price_evidence,
        amount_fen=int(amount.to_integral_value(ROUND_HALF_UP)),
    )


def pay_call_up(
    desk: Desk, number: str, *, amount_cny: Decimal, note: str = "", order: Order = NO_ORDER
) -> State:
    """Record money paid on a settlement.

    Raises
    ------
    AccessError
        When the user may not buy for the asking area.
    LedgerError
        When the amount is none, or more than is owed.
    """
    area = state_of(desk, number).call_up.area
    desk.allow(Right.BUY, area=area)
    allow_late(desk, order, area)
    units = fen(amount_cny) or 0
    with posting(desk, "call_up_pay", order, number) as writer:
        state = fold(case_of(writer, number))
        owed = state.due_fen - state.paid_fen
        if not 0 < units <= owed:
            have = Decimal(owed) / _FEN
            raise LedgerError(
                f"{number} 尚欠 {have:,.2f} 元, 不能付 {amount_cny:,.2f} 元"
                f" | {number} owes {have:,.2f} CNY; {amount_cny:,.2f} cannot be paid"
            )
        paid = Payment(units, day_of(desk, order), now(), desk.user, note.strip())
        add_payment(writer, paid, call_up=number)
        return fold(case_of(writer, number))
