"""Take the pictures of every page, in both languages: `python -m tests.e2e.screenshots`.

Without ``--db`` a new database is made and filled first: the sample workbooks, a readiness, both
reserve plans, a dispatch. That takes some minutes.
"""

import argparse
import io
import re
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from PIL import Image
from playwright.sync_api import Page

from supplies import tasks, worker
from supplies.codec import encode
from supplies.files import default_city_dir, load_city, load_incident
from supplies.ui import texts
from supplies.ui.words import Words
from tests.e2e.browser import ROOT, app, browser, outside, settle

PAGES = (
    "overview", "lists", "vouchers", "callups", "upload", "stock", "readiness", "dispatch",
    "procurement", "sources",
)  # fmt: skip
STORE = "city-430400-store"
TABS = {"plan": ("readiness", 1), "timetable": ("dispatch", 1)}  # more views: a page, its tab
SIZE = {"width": 1440, "height": 900}
MOST_BYTES = 250_000


def save(png: bytes, path: Path) -> None:
    """Write a picture, with a palette of fewer and fewer colours where it is too large."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.save(path, optimize=True)
    if path.stat().st_size <= MOST_BYTES:
        return
    for colours in (256, 128, 64):
        picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            return


def fill(db: str) -> None:
    """Import the sample workbooks and run every long step once."""
    desk = tasks.open_desk(db)
    for path in sorted((desk.city_dir / "workbooks").glob("*.xlsx")):
        tasks.post_import(desk, path, path.name)
    post(desk)
    call_up(desk)
    incident = load_incident(desk.city_dir / "incidents" / "city-flood.toml", desk.city)
    steps = (
        ("readiness", "own", {"mode": "own"}),
        ("plan", "own", {"mode": "own", "budget": None, "seconds": 120}),
        ("plan", "pooled", {"mode": "pooled", "budget": None, "seconds": 120}),
        ("dispatch", "file/city-flood", {"incident": encode(incident), "seconds": 20}),
    )
    for step, key, arguments in steps:
        sys.stdout.write(f"{step} {key}\n")
        request = {"step": step, "key": key, "db": db, "arguments": arguments}
        worker.run(request, lambda _words, _share: None)
    desk.store.close()


def post(desk: tasks.Desk) -> None:
    """Post some vouchers that leave something to be done."""
    order, day = tasks.Order, desk.day
    tasks.issue(
        desk, site=STORE, item="bed-folding", quantity=120, reason="灶市街道转移安置",
        order=order(by_phone=True, asked_by="耒阳市应急管理局"),
    )  # fmt: skip
    tasks.depart(
        desk, source=STORE, target="county-430482-store", item="quilt-winter", quantity=300,
        reason="支援耒阳安置点", order=order(asked_by="耒阳市应急管理局", order_number="12号"),
    )  # fmt: skip
    tasks.depart(
        desk, source=STORE, target="county-430421-store", item="water-bottled", quantity=100,
        reason="抗旱送水", order=order(day=day - timedelta(days=2), late="停电"),
    )  # fmt: skip
    tasks.lend(
        desk, site=STORE, item="vest-life", quantity=20, reason="乡镇演练",
        order=order(party="西渡镇人民政府", due=day + timedelta(days=10)),
    )  # fmt: skip
    tasks.requisition(
        desk, site=STORE, item="sand-gravel", quantity=50, reason="湘江大堤抢险",
        order=order(
            party="建材公司(样例)", amount_cny=Decimal(6500), due=day + timedelta(days=30)
        ),
    )  # fmt: skip


def call_up(desk: tasks.Desk) -> None:
    """Leave call-ups that wait for different steps; the last is on the road."""

    def ask(area: str, level: str, incident: str, goods: dict[str, int]) -> str:
        lines = [tasks.Wanted(item=item, quantity=units) for item, units in goods.items()]
        number = tasks.request_call_up(
            desk, area=area, level=level, reason=incident, incident=incident, lines=lines,
            order=tasks.Order(asked_by="值班室"),
        ).call_up.id  # fmt: skip
        tasks.propose_call_up(desk, number)
        return number

    ask("430482", "III", "舂陵水超警戒水位", {"bag-woven": 20000, "vest-life": 200})
    number = ask("430481", "II", "灶市街道内涝转移", {"tent-12-single": 400, "quilt-winter": 3000})
    tasks.approve_call_up(desk, number)
    tasks.reserve_call_up(desk, number)
    tasks.order_call_up(desk, number)
    held = [s.share.site for s in tasks.call_up_state(desk, number).standings if s.reserved]
    for site in list(dict.fromkeys(held))[:2]:
        tasks.depart_call_up(desk, number, site=site, note="湘D·12345 王师傅")


def example(folder: Path) -> Path:
    """Return a copy of the sample stocktake with counts that differ and two faults."""
    source = next((default_city_dir() / "workbooks").glob("03-*.xlsx"))
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    heads = {str(c.value).strip(): c for row in sheet.iter_rows(max_row=6) for c in row if c.value}
    counted, name = heads["实盘数量"], heads["物资名称"]
    for step, value in ((1, 90), (2, 640), (4, "若干"), (6, 55)):
        sheet.cell(counted.row + step, counted.column).value = value
    sheet.cell(name.row + 7, name.column).value = "多功能折叠铲(红)"
    target = folder / "耒阳市盘点表-第2次.xlsx"
    book.save(target)
    return target


def prepare(page: Page, name: str, workbook: Path) -> None:
    """Bring a page into the state worth showing."""
    if name in TABS:
        page.get_by_role("tab").nth(TABS[name][1]).click()
        settle(page, 2.0)
    if name == "upload":
        page.locator('input[type="file"]').set_input_files(str(workbook))
        # The table is drawn on a canvas after the page itself has settled.
        settle(page, 4.0)
    if name == "callups":
        # The table is a canvas: its first row is clicked where it is drawn.
        page.locator('[data-testid="stDataFrame"]').first.click(position={"x": 14, "y": 52})
        settle(page, 3.0)
    if name == "vouchers":
        write(page, "en" if "lang=en" in page.url else "zh")
    if name in ("overview", "dispatch"):
        page.wait_for_timeout(6000)


def write(page: Page, lang: str) -> None:
    """Fill in a voucher and look at its effect."""

    def label(key: str) -> str:
        return texts.text(lang, key, unit="").strip()

    city = load_city(default_city_dir())
    words = Words(city, lang)

    def choose(key: str, typed: str) -> None:
        page.get_by_role("combobox", name=re.compile(label(key))).first.click()
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        settle(page, 1.5)

    choose("word.site", words.source(STORE))
    choose("word.item", words.item("bed-folding"))
    reason = "灶市街道转移安置" if lang == "zh" else "Evacuation of Zaoshi"
    for name, text in (("vouchers.quantity", "80"), ("vouchers.reason", reason)):
        box = page.get_by_label(re.compile(label(name))).first
        box.fill(text)
        box.press("Tab")
        settle(page, 1.0)
    page.get_by_role("button", name=label("vouchers.look")).click()
    settle(page, 2.0)


def take(base: str, out: Path, langs: list[str], pages: list[str], workbook: Path) -> None:
    """Take all pictures from a running app."""
    with browser() as opened:
        for lang in langs:
            for name in pages:
                page = opened.new_page(viewport=SIZE, color_scheme="light")
                strangers = outside(page, base)
                path = TABS.get(name, (name, 0))[0]
                page.goto(f"{base}/{'' if path == 'overview' else path}?lang={lang}")
                settle(page, 1.2, 180)
                prepare(page, name, workbook)
                target = out / f"{lang}-{name}.png"
                save(page.screenshot(), target)
                sys.stdout.write(f"{target.name} {target.stat().st_size} {' '.join(strangers)}\n")
                page.close()


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", help="a filled database")
    parser.add_argument("--city", type=Path)
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--lang", nargs="*", default=["zh", "en"])
    parser.add_argument("--page", nargs="*", default=[*PAGES, *TABS])
    parser.add_argument("--workbook", type=Path, help="what the upload page shows")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        db = asked.db or f"sqlite:///{folder}/pictures.db"
        if asked.db is None:
            fill(db)
        workbook = asked.workbook or example(Path(folder))
        with app(db, asked.city) as base:
            take(base, asked.out, asked.lang, asked.page, workbook)


if __name__ == "__main__":
    main()
