"""Goods, places and lots as people say them, in both languages, for refusals."""

from collections.abc import Iterator
from contextlib import contextmanager

from supplies.errors import LedgerError, OverdrawnError
from supplies.lots import Lot
from supplies.reports import voucher_words
from supplies.reports.words import Pair, Words
from supplies.tasks.desk import Desk
from supplies.tiers import Tier


class ToldError(OverdrawnError):
    """A shortage already told in the names and units people use."""


def both(desk: Desk) -> tuple[Words, Words]:
    """Return the city's names in Chinese and in English."""
    return Words(desk.city, "zh"), Words(desk.city, "en")


def amount(desk: Desk, item: str, base: int) -> Pair:
    """Return a quantity with its unit."""
    thing = desk.item(item)
    units = thing.from_base(base)
    return f"{units:,f} {thing.unit_zh}", f"{units:,f} {thing.unit_en}"


def goods(desk: Desk, item: str, base: int) -> Pair:
    """Return a quantity with unit and name."""
    zh, en = amount(desk, item, base)
    thing = desk.item(item)
    return f"{thing.name_zh} {zh}", f"{en} of {thing.name_en}"


def place(desk: Desk, account: str) -> Pair:
    """Return an account as people call the place."""
    zh, en = both(desk)
    return voucher_words.account(zh, account), voucher_words.account(en, account)


def lot(desk: Desk, heap: Lot) -> Pair:
    """Return what distinguishes a lot."""
    zh, en = both(desk)
    return voucher_words.lot(zh, heap), voucher_words.lot(en, heap)


def owner(desk: Desk, tier: Tier) -> Pair:
    """Return whose goods are meant."""
    zh, en = both(desk)
    return zh.term("owner", tier), en.term("owner", tier)


@contextmanager
def told(desk: Desk) -> Iterator[None]:
    """Tell what a place is short of in the names and units people use."""
    try:
        yield
    except OverdrawnError as error:
        if isinstance(error, ToldError) or error.item not in desk.city.items:
            raise
        short, where = goods(desk, error.item, error.short), place(desk, error.account)
        raise ToldError(
            f"这样记账后, {where[0]}到 {error.day} 会少{short[0]} (已预留的不能动用), 因此没有记"
            f" | {where[1]} would be short of {short[1]} on {error.day} (what is reserved cannot "
            "be taken), so nothing was posted",
            account=error.account,
            item=error.item,
            lot=error.lot,
            short=error.short,
            day=error.day,
        ) from None


def unknown(document: str) -> LedgerError:
    """Return the refusal of a voucher that is not there."""
    return LedgerError(
        f"没有凭证 {document!r}, 凭证号见 supplies voucher list"
        f" | there is no voucher {document!r}; see supplies voucher list"
    )
