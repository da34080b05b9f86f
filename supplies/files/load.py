"""load_city: read every table of a city folder, check each against the others."""

from pathlib import Path

from supplies.city import City
from supplies.files.folder import read_parameters, read_settings
from supplies.files.goods import read_aliases, read_items, read_kit, read_norms
from supplies.files.means import (
    read_agreements,
    read_bases,
    read_exposure,
    read_fleet,
    read_scales,
    read_survey,
    read_vehicles,
)
from supplies.files.places import read_areas, read_roads, read_sites
from supplies.files.rules import read_approvals, read_rules


def load_city(path: Path) -> City:
    """Return the city of a folder.

    Raises
    ------
    CityError
        When anything in the folder is missing, wrong or names something unknown: one line that
        names file, row and field, what was found and what should be there.
    """
    settings = read_settings(path)
    parameters = read_parameters(settings)
    items = read_items(path)
    roads = read_roads(path)
    areas = read_areas(path, settings, roads)
    sites = read_sites(path, areas, roads)
    vehicles = read_vehicles(path, parameters)
    return City(
        code=settings.text("code"),
        name_zh=settings.text("name_zh"),
        name_en=settings.text("name_en"),
        parameters=parameters,
        areas=areas,
        sites=sites,
        items=items,
        norms=read_norms(path, items, parameters),
        kit=read_kit(path, items),
        scales=read_scales(path),
        bases=read_bases(path, areas, parameters.hazards),
        exposure=read_exposure(path, areas, parameters.hazards),
        vehicles=vehicles,
        fleet=read_fleet(path, sites, vehicles),
        agreements=read_agreements(path, areas, items, roads),
        survey=read_survey(path, areas),
        roads=roads,
        item_aliases=read_aliases(path, items),
        rules=read_rules(path, items),
        approvals=read_approvals(path),
    )
