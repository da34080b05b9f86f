"""What wants attention: what expires, what is to be counted, what is still open."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from supplies import tasks
from supplies.cli.frame import FINDINGS, Run, command
from supplies.cli.inputs import MaybeArea, MaybeOut, MaybeSite, MaybeTier, Out, Site
from supplies.plan.lists import Attention, Listed
from supplies.reports.frames.attention import SHAPES, SUMMARY_KEYS, Shape, summary_rows
from supplies.reports.imported import number
from supplies.reports.lists_json import attention_document, list_document
from supplies.reports.titles import TITLES, Row

Name = Annotated[
    str | None,
    typer.Argument(metavar="[LIST]", help="哪份清单 | which list: " + ", ".join(SHAPES)),
]
Days = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="几天内到期或应办 | due within days")
]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="盘点日期 | the day of the count"),
]
Blind = Annotated[bool, typer.Option("--blind", help="不印账面数量 | leave out what the book says")]

_FIGURES = frozenset({"quantity", "money", "share", "decimal"})


def lists(
    run: Run,
    name: Name = None,
    site: MaybeSite = None,
    tier: MaybeTier = None,
    area: MaybeArea = None,
    days: Days = None,
    output: MaybeOut = None,
) -> int:
    """今天要办什么: 临期、逾期盘点、待补手续、在途、借用、补偿 | what wants attention today."""
    if name is not None and name not in SHAPES:
        known = ", ".join(SHAPES)
        raise typer.BadParameter(f"{name!r}: {known}", param_hint="LIST")
    where = {"tier": tier, "area": area, "site": site}
    found = tasks.all_lists(run.desk, **where, days=days)
    summary = tasks.summed_up(found)
    if name is None:
        run.answer(attention_document(summary, run.desk.day))
        _show_summary(run, summary)
    else:
        run.answer(list_document(run.words, name, found[name], run.desk.day))
        _show(run, SHAPES[name], found[name])
    if output is not None:
        tasks.write_lists(run.desk, output, **where, days=days, lang=run.lang)
        run.say(f"已写出 {output}", f"written: {output}")
    shown = summary if name is None else [line for line in summary if line.name == name]
    return FINDINGS if any(line.urgent for line in shown) else 0


def _show_summary(run: Run, summary: Sequence[Attention]) -> None:
    rows = summary_rows(run.words, summary)
    title = run.text(f"待办 {run.desk.day}", f"To be seen to, {run.desk.day}")
    named = [{"name": line.name, **row} for line, row in zip(summary, rows, strict=True)]
    _table(run, title, ("name", *SUMMARY_KEYS), named)


def _show(run: Run, shape: Shape, lines: Sequence[Listed]) -> None:
    title = f"{run.text(*shape.title)}: {len(lines):,}"
    if not lines:
        run.say(f"{title}. {shape.empty[0]}", f"{title}. {shape.empty[1]}")
        return
    _table(run, title, shape.keys, shape.rows(run.words, lines))


def _table(run: Run, title: str, keys: Sequence[str], rows: Sequence[Row]) -> None:
    titles = [
        run.text("清单", "List") if key == "name" else TITLES[key].text(run.lang) for key in keys
    ]
    right = [n for n, key in enumerate(keys) if key != "name" and TITLES[key].kind in _FIGURES]
    values = [[_cell(key, row.get(key)) for key in keys] for row in rows]
    run.table(title, "|".join(titles), values, right=right, rest="--json, -o")


def _cell(key: str, value: object) -> object:
    kind = TITLES[key].kind if key in TITLES else "text"
    if value is None or kind not in _FIGURES:
        return f"{value:%m-%d %H:%M}" if isinstance(value, datetime) else value
    if kind == "share":
        return f"{value:.0%}"
    return f"{value:,.1f}" if kind == "decimal" else number(value)  # type: ignore[arg-type]


def count_sheet(run: Run, output: Out, site: Site, day: Day = None, blind: Blind = False) -> None:
    """印一份盘点表, 填好后可直接导入 | a stocktake sheet to fill in and import back."""
    on = day.date() if day else None
    tasks.write_count_sheet(run.desk, output, site=site, day=on, blind=blind, lang=run.lang)
    run.answer({"site": site, "file": str(output)})
    run.say(f"已写出 {output}", f"written: {output}")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, "lists")(lists)
    command(app, "count-sheet")(count_sheet)
