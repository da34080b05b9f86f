"""Every voucher as a form of one A4 page: who, what, why, and room for the signatures."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from supplies.city import City
from supplies.clock import CHINA
from supplies.excel.write import Book, Sheet
from supplies.ledger import SITE, TRANSIT, Count, Kind
from supplies.lots import Lot
from supplies.reports import voucher_words as say
from supplies.reports.page import Stamp, open_book, sign
from supplies.reports.voucher_lines import Lines, lines
from supplies.reports.words import Words
from supplies.store import Voucher
from supplies.store.papers import Filed

# The narrowest a form's first columns may be, so that the labels above the table fit.
_WIDTHS = (13.0, 20.0, 28.0, 14.0, 12.0, 12.0, 14.0)

SIGNATURES: Mapping[Kind, tuple[str, str]] = {
    Kind.RECEIPT: ("送货人 验收人 保管员", "Delivered Checked Keeper"),
    Kind.ISSUE: ("领用人 发货人 批准人", "Received Issued Approved"),
    Kind.TRANSFER: ("调出方 调入方 批准人", "From To Approved"),
    Kind.DEPARTURE: ("发货人 驾驶员 复核人", "Issued Driver Checked"),
    Kind.ARRIVAL: ("送货人 签收人 复核人", "Delivered Received Checked"),
    Kind.COUNT: ("盘点人 监盘人 库点负责人", "Counted Witnessed In-charge"),
    Kind.SCRAP: ("申请人 鉴定人 财务 批准人", "Asked Examined Finance Approved"),
    Kind.INSPECTION: ("检验人 保管员 库点负责人", "Inspected Keeper In-charge"),
    Kind.CUSTODY: ("委托方 代储方 见证人", "Owner Holder Witness"),
    Kind.TRAINING: ("领用人 发货人 批准人", "Received Issued Approved"),
    Kind.RETURN: ("归还人 验收人 保管员", "Returned Checked Keeper"),
    Kind.LOAN_OUT: ("借用方 发货人 批准人", "Borrower Issued Approved"),
    Kind.LOAN_IN: ("出借方 验收人 批准人", "Lender Checked Approved"),
    Kind.LOAN_BACK: ("归还方 接收方 经办人", "Returned Received Clerk"),
    Kind.DONATION: ("捐赠方 接收人 保管员", "Donor Received Keeper"),
    Kind.REQUISITION: ("被征用方 征用人 批准人", "Owner Taken-by Approved"),
    Kind.CALL_OFF: ("经办人 批准人 供应商接单", "Clerk Approved Supplier"),
    Kind.RESERVE: ("申请人 保管员 批准人", "Asked Keeper Approved"),
    Kind.RELEASE: ("申请人 保管员 批准人", "Asked Keeper Approved"),
    Kind.REVERSAL: ("制单人 复核人 批准人", "Entered Checked Approved"),
}
_OPINIONS: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    Kind.SCRAP: (
        ("鉴定意见", "Examination"),
        ("财务意见", "Finance"),
        ("审批意见", "Decision"),
    ),
    Kind.REQUISITION: (("补偿约定", "Compensation agreed"),),
    Kind.INSPECTION: (("检验结论", "Finding"),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A voucher with what stands around it: its lots, counts, papers, payments.

    ``answers`` is the voucher it refers to; ``undone`` says that it was reversed.
    """

    voucher: Voucher
    lots: Mapping[tuple[str, str], Lot]
    counts: Sequence[Count] = ()
    filed: Sequence[Filed] = ()
    paid_fen: int = 0
    answers: Voucher | None = None
    undone: bool = False
    suppliers: Mapping[str, str] = field(default_factory=dict)


def voucher_workbook(
    target: Path | io.BytesIO, city: City, printed: Printed, stamp: Stamp, lang: str = "zh"
) -> None:
    """Write a voucher as a workbook of one form.

    Raises
    ------
    WorkbookError
        When the file cannot be written.
    """
    words = Words(city, lang)
    voucher = printed.voucher
    title = say.title(words, voucher.kind)
    with open_book(target, words, f"{title} {voucher.id}", stamp) as book:
        voucher_sheet(book, words, printed)


