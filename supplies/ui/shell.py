"""What every page stands on: the menu, the language, the open desk."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from html import escape
from pathlib import Path

import streamlit as st

from supplies import tasks
from supplies.access import Actor, Right
from supplies.city import City
from supplies.clock import CHINA
from supplies.errors import AccessError, SuppliesError
from supplies.plan import StockLine
from supplies.tasks import Desk, open_desk
from supplies.ui import picture, texts
from supplies.ui.door import COOKIE, mark_of
from supplies.ui.words import Words

FOLDER = Path(__file__).parent
ICON = FOLDER / "icon.png"
PAGES: Mapping[str, str] = {
    "overview": ":material/map:",
    "lists": ":material/notification_important:",
    "vouchers": ":material/edit_document:",
    "callups": ":material/campaign:",
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
.who { display: flex; gap: .8rem; align-items: baseline; justify-content: space-between; }
.who button { font: inherit; color: inherit; background: none; padding: .2rem .7rem;
  border: 1px solid currentColor; border-radius: 4px; cursor: pointer; }
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
        """The mark of what results rest on now; see `supplies.tasks.state`."""
        return tasks.state(self.desk)

    def may(self, right: Right, *, everywhere: bool = False) -> bool:
        """Whether the reader may do something at some place, or in the whole city."""
        city = self.desk.city
        return self.desk.actor.may(right, city, area=city.code if everywhere else None)

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


def token() -> str | None:
    """Return the token of the reader's session; the gate checked it when the page was opened."""
    found = st.context.cookies.get(COOKIE)
    return found if isinstance(found, str) else None


def origin() -> str:
    """Return from where the reader comes."""
    address = st.context.ip_address
    return address if isinstance(address, str) else "127.0.0.1"


def desk(lang: str) -> Desk:
    """Return the desk as the reader's, looked up at every run: rights and sessions end."""
    try:
        shared = _today(_desk(*address()))
        return replace(shared, actor=tasks.actor_of(shared, token(), origin()))
    except AccessError as error:
        st.error(error.say(lang))
        again = texts.text(lang, "login.again")
        st.html(f'<a href="/account/login" target="_self">{again}</a>')
    except SuppliesError as error:
        st.error(texts.text(lang, "shell.cannot_open", reason=error.say(lang)))
    return st.stop()


def is_open(name: str, actor: Actor, city: City) -> bool:
    """Whether a page is of any use to somebody; the tasks behind it refuse for themselves."""
    may = {right for right in Right if actor.may(right, city)}
    if name == "upload":
        return bool(may & {Right.POST, Right.COUNT, Right.BUY})
    if name == "dispatch":
        return actor.sees_all(city) or bool(may & {Right.PLAN, Right.APPROVE})
    if name == "procurement":
        return actor.sees_all(city)
    if name in {"overview", "readiness"}:
        return any(actor.may(Right.READ, city, area=code) for code in city.areas)
    return Right.READ in may


def pages_for(desk_: Desk) -> list[str]:
    """Return the pages that are of use to the reader, the first being where one begins."""
    found = [name for name in PAGES if is_open(name, desk_.actor, desk_.city)]
    return found or ["sources"]


def who(desk_: Desk, lang: str) -> None:
    """Draw who is signed in, and the way out."""
    if desk_.actor.alone:
        return
    name, out = escape(desk_.actor.name or desk_.user), escape(texts.text(lang, "login.out"))
    mark = mark_of(token() or "")
    with st.sidebar:
        st.html(
            f'<form class="who" method="post" action="/account/logout"><span>{name}</span>'
            f'<input type="hidden" name="csrf" value="{mark}">'
            f'<button type="submit">{out}</button></form>'
        )


def open_view() -> View:
    """Open the desk for this run and draw what stands in the sidebar and above every page."""
    lang: str = st.session_state.get("language") or "zh"
    mine = desk(lang)
    words = Words(mine.city, lang)
    theme = st.context.theme.type
    view = View(mine, words, dark=theme == "dark")
    with st.sidebar:
        st.caption(words.text("shell.footer", city=words.city_name, revision=mine.store.revision()))
    return view


def heading(view: View, page: str) -> None:
    """Draw a page's title, what it is for, and the mark of sample data where there is any."""
    st.html(STYLE)
    st.title(view.text(f"{page}.title"), anchor=False)
    lead = view.text(f"{page}.lead")
    if picture.has_sample(view.desk.city):
        lead += "  \n" + f":red-badge[{view.text('shell.sample')}] {view.text('shell.sample_note')}"
    st.caption(lead)
