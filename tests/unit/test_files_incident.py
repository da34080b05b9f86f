"""An incident file loads; whatever it names that the city lacks is refused in one line."""

from datetime import timedelta
from pathlib import Path

import pytest

from supplies.errors import IncidentError
from supplies.files import load_city, load_incident
from supplies.files.shape import crosses_itself

TINY = Path(__file__).parents[1] / "fixtures" / "tinycity"
TEXT = (TINY / "incidents" / "flood.toml").read_text(encoding="utf-8")
HEAD = 'name = "a"\nhazard = "flood"\nstart = 2026-11-24T06:00:00+08:00\n'
HIT = '[[affected]]\narea = "990101"\nevacuated = 5\n'


@pytest.fixture(scope="module")
def city():
    return load_city(TINY)


def load(text, city, tmp_path):
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    return load_incident(path, city)


def test_every_kind_of_table_is_read(city):
    incident = load_incident(TINY / "incidents" / "flood.toml", city)
    assert incident.start.utcoffset() == timedelta(hours=8)
    assert [a.area for a in incident.affected] == ["990101002", "990102"]
    assert [a.sheltered_share for a in incident.affected] == [0.5, None]
    assert incident.needs[0].quantity == 2000
    assert incident.closures[0].edge == ("C990101", "T990101002")
    assert len(incident.closures[1].polygon) == 4
    assert incident.lost_sites == ("county-990102-store",)
    assert incident.vehicles[0].count == 2


def test_level_and_priority_have_defaults_and_a_closed_ring_is_opened(city, tmp_path):
    text = HEAD + (
        '[[need]]\narea = "990101"\nitem = "torch"\nquantity = 5\ndeadline_h = 2.5\n'
        "[[closure]]\npolygon = [[1, 1], [2, 1], [2, 2], [1, 1]]\n"
    )
    incident = load(text, city, tmp_path)
    assert incident.level == "I"
    assert incident.needs[0].priority == 1
    assert incident.closures[0].polygon == ((1.0, 1.0), (2.0, 1.0), (2.0, 2.0))


def test_a_village_and_each_way_to_close_roads(city, tmp_path):
    text = HEAD + (
        '[[affected]]\narea = "990101002001"\nevacuated = 5\n'
        '[[closure]]\nriver = "清河"\n[[closure]]\narea = "990102002"\n'
        '[[closure]]\nedge = ["T990101002", "C990101"]\n'
    )
    closures = load(text, city, tmp_path).closures
    assert [c.river for c in closures] == ["清河", None, None]
    assert closures[1].area == "990102002"


