"""Norms: quotas with a phase, an urgency, a use and the clause a purchase line quotes."""

from collections.abc import Mapping
from pathlib import Path

from tables import Row, read_csv, write_csv

DEADLINES = ("2h", "10h", "24h", "72h")
NOT_A_NORM = {"Q048", "Q049", "Q050", "Q051", "Q144", "Q145", "Q146"}
OWN_ASSUMPTION = "planning assumption of this tool, to be set by the city"

DYKE_GOODS = {
    "bag-woven", "bag-gunny", "bag-absorb", "geotextile", "cloth-striped", "filter-mat",
    "wire-steel", "gabion-net", "cable-power",
}  # fmt: skip
HEAVY_GOODS = {"stone-block", "sand-gravel", "pile-timber", "pipe-steel", "excavator", "loader"}
ROAD_ICE = {"deicer", "salt-industrial", "sand-antislip", "mat-straw"}
CALLED_UP = {"pump-mine-500", "foam-afff", "water-purifier-1t"}
BASIC = {
    "bed-folding", "quilt-winter", "quilt-summer", "quilt-towel", "mattress-cotton", "blanket",
    "tent-12-single", "tent-12-cotton", "tent-36-single", "mat-moisture", "hygiene-kit",
    "relief-family-kit", "light-emergency", "light-site", "genset-5kw", "mask-surgical-50",
    "water-bottled", "noodle-instant", "biscuit-compressed", "meal-selfheat", "water-tablet",
    "water-bladder", "household-kit-basic",
}  # fmt: skip
COMFORT = {"table-stool-set", "stove-field", "sprayer-electric", "toilet-portable", "chlorine-1kg"}
DAY_ONE_LATE = {"coat-cotton", "stove-heating"}
CRITICAL = {
    "water-bottled", "noodle-instant", "biscuit-compressed", "meal-selfheat", "bed-folding",
    "quilt-winter", "quilt-summer", "tent-12-single", "vest-life", "boat-assault", "boat-rubber",
    "ring-life", "kit-firstaid", "stretcher", "torch", "rope-kit", "cutter-hydraulic",
    "detector-life-av", "detector-life-radar", "liftbag-set", "blower-fire", "suit-fire",
    "helmet-fire", "boots-fire", "scba", "suit-chem-light", "suit-chem-heavy", "plug-kit",
    "rebreather-mine-4h", "pump-mine-500", "radio-digital", "phone-satellite", "bag-woven",
    "water-tablet", "deicer",
}  # fmt: skip

# What a clause calls a source, by a word of its address; the address itself stays in `source`.
DOCUMENTS: tuple[tuple[str, str], ...] = (
    ("衡阳市“十四五”", "衡阳市“十四五”应急管理发展规划 专栏3"),
    ("Sphere", "Sphere 2018"),
    ("120pk.cn", "益阳市2007年防汛预案(SL 298-2004)"),
    ("genpen.com", "永修县乡镇半专业森林消防队规定"),
    ("ask.fsou", "深圳市专业森林消防队装备标准"),
    ("fdxww.com", "店下镇防汛储备(公开报道)"),
    ("bidcenter", "福建省基层防汛“十个有”"),
    ("159sucan", "沿海某县防汛物资储备"),
    ("huangduwy", "永年区防汛物资储备"),
    ("pouringspot", "南充市2014年防汛物资储备"),
    ("emedcarts", "湖南2024年低温雨雪冰冻保畅消耗"),
    ("axnews", "安乡县2026年抗冰储备"),
    ("same as above", "隆回县、安乡县抗冰储备"),
    ("autumnmason", "湖南干线公路防滑链储备折算"),
    ("stheadline", "源江山煤矿2020年透水救援"),
    ("public code", "公开核算代码(仅取数值)"),
    ("jiangsulong", "衡东县2019年7月洪灾"),
    ("czt.cc", "湖南2024年7月洪灾安置统计"),
    ("shyhznkj", "资兴市2024年洪灾安置统计"),
    ("phcao", "资兴市2024年救灾物资统计"),
    ("englishforum", "瓯海区2020年避灾点补助"),
    ("sohu.com", "北京市2013年储备规模"),
    ("vzfEJL", "湖南省2018年九部门储备体系指导意见"),
    ("redcross", "上海市红十字会2021年常备目录"),
    ("yincaa", "某市2020年储备采购计划"),
    ("GB 51143", "GB 51143-2015"),
    ("history.csv", "17次洪灾转移比例统计"),
    ("2100 kcal", "Sphere 2018 热量2100千卡折算"),
    ("450 g", "Sphere 2018 热量2100千卡折算"),
    ("central 2019", "2019年中央调拨床被比"),
    ("2019 central", "2019年中央调拨桌床比"),
    ("outdoor share", "室外安置占比折算"),
    ("中央自然灾害", "中央自然灾害救灾资金补助标准"),
)
UNITS_ZH: Mapping[str, str] = {
    "person": "人", "meal": "餐", "L": "升", "m2": "㎡", "CNY": "元", "kW": "千瓦", "kcal": "千卡",
    "set": "套", "piece": "件", "kg": "公斤",
}  # fmt: skip
BASIS_ZH: Mapping[str, str] = {
    "per_city": "每个市",
    "per_evacuee": "每名转移安置人员",
    "share": "比例",
}

