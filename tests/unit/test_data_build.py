"""The build script writes the embedded city again, part for part, where the facts are at hand."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "data" / "build" / "build_hengyang.py"
EMBEDDED = ROOT / "data" / "hengyang"


def facts_folder():
    named = os.environ.get("SUPPLIES_FACTS")
    folder = Path(named) if named else ROOT.parent / "shared" / "facts"
    if not (folder / "quotas.csv").is_file():
        pytest.skip(f"no facts folder at {folder}; set SUPPLIES_FACTS to rebuild the city")
    return folder


def contents(folder):
    """Return every file's bytes; a workbook's parts, as compressed bytes differ between zlibs."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found |= {
                    f"{name}/{i.filename}": (i.date_time, book.read(i)) for i in book.infolist()
                }
        else:
            found[name] = path.read_bytes()
    return found


def test_building_again_gives_the_city_that_is_kept(tmp_path):
    facts = facts_folder()
    command = [sys.executable, str(SCRIPT), "--facts", str(facts), "--out", str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
    built, kept = contents(tmp_path), contents(EMBEDDED)
    assert sorted(built) == sorted(kept)
    assert [name for name in built if built[name] != kept[name]] == []
