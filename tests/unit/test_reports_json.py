"""The documents others rely on, key by key, and the lossless form results are kept in."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.outcome import Outcome, Status
from supplies.catalogue import Evidence
from supplies.errors import Finding, Severity, StoreError
from supplies.plan import (
    AgreementLine,
    DispatchNeed,
    DispatchPlan,
    HoldLine,
    Late,
    Readiness,
    ReadinessRow,
    ReservePlan,
    RetireLine,
    Shortage,
)
from supplies.reports import json as documents
from supplies.tiers import Tier
from tests.golden import small_case as case


def keys(document: object) -> list[str]:
    assert isinstance(document, Mapping)
    return list(document)


def test_stock_has_the_keys_of_the_contract() -> None:
    found = documents.stock_document(case.small_city(), case.small_stock(), 7)
    assert keys(found) == ["revision", "rows"]
    first = found["rows"][0]
    assert first == {
        "site": "city-store", "site_name": "市中心库", "tier": "city", "area": case.CITY,
        "item": "quilt", "lot": "P20240801.E20260708", "quantity": 12, "reserved": 0,
        "expiry": "2026-07-08", "condition": "usable", "owner_tier": "city",
    }  # fmt: skip
    wire = found["rows"][1]
    assert (wire["quantity"], wire["expiry"]) == (120.5, None)
    assert isinstance(first["quantity"], int)


def test_need_has_the_keys_of_the_contract() -> None:
    found = documents.need_document(case.small_scenarios())
    assert keys(found) == ["rows", "people"]
    assert found["rows"] == [
        {
            "tier": "county", "area": case.COUNTY, "hazard": "flood", "item": "quilt",
            "deadline_h": hours, "quantity": quantity, "basis": "per_sheltered; household_kit",
            "clause": "=预案5.2.3 每名集中安置人员1床棉被; 家庭应急包抵扣",
        }
        for hours, quantity in ((10, 100), (24, 200))
    ]  # fmt: skip
    assert found["people"][case.COUNTY]["flood"]["sheltered"] == 200


def test_readiness_has_the_keys_of_the_contract() -> None:
    found = documents.readiness_document(case.small_readiness(covered=False))
    assert keys(found) == ["revision", "mode", "rows", "summary", "n_minus_1"]
    (row,) = found["rows"]
    assert keys(row) == ["tier", "area", "hazard", "coverage", "covered", "short", "witness"]
    assert row["short"] == [{"item": "quilt", "deadline_h": 24, "quantity": 134}]
    assert found["summary"] == {"county": {"areas": 1, "covered": 0}}
    assert found["n_minus_1"] == [
        {"kind": "site", "failure": "county-store", "area": case.COUNTY, "hazard": "flood",
         "covered": False,
         "short": [{"item": "quilt", "deadline_h": 10, "quantity": 100}]}
    ]  # fmt: skip


def test_the_witness_of_no_is_the_widest_cut() -> None:
    (row,) = documents.readiness_document(case.small_readiness(covered=False))["rows"]
    assert row["witness"] == {
        "kind": "cut", "item": "quilt", "deadline_h": 24,
        "stores": {"county-store": 30, "sup-1|990000|quilt": 36}, "supply": 66, "need": 200,
        "places": [case.TOWN],
    }  # fmt: skip


def test_the_witness_of_yes_is_an_allocation() -> None:
    (row,) = documents.readiness_document(case.small_readiness(covered=True))["rows"]
    flow = {"item": "quilt", "source": "county-store", "place": case.TOWN, "deadline_h": 24,
            "quantity": 200}  # fmt: skip
    assert row["witness"] == {"kind": "allocation", "flows": [flow]}
    assert row["coverage"] == 1
    assert isinstance(row["coverage"], int)


def test_plan_has_the_keys_of_the_contract() -> None:
    found = documents.plan_document(case.small_plan())
    assert keys(found) == [
        *("outcome", "mode", "cost", "hold", "agreements", "buy", "move", "retire"),
        *("unmet", "expand"),
    ]
    assert found["outcome"] == {
        "status": "optimal", "objective": 5000, "bound": 4990, "gap": 0.002, "runtime_s": 1.25,
        "solver": "HiGHS 1",
    }  # fmt: skip
    assert found["cost"] == {"annual": 3500.5, "purchase": 17225, "agreement": 96, "budget": 20000}
    # Two owners hold quilts at one site, and two hold one promise: each is one line.
    assert found["hold"] == [
        {"site": "city-store", "item": "wire", "quantity": 170},
        {"site": "county-store", "item": "quilt", "quantity": 195},
    ]
    assert found["agreements"] == [{"supplier": "sup-1", "item": "quilt", "quantity": 80}]
    assert found["buy"][1] == {
        "site": "city-store", "item": "wire", "quantity": 50, "unit_price": 8.5, "amount": 425,
        "clauses": ["防汛定额"],
    }  # fmt: skip


def test_dispatch_has_the_keys_of_the_contract() -> None:
    found = documents.dispatch_document(case.small_dispatch())
    assert keys(found) == [
        "incident", "revision", "start", "outcome", "need", "trips", "unmet", "late", "arrivals",
    ]  # fmt: skip
    assert found["start"] == "2026-07-09T10:00:00+08:00"
    assert keys(found["need"][0]) == [
        "id", "area", "item", "quantity", "deadline_s", "priority",
    ]  # fmt: skip
    (trip,) = found["trips"]
    assert keys(trip) == ["id", "vehicle", "class", "stops"]
    store, town = trip["stops"][:2]
    assert keys(store) == ["site", "arrive_s", "leave_s", "load", "unload"]
    assert keys(town) == ["area", "arrive_s", "leave_s", "load", "unload"]
    assert store["load"][0] == {"item": "quilt", "lot": "P20240801.E20260729", "quantity": 30}
    assert town["unload"][1] == {
        "need": "N1", "item": "quilt", "lot": "P20240801.E20290801.city", "quantity": 5,
    }  # fmt: skip
    assert keys(found["unmet"][0]) == ["need", "item", "quantity", "reason", "cheapest_change"]
    assert found["late"] == [{"need": "N3", "quantity": 5, "by_s": 5400}]
    assert found["arrivals"] == [{"t_s": 18000, "people_served": 40}]


def _report(form: str) -> SimpleNamespace:
    finding = Finding(
        sheet="台账", cell="F12", severity=Severity.ERROR, code="item-unknown", found="x",
        message="m", hint="h",
    )  # fmt: skip
    table = SimpleNamespace(
        sheet="台账", range="A3:F9", form=form, header_row=3, columns={"item_name": "物资名称"}
    )
    return SimpleNamespace(
        file="a.xlsx", sha256="00", form=form, posted=False, tables=[table], read=3, accepted=1,
        unchanged=1, rejected=1, quantities={"wire": Decimal("2.50"), "quilt": Decimal(7)},
        receipts={"quilt": Decimal(9)}, issues={"quilt": Decimal(2)},
        by_place={"市库": {"quilt": Decimal(7)}}, agreements=case.small_city().agreements,
        problems=[finding],
    )  # fmt: skip


def test_import_has_the_keys_of_the_contract() -> None:
    found = documents.import_document(_report("stock"))
    assert keys(found) == [
        "file", "sha256", "form", "posted", "tables", "rows", "quantities", "by_place",
        "agreements", "problems",
    ]  # fmt: skip
    assert found["rows"] == {"read": 3, "accepted": 1, "unchanged": 1, "rejected": 1}
    assert json.dumps(found["quantities"]) == '{"quilt": 7, "wire": 2.5}'
    assert keys(found["tables"][0]) == ["sheet", "range", "form", "header_row", "columns"]
    assert found["agreements"] == [
        {"supplier": "+安康商贸(示例)", "item": "quilt", "quantity": 40, "notice_hours": 12,
         "valid_until": "2027-12-31"}
    ]  # fmt: skip
    assert keys(found["problems"][0]) == [
        "sheet", "cell", "severity", "code", "found", "message", "hint",
    ]  # fmt: skip


def test_receipts_and_issues_stand_for_registers() -> None:
    found = documents.import_document(_report("register"))
    assert found["receipts"] == {"quilt": 9}
    assert found["issues"] == {"quilt": 2}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Decimal("3.00"), "3"), (2.5, "2.5"), (4.0, "4"), (float("inf"), "null"), (None, "null")],
)
def test_numbers_are_plain(value: Decimal | float | None, expected: str) -> None:
    assert json.dumps(documents.number(value)) == expected


# --- the lossless form -----------------------------------------------------------------------

words = st.text(max_size=6)
counts = st.integers(min_value=0, max_value=10**9)
floats = st.floats(allow_nan=False, allow_infinity=False)
money = st.decimals(allow_nan=False, allow_infinity=False, places=2)
maybe = st.one_of(st.none(), floats)
outcomes = st.builds(
    Outcome, status=st.sampled_from(Status), objective=maybe, bound=maybe, runtime_s=floats,
    solver=words,
)  # fmt: skip
starts = st.datetimes(timezones=st.just(timezone(timedelta(hours=8))))


def few(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=2).map(tuple)


shortages = st.builds(Shortage, item=words, deadline_h=counts, quantity=counts)
rows = st.builds(
    ReadinessRow, tier=st.sampled_from(Tier), area=words, hazard=words, coverage=floats,
    covered=st.booleans(), weakest=st.one_of(st.none(), words), weakest_share=floats,
    short=few(shortages), cuts=st.just(case.small_readiness(covered=False).rows[0].cuts),
    flows=st.just(()),
)  # fmt: skip
plans = st.one_of(
    st.builds(Readiness, revision=counts, mode=words, rows=few(rows), n_minus_1=st.just(())),
    st.builds(
        ReservePlan, outcome=outcomes, mode=words, revision=counts, annual_cost=money,
        purchase_cost=money, agreement_cost=money, budget=st.one_of(st.none(), money),
        hold=few(st.builds(HoldLine, owner=words, site=words, item=words, quantity=counts,
                           on_hand=counts)),
        agreements=few(st.builds(
            AgreementLine, supplier=words, supplier_name=words, owner=words, item=words,
            quantity=counts, have=counts, notice_hours=floats, annual_cost=money,
            evidence=st.sampled_from(Evidence))),
        buy=st.just(case.small_plan().buy), move=st.just(()),
        retire=few(st.builds(RetireLine, site=words, item=words, lot=words, quantity=money,
                             reason=words)),
        unmet=st.just(case.small_plan().unmet),
    ),
    st.builds(
        DispatchPlan, incident=words, hazard=words, revision=counts, start=starts,
        outcome=outcomes,
        need=few(st.builds(DispatchNeed, id=words, area=words, item=words, quantity=counts,
                           deadline_s=counts, priority=counts, people=counts)),
        trips=st.just(case.small_dispatch().trips), unmet=st.just(()),
        late=few(st.builds(Late, need=words, quantity=counts, by_s=counts)),
        people_served=few(st.tuples(counts, counts)),
        share_served=st.dictionaries(counts, floats, max_size=3), travel_source=words,
    ),
)  # fmt: skip


@given(plans)
def test_what_is_kept_comes_back_whole(plan: ReservePlan | Readiness | DispatchPlan) -> None:
    text = json.dumps(documents.to_document(plan), allow_nan=False)
    assert documents.from_document(type(plan), json.loads(text)) == plan


def test_each_kind_has_its_own_way_back() -> None:
    readiness = case.small_readiness(covered=True)
    reserve, dispatch = case.small_plan(), case.small_dispatch()
    assert documents.readiness_from(documents.to_document(readiness)) == readiness
    assert documents.reserve_plan_from(documents.to_document(reserve)) == reserve
    assert documents.dispatch_plan_from(documents.to_document(dispatch)) == dispatch


def test_another_kind_of_document_is_refused() -> None:
    document = documents.to_document(case.small_plan())
    with pytest.raises(StoreError, match="should be a Readiness document"):
        documents.readiness_from(document)
    with pytest.raises(StoreError, match="should be a ReservePlan document"):
        documents.reserve_plan_from(["no", "document"])


@pytest.mark.parametrize("damage", ["outcome", "buy", "annual_cost"])
def test_a_damaged_document_is_refused_in_one_line(damage: str) -> None:
    document = documents.to_document(case.small_plan())
    document["value"][damage] = "?"
    with pytest.raises(StoreError, match="run the step again") as caught:
        documents.reserve_plan_from(document)
    assert "\n" not in str(caught.value)


def test_a_document_without_value_is_refused() -> None:
    with pytest.raises(StoreError, match="damaged"):
        documents.reserve_plan_from({"type": "ReservePlan"})


def test_equal_plans_make_equal_documents() -> None:
    plan = case.small_plan()
    turned = replace(plan, hold=tuple(reversed(plan.hold)))
    assert documents.plan_document(plan) == documents.plan_document(turned)
    assert date(2026, 7, 9) == case.DAY
    assert (
        datetime.fromisoformat(str(documents.dispatch_document(case.small_dispatch())["start"]))
        == case.small_dispatch().start
    )
