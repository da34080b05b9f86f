"""The papers of a call-up: request, approval, dispatch order, receipt, settlement, what goes back.

One workbook, a sheet a paper, each to be printed, signed and filed by itself.
"""

import io
from collections.abc import Sequence
from pathlib import Path

from supplies.callups import Case, Departed, Ordered, Refused, State, fold
from supplies.city import City
from supplies.excel.write import Book, Sheet
from supplies.reports import callup_rows as made
from supplies.reports import callup_words as say
from supplies.reports.page import Stamp, open_book, sign
from supplies.reports.titles import Row
from supplies.reports.words import Words


def callup_workbook(
    target: Path | io.BytesIO, city: City, case: Case, stamp: Stamp, lang: str = "zh"
) -> None:
    """Write the papers of a call-up, as far as it has come.

    Raises
    ------
    WorkbookError
        When the file cannot be written.
    """
    words, state = Words(city, lang), fold(case)
    title = words.pick(f"物资调用 {case.call_up.id}", f"Call-up {case.call_up.id}")
    with open_book(target, words, title, stamp) as book:
        for paper in (_request, _approval, _order, _receipt, _settlement, _back):
            paper(_Papers(book, words, case, state, stamp))


class _Papers:
    """A call-up being written: its words, its state, the book."""

    def __init__(self, book: Book, words: Words, case: Case, state: State, stamp: Stamp) -> None:
        self.book, self.words, self.case = book, words, case
        self.state, self.stamp, self.pick = state, stamp, words.pick

    def sheet(self, name: str, keys: Sequence[str], *, landscape: bool = False) -> Sheet:
        """Return a new sheet with its title."""
        sheet = self.book.sheet(name, landscape=landscape)
        sheet.widths([9.0] * max(len(keys), 6))
        call_up = self.case.call_up
        number = self.pick(f"调用编号 {call_up.id}", f"Call-up {call_up.id}")
        city = self.words.city_name
        title = self.pick(f"{city}应急物资{name}", f"{city} - {name}")
        sheet.title(title, number, self.stamp.line(self.words))
        sheet.space()
        return sheet

    def table(
        self, sheet: Sheet, keys: Sequence[str], rows: Sequence[Row], totals: Sequence[str] = ()
    ) -> None:
        """Write rows as a block of the form."""
        sheet.table(
            made.columns(self.words, keys, totals),
            [[row.get(key) for key in keys] for row in rows],
            total=self.pick("合计", "Total") if totals else "",
            native=False,
        )

    def sign(self, sheet: Sheet, zh: str, en: str) -> None:
        """Write signature lines; the names are parted by blanks."""
        sign(sheet, self.words, *self.pick(zh, en).split())


def _request(papers: _Papers) -> None:
    pick, words, call_up = papers.pick, papers.words, papers.case.call_up
    sheet = papers.sheet(pick("调用申请单", "Request"), made.REQUEST)
    sheet.facts(
        [
            (pick("申请单位", "Asked by"), words.area(call_up.area)),
            (pick("申请日期", "Day"), f"{call_up.day}"),
            (pick("响应级别", "Response"), say.level(words, call_up)),
            (pick("事件", "Incident"), call_up.incident or "—"),
            (pick("申请人", "Person"), call_up.asked_by),
            (pick("书面申请", "Papers"), say.papers(words, papers.case)),
        ]
    )
    sheet.space()
    sheet.paragraph(pick(f"事由：{call_up.reason}", f"Reason: {call_up.reason}"))
    papers.table(sheet, made.REQUEST, made.request_rows(words, papers.state))
    papers.sign(sheet, "经办人 单位负责人(盖章) 值班接报人", "Clerk Head(seal) Taken-down-by")


def _approval(papers: _Papers) -> None:
    pick, words, state = papers.pick, papers.words, papers.state
    sheet = papers.sheet(pick("审批表", "Approval"), made.SOURCES, landscape=True)
    if state.proposal is None:
        sheet.paragraph(pick("尚未测算来源。", "Sources were not proposed yet."))
        return
    sheet.heading(pick("一、来源测算", "1. Sources"))
    sheet.paragraph(
        pick(
            "顺序: 先本级后上级(乡镇、县、市), 同级先近后远, 同库先到期先出; "
            "市以上只函请, 不计入库存。",
            "Order: own goods, then upward (township, county, city), nearest first, first expiring"
            " first; what lies above the city is asked for by letter.",
        )
    )
    if state.standings:
        papers.table(sheet, made.SOURCES, made.source_rows(words, state))
    unmet = made.unmet_rows(words, state)
    if unmet:
        sheet.heading(pick("二、未落实部分", "2. Unmet"))
        papers.table(sheet, made.UNMET, unmet)
    number = ("三", 3) if unmet else ("二", 2)
    sheet.heading(pick(f"{number[0]}、审批权限与审批情况", f"{number[1]}. Who decides"))
    if state.proposal.needs:
        papers.table(sheet, made.LADDER, made.ladder_rows(words, papers.case, state))
    for event in papers.case.events:
        if isinstance(event.detail, Refused):
            sheet.paragraph(
                pick(
                    f"驳回: {event.detail.note} ({event.recorded_by})",
                    f"Refused: {event.detail.note} ({event.recorded_by})",
                )
            )
    papers.sign(sheet, "拟办 审核 批准", "Prepared Checked Approved")


