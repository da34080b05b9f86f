"""The goods of a voucher: picked from what a site holds, or named as they come."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.lots import Condition
from supplies.plan import StockLine
from supplies.tasks import Line
from supplies.tiers import Tier
from supplies.ui import parts
from supplies.ui.shell import View
from supplies.ui.voucher_draft import Draft
from supplies.ui.voucher_kinds import Form
from supplies.ui.words import number


def held_at(view: View, site: str | None) -> list[StockLine]:
    """Return what a site holds, first expiring first."""
    if site is None:
        return []
    lines = tasks.stock(view.desk, site=site)
    return sorted(lines, key=lambda s: (s.item, s.expiry or view.day.max, s.lot))


def free(view: View, lines: Sequence[StockLine]) -> Decimal:
    """Return how much of some lots may be dispatched: usable, in date, not reserved."""
    return sum(
        (line.quantity - line.reserved for line in lines if _is_usable(view, line)), Decimal(0)
    )


def _is_usable(view: View, line: StockLine) -> bool:
    good = line.condition == Condition.USABLE
    return good and (line.expiry is None or line.expiry >= view.day)


def lot_words(view: View, line: StockLine) -> str:
    """Return what distinguishes a lot of a site, and how much of it is free."""
    words = view.words
    until = line.expiry.isoformat() if line.expiry else view.text("vouchers.no_expiry")
    said = [until]
    if line.condition != Condition.USABLE:
        said.append(words.term("condition", line.condition))
    if line.owner_tier is not view.desk.city.sites[line.site].tier:
        said.append(words.area(line.owner))
    if line.source_mode != "physical":
        said.append(words.term("source_mode", line.source_mode))
    said.append(words.quantity(line.quantity - line.reserved, line.item))
    return " · ".join(said)


def beside(view: View, site: str | None, item: str | None) -> None:
    """Draw what the chosen site has of the chosen item, or of everything."""
    if site is None:
        st.caption(view.text("vouchers.stock_hint"))
        return
    held = held_at(view, site)
    words = view.words
    st.markdown(f"**{view.text('vouchers.stock_of', site=words.source(site))}**")
    if item is not None:
        mine = [line for line in held if line.item == item]
        total = words.quantity(free(view, mine), item)
        st.markdown(view.text("vouchers.free_of", item=words.item(item), quantity=total))
        frame = pd.DataFrame(
            {
                view.text("stock.expiry"): line.expiry,
                view.text("stock.free"): float(line.quantity - line.reserved),
                view.text("stock.reserved"): float(line.reserved) or None,
                view.text("stock.condition"): words.term("condition", line.condition),
                view.text("stock.owner"): words.area(line.owner),
            }
            for line in mine
        )
    else:
        kinds = dict.fromkeys(line.item for line in held)
        frame = pd.DataFrame(
            {
                view.text("word.item"): words.item(kind),
                view.text("stock.free"): float(free(view, [x for x in held if x.item == kind])),
                view.text("word.unit_of"): words.unit(kind),
            }
            for kind in sorted(kinds, key=words.item)
        )
    figure = st.column_config.NumberColumn(format="localized")
    config = {view.text(f"stock.{name}"): figure for name in ("free", "reserved")}
    parts.table(frame, height=430, config=config)


def entry(view: View, draft: Draft, form: Form, site: str | None) -> Line | None:
    """Draw one line of goods; return it once item and quantity stand there."""
    held = held_at(view, site)
    here = len(draft.lines)  # a new line has new fields
    with st.container(border=True):
        item_at, quantity_at = st.columns([3, 2])
        with item_at:
            item = _item(view, draft, form, held, here)
        with quantity_at:
            quantity = _quantity(view, draft, form, item, here)
        if item is None:
            return None
        mine = [line for line in held if line.item == item]
        lot_at, add_at = st.columns([3, 2], vertical_alignment="bottom")
        with lot_at:
            line = (
                _coming(view, draft, item, here)
                if form.goods == "in"
                else _leaving(view, draft, form, mine, (item, here))
            )
        if quantity is None or line is None or (not quantity and form.goods != "counted"):
            return None
        line = _with(line, quantity)
        if form.goods != "one_lot":
            add_at.button(
                view.text("vouchers.add_line"),
                key=f"voucher{draft.number}-add{here}",
                icon=":material/add:",
                width="stretch",
                on_click=draft.lines.append,
                args=(line,),
            )
    return line


def _item(view: View, draft: Draft, form: Form, held: Sequence[StockLine], here: int) -> str | None:
    words, catalogue = view.words, view.desk.city.items
    there = {line.item for line in held}
    if form.goods in {"in", "counted"}:
        options = sorted(catalogue, key=lambda k: (k not in there, words.item(k)))
    else:
        options = sorted(there, key=words.item)

    def name(key: str) -> str:
        if key not in there:
            return words.item(key)
        amount = words.quantity(free(view, [x for x in held if x.item == key]), key)
        return view.text("vouchers.item_free", item=words.item(key), quantity=amount)

    return draft.choose(
        f"item{here}",
        view.text("word.item"),
        options,
        name,
        placeholder=view.text("vouchers.type_name"),
    )


def _quantity(view: View, draft: Draft, form: Form, item: str | None, here: int) -> Decimal | None:
    thing = view.desk.city.items.get(item or "")
    unit = view.words.unit(thing.id) if thing else ""
    label = "vouchers.counted" if form.goods == "counted" else "vouchers.quantity"
    whole = thing is None or thing.scale == 1
    more: dict[str, Any] = {"min_value": 0, "step": 1}
    if not whole:
        more = {"min_value": 0.0, "step": 0.001, "format": "%.3f"}
    # A field of another kind of figure is another field.
    name = f"quantity{here}" if whole else f"measure{here}"
    return draft.number_of(name, view.text(label, unit=unit), **more)


def _leaving(
    view: View, draft: Draft, form: Form, mine: Sequence[StockLine], what: tuple[str, int]
) -> Line | None:
    """Draw which lot: first expiring first unless the kind of voucher wants one named."""
    item, here = what
    lots = {line.lot: line for line in mine}
    owners = list(dict.fromkeys(line.owner_tier for line in mine))
    fixed = form.goods == "one_lot"
    options = [*lots] if fixed else ["", *(f"={lot}" for lot in lots)]
    key = f"lot{here}" if fixed else f"pick{here}"
    if not mine:
        return Line(item=item, quantity=1)
    if fixed:
        lot = draft.choose(key, view.text("stock.lot"), options, lambda k: lot_words(view, lots[k]))
        if lot is None:
            return None
        return Line(item=item, quantity=1, lot=lot, owner=lots[lot].owner_tier)
    default = "vouchers.only_lot" if form.goods == "counted" else "vouchers.first_out"
    picked = draft.choose(
        key,
        view.text("stock.lot"),
        options,
        lambda k: lot_words(view, lots[k[1:]]) if k else view.text(default),
        first=True,
    )
    if picked:
        return Line(item=item, quantity=1, lot=picked[1:], owner=lots[picked[1:]].owner_tier)
    return Line(item=item, quantity=1, owner=_owner(view, draft, owners, mine[0].site, here))


def _owner(view: View, draft: Draft, owners: Sequence[Tier], site: str, here: int) -> Tier | None:
    """Ask whose goods are meant, where a site holds some for another tier."""
    own = view.desk.city.sites[site].tier
    if set(owners) <= {own}:
        return None
    options = [own.value, *(t.value for t in owners if t is not own)]
    picked = draft.choose(
        f"owner{here}",
        view.text("stock.owner"),
        options,
        lambda t: view.words.term("owner", t),
        first=True,
    )
    return Tier(picked) if picked and picked != own else None


def _coming(view: View, draft: Draft, item: str, here: int) -> Line:
    """Draw the dates and state of goods that come in."""
    months = view.desk.city.items[item].shelf_life_months
    made_at, until_at, state_at = st.columns(3)
    with made_at:
        produced = draft.day(f"produced{here}", view.text("vouchers.produced"))
    with until_at:
        hint = view.text("vouchers.life", months=months) if months else None
        expiry = draft.day(f"expiry{here}", view.text("stock.expiry"), help=hint)
    with state_at:
        state = draft.choose(
            f"state{here}",
            view.text("stock.condition"),
            [c.value for c in Condition],
            lambda c: view.words.term("condition", c),
            first=True,
        )
    return Line(
        item=item,
        quantity=1,
        produced=produced,
        expiry=expiry,
        condition=Condition(state or Condition.USABLE),
    )


def _with(line: Line, quantity: Decimal) -> Line:
    return replace(line, quantity=int(quantity) if quantity == int(quantity) else quantity)


def basket(view: View, draft: Draft) -> None:
    """Draw the goods put down so far, each with a button that takes it off."""
    for place, line in enumerate(draft.lines):
        said, off = st.columns([6, 1], vertical_alignment="center")
        words = view.words
        more = f" · {line.expiry}" if line.expiry else ""
        said.markdown(
            f"{place + 1}. **{words.item(line.item)}** "
            f"{number(Decimal(line.quantity))} {words.unit(line.item)}{more}"
        )
        if off.button("✕", key=f"voucher{draft.number}-off{place}-{len(draft.lines)}",
                      help=view.text("vouchers.take_off")):  # fmt: skip
            draft.lines.pop(place)
            st.rerun()
