"""What is where, and what expires when."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pandas as pd

from supplies.city import City
from supplies.excel import style
from supplies.plan import StockLine
from supplies.reports.titles import Row, frame
from supplies.reports.words import Words
from supplies.tiers import Tier

STOCK_KEYS = (
    "seq", "category", "item", "item_code", "spec", "unit", "stock", "produced", "expiry",
    "store", "owner_tier", "source_mode", "condition", "remark",
)  # fmt: skip
EXPIRY_KEYS = (
    "bucket", "days_left", "site", "expiring_item", "lot", "lot_quantity", "count_unit",
    "last_day", "lot_condition", "belongs_to", "value",
)  # fmt: skip
HOLDING_KEYS = (
    "tier", "site", "kinds", "lots", "mass_kg", "goods_m3", "room_m3", "fill", "value",
)  # fmt: skip
BANDS = (30, 90, 180)
_TIERS = list(Tier)


def order(city: City, line: StockLine) -> tuple[int, str, str, str, str]:
    """Return where a stock line stands in lists: by tier, site, category, item and lot."""
    site, item = city.sites.get(line.site), city.items.get(line.item)
    tier = _TIERS.index(site.tier) if site else len(_TIERS)
    return tier, line.site, item.category_zh if item else "", line.item, line.lot


def stock_rows(words: Words, lines: Iterable[StockLine]) -> list[Row]:
    """Return one row a lot, in the words of the importer."""
    rows: list[Row] = []
    for number, line in enumerate(sorted(lines, key=lambda s: order(words.city, s)), 1):
        rows.append(
            {
                "seq": number,
                "category": words.category(line.item),
                "item": words.item(line.item),
                "item_code": line.item,
                "unit": words.unit(line.item),
                "stock": line.quantity,
                "produced": line.produced,
                "expiry": line.expiry,
                "store": words.source(line.site),
                "owner_tier": words.term("owner", line.owner_tier),
                "source_mode": words.term("source_mode", line.source_mode),
                "condition": words.term("condition", line.condition),
            }
        )
    return rows


def stock_frame(city: City, lines: Iterable[StockLine], lang: str = "zh") -> pd.DataFrame:
    """Return stock by site, item and lot, with the column words that the importer reads."""
    return frame(STOCK_KEYS, stock_rows(Words(city, lang), lines), lang)


def band(days_left: int, words: Words) -> str | None:
    """Return the expiry band of a lot by days left; ``None`` when it has more than 180."""
    if days_left < 0:
        return words.term("reason", "expired")
    for days in BANDS:
        if days_left <= days:
            return words.pick(f"{days} 天内到期", f"within {days} days")
    return None


def band_colours(words: Words) -> dict[str, str]:
    """Return the expiry bands that are coloured, with their colours."""
    return {
        str(band(-1, words)): style.RED,
        str(band(BANDS[0], words)): style.AMBER,
    }


def expiry_rows(words: Words, lines: Iterable[StockLine], day: date) -> list[Row]:
    """Return lots that have expired or will within 180 days, most urgent first."""
    rows: list[Row] = []
    dated = [(line.expiry, line) for line in lines if line.expiry is not None and line.quantity]
    for expiry, line in sorted(dated, key=lambda p: (p[0], *order(words.city, p[1]))):
        days_left = (expiry - day).days
        name = band(days_left, words)
        if name is None:
            continue
        item = words.city.items.get(line.item)
        rows.append(
            {
                "bucket": name,
                "days_left": days_left,
                "site": words.source(line.site),
                "expiring_item": words.item(line.item),
                "lot": line.lot,
                "lot_quantity": line.quantity,
                "count_unit": words.unit(line.item),
                "last_day": expiry,
                "lot_condition": words.term("condition", line.condition),
                "belongs_to": words.area(line.owner),
                "value": item.unit_price_cny * line.quantity if item else None,
            }
        )
    return rows


def expiry_frame(
    city: City, lines: Iterable[StockLine], day: date, lang: str = "zh"
) -> pd.DataFrame:
    """Return lots that have expired by ``day`` or will within 30, 90 or 180 days."""
    return frame(EXPIRY_KEYS, expiry_rows(Words(city, lang), lines, day), lang)


def holding_rows(words: Words, lines: Iterable[StockLine]) -> list[Row]:
    """Return one row a storehouse: how much of what it holds, how full it is, what it is worth."""
    groups: dict[str, list[StockLine]] = {}
    for line in sorted(lines, key=lambda s: order(words.city, s)):
        groups.setdefault(line.site, []).append(line)
    rows: list[Row] = []
    for key, held in groups.items():
        site = words.city.sites.get(key)
        known = [(words.city.items[x.item], x.quantity) for x in held if x.item in words.city.items]
        goods_m3 = sum(item.unit_volume_m3 * float(quantity) for item, quantity in known)
        room_m3 = site.volume_m3 if site else 0.0
        rows.append(
            {
                "tier": words.term("tier", site.tier) if site else None,
                "site": words.source(key),
                "kinds": len({line.item for line in held}),
                "lots": len(held),
                "mass_kg": sum(item.unit_weight_kg * float(quantity) for item, quantity in known),
                "goods_m3": goods_m3,
                "room_m3": room_m3 or None,
                "fill": goods_m3 / room_m3 if room_m3 else None,
                "value": sum((i.unit_price_cny * quantity for i, quantity in known), Decimal(0)),
            }
        )
    return rows


def holding_frame(city: City, lines: Iterable[StockLine], lang: str = "zh") -> pd.DataFrame:
    """Return what each storehouse holds in all, and how full it is."""
    return frame(HOLDING_KEYS, holding_rows(Words(city, lang), lines), lang)
