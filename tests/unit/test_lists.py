"""What wants attention: bands of expiry, what to do, counts by class, only what one may see."""

import io
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest

from supplies import tasks
from supplies.access import Actor, Grant, Role
from supplies.errors import AccessError, CityError
from supplies.plan.lists import Advice, Missing
from supplies.reports.frames.attention import SHAPES

DAY = date(2026, 11, 23)
CITY, EAST, WEST = "city-990000-store", "county-990101-store", "county-990102-store"
NAMES = {CITY: "小城市应急物资储备中心库", EAST: "东县应急物资储备库", WEST: "西县应急物资储备库"}
HEAD = (
    "物资编码",
    "物资名称",
    "单位",
    "实盘数量",
    "生产日期",
    "有效期至",
    "状态",
    "存放地点",
    "盘点日期",
)


@pytest.fixture
def desk(tmp_path, tinycity_dir):
    opened = tasks.open_desk(str(tmp_path / "s.db"), tinycity_dir, day=DAY, user="tester")
    yield opened
    opened.store.close()


def counted(desk, *rows, day=DAY):
    """Post a stocktake: (site, item, quantity, produced, expiry, condition)."""
    book = openpyxl.Workbook()
    book.active.title = "盘点表"
    book.active.append(HEAD)
    for site, key, quantity, *rest in rows:
        produced, expiry, condition = (*rest, *[None] * (3 - len(rest)))
        item = desk.city.items[key]
        book.active.append(
            (
                key,
                item.name_zh,
                item.unit_zh,
                quantity,
                produced,
                expiry,
                condition,
                NAMES[site],
                day,
            )
        )
    target = io.BytesIO()
    book.save(target)
    report = tasks.post_import(desk, target.getvalue(), f"{day}.xlsx", form="stocktake")
    assert (report.rejected, report.read) == (0, len(rows)), report.problems
    return report


def after(days):
    return DAY + timedelta(days=days)


def ago(days):
    return DAY - timedelta(days=days)


def test_lots_stand_in_bands_the_most_urgent_first(desk):
    counted(
        desk,
        *[(EAST, "kit-firstaid", n, None, after(days))
          for n, days in enumerate((181, 180, 91, 90, 31, 30, 0, -1), 1)],
    )  # fmt: skip
    rows = tasks.expiring(desk)
    assert [(r.days_left, r.within) for r in rows] == [
        (-1, 0), (0, 30), (30, 30), (31, 90), (90, 90), (91, 180), (180, 180)
    ]  # fmt: skip
    assert [r.is_urgent for r in rows] == [True] * 3 + [False] * 4
    assert [r.value for r in rows[:2]] == [8 * 260, 7 * 260]
    assert [r.within for r in tasks.expiring(desk, days=200)][-1] == 200
    assert [r.days_left for r in tasks.expiring(desk, days=30)] == [-1, 0, 30]


def test_what_to_do_follows_from_state_class_and_life_left(desk):
    counted(
        desk,
        (EAST, "kit-firstaid", 1, None, after(10)),  # used up: train with it
        (EAST, "kit-firstaid", 2, None, after(100)),  # used up: where more of it is used
        (EAST, "tent-12-single", 3, None, after(100)),  # lasting: may be extended
        (EAST, "tent-12-single", 4, None, ago(1)),
        (EAST, "bag-woven", 5, None, after(9), "损坏"),
    )
    advice = {int(r.quantity): r.advice for r in tasks.expiring(desk)}
    assert advice == {
        1: Advice.TRAIN, 2: Advice.TRANSFER, 3: Advice.INSPECT, 4: Advice.INSPECT, 5: Advice.SCRAP
    }  # fmt: skip


def test_a_dealer_takes_back_what_has_a_third_of_its_life_left(desk):
    dealt = {a.item for a in desk.city.agreements if a.valid_until >= DAY}
    assert "water-bottled" in dealt
    counted(
        desk,
        (EAST, "water-bottled", 1, ago(200), after(165)),
        (EAST, "water-bottled", 2, ago(300), after(65)),
        (EAST, "water-bottled", 3, None, after(165)),
    )
    young, old, unknown = sorted(tasks.expiring(desk), key=lambda r: r.quantity)
    assert young.advice is Advice.EXCHANGE
    assert young.exchange_until == after(165) - timedelta(days=122)
    assert young.life_left == pytest.approx(165 / 365)
    assert (old.advice, old.exchange_until) == (Advice.TRANSFER, None)
    assert (unknown.advice, unknown.life_left) == (Advice.TRANSFER, None)


def test_goods_that_age_without_dates_are_listed_apart(desk):
    counted(
        desk,
        (EAST, "torch", 1),
        (EAST, "torch", 2, None, after(900)),
        (EAST, "torch", 3, ago(900), None),
        (EAST, "torch", 4, ago(900), after(900)),
    )
    rows = tasks.undated(desk)
    assert [(int(r.quantity), r.missing) for r in rows][:2] == [
        (1, Missing.BOTH), (2, Missing.PRODUCED)
    ] or rows[0].missing is Missing.BOTH  # fmt: skip
    assert {int(r.quantity): r.missing for r in rows if r.quantity < 3} == {
        1: Missing.BOTH, 2: Missing.PRODUCED
    }  # fmt: skip
    assert all(int(r.quantity) != 4 for r in rows)


