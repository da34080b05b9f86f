"""The documents of ``call-up --json``: a call-up as it stands, the list, what is owed."""

from collections.abc import Iterable
from decimal import Decimal

from supplies.callups import Case, Debt, Event, Standing, State, fold, next_steps
from supplies.city import City
from supplies.reports.imported import Document, number


def callup_document(city: City, case: Case) -> Document:
    """Return a call-up with its lines, shares, approvals and steps."""
    state = fold(case)
    call_up = case.call_up
    return {
        "call_up": call_up.id,
        "day": call_up.day.isoformat(),
        "area": call_up.area,
        "level": call_up.level,
        "incident": call_up.incident,
        "asked_by": call_up.asked_by,
        "reason": call_up.reason,
        "papers": case.papers or None,
        "papers_due": call_up.papers_due.isoformat() if call_up.papers_due else None,
        "order_number": state.order_number or None,
        "ended": state.ended.value if state.ended else None,
        "next": [step.value for step in next_steps(state)],
        "lines": [
            {
                "line": line.number,
                "item": line.item,
                "target": line.target,
                "asked": number(city.items[line.item].from_base(line.quantity)),
                "unmet": number(city.items[line.item].from_base(state.unmet(line))),
                "shares": [_share(city, state, standing) for standing in state.of(line)],
            }
            for line in call_up.lines
        ],
        "approvals": _approvals(state),
        "due_cny": number(Decimal(state.due_fen) / 100),
        "paid_cny": number(Decimal(state.paid_fen) / 100),
        "on_the_way": sorted(state.trips),
        "steps": [_step(event) for event in case.events],
    }


def _share(city: City, state: State, standing: Standing) -> Document:
    share = standing.share
    item = city.items[state.call_up.line(share.line).item]
    figures = (
        *("approved", "reserved", "sent", "on_the_way", "received", "lost", "returned"),
        *("refilled", "to_settle", "to_refill"),
    )
    return {
        "draw": share.draw.value,
        "site": share.site or None,
        "owner": share.owner,
        "proposed": number(item.from_base(share.quantity)),
        **{name: number(item.from_base(int(getattr(standing, name)))) for name in figures},
        "settled": standing.settled.value if standing.settled else None,
        "due": standing.due.isoformat() if standing.due else None,
    }


def _approvals(state: State) -> list[Document]:
    return [
        {
            "owner": need.owner,
            "amount_cny": number(need.amount_cny),
            "amount_max_cny": None if need.amount_max_cny is None else number(need.amount_max_cny),
            "approver_tier": need.approver_tier.value,
            "place": need.place,
            "who_zh": need.who_zh,
            "who_en": need.who_en,
            "evidence": need.evidence.value,
            "source": need.source,
            "given": place in state.approvals,
        }
        for place, need in enumerate(state.proposal.needs if state.proposal else ())
    ]


def _step(event: Event) -> Document:
    return {
        "step": event.step.value,
        "day": event.day.isoformat(),
        "vouchers": list(event.documents),
        "recorded_by": event.recorded_by,
    }


def debts_document(city: City, debts: Iterable[Debt]) -> list[Document]:
    """Return what is owed after call-ups, in goods or money; ``mode`` null: not settled."""
    return [
        {
            "call_up": debt.call_up,
            "line": debt.line,
            "item": debt.item,
            "quantity": number(city.items[debt.item].from_base(debt.quantity)),
            "amount_cny": number(Decimal(debt.amount_fen) / 100),
            "debtor": debt.debtor,
            "creditor": debt.creditor,
            "site": debt.site or None,
            "mode": debt.mode.value if debt.mode else None,
            "due": debt.due.isoformat() if debt.due else None,
        }
        for debt in debts
    ]
