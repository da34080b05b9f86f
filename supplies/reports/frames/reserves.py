"""The reserve plan as tables: what to buy, sign, move and retire, and what stays open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

import pandas as pd

from supplies.city import City
from supplies.plan import AgreementLine, BuyLine, Readiness, ReservePlan
from supplies.reports.titles import Row, frame
from supplies.reports.words import Words
from supplies.tiers import Tier

BUY_KEYS = (
    "seq", "tier", "owner", "site", "item", "unit", "need", "on_hand", "agreed", "buy", "packs",
    "price", "money", "binding", "arithmetic", "clause", "price_evidence", "evidence",
)  # fmt: skip
TENDER_TIERS = (Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP)
TENDER_KEYS = ("seq", "category", "item", "unit", *TENDER_TIERS, "buy", "packs", "price", "money")
SUPPLIER_KEYS = (
    "supplier", "owner", "item", "unit", "sign", "signed", "new", "notice_h", "annual",
    "evidence", "promise",
)  # fmt: skip
STOREHOUSE_KEYS = (
    "tier", "site", "kinds", "mass_kg", "goods_m3", "room_m3", "fill", "lines", "money",
)  # fmt: skip
CATEGORY_KEYS = ("category", "lines", "mass_kg", "goods_m3", "money", "money_share")
TIER_KEYS = ("tier", "units", "covered_before", "covered_after", "lines", "money", "annual")


def buy_rows(words: Words, plan: ReservePlan) -> list[Row]:
    """Return one row a purchase line, with the arithmetic and the clause that force it."""
    return [
        {
            "seq": number,
            "tier": words.term("tier", line.tier),
            "owner": words.area(line.owner),
            "site": words.source(line.site),
            "item": words.item(line.item),
            "unit": words.unit(line.item),
            "need": line.need,
            "on_hand": line.on_hand,
            "agreed": line.agreed,
            "buy": line.quantity,
            "packs": line.packs,
            "price": line.unit_price,
            "money": line.amount,
            "binding": f"{words.term('hazard', line.hazard)} {words.hours(line.deadline_h)}",
            "arithmetic": words.arithmetic(line.terms),
            "clause": "\n".join(line.clauses),
            "price_evidence": words.term("evidence", line.price_evidence),
            "evidence": words.term("evidence", line.evidence),
        }
        for number, line in enumerate(plan.buy, 1)
    ]


def buy_frame(city: City, plan: ReservePlan, lang: str = "zh") -> pd.DataFrame:
    """Return the purchase lines."""
    return frame(BUY_KEYS, buy_rows(Words(city, lang), plan), lang)


def tender_rows(words: Words, plan: ReservePlan) -> list[Row]:
    """Return one row an item (and price): how many each tier buys; what to tender."""
    groups: dict[tuple[str, str, Decimal], list[BuyLine]] = defaultdict(list)
    for line in plan.buy:
        groups[words.category(line.item), line.item, line.unit_price].append(line)
    rows: list[Row] = []
    for number, ((category, item, price), lines) in enumerate(sorted(groups.items()), 1):
        by_tier = {
            tier.value: sum(line.quantity for line in lines if line.tier is tier) or None
            for tier in TENDER_TIERS
        }
        rows.append(
            {
                "seq": number,
                "category": category,
                "item": words.item(item),
                "unit": words.unit(item),
                **by_tier,
                "buy": sum(line.quantity for line in lines),
                "packs": sum(line.packs for line in lines),
                "price": price,
                "money": sum((line.amount for line in lines), Decimal(0)),
            }
        )
    return rows


def tender_frame(city: City, plan: ReservePlan, lang: str = "zh") -> pd.DataFrame:
    """Return purchases by item and tier."""
    return frame(TENDER_KEYS, tender_rows(Words(city, lang), plan), lang)


def _promises(city: City, lines: Iterable[AgreementLine]) -> Mapping[tuple[str, str], set[str]]:
    """Return the owners to whom each supplier promises each item, signed or to be signed."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for agreement in city.agreements:
        if agreement.quantity:
            owners[agreement.supplier, agreement.item].add(agreement.owner)
    for line in lines:
        if line.quantity:
            owners[line.supplier, line.item].add(line.owner)
    return owners


def supplier_rows(words: Words, plan: ReservePlan) -> list[Row]:
    """Return the agreements to hold, by supplier; one promised to several owners is flagged."""
    promised = _promises(words.city, plan.agreements)
    rows: list[Row] = []
    for line in sorted(plan.agreements, key=lambda a: (a.supplier_name, a.item, a.owner)):
        owners = promised[line.supplier, line.item]
        flag = None
        if len(owners) > 1:
            names = words.listed((words.area(code) for code in sorted(owners)), most=3)
            flag = words.pick(
                f"同一物资向 {len(owners)} 家承诺({names}), 请核实其实际可供总量",
                f"promised to {len(owners)} owners ({names}): check what it can really supply",
            )
        rows.append(
            {
                "supplier": line.supplier_name,
                "owner": words.area(line.owner),
                "item": words.item(line.item),
                "unit": words.unit(line.item),
                "sign": line.quantity,
                "signed": line.have,
                "new": max(line.quantity - line.have, 0),
                "notice_h": line.notice_hours,
                "annual": line.annual_cost,
                "evidence": words.term("evidence", line.evidence),
                "promise": flag,
            }
        )
    return rows


