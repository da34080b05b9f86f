"""Vehicles, agreements, and what scenarios are made of: scales, bases, exposure, survey."""

from collections.abc import Collection, Mapping
from pathlib import Path

from supplies.catalogue import Item
from supplies.city import (
    Agreement,
    Base,
    FleetEntry,
    HouseholdSurvey,
    Parameters,
    ResponseScale,
    VehicleClass,
)
from supplies.errors import CityError
from supplies.files.folder import SETTINGS
from supplies.files.table import Row, read_table
from supplies.roads import RoadGraph
from supplies.tiers import Area, Site, Tier

SPEEDS = ("expressway", "national", "county", "township")
KINDS = ("agreement", "capacity")
MODES = ("road", "water", "air", "foot")
RESPONDING = (Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP)
VEHICLE_COLUMNS = (
    "vehicle_id", "name_zh", "name_en", "class", "payload_kg", "volume_m3", "cost_per_km_cny",
    "fixed_cost_per_trip_cny", "hour_cost_cny", "load_minutes_full", "unload_minutes_full",
    "ready_minutes", "range_km", "crew", "evidence", "source",
    *(f"speed_{name}_kmh" for name in SPEEDS),
)  # fmt: skip
AGREEMENT_COLUMNS = (
    "supplier", "supplier_name", "owner", "item", "quantity", "notice_hours", "fulfilment",
    "retainer_rate", "valid_until", "node", "kind", "evidence",
)  # fmt: skip
SCALE_COLUMNS = (
    "tier", "evacuated", "evacuated_min", "evacuated_max", "share_of_population", "evidence",
    "clause", "source",
)  # fmt: skip
BASE_COLUMNS = ("area", "hazard", "basis", "count", "evidence", "note")


def read_vehicles(folder: Path, parameters: Parameters) -> dict[str, VehicleClass]:
    """Return vehicle classes by id.

    Raises
    ------
    CityError
        When the table cannot be used or lacks a class that city.toml names.
    """
    table = read_table(folder, "vehicles.csv", VEHICLE_COLUMNS, key="vehicle_id")
    vehicles = {vehicle.id: vehicle for vehicle in map(_vehicle, table)}
    for field in ("planning_class", "rescue_class"):
        name = getattr(parameters, field)
        if name not in vehicles:
            raise CityError(
                f"{SETTINGS}, field parameters.{field}: found {name!r}; "
                "should be a vehicle_id of vehicles.csv"
            )
    return vehicles


