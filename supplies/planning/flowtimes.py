"""When the goods of proven flows arrive, over one road graph or another: arrays, not loops."""

from collections.abc import Sequence

import numpy as np

from supplies.plan import ReadinessRow, Scenario
from supplies.planning.prover import Prover
from supplies.planning.reach import RESCUE_H, Reach


class FlowTimes:
    """The flows of many scenarios, so that one look tells which arrive late when a road is lost."""

    def __init__(self, prover: Prover, proven: Sequence[tuple[Scenario, ReadinessRow]]) -> None:
        nodes = {code: area.node or "" for code, area in prover.reach.city.areas.items()}
        ways: set[tuple[int, str, bool, int, int, float, int]] = set()
        for at, (scenario, row) in enumerate(proven):
            for flow in row.flows:
                origin, start = prover.start_h(flow, scenario.area)
                travel = prover.reach.travel(flow.deadline_h)
                i, j = travel.place(origin, nodes[flow.place])
                rescue = flow.deadline_h <= RESCUE_H
                ways.add((at, flow.item, rescue, i, j, start, flow.deadline_h))
        columns = list(zip(*sorted(ways), strict=True)) or [()] * 7
        self._scenario = np.array(columns[0], dtype=np.int64)
        self._item = columns[1]
        self._rescue = np.array(columns[2], dtype=bool)
        self._from = np.array(columns[3], dtype=np.int64)
        self._to = np.array(columns[4], dtype=np.int64)
        self._start_h = np.array(columns[5], dtype=np.float64)
        self._deadline_h = np.array(columns[6], dtype=np.float64)

    def late(self, reach: Reach) -> dict[int, set[str]]:
        """Return, by place in the list of scenarios, the items that have goods late."""
        drive_s = np.where(
            self._rescue,
            reach.rescue.time_s[self._from, self._to],
            reach.planning.time_s[self._from, self._to],
        )
        late = self._start_h + drive_s / 3600 > self._deadline_h
        found: dict[int, set[str]] = {}
        for k in np.flatnonzero(late):
            found.setdefault(int(self._scenario[k]), set()).add(self._item[k])
        return found
