"""What vouchers left open: papers that must follow, goods on the way, loans, compensation.

Every list holds only what the user may look at.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal

from supplies.callups import Debt, debts, fold
from supplies.clock import CHINA
from supplies.ledger import SITE, Kind
from supplies.plan.lists import CompensationOpen, LoanOpen, OnTheWay, PaperDue, RefillDue
from supplies.store import Reader, callups, papers
from supplies.store.papers import Due
from supplies.store.still_out import Open
from supplies.tasks.desk import Desk, now
from supplies.tasks.scope import scope
from supplies.tiers import Tier


def papers_due(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
) -> list[PaperDue]:
    """Return telephone orders whose papers have not come, the longest overdue first."""
    asked = scope(desk, tier, area, site)
    found = []
    with desk.store.reading() as reader:
        for due in papers.papers_due(reader):
            case = callups.read(reader, due.call_up) if due.call_up else None
            sites = _sites(reader, due.document)
            if case is None:
                is_meant, where = asked.any_of(sites), ""
            else:
                where = case.call_up.area
                is_meant = asked.covers(where) and fold(case).ended is None
            if is_meant:
                found.append(_paper(desk, due, sites, where))
    return found


def _sites(reader: Reader, document: str | None) -> tuple[str, ...]:
    voucher = reader.voucher(document) if document else None
    if voucher is None:
        return ()
    accounts = [a for move in voucher.moves for a in (move.source, move.target)]
    accounts += [line.account for line in voucher.reservations]
    return tuple(dict.fromkeys(a.removeprefix(SITE) for a in accounts if a.startswith(SITE)))


def _paper(desk: Desk, due: Due, sites: tuple[str, ...], area: str) -> PaperDue:
    return PaperDue(
        subject=due.document or due.call_up or "",
        kind=due.kind or Kind.MOVES.value,
        is_call_up=due.call_up is not None,
        day=due.day,
        due=due.papers_due,
        sites=sites,
        asked_by=due.asked_by,
        party=area,
        reason=due.note,
        days_over=_over(desk, due.papers_due),
    )


def in_transit(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
) -> list[OnTheWay]:
    """Return goods that left and have not arrived, the longest on the way first.

    They are late after as many hours as the city's rule ``transit_late_h`` says.
    """
    asked = scope(desk, tier, area, site)
    with desk.store.reading() as reader:
        lines = papers.in_transit(reader)
        ends = {name: _ends(reader, name) for name in {line.document for line in lines}}
    found = []
    for (document, account, item), heaps in _by_item(lines).items():
        source, target = ends[document]
        if asked.any_of({source, target} & set(desk.city.sites)):
            found.append(_on_the_way(desk, heaps, (source, target, account, item)))
    return sorted(found, key=lambda row: (-row.hours, row.document, row.item))


def _ends(reader: Reader, document: str) -> tuple[str, str]:
    """Return from where goods left and where they are to arrive: sites, or other parties."""
    voucher = reader.voucher(document)
    if voucher is None:
        return "", ""
    start = [m.source for m in voucher.moves if m.source.startswith(SITE)]
    return (start[0].removeprefix(SITE) if start else "", voucher.paper.party)


def _on_the_way(desk: Desk, heaps: list[Open], about: tuple[str, str, str, str]) -> OnTheWay:
    source, target, account, item = about
    first = heaps[0]
    left = _moment(first.day, first.recorded_at)
    hours = max(0.0, (_clock(desk) - left).total_seconds() / 3600)
    thing = desk.city.items[item]
    quantity = thing.from_base(sum(heap.open for heap in heaps))
    return OnTheWay(
        document=first.document,
        trip=account.partition(":")[2],
        source=source or first.party,
        target=target,
        item=item,
        quantity=quantity,
        value=quantity * thing.unit_price_cny,
        departed=left.replace(tzinfo=None),
        hours=hours,
        is_late=hours > desk.city.rule("transit_late_h"),
        call_up=first.call_up,
    )


def _moment(day: date, recorded_at: datetime) -> datetime:
    """Return when something happened: when it was entered, or the morning of an earlier day."""
    entered = recorded_at.astimezone(CHINA)
    return entered if entered.date() == day else datetime.combine(day, time(8), CHINA)


def _clock(desk: Desk) -> datetime:
    """Return this moment, or the end of the desk's day where it is not today."""
    moment = now().astimezone(CHINA)
    return moment if moment.date() == desk.day else datetime.combine(desk.day, time(23, 59), CHINA)


