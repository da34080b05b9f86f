"""A budget too small for everything: what to leave open, by the price of money.

Row (4) of models/stocking.py, sum price * pack * packs <= budget, is the only one that ties items
together here. Its multiplier m (shares of an event per CNY) takes it into the objective, so that
every item is solved alone: minimise shares left open + m * spending. The larger m, the less is
spent; the smallest m whose relaxed plan fits the budget is found by halving its logarithm, then
the items are solved in whole packs at that price.

    open shares of the best plan >= sum of the blocks' bounds - m * budget, for every m

Items that some critical need asks for come first; what money they leave goes to the others, and
the others' bound counts no more than what the critical items must leave at the most.

Source: Everett (1963), generalised Lagrange multipliers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from models import covering
from models.blocks import (
    StockingPlan,
    StockingSettings,
    as_it_is,
    merge,
    overflow,
    solve_part,
    spend,
)
from models.covering import Event, Item, StockingProblem
from models.master import Master
from models.outcome import Status

Progress = Callable[[str, float], None]
_MONEY_MIN, _MONEY_MAX = 1e-9, 1e-2
_HALVINGS = 8
_BLOCK_S = 6.0
_GAP = 0.01
# Whole packs spend a little more than the relaxed plan: the price is raised until they fit.
_WHOLE_TURNS, _DEARER = 5, 1.4


def ration(
    problem: StockingProblem, settings: StockingSettings, progress: Progress
) -> StockingPlan:
    """Return the plan that leaves least need open within the budget, and a bound on that."""
    blocks = covering.by_item(problem.events)
    critical = {i for i, events in blocks.items() if any(e.critical for e in events)}
    left = most = problem.budget or 0.0
    parts: list[StockingPlan] = []
    bounds: list[float] = []
    for n, chosen in enumerate((critical, blocks.keys() - critical)):
        group = {i: blocks[i] for i in sorted(chosen)}

        def tell(text: str, share: float, first: int = n) -> None:
            progress(text, (first + share) / 2)

        part, tried = _class(problem, group, left, settings, tell)
        parts.append(part)
        bounds.append(max((value - money * most for money, value in tried), default=0.0))
        left -= spend(problem, part)
        events = tuple(e for block in group.values() for e in block)
        most -= _least_spent(tried, open_shares(events, part.open))
    plan = merge(parts)
    plan = replace(plan, expand=overflow(problem, plan.hold), goal="open")
    outcome = replace(
        plan.outcome,
        status=Status.FEASIBLE if plan.outcome.status.has_plan else plan.outcome.status,
        objective=open_shares(problem.events, plan.open),
        bound=sum(max(b, 0.0) for b in bounds),
    )
    return replace(plan, outcome=outcome)


def _least_spent(tried: Iterable[tuple[float, float]], left_open: float) -> float:
    """Return what a plan that leaves no more open must spend at the least (CNY).

    For every price m, open + m * spending >= value(m).
    """
    return max([0.0, *((value - left_open) / money for money, value in tried)])


def open_shares(events: Iterable[Event], left: Mapping[tuple[str, str], int]) -> float:
    """Return need left open, each event counted in shares of its own need."""
    need = {e.id: max(e.need, 1) for e in events}
    return sum(q / need[event] for (event, _), q in left.items())


def _class(
    problem: StockingProblem,
    blocks: Mapping[Item, tuple[Event, ...]],
    budget: float,
    settings: StockingSettings,
    progress: Progress,
) -> tuple[StockingPlan, list[tuple[float, float]]]:
    """Return the best plan found for some items within a budget, and the prices tried.

    Each price comes with a bound on shares left open + price * spending.
    """
    money, tried = _price_of_money(problem, blocks, budget, progress)
    for turn in range(_WHOLE_TURNS):
        parts = []
        for n, (item, block) in enumerate(blocks.items()):
            progress(item, 0.5 + 0.5 * (turn + n / len(blocks)) / _WHOLE_TURNS)
            limits = replace(settings, time_limit_s=_BLOCK_S, gap_rel=_GAP)
            part = solve_part(problem, (item,), block, limits, {}, money)
            found = part.outcome.status.has_plan
            parts.append(part if found else as_it_is(problem, item, block))
        if spend(problem, merge(parts)) <= budget:
            break
        money *= _DEARER
    return merge(_trimmed(problem, blocks, parts, budget)), tried


def _trimmed(
    problem: StockingProblem,
    blocks: Mapping[Item, tuple[Event, ...]],
    parts: list[StockingPlan],
    budget: float,
) -> list[StockingPlan]:
    """Give up the purchases of whole items, least share for the money first, until all fits."""
    pairs = list(zip(blocks.items(), parts, strict=True))

    def worth(pair: tuple[tuple[Item, tuple[Event, ...]], StockingPlan]) -> float:
        (item, block), part = pair
        idle = open_shares(block, as_it_is(problem, item, block).open)
        return (idle - open_shares(block, part.open)) / max(spend(problem, part), 1e-9)

    kept = list(parts)
    over = spend(problem, merge(kept)) > budget
    for pair in sorted(pairs, key=worth) if over else ():
        (item, block), part = pair
        if spend(problem, part) > 0:
            kept[kept.index(part)] = as_it_is(problem, item, block)
        if spend(problem, merge(kept)) <= budget:
            break
    return kept


def _price_of_money(
    problem: StockingProblem,
    blocks: Mapping[Item, tuple[Event, ...]],
    budget: float,
    progress: Progress,
) -> tuple[float, list[tuple[float, float]]]:
    """Return the smallest price of money whose relaxed plan fits the budget, and all tried."""
    low, high = _MONEY_MIN, _MONEY_MAX
    tried: list[tuple[float, float]] = []
    for turn in range(_HALVINGS):
        money = (low * high) ** 0.5
        value = spent = 0.0
        for n, (item, block) in enumerate(blocks.items()):
            progress(item, 0.5 * (turn + n / len(blocks)) / _HALVINGS)
            reachable, lost = covering.part_unreachable(block)
            master = Master(problem, (item,), reachable, soft=True, rents={}, money=money)
            part, cash = master.relaxed(_BLOCK_S)
            value += part + open_shares(block, lost)
            spent += cash
        tried.append((money, value))
        low, high = (money, high) if spent > budget else (low, money)
    return high, tried
