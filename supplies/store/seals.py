"""The seals, looked at again: chains of rows, lines sealed by another row, ids, days."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, exists, func, or_, select

from supplies.errors import LedgerError
from supplies.store import schema
from supplies.store.limits import called
from supplies.store.rows import (
    COUNT_FIELDS,
    GENESIS,
    LINE_FIELDS,
    SEALED_FIELDS,
    Fields,
    altered_fields,
    chained,
    civil_day,
    lines_content,
    lot_of,
)

BATCH = 2_000
KNOWN_ZH = {
    "call_up_lines": "调用明细",
    "call_up_steps": "调用步骤",
    "call_ups": "调用单",
    "counts": "盘点",
    "documents": "单据",
    "events": "操作记录",
    "imports": "导入记录",
    "lots": "批次",
    "moves": "流水",
    "papers": "补办公文",
    "payments": "付款",
    "reservations": "预留",
    "users": "用户",
}


def stream(connection: Connection, query: Select[Any]) -> Iterator[RowMapping]:
    """Yield the rows of a query without holding all of them at once."""
    yield from connection.execute(query, execution_options={"yield_per": BATCH}).mappings()


def named(table: Table, row: Fields) -> tuple[str, str]:
    """Return what to call a row, in Chinese and English: table, id, number, day, document."""
    known = next((str(row[k]) for k in ("id", "name", "call_up", "document") if row.get(k)), "")
    moment = row.get("recorded_at") or row.get("at")
    day = row.get("day") or (civil_day(moment) if moment else None)
    document = row.get("document") if row.get("document") != known else None
    about = [str(part) for part in (day, document) if part]
    number = row.get("number")
    zh = ", ".join([*([f"第 {number} 行"] if number else []), *about])
    en = ", ".join([*([f"number {number}"] if number else []), *about])
    kind_zh = KNOWN_ZH.get(table.name, table.name)
    return f"{kind_zh} {known} ({zh})", f"{table.name} {known} ({en})"


def chain(
    connection: Connection, name: str, look: Callable[[RowMapping], None] | None = None
) -> Iterator[str]:
    """Walk a sealed table in the order of entry and name the rows that are not as sealed.

    ``look`` sees every row on the way.
    """
    table, before, number = schema.metadata.tables[name], GENESIS, 0
    kind_zh = KNOWN_ZH[name]
    try:
        for row in stream(connection, select(table).order_by(table.c.number)):
            number += 1
            if row["number"] != number:
                gap = (
                    str(number) if row["number"] == number + 1 else f"{number}..{row['number'] - 1}"
                )
                yield f"{kind_zh}缺第 {gap} 行 | {name}: number {gap} is missing"
                number = row["number"]
            elif chained(before, row, SEALED_FIELDS[name]) != row["chain"]:
                yield _altered(table, row)
            elif "marks" in row and altered_fields(row, row["marks"]):
                zh, en = named(table, row)
                yield f"{zh} 的字段指纹被改过 | {en} is altered in marks"
            before = row["chain"]
            if look is not None:
                look(row)
    except (ValueError, TypeError):
        yield from _unreadable(connection, table, number)
        return
    yield from _end(connection, name, number, before)


def _altered(table: Table, row: RowMapping) -> str:
    zh, en = named(table, row)
    if "marks" not in row:
        return f"{zh} 被改过 | {en} is altered"
    fields = altered_fields(row, row["marks"])
    if not fields:
        return f"{zh} 不是当初封存的那一行 | {en} is not the one sealed here"
    words = "、".join(called(field) for field in fields)
    return f"{zh} 的{words}被改过 | {en} is altered in {', '.join(fields)}"


def _unreadable(connection: Connection, table: Table, after: int) -> Iterator[str]:
    """Name the row that holds what no program of ours wrote, a text for a day for example."""
    numbers = select(table.c.number).where(table.c.number > after).order_by(table.c.number)
    for number in connection.execute(numbers.limit(2 * BATCH)).scalars().all():
        query = select(table).where(table.c.number == number)
        try:
            row = connection.execute(query).mappings().one()
            chained(GENESIS, row, SEALED_FIELDS[table.name])
        except (ValueError, TypeError) as error:
            yield (
                f"{KNOWN_ZH[table.name]}第 {number} 行有无法读取的值: {error}"
                f" | {table.name}: number {number} holds a value that cannot be read: {error}"
            )
            return


def _end(connection: Connection, name: str, number: int, head: str) -> Iterator[str]:
    """Compare where a table ends with where the last posting left it: a lost tail has no gap."""
    e = schema.ends.c
    kept = connection.execute(select(e.number, e.chain).where(e.name == name)).first()
    last, sealed = (kept.number, kept.chain) if kept else (0, GENESIS)
    kind_zh = KNOWN_ZH[name]
    if last != number:
        yield (
            f"{kind_zh}应到第 {last} 行为止, 现到第 {number} 行"
            f" | {name}: the last row should be number {last}, is number {number}"
        )
    elif sealed != head:
        yield (
            f"{kind_zh}第 {number} 行不是最后记入的那一行"
            f" | {name}: number {number} is not the row that was entered last"
        )


def lines_differ(connection: Connection) -> Iterator[str]:
    """Compare counts and call-up lines with what the sealed row they belong to keeps of them."""
    d, c = schema.documents, schema.counts
    counted = select(*(c.c[name] for name in COUNT_FIELDS), d.c.lines.label("seal")).add_columns(
        c.c.document.label("owner")
    )
    counted = counted.outerjoin(d, d.c.id == c.c.document).order_by(c.c.document)
    yield from _lines(connection, counted, "counts", COUNT_FIELDS)
    uncounted = select(d).where(d.c.lines != "", ~exists().where(c.c.document == d.c.id))
    yield from _lineless(connection, uncounted, d, c)
    u, lines = schema.call_ups, schema.call_up_lines
    asked = select(*(lines.c[name] for name in LINE_FIELDS), u.c.content.label("seal")).add_columns(
        lines.c.call_up.label("owner")
    )
    asked = asked.outerjoin(u, u.c.id == lines.c.call_up).order_by(lines.c.call_up)
    yield from _lines(connection, asked, "call_up_lines", LINE_FIELDS)
    unasked = select(u).where(~exists().where(lines.c.call_up == u.c.id))
    yield from _lineless(connection, unasked, u, lines)


def _lines(
    connection: Connection, query: Select[Any], name: str, fields: tuple[str, ...]
) -> Iterator[str]:
    try:
        for owner, rows in groupby(stream(connection, query), key=itemgetter("owner")):
            listed = list(rows)
            if lines_content(listed, fields) != listed[0]["seal"]:
                # One line is named exactly; which of several was altered is not kept.
                row: dict[str, Any] = dict(listed[0]) if len(listed) == 1 else {}
                about = ", ".join(str(row[k]) for k in ("day", "account", "item") if row.get(k))
                zh, en = (f" ({about})", f" ({about})") if about else ("", "")
                yield (
                    f"{owner} 的{KNOWN_ZH[name]}{zh} 被改过"
                    f" | {name} of {owner}{en} are not those it was sealed with"
                )
    except (ValueError, TypeError) as error:
        yield (
            f"{KNOWN_ZH[name]}里有无法读取的值: {error}"
            f" | {name} holds a value that cannot be read: {error}"
        )


def _lineless(
    connection: Connection, query: Select[Any], owner: Table, lines: Table
) -> Iterator[str]:
    for row in connection.execute(query).mappings():
        zh, en = named(owner, row)
        yield f"{zh} 的{KNOWN_ZH[lines.name]}不见了 | {en} has lost its {lines.name}"


def altered_lots(connection: Connection) -> Iterator[str]:
    """Compare ids with attributes: an altered attribute contradicts the id that follows from it."""
    lots = schema.lots
    keys = connection.execute(select(lots.c.item, lots.c.id)).all()
    for item, lot in keys:
        query = select(lots).where(lots.c.item == item, lots.c.id == lot)
        try:
            lot_of(item, lot, connection.execute(query).one())
        except (LedgerError, ValueError, TypeError) as error:
            yield (
                f"批次 lots {lot!r} ({item}) 被改过"
                f" | lots {lot!r} of {item} is altered: {str(error).rpartition(' | ')[2]}"
            )
    used = [
        exists().where(table.c.item == lots.c.item, table.c.lot == lots.c.id)
        for table in (schema.moves, schema.counts, schema.reservations)
    ]
    for row in connection.execute(select(lots).where(~or_(*used))).mappings():
        yield (
            f"批次 {row['id']!r} ({row['item']}) 从未记过账"
            f" | lots {row['id']!r} of {row['item']} was never posted"
        )


def documents_differ(connection: Connection) -> Iterator[str]:
    """Count the moves of each document."""
    d, m = schema.documents.c, schema.moves.c
    query = (
        select(d.id, d.first_move, d.last_move, func.count(m.number).label("moves"))
        .outerjoin(schema.moves, m.document == d.id)
        .group_by(d.id, d.number, d.first_move, d.last_move)
        .order_by(d.number)
    )
    for row in stream(connection, query):
        wanted = row["last_move"] - row["first_move"] + 1 if row["last_move"] else 0
        if row["moves"] != wanted:
            yield (
                f"单据 {row['id']} 记账时有 {wanted} 笔流水, 现有 {row['moves']} 笔"
                f" | document {row['id']} was posted with {wanted} moves and now has {row['moves']}"
            )


def seals_differ(connection: Connection) -> Iterator[str]:
    """Seal every day of entry once more, and compare."""
    d, m, s = schema.documents.c, schema.moves.c, schema.seals.c
    query = (
        select(d.recorded_at, m.recorded_at.label("before"), m.number, m.chain)
        .join(schema.moves, m.number == d.first_move - 1)
        .order_by(d.first_move)
    )
    wanted: dict[date, tuple[int, str]] = {}
    for row in stream(connection, query):
        day = civil_day(row["before"])
        if civil_day(row["recorded_at"]) != day and day > max(wanted, default=date.min):
            wanted[day] = row["number"], row["chain"]
    kept = {
        row.day: (row.last_move, row.head)
        for row in connection.execute(select(s.day, s.last_move, s.head))
    }
    for day in sorted(wanted.keys() | kept.keys()):
        if kept.get(day) == wanted.get(day):
            continue
        if day not in kept:
            yield f"{day} 的日封存不见了 | seals: the seal of {day} is missing"
        else:
            last = kept[day][0]
            yield (
                f"{day} 的日封存与第 {last} 笔以前的流水不符"
                f" | seals: the seal of {day} does not fit the moves up to number {last}"
            )
