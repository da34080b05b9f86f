"""Commands that look ahead: need, readiness, the reserve plan, the purchases, a dispatch."""

from pathlib import Path
from typing import Annotated

import typer

from supplies import tasks
from supplies.cli.frame import DONE, FINDINGS, Run, command
from supplies.cli.inputs import (
    Budget,
    MaybeArea,
    MaybeHazard,
    MaybeOut,
    MaybeTier,
    Mode,
    Out,
    Seconds,
    edge,
)
from supplies.cli.summary import show_dispatch, show_failures, show_need, show_plan, show_readiness
from supplies.reports import json as documents

NMinus1 = Annotated[
    bool, typer.Option("--n-1", help="逐一失去一库一路 | lose each storehouse and road in turn")
]
IncidentFile = Annotated[Path, typer.Argument(metavar="INCIDENT.toml", help="灾情文件 | incident")]
Close = Annotated[
    list[str] | None, typer.Option(metavar="A,B", help="再断一段路 | one more closed link")
]
Approve = Annotated[bool, typer.Option("--approve", help="批准: 预留并记账 | reserve and post")]


def need(
    run: Run, tier: MaybeTier = None, area: MaybeArea = None, hazard: MaybeHazard = None
) -> None:
    """Ⅰ级响应需求, 每个数附条款 | Level-I need, with the clause behind each figure."""
    act = tasks.need  # loaded before the step's clock starts
    found = run.work(
        "测算需求", "need", lambda _: act(run.desk, tier=tier, area=area, hazard=hazard)
    )
    run.answer(documents.need_document(found))
    show_need(run, found)


def readiness(
    run: Run,
    tier: MaybeTier = None,
    area: MaybeArea = None,
    hazard: MaybeHazard = None,
    mode: Mode = "own",
    n_minus_1: NMinus1 = False,
) -> int:
    """现有储备能否支撑一次Ⅰ级响应 | can this stock run one Level-I response."""
    act = tasks.readiness  # loaded before the step's clock starts
    found = run.work(
        "证明保障能力",
        "readiness",
        lambda progress: act(
            run.desk,
            tier=tier,
            area=area,
            hazard=hazard,
            mode=mode,
            n_minus_1=n_minus_1,
            progress=progress,
        ),
    )
    run.answer(documents.readiness_document(found))
    show_readiness(run, found)
    if n_minus_1:
        show_failures(run, found)
    ready = all(r.covered for r in found.rows) and all(f.covered for f in found.n_minus_1)
    return DONE if ready else FINDINGS


def plan(
    run: Run,
    mode: Mode = "own",
    budget: Budget = None,
    seconds: Seconds = 120,
    output: MaybeOut = None,
) -> int:
    """储备方案: 什么储备在哪里 | the stocking model: what to hold where."""
    act = tasks.sized  # loaded before the step's clock starts
    sized = run.work(
        "测算储备",
        "sizing the reserves",
        lambda progress: act(
            run.desk, mode=mode, budget=budget, seconds=seconds, progress=progress
        ),
    )
    run.answer(documents.plan_document(sized.plan))
    show_plan(run, sized.plan)
    if output is not None:
        tasks.write_procurement(run.desk, sized, output, run.lang)
        run.say(f"已写出 {output}", f"written: {output}")
    return FINDINGS if sized.plan.unmet else DONE


def procure(run: Run, output: Out, budget: Budget = None) -> int:
    """采购报告 | the procurement report."""
    act = tasks.procure  # loaded before the step's clock starts
    made = run.work(
        "编制采购报告",
        "procurement report",
        lambda progress: act(run.desk, output, budget=budget, progress=progress, lang=run.lang),
    )
    run.answer(documents.plan_document(made) | {"file": str(output)})
    show_plan(run, made)
    run.say(f"已写出 {output}", f"written: {output}")
    return FINDINGS if made.unmet else DONE


def dispatch(
    run: Run,
    incident: IncidentFile,
    seconds: Seconds = 20,
    close: Close = None,
    approve: Approve = False,
    output: MaybeOut = None,
) -> int:
    """调运: 谁把什么送到哪里 | who carries what to whom."""
    closed = [edge(text) for text in close or ()]
    act = tasks.dispatch  # loaded before the step's clock starts
    made = run.work(
        "编制调运方案",
        "dispatch",
        lambda progress: act(
            run.desk, incident, seconds=seconds, close=closed, approve=approve, progress=progress
        ),
    )
    run.answer(documents.dispatch_document(made))
    show_dispatch(run, made)
    if output is not None:
        tasks.write_dispatch(run.desk, made, output, run.lang)
        run.say(f"已写出 {output}", f"written: {output}")
    return FINDINGS if made.unmet or made.late else DONE


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, "need")(need)
    command(app, "readiness")(readiness)
    command(app, "plan")(plan)
    command(app, "procure")(procure)
    command(app, "dispatch")(dispatch)
