"""Every role on every task, at an own place and at a foreign one: allowed or refused.

A task that is missing from the table fails the first test.
"""

import inspect
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

import pytest
from openpyxl import Workbook

from supplies import tasks
from supplies.access import Actor, Grant, Role
from supplies.errors import AccessError, SuppliesError
from supplies.files import load_incident
from supplies.incident import Affected
from supplies.planning.sources import agreement_id
from supplies.tiers import Tier

DAY = date(2026, 11, 23)
CITY_STORE, EAST, WEST = "city-990000-store", "county-990101-store", "county-990102-store"
HIGHHILL, STREET = "township-990102002-store", "township-990101001-store"


@dataclass(frozen=True)
class Place:
    """A storehouse, the area it belongs to, another store there, and who asks it for goods."""

    site: str
    area: str
    beside: str
    below: str


AT_EAST = Place(EAST, "990101", STREET, "990101002")
AT_WEST = Place(WEST, "990102", HIGHHILL, "990102001")
AT_HIGHHILL = Place(HIGHHILL, "990102002", WEST, "990102002")

# The columns of the table: who, with which grants, the own place and the foreign one. The office
# books for its storehouses, so it is keeper and planner of its county.
COLUMNS = {
    "keeper": ([(Role.KEEPER, EAST)], AT_EAST, AT_WEST),
    "township": ([(Role.TOWNSHIP_PLANNER, "990102002")], AT_HIGHHILL, AT_EAST),
    "county": ([(Role.COUNTY_PLANNER, "990101")], AT_EAST, AT_WEST),
    "city": ([(Role.CITY_PLANNER, "")], AT_EAST, AT_WEST),
    "procurement": ([(Role.PROCUREMENT, "990101")], AT_EAST, AT_WEST),
    "approver": ([(Role.APPROVER, "990101")], AT_EAST, AT_WEST),
    "auditor": ([(Role.AUDITOR, "")], AT_EAST, AT_WEST),
    "administrator": ([(Role.ADMINISTRATOR, "")], AT_EAST, AT_WEST),
    "office": ([(Role.KEEPER, "990101"), (Role.COUNTY_PLANNER, "990101")], AT_EAST, AT_WEST),
}

# Own place and foreign place, + allowed, - refused:
#              keep town coun city proc appr audi admi offi
ANYONE = "++   ++   ++   ++   ++   ++   ++   ++   ++"
READ_HERE = "+-   +-   +-   ++   +-   +-   ++   ++   +-"
READ_AREA = "--   +-   +-   ++   +-   +-   ++   ++   +-"
READ_ALL = "--   --   --   ++   --   --   ++   ++   --"
POST = "+-   --   --   --   --   --   --   --   +-"
POST_WIDER = "--   --   --   --   --   --   --   --   +-"
LATE = "--   --   --   --   --   --   --   --   +-"
IMPORT = POST
SCRAP = "--   --   --   --   --   +-   --   --   --"
REQUEST = "--   +-   +-   ++   --   --   --   --   +-"
APPROVE = "--   --   --   --   --   +-   --   --   --"
PLAN = "--   +-   +-   ++   +-   --   --   --   +-"
PLAN_ALL = "--   --   --   ++   --   --   --   --   --"
BUY = "--   --   --   --   +-   --   --   --   --"
BUY_ALL = "--   --   --   --   --   --   --   --   --"
AUDIT = "--   --   --   --   --   --   ++   --   --"
USERS = "--   --   --   --   --   --   --   ++   --"
SEE_USERS = "--   --   --   --   --   --   ++   ++   --"
KEEP = "--   --   --   --   --   --   --   ++   --"

