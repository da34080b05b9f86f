"""Build data/hengyang from the facts folder; the same facts give the same bytes.

Run from the root of a checkout::

    python data/build/build_hengyang.py --facts ../shared/facts [--out data/hengyang]

Published facts are carried over with their source and quality; what nobody published (stores,
stock, fleet, agreements, survey) is drawn from one seeded generator and marked ``sample``.
"""

import argparse
import random
from pathlib import Path

from areas import build_areas, build_maps, build_roads
from bases import build_bases, build_scales
from catalogue import build_aliases, build_items, build_kit, build_vehicles, copy_reference
from exposure import Scores, build_exposure
from incidents import build_incidents
from norms import build_norms
from places import build_fleet, build_sites, choose_points
from registers import build_registers
from rules import build_rules
from settings import build_settings
from sizing import Sizing
from stock import draw_stock
from stockbook import build_stockbook, write_lots
from suppliers import build_agreements, build_survey

SEED = 430400


def build(facts: Path, out: Path) -> None:
    """Write the whole city folder."""
    for folder in (out, out / "workbooks", out / "incidents"):
        folder.mkdir(parents=True, exist_ok=True)
    geography = facts / "hengyang"
    counties, townships = build_areas(geography, out)
    nodes, edges = build_roads(geography, out)
    build_maps(geography, out)
    items = build_items(facts, out)
    norms = build_norms(facts, out, items)
    build_aliases(out)
    build_kit(facts, out)
    build_vehicles(facts, out)
    copy_reference(facts, out)
    build_scales(out)
    build_rules(out)
    exposure = build_exposure(Scores(geography, townships, nodes), out)
    bases = build_bases(out, counties, townships, exposure)
    points = choose_points(townships, edges, exposure)
    sites = build_sites(out, counties, townships, points, random.Random(SEED))
    build_fleet(out, sites)
    agreements = build_agreements(out, counties, items, random.Random(SEED + 1))
    build_survey(out, counties, random.Random(SEED + 2))
    build_settings(out, counties)
    build_incidents(out, townships, exposure)
    people = {c["code"]: int(c["population_2020"]) for c in counties}
    people["430400"] = sum(people.values())
    people |= {t["code"]: int(t["population"]) for t in townships}
    sizing = Sizing(items, norms, bases)
    lots = draw_stock(sizing, items, sites, people, random.Random(SEED + 3))
    words = write_lots(lots, random.Random(SEED + 4))
    build_stockbook(out / "workbooks", sites, counties, words, random.Random(SEED + 5))
    build_registers(out / "workbooks", items, words, agreements, random.Random(SEED + 6))


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description="Build data/hengyang from published facts.")
    parser.add_argument("--facts", type=Path, required=True, help="folder of published facts")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "hengyang")
    arguments = parser.parse_args()
    build(arguments.facts, arguments.out)


if __name__ == "__main__":
    main()
