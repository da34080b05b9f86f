"""What stands before the pages: nobody in without a session, and no other door open."""

import http.client
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import anyio
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from streamlit.web.server.app_discovery import discover_asgi_app
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from supplies import tasks
from supplies.tasks import accounts, sessions
from supplies.ui import door, gate, organisation
from tests.e2e.browser import ROOT, free_port

SECRET = "correct horse battery"  # noqa: S105
PAGE = {"accept": "text/html,*/*"}
CLOSED = (
    "/media/abc.xlsx", "/_stcore/metrics", "/_stcore/host-config", "/_stcore/upload_file/a/b",
    "/_stcore/bidi-components/x", "/component/x/index.html", "/app/static/x",
)  # fmt: skip


@dataclass
class Answer:
    """What came back: a status (a websocket's close code), headers, the body, cookies."""

    status: int = 0
    headers: dict = field(default_factory=dict)
    body: str = ""
    cookies: dict = field(default_factory=dict)
    set_cookies: list = field(default_factory=list)


async def _inside(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
    else:
        await PlainTextResponse("inside")(scope, receive, send)


class Visitor:
    """A browser of sorts: it keeps cookies and speaks to the gate without a network."""

    def __init__(self, *, client="10.0.0.7", host="supplies.city.example", scheme="http"):
        self.app = Starlette(
            routes=[*gate.routes(), Mount("/", _inside)], middleware=gate.middleware()
        )
        self.client, self.host, self.scheme, self.cookies = client, host, scheme, {}

    def ask(self, path="/", method="GET", *, kind="http", form=None, **headers):
        answer = Answer()
        path, _, query = path.partition("?")
        known = {"host": self.host, **headers}
        if self.cookies:
            known["cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        scope = {
            "type": kind, "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": self.scheme, "path": path, "raw_path": path.encode(), "root_path": "",
            "query_string": query.encode(), "client": (self.client, 1), "server": ("x", 80),
            "headers": [(k.encode(), v.encode()) for k, v in known.items()], "subprotocols": [],
        }  # fmt: skip

        async def receive():
            body = urlencode(form or {}).encode()
            return {"type": "websocket.connect" if kind == "websocket" else "http.request",
                    "body": body, "more_body": False}  # fmt: skip

        async def send(message):
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                for name, value in message["headers"]:
                    answer.headers[name.decode()] = value.decode()
                    if name == b"set-cookie":
                        self._take(answer, value.decode())
            elif message["type"] == "http.response.body":
                answer.body += message.get("body", b"").decode()
            else:
                answer.status = message.get("code", 101)

        anyio.run(self.app, scope, receive, send)
        return answer

    def _take(self, answer, text):
        answer.set_cookies.append(text)
        for name, morsel in SimpleCookie(text).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
            answer.cookies[name] = morsel

    def socket(self, **headers):
        return self.ask("/_stcore/stream", kind="websocket", **headers).status

    def sign_in(self, user="root", password=SECRET, goes_to="/stock", **changed):
        page = self.ask(f"/account/login?next={goes_to}", **PAGE)
        mark = re.search(r'name="csrf" value="(\w+)"', page.body)
        asked = {"user": user, "password": password, "next": goes_to, "lang": "zh"}
        asked |= {"csrf": mark[1] if mark else ""} | changed
        return self.ask("/account/login", "POST", form=asked, origin=f"http://{self.host}")


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch):
    def cheap():
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

    monkeypatch.setattr(sessions, "hasher", cheap)
    monkeypatch.setattr(accounts, "hasher", cheap)
    yield
    door.door().close()


@pytest.fixture
def desk(empty_db, tinycity_dir):
    opened = tasks.open_desk(f"sqlite:///{empty_db}", tinycity_dir)
    yield opened
    opened.store.close()


@pytest.fixture
def users(desk):
    """A ledger with one user."""
    tasks.add_user(desk, "root", name="张主任", password=SECRET)
    return desk