TABLE = {
    # accounts and sessions
    "actor_of": ANYONE, "sign_in": ANYONE, "sign_in_elsewhere": ANYONE, "sign_out": ANYONE,
    "open_desk": ANYONE, "users": SEE_USERS, "add_user": USERS, "set_role": USERS,
    "remove_role": USERS, "set_password": USERS, "switch_off": USERS, "switch_on": USERS,
    "audit": AUDIT,
    # looking
    "stock": READ_HERE, "history": READ_HERE, "agreements": ANYONE, "seal": ANYONE,
    "state": ANYONE, "verify": READ_ALL, "template": ANYONE, "write_errors": ANYONE,
    "write_stock": READ_HERE, "find_voucher": READ_HERE, "list_vouchers": READ_HERE,
    "write_voucher": READ_HERE,
    # lists
    "all_lists": READ_HERE, "attention": READ_HERE, "expiring": READ_HERE,
    "expiry_by_month": READ_HERE, "undated": READ_HERE, "overdue_counts": READ_HERE,
    "in_transit": READ_HERE, "papers_due": READ_HERE, "loans_open": READ_HERE,
    "compensation_open": READ_HERE, "refills_due": READ_HERE, "write_lists": READ_HERE,
    "write_count_sheet": READ_HERE, "summed_up": ANYONE,
    # vouchers
    "issue": POST, "receive": POST, "return_": POST, "reserve": POST, "release": POST,
    "count": POST, "inspect": POST, "entrust": POST, "lend": POST, "borrow": POST,
    "give_back": POST, "donate": POST, "train": POST, "requisition": POST, "depart": POST,
    "arrive": POST, "transfer": POST_WIDER, "reverse": POST, "scrap": SCRAP, "papers": POST,
    "pay": BUY, "call_off": BUY, "effect": POST, "post_import": IMPORT, "preview_import": IMPORT,
    # plans
    "need": ANYONE, "readiness": READ_AREA, "plan": PLAN_ALL, "sized": PLAN_ALL,
    "procure": BUY_ALL, "write_procurement": READ_ALL, "dispatch": PLAN,
    "approve_dispatch": APPROVE, "write_dispatch": READ_AREA, "load_result": READ_AREA,
    "save_result": PLAN,
    # call-ups
    "request_call_up": REQUEST, "file_call_up_papers": REQUEST, "propose_call_up": REQUEST,
    "approve_call_up": APPROVE, "refuse_call_up": APPROVE, "cancel_call_up": REQUEST,
    "reserve_call_up": REQUEST, "order_call_up": APPROVE, "depart_call_up": POST,
    "arrive_call_up": POST_WIDER, "arrive_from_above": POST_WIDER, "settle_call_up": APPROVE,
    "pay_call_up": BUY, "return_call_up": POST, "refill_call_up": POST,
    "close_call_up": REQUEST, "call_up": READ_HERE, "call_up_state": READ_HERE,
    "call_ups": ANYONE, "debts_open": ANYONE, "write_call_up": READ_HERE,
    # the store itself
    "backup": KEEP, "check_backup": ANYONE, "restore": KEEP, "copy": KEEP,
}  # fmt: skip


