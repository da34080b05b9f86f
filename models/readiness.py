"""Can this stock meet this need in time? The largest cover of a need, with a witness.

One item at a time: stock of one item never serves another, so a scenario is one small
transportation problem per item.

Sets
    s in sources, l = (place, deadline) in layers
Parameters
    supply[s]        what a source can give                                     (units)
    need[l]          what a place needs by a deadline beyond earlier deadlines  (units)
    reach[l]         sources whose goods arrive in time for a layer             (set of s)
Variables
    flow[s, l] >= 0 where s in reach[l]                                         (units)
Maximise
    sum flow
Subject to
    (1) supply: sum_l flow[s, l] <= supply[s]    (2) need: sum_s flow[s, l] <= need[l]
Witness
    of yes: the flow itself. Of no: a set of layers whose every source together holds less than
    they need (Hall's condition violated; it is the minimum cut of the flow network).

Source: Ford and Fulkerson (1956); Hall (1935). Solved as maximum flow by OR-Tools.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from ortools.graph.python import max_flow

Source = str
Place = str
Layer = tuple[Place, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverProblem:
    """Sets and parameters; see the module docstring for units.

    ``reach`` may name sources without supply: they give nothing.
    """

    supply: Mapping[Source, int]
    need: Mapping[Layer, int]
    reach: Mapping[Layer, frozenset[Source]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violated:
    """A witness of no: all sources that reach these layers, and what the layers need."""

    sources: frozenset[Source]
    layers: tuple[Layer, ...]
    supply: int
    need: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The largest cover: flows that show it, what stays short, and the cut if anything does."""

    flow: Mapping[tuple[Source, Layer], int]
    short: Mapping[Layer, int]
    violated: Violated | None


def cover(problem: CoverProblem) -> Cover:
    """Return the largest cover of the need and its witness.

    Layers with the same sources in reach are one to the flow: the cover is found on groups and
    dealt out to their layers, earliest deadline first. Reach sets that nest, as those of a
    single place do, are served in order of size, which is exact and needs no flow.
    """
    groups: dict[frozenset[Source], list[Layer]] = {}
    for layer in sorted(problem.need, key=lambda x: (x[1], x[0])):
        if problem.need[layer] > 0:
            groups.setdefault(problem.reach[layer], []).append(layer)
    reaches = sorted(groups, key=len)
    wanted = [sum(problem.need[la] for la in groups[r]) for r in reaches]
    sources = sorted({s for r in reaches for s in r if problem.supply.get(s, 0) > 0})
    held = [problem.supply[s] for s in sources]
    nested = all(a <= b for a, b in pairwise(reaches))
    given, cut = (_in_order if nested else _max_flow)(held, sources, reaches, wanted)
    flow: dict[tuple[Source, Layer], int] = {}
    short: dict[Layer, int] = {}
    for g, reach in enumerate(reaches):
        stock = [(s, units) for s, units in zip(sources, given[g], strict=True) if units]
        _deal(stock, groups[reach], problem.need, flow, short)
    return Cover(flow=flow, short=short, violated=_witness(problem, cut, reaches, groups))


def check(problem: CoverProblem, result: Cover) -> list[str]:
    """Return what is wrong with a cover or its witness, recomputed without a solver."""
    wrong: list[str] = []
    sent: Counter[Source] = Counter()
    came: Counter[Layer] = Counter()
    for (source, layer), quantity in result.flow.items():
        sent[source] += quantity
        came[layer] += quantity
        if quantity < 0 or source not in problem.reach[layer]:
            wrong.append(f"reach: {source} cannot serve {layer[0]} by {layer[1]} h")
    for source, units in sent.items():
        if units > (held := problem.supply.get(source, 0)):
            wrong.append(f"supply: {source} gives {units}, holds {held}")
    for layer, need in problem.need.items():
        got = came[layer]
        if got + result.short.get(layer, 0) != max(need, 0):
            wrong.append(f"need: {layer[0]} by {layer[1]} h gets {got} of {need}")
    missing = sum(result.short.values())
    cut = result.violated
    if (cut is None) != (missing == 0):
        wrong.append("witness: a shortage needs a cut, a full cover has none")
    if cut is not None:
        outside = [la for la in cut.layers if not problem.reach[la] <= cut.sources]
        held = sum(problem.supply.get(s, 0) for s in cut.sources)
        need = sum(problem.need[la] for la in cut.layers)
        if outside or held != cut.supply or need != cut.need or need - held != missing:
            wrong.append(f"witness: the cut proves {need - held}, the shortage is {missing}")
    return wrong