@pytest.fixture
def visitor(users):
    return Visitor()


# --- who is not signed in --------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/stock", "/stock?lang=en", "/index.html", "//", "/x/../y"])
def test_nobody_gets_the_sign_in_page_and_nothing_else(visitor, path):
    answer = visitor.ask(path, **PAGE)
    assert answer.status == 401
    assert 'action="/account/login"' in answer.body
    assert "inside" not in answer.body


@pytest.mark.parametrize("path", [*CLOSED, "/"])
def test_programs_and_data_are_refused_with_a_status(visitor, path):
    for headers in ({}, PAGE if path != "/" else {}):
        answer = visitor.ask(path, **headers)
        assert (answer.status, answer.body) == (401, "sign in first")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_no_method_opens_the_door(visitor, method):
    assert visitor.ask("/_stcore/upload_file/a/b", method).status == 401


def test_a_websocket_without_a_session_is_refused(visitor):
    assert visitor.socket(origin="http://supplies.city.example") == 1008
    visitor.cookies["supplies_session"] = "guessed"
    assert visitor.socket(origin="http://supplies.city.example") == 1008


def test_only_health_and_the_program_files_are_open(visitor):
    assert visitor.ask("/_stcore/health").status == 200
    assert visitor.ask("/static/js/index.js").status == 200
    for close in ("/_stcore/healthy", "/_stcore/health/x", "/staticx", "/accountx"):
        assert visitor.ask(close).status == 401


def test_a_cookie_that_streamlit_would_sign_is_not_enough(visitor):
    visitor.cookies["_streamlit_user"] = '{"is_logged_in": true}'
    assert visitor.ask("/", **PAGE).status == 401


# --- signing in ------------------------------------------------------------------------------


def test_with_a_session_everything_opens(visitor):
    answer = visitor.sign_in()
    assert (answer.status, answer.headers["location"]) == (303, "/stock?lang=zh")
    for path in ("/", "/media/abc.xlsx", "/_stcore/host-config"):
        assert visitor.ask(path).body == "inside"
    assert visitor.socket(origin="http://supplies.city.example") == 101
    assert visitor.ask("/account/login").status == 303


def test_a_websocket_from_nowhere_is_refused_even_with_a_session(visitor):
    visitor.sign_in()
    assert visitor.socket() == 1008


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor):
    (cookie,) = [c for c in visitor.sign_in().set_cookies if c.startswith("supplies_session")]
    assert re.search(r"HttpOnly; Max-Age=43200; Path=/; SameSite=lax$", cookie)


def test_behind_tls_the_cookie_is_secure_and_the_browser_told_so(users):
    answer = Visitor(scheme="https").sign_in()
    assert all("Secure" in c for c in answer.set_cookies if "Max-Age=0" not in c)
    assert "strict-transport-security" in answer.headers


def test_a_wrong_password_stays_outside(visitor):
    answer = visitor.sign_in(password="wrong password")  # noqa: S106
    assert answer.status == 401
    assert "用户名或密码不对" in answer.body
    assert "wrong password" not in answer.body
    assert visitor.ask("/").status == 401


def test_five_wrong_passwords_lock(visitor):
    for _ in range(5):
        visitor.sign_in(password="wrong password")  # noqa: S106
    assert visitor.sign_in().status == 401


@pytest.mark.parametrize("mark", ["", "0" * 64])
def test_a_form_of_another_page_is_refused(visitor, mark):
    answer = visitor.sign_in(csrf=mark)
    assert answer.status == 403
    assert visitor.ask("/").status == 401


def test_a_form_from_another_site_or_without_its_cookie_is_refused(visitor):
    page = visitor.ask("/account/login")
    mark = re.search(r'name="csrf" value="(\w+)"', page.body)[1]
    form = {"csrf": mark, "user": "root", "password": SECRET}
    abroad = visitor.ask("/account/login", "POST", form=form, origin="http://evil.example")
    visitor.cookies.clear()
    bare = visitor.ask("/account/login", "POST", form=form)
    assert (abroad.status, bare.status) == (403, 403)


