"""Who supplies whom: against brute force, by priority, in whole units."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import transport
from models.allocation import (
    AllocationProblem,
    Carrier,
    Line,
    Option,
    check,
    solve,
    whole_units,
)
from models.outcome import Status

ANY = frozenset({"van"})


def line(place: str, quantity: int, **more: object) -> Line:
    values = {"item": "i", "kind": "any", "weight": 1.0, "priority": 1, "kg": 10.0, "m3": 0.1}
    return Line(place=place, quantity=quantity, **(values | more))  # type: ignore[arg-type]


def carrier(source: str, place: str, **more: object) -> Carrier:
    values = {
        "group": "g", "vehicle_class": "van", "first": 0, "cost": 100.0, "hours": 1.0,
        "payload_kg": 50.0, "volume_m3": 1.0,
    }  # fmt: skip
    return Carrier(source=source, place=place, **(values | more))  # type: ignore[arg-type]


def problem(lines: tuple[Line, ...], stock: dict[tuple[str, str], int]) -> AllocationProblem:
    sources = sorted({s for s, _ in stock})
    return AllocationProblem(
        lines=lines,
        options=tuple(
            Option(line=i, source=s, period=0, late=False)
            for i in range(len(lines))
            for s in sources
        ),
        stock=stock,
        carriers=tuple(
            carrier(s, p, cost=100.0 + 10 * n)
            for n, s in enumerate(sources)
            for p in sorted({x.place for x in lines})
        ),
        capacity_h={"g": (1000.0,)},
        kinds={"any": ANY},
    )


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=3),
    st.lists(st.integers(0, 6), min_size=1, max_size=2),
)
def test_unmet_is_the_least_there_is(needs: list[int], stocks: list[int]) -> None:
    case = problem(
        tuple(line(f"p{i}", q) for i, q in enumerate(needs)),
        {(f"s{i}", "i"): q for i, q in enumerate(stocks)},
    )
    plan = solve(case)
    assert check(case, plan.units) == []
    assert sum(plan.unmet) == max(0, sum(needs) - sum(stocks))


def test_cost_is_that_of_the_best_enumerated_plan() -> None:
    case = problem((line("p", 5), line("q", 10)), {("a", "i"): 10, ("b", "i"): 9})
    plan = solve(case)
    # Each truckload is five units; stock a is the cheaper source.
    best = min(
        (a + c) / 5 * 100 + (5 - a + 10 - c) / 5 * 110
        for a, c in itertools.product(range(6), range(11))
        if a + c <= 10 and 15 - a - c <= 9
    )
    assert plan.outcome.status is Status.OPTIMAL
    assert plan.outcome.objective == pytest.approx(best, rel=1e-5)


def test_more_urgent_lines_are_served_first() -> None:
    urgent, other = line("p", 6, priority=1), line("q", 6, priority=2, weight=1000.0)
    plan = solve(problem((other, urgent), {("a", "i"): 6}))
    assert plan.unmet == (6, 0)


@given(st.integers(1, 8))
def test_adding_a_low_priority_line_never_drops_a_higher_one(extra: int) -> None:
    urgent = line("p", 6)
    alone = solve(problem((urgent,), {("a", "i"): 4}))
    both = solve(problem((urgent, line("q", extra, priority=3)), {("a", "i"): 4}))
    assert both.unmet[0] == alone.unmet[0]


def test_late_is_better_than_never_and_worse_than_in_time() -> None:
    base = problem((line("p", 5),), {("a", "i"): 3, ("b", "i"): 9})
    options = (
        Option(line=0, source="a", period=0, late=False),
        Option(line=0, source="b", period=0, late=True),
    )
    assert solve(replace(base, options=options)).units == (3, 2)


def test_overload_is_priced_not_refused() -> None:
    base = problem((line("p", 10),), {("a", "i"): 10})
    plan = solve(replace(base, capacity_h={"g": (1.0,)}))
    assert plan.unmet == (0,)
    assert plan.overload_h == pytest.approx(1.0, abs=1e-3)


def test_scarce_kinds_keep_to_their_hours() -> None:
    base = problem((line("p", 10), line("q", 10, priority=2)), {("a", "i"): 20})
    options = tuple(replace(o, hours=2.0) for o in base.options)
    plan = solve(replace(base, options=options, scarce_h={"any": (3.0,)}))
    assert plan.unmet == (0, 5)


def test_bulky_goods_need_a_vehicle_that_takes_them() -> None:
    base = problem((line("p", 5, kind="big"),), {("a", "i"): 5})
    both = (*base.carriers, carrier("a", "p", group="h", vehicle_class="truck", cost=900.0))
    plan = solve(
        replace(
            base,
            carriers=both,
            capacity_h={"g": (99.0,), "h": (99.0,)},
            kinds={"big": frozenset({"truck"})},
        )
    )
    assert plan.truckloads == {(1, 0): pytest.approx(1.0)}


@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_rounding_never_overdraws(shares: list[float], first: int, second: int) -> None:
    case = problem((line("p", 7), line("q", 9)), {("a", "i"): first, ("b", "i"): second})
    units = whole_units(case, shares)
    brought = sum(units)
    # Shares above one stand for a solver's noise: needs bind whatever it says.
    if all(shares[i] + shares[i + 1] <= 1 for i in (0, 2)):
        assert check(case, units) == []
        assert brought == min(16, first + second)


@pytest.mark.parametrize(
    ("units", "word"), [((9, 0), "holds"), ((-1, 0), "negative"), ((3, 3), "needs")]
)
def test_checker_names_each_broken_constraint(units: tuple[int, int], word: str) -> None:
    case = problem((line("p", 5),), {("a", "i"): 8, ("b", "i"): 8})
    assert check(case, (4, 1)) == []
    assert any(word in fault for fault in check(case, units))


def test_transport_bound_is_the_enumerated_least_cost() -> None:
    cost = {("a", "p", "i"): 1.0, ("b", "p", "i"): 3.0, ("a", "q", "i"): 2.0, ("b", "q", "i"): 9.0}
    stock = {("a", "i"): 4, ("b", "i"): 9}
    amounts = {("p", "i"): 3, ("q", "i"): 3}
    best = min(
        a * 1 + (3 - a) * 3 + b * 2 + (3 - b) * 9
        for a, b in itertools.product(range(4), range(4))
        if a + b <= 4
    )
    assert transport.cheapest(amounts, cost, stock) == pytest.approx(best)


def test_transport_with_plenty_takes_the_cheapest() -> None:
    cost = {("a", "p", "i"): 1.0, ("b", "p", "i"): 3.0}
    assert transport.cheapest({("p", "i"): 3}, cost, {("a", "i"): 9}) == pytest.approx(3.0)


def test_transport_of_what_nobody_has_is_no_bound() -> None:
    cost = {("a", "p", "i"): 1.0}
    assert transport.cheapest({("p", "i"): 3}, cost, {("a", "i"): 2}) == 0.0


def test_without_time_for_vehicles_there_is_still_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    from models.allocation.model import Model

    real = Model.run

    def run(self: Model, seconds: float) -> Status:
        return Status.UNKNOWN if self.n else real(self, seconds)

    monkeypatch.setattr(Model, "run", run)
    case = problem((line("p", 5),), {("a", "i"): 3, ("b", "i"): 9})
    plan = solve(case)
    assert plan.unmet == (0,)
    assert plan.outcome.status is Status.FEASIBLE
    assert plan.truckloads == {}


def test_no_answer_at_all_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from models.allocation import AllocationError
    from models.allocation.model import Model

    monkeypatch.setattr(Model, "run", lambda self, seconds: Status.UNKNOWN)
    with pytest.raises(AllocationError):
        solve(problem((line("p", 5),), {("a", "i"): 3}))
