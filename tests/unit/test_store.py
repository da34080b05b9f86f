"""The store: documents, idempotency, late entries, counts, reservations, and what it keeps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from supplies.catalogue import Evidence
from supplies.city import Agreement
from supplies.errors import LedgerError, OverdrawnError
from supplies.ledger import Count, Move, Reason, Reservation
from supplies.lots import make_lot
from supplies.store import ImportRecord, open_store
from supplies.tiers import Tier

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY = date(2026, 7, 1)
OLD = make_lot("water", expiry=date(2027, 1, 1), owner_tier=Tier.COUNTY)


@pytest.fixture
def store(store_url):
    with open_store(store_url) as opened:
        yield opened


def move(quantity, source, target, reason=Reason.TRANSFER, **more):
    given = {"day": DAY, "recorded_at": NOW, "recorded_by": "li", "item": "water", "lot": ""}
    return Move(
        id=uuid4(), quantity=quantity, source=source, target=target, reason=reason, **given | more
    )


def receipt(quantity, site="A", **more):
    return move(quantity, "outside:supplier", f"site:{site}", Reason.RECEIPT, **more)


def issue(quantity, site="A", **more):
    return move(quantity, f"site:{site}", "outside:used", Reason.ISSUE, **more)


def count(quantity, site="A", day=DAY, sequence=0):
    return Count(
        day=day, sequence=sequence, account=f"site:{site}", item="water", lot="", quantity=quantity
    )


def post(store, *moves, lots=(), **more):
    with store.writing() as writer:
        return writer.append(moves, lots, **more)


def counted(store, *counts, **more):
    with store.writing() as writer:
        return writer.count(counts, recorded_at=NOW, recorded_by="li", **more)


def aside(store, quantity, **more):
    line = Reservation(
        id=uuid4(), day=DAY, recorded_at=NOW, recorded_by="li", account="site:A", item="water",
        lot="", quantity=quantity,
    )  # fmt: skip
    with store.writing() as writer:
        return writer.reserve([line], **more)


def let_go(store, which, **more):
    with store.writing() as writer:
        return writer.release(which, day=DAY, recorded_at=NOW, recorded_by="li", **more)


def on_hand(store, as_of=None):
    return {(r.site, r.lot.id): (r.quantity, r.reserved) for r in store.stock(as_of)}


def test_stock_is_what_was_posted(store):
    voucher = post(store, receipt(10), receipt(5, lot=OLD.id), lots=[OLD], note="first")
    assert (voucher.id, len(voucher.moves), store.revision()) == ("V000001", 2, 2)
    assert {m.document for m in voucher.moves} == {"V000001"}
    assert [m.sequence for m in voucher.moves] == [1, 1]
    assert post(store, issue(4)).moves[0].sequence == 2
    assert on_hand(store) == {("A", ""): (6, 0), ("A", OLD.id): (5, 0)}
    assert store.stock()[1].lot == OLD
    kept = store.voucher("V000001")
    assert kept.moves == voucher.moves
    assert (kept.note, kept.recorded_by, kept.recorded_at) == ("first", "li", NOW)
    assert store.voucher("V000009") is None


def test_moves_come_back_as_they_went_in(store):
    beijing = timezone(timedelta(hours=8))
    entered = datetime(2026, 7, 1, 23, 59, 59, 5, tzinfo=beijing)
    sent = receipt(2**62, recorded_at=entered, note="雨具 㙍𠮷", document="R-1")
    (back,) = post(store, sent).moves
    (kept,) = store.history()
    assert kept == back
    assert kept.recorded_at == entered
    assert (kept.id, kept.quantity, kept.note, kept.document) == (sent.id, 2**62, sent.note, "R-1")


def test_history_and_stock_of_a_day(store):
    post(store, receipt(10), receipt(3, "B"))
    post(store, issue(4, day=DAY + timedelta(2)))
    post(store, receipt(1, day=DAY + timedelta(1)), allow_backdate="paper slip found")
    assert [m.quantity for m in store.history("A")] == [10, 1, 4]
    assert [m.quantity for m in store.history("A", "water", 2)] == [1, 4]
    assert store.history(item="tent") == []
    assert on_hand(store, DAY) == {("A", ""): (10, 0), ("B", ""): (3, 0)}
    assert on_hand(store, DAY + timedelta(1))["A", ""] == (11, 0)
    assert on_hand(store, DAY - timedelta(1)) == {}
    assert [row.site for row in store.stock(site="B")] == ["B"]
    assert len(store.stock(item="water")) == 2
    assert store.stock(DAY, site="B", item="tent") == []
    with store.reading() as reader:
        assert [m.quantity for m in reader.history(account="outside:used")] == [4]
        assert [m.quantity for m in reader.history("A", lot="")] == [10, 1, 4]
        assert reader.vouchers() == ["V000003", "V000002", "V000001"]
        assert reader.move(store.history()[0].id) == store.history()[0]
        assert reader.move(uuid4()) is None


def test_what_empties_leaves_no_line(store):
    post(store, receipt(10))
    post(store, move(10, "site:A", "transit:T1", Reason.DEPARTURE))
    assert store.stock() == []
    assert store.balances()["transit:T1", "water", ""] == 10


# --- one posting -----------------------------------------------------------------------------


def test_i6_a_key_posts_once(store):
    first = post(store, receipt(10), key="k")
    again = post(store, receipt(10, day=DAY + timedelta(1)), key="k")
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.id, again.moves, store.revision()) == (first.id, first.moves, 1)
    with store.reading() as reader:
        assert reader.posted("k").id == first.id
        assert reader.posted("other") is None


def test_a_key_is_for_one_request(store):
    post(store, receipt(10), key="k")
    with pytest.raises(LedgerError, match="key 'k' was used for other goods, on document V000001"):
        post(store, receipt(11), key="k")
    assert store.revision() == 1


def test_nothing_posted_is_nothing_written(store):
    voucher = post(store, key="k")
    assert (voucher.id, voucher.moves, store.revision()) == ("", (), 0)
    assert counted(store).id == ""


def test_a_refused_document_leaves_nothing(store):
    post(store, receipt(10))
    with pytest.raises(OverdrawnError, match=r"site:A would be short of 1 base units .water. on"):
        post(store, receipt(5, "B"), issue(6), issue(5))
    assert on_hand(store) == {("A", ""): (10, 0)}
    assert store.revision() == 1
    assert post(store, issue(6), issue(4)).id == "V000002"


def test_the_same_move_is_posted_once(store):
    one = receipt(10)
    post(store, one)
    with pytest.raises(LedgerError, match=f"move {one.id} was posted already, on document V0"):
        post(store, one)
    two = receipt(1)
    with pytest.raises(LedgerError, match="lists one move twice"):
        post(store, two, two)


def test_documents_have_one_name_each(store):
    post(store, receipt(1, document="slip-7"))
    for name in ("slip-7", "V000002"):
        with pytest.raises(LedgerError, match="in use"):
            post(store, receipt(1, document=name))
    with pytest.raises(LedgerError, match="name one document"):
        post(store, receipt(1, document="a"), receipt(1, document="b"))


def test_unknown_lots_are_refused(store):
    with pytest.raises(LedgerError, match=f"lot '{OLD.id}' of water is unknown"):
        post(store, receipt(10, lot=OLD.id))
    post(store, receipt(10, lot=OLD.id), lots=[OLD])
    post(store, receipt(10, lot=OLD.id))
    assert on_hand(store) == {("A", OLD.id): (20, 0)}


# --- late entries ----------------------------------------------------------------------------


def test_a_late_entry_needs_a_reason(store):
    post(store, receipt(10), receipt(10, "B"))
    post(store, issue(4, day=DAY + timedelta(3)))
    late = issue(2, day=DAY + timedelta(1))
    for reason in (None, "  "):
        with pytest.raises(LedgerError, match=r"later moves of water \(on 2026-07-04\).*reason"):
            post(store, late, allow_backdate=reason)
    # Other goods at that place, or these goods elsewhere, did not move later.
    assert post(store, issue(2, "B", day=DAY + timedelta(1))).backdated is None
    assert post(store, late, allow_backdate="slip of 2 July").backdated == "slip of 2 July"
    assert on_hand(store)["A", ""] == (4, 0)


def test_a_late_entry_may_not_break_a_later_day(store):
    post(store, receipt(10))
    post(store, issue(8, day=DAY + timedelta(3)))
    post(store, receipt(20, day=DAY + timedelta(5)))
    with pytest.raises(OverdrawnError, match=r"short of 3 .* on 2026-07-04"):
        post(store, issue(5, day=DAY + timedelta(1)), allow_backdate="slip")
    with store.reading() as reader:
        (first, second) = reader.shifts([issue(2, day=DAY + timedelta(1))])
    assert (first.day, first.before, first.after) == (date(2026, 7, 4), 2, 0)
    assert (second.day, second.before, second.after) == (date(2026, 7, 6), 22, 20)


def test_a_place_within_the_day_may_be_named(store):
    post(store, receipt(10, sequence=5))
    post(store, issue(10, sequence=9))
    with pytest.raises(LedgerError, match="reason"):
        post(store, issue(1, sequence=7))
    with pytest.raises(OverdrawnError):
        post(store, issue(1, sequence=4), allow_backdate="slip")
    assert post(store, receipt(1, sequence=7), allow_backdate="slip").backdated == "slip"
    assert post(store, receipt(1)).moves[0].sequence == 10


# --- reversal --------------------------------------------------------------------------------


def undo(store, document, **more):
    with store.writing() as writer:
        return writer.reverse(document, day=DAY, recorded_at=NOW, recorded_by="li", **more)


def test_i5_reversing_twice_restores(store):
    post(store, receipt(10), receipt(5, "B"))
    moved = post(store, move(5, "site:B", "site:A"), move(2, "site:A", "outside:used"))
    before = store.balances()
    back = undo(store, moved.id)
    assert on_hand(store) == {("A", ""): (10, 0), ("B", ""): (5, 0)}
    assert {m.reason for m in back.moves} == {Reason.REVERSAL}
    with pytest.raises(LedgerError, match="was reversed already"):
        undo(store, moved.id)
    undo(store, back.id)
    assert store.balances() == before
    assert store.verify() == []


def test_a_reversal_needs_the_goods_and_an_original(store):
    got = post(store, receipt(10))
    post(store, issue(1))
    with pytest.raises(OverdrawnError, match="short of 1"):
        undo(store, got.id)
    with pytest.raises(LedgerError, match="'V000077' is not in the ledger"):
        undo(store, "V000077")
    (original,) = got.moves
    with pytest.raises(LedgerError, match="mirror move"):
        post(store, issue(3, reverses=original.id))
    with pytest.raises(LedgerError, match="is not in the ledger"):
        post(store, issue(3, reverses=uuid4()))


def test_a_move_is_reversed_once_under_any_id(store):
    (original,) = post(store, receipt(10)).moves
    post(store, receipt(10))
    back = {"source": "site:A", "target": "outside:supplier", "reason": Reason.REVERSAL}
    post(store, move(10, **back, reverses=original.id))
    with pytest.raises(LedgerError, match=f"move {original.id} was reversed already"):
        post(store, move(10, **back, reverses=original.id))
    counted_only = counted(store, count(10))
    with pytest.raises(LedgerError, match="moved nothing"):
        undo(store, counted_only.id)


def test_nothing_is_undone_before_it_happened(store):
    got = post(store, receipt(10, day=DAY + timedelta(1)))
    with pytest.raises(LedgerError, match="cannot be undone before it"):
        undo(store, got.id)


# --- counts ----------------------------------------------------------------------------------


def test_counting_makes_the_ledger_agree(store):
    post(store, receipt(10))
    voucher = counted(store, count(7), count(3, "B"), key="sheet")
    assert on_hand(store) == {("A", ""): (7, 0), ("B", ""): (3, 0)}
    assert {m.note for m in voucher.moves} == {"counted 7, ledger 10", "counted 3, ledger 0"}
    assert counted(store, count(7), count(3, "B"), key="sheet").repeated
    tomorrow = DAY + timedelta(1)
    assert counted(store, count(7, day=tomorrow), count(3, "B"), key="sheet").repeated
    assert counted(store, count(7), count(3, "B"), key="next").moves == ()
    with store.reading() as reader:
        assert reader.last_counted() == {
            ("site:A", "water", ""): DAY, ("site:B", "water", ""): DAY,
        }  # fmt: skip


def test_a_corrected_sheet_speaks_of_its_own_moment(store):
    post(store, receipt(10))
    sheet = counted(store, count(9))
    post(store, issue(4))
    fixed = counted(store, count(8), corrects=sheet.id, allow_backdate="sheet corrected")
    assert on_hand(store)["A", ""] == (4, 0)
    assert [m.note for m in fixed.moves] == ["counted 8, ledger 9"]
    with pytest.raises(LedgerError, match="'V000001' is no count"):
        counted(store, count(8), corrects="V000001")
    with pytest.raises(LedgerError, match="counted nothing on 2026-07-02"):
        counted(store, count(8, day=DAY + timedelta(1)), corrects=sheet.id)


def test_what_follows_a_count_that_agreed_comes_after_it(store):
    post(store, receipt(10))
    sheet = counted(store, count(10))
    assert sheet.moves == ()
    assert post(store, issue(4)).moves[0].sequence == 3
    counted(store, count(9), corrects=sheet.id, allow_backdate="sheet corrected")
    assert on_hand(store)["A", ""] == (5, 0)


def test_what_follows_a_reservation_comes_after_it(store):
    post(store, receipt(10))
    aside(store, 7)
    assert post(store, receipt(1)).moves[0].sequence == 3


def test_a_count_contradicted_by_later_issues_is_refused(store):
    post(store, receipt(10))
    post(store, issue(8, day=DAY + timedelta(2)))
    with pytest.raises(OverdrawnError, match=r"short of 3 .* on 2026-07-03"):
        counted(store, count(5), allow_backdate="sheet of 1 July")


# --- reservations ----------------------------------------------------------------------------


def test_reserved_goods_stay(store):
    post(store, receipt(10))
    held = aside(store, 7, key="plan-1")
    assert aside(store, 7, key="plan-1").repeated
    assert on_hand(store)["A", ""] == (10, 7)
    with pytest.raises(OverdrawnError, match="short of 1 base units, with 6 there and 7 reserved"):
        post(store, issue(4))
    with pytest.raises(OverdrawnError):
        aside(store, 4)
    (line,) = held.reservations
    let_go(store, {line.id: 2})
    assert on_hand(store)["A", ""] == (10, 5)
    with store.reading() as reader:
        (left,) = reader.open_reservations(held.id)
    assert (left.reservation, left.open) == (line, 5)
    with store.writing() as writer:
        writer.release([line.id], day=DAY, recorded_at=NOW, recorded_by="li", key="go")
        writer.append([move(5, "site:A", "transit:T1", Reason.DEPARTURE)])
    assert let_go(store, [line.id], key="go").repeated
    assert on_hand(store)["A", ""] == (5, 0)
    with store.reading() as reader:
        assert reader.open_reservations() == []
    assert store.verify() == []


def test_only_what_is_open_is_released(store):
    post(store, receipt(10))
    (line,) = aside(store, 7).reservations
    with pytest.raises(LedgerError, match="has 7 open, asked for 8"):
        let_go(store, {line.id: 8})
    let_go(store, [line.id])
    with pytest.raises(LedgerError, match="unknown or wholly released"):
        let_go(store, [line.id])
    with store.writing() as writer, pytest.raises(LedgerError, match="posted with release"):
        writer.reserve(store.voucher("V000003").reservations)
    assert let_go(store, []).id == ""
    mixed = [replace(line, id=uuid4(), document=name) for name in ("a", "b")]
    with store.writing() as writer, pytest.raises(LedgerError, match="name one document"):
        writer.reserve(mixed)


# --- beside the ledger -----------------------------------------------------------------------


def test_agreements_imports_and_notes_are_kept(store):
    agreement = Agreement(
        supplier="s1", supplier_name="衡阳水厂", owner="430400", item="water", quantity=100,
        notice_hours=4.0, fulfilment=0.9, retainer_rate=0.02, valid_until=date(2027, 12, 31),
        node="C430424", kind="agreement", evidence=Evidence.SAMPLE,
    )  # fmt: skip
    record = ImportRecord(
        sha256="0" * 64, name="台账.xlsx", form="stock", recorded_at=NOW, recorded_by="li",
        read=5, accepted=3, unchanged=1, rejected=1, document=None,
    )  # fmt: skip
    with store.writing() as writer:
        writer.set_agreements([agreement, agreement])
        writer.set_agreements([agreement])
        writer.record_import(record)
    assert store.agreements() == [agreement]
    assert store.imports() == store.imports("0" * 64) == [record]
    assert store.imports("1" * 64) == []
    store.meta_set("city", "a")
    store.meta_set("city", "b")
    assert store.meta_get("city") == "b"
    store.meta_set("city", None)
    assert store.meta_get("city") is None


def test_every_row_of_an_import_is_accounted_for(store):
    record = ImportRecord(
        sha256="0" * 64, name="f.xlsx", form="stock", recorded_at=NOW, recorded_by="li",
        read=5, accepted=3, unchanged=1, rejected=0, document=None,
    )  # fmt: skip
    with store.writing() as writer, pytest.raises(LedgerError, match="5 rows read but 4"):
        writer.record_import(record)
    assert store.imports() == []


def test_the_seal_changes_with_every_move(store):
    codes = [store.seal_code()]
    for _ in range(3):
        post(store, receipt(1))
        codes.append(store.seal_code())
    assert len(set(codes)) == 4
    assert all(len(code) == 8 and code.isalnum() for code in codes)


def test_verify_tells_how_far_it_is(store):
    post(store, receipt(1))
    heard = []
    assert store.verify(lambda words, share: heard.append((words, share))) == []
    assert heard[-1] == ("verify.done", 1.0)
    assert [share for _, share in heard] == sorted(share for _, share in heard)
