"""How a solve ended, said the same way for every solver."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Meaning of a result, independent of the solver that produced it."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"

    @property
    def has_plan(self) -> bool:
        """Whether decision values may be read."""
        return self in (Status.OPTIMAL, Status.FEASIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Evidence about one solve.

    Parameters
    ----------
    status
        Meaning of the result; ``OPTIMAL`` means within the gap that was asked for.
    objective, bound
        Value of the plan and a proven bound on any plan, in the units of the model;
        ``None`` when there is none.
    runtime_s
        Wall-clock seconds.
    solver
        Name and version, for the report's footer.
    """

    status: Status
    objective: float | None
    bound: float | None
    runtime_s: float
    solver: str

    @property
    def gap(self) -> float | None:
        """Relative distance of the objective from the bound; ``None`` when either is missing."""
        if self.objective is None or self.bound is None:
            return None
        if self.objective == self.bound:
            return 0.0
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-9)
