"""Vehicles and docks while jobs are put on them."""

import bisect
import itertools
from collections.abc import Mapping
from math import ceil, inf

from models.trips.problem import Job, Run, TripsProblem, lateness, load_time, unload_time


class _Docks:
    """Free slots of the docks of every site."""

    def __init__(self, docks: Mapping[str, int]) -> None:
        self.busy: dict[str, list[list[tuple[int, int]]]] = {
            site: [[] for _ in range(max(1, count))] for site, count in docks.items()
        }

    def slot(self, site: str, start: int, length: int) -> tuple[int, int]:
        """Return the earliest start of a free slot and its dock."""
        best = (-1, 0)
        for number, busy in enumerate(self.busy[site]):
            at = start
            first = bisect.bisect_left(busy, (start, start))
            for begin, end in busy[max(0, first - 1) :]:
                if begin >= at + length and begin >= at:
                    break
                at = max(at, end)
            if best[0] < 0 or at < best[0]:
                best = (at, number)
        return best

    def book(self, site: str, dock: int, start: int, end: int) -> None:
        """Take a slot."""
        bisect.insort(self.busy[site][dock], (start, end))


class Board:
    """Vehicles and docks while jobs are put on them."""

    def __init__(self, problem: TripsProblem) -> None:
        self.problem = problem
        self.free = {n: [g.ready_s] * g.count for n, g in problem.groups.items() if g.count > 0}
        self.docks = _Docks(problem.docks)

    def offers(self, job: Job) -> list[tuple[float, float, str]]:
        """Return (cost, km, group) of the groups that can do a job, the cheapest first."""
        at = self.problem.sources[job.source].place
        kg, m3 = sum(v.kg for v in job.visits), sum(v.m3 for v in job.visits)
        found = []
        for name in near(self.problem, at, job.kinds):
            group = self.problem.groups[name]
            kind = self.problem.kinds[group.kind]
            if name not in self.free or kind.share(kg, m3) > 1 + 1e-9:
                continue
            stops = [group.home, at, *(v.place for v in job.visits), group.home]
            legs = list(itertools.pairwise(stops))
            drive = sum(kind.time_s[a][b] for a, b in legs)
            if drive == inf:
                continue
            km = sum(kind.km[a][b] for a, b in legs)
            work = load_time(kind, kg, m3) + sum(unload_time(kind, v.kg, v.m3) for v in job.visits)
            hours = (drive + work) / 3600
            found.append((kind.fixed_cny + km * kind.km_cny + hours * kind.hour_cny, km, name))
        return sorted(found)

    def trial(self, job: Job, offer: tuple[float, float, str]) -> tuple[Run, int]:
        """Return the job on the group's first free vehicle, and the dock it loads at."""
        cost, km, name = offer
        group, source = self.problem.groups[name], self.problem.sources[job.source]
        kind = self.problem.kinds[group.kind]
        kg, m3 = sum(v.kg for v in job.visits), sum(v.m3 for v in job.visits)
        free = self.free[name]
        number = min(range(len(free)), key=lambda v: (free[v], v))
        there = free[number] + ceil(kind.time_s[group.home][source.place] - 1e-9)
        length = load_time(kind, kg, m3)
        begin, dock = self.docks.slot(source.site, max(there, source.ready_s), length)
        clock, at, arrive, leave = begin + length, source.place, [], []
        for visit in job.visits:
            clock += ceil(kind.time_s[at][visit.place] - 1e-9)
            arrive.append(clock)
            clock += unload_time(kind, visit.kg, visit.m3)
            leave.append(clock)
            at = visit.place
        run = Run(
            job=job,
            group=name,
            number=number,
            load_s=begin,
            loaded_s=begin + length,
            arrive_s=tuple(arrive),
            leave_s=tuple(leave),
            back_s=clock + ceil(kind.time_s[at][group.home] - 1e-9),
            km=km,
            cost_cny=cost,
        )
        return run, dock

    def best(self, job: Job) -> tuple[Run, int] | None:
        """Return the job on its best vehicle, and its dock; ``None`` if none before the horizon."""
        found: tuple[tuple[tuple[int, int, int], ...], Run, int] | None = None
        for offer in self.offers(job):
            run, dock = self.trial(job, offer)
            if run.arrive_s[-1] > self.problem.horizon_s:
                continue
            late = lateness([run])
            if found is None or late < found[0]:
                found = (late, run, dock)
            if not late:
                break
        return None if found is None else found[1:]

    def put(self, job: Job) -> Run | None:
        """Give a job its vehicle; ``None`` when no vehicle arrives before the horizon."""
        found = self.best(job)
        if found is None:
            return None
        run, dock = found
        site = self.problem.sources[job.source].site
        self.docks.book(site, dock, run.load_s, run.loaded_s)
        self.free[run.group][run.number] = run.back_s
        return run


def near(problem: TripsProblem, place: int, kinds: frozenset[str]) -> list[str]:
    """Return the groups of each kind whose homes are nearest to a place."""
    by_kind: dict[str, list[tuple[float, str]]] = {}
    for name, group in problem.groups.items():
        if group.kind in kinds:
            away = problem.kinds[group.kind].time_s[group.home][place]
            by_kind.setdefault(group.kind, []).append((away, name))
    return [
        name
        for kind in sorted(by_kind)
        for _, name in sorted(by_kind[kind])[: problem.homes_per_kind]
    ]
