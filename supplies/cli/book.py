"""Commands on the ledger: workbooks in, stock out, the ledger's own check."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from supplies import tasks
from supplies.cli.frame import DONE, FINDINGS, Run, command
from supplies.cli.inputs import (
    File,
    Form,
    MaybeArea,
    MaybeItem,
    MaybeOut,
    MaybeSite,
    MaybeTier,
    Out,
)
from supplies.errors import SuppliesError
from supplies.plan import StockLine
from supplies.reports import json as documents
from supplies.reports.json import number

PROBLEMS_SHOWN = 20

AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="某日结束时 | at the end of a day"),
]
Expiring = Annotated[
    int | None, typer.Option(min=0, metavar="DAYS", help="几天内到期 | expiring within")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只报告, 不记账 | report, post nothing")]
Errors = Annotated[
    Path | None, typer.Option(metavar="OUT.xlsx", help="标出问题的副本 | a copy with cells marked")
]


def template(run: Run, output: Out, form: Form = "stock") -> None:
    """建空白表, 带下拉选项和填写说明 | a workbook to fill in, with drop-downs and instructions."""
    tasks.template(run.desk, form, output, lang=run.lang)
    run.answer({"form": form, "file": str(output)})
    run.say(f"已写出 {output}", f"written: {output}")


def import_(
    run: Run,
    file: File,
    site: MaybeSite = None,
    form: Form = "auto",
    dry_run: DryRun = False,
    errors: Errors = None,
) -> int:
    """读工作簿, 报告, 记账 | read a workbook, report, post."""
    act = tasks.preview_import if dry_run else tasks.post_import
    report = run.work(
        "导入", "import", lambda _: act(run.desk, file, file.name, form=form, site=site)
    )
    run.answer(documents.import_document(report, run.lang))
    show_import(run, report)
    if errors is not None:
        tasks.write_errors(file, report.problems, errors)
        run.say(f"标出问题的副本: {errors}", f"copy with the cells marked: {errors}")
    return FINDINGS if report.rejected else DONE


def show_import(run: Run, report: tasks.ImportReport) -> None:
    """Print what an import read and did, and the first of its problems."""
    posted = report.posted and report.accepted
    run.say(
        f"{report.file}: 读 {report.read:,} 行, 接受 {report.accepted:,}, 未变 "
        f"{report.unchanged:,}, 拒绝 {report.rejected:,}; {'已记账' if posted else '没有记账'}",
        f"{report.file}: {report.read:,} rows read, {report.accepted:,} accepted, "
        f"{report.unchanged:,} unchanged, {report.rejected:,} rejected; "
        f"{'posted' if posted else 'nothing posted'}",
    )
    if report.problems:
        run.table(
            run.text("问题", "Problems"),
            run.text(
                "工作表|单元格|程度|原文|问题|应当怎样", "Sheet|Cell|Severity|Found|Problem|Right"
            ),
            [
                (p.sheet, p.cell, p.severity.value, p.found, p.message, p.hint)
                for p in (problem.spoken(run.lang) for problem in report.problems)
            ],
            most=PROBLEMS_SHOWN,
            rest="--json, --errors",
        )


def stock(
    run: Run,
    tier: MaybeTier = None,
    area: MaybeArea = None,
    site: MaybeSite = None,
    item: MaybeItem = None,
    as_of: AsOf = None,
    expiring: Expiring = None,
    output: MaybeOut = None,
) -> None:
    """什么在哪里 | what is where."""
    lines = tasks.stock(
        run.desk,
        tier=tier,
        area=area,
        site=site,
        item=item,
        as_of=as_of.date() if as_of else None,
        expiring_days=expiring,
    )
    revision = run.desk.store.revision()
    run.answer(documents.stock_document(run.desk.city, lines, revision, run.lang))
    show_stock(run, lines)
    if output is not None:
        tasks.write_stock(run.desk, output, lines, lang=run.lang)
        run.say(f"已写出 {output}", f"written: {output}")


def show_stock(run: Run, lines: Sequence[StockLine]) -> None:
    """Print what is where, by lot."""
    words = run.words
    run.table(
        run.text(f"库存: {len(lines):,} 批", f"Stock: {len(lines):,} lots"),
        run.text(
            "库点|物资|数量|单位|预留|有效期至|状态|权属",
            "Site|Item|Quantity|Unit|Reserved|Expiry|Condition|Owner",
        ),
        [
            (
                words.source(line.site),
                words.item(line.item),
                number(line.quantity),
                words.unit(line.item),
                number(line.reserved) or None,
                line.expiry,
                words.term("condition", line.condition),
                words.term("tier", line.owner_tier.value),
            )
            for line in lines
        ],
        right=(2, 4),
        rest="--json, -o",
    )


def verify(run: Run) -> int:
    """重算全部结存与封存码 | recompute every balance and the seal."""
    lines = run.work("核对台账", "verify the ledger", lambda _: tasks.verify(run.desk))
    found = [SuppliesError(line).say(run.lang) for line in lines]
    seal, revision = tasks.seal(run.desk), run.desk.store.revision()
    run.answer({"sound": not found, "revision": revision, "seal": seal, "differences": found})
    if found:
        run.say(f"台账有误, 第一处: {found[0]}", f"the ledger is wrong, first at: {found[0]}")
        run.show(*found[1:])
        return FINDINGS
    run.say(f"台账无误: {revision:,} 笔, 封存码 {seal}", f"sound: {revision:,} moves, seal {seal}")
    return DONE


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, "template")(template)
    command(app, "import")(import_)
    command(app, "stock")(stock)
    ledger = typer.Typer(help="台账自查 | the ledger itself", no_args_is_help=True)
    command(ledger, "verify")(verify)
    app.add_typer(ledger, name="ledger")
