"""What vouchers call things: their titles, the places goods come from and go to, lots in words."""

from collections.abc import Mapping

from supplies.ledger import SITE, TRANSIT, Kind
from supplies.lots import PHYSICAL, Condition, Lot
from supplies.reports.words import Pair, Words

TITLES: Mapping[Kind, Pair] = {
    Kind.OPENING: ("期初入账单", "Opening stock"),
    Kind.RECEIPT: ("入库单", "Goods received"),
    Kind.ISSUE: ("出库单", "Goods issued"),
    Kind.TRANSFER: ("调拨单", "Transfer"),
    Kind.DEPARTURE: ("发运单", "Departure"),
    Kind.ARRIVAL: ("到货签收单", "Arrival"),
    Kind.COUNT: ("盘点表", "Stocktake"),
    Kind.SCRAP: ("报废审批表", "Write-off"),
    Kind.INSPECTION: ("检验处置单", "Inspection"),
    Kind.CUSTODY: ("代储确认单", "Holding for another tier"),
    Kind.TRAINING: ("训练领用单", "Training use"),
    Kind.RETURN: ("归还单", "Return of unused goods"),
    Kind.LOAN_OUT: ("借出单", "Loan out"),
    Kind.LOAN_IN: ("借入单", "Loan in"),
    Kind.LOAN_BACK: ("还物单", "Loan given back"),
    Kind.DONATION: ("捐赠接收单", "Donation received"),
    Kind.REQUISITION: ("应急征用单", "Emergency requisition"),
    Kind.CALL_OFF: ("协议物资调用单", "Call-off from an agreement"),
    Kind.RESERVE: ("预留单", "Reservation"),
    Kind.RELEASE: ("解除预留单", "Release of a reservation"),
    Kind.REVERSAL: ("冲销单", "Reversal"),
    Kind.MOVES: ("记账凭证", "Voucher"),
}

# What lies outside the storehouses, as an account names it.
OUTSIDE: Mapping[str, Pair] = {
    "outside:supplier": ("供应商", "supplier"),
    "outside:opening": ("期初", "opening"),
    "outside:used": ("使用", "used"),
    "outside:lost": ("损耗", "lost"),
    "outside:count": ("盘点", "count"),
    "outside:scrap": ("报废", "scrap"),
    "outside:donor": ("捐赠", "donor"),
    "outside:loan": ("借用", "loan"),
    "outside:requisition": ("征用", "requisition"),
    "outside:relabel": ("批次变更", "relabelling"),
    "outside:higher": ("上级储备", "higher reserves"),
}


def title(words: Words, kind: str) -> str:
    """Return what a kind of voucher is called."""
    return words.pick(*TITLES[Kind(kind)])


def account(words: Words, name: str) -> str:
    """Return an account as people call the place."""
    if name in OUTSIDE:
        return words.pick(*OUTSIDE[name])
    if name.startswith(TRANSIT):
        trip = name.removeprefix(TRANSIT)
        return words.pick(f"在途 {trip}", f"on the way, {trip}")
    return words.source(name.removeprefix(SITE))


def party(words: Words, name: str) -> str:
    """Return the other side of a voucher: a storehouse's or an area's name, or as it was given."""
    if name in words.city.areas:
        return words.area(name)
    return words.source(name)


def lot(words: Words, heap: Lot, *, owner: bool = True) -> str:
    """Return what distinguishes a lot: dates, condition, whose it is, how it came."""
    parts: list[str] = []
    if heap.produced:
        parts.append(words.pick(f"产 {heap.produced}", f"made {heap.produced}"))
    if heap.expiry:
        parts.append(words.pick(f"至 {heap.expiry}", f"until {heap.expiry}"))
    if heap.condition is not Condition.USABLE:
        parts.append(words.term("condition", heap.condition))
    if owner and heap.owner_tier:
        parts.append(words.term("owner", heap.owner_tier))
    if heap.source_mode != PHYSICAL:
        parts.append(words.term("source_mode", heap.source_mode))
    return words.pick("、", ", ").join(parts) or words.pick("无批次信息", "no lot")
