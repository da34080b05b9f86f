"""A city folder loads; each thing wrong in it is refused with one line that names the place."""

import csv
import json
import shutil
import time
from datetime import date
from pathlib import Path

import pytest

from supplies.errors import CityError
from supplies.files import default_city_dir, load_city, load_geojson
from supplies.tiers import Tier

TINY = Path(__file__).parents[1] / "fixtures" / "tinycity"


@pytest.fixture
def tiny(tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(TINY, folder)
    return folder


def edit(folder, file, row, field, value):
    """Set a field of a row (the header is row 1)."""
    path = folder / file
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        columns, rows = list(reader.fieldnames), list(reader)
    rows[row - 2][field] = value
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns)
        writer.writeheader()
        writer.writerows(rows)


def refusal(folder):
    with pytest.raises(CityError) as caught:
        load_city(folder)
    line = caught.value.say("en")
    assert "\n" not in line
    return line


def test_tiny_city_loads_whole():
    city = load_city(TINY)
    assert city.code == "990000"
    assert [a.code for a in city.units(Tier.COUNTY)] == ["990101", "990102"]
    assert len(list(city.units(Tier.TOWNSHIP))) == 4
    assert sum(a.tier is Tier.COMMUNITY for a in city.areas.values()) == 8
    assert len(city.roads.nodes) == 10
    assert len(city.items) == 12
    assert city.exposure["flood", "990101002"] == 1.0
    assert city.base_count(Tier.TOWNSHIP, "990101001", "flood", "per_team") == 1
    assert city.survey["990101"].surveyed_on == date(2026, 4, 12)
    assert city.sites["city-990000-store"].aliases == ("市级中心库", "市本级库")
    assert city.item_aliases["矿泉水"] == "water-bottled"


def test_the_same_folder_gives_the_same_city():
    assert load_city(TINY).digest == load_city(TINY).digest


def test_norms_for_reference_are_left_out_and_parameters_have_no_phase():
    norms = {n.id: n for n in load_city(TINY).norms}
    assert "Q050" not in norms
    assert norms["Q001"].share_by == {}
    assert norms["Q010"].share_by == {2: 0.0, 10: 0.3333, 24: 0.6667, 72: 1.0}
    assert norms["Q010"].duration_days == 3
    assert norms["Q025"].duration_days == 15


def test_columns_beyond_those_needed_and_blank_lines_do_no_harm(tiny):
    path = tiny / "scales.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([lines[0] + ",extra", *(f"{line},x" for line in lines[1:]), ",,,,,,,,"]) + "\n",
        encoding="utf-8-sig",
    )
    assert load_city(tiny).scales["city"].evacuated == 1000


def test_every_rule_that_the_program_asks_for_is_there(tiny):
    path = tiny / "rules.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith("refill")), encoding="utf-8")
    assert "'refill_due_months'" in refusal(tiny)


def test_goods_of_a_category_are_counted_as_often_as_their_own_rule_says():
    city = load_city(TINY)
    categories = {item.id: item.category_en for item in city.items.values()}
    months = {categories[item]: city.count_months(item) for item in city.items}
    assert months["flood control"] == 1
    assert months["power and lighting"] == city.rule("count_months") == 6


def test_somebody_must_be_able_to_release_the_goods_of_every_tier(tiny):
    path = tiny / "approvals.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if "county,any,," not in x), encoding="utf-8")
    assert "nobody to approve goods of tier county at level I" in refusal(tiny)


def test_a_development_zone_without_a_road_node_is_no_unit():
    zone = load_city(TINY).areas["990101003"]
    assert not zone.is_unit
    assert zone.node is None
    assert zone.lon is None


def test_vehicles_may_not_use_roads_without_a_speed():
    vehicles = load_city(TINY).vehicles
    assert "township" not in vehicles["truck-9m6"].speed_kmh
    assert vehicles["truck-4m2"].speed_kmh["township"] == 28
    assert vehicles["boat-assault"].mode == "water"


