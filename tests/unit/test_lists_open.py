"""What vouchers left open is listed until it is done; the command shows and writes it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest

from supplies import tasks
from supplies.access import Actor, Grant, Role
from supplies.cli import main
from supplies.reports.frames.attention import SHAPES
from supplies.tasks import Order
from tests.unit.callup_case import received, stocked

CITY, EAST, WEST = "city-990000-store", "county-990101-store", "county-990102-store"


@pytest.fixture
def desk(tmp_path, tinycity_dir, monkeypatch):
    monkeypatch.setenv("SUPPLIES_DB", f"sqlite:///{tmp_path / 's.db'}")
    monkeypatch.setenv("SUPPLIES_CITY", str(tinycity_dir))
    opened = tasks.open_desk(user="tester")
    tasks.receive(opened, site=EAST, item="bed-folding", quantity=50, reason="r")
    yield opened
    opened.store.close()


def later(desk, days):
    return replace(desk, day=desk.day + timedelta(days=days))


def test_a_telephone_order_is_listed_until_its_papers_come(desk):
    order = Order(by_phone=True, asked_by="东县应急局")
    posted = tasks.issue(
        desk, site=EAST, item="bed-folding", quantity=5, reason="夜间", order=order
    )
    (row,) = tasks.papers_due(desk)
    assert (row.subject, row.sites, row.asked_by) == (posted.id, (EAST,), "东县应急局")
    assert not row.is_urgent
    assert tasks.papers_due(later(desk, 3))[0].days_over == 2
    assert tasks.papers_due(desk, site=WEST) == []
    tasks.papers(desk, voucher=posted.id, order_number="8号")
    assert tasks.papers_due(desk) == []


def test_goods_on_the_way_are_listed_until_they_arrive_and_late_ones_are_urgent(desk):
    sent = tasks.depart(
        desk, source=EAST, target=WEST, item="bed-folding", quantity=20, reason="支援"
    )
    (row,) = tasks.in_transit(desk)
    assert (row.source, row.target, row.quantity, row.is_late) == (EAST, WEST, 20, False)
    assert row.value == 20 * 190
    assert tasks.in_transit(later(desk, 2))[0].is_urgent
    line = tasks.Line(item="bed-folding", quantity=12)
    tasks.arrive(desk, departure=sent.id, received=[line], reason="r", hand_over=True)
    assert tasks.in_transit(desk)[0].quantity == 8
    keeper = Actor(user="k", grants=(Grant(role=Role.KEEPER, place=WEST),))
    assert len(tasks.in_transit(replace(desk, actor=keeper))) == 1
    elsewhere = Actor(user="k", grants=(Grant(role=Role.KEEPER, place=CITY),))
    assert tasks.in_transit(replace(desk, actor=elsewhere)) == []
    tasks.arrive(desk, departure=sent.id, reason="r", hand_over=True)
    assert tasks.in_transit(desk) == []


def test_loans_both_ways_are_listed_with_what_is_still_out(desk):
    order = Order(party="东城街道", due=desk.day + timedelta(days=3))
    lent = tasks.lend(desk, site=EAST, item="bed-folding", quantity=6, reason="r", order=order)
    tasks.borrow(desk, site=EAST, item="torch", quantity=4, reason="r", order=order)
    rows = {row.item: row for row in tasks.loans_open(desk)}
    assert {k: (int(r.quantity), r.is_ours) for k, r in rows.items()} == {
        "bed-folding": (6, True),
        "torch": (4, False),
    }
    assert {r.days_over for r in tasks.loans_open(later(desk, 5))} == {2}
    tasks.give_back(desk, loan=lent.id, item="bed-folding", quantity=2, reason="r")
    assert [int(r.quantity) for r in tasks.loans_open(desk) if r.is_ours] == [4]


def test_a_compensation_is_listed_until_it_is_paid(desk):
    order = Order(party="建材公司", amount_cny=Decimal("900.50"), due=desk.day)
    taken = tasks.requisition(
        desk, site=EAST, item="sand-gravel", quantity=5, reason="抢险", order=order
    )
    tasks.pay(desk, voucher=taken.id, amount_cny=Decimal(900))
    (row,) = tasks.compensation_open(later(desk, 1))
    assert (row.amount, row.paid, row.worth, row.days_over) == (
        Decimal("900.5"), 900, Decimal("0.5"), 1
    )  # fmt: skip
    tasks.pay(desk, voucher=taken.id, amount_cny=Decimal("0.50"))
    assert tasks.compensation_open(desk) == []


def test_a_call_up_is_listed_until_it_is_settled_and_made_good(desk):
    stocked(desk)
    number = received(desk, ("quilt-winter", 100))
    (papers,) = tasks.papers_due(desk)
    assert (papers.subject, papers.is_call_up, papers.party) == (number, True, "990102")
    owed = [row for row in tasks.refills_due(desk) if not row.is_settled]
    assert {row.call_up for row in owed} == {number}
    assert sum(row.quantity for row in owed) == 40  # what West did not have itself
    tasks.settle_call_up(desk, number, mode="in_kind")
    (row,) = tasks.refills_due(desk)
    assert (row.is_settled, row.debtor, row.quantity) == (True, "990102", 40)
    assert tasks.refills_due(later(desk, 200))[0].is_urgent


# --- the command -------------------------------------------------------------------------------


def run(capfd, *words):
    capfd.readouterr()
    status = main([str(word) for word in words])
    return status, *capfd.readouterr()


def test_without_a_name_the_command_sums_the_lists_up(desk, capfd):
    gone = (desk.day - timedelta(days=4)).isoformat()
    tasks.receive(desk, site=EAST, item="kit-firstaid", quantity=2, lot=gone, reason="r")
    status, out, _ = run(capfd, "lists", "--json")
    document = json.loads(out)
    assert status == 1  # done, with something urgent
    assert document["lists"][0] == {
        "name": "expiring", "lines": 1, "urgent": 1, "value": 520, "oldest": 4
    }  # fmt: skip
    assert {line["name"] for line in document["lists"]} == set(SHAPES)
    assert "临期与过期" in run(capfd, "lists")[1]


def test_a_named_list_gives_names_and_figures(desk, capfd, tmp_path):
    tasks.depart(desk, source=EAST, target=WEST, item="bed-folding", quantity=20, reason="r")
    status, out, _ = run(capfd, "lists", "transit", "--json")
    (row,) = json.loads(out)["rows"]
    assert status == 0
    assert (row["item_name"], row["quantity"], row["unit"]) == ("折叠床", 20, "张")
    assert (row["source_name"], row["target"]) == ("东县应急物资储备库", WEST)
    path = tmp_path / "l.xlsx"
    assert "Folding bed" in run(capfd, "lists", "transit", "--lang", "en", "-o", path)[1]
    assert len(openpyxl.load_workbook(path).sheetnames) == 1 + len(SHAPES)
    assert json.loads(run(capfd, "lists", "transit", "--tier", "city", "--json")[1])["rows"] == []


def test_an_unknown_list_is_refused_in_one_line(desk, capfd):
    status, out, err = run(capfd, "lists", "nothing")
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert "expiring" in err


def test_the_count_sheet_is_written(desk, capfd, tmp_path):
    path = tmp_path / "c.xlsx"
    status, *_ = run(capfd, "count-sheet", "--site", EAST, "--day", "2026-11-30", "-o", path)
    assert status == 0
    days = [c.value for row in openpyxl.load_workbook(path).active.iter_rows() for c in row]
    assert date(2026, 11, 30) in [getattr(day, "date", lambda: None)() for day in days]
