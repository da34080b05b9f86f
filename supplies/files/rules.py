"""The city's own rules: approvals, and what is due when."""

from collections.abc import Mapping
from pathlib import Path

from supplies.catalogue import Item
from supplies.errors import CityError
from supplies.files.table import Row, read_table
from supplies.rules import ANY_LEVEL, COUNT_MONTHS, KEYS, LEVELS, Approval, Rule
from supplies.tiers import Tier

RULE_COLUMNS = ("key", "value", "unit", "evidence", "source", "note")
APPROVAL_COLUMNS = (
    "owner_tier", "level", "amount_max_cny", "approver_tier", "approver_zh", "approver_en",
    "evidence", "source", "note",
)  # fmt: skip


def read_rules(folder: Path, items: Mapping[str, Item]) -> dict[str, Rule]:
    """Return the rules by key.

    Raises
    ------
    CityError
        When the table cannot be used, lacks a key of `KEYS`, or has one nobody asks for.
    """
    table = read_table(folder, "rules.csv", RULE_COLUMNS, key="key")
    categories = {f"{COUNT_MONTHS}:{item.category_en}" for item in items.values()}
    rules = {rule.key: rule for rule in (_rule(row, categories) for row in table)}
    missing = [key for key in KEYS if key not in rules]
    if missing:
        raise CityError(
            f"rules.csv, 字段 key: 缺少 {missing[0]!r} 一行"
            f" | rules.csv, field key: found no row {missing[0]!r}; there should be one"
        )
    return rules


def _rule(row: Row, categories: set[str]) -> Rule:
    key = row.one_of("key", [*KEYS, *sorted(categories)])
    value = row.number_at_least("value")
    if not value:
        row.refuse("value", "a number above 0")
    return Rule(
        key=key,
        value=value,
        unit=row.text("unit"),
        evidence=row.evidence(),
        source=row.text("source"),
        note=row.optional("note"),
    )


def read_approvals(folder: Path) -> tuple[Approval, ...]:
    """Return who approves what, in the order of the table: the first row that fits decides.

    Raises
    ------
    CityError
        When the table cannot be used, or leaves goods of a tier that nobody may release.
    """
    table = read_table(
        folder, "approvals.csv", APPROVAL_COLUMNS, key="owner_tier level amount_max_cny"
    )
    rows = tuple(_approval(row) for row in table)
    for tier in (Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP):
        for level in LEVELS[:-1]:
            if not any(_ends(row, tier, level) for row in rows):
                raise CityError(
                    f"approvals.csv: {tier} 级物资在 {level} 级响应下没有金额不限的审批人"
                    f" | approvals.csv: found nobody to approve goods of tier {tier} at level "
                    f"{level} without limit of amount; there should be a row with no amount"
                )
    return rows


def _ends(row: Approval, tier: Tier, level: str) -> bool:
    fits = row.owner_tier is tier and row.level in {level, ANY_LEVEL}
    return fits and row.amount_max_cny is None


def _approval(row: Row) -> Approval:
    return Approval(
        owner_tier=row.choice("owner_tier", Tier),
        level=row.one_of("level", LEVELS),
        amount_max_cny=row.money("amount_max_cny") if row.optional("amount_max_cny") else None,
        approver_tier=row.choice("approver_tier", Tier),
        approver_zh=row.text("approver_zh"),
        approver_en=row.text("approver_en"),
        evidence=row.evidence(),
        source=row.text("source"),
        note=row.optional("note"),
    )