def _order(papers: _Papers) -> None:
    pick, words, state = papers.pick, papers.words, papers.state
    name = pick("调拨令", "Dispatch order")
    blocks = list(made.order_blocks(words, state)) if state.order_number else []
    sheet = papers.sheet(name, made.ORDERED)
    if not blocks:
        sheet.paragraph(pick("尚未下达调拨令。", "No dispatch order was given yet."))
        return
    event = next(e for e in papers.case.events if isinstance(e.detail, Ordered))
    call_up = state.call_up
    sheet.facts(
        [
            (pick("调拨令号", "Order no."), state.order_number),
            (pick("下达日期", "Day"), f"{event.day}"),
            (pick("接收单位", "To"), words.area(call_up.area)),
            (pick("响应级别", "Response"), say.level(words, call_up)),
        ]
    )
    sheet.space()
    sheet.paragraph(
        pick(
            f"因“{call_up.incident or call_up.reason}”, 请下列单位按数备货、装车、发出, "
            "并随车带回签收联。救灾物资无偿用于受灾群众, 不得挪用。",
            f"For {call_up.incident or call_up.reason}: make ready, load and send as listed and"
            " bring the signed receipt back. Relief goods are free to victims.",
        )
    )
    for number, (giver, rows) in enumerate(blocks, 1):
        sheet.heading(f"{number}. {giver}")
        papers.table(sheet, made.ORDERED, rows)
    papers.sign(sheet, "签发 审核 库点接令", "Issued Checked Received")


def _receipt(papers: _Papers) -> None:
    pick, words = papers.pick, papers.words
    sheet = papers.sheet(pick("到货签收", "Receipt"), made.SIGNED)
    trips = list(made.trips(papers.case))
    if not trips:
        sheet.paragraph(pick("尚无物资发出。", "Nothing has left yet."))
        return
    for sent, came, event in trips:
        sheet.heading(_trip(words, papers.state, sent, came is not None, f"{event.day}"))
        if sent is not None and sent.note:
            sheet.paragraph(pick(f"承运: {sent.note}", f"Carried by: {sent.note}"))
        papers.table(sheet, made.SIGNED, made.trip_rows(words, papers.state, sent, came))
        if came is not None and came.note:
            sheet.paragraph(pick(f"短少原因: {came.note}", f"Why less came: {came.note}"))
    papers.sign(sheet, "送货人 签收人 复核人", "Delivered Received Checked")


def _trip(words: Words, state: State, sent: Departed | None, came: bool, day: str) -> str:  # noqa: FBT001
    if sent is None:
        return words.pick(f"上级调拨到货 {day}", f"From above, {day}")
    place = words.source(sent.site)
    if not sent.trip:
        return words.pick(f"就地动用 {place} {day}", f"Used where it lies: {place}, {day}")
    status = words.pick("已签收", "signed for") if came else words.pick("在途", "on the way")
    return words.pick(f"车次 {sent.trip}  {place} {day}  {status}",
                      f"Trip {sent.trip}, {place}, {day}, {status}")  # fmt: skip


def _settlement(papers: _Papers) -> None:
    pick, words = papers.pick, papers.words
    sheet = papers.sheet(pick("结算单", "Settlement"), made.SETTLED, landscape=True)
    rows = made.settled_rows(words, papers.case, papers.state)
    if not rows:
        sheet.paragraph(pick("尚未结算, 或无需结算。", "Nothing is settled, or nothing is to be."))
        return
    sheet.paragraph(
        pick(
            "单价取自物资目录, 价格来源见“价格来源”列; "
            "实物补还、物权方承担和无偿调拨的金额只作价值记录。",
            "Prices are those of the catalogue with their evidence; amounts not paid by the user"
            " are kept as values only.",
        )
    )
    papers.table(sheet, made.SETTLED, rows, totals=("amount",))
    sheet.paragraph(made.money_line(words, papers.state))
    papers.sign(sheet, "使用方 物权方 财务", "User Owner Finance")


def _back(papers: _Papers) -> None:
    pick, words = papers.pick, papers.words
    sheet = papers.sheet(pick("归还补库清单", "Return and refill"), made.BACK, landscape=True)
    rows = made.back_rows(words, papers.state)
    if not rows:
        sheet.paragraph(pick("没有要归还或补库的物资。", "Nothing is to go back or be refilled."))
        return
    sheet.paragraph(
        pick(
            "尚应补还 = 实收 + 约定承担的损失 - 已归还 - 已补库; 未结算的按实收列示。",
            "Still owed = received + losses borne - given back - refilled; unsettled goods stand"
            " as received.",
        )
    )
    papers.table(sheet, made.BACK, rows)
    papers.sign(sheet, "归还方 验收人 保管员", "Returned Checked Keeper")
