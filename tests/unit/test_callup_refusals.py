"""What a call-up refuses: steps out of turn, too much, the wrong person."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from callup_case import (
    CITY,
    DAY,
    EAST,
    WEST,
    asked,
    ordered,
    received,
    stocked,
    wanted,
)

from supplies import tasks
from supplies.access import Actor, Grant, Role
from supplies.callups import Draw
from supplies.errors import AccessError, CityError, LedgerError, OverdrawnError
from supplies.tasks import Order

TENT, QUILT = "tent-12-single", "quilt-winter"


@pytest.fixture
def desk(store_url, tinycity_dir):
    opened = tasks.open_desk(store_url, tinycity_dir, day=DAY, user="tester")
    stocked(opened)
    yield opened
    opened.store.close()


def acting(desk, role, place="", user="other"):
    return replace(desk, actor=Actor(user=user, grants=(Grant(role=role, place=place),)))


def shares(desk, number, line=1):
    state = tasks.call_up_state(desk, number)
    return [(s.share.draw, s.share.site or s.share.owner, s.share.quantity) for s in state.of(line)]


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({"area": "1"}, CityError, "unknown"),
        ({"lines": []}, LedgerError, "name the goods"),
        ({"lines": wanted(("nothing", 1))}, CityError, "unknown"),
        ({"lines": wanted((QUILT, 0))}, CityError, "above zero"),
        ({"lines": wanted((QUILT, 1, "nowhere"))}, CityError, "neither a site"),
        ({"lines": wanted((QUILT, 1, EAST))}, CityError, "does not lie in"),
        ({"level": "any"}, LedgerError, "should be one of"),
        ({"reason": " "}, LedgerError, "needs a reason"),
    ],
)
def test_a_request_with_something_wrong_is_refused_and_nothing_is_kept(desk, change, kind, says):
    good = {"area": "990102", "lines": wanted((QUILT, 1)), "level": "II", "reason": "山洪"}
    with pytest.raises(kind, match=says):
        tasks.request_call_up(desk, **{**good, **change})
    assert tasks.call_ups(desk) == []


def test_no_step_is_taken_out_of_turn(desk):
    number = asked(desk, (QUILT, 100))
    with pytest.raises(LedgerError, match="not proposed"):
        tasks.approve_call_up(desk, number)
    with pytest.raises(LedgerError, match="not proposed"):
        tasks.reserve_call_up(desk, number)
    tasks.propose_call_up(desk, number)
    with pytest.raises(LedgerError, match="approval is missing: head of government"):
        tasks.reserve_call_up(desk, number)
    tasks.approve_call_up(desk, number)
    with pytest.raises(LedgerError, match="approved already"):
        tasks.approve_call_up(desk, number)
    with pytest.raises(LedgerError, match="not reserved yet"):
        tasks.order_call_up(desk, number)
    tasks.reserve_call_up(desk, number)
    for again in (tasks.reserve_call_up, tasks.propose_call_up):
        with pytest.raises(LedgerError, match="reserved already"):
            again(desk, number)
    with pytest.raises(LedgerError, match="cancel it instead"):
        tasks.refuse_call_up(desk, number, reason="不妥")
    with pytest.raises(LedgerError, match="no dispatch order"):
        tasks.depart_call_up(desk, number, site=CITY)
    with pytest.raises(LedgerError, match="cancel instead"):
        tasks.close_call_up(desk, number)


def test_no_step_after_the_order_is_taken_out_of_turn(desk):
    number = ordered(desk, (QUILT, 100))
    with pytest.raises(LedgerError, match="order is out"):
        tasks.order_call_up(desk, number)
    with pytest.raises(LedgerError, match="nothing is on the way"):
        tasks.arrive_call_up(desk, number)
    with pytest.raises(LedgerError, match="nothing to settle"):
        tasks.settle_call_up(desk, number, mode="free")
    with pytest.raises(LedgerError, match="nothing is owed"):
        tasks.refill_call_up(desk, number, quantities={1: 1}, reason="补库")
    tasks.depart_call_up(desk, number, site=CITY)
    with pytest.raises(LedgerError, match="still on the way"):
        tasks.close_call_up(desk, number)
    with pytest.raises(LedgerError, match="goods have left"):
        tasks.cancel_call_up(desk, number, reason="晚了")
    tasks.arrive_call_up(desk, number)
    with pytest.raises(LedgerError, match="not settled"):
        tasks.close_call_up(desk, number)
    tasks.settle_call_up(desk, number, mode="free")
    with pytest.raises(LedgerError, match="has not come"):
        tasks.close_call_up(desk, number)
    tasks.file_call_up_papers(desk, number, order_number="9号")
    tasks.close_call_up(desk, number)
    with pytest.raises(LedgerError, match="closed"):
        tasks.propose_call_up(desk, number)


def test_more_than_is_there_to_send_receive_or_give_back_is_refused(desk):
    number = ordered(desk, (TENT, 20))
    with pytest.raises(LedgerError, match="still has to send 20 tent, got 21 tent"):
        tasks.depart_call_up(desk, number, site=CITY, quantities={1: 21})
    with pytest.raises(LedgerError, match="nothing of C000001 left"):
        tasks.depart_call_up(desk, number, site=EAST)
    with pytest.raises(LedgerError, match="no line 3"):
        tasks.depart_call_up(desk, number, site=CITY, quantities={3: 1})
    tasks.depart_call_up(desk, number, site=CITY)
    with pytest.raises(LedgerError, match="carries 20 tent"):
        tasks.arrive_call_up(desk, number, received={1: 21})
    with pytest.raises(LedgerError, match="say why it is lost"):
        tasks.arrive_call_up(desk, number, received={1: 19})
    with pytest.raises(LedgerError, match="no trip"):
        tasks.arrive_call_up(desk, number, trip="T9")
    tasks.arrive_call_up(desk, number, received={1: 0}, lost="翻车")
    with pytest.raises(LedgerError, match="nothing to settle"):
        tasks.settle_call_up(desk, number, mode="in_kind")


def test_what_was_received_is_the_most_that_goes_back_or_is_refilled(desk):
    number = received(desk, (TENT, 20))
    with pytest.raises(LedgerError, match="may be given back: 20 tent"):
        tasks.return_call_up(desk, number, quantities={1: 21}, reason="归还")
    with pytest.raises(LedgerError, match="condition 'good'"):
        tasks.return_call_up(desk, number, quantities={1: 1}, reason="归还", condition="good")
    with pytest.raises(LedgerError, match="settlement 'gift'"):
        tasks.settle_call_up(desk, number, mode="gift")
    tasks.settle_call_up(desk, number, mode="in_kind")
    with pytest.raises(LedgerError, match="owed in goods: 20 tent"):
        tasks.refill_call_up(desk, number, quantities={1: 21}, reason="补库")
    with pytest.raises(OverdrawnError):
        tasks.refill_call_up(desk, number, quantities={1: 20}, reason="补库", source=EAST)


def test_a_line_that_is_settled_takes_no_more_goods(desk):
    number = ordered(desk, (QUILT, 100))
    tasks.depart_call_up(desk, number, site=CITY, quantities={1: 10})
    tasks.arrive_call_up(desk, number)
    tasks.settle_call_up(desk, number, mode="free", lines=[1])
    with pytest.raises(LedgerError, match="line 1 is settled"):
        tasks.depart_call_up(desk, number, site=CITY)


def test_nothing_is_settled_that_is_still_on_the_way(desk):
    number = ordered(desk, (QUILT, 100))
    tasks.depart_call_up(desk, number, site=CITY, quantities={1: 10})
    tasks.arrive_call_up(desk, number)
    tasks.depart_call_up(desk, number, site=CITY)
    with pytest.raises(LedgerError, match="on the way or settled"):
        tasks.settle_call_up(desk, number, mode="free", lines=[1])


def test_an_approver_may_cut_a_line_but_not_raise_it(desk):
    number = asked(desk, (QUILT, 100))
    tasks.propose_call_up(desk, number)
    with pytest.raises(LedgerError, match="more was approved"):
        tasks.approve_call_up(desk, number, cut={1: 101})
    with pytest.raises(LedgerError, match="no line 2"):
        tasks.approve_call_up(desk, number, cut={2: 1})
    state = tasks.approve_call_up(desk, number, cut={1: 70})
    assert [s.approved for s in state.standings] == [60, 10]
    assert state.unmet(state.call_up.line(1)) == 30
    tasks.reserve_call_up(desk, number)
    assert sum(s.reserved for s in tasks.stock(desk, item=QUILT)) == 70


def test_a_refused_request_goes_no_further(desk):
    number = asked(desk, (QUILT, 100))
    tasks.refuse_call_up(desk, number, reason="本级尚有库存")
    with pytest.raises(LedgerError, match="was refused"):
        tasks.propose_call_up(desk, number)


def test_a_request_that_nobody_can_meet_has_nothing_to_approve(desk):
    number = asked(desk, ("boat-assault", 1))
    state = tasks.propose_call_up(desk, number)
    assert state.unmet(state.call_up.line(1)) == 1
    with pytest.raises(LedgerError, match="nothing to approve"):
        tasks.approve_call_up(desk, number)
    tasks.cancel_call_up(desk, number, reason="另行采购")


def test_stock_that_changed_since_the_proposal_is_named(desk):
    number = asked(desk, (QUILT, 100))
    tasks.propose_call_up(desk, number)
    tasks.approve_call_up(desk, number)
    tasks.issue(desk, site=WEST, item=QUILT, quantity=50, reason="急用")
    with pytest.raises(LedgerError, match=r"West County store was to give 60 quilt.*10 quilt"):
        tasks.reserve_call_up(desk, number)
    tasks.propose_call_up(desk, number)
    with pytest.raises(LedgerError, match="approval is missing"):
        tasks.reserve_call_up(desk, number)
    tasks.approve_call_up(desk, number)
    tasks.reserve_call_up(desk, number)
    assert shares(desk, number) == [(Draw.OWN, WEST, 10), (Draw.UPWARD, CITY, 90)]


def test_papers_come_once_and_have_a_number(desk):
    number = asked(desk, (QUILT, 1))
    with pytest.raises(LedgerError, match="name the number"):
        tasks.file_call_up_papers(desk, number, order_number=" ")
    tasks.file_call_up_papers(desk, number, order_number="9号")
    tasks.file_call_up_papers(desk, number, order_number="9号")
    with pytest.raises(LedgerError, match="came already"):
        tasks.file_call_up_papers(desk, number, order_number="10号")
    written = asked(desk, (QUILT, 1), order=Order(order_number="8号"))
    assert tasks.call_up_state(desk, written).call_up.papers_due is None


def test_an_unknown_call_up_is_refused(desk):
    for task in (tasks.call_up, tasks.propose_call_up, tasks.approve_call_up):
        with pytest.raises(LedgerError, match="no call-up 'C9'"):
            task(desk, "C9")


def test_a_trial_of_a_step_keeps_nothing(desk):
    number = ordered(desk, (QUILT, 100))
    before = desk.store.revision()
    with pytest.raises(Exception, match="undone"):
        tasks.depart_call_up(desk, number, site=CITY, order=Order(trial=True))
    assert desk.store.revision() == before
    assert not tasks.call_up_state(desk, number).trips


# --- rights ------------------------------------------------------------------------------------


def test_each_step_asks_for_the_right_of_who_takes_it(desk):
    west_planner = acting(desk, Role.COUNTY_PLANNER, "990102", "planner")
    east_planner = acting(desk, Role.COUNTY_PLANNER, "990101")
    west_chief = acting(desk, Role.APPROVER, "990102")
    city_chief = acting(desk, Role.APPROVER)
    with pytest.raises(AccessError, match="request a call-up"):
        asked(east_planner, (QUILT, 100))
    number = asked(west_planner, (QUILT, 100))
    with pytest.raises(AccessError):
        tasks.propose_call_up(east_planner, number)
    tasks.propose_call_up(west_planner, number)
    with pytest.raises(AccessError, match="may not approve"):
        tasks.approve_call_up(acting(desk, Role.APPROVER, "990101"), number)
    state = tasks.approve_call_up(west_chief, number)
    assert not state.approved
    with pytest.raises(AccessError, match="approve at Tiny City"):
        tasks.approve_call_up(west_chief, number)
    assert tasks.approve_call_up(city_chief, number).approved
    with pytest.raises(AccessError):
        tasks.reserve_call_up(city_chief, number)
    tasks.reserve_call_up(west_planner, number)
    with pytest.raises(AccessError):
        tasks.order_call_up(west_planner, number)
    tasks.order_call_up(city_chief, number)
    with pytest.raises(AccessError, match="post vouchers"):
        tasks.depart_call_up(acting(desk, Role.KEEPER, WEST), number, site=CITY)
    tasks.depart_call_up(acting(desk, Role.KEEPER, CITY), number, site=CITY)
    with pytest.raises(AccessError):
        tasks.arrive_call_up(acting(desk, Role.KEEPER, CITY), number)
    tasks.arrive_call_up(acting(desk, Role.KEEPER, WEST), number)
    with pytest.raises(AccessError, match="approve at Tiny City"):
        tasks.settle_call_up(west_chief, number, mode="free")
    with pytest.raises(AccessError):
        tasks.settle_call_up(acting(desk, Role.APPROVER, "990101"), number, mode="requester")
    tasks.settle_call_up(west_chief, number, mode="requester")
    with pytest.raises(AccessError):
        tasks.pay_call_up(west_chief, number, amount_cny=Decimal(1))
    tasks.pay_call_up(acting(desk, Role.PROCUREMENT, "990102"), number, amount_cny=Decimal(4800))
    for task, more in ((tasks.cancel_call_up, {"reason": "x"}), (tasks.close_call_up, {}),
                       (tasks.file_call_up_papers, {"order_number": "1"})):  # fmt: skip
        with pytest.raises(AccessError):
            task(city_chief, number, **more)


def test_nobody_approves_their_own_request(desk):
    number = asked(acting(desk, Role.CITY_PLANNER, user="both"), (QUILT, 10))
    tasks.propose_call_up(desk, number)
    with pytest.raises(AccessError, match="somebody else has to approve"):
        tasks.approve_call_up(acting(desk, Role.APPROVER, user="both"), number)
    tasks.approve_call_up(acting(desk, Role.APPROVER, user="chief"), number)


def test_returns_and_refills_need_the_right_at_both_ends(desk):
    number = received(desk, (TENT, 20))
    with pytest.raises(AccessError):
        tasks.return_call_up(
            acting(desk, Role.KEEPER, WEST), number, quantities={1: 1}, reason="归还"
        )
    keeper = acting(desk, Role.KEEPER, CITY)
    with pytest.raises(AccessError):
        tasks.return_call_up(keeper, number, quantities={1: 1}, reason="归还")
    tasks.return_call_up(keeper, number, quantities={1: 1}, reason="归还", in_use=True)
    tasks.settle_call_up(desk, number, mode="in_kind")
    with pytest.raises(AccessError):
        tasks.refill_call_up(keeper, number, quantities={1: 1}, reason="补", source=WEST)
    tasks.refill_call_up(keeper, number, quantities={1: 1}, reason="采购")


def test_who_has_nothing_to_do_with_a_call_up_does_not_see_it(desk):
    number = asked(desk, (QUILT, 10))
    tasks.propose_call_up(desk, number)
    for role, place, sees in (
        (Role.KEEPER, WEST, 1),
        (Role.KEEPER, EAST, 0),
        (Role.COUNTY_PLANNER, "990101", 0),
        (Role.AUDITOR, "", 1),
    ):
        assert len(tasks.call_ups(acting(desk, role, place))) == sees
    with pytest.raises(AccessError, match="look at"):
        tasks.call_up(acting(desk, Role.KEEPER, EAST), number)


def test_a_step_of_an_earlier_day_needs_its_right_and_its_reason(desk):
    late = Order(day=date(2026, 11, 20), late="停电补录")
    with pytest.raises(LedgerError, match="say why it is entered late"):
        asked(desk, (QUILT, 1), order=Order(day=date(2026, 11, 20)))
    number = asked(desk, (QUILT, 1), order=late)
    assert tasks.call_up_state(desk, number).call_up.day == date(2026, 11, 20)
    tasks.propose_call_up(desk, number)
    with pytest.raises(AccessError, match="enter vouchers for earlier days"):
        tasks.approve_call_up(acting(desk, Role.APPROVER), number, order=late)
    with pytest.raises(AccessError, match="enter vouchers for earlier days"):
        asked(acting(desk, Role.TOWNSHIP_PLANNER, "990102002"), (QUILT, 1), area="990102002",
              order=late)  # fmt: skip


# --- vouchers that are steps -------------------------------------------------------------------


def test_a_step_is_not_answered_by_a_voucher_beside_the_call_up(desk):
    number = ordered(desk, (QUILT, 100))
    tasks.depart_call_up(desk, number, site=CITY)
    held, gone = (e.documents[0] for e in tasks.call_up(desk, number).events if e.documents)
    for task, words in (
        (tasks.reverse, {"voucher": gone, "reason": "错"}),
        (tasks.arrive, {"departure": gone, "reason": "到货"}),
        (tasks.release, {"voucher": held, "reason": "不用了"}),
    ):
        with pytest.raises(LedgerError, match="is a step of call-up C000001"):
            task(desk, **words)


def test_goods_taken_from_the_reservation_meanwhile_are_missed_on_departure(desk):
    number = ordered(desk, (TENT, 20))
    held = next(e.documents[0] for e in tasks.call_up(desk, number).events if e.documents)
    tasks.transfer(desk, source=CITY, target=EAST, item=TENT, quantity=5, reason="急", held=held)
    with pytest.raises(LedgerError, match="was to give 20 tent"):
        tasks.depart_call_up(desk, number, site=CITY)
    tasks.depart_call_up(desk, number, site=CITY, quantities={1: 15})


def test_settling_waits_for_what_is_on_the_way(desk):
    number = ordered(desk, (QUILT, 100))
    tasks.depart_call_up(desk, number, site=CITY, quantities={1: 10})
    tasks.arrive_call_up(desk, number)
    tasks.depart_call_up(desk, number, site=CITY)
    with pytest.raises(LedgerError, match="these lines are on the way"):
        tasks.settle_call_up(desk, number, mode="free")
    with pytest.raises(LedgerError, match="no line 7"):
        tasks.settle_call_up(desk, number, mode="free", lines=[7])
