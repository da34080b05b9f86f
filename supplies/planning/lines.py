"""From a solved stocking model back to what people read: hold, buy, sign, move, retire."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from models.stocking import StockingPlan, StockingProblem
from supplies.city import Agreement, City
from supplies.plan import (
    AgreementLine,
    BuyLine,
    ExpandLine,
    HoldLine,
    MoveLine,
    NeedTerm,
    Requirement,
    ReservePlan,
    RetireLine,
    Scenario,
    StockLine,
    UnmetLine,
)
from supplies.planning.norms import weakest
from supplies.planning.sources import USABLE, AtHand, Mode, upkeep, usable_until

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Sizing:
    """A stocking problem and what its ids stand for.

    ``asked`` maps an event to the scenarios that ask the same of its item, ``agreements`` a
    promise to the agreement it is.
    """

    problem: StockingProblem
    asked: Mapping[str, tuple[Scenario, ...]]
    agreements: Mapping[str, Agreement]


def plan_of(at_hand: AtHand, sizing: Sizing, solved: StockingPlan, mode: str) -> ReservePlan:
    """Return the plan in the city's words; ``solved`` has passed its check."""
    city, problem = at_hand.city, sizing.problem
    hold = _hold(problem, solved)
    agreements = _agreements(at_hand, sizing, solved)
    buy = _buy(city, sizing, solved, mode)
    kept = sum(problem.hold_cost[h.item] * upkeep(city, h.owner, h.site) * h.quantity for h in hold)
    bought = sum(
        problem.hold_cost[i] * problem.upkeep[h] * q * problem.pack[i]
        for (h, i), q in solved.packs.items()
    )
    # The model leaves out what stands there already; it costs the same in every plan.
    constant = kept - bought if solved.goal == "cost" else 0.0
    outcome = replace(
        solved.outcome,
        objective=_plus(solved.outcome.objective, constant),
        bound=_plus(solved.outcome.bound, constant),
    )
    signed = sum((a.annual_cost for a in agreements), Decimal(0))
    expand = tuple(
        ExpandLine(site=s, volume_m3=m3, annual_cost=_money(m3 * problem.room_cost))
        for s, m3 in sorted(solved.expand.items())
    )
    built = sum((e.annual_cost for e in expand), Decimal(0))
    return ReservePlan(
        outcome=outcome,
        mode=mode,
        revision=at_hand.revision,
        annual_cost=_money(kept) + signed + built,
        purchase_cost=sum((b.amount for b in buy), Decimal(0)),
        agreement_cost=signed,
        budget=None if problem.budget is None else _money(problem.budget),
        hold=hold,
        agreements=agreements,
        buy=buy,
        move=_moves(problem, solved),
        retire=tuple(_retire(at_hand)),
        unmet=_unmet(city, sizing, solved),
        expand=expand,
    )


def _plus(value: float | None, constant: float) -> float | None:
    return None if value is None else value + constant


def _money(value: float) -> Decimal:
    return Decimal(str(value)).quantize(_CENT)


def _hold(problem: StockingProblem, solved: StockingPlan) -> tuple[HoldLine, ...]:
    return tuple(
        HoldLine(
            owner=problem.holders[h][0],
            site=problem.holders[h][1],
            item=i,
            quantity=q,
            on_hand=problem.on_hand.get((h, i), 0),
        )
        for (h, i), q in sorted(solved.hold.items())
    )


def _agreements(at_hand: AtHand, sizing: Sizing, solved: StockingPlan) -> tuple[AgreementLine, ...]:
    lines = []
    cost = {p.id: p.cost for p in sizing.problem.promises}
    for name, come in sorted(solved.come.items()):
        a = sizing.agreements[name]
        quantity = math.ceil(come / a.fulfilment - 1e-9)
        lines.append(
            AgreementLine(
                supplier=a.supplier,
                supplier_name=a.supplier_name,
                owner=a.owner,
                item=a.item,
                quantity=quantity,
                have=a.quantity if a.valid_until >= at_hand.day else 0,
                notice_hours=a.notice_hours,
                annual_cost=_money(cost[name] * quantity),
                evidence=a.evidence,
            )
        )
    return tuple(lines)


class _Binding:
    """Finds the scenario that forces a purchase: the largest need of its owner's scenarios.

    In pooled mode stock answers everyone, so the largest need of all units binds.
    """

    def __init__(self, sizing: Sizing, mode: str) -> None:
        self._pooled = mode != Mode.OWN
        self._largest: dict[tuple[str, str], Requirement] = {}
        for scenarios in sizing.asked.values():
            for scenario in scenarios:
                for r in scenario.requirements:
                    for owner in (scenario.area, "*"):
                        known = self._largest.get((owner, r.item))
                        if known is None or r.quantity > known.quantity:
                            self._largest[owner, r.item] = r

    def of(self, owner: str, item: str) -> Requirement:
        """Return the requirement that binds for an owner's item."""
        own = None if self._pooled else self._largest.get((owner, item))
        return own or self._largest["*", item]


