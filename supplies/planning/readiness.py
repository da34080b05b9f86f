"""Prove or refute, unit by unit, that today's stock can run one Level-I response."""

from collections.abc import Iterator, Sequence

from supplies.plan import Failure, Readiness, ReadinessRow, Scenario, Shortage
from supplies.planning.flowtimes import FlowTimes
from supplies.planning.prover import Prover
from supplies.planning.reach import links_used, without_link
from supplies.planning.sources import AtHand, mode_of
from supplies.progress import Progress, silent, stretch

Proven = Sequence[tuple[Scenario, ReadinessRow]]
SITE, ROAD = "site", "road"


def prove(
    at_hand: AtHand,
    scenarios: Sequence[Scenario],
    *,
    mode: str = "own",
    n_minus_1: bool = False,
    progress: Progress | None = None,
) -> Readiness:
    """Return, for every scenario, whether the stock can run it, with a witness either way.

    Parameters
    ----------
    mode
        ``own``, ``nested`` or ``pooled``; see :class:`supplies.planning.sources.Mode`.
    n_minus_1
        Also lose each storehouse and each road link in turn.

    Raises
    ------
    PlanError
        When the mode is unknown or a witness fails its independent check.
    """
    tell = progress or silent
    prover = Prover(at_hand, mode_of(mode))
    rows: list[ReadinessRow] = []
    for n, scenario in enumerate(scenarios):
        if n % 20 == 0:
            tell("readiness", (0.3 if n_minus_1 else 1.0) * n / len(scenarios))
        rows.append(prover.row(scenario))
    lost: list[Failure] = []
    roads: list[frozenset[str]] = []
    if n_minus_1:
        proven = list(zip(scenarios, rows, strict=True))
        roads = links_used(prover.reach)
        lost += _lost_sites(prover, proven, stretch(tell, 0.3, 0.5))
        lost += _lost_roads(prover, proven, roads, stretch(tell, 0.5, 1.0))
    tell("readiness", 1.0)
    return Readiness(
        revision=at_hand.revision,
        mode=mode,
        rows=tuple(rows),
        n_minus_1=tuple(lost),
        roads_tried=len(roads),
    )


def _lost_sites(prover: Prover, proven: Proven, progress: Progress) -> Iterator[Failure]:
    """Lose each storehouse a unit draws on; items that do not use it are proved already."""
    for n, (scenario, row) in enumerate(proven):
        if n % 20 == 0:
            progress("n-1", n / len(proven))
        used: dict[str, set[str]] = {}
        for flow in row.flows:
            used.setdefault(flow.source, set()).add(flow.item)
        for site in prover.sites_of(scenario.area):
            short = row.short
            if site in used:
                short = prover.short_again(scenario, row, used[site], site)
            yield _failure(SITE, site, row, short)


def _lost_roads(
    prover: Prover, proven: Proven, roads: Sequence[frozenset[str]], progress: Progress
) -> Iterator[Failure]:
    """Lose each road link; items whose goods all still arrive in time are proved already."""
    flows = FlowTimes(prover, proven)
    for n, link in enumerate(roads):
        progress("n-1", n / len(roads))
        lost = prover.over(without_link(prover.reach, link))
        for at, items in flows.late(lost.reach).items():
            scenario, row = proven[at]
            short = lost.short_again(scenario, row, items)
            if short != row.short:
                yield _failure(ROAD, "|".join(sorted(link)), row, short)


def _failure(kind: str, failure: str, row: ReadinessRow, short: tuple[Shortage, ...]) -> Failure:
    return Failure(
        kind=kind,
        failure=failure,
        area=row.area,
        hazard=row.hazard,
        covered=not short,
        short=short,
    )
