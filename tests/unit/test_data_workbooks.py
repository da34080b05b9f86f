"""The sample workbooks say what they should, as the product's own reader understands them."""

from collections import Counter
from datetime import date

import pytest

from supplies.errors import Severity
from supplies.excel.read import read_workbook
from supplies.files import default_city_dir, load_city

FOLDER = default_city_dir() / "workbooks"
TODAY = date(2026, 11, 23)
FORMS = {"01": "stock", "02": "register", "03": "stocktake", "04": "agreement"}


@pytest.fixture(scope="module")
def read():
    city = load_city(default_city_dir())
    paths = sorted(FOLDER.glob("*.xlsx"))
    return {p.name[:2]: read_workbook(p, p.name, city) for p in paths}


def lot(row):
    return (row.site, row.item, row.produced, row.expiry, row.condition, row.owner_tier,
            row.source_mode)  # fmt: skip


def test_every_row_is_understood_and_placed(read):
    assert {key: book.form for key, book in read.items()} == FORMS
    for book in read.values():
        errors = [f for f in book.problems if f.severity is Severity.ERROR]
        assert errors == []
        assert book.rejected == 0
        assert all(row.site for row in book.rows)


def test_the_ledger_covers_all_47_storehouses_and_names_no_lot_twice(read):
    rows = read["01"].rows
    assert len({row.site for row in rows}) == 47
    assert max(Counter(map(lot, rows)).values()) == 1


def test_most_lots_are_in_date_some_are_near_and_a_few_have_expired(read):
    dated = [row.expiry for row in read["01"].rows if row.expiry]
    gone = sum(day < TODAY for day in dated) / len(dated)
    near = sum(0 <= (day - TODAY).days <= 180 for day in dated) / len(dated)
    assert 0.01 <= gone <= 0.04
    assert 0.06 <= near <= 0.16


def test_the_stocktake_speaks_of_the_ledgers_lots_with_a_few_differences(read):
    ledger = {lot(row): row.quantity for row in read["01"].rows}
    counted = {lot(row): row.quantity for row in read["03"].rows}
    assert counted.keys() <= ledger.keys()
    assert 1 <= sum(ledger[key] != counted[key] for key in counted) <= 5


def test_the_register_takes_out_no_more_than_a_lot_holds(read):
    ledger = {lot(row): row.quantity for row in read["01"].rows}
    issued = [row for row in read["02"].rows if row.kind == "issue"]
    assert issued
    assert all(abs(row.quantity) <= ledger[lot(row)] for row in issued)
    assert len(read["04"].agreements) == 13