class Ledger:
    """A small ledger in which every task finds something to do, made by one alone."""

    def __init__(self, folder, city_dir):
        self.folder, self.city_dir = folder, city_dir
        self.db = f"sqlite:///{folder / 'rights.db'}"
        self.alone = tasks.open_desk(self.db, city_dir, day=DAY, user="maker")
        self.cases = {}
        for site in (EAST, WEST, HIGHHILL):
            self.stocked(site, "torch", 500)
        for site in (EAST, WEST):  # of townships that ask, none holds any of its own
            self.stocked(site, "quilt-winter", 500)

    def stocked(self, site, item="torch", quantity=1):
        return tasks.receive(
            self.alone, site=site, item=item, quantity=quantity, reason="采购", lot="2030-01-31"
        )

    def voucher(self, task, place, **more):
        """A fresh voucher at a place, made by one alone."""
        made = getattr(tasks, task)
        return made(self.alone, site=place.site, item="torch", quantity=1, reason="x", **more).id

    def lot(self, place):
        return tasks.stock(self.alone, site=place.site, item="torch")[0].lot

    def departed(self, place):
        """Goods on the way to a place from the city's store."""
        self.stocked(CITY_STORE)
        return tasks.depart(
            self.alone, source=CITY_STORE, target=place.site, item="torch", quantity=1, reason="x"
        ).id

    def sheet(self, place):
        """A stock sheet with one line at a place."""
        path = self.folder / "sheet.xlsx"
        book = Workbook()
        book.active.append(["库存台账"])
        book.active.append(["物资名称", "单位", "数量", "有效期至", "存放地点"])
        name = self.alone.city.sites[place.site].name_zh
        book.active.append(["强光手电", "支", 120, "2030-01-31", name])
        book.save(path)
        return path

    def incident(self, place):
        flood = load_incident(self.city_dir / "incidents" / "flood.toml", self.alone.city)
        hit = Affected(area=place.below, evacuated=20, sheltered_share=None)
        return replace(flood, affected=(hit,), needs=(), closures=(), lost_sites=(), vehicles=())

    @cached_property
    def dispatched(self):
        return {
            p: tasks.dispatch(self.alone, self.incident(p), seconds=1)
            for p in (AT_EAST, AT_WEST, AT_HIGHHILL)
        }

    @cached_property
    def plan(self):
        return tasks.sized(self.alone, seconds=10)

    def result(self, place):
        affected = [{"area": place.below, "evacuated": 1, "sheltered_share": None}]
        return {"plan": {}, "incident": {"affected": affected, "needs": []}}

    def call_up(self, place, until):
        """A call-up of a township's for goods of a place, taken to a step; used as often as
        nobody moves it on."""
        number = self.cases.get((place, until))
        if number is None or self._moved(number, until):
            number = self.cases[place, until] = self._call_up(place, until)
        return number

    def _moved(self, number, until):
        return self.steps(number) != self.cases.get(number)

    def steps(self, number):
        return len(tasks.call_up(self.alone, number).events)

    def _call_up(self, place, until):
        desk, item = self.alone, "tent-12-single" if until == "above" else "quilt-winter"
        wanted = [tasks.Wanted(item=item, quantity=2, place=place.below)]
        number = tasks.request_call_up(
            desk, area=place.below, lines=wanted, level="IV", reason="山洪"
        ).call_up.id
        road = {
            "proposed": lambda: tasks.propose_call_up(desk, number),
            "approved": lambda: tasks.approve_call_up(desk, number),
            "reserved": lambda: tasks.reserve_call_up(desk, number),
            "ordered": lambda: tasks.order_call_up(desk, number),
            "departed": lambda: [
                tasks.depart_call_up(desk, number, site=one.share.site)
                for one in tasks.call_up_state(desk, number).from_stock
            ],
            "arrived": lambda: tasks.arrive_call_up(desk, number),
            "settled": lambda: tasks.settle_call_up(desk, number, mode="requester"),
            "in_kind": lambda: tasks.settle_call_up(desk, number, mode="in_kind"),
        }
        skipped = {"in_kind": {"settled"}, "above": {"reserved"}}.get(until, set())
        for step, take in road.items() if until != "asked" else ():
            if step not in skipped:
                take()
            if step == ("ordered" if until == "above" else until):
                break
        self.cases[number] = self.steps(number)
        return number


@pytest.fixture(scope="module")
def ledger(tmp_path_factory, tinycity_dir):
    made = Ledger(tmp_path_factory.mktemp("rights"), tinycity_dir)
    yield made
    made.alone.store.close()


def at_site(task, **more):
    return lambda desk, led, p: getattr(tasks, task)(
        desk, site=p.site, item="torch", quantity=1, reason="x", **more
    )


def listed(task):
    return lambda desk, led, p: getattr(tasks, task)(desk, site=p.site)


def on_call_up(task, until, **more):
    return lambda desk, led, p: getattr(tasks, task)(desk, led.call_up(p, until), **more)


def bare(task, *arguments, **more):
    return lambda desk, led, p: getattr(tasks, task)(desk, *arguments, **more)


def _late(desk, led, p):
    yesterday = tasks.Order(day=DAY - timedelta(days=1), late="夜间出库")
    tasks.issue(desk, site=p.site, item="torch", quantity=1, reason="x", order=yesterday)


