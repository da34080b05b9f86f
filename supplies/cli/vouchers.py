"""Commands that post one voucher each; ``--key`` makes a repeat harmless."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import typer

from supplies import tasks
from supplies.cli import vouchers_file
from supplies.cli.frame import Run, command
from supplies.cli.inputs import Lot, MaybeItem, MaybeQuantity, MaybeSite, Quantity, Reason, Site
from supplies.cli.vouchers_order import (
    Act,
    Day,
    Document,
    Lines,
    Owner,
    as_day,
    ordered,
    parse_line,
)
from supplies.tasks import Line
from supplies.tiers import Tier

Do = Callable[..., None]

From = Annotated[str, typer.Option("--from", metavar="ID", help="调出库房 | from this storehouse")]
To = Annotated[str, typer.Option("--to", metavar="ID", help="调入库房 | to this storehouse")]
Bound = Annotated[
    str, typer.Option("--to", metavar="ID|CODE", help="送往库房或地区 | to a storehouse or an area")
]
Held = Annotated[
    str | None,
    typer.Option(metavar="VOUCHER", help="动用这张预留单 | take what this reservation holds"),
]
HandOver = Annotated[
    bool, typer.Option("--hand-over", help="所有权一并移交 | the goods change owner too")
]
Issued = Annotated[
    str | None,
    typer.Option(metavar="VOUCHER", help="对应的出库单 | the voucher they were issued on"),
]
OneLot = Annotated[str, typer.Option("--lot", metavar="L", help="批次 | the lot")]
OneItem = Annotated[str, typer.Option("--item", metavar="ID", help="物资 | item")]

# Verbs that concern one storehouse: name, act, help.
AT_ONE_SITE: tuple[tuple[str, Act, str], ...] = (
    ("issue", tasks.issue, "出库 | goods leave a storehouse for use"),
    ("receive", tasks.receive, "入库 | goods come into a storehouse"),
    ("reserve", tasks.reserve, "预留 | set goods aside"),
    ("train", tasks.train, "训练领用 | goods are used for training"),
    ("lend", tasks.lend, "借出 | goods are lent (--party, --due)"),
    ("donate", tasks.donate, "接收捐赠 | goods are given (--party)"),
    (
        "requisition",
        tasks.requisition,
        "应急征用 | goods are requisitioned (--party, --amount, --due)",
    ),
)


def _goods(
    item: str | None, quantity: object, lot: str | None, owner: Tier | None, line: list[str] | None
) -> dict[str, object]:
    """Return what a task is asked of goods: one item, or lines."""
    asked: dict[str, object] = {"lines": [replace(parse_line(x), owner=owner) for x in line or ()]}
    if item is not None:
        asked |= {"item": item, "quantity": quantity or 0, "lot": lot, "owner": owner}
    return asked


def _at_one_site(task: Act, words: str) -> Callable[..., None]:
    def voucher(
        run: Run,
        act: Do,
        site: Site,
        reason: Reason,
        item: MaybeItem = None,
        quantity: MaybeQuantity = None,
        lot: Lot = None,
        owner: Owner = None,
        line: Lines = None,
    ) -> None:
        act(task, site=site, reason=reason, **_goods(item, quantity, lot, owner, line))

    voucher.__doc__ = words
    return voucher


def scrap(
    run: Run,
    act: Do,
    site: Site,
    reason: Reason,
    item: MaybeItem = None,
    quantity: MaybeQuantity = None,
    lot: Lot = None,
    owner: Owner = None,
    line: Lines = None,
) -> None:
    """报废, 不写批准人则为记账人 | written off; who enters it approves, if not said."""
    task = _approved(tasks.scrap)
    act(task, site=site, reason=reason, **_goods(item, quantity, lot, owner, line))


def _approved(task: Act) -> Act:
    """Return the task with whoever enters it as approver: only an approver has the right."""

    def approved(desk: tasks.Desk, *, order: tasks.Order, **request: object) -> tasks.Voucher:
        who = order.approved_by.strip() or desk.actor.name or desk.user
        return task(desk, order=replace(order, approved_by=who), **request)

    return approved


def return_(
    run: Run,
    act: Do,
    site: Site,
    reason: Reason,
    item: MaybeItem = None,
    quantity: MaybeQuantity = None,
    lot: Lot = None,
    line: Lines = None,
    issued: Issued = None,
) -> None:
    """归还 | unused goods come back."""
    asked = _goods(item, quantity, lot, None, line)
    asked.pop("owner", None)
    act(tasks.return_, site=site, reason=reason, issued=issued, **asked)


def transfer(
    run: Run,
    act: Do,
    source: From,
    target: To,
    reason: Reason,
    item: MaybeItem = None,
    quantity: MaybeQuantity = None,
    lot: Lot = None,
    owner: Owner = None,
    line: Lines = None,
    hand_over: HandOver = False,
    held: Held = None,
) -> None:
    """调拨 | goods go from one storehouse to another."""
    asked = _goods(item, quantity, lot, owner, line)
    act(
        tasks.transfer,
        source=source,
        target=target,
        reason=reason,
        hand_over=hand_over,
        held=held,
        **asked,
    )


def depart(
    run: Run,
    act: Do,
    source: From,
    target: Bound,
    reason: Reason,
    item: MaybeItem = None,
    quantity: MaybeQuantity = None,
    lot: Lot = None,
    owner: Owner = None,
    line: Lines = None,
    trip: Annotated[
        str | None, typer.Option(metavar="ID", help="车次 | the trip they go on")
    ] = None,
    held: Held = None,
) -> None:
    """发运 | goods leave and are on the way."""
    asked = _goods(item, quantity, lot, owner, line)
    act(tasks.depart, source=source, target=target, reason=reason, trip=trip, held=held, **asked)


def arrive(
    run: Run,
    act: Do,
    departure: Document,
    reason: Reason,
    item: MaybeItem = None,
    quantity: MaybeQuantity = None,
    lot: Lot = None,
    line: Lines = None,
    site: MaybeSite = None,
    lost: Annotated[
        str, typer.Option(metavar="TEXT", help="其余不会再到的原因 | why the rest will not come")
    ] = "",
    hand_over: HandOver = False,
) -> None:
    """到货签收, 不写物资则全部收到 | sign for a departure; all of it where no goods are named."""
    received = _one_or_lines(item, quantity, lot, line)
    act(
        tasks.arrive,
        departure=departure,
        reason=reason,
        received=received,
        site=site,
        lost=lost,
        hand_over=hand_over,
    )


def _one_or_lines(
    item: str | None, quantity: object, lot: str | None, line: list[str] | None
) -> list[Line] | None:
    named = [Line(item=item, quantity=quantity or 0, lot=lot)] if item is not None else []  # type: ignore[arg-type]
    return [*named, *map(parse_line, line or ())] or None


def count(
    run: Run,
    act: Do,
    site: Site,
    reason: Reason,
    line: Lines = None,
) -> None:
    """盘点, 每行一个批次, 可为零 | post what was counted, a line a lot; zero is a count."""
    act(tasks.count, site=site, reason=reason, counted=[parse_line(x) for x in line or ()])


def inspect(
    run: Run,
    act: Do,
    site: Site,
    item: OneItem,
    lot: OneLot,
    quantity: Quantity,
    reason: Reason,
    expiry: Day = None,
    condition: Annotated[
        str | None,
        typer.Option(metavar="usable|inspect|damaged", help="新状态 | the condition found"),
    ] = None,
) -> None:
    """检验处置: 延期、降级、恢复 | inspection: extend, downgrade, return to use (--order)."""
    act(
        tasks.inspect,
        site=site,
        item=item,
        lot=lot,
        quantity=quantity,
        reason=reason,
        expiry=as_day(expiry),
        condition=condition,
    )


def entrust(
    run: Run,
    act: Do,
    site: Site,
    item: OneItem,
    lot: OneLot,
    quantity: Quantity,
    to: Annotated[Tier, typer.Option("--to", help="替哪一级代储 | the tier that owns the goods")],
    reason: Reason,
) -> None:
    """代储: 写明替谁存放 | a storehouse holds goods for another tier."""
    act(tasks.entrust, site=site, item=item, lot=lot, quantity=quantity, to=to, reason=reason)


def borrow(
    run: Run,
    act: Do,
    site: Site,
    reason: Reason,
    item: MaybeItem = None,
    quantity: MaybeQuantity = None,
    lot: Lot = None,
    line: Lines = None,
) -> None:
    """借入 | goods are borrowed (--party, --due)."""
    asked = _goods(item, quantity, lot, None, line)
    asked.pop("owner", None)
    act(tasks.borrow, site=site, reason=reason, **asked)


def give_back(
    run: Run,
    act: Do,
    loan: Document,
    reason: Reason,
    item: MaybeItem = None,
    quantity: MaybeQuantity = None,
    lot: Lot = None,
    line: Lines = None,
    site: MaybeSite = None,
) -> None:
    """还物: 借出的收回, 借入的归还 | end a loan, either way; all of it where no goods are named."""
    lines = _one_or_lines(item, quantity, lot, line) or ()
    act(tasks.give_back, loan=loan, reason=reason, lines=lines, site=site)


def call_off(
    run: Run,
    act: Do,
    agreement: Annotated[
        str, typer.Option(metavar="ID", help="协议: 供应商|单位|物资 | supplier|owner|item")
    ],
    site: Site,
    quantity: Quantity,
    reason: Reason,
) -> None:
    """调用协议物资 | call goods off from an agreement."""
    act(tasks.call_off, agreement=agreement, site=site, quantity=quantity, reason=reason)


def release(run: Run, act: Do, voucher: Document, reason: Reason) -> None:
    """解除预留 | let reserved goods go."""
    act(tasks.release, voucher=voucher, reason=reason)


def reverse(run: Run, act: Do, voucher: Document, reason: Reason) -> None:
    """冲销 | undo a voucher by one more."""
    act(tasks.reverse, voucher=voucher, reason=reason)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for name, task, words in AT_ONE_SITE:
        command(app, name)(ordered(_at_one_site(task, words)))
    for name, verb in (
        ("scrap", scrap),
        ("return", return_),
        ("transfer", transfer),
        ("depart", depart),
        ("arrive", arrive),
        ("count", count),
        ("inspect", inspect),
        ("entrust", entrust),
        ("borrow", borrow),
        ("give-back", give_back),
        ("call-off", call_off),
        ("release", release),
        ("reverse", reverse),
    ):
        command(app, name)(ordered(verb))
    vouchers_file.add_to(app)
