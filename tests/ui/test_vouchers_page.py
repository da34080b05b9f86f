"""Vouchers on the screen: looked at, posted once, printed; a refusal is one line."""

import io
from datetime import timedelta

import openpyxl
import pytest

from supplies import tasks
from supplies.ledger import Kind
from supplies.ui import texts, voucher_open
from supplies.ui.voucher_kinds import FORMS
from tests.ui.test_pages import CHINESE, words_of

EAST, WEST, CITY = "county-990101-store", "county-990102-store", "city-990000-store"


def text(key, lang="zh", **values):
    return texts.text(lang, f"vouchers.{key}", **values)


@pytest.fixture(autouse=True)
def _no_jobs(monkeypatch):
    monkeypatch.setattr("supplies.ui.results.start", lambda *_: None)


@pytest.fixture
def desk(full_db, tinycity_dir):
    opened = tasks.open_desk(f"sqlite:///{full_db}", tinycity_dir)
    yield opened
    opened.store.close()


def held(desk, item, site):
    return sum(line.quantity for line in tasks.stock(desk, item=item, site=site))


def box(app, label):
    """Return the choice with a label."""
    (found,) = [b for b in app.selectbox if b.label == label]
    return found


def field(app, label):
    (found,) = [b for b in (*app.text_input, *app.number_input) if b.label.startswith(label)]
    return found


def shown(app):
    """Return the table of an effect."""
    (found,) = [f.value for f in app.dataframe if text("before") in f.value.columns]
    return found


def press(app, label):
    (found,) = [b for b in app.button if b.label == label]
    assert not found.disabled, [c.value for c in app.caption]
    return found.click().run()


def choose(app, kind):
    number = app.session_state["voucher-draft"].number
    app.session_state[f"voucher{number}-kind"] = kind
    return app.run()


def fill(app, *, site=EAST, item="bed-folding", quantity=5, reason="夜间转移安置"):
    name = "发出库点 *" if any(b.label == "发出库点 *" for b in app.selectbox) else "库点 *"
    box(app, name).select(site).run()
    box(app, "物资").select(item).run()
    field(app, "数量").set_value(quantity).run()
    return field(app, "事由").set_value(reason).run()


def test_an_issue_is_looked_at_posted_and_printed(desk, open_page):
    app = fill(open_page("vouchers"))
    assert [m for m in app.markdown if "可用 **60 张**" in m.value]
    press(app, text("look"))
    effect = shown(app)
    assert (effect[text("before")].tolist(), effect[text("after")].tolist()) == ([60], [55])
    assert held(desk, "bed-folding", EAST) == 60
    press(app, text("post"))
    assert not app.exception
    assert held(desk, "bed-folding", EAST) == 55
    (said,) = app.success
    number = said.value.split()[-1]
    assert desk.store.voucher(number).paper.kind is Kind.ISSUE
    target = io.BytesIO()
    tasks.write_voucher(desk, number, target)
    assert openpyxl.load_workbook(target).sheetnames
    assert field(app, "事由").value == ""
    assert box(app, "库点 *").value == EAST


def test_a_double_click_posts_once(desk, open_page):
    app = fill(open_page("vouchers"))
    draft = app.session_state["voucher-draft"]
    press(app, text("post"))
    app.session_state["voucher-draft"] = draft  # the first click's form, clicked again
    press(app.run(), text("post"))
    assert held(desk, "bed-folding", EAST) == 55


def test_a_refusal_is_one_line_and_nothing_is_lost(desk, open_page):
    app = fill(open_page("vouchers"), quantity=61)
    press(app, text("post"))
    assert not app.exception
    (refusal,) = app.error
    assert "60" in refusal.value
    assert "\n" not in refusal.value
    assert field(app, "数量").value == 61
    assert held(desk, "bed-folding", EAST) == 60


def test_what_is_missing_is_said_and_nothing_is_posted(desk, open_page):
    before = desk.store.revision()
    app = press(open_page("vouchers"), text("post"))
    (said,) = app.warning
    assert said.value == text("missing", names="库点、物资、事由")
    app = fill(app)
    (late,) = [t for t in app.toggle if t.label == text("is_late")]
    app = press(late.set_value(True).run(), text("post"))
    assert app.warning[0].value == text("missing", names="凭证日期、补记原因")
    assert desk.store.revision() == before


def test_a_form_outlives_a_look_at_another_page(full_db, open_page):
    app = fill(open_page("vouchers"))
    app.switch_page("stock.py").run()
    app.switch_page("vouchers.py").run()
    assert field(app, "数量").value == 5
    assert field(app, "事由").value == "夜间转移安置"
    assert box(app, "物资").value == "bed-folding"


