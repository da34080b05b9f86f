"""Call-ups (物资调用): who asks whom for which goods, who allows it, who owes what afterwards.

Pure: facts and steps in, states and proposals out. The store keeps the steps, tasks post the moves.
"""

from supplies.callups.debts import Debt, bearer, debts
from supplies.callups.facts import (
    SITE_TARGET,
    Approved,
    Arrived,
    CallUp,
    Case,
    Charge,
    Departed,
    Detail,
    Draw,
    Ended,
    Event,
    Higher,
    Line,
    Mode,
    Need,
    Ordered,
    Part,
    Proposed,
    Refilled,
    Refused,
    Requested,
    Reserved,
    Returned,
    Settled,
    Share,
    Step,
    Unmet,
)
from supplies.callups.fold import advance, fold
from supplies.callups.gates import next_steps, waits_for, why_not
from supplies.callups.ladder import needs
from supplies.callups.sourcing import Holding, source
from supplies.callups.state import Standing, State

__all__ = [
    "SITE_TARGET",
    "Approved",
    "Arrived",
    "CallUp",
    "Case",
    "Charge",
    "Debt",
    "Departed",
    "Detail",
    "Draw",
    "Ended",
    "Event",
    "Higher",
    "Holding",
    "Line",
    "Mode",
    "Need",
    "Ordered",
    "Part",
    "Proposed",
    "Refilled",
    "Refused",
    "Requested",
    "Reserved",
    "Returned",
    "Settled",
    "Share",
    "Standing",
    "State",
    "Step",
    "Unmet",
    "advance",
    "bearer",
    "debts",
    "fold",
    "needs",
    "next_steps",
    "source",
    "waits_for",
    "why_not",
]
