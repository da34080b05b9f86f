"""Pages in a ledger with users: each shows what its reader may see and do, at every run."""

from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from supplies import tasks, worker
from supplies.errors import AccessError
from supplies.tasks import accounts, sessions
from supplies.ui import jobs, shell, texts
from tests.ui.test_jobs import request
from tests.ui.test_pages import words_of

SECRET = "correct horse battery"  # noqa: S105
EAST = "county-990101-store"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    def cheap():
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

    monkeypatch.setattr(sessions, "hasher", cheap)
    monkeypatch.setattr(accounts, "hasher", cheap)
    monkeypatch.setattr("supplies.ui.results.start", lambda *_: None)


@pytest.fixture
def admin(full_db, tinycity_dir):
    desk = tasks.open_desk(f"sqlite:///{full_db}", tinycity_dir)
    tasks.add_user(desk, "root", password=SECRET)
    token = tasks.sign_in(desk, "root", SECRET)
    yield replace(desk, actor=tasks.actor_of(desk, token))
    desk.store.close()


@pytest.fixture
def sign_in(admin, monkeypatch):
    """Let somebody with a role read the pages; return the token."""

    def act(role, place=""):
        tasks.add_user(admin, "li", name="李四", password=SECRET, role=role, place=place)
        token = tasks.sign_in(admin, "li", SECRET)
        monkeypatch.setattr(shell, "token", lambda: token)
        return token

    return act


def zh(key, **values):
    return texts.text("zh", key, **values)


def test_without_a_session_no_page_shows_anything(admin, open_page):
    app = open_page("overview")
    assert not app.exception
    assert "supplies login" in app.error[0].value
    assert not app.title
    assert not app.dataframe


@pytest.mark.parametrize(
    ("role", "place", "hidden"),
    [
        ("keeper", EAST, {"overview", "readiness", "dispatch", "procurement"}),
        ("county_planner", "990101", {"upload", "procurement"}),
        ("city_planner", "", {"upload"}),
        ("procurement", "", set()),
        ("approver", "990101", {"upload", "procurement"}),
        ("auditor", "", {"upload"}),
    ],
)
def test_pages_of_no_use_are_not_in_the_menu(admin, sign_in, role, place, hidden):
    token = sign_in(role, place)
    mine = replace(admin, actor=tasks.actor_of(admin, token))
    assert set(shell.PAGES) - set(shell.pages_for(mine)) == hidden


def test_a_keeper_sees_own_stock_and_the_way_out(sign_in, open_page):
    sign_in("keeper", EAST)
    app = open_page("stock")
    assert not app.exception
    assert len(app.dataframe[0].value) == 2
    html = "".join(str(e.proto.body) for e in app.main if e.type == "html")
    html += "".join(str(e.proto.body) for e in app.sidebar if e.type == "html")
    assert "李四" in html
    assert 'action="/account/logout"' in html


def test_a_county_planner_sees_own_units_only(admin, sign_in, open_page, tinycity_dir, full_db):
    token = sign_in("county_planner", "990101")
    asked = request(full_db, tinycity_dir) | {"token": token}
    worker.run(asked, lambda *_: None)
    app = open_page("overview")
    assert not app.exception
    assert len(app.dataframe[-1].value) == 1 + 2
    app = open_page("readiness")
    assert not app.exception
    assert zh("plan.tab") not in words_of(app)


@pytest.mark.parametrize(("role", "offered"), [("auditor", False), ("approver", True)])
def test_approval_is_offered_to_approvers(sign_in, open_page, role, offered):
    sign_in(role)
    app = open_page("dispatch")
    assert not app.exception
    assert any(b.key == "approve" for b in app.button) == offered
    assert app.button(key="dispatch-run").disabled


def test_a_session_that_ended_stops_the_page(admin, sign_in, open_page):
    token = sign_in("auditor")
    app = open_page("stock")
    assert app.dataframe
    tasks.sign_out(admin, token)
    app.run()
    assert "登录已失效" in app.error[0].value
    assert not app.dataframe


def test_a_right_taken_away_is_gone_with_the_next_click(admin, sign_in, open_page):
    sign_in("auditor")
    app = open_page("stock")
    assert app.title[0].value == zh("stock.title")
    tasks.remove_role(admin, "li", "auditor")
    app.run()
    assert not app.exception
    assert app.title[0].value == zh("sources.title")  # norms and sources are everybody's


def test_a_refusal_of_a_task_is_one_clear_line(sign_in, open_page, monkeypatch):
    sign_in("auditor")

    def refuse(*_, **__):
        raise AccessError("用户 li 无权 | user li may not")

    monkeypatch.setattr("supplies.tasks.holdings.readable", refuse)
    app = open_page("stock")
    assert not app.exception
    assert [e.value for e in app.error] == ["不允许：用户 li 无权"]


def test_a_long_step_is_done_as_the_signed_in_user(admin, sign_in, full_db, tinycity_dir):
    asked = request(full_db, tinycity_dir)
    with pytest.raises(AccessError, match="sign in first"):
        worker.run(asked, lambda *_: None)
    token = sign_in("keeper", EAST)
    with pytest.raises(AccessError, match="li may not look"):
        worker.run(asked | {"token": token}, lambda *_: None)
    tasks.remove_role(admin, "li", "keeper", EAST)
    tasks.set_role(admin, "li", "auditor")
    worker.run(asked | {"token": token}, lambda *_: None)
    assert tasks.load_result(admin, "readiness", "own/stamp")["by"] == "li"


def test_a_token_never_stands_on_a_command_line(monkeypatch):
    started = []
    monkeypatch.setattr(jobs.subprocess, "Popen", lambda command, **_: started.append(command))
    runner = jobs.Runner()
    with pytest.raises(TypeError):  # nothing was started, so there is nothing to talk to
        runner._run(jobs.Job(id="1", step="plan", key="own", request={"token": "secret"}))
    assert "secret" not in " ".join(started[0])
