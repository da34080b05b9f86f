"""Which bureau holds the goods of a sheet when no column says so: its title, sheet or file name."""

import re
from pathlib import PurePath

from supplies.excel.columns import plain
from supplies.excel.context import Context
from supplies.excel.tables import Table

_BUREAU = re.compile(
    "(?:水利|水务|林业|自然资源|国土|消防|住建|住房和城乡建设|交通运输|交通|民政|卫健|卫生健康|卫生"
    "|粮食和物资储备|粮食|气象|电力|供电|公安|人武|武装|农业农村|农业|教育|城管|发改|发展和改革"
    "|红十字|供销|商务|环保|生态环境|文旅|体育|工信|公路|海事|地震)"
    "(?:救援)?(?:局|厅|委员会|委|大队|支队|中队|队|部门|部|总站|站|中心|公司|会|社)"
)


def owner_of(context: Context, table: Table) -> str:
    """Return the bureau that a sheet's goods belong to; empty for the emergency bureau's own."""
    told = table.meta.get("owner_unit", "")
    if told:
        return told
    for text in (table.grid.sheet, table.title, PurePath(context.file).stem):
        if found := _BUREAU.search(plain(text)):
            return found[0]
    return ""


def tell_owner(context: Context, table: Table, owner: str) -> None:
    """Tell the bureau once, unless a column or a title line names the owner."""
    if owner and "owner_unit" not in table.columns and not table.meta.get("owner_unit"):
        context.note_once((), "owner-from-sheet", table, (table.top, table.left), found=owner)
