"""The documents lead somewhere: links resolve, and the commands they show exist."""

import re
import shlex
from pathlib import Path

import pytest

from supplies.cli.entry import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data" / "README.md"])
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
COMMAND = re.compile(r"(?m)^(?:    |.*`)(supplies [^`\n]*)")
NAMES = {command.name for command in app.registered_commands} | {
    group.name for group in app.registered_groups
}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_resolve(page: Path) -> None:
    targets = LINK.findall(page.read_text("utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_commands_exist(page: Path) -> None:
    for line in COMMAND.findall(page.read_text("utf-8")):
        words = shlex.split(line.replace("'", ""), comments=True)
        verbs = [word for word in words[1:] if not word.startswith("-")]
        if verbs and verbs[0].isascii() and verbs[0].islower():
            assert verbs[0] in NAMES, line


def test_english_and_chinese_pages_come_in_pairs() -> None:
    assert (ROOT / "README.zh-CN.md").exists()
    english = {p.name.removesuffix(".en.md") for p in (ROOT / "docs").glob("*.en.md")}
    chinese = {p.name.removesuffix(".zh.md") for p in (ROOT / "docs").glob("*.zh.md")}
    assert english == chinese
