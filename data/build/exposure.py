"""How exposed each township is to each hazard: a derived score from 0 to 1."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from ground import Point, km_to_line
from tables import Row, write_csv

INDUSTRY = (
    "水口山镇",
    "大浦镇",
    "大浦工业园",
    "三塘镇",
    "松江镇",
    "合江街道",
    "东阳渡街道",
    "白沙洲街道",
)
MINES: Mapping[str, tuple[str, ...]] = {
    "430421": ("界牌镇", "关市镇", "大安乡", "金溪镇"),
    "430422": ("铁丝塘镇", "谭子山镇", "花桥镇", "宝盖镇", "栗江镇", "洪山镇"),
    "430423": ("岭坡乡", "贯塘乡", "东湖镇"),
    "430424": ("白莲镇", "杨林镇", "荣桓镇"),
    "430426": ("黄土铺镇", "马杜桥乡", "风石堰镇", "白地市镇", "官家嘴镇"),
    "430481": (
        "小水镇", "公平圩镇", "三都镇", "黄市镇", "余庆街道", "南阳镇", "夏塘镇", "导子镇",
        "大义镇", "东湖圩镇", "龙塘镇",
    ),
    "430482": ("水口山镇", "西岭镇", "柏坊镇", "荫田镇", "罗桥镇", "庙前镇", "大堡乡"),
}  # fmt: skip
AT_LEAST = 3
NOTES: Mapping[str, str] = {
    "flood": "distance to a river line: 1 within 1 km, 0 from 6 km",
    "drought": "inverse of flood exposure",
    "geological": "height difference within 5 km over 300 m",
    "forest_fire": "height difference within 5 km, more in rural areas",
    "ice_snow": "elevation and nearness to an expressway junction",
    "earthquake": "population density",
    "hazmat": "industrial places, county seats and streets",
    "mine": "coal and metal townships, from general knowledge (sample)",
}


def number(row: Row, field: str) -> float:
    """Return a figure, zero where the facts have none."""
    return float(row[field] or 0)


def point(row: Row) -> Point:
    """Return the township's place."""
    return float(row["lon"]), float(row["lat"])


class Scores:
    """Scores of one city's townships."""

    def __init__(self, facts: Path, townships: list[Row], nodes: list[Row]) -> None:
        body = json.loads((facts / "waterways.geojson").read_text(encoding="utf-8"))
        self.rivers = [
            (f["properties"]["name_zh"], [tuple(p) for p in f["geometry"]["coordinates"]])
            for f in body["features"]
        ]
        self.junctions = [point(n) for n in nodes if n["kind"].startswith("interchange")]
        self.townships = [t for t in townships if t["node"]]

    def river_km(self, row: Row) -> float:
        """Return the distance to the nearest river."""
        return min(km_to_line(point(row), line) for _, line in self.rivers)

    def flood(self, row: Row) -> float:
        """Score flood."""
        return (6.0 - self.river_km(row)) / 5.0

    def drought(self, row: Row) -> float:
        """Score drought."""
        return 0.9 - 0.7 * min(1.0, max(0.0, self.flood(row)))

    def geological(self, row: Row) -> float:
        """Score landslides."""
        return number(row, "relief_5km_m") / 300

    def forest_fire(self, row: Row) -> float:
        """Score forest fire."""
        rural = 0.0 if row["kind"] == "街道" else 0.3
        return 0.7 * min(1.0, number(row, "relief_5km_m") / 250) + rural

    def ice_snow(self, row: Row) -> float:
        """Score ice and snow."""
        near = min(km_to_line(point(row), [j, j]) for j in self.junctions)
        return 0.6 * min(1.0, number(row, "elevation_m") / 400) + 0.5 * max(0.0, 1 - near / 8)

    def earthquake(self, row: Row) -> float:
        """Score earthquake."""
        density = number(row, "population") / max(1.0, number(row, "area_km2"))
        return 0.35 + density / 4000

    def hazmat(self, row: Row) -> float:
        """Score hazardous goods."""
        if row["name_zh"] in INDUSTRY:
            return 1.0
        if row["is_county_seat"] == "1":
            return 0.7
        return 0.55 if row["kind"] in {"街道", "功能区"} else 0.15

    def mine(self, row: Row) -> float:
        """Score mines."""
        return 0.8 if row["name_zh"] in MINES.get(row["county_code"], ()) else 0.0

    def rule(self, hazard: str) -> Callable[[Row], float]:
        """Return the rule of a hazard."""
        rules: dict[str, Callable[[Row], float]] = {
            "flood": self.flood,
            "drought": self.drought,
            "geological": self.geological,
            "forest_fire": self.forest_fire,
            "ice_snow": self.ice_snow,
            "earthquake": self.earthquake,
            "hazmat": self.hazmat,
            "mine": self.mine,
        }
        return rules[hazard]


def build_exposure(scores: Scores, out: Path) -> dict[tuple[str, str], float]:
    """Write exposure.csv; every county gets three townships of at least 0.5 per hazard."""
    rows: list[dict[str, object]] = []
    result: dict[tuple[str, str], float] = {}
    counties = sorted({t["county_code"] for t in scores.townships})
    for hazard, note in NOTES.items():
        rule = scores.rule(hazard)
        for county in counties:
            group = [t for t in scores.townships if t["county_code"] == county]
            raw = {t["code"]: round(min(1.0, max(0.0, rule(t))), 2) for t in group}
            order = sorted(raw, key=lambda code: (-raw[code], code))
            lifted = {c for c in order[:AT_LEAST] if raw[c] < 0.5}
            for code in sorted(raw):
                score = 0.5 if code in lifted else raw[code]
                result[hazard, code] = score
                evidence = "assumed" if code in lifted else "derived"
                if hazard == "mine":
                    evidence = "sample"
                words = "raised: a county's most exposed three count" if code in lifted else note
                rows.append(
                    {"hazard": hazard, "area": code, "score": score, "evidence": evidence,
                     "note": words}
                )  # fmt: skip
    write_csv(out / "exposure.csv", ["hazard", "area", "score", "evidence", "note"], rows)
    return result
