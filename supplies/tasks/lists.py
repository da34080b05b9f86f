"""What wants attention today: what expires, what is to be counted, what is still open.

Every list holds only what the user may look at.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from supplies.ledger import site as at_site
from supplies.plan import StockLine
from supplies.plan.lists import Attention, CountDue, Listed, LotDue, Undated
from supplies.planning import rotation
from supplies.reports.lists import lists_workbook
from supplies.reports.lists_count import count_workbook
from supplies.reports.page import Stamp
from supplies.store.arrivals import first_days
from supplies.tasks.desk import Desk
from supplies.tasks.holdings import agreements, seal
from supplies.tasks.open_business import (
    compensation_open,
    in_transit,
    loans_open,
    papers_due,
    refills_due,
)
from supplies.tasks.scope import Where, scope
from supplies.tiers import Tier

Lists = Mapping[str, Sequence[Listed]]


def expiring(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
    days: int | None = None,
) -> list[LotDue]:
    """Return lots that have expired or soon will, most urgent first, and what to do with each.

    Parameters
    ----------
    days
        Within so many days; the first of the city's marks (180) where not given.
    """
    asked = scope(desk, tier, area, site)
    return rotation.expiring(desk.city, asked.stock(), _dealt(desk), desk.day, days)


def undated(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
) -> list[Undated]:
    """Return lots of ageing goods whose production or expiry day is unknown."""
    return rotation.undated(desk.city, scope(desk, tier, area, site).stock())


def overdue_counts(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
    days: int = 0,
) -> list[CountDue]:
    """Return goods whose stocktake is overdue (or falls due within so many days), by site.

    How often goods are to be counted depends on their class; see `City.count_months`.
    """
    return _counts(desk, scope(desk, tier, area, site).stock(), days)


def _counts(desk: Desk, lines: list[StockLine], days: int) -> list[CountDue]:
    with desk.store.reading() as reader:
        counted = reader.last_counted()
        never = {
            position
            for line in lines
            if (position := (at_site(line.site), line.item, line.lot)) not in counted
        }
        arrived = first_days(reader, never)
    return rotation.counts_due(desk.city, lines, counted, arrived, desk.day, days)


def _dealt(desk: Desk) -> frozenset[str]:
    return frozenset(a.item for a in agreements(desk) if a.valid_until >= desk.day)


def attention(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
) -> list[Attention]:
    """Return every list summed up, the most urgent first."""
    return summed_up(all_lists(desk, tier=tier, area=area, site=site))


def all_lists(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
    days: int | None = None,
) -> Lists:
    """Return every list by its name; ``days`` as in `expiring`."""
    lines = scope(desk, tier, area, site).stock()
    where = Where(tier=tier, area=area, site=site)
    return {
        "expiring": rotation.expiring(desk.city, lines, _dealt(desk), desk.day, days),
        "undated": rotation.undated(desk.city, lines),
        "counts": _counts(desk, lines, 0),
        "papers": papers_due(desk, **where),
        "transit": in_transit(desk, **where),
        "loans": loans_open(desk, **where),
        "compensation": compensation_open(desk, **where),
        "refills": refills_due(desk, **where),
    }


def summed_up(lists: Lists) -> list[Attention]:
    """Return lists summed up, the most urgent first."""
    found = [
        Attention(
            name=name,
            lines=len(lines),
            urgent=sum(line.is_urgent for line in lines),
            value=sum((line.worth for line in lines), Decimal(0)),
            oldest=max((line.days_over for line in lines), default=0),
        )
        for name, lines in lists.items()
    ]
    return sorted(found, key=lambda a: (a.urgent == 0, -a.oldest, -a.lines))


def write_lists(
    desk: Desk,
    target: Path | io.BytesIO,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
    days: int | None = None,
    lang: str = "zh",
) -> None:
    """Write the workbook of all lists: a summary with its chart, then a sheet each.

    Raises
    ------
    WorkbookError
        When the file cannot be written.
    """
    lists = all_lists(desk, tier=tier, area=area, site=site, days=days)
    months = expiry_by_month(desk, tier=tier, area=area, site=site)
    lists_workbook(target, desk.city, lists, summed_up(lists), months, _stamp(desk), lang)


def expiry_by_month(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
    months: int = 12,
) -> list[tuple[date | None, Decimal]]:
    """Return the worth that expires in each coming month; first (``None``) what has expired."""
    rows = expiring(desk, tier=tier, area=area, site=site, days=31 * (months + 1))
    return rotation.by_month(rows, desk.day, months)


def write_count_sheet(
    desk: Desk,
    target: Path | io.BytesIO,
    *,
    site: str,
    day: date | None = None,
    blind: bool = False,
    lang: str = "zh",
) -> None:
    """Write the sheet to count one storehouse by; filled in, it imports as a stocktake.

    Parameters
    ----------
    day
        The day of the count; today where not given.
    blind
        Leave out what the book says.

    Raises
    ------
    AccessError
        When the user may not look at the storehouse.
    WorkbookError
        When the file cannot be written.
    """
    lines = scope(desk, site=site).stock()
    count_workbook(
        target,
        desk.city,
        site,
        lines,
        _stamp(desk),
        day=day or desk.day,
        blind=blind,
        lang=lang,
    )


def _stamp(desk: Desk) -> Stamp:
    return Stamp(seal=seal(desk), revision=desk.store.revision(), day=desk.day)
