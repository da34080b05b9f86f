"""Dispatch: who carries what to whom in one incident, on which vehicle, when.

Facts (closures, lost sites, usable lots, vehicles) -> allocation (who supplies whom) -> full
truckloads and routes -> vehicles, docks and clocks -> the plan on paper -> an independent check.
See docs/models/dispatch.md.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import date

from models import allocation, trips
from models.outcome import Outcome, Status
from supplies.city import Agreement, City
from supplies.errors import PlanError
from supplies.incident import Incident
from supplies.plan import DispatchNeed, DispatchPlan, StockLine
from supplies.planning.dispatch_books import (
    arrivals_of,
    late_of,
    people_served,
    share_served,
    trips_of,
)
from supplies.planning.dispatch_bound import Brought, lower_bound
from supplies.planning.dispatch_check import check_plan
from supplies.planning.dispatch_facts import DispatchFacts, facts_of
from supplies.planning.dispatch_flow import Flows, flows_of
from supplies.planning.dispatch_loads import jobs_of
from supplies.planning.dispatch_reasons import unserved_of
from supplies.planning.need import incident_needs
from supplies.progress import Progress

__all__ = ["check_plan", "plan_dispatch"]


def plan_dispatch(  # noqa: PLR0913 (the interface others rely on)
    city: City,
    stock: Sequence[StockLine],
    agreements: Sequence[Agreement],
    incident: Incident,
    *,
    day: date,
    needs: Sequence[DispatchNeed] | None = None,
    seconds: float = 20.0,
    revision: int = 0,
    progress: Progress | None = None,
) -> DispatchPlan:
    """Return a checked plan of trips for an incident.

    Parameters
    ----------
    needs
        Need lines; those of the norms and of the incident where not given.
    day
        Today: agreements must be in force and goods in date on it.
    seconds
        About how long to search for routes; allocation may take three times as long on a slow
        machine. The same input gives the same plan unless this cuts it short.
    revision
        Of the ledger the stock was read at.
    progress
        Called with (message, fraction done); raising StoppedError stops the step.

    Raises
    ------
    PlanError
        When something unknown is named, or the plan fails its own check.
    StoppedError
        When the callback raises it; nothing is kept.
    """
    started = time.perf_counter()
    tell = progress or _silent
    tell("dispatch.facts", 0.0)
    lines = tuple(incident_needs(city, incident) if needs is None else needs)
    facts = facts_of(city, stock, agreements, incident, needs=lines, day=day)
    flows, runs = _runs(facts, seconds, started, tell)
    tell("dispatch.check", 0.9)
    plan = _plan(facts, flows, runs, revision, started)
    faults = check_plan(city, stock, agreements, incident, plan)
    if faults:
        raise PlanError(f"the plan failed its check ({len(faults)} faults): {faults[0]}")
    tell("dispatch.done", 1.0)
    return plan


def _runs(
    facts: DispatchFacts, seconds: float, started: float, tell: Progress
) -> tuple[Flows, list[trips.Run]]:
    """Decide who supplies whom, make loads of it and put them on vehicles."""
    tell("dispatch.allocation", 0.05)
    flows = flows_of(facts)
    flow_plan = _allocate(flows, seconds)
    tell("dispatch.routes", 0.4)
    jobs = jobs_of(
        facts,
        flows,
        flow_plan,
        until=started + 0.75 * seconds,
        tell=lambda done: tell("dispatch.routes", 0.4 + 0.35 * done),
    )
    tell("dispatch.schedule", 0.75)
    runs, _ = trips.schedule(_board(facts), jobs)
    return flows, runs


def _allocate(flows: Flows, seconds: float) -> allocation.AllocationPlan:
    settings = allocation.AllocationSettings(seconds=max(20.0, 3 * seconds))
    try:
        plan = allocation.solve(flows.problem, settings)
    except allocation.AllocationError as error:
        raise PlanError(f"dispatch: {error}; allow more seconds than {seconds:g}") from error
    faults = allocation.check(flows.problem, plan.units)
    if faults:
        raise PlanError(f"the allocation failed its check: {faults[0]}")
    return plan


def _silent(message: str, fraction: float) -> None:
    """Tell nobody."""


def _board(facts: DispatchFacts) -> trips.TripsProblem:
    kinds = {}
    for name in sorted(facts.time_s):
        vehicle = facts.vehicle(name)
        kinds[name] = trips.Kind(
            payload_kg=vehicle.payload_kg,
            volume_m3=vehicle.volume_m3,
            load_s=round(vehicle.load_minutes_full * 60),
            unload_s=round(vehicle.unload_minutes_full * 60),
            fixed_cny=vehicle.fixed_cost_per_trip_cny,
            km_cny=vehicle.cost_per_km_cny,
            hour_cny=vehicle.hour_cost_cny,
            time_s=facts.time_s[name].tolist(),
            km=facts.km[name].tolist(),
        )
    return trips.TripsProblem(
        sources={
            s.id: trips.Source(place=facts.nodes[s.node], ready_s=s.ready_s, site=s.site)
            for s in facts.sources.values()
        },
        groups={
            g.id: trips.Group(
                kind=g.vehicle_class, home=facts.nodes[g.node], count=g.count, ready_s=g.ready_s
            )
            for g in facts.groups.values()
        },
        kinds=kinds,
        docks={s.site: s.docks for s in facts.sources.values()},
        horizon_s=facts.horizon_s,
    )


def _plan(
    facts: DispatchFacts,
    flows: Flows,
    runs: Sequence[trips.Run],
    revision: int,
    started: float,
) -> DispatchPlan:
    plan_trips = trips_of(facts, flows.needs, runs)
    arrivals = arrivals_of(plan_trips)
    brought = {need: sum(q for _, q in own) for need, own in arrivals.items()}
    missing = {n.id: n.quantity - brought.get(n.id, 0) for n in facts.needs}
    cost = sum(t.cost_cny for t in plan_trips)
    bound = min(lower_bound(facts, _brought(facts, arrivals)), cost)
    unmet = unserved_of(facts, plan_trips, missing)
    within = cost - bound <= 1e-6 * max(1.0, cost)
    return DispatchPlan(
        incident=facts.incident.name,
        hazard=facts.incident.hazard,
        revision=revision,
        start=facts.incident.start,
        outcome=Outcome(
            status=Status.OPTIMAL if within and not unmet else Status.FEASIBLE,
            objective=cost,
            bound=bound,
            runtime_s=time.perf_counter() - started,
            solver=f"{allocation.SOLVER} + OR-Tools",
        ),
        need=facts.needs,
        trips=plan_trips,
        unmet=unmet,
        late=late_of(facts.needs, arrivals),
        people_served=people_served(facts.needs, arrivals),
        share_served=share_served(facts.needs, arrivals, facts.city.parameters.deadlines_h),
        travel_source="离线路网 | offline road graph",
    )


def _brought(
    facts: DispatchFacts, arrivals: Mapping[str, Sequence[tuple[int, int]]]
) -> dict[Brought, int]:
    """Return what the trips bring, in time for which deadline."""
    amounts: dict[Brought, int] = {}
    for need in facts.needs:
        for arrive, quantity in arrivals.get(need.id, ()):
            by_s = need.deadline_s if arrive <= need.deadline_s else None
            key = Brought(need.area, need.item, by_s)
            amounts[key] = amounts.get(key, 0) + quantity
    return amounts
