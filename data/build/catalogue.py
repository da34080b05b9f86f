"""Items and their common names, household kit, vehicles and reference tables."""

from pathlib import Path

from aliases import ALIASES
from tables import Row, read_csv, write_csv

REFERENCE = {"level1_thresholds.csv": "thresholds.csv", "history.csv": "history.csv"}


def build_items(facts: Path, out: Path) -> list[Row]:
    """Write items.csv; return its rows."""
    rows = read_csv(facts / "catalogue.csv")
    for row in rows:
        row["source"] = row["source"] or "recalled market figures, to be replaced by quotations"
    write_csv(out / "items.csv", list(rows[0]), rows)
    return rows


def build_aliases(out: Path) -> None:
    """Write item_aliases.csv."""
    rows = [{"alias": a, "item": i} for i, names in sorted(ALIASES.items()) for a in names]
    write_csv(out / "item_aliases.csv", ["alias", "item"], rows)


def build_kit(facts: Path, out: Path) -> None:
    """Write household_kit.csv."""
    rows = read_csv(facts / "household_kit.csv")
    write_csv(out / "household_kit.csv", list(rows[0]), rows)


def build_vehicles(facts: Path, out: Path) -> None:
    """Write vehicles.csv; a class known only by name counts as mixed evidence."""
    rows = read_csv(facts / "vehicles.csv")
    for row in rows:
        row["evidence"] = row["evidence"].replace("found_class_only", "mixed")
        row["source"] = row["source"] or "recalled; makers' figures to be checked"
    write_csv(out / "vehicles.csv", list(rows[0]), rows)


def copy_reference(facts: Path, out: Path) -> None:
    """Write tables that are shown and not computed with."""
    for source, target in REFERENCE.items():
        rows = read_csv(facts / source)
        write_csv(out / target, list(rows[0]), rows)
    rows = read_csv(facts / "hengyang" / "facilities.csv")
    write_csv(out / "facilities.csv", list(rows[0]), rows)