def _agreement(led, p):
    """An agreement of the county a place lies in, one that still holds where there is one."""
    city = led.alone.city
    county = city.ancestor(p.area, Tier.COUNTY)
    mine = [a for a in tasks.agreements(led.alone) if a.owner == county]
    return agreement_id(max(mine, key=lambda a: a.valid_until))


# How each task is called at a place.
CALLS = {
    "actor_of": bare("actor_of", None),
    "sign_in": bare("sign_in", "nobody", "no password"),
    "sign_in_elsewhere": bare("sign_in_elsewhere", {}),
    "sign_out": bare("sign_out", "no token"),
    "open_desk": lambda desk, led, p: tasks.open_desk(led.db, led.city_dir).store.close(),
    "users": bare("users"),
    "add_user": bare("add_user", "x y"),
    "set_role": bare("set_role", "nobody", "auditor"),
    "remove_role": bare("remove_role", "nobody", "auditor"),
    "set_password": bare("set_password", "nobody", "a long password"),
    "switch_off": bare("switch_off", "nobody"),
    "switch_on": bare("switch_on", "nobody"),
    "audit": bare("audit"),
    "stock": listed("stock"),
    "history": listed("history"),
    "agreements": bare("agreements"),
    "seal": bare("seal"),
    "state": bare("state"),
    "verify": bare("verify"),
    "template": lambda desk, led, p: tasks.template(desk, "stock", led.folder / "t.xlsx"),
    "write_errors": lambda desk, led, p: tasks.write_errors(
        led.sheet(p), [], led.folder / "e.xlsx"
    ),
    "write_stock": lambda desk, led, p: tasks.write_stock(
        desk, led.folder / "s.xlsx", tasks.stock(led.alone, site=p.site)
    ),
    "find_voucher": lambda desk, led, p: tasks.find_voucher(desk, led.voucher("issue", p)),
    "list_vouchers": listed("list_vouchers"),
    "write_voucher": lambda desk, led, p: tasks.write_voucher(
        desk, led.voucher("issue", p), led.folder / "v.xlsx"
    ),
    "write_lists": lambda desk, led, p: tasks.write_lists(
        desk, led.folder / "l.xlsx", site=p.site
    ),
    "write_count_sheet": lambda desk, led, p: tasks.write_count_sheet(
        desk, led.folder / "c.xlsx", site=p.site
    ),
    "summed_up": lambda desk, led, p: tasks.summed_up({}),
    "release": lambda desk, led, p: tasks.release(
        desk, voucher=led.voucher("reserve", p), reason="x"
    ),
    "return_": lambda desk, led, p: tasks.return_(
        desk, site=p.site, item="torch", quantity=1, reason="x", issued=led.voucher("issue", p)
    ),
    "count": lambda desk, led, p: tasks.count(
        desk, site=p.site, reason="x",
        counted=[tasks.Line(item="torch", quantity=9, lot=led.lot(p))],
    ),
    "inspect": lambda desk, led, p: tasks.inspect(
        desk, site=p.site, item="torch", lot=led.lot(p), quantity=1, reason="x",
        condition="inspect",
    ),
    "entrust": at_site("entrust", to="city", lot="2030-01-31"),
    "lend": at_site("lend", order=tasks.Order(party="邻市", due=DAY + timedelta(days=30))),
    "borrow": at_site("borrow", order=tasks.Order(party="邻市", due=DAY + timedelta(days=30))),
    "give_back": lambda desk, led, p: tasks.give_back(
        desk, reason="x", site=p.site, item="torch", quantity=1,
        loan=led.voucher("borrow", p, order=tasks.Order(party="邻市", due=DAY)),
    ),
    "depart": lambda desk, led, p: tasks.depart(
        desk, source=p.site, target=CITY_STORE, item="torch", quantity=1, reason="x"
    ),
    "arrive": lambda desk, led, p: tasks.arrive(desk, departure=led.departed(p), reason="x"),
    "transfer": lambda desk, led, p: tasks.transfer(
        desk, source=p.site, target=p.beside, item="torch", quantity=1, reason="x"
    ),
    "reverse": lambda desk, led, p: tasks.reverse(desk, led.voucher("issue", p), reason="x"),
    "papers": lambda desk, led, p: tasks.papers(
        desk, order_number="1号",
        voucher=led.voucher("issue", p, order=tasks.Order(by_phone=True, asked_by="王")),
    ),
    "pay": lambda desk, led, p: tasks.pay(
        desk, voucher=led.voucher("issue", p), amount_cny=Decimal(1)
    ),
    "call_off": lambda desk, led, p: tasks.call_off(
        desk, agreement=_agreement(led, p), site=p.site, quantity=1, reason="x"
    ),
    "effect": lambda desk, led, p: tasks.effect(
        desk, tasks.issue, site=p.site, item="torch", quantity=1, reason="x"
    ),
    "post_import": lambda desk, led, p: tasks.post_import(desk, led.sheet(p), "s.xlsx"),
    "preview_import": lambda desk, led, p: tasks.preview_import(desk, led.sheet(p), "s.xlsx"),
    "need": lambda desk, led, p: tasks.need(desk, area=p.area),
    "readiness": lambda desk, led, p: tasks.readiness(desk, area=p.area),
    "plan": lambda desk, led, p: tasks.plan(desk, mode="none"),
    "sized": lambda desk, led, p: tasks.sized(desk, mode="none"),
    "procure": lambda desk, led, p: tasks.procure(desk, led.folder / "p.xlsx"),
    "write_procurement": lambda desk, led, p: tasks.write_procurement(
        desk, led.plan, led.folder / "w.xlsx"
    ),
    "dispatch": lambda desk, led, p: tasks.dispatch(desk, led.incident(p), seconds=1),
    "approve_dispatch": lambda desk, led, p: tasks.approve_dispatch(desk, led.dispatched[p]),
    "write_dispatch": lambda desk, led, p: tasks.write_dispatch(
        desk, led.dispatched[p], led.folder / "d.xlsx"
    ),
    "save_result": lambda desk, led, p: tasks.save_result(
        desk, "dispatch", f"t/{p.below}", led.result(p)
    ),
    "load_result": lambda desk, led, p: (
        tasks.save_result(led.alone, "dispatch", f"t/{p.below}", led.result(p)),
        tasks.load_result(desk, "dispatch", f"t/{p.below}"),
    ),
    "request_call_up": lambda desk, led, p: tasks.request_call_up(
        desk, area=p.below, level="IV", reason="山洪",
        lines=[tasks.Wanted(item="quilt-winter", quantity=1, place=p.below)],
    ),
    "file_call_up_papers": on_call_up("file_call_up_papers", "asked", order_number="1号"),
    "propose_call_up": on_call_up("propose_call_up", "asked"),
    "approve_call_up": on_call_up("approve_call_up", "proposed"),
    "refuse_call_up": on_call_up("refuse_call_up", "proposed", reason="x"),
    "cancel_call_up": on_call_up("cancel_call_up", "asked", reason="x"),
    "reserve_call_up": on_call_up("reserve_call_up", "approved"),
    "order_call_up": on_call_up("order_call_up", "reserved"),
    "depart_call_up": lambda desk, led, p: tasks.depart_call_up(
        desk, led.call_up(p, "ordered"), site=p.site
    ),
    "arrive_call_up": on_call_up("arrive_call_up", "departed"),
    "arrive_from_above": on_call_up("arrive_from_above", "above"),
    "settle_call_up": on_call_up("settle_call_up", "arrived", mode="requester"),
    "pay_call_up": on_call_up("pay_call_up", "settled", amount_cny=Decimal(1)),
    "return_call_up": on_call_up(
        "return_call_up", "arrived", quantities={1: 1}, reason="x", in_use=True
    ),
    "refill_call_up": on_call_up("refill_call_up", "in_kind", quantities={1: 1}, reason="x"),
    "close_call_up": on_call_up("close_call_up", "asked"),
    "call_up": on_call_up("call_up", "proposed"),
    "call_up_state": on_call_up("call_up_state", "proposed"),
    "call_ups": bare("call_ups"),
    "debts_open": bare("debts_open"),
    "write_call_up": lambda desk, led, p: tasks.write_call_up(
        desk, led.call_up(p, "proposed"), led.folder / "u.xlsx"
    ),
    "backup": lambda desk, led, p: tasks.backup(desk, led.folder / "nowhere" / "b"),
    "check_backup": lambda desk, led, p: tasks.check_backup(led.folder / "nowhere"),
    "restore": lambda desk, led, p: tasks.restore(desk, led.folder / "nowhere"),
    "copy": lambda desk, led, p: tasks.copy(desk, "sqlite:////nowhere/x.db"),
}  # fmt: skip
CALLS |= {name: at_site(name) for name in ("issue", "receive", "reserve", "train")} | {
    "donate": at_site("donate", order=tasks.Order(party="红十字会")),
    "requisition": at_site(
        "requisition", order=tasks.Order(party="某公司", amount_cny=Decimal(9), due=DAY)
    ),
    "scrap": at_site("scrap", order=tasks.Order(approved_by="财政局")),
}
CALLS |= {
    name: listed(name)
    for name in (
        "all_lists", "attention", "expiring", "expiry_by_month", "undated", "overdue_counts",
        "in_transit", "papers_due", "loans_open", "compensation_open", "refills_due",
    )
}  # fmt: skip


