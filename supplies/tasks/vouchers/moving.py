"""Build and post the moves of a voucher; every kind goes through here.

`posting` opens the transaction. Inside it a kind asks whether it was posted before (`repeated`),
picks lots, builds moves and posts them. A trial is told and undone at its end, so what is shown
is exactly what posting would do.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from supplies.errors import LedgerError
from supplies.ledger import Change, Kind, Move, Paper, Reason, business, changes, outside, steps
from supplies.ledger import site as at_site
from supplies.lots import Lot, first_out, make_lot
from supplies.store import Voucher, Writer
from supplies.tasks.desk import Desk, now
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.order import Line, Order, day_of, why
from supplies.tasks.vouchers.picking import Choose, Picked
from supplies.tiers import Tier

RELABEL = outside("relabel")


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where goods go, and why."""

    source: str
    target: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Shown:
    """What a voucher would do: itself, and the levels at the end of each day that it changes."""

    vouchers: tuple[Voucher, ...]
    changes: tuple[Change, ...]


class UndoneError(Exception):
    """Leaves a posting so that all of it is undone; carries what it would have done."""

    def __init__(self, shown: Shown) -> None:
        super().__init__("undone")
        self.shown = shown


@contextmanager
def posting(desk: Desk, task: str, order: Order, subject: str = "") -> Iterator[Writer]:
    """Open the transaction of a voucher; a trial is undone at its end.

    Raises
    ------
    UndoneError
        At the end of a trial.
    """
    with desk.writing(task, subject) as writer, naming.told(desk):
        yield writer
        if order.trial:
            raise UndoneError(_shown(writer))


def _shown(writer: Writer) -> Shown:
    posted = [v for v in map(writer.voucher, writer.written) if v is not None]
    new = [step for v in posted for step in steps(v.moves, v.reservations)]
    # The transaction sees its own facts: the past is what was there without them.
    past = Counter(writer.steps({step.position for step in new})) - Counter(new)
    return Shown(tuple(posted), tuple(changes(past.elements(), new)))


def repeated(
    desk: Desk, writer: Writer, order: Order, kind: Kind, wanted: Mapping[str, int] | None = None
) -> Voucher | None:
    """Return the voucher posted before under the order's key; ``None`` where there is none.

    Lots and days may differ in the repeat, because the program chooses them.

    Raises
    ------
    LedgerError
        When the key stands for another kind of voucher or other goods.
    """
    before = writer.posted(order.key) if order.key is not None else None
    if before is None:
        return None
    same = before.paper.kind is kind and (wanted is None or _amounts(before) == Counter(wanted))
    if not same:
        raise LedgerError(
            f"幂等键 {order.key!r} 已用于凭证 {before.id}, 内容不同; 新的业务请换一个键"
            f" | key {order.key!r} was used for voucher {before.id}, which says otherwise; give "
            "another key"
        )
    return before


def _amounts(voucher: Voucher) -> Counter[str]:
    """Return base units by item, without what only changed its label."""
    total: Counter[str] = Counter()
    for move in business(voucher.moves):
        total[move.item] += move.quantity
    for line in voucher.reservations:
        total[line.item] += line.quantity
    return total


def make(
    desk: Desk, order: Order, way: Way, item: str, picked: Iterable[tuple[Lot, int]], reason: str
) -> list[Move]:
    """Return the moves that take picked lots of one item along a way."""
    day, moment, note = day_of(desk, order), now(), why(reason)
    return [
        Move(
            id=uuid4(),
            day=day,
            recorded_at=moment,
            recorded_by=desk.user,
            item=item,
            lot=lot.id,
            quantity=units,
            source=way.source,
            target=way.target,
            reason=way.reason,
            note=note,
        )
        for lot, units in picked
    ]


def relabel(
    desk: Desk, order: Order, place: str, old: Lot, new: Lot, units: int, reason: Reason, note: str
) -> list[Move]:
    """Return the two moves that turn goods of one lot into another of the same item, in place.

    What goes to ``outside:relabel`` comes back from it, so it holds nothing of any item.
    """
    away = Way(place, RELABEL, reason)
    back = Way(RELABEL, place, reason)
    return [
        *make(desk, order, away, old.item, [(old, units)], note),
        *make(desk, order, back, new.item, [(new, units)], note),
    ]


def relot(lot: Lot, **change: object) -> Lot:
    """Return the lot that these attributes of another give."""
    return make_lot(
        lot.item,
        **{  # type: ignore[arg-type]
            "produced": lot.produced,
            "expiry": lot.expiry,
            "condition": lot.condition,
            "owner_tier": lot.owner_tier,
            "source_mode": lot.source_mode,
            **change,
        },
    )


def with_owner(
    desk: Desk, order: Order, site: str, picked: Picked, note: str
) -> tuple[list[Move], Picked]:
    """Return the moves that write the owner on goods that name none, and the lots afterwards.

    An owner-less lot belongs to whoever holds it: without this it would change hands silently
    when it goes to another tier's site.
    """
    tier = desk.site(site).tier
    moves: list[Move] = []
    owned: list[tuple[Lot, int]] = []
    for lot, units in picked:
        mine = lot if lot.owner_tier else relot(lot, owner_tier=tier)
        if mine != lot:
            place = at_site(site)
            moves += relabel(desk, order, place, lot, mine, units, Reason.CUSTODY, note)
        owned.append((mine, units))
    return moves, owned


