"""What is where, and whether the ledger is sound."""

from datetime import date, timedelta

from supplies.access import Right
from supplies.city import Agreement
from supplies.errors import CityError
from supplies.ledger import Move
from supplies.plan import StockLine
from supplies.planning.sources import agreement_id
from supplies.progress import Progress
from supplies.store import StockRow
from supplies.tasks.desk import Desk, tier_of
from supplies.tiers import Tier


def stock(
    desk: Desk,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
    item: str | None = None,
    as_of: date | None = None,
    expiring_days: int | None = None,
) -> list[StockLine]:
    """Return what is where, by site, item and lot, of the places the user may look at.

    Parameters
    ----------
    tier, area, site, item
        Only sites of a tier, in (or of) an area, one site, one item.
    as_of
        At the end of that day; now where not given.
    expiring_days
        Only lots that expire within so many days, or have expired.

    Raises
    ------
    CityError
        When something named is unknown.
    AccessError
        When a place is named that the user may not look at.
    """
    wanted = tier_of(tier)
    if area is not None:
        desk.city.area(area)
    if site is not None:
        desk.site(site)
    if item is not None:
        desk.item(item)
    may_read(desk, site=site, area=area)
    mine = readable(desk)
    last = None
    if expiring_days is not None:
        last = (as_of or desk.day) + timedelta(days=expiring_days)
    rows = desk.store.stock(as_of, site=site, item=item)
    lines = [_line(desk, row) for row in rows if mine is None or row.site in mine]
    return [
        line
        for line in lines
        if (wanted is None or desk.city.sites[line.site].tier is wanted)
        and (area is None or desk.city.inside(desk.city.sites[line.site].area, area))
        and (last is None or (line.expiry is not None and line.expiry <= last))
    ]


def may_read(desk: Desk, *, site: str | None = None, area: str | None = None) -> None:
    """Refuse a place that is named and the user may not look at, each for itself."""
    desk.allow(Right.READ)
    for given in ({"site": site}, {"area": area}):
        if any(given.values()):
            desk.allow(Right.READ, **given)


def readable(desk: Desk) -> frozenset[str] | None:
    """Return the sites the user may look at; ``None`` is all."""
    city, actor = desk.city, desk.actor
    if actor.sees_all(city):
        return None
    return frozenset(key for key in city.sites if actor.may(Right.READ, city, site=key))


def all_stock(desk: Desk) -> list[StockLine]:
    """Return what is where in the whole city, for plans; what the user sees of it is `stock`."""
    return [_line(desk, row) for row in desk.store.stock()]


def _line(desk: Desk, row: StockRow) -> StockLine:
    site = desk.city.sites.get(row.site)
    item = desk.city.items.get(row.item)
    if site is None or item is None:
        unknown = f"site {row.site!r}" if site is None else f"item {row.item!r}"
        raise CityError(
            f"台账里有城市文件夹不认识的 {unknown}"
            f" | the ledger holds {unknown}, which the city folder does not know"
        )
    owner_tier = row.lot.owned_by(site.tier)
    return StockLine(
        site=row.site,
        item=row.item,
        lot=row.lot.id,
        quantity=item.from_base(row.quantity),
        reserved=item.from_base(row.reserved),
        produced=row.lot.produced,
        expiry=row.lot.expiry,
        condition=row.lot.condition.value,
        owner_tier=owner_tier,
        owner=desk.city.ancestor(site.area, owner_tier) or site.area,
        source_mode=row.lot.source_mode,
    )


def agreements(desk: Desk) -> list[Agreement]:
    """Return all agreements: the city folder's, replaced or joined by imported ones."""
    desk.allow(Right.READ)
    known = {agreement_id(a): a for a in desk.city.agreements}
    known.update({agreement_id(a): a for a in desk.store.agreements()})
    return [known[name] for name in sorted(known)]


def history(
    desk: Desk, site: str | None = None, item: str | None = None, limit: int = 200
) -> list[Move]:
    """Return the latest moves of a site or item, in the ledger's order.

    Of the places the user may look at; raises as `stock`.
    """
    if site is not None:
        desk.site(site)
    may_read(desk, site=site)
    mine = readable(desk)
    if site is not None or mine is None:
        return desk.store.history(site, item, limit)
    with desk.store.reading() as reader:
        found = {m.id: m for key in sorted(mine) for m in reader.history(key, item, limit)}
    return sorted(found.values(), key=lambda m: m.order)[-limit:]


def verify(desk: Desk, progress: Progress | None = None) -> list[str]:
    """Return what is wrong with the ledger, the first difference first; empty when sound.

    For those who may look at the whole city: a difference names places and quantities.
    """
    desk.allow(Right.READ, area=desk.city.code)
    return desk.store.verify(progress)


def seal(desk: Desk) -> str:
    """Return the short code of the ledger's present state, for printed reports."""
    desk.allow(Right.READ)
    return desk.store.seal_code()
