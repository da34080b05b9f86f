"""Each kind of voucher does what it says, once, and says who, why and until when."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from supplies import tasks
from supplies.errors import LedgerError, OverdrawnError
from supplies.ledger import Move, Reason
from supplies.lots import Condition
from supplies.store import papers
from supplies.tasks import Line, Order
from supplies.tasks.desk import now
from supplies.tiers import Tier

DAY = date(2026, 11, 23)
CITY = "city-990000-store"
EAST = "county-990101-store"
WEST = "county-990102-store"


@pytest.fixture
def desk(store_url, tinycity_dir):
    opened = tasks.open_desk(store_url, tinycity_dir, day=DAY, user="tester")
    yield opened
    assert tasks.verify(opened) == []
    relabelled = Counter()
    for (account, item, _), units in opened.store.balances().items():
        relabelled[item] += units if account == "outside:relabel" else 0
    assert not any(relabelled.values())
    opened.store.close()


@pytest.fixture
def stocked(desk):
    """East holds 30 torches of two lots, the city 50."""
    tasks.receive(desk, site=EAST, item="torch", quantity=10, reason="采购", lot="2027-06-30")
    tasks.receive(desk, site=EAST, item="torch", quantity=20, reason="采购", lot="2029-06-30")
    tasks.receive(desk, site=CITY, item="torch", quantity=50, reason="采购", lot="2028-06-30")
    return desk


def held(desk, site, item="torch"):
    """Return (expiry, condition, owner, quantity) of what a site holds."""
    return [
        (s.expiry and s.expiry.year, s.condition, s.owner_tier.value, s.quantity)
        for s in tasks.stock(desk, site=site, item=item)
    ]


def on_hand(desk, site, item="torch"):
    return sum(s.quantity for s in tasks.stock(desk, site=site, item=item))


def lot_at(desk, site, item="torch"):
    return tasks.stock(desk, site=site, item=item)[0].lot


def reading(desk, what, *args):
    with desk.store.reading() as reader:
        return what(reader, *args)


# --- the head ------------------------------------------------------------------------------------


def test_a_voucher_keeps_who_asked_who_approved_and_on_which_order(desk):
    order = Order(
        asked_by="东县应急局", approved_by="李局长", order_number="衡应急〔2026〕12号",
        party="甲公司", amount_cny=Decimal("1234.56"), due=DAY + timedelta(30), key="k",
    )  # fmt: skip
    voucher = tasks.receive(desk, site=EAST, item="torch", quantity=3, reason="采购", order=order)
    kept = tasks.find_voucher(desk, voucher.id)
    assert (kept.kind, kept.day, kept.recorded_by, kept.note) == ("receipt", DAY, "tester", "采购")
    assert kept.paper.asked_by == "东县应急局"
    assert kept.paper.approved_by == "李局长"
    assert kept.paper.order_number == "衡应急〔2026〕12号"
    assert (kept.paper.party, kept.paper.amount_fen) == ("甲公司", 123456)
    assert kept.paper.papers_due is None


def test_several_goods_stand_on_one_voucher(stocked):
    lines = [Line(item="torch", quantity=5), Line(item="bed-folding", quantity=2)]
    tasks.receive(stocked, site=EAST, item="bed-folding", quantity=2, reason="采购")
    voucher = tasks.issue(stocked, site=EAST, lines=lines, reason="转移安置")
    assert {(m.item, m.quantity) for m in voucher.moves} == {("torch", 5), ("bed-folding", 2)}


def test_a_key_makes_a_repeat_harmless_and_stands_for_one_request_only(stocked):
    ask = {"site": EAST, "item": "torch", "reason": "演练", "order": Order(key="k1")}
    first = tasks.issue(stocked, quantity=12, **ask)
    again = tasks.issue(stocked, quantity=12, **ask)
    assert (again.id, again.repeated) == (first.id, True)
    with pytest.raises(LedgerError, match="another key"):
        tasks.issue(stocked, quantity=11, **ask)
    with pytest.raises(LedgerError, match="another key"):
        tasks.train(stocked, quantity=12, **ask)
    assert on_hand(stocked, EAST) == 18


def test_each_event_is_kept_with_its_voucher(stocked):
    events = tasks.audit(stocked)
    assert {"receipt"} <= {event.task for event in events}


# --- owner and holder ----------------------------------------------------------------------------


def test_goods_of_another_tier_are_issued_only_when_their_owner_is_named(stocked):
    tasks.transfer(stocked, source=CITY, target=EAST, item="torch", quantity=40, reason="前置")
    assert (2028, "usable", "city", 40) in held(stocked, EAST)
    with pytest.raises(OverdrawnError, match=r"属于|市级的 40.*city"):
        tasks.issue(stocked, site=EAST, item="torch", quantity=31, reason="演练")
    tasks.issue(stocked, site=EAST, item="torch", quantity=30, reason="演练")
    tasks.issue(stocked, site=EAST, item="torch", quantity=40, owner=Tier.CITY, reason="演练")
    assert on_hand(stocked, EAST) == 0


def test_two_lines_of_one_item_do_not_take_the_same_goods(stocked):
    lines = [Line(item="torch", quantity=10), Line(item="torch", quantity=20)]
    tasks.issue(stocked, site=EAST, lines=lines, reason="x")
    assert on_hand(stocked, EAST) == 0


def test_a_named_lot_of_another_tier_needs_its_owner_too(stocked):
    tasks.transfer(stocked, source=CITY, target=EAST, item="torch", quantity=4, reason="前置")
    ask = {"site": EAST, "item": "torch", "quantity": 4, "reason": "x", "lot": "E20280630.city"}
    with pytest.raises(LedgerError, match="name the owner"):
        tasks.issue(stocked, **ask)
    tasks.issue(stocked, owner=Tier.CITY, **ask)


def test_goods_that_name_no_owner_stay_their_owners_when_they_move_to_another_tier(desk):
    # An owner-less lot, as an old sheet may have brought it.
    tasks.count(desk, site=CITY, counted=[Line(item="torch", quantity=9, lot="2030-01-31")],
                reason="盘点")  # fmt: skip
    with desk.store.writing() as writer:
        bring_without_lot(writer)
    tasks.transfer(desk, source=CITY, target=EAST, item="torch", quantity=14, reason="前置")
    assert {(owner, n) for _, _, owner, n in held(desk, EAST)} == {("city", 9), ("city", 5)}


def bring_without_lot(writer):
    """Post five torches of the empty lot at the city's store, as older versions did."""
    writer.append(
        [
            Move(
                id=uuid4(), day=DAY, recorded_at=now(), recorded_by="old", item="torch",
                lot="", quantity=5, source="outside:opening", target=f"site:{CITY}",
                reason=Reason.OPENING,
            )
        ]
    )  # fmt: skip


