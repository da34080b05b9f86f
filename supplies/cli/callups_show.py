"""How a call-up and the list of call-ups are printed."""

from decimal import Decimal

from supplies import tasks
from supplies.callups import Case, Debt, State, fold, waits_for
from supplies.cli.frame import Run
from supplies.reports import callup_words as say
from supplies.reports.callup_json import callup_document, debts_document
from supplies.reports.callup_rows import ladder_rows, source_rows, unmet_rows
from supplies.reports.imported import number


def show_call_up(run: Run, name: str) -> None:
    """Print how a call-up stands: lines, sources, approvals, what it waits for."""
    case = tasks.call_up(run.desk, name)
    state = fold(case)
    words = run.words
    run.answer(callup_document(run.desk.city, case))
    waits = say.waits(words, state, waits_for(state))
    asks = words.area(case.call_up.area)
    run.say(f"调用 {name} {asks}: {waits}", f"call-up {name}, {asks}: {waits}")
    run.say(f"书面申请: {say.papers(words, case)}", f"request: {say.papers(words, case)}")
    if state.order_number:
        run.say(f"调拨令 {state.order_number}", f"dispatch order {state.order_number}")
    _lines(run, state)
    _sources(run, case, state)
    for trip, parts in sorted(state.trips.items()):
        lines = ", ".join(_part(run, state, part.share, part.quantity) for part in parts)
        run.say(f"在途 {trip}: {lines}", f"on the way, {trip}: {lines}")


def _part(run: Run, state: State, share: int, base: int) -> str:
    item = state.call_up.line(state.standing(share).share.line).item
    amount = number(say.units(run.words, item, base))
    return f"{run.words.item(item)} {amount} {run.words.unit(item)}"


def _lines(run: Run, state: State) -> None:
    figures = ("approved", "reserved", "sent", "received", "lost", "returned", "to_refill")
    rows = []
    for line in state.call_up.lines:
        total = [
            number(
                say.units(run.words, line.item, sum(int(getattr(s, name)) for s in state.of(line)))
            )
            for name in figures
        ]
        asked = number(say.units(run.words, line.item, line.quantity))
        item, place = run.words.item(line.item), say.target(run.words, line.target)
        rows.append((line.number, item, run.words.unit(line.item), asked, *total, place))
    run.table(
        "",
        run.text(
            "行|物资|单位|申请|批准|预留|发出|实收|损失|归还|待补|送达地",
            "Line|Item|Unit|Asked|Approved|Reserved|Sent|Received|Lost|Back|Owed|To",
        ),
        rows,
        right=tuple(range(3, 11)),
    )


def _sources(run: Run, case: Case, state: State) -> None:
    if state.proposal is None:
        return
    run.table(
        run.text("来源", "Sources"),
        run.text("物资|调出方|物权|方式|测算数|批准数", "Item|From|Owner|How|Proposed|Approved"),
        [
            (r["item"], r["giver"], r["owner"], r["draw"], r["proposed"], r["approved"])
            for r in source_rows(run.words, state)
        ],
        right=(4, 5),
    )
    for row in unmet_rows(run.words, state):
        run.say(
            f"未落实: {row['item']} {row['unmet']} {row['unit']} ({row['why']})",
            f"unmet: {row['unmet']} {row['unit']} of {row['item']} ({row['why']})",
        )
    run.table(
        run.text("审批", "Approvals"),
        run.text("物权|金额(元)|审批人|情况|规则来源", "Owner|Amount (CNY)|Who|Given|Rule"),
        [
            (r["owner"], f"{r['amount']:,.2f}", r["who"], r["given"], r["rule"])
            for r in ladder_rows(run.words, case, state)
        ],
        right=(1,),
    )


def show_list(run: Run, *, ended: bool) -> None:
    """Print the call-ups with what they wait for, and what is owed after them."""
    found, owed = tasks.call_ups(run.desk, ended=ended), tasks.debts_open(run.desk)
    run.answer(
        {
            "call_ups": [
                {
                    "call_up": line.state.call_up.id,
                    "area": line.state.call_up.area,
                    "day": line.state.call_up.day.isoformat(),
                    "waits_for": line.step.value if line.step else None,
                    "ended": line.state.ended.value if line.state.ended else None,
                    "papers_due": line.papers_due.isoformat() if line.papers_due else None,
                }
                for line in found
            ],
            "debts": debts_document(run.desk.city, owed),
        }
    )
    run.table(
        run.text("调用", "Call-ups"),
        run.text(
            "编号|日期|申请单位|级别|等待|书面期限", "No.|Day|Asks|Level|Waits for|Papers due"
        ),
        [
            (
                line.state.call_up.id,
                line.state.call_up.day,
                run.words.area(line.state.call_up.area),
                line.state.call_up.level,
                say.waits(run.words, line.state, line.step),
                line.papers_due,
            )
            for line in found
        ],
    )
    if owed:
        run.table(
            run.text("谁欠谁", "Who owes whom"),
            run.text("调用|欠方|应还给|内容|结算方式|期限", "No.|Debtor|Creditor|What|Settled|Due"),
            [_debt(run, debt) for debt in owed],
        )


def _debt(run: Run, debt: Debt) -> tuple[object, ...]:
    what = f"{Decimal(debt.amount_fen) / 100:,.2f} {run.text('元', 'CNY')}"
    if debt.quantity:
        units = number(say.units(run.words, debt.item, debt.quantity))
        what = f"{run.words.item(debt.item)} {units} {run.words.unit(debt.item)}"
    mode = run.words.pick(*say.MODES[debt.mode]) if debt.mode else run.text("未结算", "not settled")
    debtor, creditor = say.owner(run.words, debt.debtor), say.owner(run.words, debt.creditor)
    return debt.call_up, debtor, creditor, what, mode, debt.due
