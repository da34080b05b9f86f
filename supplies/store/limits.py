"""What a column can hold, refused in words before a database refuses it in its own way.

SQLite keeps anything, PostgreSQL does not: both stores should give the same answer.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Table

from supplies.errors import LedgerError

_WORDS_ZH = {
    "account": "库点", "agreement": "协议", "amount_fen": "金额", "approved_by": "批准人",
    "asked_by": "申请人", "backdated": "补记原因", "call_up": "调拨单", "detail": "说明",
    "document": "单号", "id": "编号", "incident": "事件", "item": "物资", "key": "防重键",
    "lot": "批次", "name": "名称", "note": "备注", "order_number": "文号", "origin": "来源",
    "party": "对方", "quantity": "数量", "reason": "事由", "recorded_by": "经办人",
    "sequence": "日内序号", "source": "调出处", "source_mode": "来源方式", "subject": "对象",
    "supplier": "供应商", "supplier_name": "供应商名称", "target": "调入处", "user": "用户",
}  # fmt: skip
_SHOWN = 30


def fit(table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Refuse rows that a database could not keep as they are.

    Raises
    ------
    LedgerError
        When words are too long for their column or no text, or a number is too large.
    """
    widths, largest = _limits(table)
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str):
                _fit_words(name, value, widths.get(name))
            elif isinstance(value, int) and abs(value) > largest.get(name, abs(value)):
                zh = called(name)
                raise LedgerError(
                    f"{zh} {value} 太大, 最多 {largest[name]}"
                    f" | {name} {value} is too large, at most {largest[name]}"
                )


def called(name: str) -> str:
    """Return what a column is called in Chinese, its own name where nobody types into it."""
    return _WORDS_ZH.get(name, name)


def cut(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its words cut to what the columns hold: a shorter note beats none."""
    widths, _ = _limits(table)
    return {
        name: _clean(value)[: widths.get(name)] if isinstance(value, str) else value
        for name, value in row.items()
    }


def _clean(words: str) -> str:
    return words.replace("\0", " ").encode("utf-8", "replace").decode()


@cache
def _limits(table: Table) -> tuple[dict[str, int], dict[str, int]]:
    widths: dict[str, int] = {}
    largest: dict[str, int] = {}
    for column in table.columns:
        if isinstance(column.type, String) and column.type.length:
            widths[column.name] = column.type.length
        elif isinstance(column.type, Integer):
            bits = 63 if isinstance(column.type, BigInteger) else 31
            largest[column.name] = 2**bits - 1
    return widths, largest


def _fit_words(name: str, value: str, width: int | None) -> None:
    zh = called(name)
    if width is not None and len(value) > width:
        shown = value[:_SHOWN]
        raise LedgerError(
            f"{zh}太长: {shown!r}… 有 {len(value)} 个字符, 最多 {width}"
            f" | {name} is too long: {shown!r}... has {len(value)} characters, at most {width}"
        )
    if "\0" in value or _clean(value) != value:
        shown = value[:_SHOWN]
        raise LedgerError(
            f"{zh} {shown!r} 含有不是文字的字符 | {name} {shown!r} holds what is no text"
        )