def test_handing_over_changes_the_owner(stocked):
    ask = {"source": CITY, "target": EAST, "item": "torch", "quantity": 7, "reason": "下拨"}
    tasks.transfer(stocked, hand_over=True, **ask)
    assert (2028, "usable", "county", 7) in held(stocked, EAST)


def test_custody_is_written_down_without_moving_anything(stocked):
    voucher = tasks.entrust(
        stocked, site=EAST, item="torch", lot="E20270630.county", quantity=6, to="city",
        reason="代储协议",
    )  # fmt: skip
    assert voucher.kind == "custody"
    assert held(stocked, EAST) == [
        (2027, "usable", "city", 6), (2027, "usable", "county", 4), (2029, "usable", "county", 20),
    ]  # fmt: skip


# --- on the way ----------------------------------------------------------------------------------


def test_what_left_is_on_the_way_until_it_arrives_and_what_is_lost_is_said(stocked):
    sent = tasks.depart(stocked, source=EAST, target=WEST, item="torch", quantity=15, reason="支援")
    assert (on_hand(stocked, EAST), on_hand(stocked, WEST)) == (15, 0)
    assert {m.target for m in sent.moves} == {f"transit:{sent.id}"}
    assert [(o.open, o.party) for o in reading(stocked, papers.in_transit)] == [
        (10, WEST), (5, WEST),
    ]  # fmt: skip
    tasks.arrive(
        stocked, departure=sent.id, received=[Line(item="torch", quantity=6)], reason="签收",
        hand_over=True,
    )  # fmt: skip
    assert sum(o.open for o in reading(stocked, papers.in_transit)) == 9
    end = tasks.arrive(
        stocked, departure=sent.id, received=[Line(item="torch", quantity=8)], reason="签收",
        lost="途中落水", hand_over=True,
    )  # fmt: skip
    assert end.paper.refers == sent.id
    assert on_hand(stocked, WEST) == 14
    assert reading(stocked, papers.in_transit) == []
    assert sum(n for p, n in stocked.store.balances().items() if p[0] == "outside:lost") == 1


def test_all_arrives_where_nothing_else_is_said(stocked):
    sent = tasks.depart(stocked, source=EAST, target=WEST, item="torch", quantity=15, reason="支援")
    tasks.arrive(stocked, departure=sent.id, reason="签收", hand_over=True)
    assert on_hand(stocked, WEST) == 15


def test_goods_do_not_become_another_countys_silently(stocked):
    """A lot names a tier; which county it is follows from where the goods stand."""
    ask = {"source": EAST, "target": WEST, "item": "torch", "quantity": 5, "reason": "支援"}
    with pytest.raises(LedgerError, match="belongs to"):
        tasks.transfer(stocked, **ask)
    sent = tasks.depart(stocked, **ask)
    with pytest.raises(LedgerError, match="belongs to"):
        tasks.arrive(stocked, departure=sent.id, reason="签收")
    tasks.arrive(stocked, departure=sent.id, site=EAST, reason="退回")
    assert (on_hand(stocked, EAST), on_hand(stocked, WEST)) == (30, 0)


