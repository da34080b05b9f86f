"""Size the reserves: from the city's words to the covering model, and back to purchases."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from models import stocking as model
from models.stocking import Event, Group, Promise, StockingProblem, StockingSettings
from supplies.catalogue import Item
from supplies.city import Agreement
from supplies.errors import PlanError
from supplies.plan import ReservePlan, Scenario
from supplies.planning.lines import Sizing, plan_of
from supplies.planning.prover import increments
from supplies.planning.reach import reach_of
from supplies.planning.sources import (
    AtHand,
    Mode,
    agreement_id,
    annual_hold_cost,
    held,
    may_answer,
    mode_of,
    upkeep,
)
from supplies.progress import Progress
from supplies.tiers import Tier

Layer = tuple[str, int]
# Building costs 4,000-5,500 CNY per m2 (recent storehouses, derived), 1.0-1.5 m3 of use per m2
# (assumed): about 3,800 CNY per m3, written off over 30 years, with capital at 4 %.
ROOM_CNY_PER_M3_YEAR = 220.0
_MOVE_SHARE = 0.01
_OUTDOORS = {"yard", "shed"}


def size(
    at_hand: AtHand,
    scenarios: Sequence[Scenario],
    *,
    mode: str = "own",
    budget: Decimal | None = None,
    seconds: float = 120.0,
    progress: Progress | None = None,
) -> ReservePlan:
    """Return what to hold where so that every scenario is covered, at least yearly cost.

    Parameters
    ----------
    mode
        Whose stock may answer a unit's response; see :class:`supplies.planning.sources.Mode`.
    budget
        Most that purchases may cost (CNY); critical need is met first.
    seconds
        Time limit of the solve.

    Raises
    ------
    PlanError
        When the budget is negative, no plan was found in time, or the plan fails its check.
    """
    if budget is not None and budget < 0:
        raise PlanError(f"预算不能为负: {budget} | budget must not be negative, got {budget}")
    sizing = sizing_of(at_hand, scenarios, mode_of(mode), budget)
    settings = StockingSettings(time_limit_s=seconds)
    solved = model.solve(sizing.problem, settings, progress or _silent)
    if not solved.outcome.status.has_plan:
        raise PlanError(
            f"{seconds:g} 秒内没有求出储备方案, 请增加时间"
            f" | no stocking plan within {seconds:g} s ({solved.outcome.status})"
        )
    wrong = model.check(sizing.problem, solved)
    if wrong:
        raise PlanError(
            f"储备方案未通过校核: {wrong[0]} | the stocking plan failed its check: {wrong[0]}"
        )
    return plan_of(at_hand, sizing, solved, mode)


def _silent(_text: str, _share: float) -> None:
    """Show nothing."""


def sizing_of(
    at_hand: AtHand, scenarios: Sequence[Scenario], mode: Mode, budget: Decimal | None
) -> Sizing:
    """Return the stocking problem of a city; public for tests and benchmarks."""
    return _Builder(at_hand, scenarios, mode).sizing(budget)


def room_m3(item: Item) -> float:
    """Return the room one unit takes in a store; yard goods stand outside, often at the dyke."""
    return 0.0 if item.storage_class in _OUTDOORS else item.unit_volume_m3


def holder_id(owner: str, site: str) -> str:
    """Return the id of an owner's stock at a site."""
    return f"{owner}@{site}"


