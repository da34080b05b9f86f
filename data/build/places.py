"""Storehouses and vehicles: places nobody published, made up plausibly and marked `sample`."""

import random
from collections.abc import Mapping
from pathlib import Path

from ground import travel_minutes
from tables import Row, write_csv

NEW_DEPOTS = ("430421", "430422", "430423", "430424", "430426", "430481", "430482")
COUNTY_M3: Mapping[str, int] = {
    "430405": 800, "430406": 700, "430407": 700, "430408": 800, "430412": 700, "430421": 1050,
    "430422": 1000, "430423": 850, "430424": 950, "430426": 1000, "430481": 1100, "430482": 1000,
}  # fmt: skip
POINTS = 34
POINTS_MAX = 6
CITY_SITE = "city-430400-store"
SITE_COLUMNS = (
    "id", "name_zh", "name_en", "tier", "area", "lon", "lat", "node", "volume_m3", "docks",
    "status", "aliases", "evidence", "note",
)  # fmt: skip
FLEET_COLUMNS = ("site", "vehicle_class", "count", "holder", "evidence")


def county_site(code: str) -> str:
    """Return the id of a county's store."""
    return f"county-{code}-store"


def township_site(code: str) -> str:
    """Return the id of a township's storage point."""
    return f"township-{code}-store"


def choose_points(
    townships: list[Row], edges: list[Row], exposure: Mapping[tuple[str, str], float]
) -> list[str]:
    """Return the codes of remote, high-risk townships that have a storage point."""
    minutes = {c: travel_minutes(edges, f"C{c}") for c in {t["county_code"] for t in townships}}
    ranked = []
    for row in townships:
        if row["is_unit"] != "true" or row["is_county_seat"] == "1" or row["kind"] == "街道":
            continue
        code = row["code"]
        risk = max(exposure["flood", code], exposure["geological", code])
        far = min(1.0, minutes[row["county_code"]][row["node"]] / 75)
        ranked.append((-(0.5 * risk + 0.5 * far), code, row["county_code"]))
    chosen: list[str] = []
    per_county: dict[str, int] = {}
    for _, code, county in sorted(ranked):
        if len(chosen) < POINTS and per_county.get(county, 0) < POINTS_MAX:
            chosen.append(code)
            per_county[county] = per_county.get(county, 0) + 1
    return sorted(chosen)


def build_sites(
    out: Path, counties: list[Row], townships: list[Row], points: list[str], rng: random.Random
) -> list[dict[str, object]]:
    """Write sites.csv; return its rows."""
    rows: list[dict[str, object]] = [_city_row(counties)]
    rows += [_county_row(c) for c in counties]
    for row in townships:
        if row["is_unit"] == "true":
            is_point = row["code"] in points
            volume = rng.randrange(100, 165, 5) if is_point else 80
            rows.append(_township_row(row, volume, is_point=is_point))
    write_csv(out / "sites.csv", SITE_COLUMNS, rows)
    return rows


def _city_row(counties: list[Row]) -> dict[str, object]:
    seat = next(c for c in counties if c["code"] == "430408")
    aliases = (
        "市级中心库",
        "市应急局中心仓库",
        "市本级库",
        "市救灾物资储备库",
        "衡阳市救灾物资储备中心",
    )
    return {
        "id": CITY_SITE,
        "name_zh": "衡阳市应急物资储备中心库",
        "name_en": "Hengyang city emergency supplies centre",
        "tier": "city",
        "area": "430400",
        "lon": seat["seat_lon"],
        "lat": seat["seat_lat"],
        "node": "C430408",
        "volume_m3": 4500,
        "docks": 4,
        "status": "existing",
        "aliases": "|".join(aliases),
        "evidence": "sample",
        "note": "位置、容积为示例; 蒸湘区政府驻地代位",
    }


def _county_row(county: Row) -> dict[str, object]:
    code, name = county["code"], county["name_zh"]
    planned = code in NEW_DEPOTS
    aliases = (f"{name}应急局仓库", f"{name}救灾物资储备库", f"{name}应急物资库", f"{name}级库")
    return {
        "id": county_site(code),
        "name_zh": f"{name}应急物资储备库",
        "name_en": f"{county['name_en']} emergency store",
        "tier": "county",
        "area": code,
        "lon": county["seat_lon"],
        "lat": county["seat_lat"],
        "node": f"C{code}",
        "volume_m3": COUNTY_M3[code],
        "docks": 2,
        "status": "planned" if planned else "existing",
        "aliases": "|".join(aliases),
        "evidence": "sample",
        "note": "五年规划新建县级库; 位置、容积为示例" if planned else "位置、容积为示例",
    }


def _township_row(row: Row, volume: int, *, is_point: bool) -> dict[str, object]:
    name = row["name_zh"]
    aliases = (f"{name}储备点", f"{name}政府仓库", f"{row['county_zh']}{name}储备点")
    return {
        "id": township_site(row["code"]),
        "name_zh": f"{name}应急物资储备点",
        "name_en": f"{row['name_en']} storage point",
        "tier": "township",
        "area": row["code"],
        "lon": row["lon"],
        "lat": row["lat"],
        "node": row["node"],
        "volume_m3": volume,
        "docks": 1,
        "status": "existing" if is_point else "candidate",
        "aliases": "|".join(aliases),
        "evidence": "sample",
        "note": "偏远高风险乡镇储备点(示例)" if is_point else "可用房间(示例), 目前无储备",
    }


def build_fleet(out: Path, sites: list[dict[str, object]]) -> None:
    """Write fleet.csv: vehicles that start at each site."""
    at_tier: Mapping[str, tuple[tuple[str, int, str], ...]] = {
        "city": (
            ("truck-4m2", 20, "市应急局协议运力"),
            ("truck-6m8", 15, "市应急局协议运力"),
            ("truck-9m6", 8, "市应急局协议运力"),
            ("truck-13m", 4, "市应急局协议运力"),
            ("truck-dump", 12, "市水利工程公司"),
            ("pickup-4x4", 2, "市应急局"),
            ("boat-assault", 10, "市消防救援支队"),
            ("drone-fc30", 2, "市应急局"),
        ),
        "county": (
            ("truck-4m2", 6, "县级协议运力"),
            ("truck-6m8", 2, "县级协议运力"),
            ("truck-9m6", 1, "县级协议运力"),
            ("truck-dump", 2, "县水利工程队"),
            ("van-light", 2, "县应急局"),
            ("pickup-4x4", 2, "县应急局"),
            ("boat-assault", 2, "县消防救援大队"),
        ),
    }
    rows: list[dict[str, object]] = []
    for index, site in enumerate(sites):
        tier = str(site["tier"])
        entries = at_tier.get(tier)
        if entries is None:
            is_point = site["status"] == "existing"
            kind = "van-light" if is_point or index % 3 else "pickup-4x4"
            entries = ((kind, 1, "乡镇政府"),)
        for vehicle, count, holder in entries:
            rows.append(
                {"site": site["id"], "vehicle_class": vehicle, "count": count,
                 "holder": holder, "evidence": "sample"}
            )  # fmt: skip
    write_csv(out / "fleet.csv", FLEET_COLUMNS, rows)
