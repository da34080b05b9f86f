"""Need, readiness, reserves, purchases, dispatch: from the ledger to plans and workbooks."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

from supplies.access import Right
from supplies.errors import LedgerError
from supplies.files import load_incident
from supplies.incident import Closure, Incident
from supplies.ledger import Reservation
from supplies.ledger import site as at_site
from supplies.plan import DispatchPlan, Readiness, ReservePlan, Scenario, StockLine
from supplies.planning.dispatch import plan_dispatch
from supplies.planning.lines import stock_after
from supplies.planning.need import scenarios
from supplies.planning.readiness import prove
from supplies.planning.sources import AtHand
from supplies.planning.stocking import agreements_after, size
from supplies.progress import Progress, silent, stretch
from supplies.reports.dispatch import dispatch_workbook
from supplies.reports.procurement import procurement_workbook
from supplies.store import Voucher
from supplies.tasks.desk import Desk, now, tier_of
from supplies.tasks.holdings import agreements, all_stock, may_read, seal
from supplies.tiers import Tier

_DRILL = (
    "按规划库存的推演不能批准: 物资还没有到位"
    " | a drill on planned stock cannot be approved: nothing is there yet"
)
_ORDERS = UUID("6f1b7c0e-6a0f-4b5e-9d0e-5d1f0a3f8e11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A reserve plan, and what it changes: readiness today, and once it is carried out.

    ``stock_after`` is the stock the plan leads to, for drills.
    """

    plan: ReservePlan
    before: Readiness
    after: Readiness
    stock: tuple[StockLine, ...]
    stock_after: tuple[StockLine, ...]


def at_hand(desk: Desk) -> AtHand:
    """Return today's stock and agreements of the whole city: a plan rests on all of them."""
    return AtHand(
        city=desk.city,
        stock=all_stock(desk),
        agreements=agreements(desk),
        day=desk.day,
        revision=desk.store.revision(),
    )


def need(
    desk: Desk,
    tier: str | Tier | None = None,
    area: str | None = None,
    hazard: str | None = None,
) -> tuple[Scenario, ...]:
    """Return the Level-I scenarios asked for, with what each asks and why.

    It rests on the city's norms alone, which every user may know.

    Raises
    ------
    CityError
        When the tier, area or hazard is unknown.
    """
    desk.allow(Right.READ)
    return _need(desk, tier, area, hazard)


def _need(
    desk: Desk,
    tier: str | Tier | None = None,
    area: str | None = None,
    hazard: str | None = None,
) -> tuple[Scenario, ...]:
    wanted = tier_of(tier)
    return scenarios(desk.city, [wanted] if wanted else None, area, hazard)


def readiness(
    desk: Desk,
    tier: str | Tier | None = None,
    area: str | None = None,
    hazard: str | None = None,
    mode: str = "own",
    *,
    n_minus_1: bool = False,
    progress: Progress | None = None,
) -> Readiness:
    """Return whether today's stock can run each Level-I response, with a witness either way.

    Of the units the user may look at.

    Raises
    ------
    CityError, PlanError
        When the tier, area, hazard or mode is unknown.
    AccessError
        When the user may not look at the area, or at no unit at all.
    """
    if area is not None:
        desk.city.area(area)
    may_read(desk, area=area)
    asked = tuple(
        one
        for one in _need(desk, tier, area, hazard)
        if desk.actor.may(Right.READ, desk.city, area=one.area)
    )
    if not asked:
        desk.allow(Right.READ, area=area or desk.city.code)
    return prove(at_hand(desk), asked, mode=mode, n_minus_1=n_minus_1, progress=progress)


def plan(
    desk: Desk,
    mode: str = "own",
    budget: Decimal | None = None,
    seconds: float = 120.0,
    progress: Progress | None = None,
) -> ReservePlan:
    """Return what to hold where, and what to buy and sign for it; see `sized` for its effect.

    For those who plan for the whole city.
    """
    desk.allow(Right.PLAN, area=desk.city.code)
    return size(
        at_hand(desk),
        _need(desk),
        mode=mode,
        budget=budget,
        seconds=seconds,
        progress=progress,
    )


def sized(
    desk: Desk,
    mode: str = "own",
    budget: Decimal | None = None,
    seconds: float = 120.0,
    progress: Progress | None = None,
) -> Sized:
    """Return a reserve plan with readiness before and after it, in the plan's mode.

    For those who plan for the whole city.

    Raises
    ------
    PlanError
        When the mode is unknown, the budget negative, or no plan was found in time.
    """
    desk.allow(Right.PLAN, area=desk.city.code)
    tell = progress or silent
    today, asked = at_hand(desk), _need(desk)
    before = prove(today, asked, mode=mode, progress=stretch(tell, 0.0, 0.1))
    made = size(
        today,
        asked,
        mode=mode,
        budget=budget,
        seconds=seconds,
        progress=stretch(tell, 0.1, 0.9),
    )
    later = stock_after(made, today.stock, desk.city)
    then = replace(today, stock=later, agreements=agreements_after(made, today.agreements))
    after = prove(then, asked, mode=mode, progress=stretch(tell, 0.9, 1.0))
    return Sized(
        plan=made,
        before=before,
        after=after,
        stock=tuple(today.stock),
        stock_after=tuple(later),
    )