def _in_order(
    held: list[int],
    sources: list[Source],
    reaches: list[frozenset[Source]],
    wanted: list[int],
) -> tuple[list[list[int]], frozenset[int]]:
    """Serve nested groups, smallest reach first; the cut ends at the worst shortage so far."""
    left = list(held)
    given: list[list[int]] = []
    lacking = worst = last = 0
    for g, reach in enumerate(reaches):
        row, need = [0] * len(sources), wanted[g]
        for i, source in enumerate(sources):
            if need and left[i] and source in reach:
                row[i] = min(need, left[i])
                left[i] -= row[i]
                need -= row[i]
        given.append(row)
        lacking += need
        if lacking > worst:
            worst, last = lacking, g
    return given, frozenset(range(last + 1)) if worst else frozenset()


def _max_flow(
    held: list[int],
    sources: list[Source],
    reaches: list[frozenset[Source]],
    wanted: list[int],
) -> tuple[list[list[int]], frozenset[int]]:
    """Return units by group and source, and the groups on the short side of the minimum cut."""
    n, m = len(sources), len(reaches)
    start, end = n + m, n + m + 1
    index = {s: i for i, s in enumerate(sources)}
    arcs = [(index[s], n + g) for g, r in enumerate(reaches) for s in sorted(r) if s in index]
    tails = [start] * n + [a for a, _ in arcs] + [n + g for g in range(m)]
    heads = list(range(n)) + [b for _, b in arcs] + [end] * m
    most = sum(wanted) + 1
    capacity = held + [most] * len(arcs) + wanted
    given = [[0] * n for _ in range(m)]
    if not tails:
        return given, frozenset()
    network = max_flow.SimpleMaxFlow()
    ids = network.add_arcs_with_capacity(
        np.array(tails, dtype=np.int32),
        np.array(heads, dtype=np.int32),
        np.array(capacity, dtype=np.int64),
    )
    network.solve(start, end)
    flows = network.flows(ids)
    for k, (i, node) in enumerate(arcs):
        given[node - n][i] = int(flows[n + k])
    side = set(network.get_sink_side_min_cut())
    lacking = network.optimal_flow() < sum(wanted)
    return given, frozenset(g for g in range(m) if n + g in side) if lacking else frozenset()


def _deal(
    stock: list[tuple[Source, int]],
    layers: list[Layer],
    need: Mapping[Layer, int],
    flow: dict[tuple[Source, Layer], int],
    short: dict[Layer, int],
) -> None:
    """Hand a group's units to its layers in order; what is left over is short."""
    at = 0
    left = [units for _, units in stock]
    for layer in layers:
        open_units = need[layer]
        while open_units and at < len(stock):
            units = min(open_units, left[at])
            if units:
                flow[stock[at][0], layer] = flow.get((stock[at][0], layer), 0) + units
                left[at] -= units
                open_units -= units
            if left[at] == 0:
                at += 1
        if open_units:
            short[layer] = open_units


def _witness(
    problem: CoverProblem,
    cut: frozenset[int],
    reaches: list[frozenset[Source]],
    groups: Mapping[frozenset[Source], list[Layer]],
) -> Violated | None:
    """Close the cut: every layer that lives on the cut's sources alone belongs to it."""
    if not cut:
        return None
    sources = frozenset().union(*(reaches[g] for g in cut))
    layers = tuple(la for r in reaches if r <= sources for la in groups[r])
    return Violated(
        sources=sources,
        layers=layers,
        supply=sum(problem.supply.get(s, 0) for s in sources),
        need=sum(problem.need[la] for la in layers),
    )
