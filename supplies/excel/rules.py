"""Every finding the reader can make: its stable code, how grave it is, and its words."""

from collections.abc import Mapping
from dataclasses import dataclass

from supplies.errors import Finding, Severity, in_language
from supplies.excel.wording import ERRORS, WARNINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule in both languages; its texts are filled in with what was found."""

    code: str
    severity: Severity
    zh: str
    en: str
    hint_zh: str
    hint_en: str


def _parsed(text: str, severity: Severity) -> dict[str, Rule]:
    """Return the rules of a table: code, then message and hint, Chinese and English."""
    found: dict[str, Rule] = {}
    for block in text.strip().split("\n\n"):
        code, message, hint = (line.strip() for line in block.strip().split("\n"))
        zh, _, en = message.partition(" | ")
        hint_zh, _, hint_en = hint.partition(" | ")
        found[code] = Rule(
            code=code, severity=severity, zh=zh, en=en, hint_zh=hint_zh, hint_en=hint_en
        )
    return found


RULES: Mapping[str, Rule] = _parsed(ERRORS, Severity.ERROR) | _parsed(WARNINGS, Severity.WARNING)


def finding(code: str, sheet: str, cell: str, found: object, **words: object) -> Finding:
    """Return a finding of a rule, its words filled in, as ``中文 | English``.

    A word may itself hold both languages so.

    Raises
    ------
    KeyError
        When there is no such rule, or a word it needs is not given.
    """
    rule = RULES[code]
    shown = "" if found is None else " ".join(str(found).split())
    params = {"what": shown[:60].replace("|", "¦"), **words}
    zh, en = ({k: in_language(str(v), lang) for k, v in params.items()} for lang in ("zh", "en"))
    return Finding(
        sheet=sheet,
        cell=cell,
        severity=rule.severity,
        code=code,
        found=shown[:200],
        message=f"{rule.zh.format_map(zh)} | {rule.en.format_map(en)}",
        hint=f"{rule.hint_zh.format_map(zh)} | {rule.hint_en.format_map(en)}",
    )


def explain(code: str) -> str:
    """Return the English words of a rule, what was found left open as ``…``."""
    rule = RULES[code]
    return rule.en.format_map(_Open())


class _Open(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
