"""The options that several commands share, with what they accept."""

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from supplies.tiers import Tier


def _positive(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        value = Decimal(0)
    if not (value.is_finite() and value > 0):
        raise typer.BadParameter(f"{text!r}: 应为正数, 例如 120 | a number above zero, such as 120")
    return value


def money(text: str) -> Decimal:
    """Return an amount in yuan, zero or more."""
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        value = Decimal(-1)
    if not (value.is_finite() and value >= 0):
        raise typer.BadParameter(f"{text!r}: 应为金额(元) | should be an amount in yuan")
    return value


def edge(text: str) -> tuple[str, str]:
    """Return the two road nodes of a link written ``A,B`` or ``A-B``."""
    ends = [end.strip() for end in re.split(r"[,\-]", text)]
    if len(ends) != 2 or not all(ends):
        raise typer.BadParameter(
            f"{text!r}: 应为 A,B, 例如 T430424101,X07 | should be two nodes A,B"
        )
    return ends[0], ends[1]


File = Annotated[
    Path, typer.Argument(metavar="F", help="工作簿 | workbook: .xlsx .xlsm .xls .ods .csv")
]
Out = Annotated[Path, typer.Option("-o", "--output", metavar="F.xlsx", help="写到 | write to")]
MaybeOut = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="F.xlsx", help="另存 | also write to")
]
Form = Annotated[str, typer.Option(metavar="FORM", help="表式 | the form of the workbook")]
MaybeTier = Annotated[Tier | None, typer.Option(help="层级 | tier")]
MaybeArea = Annotated[str | None, typer.Option(metavar="CODE", help="行政区代码 | area code")]
MaybeHazard = Annotated[str | None, typer.Option(metavar="H", help="灾种 | hazard, e.g. flood")]
MaybeSite = Annotated[str | None, typer.Option(metavar="ID", help="库房 | storehouse")]
MaybeItem = Annotated[str | None, typer.Option(metavar="ID", help="物资 | item")]
Site = Annotated[str, typer.Option(metavar="ID", help="库房 | storehouse")]
Item = Annotated[str, typer.Option(metavar="ID", help="物资 | item")]
Quantity = Annotated[
    Decimal, typer.Option(metavar="N", parser=_positive, help="数量(目录单位) | in the item's unit")
]
MaybeQuantity = Annotated[
    Decimal | None,
    typer.Option(metavar="N", parser=_positive, help="数量(目录单位) | in the item's unit"),
]
Lot = Annotated[
    str | None, typer.Option(metavar="L", help="批次, 不写则先到期先出 | lot; else first expiring")
]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="事由 | why")]
Key = Annotated[str | None, typer.Option(metavar="K", help="幂等键 | makes a repeat harmless")]
Mode = Annotated[
    str, typer.Option(metavar="own|nested|pooled", help="谁支援谁 | who may help whom")
]
Budget = Annotated[
    Decimal | None, typer.Option(metavar="CNY", parser=money, help="预算(元) | budget in yuan")
]
Seconds = Annotated[int, typer.Option(min=1, metavar="N", help="求解限时(秒) | solver's seconds")]
