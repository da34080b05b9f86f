"""What an allocation is asked and what it answers; see the package for the model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulp

from models.outcome import Outcome

SOLVER = f"PuLP {pulp.__version__} / HiGHS"


class AllocationError(RuntimeError):
    """The solver gave no answer within its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A need line: ``quantity`` units of ``item`` at ``place``; kg and m3 are per unit.

    ``kind`` names the goods' demand on vehicles, a key of ``AllocationProblem.kinds``.
    """

    place: str
    item: str
    kind: str
    quantity: int
    weight: float
    priority: int
    kg: float
    m3: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A way to serve a line (by index) from a source in a period.

    ``preference`` [CNY] is added when the whole line comes this way; ``hours`` is the least
    vehicle time that takes, counted against the budget of a scarce kind; ``cost`` [CNY] is its
    part of the cheapest truckload, all the same whatever else is aboard.
    """

    line: int
    source: str
    period: int
    late: bool
    preference: float = 0.0
    hours: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Truckloads of a vehicle group from a source to a place, of use from period ``first`` on."""

    group: str
    vehicle_class: str
    source: str
    place: str
    first: int
    cost: float
    hours: float
    payload_kg: float
    volume_m3: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationProblem:
    """All sets and parameters; ``capacity_h`` maps groups to vehicle-hours by period.

    ``scarce_h`` maps the kinds whose vehicles cannot bring all in time to their hours, likewise.
    """

    lines: tuple[Line, ...]
    options: tuple[Option, ...]
    stock: Mapping[tuple[str, str], int]
    carriers: tuple[Carrier, ...]
    capacity_h: Mapping[str, tuple[float, ...]]
    kinds: Mapping[str, frozenset[str]]
    scarce_h: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationSettings:
    """Time limit of each stage [s] and the price of an hour that is not there [CNY]."""

    seconds: float = 20.0
    overload_cny_per_h: float = 2000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationPlan:
    """Whole units by option, unmet units by line, truckloads by (carrier index, period)."""

    outcome: Outcome
    units: tuple[int, ...]
    unmet: tuple[int, ...]
    truckloads: Mapping[tuple[int, int], float]
    overload_h: float
