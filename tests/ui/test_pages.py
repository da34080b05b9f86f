"""Each page opens in both languages and does what it is for."""

import re

import pytest

from supplies import tasks
from supplies.files import load_city
from supplies.ui import shell, texts

CHINESE = re.compile(r"[\u3400-\u9fff]+")
PAGES = tuple(shell.PAGES)


def words_of(app):
    """Return what stands on a page outside tables and fields of names."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    said = [str(e.value) for kind in kinds for e in getattr(app, kind)]
    said += [f"{m.label} {m.value}" for m in app.metric]
    said += [
        e.label
        for kind in ("button", "selectbox", "number_input", "text_input", "tabs")
        for e in getattr(app, kind)
    ]
    said += [str(o) for box in app.selectbox for o in box.options]
    said += [str(c) for f in app.dataframe for c in f.value.columns]
    return "\n".join(said)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_page_opens(full_db, open_page, tinycity_dir, name, lang):
    app = open_page(name, lang)
    assert not app.exception
    assert not app.error or name == "readiness"
    assert app.title[0].value == texts.text(lang, f"{name}.title")
    said = words_of(app)
    assert texts.text(lang, "shell.sample") in said
    if lang == "en":
        for agreement in load_city(tinycity_dir).agreements:
            said = said.replace(agreement.supplier_name, "")
        assert not CHINESE.findall(said.replace("中文", ""))


@pytest.mark.parametrize("name", ["overview", "stock", "dispatch"])
def test_empty_ledger_is_said(empty_db, open_page, name):
    app = open_page(name)
    assert not app.exception
    assert texts.text("zh", "samples.title") in words_of(app)


def test_overview_answers_and_lists_every_unit(full_db, open_page):
    app = open_page("overview")
    said = words_of(app)
    assert texts.text("zh", "overview.question") in said
    assert texts.text("zh", "overview.answer_no") in said
    units = app.dataframe[-1].value
    assert len(units) == 1 + 2 + 4


def test_overview_filters_by_tier_and_hazard(full_db, open_page):
    app = open_page("overview")
    app.session_state["overview-tier"] = "county"
    app.selectbox(key="overview-hazard").select("flood").run()
    units = app.dataframe[-1].value
    assert len(units) == 2
    assert set(units[texts.text("zh", "word.hazards_covered")]) <= {"0 / 1", "1 / 1"}


def test_language_switch_changes_every_word(full_db, open_page):
    app = open_page("sources", "zh")
    app.session_state["language"] = "en"
    app.run()
    assert app.title[0].value == texts.text("en", "sources.title")
    assert app.query_params["lang"] in ("en", ["en"])


def test_stock_filters_and_shows_movements(full_db, open_page):
    app = open_page("stock")
    assert len(app.dataframe[0].value) == 6
    app.selectbox(key="stock-site").select("county-990101-store").run()
    assert len(app.dataframe[0].value) == 2
    assert len(app.dataframe[1].value) == 2
    quantity = texts.text("zh", "word.quantity")
    assert sorted(app.dataframe[1].value[quantity]) == [60, 4000]


def test_readiness_says_why_not(full_db, open_page):
    app = open_page("readiness")
    assert len(app.error) == 1
    assert texts.text("zh", "readiness.witness") in words_of(app)
    assert len(app.selectbox(key="why-item").options) > 3


def test_price_of_self_sufficiency_compares_both_plans(full_db, open_page):
    app = open_page("readiness", "en")
    assert "Self-sufficiency costs" in words_of(app)


def test_sizing_is_asked_of_the_worker(full_db, open_page, monkeypatch):
    asked = []
    monkeypatch.setattr("supplies.ui.results.start", lambda *a: asked.append(a))
    app = open_page("readiness")
    app.number_input(key="plan-budget").set_value(50)
    app.button(key="plan-run").click().run()
    assert asked == [("plan", "own/500000", {"mode": "own", "budget": "500000", "seconds": 120})]


def test_readiness_is_proved_anew_when_stock_moves(full_db, open_page, tinycity_dir, monkeypatch):
    asked = []
    monkeypatch.setattr("supplies.ui.results.start", lambda *a: asked.append(a))
    open_page("overview")
    assert not asked
    desk = tasks.open_desk(f"sqlite:///{full_db}", tinycity_dir)
    tasks.receive(desk, site="city-990000-store", item="torch", quantity=5, reason="test")
    desk.store.close()
    app = open_page("overview")
    assert asked == [("readiness", "own", {"mode": "own"})]
    assert texts.text("zh", "job.stale") in words_of(app)


def test_dispatch_is_approved_only_after_a_second_word(full_db, open_page, tinycity_dir):
    app = open_page("dispatch")
    desk = tasks.open_desk(f"sqlite:///{full_db}", tinycity_dir)
    app.button(key="approve").click().run()
    assert not any(line.reserved for line in tasks.stock(desk))
    app.button(key="approve-yes").click().run()
    assert not app.exception
    assert len(app.success) >= 1
    assert any(line.reserved for line in tasks.stock(desk))
    desk.store.close()


def test_dispatch_builds_an_incident(full_db, open_page, monkeypatch):
    asked = []
    monkeypatch.setattr("supplies.ui.results.start", lambda *a: asked.append(a))
    app = open_page("dispatch")
    app.selectbox(key="incident").select("").run()
    assert texts.text("zh", "dispatch.nobody") in words_of(app)
    people = texts.text("zh", "dispatch.evacuated")
    app.session_state["affected"] = {
        "edited_rows": {0: {people: 300}}, "added_rows": [], "deleted_rows": []
    }  # fmt: skip
    app.run()
    app.button(key="dispatch-run").click().run()
    assert not app.exception
    ((step, key, arguments),) = asked
    assert (step, key[:6]) == ("dispatch", "built/")
    assert arguments["incident"]["affected"][0]["evacuated"] == 300


def test_procurement_asks_for_a_plan_first(empty_db, open_page, tinycity_dir):
    desk = tasks.open_desk(f"sqlite:///{empty_db}", tinycity_dir)
    tasks.receive(desk, site="city-990000-store", item="torch", quantity=5, reason="test")
    desk.store.close()
    assert texts.text("zh", "procure.none") in words_of(open_page("procurement"))


def test_sources_say_what_the_map_is_not_and_search_the_norms(full_db, open_page):
    app = open_page("sources")
    assert "不是标准地图" in words_of(app)
    every = len(app.dataframe[0].value)
    app.text_input(key="norm-search").set_value("救生衣").run()
    assert 0 < len(app.dataframe[0].value) < every


def test_a_database_of_another_city_is_one_clear_line(full_db, open_page, monkeypatch):
    monkeypatch.delenv("SUPPLIES_CITY")
    app = open_page("overview")
    assert not app.exception
    assert len(app.error) == 1
    assert "990000" in app.error[0].value
