"""Which lots a voucher takes: first expired first out, and only goods of the owner that is meant.

Goods a site holds for another tier are not its own to give: they are taken only where the owner
is named.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from supplies.errors import CityError, LedgerError, OverdrawnError
from supplies.ledger import site as at_site
from supplies.lots import Lot, first_out, make_lot, pick, usable_on
from supplies.store import Reader
from supplies.store.heads import lots_of
from supplies.tasks.desk import Desk
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.order import Line
from supplies.tiers import Tier

Picked = Sequence[tuple[Lot, int]]
Taken = Mapping[Lot, int]
Choose = Callable[[Desk, Reader, str, Line, date, Taken], Picked]
NONE: Taken = {}


def free(reader: Reader, site: str, item: str, day: date, today: date) -> list[tuple[Lot, int]]:
    """Return what of an item is neither reserved nor taken since a day, by lot, in base units."""
    left = {
        row.lot: row.quantity - row.reserved
        for row in reader.stock(site=site, item=item)
        if row.quantity > row.reserved
    }
    if day < today:
        then = {row.lot: row.quantity for row in reader.stock(day, site=site, item=item)}
        left = {lot: min(units, then.get(lot, 0)) for lot, units in left.items()}
    return [(lot, units) for lot, units in left.items() if units > 0]


def to_use(
    desk: Desk, reader: Reader, site: str, line: Line, day: date, taken: Taken = NONE
) -> Picked:
    """Return the lots to dispatch: usable and in date, first expiring first.

    ``taken`` is what other lines of the voucher have picked already.

    Raises
    ------
    CityError, LedgerError, OverdrawnError
        When the lot is not there, is another tier's, or less is free than asked for.
    """
    base, lots = _asked(desk, reader, site, line, day, taken)
    if line.lot is not None:
        return _named(desk, site, line, lots, base)
    own = _owned(desk, site, line.owner, lots)
    try:
        return pick(own, base, day) if own else _short(desk, site, line, (base, base), lots, own)
    except OverdrawnError as error:
        return _short(desk, site, line, (base, error.short or base), lots, own)


def to_spend(
    desk: Desk, reader: Reader, site: str, line: Line, day: date, taken: Taken = NONE
) -> Picked:
    """Return the lots to write off or train with: what cannot be dispatched first.

    Raises as `to_use`.
    """
    base, lots = _asked(desk, reader, site, line, day, taken)
    if line.lot is not None:
        return _named(desk, site, line, lots, base)
    own = _owned(desk, site, line.owner, lots)
    picked: list[tuple[Lot, int]] = []
    missing = base
    for lot, units in sorted(own, key=lambda x: (usable_on(x[0], day), first_out(x[0]))):
        if missing:
            picked.append((lot, min(units, missing)))
            missing -= picked[-1][1]
    return _short(desk, site, line, (base, missing), lots, own) if missing else picked


def named(
    desk: Desk, reader: Reader, site: str, line: Line, day: date, taken: Taken = NONE
) -> Picked:
    """Return the one lot a line names, whoever owns it; raises as `to_use`."""
    base, lots = _asked(desk, reader, site, line, day, taken)
    return [(_found(desk, site, line, lots), base)]


def coming(desk: Desk, reader: Reader, line: Line, owner: Tier) -> Lot:
    """Return the lot that goods come in as: a known one, or a new one by its dates.

    Raises
    ------
    CityError
        When the lot is neither known nor a day.
    """
    if line.lot:
        known = lots_of(reader, [(line.item, line.lot)])
        if known:
            return known[line.item, line.lot]
    expiry = line.expiry
    if line.lot:
        try:
            expiry = date.fromisoformat(line.lot)
        except ValueError:
            name = desk.item(line.item)
            raise CityError(
                f"没有{name.name_zh}的批次 {line.lot!r}, 请写在库批次或有效期 YYYY-MM-DD"
                f" | lot {line.lot!r} of {name.name_en} is unknown; name a lot in stock or an "
                "expiry day YYYY-MM-DD"
            ) from None
    return make_lot(
        line.item,
        produced=line.produced,
        expiry=expiry,
        condition=line.condition,
        owner_tier=line.owner or owner,
    )


# --- parts ---------------------------------------------------------------------------------------


def _asked(
    desk: Desk, reader: Reader, site: str, line: Line, day: date, taken: Taken
) -> tuple[int, list[tuple[Lot, int]]]:
    """Return base units asked for, and what the other lines of the voucher leave of each lot."""
    base = desk.base(line.item, line.quantity)
    lots = free(reader, site, line.item, day, desk.day)
    left = [(lot, units - taken.get(lot, 0)) for lot, units in lots]
    return base, [(lot, units) for lot, units in left if units > 0]


def _owned(desk: Desk, site: str, owner: Tier | None, lots: Picked) -> list[tuple[Lot, int]]:
    holder = desk.site(site).tier
    return [(lot, units) for lot, units in lots if lot.owned_by(holder) is (owner or holder)]


def _found(desk: Desk, site: str, line: Line, lots: Picked) -> Lot:
    found = next((lot for lot, _ in lots if lot.id == line.lot), None)
    if found is not None:
        return found
    place, item = naming.place(desk, at_site(site)), desk.item(line.item)
    known = "; ".join(f"{lot.id!r} ({naming.lot(desk, lot)[0]})" for lot, _ in lots) or "无"
    also = "; ".join(f"{lot.id!r} ({naming.lot(desk, lot)[1]})" for lot, _ in lots) or "none"
    raise CityError(
        f"{place[0]}没有可动用的{item.name_zh}批次 {line.lot!r}, 可动用的批次: {known}"
        f" | {place[1]} has no free lot {line.lot!r} of {item.name_en}; free lots: {also}"
    )


def _named(desk: Desk, site: str, line: Line, lots: Picked, base: int) -> Picked:
    lot = _found(desk, site, line, lots)
    holder = desk.site(site).tier
    whose = lot.owned_by(holder)
    if whose is not (line.owner or holder):
        owner = naming.owner(desk, whose)
        raise LedgerError(
            f"这批{desk.item(line.item).name_zh}属于{owner[0]}, 不是{desk.site(site).name_zh}的; "
            f"动用须写明所有者 {whose.value}"
            f" | this lot of {desk.item(line.item).name_en} is {owner[1]}; name the owner "
            f"({whose.value}) to take it"
        )
    units = dict(lots)[lot]
    if units < base:
        return _short(desk, site, line, (base, base - units), lots, [(lot, units)])
    return [(lot, base)]


def _short(
    desk: Desk, site: str, line: Line, short: tuple[int, int], lots: Picked, own: Picked
) -> Picked:
    """Refuse in the names and units people use; say what lies there for another tier."""
    base, missing = short
    where, item = naming.place(desk, at_site(site)), desk.item(line.item)
    have, want = naming.amount(desk, item.id, base - missing), naming.amount(desk, item.id, base)
    mine = {lot for lot, _ in own}
    holder = desk.site(site).tier
    zh = en = ""
    for tier in sorted({lot.owned_by(holder) for lot, _ in lots if lot not in mine}):
        if line.lot is None:
            total = sum(n for lot, n in lots if lot not in mine and lot.owned_by(holder) is tier)
            owner, held = naming.owner(desk, tier), naming.amount(desk, item.id, total)
            zh += f"; 另存有{owner[0]}的 {held[0]}, 动用须写明所有者 {tier.value}"
            en += f"; {held[1]} more are {owner[1]}: name the owner ({tier.value}) to take them"
    raise naming.ToldError(
        f"{where[0]}可动用的{item.name_zh}只有 {have[0]}, 需要 {want[0]}"
        f" (过期、待检、已预留的不算){zh}"
        f" | {where[1]} can give {have[1]} of {item.name_en}, asked for {want[1]}"
        f" (not counting what is expired, to be inspected or reserved){en}",
        account=at_site(site),
        item=item.id,
        short=missing,
        day=desk.day,
    )
