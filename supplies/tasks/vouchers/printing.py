"""Print a voucher as a form of one page."""

import io
from pathlib import Path

from supplies.reports.page import Stamp
from supplies.reports.voucher import Printed, voucher_workbook
from supplies.store import Reader
from supplies.store.heads import counts_of, lots_of
from supplies.store.papers import paid_fen, papers_of, undone
from supplies.tasks.desk import Desk
from supplies.tasks.holdings import agreements
from supplies.tasks.vouchers import naming
from supplies.tasks.vouchers.showing import find_voucher


def write_voucher(desk: Desk, voucher_id: str, path: Path | io.BytesIO, lang: str = "zh") -> None:
    """Write a voucher as a one-page form, its seal code and revision in the footer.

    Raises
    ------
    AccessError, LedgerError
        As `find_voucher`.
    WorkbookError
        When the file cannot be written.
    """
    find_voucher(desk, voucher_id)
    with desk.store.reading() as reader:
        printed = printed_of(desk, reader, voucher_id)
        stamp = Stamp(seal=reader.seal_code(), revision=reader.revision(), day=desk.day)
    voucher_workbook(path, desk.city, printed, stamp, lang)


def printed_of(desk: Desk, reader: Reader, voucher_id: str) -> Printed:
    """Return a voucher with all that its form shows.

    Raises
    ------
    LedgerError
        When there is no such voucher.
    """
    voucher = reader.voucher(voucher_id)
    if voucher is None:
        raise naming.unknown(voucher_id)
    counts = counts_of(reader, voucher_id)
    names = {(move.item, move.lot) for move in voucher.moves}
    names |= {(line.item, line.lot) for line in voucher.reservations}
    names |= {(count.item, count.lot) for count in counts}
    refers = voucher.paper.refers
    return Printed(
        voucher=voucher,
        lots=lots_of(reader, names),
        counts=counts,
        filed=papers_of(reader, document=voucher_id),
        paid_fen=paid_fen(reader, document=voucher_id),
        answers=reader.voucher(refers) if refers else None,
        undone=voucher_id in undone(reader, [voucher_id]),
        suppliers={a.supplier: a.supplier_name for a in agreements(desk)},
    )
