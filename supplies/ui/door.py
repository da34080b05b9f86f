"""The ledger as the gate sees it, and what requests and answers say about a session."""

import hashlib
import os
from functools import cache
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, parse_qsl, urlencode

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from supplies import tasks
from supplies.access import Actor
from supplies.tasks import Desk
from supplies.tasks.sessions import SESSION_H
from supplies.ui import texts

COOKIE, FORM_COOKIE = "supplies_session", "supplies_form"


class Door:
    """One ledger for all requests, opened when it is first asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: tuple[object, Desk] | None = None

    def desk(self) -> Desk:
        """Return the desk the environment names, signed in by nobody."""
        address = (os.environ.get("SUPPLIES_DB") or None, os.environ.get("SUPPLIES_CITY") or None)
        with self._lock:
            if self._open is None or self._open[0] != address:
                self.close()
                db, city = address
                self._open = address, tasks.open_desk(db, Path(city) if city else None)
            return self._open[1]

    def close(self) -> None:
        """Close the ledger; it is opened again when it is next asked for."""
        if self._open is not None:
            self._open[1].store.close()
            self._open = None

    def actor(self, token: str | None, origin: str) -> Actor:
        """Return who acts by a session's token; raises AccessError for nobody."""
        return tasks.actor_of(self.desk(), token, origin)

    def sign_in(self, user: str, password: str, origin: str) -> str:
        """Return the token of a new session; raises AccessError."""
        return tasks.sign_in(self.desk(), user, password, origin)


@cache
def door() -> Door:
    """Return the one door of this server."""
    return Door()


def origin_of(link: HTTPConnection) -> str:
    """Return from where somebody comes."""
    return link.client.host if link.client else ""


def is_secure(link: HTTPConnection) -> bool:
    """Whether the browser speaks TLS, to us or to the proxy before us."""
    return link.url.scheme in {"https", "wss"}


def language_of(link: HTTPConnection) -> str:
    """Return the language for somebody who is not signed in; the pages take it over."""
    asked = link.query_params.get("lang") or _lang_in(link.query_params.get("next", ""))
    usual = "en" if os.environ.get("SUPPLIES_LANG") == "en" else "zh"
    return asked if asked in texts.LANGUAGES else usual


def _lang_in(address: str) -> str:
    return parse_qs(address.partition("?")[2]).get("lang", [""])[-1]


def in_language(address: str, lang: str) -> str:
    """Return an address of a page that opens in a language."""
    path, _, query = address.partition("?")
    return f"{path}?{urlencode({**dict(parse_qsl(query)), 'lang': lang})}"


def local(address: str) -> str:
    """Return an address of this server; any other becomes the first page."""
    inside = address.startswith("/") and not address.startswith(("//", "/account"))
    return address if inside and "\\" not in address else "/"


def mark_of(token: str) -> str:
    """Return the mark that a form carries to show that it comes from our own page."""
    return hashlib.sha256(f"form|{token}".encode()).hexdigest()


def signed_in(request: HTTPConnection, token: str, goes_to: str) -> Response:
    """Return the way on to a page, with the cookie of the session."""
    answer = RedirectResponse(local(goes_to), 303)
    set_cookie(answer, COOKIE, token, request, hours=SESSION_H)
    answer.delete_cookie(FORM_COOKIE)
    return answer


def set_cookie(
    answer: Response, name: str, value: str, request: HTTPConnection, *, hours: float
) -> None:
    """Set a cookie that no script can read and no other site can send with a form."""
    answer.set_cookie(
        name,
        value,
        max_age=round(hours * 3600),
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
