"""A rough Level-I need of one unit, only to draw sample stock that is of the right order."""

import math

from bases import HAZARDS
from tables import Row

STANDING = {"per_city", "per_county", "per_township"}
ON_PEOPLE = {"per_evacuee", "per_evacuee_day", "per_sheltered", "per_sheltered_day", "per_shelter"}
TIERS = ("national", "province", "city", "county", "township", "village", "household")
SPARE = 1.1


def evacuated(tier: str, population: int) -> float:
    """Return the people a tier unit evacuates in a Level-I response."""
    if tier == "city":
        return 50000
    if tier == "county":
        return min(7000.0, max(5000.0, population * 0.011))
    return min(1000.0, max(200.0, population * 0.015))


class Sizing:
    """The need of units by norms and bases."""

    def __init__(self, items: list[Row], norms: list[Row], bases: list[dict[str, object]]) -> None:
        self.lowest = {r["item_id"]: r["lowest_holding_tier"] for r in items}
        self.norms = [n for n in norms if n["use"] == "norm" and float(n["quantity"]) > 0]
        self.parameters = {
            (n["item_id"], h): float(n["quantity"])
            for n in norms
            if n["use"] == "parameter"
            for h in n["hazard"].split(";")
        }
        self.teams = {
            (n["tier"], n["hazard"]): float(n["quantity"])
            for n in norms
            if n["item_id"] == "#team_size"
        }
        self.bases = {
            (str(b["area"]), str(b["hazard"]), str(b["basis"])): float(str(b["count"]))
            for b in bases
        }

    def need(self, tier: str, area: str, population: int) -> dict[str, float]:
        """Return the largest need over hazards, by item."""
        need: dict[str, float] = {}
        for hazard in HAZARDS:
            counts = self._counts(tier, area, hazard, evacuated(tier, population))
            event: dict[str, float] = {}
            standing: dict[str, float] = {}
            for norm in self._applying(tier, hazard):
                basis = norm["basis"]
                days = float(norm["duration_days"] or 1) if basis.endswith("_day") else 1.0
                spare = SPARE if basis in ON_PEOPLE else 1.0
                part = counts.get(basis, 0.0) * float(norm["quantity"]) * days * spare
                group = standing if basis in STANDING else event
                group[norm["item_id"]] = group.get(norm["item_id"], 0.0) + part
            for item in {*event, *standing}:
                most = max(event.get(item, 0.0), standing.get(item, 0.0))
                need[item] = max(need.get(item, 0.0), most)
        return need

    def _applying(self, tier: str, hazard: str) -> list[Row]:
        result = []
        for norm in self.norms:
            tiers, hazards = norm["tier"].split(";"), norm["hazard"].split(";")
            may_hold = TIERS.index(tier) <= TIERS.index(self.lowest[norm["item_id"]])
            if tier not in tiers and not ("all" in tiers and may_hold):
                continue
            if {"all", hazard} & set(hazards):
                result.append(norm)
        return result

    def _counts(self, tier: str, area: str, hazard: str, people: float) -> dict[str, float]:
        def parameter(name: str, otherwise: float) -> float:
            rows = self.parameters
            return rows.get((name, hazard), rows.get((name, "all"), otherwise))

        moved = people * parameter("#scale_share", 1.0)
        sheltered = moved * parameter("#central_share", 0.2)
        counts = {
            "per_evacuee": moved,
            "per_evacuee_day": moved,
            "per_sheltered": sheltered,
            "per_sheltered_day": sheltered,
            "per_shelter": float(math.ceil(sheltered / 200)),
            "per_city": 1.0,
            "per_county": 1.0,
            "per_township": 1.0,
        }
        for place in ("township" if tier == "township" else area, area):
            for (where, what, basis), count in self.bases.items():
                if where == place and what == hazard:
                    counts[basis] = count
        team = self.teams.get((tier, hazard), self.teams.get((tier, "all"), 0.0))
        counts["per_rescuer"] = team * counts.get("per_team", 1.0)
        return counts