def stay_owned(desk: Desk, source: str, target: str, lots: Iterable[Lot]) -> None:
    """Refuse goods that would silently become another unit's of the same tier.

    A lot names its owner's tier; which county or township that is follows from where it stands.

    Raises
    ------
    LedgerError
        Naming the goods, whose they are and where they would change hands.
    """
    city, ends = desk.city, (desk.site(source), desk.site(target))
    for lot in lots:
        tier = lot.owned_by(ends[0].tier)
        mine, theirs = (city.ancestor(end.area, tier) for end in ends)
        if mine is None or theirs is None or mine == theirs:
            continue
        owner, item = city.areas[mine], city.items[lot.item]
        raise LedgerError(
            f"{item.name_zh}是{owner.name_zh}的, 到了{ends[1].name_zh}台账就认不出物主; "
            "请走物资调用 (call-up), 或写明移交 (--hand-over)"
            f" | {item.name_en} belongs to {owner.name_en}; at {ends[1].name_en} the ledger could "
            "not tell so: make it a call-up, or hand it over (--hand-over)"
        )


def handed_over(
    desk: Desk, order: Order, place: str, picked: Picked, tier: Tier, note: str
) -> tuple[list[Move], list[Lot]]:
    """Return the moves that make goods at a place another tier's, and their new lots."""
    moves: list[Move] = []
    lots: list[Lot] = []
    for lot, units in picked:
        theirs = relot(lot, owner_tier=tier)
        lots.append(theirs)
        if theirs != lot:
            moves += relabel(desk, order, place, lot, theirs, units, Reason.CUSTODY, note)
    return moves, lots


def take(
    desk: Desk,
    writer: Writer,
    order: Order,
    site: str,
    lines: Sequence[Line],
    choose: Choose,
    held: str | None = None,
) -> list[tuple[Lot, int]]:
    """Return the lots that leave a site for the lines of a voucher.

    With ``held``, the voucher of a reservation, they are those it sets aside; so much of it is
    let go in the same transaction.

    Raises
    ------
    CityError, LedgerError, OverdrawnError
        When a lot is unknown or another tier's, or less is there (or set aside) than asked for.
    """
    if held is not None:
        return _let_go(desk, writer, order, site, lines, held)
    day = day_of(desk, order)
    taken: Counter[Lot] = Counter()
    for line in lines:
        for lot, units in choose(desk, writer, site, line, day, taken):
            taken[lot] += units
    return list(taken.items())


def _let_go(
    desk: Desk, writer: Writer, order: Order, site: str, lines: Sequence[Line], held: str
) -> list[tuple[Lot, int]]:
    voucher = writer.voucher(held)
    if voucher is None or not voucher.reservations:
        raise naming.unknown(held)
    lots = {(row.item, row.lot.id): row.lot for row in writer.stock(site=site)}
    kept = [
        (lots[x.reservation.item, x.reservation.lot], x.open, x.reservation.id)
        for x in writer.open_reservations(held)
        if x.reservation.account == at_site(site)
    ]
    kept.sort(key=lambda entry: first_out(entry[0]))
    taken: Counter[Lot] = Counter()
    left = {number: units for _, units, number in kept}
    go = Counter[object]()
    for line in lines:
        missing = desk.base(line.item, line.quantity)
        for lot, _, number in kept:
            if lot.item == line.item and line.lot in (None, lot.id):
                units = min(left[number], missing)
                left[number] -= units
                missing -= units
                taken[lot] += units
                go[number] += units
        if missing:
            short, place = naming.goods(desk, line.item, missing), naming.place(desk, at_site(site))
            raise LedgerError(
                f"凭证 {held} 在{place[0]}预留的不够, 还差{short[0]}"
                f" | voucher {held} does not reserve enough at {place[1]}: short of {short[1]}"
            )
    release = {number: go[number] for _, _, number in kept if go[number]}
    writer.release(
        release,
        day=day_of(desk, order),
        recorded_at=now(),
        recorded_by=desk.user,
        note=voucher.note,
        paper=Paper(refers=held, call_up=voucher.paper.call_up),
    )
    return [(lot, units) for lot, units in taken.items() if units]


def post(
    writer: Writer,
    order: Order,
    paper: Paper,
    moves: Sequence[Move],
    lots: Iterable[Lot],
    reason: str,
) -> Voucher:
    """Post moves as one voucher.

    Raises
    ------
    OverdrawnError, LedgerError
        As `Writer.append`.
    """
    return writer.append(
        moves,
        lots,
        key=order.key,
        note=why(reason),
        allow_backdate=order.late.strip() or None,
        paper=paper,
    )


def by_item(picked: Iterable[tuple[Lot, int]]) -> Iterator[tuple[str, list[tuple[Lot, int]]]]:
    """Yield picked lots item by item, in their order."""
    groups: dict[str, list[tuple[Lot, int]]] = {}
    for lot, units in picked:
        groups.setdefault(lot.item, []).append((lot, units))
    yield from groups.items()


def made_of(
    desk: Desk, order: Order, way: Way, picked: Iterable[tuple[Lot, int]], reason: str
) -> list[Move]:
    """Return the moves that take picked lots of several items along a way."""
    return [
        move
        for item, lots in by_item(picked)
        for move in make(desk, order, way, item, lots, reason)
    ]
