"""Frames ready to show or export: one function per table, titles in Chinese or English.

Every function takes the city first and the language last, and returns a frame whose columns are
those of `supplies.reports.titles`. Quantities are in catalogue units, money in yuan.
"""

from supplies.reports.frames.dispatch import (
    arrivals_frame,
    loading_frame,
    stops_frame,
    trips_frame,
    vehicles_frame,
)
from supplies.reports.frames.lists import hold_frame, move_frame, retire_frame, unmet_frame
from supplies.reports.frames.need import need_frame, readiness_frame, shortage_frame
from supplies.reports.frames.reserves import (
    buy_frame,
    by_category_frame,
    by_storehouse_frame,
    by_supplier_frame,
    summary_by_tier_frame,
    tender_frame,
)
from supplies.reports.frames.stock import expiry_frame, holding_frame, stock_frame

__all__ = [
    "arrivals_frame",
    "buy_frame",
    "by_category_frame",
    "by_storehouse_frame",
    "by_supplier_frame",
    "expiry_frame",
    "hold_frame",
    "holding_frame",
    "loading_frame",
    "move_frame",
    "need_frame",
    "readiness_frame",
    "retire_frame",
    "shortage_frame",
    "stock_frame",
    "stops_frame",
    "summary_by_tier_frame",
    "tender_frame",
    "trips_frame",
    "unmet_frame",
    "vehicles_frame",
]
