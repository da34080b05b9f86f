from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.outcome import Status
from models.stocking import (
    Event,
    Group,
    Promise,
    StockingProblem,
    StockingSettings,
    check,
    solve,
)

SETTINGS = StockingSettings(time_limit_s=20, gap_rel=0.0)


def group(key, reach, need, deadline_h=10):
    return Group(key=key, deadline_h=deadline_h, reach=frozenset(reach), need=need)


def event(name, *groups, item="quilt", critical=True):
    return Event(id=name, item=item, critical=critical, groups=groups)


def problem(*events, **change):
    base = {
        "holders": {"A": ("city", "s1"), "B": ("city", "s2")},
        "may_buy": frozenset({("A", "quilt"), ("B", "quilt")}),
        "on_hand": {},
        "pack": {"quilt": 1, "boat": 1},
        "price": {"quilt": 10.0, "boat": 1000.0},
        "hold_cost": {"quilt": 1.0, "boat": 100.0},
        "upkeep": {"A": 1.0, "B": 1.0},
        "move_cost": {"quilt": 0.1, "boat": 1.0},
        "volume_m3": {"quilt": 1.0, "boat": 10.0},
        "room_m3": {"s1": 100.0, "s2": 100.0},
        "room_cost": 50.0,
        "promises": (),
        "capacity": {},
        "agreed_max": {"quilt": 1.0, "boat": 0.0},
        "events": events,
        "budget": None,
    }
    return StockingProblem(**{**base, **change})


def solved(p, expected=Status.OPTIMAL):
    plan = solve(p, SETTINGS)
    assert plan.outcome.status is expected
    assert check(p, plan) == []
    return plan


def test_buys_what_is_missing_in_whole_packs():
    p = problem(event("e", group("x", "A", 10)), on_hand={("A", "quilt"): 3}, pack={"quilt": 4})
    assert solved(p).packs == {("A", "quilt"): 2}


def test_stock_that_serves_one_scenario_at_a_time_is_not_bought_twice():
    p = problem(event("flood", group("x", "AB", 10)), event("quake", group("y", "AB", 7)))
    assert sum(solved(p).packs.values()) == 10


def test_places_of_one_scenario_add_up():
    # Each place alone needs 6; both live on A and B, and A alone serves x.
    p = problem(event("e", group("x", "A", 6), group("y", "AB", 6)))
    plan = solved(p)
    assert sum(plan.packs.values()) == 12
    assert plan.hold["A", "quilt"] >= 6


def test_a_row_no_reach_set_shows_is_found_as_a_cut():
    # x needs A or B, y needs B or C: only the union {A, B, C} of two reach sets is short.
    holders = {h: ("city", f"s{h}") for h in "ABC"}
    p = problem(
        event("e", group("x", "AB", 5), group("y", "BC", 5), group("z", "ABCD", 1)),
        holders={**holders, "D": ("city", "sD")},
        upkeep=dict.fromkeys("ABCD", 1.0),
        room_m3={f"s{h}": 99.0 for h in "ABCD"},
        may_buy=frozenset((h, "quilt") for h in "ABCD"),
    )
    assert sum(solved(p).packs.values()) == 11


def test_moving_own_stock_beats_buying():
    p = problem(event("e", group("x", "B", 5)), on_hand={("A", "quilt"): 8})
    plan = solved(p)
    assert plan.packs == {}
    assert plan.into == {("B", "quilt"): 5}


def test_stock_of_another_owner_is_not_moved():
    p = problem(
        event("e", group("x", "B", 5)),
        holders={"A": ("county", "s1"), "B": ("city", "s2")},
        on_hand={("A", "quilt"): 8},
    )
    assert solved(p).packs == {("B", "quilt"): 5}


def test_a_room_sends_the_rest_to_the_next_store():
    p = problem(event("e", group("x", "AB", 10)), room_m3={"s1": 4.0, "s2": 100.0})
    plan = solved(p)
    assert plan.hold.get(("A", "quilt"), 0) <= 4
    assert sum(plan.hold.values()) == 10
    assert plan.expand == {}