def _buy(city: City, sizing: Sizing, solved: StockingPlan, mode: str) -> tuple[BuyLine, ...]:
    problem = sizing.problem
    binding = _Binding(sizing, mode)
    on_hand = _sum_by_owner(problem, problem.on_hand)
    agreed: dict[tuple[str, str], int] = {}
    for name, come in solved.come.items():
        a = sizing.agreements[name]
        agreed[a.owner, a.item] = agreed.get((a.owner, a.item), 0) + come
    lines = []
    for (holder, item), packs in sorted(solved.packs.items()):
        owner, site = problem.holders[holder]
        need = binding.of(owner, item)
        price = city.items[item].unit_price_cny
        quantity = packs * problem.pack[item]
        have = on_hand.get((owner, item), 0)
        lines.append(
            BuyLine(
                owner=owner,
                tier=city.areas[owner].tier,
                site=site,
                item=item,
                quantity=quantity,
                packs=packs,
                unit_price=price,
                amount=price * quantity,
                need=need.quantity,
                on_hand=have,
                agreed=agreed.get((owner, item), 0),
                hazard=need.hazard,
                deadline_h=_first_short(need, have),
                clauses=_clauses(need.terms),
                terms=need.terms,
                price_evidence=city.items[item].price_evidence,
                evidence=weakest([need.evidence, city.items[item].price_evidence]),
            )
        )
    return tuple(lines)


def _sum_by_owner(
    problem: StockingProblem, stock: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    result: dict[tuple[str, str], int] = {}
    for (holder, item), quantity in stock.items():
        key = (problem.holders[holder][0], item)
        result[key] = result.get(key, 0) + quantity
    return result


def _first_short(need: Requirement, have: int) -> int:
    """Return the first deadline whose need exceeds what is there, else the last one."""
    hours = sorted(need.by_deadline)
    return next((h for h in hours if need.by_deadline[h] > have), hours[-1])


def _clauses(terms: Iterable[NeedTerm]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.clause for t in terms if t.quantity > 0))


def _moves(problem: StockingProblem, solved: StockingPlan) -> tuple[MoveLine, ...]:
    """Pair what goes out with what comes in, owner by owner and item by item."""
    lines = []
    keys = sorted({(problem.holders[h][0], i) for h, i in solved.into})
    for owner, item in keys:
        givers = _of(problem, solved.out, owner, item)
        takers = _of(problem, solved.into, owner, item)
        for site in sorted(givers.keys() & takers.keys()):
            both = min(givers[site], takers[site])
            givers[site] -= both
            takers[site] -= both
        while any(givers.values()) and any(takers.values()):
            source = next(s for s in sorted(givers) if givers[s])
            target = next(s for s in sorted(takers) if takers[s])
            quantity = min(givers[source], takers[target])
            givers[source] -= quantity
            takers[target] -= quantity
            lines.append(
                MoveLine(owner=owner, item=item, source=source, target=target, quantity=quantity)
            )
    return tuple(lines)


def _of(
    problem: StockingProblem, moves: Mapping[tuple[str, str], int], owner: str, item: str
) -> dict[str, int]:
    return {
        problem.holders[h][1]: q
        for (h, i), q in moves.items()
        if i == item and problem.holders[h][0] == owner
    }


def _retire(at_hand: AtHand) -> list[RetireLine]:
    """Return lots no response can count on, and why: expired, expiring in it, or condition."""
    lines = []
    for line in at_hand.stock:
        reason = ""
        if line.condition != USABLE:
            reason = line.condition
        elif line.expiry is not None and line.expiry < at_hand.day:
            reason = "expired"
        elif line.expiry is not None and line.expiry < usable_until(at_hand.city, at_hand.day):
            reason = "expiring"
        if reason and line.quantity > 0:
            lines.append(
                RetireLine(
                    site=line.site,
                    item=line.item,
                    lot=line.lot,
                    quantity=line.quantity,
                    reason=reason,
                )
            )
    return lines


def _unmet(city: City, sizing: Sizing, solved: StockingPlan) -> tuple[UnmetLine, ...]:
    """Return open need by scenario and deadline, with the reason."""
    groups = {(e.id, g.key): g for e in sizing.problem.events for g in e.groups}
    left: dict[tuple[str, int, bool], int] = {}
    for (event, key), quantity in solved.open.items():
        group = groups[event, key]
        slot = (event, group.deadline_h, bool(group.reach))
        left[slot] = left.get(slot, 0) + quantity
    lines = []
    for (event, hours, reached), quantity in sorted(left.items()):
        item = next(e.item for e in sizing.problem.events if e.id == event)
        reason = _reason(sizing.problem, hours, reached=reached)
        lines += [
            UnmetLine(
                tier=s.tier,
                area=s.area,
                hazard=s.hazard,
                item=item,
                deadline_h=hours,
                quantity=quantity,
                reason=reason,
            )
            for s in sizing.asked[event]
        ]
    return tuple(lines)


def _reason(problem: StockingProblem, hours: int, *, reached: bool) -> str:
    if not reached:
        return (
            f"没有可存放该物资的库点能在{hours}小时内送达受灾乡镇"
            f" | no site that may hold it reaches the townships hit within {hours} h"
        )
    if problem.budget is not None:
        return "预算不足 | the budget does not reach"
    return "库容或协议能力不足 | storerooms or suppliers are too small"


def stock_after(plan: ReservePlan, stock: Sequence[StockLine], city: City) -> list[StockLine]:
    """Return stock as it stands once a plan is carried out.

    Lots that were not counted on stay as they are; all others become one line per owner, site
    and item, in date.
    """
    unusable = {(r.site, r.lot) for r in plan.retire}
    kept = [s for s in stock if (s.site, s.lot) in unusable]
    return kept + [
        StockLine(
            site=h.site,
            item=h.item,
            lot="plan",
            quantity=Decimal(h.quantity),
            reserved=Decimal(0),
            produced=None,
            expiry=None,
            condition=USABLE,
            owner_tier=city.areas[h.owner].tier,
            owner=h.owner,
            source_mode="physical",
        )
        for h in plan.hold
    ]
