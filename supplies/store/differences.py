"""A second, independent look at the whole ledger: what is wrong is named, never repaired.

Every row is compared with the hash that seals it to the row before; balances are derived twice,
by the database alone and by the program's fold, and compared with the levels that postings keep.
Rows go by one after the other, so that the memory needed follows the positions, not the history.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, and_, exists, select, text

from supplies.progress import Progress
from supplies.store import schema
from supplies.store.folds import Fold, levels_differ, points_broken, reversals_differ
from supplies.store.reader import Reader
from supplies.store.seals import (
    KNOWN_ZH,
    altered_lots,
    chain,
    documents_differ,
    lines_differ,
    named,
    seals_differ,
)

_NAMED = 20


def differences(reader: Reader, progress: Progress | None = None) -> list[str]:
    """Return one line per difference found, at most 20 of a kind; empty when all is sound.

    Each line says it in Chinese and English, as messages do.
    """
    connection, fold = reader.connection, Fold()
    checks: list[tuple[str, Iterator[str]]] = [
        ("database", _damage(connection)),
        ("moves", chain(connection, "moves", fold.move)),
        ("reservations", chain(connection, "reservations", fold.reservation)),
        *((name, chain(connection, name)) for name in schema.SEALED if name not in _FOLDED),
        ("lines", lines_differ(connection)),
        ("lots", altered_lots(connection)),
        ("documents", documents_differ(connection)),
        ("seals", seals_differ(connection)),
        ("balances", levels_differ(connection, fold)),
        ("points", points_broken(connection)),
        ("reversals", reversals_differ(connection)),
        ("references", _orphans(connection)),
        ("guards", _guards(connection)),
    ]
    found: list[str] = []
    for done, (name, lines) in enumerate(checks):
        if progress is not None:
            progress(f"verify.{name}", done / len(checks))
        found.extend(_few(lines))
    if progress is not None:
        progress("verify.done", 1.0)
    return found


_FOLDED = ("moves", "reservations")


def _few(lines: Iterator[str]) -> list[str]:
    """Keep the first lines but let the check run to its end: later ones build on its results."""
    kept: list[str] = []
    more = 0
    for line in lines:
        if len(kept) < _NAMED:
            kept.append(line)
        else:
            more += 1
    if more:
        kept.append(f"... 同类还有 {more} 处 | ... and {more} more like the last")
    return kept


def _damage(connection: Connection) -> Iterator[str]:
    """Ask SQLite whether its file is whole; a server looks after its own files."""
    if connection.dialect.name != "sqlite":
        return
    for (line,) in connection.execute(text("PRAGMA quick_check")):
        if line != "ok":
            yield f"数据库文件已损坏: {line} | the database file is damaged: {line}"


def _orphans(connection: Connection) -> Iterator[str]:
    """Find rows that name something that is not there, behind the back of foreign keys."""
    for table in schema.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            pairs = [(key.parent, key.column) for key in constraint.elements]
            parent = constraint.referred_table.alias("parent")
            there = exists().where(and_(*(parent.c[far.name] == near for near, far in pairs)))
            query = select(table).where(~there, *(near.is_not(None) for near, _ in pairs))
            for row in connection.execute(query.limit(_NAMED + 1)).mappings():
                zh, en = named(table, row)
                what = constraint.referred_table.name
                yield (
                    f"{zh} 所指的{KNOWN_ZH.get(what, what)}不存在"
                    f" | {en} names something that is not in {what}"
                )


def _guards(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        query, verbs = _TRIGGERS_SQLITE, ("update", "delete", "replace")
    else:
        query, verbs = _TRIGGERS_POSTGRESQL, ("update", "delete", "truncate")
    present = set(connection.execute(text(query)).scalars())
    for table in schema.APPEND_ONLY:
        for verb in verbs:
            if f"{table}_no_{verb}" not in present:
                yield (
                    f"表 {table} 少了防 {verb} 的触发器"
                    f" | the guard against {verb} of {table} is missing"
                )


_TRIGGERS_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_TRIGGERS_POSTGRESQL = (
    "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace"
)
