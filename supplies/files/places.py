"""Areas, roads and sites."""

from collections.abc import Container, Mapping
from pathlib import Path

from supplies.catalogue import Evidence
from supplies.errors import CityError
from supplies.files.folder import SETTINGS, Settings
from supplies.files.table import Row, read_table
from supplies.roads import SPEED_COLUMN, Edge, Node, RoadGraph
from supplies.tiers import Area, Site, Tier

STATUSES = ("existing", "planned", "candidate")
COUNTY_COLUMNS = (
    "code", "name_zh", "name_en", "seat_lon", "seat_lat", "population_2020", "households_2020",
    "node", "evidence",
)  # fmt: skip
TOWNSHIP_COLUMNS = (
    "code", "name_zh", "name_en", "county_code", "lon", "lat", "population", "households",
    "is_unit", "node", "evidence",
)  # fmt: skip
VILLAGE_COLUMNS = (
    "code", "name_zh", "township_code", "lon", "lat", "population_est", "households_est",
    "evidence",
)  # fmt: skip
NODE_COLUMNS = ("id", "name", "name_en", "kind", "lon", "lat", "area")
EDGE_COLUMNS = ("from", "to", "km", "road_class", "name", "speed_kmh", "crosses")
SITE_COLUMNS = (
    "id", "name_zh", "name_en", "tier", "area", "lon", "lat", "node", "volume_m3", "docks",
    "status", "aliases", "evidence", "note",
)  # fmt: skip


def read_roads(folder: Path) -> RoadGraph:
    """Return the road graph.

    Raises
    ------
    CityError
        When a table cannot be used or a link ends at an unknown node.
    """
    nodes = {}
    for row in read_table(folder, "roads_nodes.csv", NODE_COLUMNS, key="id"):
        nodes[row.text("id")] = Node(
            id=row.text("id"),
            name_zh=row.text("name"),
            name_en=row.text("name_en"),
            kind=row.text("kind"),
            lon=row.coordinate("lon"),
            lat=row.coordinate("lat"),
            area=row.optional("area"),
        )
    links = read_table(folder, "roads_edges.csv", EDGE_COLUMNS, key="from to road_class name")
    return RoadGraph(nodes=nodes, edges=tuple(_edge(row, nodes) for row in links))


def _edge(row: Row, nodes: Container[str]) -> Edge:
    ends = [row.known(end, nodes, "a node of roads_nodes.csv") for end in ("from", "to")]
    if ends[0] == ends[1]:
        row.refuse("to", "another node than `from`")
    return Edge(
        a=ends[0],
        b=ends[1],
        km=row.number_at_least("km", 0.001),
        road_class=row.one_of("road_class", SPEED_COLUMN),
        name=row.optional("name"),
        speed_kmh=row.number_at_least("speed_kmh", 1.0),
        rivers=row.words("crosses", "|"),
    )


def read_areas(folder: Path, settings: Settings, roads: RoadGraph) -> dict[str, Area]:
    """Return the city, counties, townships and villages by code.

    Raises
    ------
    CityError
        When a table cannot be used, or an area names an unknown parent or road node.
    """
    city = _city(settings, roads)
    areas = {city.code: city}
    tables = (
        (read_table(folder, "counties.csv", COUNTY_COLUMNS, key="code"), _county),
        (read_table(folder, "townships.csv", TOWNSHIP_COLUMNS, key="code"), _township),
        (read_table(folder, "villages.csv", VILLAGE_COLUMNS, key="code"), _village),
    )
    parents = {city.code}
    for table, make in tables:
        below = set()
        for row in table:
            area = make(row, city.code, areas)
            if area.parent not in parents:
                row.refuse(PARENT_FIELD[area.tier], "the code of an area of the tier above")
            if area.node is not None and area.node not in roads.nodes:
                row.refuse("node", "a node of roads_nodes.csv")
            if area.code in areas:
                row.refuse("code", "a code no other area has")
            areas[area.code] = area
            below.add(area.code)
        parents = below
    _check_node_areas(folder, areas)
    return areas


PARENT_FIELD: Mapping[Tier, str] = {
    Tier.COUNTY: "code",
    Tier.TOWNSHIP: "county_code",
    Tier.COMMUNITY: "township_code",
}


