"""The fields that only some kinds of voucher have: where to, from which paper, until when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

from supplies import tasks
from supplies.access import Right
from supplies.ledger import SITE, Kind
from supplies.lots import Condition
from supplies.planning.sources import agreement_id
from supplies.reports import voucher_words
from supplies.tasks import Line
from supplies.tiers import Tier
from supplies.ui import parts
from supplies.ui.shell import View
from supplies.ui.voucher_draft import Draft
from supplies.ui.voucher_kinds import Form

LATEST = 60
# Long to read, or there only sometimes: these take a row of their own.
WIDE = frozenset(
    {
        "agreement",
        "departure",
        "hand_over",
        "held",
        "issued",
        "loan",
        "lost",
        "received",
        "reservation",
        "site",
    }
)


@dataclass(frozen=True)
class Asking:
    """What a field needs in order to be drawn: the page, the draft, its form and site."""

    view: View
    draft: Draft
    form: Form
    site: str | None

    def label(self, name: str) -> str:
        """Return what a field is called, with a star where it must be filled in."""
        star = " *" if name in self.form.must else ""
        return self.view.text(f"vouchers.{name}") + star


def site(view: View, draft: Draft, form: Form, name: str = "site") -> str | None:
    """Draw the choice of the storehouse a voucher is for: those one may post at."""
    city, actor = view.desk.city, view.desk.actor
    right = Right.POST if form.right is Right.BUY else form.right
    options = [
        key
        for key in parts.open_sites(view)
        if form.right is Right.BUY or actor.may(right, city, site=key)
    ]
    label = view.text("vouchers.source" if form.site == "source" else "word.site") + " *"
    return draft.choose(name, label, options, view.words.source)


def ask(asking: Asking) -> dict[str, Any]:
    """Draw the further fields of a kind; return what stands in them, by name."""
    found: dict[str, Any] = {}
    slots: list[Any] = []
    for name in asking.form.extra:
        if name in WIDE:
            slots = []
            found[name] = FIELDS[name](asking, name)
            continue
        slots = slots or list(st.columns(2))
        with slots.pop(0):
            found[name] = FIELDS[name](asking, name)
    return found


def _text(asking: Asking, name: str) -> str:
    return asking.draft.write(name, asking.label(name))


def _target(asking: Asking, name: str) -> str | None:
    view = asking.view
    city, words = view.desk.city, view.words
    options = [key for key in parts.open_sites(view) if key != asking.site]
    # Open to all: goods also go to storehouses that the sender may not look into.
    options += [k for k, s in city.sites.items() if s.status != "candidate" and k not in options]
    if asking.form.kind is Kind.DEPARTURE:
        options += [a.code for a in city.areas.values() if a.tier in {Tier.COUNTY, Tier.TOWNSHIP}]
    options = [key for key in options if key != asking.site]
    return asking.draft.choose(
        name,
        asking.label(name),
        options,
        lambda key: words.source(key) if key in city.sites else words.area(key),
    )


def _trip(asking: Asking, name: str) -> str | None:
    return _text(asking, name) or None


def _held(asking: Asking, name: str) -> str | None:
    """Ask for the reservation the goods are taken from, where the site has any."""
    found = _reservations(asking.view, asking.site) if asking.site else {}
    if not found:
        return None
    none = asking.view.text("vouchers.not_held")
    picked = asking.draft.choose(
        name, asking.label(name), ["", *found], lambda k: found[k] if k else none, first=True
    )
    return picked or None


def _reservation(asking: Asking, name: str) -> str | None:
    found = _reservations(asking.view, None)
    return _choice(asking, name, found)


def _reservations(view: View, place: str | None) -> dict[str, str]:
    """Return open reservations by document, told by what they hold."""
    mine = set(parts.open_sites(view)) if place is None else {place}
    goods: dict[str, list[str]] = {}
    with view.desk.store.reading() as reader:
        for line in reader.open_reservations():
            held = line.reservation
            if held.account.removeprefix(SITE) in mine:
                amount = view.desk.item(held.item).from_base(line.open)
                said = f"{view.words.item(held.item)} {view.words.quantity(amount, held.item)}"
                goods.setdefault(held.document, []).append(said)
    return {key: f"{key} · {view.words.listed(said, most=2)}" for key, said in goods.items()}


def _choice(asking: Asking, name: str, found: Mapping[str, str]) -> str | None:
    if not found:
        st.info(asking.view.text(f"vouchers.no_{name}"), icon=":material/info:")
        return None
    return asking.draft.choose(name, asking.label(name), [*found], lambda key: found[key])


def _departure(asking: Asking, name: str) -> str | None:
    view, words = asking.view, asking.view.words
    told: dict[str, list[str]] = {}
    for row in tasks.in_transit(view.desk):
        place = voucher_words.party(words, row.target)
        said = told.setdefault(row.document, [f"{words.source(row.source)} → {place}"])
        said.append(f"{words.item(row.item)} {words.quantity(row.quantity, row.item)}")
    found = {k: f"{k} · {said[0]} · {words.listed(said[1:], most=2)}" for k, said in told.items()}
    return _choice(asking, name, found)


def _loan(asking: Asking, name: str) -> str | None:
    view, words = asking.view, asking.view.words
    found: dict[str, str] = {}
    for row in tasks.loans_open(view.desk):
        way = view.text("vouchers.lent" if row.is_ours else "vouchers.borrowed")
        goods = f"{words.item(row.item)} {words.quantity(row.quantity, row.item)}"
        party = voucher_words.party(words, row.party)
        found[row.document] = f"{row.document} · {way} · {party} · {goods}"
    return _choice(asking, name, found)


def _received(asking: Asking, name: str) -> tuple[Line, ...] | None:
    """Ask how much came of each item still out; ``None`` when it is all of it."""
    view, draft, words = asking.view, asking.draft, asking.view.words
    document = draft.kept.get("departure" if asking.form.kind is Kind.ARRIVAL else "loan")
    if not document:
        return None
    rows: dict[str, Decimal] = {}
    listed = (
        tasks.in_transit(view.desk)
        if asking.form.kind is Kind.ARRIVAL
        else tasks.loans_open(view.desk)
    )
    for row in listed:
        if row.document == document:
            rows[row.item] = rows.get(row.item, Decimal(0)) + row.quantity
    came: list[Line] = []
    for item, quantity in rows.items():
        whole = view.desk.item(item).scale == 1
        label = view.text("vouchers.came", item=words.item(item), unit=words.unit(item))
        field = f"{name}-{document}-{item}"
        kind: Callable[[Decimal], float] = int if whole else float
        got = draft.figure(field, label, kind(quantity), step=1 if whole else 0.001)
        if got:
            came.append(Line(item=item, quantity=got))
    full = {line.item: Decimal(line.quantity) for line in came} == rows
    return None if full else tuple(came)


def _place(asking: Asking, name: str) -> str | None:
    none = asking.view.text("vouchers.as_sent")
    options = ["", *parts.open_sites(asking.view)]
    picked = asking.draft.choose(
        name,
        asking.label(name),
        options,
        lambda k: asking.view.words.source(k) if k else none,
        first=True,
    )
    return picked or None


def _switch(asking: Asking, name: str) -> bool:
    return asking.draft.switch(name, asking.label(name))


def _day(asking: Asking, name: str) -> object:
    return asking.draft.day(name, asking.label(name))


def _money(asking: Asking, name: str) -> Decimal | None:
    return asking.draft.number_of(
        name, asking.label(name), min_value=0.0, step=100.0, format="%.2f"
    )


def _issued(asking: Asking, name: str) -> str | None:
    if asking.site is None:
        return None
    kinds = [Kind.ISSUE.value, Kind.TRAINING.value]
    found = {
        head.id: f"{head.id} · {head.day} · {head.note}"
        for head in tasks.list_vouchers(
            asking.view.desk, site=asking.site, kinds=kinds, limit=LATEST
        )
        if not head.undone
    }
    none = asking.view.text("vouchers.any_issue")
    picked = asking.draft.choose(
        name, asking.label(name), ["", *found], lambda k: found[k] if k else none, first=True
    )
    return picked or None


def _condition(asking: Asking, name: str) -> str | None:
    none = asking.view.text("vouchers.unchanged")
    picked = asking.draft.choose(
        name,
        asking.label(name),
        ["", *(c.value for c in Condition)],
        lambda c: asking.view.words.term("condition", c) if c else none,
        first=True,
    )
    return picked or None


def _tier(asking: Asking, name: str) -> str | None:
    city = asking.view.desk.city
    if asking.site is None:
        return None
    area = city.sites[asking.site].area
    above = [t.value for t in Tier if city.ancestor(area, t) is not None]
    return asking.draft.choose(
        name, asking.label(name), above, lambda t: asking.view.words.term("owner", t)
    )


def _agreement(asking: Asking, name: str) -> str | None:
    view, words = asking.view, asking.view.words
    found = {
        agreement_id(a): f"{a.supplier_name} · {words.item(a.item)} "
        f"{words.quantity(a.quantity, a.item)} · {words.area(a.owner)}"
        for a in tasks.agreements(view.desk)
        if a.valid_until >= view.day
    }
    return _choice(asking, name, found)


def _site(asking: Asking, name: str) -> str | None:
    return site(asking.view, asking.draft, asking.form, name)


def _quantity(asking: Asking, name: str) -> Decimal | None:
    view = asking.view
    chosen = asking.draft.kept.get("agreement")
    item = str(chosen).rpartition("|")[2] if chosen else ""
    label = view.text("vouchers.quantity", unit=view.words.unit(item)) + " *"
    return asking.draft.number_of(name, label, min_value=0, step=1)


FIELDS: Mapping[str, Callable[[Asking, str], Any]] = {
    "agreement": _agreement,
    "amount": _money,
    "departure": _departure,
    "due": _day,
    "hand_over": _switch,
    "held": _held,
    "issued": _issued,
    "loan": _loan,
    "lost": _text,
    "new_condition": _condition,
    "new_expiry": _day,
    "party": _text,
    "place": _place,
    "quantity": _quantity,
    "received": _received,
    "reservation": _reservation,
    "site": _site,
    "target": _target,
    "to": _tier,
    "trip": _trip,
}