def test_goods_for_an_area_are_handed_out_there(stocked):
    sent = tasks.depart(
        stocked, source=EAST, target="990101002", item="torch", quantity=5, reason="救灾", trip="T7"
    )
    assert {m.target for m in sent.moves} == {"transit:T7"}
    came = tasks.arrive(stocked, departure=sent.id, reason="发放")
    assert {m.target for m in came.moves} == {"outside:used"}
    tasks.return_(stocked, site=EAST, item="torch", quantity=2, issued=came.id, reason="未用")
    assert on_hand(stocked, EAST) == 27


def test_two_departures_on_one_trip_end_apart(stocked):
    ask = {"target": WEST, "item": "torch", "reason": "支援", "trip": "T1"}
    first = tasks.depart(stocked, source=EAST, quantity=5, **ask)
    second = tasks.depart(stocked, source=CITY, quantity=5, **ask)
    tasks.arrive(stocked, departure=second.id, reason="签收")
    assert [o.document for o in reading(stocked, papers.in_transit)] == [first.id]
    assert held(stocked, WEST) == [(2028, "usable", "city", 5)]


def test_goods_found_damaged_on_arrival_come_in_as_damaged(stocked):
    sent = tasks.depart(stocked, source=EAST, target=WEST, item="torch", quantity=8, reason="支援")
    tasks.arrive(
        stocked, departure=sent.id, reason="签收",
        received=[
            Line(item="torch", quantity=5),
            Line(item="torch", quantity=3, condition=Condition.DAMAGED),
        ],
        hand_over=True,
    )  # fmt: skip
    assert held(stocked, WEST) == [(2027, "usable", "county", 5), (2027, "damaged", "county", 3)]


def test_goods_may_be_handed_over_on_arrival(stocked):
    sent = tasks.depart(stocked, source=CITY, target=EAST, item="torch", quantity=8, reason="下拨")
    tasks.arrive(stocked, departure=sent.id, reason="签收", hand_over=True)
    assert (2028, "usable", "county", 8) in held(stocked, EAST)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"received": [Line(item="torch", quantity=6)]}, "count what is over"),
        ({"received": [Line(item="bed-folding", quantity=1)]}, "count what is over"),
        ({"received": []}, "nothing came"),
        ({"departure": "V000001"}, "neither a departure"),
        ({"departure": "V999999"}, "no voucher"),
    ],
)
def test_an_arrival_that_cannot_be_is_refused(stocked, change, said):
    sent = tasks.depart(stocked, source=EAST, target=WEST, item="torch", quantity=5, reason="支援")
    with pytest.raises(LedgerError, match=said):
        tasks.arrive(stocked, **{"departure": sent.id, "reason": "签收", **change})
    assert on_hand(stocked, WEST) == 0


def test_nothing_arrives_of_a_departure_that_has_ended_or_was_reversed(stocked):
    ask = {"source": EAST, "target": WEST, "item": "torch", "quantity": 5, "reason": "支援"}
    ended, gone = tasks.depart(stocked, **ask), tasks.depart(stocked, **ask)
    came = tasks.arrive(stocked, departure=ended.id, reason="签收", hand_over=True)
    tasks.reverse(stocked, gone.id, reason="未发")
    for sent, said in ((ended, "wholly arrived"), (gone, "was reversed")):
        with pytest.raises(LedgerError, match=said):
            tasks.arrive(stocked, departure=sent.id, reason="签收")
    tasks.reverse(stocked, came.id, reason="签错")
    tasks.arrive(stocked, departure=ended.id, reason="签收", hand_over=True)
    assert on_hand(stocked, WEST) == 5


def test_a_departure_without_destination_needs_the_site_on_arrival(stocked):
    sent = tasks.depart(stocked, source=EAST, item="torch", quantity=5, reason="支援")
    with pytest.raises(LedgerError, match="name the site"):
        tasks.arrive(stocked, departure=sent.id, reason="签收")
    tasks.arrive(stocked, departure=sent.id, reason="签收", site=WEST, hand_over=True)
    assert on_hand(stocked, WEST) == 5


# --- counting ------------------------------------------------------------------------------------


def test_a_count_settles_the_ledger_lot_by_lot_and_zero_is_a_count(stocked):
    tasks.issue(stocked, site=EAST, item="torch", quantity=1, reason="演练")
    voucher = tasks.count(
        stocked, site=EAST, reason="月度盘点",
        counted=[
            Line(item="torch", quantity=0, lot="E20270630.county"),
            Line(item="torch", quantity=23, lot="E20290630.county"),
            Line(item="bed-folding", quantity=4),
        ],
    )  # fmt: skip
    assert voucher.kind == "count"
    assert held(stocked, EAST) == [(2029, "usable", "county", 23)]
    assert on_hand(stocked, EAST, "bed-folding") == 4


