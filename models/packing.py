"""Packing: goods into truckloads that are full in mass or in room.

Sets
    g   cargo: units of one need line, all alike
Parameters
    units_g, kg_g and m3_g per unit; payload [kg], volume [m3]
Result
    loads, each within payload and volume; units are never cut
Rule
    Where mass and room are both too much for one load, it takes the same part of every line, so
    that both run out together. Then line by line, the densest first when the room left is the
    scarcer, the bulkiest otherwise. A heuristic: no claim of least loads.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """``units`` of one need line (by index), each ``kg`` and ``m3``."""

    line: int
    units: int
    kg: float
    m3: float


def mass_kg(cargo: Sequence[Cargo]) -> float:
    """Return the mass of cargo."""
    return sum(c.units * c.kg for c in cargo)


def room_m3(cargo: Sequence[Cargo]) -> float:
    """Return the volume of cargo."""
    return sum(c.units * c.m3 for c in cargo)


def fits(cargo: Sequence[Cargo], payload_kg: float, volume_m3: float) -> bool:
    """Whether cargo is one load; rounding noise is forgiven, a unit is not."""
    return mass_kg(cargo) <= payload_kg + _TINY and room_m3(cargo) <= volume_m3 + _TINY


def fill(
    cargo: Sequence[Cargo], payload_kg: float, volume_m3: float
) -> tuple[list[Cargo], list[Cargo]]:
    """Return one load and what it leaves behind; an empty load when no unit fits."""
    left = {i: c for i, c in enumerate(cargo) if c.units > 0}
    taken = dict.fromkeys(left, 0)
    goods = list(left.values())
    if mass_kg(goods) > payload_kg and room_m3(goods) > volume_m3:
        part = min(payload_kg / mass_kg(goods), volume_m3 / room_m3(goods))
        taken = {i: int(c.units * part) for i, c in left.items()}
    kg = payload_kg - sum(taken[i] * c.kg for i, c in left.items())
    m3 = volume_m3 - sum(taken[i] * c.m3 for i, c in left.items())
    scarce_room = m3 * mass_kg(goods) <= kg * room_m3(goods)
    for i in sorted(left, key=lambda i: ((-1 if scarce_room else 1) * _density(left[i]), i)):
        more = min(left[i].units - taken[i], _room_for(left[i], kg, m3))
        taken[i] += more
        kg -= more * left[i].kg
        m3 -= more * left[i].m3
    load = [replace(c, units=taken[i]) for i, c in left.items() if taken[i]]
    rest = [replace(c, units=c.units - taken[i]) for i, c in left.items() if c.units > taken[i]]
    return load, rest


def _density(cargo: Cargo) -> float:
    return cargo.kg / max(cargo.m3, _TINY)


def _room_for(cargo: Cargo, kg: float, m3: float) -> int:
    by_mass = (kg + _TINY) / cargo.kg if cargo.kg > 0 else cargo.units
    by_room = (m3 + _TINY) / cargo.m3 if cargo.m3 > 0 else cargo.units
    return max(0, int(min(by_mass, by_room, cargo.units)))


def truckloads(
    cargo: Sequence[Cargo], payload_kg: float, volume_m3: float
) -> tuple[list[list[Cargo]], list[Cargo]]:
    """Return full truckloads and the remainder, which is less than one load.

    Goods of which not one unit fits stay in the remainder.
    """
    loads: list[list[Cargo]] = []
    left = list(cargo)
    while not fits(left, payload_kg, volume_m3):
        load, rest = fill(left, payload_kg, volume_m3)
        if not load:
            break
        loads.append(load)
        left = rest
    return loads, left
