"""The sign-in page, made by the server: no script, nothing from outside."""

import base64
import secrets
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from supplies.ui import texts

_FOLDER = Path(__file__).parent


@cache
def _template() -> Template:
    return Template((_FOLDER / "login.html").read_text("utf-8"))


@cache
def _icon() -> str:
    return base64.b64encode((_FOLDER / "icon.png").read_bytes()).decode()


def page(  # noqa: PLR0913 - what stands on the page
    lang: str,
    *,
    city: str,
    csrf: str,
    goes_to: str = "/",
    said: str = "",
    user: str = "",
    providers: Sequence[str] = (),
    status: int = 200,
) -> HTMLResponse:
    """Return the sign-in page with its form, or what there is to say instead of one.

    Parameters
    ----------
    csrf
        The mark that the form carries back and the cookie has to match.
    goes_to
        Where to go once signed in.
    said
        Why signing in failed or is asked for.
    providers
        Names of the organisation's sign-ins, ``default`` for the only one.
    """
    nonce = secrets.token_urlsafe(16)
    body = _template().substitute(
        lang="zh-CN" if lang == "zh" else "en",
        title=escape(texts.text(lang, "login.title")),
        heading=escape(texts.text(lang, "login.heading")),
        city=escape(city),
        nonce=nonce,
        icon=_icon(),
        said=f'<p class="said" role="alert">{escape(said)}</p>' if said else "",
        form=_form(lang, csrf, goes_to, user),
        organisation=_organisation(lang, providers),
        note=escape(texts.text(lang, "login.note")),
        languages=_languages(goes_to),
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(body, status, {"content-security-policy": policy})


def notice(lang: str, said: str, *, status: int) -> HTMLResponse:
    """Return a page that only says something."""
    policy = "default-src 'none'; frame-ancestors 'none'"
    body = f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><p>{escape(said)}</p></html>'
    return HTMLResponse(body, status, {"content-security-policy": policy})


def _form(lang: str, csrf: str, goes_to: str, user: str) -> str:
    name, password, send = (
        escape(texts.text(lang, f"login.{key}")) for key in ("user", "password", "send")
    )
    hidden = "".join(
        f'<input type="hidden" name="{key}" value="{escape(value, quote=True)}">'
        for key, value in (("csrf", csrf), ("next", goes_to), ("lang", lang))
    )
    return (
        f'<form method="post" action="/account/login">{hidden}'
        f'<label for="user">{name}</label>'
        f'<input id="user" name="user" autocomplete="username" autocapitalize="none" '
        f'spellcheck="false" required maxlength="100" value="{escape(user, quote=True)}"'
        f"{'' if user else ' autofocus'}>"
        f'<label for="password">{password}</label>'
        f'<input id="password" name="password" type="password" required maxlength="200" '
        f'autocomplete="current-password"{" autofocus" if user else ""}>'
        f'<button type="submit">{send}</button></form>'
    )


def _organisation(lang: str, providers: Sequence[str]) -> str:
    if not providers:
        return ""
    buttons = []
    for name in providers:
        label = texts.text(lang, "login.organisation")
        if name != "default":
            label += f" ({name})"
        query = escape(urlencode({"provider": name}), quote=True)
        buttons.append(
            f'<a class="button" href="/account/organisation?{query}">{escape(label)}</a>'
        )
    return f'<p class="or">{escape(texts.text(lang, "login.or"))}</p>{"".join(buttons)}'


def _languages(goes_to: str) -> str:
    links = []
    for code, name in texts.LANGUAGES.items():
        query = escape(urlencode({"lang": code, "next": goes_to}), quote=True)
        links.append(f'<a href="/account/login?{query}" lang="{code}">{escape(name)}</a>')
    return "".join(links)
