from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from supplies import tasks
from supplies.errors import (
    CityError,
    LedgerError,
    OverdrawnError,
    PlanError,
    StoreError,
    WorkbookError,
)

DAY = date(2026, 11, 23)
APPROVED = tasks.Order(approved_by="财政局")
EAST = "county-990101-store"
WEST = "county-990102-store"


@pytest.fixture
def desk(tmp_path, tinycity_dir):
    opened = tasks.open_desk(str(tmp_path / "s.db"), tinycity_dir, day=DAY, user="tester")
    yield opened
    opened.store.close()


def book(path, rows, headers=("物资名称", "单位", "数量", "有效期至", "存放地点")):
    wb = Workbook()
    sheet = wb.active
    sheet.append(["东县应急物资储备台账(2026年)"])
    sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
    wb.save(path)
    return path


STOCK = [
    ("强光手电", "支", 120, "2029-06-30", "东县应急局仓库"),
    ("夏凉被(空调被)", "床", 80, "2030-01-31", "东县应急局仓库"),
    ("折叠床", "张", 15, "2033-01-31", "西县应急局仓库"),
]


def on_hand(desk, item, site=None):
    return sum(s.quantity for s in tasks.stock(desk, item=item, site=site))


def test_a_preview_shows_what_posting_does_and_changes_nothing(desk, tmp_path):
    path = book(tmp_path / "a.xlsx", STOCK)
    seen = tasks.preview_import(desk, path, path.name)
    assert desk.store.revision() == 0
    assert not seen.posted
    done = tasks.post_import(desk, path, path.name)
    assert done.posted
    assert (seen.read, seen.accepted, seen.unchanged, seen.rejected) == (3, 3, 0, 0)
    assert seen.lines == done.lines
    assert seen.quantities == done.quantities
    assert on_hand(desk, "torch") == 120
    assert on_hand(desk, "bed-folding", WEST) == 15


def test_the_same_file_twice_posts_nothing(desk, tmp_path):
    path = book(tmp_path / "a.xlsx", STOCK)
    tasks.post_import(desk, path, path.name)
    before = desk.store.revision()
    again = tasks.post_import(desk, path, path.name)
    assert (again.accepted, again.unchanged, again.rejected) == (0, 3, 0)
    assert desk.store.revision() == before


def test_a_corrected_sheet_posts_the_correction(desk, tmp_path):
    tasks.post_import(desk, book(tmp_path / "a.xlsx", STOCK), "a.xlsx")
    right = [(*STOCK[0][:2], 100, *STOCK[0][3:]), *STOCK[1:]]
    report = tasks.post_import(desk, book(tmp_path / "b.xlsx", right), "b.xlsx")
    assert (report.accepted, report.unchanged) == (1, 2)
    line = next(x for x in report.lines if x.item == "torch")
    assert (line.before, line.in_file, line.after, line.difference) == (120, 100, 100, -20)


def test_rows_absent_from_a_sheet_change_nothing(desk, tmp_path):
    tasks.post_import(desk, book(tmp_path / "a.xlsx", STOCK), "a.xlsx")
    tasks.post_import(desk, book(tmp_path / "b.xlsx", STOCK[:1]), "b.xlsx")
    assert on_hand(desk, "quilt-summer") == 80


def test_an_unknown_place_is_a_warning_in_the_preview_and_an_error_when_posted(desk, tmp_path):
    rows = [*STOCK, ("强光手电", "支", 5, "2029-06-30", "无此仓库")]
    path = book(tmp_path / "a.xlsx", rows)
    seen = tasks.preview_import(desk, path, path.name)
    assert seen.rejected == 0
    assert {p.severity.value for p in seen.problems} == {"warning"}
    assert seen.by_place["无此仓库"] == {"torch": 5}
    done = tasks.post_import(desk, path, path.name)
    assert (done.read, done.accepted, done.rejected) == (4, 3, 1)
    assert {p.severity.value for p in done.problems} == {"error"}
    here = tasks.post_import(desk, path, path.name, site=EAST)
    assert here.rejected == 0


REGISTER = ("日期", "物资名称", "单位", "入库数量", "出库数量", "存放地点")
ROWS = [
    ("2026-11-20", "强光手电", "支", 40, None, "东县应急局仓库"),
    ("2026-11-21", "强光手电", "支", None, 10, "东县应急局仓库"),
]


