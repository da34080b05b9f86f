"""Read an old binary .xls in a process of its own.

The old format is a small file system; a crafted one can make any parser loop or ask for more
memory than there is, and a parser that aborts takes its process with it. So it runs in a child
with a time limit and, where the system has one, a memory limit.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime

from supplies.excel.guard import Checked, refuse
from supplies.excel.marks import CELLS_MAX, Span

SECONDS_MAX = 30

_CHILD = """
import io, json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
except (ImportError, ValueError, OSError):
    pass
from python_calamine import CalamineWorkbook, PasswordError
def plain(value):
    if isinstance(value, (str, bool, int, float)):
        return value
    kind = "t" if hasattr(value, "hour") else "d"
    return {kind: value.isoformat()} if hasattr(value, "isoformat") else str(value)
try:
    book = CalamineWorkbook.from_object(io.BytesIO(sys.stdin.buffer.read()))
    sheets = []
    for meta in book.sheets_metadata:
        if "WorkSheet" not in str(meta.typ):
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.total_height * sheet.total_width > int(sys.argv[1]):
            print(json.dumps({"error": "large"}))
            sys.exit(0)
        rows = sheet.to_python(skip_empty_area=False)
        sheets.append({
            "name": meta.name,
            "hidden": "Visible" not in str(meta.visible).split("."),
            "rows": [[plain(value) for value in row] for row in rows],
            "merged": sheet.merged_cell_ranges or [],
        })
    print(json.dumps({"sheets": sheets}))
except PasswordError:
    print(json.dumps({"error": "password"}))
"""


@dataclass(slots=True)
class OldSheet:
    """One sheet of an .xls: values from A1, and merged ranges."""

    name: str
    hidden: bool
    rows: list[list[str | int | float | bool | date | datetime | None]]
    merged: list[Span]


def xls_sheets(checked: Checked) -> list[OldSheet]:
    """Return the sheets of an old .xls file.

    Raises
    ------
    WorkbookError
        When it is torn, protected by a password, too large, or takes too long.
    """
    command = [sys.executable, "-c", _CHILD, str(CELLS_MAX)]
    try:
        done = subprocess.run(  # noqa: S603 - our own text, the file comes by standard input
            command, input=checked.data, capture_output=True, timeout=SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise refuse(
            checked.name, f"{SECONDS_MAX} 秒内读不完, 可能已损坏; 请另存为 .xlsx"
        ) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise refuse(checked.name, "读不出内容, 可能已损坏; 请在 Excel 中另存为 .xlsx") from error
    if answer.get("error") == "password":
        raise refuse(checked.name, "有打开密码; 请去掉密码后再导入")
    if answer.get("error") == "large":
        raise refuse(checked.name, f"超过 {CELLS_MAX} 个单元格; 请拆分")
    return [_sheet(body) for body in answer["sheets"]]


def _sheet(body: dict[str, object]) -> OldSheet:
    rows, merged = body["rows"], body["merged"]
    spans: list[Span] = []
    if isinstance(merged, list):
        spans = [((a[0], a[1]), (b[0], b[1])) for a, b in merged]
    values = [[_value(cell) for cell in row] for row in rows] if isinstance(rows, list) else []
    return OldSheet(str(body["name"]), bool(body["hidden"]), values, spans)


def _value(cell: object) -> str | int | float | bool | date | datetime | None:
    if isinstance(cell, dict):
        try:
            if "d" in cell:
                return date.fromisoformat(cell["d"])
            return datetime.fromisoformat(cell["t"])
        except ValueError:
            return str(cell.get("t", ""))
    if isinstance(cell, (str, bool, int, float)) and cell != "":
        return cell
    return None
