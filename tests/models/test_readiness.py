from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from models.readiness import CoverProblem, check, cover


def problem(supply, need, arrival):
    reach = {(p, h): frozenset(s for s in supply if arrival.get((s, p), 999) <= h) for p, h in need}
    return CoverProblem(supply=supply, need=need, reach=reach)


def test_yes_comes_with_the_flow_that_shows_it():
    p = problem(
        {"A": 5, "B": 5}, {("x", 2): 4, ("y", 10): 6}, {("A", "x"): 1, ("A", "y"): 1, ("B", "y"): 9}
    )
    result = cover(p)
    assert result.short == {}
    assert result.violated is None
    assert check(p, result) == []


def test_no_comes_with_the_cut_that_proves_it():
    # B is plentiful but only A reaches x within two hours.
    p = problem(
        {"A": 3, "B": 99},
        {("x", 2): 5, ("y", 10): 6},
        {("A", "x"): 1, ("B", "x"): 4, ("B", "y"): 4},
    )
    result = cover(p)
    assert result.short == {("x", 2): 2}
    assert result.violated is not None
    assert result.violated.sources == {"A"}
    assert (result.violated.supply, result.violated.need) == (3, 5)
    assert check(p, result) == []


def test_a_place_no_store_reaches_is_a_cut_without_sources():
    p = problem({"A": 3}, {("x", 2): 5}, {})
    result = cover(p)
    assert result.short == {("x", 2): 5}
    assert result.violated is not None
    assert result.violated.sources == frozenset()
    assert check(p, result) == []


def test_no_need_at_all_is_covered():
    result = cover(problem({}, {}, {}))
    assert result.short == {}
    assert result.violated is None


@st.composite
def problems(draw):
    sources, places, hours = "ABC", "xyz", (2, 10, 24)
    supply = {s: draw(st.integers(0, 8)) for s in sources}
    need = {(p, h): draw(st.integers(0, 5)) for p in places for h in hours}
    arrival = {
        (s, p): draw(st.sampled_from([1.0, 5.0, 20.0, 99.0])) for s in sources for p in places
    }
    return problem(supply, need, arrival)


def worst_shortage(p):
    """Hall's theorem by brute force over every set of sources."""
    worst = 0
    for size in range(len(p.supply) + 1):
        for chosen in combinations(p.supply, size):
            inside = sum(n for la, n in p.need.items() if p.reach[la] <= set(chosen))
            worst = max(worst, inside - sum(p.supply[s] for s in chosen))
    return worst


@settings(max_examples=150, deadline=None)
@given(problems())
def test_shortage_is_that_of_hall_by_brute_force_and_every_witness_holds(p):
    result = cover(p)
    assert check(p, result) == []
    assert sum(result.short.values()) == worst_shortage(p)


@settings(max_examples=60, deadline=None)
@given(problems(), st.sampled_from("ABC"), st.integers(1, 5))
def test_more_stock_never_turns_green_to_red(p, source, more):
    richer = replace(p, supply={**p.supply, source: p.supply[source] + more})
    assert sum(cover(richer).short.values()) <= sum(cover(p).short.values())


def test_check_names_every_kind_of_lie():
    p = problem({"A": 3, "B": 2}, {("x", 2): 5}, {("A", "x"): 1, ("B", "x"): 9})
    truth = cover(p)
    assert any("supply" in w for w in check(p, replace(truth, flow={("A", ("x", 2)): 4})))
    assert any("reach" in w for w in check(p, replace(truth, flow={("B", ("x", 2)): 2})))
    assert any("need" in w for w in check(p, replace(truth, short={})))
    assert any("witness" in w for w in check(p, replace(truth, violated=None)))
    assert truth.violated is not None
    lie = replace(truth.violated, sources=frozenset())
    assert any("witness" in w for w in check(p, replace(truth, violated=lie)))
