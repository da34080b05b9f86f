"""Response scales and the counts that norms multiply."""

from collections.abc import Mapping
from pathlib import Path

from tables import Row, write_csv

HAZARDS = (
    "flood", "drought", "geological", "forest_fire", "ice_snow", "earthquake", "hazmat", "mine",
)  # fmt: skip
COLLAPSE = ("geological", "earthquake")
BASE_COLUMNS = ("area", "hazard", "basis", "count", "evidence", "note")
SCALE_COLUMNS = (
    "tier", "evacuated", "evacuated_min", "evacuated_max", "share_of_population", "evidence",
    "clause", "source",
)  # fmt: skip
DYKE_NOTE = "threatened dyke km x grade factor 0.3-0.5 (small-river dykes); made up"
ICE_NOTE = "expressway-equivalent km: county roads count 0.35 (norm is for expressways); made up"


def build_scales(out: Path) -> None:
    """Write scales.csv from the design defaults T110, T113 and T116."""
    rule = "湖南省2018年九部门储备体系指导意见：{}可保障转移安置{}；设计取值（待本市核定）"
    source = "level1_thresholds.csv {}; https://zi.media/@yidianzixun/post/vzfEJL"
    rows: list[dict[str, object]] = [
        {"tier": "city", "evacuated": 50000, "evacuated_min": 40000, "evacuated_max": 60000,
         "share_of_population": 0, "evidence": "assumed",
         "clause": rule.format("市级", "4-6万人"), "source": source.format("T110, T108")},
        {"tier": "county", "evacuated": 6000, "evacuated_min": 5000, "evacuated_max": 7000,
         "share_of_population": 0.011, "evidence": "assumed",
         "clause": rule.format("县级", "0.5-0.7万人"), "source": source.format("T113, T109")},
        {"tier": "township", "evacuated": 500, "evacuated_min": 200, "evacuated_max": 1000,
         "share_of_population": 0.015, "evidence": "assumed",
         "clause": "规划假定（待本市核定）：乡镇取常住人口1.5%，不少于200人、不多于1000人",
         "source": source.format("T116")},
    ]  # fmt: skip
    write_csv(out / "scales.csv", SCALE_COLUMNS, rows)


def county_dyke_km(exposure: Mapping[tuple[str, str], float], codes: list[str]) -> float:
    """Return the threatened dyke of a county, 0.5 to 2 km, by how many townships lie by a river."""
    near = sum(exposure["flood", c] for c in codes)
    return round(min(2.0, max(0.5, 0.5 + near * 0.15)), 1)


def build_bases(
    out: Path,
    counties: list[Row],
    townships: list[Row],
    exposure: Mapping[tuple[str, str], float],
) -> list[dict[str, object]]:
    """Write bases.csv; return its rows. Area ``township`` stands for every township."""
    counts: list[tuple[str, str, str, float, str]] = []
    units: list[tuple[str, float, float]] = [("430400", 4.0, 300.0)]
    for county in counties:
        codes = [t["code"] for t in townships if t["county_code"] == county["code"] and t["node"]]
        ice = round(15 + 10 * min(1.0, len(codes) / 25))
        units.append((county["code"], county_dyke_km(exposure, codes), float(ice)))
    for area, dyke, ice in units:
        is_city = area == "430400"
        counts.append((area, "flood", "per_km_dyke", dyke, DYKE_NOTE))
        counts.append((area, "ice_snow", "per_km_road_day", ice, ICE_NOTE))
        sites = 6 if is_city else 2
        counts += [(area, h, "per_collapsed_site", sites, "made up") for h in COLLAPSE]
        counts += _everywhere(area, 2 if is_city else 1, 200 if is_city else 40)
    every = "made up; every township"
    counts += [("township", h, "per_collapsed_site", 1, every) for h in COLLAPSE]
    counts += _everywhere("township", 1, 6)
    rows: list[dict[str, object]] = [
        {"area": a, "hazard": h, "basis": b, "count": c, "evidence": "sample", "note": n}
        for a, h, b, c, n in counts
    ]
    write_csv(out / "bases.csv", BASE_COLUMNS, rows)
    return rows


def _everywhere(area: str, teams: int, casualties: int) -> list[tuple[str, str, str, float, str]]:
    counts: list[tuple[str, str, str, float, str]] = []
    for hazard in HAZARDS:
        counts.append((area, hazard, "per_team", teams, "rescue teams; made up"))
        if hazard != "drought":
            counts.append((area, hazard, "per_casualty", casualties, "made up"))
        if hazard in {"hazmat", "mine"}:
            counts.append((area, hazard, "per_incident", 1, "one incident at a time"))
    return counts