def test_a_longer_register_posts_only_what_is_new(desk, tmp_path):
    first = book(tmp_path / "a.xlsx", ROWS, REGISTER)
    report = tasks.post_import(desk, first, "a.xlsx")
    assert (report.accepted, report.receipts, report.issues) == (
        2,
        {"torch": 40},
        {"torch": -10},
    )
    more = [*ROWS, ("2026-11-22", "强光手电", "支", None, 5, "东县应急局仓库")]
    later = tasks.post_import(desk, book(tmp_path / "b.xlsx", more, REGISTER), "b.xlsx")
    assert (later.accepted, later.unchanged) == (1, 2)
    assert on_hand(desk, "torch") == 25


def test_an_issue_the_ledger_cannot_cover_is_refused_alone(desk, tmp_path):
    rows = [*ROWS, ("2026-11-22", "强光手电", "支", None, 500, "东县应急局仓库")]
    report = tasks.post_import(desk, book(tmp_path / "a.xlsx", rows, REGISTER), "a.xlsx")
    assert (report.accepted, report.rejected) == (2, 1)
    finding = report.problems[-1]
    assert (finding.code, finding.severity.value) == ("stock-short", "error")
    assert finding.cell
    assert on_hand(desk, "torch") == 30


def test_what_is_exported_imports_back_without_a_change(desk, tmp_path):
    tasks.post_import(desk, book(tmp_path / "a.xlsx", STOCK), "a.xlsx")
    tasks.receive(desk, site=EAST, item="sand-gravel", quantity=Decimal("12.5"), reason="采购")
    tasks.receive(desk, site=EAST, item="torch", quantity=7, reason="采购", lot="2028-02-29")
    out = tmp_path / "out.xlsx"
    tasks.write_stock(desk, out, tasks.stock(desk))
    before = desk.store.revision()
    back = tasks.post_import(desk, out, out.name)
    assert back.rejected == 0
    assert back.accepted == 0
    assert back.read == back.unchanged == 5
    assert desk.store.revision() == before


def test_a_file_that_is_no_workbook_is_one_line(desk, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"not a workbook")
    with pytest.raises(WorkbookError) as refusal:
        tasks.preview_import(desk, path, path.name)
    assert "\n" not in str(refusal.value)


def test_goods_leave_first_expired_first_out_and_a_key_makes_a_repeat_harmless(desk):
    for lot in ("2028-01-31", "2027-01-31"):
        tasks.receive(desk, site=EAST, item="torch", quantity=10, reason="采购", lot=lot)
    voucher = tasks.issue(
        desk, site=EAST, item="torch", quantity=12, reason="演练", order=tasks.Order(key="k1")
    )
    again = tasks.issue(
        desk, site=EAST, item="torch", quantity=12, reason="演练", order=tasks.Order(key="k1")
    )
    assert again.id == voucher.id
    assert again.repeated
    left = tasks.stock(desk, item="torch")
    assert [(s.expiry, s.quantity) for s in left] == [(date(2028, 1, 31), 8)]


def test_expired_goods_are_not_issued_but_may_be_scrapped(desk):
    tasks.receive(desk, site=EAST, item="torch", quantity=5, reason="采购", lot="2026-11-22")
    with pytest.raises(OverdrawnError):
        tasks.issue(desk, site=EAST, item="torch", quantity=1, reason="演练")
    tasks.scrap(desk, site=EAST, item="torch", quantity=5, reason="过期", order=APPROVED)
    assert on_hand(desk, "torch") == 0


def test_the_expiry_day_itself_is_usable(desk):
    tasks.receive(desk, site=EAST, item="torch", quantity=5, reason="采购", lot="2026-11-23")
    tasks.issue(desk, site=EAST, item="torch", quantity=5, reason="演练")
    assert on_hand(desk, "torch") == 0


def test_transfer_return_reserve_and_reverse(desk):
    tasks.receive(desk, site=EAST, item="torch", quantity=30, reason="采购")
    ask = {"source": EAST, "target": WEST, "item": "torch", "quantity": 20, "reason": "调拨"}
    moved = tasks.transfer(desk, hand_over=True, **ask)
    assert on_hand(desk, "torch", WEST) == 20
    tasks.reverse(desk, moved.id, reason="错调")
    assert on_hand(desk, "torch", EAST) == 30
    tasks.issue(desk, site=EAST, item="torch", quantity=10, reason="演练")
    tasks.return_(desk, site=EAST, item="torch", quantity=4, reason="未用退库")
    tasks.reserve(desk, site=EAST, item="torch", quantity=24, reason="预留")
    with pytest.raises(OverdrawnError):
        tasks.issue(desk, site=EAST, item="torch", quantity=1, reason="演练")
    assert tasks.verify(desk) == []
    assert len(tasks.seal(desk)) == 8


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"site": "nowhere"}, CityError),
        ({"item": "nothing"}, CityError),
        ({"quantity": 0}, CityError),
        ({"quantity": Decimal("0.5")}, CityError),
        ({"reason": " "}, LedgerError),
        ({"lot": "tomorrow"}, CityError),
    ],
)
def test_a_voucher_with_something_wrong_is_refused_and_nothing_is_written(desk, change, kind):
    good = {"site": EAST, "item": "torch", "quantity": 3, "reason": "采购"}
    with pytest.raises(kind):
        tasks.receive(desk, **{**good, **change})
    assert desk.store.revision() == 0


