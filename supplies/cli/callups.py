"""``supplies call-up``: one command a step, from the request to the refill."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from supplies import tasks
from supplies.callups import Mode
from supplies.cli.callups_show import show_call_up, show_list
from supplies.cli.frame import Run, command
from supplies.cli.inputs import Key, Lot, Out, Reason, money
from supplies.cli.vouchers_order import Day, as_day
from supplies.lots import Condition
from supplies.tasks import Order, Wanted


@dataclass(frozen=True, slots=True)
class OfLine:
    """A quantity of one line of a call-up, as written on the command line."""

    line: int
    quantity: Decimal


def _units(text: str, shown: str) -> Decimal:
    try:
        units = Decimal(text.replace(",", ""))
    except InvalidOperation:
        units = Decimal(-1)
    if not units.is_finite() or units < 0:
        raise typer.BadParameter(f"{shown!r}: 数量应为数字, 例如 20 | the quantity is no number")
    return units


def parse_wanted(text: str) -> Wanted:
    """Return the goods written ``item=quantity`` or ``item=quantity@place``."""
    item, equals, rest = text.partition("=")
    units, _, place = rest.partition("@")
    if not equals or not item.strip():
        raise typer.BadParameter(
            f"{text!r}: 应写成 物资=数量[@库点], 例如 quilt-winter=200"
            " | should be ITEM=QUANTITY[@SITE]"
        )
    return Wanted(item=item.strip(), quantity=_units(units, text), place=place.strip())


def parse_quantity(text: str) -> OfLine:
    """Return line number and quantity written ``line=quantity``."""
    line, equals, units = text.partition("=")
    if not equals or not line.strip().isdigit():
        raise typer.BadParameter(f"{text!r}: 应写成 行号=数量, 例如 1=20 | should be LINE=QUANTITY")
    return OfLine(int(line), _units(units, text))


def by_line(given: Iterable[OfLine] | None) -> dict[int, Decimal]:
    """Return quantities by the number of their line."""
    return {one.line: one.quantity for one in given or ()}


Number = Annotated[str, typer.Argument(metavar="C000001", help="调用编号 | the call-up's number")]
Quantities = Annotated[
    list[OfLine] | None,
    typer.Option(
        "--line",
        metavar="N=QUANTITY",
        help="行号=数量, 可重复; 不写为全部 | of a line; may be repeated; all if none",
        parser=parse_quantity,
    ),
]
Note = Annotated[str, typer.Option(metavar="TEXT", help="备注 | a remark")]
Late = Annotated[str, typer.Option(metavar="TEXT", help="补记原因 | why it is entered late")]
OrderNumber = Annotated[str, typer.Option("--order", metavar="NUMBER", help="文号 | its number")]
AtSite = Annotated[str, typer.Option("--site", metavar="ID", help="库点 | storehouse")]

Step = Callable[..., object]


def step(function: Step) -> Step:
    """Give a step the options ``--day --late --key`` and show how the call-up stands after it.

    The step gets them as ``order``, and returns the call-up's state.
    """

    def wrapper(run: Run, **given: Any) -> None:  # noqa: ANN401 - options of any type
        said = {name: given.pop(name) for name in ("day", "late", "key")}
        number = given.pop("order_number", "")
        order = Order(
            order_number=number, day=as_day(said["day"]), late=said["late"], key=said["key"]
        )
        state = function(run, order=order, **given)
        show_call_up(run, state.call_up.id)  # type: ignore[attr-defined]

    own = [p for p in inspect.signature(function).parameters.values() if p.name != "order"]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, kind, default in (("day", Day, None), ("late", Late, ""), ("key", Key, None))
    ]
    keyword = [own[0], *(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own[1:])]
    if function in {request, order_}:
        more.append(
            inspect.Parameter(
                "order_number", inspect.Parameter.KEYWORD_ONLY, default="", annotation=OrderNumber
            )
        )
    wrapper.__signature__ = inspect.Signature([*keyword, *more])  # type: ignore[attr-defined]
    wrapper.__doc__ = function.__doc__
    return wrapper


def request(
    run: Run,
    order: Order,
    area: Annotated[str, typer.Option(metavar="CODE", help="申请单位地区代码 | who asks")],
    line: Annotated[
        list[Wanted],
        typer.Option(
            metavar="ITEM=QUANTITY[@SITE]",
            help="物资行, 可重复 | goods; may be repeated",
            parser=parse_wanted,
        ),
    ],
    level: Annotated[str, typer.Option(metavar="I|II|III|IV", help="响应级别 | response level")],
    reason: Reason,
    incident: Annotated[str, typer.Option(metavar="TEXT", help="事件 | the incident")] = "",
    asked_by: Annotated[str, typer.Option(metavar="WHO", help="申请人 | who asked")] = "",
) -> object:
    """申请 (无文号即为电话申请) | request goods; by telephone when there is no --order."""
    return tasks.request_call_up(
        run.desk,
        area=area,
        lines=line,
        level=level,
        reason=reason,
        incident=incident,
        order=Order(
            asked_by=asked_by,
            order_number=order.order_number,
            day=order.day,
            late=order.late,
            key=order.key,
        ),
    )


def papers(
    run: Run,
    number: Number,
    order: Order,
    paper: Annotated[str, typer.Option("--order", metavar="NUMBER", help="书面申请文号 | papers")],
    note: Note = "",
) -> object:
    """书面申请补到 | the written request came."""
    return tasks.file_call_up_papers(run.desk, number, order_number=paper, note=note, order=order)


def propose(run: Run, number: Number, order: Order) -> object:
    """测算来源与审批权限 | find sources, and who has to approve."""
    return tasks.propose_call_up(run.desk, number, order=order)


def approve(
    run: Run, number: Number, order: Order, line: Quantities = None, note: Note = ""
) -> object:
    """批准 (--line 核减) | approve; --line cuts a line."""
    return tasks.approve_call_up(run.desk, number, cut=by_line(line), note=note, order=order)


def refuse(run: Run, number: Number, order: Order, reason: Reason) -> object:
    """驳回 | refuse."""
    return tasks.refuse_call_up(run.desk, number, reason=reason, order=order)


def reserve(run: Run, number: Number, order: Order) -> object:
    """预留, 先到期先出 | set the goods aside, first expiring first."""
    return tasks.reserve_call_up(run.desk, number, order=order)


def order_(run: Run, number: Number, order: Order, note: Note = "") -> object:
    """下达调拨令 | give the dispatch order."""
    return tasks.order_call_up(run.desk, number, note=note, order=order)


def depart(
    run: Run,
    number: Number,
    order: Order,
    site: AtSite,
    line: Quantities = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="车号与驾驶员 | vehicle, driver")] = "",
) -> object:
    """发出 (全部或部分) | goods leave a storehouse, all or a part."""
    return tasks.depart_call_up(
        run.desk, number, site=site, quantities=by_line(line), note=note, order=order
    )


def arrive(
    run: Run,
    number: Number,
    order: Order,
    trip: Annotated[str, typer.Option(metavar="T", help="车次 | the trip")] = "",
    line: Quantities = None,
    lost: Annotated[str, typer.Option(metavar="TEXT", help="短少原因 | why less came")] = "",
    from_above: Annotated[
        bool, typer.Option("--from-above", help="上级调拨到货 | goods from above the city")
    ] = False,
    lot: Lot = None,
) -> object:
    """到货签收 | sign for what came."""
    came = by_line(line)
    if from_above:
        return tasks.arrive_from_above(run.desk, number, received=came, lot=lot, order=order)
    return tasks.arrive_call_up(run.desk, number, trip=trip, received=came, lost=lost, order=order)


def settle(
    run: Run,
    number: Number,
    order: Order,
    mode: Annotated[
        Mode, typer.Option(help="使用方付款、物权方承担、实物补还、无偿 | who bears it")
    ],
    line: Annotated[
        list[int] | None, typer.Option(metavar="N", help="行号, 可重复 | lines; all if none")
    ] = None,
    losses: Annotated[
        bool, typer.Option("--losses", help="途中损失一并承担 | losses on the road too")
    ] = False,
    note: Note = "",
) -> object:
    """结算: 由谁承担 | settle who bears it."""
    return tasks.settle_call_up(
        run.desk, number, mode=mode, lines=line or (), losses=losses, note=note, order=order
    )


def pay(
    run: Run,
    number: Number,
    order: Order,
    amount: Annotated[
        Decimal, typer.Option(metavar="CNY", parser=money, help="付款(元) | paid, in yuan")
    ],
    note: Note = "",
) -> object:
    """付结算款 | a payment on the settlement."""
    return tasks.pay_call_up(run.desk, number, amount_cny=amount, note=note, order=order)


def return_(
    run: Run,
    number: Number,
    order: Order,
    line: Quantities,
    reason: Reason,
    in_use: Annotated[
        bool, typer.Option("--in-use", help="从使用中收回 | they come back from use")
    ] = False,
    condition: Annotated[
        Condition, typer.Option(help="收回时的状态 | their condition")
    ] = Condition.USABLE,
) -> object:
    """归还物权方 | give goods back to their owner."""
    return tasks.return_call_up(
        run.desk,
        number,
        quantities=by_line(line),
        reason=reason,
        in_use=in_use,
        condition=condition,
        order=order,
    )


def refill(
    run: Run,
    number: Number,
    order: Order,
    line: Quantities,
    reason: Reason,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="ID", help="从哪个库点补, 不写为采购 | else bought"),
    ] = None,
    lot: Lot = None,
) -> object:
    """补库 | goods come in for those used."""
    return tasks.refill_call_up(
        run.desk,
        number,
        quantities=by_line(line),
        reason=reason,
        source=source,
        lot=lot,
        order=order,
    )


def cancel(run: Run, number: Number, order: Order, reason: Reason) -> object:
    """撤销 (发出之前) | take it back before anything left."""
    return tasks.cancel_call_up(run.desk, number, reason=reason, order=order)


def close(run: Run, number: Number, order: Order, note: Note = "") -> object:
    """办结 | close it."""
    return tasks.close_call_up(run.desk, number, note=note, order=order)


def show(run: Run, number: Number) -> None:
    """看一个调用 | show one call-up."""
    show_call_up(run, number)


def list_(
    run: Run,
    ended: Annotated[bool, typer.Option("--ended", help="含已结束的 | also those ended")] = False,
) -> None:
    """列出调用、在等什么、谁欠谁 | list call-ups, what they wait for, who owes whom."""
    show_list(run, ended=ended)


def print_(run: Run, number: Number, output: Out) -> None:
    """打印全套单据 | write all its papers as one workbook."""
    tasks.write_call_up(run.desk, number, Path(output), lang=run.lang)
    run.answer({"call_up": number, "file": str(output)})
    run.say(f"已写出 {output}", f"written: {output}")


STEPS: tuple[tuple[str, Step], ...] = (
    ("request", request),
    ("papers", papers),
    ("propose", propose),
    ("approve", approve),
    ("refuse", refuse),
    ("reserve", reserve),
    ("order", order_),
    ("depart", depart),
    ("arrive", arrive),
    ("settle", settle),
    ("pay", pay),
    ("return", return_),
    ("refill", refill),
    ("cancel", cancel),
    ("close", close),
)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    room = typer.Typer(help="物资调用 | call-ups of supplies", no_args_is_help=True)
    for name, function in STEPS:
        command(room, name)(step(function))  # type: ignore[arg-type]
    command(room, "list")(list_)
    command(room, "show")(show)
    command(room, "print")(print_)
    app.add_typer(room, name="call-up")
