"""One voucher each: issue, receive, scrap, return, reserve, transfer, reverse.

Quantities are in catalogue units. A ``key`` makes a repeat harmless: the first voucher comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from supplies.errors import CityError, LedgerError, OverdrawnError
from supplies.ledger import Move, Reason, Reservation, outside
from supplies.ledger import site as at_site
from supplies.lots import Lot, first_out, make_lot, pick, usable_on
from supplies.store import Reader, Voucher
from supplies.tasks.desk import Desk, now
from supplies.tiers import Tier

Picked = Sequence[tuple[Lot, int]]


@dataclass(frozen=True, slots=True)
class _Way:
    """From where to where goods go, and why."""

    source: str
    target: str
    reason: Reason


def issue(
    desk: Desk,
    *,
    site: str,
    item: str,
    quantity: Decimal | int,
    reason: str,
    lot: str | None = None,
    key: str | None = None,
) -> Voucher:
    """Issue goods for use, first expired first out unless a lot is named.

    Raises
    ------
    CityError
        When the site, item, lot or quantity cannot be used.
    OverdrawnError
        When less is free, usable and in date.
    """
    way = _Way(at_site(desk.site(site).id), outside("used"), Reason.ISSUE)
    return _take(desk, way, (site, item, quantity, lot), reason, key)


def scrap(
    desk: Desk,
    *,
    site: str,
    item: str,
    quantity: Decimal | int,
    reason: str,
    lot: str | None = None,
    key: str | None = None,
) -> Voucher:
    """Write goods off: what cannot be used first, then what expires first; raises as `issue`."""
    way = _Way(at_site(desk.site(site).id), outside("scrap"), Reason.SCRAP)
    return _take(desk, way, (site, item, quantity, lot), reason, key)


def transfer(
    desk: Desk,
    *,
    source: str,
    target: str,
    item: str,
    quantity: Decimal | int,
    reason: str,
    lot: str | None = None,
    key: str | None = None,
) -> Voucher:
    """Move goods from one site to another, first expired first out; raises as `issue`."""
    if source == target:
        raise CityError(
            f"调拨需要两个库点, 现在两处都是 {source}"
            f" | a transfer needs two sites, got {source} twice"
        )
    way = _Way(at_site(desk.site(source).id), at_site(desk.site(target).id), Reason.TRANSFER)
    return _take(desk, way, (source, item, quantity, lot), reason, key)


def receive(
    desk: Desk,
    *,
    site: str,
    item: str,
    quantity: Decimal | int,
    reason: str,
    lot: str | None = None,
    key: str | None = None,
) -> Voucher:
    """Take goods in from a supplier; ``lot`` is a known lot or an expiry day (YYYY-MM-DD).

    Raises
    ------
    CityError
        When the site, item, lot or quantity cannot be used.
    """
    return _bring(desk, (site, item, quantity, lot), reason, key, outside("supplier"))


def return_(
    desk: Desk,
    *,
    site: str,
    item: str,
    quantity: Decimal | int,
    reason: str,
    lot: str | None = None,
    key: str | None = None,
) -> Voucher:
    """Take unused goods back into a site; raises as `receive`."""
    return _bring(desk, (site, item, quantity, lot), reason, key, outside("used"))


def reserve(
    desk: Desk,
    *,
    site: str,
    item: str,
    quantity: Decimal | int,
    reason: str,
    lot: str | None = None,
    key: str | None = None,
) -> Voucher:
    """Set goods aside, first expired first out; raises as `issue`."""
    desk.site(site)
    base = desk.base(item, quantity)
    moment = now()
    with desk.store.writing() as writer:
        if key is not None and (before := writer.posted(key)) is not None:
            return before
        picked = _pick_or_say(desk, writer, (site, item, lot), base)
        lines = [
            Reservation(
                id=uuid4(),
                day=desk.day,
                recorded_at=moment,
                recorded_by=desk.user,
                account=at_site(site),
                item=item,
                lot=taken.id,
                quantity=units,
                note=_reason(reason),
            )
            for taken, units in picked
        ]
        return writer.reserve(lines, key=key, note=reason)


def reverse(desk: Desk, voucher: str, *, reason: str, key: str | None = None) -> Voucher:
    """Undo a voucher by one more.

    Raises
    ------
    LedgerError
        When the voucher is unknown, moved nothing or was undone already.
    OverdrawnError
        When the goods are no longer there.
    """
    with desk.store.writing() as writer:
        return writer.reverse(
            voucher,
            day=desk.day,
            recorded_at=now(),
            recorded_by=desk.user,
            key=key,
            note=_reason(reason),
            allow_backdate=reason,
        )


Goods = tuple[str, str, Decimal | int, str | None]


def _take(desk: Desk, way: _Way, goods: Goods, reason: str, key: str | None) -> Voucher:
    site, item, quantity, lot = goods
    base = desk.base(item, quantity)
    with desk.store.writing() as writer:
        if key is not None and (before := writer.posted(key)) is not None:
            return before
        if way.reason is Reason.SCRAP:
            picked = _pick_to_scrap(writer, (site, item, lot), base, desk.day)
        else:
            picked = _pick_or_say(desk, writer, (site, item, lot), base)
        moves = _moves(desk, way, item, picked, _reason(reason))
        return writer.append(moves, key=key, note=reason)


def _bring(desk: Desk, goods: Goods, reason: str, key: str | None, source: str) -> Voucher:
    site, item, quantity, lot = goods
    base = desk.base(item, quantity)
    kind = Reason.RETURN if source == outside("used") else Reason.RECEIPT
    way = _Way(source, at_site(desk.site(site).id), kind)
    with desk.store.writing() as writer:
        if key is not None and (before := writer.posted(key)) is not None:
            return before
        came = _lot_of(writer, item, lot, desk.site(site).tier)
        moves = _moves(desk, way, item, [(came, base)], _reason(reason))
        return writer.append(moves, [came], key=key, note=reason)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise LedgerError("请写明事由 | a voucher needs a reason; say why in a few words")
    return reason.strip()


def _moves(desk: Desk, way: _Way, item: str, picked: Picked, reason: str) -> list[Move]:
    moment = now()
    return [
        Move(
            id=uuid4(),
            day=desk.day,
            recorded_at=moment,
            recorded_by=desk.user,
            item=item,
            lot=lot.id,
            quantity=units,
            source=way.source,
            target=way.target,
            reason=way.reason,
            note=reason,
        )
        for lot, units in picked
    ]


def _free(reader: Reader, site: str, item: str) -> list[tuple[Lot, int]]:
    rows = reader.stock(site=site, item=item)
    return [(r.lot, r.quantity - r.reserved) for r in rows if r.quantity > r.reserved]


def _pick(reader: Reader, what: tuple[str, str, str | None], base: int, day: date) -> Picked:
    site, item, lot = what
    free = _free(reader, site, item)
    if lot is None:
        if not free:
            raise OverdrawnError(
                f"{site} 没有可用的 {item} | {site} holds no free {item}", item=item, short=base
            )
        return pick(free, base, day)
    return _named(free, what, base)


def _pick_or_say(
    desk: Desk, reader: Reader, what: tuple[str, str, str | None], base: int
) -> Picked:
    """Pick lots; what is short is told in the unit and the names people use."""
    try:
        return _pick(reader, what, base, desk.day)
    except OverdrawnError as error:
        site, item = desk.city.sites[what[0]], desk.city.items[what[1]]
        have, want = item.from_base(base - (error.short or base)), item.from_base(base)
        raise OverdrawnError(
            f"{site.name_zh}可动用的{item.name_zh}只有 {have:,f} {item.unit_zh}, 需要 {want:,f}"
            f" (过期、待检、已预留的不算)"
            f" | {site.name_en} can give {have:,f} {item.unit_en} of {item.name_en}, asked for "
            f"{want:,f} (not counting what is expired, to be inspected or reserved)",
            account=at_site(site.id),
            item=item.id,
            short=error.short,
            day=desk.day,
        ) from None


def _named(free: Picked, what: tuple[str, str, str | None], base: int) -> Picked:
    site, item, lot = what
    chosen = next((line for line in free if line[0].id == lot), None)
    if chosen is None:
        known = ", ".join(repr(line[0].id) for line in free) or "none"
        raise CityError(
            f"{site} 没有可用的 {item} 批次 {lot!r}, 可用批次: {known}"
            f" | {site} has no free lot {lot!r} of {item}; free lots: {known}"
        )
    if chosen[1] < base:
        raise OverdrawnError(
            f"{site} 的 {item} 批次 {lot} 只有 {chosen[1]} 个最小单位, 需要 {base}"
            f" | {site} has {chosen[1]} base units of {item} lot {lot}, asked for {base}",
            item=item,
            short=base - chosen[1],
        )
    return [(chosen[0], base)]


def _pick_to_scrap(
    reader: Reader, what: tuple[str, str, str | None], base: int, day: date
) -> Picked:
    """Return what to write off: goods that may not be dispatched first."""
    site, item, lot = what
    free = _free(reader, site, item)
    if lot is not None:
        return _named(free, what, base)
    taken: list[tuple[Lot, int]] = []
    missing = base
    for held, units in sorted(free, key=lambda x: (usable_on(x[0], day), first_out(x[0]))):
        if missing:
            taken.append((held, min(units, missing)))
            missing -= taken[-1][1]
    if missing:
        raise OverdrawnError(
            f"{site} 的 {item} 差 {missing} 个最小单位"
            f" | {site} is short of {missing} base units of {item}",
            item=item,
            short=missing,
        )
    return taken


def _lot_of(reader: Reader, item: str, lot: str | None, owner: Tier) -> Lot:
    """Return the lot goods come in as: a known one, or a new one by its expiry day."""
    if not lot:
        return make_lot(item, owner_tier=owner)
    for row in reader.stock(item=item):
        if row.lot.id == lot:
            return row.lot
    try:
        return make_lot(item, expiry=date.fromisoformat(lot), owner_tier=owner)
    except ValueError:
        raise CityError(
            f"没有 {item} 的批次 {lot!r}, 请写在库批次或有效期 YYYY-MM-DD"
            f" | lot {lot!r} of {item} is unknown; name a lot in stock or an expiry day YYYY-MM-DD"
        ) from None