# file, row, field, value, what the line must say should stand there
REFUSED = [
    ("items.csv", 2, "pack_size", "0", "whole number of at least 1"),
    ("items.csv", 2, "unit_price_cny", "十元", "amount in yuan"),
    ("items.csv", 2, "unit_price_cny", "-3", "amount in yuan"),
    ("items.csv", 2, "unit_weight_kg", "heavy", "a number of at least 0"),
    ("items.csv", 2, "unit_weight_kg", "-1", "a number of at least 0"),
    ("items.csv", 2, "unit_volume_m3", "inf", "a number of at least 0"),
    ("items.csv", 2, "high_cost", "maybe", "true or false"),
    ("items.csv", 2, "price_evidence", "guess", "assumed derived"),
    ("items.csv", 2, "usual_reserve_mode", "hope", "physical agreement"),
    ("items.csv", 2, "lowest_holding_tier", "moon", "village household"),
    ("items.csv", 2, "name_zh", "", "some text"),
    ("item_aliases.csv", 2, "item", "nothing", "an item of items.csv"),
    ("item_aliases.csv", 2, "alias", "棉被", "no name of another item"),
    ("norms.csv", 3, "item_id", "nothing", "starts with # where use is parameter"),
    ("norms.csv", 6, "item_id", "nothing", "an item of items.csv"),
    ("norms.csv", 6, "item_id", "#sneaky", "starts with # where use is parameter"),
    ("norms.csv", 6, "source", "", "some text"),
    ("norms.csv", 6, "clause", " ", "some text"),
    ("norms.csv", 6, "use", "maybe", "norm parameter reference"),
    ("norms.csv", 6, "hazard", "flood;aliens", "all epidemic flood earthquake"),
    ("norms.csv", 6, "tier", "", "all national province"),
    ("norms.csv", 6, "evidence", "", "assumed derived"),
    ("norms.csv", 6, "quantity", "-1", "a number of at least 0"),
    ("norms.csv", 6, "quantity", "99", "from low"),
    ("norms.csv", 6, "duration_days", "three", "a number of at least 0"),
    ("norms.csv", 6, "share_2h", "1.2", "a number from 0 to 1"),
    ("norms.csv", 6, "share_10h", "", "a number from 0 to 1"),
    ("norms.csv", 6, "share_24h", "0.1", "shares are cumulative"),
    ("norms.csv", 6, "share_72h", "0.9", "1: all must be there"),
    ("norms.csv", 6, "critical", "yes", "true or false"),
    ("household_kit.csv", 2, "catalogue_id", "nothing", "an item of items.csv"),
    ("household_kit.csv", 2, "qty_per_household", "one", "a number of at least 0"),
    ("counties.csv", 2, "node", "C0", "a node of roads_nodes.csv"),
    ("counties.csv", 2, "population_2020", "-5", "a whole number of at least 0"),
    ("counties.csv", 2, "code", "990000", "a code no other area has"),
    ("townships.csv", 2, "county_code", "123456", "the code of an area of the tier above"),
    ("townships.csv", 2, "county_code", "990101002", "the code of an area of the tier above"),
    ("townships.csv", 2, "is_unit", "1", "true or false"),
    ("townships.csv", 2, "lon", "east", "a number"),
    ("townships.csv", 2, "lon", "270", "degrees from -180 to 180"),
    ("villages.csv", 2, "township_code", "990101", "the code of an area of the tier above"),
    ("roads_nodes.csv", 2, "lat", "", "degrees"),
    ("roads_nodes.csv", 2, "area", "000000", "the code of an area, or empty"),
    ("roads_edges.csv", 2, "from", "X99", "a node of roads_nodes.csv"),
    ("roads_edges.csv", 2, "to", "C990101", "another node"),
    ("roads_edges.csv", 2, "km", "0", "a number of at least 0.001"),
    ("roads_edges.csv", 2, "road_class", "river", "expressway trunk"),
    ("roads_edges.csv", 2, "speed_kmh", "0", "a number of at least 1"),
    ("sites.csv", 2, "area", "000000", "the code of an area"),
    ("sites.csv", 2, "tier", "county", "city, the tier of area 990000"),
    ("sites.csv", 2, "tier", "empire", "city community county"),
    ("sites.csv", 2, "node", "X99", "a node of roads_nodes.csv"),
    ("sites.csv", 2, "docks", "0", "a whole number of at least 1"),
    ("sites.csv", 2, "status", "ruin", "existing planned candidate"),
    ("sites.csv", 3, "aliases", "市本级库", "names no other site has"),
    ("vehicles.csv", 2, "class", "magic", "road water air foot"),
    ("vehicles.csv", 2, "speed_county_kmh", "fast", "a number of at least 1"),
    ("fleet.csv", 2, "site", "nowhere", "a site of sites.csv"),
    ("fleet.csv", 2, "vehicle_class", "sled", "a class of vehicles.csv"),
    ("fleet.csv", 2, "count", "0", "a whole number of at least 1"),
    ("agreements.csv", 2, "owner", "000000", "the code of an area"),
    ("agreements.csv", 2, "item", "nothing", "an item of items.csv"),
    ("agreements.csv", 2, "node", "X99", "a node of roads_nodes.csv"),
    ("agreements.csv", 2, "fulfilment", "1.5", "a number from 0 to 1"),
    ("agreements.csv", 2, "valid_until", "2027年", "a date such as 2026-11-23"),
    ("agreements.csv", 2, "kind", "promise", "agreement capacity"),
    ("agreements.csv", 2, "quantity", "2.5", "a whole number of at least 1"),
    ("scales.csv", 2, "evacuated", "99999", "from evacuated_min 800 to evacuated_max 1200"),
    ("scales.csv", 2, "tier", "planet", "city community"),
    ("bases.csv", 2, "area", "000000", "the code of an area, or a tier"),
    ("bases.csv", 2, "hazard", "aliens", "flood earthquake all"),
    ("bases.csv", 2, "count", "-1", "a number of at least 0"),
    ("exposure.csv", 2, "hazard", "aliens", "flood earthquake"),
    ("exposure.csv", 2, "area", "000000", "the code of an area"),
    ("exposure.csv", 2, "score", "1.01", "a number from 0 to 1"),
    ("exposure.csv", 2, "evidence", "vibes", "assumed derived"),
    ("household_survey.csv", 2, "with_kit", "201", "at most the 200 asked"),
    ("household_survey.csv", 2, "area", "000000", "the code of an area"),
    ("household_survey.csv", 2, "surveyed_on", "spring", "a date such as"),
    ("rules.csv", 2, "key", "papers", "papers_due_h refill_due_months"),
    ("rules.csv", 2, "value", "0", "a number above 0"),
    ("rules.csv", 2, "evidence", "vibes", "assumed derived"),
    ("approvals.csv", 2, "owner_tier", "planet", "city community"),
    ("approvals.csv", 2, "level", "V", "I II III IV any"),
    ("approvals.csv", 2, "amount_max_cny", "-5", "an amount in yuan of at least 0"),
    ("approvals.csv", 2, "approver_zh", "", "some text"),
]


