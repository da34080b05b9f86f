"""The two catalogues say the same things, and the pages ask for nothing else."""

import re
import string
from dataclasses import fields
from pathlib import Path

import pytest

from models.outcome import Status
from supplies.catalogue import Evidence
from supplies.city import Parameters
from supplies.errors import Severity
from supplies.excel.forms import FORMS
from supplies.ledger.facts import OUTSIDE_NAMES, Reason
from supplies.ui import picture, texts

UI = Path(texts.__file__).parent
SOURCES = (*UI.glob("*.py"), UI.parents[1] / "app.py")
CHINESE = re.compile(r"[\u3400-\u9fff]")
ASKED = re.compile(r"""\b(?:text|known)\(\s*(?:(?:self\.)?lang,\s*)?(f?)["']([^"']+)["']""")


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def asked_for() -> tuple[set[str], list[re.Pattern[str]]]:
    """Return the keys the sources name, and the patterns of those they put together."""
    whole, patterns = set(), []
    for path in SOURCES:
        for formatted, key in ASKED.findall(path.read_text(encoding="utf-8")):
            if formatted and "{" in key:
                patterns.append(re.compile(re.sub(r"\\{.*?\\}", ".+", re.escape(key))))
            else:
                whole.add(key)
    return whole, patterns


def test_both_languages_have_the_same_keys():
    assert texts.catalogue("zh").keys() == texts.catalogue("en").keys()


def test_both_languages_fill_in_the_same_values():
    for key, words in texts.catalogue("zh").items():
        assert placeholders(words) == placeholders(texts.catalogue("en")[key]), key


def test_english_is_english():
    assert not [k for k, v in texts.catalogue("en").items() if CHINESE.search(v)]


def test_every_text_the_pages_ask_for_is_there():
    whole, _ = asked_for()
    assert len(whole) > 100
    assert not sorted(whole - texts.catalogue("zh").keys())


def test_every_text_that_is_there_is_asked_for():
    whole, patterns = asked_for()
    assert not [
        key
        for key in texts.catalogue("zh")
        if key not in whole and not any(p.fullmatch(key) for p in patterns)
    ]


def test_every_name_that_data_bring_has_a_text():
    known = texts.catalogue("zh")
    groups = {
        "parameter": [f.name for f in fields(Parameters)],
        "reason": list(Reason),
        "form": [*FORMS, "unknown", "mixed"],
        "account": OUTSIDE_NAMES,
        "outcome": list(Status),
        "sources": list(Evidence),
        "severity": list(Severity),
        "state": picture.STATES,
    }
    assert not [
        f"{group}.{name}"
        for group, names in groups.items()
        for name in names
        if f"{group}.{name}" not in known
    ]


def test_an_unknown_language_or_key_is_refused():
    with pytest.raises(KeyError):
        texts.catalogue("fr")
    with pytest.raises(KeyError):
        texts.text("zh", "no.such.key")
    assert texts.known("zh", "no.such.key") is None
