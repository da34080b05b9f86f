"""What is proposed to carry: need lines, trips, what stays unserved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchNeed:
    """One line of an incident's need; ``deadline_s`` counts from the incident's start.

    Not cumulative: a line is what must be there by its own deadline beyond earlier lines.
    """

    id: str
    area: str
    item: str
    quantity: int
    deadline_s: int
    priority: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLoad:
    """Goods of one lot taken aboard."""

    item: str
    lot: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedUnload:
    """Goods of one lot handed over for one need line."""

    need: str
    item: str
    lot: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A halt of a trip: at a ``site`` (loading) or in an ``area`` (unloading); never both."""

    site: str | None
    area: str | None
    node: str
    arrive_s: int
    leave_s: int
    load: tuple[LotLoad, ...]
    unload: tuple[NeedUnload, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One vehicle's work: stops in order of time; it may load more than once."""

    id: str
    vehicle: str
    vehicle_class: str
    home: str
    stops: tuple[Stop, ...]
    distance_km: float
    cost_cny: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """Part of a need line that no trip brings, why, and what would change that."""

    need: str
    item: str
    quantity: int
    reason: str
    cheapest_change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Part of a need line that arrives after its deadline."""

    need: str
    quantity: int
    by_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchPlan:
    """Who carries what to whom, checked.

    ``people_served`` lists (seconds from start, people whose need lines due by then are all
    there); ``share_served`` is keyed by deadline hours: the share of need due by then that
    arrived in time.
    """

    incident: str
    hazard: str
    revision: int
    start: datetime
    outcome: Outcome
    need: tuple[DispatchNeed, ...]
    trips: tuple[Trip, ...]
    unmet: tuple[Unserved, ...]
    late: tuple[Late, ...]
    people_served: tuple[tuple[int, int], ...]
    share_served: Mapping[int, float]
    travel_source: str
