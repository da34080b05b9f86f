"""A town of two storehouses and one plan of each kind: small enough to check by hand."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache

from models.outcome import Outcome, Status
from supplies.catalogue import Evidence, Item
from supplies.city import Agreement, City, VehicleClass
from supplies.files import default_city_dir, load_city
from supplies.plan import (
    AgreementLine,
    BuyLine,
    Cut,
    DispatchNeed,
    DispatchPlan,
    Failure,
    Flow,
    HoldLine,
    Late,
    LotLoad,
    MoveLine,
    NeedTerm,
    NeedUnload,
    People,
    Readiness,
    ReadinessRow,
    Requirement,
    ReservePlan,
    RetireLine,
    Scenario,
    Shortage,
    StockLine,
    Stop,
    Trip,
    UnmetLine,
    Unserved,
)
from supplies.roads import RoadGraph
from supplies.tiers import Area, Site, Tier

DAY = date(2026, 7, 9)
SEAL = "7F3A-91C2"
CITY, COUNTY, TOWN = "990000", "990001", "990001001"


def _area(code: str, zh: str, en: str, tier: Tier, parent: str | None) -> Area:
    return Area(
        code=code, name_zh=zh, name_en=en, tier=tier, parent=parent, lon=112.0, lat=27.0,
        population=9000, households=3000, is_unit=True, node=None, evidence=Evidence.FOUND,
    )  # fmt: skip


def _site(key: str, zh: str, en: str, tier: Tier, area: str) -> Site:
    return Site(
        id=key, name_zh=zh, name_en=en, tier=tier, area=area, lon=112.0, lat=27.0, node="n",
        volume_m3=200.0, docks=1, status="existing", aliases=(), evidence=Evidence.SAMPLE, note="",
    )  # fmt: skip


def _item(key: str, zh: str, en: str, unit: tuple[str, str], figures: tuple[float, ...]) -> Item:
    pack, kg, m3, price = figures
    return Item(
        id=key, name_zh=zh, name_en=en, category_zh="生活救助", category_en="life relief",
        unit_zh=unit[0], unit_en=unit[1], pack_size=int(pack), unit_weight_kg=kg,
        unit_volume_m3=m3, unit_price_cny=Decimal(str(price)), shelf_life_months=60,
        storage_class="dry", high_cost=False, call_up_tier="county",
        lowest_holding_tier="township", reserve_mode="physical", hazards=frozenset({"flood"}),
        consumable=False, price_evidence=Evidence.FOUND, source="", confidence="", note="",
    )  # fmt: skip


@cache
def small_city() -> City:
    """Return the town."""
    quilt = _item("quilt", "棉被", "Quilt", ("床", "piece"), (10, 2.5, 0.02, 120))
    wire = _item("wire", "铅丝", "Wire", ("kg", "kg"), (50, 1, 0.001, 8.5))
    truck = VehicleClass(
        id="truck", name_zh="4.2米厢货", name_en="4.2 m box truck", mode="ground",
        payload_kg=1800.0, volume_m3=15.0, speed_kmh={"national": 55.0}, cost_per_km_cny=3.0,
        fixed_cost_per_trip_cny=200.0, hour_cost_cny=90.0, load_minutes_full=40.0,
        unload_minutes_full=30.0, ready_minutes=30.0, range_km=500.0, crew=2,
        evidence=Evidence.RECALLED, source="",
    )  # fmt: skip
    areas = [
        _area(CITY, "小城市", "Smallville", Tier.CITY, None),
        _area(COUNTY, "东县", "East County", Tier.COUNTY, CITY),
        _area(TOWN, "㙍头镇", "Duotou", Tier.TOWNSHIP, COUNTY),
    ]
    sites = [
        _site("city-store", "市中心库", "City store", Tier.CITY, CITY),
        _site("county-store", "东县储备库", "East County store", Tier.COUNTY, COUNTY),
    ]
    embedded = load_city(default_city_dir())
    return City(
        code=CITY, name_zh="小城市", name_en="Smallville",
        parameters=embedded.parameters, rules=embedded.rules, approvals=embedded.approvals,
        areas={a.code: a for a in areas}, sites={s.id: s for s in sites},
        items={i.id: i for i in (quilt, wire)}, norms=(), kit=(), scales={}, bases=(),
        exposure={}, vehicles={"truck": truck}, fleet=(),
        agreements=(
            Agreement(
                supplier="sup-1", supplier_name="+安康商贸(示例)", owner=CITY, item="quilt",
                quantity=40, notice_hours=12.0, fulfilment=0.9, retainer_rate=0.02,
                valid_until=date(2027, 12, 31), node="n", kind="agreement",
                evidence=Evidence.SAMPLE,
            ),
        ),
        survey={}, roads=RoadGraph(nodes={}, edges=()), item_aliases={},
    )  # fmt: skip


def _line(
    site: str, item: str, lot: str, quantity: str, expiry: date | None, **more: str
) -> StockLine:
    owner = Tier(more.get("owner", "city" if site == "city-store" else "county"))
    return StockLine(
        site=site, item=item, lot=lot, quantity=Decimal(quantity), reserved=Decimal(0),
        produced=date(2024, 8, 1) if expiry else None, expiry=expiry,
        condition=more.get("condition", "usable"), owner_tier=owner,
        owner=CITY if owner is Tier.CITY else COUNTY, source_mode="physical",
    )  # fmt: skip


def small_stock() -> list[StockLine]:
    """Return five lots: two expire soon, one is the city's in the county, one is damaged."""
    return [
        _line("county-store", "quilt", "P20240801.E20260729", "30", date(2026, 7, 29)),
        _line("city-store", "quilt", "P20240801.E20260708", "12", date(2026, 7, 8)),
        _line("county-store", "quilt", "P20240801.E20290801.city", "25", date(2029, 8, 1),
              owner="city"),
        _line("county-store", "quilt", "damaged", "4", None, condition="damaged"),
        _line("city-store", "wire", "", "120.5", None),
    ]  # fmt: skip


