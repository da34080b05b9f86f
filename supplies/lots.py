"""Lots: what distinguishes two heaps of one item, until when they are good, which goes first.

Condition (usable, to inspect, damaged), ownership (whose tier) and place are three things: the
first two belong to the lot, the place to the ledger's account. Expired stock cannot be
dispatched, but it can be scrapped, inspected and used for training, so nothing here forbids it
to move.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from supplies.errors import LedgerError, OverdrawnError
from supplies.tiers import Tier

PHYSICAL = "physical"
_WORD = re.compile(r"[^\s./]+")


class Condition(StrEnum):
    """What state goods are in."""

    USABLE = "usable"
    INSPECT = "inspect"
    DAMAGED = "damaged"


def lot_id(
    *,
    produced: date | None = None,
    expiry: date | None = None,
    condition: str = Condition.USABLE,
    owner_tier: Tier | None = None,
    source_mode: str = PHYSICAL,
) -> str:
    """Return the id that these attributes give a lot: the same attributes, the same lot.

    Attributes that say nothing special are left out, so goods without dates, usable, physical
    and owned by whoever holds them are the empty lot ``""``; others read, for example,
    ``P20250601.E20270601.county.damaged``.

    Raises
    ------
    LedgerError
        When the source mode holds a space, a dot or a slash.
    """
    parts = [
        "P" + _digits(produced) if produced else "",
        "E" + _digits(expiry) if expiry else "",
        owner_tier.value if owner_tier else "",
        "" if condition == Condition.USABLE else str(condition),
    ]
    if source_mode != PHYSICAL:
        if not _WORD.fullmatch(source_mode):
            raise LedgerError(f"source mode should be one word without dots, got {source_mode!r}")
        # Marked, because a mode may be any word and must not be taken for a tier or a condition.
        parts.append(f"~{source_mode}")
    return ".".join(part for part in parts if part)


def _digits(day: date) -> str:
    # Several times faster than strftime, and every lot read from the store is checked.
    return day.isoformat().replace("-", "")


def read_lot_id(item: str, text: str) -> "Lot":
    """Return the lot that an id names: the other way round of `lot_id`.

    Raises
    ------
    LedgerError
        When it is no id of a lot.
    """
    said: dict[str, str] = {}
    for part in text.split(".") if text else ():
        mark = part[:1]
        name = {"P": "produced", "E": "expiry", "~": "source_mode"}.get(mark, "")
        if name:
            said[name] = part[1:]
        else:
            said["owner_tier" if part in set(Tier) else "condition"] = part
    try:
        days = {k: date.fromisoformat(said[k]) for k in ("produced", "expiry") if k in said}
    except ValueError:
        raise LedgerError(f"批次 {text!r} 不是批次编号 | {text!r} is no id of a lot") from None
    return make_lot(
        item,
        produced=days.get("produced"),
        expiry=days.get("expiry"),
        condition=said.get("condition", Condition.USABLE),
        owner_tier=Tier(said["owner_tier"]) if "owner_tier" in said else None,
        source_mode=said.get("source_mode", PHYSICAL),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A heap of one item that shares dates, condition, owner and source.

    Parameters
    ----------
    id
        As `lot_id` gives it; unique together with the item. Use `make_lot`.
    produced, expiry
        ``None`` where unknown or where the goods do not age; the expiry day itself is usable.
    owner_tier
        Whose it is; ``None`` means the tier of the site that holds it (see `owned_by`).
    source_mode
        ``physical``, ``agreement``, ``capacity`` or another single word from the sheet.

    Raises
    ------
    LedgerError
        When the id does not follow from the attributes or the expiry is before the production.
    """

    id: str
    item: str
    produced: date | None
    expiry: date | None
    condition: Condition
    owner_tier: Tier | None
    source_mode: str

    def __post_init__(self) -> None:
        """Check that the attributes agree with one another and with the id."""
        if self.produced and self.expiry and self.expiry < self.produced:
            raise LedgerError(
                f"{self.item} expires on {self.expiry}, before it was produced on {self.produced}"
            )
        should_be = lot_id(
            produced=self.produced,
            expiry=self.expiry,
            condition=self.condition,
            owner_tier=self.owner_tier,
            source_mode=self.source_mode,
        )
        if self.id != should_be:
            raise LedgerError(
                f"lot {self.id!r} of {self.item} has attributes that make it {should_be!r}"
            )

    def owned_by(self, holder: Tier) -> Tier:
        """Return the tier that owns the lot when it stands at a site of tier ``holder``."""
        return self.owner_tier or holder