def test_several_goods_go_on_one_voucher(desk, open_page):
    app = fill(open_page("vouchers"))
    press(app, text("add_line"))
    box(app, "物资").select("bag-woven").run()
    field(app, "数量").set_value(1000).run()
    press(app, text("post"))
    (head,) = tasks.list_vouchers(desk, kinds=["issue"])
    assert {m.item for m in desk.store.voucher(head.id).moves} == {"bed-folding", "bag-woven"}


def test_an_earlier_day_is_looked_at_before_it_is_posted(desk, open_page):
    today = desk.day
    app = fill(open_page("vouchers"))
    choose(app, Kind.RECEIPT)
    box(app, "物资").select("bed-folding").run()
    field(app, "数量").set_value(9).run()
    (late,) = [t for t in app.toggle if t.label == text("is_late")]
    late.set_value(True).run()
    (day,) = [d for d in app.date_input if d.label == text("day")]
    day.set_value(today - timedelta(days=3)).run()
    field(app, text("late")).set_value("停电").run()
    (post,) = [b for b in app.button if b.label == text("post")]
    assert post.disabled
    press(app, text("look"))
    effect = shown(app)
    assert effect[text("on")].tolist() == [today - timedelta(days=3), today]
    assert effect[text("after")].tolist() == [9, 69]
    press(app, text("post"))
    (head,) = tasks.list_vouchers(desk, kinds=["receipt"], until=today - timedelta(days=1))
    assert (head.day, head.backdated) == (today - timedelta(days=3), "停电")


def test_goods_on_the_way_are_signed_for_from_their_voucher(desk, open_page):
    sent = tasks.depart(
        desk, source=EAST, target=WEST, item="bed-folding", quantity=20, reason="支援"
    )
    app = open_page("vouchers")
    app.session_state[voucher_open.WRITE] = "list"
    app.session_state["voucher-open"] = sent.id
    app.run()
    press(app, text("arrive"))
    assert app.session_state["voucher-draft"].kind is Kind.ARRIVAL
    field(app, "实收 折叠床").set_value(18).run()
    field(app, text("lost")).set_value("淋湿").run()
    field(app, "事由").set_value("到货").run()
    (handed,) = [t for t in app.toggle if t.label == text("hand_over")]
    handed.set_value(True).run()
    press(app, text("post"))
    assert not app.exception
    assert held(desk, "bed-folding", WEST) == 18
    assert tasks.in_transit(desk) == []


def test_a_telephone_order_stands_under_to_do_until_its_papers_come(desk, open_page):
    app = fill(open_page("vouchers"))
    (phone,) = [t for t in app.toggle if t.label == text("by_phone")]
    phone.set_value(True).run()
    press(app, text("post"))
    (due,) = tasks.papers_due(desk)
    app.session_state[voucher_open.WRITE] = "list"
    app.session_state["voucher-open"] = due.subject
    app.run()
    app.text_input(key=f"papers-{due.subject}").set_value("东应急调〔2026〕8号").run()
    app.button(key=f"papers-yes-{due.subject}").click().run()
    assert not app.exception
    assert tasks.papers_due(desk) == []


def test_a_voucher_is_reversed_with_a_reason(desk, open_page):
    posted = tasks.issue(desk, site=EAST, item="bed-folding", quantity=4, reason="r")
    app = open_page("vouchers")
    app.session_state[voucher_open.WRITE] = "list"
    app.session_state["voucher-open"] = posted.id
    app.run()
    app.button(key=f"reverse-yes-{posted.id}").click().run()
    assert len(app.error) == 1  # without a reason
    app.text_input(key=f"reverse-{posted.id}").set_value("记错").run()
    app.button(key=f"reverse-yes-{posted.id}").click().run()
    assert held(desk, "bed-folding", EAST) == 60
    assert text("undone") in words_of(app)


def test_the_list_is_filtered(desk, open_page):
    tasks.issue(desk, site=EAST, item="bed-folding", quantity=4, reason="r")
    app = open_page("vouchers")
    app.session_state[voucher_open.WRITE] = "list"
    app.run()
    every = len(app.dataframe[-1].value)
    app.multiselect(key="vouchers-kinds").select(Kind.ISSUE).run()
    assert (every, len(app.dataframe[-1].value)) == (7, 1)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", FORMS, ids=lambda k: k.value)
def test_every_kind_has_its_form(full_db, open_page, kind, lang):
    app = choose(open_page("vouchers", lang), kind)
    assert not app.exception
    assert not app.error
    assert app.session_state["voucher-draft"].kind is kind
    if lang == "en":
        said = words_of(app)
        for box_ in app.selectbox:
            said = said.replace("\n".join(map(str, box_.options)), "")
        assert not CHINESE.findall(said.replace("中文", ""))
