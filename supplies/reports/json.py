"""The JSON documents that others rely on, and the lossless form in which results are kept.

The functions named ``*_document`` give exactly the documents of the command's ``--json``: plain
numbers (whole ones without a decimal point), a stable order, nothing that JSON has no word for.
They are made to be read and leave things out; :func:`to_document` and the ``*_from`` functions
keep a whole plan and bring it back.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from supplies.city import City
from supplies.codec import encode
from supplies.plan import (
    Cut,
    DispatchPlan,
    LotLoad,
    NeedUnload,
    Readiness,
    ReadinessRow,
    ReservePlan,
    Scenario,
    Shortage,
    StockLine,
    Stop,
    UnmetLine,
)
from supplies.reports.imported import Document, import_document, number
from supplies.reports.kept import (
    dispatch_plan_from,
    from_document,
    readiness_from,
    reserve_plan_from,
    to_document,
)
from supplies.reports.words import Words

__all__ = [
    "Document",
    "dispatch_document",
    "dispatch_plan_from",
    "from_document",
    "import_document",
    "need_document",
    "number",
    "plan_document",
    "readiness_document",
    "readiness_from",
    "reserve_plan_from",
    "stock_document",
    "to_document",
    "witness_document",
]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _outcome(plan: ReservePlan | DispatchPlan) -> Document:
    outcome = plan.outcome
    return {
        "status": outcome.status.value,
        "objective": number(outcome.objective),
        "bound": number(outcome.bound),
        "gap": number(outcome.gap),
        "runtime_s": number(outcome.runtime_s),
        "solver": outcome.solver,
    }


# --- what is there, what is asked ------------------------------------------------------------


def stock_document(
    city: City, lines: Iterable[StockLine], revision: int, lang: str = "zh"
) -> Document:
    """Return ``stock --json``."""
    words = Words(city, lang)
    rows: list[Document] = []
    for line in sorted(lines, key=lambda s: (s.site, s.item, s.lot)):
        site = city.sites.get(line.site)
        rows.append(
            {
                "site": line.site,
                "site_name": words.source(line.site),
                "tier": site.tier.value if site else None,
                "area": site.area if site else None,
                "item": line.item,
                "lot": line.lot,
                "quantity": number(line.quantity),
                "reserved": number(line.reserved),
                "expiry": _day(line.expiry),
                "condition": line.condition,
                "owner_tier": line.owner_tier.value,
            }
        )
    return {"revision": revision, "rows": rows}


def need_document(scenarios: Sequence[Scenario]) -> Document:
    """Return ``need --json``: cumulative quantities by deadline, and the people behind them.

    ``people`` is keyed by area, then hazard.
    """
    rows: list[Document] = []
    people: dict[str, dict[str, object]] = {}
    for scenario in scenarios:
        people.setdefault(scenario.area, {})[scenario.hazard] = encode(scenario.people)
        for need in scenario.requirements:
            basis = dict.fromkeys(term.basis for term in need.terms)
            clause = dict.fromkeys(term.clause for term in need.terms if term.clause)
            rows.extend(
                {
                    "tier": scenario.tier.value,
                    "area": scenario.area,
                    "hazard": scenario.hazard,
                    "item": need.item,
                    "deadline_h": deadline,
                    "quantity": quantity,
                    "basis": "; ".join(basis),
                    "clause": "; ".join(clause),
                }
                for deadline, quantity in sorted(need.by_deadline.items())
            )
    return {"rows": rows, "people": people}


# --- readiness -------------------------------------------------------------------------------


def _short(lines: Iterable[Shortage]) -> list[Document]:
    return [{"item": s.item, "deadline_h": s.deadline_h, "quantity": s.quantity} for s in lines]


def _cut(cut: Cut) -> Document:
    return {
        "kind": "cut",
        "item": cut.item,
        "deadline_h": cut.deadline_h,
        "stores": {key: cut.supply[key] for key in sorted(cut.supply)},
        "supply": sum(cut.supply.values()),
        "need": cut.need,
        "places": list(cut.places),
    }


def witness_document(row: ReadinessRow) -> Document:
    """Return the witness of one row: the widest violated cut, or the allocation that works."""
    if row.cuts:
        return _cut(max(row.cuts, key=lambda c: c.need - sum(c.supply.values())))
    flows = [
        {
            "item": flow.item,
            "source": flow.source,
            "place": flow.place,
            "deadline_h": flow.deadline_h,
            "quantity": flow.quantity,
        }
        for flow in row.flows
    ]
    return {"kind": "allocation", "flows": flows}


def readiness_document(readiness: Readiness) -> Document:
    """Return ``readiness --json``."""
    return {
        "revision": readiness.revision,
        "mode": readiness.mode,
        "rows": [
            {
                "tier": row.tier.value,
                "area": row.area,
                "hazard": row.hazard,
                "coverage": number(row.coverage),
                "covered": row.covered,
                "short": _short(row.short),
                "witness": witness_document(row),
            }
            for row in readiness.rows
        ],
        "summary": {tier.value: counts for tier, counts in readiness.summary().items()},
        "n_minus_1": [
            {
                "kind": line.kind,
                "failure": line.failure,
                "area": line.area,
                "hazard": line.hazard,
                "covered": line.covered,
                "short": _short(line.short),
            }
            for line in readiness.n_minus_1
        ],
    }


# --- reserves --------------------------------------------------------------------------------


def _totals(
    names: tuple[str, str], lines: Iterable[tuple[str, str, Decimal | int]]
) -> list[Document]:
    """Sum quantities over owners: one line for each pair of names."""
    sums: dict[tuple[str, str], Decimal | int] = defaultdict(int)
    for first, second, quantity in lines:
        sums[first, second] += quantity
    return [
        {names[0]: first, names[1]: second, "quantity": number(sums[first, second])}
        for first, second in sorted(sums)
    ]


def _open_line(line: UnmetLine) -> Document:
    return {
        "tier": line.tier.value,
        "area": line.area,
        "hazard": line.hazard,
        "item": line.item,
        "deadline_h": line.deadline_h,
        "quantity": line.quantity,
        "reason": line.reason,
    }


def plan_document(plan: ReservePlan) -> Document:
    """Return ``plan --json``; ``hold`` and ``agreements`` are summed over owners."""
    return {
        "outcome": _outcome(plan),
        "mode": plan.mode,
        "cost": {
            "annual": number(plan.annual_cost),
            "purchase": number(plan.purchase_cost),
            "agreement": number(plan.agreement_cost),
            "budget": number(plan.budget),
        },
        "hold": _totals(("site", "item"), ((h.site, h.item, h.quantity) for h in plan.hold)),
        "agreements": _totals(
            ("supplier", "item"), ((a.supplier, a.item, a.quantity) for a in plan.agreements)
        ),
        "buy": [
            {
                "site": line.site,
                "item": line.item,
                "quantity": line.quantity,
                "unit_price": number(line.unit_price),
                "amount": number(line.amount),
                "clauses": list(line.clauses),
            }
            for line in plan.buy
        ],
        "move": [
            {"item": m.item, "source": m.source, "target": m.target, "quantity": m.quantity}
            for m in plan.move
        ],
        "retire": [
            {
                "site": r.site,
                "item": r.item,
                "lot": r.lot,
                "quantity": number(r.quantity),
                "reason": r.reason,
            }
            for r in plan.retire
        ],
        "unmet": [_open_line(line) for line in plan.unmet],
        "expand": [
            {"site": e.site, "volume_m3": e.volume_m3, "annual_cost": number(e.annual_cost)}
            for e in plan.expand
        ],
    }


# --- dispatch --------------------------------------------------------------------------------


def _goods(line: LotLoad | NeedUnload) -> Document:
    goods: Document = {"item": line.item, "lot": line.lot, "quantity": line.quantity}
    return {"need": line.need, **goods} if isinstance(line, NeedUnload) else goods


def _stop(stop: Stop) -> Document:
    # A halt that is neither storehouse nor area (a supplier's gate) goes by its road node.
    place: Document = {"area": stop.area} if stop.area else {"site": stop.site or stop.node}
    return {
        **place,
        "arrive_s": stop.arrive_s,
        "leave_s": stop.leave_s,
        "load": [_goods(line) for line in stop.load],
        "unload": [_goods(line) for line in stop.unload],
    }


def dispatch_document(plan: DispatchPlan) -> Document:
    """Return ``dispatch --json``; all times are seconds from the incident's start."""
    return {
        "incident": plan.incident,
        "revision": plan.revision,
        "start": plan.start.isoformat(),
        "outcome": _outcome(plan),
        "need": [
            {
                "id": need.id,
                "area": need.area,
                "item": need.item,
                "quantity": need.quantity,
                "deadline_s": need.deadline_s,
                "priority": need.priority,
            }
            for need in plan.need
        ],
        "trips": [
            {
                "id": trip.id,
                "vehicle": trip.vehicle,
                "class": trip.vehicle_class,
                "stops": [_stop(stop) for stop in trip.stops],
            }
            for trip in plan.trips
        ],
        "unmet": [
            {
                "need": line.need,
                "item": line.item,
                "quantity": line.quantity,
                "reason": line.reason,
                "cheapest_change": line.cheapest_change,
            }
            for line in plan.unmet
        ],
        "late": [{"need": x.need, "quantity": x.quantity, "by_s": x.by_s} for x in plan.late],
        "arrivals": [{"t_s": t_s, "people_served": people} for t_s, people in plan.people_served],
    }
