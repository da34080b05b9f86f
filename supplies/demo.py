"""The whole main job on one city: workbooks in, proof, reserves, purchases, one dispatch.

Running it again posts nothing twice: the same workbook leaves the ledger as it is.
"""

from dataclasses import dataclass
from pathlib import Path

from supplies import tasks
from supplies.errors import CityError
from supplies.plan import DispatchPlan, Readiness, ReservePlan
from supplies.progress import Progress, stretch

INCIDENT = "city-flood.toml"
# Where each step ends on the one bar of the whole job; measured on the embedded city.
IMPORTED, SIZED, DISPATCHED = 0.15, 0.75, 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the main job found, and the two workbooks it wrote."""

    imports: tuple[tasks.ImportReport, ...]
    before: Readiness
    plan: ReservePlan
    after: Readiness
    dispatch: DispatchPlan
    procurement_file: Path
    dispatch_file: Path


def incident_file(city_dir: Path) -> Path:
    """Return the city's sample incident: the city-wide flood, else the first one there is.

    Raises
    ------
    CityError
        When the city's folder has no incident.
    """
    folder = city_dir / "incidents"
    named = folder / INCIDENT
    found = [named] if named.is_file() else sorted(folder.glob("*.toml"))
    if not found:
        raise CityError(f"{folder}: no incident (*.toml) to dispatch; add one")
    return found[0]


def _import_all(desk: tasks.Desk, progress: Progress) -> tuple[tasks.ImportReport, ...]:
    paths = sorted((desk.city_dir / "workbooks").glob("*.xlsx"))
    reports = []
    for number, path in enumerate(paths):
        progress(path.name, number / len(paths))
        reports.append(tasks.post_import(desk, path, path.name))
    return tuple(reports)


def main_job(desk: tasks.Desk, out: Path, *, seconds: float, lang: str, progress: Progress) -> Demo:
    """Do the main job and write ``procurement.xlsx`` and ``dispatch.xlsx`` into a folder.

    Parameters
    ----------
    out
        An existing folder.
    seconds
        Time limit of the stocking solve; the dispatch gets a third of it.

    Raises
    ------
    SuppliesError
        When a step refuses; what earlier steps posted stays posted.
    """
    incident = incident_file(desk.city_dir)
    imports = _import_all(desk, stretch(progress, 0.0, IMPORTED))
    sized = tasks.sized(
        desk, mode="own", seconds=seconds, progress=stretch(progress, IMPORTED, SIZED)
    )
    procurement_file, dispatch_file = out / "procurement.xlsx", out / "dispatch.xlsx"
    tasks.write_procurement(desk, sized, procurement_file, lang)
    dispatch = tasks.dispatch(
        desk, incident, seconds=seconds / 3, progress=stretch(progress, SIZED, DISPATCHED)
    )
    tasks.write_dispatch(desk, dispatch, dispatch_file, lang)
    progress("", 1.0)
    return Demo(
        imports=imports,
        before=sized.before,
        plan=sized.plan,
        after=sized.after,
        dispatch=dispatch,
        procurement_file=procurement_file,
        dispatch_file=dispatch_file,
    )
