"""What stands before the pages: who is not signed in gets the sign-in page and nothing else.

In a ledger without users only this machine is let in. Behind a proxy, the addresses and the
scheme are those it forwards; the server believes proxies on this machine alone.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from supplies.access import Actor
from supplies.errors import AccessError, SuppliesError
from supplies.ui import account, login, organisation, texts
from supplies.ui.door import COOKIE, door, is_secure, language_of, origin_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ROUTER = Path(__file__).parent / "router.py"
# Streamlit's own program files hold nothing of ours, and health is asked by machines.
OPEN = ("/static/", "/account/")
OPEN_EXACTLY = frozenset({"/_stcore/health"})
# Files and data that no page of ours is: never answered with the sign-in page.
DATA = ("/media/", "/_stcore/", "/component/", "/app/")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# What Streamlit needs to run: its styles and one script stand inline, charts compile their
# expressions, maps draw in a worker made on the spot. Nothing comes from outside.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


def routes() -> list[Route]:
    """Return the addresses that sign in and out."""
    return account.routes()


def middleware() -> list[Middleware]:
    """Return the gate, as `streamlit.App` takes it."""
    return [Middleware(Gate)]


class Gate:
    """Lets requests and websockets of signed-in users through, and marks every answer."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or websocket."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        link = HTTPConnection(scope)
        marked = _marking(link, send)
        refusal = await self._refusal(link)
        if refusal is None:
            await self.app(scope, receive, marked)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, marked)

    async def _refusal(self, link: HTTPConnection) -> Response | None:
        """Return what to answer instead, ``None`` for whoever may come in."""
        path = link.url.path
        if path in OPEN_EXACTLY or path.startswith(OPEN) or organisation.passes(path):
            return None
        if link.scope["type"] == "websocket" and not link.headers.get("origin"):
            return PlainTextResponse("origin missing", 403)
        token, origin = link.cookies.get(COOKIE), origin_of(link)
        try:
            actor = await to_thread.run_sync(door().actor, token, origin)
        except AccessError as error:
            return await _turned_away(link, error if token else None)
        except SuppliesError as error:
            lang = language_of(link)
            return login.notice(lang, error.say(lang), status=503)
        return None if may_pass(actor, link) else _only_here(link)


def may_pass(actor: Actor, link: HTTPConnection) -> bool:
    """Whether somebody may come in; one alone only from this machine, by this machine's name.

    The name is checked because any web page may give its own name this machine's address.
    """
    return not actor.alone or (
        _is_loopback(link.client.host if link.client else "")
        and (urlsplit(f"//{link.headers.get('host', '')}").hostname or "") in LOOPBACK
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK


def _only_here(link: HTTPConnection) -> Response:
    lang = language_of(link)
    return login.notice(lang, texts.text(lang, "login.only_here"), status=403)


async def _turned_away(link: HTTPConnection, error: AccessError | None) -> Response:
    """Answer who is not signed in: the sign-in page to a person, a status to a program."""
    wants_page = "text/html" in link.headers.get("accept", "")
    if link.scope["type"] != "http" or link.url.path.startswith(DATA) or not wants_page:
        return PlainTextResponse("sign in first", 401)
    request = Request(link.scope)
    came = await account.admitted(request)
    return came or await account.sign_in_page(request, error, status=401)


def _marking(link: HTTPConnection, send: Send) -> Send:
    """Return a `send` that adds the security headers to an answer."""
    secure = is_secure(link)

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if not link.url.path.startswith("/static/"):
                headers.setdefault("cache-control", "no-store")
            if secure:
                headers.setdefault("strict-transport-security", "max-age=31536000")
        await send(message)

    return marked
