"""Counties, townships, villages, roads and maps: facts carried over."""

import json
from collections.abc import Mapping
from pathlib import Path

from tables import Row, read_csv, write_csv

EVIDENCE: Mapping[str, str] = {
    "exact": "found",
    "approximate": "found",
    "derived": "derived",
    "estimated": "estimated",
    "none": "assumed",
}


def build_areas(facts: Path, out: Path) -> tuple[list[Row], list[Row]]:
    """Write counties, townships and villages; return counties and townships."""
    counties = read_csv(facts / "counties.csv")
    for row in counties:
        row["node"] = f"C{row['code']}"
        row["evidence"] = EVIDENCE[row["population_quality"]]
    write_csv(out / "counties.csv", list(counties[0]), counties)

    townships = read_csv(facts / "townships.csv")
    on_graph = {r["id"] for r in read_csv(facts / "roads_nodes.csv")}
    for row in townships:
        row["is_unit"] = "true" if row["in_mca_2025"] == "1" else "false"
        row["node"] = f"T{row['code']}" if f"T{row['code']}" in on_graph else ""
        row["evidence"] = EVIDENCE[row["pop_quality"]]
    write_csv(out / "townships.csv", list(townships[0]), townships)

    size = {r["code"]: (int(r["population"]), int(r["households"])) for r in townships}
    villages = read_csv(facts / "villages.csv")
    for row in villages:
        people, households = size[row["township_code"]]
        share = households / people if people else 0.0
        row["households_est"] = str(round(int(row["population_est"]) * share))
        row["evidence"] = EVIDENCE[row["pop_quality"]]
    write_csv(out / "villages.csv", list(villages[0]), villages)
    return counties, townships


def build_roads(facts: Path, out: Path) -> tuple[list[Row], list[Row]]:
    """Write the road graph; return nodes and edges."""
    nodes = read_csv(facts / "roads_nodes.csv")
    for row in nodes:
        is_township = row["kind"] == "township"
        row["area"] = row["id"][1:] if is_township else row["county_code"]
    write_csv(out / "roads_nodes.csv", list(nodes[0]), nodes)
    edges = read_csv(facts / "roads_edges.csv")
    write_csv(out / "roads_edges.csv", list(edges[0]), edges)
    return nodes, edges


def build_maps(facts: Path, out: Path) -> None:
    """Write the three map files with coordinates to 4 decimals (about 10 m)."""
    names = {
        "hengyang_counties.geojson": ("counties", "adcode", "name"),
        "townships_voronoi.geojson": ("townships", "code", "name"),
        "waterways.geojson": ("rivers", "name_zh", "name_zh"),
    }
    for source, (target, key, label) in names.items():
        body = json.loads((facts / source).read_text(encoding="utf-8"))
        for feature in body["features"]:
            old = feature["properties"]
            kept = {"code": old[key], "name_zh": old[label], "quality": old["quality"]}
            feature["properties"] = kept | {"notice": "示意图, 非标准地图; schematic"}
            feature["id"] = old[key]
            shape = feature["geometry"]
            shape["coordinates"] = rounded(shape["coordinates"])
        plain = {"type": "FeatureCollection", "name": target, "features": body["features"]}
        content = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        (out / f"{target}.geojson").write_text(content + "\n", encoding="utf-8")


def rounded(value: object) -> object:
    """Return nested coordinates to 4 decimals."""
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return round(float(str(value)), 4)
