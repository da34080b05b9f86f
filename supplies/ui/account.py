"""The addresses under ``/account``: the sign-in form, its answer, signing out."""

import hmac
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.user_info import generate_login_redirect_url

from supplies import tasks
from supplies.errors import AccessError, SuppliesError
from supplies.tasks.sessions import ENDED
from supplies.ui import login, organisation, texts
from supplies.ui.door import (
    COOKIE,
    FORM_COOKIE,
    door,
    in_language,
    language_of,
    local,
    mark_of,
    origin_of,
    set_cookie,
    signed_in,
)

FORM_BYTES_MAX = 8_192
# Each check of a password takes 64 MB for some tens of milliseconds, on purpose.
CHECKS_AT_ONCE = 2
STALE_FORM = "表单已过期, 请重试 | the form was too old; try again"


def routes() -> list[Route]:
    """Return the addresses with what answers there."""
    checks = CapacityLimiter(CHECKS_AT_ONCE)

    async def enter(request: Request) -> Response:
        return await _enter(request, checks)

    return [
        Route("/account/login", _show, methods=["GET"]),
        Route("/account/login", enter, methods=["POST"]),
        Route("/account/logout", _leave, methods=["POST"]),
        Route("/account/organisation", _leave_for, methods=["GET"]),
    ]


async def sign_in_page(
    request: Request, error: SuppliesError | None = None, *, status: int = 200, user: str = ""
) -> Response:
    """Return the sign-in page, with the cookie its form is checked against."""
    lang = language_of(request)
    desk = await to_thread.run_sync(door().desk)
    held = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32)
    asked = request.query_params.get("next")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    goes_to = here if asked is None else asked
    page = login.page(
        lang,
        city=desk.city.name_en if lang == "en" else desk.city.name_zh,
        csrf=mark_of(held),
        goes_to=local(goes_to),
        said=error.say(lang) if error else "",
        user=user,
        providers=organisation.providers(),
        status=status,
    )
    set_cookie(page, FORM_COOKIE, held, request, hours=1)
    return page


async def _show(request: Request) -> Response:
    try:
        actor = await to_thread.run_sync(
            door().actor, request.cookies.get(COOKIE), origin_of(request)
        )
    except AccessError:
        return await sign_in_page(request)
    except SuppliesError as error:
        lang = language_of(request)
        return login.notice(lang, error.say(lang), status=503)
    del actor  # whoever it is has nothing to do here
    return RedirectResponse(local(request.query_params.get("next", "/")), 303)


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form; too long a form is an empty one."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > FORM_BYTES_MAX:
            return {}
    found = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in found.items()}


def _ours(request: Request, fields: dict[str, str], cookie: str) -> bool:
    """Whether a form comes from a page of ours, in the same browser."""
    held = request.cookies.get(cookie, "")
    came_from = urlsplit(request.headers.get("origin", "")).netloc
    same_place = came_from in {"", request.headers.get("host", "")}
    same_mark = hmac.compare_digest(fields.get("csrf", "").encode(), mark_of(held).encode())
    return bool(held) and same_place and same_mark


async def _enter(request: Request, checks: CapacityLimiter) -> Response:
    fields = await _fields(request)
    user, password = fields.get("user", ""), fields.get("password", "")
    # The answer keeps the form's language and way on; both are checked where they are used.
    request.scope["query_string"] = _again(fields)
    if not _ours(request, fields, FORM_COOKIE):
        return await sign_in_page(Request(request.scope), AccessError(STALE_FORM), status=403)
    try:
        token = await to_thread.run_sync(
            door().sign_in, user, password, origin_of(request), limiter=checks
        )
    except SuppliesError as error:
        return await sign_in_page(Request(request.scope), error, status=401, user=user[:100])
    again = Request(request.scope)
    return signed_in(again, token, in_language(again.query_params["next"], language_of(again)))


def _again(fields: dict[str, str]) -> bytes:
    lang = fields.get("lang", "")
    query = {"next": local(fields.get("next", "/"))}
    if lang in texts.LANGUAGES:
        query["lang"] = lang
    return urlencode(query).encode()


async def _leave(request: Request) -> Response:
    token = request.cookies.get(COOKIE, "")
    if not _ours(request, await _fields(request), COOKIE):
        return await sign_in_page(request, AccessError(STALE_FORM), status=403)
    await to_thread.run_sync(tasks.sign_out, await to_thread.run_sync(door().desk), token)
    answer = RedirectResponse("/account/login", 303)
    answer.delete_cookie(COOKIE)
    organisation.forget(request, answer)
    return answer


async def admitted(request: Request) -> Response | None:
    """Return the answer to somebody who came back from the organisation, if anybody did."""
    claims = organisation.claims_of(request)
    if not claims:
        return None
    desk = await to_thread.run_sync(door().desk)
    origin = origin_of(request)
    try:
        token = await to_thread.run_sync(tasks.sign_in_elsewhere, desk, claims, origin)
    except AccessError as error:
        stale = str(error) == ENDED
        answer = await sign_in_page(request, None if stale else error, status=401 if stale else 403)
    else:
        query = f"?{request.url.query}" if request.url.query else ""
        answer = signed_in(request, token, request.url.path + query)
    organisation.forget(request, answer)
    return answer


async def _leave_for(request: Request) -> Response:
    asked, known = request.query_params.get("provider", "default"), organisation.providers()
    if asked not in known:
        return await sign_in_page(request, status=404)
    # What st.login() does from a page; here nobody has a page yet.
    return RedirectResponse(generate_login_redirect_url(asked), 303)
