"""The plain lists of a plan: what to hold, move and retire, and what stays unmet."""

from decimal import Decimal

import pandas as pd

from supplies.city import City
from supplies.plan import DispatchPlan, Late, ReservePlan, Unserved
from supplies.reports.frames.dispatch import clock
from supplies.reports.titles import Row, frame
from supplies.reports.words import Words

HOLD_KEYS = ("owner", "site", "item", "unit", "on_hand", "hold", "goods_m3")
MOVE_KEYS = ("seq", "owner", "item", "unit", "moved", "source", "target", "mass_kg", "goods_m3")
RETIRE_KEYS = ("seq", "site", "item", "lot", "lot_quantity", "unit", "reason", "value")
OPEN_KEYS = ("seq", "tier", "area", "hazard", "item", "deadline_h", "short", "unit", "reason")
UNMET_KEYS = (
    "need_id", "status", "place", "item", "short", "unit", "priority", "due", "arrive", "reason",
    "change",
)  # fmt: skip


def bulk(words: Words, item: str, quantity: float | Decimal) -> dict[str, object]:
    """Return the mass and volume of goods as row values; empty for an unknown item."""
    kind = words.city.items.get(item)
    if kind is None:
        return {}
    return {
        "mass_kg": kind.unit_weight_kg * float(quantity),
        "goods_m3": kind.unit_volume_m3 * float(quantity),
    }


def hold_frame(city: City, plan: ReservePlan, lang: str = "zh") -> pd.DataFrame:
    """Return what to hold of each item at each site for each owner."""
    words = Words(city, lang)
    rows: list[Row] = [
        {
            "owner": words.area(line.owner),
            "site": words.source(line.site),
            "item": words.item(line.item),
            "unit": words.unit(line.item),
            "on_hand": line.on_hand,
            "hold": line.quantity,
            **bulk(words, line.item, line.quantity),
        }
        for line in plan.hold
    ]
    return frame(HOLD_KEYS, rows, lang)


def move_rows(words: Words, plan: ReservePlan) -> list[Row]:
    """Return one row for each move of stock between an owner's sites."""
    return [
        {
            "seq": number,
            "owner": words.area(line.owner),
            "item": words.item(line.item),
            "unit": words.unit(line.item),
            "moved": line.quantity,
            "source": words.source(line.source),
            "target": words.source(line.target),
            **bulk(words, line.item, line.quantity),
        }
        for number, line in enumerate(plan.move, 1)
    ]


def move_frame(city: City, plan: ReservePlan, lang: str = "zh") -> pd.DataFrame:
    """Return stock to be moved between sites of one owner."""
    return frame(MOVE_KEYS, move_rows(Words(city, lang), plan), lang)


def retire_rows(words: Words, plan: ReservePlan) -> list[Row]:
    """Return one row for each lot that no response can count on."""
    rows: list[Row] = []
    for number, line in enumerate(plan.retire, 1):
        item = words.city.items.get(line.item)
        rows.append(
            {
                "seq": number,
                "site": words.source(line.site),
                "item": words.item(line.item),
                "lot": line.lot,
                "lot_quantity": line.quantity,
                "unit": words.unit(line.item),
                "reason": words.term("reason", line.reason),
                "value": item.unit_price_cny * line.quantity if item else None,
            }
        )
    return rows


def retire_frame(city: City, plan: ReservePlan, lang: str = "zh") -> pd.DataFrame:
    """Return lots that have expired or are damaged."""
    return frame(RETIRE_KEYS, retire_rows(Words(city, lang), plan), lang)


def open_rows(words: Words, plan: ReservePlan) -> list[Row]:
    """Return one row for each need that the reserve plan leaves open."""
    return [
        {
            "seq": number,
            "tier": words.term("tier", line.tier),
            "area": words.area(line.area),
            "hazard": words.term("hazard", line.hazard),
            "item": words.item(line.item),
            "deadline_h": line.deadline_h,
            "short": line.quantity,
            "unit": words.unit(line.item),
            "reason": words.said(line.reason),
        }
        for number, line in enumerate(plan.unmet, 1)
    ]


def unmet_rows(words: Words, plan: DispatchPlan) -> list[Row]:
    """Return need that no trip brings, then need that arrives late, each by priority."""
    needs = {need.id: need for need in plan.need}

    def row(line: Unserved | Late) -> dict[str, object]:
        need = needs[line.need]
        return {
            "need_id": need.id,
            "place": words.area(need.area),
            "item": words.item(need.item),
            "short": line.quantity,
            "unit": words.unit(need.item),
            "priority": need.priority,
            "due": clock(plan, need.deadline_s),
        }

    def rank(line: Unserved | Late) -> tuple[int, str]:
        return needs[line.need].priority, line.need

    unserved: list[Row] = [
        {
            **row(line),
            "status": words.pick("未满足", "not served"),
            "reason": words.said(line.reason),
            "change": words.said(line.cheapest_change),
        }
        for line in sorted(plan.unmet, key=rank)
    ]
    late: list[Row] = [
        {
            **row(line),
            "status": words.pick("迟到", "late"),
            "arrive": clock(plan, needs[line.need].deadline_s + line.by_s),
            "reason": words.pick(
                f"迟到 {line.by_s / 3600:.1f} 小时", f"{line.by_s / 3600:.1f} h late"
            ),
        }
        for line in sorted(plan.late, key=rank)
    ]
    return unserved + late


def _lateness(words: Words, line: Late) -> str:
    hours = f"{line.by_s / 3600:.1f}"
    return words.pick(f"迟到 {hours} 小时", f"{hours} h late")


def unmet_frame(city: City, plan: DispatchPlan | ReservePlan, lang: str = "zh") -> pd.DataFrame:
    """Return what a plan leaves open: of a dispatch, unserved and late need with its reason."""
    words = Words(city, lang)
    if isinstance(plan, ReservePlan):
        return frame(OPEN_KEYS, open_rows(words, plan), lang)
    return frame(UNMET_KEYS, unmet_rows(words, plan), lang)