def _check_node_areas(folder: Path, areas: Mapping[str, Area]) -> None:
    for row in read_table(folder, "roads_nodes.csv", NODE_COLUMNS):
        if row.optional("area"):
            row.known("area", areas, "the code of an area, or empty outside the city")


def _city(settings: Settings, roads: RoadGraph) -> Area:
    node = settings.text("node")
    if node not in roads.nodes:
        raise CityError(
            f"{SETTINGS}, field node: found {node!r}; should be a node of roads_nodes.csv"
        )
    word = settings.text("evidence")
    if word not in set(Evidence):
        raise CityError(
            f"{SETTINGS}, field evidence: found {word!r}; "
            f"should be one of {' '.join(sorted(Evidence))}"
        )
    return Area(
        code=settings.text("code"),
        name_zh=settings.text("name_zh"),
        name_en=settings.text("name_en"),
        tier=Tier.CITY,
        parent=None,
        lon=settings.degrees("lon"),
        lat=settings.degrees("lat"),
        population=settings.integer("population"),
        households=settings.integer("households"),
        is_unit=True,
        node=node,
        evidence=Evidence(word),
    )


def _county(row: Row, city: str, _above: Mapping[str, Area]) -> Area:
    return Area(
        code=row.text("code"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        tier=Tier.COUNTY,
        parent=city,
        lon=row.coordinate("seat_lon"),
        lat=row.coordinate("seat_lat"),
        population=row.integer("population_2020"),
        households=row.integer("households_2020"),
        is_unit=True,
        node=row.text("node"),
        evidence=row.evidence(),
    )


def _township(row: Row, _city: str, _above: Mapping[str, Area]) -> Area:
    return Area(
        code=row.text("code"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        tier=Tier.TOWNSHIP,
        parent=row.text("county_code"),
        lon=row.coordinate_or_none("lon"),
        lat=row.coordinate_or_none("lat"),
        population=row.integer("population"),
        households=row.integer("households"),
        is_unit=row.flag("is_unit"),
        node=row.optional("node") or None,
        evidence=row.evidence(),
    )


def _village(row: Row, _city: str, above: Mapping[str, Area]) -> Area:
    name, parent = row.text("name_zh"), above.get(row.text("township_code"))
    return Area(
        code=row.text("code"),
        name_zh=name,
        name_en=name,
        tier=Tier.COMMUNITY,
        parent=row.text("township_code"),
        lon=row.coordinate_or_none("lon"),
        lat=row.coordinate_or_none("lat"),
        population=row.integer("population_est"),
        households=row.integer("households_est"),
        is_unit=parent is not None and parent.node is not None,
        node=None,
        evidence=row.evidence(),
    )


def read_sites(folder: Path, areas: Mapping[str, Area], roads: RoadGraph) -> dict[str, Site]:
    """Return storehouses and storage points by id.

    Raises
    ------
    CityError
        When the table cannot be used, a site's tier is not that of its area, or two sites share
        a name or alias.
    """
    sites: dict[str, Site] = {}
    named: dict[str, str] = {}
    for row in read_table(folder, "sites.csv", SITE_COLUMNS, key="id"):
        site = _site(row, areas, roads)
        for field, name in (("name_zh", site.name_zh), *(("aliases", a) for a in site.aliases)):
            if named.setdefault(name, site.id) != site.id:
                row.refuse(field, f"names no other site has ({named[name]} is called {name})")
        sites[site.id] = site
    return sites


def _site(row: Row, areas: Mapping[str, Area], roads: RoadGraph) -> Site:
    area = row.known("area", areas, "the code of an area")
    tier = row.choice("tier", Tier)
    if areas[area].tier is not tier:
        row.refuse("tier", f"{areas[area].tier}, the tier of area {area}")
    return Site(
        id=row.text("id"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        tier=tier,
        area=area,
        lon=row.coordinate("lon"),
        lat=row.coordinate("lat"),
        node=row.known("node", roads.nodes, "a node of roads_nodes.csv"),
        volume_m3=row.number_at_least("volume_m3"),
        docks=row.integer("docks", 1),
        status=row.one_of("status", STATUSES),
        aliases=row.words("aliases", "|"),
        evidence=row.evidence(),
        note=row.optional("note"),
    )