def _vehicle(row: Row) -> VehicleClass:
    columns = {name: f"speed_{name}_kmh" for name in SPEEDS}
    return VehicleClass(
        id=row.text("vehicle_id"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        mode=row.one_of("class", MODES),
        payload_kg=row.number_at_least("payload_kg"),
        volume_m3=row.number_at_least("volume_m3"),
        speed_kmh={
            name: row.number_at_least(column, 1.0)
            for name, column in columns.items()
            if row.optional(column)
        },
        cost_per_km_cny=row.number_at_least("cost_per_km_cny"),
        fixed_cost_per_trip_cny=row.number_at_least("fixed_cost_per_trip_cny"),
        hour_cost_cny=row.number_at_least("hour_cost_cny"),
        load_minutes_full=row.number_at_least("load_minutes_full"),
        unload_minutes_full=row.number_at_least("unload_minutes_full"),
        ready_minutes=row.number_at_least("ready_minutes"),
        range_km=row.number_at_least("range_km"),
        crew=row.integer("crew"),
        evidence=row.evidence(),
        source=row.text("source"),
    )


def read_fleet(
    folder: Path, sites: Mapping[str, Site], vehicles: Mapping[str, VehicleClass]
) -> tuple[FleetEntry, ...]:
    """Return vehicles by site and class.

    Raises
    ------
    CityError
        When the table cannot be used or names an unknown site or class.
    """
    columns = ("site", "vehicle_class", "count", "holder", "evidence")
    table = read_table(folder, "fleet.csv", columns, key="site vehicle_class holder")
    return tuple(
        FleetEntry(
            site=row.known("site", sites, "a site of sites.csv"),
            vehicle_class=row.known("vehicle_class", vehicles, "a class of vehicles.csv"),
            count=row.integer("count", 1),
            holder=row.text("holder"),
            evidence=row.evidence(),
        )
        for row in table
    )


def read_agreements(
    folder: Path, areas: Mapping[str, Area], items: Mapping[str, Item], roads: RoadGraph
) -> tuple[Agreement, ...]:
    """Return what suppliers promise, agreements that ended included.

    Raises
    ------
    CityError
        When the table cannot be used or names an unknown owner, item or node.
    """
    key = "supplier owner item kind"
    table = read_table(folder, "agreements.csv", AGREEMENT_COLUMNS, key=key)
    return tuple(
        Agreement(
            supplier=row.text("supplier"),
            supplier_name=row.text("supplier_name"),
            owner=row.known("owner", areas, "the code of an area"),
            item=row.known("item", items, "an item of items.csv"),
            quantity=row.integer("quantity", 1),
            notice_hours=row.number_at_least("notice_hours"),
            fulfilment=row.share("fulfilment"),
            retainer_rate=row.share("retainer_rate"),
            valid_until=row.day("valid_until"),
            node=row.known("node", roads.nodes, "a node of roads_nodes.csv"),
            kind=row.one_of("kind", KINDS),
            evidence=row.evidence(),
        )
        for row in table
    )


def read_scales(folder: Path) -> dict[str, ResponseScale]:
    """Return the Level-I scale of each responding tier.

    Raises
    ------
    CityError
        When the table cannot be used or lacks a tier.
    """
    table = read_table(folder, "scales.csv", SCALE_COLUMNS, key="tier")
    scales = {scale.tier.value: scale for scale in map(_scale, table)}
    for tier in RESPONDING:
        if tier.value not in scales:
            raise CityError(f"scales.csv, field tier: found no row {tier}; should have one")
    return scales


def _scale(row: Row) -> ResponseScale:
    least, usual, most = (
        row.integer(field, 1) for field in ("evacuated_min", "evacuated", "evacuated_max")
    )
    if not least <= usual <= most:
        row.refuse("evacuated", f"from evacuated_min {least} to evacuated_max {most}")
    return ResponseScale(
        tier=row.choice("tier", Tier),
        evacuated=usual,
        evacuated_min=least,
        evacuated_max=most,
        share_of_population=row.share("share_of_population"),
        evidence=row.evidence(),
        clause=row.text("clause"),
        source=row.text("source"),
    )


def read_bases(
    folder: Path, areas: Mapping[str, Area], hazards: Collection[str]
) -> tuple[Base, ...]:
    """Return counts that norms multiply; a tier in place of an area speaks for all of it.

    Raises
    ------
    CityError
        When the table cannot be used or names an unknown area or hazard.
    """
    known = {*areas, *(tier.value for tier in Tier)}
    table = read_table(folder, "bases.csv", BASE_COLUMNS, key="area hazard basis")
    return tuple(
        Base(
            area=row.known("area", known, "the code of an area, or a tier"),
            hazard=row.one_of("hazard", (*hazards, "all")),
            basis=row.text("basis"),
            count=row.number_at_least("count"),
            evidence=row.evidence(),
            note=row.optional("note"),
        )
        for row in table
    )


def read_exposure(
    folder: Path, areas: Mapping[str, Area], hazards: Collection[str]
) -> dict[tuple[str, str], float]:
    """Return how exposed townships are, 0 to 1, by (hazard, area).

    Raises
    ------
    CityError
        When the table cannot be used or names an unknown area or hazard.
    """
    columns = ("hazard", "area", "score", "evidence", "note")
    scores: dict[tuple[str, str], float] = {}
    for row in read_table(folder, "exposure.csv", columns, key="hazard area"):
        row.evidence()
        key = row.one_of("hazard", hazards), row.known("area", areas, "the code of an area")
        scores[key] = row.share("score")
    return scores


def read_survey(folder: Path, areas: Mapping[str, Area]) -> dict[str, HouseholdSurvey]:
    """Return the household survey by area.

    Raises
    ------
    CityError
        When the table cannot be used, or more households have a kit than were asked.
    """
    columns = ("area", "asked", "with_kit", "surveyed_on", "evidence")
    survey: dict[str, HouseholdSurvey] = {}
    for row in read_table(folder, "household_survey.csv", columns, key="area"):
        asked, with_kit = row.integer("asked", 1), row.integer("with_kit")
        if with_kit > asked:
            row.refuse("with_kit", f"at most the {asked} asked")
        area = row.known("area", areas, "the code of an area")
        survey[area] = HouseholdSurvey(
            area=area,
            asked=asked,
            with_kit=with_kit,
            surveyed_on=row.day("surveyed_on"),
            evidence=row.evidence(),
        )
    return survey
