"""Which places a list speaks of: those asked for that the user may look at."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

from supplies.access import Right
from supplies.plan import StockLine
from supplies.tasks.desk import Desk, tier_of
from supplies.tasks.holdings import stock
from supplies.tiers import Tier


class Where(TypedDict):
    """What a list is asked for: a tier, an area, one site; ``None`` is any."""

    tier: str | Tier | None
    area: str | None
    site: str | None


@dataclass(frozen=True)
class Scope:
    """Which sites a list speaks of: those the user may look at, of a tier, in an area, or one."""

    desk: Desk
    tier: Tier | None = None
    area: str | None = None
    site: str | None = None

    @cached_property
    def sites(self) -> frozenset[str]:
        """The ids of the sites."""
        city, actor = self.desk.city, self.desk.actor
        return frozenset(
            key
            for key, site in city.sites.items()
            if (self.site is None or key == self.site)
            and (self.tier is None or site.tier is self.tier)
            and (self.area is None or city.inside(site.area, self.area))
            and actor.may(Right.READ, city, site=key)
        )

    def any_of(self, sites: Iterable[str]) -> bool:
        """Whether one of these sites is meant; what touches no site belongs to the whole city."""
        named = frozenset(sites)
        return bool(named & self.sites) if named else self.sites == frozenset(self.desk.city.sites)

    def covers(self, area: str) -> bool:
        """Whether an area is meant, and the user may look at it."""
        inside = self.area is None or self.desk.city.inside(area, self.area)
        may = self.desk.actor.may(Right.READ, self.desk.city, area=area)
        return inside and may and self.site is None and self.tier is None

    def stock(self) -> list[StockLine]:
        """Return what the sites hold."""
        found = stock(self.desk, tier=self.tier, area=self.area, site=self.site)
        return [line for line in found if line.site in self.sites]


def scope(
    desk: Desk, tier: str | Tier | None = None, area: str | None = None, site: str | None = None
) -> Scope:
    """Return the sites a list is asked for.

    Raises
    ------
    AccessError
        When the user may look at nothing here.
    CityError
        When something named is unknown.
    """
    if area is not None:
        desk.city.area(area)
    if site is not None:
        desk.site(site)
    desk.allow(Right.READ, site=site, area=area if site is None else None)
    return Scope(desk, tier_of(tier), area, site)