CHANGED = [
    ("start = 2026-11-24T06:00:00+08:00", "", "x.toml, field start: found nothing"),
    ("06:00:00+08:00", "06:00:00", "a time with its zone"),
    ("start = 2026-11-24T06:00:00+08:00", 'start = "soon"', "found 'soon'"),
    ('hazard = "flood"', 'hazard = "aliens"', "should be one of flood earthquake"),
    ('hazard = "flood"', "", "field hazard: found nothing"),
    ('level = "I"', 'level = "VII"', "I, II, III or IV"),
    ('name = "小城洪水"', 'name = ""', "field name: found ''; should be some text"),
    ('level = "I"', 'mood = "bad"', "field mood: found 'bad'; should be one of the fields"),
    ('area = "990102"', 'area = "000000"', "[[affected]] 2, field area: found '000000'"),
    ('area = "990102"', 'area = "990101003"', "an area with a place on the road graph"),
    ("evacuated = 200", "evacuated = 0", "[[affected]] 2, field evacuated: found 0"),
    ("evacuated = 200", "evacuated = 2.5", "a whole number of at least 1"),
    ("evacuated = 200", "evacuees = 200", "field evacuees: found 200; should be one of the"),
    ("sheltered_share = 0.5", "sheltered_share = 1.5", "a number from 0 to 1"),
    ("sheltered_share = 0.5", "sheltered_share = true", "a number from 0 to 1"),
    ('item = "bag-woven"', 'item = "sofa"', "an item of the catalogue"),
    ("quantity = 2000", "quantity = -1", "[[need]] 1, field quantity: found -1"),
    ("deadline_h = 10", "deadline_h = 0", "a number above 0"),
    ("priority = 1", "priority = 0", "field priority: found 0"),
    ('["C990101", "T990101002"]', '["C990101", "X03"]', "the two ends of a link"),
    ('["C990101", "T990101002"]', '["C990101"]', "the two ends of a link"),
    ('edge = ["C990101", "T990101002"]', 'edge = "C990101"', "should be a list"),
    ('edge = ["C990101", "T990101002"]', 'river = "长江"', "a river that roads cross: 清河"),
    ('edge = ["C990101", "T990101002"]', 'area = "000000"', "the code of an area"),
    (
        'edge = ["C990101", "T990101002"]',
        'river = "清河"\narea = "990101"',
        "[[closure]] 1: found 2 fields; should be exactly one of edge area river polygon",
    ),
    (
        "[[100.40, 29.90], [100.44, 29.90], [100.44, 29.95], [100.40, 29.95]]",
        "[[100.40, 29.90], [100.44, 29.95], [100.44, 29.90], [100.40, 29.95]]",
        "an outline that does not cross itself",
    ),
    (
        "[[100.40, 29.90], [100.44, 29.90], [100.44, 29.95], [100.40, 29.95]]",
        "[[100.40, 29.90], [100.44, 29.90]]",
        "at least 3 corners",
    ),
    ("[100.40, 29.90], [100.44", "[100.40], [100.44", "at least 3 corners [longitude, latitude]"),
    ("[100.40, 29.90], [100.44", '["a", 1], [100.44', "at least 3 corners [longitude, latitude]"),
    ('site = "county-990102-store"', 'site = "nowhere"', "a site of sites.csv"),
    ('class = "truck-4m2"', 'class = "sled"', "a class of vehicles.csv"),
    ("count = 2", "count = 0", "[[vehicle]] 1, field count: found 0"),
]


@pytest.mark.parametrize(("old", "new", "expected"), CHANGED)
def test_a_wrong_entry_is_refused_in_one_line(city, tmp_path, old, new, expected):
    assert old in TEXT
    with pytest.raises(IncidentError) as caught:
        load(TEXT.replace(old, new, 1), city, tmp_path)
    line = caught.value.say("en")
    assert line.startswith("x.toml")
    assert expected in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = ", "x.toml: found no TOML"),
        (HEAD, "found no [[affected]] and no [[need]]"),
        ('need = "much"\n' + HEAD + HIT, "should be [[need]] tables"),
    ],
)
def test_a_file_that_is_no_incident_is_refused(city, tmp_path, text, expected):
    with pytest.raises(IncidentError) as caught:
        load(text, city, tmp_path)
    assert expected in caught.value.say("en")


def test_a_missing_file_is_named(city, tmp_path):
    with pytest.raises(IncidentError, match=r"nothing\.toml: found no readable file"):
        load_incident(tmp_path / "nothing.toml", city)


@pytest.mark.parametrize(
    ("points", "crosses"),
    [
        ([(0, 0), (1, 0), (0, 1)], False),
        ([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)], False),  # a dent is no crossing
        ([(0, 0), (1, 1), (1, 0), (0, 1)], True),
        ([(0, 0), (2, 0), (1, 0), (1, 1)], True),  # a side that runs back along another
        ([(0, 0), (4, 0), (4, 4), (2, 0), (0, 4)], True),  # a corner on another side
        ([(0, 0), (0, 0), (1, 1)], True),  # a side of no length
        ([(0, 0), (1, 0), (2, 0), (2, 2)], False),  # a corner that does not turn
    ],
)
def test_outlines(points, crosses):
    assert crosses_itself(points) is crosses
