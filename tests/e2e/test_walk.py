"""One walk through the screens in a real browser, from an empty ledger to a dispatch."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import app, browser, chromium, outside, settle

pytestmark = pytest.mark.e2e
LONG_MS = 240_000


@pytest.fixture(autouse=True)
def _needs_chromium():
    if chromium() is None:
        if os.environ.get("REQUIRE_E2E") == "1":
            pytest.fail("REQUIRE_E2E=1, but there is no Chromium on this machine")
        pytest.skip("no Chromium on this machine: the walk through the screens is left out")


def visit(page: Page, name: str) -> None:
    """Go to a page by its name in the menu."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    page.wait_for_timeout(500)
    settle(page)


def test_from_an_empty_ledger_to_a_dispatch(tmp_path: Path):
    with app(f"sqlite:///{tmp_path / 'walk.db'}") as base, browser() as opened:
        page = opened.new_page(viewport={"width": 1440, "height": 900})
        strangers, broken = outside(page, base), []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(base)
        settle(page)

        # an empty ledger says so and offers the samples
        expect(page.get_by_text("账本是空的")).to_be_visible()
        page.get_by_role("button", name=re.compile("导入 4 份样例工作簿")).click()
        expect(page.get_by_text("现有物资能否支撑Ⅰ级响应？")).to_be_visible(timeout=LONG_MS)
        expect(page.locator(".js-plotly-plot canvas").first).to_be_visible(timeout=30_000)

        # the other language, and back
        page.get_by_role("radio", name="English").click()
        expect(page.get_by_role("heading", name="Emergency supplies at a glance")).to_be_visible()
        assert "lang=en" in page.url
        page.get_by_role("radio", name="中文").click()
        expect(page.get_by_role("heading", name="应急物资总览")).to_be_visible()

        visit(page, "库存")
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
        visit(page, "就绪与储备")
        expect(page.get_by_text("为什么不能（可逐条核对）")).to_be_visible(timeout=30_000)

        # a dispatch of one county, computed by the worker while the page stays alive
        visit(page, "调度")
        page.get_by_role("combobox", name=re.compile("事件")).click()
        page.get_by_role("option", name="县级Ⅰ级洪水（示例）").click()
        settle(page)
        page.get_by_role("button", name="制定调度方案").click()
        expect(page.get_by_text("72 小时内送达")).to_be_visible(timeout=LONG_MS)
        with page.expect_download() as download:
            page.get_by_role("button", name="下载调度工作簿").click()
        assert download.value.suggested_filename == "dispatch.xlsx"

        assert strangers == []
        assert broken == []
