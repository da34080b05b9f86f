"""The embedded city: its counts, its marks of evidence, and that each county can be tested."""

import csv
import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from supplies.catalogue import Evidence
from supplies.files import default_city_dir, load_city, load_geojson, load_incident
from supplies.tiers import Tier

FOLDER = default_city_dir()
NORMS_OF_THE_FACTS = 148


@pytest.fixture(scope="module")
def city():
    return load_city(FOLDER)


def rows(file):
    with (FOLDER / file).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_counts(city):
    tiers = Counter(a.tier for a in city.areas.values())
    assert tiers[Tier.COUNTY] == 12
    assert tiers[Tier.TOWNSHIP] == 191
    assert len(list(city.units(Tier.TOWNSHIP))) == 187
    assert tiers[Tier.COMMUNITY] == 2785
    assert len(city.roads.nodes) == 286
    assert len(city.roads.edges) == 638
    assert len(city.items) == 118
    own = [r for r in rows("norms.csv") if not r["quota_id"].startswith("Q2")]
    assert len(own) == NORMS_OF_THE_FACTS
    assert len(city.vehicles) == 20


def test_population_adds_up(city):
    counties = sum(a.population for a in city.units(Tier.COUNTY))
    assert city.areas[city.code].population == counties
    towns = [a for a in city.areas.values() if a.tier is Tier.TOWNSHIP]
    assert abs(sum(a.population for a in towns) - counties) < 100


def test_every_unit_lies_on_the_road_graph_and_all_of_it_is_connected(city):
    nodes = [a.node for tier in (Tier.COUNTY, Tier.TOWNSHIP) for a in city.units(tier)]
    assert None not in nodes
    speeds = city.vehicles[city.parameters.planning_class].speed_kmh
    travel = city.roads.travel(speeds, [city.areas[city.code].node], nodes)
    assert travel.time_s.max() < 4 * 3600


def test_storehouses(city):
    used = [s for s in city.sites.values() if s.status != "candidate"]
    assert Counter(s.tier for s in used) == {Tier.CITY: 1, Tier.COUNTY: 12, Tier.TOWNSHIP: 34}
    assert sum(s.status == "planned" for s in used) == 7
    assert len(city.sites) == 1 + 12 + 187
    for site in city.sites.values():
        assert site.id == f"{site.tier}-{site.area}-store"
        assert site.node == city.areas[site.area].node
        assert site.evidence is Evidence.SAMPLE


def test_what_nobody_published_is_marked_sample(city):
    made_up = [*city.fleet, *city.agreements, *city.survey.values(), *city.bases]
    assert {thing.evidence for thing in made_up} == {Evidence.SAMPLE}
    assert 300 <= sum(e.count for e in city.fleet) <= 500


def test_norms_say_how_sure_they_are_and_quote_a_clause(city):
    assumed = [n for n in city.norms if n.evidence is Evidence.ASSUMED]
    assert len(assumed) > 60
    assert all(n.clause.startswith("规划假定（待本市核定") for n in assumed)
    assert all(n.source for n in city.norms)
    found = {n.id: n.clause for n in city.norms}
    assert found["Q010"].startswith("Sphere 2018：")
    assert found["Q119"] == (
        "衡阳市“十四五”应急管理发展规划 专栏3：每个乡镇街道乡镇综合救援队人数15人"
    )
    assert {r["phase_evidence"] for r in rows("norms.csv") if r["use"] == "norm"} == {"assumed"}


def test_observations_that_are_no_norms_are_kept_for_reference_only(city):
    observed = {"Q048", "Q049", "Q050", "Q051", "Q142", "Q143", "Q144", "Q145", "Q146"}
    assert {r["quota_id"] for r in rows("norms.csv") if r["use"] == "reference"} == observed
    assert not observed & {n.id for n in city.norms}


def test_every_hazard_has_norms_and_a_footprint_in_every_county(city):
    for hazard in city.parameters.hazards:
        assert any(hazard in n.hazards and not n.item.startswith("#") for n in city.norms)
        for county in city.units(Tier.COUNTY):
            scores = [city.exposure[hazard, t.code] for t in city.townships(county.code)]
            assert sum(s >= 0.5 for s in scores) >= 3, (hazard, county.name_zh)


def test_every_base_a_norm_needs_is_there(city):
    people = {
        "per_evacuee", "per_evacuee_day", "per_sheltered", "per_sheltered_day", "per_shelter",
        "per_rescuer", "per_rescuer_day", "per_city", "per_county", "per_township",
        "per_village", "per_household", "share", "per_store",
    }  # fmt: skip
    bases = {b.basis for b in city.bases}
    assert {n.basis for n in city.norms} <= bases | people


def test_agreements_tell_a_plausible_story(city):
    shared = Counter((a.supplier, a.item) for a in city.agreements)
    assert shared["sup-hy-yinpin", "water-bottled"] == 3
    assert any(a.kind == "capacity" and a.notice_hours == 48 for a in city.agreements)
    assert all(4 <= a.notice_hours <= 24 for a in city.agreements if a.kind == "agreement")
    assert sum(a.valid_until.year < 2027 for a in city.agreements) == 2


def test_aliases_are_many_and_none_is_doubtful(city):
    assert len(city.item_aliases) >= 120
    doubtful = {"帐篷", "被子", "发电机", "水泵", "防化服", "照明灯", "防护服", "潜水泵"}
    assert not doubtful & set(city.item_aliases)
    assert city.item_aliases["单帐篷"] == "tent-12-single"


def test_maps_are_small_marked_schematic_and_speak_of_known_areas(city):
    for layer in ("counties", "townships", "rivers"):
        body = load_geojson(FOLDER, layer)
        assert (FOLDER / f"{layer}.geojson").stat().st_size < 400_000
        for feature in body["features"]:
            assert "非标准地图" in feature["properties"]["notice"]
            if layer != "rivers":
                assert feature["properties"]["code"] in city.areas
    shapes = json.dumps(load_geojson(FOLDER, "counties")["features"][0]["geometry"])
    assert max(len(n.partition(".")[2]) for n in shapes.replace("]", ",").split(",")) <= 4


@pytest.mark.parametrize(
    ("file", "people"), [("city-flood.toml", 50_000), ("county-flood.toml", 9_266)]
)
def test_sample_incidents_can_be_reached(city, file, people):
    incident = load_incident(FOLDER / "incidents" / file, city)
    assert sum(a.evacuated for a in incident.affected) == people
    closed = [
        e.key
        for e in city.roads.edges
        for c in incident.closures
        if (c.river and c.river in e.rivers) or (c.edge and frozenset(c.edge) == e.key)
    ]
    assert closed
    speeds = city.vehicles[city.parameters.planning_class].speed_kmh
    targets = [city.areas[a.area].node for a in incident.affected]
    origin = city.areas[city.code].node
    assert city.roads.without(closed).travel(speeds, [origin], targets).time_s.max() < 6 * 3600


def test_workbooks_open_and_are_written_as_a_storehouse_writes():
    names = sorted(p.name for p in Path(FOLDER / "workbooks").glob("*.xlsx"))
    assert [n[:2] for n in names] == ["01", "02", "03", "04"]
    book = openpyxl.load_workbook(FOLDER / "workbooks" / names[0])
    assert len(book.sheetnames) == 13
    sheet = book["衡东县"]
    assert str(sheet["A1"].value).startswith("衡东县应急物资储备台账")
    assert len(sheet.merged_cells.ranges) > 10
    assert {"小计", "合计"} <= {c.value for c in sheet["A"]}
