"""Readiness and stock summed up, checked by hand; maps that ask nobody for anything."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from supplies.files import load_city, load_geojson
from supplies.plan import ReadinessRow, Shortage, StockLine
from supplies.tiers import Tier
from supplies.ui import map as maps
from supplies.ui import picture
from supplies.ui.words import Words, clock, number

DAY = date(2026, 7, 9)


def row(area, hazard, coverage, *short):
    return ReadinessRow(
        tier=Tier.COUNTY, area=area, hazard=hazard, coverage=coverage, covered=not short,
        weakest=short[0].item if short else None, weakest_share=coverage, short=short,
        cuts=(), flows=(),
    )  # fmt: skip


def lack(item, hours, quantity):
    return Shortage(item=item, deadline_h=hours, quantity=quantity)


def lot(days):
    return StockLine(
        site="city-990000-store", item="torch", lot="", quantity=Decimal(2), reserved=Decimal(0),
        produced=None, expiry=DAY + timedelta(days=days), condition="usable",
        owner_tier=Tier.CITY, owner="990000", source_mode="physical",
    )  # fmt: skip


ROWS = [
    row("990101", "flood", 0.4, lack("torch", 2, 10), lack("torch", 10, 30)),
    row("990101", "drought", 0.95, lack("torch", 2, 20)),
    row("990102", "flood", 1.0),
    row("990102", "drought", 0.7, lack("bed-folding", 10, 5)),
]


@pytest.fixture(scope="module")
def city(tinycity_dir):
    return load_city(tinycity_dir)


def test_a_unit_is_as_good_as_its_worst_hazard():
    states = picture.unit_states(ROWS)
    assert (states["990101"].state, states["990101"].hazard) == ("short", "flood")
    assert (states["990102"].state, states["990102"].hazards_covered) == ("partial", 1)
    assert picture.state_of(0.95, covered=False) == "near"
    assert picture.state_of(0.95, covered=True) == "covered"


def test_a_gap_adds_up_deadlines_and_takes_the_largest_hazard(city):
    gaps = {g.item: g for g in picture.worst_gaps(city, ROWS)}
    assert (gaps["torch"].quantity, gaps["torch"].units, gaps["torch"].deadline_h) == (40, 1, 2)
    assert gaps["torch"].cost == 40 * city.items["torch"].unit_price_cny


def test_the_expiry_day_itself_is_not_yet_expired():
    lots = picture.expiring([lot(-1), lot(0), lot(30), lot(31), lot(180)], DAY)
    assert lots == {0: 1, 30: 2, 90: 3, 180: 4}


def test_people_behind_covered_units(city):
    states = picture.unit_states(
        [row("990101", "flood", 1.0), row("990102", "flood", 0.0, lack("torch", 2, 1))]
    )
    east, west = (city.areas[c].population for c in ("990101", "990102"))
    assert picture.people(city, states) == (east, east + west)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_asks_nobody_and_names_no_font(city, tinycity_dir, lang):
    shapes = {kind: load_geojson(tinycity_dir, kind) for kind in ("counties", "rivers")}
    figure = maps.overview(
        Words(city, lang), shapes, picture.unit_states(ROWS), str, {}, dark=False
    )
    text = figure.to_json()
    assert "http" not in text
    assert "family" not in str(figure.to_dict()["data"])
    # an empty mapping of sources is lost on the way and the browser then refuses the style
    assert figure.to_dict()["layout"]["map"]["style"]["sources"]


def test_figures_are_written_as_people_write_them(city):
    assert (number(Decimal("1200.50")), number(3), clock(7500)) == ("1,200.5", "3", "+2:05")
    zh, en = Words(city, "zh"), Words(city, "en")
    assert [zh.money(v) for v in (950, 125000, 3.2e8)] == ["950 元", "12.5 万元", "3.20 亿元"]
    assert [en.money(v) for v in (950, 125000, 3.2e8)] == ["¥950", "¥125.0 k", "¥320.00 M"]