def test_every_task_is_in_the_table():
    named = {n for n in tasks.__all__ if not inspect.isclass(getattr(tasks, n)) and n[0].islower()}
    assert named == set(TABLE) == set(CALLS)


def outcome(call, desk, ledger, place):
    """``-`` when the user was refused for want of a right, else ``+``."""
    try:
        done = call(desk, ledger, place)
    except AccessError as error:  # others say that a name or a password is wrong
        return "-" if "ask the administrator for the right" in str(error) else "+"
    except SuppliesError:
        return "+"
    barred = isinstance(done, tasks.ImportReport) and any(
        finding.code == "no-right" for finding in done.problems
    )
    return "-" if barred else "+"


def cells(ledger, call):
    row = []
    for name, (grants, own, foreign) in COLUMNS.items():
        held = tuple(Grant(role=role, place=place) for role, place in grants)
        desk = replace(ledger.alone, actor=Actor(user=name, grants=held, origin="test"))
        row.append("".join(outcome(call, desk, ledger, place) for place in (own, foreign)))
    return dict(zip(COLUMNS, row, strict=True))


def expected(row):
    return dict(zip(COLUMNS, row.split(), strict=True))


@pytest.mark.parametrize("task", sorted(TABLE))
def test_each_role_may_what_the_table_says(ledger, task):
    assert cells(ledger, CALLS[task]) == expected(TABLE[task])


