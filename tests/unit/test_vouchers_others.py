"""Vouchers with another party, papers and money that follow, late entries, undoing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from supplies import tasks
from supplies.access import Actor, Grant, Role
from supplies.errors import AccessError, CityError, LedgerError, OverdrawnError
from supplies.store import papers
from supplies.tasks import Line, Order

DAY = date(2026, 11, 23)
CITY = "city-990000-store"
EAST = "county-990101-store"
WEST = "county-990102-store"
PARTY = Order(party="甲单位", due=DAY + timedelta(30))


@pytest.fixture
def desk(store_url, tinycity_dir):
    opened = tasks.open_desk(store_url, tinycity_dir, day=DAY, user="tester")
    tasks.receive(opened, site=EAST, item="torch", quantity=30, reason="采购", lot="2029-06-30")
    yield opened
    assert tasks.verify(opened) == []
    opened.store.close()


def on_hand(desk, site=EAST, item="torch"):
    return sum(s.quantity for s in tasks.stock(desk, site=site, item=item))


def reading(desk, what, *args):
    with desk.store.reading() as reader:
        return what(reader, *args)


# --- loans, gifts, requisitions ------------------------------------------------------------------


def test_what_is_lent_comes_back_in_parts_and_never_more(desk):
    loan = tasks.lend(desk, site=EAST, item="torch", quantity=12, reason="借用", order=PARTY)
    (line,) = reading(desk, papers.loans_open)
    assert (line.kind, line.party, line.due, line.open) == (
        "loan_out", "甲单位", DAY + timedelta(30), 12,
    )  # fmt: skip
    back = tasks.give_back(desk, loan=loan.id, item="torch", quantity=5, reason="还")
    assert back.paper.refers == loan.id
    with pytest.raises(LedgerError, match="more than the 7"):
        tasks.give_back(desk, loan=loan.id, item="torch", quantity=8, reason="还")
    tasks.give_back(desk, loan=loan.id, reason="还清")
    assert on_hand(desk) == 30
    assert reading(desk, papers.loans_open) == []
    with pytest.raises(LedgerError, match="has ended"):
        tasks.give_back(desk, loan=loan.id, reason="还")
    tasks.reverse(desk, back.id, reason="记错")
    assert [o.open for o in reading(desk, papers.loans_open)] == [5]


def test_what_we_borrowed_goes_back_the_borrowed_lots_first(desk):
    loan = tasks.borrow(
        desk, site=EAST, item="torch", quantity=8, lot="2027-06-30", reason="借", order=PARTY
    )
    assert {s.source_mode for s in tasks.stock(desk, item="torch")} == {"physical", "borrowed"}
    tasks.issue(desk, site=EAST, item="torch", quantity=3, reason="救灾")
    back = tasks.give_back(desk, loan=loan.id, reason="还")
    assert {(m.lot, m.quantity) for m in back.moves} == {
        ("E20270630.county.~borrowed", 5), ("E20290630.county", 3),
    }  # fmt: skip
    assert reading(desk, papers.loans_open) == []


def test_a_stock_list_with_borrowed_goods_comes_back_without_a_change(desk, tmp_path):
    tasks.borrow(desk, site=EAST, item="torch", quantity=8, reason="借", order=PARTY)
    out = tmp_path / "stock.xlsx"
    tasks.write_stock(desk, out, tasks.stock(desk))
    back = tasks.post_import(desk, out, out.name)
    assert (back.read, back.unchanged) == (2, 2)


def test_a_loan_back_needs_a_loan(desk):
    with pytest.raises(LedgerError, match="no loan"):
        tasks.give_back(desk, loan="V000001", reason="还")
    with pytest.raises(LedgerError, match="no voucher"):
        tasks.give_back(desk, loan="V9", reason="还")


@pytest.mark.parametrize(
    ("act", "order", "said"),
    [
        (tasks.lend, Order(due=DAY), "other party"),
        (tasks.lend, Order(party="甲"), "day it is due"),
        (tasks.borrow, Order(due=DAY), "other party"),
        (tasks.donate, Order(), "other party"),
        (tasks.requisition, Order(party="甲", due=DAY), "the amount"),
        (tasks.requisition, Order(party="甲", amount_cny=Decimal(1)), "day it is due"),
        (tasks.lend, Order(party="甲", due=DAY - timedelta(1)), "before the voucher"),
        (tasks.donate, Order(party="甲", amount_cny=Decimal("0.001")), "finer than"),
        (tasks.donate, Order(party="甲", amount_cny=Decimal(-1)), "zero or more"),
    ],
)
def test_a_voucher_with_another_party_says_who_and_until_when(desk, act, order, said):
    before = desk.store.revision()
    with pytest.raises(LedgerError, match=said):
        act(desk, site=EAST, item="torch", quantity=1, reason="x", order=order)
    assert desk.store.revision() == before


def test_donations_and_requisitions_come_in_and_compensation_is_paid_in_parts(desk):
    tasks.donate(
        desk, site=EAST, item="torch", quantity=5, reason="捐", order=Order(party="慈善会")
    )
    order = Order(party="丙公司", amount_cny=Decimal(900), due=DAY + timedelta(60))
    taken = tasks.requisition(desk, site=EAST, item="torch", quantity=9, reason="抢险", order=order)
    assert on_hand(desk) == 44
    tasks.pay(desk, voucher=taken.id, amount_cny=Decimal("400.50"))
    (owed,) = reading(desk, papers.compensation_open)
    assert (owed.amount_fen, owed.paid_fen, owed.party) == (90000, 40050, "丙公司")
    for amount in (Decimal(500), Decimal(0)):
        with pytest.raises(LedgerError, match=r"499.50 CNY open"):
            tasks.pay(desk, voucher=taken.id, amount_cny=amount)
    tasks.pay(desk, voucher=taken.id, amount_cny=Decimal("499.50"))
    assert reading(desk, papers.compensation_open) == []
    with pytest.raises(LedgerError, match="no amount due"):
        tasks.pay(desk, voucher="V000001", amount_cny=Decimal(1))


# --- call-off ------------------------------------------------------------------------------------

WATER = "sup-east-food|990101|water-bottled"


def call_off(desk, quantity=100, **change):
    ask = {"agreement": WATER, "site": EAST, "quantity": quantity, "reason": "救灾"}
    return tasks.call_off(desk, **{**ask, **change})


def test_agreed_goods_are_on_the_way_until_they_arrive_and_what_fails_may_be_called_again(desk):
    called = call_off(desk, 200)
    assert (called.kind, called.paper.due) == ("call_off", DAY + timedelta(1))
    assert on_hand(desk, item="water-bottled") == 0
    with pytest.raises(LedgerError, match="has 100"):
        call_off(desk, 101)
    tasks.arrive(
        desk, departure=called.id, reason="到货", lost="供应商缺货",
        received=[Line(item="water-bottled", quantity=150, expiry=date(2027, 8, 1))],
    )  # fmt: skip
    (line,) = tasks.stock(desk, item="water-bottled")
    assert (line.quantity, line.expiry, line.owner_tier.value) == (150, date(2027, 8, 1), "county")
    call_off(desk, 150)
    with pytest.raises(LedgerError, match="has 0"):
        call_off(desk, 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agreement": "nobody|990101|torch"}, "no agreement"),
        ({"agreement": "sup-east-food|990101|noodle-instant"}, "ended on 2026-06-30"),
        ({"site": WEST}, "does not lie in"),
        ({"quantity": 301}, "has 300"),
    ],
)
def test_a_call_off_keeps_to_its_agreement(desk, change, said):
    with pytest.raises(LedgerError, match=said):
        call_off(desk, **change)


# --- reservations --------------------------------------------------------------------------------


def test_reserved_goods_leave_on_their_reservation_and_the_rest_can_be_let_go(desk):
    held = tasks.reserve(desk, site=EAST, item="torch", quantity=25, reason="调用")
    with pytest.raises(OverdrawnError):
        tasks.depart(desk, source=EAST, target=WEST, item="torch", quantity=10, reason="x")
    ask = {"source": EAST, "target": WEST, "item": "torch", "reason": "x", "held": held.id}
    with pytest.raises(LedgerError, match="does not reserve enough"):
        tasks.depart(desk, quantity=26, **ask)
    tasks.depart(desk, quantity=10, **ask)
    assert [(s.quantity, s.reserved) for s in tasks.stock(desk, site=EAST)] == [(20, 15)]
    tasks.release(desk, voucher=held.id, reason="任务取消")
    assert [s.reserved for s in tasks.stock(desk, site=EAST)] == [0]
    with pytest.raises(LedgerError, match="holds nothing"):
        tasks.release(desk, voucher=held.id, reason="x")
    with pytest.raises(LedgerError, match="no voucher"):
        tasks.release(desk, voucher="V9", reason="x")


def test_less_than_is_reserved_cannot_be_counted(desk):
    tasks.reserve(desk, site=EAST, item="torch", quantity=25, reason="调用")
    with pytest.raises(OverdrawnError, match="支"):
        tasks.count(desk, site=EAST, counted=[Line(item="torch", quantity=24)], reason="盘点")


# --- papers that follow --------------------------------------------------------------------------


def test_a_telephone_order_owes_papers_until_they_come(desk):
    order = Order(by_phone=True, asked_by="乡镇值班室")
    voucher = tasks.issue(desk, site=EAST, item="torch", quantity=5, reason="抢险", order=order)
    assert voucher.paper.papers_due == DAY + timedelta(1)
    (due,) = reading(desk, papers.papers_due)
    assert (due.document, due.asked_by) == (voucher.id, "乡镇值班室")
    with pytest.raises(LedgerError, match="number of the papers"):
        tasks.papers(desk, voucher=voucher.id, order_number=" ")
    tasks.papers(desk, voucher=voucher.id, order_number="东应急〔2026〕3号")
    assert reading(desk, papers.papers_due) == []
    with pytest.raises(LedgerError, match="owes no papers"):
        tasks.papers(desk, voucher=voucher.id, order_number="again")
    written = Order(by_phone=True, order_number="已有文号")
    said = tasks.issue(desk, site=EAST, item="torch", quantity=5, reason="抢险", order=written)
    assert said.paper.papers_due is None


def test_a_reversed_telephone_order_owes_nothing(desk):
    voucher = tasks.issue(
        desk, site=EAST, item="torch", quantity=5, reason="抢险", order=Order(by_phone=True)
    )
    undo = tasks.reverse(desk, voucher.id, reason="未执行")
    assert reading(desk, papers.papers_due) == []
    tasks.reverse(desk, undo.id, reason="其实执行了")
    assert len(reading(desk, papers.papers_due)) == 1


# --- late entries --------------------------------------------------------------------------------

EARLY = DAY - timedelta(3)
LATE = Order(day=EARLY, late="值班表漏记")


def test_a_late_entry_says_why_and_is_refused_where_a_later_balance_breaks(desk, tmp_path):
    with pytest.raises(LedgerError, match="say why it is entered late"):
        tasks.receive(desk, site=WEST, item="torch", quantity=5, reason="x", order=Order(day=EARLY))
    ahead = Order(day=DAY + timedelta(1))
    with pytest.raises(LedgerError, match="lies ahead"):
        tasks.receive(desk, site=WEST, item="torch", quantity=5, reason="x", order=ahead)
    tasks.receive(desk, site=WEST, item="torch", quantity=5, reason="x", order=LATE)
    tasks.issue(desk, site=WEST, item="torch", quantity=5, reason="x")
    with pytest.raises(OverdrawnError, match="支"):
        tasks.issue(desk, site=WEST, item="torch", quantity=1, reason="x", order=LATE)
    counted = [Line(item="torch", quantity=4, lot=tasks.history(desk, WEST)[0].lot)]
    with pytest.raises(OverdrawnError, match=f"在?{DAY}|on {DAY}"):
        tasks.count(desk, site=WEST, counted=counted, reason="补盘", order=LATE)


def test_a_late_entry_needs_the_right_to_it(desk):
    keeper = Actor(user="keeper", grants=(Grant(role=Role.KEEPER, place=EAST),))
    theirs = replace(desk, actor=keeper)
    tasks.receive(theirs, site=EAST, item="torch", quantity=1, reason="x")
    with pytest.raises(AccessError):
        tasks.receive(theirs, site=EAST, item="torch", quantity=1, reason="x", order=LATE)
    with pytest.raises(AccessError):
        tasks.receive(theirs, site=WEST, item="torch", quantity=1, reason="x")


# --- the effect before it is done ----------------------------------------------------------------


def test_the_effect_is_shown_day_by_day_and_nothing_is_posted(desk):
    tasks.receive(desk, site=WEST, item="torch", quantity=9, reason="x", lot="2029-06-30",
                  order=Order(day=DAY - timedelta(5), late="补"))  # fmt: skip
    tasks.issue(desk, site=WEST, item="torch", quantity=2, reason="x")
    before = desk.store.revision(), tasks.seal(desk)
    seen = tasks.effect(
        desk, tasks.issue, site=WEST, item="torch", quantity=3, reason="x", order=LATE
    )
    assert [(s.day, s.before, s.after) for s in seen.shifts] == [(EARLY, 9, 6), (DAY, 7, 4)]
    assert (desk.store.revision(), tasks.seal(desk)) == before
    done = tasks.issue(desk, site=WEST, item="torch", quantity=3, reason="x", order=LATE)
    assert seen.voucher.id == done.id
    assert [m.quantity for m in seen.voucher.moves] == [m.quantity for m in done.moves]


def test_the_effect_of_other_kinds_is_shown_the_same_way(desk):
    seen = tasks.effect(desk, tasks.reserve, site=EAST, item="torch", quantity=3, reason="x")
    assert [(s.after, s.reserved_before, s.reserved_after) for s in seen.shifts] == [(30, 0, 3)]
    seen = tasks.effect(
        desk, tasks.count, site=EAST, counted=[Line(item="torch", quantity=28)], reason="x"
    )
    assert [(s.before, s.after) for s in seen.shifts] == [(30, 28)]
    with pytest.raises(OverdrawnError):
        tasks.effect(desk, tasks.issue, site=EAST, item="torch", quantity=31, reason="x")
    again = Order(key="k")
    done = tasks.issue(desk, site=EAST, item="torch", quantity=1, reason="x", order=again)
    seen = tasks.effect(
        desk, tasks.issue, site=EAST, item="torch", quantity=1, reason="x", order=again
    )
    assert (seen.voucher.id, seen.shifts) == (done.id, ())
    with pytest.raises(TypeError):
        tasks.effect(desk, lambda *_, **__: None)


# --- undoing -------------------------------------------------------------------------------------


def test_reversing_a_reversal_restores_and_twice_is_refused(desk):
    out = tasks.issue(desk, site=EAST, item="torch", quantity=10, reason="x")
    undo = tasks.reverse(desk, out.id, reason="错", order=Order(key="u"))
    assert undo.paper.refers == out.id
    assert tasks.reverse(desk, out.id, reason="错", order=Order(key="u")).id == undo.id
    assert on_hand(desk) == 30
    with pytest.raises(LedgerError, match="reversed already"):
        tasks.reverse(desk, out.id, reason="错")
    tasks.reverse(desk, undo.id, reason="没错")
    assert on_hand(desk) == 20
    tasks.reverse(desk, tasks.list_vouchers(desk, limit=1)[0].id, reason="还是错")
    assert on_hand(desk) == 30


def test_what_cannot_be_undone_is_said(desk):
    held = tasks.reserve(desk, site=EAST, item="torch", quantity=1, reason="x")
    agreed = tasks.count(desk, site=EAST, counted=[Line(item="torch", quantity=30)], reason="x")
    for voucher, said in (
        (held.id, "release it"),
        (agreed.id, "moved nothing"),
        ("V9", "no voucher"),
    ):
        with pytest.raises(LedgerError, match=said):
            tasks.reverse(desk, voucher, reason="x")
    ask = {"source": EAST, "target": WEST, "item": "torch", "quantity": 29, "reason": "x"}
    tasks.transfer(desk, hand_over=True, **ask)
    with pytest.raises(OverdrawnError, match="支"):
        tasks.reverse(desk, "V000001", reason="x")


def test_vouchers_are_listed_latest_first_and_chosen_by_site_kind_and_day(desk):
    out = tasks.issue(desk, site=EAST, item="torch", quantity=1, reason="x")
    tasks.receive(desk, site=WEST, item="torch", quantity=5, reason="x", order=LATE)
    tasks.reverse(desk, out.id, reason="错")
    listed = tasks.list_vouchers(desk)
    assert [(h.paper.kind.value, h.undone) for h in listed] == [
        ("reversal", False), ("receipt", False), ("issue", True), ("receipt", False),
    ]  # fmt: skip
    assert [h.id for h in tasks.list_vouchers(desk, site=WEST)] == [listed[1].id]
    assert [h.id for h in tasks.list_vouchers(desk, kinds=["issue"])] == [out.id]
    assert [h.id for h in tasks.list_vouchers(desk, until=EARLY)] == [listed[1].id]
    assert len(tasks.list_vouchers(desk, since=DAY, before=listed[0].number)) == 2
    with pytest.raises(CityError):
        tasks.list_vouchers(desk, site="nowhere")
