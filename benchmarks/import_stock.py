"""How much reading and matching a storehouse workbook costs over bare reading of its cells.

Run from the checkout: `python benchmarks/import_stock.py`. Prints ratios of one run: machines are
noisy, so absolute times mean little. The fastest of several turns counts for both sides.
"""

import resource
from collections.abc import Callable
from pathlib import Path

from python_calamine import CalamineWorkbook

from supplies.excel.read import read_workbook
from supplies.files import default_city_dir, load_city

TURNS = 5


def fastest(work: Callable[[], object]) -> float:
    """Return the least CPU seconds of some turns."""
    least = float("inf")
    for _ in range(TURNS):
        start = spent()
        work()
        least = min(least, spent() - start)
    return least


def spent() -> float:
    """Return the CPU seconds of this process and of those it has waited for: parsing is a child."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def cells(path: Path) -> int:
    """Read every cell and do nothing with it."""
    book = CalamineWorkbook.from_path(str(path))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def main() -> None:
    """Print one line a workbook."""
    folder = default_city_dir()
    city = load_city(folder)
    for path in sorted((folder / "workbooks").glob("*.xlsx")):
        rows = read_workbook(path, path.name, city).read
        bare = fastest(lambda path=path: cells(path))
        ours = fastest(lambda path=path: read_workbook(path, path.name, city))
        print(f"{path.name}: {rows} rows, {ours / bare:.1f} x bare reading of the cells")


if __name__ == "__main__":
    main()
