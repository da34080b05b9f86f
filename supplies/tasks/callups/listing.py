"""Call-ups to look at: one, all that are open, what they wait for, what is owed to whom."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from supplies.access import Right
from supplies.callups import Case, Debt, State, Step, debts, fold, waits_for, why_not
from supplies.reports.callup import callup_workbook
from supplies.reports.page import Stamp
from supplies.store import callups
from supplies.tasks.callups.running import allow_look, case_of, may_look
from supplies.tasks.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUpLine:
    """A call-up in a list: how it stands, and what it waits for (``中文 | English``).

    ``step`` is the step to be taken next, ``None`` where it has ended or waits for money or
    papers; ``papers_due`` is ``None`` once the written request came.
    """

    state: State
    step: Step | None
    waits: str
    papers_due: date | None


def call_up(desk: Desk, number: str) -> Case:
    """Return all that is kept of a call-up.

    Raises
    ------
    LedgerError
        When there is none.
    AccessError
        When the user may look neither at who asks nor at a site that gives.
    """
    with desk.store.reading() as reader:
        case = case_of(reader, number)
    allow_look(desk, fold(case))
    return case


def call_up_state(desk: Desk, number: str) -> State:
    """Return how a call-up stands; raises as `call_up`."""
    return fold(call_up(desk, number))


def call_ups(desk: Desk, *, ended: bool = False) -> list[CallUpLine]:
    """Return the call-ups the user may look at, latest first; those that ended only if asked.

    Raises
    ------
    AccessError
        When the user may look at nothing.
    """
    return [_line(state, case) for case, state in _seen(desk) if ended or state.ended is None]


def debts_open(desk: Desk) -> list[Debt]:
    """Return what call-ups left to be made good: not settled, owed in goods, owed in money.

    Raises
    ------
    AccessError
        When the user may look at nothing.
    """
    found = [debt for _, state in _seen(desk) for debt in debts(desk.city, state)]
    return sorted(found, key=lambda d: (d.due or date.max, d.call_up, d.share))


def write_call_up(desk: Desk, number: str, path: Path | BytesIO, lang: str = "zh") -> None:
    """Write the papers of a call-up: request, approval, order, receipt, settlement, refill.

    Raises
    ------
    AccessError, LedgerError
        As `call_up`.
    WorkbookError
        When the file cannot be written.
    """
    case = call_up(desk, number)
    with desk.store.reading() as reader:
        stamp = Stamp(seal=reader.seal_code(), revision=reader.revision(), day=desk.day)
    callup_workbook(path, desk.city, case, stamp, lang)


def _seen(desk: Desk) -> list[tuple[Case, State]]:
    desk.allow(Right.READ)
    with desk.store.reading() as reader:
        cases = callups.read_all(reader)
    found = [(case, fold(case)) for case in cases]
    return [(case, state) for case, state in found if may_look(desk, state)]


def _line(state: State, case: Case) -> CallUpLine:
    step = waits_for(state)
    due = None if case.papers or state.ended else case.call_up.papers_due
    waits = ""
    if state.ended is None and step in {None, Step.RETURN}:
        waits, step = why_not(state, Step.CLOSE) or "", None
    return CallUpLine(state=state, step=step, waits=waits, papers_due=due)