@pytest.mark.parametrize(("file", "row", "field", "value", "expected"), REFUSED)
def test_a_wrong_field_is_refused_in_one_line(tiny, file, row, field, value, expected):
    edit(tiny, file, row, field, value)
    line = refusal(tiny)
    assert line.startswith(f"{file} row {row}, field {field}: found {value!r}; should be ")
    assert expected in line


FILES = [
    "items.csv", "item_aliases.csv", "norms.csv", "household_kit.csv", "counties.csv",
    "townships.csv", "villages.csv", "roads_nodes.csv", "roads_edges.csv", "sites.csv",
    "vehicles.csv", "fleet.csv", "agreements.csv", "scales.csv", "bases.csv", "exposure.csv",
    "household_survey.csv", "rules.csv", "approvals.csv", "city.toml",
]  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(tiny, file):
    (tiny / file).unlink()
    assert refusal(tiny).startswith(f"{file}: found no such file")


@pytest.mark.parametrize("file", FILES[:-1])
def test_a_missing_column_is_named(tiny, file):
    path = tiny / file
    first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    column = first.split(",")[0]
    path.write_text(first.replace(column, "其他", 1) + "\n" + rest, encoding="utf-8")
    line = refusal(tiny)
    assert line.startswith(f"{file} row 1, field {column}: found no such column")


@pytest.mark.parametrize("file", [f for f in FILES[:-1] if f != "scales.csv"])
def test_a_repeated_key_names_both_rows(tiny, file):
    path = tiny / file
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    line = refusal(tiny)
    assert line.startswith(f"{file} row {len(lines) + 1}, field ")
    assert "should be unique, row 2 has it" in line


