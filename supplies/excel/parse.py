"""Turn the bytes of a file into sheets of values and marks; runs in a process of its own.

A crafted file can make any parser loop or ask for more memory than there is, and a parser that
aborts takes its process with it. So `supplies.excel.child` runs `main` here in a child with limits
of time and memory, and nothing but numbers and texts comes back.
"""

import csv
import gc
import io
import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError

from supplies.errors import WorkbookError
from supplies.excel.guard import Checked, check, locked, refuse
from supplies.excel.marks import (
    CELLS_MAX,
    SHEETS_MAX,
    TEXT_MAX,
    Marks,
    too_long,
    too_many,
    too_many_sheets,
)
from supplies.excel.marks_ods import ods_marks
from supplies.excel.marks_xls import xls_marks
from supplies.excel.marks_xlsx import xlsx_marks

Value = str | int | float | date | datetime | None
Rows = list[list[Value]]

MEMORY_MAX = 2 << 30
CPU_SECONDS_MAX = 60
ANSWER_MAX = 256 << 20
_ENCODINGS = ("utf-8-sig", "gb18030")
_MARKED = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
# A colour over more than this share of a sheet is its decoration.
_DECORATION = 0.3
_COLOURED_MIN = 60


@dataclass(slots=True)
class Sheet:
    """One sheet: its marks, and its values from A1."""

    marks: Marks
    rows: Rows


def sheets(data: bytes, name: str) -> list[Sheet]:
    """Return every sheet of a file.

    Raises
    ------
    WorkbookError
        When the file is not what it should be, or cannot be read within the limits.
    """
    checked = check(data, name)
    if checked.kind == "csv":
        return [Sheet(Marks(name="CSV"), _csv_rows(checked))]
    readers = {"xlsx": xlsx_marks, "ods": ods_marks, "xls": xls_marks}
    marks = readers[checked.kind](checked)
    if sum(m.rows * m.columns for m in marks.values()) > CELLS_MAX:
        raise too_many(checked)
    return _values(checked, marks)


def _values(checked: Checked, marks: Mapping[str, Marks]) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(_content(checked)))
        return list(_sheets(checked, book, marks))
    except (KeyboardInterrupt, SystemExit, WorkbookError, MemoryError):
        raise
    except PasswordError as error:
        raise locked(checked.name) from error
    except BaseException as error:  # a panic of the parser is no Exception
        raise refuse(
            checked.name,
            f"读不出内容, 可能已损坏 ({type(error).__name__}); 请在 Excel 中另存为 .xlsx",
            f"cannot be read, it may be damaged ({type(error).__name__}); save it as .xlsx",
        ) from error


def _sheets(
    checked: Checked, book: CalamineWorkbook, marks: Mapping[str, Marks]
) -> Iterator[Sheet]:
    """Yield the worksheets; of an .xlsx or .ods only those whose marks were read."""
    zipped = checked.kind != "xls"
    cells = count = 0
    for meta in book.sheets_metadata:
        if "WorkSheet" not in str(meta.typ) or (zipped and meta.name not in marks):
            continue
        sheet = book.get_sheet_by_name(meta.name)
        cells += sheet.total_height * sheet.total_width
        count += 1
        if cells > CELLS_MAX:
            raise too_many(checked)
        if count > SHEETS_MAX:
            raise too_many_sheets(checked, len(book.sheet_names))
        own = marks.get(meta.name) or Marks(meta.name)
        if not zipped:
            own.hidden = "Visible" not in str(meta.visible).split(".")
            own.merged = sheet.merged_cell_ranges or []
        rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
        yield Sheet(own, rows)


def _content(checked: Checked) -> bytes:
    return checked.data if checked.kind == "xls" else checked.repacked()