def voucher_sheet(book: Book, words: Words, printed: Printed) -> None:
    """Write a voucher on a sheet of its own."""
    voucher, pick = printed.voucher, words.pick
    kind = voucher.paper.kind
    title = say.title(words, voucher.kind)
    made = lines(words, voucher, printed.lots, printed.counts)
    sheet = book.sheet(title, landscape=kind is Kind.COUNT)
    day = voucher.day.isoformat() if voucher.day else "—"
    number = pick(f"编号 {voucher.id}    日期 {day}", f"No. {voucher.id}    {day}")
    void = pick("    【已冲销】", "    REVERSED") if printed.undone else ""
    sheet.title(pick(f"{words.city_name}{title}", f"{words.city_name} - {title}"), number + void)
    sheet.space()
    width = max(len(made.columns), 6)
    sheet.widths(_WIDTHS[:width])
    _facts(sheet, _pairs(words, printed), width)
    _whole(sheet, width, pick("事由", "Reason"), voucher.note)
    if voucher.backdated:
        _whole(sheet, width, pick("补记原因", "Late because"), voucher.backdated)
    sheet.space()
    _table(sheet, words, made)
    for zh, en in _OPINIONS.get(kind, ()):
        _whole(sheet, width, pick(zh, en), "", points=44)
    note = _note(words, kind)
    if note:
        sheet.space()
        sheet.paragraph(note)
    sign(sheet, words, *pick(*SIGNATURES.get(kind, SIGNATURES[Kind.REVERSAL])).split())


def _table(sheet: Sheet, words: Words, made: Lines) -> None:
    if not made.rows:
        sheet.paragraph(words.pick("账面与实物一致, 无变动。", "Nothing differs; nothing moved."))
        return
    columns = made.columns
    totals = any(column.total for column in columns)
    for row in range(sheet.row + 1, sheet.row + 1 + len(made.rows)):
        sheet.raise_row(row, 20)
    sheet.table(
        columns,
        [[row.get(column.key) for column in columns] for row in made.rows],
        total=words.pick("合计", "Total") if totals else "",
        freeze=0,
        native=False,
    )


# --- who, where, on which order ------------------------------------------------------------------


def _pairs(words: Words, printed: Printed) -> list[tuple[str, object]]:
    voucher, pick = printed.voucher, words.pick
    paper = voucher.paper
    entered = voucher.recorded_at.astimezone(CHINA)
    pairs = _ends(words, printed)
    pairs += [
        (pick("书面依据", "Order"), _order(words, printed)),
        (pick("申请人", "Asked by"), paper.asked_by or "—"),
        (pick("批准人", "Approved by"), paper.approved_by or "—"),
        (pick("录入", "Entered by"), f"{voucher.recorded_by} {entered:%m-%d %H:%M}"),
    ]
    if paper.refers:
        pairs.append((pick("对应凭证", "Refers to"), _referred(words, printed)))
    trip = next((m.target for m in voucher.moves if m.target.startswith(TRANSIT)), "")
    if trip.removeprefix(TRANSIT) not in {"", voucher.id}:
        pairs.append((pick("车次", "Trip"), trip.removeprefix(TRANSIT)))
    if paper.call_up:
        pairs.append((pick("调用单号", "Call-up"), paper.call_up))
    if paper.due:
        pairs.append((_due_label(words, paper.kind), f"{paper.due}"))
    if paper.amount_fen is not None:
        label = pick("补偿金额(元)", "Compensation (CNY)")
        if paper.kind is not Kind.REQUISITION:
            label = pick("金额(元)", "Amount (CNY)")
        pairs.append((label, f"{Decimal(paper.amount_fen) / 100:,.2f}"))
        pairs.append((pick("已付(元)", "Paid (CNY)"), f"{Decimal(printed.paid_fen) / 100:,.2f}"))
    return pairs


def _order(words: Words, printed: Printed) -> str:
    paper = printed.voucher.paper
    if paper.order_number:
        return paper.order_number
    if printed.filed:
        came = printed.filed[-1]
        return words.pick(
            f"{came.order_number} ({came.day} 补到)", f"{came.order_number} (came {came.day})"
        )
    if paper.papers_due:
        return words.pick(
            f"电话先行, 书面应于 {paper.papers_due} 前补",
            f"by telephone; papers due by {paper.papers_due}",
        )
    return "—"


def _referred(words: Words, printed: Printed) -> str:
    answers = printed.answers
    if answers is None:
        return printed.voucher.paper.refers or "—"
    return f"{answers.id} {say.title(words, answers.kind)} {answers.day or ''}".strip()


def _due_label(words: Words, kind: Kind) -> str:
    labels = {
        Kind.REQUISITION: ("补偿期限", "To be paid by"),
        Kind.CALL_OFF: ("应到日期", "Due to arrive"),
        Kind.LOAN_OUT: ("应还日期", "Due back"),
        Kind.LOAN_IN: ("应还日期", "Due back"),
    }
    return words.pick(*labels.get(kind, ("到期日", "Due")))