def test_too_long_a_form_is_not_read(visitor):
    assert visitor.sign_in(user="x" * 9000).status == 403


@pytest.mark.parametrize(
    "away", ["//evil.example/x", "https://evil.example", "/\\evil.example", "/account/logout", ""]
)
def test_signing_in_leads_to_our_own_pages_only(visitor, away):
    assert visitor.sign_in(next=away).headers["location"] == "/?lang=zh"


def test_names_on_the_page_are_text_and_never_markup(visitor):
    body = visitor.sign_in(user='"><script>x</script>', password="wrong one!").body  # noqa: S106
    assert "<script" not in body
    assert "&lt;script&gt;" in body


def test_the_page_speaks_both_languages(visitor):
    assert '<html lang="zh-CN">' in visitor.ask("/", **PAGE).body
    assert '<html lang="en">' in visitor.ask("/stock?lang=en", **PAGE).body
    assert "Sign in" in visitor.ask("/account/login?lang=en").body


# --- signing out, ends -----------------------------------------------------------------------


def test_signing_out_ends_the_session_everywhere(visitor):
    visitor.sign_in()
    kept = dict(visitor.cookies)
    mark = door.mark_of(visitor.cookies["supplies_session"])
    assert visitor.ask("/account/logout", "POST", form={"csrf": "no"}).status == 403
    assert visitor.ask("/").status == 200
    answer = visitor.ask("/account/logout", "POST", form={"csrf": mark})
    assert (answer.status, answer.headers["location"]) == (303, "/account/login")
    assert "supplies_session" not in visitor.cookies
    visitor.cookies = kept
    assert visitor.ask("/").status == 401
    assert visitor.socket(origin="http://supplies.city.example") == 1008


def test_a_session_that_is_over_asks_to_sign_in_again(visitor, monkeypatch):
    visitor.sign_in()
    late = datetime.now().astimezone() + timedelta(hours=12, minutes=1)
    monkeypatch.setattr(sessions, "now", lambda: late)
    answer = visitor.ask("/", **PAGE)
    assert answer.status == 401
    assert "登录已失效" in answer.body


# --- every answer ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/account/login", "/media/x"])
def test_every_answer_carries_the_security_headers(visitor, path):
    headers = visitor.ask(path, **PAGE).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_the_policy_names_no_other_host():
    assert not re.search(r"https?:|\*", gate.POLICY)


# --- a ledger without users ------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "[::1]:8501"])
def test_a_ledger_without_users_opens_on_its_own_machine(desk, host):
    assert Visitor(client="127.0.0.1", host=host).ask("/").body == "inside"


@pytest.mark.parametrize(
    ("client", "host"),
    [("10.0.0.7", "127.0.0.1"), ("127.0.0.1", "evil.example"), ("", "127.0.0.1")],
)
def test_a_ledger_without_users_opens_to_nobody_else(desk, client, host):
    stranger = Visitor(client=client, host=host)
    answer = stranger.ask("/", **PAGE)
    assert answer.status == 403
    assert "supplies user add" in answer.body
    assert stranger.socket(origin=f"http://{host}") == 1008


def test_a_door_without_a_ledger_stays_shut(empty_db, monkeypatch):
    monkeypatch.setenv("SUPPLIES_DB", "sqlite:////nowhere/at/all.db")
    answer = Visitor().ask("/", **PAGE)
    assert answer.status == 503
    assert "inside" not in answer.body


# --- the organisation's sign-in --------------------------------------------------------------