class _Builder:
    """Collects holders, promises and events for one mode."""

    def __init__(self, at_hand: AtHand, scenarios: Sequence[Scenario], mode: Mode) -> None:
        self._city = at_hand.city
        self._mode = mode
        self._scenarios = scenarios
        self._held = held(at_hand)
        # Expired contracts can be signed again, so every known supplier is on offer.
        self._agreements = {agreement_id(a): a for a in at_hand.agreements}
        self._reach = reach_of(self._city, [a.node for a in at_hand.agreements])
        self._holders = self._all_holders()
        self._may_buy = self._purchases()
        self._relevant = self._relevant_sources()

    def sizing(self, budget: Decimal | None) -> Sizing:
        """Return the problem and the meaning of its ids."""
        city = self._city
        items = {r.item: city.items[r.item] for s in self._scenarios for r in s.requirements}
        on_hand = {
            (holder_id(h.owner, h.site), h.item): h.quantity
            for h in self._held
            if h.item in items and holder_id(h.owner, h.site) in self._holders
        }
        events, asked = self._events()
        problem = StockingProblem(
            holders=self._holders,
            may_buy=self._may_buy,
            on_hand=on_hand,
            pack={i: item.pack_size for i, item in items.items()},
            price={i: float(item.unit_price_cny) for i, item in items.items()},
            hold_cost={i: annual_hold_cost(city, item) for i, item in items.items()},
            upkeep={h: upkeep(city, o, s) for h, (o, s) in self._holders.items()},
            move_cost={i: _MOVE_SHARE * float(item.unit_price_cny) for i, item in items.items()},
            volume_m3={i: room_m3(item) for i, item in items.items()},
            room_m3={s.id: s.volume_m3 for s in city.sites.values()},
            room_cost=ROOM_CNY_PER_M3_YEAR,
            promises=self._promises(items),
            capacity=self._capacity(),
            agreed_max={
                i: city.parameters.agreement_share_max.get(item.reserve_mode, 0.0)
                for i, item in items.items()
            },
            events=events,
            budget=None if budget is None else float(budget),
        )
        return Sizing(problem=problem, asked=asked, agreements=self._agreements)

    # --- who may hold what where ---------------------------------------------------------------

    def _all_holders(self) -> dict[str, tuple[str, str]]:
        """Return every (owner, site) that may hold stock: the site's own unit and those above.

        The city may pre-position goods in county stores and township points, a county in any
        store inside it. A candidate room serves its township and its county. Where all stock
        answers everyone, who owns a purchase does not matter: the site's own unit does.
        """
        city = self._city
        pairs = {(h.owner, h.site) for h in self._held}
        for site in city.sites.values():
            if self._mode is Mode.POOLED:
                pairs.add((site.area, site.id))
                continue
            for tier in (Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP):
                owner = city.ancestor(site.area, tier)
                above_candidate = site.status == "candidate" and tier is Tier.CITY
                if owner is not None and not above_candidate:
                    pairs.add((owner, site.id))
        return {holder_id(o, s): (o, s) for o, s in sorted(pairs)}

    def _purchases(self) -> frozenset[tuple[str, str]]:
        """Return where purchases may go: what an owner needs, at any site it may use.

        A lower tier's store may hold costly goods for the tier that owns them.
        """
        city = self._city
        needed: dict[str, dict[str, bool]] = {}
        for scenario in self._scenarios:
            wants = needed.setdefault("*" if self._mode is Mode.POOLED else scenario.area, {})
            for r in scenario.requirements:
                first = min(h for h, q in r.by_deadline.items() if q > 0)
                wants[r.item] = wants.get(r.item, False) or first <= city.parameters.deadlines_h[0]
        pairs = set()
        for holder, (owner, site_id) in self._holders.items():
            site = city.sites[site_id]
            wanted = needed.get("*" if self._mode is Mode.POOLED else owner, {})
            for item, at_once in wanted.items():
                # Away from home only what must be there at once is worth keeping in a small room.
                if site.area == owner or site.status != "candidate" or at_once:
                    pairs.add((holder, item))
        return frozenset(pairs)

    def _relevant_sources(self) -> dict[str, frozenset[str]]:
        """Return, by item, the holders that have it or may buy it."""
        groups: dict[str, set[str]] = {}
        for holder, item in self._may_buy:
            groups.setdefault(item, set()).add(holder)
        for h in self._held:
            groups.setdefault(h.item, set()).add(holder_id(h.owner, h.site))
        return {item: frozenset(holders) for item, holders in groups.items()}

    # --- agreements ----------------------------------------------------------------------------

    def _most(self, agreement: Agreement) -> int:
        return math.ceil(agreement.quantity * self._city.parameters.agreement_growth)

    def _promises(self, items: Mapping[str, object]) -> tuple[Promise, ...]:
        chance = self._city.parameters.event_probability
        return tuple(
            Promise(
                id=name,
                supplier=a.supplier,
                item=a.item,
                most=self._most(a),
                fulfil=a.fulfilment,
                cost=float(self._city.items[a.item].unit_price_cny) * (a.retainer_rate + chance),
            )
            for name, a in sorted(self._agreements.items())
            if a.item in items
        )

    def _capacity(self) -> dict[tuple[str, str], int]:
        """Return what each supplier can send at all: its largest promise, not their sum."""
        most: dict[tuple[str, str], int] = {}
        for a in self._agreements.values():
            key = (a.supplier, a.item)
            most[key] = max(most.get(key, 0), self._most(a))
        return most

    # --- events --------------------------------------------------------------------------------

    def _events(self) -> tuple[tuple[Event, ...], dict[str, tuple[Scenario, ...]]]:
        """Return one event per distinct question; scenarios that ask the same share it."""
        found: dict[tuple[object, ...], tuple[Event, list[Scenario]]] = {}
        for scenario in self._scenarios:
            sites = self._holder_reach(scenario)
            cache: dict[tuple[int, str], frozenset[str]] = {}
            for r in scenario.requirements:
                groups = self._groups(scenario, r.item, increments(r), sites, cache)
                key = (scenario.area, r.item, r.critical, groups)
                if key in found:
                    found[key][1].append(scenario)
                else:
                    name = f"{scenario.area}/{scenario.hazard}/{r.item}"
                    event = Event(id=name, item=r.item, critical=r.critical, groups=groups)
                    found[key] = (event, [scenario])
        events = tuple(event for event, _ in found.values())
        return events, {event.id: tuple(who) for event, who in found.values()}

    def _holder_reach(self, scenario: Scenario) -> dict[Layer, frozenset[str]]:
        """Return the holders in reach of each place and deadline that may answer the unit."""
        city = self._city
        allowed = {
            holder: city.sites[site]
            for holder, (owner, site) in self._holders.items()
            if may_answer(city, self._mode, scenario.area, owner, city.sites[site].area)
        }
        sites = {site.id: site for site in allowed.values()}
        reach: dict[Layer, frozenset[str]] = {}
        shared: dict[frozenset[str], frozenset[str]] = {}
        for place in scenario.footprint:
            for hours in city.parameters.deadlines_h:
                inside = frozenset(
                    name
                    for name, site in sites.items()
                    if self._reach.site_h(site, place, hours) <= hours
                )
                holders = frozenset(h for h, site in allowed.items() if site.id in inside)
                reach[place, hours] = shared.setdefault(holders, holders)
        return reach

    def _groups(
        self,
        scenario: Scenario,
        item: str,
        layers: Mapping[Layer, int],
        sites: Mapping[Layer, frozenset[str]],
        cache: dict[tuple[int, str], frozenset[str]],
    ) -> tuple[Group, ...]:
        """Put layers with the same sources in reach together."""
        relevant = self._relevant.get(item, frozenset())
        signed = [
            (name, a)
            for name, a in self._agreements.items()
            if a.item == item
            and may_answer(self._city, self._mode, scenario.area, a.owner, a.owner)
        ]
        together: dict[tuple[int, frozenset[str]], int] = {}
        for (place, hours), quantity in layers.items():
            holders = sites[place, hours]
            known = (id(holders), item)
            if known not in cache:
                cache[known] = holders & relevant
            late = frozenset(
                name for name, a in signed if self._reach.agreement_h(a, place, hours) <= hours
            )
            key = (hours, cache[known] | late)
            together[key] = together.get(key, 0) + quantity
        return tuple(
            Group(key=f"{hours}h#{n}", deadline_h=hours, reach=reach, need=quantity)
            for n, ((hours, reach), quantity) in enumerate(
                sorted(together.items(), key=lambda x: (x[0][0], sorted(x[0][1])))
            )
        )


def agreements_after(plan: ReservePlan, agreements: Sequence[Agreement]) -> list[Agreement]:
    """Return the agreements in force once a plan's signatures are done."""
    wanted = {f"{a.supplier}|{a.owner}|{a.item}": a.quantity for a in plan.agreements}
    last = max((a.valid_until for a in agreements), default=None)
    return [
        replace(a, quantity=wanted[agreement_id(a)], valid_until=last or a.valid_until)
        for a in agreements
        if wanted.get(agreement_id(a), 0) > 0
    ]
