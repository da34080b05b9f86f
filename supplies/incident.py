"""Incident: what may happen, or is happening: places hit, closures, losses."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """People hit in a county, township or village; a missing share uses the city's norm."""

    area: str
    evacuated: int
    sheltered_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedNeed:
    """A need line that somebody asked for, instead of norms."""

    area: str
    item: str
    quantity: int
    deadline_h: float
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Links that cannot be used; exactly one of the four is given.

    ``edge`` is a pair of node ids, ``area`` closes every link with an end inside it, ``river``
    every link that crosses it, ``polygon`` (lon, lat pairs) every link that meets it.
    """

    edge: tuple[str, str] | None = None
    area: str | None = None
    river: str | None = None
    polygon: tuple[tuple[float, float], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraVehicles:
    """Vehicles beyond the standing fleet."""

    vehicle_class: str
    site: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A Level-I scenario or a real event."""

    name: str
    hazard: str
    level: str
    start: datetime
    affected: tuple[Affected, ...]
    needs: tuple[RequestedNeed, ...]
    closures: tuple[Closure, ...]
    lost_sites: tuple[str, ...]
    vehicles: tuple[ExtraVehicles, ...]
