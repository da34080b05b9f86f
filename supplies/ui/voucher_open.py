"""One voucher, opened: what stands on it, its printed form, and what may follow."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from io import BytesIO

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.clock import CHINA
from supplies.errors import SuppliesError
from supplies.ledger import TRANSIT, Kind, Move, Reservation
from supplies.lots import read_lot_id
from supplies.reports import voucher_words
from supplies.store import Voucher
from supplies.store.papers import paid_fen, papers_of, undone
from supplies.store.still_out import in_transit, loans_open
from supplies.ui import parts
from supplies.ui.shell import View
from supplies.ui.voucher_draft import begin

WRITE = "voucher-view"


def draw(view: View, number: str) -> None:
    """Draw a voucher and the buttons of what may follow it."""
    try:
        voucher = tasks.find_voucher(view.desk, number)
    except SuppliesError as error:
        st.error(error.say(view.lang), icon=":material/block:")
        return
    with view.desk.store.reading() as reader:
        is_undone = number in undone(reader, [number])
        owed = voucher.paper.papers_due is not None and not papers_of(reader, document=number)
        paid = Decimal(paid_fen(reader, document=number)) / 100
        under_way = bool(in_transit(reader, number))
        is_lent = bool(loans_open(reader, number))
        held = bool(reader.open_reservations(number))
    heading(view, voucher, is_undone=is_undone)
    head(view, voucher, paid)
    lines(view, voucher)
    with st.container(horizontal=True):
        print_button(view, voucher)
        if is_undone:
            return
        if under_way:
            _answer(view, Kind.ARRIVAL, "arrive", departure=number)
        if is_lent:
            _answer(view, Kind.LOAN_BACK, "give_back", loan=number)
        if held:
            _answer(view, Kind.RELEASE, "release", reservation=number)
        if owed:
            papers(view, number)
        if voucher.paper.amount_fen and paid * 100 < voucher.paper.amount_fen:
            pay(view, number, Decimal(voucher.paper.amount_fen) / 100 - paid)
        if voucher.moves:
            reverse(view, number)


def heading(view: View, voucher: Voucher, *, is_undone: bool) -> None:
    """Draw what voucher it is."""
    name = voucher_words.title(view.words, voucher.paper.kind.value)
    mark = f" :red-badge[{view.text('vouchers.undone')}]" if is_undone else ""
    if voucher.backdated:
        mark += f" :orange-badge[{view.text('vouchers.was_late', why=voucher.backdated)}]"
    st.markdown(f"#### {name} {voucher.id}{mark}")


def head(view: View, voucher: Voucher, paid: Decimal) -> None:
    """Draw who asked, who allowed, who entered, and what is due."""
    paper = voucher.paper
    amount = f"{paper.amount_fen / 100:,.2f} ({paid:,.2f})" if paper.amount_fen else ""
    entered = voucher.recorded_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    said = {
        "vouchers.day": voucher.day or "",
        "vouchers.reason": voucher.note,
        "vouchers.party": voucher_words.party(view.words, paper.party) if paper.party else "",
        "vouchers.asked_by": paper.asked_by,
        "vouchers.approved_by": paper.approved_by,
        "vouchers.order_number": paper.order_number,
        "vouchers.papers_due": paper.papers_due or "",
        "vouchers.due": paper.due or "",
        "vouchers.amount_paid": amount,
        "vouchers.refers": paper.refers or "",
        "stock.by": voucher.recorded_by,
        "stock.entered": entered,
    }
    told = [f":gray[{view.text(key)}] {value}" for key, value in said.items() if value]
    st.markdown(" &emsp; ".join(told))


def lines(view: View, voucher: Voucher) -> None:
    """Draw the goods of a voucher."""
    every: list[Move | Reservation] = [*voucher.moves, *voucher.reservations]
    if not every:
        st.caption(view.text("vouchers.no_lines"))
        return
    words, items = view.words, view.desk.city.items
    frame = pd.DataFrame(
        {
            view.text("word.item"): words.item(line.item),
            view.text("word.quantity"): float(items[line.item].from_base(line.quantity)),
            view.text("word.unit_of"): words.unit(line.item),
            view.text("stock.lot"): voucher_words.lot(words, read_lot_id(line.item, line.lot)),
            view.text("stock.from"): place(view, _ends(line)[0]),
            view.text("stock.to"): place(view, _ends(line)[1]),
        }
        for line in every
    )
    figure = st.column_config.NumberColumn(format="localized")
    parts.table(frame, height=300, config={view.text("word.quantity"): figure})


def _ends(line: Move | Reservation) -> tuple[str, str]:
    return (line.source, line.target) if isinstance(line, Move) else (line.account, "")


def place(view: View, account: str) -> str:
    """Return what an account is called; goods set aside go nowhere."""
    if not account:
        return view.text("stock.reserved")
    if account.startswith(TRANSIT):
        return view.text("account.transit", trip=account.removeprefix(TRANSIT))
    return voucher_words.account(view.words, account)


def print_button(view: View, voucher: Voucher) -> None:
    """Draw the download of the one-page form."""
    parts.workbook_button(
        view.text("vouchers.print"),
        f"{voucher.id}.xlsx",
        partial(_write, view, voucher.id),
        key=f"print-{voucher.id}",
    )


def _write(view: View, number: str, target: BytesIO) -> None:
    tasks.write_voucher(view.desk, number, target, view.lang)


def _answer(view: View, kind: Kind, name: str, **kept: str) -> None:
    """Draw a button that begins the voucher which answers this one."""

    def start() -> None:
        begin(kind, **kept)
        st.session_state[WRITE] = "new"

    key = f"{name}-{next(iter(kept.values()))}"
    st.button(view.text(f"vouchers.{name}"), key=key, type="primary", on_click=start)


def papers(view: View, number: str) -> None:
    """Draw the entry of papers that came after a telephone order."""
    with st.popover(view.text("vouchers.papers_came"), icon=":material/description:"):
        written = st.text_input(view.text("vouchers.order_number"), key=f"papers-{number}")
        if st.button(view.text("vouchers.keep"), key=f"papers-yes-{number}", type="primary"):
            _do(view, partial(tasks.papers, view.desk, voucher=number, order_number=written))


def pay(view: View, number: str, still: Decimal) -> None:
    """Draw the entry of a payment, at first of all that is still due."""
    with st.popover(view.text("vouchers.pay"), icon=":material/payments:"):
        amount = st.number_input(
            view.text("vouchers.amount"), value=float(still), min_value=0.0, key=f"pay-{number}"
        )
        if st.button(view.text("vouchers.keep"), key=f"pay-yes-{number}", type="primary"):
            exact = Decimal(str(amount))
            _do(view, partial(tasks.pay, view.desk, voucher=number, amount_cny=exact))


def reverse(view: View, number: str) -> None:
    """Draw the way to undo a voucher, with its reason."""
    with st.popover(view.text("vouchers.reverse"), icon=":material/undo:"):
        st.caption(view.text("vouchers.reverse_help"))
        why = st.text_input(view.text("vouchers.reason"), key=f"reverse-{number}")
        if st.button(view.text("vouchers.reverse"), key=f"reverse-yes-{number}", type="primary"):
            order = tasks.Order(key=f"reverse:{number}")
            _do(view, partial(tasks.reverse, view.desk, number, reason=why, order=order))


def _do(view: View, act: Callable[[], object]) -> None:
    try:
        act()
    except SuppliesError as error:
        st.error(error.say(view.lang), icon=":material/block:")
    else:
        st.rerun()
