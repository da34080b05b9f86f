"""Signing in and out in a real browser, in both languages, with Streamlit's own start."""

import os
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from supplies import tasks
from tests.e2e.browser import app, browser, chromium, outside, settle

pytestmark = pytest.mark.e2e
SECRET = "correct horse battery"  # noqa: S105
EAST = "county-990101-store"


@pytest.fixture(autouse=True)
def _needs_chromium():
    if chromium() is None:
        if os.environ.get("REQUIRE_E2E") == "1":
            pytest.fail("REQUIRE_E2E=1, but there is no Chromium on this machine")
        pytest.skip("no Chromium on this machine: signing in is not tried in a browser")


@pytest.fixture
def db(tmp_path, tinycity_dir):
    """A ledger with stock in two counties, an administrator and the keeper of one store."""
    url = f"sqlite:///{tmp_path / 'login.db'}"
    desk = tasks.open_desk(url, tinycity_dir)
    for site in (EAST, "county-990102-store"):
        tasks.receive(desk, site=site, item="torch", quantity=5, reason="采购")
    tasks.add_user(desk, "root", password=SECRET)
    token = tasks.sign_in(desk, "root", SECRET)
    admin = replace(desk, actor=tasks.actor_of(desk, token))
    tasks.add_user(admin, "li", name="李四", password=SECRET, role="keeper", place=EAST)
    desk.store.close()
    return url


def fill(page: Page, user: str, password: str, labels: tuple[str, str, str]) -> None:
    """Fill in the form and send it."""
    name, secret, send = labels
    page.get_by_label(name).fill(user)
    page.get_by_label(secret).fill(password)
    page.get_by_role("button", name=send).click()


def test_a_keeper_signs_in_sees_the_own_store_and_signs_out(db, tinycity_dir):
    zh, en = ("用户名", "密码", "登录"), ("User name", "Password", "Sign in")
    with app(db, tinycity_dir) as base, browser() as opened:
        context = opened.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        strangers, broken = outside(page, base), []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on(
            "console",
            lambda said: broken.append(said.text) if "Content Security" in said.text else None,
        )
        page.goto(f"{base}/stock")
        fill(page, "li", "wrong password", zh)
        expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
        page.get_by_role("link", name="English").click()
        fill(page, "li", SECRET, en)
        settle(page)
        expect(page.get_by_role("heading", name="Stock")).to_be_visible()
        expect(page.get_by_text("李四")).to_be_visible()
        menu = page.get_by_test_id("stSidebarNavLink")
        expect(menu.filter(has_text="Procurement")).to_have_count(0)
        storehouses = page.get_by_test_id("stMetric").filter(has_text="Storehouses")
        expect(storehouses).to_contain_text("1")
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        assert cookies["supplies_session"]["httpOnly"]
        assert cookies["supplies_session"]["sameSite"] == "Lax"

        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("用户名")).to_be_visible()
        page.goto(f"{base}/stock")
        expect(page.get_by_label("用户名")).to_be_visible()
        assert strangers == []
        assert broken == []
