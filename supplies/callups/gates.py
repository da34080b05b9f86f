"""Which step may come next, and why another may not."""

from collections.abc import Callable, Iterable, Mapping

from supplies.callups.facts import Draw, Step
from supplies.callups.state import State

Why = str | None
_ENDED = {
    Step.REFUSE: "申请已被驳回 | the request was refused",
    Step.CANCEL: "调用已撤销 | the call-up was cancelled",
    Step.CLOSE: "调用已办结 | the call-up is closed",
}


def why_not(state: State, step: Step) -> Why:
    """Return why a step may not come now (``中文 | English``), ``None`` when it may."""
    if state.ended is not None:
        return _ENDED[state.ended]
    return _GATES[step](state)


def next_steps(state: State) -> tuple[Step, ...]:
    """Return the steps that may come next."""
    return tuple(step for step in Step if why_not(state, step) is None)


# What a call-up waits for, the most pressing first; cancelling is never what it waits for.
_FIRST = (
    *(Step.ARRIVE, Step.DEPART, Step.ORDER, Step.RESERVE, Step.APPROVE, Step.PROPOSE),
    *(Step.SETTLE, Step.REFILL, Step.CLOSE, Step.RETURN),
)


def waits_for(state: State) -> Step | None:
    """Return the step a call-up waits for, ``None`` when it has ended or is stuck."""
    return next(
        (step for step in _FIRST if why_not(state, step) is None and _due(state, step)), None
    )


def _due(state: State, step: Step) -> bool:
    """Whether a step that may come is what is waited for: one proposal is enough."""
    if step is Step.PROPOSE:
        return state.proposal is None
    if step is Step.ARRIVE:
        return bool(state.trips) or all(not s.open for s in state.from_stock)
    return True


def _first_of(tests: Iterable[tuple[bool, str]]) -> Why:
    return next((why for failed, why in tests if failed), None)


def _request(_: State) -> Why:
    return "申请已登记 | the request stands already"


def _propose(state: State) -> Why:
    return "物资已预留, 不能重新测算来源 | goods are reserved already" if _begun(state) else None


def _begun(state: State) -> bool:
    return state.reserved or bool(state.order_number)


def _approve(state: State) -> Why:
    none = "来源测算中没有可审批的物资 | the proposal has nothing to approve"
    return _first_of((
        (state.proposal is None, "尚未测算来源 | sources were not proposed yet"),
        (state.proposal is not None and not state.proposal.needs, none),
        (state.approved, "已全部批准 | it is approved already"),
    ))  # fmt: skip


def _refuse(state: State) -> Why:
    why = "物资已预留或已下令, 请改用撤销 | goods are reserved or ordered; cancel it instead"
    return why if _begun(state) else None


def _reserve(state: State) -> Why:
    return _first_of((
        (not state.approved, _lacking(state)),
        (state.reserved, "物资已预留 | goods are reserved already"),
        (not any(s.approved for s in state.from_stock),
         "没有要预留的库存, 请直接下达调拨令 | there is no stock to reserve; give the order"),
    ))  # fmt: skip


def _lacking(state: State) -> str:
    wanted = state.proposal.needs if state.proposal else ()
    left = [need for n, need in enumerate(wanted) if n not in state.approvals]
    if not left:
        return "尚未测算来源 | sources were not proposed yet"
    zh = "、".join(dict.fromkeys(need.who_zh for need in left))
    en = ", ".join(dict.fromkeys(need.who_en for need in left))
    return f"尚待批准: {zh} | approval is missing: {en}"


def _order(state: State) -> Why:
    waiting = any(s.approved for s in state.from_stock) and not state.reserved
    return _first_of((
        (not state.approved, _lacking(state)),
        (waiting, "物资尚未预留 | goods are not reserved yet"),
        (bool(state.order_number), "调拨令已下达 | the order is out already"),
    ))  # fmt: skip


def _depart(state: State) -> Why:
    return _first_of((
        (not state.order_number, "调拨令尚未下达 | there is no dispatch order yet"),
        (not any(s.reserved for s in state.standings),
         "预留物资已全部发出 | all that was reserved has left"),
    ))  # fmt: skip


def _arrive(state: State) -> Why:
    letters = any(s.share.draw is Draw.LETTER and s.open and not s.settled for s in state.standings)
    return _first_of((
        (not state.order_number, "调拨令尚未下达 | there is no dispatch order yet"),
        (not state.trips and not letters, "没有在途物资 | nothing is on the way"),
    ))  # fmt: skip


def _settle(state: State) -> Why:
    return _first_of((
        (not state.total("to_settle"), "没有待结算的物资 | there is nothing to settle"),
    ))  # fmt: skip


def _return(state: State) -> Why:
    if state.total("returnable"):
        return None
    return "没有可归还的物资 | there is nothing to give back"


def _refill(state: State) -> Why:
    return None if state.total("to_refill") else "没有待补库的物资 | nothing is owed in goods"


def _cancel(state: State) -> Why:
    if state.total("sent"):
        return "物资已发出, 不能撤销 | goods have left; it cannot be cancelled"
    return None


def _close(state: State) -> Why:
    return _first_of((
        (not state.order_number, "调拨令尚未下达, 请改用撤销 | no order was given; cancel instead"),
        (bool(state.trips), "还有在途物资 | goods are still on the way"),
        (bool(state.total("to_settle")), "还有未结算的物资 | something is not settled"),
        (bool(state.total("to_refill")), "还有未归还或未补库的物资 | goods are still owed"),
        (state.paid_fen < state.due_fen, "结算款尚未付清 | the settlement is not paid in full"),
        (not state.papers, "书面申请尚未补齐 | the written request has not come yet"),
    ))  # fmt: skip


_GATES: Mapping[Step, Callable[[State], Why]] = {
    Step.REQUEST: _request,
    Step.PROPOSE: _propose,
    Step.APPROVE: _approve,
    Step.REFUSE: _refuse,
    Step.RESERVE: _reserve,
    Step.ORDER: _order,
    Step.DEPART: _depart,
    Step.ARRIVE: _arrive,
    Step.SETTLE: _settle,
    Step.RETURN: _return,
    Step.REFILL: _refill,
    Step.CANCEL: _cancel,
    Step.CLOSE: _close,
}
