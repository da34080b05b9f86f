"""Call-ups on the screen: each step is one click, taken once; a refusal is one line."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from supplies import tasks
from supplies.access import Actor, Grant, Role
from supplies.callups import Mode, Step
from supplies.ui import callup_bar, callup_open, callups, shell, texts
from supplies.ui.words import Words
from tests.ui.test_pages import CHINESE, words_of

EAST, WEST, CITY = "county-990101-store", "county-990102-store", "city-990000-store"
TENT, QUILT = "tent-12-single", "quilt-winter"


def text(key, lang="zh", **values):
    return texts.text(lang, f"callups.{key}", **values)


@pytest.fixture(autouse=True)
def _no_jobs(monkeypatch):
    monkeypatch.setattr("supplies.ui.results.start", lambda *_: None)


@pytest.fixture
def desk(full_db, tinycity_dir):
    opened = tasks.open_desk(f"sqlite:///{full_db}", tinycity_dir)
    tasks.receive(opened, site=CITY, item=QUILT, quantity=100, reason="采购")
    yield opened
    opened.store.close()


def asked(desk, *lines, **more):
    """A request with its sources found."""
    number = tasks.request_call_up(
        desk, area="990102", level="II", reason="山洪",
        lines=[tasks.Wanted(item=item, quantity=units) for item, units in lines], **more,
    ).call_up.id  # fmt: skip
    tasks.propose_call_up(desk, number)
    return number


def ordered(desk, *lines):
    number = asked(desk, *lines)
    tasks.approve_call_up(desk, number)
    tasks.reserve_call_up(desk, number)
    tasks.order_call_up(desk, number)
    return number


def seen(open_page, number, lang="zh"):
    """Return the page with one call-up open."""
    app = open_page("callups", lang)
    app.session_state[callups.OPEN] = number
    return app.run()


def find(widgets, label, nth=0):
    found = [w for w in widgets if w.label.startswith(label)]
    assert found, [w.label for w in widgets]
    return found[nth]


def press(app, label, nth=0):
    find([b for b in app.button if b.label == label], label, nth).click().run()
    assert not app.exception
    return app


def steps(app):
    """Return what stands on the bar of steps, sign and name."""
    (bar,) = [e.proto.body for e in app.main if e.type == "html" and "steps" in e.proto.body]
    return [box.split("</b>")[0] for box in bar.split("<b>")[1:]]


def goods(app):
    """Return the table of lines."""
    (frame,) = [f.value for f in app.dataframe if text("asked") in f.value.columns]
    return frame


def written(app):
    """A request for tents and quilts, filled in and not sent."""
    app.session_state[callups.VIEW] = "new"
    app.run()
    find(app.selectbox, text("area")).select("990102").run()
    find(app.text_input, text("incident")).set_value("西县山洪").run()
    app.session_state["callup-form1-level"] = "II"
    app.run()
    quantity = texts.text("zh", "word.quantity")
    find(app.selectbox, "物资").select(TENT).run()
    find(app.number_input, quantity).set_value(20).run()
    press(app, texts.text("zh", "vouchers.add_line"))
    find(app.selectbox, "物资", 1).select(QUILT).run()
    find(app.number_input, quantity, 1).set_value(120).run()
    return app


def test_a_night_call_goes_from_the_request_to_the_settlement(desk, open_page):
    app = press(written(open_page("callups")), text("send"))
    (line,) = tasks.call_ups(desk)
    number, state = line.state.call_up.id, line.state
    assert (state.call_up.reason, state.papers, line.step) == ("西县山洪", "", Step.APPROVE)
    assert goods(app)[text("asked")].tolist() == [20, 120]
    for name in ("approve", "reserve", "order"):
        press(app, text(f"do_{name}"))
        assert app.success[0].value == text("done", step=text(f"do_{name}"))
    press(app, text("all_depart", n=2))
    assert steps(app)[4:6] == [f"✓ {text('stage_depart')}", f"● {text('stage_arrive')}"]
    (trip,) = tasks.call_up_state(desk, number).trips
    find(app.number_input, "2. ").set_value(35)
    find(app.text_input, text("lost_why")).set_value("雨淋霉变")
    press(app, text("do_arrive"))
    assert goods(app)[text("lost")].dropna().tolist() == [5]
    assert trip == f"{number}-1"
    find(app.radio, text("mode")).set_value(Mode.IN_KIND)
    press(app, text("do_settle"))
    assert goods(app)[text("to_refill")].tolist() == [20, 35]
    press(app, text("do_refill"))
    press(app, text("do_papers"), -1)  # without a number
    assert len(app.error) == 1
    find(app.text_input, text("papers_number")).set_value("西应急〔2026〕9号")
    press(app, text("do_papers"), -1)
    press(app, text("do_close"))
    assert tasks.call_up_state(desk, number).ended is Step.CLOSE
    assert {s[0] for s in steps(app)} == {"✓"}
    assert not [b for b in app.button if b.label.startswith(text("do_cancel"))]
    assert tasks.verify(desk) == []


def test_a_refusal_is_one_line_and_what_was_typed_stays(desk, open_page):
    number = ordered(desk, (QUILT, 120))
    tasks.depart_call_up(desk, number, site=CITY)
    app = seen(open_page, number)
    find(app.number_input, "1. ").set_value(30)
    press(app, text("do_arrive"))
    (refusal,) = app.error
    assert "短少原因" in refusal.value
    assert "\n" not in refusal.value
    assert find(app.number_input, "1. ").value == 30
    assert tasks.call_up_state(desk, number).trips


def test_a_second_click_takes_the_step_once(desk, open_page, monkeypatch):
    number = ordered(desk, (QUILT, 100))
    before = tasks.call_up(desk, number)
    app = seen(open_page, number)
    find(app.number_input, "1. ").set_value(10)
    press(app, text("do_depart"))
    # The second click comes from the page as it was before the first.
    monkeypatch.setattr(tasks, "call_up", lambda *_: before)
    find(app.run().number_input, "1. ").set_value(10)
    press(app, text("do_depart"))
    monkeypatch.undo()
    assert tasks.call_up_state(desk, number).total("sent") == 10


def test_a_click_that_somebody_else_has_overtaken_does_nothing_and_says_so(desk, open_page):
    number = asked(desk, (QUILT, 100))
    app = seen(open_page, number)
    assert not app.info
    tasks.approve_call_up(desk, number, cut={1: 50})
    press(app, text("do_approve"))
    assert app.info[0].value == text("overtaken")
    assert goods(app)[text("approved")].tolist() == [50]


def test_a_second_click_on_the_request_asks_once(desk, open_page):
    app = written(open_page("callups"))
    draft = app.session_state["callup-draft"]
    press(app, text("send"))
    app.session_state["callup-draft"] = draft  # the first click's form, clicked again
    app.session_state[callups.OPEN] = None
    app.session_state[callups.VIEW] = "new"
    press(app.run(), text("send"))
    assert len(tasks.call_ups(desk)) == 1


def test_a_request_says_what_is_missing(desk, open_page):
    app = open_page("callups")
    app.session_state[callups.VIEW] = "new"
    press(app.run(), text("send"))
    assert app.warning[0].value == texts.text(
        "zh", "vouchers.missing", names="申请单位、响应级别、物资、事由"
    )
    assert tasks.call_ups(desk) == []


def test_an_approver_cuts_a_line_or_says_no(desk, open_page):
    number = asked(desk, (QUILT, 120))
    app = seen(open_page, number)
    press(app, text("do_refuse"), -1)
    assert len(app.error) == 1  # without a reason
    find(app.number_input, "1. ").set_value(90)
    press(app, text("do_approve"))
    assert goods(app)[text("approved")].tolist() == [90]
    press(app, text("do_cancel"), -1)
    find(app.text_input, text("why"), -1).set_value("水退")
    press(app, text("do_cancel"), -1)
    assert steps(app)[-1] == f"✕ {text('stage_cancel')}"


def test_nothing_sent_is_no_step(desk, open_page):
    number = ordered(desk, (TENT, 5))
    app = seen(open_page, number)
    find(app.number_input, "1. ").set_value(0)
    press(app, text("do_depart"))
    assert app.warning[0].value == text("nothing")
    assert not tasks.call_up_state(desk, number).departures


def test_who_may_not_decide_reads_whose_turn_it_is(desk, open_page, monkeypatch):
    number = asked(desk, (TENT, 5))
    planner = Actor(user="li", grants=(Grant(role=Role.COUNTY_PLANNER, place="990102"),))
    monkeypatch.setattr(shell, "desk", lambda _: replace(desk, actor=planner))
    app = seen(open_page, number)
    assert not app.exception
    assert not [b for b in app.button if b.label == text("do_approve")]
    assert "由他人办理" in words_of(app)


def test_the_list_has_open_ones_first_with_what_they_wait_for(desk, open_page):
    first = asked(desk, (TENT, 5))
    last = asked(desk, (TENT, 5))
    tasks.refuse_call_up(desk, last, reason="重复")
    app = open_page("callups")
    frame = app.dataframe[0].value
    assert frame[text("number")].tolist() == [first, last]
    assert frame[text("waits")].tolist() == [["待审批"], ["驳回"]]
    assert [(m.label, m.value) for m in app.metric][:2] == [
        (text("kpi_open"), "1"), (text("kpi_waiting"), "1"),
    ]  # fmt: skip


def test_a_call_up_nobody_knows_is_one_line(desk, open_page):
    app = seen(open_page, "C999999")
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.parametrize("come", [0, 1, 2, 3, 4, 5, 6, 7])
def test_every_state_is_told_in_english(desk, open_page, come):
    number = asked(desk, (TENT, 5), (QUILT, 250), order=tasks.Order(asked_by="Li"))
    for act, more in (
        (tasks.approve_call_up, {}),
        (tasks.reserve_call_up, {}),
        (tasks.order_call_up, {"order": tasks.Order(order_number="7")}),
        (tasks.depart_call_up, {"site": CITY}),
        (tasks.arrive_call_up, {}),
        (tasks.settle_call_up, {"mode": "requester"}),
        (tasks.pay_call_up, {"amount_cny": Decimal(1)}),
    )[:come]:
        act(desk, number, **more)
    app = seen(open_page, number, "en")
    assert not app.exception
    said = words_of(app).replace("中文", "").replace("山洪", "")
    for box in app.selectbox:
        said = said.replace("\n".join(map(str, box.options)), "")
    assert not CHINESE.findall(said)


def test_debts_are_listed_with_those_overdue(desk, open_page):
    number = ordered(desk, (TENT, 5))
    tasks.depart_call_up(desk, number, site=CITY)
    tasks.arrive_call_up(desk, number)
    tasks.settle_call_up(desk, number, mode="in_kind", due=desk.day.replace(year=2020))
    app = open_page("callups")
    assert find(app.metric, text("kpi_owed")).value == "1 / 1"
    app.session_state[callups.VIEW] = "debts"
    app.run()
    (row,) = app.dataframe[-1].value.to_dict("records")
    assert row[texts.text("zh", "vouchers.state")] == [text("overdue")]


def test_the_papers_of_a_call_up_are_printed(desk, open_page):
    number = ordered(desk, (TENT, 5))
    assert not seen(open_page, number).exception
    target = io.BytesIO()
    view = shell.View(desk, Words(desk.city, "zh"), dark=False)
    callup_open._write(view, number, target)
    assert len(openpyxl.load_workbook(target).sheetnames) == 6


def test_steps_that_were_not_needed_are_passed_over(desk):
    number = asked(desk, (TENT, 5))
    tasks.refuse_call_up(desk, number, reason="重复")
    case, state = tasks.call_up(desk, number), tasks.call_up_state(desk, number)
    marks = [stage.mark for stage in callup_bar.stages(case, state)]
    assert marks == ["done", "bad", *["skip"] * 7]
