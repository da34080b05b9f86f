"""What a schedule is asked and what it answers; see the package for the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """``units`` of one need line (by index), each ``kg`` and ``m3``."""

    line: int
    units: int
    kg: float
    m3: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Goods for one place (a matrix index), due by ``due_s`` [s from start]."""

    place: int
    due_s: int
    priority: int
    goods: tuple[Goods, ...]

    @property
    def kg(self) -> float:
        """Mass handed over."""
        return sum(g.units * g.kg for g in self.goods)

    @property
    def m3(self) -> float:
        """Room handed over."""
        return sum(g.units * g.m3 for g in self.goods)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One load: a source (key), visits in order, vehicle kinds that may carry it."""

    source: str
    visits: tuple[Visit, ...]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where goods are: a matrix index, when they can be loaded, the site whose docks serve."""

    place: int
    ready_s: int
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """``count`` vehicles of one kind that start and end at ``home`` (a matrix index)."""

    kind: str
    home: int
    count: int
    ready_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A vehicle kind; matrices over places, unreachable pairs infinite."""

    payload_kg: float
    volume_m3: float
    load_s: int
    unload_s: int
    fixed_cny: float
    km_cny: float
    hour_cny: float
    time_s: Sequence[Sequence[float]]
    km: Sequence[Sequence[float]]

    def share(self, kg: float, m3: float) -> float:
        """Return how full a load makes the vehicle."""
        return max(kg / self.payload_kg, m3 / self.volume_m3)


@dataclass(frozen=True, slots=True, kw_only=True)
class TripsProblem:
    """Everything but the jobs; docks by site, groups by name."""

    sources: Mapping[str, Source]
    groups: Mapping[str, Group]
    kinds: Mapping[str, Kind]
    docks: Mapping[str, int]
    horizon_s: int
    homes_per_kind: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A job on a vehicle (``number`` from 0 in its group); times in s from start."""

    job: Job
    group: str
    number: int
    load_s: int
    loaded_s: int
    arrive_s: tuple[int, ...]
    leave_s: tuple[int, ...]
    back_s: int
    km: float
    cost_cny: float


def load_time(kind: Kind, kg: float, m3: float) -> int:
    """Return seconds to load."""
    return ceil(kind.load_s * kind.share(kg, m3) - 1e-9)


def unload_time(kind: Kind, kg: float, m3: float) -> int:
    """Return seconds to unload so much."""
    return ceil(kind.unload_s * kind.share(kg, m3) - 1e-9)


def lateness(runs: Sequence[Run]) -> tuple[tuple[int, int, int], ...]:
    """Return (priority, late lines, late seconds) by priority, none for priorities in time."""
    late: dict[int, tuple[int, int]] = {}
    for run in runs:
        for visit, arrive in zip(run.job.visits, run.arrive_s, strict=True):
            if arrive > visit.due_s:
                lines, seconds = late.get(visit.priority, (0, 0))
                late[visit.priority] = (lines + len(visit.goods), seconds + arrive - visit.due_s)
    return tuple((p, *late[p]) for p in sorted(late))
