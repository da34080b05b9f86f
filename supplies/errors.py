"""Errors a caller may want to catch, and findings a user may want to fix.

* SuppliesError            anything raised on purpose; its text is one line a user can act on
  x CityError              a city folder, norm or area that cannot be used
  x IncidentError          an incident that cannot be read
  x LedgerError            a move the ledger cannot accept
    + OverdrawnError       a place inside would hold less than nothing
  x AccessError            a user who may not do this here, or is not who they say
  x StoreError             storage refused or lost something
  x WorkbookError          a workbook that cannot be read at all
  x PlanError              a plan that failed its independent check, or a request no plan can answer
  x StoppedError           the user stopped a long step
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


def in_language(text: str, lang: str) -> str:
    """Return one language (``zh`` or ``en``) of a text that may hold ``中文 | English``."""
    zh, bar, en = text.partition(" | ")
    return en if bar and lang == "en" else zh


class SuppliesError(Exception):
    """Anything this package raises on purpose; the message is one clear line.

    A message may hold both languages as ``中文 | English``.
    """

    def say(self, lang: str) -> str:
        """Return the message in a language (``zh`` or ``en``), whole where it has but one."""
        return in_language(str(self), lang)


class CityError(SuppliesError):
    """A city folder, norm or area that cannot be used."""


class IncidentError(SuppliesError):
    """An incident that cannot be read or names something unknown."""


class LedgerError(SuppliesError):
    """A move the ledger cannot accept."""


class OverdrawnError(LedgerError):
    """A move that takes more from a place than it holds.

    Parameters
    ----------
    account, item, lot, short, day
        Where, of what, how many base units, and the first day it happens; empty where unknown.
    """

    def __init__(
        self,
        message: str,
        *,
        account: str = "",
        item: str = "",
        lot: str = "",
        short: int = 0,
        day: date | None = None,
    ) -> None:
        super().__init__(message)
        self.account, self.item, self.lot, self.short, self.day = account, item, lot, short, day


class AccessError(SuppliesError):
    """A user who may not do this here, or is not who they say they are."""


class StoreError(SuppliesError):
    """Storage refused or lost something."""


class WorkbookError(SuppliesError):
    """A workbook that cannot be read at all."""


class PlanError(SuppliesError):
    """A plan that failed its independent check, or a request no plan can answer."""


class StoppedError(SuppliesError):
    """The user stopped a long step."""


class Severity(StrEnum):
    """Whether a finding blocks the row it stands in."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something in the user's data to fix: a value, not an exception.

    Parameters
    ----------
    sheet, cell
        Where it stands, for example ``"台账"`` and ``"F12"``; empty when it concerns the whole
        file.
    severity
        ``ERROR`` rejects the row, ``WARNING`` does not.
    code
        A stable short name of the rule, for example ``"item-unknown"``.
    found
        What stands there, as written.
    message, hint
        What is wrong, and what would be right, both as ``中文 | English``; see `spoken`.
    """

    sheet: str
    cell: str
    severity: Severity
    code: str
    found: str
    message: str
    hint: str

    def spoken(self, lang: str) -> "Finding":
        """Return the finding in one language (``zh`` or ``en``)."""
        return replace(
            self, message=in_language(self.message, lang), hint=in_language(self.hint, lang)
        )