_EXTRA = (
    # id, item, item_zh, hazard, tier, basis, quantity, low, high, unit, days, note
    ("Q201", "water-purifier-1t", "移动净水设备(1t/h)", "drought", "city", "per_evacuee",
     0.0001, 0.00005, 0.0002, "set", "", "1 t/h runs 20 h: 2,000 people at 10 L; 1 per 10,000"),
    ("Q202", "water-bladder", "软体储水囊(3t)", "drought", "city;county", "per_evacuee",
     0.001, 0.0005, 0.002, "piece", "", "3 t a day for 1,000 people at 3 L drinking water"),
    ("Q203", "water-tablet", "净水消毒片", "drought", "all", "per_evacuee",
     0.2, 0.1, 0.5, "bottle", "", "1 bottle per 5 people: village wells and ponds"),
    ("Q204", "#central_share", "集中安置占比", "drought", "all", "share",
     0.0, 0.0, 0.0, "sheltered / evacuated", "", "people short of water stay at home"),
    ("Q205", "#central_share", "集中安置占比", "forest_fire", "all", "share",
     0.3, 0.1, 0.5, "sheltered / evacuated", "", "short evacuations, most stay with relatives"),
    ("Q206", "#central_share", "集中安置占比", "hazmat", "all", "share",
     0.3, 0.1, 0.5, "sheltered / evacuated", "", "hours to a day; schools and halls"),
    ("Q207", "#central_share", "集中安置占比", "mine", "all", "share",
     0.0, 0.0, 0.1, "sheltered / evacuated", "", "a mine accident moves few residents"),
    ("Q208", "#outdoor_share", "室外安置占比", "ice_snow", "all", "share",
     0.0, 0.0, 0.0, "of sheltered", "", "nobody sleeps out in ice and snow"),
    ("Q209", "#team_size", "市级矿山救援队人数", "mine", "city", "per_city",
     30, 20, 60, "person", "", "two teams make the 60 mine rescuers first at 源江山 in 2020"),
)  # fmt: skip
_SCALE = (
    # How large a Level-I evacuation each hazard brings, against the tier's design scale.
    ("Q211", "flood", 1.0, 1.0, 1.0, "the design scale is that of floods"),
    ("Q212", "drought", 0.5, 0.2, 1.0, "people who need water brought to them"),
    ("Q213", "geological", 0.3, 0.1, 0.5, "slides hit valleys, not whole counties"),
    ("Q214", "earthquake", 0.3, 0.1, 1.0, "low seismicity (zone VI)"),
    ("Q215", "ice_snow", 0.3, 0.1, 0.6, "stranded travellers and homes without power"),
    ("Q216", "forest_fire", 0.1, 0.05, 0.2, "villages at the forest's edge"),
    ("Q217", "hazmat", 0.1, 0.05, 0.3, "people within some 2 km"),
    ("Q218", "mine", 0.02, 0.0, 0.05, "families of the missing and close neighbours"),
)


