"""The transport problem: least cost of bringing amounts from stocks, item by item, with PuLP.

Sets
    s sources, p places, i items
Parameters
    amount_pi, stock_si [units]; cost_spi [CNY per unit], absent where not allowed
Variables
    f_spi >= 0 [units]
Minimise
    sum cost f
Subject to
    sum_s f = amount;  sum_p f <= stock
Source
    Hitchcock 1941. An item whose cheapest sources hold enough needs no solver.
"""

from collections import defaultdict
from collections.abc import Mapping

import pulp


def cheapest(
    amounts: Mapping[tuple[str, str], int],
    unit_cost: Mapping[tuple[str, str, str], float],
    stock: Mapping[tuple[str, str], int],
) -> float:
    """Return the least cost [CNY] of bringing amounts from sources, by linear programming.

    Parameters
    ----------
    amounts
        Units by (place, item).
    unit_cost
        CNY per unit by (source, place, item); an absent triple is not allowed.
    stock
        Units by (source, item).

    Returns
    -------
    float
        A lower bound on the cost of any way to bring these amounts; 0 for an item whose
        amounts the given sources cannot bring at all, which keeps the sum a bound.
    """
    offers: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for (source, place, item), cost in unit_cost.items():
        if amounts.get((place, item), 0) > 0:
            offers[item][place][source] = cost
    total = 0.0
    for item in sorted(offers):
        used: dict[str, int] = defaultdict(int)
        easy = 0.0
        for place, sources in offers[item].items():
            source = min(sources, key=lambda s: (sources[s], s))
            used[source] += amounts[place, item]
            easy += amounts[place, item] * sources[source]
        if all(q <= stock.get((s, item), 0) for s, q in used.items()):
            total += easy
        else:
            total += _transport(item, offers[item], amounts, stock)
    return total


def _transport(
    item: str,
    offers: Mapping[str, Mapping[str, float]],
    amounts: Mapping[tuple[str, str], int],
    stock: Mapping[tuple[str, str], int],
) -> float:
    prob = pulp.LpProblem("transport", pulp.LpMinimize)
    out: dict[str, list[tuple[pulp.LpVariable, float]]] = defaultdict(list)
    terms: list[tuple[pulp.LpVariable, float]] = []
    scale = float(max(amounts[place, item] for place in offers))
    for place in offers:
        ways = []
        for source, cost in offers[place].items():
            flow = prob.add_variable(f"f{len(terms)}", 0)
            ways.append((flow, 1.0))
            out[source].append((flow, 1.0))
            terms.append((flow, cost * scale))
        prob.addConstraint(pulp.LpAffineExpression(ways) == amounts[place, item] / scale)
    for source, flows in out.items():
        prob.addConstraint(pulp.LpAffineExpression(flows) <= stock.get((source, item), 0) / scale)
    prob.setObjective(pulp.LpAffineExpression(terms))
    prob.solve(pulp.HiGHS(msg=False, threads=1))
    if prob.sol_status != pulp.LpSolutionOptimal:
        return 0.0
    return float(pulp.value(prob.objective))