def make_lot(
    item: str,
    *,
    produced: date | None = None,
    expiry: date | None = None,
    condition: str = Condition.USABLE,
    owner_tier: Tier | None = None,
    source_mode: str = PHYSICAL,
) -> Lot:
    """Return the lot with these attributes; its id follows from them.

    Raises
    ------
    LedgerError
        When the condition is none of usable, inspect, damaged, or the dates contradict.
    """
    try:
        state = Condition(condition)
    except ValueError:
        known = ", ".join(Condition)
        raise LedgerError(f"condition {condition!r} should be one of {known}") from None
    return Lot(
        id=lot_id(
            produced=produced,
            expiry=expiry,
            condition=state,
            owner_tier=owner_tier,
            source_mode=source_mode,
        ),
        item=item,
        produced=produced,
        expiry=expiry,
        condition=state,
        owner_tier=owner_tier,
        source_mode=source_mode,
    )


def expired_on(lot: Lot, day: date) -> bool:
    """Whether the lot is past its expiry; the expiry day itself is not."""
    return lot.expiry is not None and day > lot.expiry


def usable_on(lot: Lot, day: date) -> bool:
    """Whether the lot may be dispatched on a day: usable, and not past its expiry day."""
    return lot.condition is Condition.USABLE and not expired_on(lot, day)


def add_months(day: date, months: int) -> date:
    """Return the same day some months on; the month's last day where it has no such day.

    >>> add_months(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_out(lot: Lot) -> tuple[date, date, str]:
    """Return the key of first-expired-first-out: expiry, then production, then id.

    A lot without expiry comes after all that have one; without production date likewise.
    """
    return lot.expiry or date.max, lot.produced or date.max, lot.id


def pick(
    stock: Mapping[Lot, int] | Iterable[tuple[Lot, int]], quantity: int, day: date
) -> list[tuple[Lot, int]]:
    """Return what to take for dispatch: first expired first out, never expired or unsound goods.

    Parameters
    ----------
    stock
        What is available (on hand less reserved) of one item at one site, in base units.
    quantity
        Wanted, in base units, zero or more.

    Raises
    ------
    OverdrawnError
        When usable lots hold less; says how much lies there that may not be dispatched.
    LedgerError
        When the quantity is negative or the stock mixes items.
    """
    lines = list(stock.items() if isinstance(stock, Mapping) else stock)
    if quantity < 0:
        raise LedgerError(f"quantity to pick should be zero or more, got {quantity}")
    items = {lot.item for lot, _ in lines}
    if len(items) > 1:
        raise LedgerError(f"pick one item at a time, got {', '.join(sorted(items))}")
    usable = [line for line in lines if line[1] > 0 and usable_on(line[0], day)]
    taken: list[tuple[Lot, int]] = []
    missing = quantity
    for lot, available in sorted(usable, key=lambda line: first_out(line[0])):
        if missing == 0:
            break
        units = min(available, missing)
        taken.append((lot, units))
        missing -= units
    if missing:
        item = next(iter(items), "")
        blocked = sum(units for _, units in lines if units > 0) - (quantity - missing)
        also = f"; {blocked} more are expired or not in usable condition" if blocked else ""
        raise OverdrawnError(
            f"only {quantity - missing} of {quantity} base units of {item or 'the item'} "
            f"can be dispatched on {day}{also}",
            item=item,
            short=missing,
            day=day,
        )
    return taken