def test_flood_goods_are_counted_monthly_and_relief_goods_half_yearly(desk):
    counted(desk, (EAST, "bag-woven", 10), (EAST, "bed-folding", 5), day=ago(40))
    (late,) = tasks.overdue_counts(desk)
    assert (late.item, late.counted, late.months) == ("bag-woven", ago(40), 1)
    assert (late.since, late.days_over) == (date(2026, 11, 14), 9)
    assert [r.item for r in tasks.overdue_counts(desk, days=200)] == ["bag-woven", "bed-folding"]
    counted(desk, (EAST, "bag-woven", 10))
    assert tasks.overdue_counts(desk) == []


def test_a_lot_that_the_last_count_left_out_keeps_the_shelf_overdue(desk):
    counted(desk, (EAST, "bag-woven", 10, None, after(500)), day=ago(60))
    counted(desk, (EAST, "bag-woven", 4, None, after(800)), day=ago(2))
    (row,) = tasks.overdue_counts(desk)
    assert (row.lots, row.missed, row.counted) == (2, 1, ago(2))


def test_goods_never_counted_are_due_a_term_after_they_came(desk):
    came = replace(desk, day=ago(45))
    tasks.receive(came, site=EAST, item="bag-woven", quantity=7, reason="r")
    tasks.receive(desk, site=WEST, item="bag-woven", quantity=7, reason="r")
    (row,) = tasks.overdue_counts(desk)
    assert (row.site, row.counted, row.days_over) == (EAST, None, 14)


def test_one_sees_only_what_one_may_look_at(desk):
    counted(desk, (EAST, "torch", 1, None, after(5)), (WEST, "torch", 2, None, after(5)))
    keeper = Actor(user="k", grants=(Grant(role=Role.KEEPER, place=WEST),))
    mine = replace(desk, actor=keeper)
    assert [r.site for r in tasks.expiring(mine)] == [WEST]
    assert [r.site for r in tasks.expiring(desk, area="990101")] == [EAST]
    assert [r.site for r in tasks.undated(mine)] == [WEST]
    with pytest.raises(AccessError):
        tasks.expiring(mine, site=EAST)
    with pytest.raises(AccessError):
        tasks.attention(replace(desk, actor=Actor(user="")))
    with pytest.raises(CityError):
        tasks.expiring(desk, site="nowhere")


def test_attention_sums_the_lists_up_the_most_urgent_first(desk):
    counted(desk, (EAST, "kit-firstaid", 2, None, ago(3)), (EAST, "torch", 1))
    first, *rest = tasks.attention(desk)
    assert (first.name, first.lines, first.urgent, first.value) == ("expiring", 1, 1, 520)
    assert first.oldest == 3
    assert {line.name for line in rest} == set(SHAPES) - {"expiring"}


def test_worth_by_month_puts_what_expired_first(desk):
    counted(
        desk, (EAST, "kit-firstaid", 1, None, ago(3)), (EAST, "kit-firstaid", 2, None, after(9))
    )
    months = tasks.expiry_by_month(desk)
    assert months[:3] == [(None, 260), (date(2026, 11, 1), 0), (date(2026, 12, 1), 520)]
    assert len(months) == 13


# --- the workbooks -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_has_a_sheet_for_each_list_ready_to_print(desk, tmp_path, lang):
    counted(desk, (EAST, "kit-firstaid", 2, None, ago(3)), (EAST, "bag-woven", 1), day=ago(50))
    path = tmp_path / "lists.xlsx"
    tasks.write_lists(desk, path, lang=lang)
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 1 + len(SHAPES)
    assert len(book.worksheets[0]._charts) == 1
    assert book.worksheets[0].max_column <= 8
    for sheet in (book.worksheets[1], book.worksheets[3]):
        assert sheet.freeze_panes
        assert sheet.print_title_rows
        assert "&P" in sheet.oddFooter.center.text
        assert sheet.page_setup.orientation == "landscape"


def test_the_workbook_of_lists_is_not_taken_for_stock(desk, tmp_path):
    counted(desk, (EAST, "kit-firstaid", 2, None, ago(3)), (EAST, "bag-woven", 1), day=ago(50))
    path = tmp_path / "lists.xlsx"
    tasks.write_lists(desk, path)
    report = tasks.preview_import(desk, path, path.name)
    assert report.read == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("blind", [False, True])
def test_a_stocktake_sheet_filled_in_by_hand_imports(desk, tmp_path, lang, blind):
    counted(
        desk,
        (EAST, "torch", 100, ago(300), after(700)),
        (EAST, "bag-woven", 500),
        (EAST, "bed-folding", 7, None, None, "待检"),
        day=ago(50),
    )
    path = tmp_path / "count.xlsx"
    tasks.write_count_sheet(desk, path, site=EAST, day=ago(1), blind=blind, lang=lang)
    untouched = tasks.preview_import(desk, path, path.name)
    assert (untouched.form, untouched.read, untouched.rejected) == ("stocktake", 3, 3)

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heads = {c.value: c for row in sheet.iter_rows(max_row=6) for c in row if c.value}
    assert ({"账面数量", "Book quantity"} & set(heads) == set()) is blind
    column = heads["实盘数量" if lang == "zh" else "Counted"]
    names = heads["物资编码" if lang == "zh" else "Item code"]
    found = {"torch": 90, "bag-woven": 500, "bed-folding": 0}
    for row in range(column.row + 1, column.row + 4):
        sheet.cell(row, column.column).value = found[sheet.cell(row, names.column).value]
    book.save(path)

    report = tasks.post_import(desk, path, path.name)
    assert (report.read, report.rejected, report.unchanged) == (3, 0, 1)
    held = {line.item: int(line.quantity) for line in tasks.stock(desk, site=EAST)}
    assert held == {"torch": 90, "bag-woven": 500}
    assert tasks.overdue_counts(desk) == []
