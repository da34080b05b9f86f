"""What every page stands on: the menu, the language, the open desk."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path

import streamlit as st

from supplies import tasks
from supplies.errors import SuppliesError
from supplies.plan import StockLine
from supplies.tasks import Desk, open_desk
from supplies.ui import picture, texts
from supplies.ui.words import Words
from supplies.worker import state_of

FOLDER = Path(__file__).parent
CHINA = timezone(timedelta(hours=8))
ICON = FOLDER / "icon.png"
PAGES: Mapping[str, str] = {
    "overview": ":material/map:",
    "upload": ":material/upload_file:",
    "stock": ":material/inventory_2:",
    "readiness": ":material/verified:",
    "dispatch": ":material/local_shipping:",
    "procurement": ":material/receipt_long:",
    "sources": ":material/menu_book:",
}

# The page's side margins are wider than a map and a table side by side can spare.
STYLE = """<style>
.stMainBlockContainer { padding-left: 2.6rem; padding-right: 2.6rem; max-width: 1500px; }
[data-testid="stMetricLabel"] p { white-space: normal; line-height: 1.25; }
</style>"""

text = texts.text


@dataclass(frozen=True)
class View:
    """What a page needs: the desk, its words, and whether the theme is dark."""

    desk: Desk
    words: Words
    dark: bool

    @property
    def day(self) -> date:
        """Today."""
        return self.desk.day

    @cached_property
    def stock(self) -> list[StockLine]:
        """All stock as the ledger has it now, reservations too; read once in a run of a page."""
        return tasks.stock(self.desk)

    @cached_property
    def state(self) -> str:
        """The mark of what results rest on now; see `supplies.worker.state_of`."""
        return state_of(self.desk)

    def text(self, key: str, **values: object) -> str:
        """Return a text in the reader's language."""
        return self.words.text(key, **values)

    @property
    def lang(self) -> str:
        """The reader's language, ``zh`` or ``en``."""
        return self.words.lang


def choose_language() -> str:
    """Return the language: the switch, else ``?lang=``, else Chinese; keep the address in step."""
    if "language" not in st.session_state:
        asked = st.query_params.get("lang", "zh")
        st.session_state["language"] = asked if asked in texts.LANGUAGES else "zh"
    lang: str = st.session_state["language"] or "zh"
    if st.query_params.get("lang", "zh") != lang:
        st.query_params["lang"] = lang
    return lang


def sidebar(lang: str) -> None:
    """Draw the mark above the menu and the language switch under it."""
    st.logo(str(ICON), size="large")
    with st.sidebar:
        st.segmented_control(
            texts.text(lang, "shell.language"),
            list(texts.LANGUAGES),
            format_func=lambda code: texts.LANGUAGES[code],
            key="language",
            required=True,
        )


@st.cache_resource(show_spinner=False)
def _desk(db_url: str | None, city_dir: str | None) -> Desk:
    return open_desk(db_url, Path(city_dir) if city_dir else None)


def _today(desk: Desk) -> Desk:
    """Return the desk as of today: a server that runs past midnight keeps the one it opened."""
    today = datetime.now(CHINA).date()
    return desk if desk.day == today else replace(desk, day=today)


def address() -> tuple[str | None, str | None]:
    """Return the database and city folder the app was started with."""
    return os.environ.get("SUPPLIES_DB") or None, os.environ.get("SUPPLIES_CITY") or None


def open_view() -> View:
    """Open the desk for this run and draw what stands in the sidebar and above every page."""
    lang: str = st.session_state.get("language") or "zh"
    try:
        desk = _today(_desk(*address()))
    except SuppliesError as error:
        st.error(texts.text(lang, "shell.cannot_open", reason=error))
        st.stop()
    words = Words(desk.city, lang)
    theme = st.context.theme.type
    view = View(desk, words, dark=theme == "dark")
    with st.sidebar:
        st.caption(words.text("shell.footer", city=words.city_name, revision=desk.store.revision()))
    return view


def heading(view: View, page: str) -> None:
    """Draw a page's title, what it is for, and the mark of sample data where there is any."""
    st.html(STYLE)
    st.title(view.text(f"{page}.title"), anchor=False)
    lead = view.text(f"{page}.lead")
    if picture.has_sample(view.desk.city):
        lead += "  \n" + f":red-badge[{view.text('shell.sample')}] {view.text('shell.sample_note')}"
    st.caption(lead)
