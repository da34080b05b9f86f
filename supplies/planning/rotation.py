"""Rotation: which lots are near their end and what to do, which shelves are due for a count."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from supplies.city import City
from supplies.ledger import Position, site
from supplies.lots import Condition, add_months
from supplies.plan import StockLine
from supplies.plan.lists import EXPIRED, Advice, CountDue, LotDue, Missing, Undated

_DAYS_PER_MONTH = 30.44


def marks(city: City) -> tuple[int, ...]:
    """Return the days before expiry at which a lot changes its band, the nearest first."""
    return tuple(
        sorted(int(city.rule(f"expiry_days_{name}")) for name in ("first", "second", "last"))
    )


def value(city: City, line: StockLine) -> Decimal:
    """Return what a lot is worth at the catalogue's price."""
    return line.quantity * city.items[line.item].unit_price_cny


def expiring(
    city: City,
    stock: Iterable[StockLine],
    dealt: Collection[str],
    day: date,
    days: int | None = None,
) -> list[LotDue]:
    """Return lots that have expired or will within the city's marks, most urgent first.

    Parameters
    ----------
    dealt
        Items that a dealer with an agreement in force takes back.
    days
        Only lots that expire within so many days; may reach beyond the last mark.
    """
    bands = marks(city)
    limit = bands[-1] if days is None else days
    bands = (*(b for b in bands if b < limit), limit)
    rows = []
    for line in stock:
        if line.expiry is None or not line.quantity:
            continue
        left = (line.expiry - day).days
        if left <= limit:
            within = EXPIRED if left < 0 else next(b for b in bands if left <= b)
            rows.append(_due(city, line, line.expiry, day, (within, line.item in dealt)))
    return sorted(rows, key=lambda r: (r.days_left, -r.value, r.site, r.item, r.lot))


def _due(city: City, line: StockLine, expiry: date, day: date, judged: tuple[int, bool]) -> LotDue:
    within, is_dealt = judged
    life = (expiry - line.produced).days if line.produced else 0
    life_left = max(0.0, min(1.0, (expiry - day).days / life)) if life else None
    until = None
    if is_dealt and life:
        until = expiry - timedelta(days=round(life * city.rule("exchange_life_left_share")))
    if until is not None and until < day:
        until = None
    return LotDue(
        site=line.site,
        item=line.item,
        lot=line.lot,
        quantity=line.quantity,
        reserved=line.reserved,
        produced=line.produced,
        expiry=expiry,
        condition=line.condition,
        owner=line.owner,
        value=value(city, line),
        within=within,
        days_left=(expiry - day).days,
        life_left=life_left,
        exchange_until=until,
        advice=_advice(city, line, within, until),
        is_last=within <= marks(city)[0],
    )


def _advice(city: City, line: StockLine, within: int, until: date | None) -> Advice:
    """Return what to do: expired goods are inspected first, never scrapped of themselves."""
    if line.condition == Condition.DAMAGED:
        return Advice.SCRAP
    if within == EXPIRED or line.condition == Condition.INSPECT:
        return Advice.INSPECT
    if until is not None:
        return Advice.EXCHANGE
    if not city.items[line.item].consumable:
        return Advice.INSPECT  # a tent past its storage life may pass and serve on
    return Advice.TRAIN if within <= marks(city)[0] else Advice.TRANSFER


def undated(city: City, stock: Iterable[StockLine]) -> list[Undated]:
    """Return lots whose production or expiry day is unknown although the goods age.

    Those without an expiry day come first: they are in nobody's list of what expires.
    """
    rows = []
    for line in stock:
        ages = city.items[line.item].shelf_life_months > 0
        if not ages or not line.quantity or (line.produced and line.expiry):
            continue
        missing = Missing.PRODUCED if line.expiry else Missing.EXPIRY
        if line.produced is None and line.expiry is None:
            missing = Missing.BOTH
        rows.append(
            Undated(
                site=line.site,
                item=line.item,
                lot=line.lot,
                quantity=line.quantity,
                produced=line.produced,
                expiry=line.expiry,
                owner=line.owner,
                value=value(city, line),
                missing=missing,
            )
        )
    order = list(Missing)
    return sorted(rows, key=lambda r: (order.index(r.missing), -r.value, r.site, r.item, r.lot))


def term_end(day: date, months: float) -> date:
    """Return the day so many months (or parts of one) later."""
    whole = int(months)
    return add_months(day, whole) + timedelta(days=round((months - whole) * _DAYS_PER_MONTH))


def counts_due(
    city: City,
    stock: Iterable[StockLine],
    counted: Mapping[Position, date],
    arrived: Mapping[Position, date],
    day: date,
    ahead_days: int = 0,
) -> list[CountDue]:
    """Return what is held and should have been counted again, the longest overdue first.

    Parameters
    ----------
    counted, arrived
        The day each position was last counted; of those never counted, the day goods first came:
        what came in yesterday was counted at the gate and is not overdue.
    ahead_days
        Also list what falls due within so many days.
    """
    shelves: defaultdict[tuple[str, str], list[StockLine]] = defaultdict(list)
    for line in stock:
        if line.quantity:
            shelves[line.site, line.item].append(line)
    last = _last_days(counted)
    rows = []
    for (place, item), lines in shelves.items():
        months = city.count_months(item)
        if months <= 0:
            continue
        when = last.get((site(place), item))
        since, missed = _oldest(lines, counted, arrived, when)
        due = term_end(since or day, months)
        over = (day - due).days
        if over > -ahead_days:
            rows.append(
                CountDue(
                    site=place,
                    item=item,
                    lots=len(lines),
                    missed=missed,
                    value=sum((value(city, line) for line in lines), Decimal(0)),
                    months=months,
                    counted=when,
                    since=due,
                    days_over=over,
                )
            )
    return sorted(rows, key=lambda r: (-r.days_over, r.site, r.item))


def _last_days(counted: Mapping[Position, date]) -> dict[tuple[str, str], date]:
    last: dict[tuple[str, str], date] = {}
    for (account, item, _), when in counted.items():
        last[account, item] = max(when, last.get((account, item), when))
    return last


def _oldest(
    lines: Iterable[StockLine],
    counted: Mapping[Position, date],
    arrived: Mapping[Position, date],
    last: date | None,
) -> tuple[date | None, int]:
    """Return the oldest count (or arrival) of the lots, and how many lots the last one missed."""
    days, missed = [], 0
    for line in lines:
        position = (site(line.site), line.item, line.lot)
        known = counted.get(position) or arrived.get(position)
        if known is not None:
            days.append(known)
            missed += last is not None and known < last
    return min(days, default=None), missed


def by_month(
    rows: Iterable[LotDue], day: date, months: int = 12
) -> list[tuple[date | None, Decimal]]:
    """Return the worth that expires in each month from this one on; first (``None``) the expired.

    Months are named by their first day.
    """
    first = day.replace(day=1)
    ends = [add_months(first, n) for n in range(months)]
    total: dict[date | None, Decimal] = dict.fromkeys([None, *ends], Decimal(0))
    for row in rows:
        key = None if row.within == EXPIRED else row.expiry.replace(day=1)
        if key in total:
            total[key] += row.value
    return list(total.items())