def by_supplier_frame(city: City, plan: ReservePlan, lang: str = "zh") -> pd.DataFrame:
    """Return agreements by supplier, with double promises flagged."""
    return frame(SUPPLIER_KEYS, supplier_rows(Words(city, lang), plan), lang)


def storehouse_rows(words: Words, plan: ReservePlan) -> list[Row]:
    """Return one row a storehouse: what it holds after the plan, and how full that makes it."""
    city = words.city
    used = {line.site for line in plan.hold if line.quantity} | {line.site for line in plan.buy}
    sites = [city.sites[key] for key in used if key in city.sites]
    rows: list[Row] = []
    tiers = list(Tier)
    for site in sorted(sites, key=lambda s: (tiers.index(s.tier), s.id)):
        held = [h for h in plan.hold if h.site == site.id and h.quantity]
        bought = [b for b in plan.buy if b.site == site.id]
        known = [(city.items[h.item], h.quantity) for h in held if h.item in city.items]
        goods_m3 = sum(item.unit_volume_m3 * quantity for item, quantity in known)
        rows.append(
            {
                "tier": words.term("tier", site.tier),
                "site": words.source(site.id),
                "kinds": len({h.item for h in held}),
                "mass_kg": sum(item.unit_weight_kg * quantity for item, quantity in known),
                "goods_m3": goods_m3,
                "room_m3": site.volume_m3,
                "fill": goods_m3 / site.volume_m3 if site.volume_m3 else None,
                "lines": len(bought),
                "money": sum((b.amount for b in bought), Decimal(0)),
            }
        )
    return rows


def by_storehouse_frame(city: City, plan: ReservePlan, lang: str = "zh") -> pd.DataFrame:
    """Return storehouses with mass, volume and fill after the plan."""
    return frame(STOREHOUSE_KEYS, storehouse_rows(Words(city, lang), plan), lang)


def category_rows(words: Words, plan: ReservePlan) -> list[Row]:
    """Return purchases by category, dearest first."""
    groups: dict[str, list[BuyLine]] = defaultdict(list)
    for line in plan.buy:
        groups[words.category(line.item)].append(line)
    whole = sum((line.amount for line in plan.buy), Decimal(0))
    rows: list[dict[str, object]] = []
    for category, lines in groups.items():
        known = [
            (words.city.items[b.item], b.quantity) for b in lines if b.item in words.city.items
        ]
        money = sum((line.amount for line in lines), Decimal(0))
        rows.append(
            {
                "category": category,
                "lines": len(lines),
                "mass_kg": sum(item.unit_weight_kg * quantity for item, quantity in known),
                "goods_m3": sum(item.unit_volume_m3 * quantity for item, quantity in known),
                "money": money,
                "money_share": money / whole if whole else Decimal(0),
            }
        )
    return sorted(rows, key=lambda r: (-Decimal(str(r["money"])), str(r["category"])))


def by_category_frame(city: City, plan: ReservePlan, lang: str = "zh") -> pd.DataFrame:
    """Return purchases by category, dearest first."""
    return frame(CATEGORY_KEYS, category_rows(Words(city, lang), plan), lang)


def tier_rows(
    words: Words, plan: ReservePlan, before: Readiness, after: Readiness | None
) -> list[Row]:
    """Return one row a tier: units, how many are covered before and after, and what it costs."""
    first, second = before.summary(), after.summary() if after else {}
    rows: list[Row] = []
    for tier in Tier:
        bought = [line for line in plan.buy if line.tier is tier]
        signed = [a for a in plan.agreements if _tier_of(words.city, a.owner) is tier]
        if tier not in first and not bought and not signed:
            continue
        rows.append(
            {
                "tier": words.term("tier", tier),
                "units": first.get(tier, {}).get("areas"),
                "covered_before": first.get(tier, {}).get("covered"),
                "covered_after": second.get(tier, {}).get("covered"),
                "lines": len(bought),
                "money": sum((line.amount for line in bought), Decimal(0)),
                "annual": sum((a.annual_cost for a in signed), Decimal(0)),
            }
        )
    return rows


def _tier_of(city: City, code: str) -> Tier | None:
    area = city.areas.get(code)
    return area.tier if area else None


def summary_by_tier_frame(
    city: City, plan: ReservePlan, before: Readiness, after: Readiness | None, lang: str = "zh"
) -> pd.DataFrame:
    """Return, by tier, units covered before and after the plan, and its cost."""
    return frame(TIER_KEYS, tier_rows(Words(city, lang), plan, before, after), lang)
