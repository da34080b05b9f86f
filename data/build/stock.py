"""The opening stock of the sample city: lots in 47 storehouses, drawn and marked `sample`."""

import calendar
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from places import CITY_SITE, county_site, township_site
from sizing import Sizing
from tables import Row

STOCK_DAY = date(2026, 11, 15)
LEVELS: Mapping[str, float] = {
    "430400": 0.60, "430405": 0.75, "430406": 0.60, "430407": 0.35, "430408": 0.70,
    "430412": 0.45, "430421": 0.60, "430422": 0.50, "430423": 0.40, "430424": 0.85,
    "430426": 0.30, "430481": 0.65, "430482": 0.45,
}  # fmt: skip
CITY_HELD_AT = ("430424", "430426", "430481", "430482")
CITY_HELD = {
    "quilt-summer", "quilt-winter", "bed-folding", "tent-12-single", "vest-life", "boat-assault",
    "mat-moisture", "torch", "radio-digital", "bag-woven",
}  # fmt: skip
COUNTY_HELD = {"vest-life", "bag-woven", "quilt-summer", "torch"}
NOTHING, AGREEMENT_PART, YARD_PART = 0.10, 0.18, 0.10
FULL = 0.9
EXPIRED, NEAR = 0.025, 0.085
NO_EXPIRY = {"yard", "shed"}


@dataclass(frozen=True, kw_only=True)
class Lot:
    """Goods of one kind, age, condition and owner at one site; ``months`` is the item's life."""

    site: str
    item: Row
    quantity: int
    produced: date | None
    expiry: date | None
    months: int
    condition: str
    owner_tier: str
    held: bool


def back(day: date, months: int) -> date:
    """Return the day some months earlier, the last of its month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def rounded(exact: float) -> int:
    """Return a quantity as storehouses buy it."""
    for least, step in ((2000, 100), (200, 10), (50, 5)):
        if exact >= least:
            return round(exact / step) * step
    return round(exact)


class Drawer:
    """Draws lots from one generator."""

    def __init__(self, items: list[Row], rng: random.Random) -> None:
        self.items = {r["item_id"]: r for r in items}
        self.rng = rng

    def quantity(self, name: str, need: float, level: float) -> int:
        """Return what a unit holds of an item it needs so much of."""
        item = self.items[name]
        if self.rng.random() < NOTHING:
            return 0
        part = level * self.rng.uniform(0.65, 1.35)
        if item["storage_class"] in NO_EXPIRY:
            part *= YARD_PART
        elif item["usual_reserve_mode"] != "physical":
            part *= AGREEMENT_PART
        return rounded(need * min(part, 1.1))

    def lots(self, site: str, name: str, quantity: int, owner: str, *, held: bool) -> list[Lot]:
        """Return a quantity as one lot, or as an older and a newer one."""
        ages = self.items[name]["storage_class"] not in NO_EXPIRY
        two = ages and quantity >= 20 and self.rng.random() < 0.4
        cut = rounded(quantity * 0.4) if two else 0
        return [
            self._lot(site, name, part, owner, held=held) for part in (quantity - cut, cut) if part
        ]

    def _lot(self, site: str, name: str, quantity: int, owner: str, *, held: bool) -> Lot:
        item = self.items[name]
        months = int(item["shelf_life_months"])
        expiry = self._expiry(months) if item["storage_class"] not in NO_EXPIRY else None
        state = self.rng.random()
        return Lot(
            site=site,
            item=item,
            quantity=quantity,
            produced=back(expiry, months) if expiry else None,
            expiry=expiry,
            months=months,
            condition="待检" if state < 0.015 else "损坏" if state < 0.025 else "完好",
            owner_tier=owner,
            held=held,
        )

    def _expiry(self, months: int) -> date:
        chance = self.rng.random()
        if chance < EXPIRED:
            return STOCK_DAY - timedelta(days=self.rng.randrange(20, 220))
        if chance < EXPIRED + NEAR:
            return STOCK_DAY + timedelta(days=self.rng.randrange(25, 160))
        days = round(months * 30.4)
        least = max(20, min(200, days // 3))
        return STOCK_DAY + timedelta(days=self.rng.randrange(least, max(least + 1, days - 30)))


def draw_stock(
    sizing: Sizing,
    items: list[Row],
    sites: list[dict[str, object]],
    populations: Mapping[str, int],
    rng: random.Random,
) -> list[Lot]:
    """Return the opening lots of every storehouse that holds anything."""
    drawer = Drawer(items, rng)
    lots: list[Lot] = []
    for site in sites:
        if site["status"] == "candidate":
            continue
        tier, area = str(site["tier"]), str(site["area"])
        need = sizing.need(tier, area, populations[area])
        level = LEVELS.get(area) or rng.uniform(0.3, 0.85)
        drawn: list[Lot] = []
        for name in sorted(need):
            quantity = drawer.quantity(name, need[name], level)
            drawn += _placed(drawer, tier, str(site["id"]), name, quantity)
        lots += drawn
    return _within_volume(lots, sites)


def _placed(drawer: Drawer, tier: str, site: str, name: str, quantity: int) -> list[Lot]:
    """Return lots where they lie: some city goods in county stores, some county goods in towns."""
    words = {"city": "市级", "county": "县级", "township": "乡镇级"}
    lots: list[Lot] = []
    if tier == "city" and name in CITY_HELD:
        away = rounded(quantity * 0.08)
        for code in CITY_HELD_AT:
            if away:
                lots += drawer.lots(county_site(code), name, away, "市级", held=True)
        quantity -= away * len(CITY_HELD_AT)
    if tier == "township" and name in COUNTY_HELD and drawer.rng.random() < 0.3:
        extra = rounded(quantity * 0.5)
        if extra:
            lots += drawer.lots(site, name, extra, "县级", held=True)
    return lots + drawer.lots(site, name, quantity, words[tier], held=False)


def _within_volume(lots: list[Lot], sites: list[dict[str, object]]) -> list[Lot]:
    """Drop the bulkiest lots of a site that would be fuller than a storehouse should be."""
    room = {str(s["id"]): float(str(s["volume_m3"])) * FULL for s in sites}

    def bulk(lot: Lot) -> float:
        if lot.item["storage_class"] in NO_EXPIRY:
            return 0.0
        return lot.quantity * float(lot.item["unit_volume_m3"])

    kept: list[Lot] = []
    for lot in sorted(lots, key=lambda x: (x.site, bulk(x), x.item["item_id"])):
        if bulk(lot) <= room[lot.site]:
            room[lot.site] -= bulk(lot)
            kept.append(lot)
    order = {s: i for i, s in enumerate([CITY_SITE, *_rest(sites)])}
    return sorted(kept, key=lambda x: (order[x.site], x.item["gb_major"], x.item["category_zh"]))


def _rest(sites: list[dict[str, object]]) -> list[str]:
    """Return county stores, each followed by its townships' points."""
    counties = [str(s["area"]) for s in sites if s["tier"] == "county"]
    towns = [str(s["area"]) for s in sites if s["tier"] == "township"]
    result: list[str] = []
    for code in counties:
        result.append(county_site(code))
        result += [township_site(t) for t in towns if t.startswith(code)]
    return result
