from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from models import stocking as model
from supplies.errors import PlanError, StoppedError
from supplies.files import load_city
from supplies.plan import StockLine
from supplies.planning.lines import stock_after
from supplies.planning.need import scenarios
from supplies.planning.readiness import prove
from supplies.planning.sources import AtHand, Mode
from supplies.planning.stocking import agreements_after, size, sizing_of
from supplies.tiers import Tier

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def city(tinycity_dir):
    return load_city(tinycity_dir)


@pytest.fixture(scope="module")
def asked(city):
    return scenarios(city)


def line(site, item, quantity, **change):
    base = {
        "site": site,
        "item": item,
        "lot": "",
        "quantity": Decimal(quantity),
        "reserved": Decimal(0),
        "produced": None,
        "expiry": None,
        "condition": "usable",
        "owner_tier": Tier.TOWNSHIP,
        "owner": "990102002",
        "source_mode": "physical",
    }
    return StockLine(**{**base, **change})


def at_hand(city, *stock, agreements=None):
    signed = city.agreements if agreements is None else agreements
    return AtHand(city=city, stock=list(stock), agreements=signed, day=DAY)


def torches(city, asked, *stock):
    """Readiness of the highland township in a flood, as to torches."""
    (scenario,) = [s for s in asked if s.area == "990102002" and s.hazard == "flood"]
    (row,) = prove(at_hand(city, *stock), [scenario]).rows
    return sum(s.quantity for s in row.short if s.item == "torch"), row


def test_an_empty_ledger_covers_nobody_and_says_why(city, asked):
    missing, row = torches(city, asked)
    assert missing == 17  # 15 rescuers x 1.1
    assert not row.covered
    cut = next(c for c in row.cuts if c.item == "torch")
    assert (sum(cut.supply.values()), cut.need) == (0, 17)


def test_own_stock_in_own_area_counts(city, asked):
    missing, row = torches(city, asked, line("township-990102002-store", "torch", 17))
    assert missing == 0
    assert any(f.item == "torch" and f.quantity == 17 for f in row.flows)


@pytest.mark.parametrize(
    "change",
    [
        {"expiry": date(2026, 11, 25)},  # expires within the three days of the response
        {"condition": "damaged"},
        {"reserved": Decimal(17)},
        {"owner": "990102", "owner_tier": Tier.COUNTY},  # held for the county
    ],
)
def test_stock_that_cannot_be_counted_on_is_not(city, asked, change):
    missing, _ = torches(city, asked, line("township-990102002-store", "torch", 17, **change))
    assert missing == 17


def test_the_last_day_of_the_response_is_still_in_date(city, asked):
    good = line("township-990102002-store", "torch", 17, expiry=date(2026, 11, 26))
    assert torches(city, asked, good)[0] == 0


def test_pooled_counts_what_own_may_not(city, asked):
    county = line("county-990102-store", "torch", 500, owner="990102", owner_tier=Tier.COUNTY)
    scenario = [s for s in asked if s.area == "990102001"]
    own = prove(at_hand(city, county), scenario, mode="own").rows
    pooled = prove(at_hand(city, county), scenario, mode="pooled").rows
    assert sum(r.coverage for r in pooled) > sum(r.coverage for r in own)


def test_losing_a_store_is_told_line_by_line(city, asked):
    scenario = [s for s in asked if s.area == "990102002" and s.hazard == "flood"]
    stock = at_hand(city, line("township-990102002-store", "torch", 17))
    failures = [f for f in prove(stock, scenario, n_minus_1=True).n_minus_1 if f.kind == "site"]
    assert [f.failure for f in failures] == ["township-990102002-store"]
    assert "torch" in {s.item for s in failures[0].short}


@pytest.mark.parametrize("mode", ["own", "nested", "pooled"])
def test_losing_a_road_is_told_exactly_where_it_leaves_a_unit_with_less(city, asked, mode):
    """As if every single link were closed in the city itself and everything proved anew."""
    county = {"owner": "990102", "owner_tier": Tier.COUNTY}
    stock = [
        line("county-990102-store", "torch", 500, **county),
        line("county-990102-store", "quilt-winter", 900, **county),
        line("township-990102002-store", "torch", 9),
        line("city-990000-store", "quilt-winter", 5000, owner="990000", owner_tier=Tier.CITY),
    ]
    here = at_hand(city, *stock)
    base = prove(here, asked, mode=mode, n_minus_1=True)
    told = {(f.failure, f.area, f.hazard): f.short for f in base.n_minus_1 if f.kind == "road"}
    brute = {}
    for link in {edge.key for edge in city.roads.edges}:
        other = replace(here, city=replace(city, roads=city.roads.without([link])))
        for was, row in zip(base.rows, prove(other, asked, mode=mode).rows, strict=True):
            if row.short != was.short:
                brute["|".join(sorted(link)), row.area, row.hazard] = row.short
    assert told == brute
    assert brute


