"""A workbook is looked at, posted once, and given back with its faults marked."""

import io
from pathlib import Path

import openpyxl
import pytest

from supplies import tasks
from supplies.ui import texts, upload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = "东县应急物资储备库盘点表"
HEAD = ("序号", "物资名称", "单位", "账面数量", "实盘数量", "存放地点")


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "盘点"
    sheet.append([TITLE])
    sheet.append(HEAD)
    for row in rows:
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


GOOD = (1, "折叠床", "张", 0, 25, "东县应急物资储备库")
BAD = (2, "折叠床", "张", 0, "若干", "东县应急物资储备库")


def put(app, data, name="盘点.xlsx"):
    app.file_uploader(key="file").set_value([(name, data, XLSX)])
    return app.run()


def test_a_count_is_previewed_then_posted_once(empty_db, open_page, tinycity_dir):
    app = put(open_page("upload"), workbook(GOOD))
    assert not app.exception
    assert texts.text("zh", "upload.is_count") in [e.value for e in app.info]
    after = texts.text("zh", "upload.after")
    assert app.dataframe[0].value[after].tolist() == [25]
    desk = tasks.open_desk(f"sqlite:///{empty_db}", tinycity_dir)
    assert desk.store.revision() == 0
    app.button(key="post").click().run()
    assert desk.store.revision() == 1
    assert "1" in app.success[0].value
    assert app.button(key="post").disabled
    desk.store.close()


def test_a_faulty_row_is_named_with_its_cell(empty_db, open_page):
    app = put(open_page("upload", "en"), workbook(GOOD, BAD))
    findings = app.dataframe[1].value
    assert findings["Where"].tolist() == ["盘点!E4"]
    assert [m.value for m in app.metric][:4] == ["2", "1", "0", "1"]


def test_a_file_that_is_no_workbook_is_one_clear_line(empty_db, open_page):
    app = put(open_page("upload"), b"not a workbook", "x.xlsx")
    assert not app.exception
    assert len(app.error) == 1
    assert "\n" not in app.error[0].value


def test_the_marked_copy_opens(empty_db, open_page, tinycity_dir):
    data = workbook(GOOD, BAD)
    desk = tasks.open_desk(f"sqlite:///{empty_db}", tinycity_dir)
    report = tasks.preview_import(desk, data, "盘点.xlsx")
    desk.store.close()
    target = io.BytesIO()
    upload.mark(data, "盘点.xlsx", report, target)
    cell = openpyxl.load_workbook(io.BytesIO(target.getvalue()))["盘点"]["E4"]
    assert cell.comment is not None


@pytest.mark.parametrize("form", upload.TEMPLATES)
def test_every_template_can_be_written(form, tinycity_dir, empty_db):
    desk = tasks.open_desk(f"sqlite:///{empty_db}", tinycity_dir)
    target = io.BytesIO()
    upload.blank(desk.city, form, "en", target)
    desk.store.close()
    assert openpyxl.load_workbook(io.BytesIO(target.getvalue())).sheetnames


def test_samples_fill_an_empty_ledger(tmp_path, open_page, hengyang_dir: Path, monkeypatch):
    monkeypatch.setenv("SUPPLIES_DB", f"sqlite:///{tmp_path / 'h.db'}")
    monkeypatch.setenv("SUPPLIES_CITY", str(hengyang_dir))
    monkeypatch.setattr("supplies.ui.results.start", lambda *_: None)
    app = open_page("overview")
    app.button(key="samples-import").click().run()
    assert not app.exception
    desk = tasks.open_desk(f"sqlite:///{tmp_path / 'h.db'}", hengyang_dir)
    assert len(tasks.stock(desk)) > 1000
    desk.store.close()