def procure(
    desk: Desk,
    path: Path,
    budget: Decimal | None = None,
    progress: Progress | None = None,
    lang: str = "zh",
) -> ReservePlan:
    """Size the reserves in the plan's wording (`own`) and write the procurement workbook.

    For those who buy for the whole city.
    """
    desk.allow(Right.BUY, area=desk.city.code)
    made = sized(desk, budget=budget, progress=progress)
    write_procurement(desk, made, path, lang)
    return made.plan


def write_procurement(desk: Desk, made: Sized, path: Path, lang: str = "zh") -> None:
    """Write the procurement workbook of a plan.

    Raises
    ------
    WorkbookError
        When the file cannot be written.
    AccessError
        When the user may not look at the whole city.
    """
    desk.allow(Right.READ, area=desk.city.code)
    procurement_workbook(
        path,
        desk.city,
        made.plan,
        made.stock,
        made.before,
        made.after,
        seal(desk),
        desk.day,
        lang,
    )


def write_dispatch(desk: Desk, made: DispatchPlan, path: Path, lang: str = "zh") -> None:
    """Write the dispatch workbook of a plan, for those who may look at all the places served."""
    for area in sorted({line.area for line in made.need}):
        desk.allow(Right.READ, area=area)
    dispatch_workbook(path, desk.city, made, seal(desk), lang)


def dispatch(
    desk: Desk,
    incident: Incident | Path,
    seconds: float = 20.0,
    close: Iterable[tuple[str, str]] = (),
    *,
    approve: bool = False,
    stock_lines: Sequence[StockLine] | None = None,
    progress: Progress | None = None,
) -> DispatchPlan:
    """Return who carries what to whom, checked.

    Parameters
    ----------
    incident
        The incident, or its file.
    close
        Further links that are closed, as pairs of nodes.
    approve
        Also reserve the goods and post the reservation.
    stock_lines
        Another stock than today's, for a drill; nothing can be approved then.

    Raises
    ------
    IncidentError
        When the incident cannot be read or names something unknown.
    PlanError
        When the plan cannot be made or fails its check.
    LedgerError
        When goods cannot be reserved any more.
    AccessError
        When the user plans for other places than those hit.
    """
    if approve and stock_lines is not None:
        raise LedgerError(_DRILL)
    hit = _incident(desk, incident, close)
    _allow_plan(desk, hit)
    if approve:
        desk.allow(Right.APPROVE)
    made = _planned(desk, hit, stock_lines, seconds, progress)
    if approve:
        approve_dispatch(desk, made)
    return made


def _planned(
    desk: Desk,
    hit: Incident,
    stock_lines: Sequence[StockLine] | None,
    seconds: float,
    progress: Progress | None,
) -> DispatchPlan:
    today = at_hand(desk)
    return plan_dispatch(
        desk.city,
        today.stock if stock_lines is None else stock_lines,
        today.agreements,
        hit,
        day=desk.day,
        seconds=seconds,
        revision=today.revision,
        progress=progress,
    )


def _allow_plan(desk: Desk, hit: Incident) -> None:
    """Refuse who does not plan for every place hit."""
    desk.allow(Right.PLAN)
    for area in sorted({a.area for a in hit.affected} | {n.area for n in hit.needs}):
        desk.allow(Right.PLAN, area=area)


def _incident(desk: Desk, incident: Incident | Path, close: Iterable[tuple[str, str]]) -> Incident:
    """Return the incident with further links closed."""
    found = load_incident(incident, desk.city) if isinstance(incident, Path) else incident
    closures = tuple(Closure(edge=pair) for pair in close)
    return replace(found, closures=(*found.closures, *closures))


def approve_dispatch(desk: Desk, made: DispatchPlan) -> Voucher:
    """Reserve what a plan loads; approving the same plan again changes nothing.

    For those who approve for every storehouse it takes from.

    Raises
    ------
    AccessError
        When the user may not approve for one of them.
    LedgerError
        When something was moved or reserved since the plan was made and no longer suffices.
    """
    loads: dict[tuple[str, str, str], int] = {}
    for trip in made.trips:
        for stop in trip.stops:
            if stop.site in desk.city.sites:
                for load in stop.load:
                    place = (stop.site or "", load.item, load.lot)
                    loads[place] = loads.get(place, 0) + load.quantity
    desk.allow(Right.APPROVE)
    for site in sorted({place[0] for place in loads}):
        desk.allow(Right.APPROVE, site=site)
    text = repr((made.incident, made.start, sorted(loads.items())))
    order = "dispatch:" + hashlib.sha256(text.encode()).hexdigest()[:24]
    moment = now()
    lines = [
        Reservation(
            id=uuid5(_ORDERS, f"{order}|{site}|{item}|{lot}"),
            day=desk.day,
            recorded_at=moment,
            recorded_by=desk.user,
            account=at_site(site),
            item=item,
            lot=lot,
            quantity=desk.city.items[item].to_base(quantity),
            note=made.incident,
        )
        for (site, item, lot), quantity in sorted(loads.items())
    ]
    with desk.writing("approve_dispatch") as writer:
        return writer.reserve(lines, key=order, note=made.incident)
