"""The words on the screens, one TOML catalogue per language, same keys in each."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES: Mapping[str, str] = {"zh": "中文", "en": "English"}


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Return all texts of a language by dotted key.

    Raises
    ------
    KeyError
        When the language is not one of `LANGUAGES`.
    """
    if lang not in LANGUAGES:
        raise KeyError(lang)
    path = Path(__file__).parent / "locale" / f"{lang}.toml"
    with path.open("rb") as file:
        return dict(_flat(tomllib.load(file)))


def text(lang: str, key: str, **values: object) -> str:
    """Return one text, its ``{placeholders}`` filled.

    Raises
    ------
    KeyError
        When the key is in no catalogue; a test looks for all keys the pages use.
    """
    found = catalogue(lang)[key]
    return found.format(**values) if values else found


def known(lang: str, key: str) -> str | None:
    """Return one text, or ``None`` where the catalogue has no such key."""
    return catalogue(lang).get(key)
