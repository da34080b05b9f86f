"""What there is: one lot at one site, as the ledger has it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from supplies.tiers import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """One lot of one item at one site, as the ledger has it; quantities in catalogue units.

    ``owner`` is the code of the tier unit that owns it (the holder may be another's site).
    """

    site: str
    item: str
    lot: str
    quantity: Decimal
    reserved: Decimal
    produced: date | None
    expiry: date | None
    condition: str
    owner_tier: Tier
    owner: str
    source_mode: str
