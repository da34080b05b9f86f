"""What a voucher would do before it is done, and what vouchers say afterwards."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from supplies.access import Right
from supplies.catalogue import Item
from supplies.ledger import Change, Kind
from supplies.store import Voucher
from supplies.store.heads import Head, heads
from supplies.tasks.desk import Desk
from supplies.tasks.holdings import readable
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.moving import UndoneError
from supplies.tasks.vouchers.order import NO_ORDER, Order
from supplies.tasks.vouchers.undoing import sites_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A balance at the end of a day, without and with a voucher; in catalogue units."""

    account: str
    item: str
    lot: str
    day: date
    before: Decimal
    after: Decimal
    reserved_before: Decimal
    reserved_after: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a voucher would do: itself as it would be posted, and the balances it changes.

    Where its day is past, the balances of later days are among them. Nothing was posted. A key
    used before brings the first voucher, which changes nothing.
    """

    voucher: Voucher | None
    shifts: tuple[Shift, ...]


def effect(
    desk: Desk, act: Callable[..., Voucher], *, order: Order = NO_ORDER, **request: object
) -> Effect:
    """Return what a voucher task would do, without doing it.

    The task runs and is undone, so what is shown is exactly what posting would do; it raises
    what posting would raise.

    Parameters
    ----------
    act
        Any voucher task: `issue`, `arrive`, `count`, `reverse`, ...
    request
        What the task is asked, as it would be.
    """
    try:
        act(desk, order=replace(order, trial=True), **request)
    except UndoneError as undone:
        shown = undone.shown
    else:
        raise TypeError(f"{act} posts no voucher")
    if shown.vouchers:
        shifts = tuple(_shift(desk.item(c.position[1]), c) for c in shown.changes)
        return Effect(voucher=shown.vouchers[-1], shifts=shifts)
    # Nothing would be posted: the key brings the first voucher back, or a count agrees.
    with desk.store.reading() as reader:
        return Effect(voucher=reader.posted(order.key or ""), shifts=())


def _shift(item: Item, change: Change) -> Shift:
    account, name, lot = change.position
    return Shift(
        account=account,
        item=name,
        lot=lot,
        day=change.day,
        before=item.from_base(change.before.on_hand),
        after=item.from_base(change.after.on_hand),
        reserved_before=item.from_base(change.before.reserved),
        reserved_after=item.from_base(change.after.reserved),
    )


def find_voucher(desk: Desk, voucher_id: str) -> Voucher:
    """Return a voucher.

    Raises
    ------
    AccessError
        When the user may look at none of its sites.
    LedgerError
        When there is no such voucher.
    """
    found = desk.store.voucher(voucher_id)
    if found is None:
        raise naming.unknown(voucher_id)
    sites = sites_of(found)
    if not any(desk.actor.may(Right.READ, desk.city, site=site) for site in sites):
        desk.allow(Right.READ, site=sites[0] if sites else None)
    return found


def list_vouchers(
    desk: Desk,
    *,
    site: str | None = None,
    kinds: Collection[str] = (),
    since: date | None = None,
    until: date | None = None,
    limit: int = 100,
    before: int | None = None,
) -> list[Head]:
    """Return the latest vouchers of places the user may look at; see `supplies.store.heads`.

    Raises
    ------
    AccessError, CityError
        When the user may not look, or the site is unknown.
    """
    if site is not None:
        desk.site(site)
    desk.allow(Right.READ, site=site)
    with desk.store.reading() as reader:
        return heads(
            reader,
            kinds=[Kind(kind) for kind in kinds],
            site=site,
            among=readable(desk),
            since=since,
            until=until,
            limit=limit,
            before=before,
        )
