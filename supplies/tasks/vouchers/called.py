"""Vouchers that are steps of a call-up are the call-up's to answer, not anybody's."""

from supplies.errors import LedgerError
from supplies.store import Voucher, callups
from supplies.tasks.desk import Desk


def refuse_step(desk: Desk, voucher: Voucher | None) -> None:
    """Refuse to answer a step of a call-up by a voucher: the two would no longer agree.

    Raises
    ------
    LedgerError
        Naming the call-up.
    """
    number = voucher.paper.call_up if voucher is not None else None
    if voucher is None or number is None:
        return
    with desk.store.reading() as reader:
        case = callups.read(reader, number)
    if case is not None and any(voucher.id in event.documents for event in case.events):
        raise LedgerError(
            f"凭证 {voucher.id} 是调用 {number} 的一步, 请用 supplies call-up 办理"
            f" | voucher {voucher.id} is a step of call-up {number}: use supplies call-up (arrive, "
            "return, cancel)"
        )
