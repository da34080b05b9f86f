"""How our workbooks look: kinds of columns, formats, widths that fit Chinese text.

Widths are in Excel's column units, one Latin digit wide; a Chinese character takes two.
"""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "long", "center", "quantity", "money", "share", "decimal", "day", "clock", "blank"
]

# Fonts that every Chinese office machine has; LibreOffice puts its own in their place.
FONTS: Mapping[str, tuple[str, str]] = {"zh": ("宋体", "黑体"), "en": ("Arial", "Arial")}

INK = "#1F2937"
NAVY = "#1F3B5C"
GRID = "#9AA5B1"
PALE = "#E8EEF4"
AMBER = "#FDE9C4"
RED = "#F8D3D0"
GREEN = "#D5EBDB"
BAR = "#8DB4D9"
CHART_COLOURS = ("#1F3B5C", "#4C86B8", "#E09F3E", "#7A9E7E", "#9E2A2B", "#8D99AE", "#C9ADA7")

LINE_POINTS = 14.0
TEXT_MAX = 32_767

_NUMBER: Mapping[str, str] = {
    "quantity": "#,##0",
    "money": "#,##0.00",
    "share": "0.0%",
    "decimal": "#,##0.0",
    "day": "yyyy-mm-dd",
    "clock": "mm-dd hh:mm",
}
_ALIGN: Mapping[str, str] = {
    "text": "left",
    "long": "left",
    "center": "center",
    "day": "center",
    "clock": "center",
    "blank": "left",
}
_WIDTH: Mapping[str, tuple[float, float]] = {
    "text": (6, 27),
    "long": (24, 36),
    "center": (5, 16),
    "quantity": (7, 16),
    "money": (10, 18),
    "share": (7, 12),
    "decimal": (7, 14),
    "day": (11, 12),
    "clock": (12, 13),
    "blank": (12, 18),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a printed table.

    Parameters
    ----------
    key, title
        The name rows use, and the words in the header (unique in the table).
    kind
        Decides number format, alignment and width.
    formula
        A formula a reader may check, with ``{key}`` for the cell of another column in the same
        row, for example ``"{quantity}*{unit_price}"``; the row's own value stands as its result.
    total
        Whether the total row sums this column.
    bar
        Whether data bars are drawn.
    most
        The greatest width, where the table is too wide for its kind's; 0 leaves that to the kind.
    """

    key: str
    title: str
    kind: Kind = "text"
    formula: str = ""
    total: bool = False
    bar: bool = False
    most: float = 0


def text_width(text: str) -> int:
    """Return the columns a text takes: two for wide characters, one for others, widest line."""
    return max(
        (
            sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)
            for line in text.split("\n")
        ),
        default=0,
    )


def column_width(column: Column, widest: float) -> float:
    """Return the width of a column from its widest text, within what its kind allows."""
    low, high = _WIDTH[column.kind]
    # The header keeps its filter button and may break once.
    head = max(text_width(column.title) / 2, 4) + 3.5
    high = max(column.most or high, head)
    return min(max(low, widest + 2.5, head), high)


def pixels(width: float) -> float:
    """Return the pixels that a column of a width takes on the screen."""
    return width * 7 + 5


def line_count(text: str, width: float) -> int:
    """Return how many lines a text takes in a wrapped cell of a width."""
    room = max(width - 1.2, 2.0)
    return sum(max(1, math.ceil(text_width(line) * 1.02 / room)) for line in text.split("\n"))


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet would take a typed text for a formula."""
    return text[:1] in ("=", "+", "-", "@", "\t", "\r")


def base_look(lang: str) -> dict[str, object]:
    """Return the properties every cell shares."""
    return {
        "font_name": FONTS.get(lang, FONTS["en"])[0],
        "font_size": 10,
        "font_color": INK,
        "valign": "vcenter",
    }


def cell_look(kind: Kind, lang: str, *, integral: bool = True) -> dict[str, object]:
    """Return the properties of a body cell; ``integral`` is false for a broken quantity."""
    look = base_look(lang) | {"border": 1, "border_color": GRID, "text_wrap": True}
    look["align"] = _ALIGN.get(kind, "right")
    if kind in _NUMBER:
        look["text_wrap"] = False
        broken = kind == "quantity" and not integral
        look["num_format"] = "#,##0.0##" if broken else _NUMBER[kind]
    return look


def look(name: str, lang: str) -> dict[str, object]:
    """Return the properties of a named part of the page.

    Raises
    ------
    KeyError
        When the part is unknown.
    """
    base = base_look(lang)
    head_font = {"font_name": FONTS.get(lang, FONTS["en"])[1], "bold": True}
    boxed = {"border": 1, "border_color": GRID}
    parts: dict[str, dict[str, object]] = {
        "title": base | head_font | {"font_size": 16, "align": "center", "font_color": NAVY},
        "subtitle": base | {"align": "center", "font_color": "#52606D", "text_wrap": True},
        "heading": base
        | head_font
        | {"font_size": 12, "font_color": NAVY, "bottom": 2, "bottom_color": NAVY},
        "head": base
        | head_font
        | boxed
        | {"bg_color": NAVY, "font_color": "#FFFFFF", "align": "center", "text_wrap": True},
        "total": base | head_font | boxed | {"bg_color": PALE, "align": "right"},
        "total_label": base | head_font | boxed | {"bg_color": PALE, "align": "left"},
        "label": base | boxed | {"bg_color": PALE, "text_wrap": True},
        "value": base | head_font | boxed | {"align": "left", "text_wrap": True},
        "note": base | {"text_wrap": True, "valign": "top"},
        "sign": base | {"font_size": 11, "align": "left", "text_wrap": True},
    }
    return parts[name]
