"""Call-ups on disk: the request with its lines, and one row for each step.

Functions over a reader or writer. Nothing is changed: a state is the fold of its steps.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, insert, select

from supplies.callups import CallUp, Case, Event, Line, Step
from supplies.callups.facts import DETAILS
from supplies.codec import decode, encode
from supplies.errors import StoreError
from supplies.store import schema
from supplies.store.limits import fit
from supplies.store.papers import paid_fen, papers_of
from supplies.store.posting import Posting
from supplies.store.reader import Reader
from supplies.store.rows import Fields, lines_content

_calls, _lines, _steps = schema.call_ups.c, schema.call_up_lines.c, schema.call_up_steps.c
_KEY, _DOCUMENTS = "key", "documents"


def next_number(reader: Reader) -> str:
    """Return the number that the next call-up gets: C000001 and on."""
    last = reader.connection.execute(select(func.max(_calls.number))).scalar() or 0
    return f"C{last + 1:06d}"


def add(writer: Posting, call_up: CallUp, event: Event) -> None:
    """Record a request: its head, its lines, and its first step."""
    lines = [_line_row(call_up.id, line) for line in call_up.lines]
    head = {
        "id": call_up.id,
        "day": call_up.day,
        "area": call_up.area,
        "incident": call_up.incident,
        "level": call_up.level,
        "asked_by": call_up.asked_by,
        "order_number": call_up.order_number,
        "papers_due": call_up.papers_due,
        "reason": call_up.reason,
        "content": lines_content(lines),
        "recorded_at": call_up.recorded_at,
        "recorded_by": call_up.recorded_by,
    }
    writer.add("call_ups", [head])
    fit(schema.call_up_lines, lines)
    writer.connection.execute(insert(schema.call_up_lines), lines)
    add_step(writer, call_up.id, event)


def add_step(writer: Posting, number: str, event: Event) -> None:
    """Record one step of a call-up."""
    detail = {
        **encode(event.detail),
        _KEY: event.key,
        _DOCUMENTS: list(event.documents),
    }
    row = {
        "call_up": number,
        "step": event.step.value,
        "day": event.day,
        "document": event.documents[0] if event.documents else None,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "recorded_at": event.recorded_at,
        "recorded_by": event.recorded_by,
    }
    writer.add("call_up_steps", [row])
    writer.written.append(number)


def read(reader: Reader, number: str) -> Case | None:
    """Return all that is kept of a call-up, ``None`` where there is no such.

    Raises
    ------
    StoreError
        When its lines are not those it was sealed with, or a step cannot be read.
    """
    head = reader.connection.execute(
        select(schema.call_ups).where(_calls.id == number)
    ).first()  # fmt: skip
    return _case(reader, head) if head else None


def read_all(reader: Reader) -> list[Case]:
    """Return every call-up, latest first; raises as `read`."""
    query = select(schema.call_ups).order_by(_calls.number.desc())
    return [_case(reader, head) for head in reader.connection.execute(query).all()]


def requested(reader: Reader, key: str) -> str | None:
    """Return the call-up that was requested under a key, ``None`` when none was."""
    query = select(_steps.call_up, _steps.detail).where(
        _steps.step == Step.REQUEST.value, _steps.detail.contains(json.dumps(key), autoescape=True)
    )
    for row in reader.connection.execute(query):
        if json.loads(row.detail)[_KEY] == key:
            return str(row.call_up)
    return None


def _line_row(number: str, line: Line) -> dict[str, Any]:
    return {
        "call_up": number,
        "line": line.number,
        "item": line.item,
        "quantity": line.quantity,
        "target": line.target,
    }


def _case(reader: Reader, head: Row[Any]) -> Case:
    lines = select(schema.call_up_lines).where(_lines.call_up == head.id).order_by(_lines.line)
    rows = reader.connection.execute(lines).mappings().all()
    if lines_content(rows) != head.content:
        raise StoreError(
            f"调用 {head.id} 的明细与封存时不符, 请核查数据库"
            f" | the lines of call-up {head.id} are not those it was sealed with"
        )
    steps = select(schema.call_up_steps).where(_steps.call_up == head.id).order_by(_steps.number)
    filed = papers_of(reader, call_up=head.id)
    return Case(
        call_up=_call_up(head, rows),
        events=tuple(_event(row) for row in reader.connection.execute(steps)),
        papers=filed[0].order_number if filed else head.order_number,
        paid_fen=paid_fen(reader, call_up=head.id),
    )


def _call_up(head: Row[Any], lines: Iterable[Fields]) -> CallUp:
    return CallUp(
        id=head.id,
        day=head.day,
        area=head.area,
        incident=head.incident,
        level=head.level,
        asked_by=head.asked_by,
        order_number=head.order_number,
        papers_due=head.papers_due,
        reason=head.reason,
        recorded_at=head.recorded_at,
        recorded_by=head.recorded_by,
        lines=tuple(
            Line(
                number=line["line"],
                item=line["item"],
                quantity=int(line["quantity"]),
                target=line["target"],
            )
            for line in lines
        ),
    )


def _event(row: Row[Any]) -> Event:
    try:
        step, said = Step(row.step), json.loads(row.detail)
        return Event(
            step=step,
            day=row.day,
            detail=decode(DETAILS[step], said),
            documents=tuple(said[_DOCUMENTS]),
            key=said[_KEY],
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
        )
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"调用 {row.call_up} 的步骤 {row.number} 无法读取 ({type(error).__name__})"
            f" | step {row.number} of call-up {row.call_up} cannot be read"
        ) from None