def test_an_unknown_mode_is_refused(city, asked):
    with pytest.raises(PlanError, match="solo"):
        prove(at_hand(city), asked, mode="solo")


@pytest.fixture(scope="module")
def plan(city, asked):
    return size(at_hand(city), asked)


def test_what_can_be_reached_is_green_once_the_plan_is_carried_out(city, asked, plan):
    then = at_hand(
        city,
        *stock_after(plan, [], city),
        agreements=agreements_after(plan, city.agreements),
    )
    open_lines = {(u.area, u.hazard, u.item) for u in plan.unmet}
    for row in prove(then, asked).rows:
        short = {(row.area, row.hazard, s.item) for s in row.short}
        assert short <= open_lines


def test_only_a_township_without_a_store_stays_open(city, plan):
    assert {u.area for u in plan.unmet} == {"990102001"}
    assert all("|" in u.reason for u in plan.unmet)


def test_every_purchase_names_its_clause_and_its_sum(city, plan):
    assert plan.buy
    for buy in plan.buy:
        item = city.items[buy.item]
        assert buy.quantity == buy.packs * item.pack_size
        assert buy.amount == item.unit_price_cny * buy.quantity
        assert buy.clauses
        assert buy.need > 0
    assert plan.purchase_cost == sum(b.amount for b in plan.buy)
    assert plan.outcome.gap is not None
    assert plan.outcome.gap <= 1e-3
    assert float(plan.annual_cost) == pytest.approx(plan.outcome.objective, rel=1e-3)


def test_sharing_is_never_dearer_than_standing_alone(city, asked, plan):
    pooled = size(at_hand(city), asked, mode="pooled")
    nested = size(at_hand(city), asked, mode="nested")
    costs = [p.outcome.bound for p in (pooled, nested, plan)]
    assert costs[0] <= nested.outcome.objective * 1.001
    assert costs[1] <= plan.outcome.objective * 1.001


def test_stock_on_hand_lowers_the_purchase(city, asked, plan):
    held = line("city-990000-store", "vest-life", 9000, owner="990000", owner_tier=Tier.CITY)
    less = size(at_hand(city, held), asked)

    def bought(p):
        return sum(b.quantity for b in p.buy if b.owner == "990000" and b.item == "vest-life")

    assert bought(plan) - bought(less) == 9000


def test_a_budget_is_kept_and_what_it_leaves_open_is_named(city, asked, plan):
    half = Decimal(int(plan.purchase_cost / 2))
    poor = size(at_hand(city), asked, budget=half)
    assert poor.purchase_cost <= half
    assert len(poor.unmet) > len(plan.unmet)


def test_a_negative_budget_is_refused(city, asked):
    with pytest.raises(PlanError, match="budget"):
        size(at_hand(city), asked, budget=Decimal(-1))


def test_a_supplier_promised_to_two_counts_once(city, asked):
    sizing = sizing_of(at_hand(city), asked, Mode.OWN, None)
    promised = sum(p.most for p in sizing.problem.promises if p.item == "water-bottled")
    capacity = sizing.problem.capacity["sup-east-food", "water-bottled"]
    assert capacity < promised


def test_a_plan_that_fails_its_check_is_never_shown(city, asked, monkeypatch):
    monkeypatch.setattr(model, "check", lambda *_: ["room: too small"])
    with pytest.raises(PlanError, match="room: too small"):
        size(at_hand(city), asked[:2])


def test_a_stop_ends_the_sizing(city, asked):
    def stop(_text, _share):
        raise StoppedError("stopped by the user")

    with pytest.raises(StoppedError):
        size(at_hand(city), asked, progress=stop)


def test_deleting_a_clause_moves_only_what_rested_on_it(city, asked, plan):
    lean = replace(city, norms=tuple(n for n in city.norms if n.id != "Q124"))
    less = size(replace(at_hand(city), city=lean), scenarios(lean))

    def others(p):
        return {(b.owner, b.site, b.item): b.quantity for b in p.buy if b.item != "torch"}

    assert not [b for b in less.buy if b.item == "torch"]
    assert others(less) == others(plan)