def test_a_count_that_agrees_is_kept_though_nothing_moves(stocked):
    counted = [Line(item="torch", quantity=10, lot="E20270630.county")]
    voucher = tasks.count(stocked, site=EAST, counted=counted, reason="抽查")
    assert (voucher.moves, bool(voucher.id)) == ((), True)


# --- inspection ----------------------------------------------------------------------------------


def inspect(desk, **change):
    ask = {
        "site": EAST,
        "item": "torch",
        "lot": "E20270630.county",
        "quantity": 4,
        "reason": "检验",
    }
    return tasks.inspect(desk, **{**ask, **change})


def test_an_inspection_extends_downgrades_and_returns_to_use(stocked):
    report = Order(order_number="质检2026-8")
    inspect(stocked, expiry=date(2028, 6, 30), order=report)
    inspect(stocked, condition="inspect")
    inspect(stocked, lot="E20270630.county.inspect", quantity=1, condition="damaged")
    inspect(stocked, lot="E20270630.county.inspect", quantity=2, condition="usable", order=report)
    assert sorted(held(stocked, EAST)) == [
        (2027, "damaged", "county", 1), (2027, "inspect", "county", 1),
        (2027, "usable", "county", 4), (2028, "usable", "county", 4),
        (2029, "usable", "county", 20),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "changes nothing"),
        ({"expiry": date(2028, 1, 1)}, "number of the report"),
        (
            {"lot": "E20260101.county", "condition": "inspect", "expiry": date(2026, 6, 1)},
            "no sense",
        ),
        ({"lot": "E20260101.county.inspect", "condition": "usable"}, "extend it"),
        ({"lot": "E20270630.county.damaged", "condition": "usable"}, "number of the report"),
    ],
)
def test_a_finding_that_makes_no_sense_is_refused(stocked, change, said):
    tasks.receive(stocked, site=EAST, item="torch", quantity=9, reason="x", lot="2026-01-01")
    inspect(stocked, lot="E20260101.county", condition="inspect")
    inspect(stocked, condition="damaged")
    before = stocked.store.revision()
    with pytest.raises(LedgerError, match=said):
        inspect(stocked, **change)
    assert stocked.store.revision() == before


# --- use, loss, return ---------------------------------------------------------------------------


def test_training_takes_what_may_not_be_dispatched_first(stocked):
    tasks.receive(stocked, site=EAST, item="torch", quantity=3, reason="x", lot="2026-01-01")
    voucher = tasks.train(stocked, site=EAST, item="torch", quantity=5, reason="拉练")
    assert [(m.lot, m.quantity) for m in voucher.moves] == [
        ("E20260101.county", 3), ("E20270630.county", 2),
    ]  # fmt: skip


def test_a_write_off_names_who_approved_it(stocked):
    ask = {"site": EAST, "item": "torch", "quantity": 3, "reason": "损坏"}
    with pytest.raises(LedgerError, match="who approved"):
        tasks.scrap(stocked, **ask)
    tasks.scrap(stocked, order=Order(approved_by="财政局"), **ask)
    assert on_hand(stocked, EAST) == 27


def test_unused_goods_come_back_as_the_lots_they_left_in_and_no_more_than_were_issued(stocked):
    out = tasks.issue(stocked, site=EAST, item="torch", quantity=15, reason="演练")
    tasks.return_(stocked, site=EAST, item="torch", quantity=4, issued=out.id, reason="未用")
    assert (2029, "usable", "county", 19) in held(stocked, EAST)
    with pytest.raises(LedgerError, match="more than the 11"):
        tasks.return_(stocked, site=EAST, item="torch", quantity=12, issued=out.id, reason="未用")
    with pytest.raises(LedgerError, match="more than the 11"):
        tasks.return_(stocked, site=EAST, item="torch", quantity=12, reason="未用")
    tasks.return_(stocked, site=EAST, item="torch", quantity=11, reason="未用")
    assert on_hand(stocked, EAST) == 30


def test_nothing_is_returned_on_a_voucher_that_handed_nothing_out(stocked):
    out = tasks.issue(stocked, site=EAST, item="torch", quantity=5, reason="演练")
    tasks.reverse(stocked, out.id, reason="错")
    for voucher, said in ((out.id, "handed out no goods"), ("V000001", "handed out no goods"),
                          ("V9", "no voucher")):  # fmt: skip
        with pytest.raises(LedgerError, match=said):
            tasks.return_(
                stocked, site=EAST, item="torch", quantity=1, issued=voucher, reason="未用"
            )
