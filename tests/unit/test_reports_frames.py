"""Frames: titles in both languages, figures a reader can check, evidence in words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from supplies.catalogue import Evidence
from supplies.plan import Readiness
from supplies.reports import frames
from supplies.reports.titles import TITLES, keys_of
from supplies.reports.words import TERMS, Words, figure
from tests.golden import small_case as case

CITY = case.small_city()
Maker = Callable[[str], pd.DataFrame]
MAKERS: dict[str, Maker] = {
    "stock": lambda lang: frames.stock_frame(CITY, case.small_stock(), lang),
    "expiry": lambda lang: frames.expiry_frame(CITY, case.small_stock(), case.DAY, lang),
    "holding": lambda lang: frames.holding_frame(CITY, case.small_stock(), lang),
    "need": lambda lang: frames.need_frame(CITY, case.small_scenarios(), lang),
    "readiness": lambda lang: frames.readiness_frame(CITY, _ready(), lang),
    "shortage": lambda lang: frames.shortage_frame(CITY, _ready(), lang),
    "buy": lambda lang: frames.buy_frame(CITY, case.small_plan(), lang),
    "tender": lambda lang: frames.tender_frame(CITY, case.small_plan(), lang),
    "supplier": lambda lang: frames.by_supplier_frame(CITY, case.small_plan(), lang),
    "storehouse": lambda lang: frames.by_storehouse_frame(CITY, case.small_plan(), lang),
    "category": lambda lang: frames.by_category_frame(CITY, case.small_plan(), lang),
    "hold": lambda lang: frames.hold_frame(CITY, case.small_plan(), lang),
    "move": lambda lang: frames.move_frame(CITY, case.small_plan(), lang),
    "retire": lambda lang: frames.retire_frame(CITY, case.small_plan(), lang),
    "tier": lambda lang: frames.summary_by_tier_frame(
        CITY, case.small_plan(), _ready(), case.small_readiness(covered=True), lang
    ),
    "open": lambda lang: frames.unmet_frame(CITY, case.small_plan(), lang),
    "unmet": lambda lang: frames.unmet_frame(CITY, case.small_dispatch(), lang),
    "trips": lambda lang: frames.trips_frame(CITY, case.small_dispatch(), lang),
    "stops": lambda lang: frames.stops_frame(CITY, case.small_dispatch(), lang),
    "loading": lambda lang: frames.loading_frame(CITY, case.small_dispatch(), lang),
    "arrivals": lambda lang: frames.arrivals_frame(CITY, case.small_dispatch(), lang),
    "vehicles": lambda lang: frames.vehicles_frame(CITY, case.small_dispatch(), lang),
}


def _ready() -> Readiness:
    return case.small_readiness(covered=False)


def by_key(table: pd.DataFrame, lang: str = "zh") -> list[dict[str, object]]:
    """Return a frame's rows by column key."""
    return [dict(zip(keys_of(table, lang), row, strict=True)) for row in table.to_numpy().tolist()]


@pytest.mark.parametrize("name", MAKERS)
def test_both_languages_have_the_same_columns_and_rows(name: str) -> None:
    zh, en = MAKERS[name]("zh"), MAKERS[name]("en")
    assert len(zh) == len(en) > 0
    assert keys_of(zh, "zh") == keys_of(en, "en")
    assert all(str(title).isascii() for title in en.columns)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_titles_are_unique(lang: str) -> None:
    titles = [title.text(lang) for title in TITLES.values()]
    assert len(titles) == len(set(titles))


def test_every_evidence_has_a_word_in_both_languages() -> None:
    assert set(TERMS["evidence"]) == {e.value for e in Evidence}
    assert Words(CITY, "zh").term("evidence", "sample") == "样例"
    assert Words(CITY, "en").term("evidence", "sample") == "sample"


def test_stock_is_numbered_and_names_owner_and_condition() -> None:
    rows = by_key(MAKERS["stock"]("zh"))
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5]
    owners = {(row["store"], row["owner_tier"]) for row in rows}
    assert owners == {("市中心库", "市级"), ("东县储备库", "县级"), ("东县储备库", "市级")}
    assert {row["condition"] for row in rows} == {"可用", "损坏"}


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, "已过期"), (0, "30 天内到期"), (30, "30 天内到期"), (31, "90 天内到期"),
     (180, "180 天内到期"), (181, None)],
)  # fmt: skip
def test_expiry_bands_end_on_their_day(days: int, expected: str | None) -> None:
    line = replace(case.small_stock()[0], expiry=case.DAY + timedelta(days=days))
    rows = by_key(frames.expiry_frame(CITY, [line], case.DAY))
    assert [row["bucket"] for row in rows] == ([expected] if expected else [])


