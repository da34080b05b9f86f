"""Signing in at the organisation by OpenID Connect, which Streamlit speaks.

Streamlit keeps who came back from there in a signed cookie that lives for 30 days. It is taken
once, while it is fresh, and becomes a session like any other: with its end, its sign-out, and a
look at the user's account every time.
"""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from streamlit.auth_util import (
    get_cookie_with_chunks,
    get_secrets_auth_section,
    is_authlib_installed,
)
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import (
    TOKENS_COOKIE_NAME,
    USER_COOKIE_NAME,
)

# Where Streamlit sends people to the organisation and takes them back.
PASSES = frozenset({"/auth/login", "/auth/logout", "/oauth2callback"})


def providers() -> list[str]:
    """Return the names of the sign-ins that secrets.toml sets up; ``default`` for a bare one."""
    section = get_secrets_auth_section().to_dict()
    if not section or not is_authlib_installed():
        return []
    named = [k for k, v in section.items() if isinstance(v, Mapping) and "client_id" in v]
    return (["default"] if "client_id" in section else []) + sorted(named)


def passes(path: str) -> bool:
    """Whether an address belongs to the way there and back."""
    return path in PASSES and bool(providers())


def claims_of(request: Request) -> dict[str, Any]:
    """Return what the organisation said of who came back; empty when the seal is not ours."""

    def one(name: str) -> bytes | None:
        raw = request.cookies.get(name)
        if raw is None:
            return None
        return decode_signed_value(get_cookie_secret(), name, raw.encode("latin-1"))

    if not providers() or USER_COOKIE_NAME not in request.cookies:
        return {}
    found = get_cookie_with_chunks(one, USER_COOKIE_NAME)
    try:
        claims = json.loads(found) if found else {}
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) and claims.get("is_logged_in") else {}


def forget(request: Request, answer: Response) -> None:
    """Drop Streamlit's own cookies of who signed in."""
    for name in request.cookies:
        if name.startswith((USER_COOKIE_NAME, TOKENS_COOKIE_NAME)):
            answer.delete_cookie(name)
