"""Which storehouse and supplier reaches which place by which deadline.

An arrival is: the site gets ready, one vehicle is loaded, it drives. Goods due within two hours
go by the city's rescue class (quick to load, passes every road), all others by its planning
class. Fleet sizes are not counted here: the dispatch drill proves vehicles.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from supplies.city import Agreement, City, VehicleClass
from supplies.errors import CityError
from supplies.roads import Travel
from supplies.tiers import Site

RESCUE_H = 2


@dataclass(frozen=True, slots=True)
class Reach:
    """Arrival times over one road graph; build it with :func:`reach_of`."""

    city: City
    rescue: Travel
    planning: Travel

    def site_h(self, site: Site, place: str, deadline_h: int) -> float:
        """Return hours from the order until goods of a site reach a township."""
        travel = self.travel(deadline_h)
        return self.start_h(site, deadline_h) + self._drive_s(travel, site.node, place) / 3600

    def agreement_h(self, agreement: Agreement, place: str, deadline_h: int) -> float:
        """Return hours from the call-off until a supplier's goods reach a township."""
        travel = self.travel(deadline_h)
        return agreement.notice_hours + self._drive_s(travel, agreement.node, place) / 3600

    def start_h(self, site: Site, deadline_h: int) -> float:
        """Return hours from the order until a loaded vehicle leaves a site."""
        vehicle, _ = self._means(deadline_h)
        return (self.city.parameters.ready_minutes[site.tier] + vehicle.load_minutes_full) / 60

    def travel(self, deadline_h: int) -> Travel:
        """Return the road times of the class that carries goods due by a deadline."""
        return self._means(deadline_h)[1]

    def _means(self, deadline_h: int) -> tuple[VehicleClass, Travel]:
        parameters = self.city.parameters
        if deadline_h <= RESCUE_H:
            return self.city.vehicles[parameters.rescue_class], self.rescue
        return self.city.vehicles[parameters.planning_class], self.planning

    def _drive_s(self, travel: Travel, node: str, place: str) -> float:
        target = self.city.areas[place].node
        if target is None:
            raise CityError(f"area {place} is not on the road graph")
        return travel.at(node, target)


def without_link(reach: Reach, link: frozenset[str]) -> Reach:
    """Return arrival times once a road link is lost."""
    roads = reach.city.roads.without([link])

    def lost(travel: Travel, name: str) -> Travel:
        speeds = reach.city.vehicles[name].speed_kmh
        return replace(travel, time_s=roads.times(speeds, travel.origins, travel.targets))

    parameters = reach.city.parameters
    return replace(
        reach,
        rescue=lost(reach.rescue, parameters.rescue_class),
        planning=lost(reach.planning, parameters.planning_class),
    )


def links_used(reach: Reach) -> list[frozenset[str]]:
    """Return the road links that carry a fastest road of either class, in order."""
    parameters = reach.city.parameters
    used: set[frozenset[str]] = set()
    for travel, name in (
        (reach.rescue, parameters.rescue_class),
        (reach.planning, parameters.planning_class),
    ):
        speeds = reach.city.vehicles[name].speed_kmh
        used |= reach.city.roads.used_links(speeds, travel.origins, travel.targets)
    return sorted(used, key=sorted)


def reach_of(city: City, nodes: Iterable[str] = ()) -> Reach:
    """Return arrival times from all sites, agreements and further nodes to all townships.

    Parameters
    ----------
    nodes
        Further origins on the road graph.
    """
    origins = dict.fromkeys(
        [s.node for s in city.sites.values()] + [a.node for a in city.agreements] + [*nodes]
    )
    targets = [a.node for a in city.townships(city.code) if a.node is not None]
    travels = [
        city.roads.travel(city.vehicles[name].speed_kmh, list(origins), targets)
        for name in (city.parameters.rescue_class, city.parameters.planning_class)
    ]
    return Reach(city=city, rescue=travels[0], planning=travels[1])
