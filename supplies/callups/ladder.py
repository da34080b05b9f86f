"""Who must approve: by whose goods they are, the response level and the amount.

The owner decides about its own goods. What the city takes from a county in a very large event
(C3), and what it asks of a higher tier, the city decides. Source: the city's `approvals`.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from supplies.callups.facts import CallUp, Draw, Need, Share
from supplies.city import City
from supplies.errors import CityError
from supplies.rules import Approval
from supplies.tiers import Tier


def needs(city: City, call_up: CallUp, shares: Iterable[Share]) -> tuple[Need, ...]:
    """Return the approvals that a proposal needs, one for each owner that decides.

    Raises
    ------
    CityError
        When the city's rules name nobody for an owner, level and amount.
    """
    amounts: dict[tuple[Tier, str], Decimal] = defaultdict(Decimal)
    for share in shares:
        item = city.items[call_up.line(share.line).item]
        amounts[_decides(city, share)] += item.from_base(share.quantity) * item.unit_price_cny
    return tuple(
        _need(city, tier, owner, call_up.level, amount)
        for (tier, owner), amount in sorted(amounts.items(), key=lambda entry: entry[0][1])
    )


def _decides(city: City, share: Share) -> tuple[Tier, str]:
    if share.draw in {Draw.LATERAL, Draw.LETTER} or share.owner_tier is None:
        return Tier.CITY, city.code
    return share.owner_tier, share.owner


def _need(city: City, tier: Tier, owner: str, level: str, amount: Decimal) -> Need:
    row = _first(city, tier, level, amount)
    return Need(
        owner_tier=tier,
        owner=owner,
        level=level,
        amount_cny=amount,
        amount_max_cny=row.amount_max_cny,
        approver_tier=row.approver_tier,
        place=city.ancestor(owner, row.approver_tier) or owner,
        who_zh=row.approver_zh,
        who_en=row.approver_en,
        evidence=row.evidence,
        source=row.source,
    )


def _first(city: City, tier: Tier, level: str, amount: Decimal) -> Approval:
    for row in city.approvals:
        if row.speaks_of(tier, level, amount):
            return row
    raise CityError(
        f"approvals.csv 没有规定谁批准动用 {tier} 级物资 ({level} 级响应, {amount:,.2f} 元)"
        f" | approvals.csv names nobody to release goods of tier {tier} (level {level}, "
        f"{amount:,.2f} CNY)"
    )
