"""What may answer whom: usable stock and agreements of a tier unit, by mode."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from supplies.catalogue import Item
from supplies.city import Agreement, City
from supplies.errors import PlanError
from supplies.plan import StockLine

USABLE = "usable"
# Goods in another unit's store cost more to inspect and rotate (assumed).
AWAY_UPKEEP = 1.1


class Mode(StrEnum):
    """Whose stock may answer a unit's response.

    ``OWN``: the unit's own, in its own area, which is the plan's wording. ``NESTED``: all stock in
    its area, whoever owns it. ``POOLED``: all stock of the city.
    """

    OWN = "own"
    NESTED = "nested"
    POOLED = "pooled"


def mode_of(word: str) -> Mode:
    """Return the mode a word names.

    Raises
    ------
    PlanError
        When there is no such mode.
    """
    try:
        return Mode(word)
    except ValueError:
        known = ", ".join(Mode)
        raise PlanError(
            f"没有保障方式 {word!r}, 应为: {known} | mode {word!r} is unknown; known are: {known}"
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """What there is to answer with: a city's stock and agreements, on the day of the response.

    ``revision`` is that of the ledger the stock was read from.
    """

    city: City
    stock: Sequence[StockLine]
    agreements: Sequence[Agreement]
    day: date
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """Whole usable units of one item of one owner at one site."""

    owner: str
    site: str
    item: str
    quantity: int


def usable_until(city: City, day: date) -> date:
    """Return the day goods must still be usable on, for a response that starts on ``day``."""
    return day + timedelta(hours=city.parameters.deadlines_h[-1])


def is_usable(line: StockLine, city: City, day: date) -> bool:
    """Whether a lot can be counted on for a response that starts on ``day``."""
    in_date = line.expiry is None or line.expiry >= usable_until(city, day)
    return line.condition == USABLE and in_date and line.quantity > line.reserved


def held(at_hand: AtHand) -> list[Held]:
    """Return usable stock by owner, site and item, in whole units; reserved goods are not free."""
    free: dict[tuple[str, str, str], Decimal] = {}
    city, day = at_hand.city, at_hand.day
    for line in at_hand.stock:
        if line.site in city.sites and is_usable(line, city, day):
            key = (line.owner, line.site, line.item)
            free[key] = free.get(key, Decimal(0)) + line.quantity - line.reserved
    return [
        Held(owner=o, site=s, item=i, quantity=int(q))
        for (o, s, i), q in sorted(free.items())
        if q >= 1
    ]


def may_answer(city: City, mode: Mode, unit: str, owner: str, area: str) -> bool:
    """Whether stock of an owner that stands in an area may answer a unit's response."""
    if mode is Mode.POOLED:
        return True
    return city.inside(area, unit) and (mode is Mode.NESTED or owner == unit)


def valid(agreements: Sequence[Agreement], day: date) -> list[Agreement]:
    """Return the agreements in force on a day."""
    return [a for a in agreements if a.valid_until >= day]


def agreement_id(agreement: Agreement) -> str:
    """Return the id under which an agreement is a source."""
    return f"{agreement.supplier}|{agreement.owner}|{agreement.item}"


def promised(agreement: Agreement) -> int:
    """Return the whole units that really come of what an agreement promises."""
    return int(agreement.quantity * agreement.fulfilment + 1e-9)


def upkeep(city: City, owner: str, site: str) -> float:
    """Return how much dearer a unit is kept at a site than at the owner's own store."""
    return 1.0 if city.sites[site].area == owner else AWAY_UPKEEP


def annual_hold_cost(city: City, item: Item) -> float:
    """Return what holding one unit costs a year: wear or loss, capital, space (CNY)."""
    parameters = city.parameters
    price = float(item.unit_price_cny)
    life_years = max(item.shelf_life_months, 1) / 12
    wear = price * parameters.written_off_share / life_years
    capital = price * parameters.capital_rate
    return wear + capital + item.unit_volume_m3 * parameters.storage_cny_per_m3_year