TERMS = (
    NeedTerm(
        norm="Q1", basis="per_sheltered", basis_count=200.0, norm_quantity=1.0, days=1.0,
        spare=0.1, quantity=220.0, clause="=预案5.2.3 每名集中安置人员1床棉被", source="",
        evidence=Evidence.FOUND, confidence="high",
    ),
    NeedTerm(
        norm="K1", basis="household_kit", basis_count=100.0, norm_quantity=-0.2, days=1.0,
        spare=0.0, quantity=-20.0, clause="家庭应急包抵扣", source="",
        evidence=Evidence.ASSUMED, confidence="low",
    ),
)  # fmt: skip


def small_scenarios() -> tuple[Scenario, ...]:
    """Return one flood of the county that asks for 100 quilts by 10 h and 200 by 24 h."""
    need = Requirement(
        tier=Tier.COUNTY, area=COUNTY, hazard="flood", item="quilt", critical=True,
        by_deadline={24: 200, 10: 100}, by_place={TOWN: {10: 100, 24: 200}}, terms=TERMS,
        evidence=Evidence.ASSUMED,
    )  # fmt: skip
    people = People(
        residents=9000, evacuated=1000, sheltered=200, outdoors=0, rescuers=40, shelters=2
    )
    scenario = Scenario(
        tier=Tier.COUNTY, area=COUNTY, hazard="flood", footprint={TOWN: 1.0}, people=people,
        requirements=(need,),
    )  # fmt: skip
    return (scenario,)


def small_readiness(*, covered: bool) -> Readiness:
    """Return the county covered by an allocation, or refuted by a cut."""
    flow = Flow(item="quilt", source="county-store", place=TOWN, deadline_h=24, quantity=200)
    cuts = (
        Cut(item="quilt", deadline_h=10, places=(TOWN,), supply={"county-store": 90}, need=100),
        Cut(item="quilt", deadline_h=24, places=(TOWN,),
            supply={"county-store": 30, "sup-1|990000|quilt": 36}, need=200),
    )  # fmt: skip
    row = ReadinessRow(
        tier=Tier.COUNTY, area=COUNTY, hazard="flood", coverage=1.0 if covered else 0.33,
        covered=covered, weakest=None if covered else "quilt",
        weakest_share=1.0 if covered else 0.33,
        short=() if covered else (Shortage(item="quilt", deadline_h=24, quantity=134),),
        cuts=() if covered else cuts, flows=(flow,) if covered else (),
    )  # fmt: skip
    failure = Failure(
        kind="site", failure="county-store", area=COUNTY, hazard="flood", covered=False,
        short=(Shortage(item="quilt", deadline_h=10, quantity=100),),
    )  # fmt: skip
    return Readiness(revision=7, mode="own", rows=(row,), n_minus_1=(failure,))


OUTCOME = Outcome(
    status=Status.OPTIMAL, objective=5000.0, bound=4990.0, runtime_s=1.25, solver="HiGHS 1"
)


