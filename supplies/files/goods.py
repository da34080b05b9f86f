"""Items, their other names, norms and the household kit."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from supplies.catalogue import Item, KitLine, Norm
from supplies.city import Parameters
from supplies.files.table import Row, Table, read_table

# Tiers as norms and catalogue call them: a community is a village there.
TIER_WORDS = ("all", "national", "province", "city", "county", "township", "village", "household")
OTHER_HAZARDS = ("all", "epidemic")
USES = ("norm", "parameter", "reference")
MODES = ("physical", "agreement", "capacity", "self")
ITEM_COLUMNS = (
    "item_id", "name_zh", "name_en", "category_zh", "category_en", "unit_zh", "unit_en",
    "pack_size", "unit_weight_kg", "unit_volume_m3", "unit_price_cny", "shelf_life_months",
    "storage_class", "high_cost", "call_up_tier", "lowest_holding_tier", "usual_reserve_mode",
    "hazards", "consumable", "price_evidence", "source", "confidence", "note",
)  # fmt: skip
NORM_COLUMNS = (
    "quota_id", "item_id", "hazard", "tier", "basis", "quantity", "low", "high", "unit",
    "duration_days", "evidence", "source", "confidence", "note", "use", "critical", "clause",
)  # fmt: skip
KIT_COLUMNS = (
    "row_id", "catalogue_id", "item_zh", "item_en", "qty_per_household", "qty_per_person",
    "unit_zh", "unit_price_cny", "shelf_life_months", "evidence", "source",
)  # fmt: skip


def read_items(folder: Path) -> dict[str, Item]:
    """Return the catalogue by item id.

    Raises
    ------
    CityError
        When the table cannot be used.
    """
    table = read_table(folder, "items.csv", ITEM_COLUMNS, key="item_id")
    return {item.id: item for item in map(_item, table)}


def _item(row: Row) -> Item:
    return Item(
        id=row.text("item_id"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        category_zh=row.text("category_zh"),
        category_en=row.text("category_en"),
        unit_zh=row.text("unit_zh"),
        unit_en=row.text("unit_en"),
        pack_size=row.integer("pack_size", 1),
        unit_weight_kg=row.number_at_least("unit_weight_kg"),
        unit_volume_m3=row.number_at_least("unit_volume_m3"),
        unit_price_cny=row.money("unit_price_cny"),
        shelf_life_months=row.integer("shelf_life_months", 1),
        storage_class=row.text("storage_class"),
        high_cost=row.flag("high_cost"),
        call_up_tier=row.one_of("call_up_tier", TIER_WORDS[1:]),
        lowest_holding_tier=row.one_of("lowest_holding_tier", TIER_WORDS[1:]),
        reserve_mode=row.one_of("usual_reserve_mode", MODES),
        hazards=frozenset(row.words("hazards", ";")),
        consumable=row.flag("consumable"),
        price_evidence=row.evidence("price_evidence"),
        source=row.text("source"),
        confidence=row.text("confidence"),
        note=row.optional("note"),
    )


def read_aliases(folder: Path, items: Mapping[str, Item]) -> dict[str, str]:
    """Return item ids by the other names that sheets use.

    Raises
    ------
    CityError
        When an item is unknown, or an alias is the name of another item.
    """
    table = read_table(folder, "item_aliases.csv", ("alias", "item"), key="alias")
    names = {item.name_zh: item.id for item in items.values()}
    aliases: dict[str, str] = {}
    for row in table:
        alias = row.text("alias")
        item = row.known("item", items, "an item of items.csv")
        if names.get(alias, item) != item:
            row.refuse("alias", f"no name of another item ({names[alias]} has it)")
        aliases[alias] = item
    return aliases


def read_norms(folder: Path, items: Mapping[str, Item], parameters: Parameters) -> tuple[Norm, ...]:
    """Return norms and parameters; rows whose ``use`` is ``reference`` are left out.

    Raises
    ------
    CityError
        When the table cannot be used.
    """
    shares = tuple(f"share_{h}h" for h in parameters.deadlines_h)
    table = read_table(folder, "norms.csv", NORM_COLUMNS + shares, key="quota_id")
    return tuple(_norms(table, items, parameters))


def _norms(table: Table, items: Mapping[str, Item], parameters: Parameters) -> list[Norm]:
    hazards = (*OTHER_HAZARDS, *parameters.hazards)
    used = [row for row in table if row.one_of("use", USES) != "reference"]
    return [_norm(row, items, hazards, parameters.deadlines_h) for row in used]


def _norm(
    row: Row, items: Mapping[str, Item], hazards: tuple[str, ...], deadlines_h: tuple[int, ...]
) -> Norm:
    is_parameter = row.optional("use") == "parameter"
    low, quantity, high = (row.number_at_least(f) for f in ("low", "quantity", "high"))
    if not low <= quantity <= high:
        row.refuse("quantity", f"from low {low:g} to high {high:g}")
    days = row.number_at_least("duration_days") if row.optional("duration_days") else 1.0
    return Norm(
        id=row.text("quota_id"),
        item=_norm_item(row, items, is_parameter=is_parameter),
        hazards=_words(row, "hazard", hazards),
        tiers=_words(row, "tier", TIER_WORDS),
        basis=row.text("basis"),
        quantity=quantity,
        low=low,
        high=high,
        unit=row.text("unit"),
        duration_days=max(1.0, days),
        share_by={} if is_parameter else _share_by(row, deadlines_h),
        critical=row.flag("critical"),
        evidence=row.evidence(),
        source=row.text("source"),
        confidence=row.text("confidence"),
        clause=row.text("clause"),
        note=row.optional("note"),
    )


def _norm_item(row: Row, items: Mapping[str, Item], *, is_parameter: bool) -> str:
    name = row.text("item_id")
    if is_parameter != name.startswith("#"):
        row.refuse("item_id", "a name that starts with # where use is parameter, and only there")
    return name if is_parameter else row.known("item_id", items, "an item of items.csv")


def _words(row: Row, field: str, allowed: tuple[str, ...]) -> frozenset[str]:
    words = row.words(field, ";")
    if not words or set(words) - set(allowed):
        row.refuse(field, "of " + " ".join(allowed) + ", joined by ;")
    return frozenset(words)


def _share_by(row: Row, deadlines_h: tuple[int, ...]) -> dict[int, float]:
    result: dict[int, float] = {}
    least = 0.0
    for hours in deadlines_h:
        field = f"share_{hours}h"
        share = row.share(field)
        if share < least:
            row.refuse(field, f"at least {least:g}: shares are cumulative")
        result[hours] = least = share
    if least != 1.0:
        row.refuse(f"share_{deadlines_h[-1]}h", "1: all must be there by the last deadline")
    return result


def read_kit(folder: Path, items: Mapping[str, Item]) -> tuple[KitLine, ...]:
    """Return the lines of the household kit.

    Raises
    ------
    CityError
        When the table cannot be used.
    """
    table = read_table(folder, "household_kit.csv", KIT_COLUMNS, key="row_id")
    return tuple(_kit_line(row, items) for row in table)


def _kit_line(row: Row, items: Mapping[str, Item]) -> KitLine:
    def count(field: str) -> float:
        return row.number_at_least(field) if row.optional(field) else 0.0

    has_item, has_life = row.optional("catalogue_id"), row.optional("shelf_life_months")
    has_price = row.optional("unit_price_cny")  # cash and papers have none
    return KitLine(
        id=row.text("row_id"),
        item=row.known("catalogue_id", items, "an item of items.csv") if has_item else None,
        name_zh=row.text("item_zh"),
        name_en=row.text("item_en"),
        per_household=count("qty_per_household"),
        per_person=count("qty_per_person"),
        unit_zh=row.text("unit_zh"),
        unit_price_cny=row.money("unit_price_cny") if has_price else Decimal(0),
        shelf_life_months=row.integer("shelf_life_months") if has_life else 0,
        evidence=row.evidence(),
        source=row.optional("source"),
    )
