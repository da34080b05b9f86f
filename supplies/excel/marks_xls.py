"""Marks of the sheets of an old .xls: hidden rows and columns, strikes, colours, formula errors."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from supplies.excel.colours import PALETTE, colour_name
from supplies.excel.guard import Checked, locked, torn
from supplies.excel.marks import CELLS_MAX, COLUMNS_MAX, SHEETS_MAX, Marks, too_far, too_many_sheets
from supplies.excel.ole import Compound, OleError

_EOF, _FILEPASS = 0x0A, 0x2F
_FONT, _XF, _PALETTE, _SHEET = 0x31, 0xE0, 0x92, 0x85
_ROW, _COLUMN, _MULRK, _MULBLANK, _FORMULA, _BOOLERR = 0x208, 0x7D, 0xBD, 0xBE, 0x06, 0x205
_CELLS = frozenset((0x203, 0x27E, 0xFD, 0x204, 0xD6, _FORMULA, _BOOLERR))
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
           0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
_RECORDS_MAX = 8_000_000


@dataclass(slots=True)
class _Book:
    """What the records before the sheets say: fonts, cell styles, colours, sheets."""

    struck_fonts: list[bool] = field(default_factory=list)
    styles: list[tuple[bool, str]] = field(default_factory=list)
    colours: dict[int, str] = field(default_factory=dict)
    sheets: list[tuple[str, bool, int]] = field(default_factory=list)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, where its body begins and ends, up to the end of one substream.

    Raises
    ------
    OleError
        When the stream stops before that end: rows would be missing.
    """
    at = start
    for _ in range(_RECORDS_MAX):
        if at + 4 > len(stream):
            raise OleError
        kind, length = struct.unpack_from("<HH", stream, at)
        stop = at + 4 + length
        if stop > len(stream):
            raise OleError
        yield kind, at + 4, stop
        if kind == _EOF:
            return
        at = stop
    raise OleError


def _globals(checked: Checked, stream: bytes) -> _Book:
    book = _Book()
    xfs: list[bytes] = []
    for kind, start, stop in _records(stream, 0):
        body = stream[start:stop]
        if kind == _FILEPASS:
            raise locked(checked.name)
        if kind == _FONT and len(body) >= 4:
            book.struck_fonts.append(bool(body[2] & 0x08))
        elif kind == _XF:
            xfs.append(body)
        elif kind == _PALETTE:
            for number, at in enumerate(range(2, len(body) - 3, 4)):
                book.colours[8 + number] = body[at : at + 3].hex()
        elif kind == _SHEET and len(body) >= 8 and body[5] == 0:
            book.sheets.append((_short_text(body), bool(body[4] & 3), _number(body)))
    book.styles = [_style(book, body) for body in xfs]
    return book


def _number(body: bytes) -> int:
    return int.from_bytes(body[:4], "little")


def _short_text(body: bytes) -> str:
    count, wide = body[6], body[7] & 1
    if wide:
        return body[8 : 8 + 2 * count].decode("utf-16-le", "replace")
    return body[8 : 8 + count].decode("latin-1")


def _style(book: _Book, body: bytes) -> tuple[bool, str]:
    if len(body) < 20:
        return False, ""
    font = struct.unpack_from("<H", body, 0)[0]
    # The font numbered 4 is left out of the list.
    font -= font > 4
    struck = font < len(book.struck_fonts) and book.struck_fonts[font]
    solid = struct.unpack_from("<I", body, 14)[0] >> 26 == 1
    number = struct.unpack_from("<H", body, 18)[0] & 0x7F
    rgb = book.colours.get(number) or PALETTE.get(number, "")
    return struck, colour_name(rgb) if solid else ""


def _mark(checked: Checked, book: _Book, stream: bytes, start: int, marks: Marks) -> None:
    hidden: set[int] = set()
    for kind, first, stop in _records(stream, start):
        size = stop - first
        if kind == _ROW and size >= 16:
            row, flags = struct.unpack_from("<H", stream, first)[0], stream[first + 12]
            if flags & 0x20:
                hidden.add(row)
        elif kind == _COLUMN and size >= 10:
            left, right, _, _, flags = struct.unpack_from("<5H", stream, first)
            if flags & 1:
                marks.hidden_columns.update(range(left, min(right + 1, 256)))
        elif kind in _CELLS and size >= 6:
            row, column, style = struct.unpack_from("<3H", stream, first)
            _note(checked, book, marks, (row, column), (style, True))
            _note_error(marks, (row, column), kind, stream[first:stop])
        elif kind in (_MULRK, _MULBLANK) and size >= 8:
            row, column = struct.unpack_from("<2H", stream, first)
            step = 6 if kind == _MULRK else 2
            for number, at in enumerate(range(first + 4, stop - 2 - step + 1, step)):
                style = struct.unpack_from("<H", stream, at)[0]
                _note(checked, book, marks, (row, column + number), (style, kind == _MULRK))
    marks.hidden_rows.update(row for row in hidden if row < marks.rows)


def _note(
    checked: Checked, book: _Book, marks: Marks, at: tuple[int, int], look: tuple[int, bool]
) -> None:
    row, column = at
    if column >= COLUMNS_MAX:
        raise torn(checked.name)
    struck, colour = book.styles[look[0]] if look[0] < len(book.styles) else (False, "")
    if colour and len(marks.colours) < CELLS_MAX:
        marks.colours[at] = colour
    if not look[1]:
        return
    if struck:
        marks.struck.add(at)
    marks.rows, marks.columns = max(marks.rows, row + 1), max(marks.columns, column + 1)
    if marks.rows * marks.columns > CELLS_MAX:
        raise too_far(checked, marks.name, row, column)


def _note_error(marks: Marks, at: tuple[int, int], kind: int, body: bytes) -> None:
    """Note a formula error: a cell of its own, or the cached value of a formula."""
    code = None
    if kind == _BOOLERR and len(body) >= 8 and body[7]:
        code = body[6]
    elif kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        code = body[8]
    if code is not None:
        marks.errors[at] = _ERRORS.get(code, "#ERROR")


def xls_marks(checked: Checked) -> Mapping[str, Marks]:
    """Return the marks of every sheet of an .xls file, by sheet name; of BIFF8 files only.

    Raises
    ------
    WorkbookError
        When it is torn, protected by a password, or a sheet reaches further than can be read.
    """
    try:
        stream = Compound(checked.data).stream("workbook", "book")
        if len(stream) < 8 or struct.unpack_from("<H", stream, 4)[0] != 0x0600:
            return {}
        book = _globals(checked, stream)
        if len(book.sheets) > SHEETS_MAX:
            raise too_many_sheets(checked, len(book.sheets))
        found: dict[str, Marks] = {}
        for name, hidden, start in book.sheets:
            found[name] = Marks(name=name, hidden=hidden)
            _mark(checked, book, stream, start, found[name])
    except (OleError, struct.error, IndexError) as error:
        raise torn(checked.name) from error
    return found