def test_a_late_entry_needs_its_own_right(ledger):
    assert cells(ledger, _late) == expected(LATE)


def test_what_is_not_asked_by_place_shows_own_places_only(ledger):
    keeper = replace(
        ledger.alone, actor=Actor(user="keeper", grants=(Grant(role=Role.KEEPER, place=EAST),))
    )
    assert {line.site for line in tasks.stock(keeper)} == {EAST}
    moves = tasks.history(keeper, limit=1000)
    assert moves
    assert all(f"site:{EAST}" in (move.source, move.target) for move in moves)
    ledger.voucher("issue", AT_WEST)
    ledger.voucher("issue", AT_EAST)
    for head in tasks.list_vouchers(keeper, limit=1000):
        tasks.find_voucher(keeper, head.id)
    assert tasks.list_vouchers(keeper)
    assert {line.site for line in tasks.expiring(keeper, days=4000)} == {EAST}


def test_rows_for_other_places_are_rejected_and_the_others_go_on(ledger, tmp_path):
    book = Workbook()
    book.active.append(["库存台账"])
    book.active.append(["物资名称", "单位", "数量", "有效期至", "存放地点"])
    for place, quantity in ((EAST, 7), (WEST, 9)):
        name = ledger.alone.city.sites[place].name_zh
        book.active.append(["夏凉被(空调被)", "床", quantity, "2031-01-31", name])
    book.save(tmp_path / "two.xlsx")
    who = Actor(user="keeper", grants=(Grant(role=Role.KEEPER, place=EAST),))
    keeper = replace(ledger.alone, actor=who)
    first = tasks.post_import(keeper, tmp_path / "two.xlsx", "two.xlsx")
    assert (first.read, first.accepted, first.rejected) == (2, 1, 1)
    (finding,) = [p for p in first.problems if p.code == "no-right"]
    assert (finding.severity.value, bool(finding.cell)) == ("error", True)
    again = tasks.post_import(keeper, tmp_path / "two.xlsx", "two.xlsx")
    assert (again.accepted, again.unchanged, again.rejected) == (0, 1, 1)
    rest = tasks.post_import(ledger.alone, tmp_path / "two.xlsx", "two.xlsx")
    assert (rest.accepted, rest.unchanged, rest.rejected) == (1, 1, 0)
    event = tasks.audit(ledger.alone, subject="two.xlsx", user="keeper")
    assert [(e.task, e.outcome) for e in event] == [("post_import", "done")]