_ENDS: Mapping[Kind, tuple[tuple[str, str], tuple[str, str]]] = {
    Kind.RECEIPT: (("供货方", "Supplier"), ("入库库点", "Into store")),
    Kind.ISSUE: (("出库库点", "From store"), ("领用单位", "Receiver")),
    Kind.TRAINING: (("出库库点", "From store"), ("领用单位", "Receiver")),
    Kind.TRANSFER: (("调出库点", "From store"), ("调入库点", "To store")),
    Kind.DEPARTURE: (("发运库点", "From store"), ("送往", "Bound for")),
    Kind.ARRIVAL: (("发运自", "Sent from"), ("到货地点", "Arrived at")),
    Kind.RETURN: (("归还单位", "Returned by"), ("入库库点", "Into store")),
    Kind.LOAN_OUT: (("出借库点", "From store"), ("借用方", "Borrower")),
    Kind.LOAN_IN: (("出借方", "Lender"), ("入库库点", "Into store")),
    Kind.LOAN_BACK: (("归还方", "Given back by"), ("接收方", "Received by")),
    Kind.DONATION: (("捐赠方", "Donor"), ("接收库点", "Into store")),
    Kind.REQUISITION: (("被征用方", "Owner"), ("接收库点", "Into store")),
    Kind.CALL_OFF: (("供应商", "Supplier"), ("送往", "Bound for")),
}


def _ends(words: Words, printed: Printed) -> list[tuple[str, object]]:
    """Return from where to where the goods go, as the kind of voucher calls the two ends."""
    voucher = printed.voucher
    paper = voucher.paper
    site = words.listed(say.account(words, place) for place in _places(voucher))
    if paper.kind not in _ENDS:
        return [(words.pick("库点", "Store"), site or "—")]
    left, right = (words.pick(*label) for label in _ENDS[paper.kind])
    first, last = _two(words, printed, site)
    return [(left, first or "—"), (right, last or "—")]


def _two(words: Words, printed: Printed, site: str) -> tuple[str, str]:
    voucher = printed.voucher
    paper = voucher.paper
    other = say.party(words, paper.party) if paper.party else ""
    if paper.kind is Kind.TRANSFER:
        move = next(m for m in voucher.moves if m.source.startswith(SITE)
                    and m.target.startswith(SITE))  # fmt: skip
        return say.account(words, move.source), say.account(words, move.target)
    if paper.kind is Kind.CALL_OFF:
        supplier = (paper.agreement or "").partition("|")[0]
        return printed.suppliers.get(supplier, supplier), other
    if paper.kind is Kind.ARRIVAL:
        sent = printed.answers
        whence = words.listed(say.account(words, p) for p in _places(sent)) if sent else ""
        return whence, site or other
    if paper.kind is Kind.LOAN_BACK:
        ours = any(m.source == "outside:loan" for m in voucher.moves)
        return (other, site) if ours else (site, other)
    goes_out = {Kind.ISSUE, Kind.TRAINING, Kind.DEPARTURE, Kind.LOAN_OUT}
    return (site, other) if paper.kind in goes_out else (other, site)


def _places(voucher: Voucher) -> list[str]:
    places = [a for m in voucher.moves for a in (m.source, m.target) if a.startswith(SITE)]
    places += [line.account for line in voucher.reservations]
    return list(dict.fromkeys(places))


def _facts(sheet: Sheet, pairs: Sequence[tuple[str, object]], width: int) -> None:
    """Write labels with their values, two pairs to a row, as wide as the table below."""
    label, value = sheet.part("label"), sheet.part("value")
    for index, (name, text) in enumerate(pairs):
        row = sheet.row + index // 2
        last = index == len(pairs) - 1
        if index % 2 == 0:
            sheet.put_across(row, 0, 0, name, label)
            sheet.put_across(row, 1, width - 1 if last else 2, text, value)
        else:
            sheet.put_across(row, 3, 3, name, label)
            sheet.put_across(row, 4, width - 1, text, value)
        sheet.raise_row(row, 22)
    sheet.row += -(-len(pairs) // 2)


def _whole(sheet: Sheet, width: int, name: str, text: str, points: float = 22) -> None:
    """Write a label and a value across the form."""
    sheet.put_across(sheet.row, 0, 0, name, sheet.part("label"))
    sheet.put_across(sheet.row, 1, width - 1, text, sheet.part("value"))
    sheet.raise_row(sheet.row, points)
    sheet.row += 1


def _note(words: Words, kind: Kind) -> str:
    notes = {
        Kind.DEPARTURE: (
            "收货方按实收数签字; 少于发运数的, 注明数量与原因。",
            "The receiver signs for what came and notes what is missing, and why.",
        ),
        Kind.LOAN_OUT: (
            "借用方负责保管, 到期归还; 损坏、遗失照价赔偿。",
            "The borrower keeps the goods safe, returns them when due and pays for what is lost.",
        ),
        Kind.DONATION: (
            "捐赠物资专用于救灾, 不得挪作他用。",
            "Donated goods serve disaster relief and nothing else.",
        ),
        Kind.CUSTODY: (
            "所有权属委托方, 未经其同意不得动用。",
            "The goods are the owner's; they may not be used without consent.",
        ),
        Kind.COUNT: (
            "差异为实盘数减账面数; 盘亏须说明原因。",
            "The difference is counted less book; a shortage is to be explained.",
        ),
    }
    return words.pick(*notes[kind]) if kind in notes else ""
