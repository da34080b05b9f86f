"""From runs to the plan on paper: trips with lots, what is unmet, what is late, who is served."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from models import trips
from supplies.plan import DispatchNeed, Late, LotLoad, NeedUnload, Stop, Trip
from supplies.planning.dispatch_facts import DispatchFacts


def trips_of(
    facts: DispatchFacts, needs: Sequence[DispatchNeed], runs: Sequence[trips.Run]
) -> tuple[Trip, ...]:
    """Return runs as trips, in order of loading; the first to load takes the first to expire."""
    lots = {
        (s.id, item): [list(lot) for lot in own]
        for s in facts.sources.values()
        for item, own in s.lots.items()
    }
    ordered = sorted(runs, key=lambda r: (r.load_s, r.group, r.number, r.job.source))
    result = []
    for number, run in enumerate(ordered, start=1):
        group, source = facts.groups[run.group], facts.sources[run.job.source]
        handed = [_handed(needs, source.id, v, lots) for v in run.job.visits]
        loading = Stop(
            site=source.site,
            area=None,
            node=source.node,
            arrive_s=run.load_s,
            leave_s=run.loaded_s,
            load=_loads(handed),
            unload=(),
        )
        result.append(
            Trip(
                id=f"T{number:04d}",
                vehicle=f"{run.group}#{run.number + 1}",
                vehicle_class=group.vehicle_class,
                home=group.home,
                stops=(loading, *_halts(facts, needs, run, handed)),
                distance_km=round(run.km, 3),
                cost_cny=round(run.cost_cny, 2),
            )
        )
    return tuple(result)


def _handed(
    needs: Sequence[DispatchNeed],
    source: str,
    visit: trips.Visit,
    lots: Mapping[tuple[str, str], list[list[object]]],
) -> tuple[NeedUnload, ...]:
    """Return what a visit hands over, taken from the source's lots."""
    return tuple(
        NeedUnload(need=need.id, item=need.item, lot=lot, quantity=quantity)
        for goods in visit.goods
        for need in [needs[goods.line]]
        for lot, quantity in _take(lots[source, need.item], goods.units)
    )


def _loads(handed: Sequence[Sequence[NeedUnload]]) -> tuple[LotLoad, ...]:
    total: dict[tuple[str, str], int] = defaultdict(int)
    for stop in handed:
        for goods in stop:
            total[goods.item, goods.lot] += goods.quantity
    return tuple(LotLoad(item=i, lot=lot, quantity=q) for (i, lot), q in sorted(total.items()))


def _halts(
    facts: DispatchFacts,
    needs: Sequence[DispatchNeed],
    run: trips.Run,
    handed: Sequence[tuple[NeedUnload, ...]],
) -> list[Stop]:
    names = list(facts.nodes)
    times = zip(run.arrive_s, run.leave_s, strict=True)
    return [
        Stop(
            site=None,
            area=needs[visit.goods[0].line].area,
            node=names[visit.place],
            arrive_s=arrive,
            leave_s=leave,
            load=(),
            unload=unload,
        )
        for visit, unload, (arrive, leave) in zip(run.job.visits, handed, times, strict=True)
    ]


def _take(heap: list[list[object]], units: int) -> list[tuple[str, int]]:
    """Take units from lots in order; the heap is what is left."""
    taken: list[tuple[str, int]] = []
    while units and heap:
        lot, have = str(heap[0][0]), int(str(heap[0][1]))
        quantity = min(units, have)
        taken.append((lot, quantity))
        units -= quantity
        if quantity == have:
            heap.pop(0)
        else:
            heap[0][1] = have - quantity
    return taken


def arrivals_of(plan_trips: Sequence[Trip]) -> dict[str, list[tuple[int, int]]]:
    """Return (arrival in s, units) of every need line, the first first."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for trip in plan_trips:
        for stop in trip.stops:
            for goods in stop.unload:
                found[goods.need].append((stop.arrive_s, goods.quantity))
    return {need: sorted(own) for need, own in found.items()}


def late_of(
    needs: Sequence[DispatchNeed], arrivals: Mapping[str, Sequence[tuple[int, int]]]
) -> tuple[Late, ...]:
    """Return what comes after its deadline: one line for each delay (``by_s``, in s)."""
    result = []
    for need in needs:
        delays: dict[int, int] = defaultdict(int)
        for arrive, quantity in arrivals.get(need.id, ()):
            if arrive > need.deadline_s:
                delays[arrive - need.deadline_s] += quantity
        result += [Late(need=need.id, quantity=q, by_s=by) for by, q in sorted(delays.items())]
    return tuple(result)


def share_served(
    needs: Sequence[DispatchNeed],
    arrivals: Mapping[str, Sequence[tuple[int, int]]],
    hours: Sequence[int],
) -> dict[int, float]:
    """Return, by hour, the share of what is due by then that came in time.

    The mean over need lines, each weighted by its people (at least one); 1 where nothing is due.
    """
    result = {}
    for hour in hours:
        total = served = 0.0
        for need in needs:
            if need.quantity > 0 and need.deadline_s <= hour * 3600:
                weight = max(need.people, 1)
                own = arrivals.get(need.id, ())
                timely = sum(q for arrive, q in own if arrive <= need.deadline_s)
                total += weight
                served += weight * timely / need.quantity
        result[hour] = served / total if total else 1.0
    return result


def people_served(
    needs: Sequence[DispatchNeed], arrivals: Mapping[str, Sequence[tuple[int, int]]]
) -> tuple[tuple[int, int], ...]:
    """Return (seconds, people) whenever the number changes.

    An area's people count from when all its lines of the first deadline are there, and stop
    counting at a later deadline until all that is due by then is there.
    """
    by_area: dict[str, list[DispatchNeed]] = defaultdict(list)
    for need in needs:
        if need.quantity > 0:
            by_area[need.area].append(need)
    changes: dict[int, int] = defaultdict(int)
    for area in sorted(by_area):
        own = by_area[area]
        people = max(n.people for n in own)
        served = False
        for at, now in _served_at(own, arrivals):
            if now != served:
                changes[at] += people if now else -people
                served = now
    result, count = [(0, 0)], 0
    for at in sorted(changes):
        count += changes[at]
        if changes[at]:
            result.append((at, count))
    return tuple(result)


def _served_at(
    own: Sequence[DispatchNeed], arrivals: Mapping[str, Sequence[tuple[int, int]]]
) -> list[tuple[int, bool]]:
    """Return, at every moment that may change it, whether all that is due is there."""
    complete: list[tuple[int, float]] = []
    for need in own:
        missing, at = need.quantity, float("inf")
        for arrive, quantity in arrivals.get(need.id, ()):
            missing -= quantity
            if missing <= 0:
                at = arrive
                break
        complete.append((need.deadline_s, at))
    first = min(deadline for deadline, _ in complete)
    moments = {int(at) for _, at in complete if at != float("inf")}
    # A line due by T is asked for just after T.
    moments |= {deadline + 1 for deadline, _ in complete}
    return [
        (at, all(there <= at for deadline, there in complete if deadline < max(at, first + 1)))
        for at in sorted(moments)
    ]
