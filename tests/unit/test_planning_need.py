from dataclasses import replace
from datetime import UTC, datetime

import pytest

from supplies.errors import CityError
from supplies.files import load_city, load_incident
from supplies.incident import Affected, Incident
from supplies.planning.need import incident_needs, scenarios
from supplies.tiers import Tier


@pytest.fixture(scope="module")
def city(tinycity_dir):
    return load_city(tinycity_dir)


def one(city, tier, area, hazard):
    (scenario,) = scenarios(city, [tier], area, hazard)
    return scenario


def requirement(scenario, item):
    return next(r for r in scenario.requirements if r.item == item)


def test_every_unit_and_hazard_has_a_scenario(city):
    found = scenarios(city)
    assert len(found) == (1 + 2 + 4) * 2
    assert {s.tier for s in found} == {Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP}


def test_beds_follow_the_sheltered_not_the_evacuated(city):
    scenario = one(city, Tier.CITY, "990000", "flood")
    assert (scenario.people.evacuated, scenario.people.sheltered) == (1000, 200)
    # 200 sheltered x 0.7 beds x 1.1 spare = 154
    assert requirement(scenario, "bed-folding").quantity == 154


def test_places_add_up_at_every_deadline(city):
    for scenario in scenarios(city):
        for need in scenario.requirements:
            for hours, quantity in need.by_deadline.items():
                assert sum(p[hours] for p in need.by_place.values()) == quantity


def test_a_standing_norm_binds_when_it_is_larger_and_is_the_one_quoted(city):
    # County flood: 0.5 km of dyke x 4,119.8 bags is less than the 100,000 a county must hold.
    need = requirement(one(city, Tier.COUNTY, "990101", "flood"), "bag-woven")
    assert need.quantity == 100_000
    assert [t.basis for t in need.terms] == ["per_county"]


def test_every_line_has_a_clause_and_its_arithmetic_adds_up(city):
    for scenario in scenarios(city):
        for need in scenario.requirements:
            assert all(t.clause and t.source is not None for t in need.terms)
            total = sum(t.quantity for t in need.terms)
            assert total <= need.quantity + 1e-9
            assert need.quantity <= total + len(need.terms) + 1


def test_household_kits_are_credited_by_the_lower_bound_and_never_beyond_the_need(city):
    scenario = one(city, Tier.TOWNSHIP, "990101002", "flood")
    water = requirement(scenario, "water-bottled")
    credit = [t for t in water.terms if t.basis == "household_kit"]
    assert len(credit) == 1
    asked = sum(t.quantity for t in water.terms if t.quantity > 0)
    assert 0 < -credit[0].quantity <= asked
    nobody = replace(city, survey={})
    assert requirement(
        one(nobody, Tier.TOWNSHIP, "990101002", "flood"), "water-bottled"
    ).quantity == pytest.approx(asked, abs=1)


def test_a_tier_below_the_holding_tier_calls_costly_goods_up(city):
    names = {r.item for r in one(city, Tier.TOWNSHIP, "990101002", "earthquake").requirements}
    assert "tent-12-single" not in names
    names = {r.item for r in one(city, Tier.COUNTY, "990101", "earthquake").requirements}
    assert "tent-12-single" in names


@pytest.mark.parametrize(("area", "hazard"), [("999999", None), (None, "meteor")])
def test_the_unknown_is_refused_by_name(city, area, hazard):
    with pytest.raises(CityError, match=area or hazard):
        scenarios(city, None, area, hazard)


def test_a_requested_line_takes_the_place_of_the_norms(city, tinycity_dir):
    incident = load_incident(tinycity_dir / "incidents" / "flood.toml", city)
    lines = [n for n in incident_needs(city, incident) if n.item == "bag-woven"]
    asked = [n for n in lines if n.area == "990101002"]
    assert [(n.quantity, n.deadline_s, n.priority) for n in asked] == [(2000, 36_000, 1)]


def test_an_incident_asks_for_what_it_uses_not_for_what_must_be_held(city):
    incident = Incident(
        name="x",
        hazard="flood",
        level="I",
        start=datetime(2026, 11, 24, tzinfo=UTC),
        affected=(Affected(area="990101", evacuated=300, sheltered_share=None),),
        needs=(),
        closures=(),
        lost_sites=(),
        vehicles=(),
    )
    lines = incident_needs(city, incident)
    assert sum(n.quantity for n in lines if n.item == "bag-woven") < 3000
    beds = sum(n.quantity for n in lines if n.item == "bed-folding")
    assert beds == 47  # 60 sheltered x 0.7 x 1.1, rounded up
    assert {n.priority for n in lines if n.item == "vest-life"} == {1}
