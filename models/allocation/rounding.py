"""From shares to whole units, and the check that needs no solver."""

from collections import defaultdict
from collections.abc import Sequence

from models.allocation.problem import AllocationProblem, Line

_SLACK = 1e-6


def brought(problem: AllocationProblem, units: Sequence[int]) -> dict[int, int]:
    """Return units brought by line."""
    total: dict[int, int] = defaultdict(int)
    for option, quantity in zip(problem.options, units, strict=True):
        total[option.line] += quantity
    return total


def whole_units(problem: AllocationProblem, shares: Sequence[float]) -> list[int]:
    """Round shares to whole units: never above stock or need, and as full as stock allows.

    Floors first; what is missing then goes to the options with the largest remainders, then to
    any other option of the line that still has stock, those in time first. More urgent lines
    choose first. Lines of scarce kinds get no more than their shares: vehicles end them.
    """
    lines, left = problem.lines, dict(problem.stock)
    units = [0] * len(shares)
    by_line: dict[int, list[int]] = defaultdict(list)
    for index, option in enumerate(problem.options):
        line = lines[option.line]
        by_line[option.line].append(index)
        key = (option.source, line.item)
        wanted = int(shares[index] * line.quantity + _SLACK)
        units[index] = min(wanted, left.get(key, 0))
        left[key] = left.get(key, 0) - units[index]
    for number in sorted(by_line, key=lambda i: (lines[i].priority, i)):
        line = lines[number]
        wanted = line.quantity
        if line.kind in problem.scarce_h:
            wanted = round(sum(shares[i] for i in by_line[number]) * line.quantity)
        missing = min(wanted, line.quantity) - sum(units[i] for i in by_line[number])

        def rank(i: int, line: Line = line) -> tuple[bool, float, float]:
            exact = shares[i] * line.quantity
            option = problem.options[i]
            return (option.late and exact < _SLACK, units[i] - exact, option.preference)

        for index in sorted(by_line[number], key=rank):
            key = (problem.options[index].source, line.item)
            more = max(0, min(missing, left.get(key, 0)))
            # Too many can only come from rounding noise in the solver's shares.
            units[index] += more
            left[key] = left.get(key, 0) - more
            missing -= more
    return units


def check(problem: AllocationProblem, units: Sequence[int]) -> list[str]:
    """Return what is wrong with whole units by option; empty when sound."""
    faults = []
    drawn: dict[tuple[str, str], int] = defaultdict(int)
    for option, quantity in zip(problem.options, units, strict=True):
        if quantity < 0:
            faults.append(f"option of line {option.line} from {option.source} is negative")
        drawn[option.source, problem.lines[option.line].item] += quantity
    for (source, item), quantity in sorted(drawn.items()):
        have = problem.stock.get((source, item), 0)
        if quantity > have:
            faults.append(f"{source} gives {quantity} of {item} and holds {have}")
    for index, total in sorted(brought(problem, units).items()):
        if total > problem.lines[index].quantity:
            faults.append(f"line {index} gets {total}, needs {problem.lines[index].quantity}")
    return faults
