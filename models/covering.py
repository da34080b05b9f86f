"""The stocking model's sets and parameters, and the readiness question an event puts to a plan.

The mathematics stands in models/stocking.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.readiness import CoverProblem

Item = str
Holder = str
PromiseId = str
Sources = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An agreement that could be signed; see the module docstring for units."""

    id: PromiseId
    supplier: str
    item: Item
    most: int
    fulfil: float
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Need that the same sources reach in time; the key names places and deadline."""

    key: str
    deadline_h: int
    reach: frozenset[str]
    need: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What one scenario asks of one item."""

    id: str
    item: Item
    critical: bool
    groups: tuple[Group, ...]

    @property
    def need(self) -> int:
        """All groups together."""
        return sum(g.need for g in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockingProblem:
    """Sets and parameters; see the module docstring for units.

    ``holders`` maps a holder to its (owner, site); ``may_buy`` lists where purchases may go.
    """

    holders: Mapping[Holder, tuple[str, str]]
    may_buy: frozenset[tuple[Holder, Item]]
    on_hand: Mapping[tuple[Holder, Item], int]
    pack: Mapping[Item, int]
    price: Mapping[Item, float]
    hold_cost: Mapping[Item, float]
    upkeep: Mapping[Holder, float]
    move_cost: Mapping[Item, float]
    volume_m3: Mapping[Item, float]
    room_m3: Mapping[str, float]
    room_cost: float
    promises: tuple[Promise, ...]
    capacity: Mapping[tuple[str, Item], int]
    agreed_max: Mapping[Item, float]
    events: tuple[Event, ...]
    budget: float | None

    def room(self, site: str) -> float:
        """Return the storage a plan may use: the room, or what stands there already."""
        held = sum(
            self.volume_m3[i] * q
            for (h, i), q in self.on_hand.items()
            if self.holders[h][1] == site
        )
        return max(self.room_m3[site], held)


def by_item(events: Iterable[Event]) -> dict[Item, tuple[Event, ...]]:
    """Return the events of each item."""
    blocks: dict[Item, list[Event]] = {}
    for event in events:
        blocks.setdefault(event.item, []).append(event)
    return {item: tuple(block) for item, block in blocks.items()}


def part_unreachable(
    events: Iterable[Event],
) -> tuple[tuple[Event, ...], dict[tuple[str, str], int]]:
    """Set apart the groups that no source reaches: their need stays open whatever is bought."""
    kept: list[Event] = []
    lost: dict[tuple[str, str], int] = {}
    for event in events:
        lost.update({(event.id, g.key): g.need for g in event.groups if not g.reach})
        groups = tuple(g for g in event.groups if g.reach)
        if groups:
            kept.append(Event(id=event.id, item=event.item, critical=event.critical, groups=groups))
    return tuple(kept), lost


def supply_of(
    problem: StockingProblem,
    hold: Mapping[tuple[Holder, Item], int],
    come: Mapping[PromiseId, int],
    event: Event,
) -> dict[str, int]:
    """Return what each source in reach of an event gives."""
    sources = frozenset().union(*(g.reach for g in event.groups))
    return {
        s: hold.get((s, event.item), 0) if s in problem.holders else come.get(s, 0)
        for s in sorted(sources)
    }


def cover_problem(
    event: Event, supply: Mapping[str, int], open_units: Mapping[str, int]
) -> CoverProblem:
    """Return the readiness question of an event under a plan."""
    layers = {(g.key, g.deadline_h): g for g in event.groups}
    return CoverProblem(
        supply=supply,
        need={la: g.need - open_units.get(g.key, 0) for la, g in layers.items()},
        reach={la: g.reach for la, g in layers.items()},
    )
