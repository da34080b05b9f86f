"""Widgets that several pages share."""

from collections.abc import Callable, Collection, Mapping, Sequence
from io import BytesIO
from typing import Any

import pandas as pd
import streamlit as st

from supplies.access import Right
from supplies.city import City
from supplies.reports.titles import TITLES, keys_of
from supplies.reports.words import TERMS
from supplies.tiers import Tier
from supplies.ui.results import Result
from supplies.ui.shell import View
from supplies.ui.words import BADGE_COLOUR

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAZY_ROWS = 2000
PIXELS_PER_ROW = 32.8
CARD_PX = 36
LEAST_PX = 70


def table(
    frame: pd.DataFrame,
    *,
    height: int | None = None,
    key: str | None = None,
    marks: Collection[str] = (),
    colours: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
) -> None:
    """Draw a table; ``marks`` names columns whose words are drawn as coloured marks.

    ``colours`` gives the colours of words; those of evidence words where not given. Long tables
    are paged by the server.
    """
    if frame.empty:
        st.caption("—")
        return
    columns: dict[str, Any] = dict(config or {})
    shown, known = frame, _WORD_COLOURS if colours is None else colours
    if marks and len(frame) <= LAZY_ROWS:
        shown = frame.copy()
        for name in marks:
            words = sorted({v for v in frame[name] if v})
            shown[name] = pd.Series([[v] if v else [] for v in frame[name]], index=frame.index)
            columns[name] = st.column_config.MultiselectColumn(
                name, options=words, color=[known.get(w, "gray") for w in words]
            )
    fitting = round(PIXELS_PER_ROW * (len(frame) + 1)) + 4
    st.dataframe(
        shown,
        hide_index=True,
        height=min(height or 420, fitting),
        column_config=columns,
        key=key,
        placeholder="—",
        lazy=True if len(frame) > LAZY_ROWS else None,
    )


_FORMATS = {"quantity": "localized", "money": "localized", "decimal": "%.1f"}
_MARKED = ("evidence", "price_evidence")


def report(
    view: View,
    frame: pd.DataFrame,
    *,
    height: int | None = None,
    hide: Collection[str] = (),
    marked: str = "",
    colours: Mapping[str, str] | None = None,
) -> None:
    """Draw a frame of `supplies.reports.frames`, its columns written as their kind asks.

    ``hide`` names keys of columns that only paper needs; ``marked`` is the key of a column whose
    words have ``colours`` of their own.
    """
    shown = pd.DataFrame(index=frame.index)
    config: dict[str, Any] = {}
    marks = []
    for key, name in zip(keys_of(frame, view.lang), frame.columns, strict=True):
        if key in hide:
            continue
        title, kind = str(name), TITLES[key].kind
        shown[title] = frame[name]
        if kind in _FORMATS or kind == "share":
            shown[title] = pd.to_numeric(frame[name], errors="coerce")
            config[title] = st.column_config.NumberColumn(format=_FORMATS.get(kind, "percent"))
        elif kind == "clock":
            config[title] = st.column_config.DatetimeColumn(format="MM-DD HH:mm")
        if key in _MARKED or key == marked:
            marks.append(title)
    table(shown, height=height, marks=marks, colours=colours, config=config)


_WORD_COLOURS = {
    word: BADGE_COLOUR[name] for name, pair in TERMS["evidence"].items() for word in pair
}


def _px(text: str, narrow: int) -> int:
    """Return about how wide a text is drawn, in pixels; Chinese characters are twice as wide."""
    return sum(narrow * 2 if ord(char) > 0x2E7F else narrow for char in text)


def metrics(figures: Sequence[tuple[str, str, str | None]]) -> None:
    """Draw a row of figures: (label, value, help), wider where the value is long."""
    widths = [
        CARD_PX + max(LEAST_PX, _px(label, 8) + (24 if note else 0), _px(value, 15))
        for label, value, note in figures
    ]
    columns = st.columns(widths, gap="small")
    for column, (label, value, note) in zip(columns, figures, strict=True):
        column.metric(label, value, help=note, border=True, height="stretch")


def workbook_button(label: str, name: str, write: Callable[[BytesIO], object], key: str) -> None:
    """Draw a button that makes a workbook when it is pressed, without running the page again."""

    def data() -> bytes:
        target = BytesIO()
        write(target)
        return target.getvalue()

    st.download_button(
        label,
        data=data,
        file_name=name,
        mime=XLSX,
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def legend(view: View, names: Sequence[str], colours: Mapping[str, str]) -> None:
    """Draw the meaning of map colours as one line; words stand beside every colour."""
    marks = "".join(
        f'<span style="white-space:nowrap;margin-right:1.1em">'
        f'<span style="display:inline-block;width:.8em;height:.8em;border-radius:2px;'
        f'background:{colours[name]};margin-right:.4em;vertical-align:-1px"></span>'
        f"{view.text(f'state.{name}')}</span>"
        for name in names
    )
    st.html(f'<div style="font-size:.85rem;line-height:1.7">{marks}</div>')


def choose_unit(view: View, tier: Tier, key: str) -> str | None:
    """Draw the choice of a unit of a tier (a township after its county); return its code."""
    city, words = view.desk.city, view.words
    if tier is Tier.CITY:
        return city.code
    counties = [a.code for a in city.units(Tier.COUNTY)]
    if tier is Tier.COUNTY:
        picked: str | None = st.selectbox(
            words.tier("county"), counties, format_func=words.short, key=key
        )
        return picked
    county = st.selectbox(
        words.tier("county"), counties, format_func=words.short, key=f"{key}-county"
    )
    inside = [a.code for a in city.units(tier) if county and city.inside(a.code, county)]
    below: str | None = st.selectbox(
        words.tier(tier.value), inside, format_func=words.short, key=key
    )
    return below


def freshness(view: View, result: Result) -> None:
    """Say when a result was made, and whether stock has moved since."""
    made = result.made_at.astimezone().strftime("%Y-%m-%d %H:%M")
    st.caption(view.text("job.made", when=made, revision=result.revision))
    if result.stale:
        st.warning(view.text("job.stale"), icon=":material/history:")


def unit_codes(city: City, tier: Tier) -> list[str]:
    """Return the codes of a tier's units."""
    return [a.code for a in city.units(tier)]


def open_sites(view: View, area: str | None = None, tier: str | None = None) -> list[str]:
    """Return the sites in use that the user may look at, in an area and of a tier, by name."""
    city, actor = view.desk.city, view.desk.actor
    found = [
        key
        for key, site in city.sites.items()
        if site.status != "candidate"
        and (area is None or city.inside(site.area, area))
        and (tier is None or site.tier.value == tier)
        and actor.may(Right.READ, city, site=key)
    ]
    order = list(Tier)
    return sorted(found, key=lambda k: (order.index(city.sites[k].tier), city.sites[k].area, k))
