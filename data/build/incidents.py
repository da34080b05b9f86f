"""Sample incidents: a city-wide flood, and a county's after July 2019."""

from collections.abc import Mapping
from pathlib import Path

from tables import Row

CITY_EVACUATED = 50000
COUNTY_EVACUATED = 9266
START = "2026-11-24T06:00:00+08:00"

CITY_HEAD = f"""\
# 样例: 湘江流域全市性大洪水, 启动市级一级响应. Sample: a flood along all rivers of the city.
# {CITY_EVACUATED:,} 人转移, 按沿河乡镇人口和洪水暴露度分配. Spread by population and exposure.
name = "全市Ⅰ级洪水(示例)"
hazard = "flood"
level = "I"
start = {START}
"""
CITY_TAIL = """
[[closure]]
river = "洣水"

[[closure]]
edge = ["T430422105", "T430481112"]  # 江口镇-新市镇, 跨耒水

[[outage]]
site = "county-430407-store"
"""
COUNTY_HEAD = f"""\
# 样例: 衡东县县级一级响应, 规模取2019年7月9日洪灾(转移9,266人). Sample, sized after July 2019.
name = "衡东县Ⅰ级洪水(示例)"
hazard = "flood"
level = "I"
start = {START}
"""
COUNTY_TAIL = """
[[need]]
area = "430424104"  # 吴集镇: 漫堤
item = "bag-woven"
quantity = 20000
deadline_h = 10
priority = 1

[[closure]]
edge = ["T430424109", "T430424115"]  # 霞流镇-洣水镇, 霞流决口

[[vehicle]]
class = "truck-4m2"
site = "county-430424-store"
count = 4
"""


def spread(
    townships: list[Row], exposure: Mapping[tuple[str, str], float], total: int
) -> list[tuple[str, str, int]]:
    """Return (code, name, people) of townships with flood exposure; the people sum to total."""
    weights = {
        t["code"]: int(t["population"]) * exposure["flood", t["code"]]
        for t in townships
        if t["node"] and t["is_unit"] == "true" and exposure["flood", t["code"]] >= 0.5
    }
    names = {t["code"]: t["name_zh"] for t in townships}
    whole = sum(weights.values())
    people = {c: int(total * w / whole) for c, w in weights.items()}
    short = total - sum(people.values())
    for code in sorted(people, key=lambda c: (-weights[c], c))[:short]:
        people[code] += 1
    return [(c, names[c], n) for c, n in sorted(people.items()) if n > 0]


def affected(rows: list[tuple[str, str, int]]) -> str:
    """Return the [[affected]] tables."""
    return "".join(
        f'\n[[affected]]\narea = "{code}"  # {name}\nevacuated = {people}\n'
        for code, name, people in rows
    )


def build_incidents(
    out: Path, townships: list[Row], exposure: Mapping[tuple[str, str], float]
) -> None:
    """Write incidents/*.toml."""
    city = spread(townships, exposure, CITY_EVACUATED)
    text = CITY_HEAD + affected(city) + CITY_TAIL
    (out / "incidents" / "city-flood.toml").write_text(text, encoding="utf-8")
    hengdong = [t for t in townships if t["county_code"] == "430424"]
    county = spread(hengdong, exposure, COUNTY_EVACUATED)
    text = COUNTY_HEAD + affected(county) + COUNTY_TAIL
    (out / "incidents" / "county-flood.toml").write_text(text, encoding="utf-8")
