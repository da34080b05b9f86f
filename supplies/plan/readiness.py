"""What is proved: readiness rows with their witnesses, and single failures."""

from collections.abc import Mapping
from dataclasses import dataclass

from supplies.tiers import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """What is missing of one item by one deadline."""

    item: str
    deadline_h: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Witness of no: these sources are all that reach these places in time, and fall short.

    ``supply`` maps source ids to what they hold; sum(supply) < need. ``layers`` are the
    (place, deadline in hours) pairs whose needs add up to ``need``.
    """

    item: str
    deadline_h: int
    places: tuple[str, ...]
    supply: Mapping[str, int]
    need: int
    layers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Witness of yes: a quantity that goes from a source to a place for a deadline."""

    item: str
    source: str
    place: str
    deadline_h: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessRow:
    """Whether one unit can run one Level-I response of one hazard.

    ``coverage`` is the mean over needed items of the share that arrives in time;
    ``weakest`` names the item with the least share.
    """

    tier: Tier
    area: str
    hazard: str
    coverage: float
    covered: bool
    weakest: str | None
    weakest_share: float
    short: tuple[Shortage, ...]
    cuts: tuple[Cut, ...]
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One N-1 line: what a unit still covers when one storehouse or road link is lost.

    ``failure`` is the id of a site (``kind`` is ``site``), or two road nodes joined by ``|``
    (``road``). Every storehouse a unit draws on has a line; a road has one only where losing it
    leaves the unit with less.
    """

    kind: str
    failure: str
    area: str
    hazard: str
    covered: bool
    short: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The proof for all units asked for."""

    revision: int
    mode: str
    rows: tuple[ReadinessRow, ...]
    n_minus_1: tuple[Failure, ...]
    roads_tried: int = 0

    def summary(self) -> dict[Tier, dict[str, int]]:
        """Return, by tier, how many areas there are and how many are covered for all hazards."""
        result: dict[Tier, dict[str, int]] = {}
        for tier in Tier:
            rows = [r for r in self.rows if r.tier is tier]
            areas = {r.area for r in rows}
            red = {r.area for r in rows if not r.covered}
            if areas:
                result[tier] = {"areas": len(areas), "covered": len(areas - red)}
        return result
