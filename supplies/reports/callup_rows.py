"""The rows of a call-up's papers, one mapping a row, with the columns they stand in."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from supplies.callups import (
    Approved,
    Arrived,
    Case,
    Charge,
    Departed,
    Event,
    Part,
    Settled,
    Standing,
    State,
    Step,
    bearer,
)
from supplies.excel.style import Column, Kind
from supplies.reports import callup_words as say
from supplies.reports.titles import Row
from supplies.reports.words import Words, figure

# key: title in Chinese, in English, kind, the greatest width
_COLUMNS: dict[str, tuple[str, str, Kind, float]] = {
    "seq": ("序号", "No.", "center", 0),
    "item": ("物资名称", "Item", "text", 20),
    "unit": ("单位", "Unit", "center", 0),
    "asked": ("申请数", "Asked", "quantity", 0),
    "proposed": ("测算数", "Proposed", "quantity", 0),
    "approved": ("批准数", "Approved", "quantity", 0),
    "unmet": ("未落实数", "Unmet", "quantity", 0),
    "why": ("原因", "Why", "long", 30),
    "target": ("送达地", "To", "text", 22),
    "giver": ("调出方", "From", "text", 22),
    "owner": ("物权单位", "Owner", "text", 16),
    "draw": ("方式", "How", "center", 0),
    "drive": ("车程(小时)", "Drive (h)", "decimal", 0),
    "level": ("响应级别", "Level", "center", 0),
    "amount": ("金额(元)", "Amount (CNY)", "money", 14),
    "limit": ("权限(元)", "Up to (CNY)", "money", 14),
    "who": ("审批人", "Who decides", "text", 24),
    "evidence": ("依据性质", "Evidence", "center", 0),
    "rule": ("规则来源", "Source of the rule", "long", 28),
    "given": ("审批情况", "Given", "text", 18),
    "quantity": ("数量", "Quantity", "quantity", 0),
    "sent": ("发出数", "Sent", "quantity", 0),
    "received": ("实收数", "Received", "quantity", 0),
    "lost": ("损失数", "Lost", "quantity", 0),
    "sign": ("签收人(手填)", "Signed", "blank", 0),
    "bears": ("承担方", "Borne by", "text", 16),
    "mode": ("结算方式", "Settled", "center", 14),
    "price": ("单价(元)", "Price (CNY)", "money", 12),
    "price_evidence": ("价格来源", "Price evidence", "center", 0),
    "returned": ("已归还", "Given back", "quantity", 0),
    "refilled": ("已补库", "Refilled", "quantity", 0),
    "owed": ("尚应补还", "Still owed", "quantity", 0),
    "due": ("期限", "Due", "day", 0),
}
REQUEST = ("seq", "item", "unit", "asked", "target")
SOURCES = ("seq", "item", "unit", "giver", "owner", "draw", "drive", "proposed", "approved")
# The three tables of one sheet share its columns: what is wide stands below what is wide.
LADDER = ("seq", "owner", "level", "who", "rule", "evidence", "given", "amount", "limit")
UNMET = ("seq", "item", "unit", "why", "unmet")
ORDERED = ("seq", "item", "unit", "quantity", "owner", "target")
SIGNED = ("seq", "item", "unit", "sent", "received", "lost", "target", "sign")
SETTLED = (
    *("seq", "item", "unit", "owner", "bears", "mode", "quantity", "price"),
    *("price_evidence", "amount"),
)
BACK = (
    *("seq", "item", "unit", "giver", "owner", "bears", "received", "returned", "refilled"),
    *("owed", "due"),
)


def columns(words: Words, keys: Sequence[str], totals: Sequence[str] = ()) -> list[Column]:
    """Return the columns of a table of these papers."""
    return [
        Column(
            key=key,
            title=words.pick(_COLUMNS[key][0], _COLUMNS[key][1]),
            kind=_COLUMNS[key][2],
            most=_COLUMNS[key][3],
            total=key in totals,
            formula="{quantity}*{price}" if key == "amount" and "price" in keys else "",
        )
        for key in keys
    ]


def _goods(words: Words, item: str, seq: int) -> dict[str, object]:
    return {"seq": seq, "item": words.item(item), "unit": words.unit(item)}


def request_rows(words: Words, state: State) -> list[Row]:
    """Return what was asked for, and where to."""
    return [
        {
            **_goods(words, line.item, line.number),
            "asked": say.units(words, line.item, line.quantity),
            "target": say.target(words, line.target),
        }
        for line in state.call_up.lines
    ]


def source_rows(words: Words, state: State) -> list[Row]:
    """Return where each part comes from, as proposed and as approved."""
    rows: list[Row] = []
    for standing in state.standings:
        share, item = standing.share, state.call_up.line(standing.share.line).item
        allowed = say.units(words, item, standing.approved) if state.approved else None
        rows.append(
            {
                **_goods(words, item, share.number),
                "giver": say.giver(words, share),
                "owner": say.owner(words, share.owner),
                "draw": words.pick(*say.DRAWS[share.draw]),
                "drive": None if share.travel_s is None else round(share.travel_s / 3600, 1),
                "proposed": say.units(words, item, share.quantity),
                "approved": allowed,
            }
        )
    return rows


def unmet_rows(words: Words, state: State) -> list[Row]:
    """Return what nobody gives, or the approver cut."""
    found = {part.line: part for part in (state.proposal.unmet if state.proposal else ())}
    cut = words.pick("审批时核减", "cut by the approver")
    rows: list[Row] = []
    for line in state.call_up.lines:
        missing, short = state.unmet(line), found.get(line.number)
        if missing:
            reasons = [words.said(short.why)] if short else []
            if missing > (short.quantity if short else 0):
                reasons.append(cut)
            rows.append(
                {
                    **_goods(words, line.item, line.number),
                    "unmet": say.units(words, line.item, missing),
                    "why": words.pick("；", "; ").join(reasons),
                }
            )
    return rows


def ladder_rows(words: Words, case: Case, state: State) -> list[Row]:
    """Return who has to approve by which rule, and who did."""
    given = _given(case)
    return [
        {
            "seq": place + 1,
            "owner": say.owner(words, need.owner),
            "level": need.level,
            "amount": need.amount_cny,
            "limit": need.amount_max_cny,
            "who": f"{words.area(need.place)} {words.pick(need.who_zh, need.who_en)}",
            "given": _by(given[place]) if place in given else words.pick("待批", "open"),
            "evidence": words.term("evidence", need.evidence),
            "rule": need.source,
        }
        for place, need in enumerate(state.proposal.needs if state.proposal else ())
    ]


def _given(case: Case) -> dict[int, Event]:
    """Return who gave each approval of the last proposal."""
    found: dict[int, Event] = {}
    for event in case.events:
        if event.step is Step.PROPOSE:
            found = {}
        if isinstance(event.detail, Approved):
            found |= dict.fromkeys(event.detail.needs, event)
    return found


def _by(event: Event) -> str:
    return f"{event.recorded_by} {say.clock(event.recorded_at)}"


def order_blocks(words: Words, state: State) -> Iterator[tuple[str, list[Row]]]:
    """Yield each store that sends (or tier that is written to) with what it gives."""
    givers: dict[str, list[Standing]] = {}
    for standing in state.standings:
        if standing.approved:
            givers.setdefault(standing.share.site or standing.share.owner, []).append(standing)
    for standings in givers.values():
        rows: list[Row] = []
        for seq, standing in enumerate(standings, 1):
            line = state.call_up.line(standing.share.line)
            rows.append(
                {
                    **_goods(words, line.item, seq),
                    "quantity": say.units(words, line.item, standing.approved),
                    "owner": say.owner(words, standing.share.owner),
                    "target": say.target(words, line.target),
                }
            )
        share = standings[0].share
        giver = say.giver(words, share)
        yield giver if share.site else words.pick(f"函请{giver}", f"By letter: {giver}"), rows


def trips(case: Case) -> Iterator[tuple[Departed | None, Arrived | None, Event]]:
    """Yield each departure with its arrival (``None`` while on the way), and goods from above."""
    came = {
        e.detail.trip: e.detail
        for e in case.events
        if isinstance(e.detail, Arrived) and e.detail.trip
    }
    for event in case.events:
        if isinstance(event.detail, Departed):
            yield event.detail, came.get(event.detail.trip), event
        elif isinstance(event.detail, Arrived) and not event.detail.trip:
            yield None, event.detail, event


def trip_rows(words: Words, state: State, sent: Departed | None, came: Arrived | None) -> list[Row]:
    """Return what was sent on a trip, what of it came, and what was lost."""
    parts = sent.parts if sent else came.received if came else ()
    got, lost = _of(came.received if came else ()), _of(came.lost if came else ())
    spot = sent is not None and not sent.trip
    rows: list[Row] = []
    for seq, part in enumerate(parts, 1):
        line = state.call_up.line(state.standing(part.share).share.line)
        there = part.quantity if spot else got.get(part.share, 0)
        known = came is not None or spot
        rows.append(
            {
                **_goods(words, line.item, seq),
                "sent": say.units(words, line.item, part.quantity),
                "received": say.units(words, line.item, there) if known else None,
                "lost": say.units(words, line.item, lost.get(part.share, 0)) if known else None,
                "target": say.target(words, line.target),
            }
        )
    return rows


def _of(parts: Sequence[Part]) -> dict[int, int]:
    return {part.share: part.quantity for part in parts}


def settled_rows(words: Words, case: Case, state: State) -> list[Row]:
    """Return what was charged for, at which price from which kind of evidence."""
    rows: list[Row] = []
    for event in case.events:
        if isinstance(event.detail, Settled):
            rows += [
                _charge_row(words, state, event.detail, charge, len(rows) + seq)
                for seq, charge in enumerate(event.detail.charges, 1)
            ]
    return rows


def _charge_row(words: Words, state: State, said: Settled, charge: Charge, seq: int) -> Row:
    share = state.standing(charge.share).share
    item = state.call_up.line(share.line).item
    return {
        **_goods(words, item, seq),
        "owner": say.owner(words, share.owner),
        "bears": say.owner(words, bearer(words.city, state.call_up, share, said.mode)),
        "mode": words.pick(*say.MODES[said.mode]),
        "quantity": say.units(words, item, charge.quantity),
        "price": charge.price_cny,
        "price_evidence": words.term("evidence", charge.price_evidence),
        "amount": Decimal(charge.amount_fen) / 100,
    }


def back_rows(words: Words, state: State) -> list[Row]:
    """Return what is to go back or be bought again: from whom, to which store, until when."""
    rows: list[Row] = []
    for standing in state.standings:
        share = standing.share
        if not (standing.foreign and standing.received):
            continue
        item = state.call_up.line(share.line).item
        rows.append(
            {
                **_goods(words, item, len(rows) + 1),
                "giver": say.giver(words, share),
                "owner": say.owner(words, share.owner),
                "bears": say.owner(
                    words, bearer(words.city, state.call_up, share, standing.settled)
                ),
                "received": say.units(words, item, standing.received),
                "returned": say.units(words, item, standing.returned),
                "refilled": say.units(words, item, standing.refilled),
                "owed": say.units(words, item, standing.to_refill or standing.to_settle),
                "due": standing.due,
            }
        )
    return rows


def money_line(words: Words, state: State) -> str:
    """Return what is to be paid and what was."""
    due, paid = Decimal(state.due_fen) / 100, Decimal(state.paid_fen) / 100
    until = state.money_due
    return words.pick(
        f"应付 {figure(float(due))} 元, 已付 {figure(float(paid))} 元"
        + (f", 付款期限 {until}" if until else ""),
        f"To be paid {figure(float(due))} CNY, paid {figure(float(paid))} CNY"
        + (f", due {until}" if until else ""),
    )
