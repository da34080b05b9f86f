"""Rules of the trade that a city sets for itself: who approves what, and what is due when."""

from dataclasses import dataclass
from decimal import Decimal

from supplies.catalogue import Evidence
from supplies.tiers import Tier

ANY_LEVEL = "any"
LEVELS = ("I", "II", "III", "IV", ANY_LEVEL)
COUNT_MONTHS = "count_months"
# What the program asks of the rules; a city's table has each of these.
KEYS = (
    "papers_due_h",
    "refill_due_months",
    "transit_late_h",
    "expiry_days_first",
    "expiry_days_second",
    "expiry_days_last",
    "exchange_life_left_share",
    COUNT_MONTHS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One figure of the trade's rules and how sure it is.

    ``key`` is one of `KEYS`, or ``count_months:<category_en>``: how often goods of a category
    are counted, where it differs from ``count_months``.
    """

    key: str
    value: float
    unit: str
    evidence: Evidence
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who may release goods of a tier: up to an amount, at a response level.

    Parameters
    ----------
    owner_tier
        Whose goods are asked for.
    level
        ``I`` to ``IV``, or ``any``.
    amount_max_cny
        Up to what value of one request; ``None`` is any.
    approver_tier, approver_zh, approver_en
        The tier that decides, and who decides there.
    """

    owner_tier: Tier
    level: str
    amount_max_cny: Decimal | None
    approver_tier: Tier
    approver_zh: str
    approver_en: str
    evidence: Evidence
    source: str
    note: str

    def speaks_of(self, owner: Tier, level: str, amount_cny: Decimal) -> bool:
        """Whether the row decides about goods of an owner at a level and of a value."""
        return (
            self.owner_tier is owner
            and self.level in {level, ANY_LEVEL}
            and (self.amount_max_cny is None or amount_cny <= self.amount_max_cny)
        )