def test_room_is_added_where_goods_must_stand_and_it_is_paid_for():
    p = problem(
        event("q", group("x", "A", 30)),
        event("b", group("x", "A", 10), item="boat"),
        may_buy=frozenset({("A", "quilt"), ("A", "boat")}),
    )
    plan = solved(p)
    assert plan.open == {}
    assert plan.expand == {"s1": pytest.approx(30.0)}  # 30 x 1 m3 + 10 x 10 m3 in 100 m3
    assert plan.outcome.objective == pytest.approx(30 * 1 + 10 * 100 + 30 * 50)
    assert plan.outcome.bound == pytest.approx(plan.outcome.objective)


def test_goods_that_can_stand_elsewhere_do_not_make_a_room_grow():
    p = problem(
        event("q", group("x", "A", 95)),
        event("b", group("y", "AB", 3), item="boat"),
        may_buy=frozenset({("A", "quilt"), ("A", "boat"), ("B", "boat")}),
        upkeep={"A": 1.0, "B": 1.1},
    )
    plan = solved(p)
    assert plan.expand == {}
    assert plan.hold["B", "boat"] >= 2


def promise(name, supplier="S", most=10, fulfil=1.0, cost=0.1):
    return Promise(id=name, supplier=supplier, item="quilt", most=most, fulfil=fulfil, cost=cost)


def test_a_cheaper_promise_replaces_stock_up_to_its_share():
    p = problem(
        event("e", group("x", ["A", "p"], 10)),
        promises=(promise("p"),),
        capacity={("S", "quilt"): 10},
        agreed_max={"quilt": 0.4},
    )
    plan = solved(p)
    assert plan.come == {"p": 4}
    assert plan.packs == {("A", "quilt"): 6}


def test_only_the_share_that_really_comes_counts():
    p = problem(
        event("e", group("x", ["A", "p"], 10)),
        promises=(promise("p", fulfil=0.8),),
        capacity={("S", "quilt"): 10},
    )
    assert solved(p).come == {"p": 8}


def test_a_supplier_promised_twice_counts_once():
    p = problem(
        event("e1", group("x", ["A", "p1"], 10)),
        event("e2", group("x", ["B", "p2"], 10)),
        promises=(promise("p1"), promise("p2")),
        capacity={("S", "quilt"): 10},
    )
    plan = solved(p)
    assert sum(plan.come.values()) == 10
    assert sum(plan.packs.values()) == 10


def test_need_that_nothing_reaches_stays_open_and_is_named():
    p = problem(event("e", group("x", "", 3), group("y", "A", 2)))
    plan = solved(p)
    assert plan.open == {("e", "x"): 3}
    assert plan.packs == {("A", "quilt"): 2}


def test_a_budget_buys_critical_need_first():
    p = problem(
        event("comfort", group("x", "A", 10), critical=False),
        event("life", group("x", "B", 10), critical=True),
        budget=120.0,
    )
    plan = solved(p)
    assert plan.open == {("comfort", "x"): 8}


def test_the_bound_is_a_bound_and_the_gap_is_closed():
    outcome = solved(problem(event("e", group("x", "AB", 10)))).outcome
    assert outcome.bound == pytest.approx(outcome.objective)
    assert outcome.gap == pytest.approx(0.0)


@st.composite
def small_problems(draw):
    reaches = st.sets(st.sampled_from("AB"), min_size=1).map(frozenset)
    events = tuple(
        event(
            f"e{n}",
            *(group(f"g{k}", draw(reaches), draw(st.integers(1, 4))) for k in range(2)),
        )
        for n in range(2)
    )
    stock = {(h, "quilt"): draw(st.integers(0, 3)) for h in "AB"}
    return problem(*events, on_hand=stock, move_cost={"quilt": 0.4})


@settings(max_examples=25, deadline=None)
@given(small_problems())
def test_cost_is_that_of_brute_force(p):
    plan = solved(p)
    best = min(
        (a + b) * 1.0 + abs(m) * 0.4
        for a, b, m in product(range(9), range(9), range(-3, 4))
        if -p.on_hand["B", "quilt"] <= m <= p.on_hand["A", "quilt"]
        and all(
            _covered(e, p.on_hand["A", "quilt"] + a - m, p.on_hand["B", "quilt"] + b + m)
            for e in p.events
        )
    )
    assert plan.outcome.objective == pytest.approx(best)


def _covered(e, a, b):
    held = {frozenset("A"): a, frozenset("B"): b, frozenset("AB"): a + b}
    return all(held[s] >= sum(g.need for g in e.groups if g.reach <= s) for s in held)


