"""Run the parsers in a process of their own, with limits of time and memory."""

import json
import subprocess
import sys
from array import array
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from supplies.errors import WorkbookError
from supplies.excel.guard import look, refuse
from supplies.excel.marks import Marks
from supplies.excel.parse import Rows, Sheet, Value

SECONDS_MAX = 45.0

_START = """
import json, sys
head = json.loads(sys.stdin.buffer.readline())
sys.path[:] = head["path"]
from supplies.excel.parse import main
main(head["name"])
"""


def parse(data: bytes, name: str) -> list[Sheet]:
    """Return every sheet of a file, read in a child process.

    Raises
    ------
    WorkbookError
        When the file cannot be read, or not within the limits of time and memory.
    """
    look(data, name)
    try:
        head, numbers = answered(_ask(data, name))
    except ValueError as error:
        raise _exhausted(name) from error
    if "refused" in head:
        raise WorkbookError(head["refused"])
    if "sheets" not in head:
        raise _exhausted(name)
    return unpacked(head, numbers)


def _ask(data: bytes, name: str) -> bytes:
    command = [sys.executable, "-I", "-S", "-c", _START]
    head = json.dumps({"path": [p or "." for p in sys.path], "name": name}).encode() + b"\n"
    try:
        done = subprocess.run(  # noqa: S603 - our own text, the file comes by standard input
            command, input=head + data, capture_output=True, timeout=SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise refuse(
            name,
            f"{SECONDS_MAX:g} 秒内读不完, 可能已损坏; 请拆分或另存为 .xlsx",
            f"not read within {SECONDS_MAX:g} seconds; split it or save it again as .xlsx",
        ) from error
    return done.stdout


def answered(written: bytes) -> tuple[Mapping[str, Any], "array[int]"]:
    """Return what the child wrote: one line of JSON, and a number for each cell.

    Raises
    ------
    ValueError
        When it ended before it had written all.
    """
    line, _, raw = written.partition(b"\n")
    numbers = array("I")
    numbers.frombytes(raw)
    return json.loads(line), numbers


def _exhausted(name: str) -> WorkbookError:
    return refuse(
        name,
        "读不出内容: 已损坏, 或展开后占用内存过大; 请拆分或在 Excel 中另存为 .xlsx",
        "cannot be read: damaged, or it takes too much memory; split it or save it again as .xlsx",
    )


def unpacked(head: Mapping[str, Any], numbers: "array[int]") -> list[Sheet]:
    """Return the sheets that `supplies.excel.parse.packed` wrote."""
    values = [_value(value) for value in head["values"]]
    found: list[Sheet] = []
    at = 0
    for body in head["sheets"]:
        height, width = body["height"], body["width"]
        stop = at + height * width
        rows: Rows = [
            [values[number] for number in numbers[start : start + width]]
            for start in range(at, stop, width or 1)
        ]
        found.append(Sheet(_marks(body), rows if width else []))
        at = stop
    return found


def _value(value: Any) -> Value:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        if "d" in value:
            return date.fromisoformat(value["d"])
        return datetime.fromisoformat(value["t"])
    return value  # type: ignore[no-any-return]


def _marks(body: Mapping[str, Any]) -> Marks:
    return Marks(
        name=body["name"],
        hidden=body["hidden"],
        hidden_rows=set(body["hidden_rows"]),
        hidden_columns=set(body["hidden_columns"]),
        struck={(row, column) for row, column in body["struck"]},
        errors={(row, column): text for row, column, text in body["errors"]},
        uncalculated={(row, column) for row, column in body["uncalculated"]},
        colours={(row, column): name for row, column, name in body["colours"]},
        merged=[((a, b), (c, d)) for (a, b), (c, d) in body["merged"]],
    )
