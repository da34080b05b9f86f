"""Jobs in order, then better orders and smaller jobs as long as lateness falls."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from models.trips.board import Board, near
from models.trips.problem import Goods, Job, Run, TripsProblem, lateness, unload_time

Score = tuple[tuple[tuple[int, int, int], ...], float]


def _rank(runs: Sequence[Run], left: Sequence[Job], urgencies: Sequence[int]) -> Score:
    late = {p: (n, s) for p, n, s in lateness(runs)}
    missing = dict.fromkeys(urgencies, 0)
    for job in left:
        for visit in job.visits:
            missing[visit.priority] = missing.get(visit.priority, 0) + len(visit.goods)
    rows = tuple((missing.get(p, 0), *late.get(p, (0, 0))) for p in urgencies)
    return rows, sum(run.cost_cny for run in runs)


def latest_start(problem: TripsProblem, job: Job) -> float:
    """Return when a job should begin to load to be in time with its quickest kind [s]."""
    at = problem.sources[job.source].place
    best = -inf
    for name in sorted(job.kinds):
        kind = problem.kinds[name]
        clock, here, slack = 0.0, at, inf
        for visit in job.visits:
            clock += kind.time_s[here][visit.place]
            slack = min(slack, visit.due_s - clock)
            clock += unload_time(kind, visit.kg, visit.m3)
            here = visit.place
        best = max(best, slack)
    return best


def schedule(
    problem: TripsProblem, jobs: Sequence[Job], rounds: int = 12
) -> tuple[list[Run], list[Job]]:
    """Return runs and the jobs nobody can do; deterministic."""
    order = sorted(
        jobs,
        key=lambda j: (latest_start(problem, j), j.source, tuple(v.place for v in j.visits)),
    )
    urgencies = sorted({v.priority for j in jobs for v in j.visits})
    runs, left = _in_order(problem, order)
    best = _rank(runs, left, urgencies)
    for _ in range(rounds):
        trouble = [r.job for r in runs if lateness([r])] + left
        if not trouble:
            break
        for trial in _trials(problem, order, runs, trouble):
            new_runs, new_left = _in_order(problem, trial)
            score = _rank(new_runs, new_left, urgencies)
            if score < best:
                order, runs, left, best = trial, new_runs, new_left, score
                break
        else:
            break
    return runs, left


def _in_order(problem: TripsProblem, order: Sequence[Job]) -> tuple[list[Run], list[Job]]:
    board = Board(problem)
    runs, left = [], []
    for job in order:
        run = board.put(job)
        if run is None:
            left.append(job)
        else:
            runs.append(run)
    return runs, left


def _trials(
    problem: TripsProblem, order: Sequence[Job], runs: Sequence[Run], trouble: Sequence[Job]
) -> Iterator[list[Job]]:
    """Yield orders that may be better, the likeliest first."""
    board = Board(problem)
    yield _deferred(order, [j for j in trouble if not _in_time(board, j)])
    yield _cut(problem, order, runs)
    yield _deferred(order, trouble)
    yield _sooner(order, trouble)


def _deferred(order: Sequence[Job], trouble: Sequence[Job]) -> list[Job]:
    """Let jobs that are late in any case stand back for those due at the same time."""
    late = {id(j) for j in trouble}

    def due(job: Job) -> tuple[int, bool]:
        return min(v.due_s for v in job.visits), id(job) in late

    return sorted(order, key=due)


def _sooner(order: Sequence[Job], trouble: Sequence[Job]) -> list[Job]:
    """Move late jobs to the front, the most urgent first."""
    late = {id(j) for j in trouble}
    front = sorted(
        (j for j in order if id(j) in late), key=lambda j: min(v.priority for v in j.visits)
    )
    return front + [j for j in order if id(j) not in late]


def _cut(problem: TripsProblem, order: Sequence[Job], runs: Sequence[Run]) -> list[Job]:
    """Cut late jobs where that may help: late stops go alone, one place's goods go in two."""
    late = {id(run.job): run for run in runs if lateness([run])}
    busy = {(run.group, run.number) for run in runs}
    board = Board(problem)
    result: list[Job] = []
    for job in order:
        run = late.get(id(job))
        result.extend([job] if run is None else _parts(board, run, busy))
    return result


def _parts(board: Board, run: Run, busy: set[tuple[str, int]]) -> list[Job]:
    """Return a late job in parts that would be in time with all vehicles free, or the job."""
    job, problem = run.job, board.problem
    if len(job.visits) > 1:
        split = [v for v, at in zip(job.visits, run.arrive_s, strict=True) if at > v.due_s]
        alone = [replace(job, visits=(v,)) for v in split]
        rest = tuple(v for v in job.visits if v not in split)
        parts = [*alone, *([replace(job, visits=rest)] if rest else [])]
    else:
        close = near(problem, problem.sources[job.source].place, job.kinds)
        idle = any((g, v) not in busy for g in close for v in range(problem.groups[g].count))
        parts = _halves(job) if idle else [job]
    return parts if any(_in_time(board, part) for part in parts) else [job]


def _in_time(board: Board, job: Job) -> bool:
    found = board.best(job)
    return found is not None and not lateness([found[0]])


def _halves(job: Job) -> list[Job]:
    visit = job.visits[0]
    halves: tuple[list[Goods], list[Goods]] = ([], [])
    for goods in visit.goods:
        first = goods.units - goods.units // 2
        for half, units in zip(halves, (first, goods.units - first), strict=True):
            if units:
                half.append(replace(goods, units=units))
    return [replace(job, visits=(replace(visit, goods=tuple(half)),)) for half in halves if half]
