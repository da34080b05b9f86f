"""Need: people x norm x days, by deadline and place.

Sets
    d in deadlines (hours, ascending), a in places
Parameters
    count        basis units (people, shelters, km of dyke)      (basis units)
    norm         goods per basis unit and day                    (item units)
    days         days the norm runs                              (days)
    spare        share added on top                              (-)
    share[d]     share that must be there by d, cumulative       (-)
    weight[a]    how much of the scenario falls on a place       (-)
Result
    need[d] = ceil(share[d] * count * norm * days * (1 + spare)), cumulative and non-decreasing
    split over places by largest remainder, so that places always add up to the whole

Source: the arithmetic of relief norms (Sphere Handbook 2018, chapter on standards); the lower
confidence bound is that of Clopper and Pearson (1934).
"""

import math
from collections.abc import Mapping, Sequence

from scipy.special import betaincinv

_ROUNDING = 1e-9


def total(count: float, norm: float, days: float, spare: float) -> float:
    """Return the goods one norm asks for, unrounded (item units)."""
    return count * norm * days * (1.0 + spare)


def by_deadline(
    parts: Sequence[tuple[float, Mapping[int, float]]], deadlines_h: Sequence[int]
) -> dict[int, int]:
    """Return the cumulative need by deadline of several parts, rounded up to whole units.

    Parameters
    ----------
    parts
        Pairs of an unrounded total and its cumulative share by deadline; a deadline that a part
        does not name takes the share of the latest earlier one (zero before the first).
    deadlines_h
        Ascending deadlines in hours.
    """
    need: dict[int, int] = {}
    floor = 0
    for deadline in deadlines_h:
        amount = 0.0
        for quantity, share_by in parts:
            reached = [share for d, share in share_by.items() if d <= deadline]
            amount += quantity * max(reached, default=0.0)
        floor = max(floor, math.ceil(amount - _ROUNDING))
        need[deadline] = floor
    return need


def split(quantity: int, weight: Mapping[str, float]) -> dict[str, int]:
    """Split whole units over places in proportion to their weights, by largest remainder.

    Ties go to the place that comes first by name, so that equal input gives equal output.

    Raises
    ------
    ValueError
        When there is something to split and no place with a positive weight.
    """
    whole = sum(weight.values())
    if quantity == 0:
        return dict.fromkeys(weight, 0)
    if whole <= 0:
        raise ValueError("no place to give the need to")
    exact = {place: quantity * w / whole for place, w in weight.items()}
    given = {place: math.floor(x + _ROUNDING) for place, x in exact.items()}
    rest = quantity - sum(given.values())
    order = sorted(weight, key=lambda place: (given[place] - exact[place], place))
    for place in order[:rest]:
        given[place] += 1
    return given


def by_place(need: Mapping[int, int], weight: Mapping[str, float]) -> dict[str, dict[int, int]]:
    """Split a cumulative need over places; each place's need is cumulative too."""
    so_far = dict.fromkeys(weight, 0)
    result: dict[str, dict[int, int]] = {place: {} for place in weight}
    before = 0
    for deadline in sorted(need):
        for place, more in split(need[deadline] - before, weight).items():
            so_far[place] += more
            result[place][deadline] = so_far[place]
        before = need[deadline]
    return result


def lower_bound(successes: int, trials: int, confidence: float) -> float:
    """Return the one-sided lower confidence bound of a share seen in a sample; 0 without one.

    Raises
    ------
    ValueError
        When there are more successes than trials, or the confidence is outside (0, 1).
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no sample")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence:g}")
    if successes == 0:
        return 0.0
    return float(betaincinv(successes, trials - successes + 1, 1 - confidence))