def extra_rows() -> list[Row]:
    """Return the norms this tool adds where the facts have none; all assumed."""
    keys = ("quota_id", "item_id", "item_zh", "hazard", "tier", "basis", "quantity", "low", "high",
            "unit", "duration_days", "note")  # fmt: skip
    rows = [{k: str(v) for k, v in zip(keys, row, strict=True)} for row in _EXTRA]
    for key, hazard, share, low, high, note in _SCALE:
        rows.append(
            {"quota_id": key, "item_id": "#scale_share", "item_zh": "灾种规模系数",
             "hazard": hazard, "tier": "all", "basis": "share", "quantity": str(share),
             "low": str(low), "high": str(high), "unit": "of the tier's Level-I scale",
             "duration_days": "", "note": note}
        )  # fmt: skip
    for row in rows:
        row["basis_zh"] = BASIS_ZH[row["basis"]]
        row["evidence"], row["source"], row["confidence"] = "assumed", "", "low"
    return rows


def phase(row: Row) -> tuple[float, float, float, float]:
    """Return the cumulative share that must be there by 2, 10, 24 and 72 hours."""
    item, basis = row["item_id"], row["basis"]
    if basis.endswith("_day") and row["duration_days"] == "3":
        return 0.0, 0.3333, 0.6667, 1.0
    groups: tuple[tuple[set[str], tuple[float, float, float, float]], ...] = (
        (DYKE_GOODS, (0.3, 0.6, 1.0, 1.0)),
        (HEAVY_GOODS, (0.0, 0.0, 0.5, 1.0)),
        (ROAD_ICE, (0.0, 0.2, 0.5, 1.0)),
        (CALLED_UP, (0.0, 0.5, 1.0, 1.0)),
        (BASIC, (0.0, 1.0, 1.0, 1.0)),
        (COMFORT, (0.0, 0.0, 0.5, 1.0)),
        (DAY_ONE_LATE, (0.0, 0.0, 1.0, 1.0)),
    )
    for items, shares in groups:
        if item in items:
            return shares
    if item == "kit-firstaid" and basis != "per_casualty":
        return 0.0, 1.0, 1.0, 1.0
    return 1.0, 1.0, 1.0, 1.0


def use(row: Row) -> str:
    """Return whether a row sizes stock, sets a parameter or is only for reference."""
    if row["quota_id"] in NOT_A_NORM or row["basis"] in {"fixed", "per_store"}:
        return "reference"
    return "parameter" if row["item_id"].startswith("#") else "norm"


def clause(row: Row, units: Mapping[str, str]) -> str:
    """Return the wording a purchase line quotes."""
    per = "" if row["basis"] == "share" else row["basis_zh"]
    unit = "" if row["basis"] == "share" else UNITS_ZH.get(row["unit"], row["unit"])
    words = f"{per}{row['item_zh']}{float(row['quantity']):g}{units.get(row['item_id'], unit)}"
    if row["duration_days"] and row["basis"].endswith("_day"):
        words += f"，计{float(row['duration_days']):g}天"
    if row["quota_id"] == "Q010":
        words += "（每人每日饮用水3升）"
    document = next((name for word, name in DOCUMENTS if word in row["source"]), "")
    if row["evidence"] == "assumed" or not document:
        basis = f"，参照{document}" if document else ""
        return f"规划假定（待本市核定{basis}）：{words}"
    return f"{document}：{words}"


def build_norms(facts: Path, out: Path, items: list[Row]) -> list[Row]:
    """Write norms.csv; return its rows."""
    units = {r["item_id"]: r["unit_zh"] for r in items}
    rows = read_csv(facts / "quotas.csv") + extra_rows()
    for row in rows:
        row["use"] = use(row)
        row["clause"] = clause(row, units)
        row["source"] = row["source"] or OWN_ASSUMPTION
        row["low"] = row["low"] or row["quantity"]
        row["high"] = row["high"] or row["quantity"]
        is_norm = row["use"] == "norm"
        shares = phase(row) if is_norm else ("", "", "", "")
        row |= {
            f"share_{d}": f"{s:g}" if s != "" else ""
            for d, s in zip(DEADLINES, shares, strict=True)
        }
        row["phase_evidence"] = "assumed" if is_norm else ""
        row["critical"] = "true" if is_norm and row["item_id"] in CRITICAL else "false"
    columns = [*list(read_csv(facts / "quotas.csv")[0]), "use"]
    columns += [f"share_{d}" for d in DEADLINES] + ["phase_evidence", "critical", "clause"]
    write_csv(out / "norms.csv", columns, rows)
    return rows
