"""Read a workbook as storehouses write them, and say everything that is wrong with it at once."""

import contextlib
import gc
import hashlib
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

from supplies.city import City
from supplies.errors import WorkbookError
from supplies.excel import rules
from supplies.excel.cells import Grid, open_grids
from supplies.excel.checks import tell_received
from supplies.excel.columns import plain, title
from supplies.excel.context import Context
from supplies.excel.forms import FORMS, UNKNOWN, has_all
from supplies.excel.goods import GoodsReader
from supplies.excel.guard import BYTES_MAX, refuse, too_large
from supplies.excel.marks import cell_name
from supplies.excel.match import ItemIndex
from supplies.excel.places import PlaceIndex
from supplies.excel.records import RecordReader
from supplies.excel.result import ImportedWorkbook, TableInfo
from supplies.excel.tables import Table, find_tables

_GOODS = ("stock", "stocktake", "register", "transfer", "need", "wide")


def read_workbook(
    path: Path | bytes, name: str, city: City, form: str = "auto", site: str | None = None
) -> ImportedWorkbook:
    """Return everything a workbook says, accepted or refused with reasons; nothing is posted.

    Parameters
    ----------
    path
        The file, or its content.
    name
        The file's name; its extension says what it should be.
    form
        ``auto`` tells each table by its header and title; a name of `supplies.excel.forms`
        forces that form.
    site
        The site all rows belong to, whatever the sheet says.

    Raises
    ------
    WorkbookError
        When the file cannot be read at all, or form or site are unknown.
    """
    if form != "auto" and form not in FORMS:
        raise WorkbookError(
            f"表式 {form!r} 不存在; 应为 auto、{'、'.join(FORMS)} 之一 | "
            f"no form {form!r}; it is one of auto, {', '.join(FORMS)}"
        )
    if site is not None and site not in city.sites:
        raise WorkbookError(
            f"库点 {site!r} 不存在; 应为 sites.csv 中的编号 | "
            f"no site {site!r}; it is an id of sites.csv"
        )
    data = path if isinstance(path, bytes) else _content(path, name)
    with _without_collections():
        grids = open_grids(data, name)
        context = Context(city, *_indexes(city), site, name)
        wanted = FORMS.get(form)
        tables = [t for grid in grids for t in find_tables(grid, context.items.is_item, wanted)]
        return _read(name, data, grids, tables, context)


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Make many small values that hold no cycles without looking for cycles again and again."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


_INDEXES: deque[tuple[City, ItemIndex, PlaceIndex]] = deque(maxlen=2)


def _indexes(city: City) -> tuple[ItemIndex, PlaceIndex]:
    """Return the indexes of a city's names; those of the last cities are kept."""
    for known, items, places in tuple(_INDEXES):
        if known is city:
            return items, places
    items, places = ItemIndex(city), PlaceIndex(city)
    _INDEXES.append((city, items, places))
    return items, places


def _content(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise too_large(name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise refuse(name, f"打不开 ({why})", f"cannot be opened ({why})") from error


def _read(
    name: str, data: bytes, grids: list[Grid], tables: list[Table], context: Context
) -> ImportedWorkbook:
    goods, records = GoodsReader(context), RecordReader(context)
    for table in tables:
        if _usable(context, table):
            if table.form.name in _GOODS:
                goods.read(table)
            else:
                records.read(table)
    context.tell_unsure()
    if not tables:
        sheet = grids[0].sheet if grids else ""
        context.problems.append(rules.finding("table-none", sheet, "", ""))
    order = {grid.sheet: number for number, grid in enumerate(grids)}
    problems = sorted(context.problems, key=lambda f: order.get(f.sheet, 0))
    return ImportedWorkbook(
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
        form=_main_form(tables),
        tables=tuple(_info(table) for table in tables),
        rows=tuple(goods.rows),
        refused=tuple(goods.refused + records.refused),
        agreements=tuple(records.agreements),
        sites=tuple(records.sites),
        fleet=tuple(records.fleet),
        surveys=tuple(records.surveys),
        problems=tuple(problems),
    )


def _usable(context: Context, table: Table) -> bool:
    """Tell what concerns the table as a whole; whether its rows can be read."""
    at = (table.header, table.left)
    if table.grid.marks.hidden:
        context.note_once((), "sheet-hidden", table, at, found=table.grid.sheet)
    if table.form is UNKNOWN:
        context.note("form-unknown", table, at)
        return False
    if not table.form.posts:
        found = f"{table.form.zh} | {table.form.en}"
        context.note("form-not-posted", table, at, found=found)
        if table.form.name == "purchase":
            tell_received(context, table)
        return False
    _tell_unsure(context, table)
    have = frozenset(table.columns)
    for group in table.form.required:
        if not has_all((group,), have) and not _told_elsewhere(table, group):
            context.note("column-missing", table, at, found=_titles(group))
    return True


def _tell_unsure(context: Context, table: Table) -> None:
    """Tell when the title names another form that the columns would allow too."""
    words = plain(f"{table.title} {table.grid.sheet}")
    for name, _ in table.judged.near:
        form = FORMS[name]
        if not any(word in words for word in table.form.titles) and any(
            word in words for word in form.titles
        ):
            context.note(
                "form-unsure", table, (table.header, table.left),
                found=f"“{table.form.zh}” | '{table.form.en}'", why=table.judged.why,
                near=f"“{form.zh}” | '{form.en}'",
            )  # fmt: skip
            return


def _told_elsewhere(table: Table, group: tuple[str, ...]) -> bool:
    """Whether the title rows give what no column does."""
    if table.form.name == "need" and "place_admin" in group:
        return True
    return any(name in table.meta for name in group) or (
        "day" in group and any(mark in table.title for mark in "年.-/")
    )


def _titles(group: tuple[str, ...]) -> str:
    return "/".join(title(name) for name in group)


def _main_form(tables: list[Table]) -> str:
    forms = Counter(table.form.name for table in tables)
    if not forms:
        return "none"
    return next(iter(forms)) if len(forms) == 1 else "mixed"


def _info(table: Table) -> TableInfo:
    first = cell_name(table.top, table.left)
    last = cell_name(table.stop - 1, table.right)
    items = {f"item:{text}": text for text in table.items.values()}
    return TableInfo(
        sheet=table.grid.sheet,
        range=f"{first}:{last}",
        form=table.form.name,
        header_row=table.header + 1,
        columns={**table.headers, **items},
        title=table.title,
        ignored=table.ignored,
        score=table.judged.score,
        why=table.judged.why,
        near=table.judged.near,
    )
