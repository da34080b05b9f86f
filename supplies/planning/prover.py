"""The proof of one scenario: a flow that shows yes, or a violated cut that shows no."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass

from models.readiness import Cover, CoverProblem, check, cover
from supplies.city import Agreement
from supplies.errors import PlanError
from supplies.plan import (
    Cut,
    Flow,
    ReadinessRow,
    Requirement,
    Scenario,
    Shortage,
)
from supplies.planning.reach import Reach, reach_of
from supplies.planning.sources import (
    AtHand,
    Held,
    Mode,
    agreement_id,
    held,
    may_answer,
    promised,
    valid,
)

Layer = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Means:
    """What a unit may draw on: by item, site stock and agreements."""

    stock: Mapping[str, Mapping[str, int]]
    agreements: Mapping[str, Mapping[str, Agreement]]


class Prover:
    """Answers readiness questions over one stock, one mode and one road graph."""

    def __init__(self, at_hand: AtHand, mode: Mode) -> None:
        self._city = at_hand.city
        self._mode = mode
        self._held = held(at_hand)
        self._agreements = valid(at_hand.agreements, at_hand.day)
        self.reach = reach_of(at_hand.city, [a.node for a in at_hand.agreements])
        self._means_of: dict[tuple[str, str | None], _Means] = {}

    def row(self, scenario: Scenario) -> ReadinessRow:
        """Return the proof for one scenario.

        Raises
        ------
        PlanError
            When a witness fails its independent check: a fault of the program, never of the data.
        """
        shares: dict[str, float] = {}
        short: list[Shortage] = []
        cuts: list[Cut] = []
        flows: list[Flow] = []
        for need, problem, result in self._covers(scenario, scenario.requirements, None):
            missing = sum(result.short.values())
            shares[need.item] = 1 - missing / need.quantity
            short += _shortages(need.item, result)
            cuts += _cuts(need.item, problem, result)
            flows += _flows(need.item, result)
        least = min(shares, key=lambda i: (shares[i], i), default=None)
        return ReadinessRow(
            tier=scenario.tier,
            area=scenario.area,
            hazard=scenario.hazard,
            coverage=sum(shares.values()) / len(shares) if shares else 1.0,
            covered=not short,
            weakest=least if least is not None and shares[least] < 1 else None,
            weakest_share=shares[least] if least is not None else 1.0,
            short=tuple(short),
            cuts=tuple(cuts),
            flows=tuple(flows),
        )

    def short_again(
        self,
        scenario: Scenario,
        row: ReadinessRow,
        items: Collection[str],
        lost_site: str | None = None,
    ) -> tuple[Shortage, ...]:
        """Return what is short once some items are proved again, with a storehouse lost or not.

        The proofs of all other items stand as they are.
        """
        asked = [need for need in scenario.requirements if need.item in items]
        again = {
            need.item: _shortages(need.item, result)
            for need, _, result in self._covers(scenario, asked, lost_site)
        }
        kept: dict[str, list[Shortage]] = {}
        for shortage in row.short:
            kept.setdefault(shortage.item, []).append(shortage)
        return tuple(
            shortage
            for need in scenario.requirements
            for shortage in again.get(need.item, kept.get(need.item, []))
        )

    def _covers(
        self, scenario: Scenario, asked: Iterable[Requirement], lost_site: str | None
    ) -> Iterator[tuple[Requirement, CoverProblem, Cover]]:
        means = self._means(scenario.area, lost_site)
        reach_sets = self._site_reach(scenario, lost_site)
        for need in asked:
            problem = self._problem(need, means, reach_sets)
            result = cover(problem)
            wrong = check(problem, result)
            if wrong:
                raise PlanError(f"readiness of {scenario.area} {need.item}: {wrong[0]}")
            yield need, problem, result

    def over(self, reach: Reach) -> "Prover":
        """Return the same questions over other roads."""
        other = copy(self)
        other.reach = reach
        return other

    def start_h(self, flow: Flow, area: str) -> tuple[str, float]:
        """Return where the goods of a unit's flow start and how many hours after the order."""
        if flow.source in self._city.sites:
            site = self._city.sites[flow.source]
            return site.node, self.reach.start_h(site, flow.deadline_h)
        agreement = self._means(area, None).agreements[flow.item][flow.source]
        return agreement.node, agreement.notice_hours

    def sites_of(self, area: str) -> list[str]:
        """Return the sites whose stock a unit draws on."""
        stock = self._means(area, None).stock
        return sorted({site for by_site in stock.values() for site in by_site})

    def _means(self, area: str, lost_site: str | None) -> _Means:
        key = (area, lost_site)
        if key not in self._means_of:
            stock: dict[str, dict[str, int]] = {}
            for h in self._held:
                if h.site != lost_site and self._may(area, h):
                    by_site = stock.setdefault(h.item, {})
                    by_site[h.site] = by_site.get(h.site, 0) + h.quantity
            signed: dict[str, dict[str, Agreement]] = {}
            for a in self._agreements:
                if may_answer(self._city, self._mode, area, a.owner, a.owner):
                    signed.setdefault(a.item, {})[agreement_id(a)] = a
            self._means_of[key] = _Means(stock=stock, agreements=signed)
        return self._means_of[key]

    def _may(self, area: str, h: Held) -> bool:
        site_area = self._city.sites[h.site].area
        return may_answer(self._city, self._mode, area, h.owner, site_area)

    def _site_reach(self, scenario: Scenario, lost_site: str | None) -> dict[Layer, frozenset[str]]:
        """Return the sites in reach of every place and deadline of a scenario."""
        stock = self._means(scenario.area, lost_site).stock
        sites = sorted({site for by_site in stock.values() for site in by_site})
        return {
            (place, hours): frozenset(
                s for s in sites if self.reach.site_h(self._city.sites[s], place, hours) <= hours
            )
            for place in scenario.footprint
            for hours in self._city.parameters.deadlines_h
        }

    def _problem(
        self, need: Requirement, means: _Means, site_reach: Mapping[Layer, frozenset[str]]
    ) -> CoverProblem:
        layers = increments(need)
        stock = means.stock.get(need.item, {})
        signed = means.agreements.get(need.item, {})
        supply = {**stock, **{name: promised(a) for name, a in signed.items()}}
        reach: dict[Layer, frozenset[str]] = {}
        for place, hours in layers:
            late = frozenset(
                name
                for name, a in signed.items()
                if self.reach.agreement_h(a, place, hours) <= hours
            )
            reach[place, hours] = site_reach[place, hours].intersection(stock) | late
        return CoverProblem(supply=supply, need=layers, reach=reach)


