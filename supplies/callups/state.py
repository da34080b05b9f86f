"""How a call-up stands: for each share, what was allowed, sent, received, given back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from supplies.callups.facts import (
    CallUp,
    Charge,
    Departed,
    Draw,
    Line,
    Mode,
    Part,
    Proposed,
    Share,
    Step,
)

_NONE: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One share of a line.

    ``lost_charged`` is how much of what was lost is borne with what was received; ``due`` is
    until when its settlement is to be made good.
    """

    share: Share
    approved: int = 0
    reserved: int = 0
    let_go: int = 0
    sent: int = 0
    received: int = 0
    lost: int = 0
    returned: int = 0
    refilled: int = 0
    settled: Mode | None = None
    lost_charged: int = 0
    due: date | None = None

    @property
    def on_the_way(self) -> int:
        """Sent and not yet arrived."""
        return self.sent - self.received - self.lost

    @property
    def foreign(self) -> bool:
        """Whether the goods were somebody else's, so that somebody must bear them."""
        return self.share.draw is not Draw.OWN

    @property
    def open(self) -> int:
        """Allowed, and neither sent nor let go."""
        return self.approved - self.sent - self.let_go

    @property
    def kept(self) -> int:
        """Received and not given back: what was used."""
        return self.received - self.returned

    @property
    def returnable(self) -> int:
        """What may still go back: nothing once it was paid for or given away."""
        over = self.settled in {Mode.REQUESTER, Mode.FREE} or not self.foreign
        owed = self.received - self.returned - self.refilled
        return 0 if over else max(0, owed)

    @property
    def to_settle(self) -> int:
        """Received and used, and nobody said who bears it."""
        return 0 if self.settled or not self.foreign else self.received

    @property
    def to_refill(self) -> int:
        """Borne in goods (by who asked, or by the owner), and not yet there."""
        if self.settled not in {Mode.IN_KIND, Mode.OWNER}:
            return 0
        return max(0, self.received + self.lost_charged - self.returned - self.refilled)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A call-up after some of its steps.

    Parameters
    ----------
    approvals
        Places in ``proposal.needs`` that were given; ``limits`` lines an approver cut.
    trips
        Goods on the way: parts by share, by trip.
    due_fen, paid_fen
        What settlements made due in money, and what was paid.
    ended
        The step that ended it: refuse, cancel or close.
    """

    call_up: CallUp
    proposal: Proposed | None = None
    standings: tuple[Standing, ...] = ()
    approvals: frozenset[int] = frozenset()
    limits: Mapping[int, int] = field(default_factory=lambda: _NONE)
    reserved: bool = False
    order_number: str = ""
    departures: tuple[Departed, ...] = ()
    trips: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    charges: tuple[Charge, ...] = ()
    due_fen: int = 0
    paid_fen: int = 0
    papers: str = ""
    ended: Step | None = None

    def standing(self, share: int) -> Standing:
        """Return a share by its number, from 1."""
        return self.standings[share - 1]

    def of(self, line: Line | int) -> Iterator[Standing]:
        """Yield the shares of a line, in the order they are drawn on."""
        number = line if isinstance(line, int) else line.number
        return (s for s in self.standings if s.share.line == number)

    def unmet(self, line: Line) -> int:
        """Return how much of a line nobody gives: short at the start, or cut by the approver."""
        if self.proposal is None:
            return 0
        given = sum(s.approved if self.approved else s.share.quantity for s in self.of(line))
        return line.quantity - given

    @property
    def approved(self) -> bool:
        """Whether every approval that is needed was given."""
        asked = self.proposal.needs if self.proposal else ()
        return bool(asked) and self.approvals >= set(range(len(asked)))

    @property
    def from_stock(self) -> Iterator[Standing]:
        """The shares that stand in a storehouse of ours."""
        return (s for s in self.standings if s.share.draw is not Draw.LETTER)

    @property
    def money_due(self) -> date | None:
        """Until when the money is to be paid."""
        days = [s.due for s in self.standings if s.settled is Mode.REQUESTER and s.due]
        return max(days, default=None)

    def total(self, name: str) -> int:
        """Return one figure over all shares, by the name of `Standing`'s attribute."""
        return sum(int(getattr(s, name)) for s in self.standings)
