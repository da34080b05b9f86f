"""What is needed, and whether the stock can meet it in time."""

from collections.abc import Iterable

import pandas as pd

from supplies.city import City
from supplies.plan import Readiness, Requirement, Scenario
from supplies.reports.titles import Row, frame
from supplies.reports.words import Words

NEED_KEYS = (
    "tier", "area", "hazard", "category", "item", "deadline_h", "quantity", "unit", "arithmetic",
    "clause", "evidence",
)  # fmt: skip
READINESS_KEYS = (
    "tier", "area", "hazard", "coverage", "covered", "weakest", "weakest_share", "short_items",
    "witness",
)  # fmt: skip
SHORTAGE_KEYS = ("tier", "area", "hazard", "item", "deadline_h", "short", "unit", "value")


def clauses_of(requirement: Requirement) -> tuple[str, ...]:
    """Return the clauses behind a requirement, each once, in the order of its terms."""
    return tuple(dict.fromkeys(term.clause for term in requirement.terms if term.clause))


def need_rows(words: Words, scenarios: Iterable[Scenario]) -> list[Row]:
    """Return one row for each scenario, item and deadline; quantities are cumulative."""
    return [
        {
            "tier": words.term("tier", scenario.tier),
            "area": words.area(scenario.area),
            "hazard": words.term("hazard", scenario.hazard),
            "category": words.category(need.item),
            "item": words.item(need.item),
            "deadline_h": deadline,
            "quantity": quantity,
            "unit": words.unit(need.item),
            "arithmetic": words.arithmetic(need.terms),
            "clause": "\n".join(clauses_of(need)),
            "evidence": words.term("evidence", need.evidence),
        }
        for scenario in scenarios
        for need in scenario.requirements
        for deadline, quantity in sorted(need.by_deadline.items())
    ]


def need_frame(city: City, scenarios: Iterable[Scenario], lang: str = "zh") -> pd.DataFrame:
    """Return Level-I need with its arithmetic and the clause behind each figure."""
    return frame(NEED_KEYS, need_rows(Words(city, lang), scenarios), lang)


def readiness_rows(words: Words, readiness: Readiness) -> list[Row]:
    """Return one row for each unit and hazard, with its witness in words."""
    return [
        {
            "tier": words.term("tier", row.tier),
            "area": words.area(row.area),
            "hazard": words.term("hazard", row.hazard),
            "coverage": row.coverage,
            "covered": words.pick("能", "yes") if row.covered else words.pick("不能", "no"),
            "weakest": words.item(row.weakest) if row.weakest else None,
            "weakest_share": row.weakest_share if row.weakest else None,
            "short_items": len({s.item for s in row.short}),
            "witness": words.witness(row),
        }
        for row in readiness.rows
    ]


def readiness_frame(city: City, readiness: Readiness, lang: str = "zh") -> pd.DataFrame:
    """Return who can run one Level-I response with today's stock, and the witness."""
    return frame(READINESS_KEYS, readiness_rows(Words(city, lang), readiness), lang)


def shortage_rows(words: Words, readiness: Readiness) -> list[Row]:
    """Return one row for each unit, hazard, item and deadline that is short."""
    rows: list[Row] = []
    for row in readiness.rows:
        for short in row.short:
            item = words.city.items.get(short.item)
            rows.append(
                {
                    "tier": words.term("tier", row.tier),
                    "area": words.area(row.area),
                    "hazard": words.term("hazard", row.hazard),
                    "item": words.item(short.item),
                    "deadline_h": short.deadline_h,
                    "short": short.quantity,
                    "unit": words.unit(short.item),
                    "value": item.unit_price_cny * short.quantity if item else None,
                }
            )
    return rows


def shortage_frame(city: City, readiness: Readiness, lang: str = "zh") -> pd.DataFrame:
    """Return what is missing, by unit, hazard, item and deadline, at catalogue prices."""
    return frame(SHORTAGE_KEYS, shortage_rows(Words(city, lang), readiness), lang)
