"""The stocking programme's variables and constraints in PuLP.

The numbers in brackets are the constraints of models/stocking.py.
"""

from collections.abc import Mapping
from typing import Any

import pulp

from models.covering import Event, Holder, Item, Sources, StockingProblem


class Programme:
    """The programme over some items: what may be decided, what must hold.

    ``soft`` adds the variables u for need left open. With ``rents`` (CNY per m3 and year, by
    site) rooms are shared by price instead of rows (3), with ``money`` (shares of an event per
    CNY) the budget instead of row (4).
    """

    def __init__(
        self,
        problem: StockingProblem,
        items: tuple[Item, ...],
        events: tuple[Event, ...],
        *,
        soft: bool = False,
        rents: Mapping[str, float] | None = None,
        money: float | None = None,
    ) -> None:
        self._p = problem
        self._items = frozenset(items)
        self._events = events
        self._soft = soft
        self._rents = rents or {}
        self._money = money
        self._model = pulp.LpProblem("stocking", pulp.LpMinimize)
        self._keys = sorted(k for k in {*problem.may_buy, *problem.on_hand} if k[1] in self._items)
        self._flowing: set[str] = set()
        self._add_variables()
        self._expand: dict[str, Any] = {}
        if rents is None:
            self._expand = {
                site: self._model.add_variable(f"expand_{n}", 0)
                for n, site in enumerate(sorted({problem.holders[h][1] for h, _ in self._keys}))
            }
        self._cost = pulp.LpAffineExpression(self._cost_terms())
        self._goal = self._cost + pulp.LpAffineExpression(self._rent_terms())
        self._balance_moves()
        if rents is None:
            self._rooms()
        self._budget()
        self._suppliers()
        self._first_rows()

    # --- variables and the terms they make ---------------------------------------------------

    def _add_variables(self) -> None:
        p, add = self._p, self._model.add_variable
        self._packs = {
            key: add(f"packs_{n}", 0, None, pulp.LpInteger)
            for n, key in enumerate(self._keys)
            if key in p.may_buy
        }
        movable = {
            (p.holders[h][0], i) for (h, i), q in p.on_hand.items() if i in self._items and q > 0
        }
        self._out = {
            key: add(f"out_{n}", 0, p.on_hand[key], pulp.LpInteger)
            for n, key in enumerate(self._keys)
            if p.on_hand.get(key, 0) > 0
        }
        self._into = {
            key: add(f"into_{n}", 0, None, pulp.LpInteger)
            for n, key in enumerate(self._keys)
            if (p.holders[key[0]][0], key[1]) in movable
        }
        self._come = {
            b.id: add(f"come_{n}", 0, int(b.most * b.fulfil), pulp.LpInteger)
            for n, b in enumerate(p.promises)
            if b.item in self._items
        }
        self._open: dict[tuple[str, str], Any] = {}
        if self._soft:
            for n, (event, group) in enumerate((e, g) for e in self._events for g in e.groups):
                self._open[event.id, group.key] = add(f"open_{n}", 0, group.need, pulp.LpInteger)

    def _stock_terms(self, key: tuple[Holder, Item]) -> list[tuple[Any, float]]:
        """Return x[h, i] without its constant, the stock on hand."""
        terms: list[tuple[Any, float]] = []
        if key in self._packs:
            terms.append((self._packs[key], self._p.pack[key[1]]))
        if key in self._out:
            terms.append((self._out[key], -1))
        if key in self._into:
            terms.append((self._into[key], 1))
        return terms

    def _cost_terms(self) -> list[tuple[Any, float]]:
        p = self._p
        terms = [(v, p.pack[i] * p.hold_cost[i] * p.upkeep[h]) for (h, i), v in self._packs.items()]
        terms += [(v, p.move_cost[i]) for (h, i), v in self._into.items()]
        terms += [(self._come[b.id], b.cost / b.fulfil) for b in p.promises if b.id in self._come]
        return terms

    def _rent_terms(self) -> list[tuple[Any, float]]:
        """Return what the plan's changes pay for room, while rooms are shared by price."""
        p = self._p
        terms: list[tuple[Any, float]] = []
        for holder, item in self._keys:
            rent = self._rents.get(p.holders[holder][1], 0.0) * p.volume_m3[item]
            if rent:
                terms += [(v, c * rent) for v, c in self._stock_terms((holder, item))]
        return terms

    # --- constraints ---------------------------------------------------------------------------

    def _cover(self, event: Event, sources: Sources) -> None:
        """Add row (1) for one event and one set of sources."""
        need = sum(g.need for g in event.groups if g.reach <= sources)
        terms, constant = self._source_terms(event.item, sources)
        if self._soft:
            terms += [(self._open[event.id, g.key], 1) for g in event.groups if g.reach <= sources]
        # Stock on hand can be moved away, so a row that it satisfies today is a row all the same.
        if terms or need > constant:
            self._model += pulp.LpAffineExpression(terms) >= need - constant

    def _flows(self, event: Event) -> None:
        """Spell a violated event out: all its rows (1) at once, by who serves whom.

        Few events ever bind, so few need it; cuts alone would take a hundred rounds.
        """
        self._flowing.add(event.id)
        add = self._model.add_variable
        sent: dict[str, list[tuple[Any, float]]] = {}
        for n, group in enumerate(event.groups):
            come: list[tuple[Any, float]] = []
            for source in sorted(group.reach):
                flow = add(f"flow_{len(self._flowing)}_{n}_{source}", 0)
                come.append((flow, 1))
                sent.setdefault(source, []).append((flow, 1))
            if self._soft:
                come.append((self._open[event.id, group.key], 1))
            self._model += pulp.LpAffineExpression(come) >= group.need
        for source, terms in sent.items():
            stock, constant = self._source_terms(event.item, frozenset((source,)))
            less = [(v, -c) for v, c in stock]
            self._model += pulp.LpAffineExpression(terms + less) <= constant

    def _physical(self, event: Event) -> None:
        """Add row (2): agreements may cover no more than their share."""
        p = self._p
        share = 1 - p.agreed_max[event.item]
        everyone = frozenset().union(*(g.reach for g in event.groups))
        stores = frozenset(s for s in everyone if s in p.holders)
        if share <= 0 or stores == everyone:
            return
        terms, constant = self._source_terms(event.item, stores)
        if self._soft:
            terms += [(self._open[event.id, g.key], share) for g in event.groups]
        if terms or share * event.need > constant:
            self._model += pulp.LpAffineExpression(terms) >= share * event.need - constant

    def _source_terms(self, item: Item, sources: Sources) -> tuple[list[tuple[Any, float]], float]:
        terms: list[tuple[Any, float]] = []
        constant = 0
        for source in sorted(sources):
            if source in self._come:
                terms.append((self._come[source], 1))
            elif source in self._p.holders:
                terms += self._stock_terms((source, item))
                constant += self._p.on_hand.get((source, item), 0)
        return terms, constant

    def _first_rows(self) -> None:
        """Start from the reach sets; without open need only the largest need of a set counts."""
        largest: dict[tuple[str, Sources], tuple[int, Event]] = {}
        physical: dict[tuple[str, Sources], tuple[int, Event]] = {}
        for event in self._events:
            everyone = frozenset().union(*(g.reach for g in event.groups))
            for reach in {*(g.reach for g in event.groups), everyone}:
                need = sum(g.need for g in event.groups if g.reach <= reach)
                key = (event.id if self._soft else event.item, reach)
                if need > largest.get(key, (-1, event))[0]:
                    largest[key] = (need, event)
            key = (event.id if self._soft else event.item, everyone)
            if event.need > physical.get(key, (-1, event))[0]:
                physical[key] = (event.need, event)
        for (_, reach), (_, event) in largest.items():
            self._cover(event, reach)
        for _, event in physical.values():
            self._physical(event)

    def _balance_moves(self) -> None:
        """Add rows (6)."""
        groups: dict[tuple[str, Item], list[tuple[Any, float]]] = {}
        for sign, variables in ((1, self._into), (-1, self._out)):
            for (holder, item), v in variables.items():
                groups.setdefault((self._p.holders[holder][0], item), []).append((v, sign))
        for terms in groups.values():
            self._model += pulp.LpAffineExpression(terms) == 0

    def _rooms(self) -> None:
        """Add rows (3)."""
        p = self._p
        sites: dict[str, list[tuple[Any, float]]] = {}
        used: dict[str, float] = {}
        for key in self._keys:
            site = p.holders[key[0]][1]
            volume = p.volume_m3[key[1]]
            used[site] = used.get(site, 0.0) + volume * p.on_hand.get(key, 0)
            sites.setdefault(site, []).extend((v, c * volume) for v, c in self._stock_terms(key))
        for site, terms in sites.items():
            row = pulp.LpAffineExpression([*terms, (self._expand[site], -1.0)])
            self._model += row <= p.room(site) - used[site]

    def _budget(self) -> None:
        """Add row (4)."""
        if self._p.budget is not None and self._money is None and self._packs:
            self._model += pulp.LpAffineExpression(self._spend_terms()) <= self._p.budget

    def _spend_terms(self) -> list[tuple[Any, float]]:
        return [(v, self._p.price[k[1]] * self._p.pack[k[1]]) for k, v in self._packs.items()]

    def _suppliers(self) -> None:
        """Add rows (5): a supplier's goods count once, however often they are promised."""
        groups: dict[tuple[str, Item], list[tuple[Any, float]]] = {}
        for b in self._p.promises:
            if b.id in self._come:
                groups.setdefault((b.supplier, b.item), []).append((self._come[b.id], 1 / b.fulfil))
        for key, terms in groups.items():
            self._model += pulp.LpAffineExpression(terms) <= self._p.capacity[key]
