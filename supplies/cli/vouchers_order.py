"""What every voucher command shares: the options of its order, and how its answer is shown."""

import inspect
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from supplies import tasks
from supplies.cli.frame import Run
from supplies.cli.inputs import Key, money
from supplies.ledger import Kind, Move, Reservation
from supplies.reports import voucher_words
from supplies.reports.imported import number
from supplies.reports.voucher_json import voucher_document
from supplies.tasks import Line, Order
from supplies.tiers import Tier

Act = Callable[..., tasks.Voucher]


def parse_line(text: str) -> Line:
    """Return the goods written ``item=quantity`` or ``item=quantity@lot``; zero may be counted."""
    item, _, rest = text.partition("=")
    units, at, lot = rest.partition("@")
    try:
        quantity = Decimal(units.replace(",", ""))
    except InvalidOperation:
        quantity = Decimal(-1)
    if not item.strip() or not quantity.is_finite() or quantity < 0:
        raise typer.BadParameter(
            f"{text!r}: 应写成 物资=数量, 例如 torch=20 | should be ITEM=N or ITEM=N@LOT"
        )
    return Line(item=item.strip(), quantity=quantity, lot=lot if at else None)


Document = Annotated[str, typer.Argument(metavar="VOUCHER", help="凭证号 | the voucher's id")]
Owner = Annotated[
    Tier | None,
    typer.Option(help="所有者层级, 不写则为本库 | whose goods; else the storehouse's own"),
]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="发生日期 | the day it happened"),
]
Lines = Annotated[
    list[str] | None,
    typer.Option(
        "--line",
        metavar="ITEM=N[@LOT]",
        help="明细行, 可重复 | a line of goods; may be repeated",
    ),
]

_ORDER: dict[str, Any] = {
    "day": Day,
    "late": Annotated[str, typer.Option(metavar="TEXT", help="补记原因 | why it is entered late")],
    "asked_by": Annotated[str, typer.Option(metavar="WHO", help="申请人 | who asked for it")],
    "approved_by": Annotated[str, typer.Option(metavar="WHO", help="批准人 | who approved it")],
    "order": Annotated[
        str, typer.Option(metavar="NUMBER", help="文号或报告号 | number of the order or report")
    ],
    "by_phone": Annotated[
        bool, typer.Option("--by-phone", help="电话先行, 文件后补 | by telephone, papers follow")
    ],
    "party": Annotated[str, typer.Option(metavar="NAME", help="对方 | the other party")],
    "due": Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="到期日 | the day it is due"),
    ],
    "amount": Annotated[
        Decimal | None, typer.Option(metavar="CNY", parser=money, help="金额(元) | amount in yuan")
    ],
    "key": Key,
    "effect": Annotated[
        bool,
        typer.Option("--effect", help="只看影响, 不记账 | show what it would do, post nothing"),
    ],
}
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("late", "asked_by", "approved_by", "order", "party"), ""),
    **dict.fromkeys(("by_phone", "effect"), False),
}


def ordered(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give a command the options of an order.

    It is called with ``act`` in their place: ``act(task, **request)`` posts the voucher, or with
    ``--effect`` shows what it would do.
    """

    def wrapper(run: Run, **given: Any) -> int | None:  # noqa: ANN401 - options of any type
        said = {name: given.pop(name) for name in _ORDER}
        order = Order(
            asked_by=said["asked_by"],
            approved_by=said["approved_by"],
            order_number=said["order"],
            by_phone=said["by_phone"],
            day=as_day(said["day"]),
            late=said["late"],
            key=said["key"],
            party=said["party"],
            due=as_day(said["due"]),
            amount_cny=said["amount"],
        )
        return command(run, act=_actor(run, order, effect=said["effect"]), **given)

    own = [p for p in inspect.signature(command).parameters.values() if p.name != "act"]
    more = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(name), annotation=option
        )
        for name, option in _ORDER.items()
    ]
    keyword = [own[0], *(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own[1:])]
    wrapper.__signature__ = inspect.Signature([*keyword, *more])  # type: ignore[attr-defined]
    wrapper.__doc__ = command.__doc__
    return wrapper


def _actor(run: Run, order: Order, *, effect: bool) -> Callable[..., None]:
    def act(task: Act, **request: Any) -> None:  # noqa: ANN401 - what the task takes
        if effect:
            show_effect(run, tasks.effect(run.desk, task, order=order, **request))
        else:
            show(run, task(run.desk, order=order, **request))

    act.order = order  # type: ignore[attr-defined]
    return act


def as_day(moment: datetime | None) -> date | None:
    """Return the day of what typer read."""
    return moment.date() if moment else None


# --- answers -------------------------------------------------------------------------------------


def show(run: Run, voucher: tasks.Voucher, *, asked: bool = False) -> None:
    """Print a voucher: its number, what it is, and its lines; `asked` for, not posted again."""
    run.answer(voucher_document(run.desk.city, voucher))
    again = run.text(" (已记过, 没有重复记账)", " (posted before; nothing new)")
    note = again if voucher.repeated and not asked else ""
    kind = voucher_words.title(run.words, voucher.kind)
    if voucher.id:
        run.say(f"凭证 {voucher.id} {kind}{note}", f"voucher {voucher.id} {kind}{note}")
    else:
        run.say("没有变化, 没有记账", "nothing changed; nothing was posted")
    due = voucher.paper.papers_due
    if due:
        run.say(f"电话先行, 书面应于 {due} 前补", f"by telephone; papers due by {due}")
    show_lines(run, [*voucher.moves, *voucher.reservations])


def show_lines(run: Run, lines: Sequence[Move | Reservation]) -> None:
    """Print the lines of a voucher."""
    if not lines:
        return
    rows = []
    for line in lines:
        pair = (line.source, line.target) if isinstance(line, Move) else (line.account,) * 2
        ends = [voucher_words.account(run.words, end) for end in pair]
        units = run.desk.city.items[line.item].from_base(line.quantity)
        item = run.words.item(line.item)
        rows.append((item, line.lot, number(units), run.words.unit(line.item), *ends))
    titles = run.text("物资|批次|数量|单位|从|到", "Item|Lot|Quantity|Unit|From|To")
    run.table("", titles, rows, right=(2,))


def show_effect(run: Run, effect: tasks.Effect) -> None:
    """Print what a voucher would do: the balances it changes, day by day."""
    kind = effect.voucher.kind if effect.voucher else Kind.MOVES.value
    run.answer(
        {
            "voucher": None,
            "kind": kind,
            "posted": False,
            "shifts": [
                {
                    "account": shift.account,
                    "item": shift.item,
                    "lot": shift.lot,
                    "day": shift.day.isoformat(),
                    "before": number(shift.before),
                    "after": number(shift.after),
                    "reserved_before": number(shift.reserved_before),
                    "reserved_after": number(shift.reserved_after),
                }
                for shift in effect.shifts
            ],
        }
    )
    run.say("只看影响, 没有记账", "shown only; nothing was posted")
    run.table(
        voucher_words.title(run.words, kind),
        run.text(
            "日终|地点|物资|批次|原结存|新结存|原预留|新预留",
            "End of|Place|Item|Lot|Before|After|Reserved|Reserved after",
        ),
        [
            (
                shift.day.isoformat(),
                voucher_words.account(run.words, shift.account),
                run.words.item(shift.item),
                shift.lot,
                number(shift.before),
                number(shift.after),
                number(shift.reserved_before),
                number(shift.reserved_after),
            )
            for shift in effect.shifts
        ],
        right=(4, 5, 6, 7),
    )