def loans_open(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
) -> list[LoanOpen]:
    """Return goods lent and borrowed that are not wholly back, the longest overdue first."""
    asked = scope(desk, tier, area, site)
    with desk.store.reading() as reader:
        lines = papers.loans_open(reader)
    found = []
    for (document, account, item), heaps in _by_item(lines).items():
        place, first = account.removeprefix(SITE), heaps[0]
        if not asked.any_of([place]):
            continue
        thing = desk.city.items[item]
        quantity = thing.from_base(sum(heap.open for heap in heaps))
        found.append(
            LoanOpen(
                document=document,
                is_ours=first.kind == Kind.LOAN_OUT,
                site=place,
                item=item,
                party=first.party,
                day=first.day,
                due=first.due,
                quantity=quantity,
                value=quantity * thing.unit_price_cny,
                days_over=_over(desk, first.due),
            )
        )
    return sorted(found, key=lambda row: (-row.days_over, row.due or date.max, row.document))


def compensation_open(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
) -> list[CompensationOpen]:
    """Return requisitions not wholly paid for, the longest overdue first."""
    asked = scope(desk, tier, area, site)
    with desk.store.reading() as reader:
        rows = [(owed, _sites(reader, owed.document)) for owed in papers.compensation_open(reader)]
    found = [
        CompensationOpen(
            document=owed.document,
            party=owed.party,
            sites=sites,
            day=owed.day,
            due=owed.due,
            amount=Decimal(owed.amount_fen) / 100,
            paid=Decimal(owed.paid_fen) / 100,
            days_over=_over(desk, owed.due),
        )
        for owed, sites in rows
        if asked.any_of(sites)
    ]
    return sorted(found, key=lambda row: (-row.days_over, row.due or date.max, row.document))


def refills_due(
    desk: Desk,
    *,
    tier: str | Tier | None = None,
    area: str | None = None,
    site: str | None = None,
) -> list[RefillDue]:
    """Return what call-ups left to be made good, the longest overdue first."""
    asked = scope(desk, tier, area, site)
    with desk.store.reading() as reader:
        states = [fold(case) for case in callups.read_all(reader)]
    found = [
        _refill(desk, debt)
        for state in states
        for debt in debts(desk.city, state)
        if asked.covers(state.call_up.area) or (debt.site and asked.any_of([debt.site]))
    ]
    order = sorted(found, key=lambda row: (row.due or date.max, row.call_up, row.item))
    return sorted(order, key=lambda row: -row.days_over)


def _refill(desk: Desk, debt: Debt) -> RefillDue:
    item = desk.item(debt.item)
    quantity, amount = item.from_base(debt.quantity), Decimal(debt.amount_fen) / 100
    return RefillDue(
        call_up=debt.call_up,
        site=debt.site,
        item=item.id,
        debtor=debt.debtor,
        quantity=quantity,
        amount=amount,
        value=quantity * item.unit_price_cny + amount,
        is_settled=debt.mode is not None,
        due=debt.due,
        days_over=_over(desk, debt.due),
    )


def _by_item(lines: Iterable[Open]) -> dict[tuple[str, str, str], list[Open]]:
    groups: defaultdict[tuple[str, str, str], list[Open]] = defaultdict(list)
    for line in lines:
        groups[line.document, line.account, line.item].append(line)
    return groups


def _over(desk: Desk, due: date | None) -> int:
    return max(0, (desk.day - due).days) if due else 0
