"""Commands on vouchers that stand: their papers and payments, show, print, list."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from supplies import tasks
from supplies.cli.frame import Run, command
from supplies.cli.inputs import MaybeSite, Out, money
from supplies.cli.vouchers_order import Day, Document, as_day, show
from supplies.ledger import Kind
from supplies.reports import voucher_words
from supplies.reports.voucher_json import vouchers_document

Note = Annotated[str, typer.Option(metavar="TEXT", help="备注 | a remark")]


def papers(
    run: Run,
    voucher: Document,
    order: Annotated[str, typer.Option(metavar="NUMBER", help="文号 | number of the papers")],
    day: Day = None,
    note: Note = "",
) -> None:
    """补文件: 电话先行的书面文件到了 | the papers of a telephone order came."""
    filed = tasks.papers(run.desk, voucher=voucher, order_number=order, day=as_day(day), note=note)
    run.answer({"voucher": voucher, "order_number": filed.order_number, "day": f"{filed.day}"})
    run.say(
        f"凭证 {voucher} 的文件 {filed.order_number} 已到",
        f"papers {filed.order_number} of voucher {voucher} are in",
    )


def pay(
    run: Run,
    voucher: Document,
    amount: Annotated[
        Decimal, typer.Option(metavar="CNY", parser=money, help="付款(元) | paid, in yuan")
    ],
    day: Day = None,
    note: Note = "",
) -> None:
    """付款 | a payment on what a voucher made due."""
    paid = tasks.pay(run.desk, voucher=voucher, amount_cny=amount, day=as_day(day), note=note)
    yuan = Decimal(paid.amount_fen) / 100
    run.answer({"voucher": voucher, "paid_cny": float(yuan), "day": f"{paid.day}"})
    run.say(f"凭证 {voucher} 已付 {yuan:,.2f} 元", f"paid {yuan:,.2f} CNY on voucher {voucher}")


def show_one(run: Run, voucher: Document) -> None:
    """看一张凭证 | show one voucher."""
    show(run, tasks.find_voucher(run.desk, voucher), asked=True)


def print_one(run: Run, voucher: Document, output: Out) -> None:
    """打印凭证为一页表单 | write a voucher as a one-page form."""
    tasks.write_voucher(run.desk, voucher, Path(output), lang=run.lang)
    run.answer({"voucher": voucher, "file": str(output)})
    run.say(f"已写出 {output}", f"written: {output}")


def list_all(
    run: Run,
    site: MaybeSite = None,
    kind: Annotated[Kind | None, typer.Option(help="种类 | kind of voucher")] = None,
    since: Day = None,
    until: Day = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="最多几张 | at most")] = 40,
) -> None:
    """列出凭证, 新的在前 | list vouchers, latest first."""
    found = tasks.list_vouchers(
        run.desk,
        site=site,
        kinds=[kind.value] if kind else (),
        since=as_day(since),
        until=as_day(until),
        limit=limit,
    )
    run.answer(vouchers_document(found))
    run.table(
        "",
        run.text("凭证|种类|日期|事由|录入|状态", "Voucher|Kind|Day|Reason|Entered by|State"),
        [
            (
                head.id,
                voucher_words.title(run.words, head.paper.kind),
                head.day,
                head.note,
                head.recorded_by,
                run.text("已冲销", "reversed") if head.undone else "",
            )
            for head in found
        ],
        most=limit,
    )


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, "papers")(papers)
    command(app, "pay")(pay)
    room = typer.Typer(help="查看、打印凭证 | show and print vouchers", no_args_is_help=True)
    command(room, "show")(show_one)
    command(room, "print")(print_one)
    command(room, "list")(list_all)
    app.add_typer(room, name="voucher")
