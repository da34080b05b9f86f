"""Whether a polygon's outline crosses itself."""

from collections.abc import Sequence

Point = tuple[float, float]


def crosses_itself(points: Sequence[Point]) -> bool:
    """Whether two sides of a closed outline meet anywhere but at a shared corner."""
    count = len(points)
    sides = [(points[i], points[(i + 1) % count]) for i in range(count)]
    for i in range(count):
        for j in range(i + 1, count):
            neighbours = j == i + 1 or (i == 0 and j == count - 1)
            if neighbours and _folds_back(sides[i], sides[j]):
                return True
            if not neighbours and _meet(sides[i], sides[j]):
                return True
    return False


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _within(a: Point, b: Point, c: Point) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _meet(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    (a, b), (c, d) = first, second
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    touches = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(t == 0 and _within(*p) for t, p in zip(turns, touches, strict=True))


def _folds_back(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether the next side runs back along the one before it."""
    corner = first[1] if first[1] in second else first[0]
    ends = [p for side in (first, second) for p in side if p != corner]
    if len(ends) != 2:
        return True  # a side of no length
    along = (ends[0][0] - corner[0]) * (ends[1][0] - corner[0])
    along += (ends[0][1] - corner[1]) * (ends[1][1] - corner[1])
    return _turn(corner, ends[0], ends[1]) == 0 and along > 0