def increments(need: Requirement) -> dict[Layer, int]:
    """Return what each place needs by each deadline beyond the deadlines before."""
    layers: dict[Layer, int] = {}
    for place, by_deadline in need.by_place.items():
        before = 0
        for hours, quantity in sorted(by_deadline.items()):
            if quantity > before:
                layers[place, hours] = quantity - before
            before = max(before, quantity)
    return layers


def _shortages(item: str, result: Cover) -> list[Shortage]:
    by_hours: dict[int, int] = {}
    for (_, hours), quantity in result.short.items():
        by_hours[hours] = by_hours.get(hours, 0) + quantity
    return [Shortage(item=item, deadline_h=h, quantity=q) for h, q in sorted(by_hours.items()) if q]


def _cuts(item: str, problem: CoverProblem, result: Cover) -> list[Cut]:
    violated = result.violated
    if violated is None:
        return []
    return [
        Cut(
            item=item,
            deadline_h=max(hours for _, hours in violated.layers),
            places=tuple(sorted({place for place, _ in violated.layers})),
            supply={s: problem.supply.get(s, 0) for s in sorted(violated.sources)},
            need=violated.need,
            layers=violated.layers,
        )
    ]


def _flows(item: str, result: Cover) -> list[Flow]:
    return [
        Flow(item=item, source=source, place=place, deadline_h=hours, quantity=quantity)
        for (source, (place, hours)), quantity in result.flow.items()
    ]
