"""I4: an export imports back as a no-op. I9: rows read are accounted for, whatever they hold."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from supplies import tasks
from supplies.files import load_city
from tests.conftest import ROOT

DAY = date(2026, 11, 23)
FOLDER = ROOT / "tests" / "fixtures" / "tinycity"
CITY = load_city(FOLDER)

receipts = st.lists(
    st.tuples(
        st.sampled_from(sorted(CITY.sites)),
        st.sampled_from(sorted(CITY.items)),
        st.integers(1, 100_000),
        st.none() | st.dates(date(2026, 1, 1), date(2040, 12, 31)),
    ),
    max_size=12,
)


@settings(max_examples=8)
@given(receipts)
def test_an_exported_stock_list_imports_back_without_a_change(lines):
    with TemporaryDirectory() as folder:
        desk = tasks.open_desk(f"{folder}/s.db", FOLDER, day=DAY, user="tester")
        for site, item, quantity, expiry in lines:
            lot = expiry.isoformat() if expiry else None
            tasks.receive(desk, site=site, item=item, quantity=quantity, reason="x", lot=lot)
        before = desk.store.revision()
        held = tasks.stock(desk)
        out = Path(folder) / "stock.xlsx"
        tasks.write_stock(desk, out, held)
        back = tasks.post_import(desk, out, out.name)
        assert (back.accepted, back.rejected) == (0, 0)
        assert back.read == back.unchanged == len(held)
        assert desk.store.revision() == before
        assert tasks.stock(desk) == held
        desk.store.close()


cells = st.one_of(
    st.none(),
    st.integers(-5, 500),
    st.sampled_from(["", "-", "若干", "约30", "3.5万", "１２０", "强光手电", "帐篷", "合计", "无"]),
    st.sampled_from(["支", "箱", "2027-06", "5年", "东县应急局仓库", "=1+1", "无此仓库"]),
)


@settings(max_examples=15)
@given(st.lists(st.lists(cells, min_size=5, max_size=5), max_size=8))
def test_every_row_is_accepted_unchanged_or_rejected(rows):
    with TemporaryDirectory() as folder:
        desk = tasks.open_desk(f"{folder}/s.db", FOLDER, day=DAY, user="tester")
        book = Workbook()
        sheet = book.active
        sheet.append(["物资名称", "单位", "数量", "有效期至", "存放地点"])
        for row in rows:
            sheet.append(row)
        path = Path(folder) / "mess.xlsx"
        book.save(path)
        report = tasks.post_import(desk, path, path.name)
        assert report.read == report.accepted + report.unchanged + report.rejected
        assert len([x for x in report.lines if x.status != "rejected"]) == (
            report.accepted + report.unchanged
        )
        assert tasks.verify(desk) == []
        desk.store.close()