def _csv_rows(checked: Checked) -> Rows:
    text = _decode(checked)
    if "\x00" in text:
        raise refuse(
            checked.name,
            "含有二进制内容, 不是 CSV 文本",
            "holds binary content, it is no CSV text",
        )
    head = text[:8192]
    delimiter = max(",\t;", key=head.count)
    rows: Rows = []
    cells = widest = 0
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            cells += len(line)
            widest = max(widest, len(line))
            if cells > CELLS_MAX or (len(rows) + 1) * widest > CELLS_MAX:
                raise too_many(checked)
            rows.append(list(line))
    except csv.Error as error:
        raise refuse(
            checked.name,
            "不是有效的 CSV (有过长的字段或未闭合的引号)",
            "not a valid CSV (a field too long, or a quote left open)",
        ) from error
    return rows


def _decode(checked: Checked) -> str:
    for mark, encoding in _MARKED.items():
        if checked.data.startswith(mark):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            return checked.data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse(
        checked.name,
        "文字编码不是 UTF-8 也不是 GB18030; 请另存为 .xlsx",
        "the text is neither UTF-8 nor GB18030; please save it as .xlsx",
    )


# --- what goes back to the parent: distinct values once, and a number for each cell ------------


class _Numbered(dict[Value, int]):
    """Numbers values in the order in which they first come."""

    def __missing__(self, value: Value) -> int:
        self[value] = number = len(self)
        return number


def packed(found: Iterable[Sheet], name: str) -> bytes:
    """Return sheets as one line of JSON (marks and distinct values) and the numbers of cells."""
    memo = _Numbered()
    numbers = array("I")
    bodies: list[dict[str, object]] = []
    for sheet in found:
        width = max(map(len, sheet.rows), default=0)
        for row in sheet.rows:
            if bool in set(map(type, row)):
                row[:] = [str(v).upper() if isinstance(v, bool) else v for v in row]
            numbers.extend(map(memo.__getitem__, row))
            numbers.extend([memo[None]] * (width - len(row)))
        bodies.append(_marks(sheet.marks) | {"height": len(sheet.rows), "width": width})
    values = [_plain(value, name) for value in memo]
    line = json.dumps({"sheets": bodies, "values": values}).encode()
    if len(line) > ANSWER_MAX:
        raise refuse(name, "文字太多; 请拆分", "too much text; please split it")
    return line + b"\n" + numbers.tobytes()


def _plain(value: object, name: str) -> object:
    """Return a value as JSON; times of day and spans of time have no meaning in these forms."""
    if isinstance(value, str):
        if len(value) > TEXT_MAX:
            checked = Checked(name=name, kind="", data=b"", parts={})
            raise too_long(checked, f"“{value[:20]}…”")
        return value or None
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else str(value)


def _marks(marks: Marks) -> dict[str, object]:
    return {
        "name": marks.name,
        "hidden": marks.hidden,
        "hidden_rows": sorted(marks.hidden_rows),
        "hidden_columns": sorted(marks.hidden_columns),
        "struck": sorted(marks.struck),
        "errors": [[row, column, text] for (row, column), text in marks.errors.items()],
        "uncalculated": sorted(marks.uncalculated),
        "colours": _telling_colours(marks),
        "merged": marks.merged,
    }


def _telling_colours(marks: Marks) -> list[tuple[int, int, str]]:
    often = Counter(marks.colours.values())
    most = max(_COLOURED_MIN, _DECORATION * marks.rows * marks.columns)
    return [(*at, name) for at, name in marks.colours.items() if often[name] <= most]


def limit() -> None:
    """Bound this process's memory and time, where the system can."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_MAX),
        (resource.RLIMIT_CPU, CPU_SECONDS_MAX),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):
            continue


def main(name: str) -> None:
    """Read a file from standard input, answer on standard output."""
    limit()
    gc.disable()  # the process ends with this one file
    data = sys.stdin.buffer.read()
    try:
        answer = packed(sheets(data, name), name)
    except WorkbookError as error:
        answer = json.dumps({"refused": str(error)}).encode() + b"\n"
    except MemoryError:
        answer = b'{"memory": true}\n'
    sys.stdout.buffer.write(answer)
