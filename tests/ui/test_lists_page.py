"""What wants attention: seen on its page, summed up on the overview."""

from datetime import timedelta

import pytest

from supplies import tasks
from supplies.reports.frames.attention import SHAPES
from supplies.ui import texts
from tests.ui.test_pages import words_of

EAST = "county-990101-store"


@pytest.fixture(autouse=True)
def _no_jobs(monkeypatch):
    monkeypatch.setattr("supplies.ui.results.start", lambda *_: None)


@pytest.fixture
def desk(full_db, tinycity_dir):
    opened = tasks.open_desk(f"sqlite:///{full_db}", tinycity_dir)
    yield opened
    opened.store.close()


def test_the_lists_stand_on_their_page(desk, open_page):
    soon = (desk.day + timedelta(days=5)).isoformat()
    tasks.receive(desk, site=EAST, item="kit-firstaid", quantity=3, lot=soon, reason="r")
    app = open_page("lists")
    assert not app.exception
    assert [t.label for t in app.tabs] == [shape.title[0] for shape in SHAPES.values()]
    expiring = app.dataframe[0].value
    assert expiring["剩余天数"].tolist() == [5]
    assert "780" in str(expiring["账面价值(元)"].tolist())
    figures = {m.label: m.value for m in app.metric}
    assert figures[SHAPES["expiring"].title[0]] == "1 / 1"


def test_filters_narrow_the_lists(desk, open_page):
    app = open_page("lists", "en")
    every = {m.label: m.value for m in app.metric}
    app.selectbox(key="lists-site").select(EAST).run()
    here = {m.label: m.value for m in app.metric}
    name = SHAPES["undated"].title[1]
    assert (every[name], here[name]) == ("6", "2")


def test_the_overview_points_to_what_is_urgent(desk, open_page):
    assert texts.text("zh", "lists.nothing") in words_of(open_page("overview"))
    gone = (desk.day - timedelta(days=5)).isoformat()
    tasks.receive(desk, site=EAST, item="kit-firstaid", quantity=3, lot=gone, reason="r")
    assert f"{SHAPES['expiring'].title[0]} **1**" in words_of(open_page("overview"))
