"""Call-ups from the request to the refill, and every refusal on the way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from callup_case import (
    CITY,
    DAY,
    EAST,
    HIGHHILL,
    WEST,
    asked,
    on_hand,
    ordered,
    received,
    stocked,
)

from supplies import tasks
from supplies.access import Actor, Grant
from supplies.callups import Draw, Step, waits_for
from supplies.errors import LedgerError, StoreError
from supplies.tasks import Order
from supplies.tiers import Tier

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


# --- the whole road ----------------------------------------------------------------------------


def test_a_county_calls_up_tents_and_quilts_by_telephone_and_all_is_made_good(desk):
    number = asked(desk, (TENT, 20), (QUILT, 200))
    assert tasks.call_up_state(desk, number).call_up.papers_due == date(2026, 11, 24)
    assert shares(desk, number) == []
    tasks.propose_call_up(desk, number)
    assert shares(desk, number, 2) == [(Draw.OWN, WEST, 60), (Draw.UPWARD, CITY, 140)]
    tasks.approve_call_up(desk, number)
    tasks.reserve_call_up(desk, number)
    tasks.order_call_up(desk, number)
    tasks.depart_call_up(desk, number, site=WEST)
    tasks.depart_call_up(desk, number, site=CITY, quantities={1: 20, 2: 50}, note="车1")
    tasks.depart_call_up(desk, number, site=CITY, note="车2")
    tasks.arrive_call_up(desk, number, trip=f"{number}-1")
    state = tasks.arrive_call_up(desk, number, received={2: 85}, lost="雨淋霉变")
    assert (state.total("received"), state.total("lost")) == (20 + 60 + 50 + 85, 5)
    assert on_hand(desk, QUILT, WEST, "990102") == 60 + 135
    tasks.file_call_up_papers(desk, number, order_number="西应急〔2026〕9号")
    tasks.settle_call_up(desk, number, mode="in_kind", losses=True)
    assert [(d.debtor, d.creditor, d.item, d.quantity) for d in tasks.debts_open(desk)] == [
        ("990102", "990000", TENT, 20), ("990102", "990000", QUILT, 140),
    ]  # fmt: skip
    tasks.return_call_up(desk, number, quantities={1: 20}, reason="用毕清洗归还")
    tasks.refill_call_up(desk, number, quantities={2: 100}, reason="采购补还", lot="2031-01-31")
    tasks.refill_call_up(desk, number, quantities={2: 40}, reason="拨还", source=WEST)
    state = tasks.close_call_up(desk, number)
    assert state.ended is Step.CLOSE
    assert on_hand(desk, TENT, CITY, "990000") == 40
    assert on_hand(desk, QUILT, CITY, "990000") == 400
    assert tasks.debts_open(desk) == []
    assert tasks.verify(desk) == []


def test_the_city_takes_county_stock_in_a_very_large_event_and_owes_it_back(desk):
    number = asked(desk, (QUILT, 450), area="990000", level="I", order=Order(order_number="1"))
    tasks.propose_call_up(desk, number)
    assert shares(desk, number) == [(Draw.OWN, CITY, 400), (Draw.LATERAL, EAST, 50)]
    needs = tasks.call_up_state(desk, number).proposal.needs
    assert [(n.place, n.amount_cny) for n in needs] == [("990000", Decimal(54000))]
    tasks.approve_call_up(desk, number)
    tasks.reserve_call_up(desk, number)
    tasks.order_call_up(desk, number)
    for site in (CITY, EAST):
        tasks.depart_call_up(desk, number, site=site)
    tasks.arrive_call_up(desk, number)
    for mode in ("free", "owner"):
        with pytest.raises(LedgerError, match="owes back"):
            tasks.settle_call_up(desk, number, mode=mode)
    tasks.settle_call_up(desk, number, mode="in_kind")
    (debt,) = tasks.debts_open(desk)
    assert (debt.debtor, debt.creditor, debt.quantity) == ("990000", "990101", 50)
    assert debt.due == date(2027, 2, 23)
    with pytest.raises(LedgerError, match="still owed"):
        tasks.close_call_up(desk, number)
    tasks.refill_call_up(desk, number, quantities={1: 50}, reason="市级补还", source=CITY)
    tasks.close_call_up(desk, number)
    assert on_hand(desk, QUILT, EAST, "990101") == 80
    assert tasks.verify(desk) == []


def test_another_countys_goods_come_for_a_county_only_at_level_one(desk):
    for level, draws in (("II", {Draw.OWN, Draw.UPWARD}),
                         ("I", {Draw.OWN, Draw.UPWARD, Draw.LATERAL})):  # fmt: skip
        number = asked(desk, (QUILT, 520), level=level)
        state = tasks.propose_call_up(desk, number)
        assert {s.share.draw for s in state.standings} == draws
    assert state.unmet(state.call_up.line(1)) == 0
    bears = {s.share.owner for s in state.standings if s.share.draw is Draw.LATERAL}
    assert bears == {"990101"}


def test_what_lies_above_the_city_is_a_letter_and_never_stock(desk):
    number = asked(desk, (TENT, 60), area="990000", level="II", order=Order(order_number="1"))
    tasks.propose_call_up(desk, number)
    assert shares(desk, number) == [(Draw.OWN, CITY, 40), (Draw.LETTER, "national", 20)]
    tasks.approve_call_up(desk, number)
    tasks.reserve_call_up(desk, number)
    with pytest.raises(LedgerError, match="no dispatch order"):
        tasks.arrive_from_above(desk, number)
    tasks.order_call_up(desk, number)
    tasks.depart_call_up(desk, number, site=CITY)
    with pytest.raises(LedgerError, match="asked by letter: 20 tent"):
        tasks.arrive_from_above(desk, number, received={1: 21})
    tasks.arrive_from_above(desk, number, received={1: 15})
    assert on_hand(desk, TENT, CITY, "990000") == 55
    assert waits_for(tasks.call_up_state(desk, number)) is Step.ARRIVE
    tasks.settle_call_up(desk, number, mode="in_kind")
    with pytest.raises(LedgerError, match="name it"):
        tasks.refill_call_up(desk, number, quantities={1: 5}, reason="补还")
    tasks.return_call_up(desk, number, quantities={1: 10}, reason="归还中央储备")
    tasks.refill_call_up(desk, number, quantities={1: 5}, reason="补还", source=CITY)
    tasks.close_call_up(desk, number)
    assert on_hand(desk, TENT, CITY, "990000") == 40
    assert tasks.verify(desk) == []


def test_a_letter_alone_is_ordered_without_a_reservation(desk):
    tasks.issue(desk, site=CITY, item=TENT, quantity=40, reason="演练")
    number = ordered(desk, (TENT, 5), area="990000", order=Order(order_number="1"))
    with pytest.raises(LedgerError, match="all that was reserved has left"):
        tasks.depart_call_up(desk, number, site=CITY)
    tasks.arrive_from_above(desk, number, lot="2036-01-31")
    tasks.settle_call_up(desk, number, mode="free")
    tasks.close_call_up(desk, number)


def test_goods_for_an_area_are_used_there_and_come_back_from_use(desk):
    number = received(desk, (TENT, 10, "990102001"), level="IV", order=Order(order_number="1"))
    assert on_hand(desk, TENT, CITY) == 30
    tasks.return_call_up(
        desk, number, quantities={1: 8}, reason="收回", in_use=True, condition="inspect"
    )
    (back,) = [s for s in tasks.stock(desk, item=TENT, site=CITY) if s.condition == "inspect"]
    assert (back.quantity, back.owner) == (8, "990000")
    tasks.settle_call_up(desk, number, mode="requester")
    with pytest.raises(LedgerError, match="not paid in full"):
        tasks.close_call_up(desk, number)
    (debt,) = tasks.debts_open(desk)
    assert (debt.amount_fen, debt.quantity) == (2 * 1320 * 100, 0)
    for amount in ("2640.01", "0"):
        with pytest.raises(LedgerError, match="cannot be paid"):
            tasks.pay_call_up(desk, number, amount_cny=Decimal(amount))
    tasks.pay_call_up(desk, number, amount_cny=Decimal("640"))
    tasks.pay_call_up(desk, number, amount_cny=Decimal("2000"))
    with pytest.raises(LedgerError, match="nothing to give back"):
        tasks.return_call_up(desk, number, quantities={1: 1}, reason="收回", in_use=True)
    tasks.close_call_up(desk, number)
    assert tasks.verify(desk) == []


def test_goods_another_tier_keeps_at_the_place_change_hands_there(desk):
    tasks.issue(desk, site=WEST, item=QUILT, quantity=60, reason="演练")
    tasks.issue(desk, site=CITY, item=QUILT, quantity=400, reason="演练")
    tasks.receive(desk, site=WEST, reason="代储", lines=[
        tasks.Line(item=QUILT, quantity=30, owner=Tier.CITY)
    ])  # fmt: skip
    number = ordered(desk, (QUILT, 30), order=Order(order_number="1"))
    assert shares(desk, number) == [(Draw.UPWARD, WEST, 30)]
    state = tasks.depart_call_up(desk, number, site=WEST)
    assert not state.trips
    assert on_hand(desk, QUILT, WEST, "990102") == 30
    tasks.return_call_up(desk, number, quantities={1: 10}, reason="未用")
    assert on_hand(desk, QUILT, WEST, "990000") == 10
    tasks.settle_call_up(desk, number, mode="owner")
    (debt,) = tasks.debts_open(desk)
    assert (debt.debtor, debt.creditor, debt.quantity) == ("990000", "990000", 20)
    assert tasks.verify(desk) == []


def test_a_township_is_helped_by_its_county_before_the_city(desk):
    number = asked(desk, (QUILT, 100), area="990102002")
    tasks.propose_call_up(desk, number)
    assert shares(desk, number) == [(Draw.UPWARD, WEST, 60), (Draw.UPWARD, CITY, 40)]
    assert tasks.call_up_state(desk, number).call_up.lines[0].target == f"site:{HIGHHILL}"


def test_one_trip_is_made_for_each_place_goods_go_to(desk):
    number = ordered(desk, (TENT, 4), (TENT, 6, "990102001"))
    state = tasks.depart_call_up(desk, number, site=CITY)
    assert sorted(state.trips) == [f"{number}-1", f"{number}-2"]
    with pytest.raises(LedgerError, match="say which trip"):
        tasks.arrive_call_up(desk, number)
    with pytest.raises(LedgerError, match="line 2 is not on this trip"):
        tasks.arrive_call_up(desk, number, trip=f"{number}-1", received={2: 1})
    tasks.arrive_call_up(desk, number, trip=f"{number}-2")
    tasks.arrive_call_up(desk, number)
    with pytest.raises(LedgerError, match="nothing is on the way"):
        tasks.arrive_call_up(desk, number, trip=f"{number}-1")


def test_the_lots_that_expire_first_leave_first(desk):
    number = ordered(desk, (QUILT, 90 + 60))
    tasks.depart_call_up(desk, number, site=CITY)
    left = {s.expiry: s.quantity for s in tasks.stock(desk, item=QUILT, site=CITY)}
    assert left == {date(2027, 1, 31): 10, date(2029, 1, 31): 300}


def test_cancelling_and_closing_let_go_of_what_is_still_reserved(desk):
    number = ordered(desk, (QUILT, 100))
    assert sum(s.reserved for s in tasks.stock(desk, item=QUILT)) == 100
    tasks.cancel_call_up(desk, number, reason="险情解除")
    assert sum(s.reserved for s in tasks.stock(desk, item=QUILT)) == 0
    number = ordered(desk, (QUILT, 100), order=Order(order_number="1"))
    tasks.depart_call_up(desk, number, site=WEST)
    tasks.close_call_up(desk, number, note="其余不再需要")
    assert sum(s.reserved for s in tasks.stock(desk, item=QUILT)) == 0


# --- keys --------------------------------------------------------------------------------------


def test_the_same_key_requests_and_takes_each_step_once(desk):
    first = asked(desk, (QUILT, 10), order=Order(key="a%_b"))
    assert asked(desk, (QUILT, 10), order=Order(key="a%_b")) == first
    with pytest.raises(LedgerError, match="asks for something else"):
        asked(desk, (QUILT, 11), order=Order(key="a%_b"))
    assert asked(desk, (QUILT, 10), order=Order(key="aXYb")) != first
    for _ in range(2):
        tasks.propose_call_up(desk, first, order=Order(key="p"))
        tasks.approve_call_up(desk, first, order=Order(key="q"))
        tasks.reserve_call_up(desk, first, order=Order(key="r"))
        tasks.order_call_up(desk, first, order=Order(key="s"))
        tasks.depart_call_up(desk, first, site=WEST, order=Order(key="t"))
    assert len(tasks.call_up(desk, first).events) == 6
    with pytest.raises(LedgerError, match="another step"):
        tasks.order_call_up(desk, first, order=Order(key="p"))


# --- lists, papers, the store ------------------------------------------------------------------


def test_the_list_says_what_each_call_up_waits_for(desk):
    number = received(desk, (QUILT, 100))
    (line,) = tasks.call_ups(desk)
    assert (line.step, line.papers_due) == (Step.SETTLE, date(2026, 11, 24))
    tasks.settle_call_up(desk, number, mode="free")
    (line,) = tasks.call_ups(desk)
    assert line.step is None
    assert "written request" in line.waits
    tasks.file_call_up_papers(desk, number, order_number="9号")
    (line,) = tasks.call_ups(desk)
    assert (line.step, line.papers_due) == (Step.CLOSE, None)
    tasks.close_call_up(desk, number)
    assert tasks.call_ups(desk) == []
    assert len(tasks.call_ups(desk, ended=True)) == 1


def test_the_papers_say_what_was_asked_approved_sent_and_settled(desk, tmp_path):
    from openpyxl import load_workbook

    number = ordered(desk, (TENT, 60), (QUILT, 200))
    tasks.write_call_up(desk, number, tmp_path / "early.xlsx")
    tasks.depart_call_up(desk, number, site=CITY)
    tasks.arrive_call_up(desk, number, received={2: 139}, lost="雨淋")
    tasks.settle_call_up(desk, number, mode="in_kind")
    for lang, words in (
        ("zh", ("雨淋", "棉被", "中央储备", "实物补还", "调〔2026〕C000001", "139")),
        ("en", ("Cotton quilt", "National reserve", "given back in kind")),
    ):
        path = tmp_path / f"{lang}.xlsx"
        tasks.write_call_up(desk, number, path, lang)
        book = load_workbook(path)
        assert len(book.sheetnames) == 6
        said = {str(c.value) for sheet in book for row in sheet for c in row if c.value is not None}
        assert not [word for word in words if not any(word in cell for cell in said)]
        footers = [sheet.oddFooter.left.text for sheet in book]
        assert all(tasks.seal(desk) in footer for footer in footers)


def test_lines_altered_behind_the_programs_back_are_seen(tmp_path, tinycity_dir):
    import sqlite3

    desk = tasks.open_desk(str(tmp_path / "s.db"), tinycity_dir, day=DAY, user="tester")
    number = asked(desk, (QUILT, 10))
    desk.store.close()
    with sqlite3.connect(tmp_path / "s.db") as raw:
        raw.execute("DROP TRIGGER call_up_lines_no_update")
        raw.execute("UPDATE call_up_lines SET quantity = 99")
    raw.close()
    desk = tasks.open_desk(str(tmp_path / "s.db"), tinycity_dir, day=DAY, user="tester")
    with pytest.raises(StoreError, match="not those it was sealed with"):
        tasks.call_up(desk, number)
    desk.store.close()


def test_every_step_leaves_an_event(desk):
    number = received(desk, (QUILT, 100))
    heads = [e for e in tasks.audit(desk) if e.subject == number]
    assert {e.task for e in heads} == {
        "call_up_request", "call_up_propose", "call_up_approve", "call_up_reserve",
        "call_up_order", "call_up_depart", "call_up_arrive",
    }  # fmt: skip


def test_the_same_key_settles_returns_and_refills_once(desk):
    number = received(desk, (TENT, 20), (QUILT, 100))
    for _ in range(2):
        tasks.settle_call_up(desk, number, mode="in_kind", order=Order(key="a"))
        tasks.return_call_up(desk, number, quantities={1: 20}, reason="还", order=Order(key="b"))
        tasks.refill_call_up(desk, number, quantities={2: 40}, reason="补", order=Order(key="c"))
    assert tasks.debts_open(desk) == []
    assert on_hand(desk, TENT, CITY) == 40