def test_stock_filters_and_their_refusals(desk, tmp_path):
    tasks.post_import(desk, book(tmp_path / "a.xlsx", STOCK), "a.xlsx")
    assert {s.site for s in tasks.stock(desk, area="990101")} == {EAST}
    assert tasks.stock(desk, tier="city") == []
    assert [s.item for s in tasks.stock(desk, expiring_days=1000)] == ["torch"]
    for wrong in ({"area": "1"}, {"site": "x"}, {"item": "x"}, {"tier": "village"}):
        with pytest.raises(CityError):
            tasks.stock(desk, **wrong)


def test_a_database_of_another_city_is_refused(desk, hengyang_dir, tmp_path):
    with pytest.raises(StoreError, match="990000"):
        tasks.open_desk(str(tmp_path / "s.db"), hengyang_dir)


def test_results_are_kept_and_replaced(desk):
    assert tasks.load_result(desk, "plan", "own") is None
    tasks.save_result(desk, "plan", "own", {"n": 1})
    tasks.save_result(desk, "plan", "own", {"n": 2, "名": "值"})
    assert tasks.load_result(desk, "plan", "own") == {"n": 2, "名": "值"}


def test_imported_agreements_join_those_of_the_city_and_replace_their_older_selves(desk, tmp_path):
    headers = ("企业名称", "物资名称", "单位", "协议数量", "供货时限", "协议期限", "签约单位")
    rows = [("新供应商", "强光手电", "支", 300, "12小时", "2027-12-31", "东县应急管理局")]
    path = book(tmp_path / "a.xlsx", rows, headers)
    report = tasks.post_import(desk, path, path.name)
    assert len(report.agreements) == 1
    assert len(tasks.agreements(desk)) == len(desk.city.agreements) + 1
    again = tasks.post_import(desk, path, path.name)
    assert (again.accepted, again.unchanged) == (0, 1)


def test_the_main_job_from_stock_to_reserved_trips(desk, tmp_path):
    tasks.post_import(desk, book(tmp_path / "a.xlsx", STOCK), "a.xlsx")
    made = tasks.sized(desk)
    assert made.plan.revision == desk.store.revision()
    assert sum(r.covered for r in made.after.rows) > sum(r.covered for r in made.before.rows)
    tasks.write_procurement(desk, made, tmp_path / "p.xlsx")
    incident = Path(desk.city_dir) / "incidents" / "flood.toml"
    plan = tasks.dispatch(desk, incident, seconds=3, approve=True)
    assert plan.trips
    tasks.write_dispatch(desk, plan, tmp_path / "d.xlsx")
    reserved = sum(s.reserved for s in tasks.stock(desk))
    assert reserved > 0
    assert tasks.approve_dispatch(desk, plan).repeated
    assert sum(s.reserved for s in tasks.stock(desk)) == reserved


def test_a_drill_cannot_be_approved(desk, tmp_path):
    made = tasks.sized(desk)
    incident = Path(desk.city_dir) / "incidents" / "flood.toml"
    with pytest.raises(LedgerError, match="drill"):
        tasks.dispatch(desk, incident, 3, stock_lines=made.stock_after, approve=True)
    assert desk.store.revision() == 0


def test_an_unknown_closed_link_is_refused(desk):
    incident = Path(desk.city_dir) / "incidents" / "flood.toml"
    with pytest.raises(PlanError, match="nowhere"):
        tasks.dispatch(desk, incident, 3, close=[("C990101", "nowhere")])


def test_every_task_is_where_it_is_said_to_be():
    for name in tasks.__all__:
        assert getattr(tasks, name).__name__ == name
    with pytest.raises(AttributeError, match="nothing"):
        tasks.nothing  # noqa: B018 - the look-up itself is refused