def test_a_row_of_another_length_is_named(tiny):
    with (tiny / "fleet.csv").open("a", encoding="utf-8") as handle:
        handle.write("county-990101-store,truck-4m2,2\n")
    assert "fleet.csv row 9, field site: found 3 fields; should be 5" in refusal(tiny)


def test_another_encoding_is_named(tiny):
    path = tiny / "sites.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert "sites.csv: found bytes that are not UTF-8" in refusal(tiny)


def test_a_missing_tier_of_scales_is_named(tiny):
    path = tiny / "scales.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert "scales.csv, field tier: found no row township" in refusal(tiny)


SETTINGS = [
    ('code = "990000"', "", "field code: found nothing; should be some text"),
    ('node = "C990101"', 'node = "C0"', "field node: found 'C0'; should be a node"),
    ('evidence = "sample"', 'evidence = "vibes"', "field evidence: found 'vibes'"),
    ("lon = 100.5", "lon = 1000", "field lon: found 1000; should be degrees"),
    ("population = 60000", "population = -1", "field population: found -1; should be a whole"),
    ("[2, 10, 24, 72]", "[10, 2]", "parameters.deadlines_h: found [10, 2]; should be growing"),
    ("[2, 10, 24, 72]", '["2h"]', "field parameters.deadlines_h"),
    ('["flood", "earthquake"]', "[]", "field parameters.hazards: found []; should be a list"),
    ('"truck-4m2"', '"sled"', "field parameters.planning_class: found 'sled'"),
    ('"pickup-4x4"', '"sled"', "field parameters.rescue_class: found 'sled'"),
    ("capital_rate = 0.04", "capital_rate = 4", "field parameters.capital_rate: found 4"),
    ("capital_rate = 0.04", "capital_rate = nan", "field parameters.capital_rate: found nan"),
    ("agreement_growth = 2.0", 'agreement_growth = "x"', "field parameters.agreement_growth"),
    ("confidence = 0.9", "confidence = 1", "field parameters.household_confidence: found 1"),
    ("county = 45.0", "county = true", "field parameters.ready_minutes.county: found True"),
    ("agreement = 0.85", "agreement = 1.85", "field parameters.agreement_share_max.agreement"),
    ("[parameters.ready_minutes]", "[parameters.other]", "parameters.ready_minutes: found nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), SETTINGS)
def test_a_wrong_setting_is_refused_in_one_line(tiny, old, new, expected):
    path = tiny / "city.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    line = refusal(tiny)
    assert line.startswith("city.toml, field ")
    assert expected in line


def test_settings_that_are_no_toml_are_refused(tiny):
    (tiny / "city.toml").write_text("code = ", encoding="utf-8")
    assert "city.toml: found no TOML" in refusal(tiny)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert "found no folder" in refusal(tmp_path / "nowhere")


# --- maps and the embedded city ---------------------------------------------------------------


def test_maps_load(tiny):
    assert len(load_geojson(tiny, "counties")["features"]) == 2
    assert load_geojson(tiny, "rivers")["features"][0]["properties"]["name_zh"] == "清河"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, "found no such file"),
        ("{", "found no JSON"),
        (json.dumps([]), "found no feature collection"),
        (json.dumps({"type": "Feature"}), "found no feature collection"),
    ],
)
def test_a_map_that_cannot_be_used_is_refused(tiny, body, expected):
    path = tiny / "rivers.geojson"
    path.unlink()
    if body is not None:
        path.write_text(body, encoding="utf-8")
    with pytest.raises(CityError, match=expected):
        load_geojson(tiny, "rivers")


def test_an_unknown_map_layer_is_refused(tiny):
    with pytest.raises(CityError, match="counties townships rivers"):
        load_geojson(tiny, "roads")


def test_the_embedded_city_is_found_and_loads_within_a_second():
    folder = default_city_dir()
    load_city(folder)  # first time: reads from disk
    start = time.perf_counter()
    assert load_city(folder).code == "430400"
    assert time.perf_counter() - start < 1.0


def test_without_an_embedded_city_the_two_places_are_named(monkeypatch):
    monkeypatch.setattr("supplies.files.folder.EMBEDDED", "atlantis")
    with pytest.raises(CityError, match=r"atlantis and .*atlantis; name one with --city DIR"):
        default_city_dir()
