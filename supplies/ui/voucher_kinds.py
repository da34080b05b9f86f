"""Which fields each kind of voucher asks for, and which task posts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from supplies.access import Right
from supplies.ledger import Kind
from supplies.tasks.vouchers.order import RIGHTS

# Goods that leave a site are picked from its stock; goods that come may be any of the catalogue's.
Goods = Literal["out", "in", "counted", "one_lot", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of voucher on the screen.

    Parameters
    ----------
    act
        The task (`supplies.tasks`) that posts it.
    goods
        How its goods are chosen.
    site
        What the site is called in the task; empty where another field says it.
    extra
        Further fields, in the order they are asked.
    must
        Fields without which the task refuses; marked with a star.
    """

    kind: Kind
    act: str
    goods: Goods
    site: str = "site"
    extra: tuple[str, ...] = ()
    must: tuple[str, ...] = ()

    @property
    def right(self) -> Right:
        """What one must be allowed in order to post it."""
        return RIGHTS.get(self.kind, Right.POST)


def _form(
    kind: Kind, act: str, goods: Goods, extra: str = "", *, site: str = "site", must: str = ""
) -> Form:
    fields = extra.split()
    return Form(
        kind=kind,
        act=act,
        goods=goods,
        site=site,
        extra=tuple(name.rstrip("*") for name in fields),
        must=(*(name.rstrip("*") for name in fields if name.endswith("*")), *must.split()),
    )


# In the order of use: what is wanted at night stands first.
FORMS: Mapping[Kind, Form] = {
    form.kind: form
    for form in (
        _form(Kind.ISSUE, "issue", "out", "held"),
        _form(Kind.DEPARTURE, "depart", "out", "target* trip held", site="source"),
        _form(Kind.ARRIVAL, "arrive", "none", "departure* received lost place hand_over", site=""),
        _form(Kind.TRANSFER, "transfer", "out", "target* held hand_over", site="source"),
        _form(Kind.RECEIPT, "receive", "in", "party"),
        _form(Kind.RETURN, "return_", "in", "issued"),
        _form(Kind.RESERVE, "reserve", "out"),
        _form(Kind.RELEASE, "release", "none", "reservation*", site=""),
        _form(Kind.COUNT, "count", "counted"),
        _form(Kind.TRAINING, "train", "out"),
        _form(Kind.INSPECTION, "inspect", "one_lot", "new_expiry new_condition"),
        _form(Kind.SCRAP, "scrap", "out", must="approved_by"),
        _form(Kind.CUSTODY, "entrust", "one_lot", "to*"),
        _form(Kind.LOAN_OUT, "lend", "out", "party* due*"),
        _form(Kind.LOAN_IN, "borrow", "in", "party* due*"),
        _form(Kind.LOAN_BACK, "give_back", "none", "loan* received", site=""),
        _form(Kind.DONATION, "donate", "in", "party*"),
        _form(Kind.REQUISITION, "requisition", "in", "party* amount* due*"),
        _form(Kind.CALL_OFF, "call_off", "none", "agreement* site quantity*", site=""),
    )
}
