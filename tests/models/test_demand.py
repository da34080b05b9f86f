import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.demand import by_deadline, by_place, lower_bound, split, total


def test_worked_example_water_for_six_thousand_people():
    # 6,000 people x 0.227 cases x 3 days x 1.1 spare = 4,494.6 cases
    assert total(6000, 0.227, 3, 0.1) == pytest.approx(4494.6)


def test_phases_are_cumulative_and_rounded_up():
    need = by_deadline([(100.0, {10: 1 / 3, 24: 2 / 3, 72: 1.0})], (2, 10, 24, 72))
    assert need == {2: 0, 10: 34, 24: 67, 72: 100}


def test_a_credit_lowers_the_need_but_never_below_nothing():
    need = by_deadline([(10.0, {10: 1.0}), (-30.0, {10: 1.0})], (2, 10))
    assert need == {2: 0, 10: 0}


@given(
    st.integers(0, 10_000),
    st.dictionaries(st.text("abc", min_size=1), st.floats(0.01, 100), min_size=1),
)
def test_split_gives_everything_away_and_is_fair_to_one_unit(quantity, weight):
    parts = split(quantity, weight)
    whole = sum(weight.values())
    assert sum(parts.values()) == quantity
    for place, units in parts.items():
        assert abs(units - quantity * weight[place] / whole) < 1 + 1e-6


def test_split_without_a_place_is_refused():
    with pytest.raises(ValueError, match="no place"):
        split(1, {})


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=4),
    st.dictionaries(st.sampled_from("pqrst"), st.floats(0.1, 9), min_size=1),
)
def test_places_add_up_at_every_deadline(steps, weight):
    need, so_far = {}, 0
    for hour, step in enumerate(steps, start=1):
        so_far += step
        need[hour] = so_far
    places = by_place(need, weight)
    for hour, whole in need.items():
        assert sum(p[hour] for p in places.values()) == whole
    for p in places.values():
        assert list(p.values()) == sorted(p.values())


def test_lower_bound_agrees_with_the_exact_table():
    # Clopper-Pearson, one-sided 95 %: 0 of 10 -> 0; 10 of 10 -> 0.05 ** (1 / 10)
    assert lower_bound(0, 10, 0.95) == 0.0
    assert lower_bound(10, 10, 0.95) == pytest.approx(0.05 ** (1 / 10))


@given(st.integers(1, 60), st.integers(0, 60))
def test_lower_bound_satisfies_its_definition(trials, successes):
    successes = min(successes, trials)
    p = lower_bound(successes, trials, 0.9)
    if successes:
        tail = sum(
            math.comb(trials, k) * p**k * (1 - p) ** (trials - k)
            for k in range(successes, trials + 1)
        )
        assert tail == pytest.approx(0.1, abs=1e-6)
        assert p <= successes / trials


@pytest.mark.parametrize(("k", "n", "confidence"), [(3, 2, 0.9), (1, 2, 1.0)])
def test_no_sample_is_refused(k, n, confidence):
    with pytest.raises(ValueError, match=r"sample|confidence"):
        lower_bound(k, n, confidence)
