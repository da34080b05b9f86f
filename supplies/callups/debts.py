"""Who owes what to whom after a call-up: goods to bring back or buy, money to pay."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from supplies.callups.facts import CallUp, Draw, Mode, Share
from supplies.callups.state import State
from supplies.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What one share leaves to be made good; ``quantity`` in base units, or money in fen.

    ``debtor`` and ``creditor`` are areas, or the tier above the city that gave. An owner that
    bears its goods itself owes the refill to its own store. ``mode`` is ``None`` while nobody
    said who bears it.
    """

    call_up: str
    line: int
    share: int
    item: str
    debtor: str
    creditor: str
    site: str
    mode: Mode | None
    quantity: int
    amount_fen: int
    due: date | None


def bearer(city: City, call_up: CallUp, share: Share, mode: Mode | None) -> str:
    """Return the area that bears a share: what the city took from a county, the city owes (C3)."""
    if mode in {Mode.OWNER, Mode.FREE}:
        return share.owner
    return city.code if share.draw is Draw.LATERAL else call_up.area


def debts(city: City, state: State) -> Iterator[Debt]:
    """Yield what a call-up leaves to be made good: unsettled goods, goods owed, money owed."""
    open_fen = state.due_fen - state.paid_fen
    charged = {charge.share: charge.amount_fen for charge in state.charges}
    for standing in state.standings:
        share, fen = standing.share, 0
        if standing.settled is Mode.REQUESTER:
            # What was paid counts for the first shares first.
            before = sum(
                charged.get(s.share.number, 0)
                for s in state.standings[share.number :]
                if s.settled is Mode.REQUESTER
            )
            fen = min(charged.get(share.number, 0), max(0, open_fen - before))
        units = standing.to_settle or standing.to_refill
        if state.ended is None and (units or fen):
            yield Debt(
                call_up=state.call_up.id,
                line=share.line,
                share=share.number,
                item=state.call_up.line(share.line).item,
                debtor=bearer(city, state.call_up, share, standing.settled),
                creditor=share.owner,
                site=share.site,
                mode=standing.settled,
                quantity=units,
                amount_fen=fen,
                due=standing.due,
            )