def small_plan() -> ReservePlan:
    """Return a plan that buys 140 quilts for the county and wire for the city."""
    quilts = BuyLine(
        owner=COUNTY, tier=Tier.COUNTY, site="county-store", item="quilt", quantity=140, packs=14,
        unit_price=Decimal(120), amount=Decimal(16800), need=200, on_hand=30, agreed=36,
        hazard="flood", deadline_h=24, clauses=tuple(t.clause for t in TERMS), terms=TERMS,
        price_evidence=Evidence.FOUND, evidence=Evidence.ASSUMED,
    )  # fmt: skip
    wire = BuyLine(
        owner=CITY, tier=Tier.CITY, site="city-store", item="wire", quantity=50, packs=1,
        unit_price=Decimal("8.5"), amount=Decimal("425.0"), need=150, on_hand=120, agreed=0,
        hazard="flood", deadline_h=72, clauses=("防汛定额",), terms=(),
        price_evidence=Evidence.SAMPLE, evidence=Evidence.SAMPLE,
    )  # fmt: skip
    agreement = {
        "supplier": "sup-1", "supplier_name": "+安康商贸(示例)", "item": "quilt",
        "notice_hours": 12.0, "evidence": Evidence.SAMPLE,
    }  # fmt: skip
    return ReservePlan(
        outcome=OUTCOME, mode="own", revision=7, annual_cost=Decimal("3500.50"),
        purchase_cost=Decimal(17225), agreement_cost=Decimal(96), budget=Decimal(20000),
        hold=(
            HoldLine(owner=COUNTY, site="county-store", item="quilt", quantity=170, on_hand=30),
            HoldLine(owner=CITY, site="county-store", item="quilt", quantity=25, on_hand=25),
            HoldLine(owner=CITY, site="city-store", item="wire", quantity=170, on_hand=120),
        ),
        agreements=(
            AgreementLine(owner=COUNTY, quantity=40, have=0, annual_cost=Decimal(96), **agreement),
            AgreementLine(owner=CITY, quantity=40, have=40, annual_cost=Decimal(0), **agreement),
        ),
        buy=(quilts, wire),
        move=(MoveLine(owner=CITY, item="quilt", source="city-store", target="county-store",
                       quantity=10),),
        retire=(
            RetireLine(site="city-store", item="quilt", lot="P20240801.E20260708",
                       quantity=Decimal(12), reason="expired"),
            RetireLine(site="county-store", item="quilt", lot="damaged", quantity=Decimal(4),
                       reason="damaged"),
        ),
        unmet=(
            UnmetLine(tier=Tier.TOWNSHIP, area=TOWN, hazard="flood", item="wire", deadline_h=2,
                      quantity=5, reason="两小时内无库可到 | no store is near enough"),
        ),
    )  # fmt: skip


def small_dispatch() -> DispatchPlan:
    """Return a trip that loads two lots, serves two needs, returns, reloads and serves again."""
    old, new = "P20240801.E20260729", "P20240801.E20290801.city"
    needs = (
        DispatchNeed(id="N1", area=TOWN, item="quilt", quantity=40, deadline_s=7200, priority=1,
                     people=40),
        DispatchNeed(id="N2", area=TOWN, item="wire", quantity=100, deadline_s=36000, priority=2,
                     people=40),
        DispatchNeed(id="N3", area=COUNTY, item="quilt", quantity=10, deadline_s=3600, priority=1,
                     people=10),
    )  # fmt: skip

    def halt(site: str | None, area: str | None, at: int, load: tuple, unload: tuple) -> Stop:
        return Stop(site=site, area=area, node="n", arrive_s=at, leave_s=at + 1200, load=load,
                    unload=unload)  # fmt: skip

    first = (
        LotLoad(item="quilt", lot=old, quantity=30),
        LotLoad(item="quilt", lot=new, quantity=10),
    )
    trip = Trip(
        id="T1", vehicle="湘D-1", vehicle_class="truck", home="county-store", distance_km=62.5,
        cost_cny=512.25,
        stops=(
            halt("county-store", None, 0, first, ()),
            halt(None, TOWN, 4800, (), (
                NeedUnload(need="N1", item="quilt", lot=old, quantity=30),
                NeedUnload(need="N1", item="quilt", lot=new, quantity=5),
            )),
            halt(None, COUNTY, 9000, (),
                 (NeedUnload(need="N3", item="quilt", lot=new, quantity=5),)),
            halt("city-store", None, 12600, (LotLoad(item="wire", lot="", quantity=100),), ()),
            halt(None, TOWN, 18000, (),
                 (NeedUnload(need="N2", item="wire", lot="", quantity=100),)),
            halt("county-store", None, 21600, (), ()),
        ),
    )  # fmt: skip
    return DispatchPlan(
        incident="=小城洪涝", hazard="flood", revision=7,
        start=datetime(2026, 7, 9, 10, 0, tzinfo=timezone(timedelta(hours=8))), outcome=OUTCOME,
        need=needs, trips=(trip,),
        unmet=(Unserved(need="N1", item="quilt", quantity=5, reason="库存不足 | no more stock",
                        cheapest_change="借 5 床 | borrow 5"),),
        late=(Late(need="N3", quantity=5, by_s=5400),),
        people_served=((18000, 40),), share_served={2: 0.7, 10: 0.875},
        travel_source="离线路网 | offline road graph",
    )  # fmt: skip
