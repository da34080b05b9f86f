"""Every kind of voucher prints as a form of one page, in both languages."""

from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest

from supplies import tasks
from supplies.ledger import Kind
from supplies.reports.voucher_words import TITLES
from supplies.tasks import Line, Order

DAY = date(2026, 11, 23)
EAST, WEST = "county-990101-store", "county-990102-store"
CITY = "city-990000-store"


def one_of_each(desk):
    """Post one voucher of every kind and return them by kind."""
    party = Order(party="甲单位", due=DAY + timedelta(30), amount_cny=Decimal("99.5"))
    torch = {"item": "torch", "reason": "事由"}
    made = [
        tasks.receive(desk, site=EAST, quantity=90, lot="2029-06-30", **torch),
        tasks.issue(desk, site=EAST, quantity=5, order=Order(by_phone=True), **torch),
        tasks.transfer(desk, source=EAST, target=WEST, quantity=5, hand_over=True, **torch),
        tasks.train(desk, site=EAST, quantity=1, **torch),
        tasks.scrap(desk, site=EAST, quantity=1, order=Order(approved_by="乙"), **torch),
        tasks.lend(desk, site=EAST, quantity=4, order=party, **torch),
        tasks.donate(desk, site=EAST, quantity=4, order=party, **torch),
        tasks.requisition(desk, site=EAST, quantity=4, order=party, **torch),
        tasks.borrow(desk, site=EAST, quantity=4, order=party, **torch),
        tasks.reserve(desk, site=EAST, quantity=2, **torch),
        tasks.depart(desk, source=EAST, target=WEST, quantity=9, trip="湘D1", **torch),
        tasks.inspect(
            desk, site=EAST, lot="E20290630.county", quantity=1, condition="inspect", **torch
        ),
        tasks.entrust(desk, site=EAST, lot="E20290630.county", quantity=1, to="city", **torch),
        tasks.call_off(
            desk, agreement="sup-east-food|990101|water-bottled", site=EAST, quantity=9, reason="x"
        ),
        tasks.count(desk, site=WEST, counted=[Line(item="torch", quantity=3)], reason="盘点"),
    ]
    by_kind = {voucher.kind: voucher for voucher in made}
    made = [
        tasks.arrive(
            desk, departure=by_kind["departure"].id, lost="落水", reason="签收",
            received=[Line(item="torch", quantity=8)], hand_over=True,
        ),
        tasks.return_(desk, site=EAST, quantity=1, issued=by_kind["issue"].id, **torch),
        tasks.give_back(desk, loan=by_kind["loan_out"].id, reason="还"),
        tasks.release(desk, voucher=by_kind["reserve"].id, reason="取消"),
        tasks.reverse(desk, by_kind["training"].id, reason="记错"),
    ]  # fmt: skip
    return by_kind | {voucher.kind: voucher for voucher in made}


@pytest.fixture(scope="module")
def posted(tmp_path_factory, tinycity_dir):
    path = tmp_path_factory.mktemp("vouchers") / "s.db"
    desk = tasks.open_desk(str(path), tinycity_dir, day=DAY, user="tester")
    yield desk, one_of_each(desk)
    desk.store.close()


def sheet_of(posted, kind, tmp_path, lang="zh"):
    desk, vouchers = posted
    out = tmp_path / f"{kind}.xlsx"
    tasks.write_voucher(desk, vouchers[kind].id, out, lang)
    return openpyxl.load_workbook(out).worksheets[0]


def words(sheet):
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.OPENING, Kind.MOVES}))
def test_each_kind_prints_under_its_own_title(posted, tmp_path, kind, lang):
    sheet = sheet_of(posted, kind.value, tmp_path, lang)
    title = TITLES[kind][lang == "en"]
    assert title in words(sheet)[0]
    assert posted[1][kind.value].id in words(sheet)[1]
    assert posted[0].store.seal_code() in sheet.oddFooter.left.text
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.paperSize) == (True, 9)
    assert sheet.max_row < 45


def test_totals_are_formulas_a_reader_can_check(posted, tmp_path):
    said = words(sheet_of(posted, "receipt", tmp_path))
    assert any(text.startswith("=SUM(") for text in said)
    assert sum(text.startswith("=") and "*" in text for text in said) == 1


def test_a_count_shows_book_counted_and_difference(posted, tmp_path):
    sheet = sheet_of(posted, "count", tmp_path)
    head = next(row for row in sheet.iter_rows() if row[0].value == "序号")
    assert [cell.value for cell in head][4:7] == ["账面数", "实盘数", "差异"]
    row = [cell.value for cell in sheet[head[0].row + 1]]
    assert row[4:6] == [5, 3]
    assert row[6].startswith("=")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("issue", "电话先行, 书面应于 2026-11-24 前补"),
        ("arrival", "实收数"),
        ("departure", "湘D1"),
        ("requisition", "补偿金额(元)"),
        ("requisition", "99.50"),
        ("custody", "至 2029-06-30、市级"),
        ("inspection", "至 2029-06-30、待检、县级"),
        ("loan_out", "2026-12-23"),
        ("training", "【已冲销】"),
        ("call_off", "东县粮油饮品批发部(示例)"),
        ("scrap", "财务意见"),
    ],
)
def test_the_form_says_what_its_kind_is_about(posted, tmp_path, kind, said):
    assert any(said in text for text in words(sheet_of(posted, kind, tmp_path)))


def test_papers_that_came_stand_on_the_form(posted, tmp_path):
    desk, vouchers = posted
    late = tasks.issue(
        desk, site=EAST, item="torch", quantity=1, reason="x", order=Order(by_phone=True)
    )
    tasks.papers(desk, voucher=late.id, order_number="补〔2026〕1号")
    vouchers["late"] = late
    assert any("补〔2026〕1号" in text for text in words(sheet_of(posted, "late", tmp_path)))
