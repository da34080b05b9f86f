"""Commands that post one voucher each; ``--key`` makes a repeat harmless."""

from collections.abc import Callable
from typing import Annotated

import typer

from supplies import tasks
from supplies.cli.frame import Run, command
from supplies.cli.inputs import Item, Key, Lot, Quantity, Reason, Site
from supplies.ledger import Move, Reservation
from supplies.reports.json import number

Act = Callable[..., tasks.Voucher]

From = Annotated[str, typer.Option("--from", metavar="ID", help="调出库房 | from this storehouse")]
To = Annotated[str, typer.Option("--to", metavar="ID", help="调入库房 | to this storehouse")]
Document = Annotated[str, typer.Argument(metavar="VOUCHER", help="凭证号 | the voucher's id")]

# Verbs that concern one storehouse: name, act, help.
AT_ONE_SITE: tuple[tuple[str, Act, str], ...] = (
    ("issue", tasks.issue, "出库 | goods leave a storehouse for use"),
    ("receive", tasks.receive, "入库 | goods come into a storehouse"),
    ("scrap", tasks.scrap, "报废 | goods are written off"),
    ("return", tasks.return_, "归还 | unused goods come back"),
    ("reserve", tasks.reserve, "预留 | set goods aside"),
)


# What lies outside the storehouses, as an account names it.
OUTSIDE = {
    "outside:supplier": ("供应商", "supplier"),
    "outside:used": ("使用", "used"),
    "outside:scrap": ("报废", "scrap"),
    "outside:opening": ("期初", "opening"),
    "outside:count": ("盘点", "count"),
    "outside:lost": ("损耗", "lost"),
    "outside:donor": ("捐赠", "donor"),
    "outside:loan": ("借用", "loan"),
}


def _place(run: Run, account: str) -> str:
    if account in OUTSIDE:
        return run.text(*OUTSIDE[account])
    return run.words.source(account.removeprefix("site:"))


def _line(run: Run, line: Move | Reservation) -> dict[str, object]:
    quantity = run.desk.city.items[line.item].from_base(line.quantity)
    ends = (line.source, line.target) if isinstance(line, Move) else (line.account, line.account)
    return {
        "id": str(line.id),
        "day": line.day.isoformat(),
        "item": line.item,
        "lot": line.lot,
        "quantity": number(quantity),
        "source": ends[0],
        "target": ends[1],
    }


def _show(run: Run, voucher: tasks.Voucher) -> None:
    lines: list[Move | Reservation] = [*voucher.moves, *voucher.reservations]
    rows = [_line(run, line) for line in lines]
    moved = len(voucher.moves)
    run.answer(
        {
            "voucher": voucher.id,
            "repeated": voucher.repeated,
            "moves": rows[:moved],
            "reservations": rows[moved:],
        }
    )
    again = run.text(" (已记过, 没有重复记账)", " (posted before; nothing new)")
    note = again if voucher.repeated else ""
    run.say(f"凭证 {voucher.id}{note}", f"voucher {voucher.id}{note}")
    run.table(
        "",
        run.text("物资|批次|数量|单位|从|到", "Item|Lot|Quantity|Unit|From|To"),
        [
            (
                run.words.item(line.item),
                line.lot,
                row["quantity"],
                run.words.unit(line.item),
                _place(run, str(row["source"])),
                _place(run, str(row["target"])),
            )
            for line, row in zip(lines, rows, strict=True)
        ],
        right=(2,),
    )


def _at_one_site(act: Act) -> Callable[..., None]:
    def voucher(
        run: Run,
        site: Site,
        item: Item,
        quantity: Quantity,
        reason: Reason,
        lot: Lot = None,
        key: Key = None,
    ) -> None:
        _show(
            run,
            act(run.desk, site=site, item=item, quantity=quantity, reason=reason, lot=lot, key=key),
        )

    return voucher


def transfer(
    run: Run,
    source: From,
    target: To,
    item: Item,
    quantity: Quantity,
    reason: Reason,
    lot: Lot = None,
    key: Key = None,
) -> None:
    """调拨 | goods go from one storehouse to another."""
    posted = tasks.transfer(
        run.desk,
        source=source,
        target=target,
        item=item,
        quantity=quantity,
        reason=reason,
        lot=lot,
        key=key,
    )
    _show(run, posted)


def reverse(run: Run, voucher: Document, reason: Reason, key: Key = None) -> None:
    """冲销 | undo a voucher by one more."""
    _show(run, tasks.reverse(run.desk, voucher, reason=reason, key=key))


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for name, act, words in AT_ONE_SITE:
        command(app, name, help=words)(_at_one_site(act))
    command(app, "transfer")(transfer)
    command(app, "reverse")(reverse)
