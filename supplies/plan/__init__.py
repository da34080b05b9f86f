"""What is asked, what is proved and what is proposed: need, readiness, reserves, trips.

Plain frozen values. Quantities of goods are in catalogue units; money is in yuan (CNY).
"""

from supplies.plan.dispatch import (
    DispatchNeed,
    DispatchPlan,
    Late,
    LotLoad,
    NeedUnload,
    Stop,
    Trip,
    Unserved,
)
from supplies.plan.need import NeedTerm, People, Requirement, Scenario
from supplies.plan.readiness import Cut, Failure, Flow, Readiness, ReadinessRow, Shortage
from supplies.plan.reserves import (
    AgreementLine,
    BuyLine,
    ExpandLine,
    HoldLine,
    MoveLine,
    ReservePlan,
    RetireLine,
    UnmetLine,
)
from supplies.plan.stock import StockLine

__all__ = [
    "AgreementLine",
    "BuyLine",
    "Cut",
    "DispatchNeed",
    "DispatchPlan",
    "ExpandLine",
    "Failure",
    "Flow",
    "HoldLine",
    "Late",
    "LotLoad",
    "MoveLine",
    "NeedTerm",
    "NeedUnload",
    "People",
    "Readiness",
    "ReadinessRow",
    "Requirement",
    "ReservePlan",
    "RetireLine",
    "Scenario",
    "Shortage",
    "StockLine",
    "Stop",
    "Trip",
    "UnmetLine",
    "Unserved",
]
