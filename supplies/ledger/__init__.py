"""The ledger: an append-only list of moves; stock on hand is a fold over it.

Every move takes a positive quantity from one account and gives it to another, so the sum over
all accounts is always zero. Nothing is ever edited: a mistake is corrected by one more move.

Accounts are ``site:<id>``, ``transit:<trip>`` (both *inside*: they can never hold less than
nothing) and ``outside:<name>`` (where goods come from and go to: unbounded). Quantities are
integers in the item's base unit.

Order
-----
The order of moves is total and fixed: (day, sequence, recorded_at, id). Moves that share
(day, sequence, recorded_at) happen at the same *moment*; a document is posted at one moment, so
it is judged as a whole. Nothing inside may be below zero after any moment, not only at the end.
"""

from supplies.ledger.derive import (
    business,
    gather,
    reverse,
    settle,
)
from supplies.ledger.facts import (
    OUTSIDE,
    OUTSIDE_NAMES,
    QUANTITY_MAX,
    SITE,
    TRANSIT,
    Account,
    Count,
    Moment,
    Move,
    Order,
    Position,
    Reason,
    Reservation,
    inside,
    outside,
    site,
    transit,
)
from supplies.ledger.fold import (
    Change,
    Level,
    Shift,
    Step,
    balances,
    changes,
    judge,
    post,
    reserved,
    shifts,
    steps,
    walk,
)
from supplies.ledger.paper import Kind, Paper

__all__ = [
    "OUTSIDE",
    "OUTSIDE_NAMES",
    "QUANTITY_MAX",
    "SITE",
    "TRANSIT",
    "Account",
    "Change",
    "Count",
    "Kind",
    "Level",
    "Moment",
    "Move",
    "Order",
    "Paper",
    "Position",
    "Reason",
    "Reservation",
    "Shift",
    "Step",
    "balances",
    "business",
    "changes",
    "gather",
    "inside",
    "judge",
    "outside",
    "post",
    "reserved",
    "reverse",
    "settle",
    "shifts",
    "site",
    "steps",
    "transit",
    "walk",
]