@settings(max_examples=15, deadline=None)
@given(small_problems(), st.integers(0, 60), st.integers(0, 60))
def test_a_larger_budget_never_leaves_more_open(p, low, more):
    small = solve(replace(p, budget=float(low)), SETTINGS)
    large = solve(replace(p, budget=float(low + more)), SETTINGS)
    shares = [
        sum(
            q / next(e.need for e in p.events if e.id == name) for (name, _), q in plan.open.items()
        )
        for plan in (small, large)
    ]
    assert shares[1] <= shares[0] + 1e-6


def test_check_finds_each_kind_of_broken_plan():
    p = problem(
        event("e", group("x", ["A", "p"], 10)),
        on_hand={("B", "quilt"): 2},
        promises=(promise("p"),),
        capacity={("S", "quilt"): 3},
        agreed_max={"quilt": 0.2},
        budget=95.0,
    )
    plan = solve(p, SETTINGS)
    assert check(p, plan) == []

    def broken(**change):
        return " ".join(check(p, replace(plan, **change)))

    assert "balance" in broken(hold={("A", "quilt"): 99})
    assert "cover" in broken(hold={}, packs={}, out={("B", "quilt"): 2}, into={})
    assert "moves" in broken(out={("B", "quilt"): 5})
    assert "room" in broken(hold={("A", "quilt"): 200}, packs={("A", "quilt"): 200})
    assert "budget" in broken(packs={("A", "quilt"): 50})
    assert "promise" in broken(come={"p": 11})
    assert "supplier" in broken(come={"p": 5})
    assert "physical" in broken(
        come={"p": 3},
        packs={("A", "quilt"): 5},
        out={},
        into={},
        hold={("A", "quilt"): 5, ("B", "quilt"): 2},
        open={},
    )
    other = replace(p, may_buy=frozenset())
    assert any("place" in w for w in check(other, plan))


def test_a_large_programme_rations_by_the_price_of_money(monkeypatch):
    monkeypatch.setattr("models.stocking._EXACT", 0)
    holders = {h: ("city", f"s{h}") for h in "ABCDEFGH"}
    p = problem(
        *(event(f"life{h}", group("x", h, 10)) for h in "ABCD"),
        *(event(f"rest{h}", group("x", h, 10), item="boat", critical=False) for h in "EFGH"),
        holders=holders,
        upkeep=dict.fromkeys(holders, 1.0),
        room_m3={site: 1000.0 for _, site in holders.values()},
        may_buy=frozenset((h, i) for h in holders for i in ("quilt", "boat")),
        budget=10 * 4 * 10.0 + 2 * 10 * 1000.0,
    )
    plan = solve(p, SETTINGS)
    assert check(p, plan) == []
    assert plan.goal == "open"
    assert not any(name.startswith("life") for name, _ in plan.open)
    assert plan.outcome.bound <= plan.outcome.objective + 1e-9
    assert plan.outcome.bound == pytest.approx(2.0, abs=0.3)  # money for half the boats


def test_progress_never_moves_back(monkeypatch):
    monkeypatch.setattr("models.stocking._EXACT", 0)
    p = problem(
        event("q", group("x", "A", 30)),
        event("b", group("x", "A", 10), item="boat", critical=False),
        may_buy=frozenset({("A", "quilt"), ("A", "boat")}),
        budget=5000.0,
    )
    seen: list[float] = []
    solve(p, SETTINGS, lambda _text, share: seen.append(share))
    assert seen == sorted(seen)
    assert seen[0] >= 0
    assert seen[-1] <= 1


@pytest.mark.parametrize("budget", [0.0, 25.0, 999.0])
def test_a_budget_for_next_to_nothing_is_kept(monkeypatch, budget):
    monkeypatch.setattr("models.stocking._EXACT", 0)
    p = problem(
        event("q", group("x", "A", 1)),
        event("b", group("x", "A", 1), item="boat", critical=False),
        may_buy=frozenset({("A", "quilt"), ("A", "boat")}),
        budget=budget,
    )
    plan = solve(p, SETTINGS)
    assert check(p, plan) == []
    assert plan.outcome.bound <= plan.outcome.objective + 1e-9
    assert ("b", "x") in plan.open
    assert (("q", "x") in plan.open) is (budget < 10)