def test_a_register_row_before_later_moves_needs_the_right_to_be_late(ledger, tmp_path):
    book = Workbook()
    book.active.append(["出入库登记"])
    book.active.append(["日期", "物资名称", "单位", "入库数量", "出库数量", "存放地点"])
    name = ledger.alone.city.sites[EAST].name_zh
    book.active.append(["2026-11-20", "强光手电", "支", 40, None, name])
    book.save(tmp_path / "register.xlsx")
    # The same goods, without dates, moved since.
    tasks.receive(ledger.alone, site=EAST, item="torch", quantity=3, reason="x")
    keeper = Grant(role=Role.KEEPER, place=EAST)
    planner = Grant(role=Role.COUNTY_PLANNER, place="990101")
    refused = []
    for grants in ((keeper,), (keeper, planner)):
        desk = replace(ledger.alone, actor=Actor(user="u", grants=grants))
        report = tasks.preview_import(desk, tmp_path / "register.xlsx", "register.xlsx")
        refused.append(report.rejected)
    assert refused == [1, 0]


def test_agreements_are_recorded_by_those_who_buy_for_their_owner(ledger, tmp_path):
    book = Workbook()
    book.active.append(["协议储备企业名单"])
    book.active.append(
        ["企业名称", "物资名称", "单位", "协议数量", "供货时限", "协议期限", "签约单位"]
    )
    for owner in ("东县应急管理局", "西县应急管理局"):
        book.active.append(["新供应商", "强光手电", "支", 300, "12小时", "2027-12-31", owner])
    book.save(tmp_path / "a.xlsx")
    buyer = Actor(user="buyer", grants=(Grant(role=Role.PROCUREMENT, place="990101"),))
    keeper = Actor(user="keeper", grants=(Grant(role=Role.KEEPER, place="990101"),))
    desk = replace(ledger.alone, actor=keeper)
    none = tasks.preview_import(desk, tmp_path / "a.xlsx", "a.xlsx")
    assert (none.read, none.rejected, none.agreements) == (2, 2, ())
    desk = replace(ledger.alone, actor=buyer)
    report = tasks.post_import(desk, tmp_path / "a.xlsx", "a.xlsx")
    assert (report.read, report.accepted, report.rejected) == (2, 1, 1)
    assert [a.owner for a in report.agreements] == ["990101"]
    assert [p.code for p in report.problems if p.code == "no-right"] == ["no-right"]
    again = tasks.post_import(desk, tmp_path / "a.xlsx", "a.xlsx")
    assert (again.accepted, again.unchanged, again.rejected) == (0, 1, 1)