@pytest.fixture
def abroad(users, monkeypatch):
    """A visitor who comes back from the organisation with claims under our seal."""
    root = tasks.actor_of(users, tasks.sign_in(users, "root", SECRET))
    tasks.add_user(replace(users, actor=root), "li", subject="li@city.example", role="auditor")
    claims = {
        "is_logged_in": True, "iss": "https://login.city.example", "sub": "0815",
        "email": "li@city.example", "email_verified": True, "iat": time.time(),
    }  # fmt: skip
    monkeypatch.setattr(organisation, "providers", lambda: ["default"])
    monkeypatch.setattr(organisation, "claims_of", lambda request: dict(claims))
    visitor = Visitor()
    visitor.cookies["_streamlit_user"] = "sealed"
    return visitor, claims


def test_who_comes_back_from_the_organisation_gets_a_session_like_others(abroad):
    visitor, _ = abroad
    answer = visitor.ask("/stock?lang=en", **PAGE)
    assert (answer.status, answer.headers["location"]) == (303, "/stock?lang=en")
    assert "_streamlit_user" not in visitor.cookies
    assert visitor.ask("/").body == "inside"


def test_who_is_unknown_here_is_told_so(abroad):
    visitor, claims = abroad
    claims["email"] = "stranger@city.example"
    answer = visitor.ask("/", **PAGE)
    assert answer.status == 403
    assert "stranger@city.example" in answer.body
    assert "supplies_session" not in visitor.cookies


def test_an_old_sign_in_there_opens_nothing_here(abroad):
    visitor, claims = abroad
    claims["iat"] = time.time() - 3600
    answer = visitor.ask("/", **PAGE)
    assert answer.status == 401
    assert "supplies_session" not in visitor.cookies


def test_the_way_to_the_organisation_is_there_only_when_set_up(visitor, monkeypatch):
    assert visitor.ask("/auth/login").status == 401
    assert visitor.ask("/account/organisation").status == 404
    assert "/account/organisation" not in visitor.ask("/account/login").body
    monkeypatch.setattr(organisation, "providers", lambda: ["default", "province"])
    monkeypatch.setattr(
        "supplies.ui.account.generate_login_redirect_url", lambda name: f"/auth/login?{name}"
    )
    assert visitor.ask("/oauth2callback?state=x").body == "inside"
    assert visitor.ask("/account/login").body.count("/account/organisation?provider=") == 2
    answer = visitor.ask("/account/organisation?provider=province")
    assert (answer.status, answer.headers["location"]) == (303, "/auth/login?province")
    assert visitor.ask("/account/organisation?provider=other").status == 404


def test_claims_count_only_under_our_seal(users, monkeypatch):
    monkeypatch.setattr(organisation, "providers", lambda: ["default"])
    monkeypatch.setattr(organisation, "get_cookie_secret", lambda: "ours")

    def claims(secret):
        sealed = create_signed_value(
            secret, "_streamlit_user", '{"is_logged_in": true, "sub": "0815"}'
        )
        cookie = b"_streamlit_user=" + sealed
        return organisation.claims_of(Request({"type": "http", "headers": [(b"cookie", cookie)]}))

    assert claims("ours")["sub"] == "0815"
    assert claims("theirs") == {}


# --- the real server -------------------------------------------------------------------------


def test_streamlit_finds_the_gate_in_the_entry():
    found = discover_asgi_app(ROOT / "app.py")
    assert found.is_asgi_app
    assert found.app_name == "app"
    assert len((ROOT / "app.py").read_text("utf-8").splitlines()) < 40


def test_the_served_app_refuses_nobody_at_the_gate(users):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py",
         f"--server.port={port}", "--server.address=127.0.0.1"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def status(path, **headers):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            link.request("GET", path, headers=headers)
            return link.getresponse().status
        finally:
            link.close()

    try:
        end = time.monotonic() + 40
        while time.monotonic() < end:
            try:
                assert status("/_stcore/health") == 200
                break
            except OSError:
                time.sleep(0.2)
        assert status("/", Accept="text/html") == 401
        assert status("/media/x.xlsx") == 401
        upgrade = {
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": f"http://127.0.0.1:{port}",
        }  # fmt: skip
        assert status("/_stcore/stream", **upgrade) == 403
    finally:
        server.terminate()
        server.wait(10)
