"""Agreements with suppliers and the household survey: made up and marked `sample`."""

import random
from collections.abc import Mapping
from pathlib import Path

from tables import Row, write_csv

COLUMNS = (
    "supplier", "supplier_name", "owner", "item", "quantity", "notice_hours", "fulfilment",
    "retainer_rate", "valid_until", "node", "kind", "evidence",
)  # fmt: skip
# kind of supplier: (name, notice hours, retainer rate, {item: city quantity})
TRADES: Mapping[str, tuple[str, float, float, Mapping[str, int]]] = {
    "supermarket": ("惠民连锁超市", 4, 0.03, {
        "water-bottled": 12000, "noodle-instant": 4000, "meal-selfheat": 700,
        "hygiene-kit": 4000, "milk-powder": 300, "oil-5l": 800,
    }),
    "food": ("粮油饮品批发部", 8, 0.02, {
        "water-bottled": 14000, "noodle-instant": 2500, "biscuit-compressed": 300,
        "food-canned": 600, "rice-25kg": 1500,
    }),
    "quarry": ("砂石开采公司", 12, 0.02, {"sand-gravel": 5000, "stone-block": 4000}),
    "builder": ("建材经营部", 8, 0.02, {
        "pile-timber": 25, "pipe-steel": 4200, "wire-steel": 2000, "cloth-striped": 30000,
        "bag-woven": 120000,
    }),
    "medical": ("医药批发公司", 6, 0.04, {
        "kit-firstaid": 160, "mask-surgical-50": 3000, "chlorine-1kg": 400, "water-tablet": 2500,
    }),
    "machines": ("工程机械租赁公司", 6, 0.05, {
        "excavator": 20, "loader": 16, "pump-diesel-8in": 8, "genset-50kw": 4,
    }),
    "fuel": ("成品油销售公司", 4, 0.02, {"fuel-litre": 40000}),
    "salt": ("盐业公司", 24, 0.03, {"deicer": 300, "salt-industrial": 200, "sand-antislip": 400}),
}  # fmt: skip
COUNTY_TRADES = ("supermarket", "food", "quarry", "builder", "medical", "machines", "salt")
CITY_ONLY = {"genset-50kw", "pump-diesel-8in"}
COUNTY_SHARE = 0.12
CITY_NODES: Mapping[str, str] = {
    "supermarket": "C430406", "food": "C430407", "quarry": "C430405", "builder": "C430408",
    "medical": "C430406", "machines": "C430405", "fuel": "C430407", "salt": "C430405",
}  # fmt: skip
SHARED = ("sup-hy-yinpin", "湘南饮品配送中心(示例)", "C430405", ("430422", "430424", "430481"))
CAPACITY = (
    ("sup-cap-jiafang", "雁城家纺厂(示例)", "quilt-summer", 5000, 0.01, "C430408"),
    ("sup-cap-jiafang", "雁城家纺厂(示例)", "quilt-winter", 3000, 0.01, "C430408"),
    ("sup-cap-yinshui", "南岳山泉水厂(示例)", "water-bottled", 15000, 0.01, "C430412"),
    ("sup-cap-shuibeng", "衡州水泵厂(示例)", "pump-mine-500", 4, 0.03, "C430405"),
)
EXPIRED = {("sup-430423-food", "rice-25kg"), ("sup-430400-salt", "salt-industrial")}


def build_agreements(
    out: Path, counties: list[Row], items: list[Row], rng: random.Random
) -> list[dict[str, object]]:
    """Write agreements.csv; return its rows."""
    lowest = {r["item_id"]: r["lowest_holding_tier"] for r in items}
    rows: list[dict[str, object]] = []
    for trade in TRADES:
        rows += _promises("430400", "衡阳市", CITY_NODES[trade], trade, 1.0, rng)
    for county in counties:
        size = COUNTY_SHARE * (0.6 + 0.7 * int(county["population_2020"]) / 1_000_000)
        for trade in COUNTY_TRADES:
            node = f"C{county['code']}"
            rows += _promises(county["code"], county["name_zh"], node, trade, size, rng)
    rows = [r for r in rows if r["owner"] == "430400" or lowest[str(r["item"])] != "city"]
    rows = [r for r in rows if r["owner"] == "430400" or r["item"] not in CITY_ONLY]
    supplier, name, node, owners = SHARED
    rows += [
        _promise((supplier, name, node), owner, "water-bottled", 1500, (10, 0.02), rng)
        for owner in owners
    ]
    for supplier, name, item, quantity, rate, node in CAPACITY:
        promise = _promise((supplier, name, node), "430400", item, quantity, (48, rate), rng)
        rows.append(promise | {"kind": "capacity"})
    rows.sort(key=lambda r: (str(r["owner"]), str(r["supplier"]), str(r["item"])))
    write_csv(out / "agreements.csv", COLUMNS, rows)
    return rows


def _promises(
    owner: str, place: str, node: str, trade: str, size: float, rng: random.Random
) -> list[dict[str, object]]:
    name, hours, rate, goods = TRADES[trade]
    who = (f"sup-{owner}-{trade}", f"{place}{name}(示例)", node)
    notice = hours if owner == "430400" else min(24.0, hours + rng.choice((0, 2, 4)))
    result = []
    for item, full in goods.items():
        exact = full * size * (1.0 if size == 1.0 else rng.uniform(0.7, 1.2))
        step = 10 if exact > 100 else 1
        quantity = max(1, round(exact / step) * step)
        result.append(_promise(who, owner, item, quantity, (notice, rate), rng))
    return result


def _promise(
    who: tuple[str, str, str],
    owner: str,
    item: str,
    quantity: int,
    terms: tuple[float, float],
    rng: random.Random,
) -> dict[str, object]:
    supplier, name, node = who
    until = rng.choice(("2027-03-31", "2027-06-30", "2027-12-31"))
    return {
        "supplier": supplier,
        "supplier_name": name,
        "owner": owner,
        "item": item,
        "quantity": quantity,
        "notice_hours": terms[0],
        "fulfilment": rng.choice((0.8, 0.85, 0.9)),
        "retainer_rate": terms[1],
        "valid_until": "2026-09-30" if (supplier, item) in EXPIRED else until,
        "node": node,
        "kind": "agreement",
        "evidence": "sample",
    }


def build_survey(out: Path, counties: list[Row], rng: random.Random) -> None:
    """Write household_survey.csv: of households asked, how many have a kit in date."""
    rows = []
    for county in counties:
        asked = rng.randrange(240, 420, 20)
        urban = float(county["urban_share_2020"])
        rate = min(0.25, max(0.06, 0.04 + 0.18 * urban + rng.uniform(-0.02, 0.03)))
        rows.append(
            {"area": county["code"], "asked": asked, "with_kit": round(asked * rate),
             "surveyed_on": f"2026-{rng.choice((3, 4, 5)):02d}-{rng.randrange(10, 28)}",
             "evidence": "sample"}
        )  # fmt: skip
    columns = ["area", "asked", "with_kit", "surveyed_on", "evidence"]
    write_csv(out / "household_survey.csv", columns, rows)