def test_need_shows_its_arithmetic_and_clause() -> None:
    first, second = by_key(MAKERS["need"]("zh"))
    assert (first["deadline_h"], first["quantity"]) == (10, 100)
    assert (second["deadline_h"], second["quantity"]) == (24, 200)
    assert str(first["arithmetic"]).split("\n") == [
        "200 集中安置人员 × 1 × 1.1 = 220",
        "100 人(家庭应急包抵扣) × -0.2 = -20",
        "合计 200",
    ]
    assert first["evidence"] == "假定"


def test_readiness_tells_its_widest_cut_in_words() -> None:
    (row,) = by_key(MAKERS["readiness"]("zh"))
    assert row["covered"] == "不能"
    assert row["witness"] == (
        "棉被: 24 小时内东县㙍头镇需 200 床, 时限内能到的只有东县储备库 30、+安康商贸(示例) 36, "
        "共 66 床, 缺 134 床"
    )
    (row,) = by_key(MAKERS["readiness"]("en"), "en")
    assert "short of 134" in str(row["witness"])


def test_readiness_without_a_cut_names_the_worst_shortage() -> None:
    ready = _ready()
    bare = replace(ready, rows=(replace(ready.rows[0], cuts=()),))
    (row,) = by_key(frames.readiness_frame(CITY, bare))
    assert row["witness"] == "缺: 棉被 134 床"


def test_a_promise_to_two_owners_is_flagged() -> None:
    rows = by_key(MAKERS["supplier"]("zh"))
    assert [row["new"] for row in rows] == [0, 40]
    assert all("向 2 家承诺" in str(row["promise"]) for row in rows)
    alone = replace(case.small_plan(), agreements=case.small_plan().agreements[1:])
    (row,) = by_key(frames.by_supplier_frame(CITY, alone))
    assert row["promise"] is None


def test_tier_totals_are_those_of_the_lines() -> None:
    city, county = by_key(MAKERS["tier"]("zh"))
    assert (county["covered_before"], county["covered_after"]) == (0, 1)
    assert float(str(city["money"])) + float(str(county["money"])) == 17225
    assert float(str(county["annual"])) == 96


def test_storehouses_know_how_full_they_are() -> None:
    rows = by_key(MAKERS["storehouse"]("zh"))
    county = next(row for row in rows if row["site"] == "东县储备库")
    assert county["goods_m3"] == pytest.approx(195 * 0.02)
    assert county["fill"] == pytest.approx(195 * 0.02 / 200)


def test_holdings_add_up_by_storehouse() -> None:
    city, county = by_key(MAKERS["holding"]("zh"))
    assert (city["lots"], county["kinds"], county["lots"]) == (2, 1, 3)
    assert county["goods_m3"] == pytest.approx(59 * 0.02)
    assert float(str(city["value"])) == 12 * 120 + 120.5 * 8.5


def test_what_a_trip_loads_is_what_it_hands_over() -> None:
    loaded = sum(int(str(r["load"])) for r in by_key(MAKERS["loading"]("zh")))
    handed = sum(int(str(r["delivered"])) for r in by_key(MAKERS["arrivals"]("zh")))
    assert loaded == handed == 140


def test_a_trip_that_loads_twice_has_two_loadings_with_their_own_places() -> None:
    rows = by_key(MAKERS["loading"]("zh"))
    assert [(r["source"], r["place"]) for r in rows] == [
        ("东县储备库", "东县㙍头镇"),
        ("东县储备库", "东县㙍头镇、东县"),
        ("市中心库", "东县㙍头镇"),
    ]
    (trip,) = by_key(MAKERS["trips"]("zh"))
    assert trip["load_kg"] == pytest.approx(100 / 1800)


def test_late_and_unserved_need_say_why() -> None:
    unserved, late = by_key(MAKERS["unmet"]("zh"))
    assert (unserved["status"], unserved["reason"], unserved["change"]) == (
        "未满足", "库存不足", "借 5 床",
    )  # fmt: skip
    assert (late["status"], late["reason"]) == ("迟到", "迟到 1.5 小时")
    english = by_key(MAKERS["unmet"]("en"), "en")[0]
    assert (english["reason"], english["change"]) == ("no more stock", "borrow 5")


def test_unknown_names_fall_back_to_their_codes() -> None:
    words = Words(CITY, "zh")
    assert words.item("x") == "x"
    assert words.area("x") == "x"
    assert words.source("x") == "x"
    assert words.vehicle("x") == "x"
    assert words.unit("x") == words.category("x") == ""


@pytest.mark.parametrize(
    ("value", "expected"), [(1200.0, "1,200"), (0.5, "0.5"), (-634.2516, "-634.25"), (2, "2")]
)
def test_figures_read_well(value: float, expected: str) -> None:
    assert figure(value) == expected


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        keys_of(pd.DataFrame({"nonsense": [1]}), "zh")
