"""The arithmetic of norms: from one case to what it asks, item by item, with its clauses.

Two kinds of norm speak of an item. *Event norms* count what a response uses (people, rescuers,
dyke, sites) and add up. *Standing norms* (``per_city per_county per_township per_village``) say
what a unit must hold anyway; they include what an event uses, so the larger of the two binds.
Household kits in date are credited against what people need, by the lower confidence bound of
the survey.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from models import demand
from supplies.catalogue import Evidence, Item, Norm
from supplies.city import City
from supplies.plan import NeedTerm, People, Requirement
from supplies.tiers import Tier

_STANDING = {"per_city", "per_county", "per_township", "per_village", "per_household"}
_ON_PEOPLE = {
    "per_evacuee",
    "per_evacuee_day",
    "per_sheltered",
    "per_sheltered_day",
    "per_shelter",
}
_CREDITED = _ON_PEOPLE - {"per_shelter"}
_SPARED = _ON_PEOPLE | {"per_rescuer", "per_rescuer_day"}
_NORM_TIER = {Tier.COMMUNITY: "village"}
_TIER_ORDER = ("national", "province", "city", "county", "township", "village", "household")
_LEAST_SURE_FIRST = (
    Evidence.SAMPLE,
    Evidence.ASSUMED,
    Evidence.ESTIMATED,
    Evidence.RECALLED,
    Evidence.MIXED,
    Evidence.DERIVED,
    Evidence.FOUND,
)
# Content of one catalogue unit in the kit list's unit, where the two differ.
_KIT_CONTENT = {
    ("water-bottled", "L"): 13.2,
    ("biscuit-compressed", "kg"): 10.0,
    ("food-canned", "听"): 24.0,
    ("mask-surgical-50", "只"): 50.0,
}


def norm_tier(tier: Tier) -> str:
    """Return the word norms and catalogue use for a tier."""
    return _NORM_TIER.get(tier, tier.value)


def tier_may_hold(tier: Tier, item: Item) -> bool:
    """Whether a tier is high enough to hold an item; lower ones call it up from there."""
    return _TIER_ORDER.index(norm_tier(tier)) <= _TIER_ORDER.index(item.lowest_holding_tier)


def weakest(evidence: Iterable[Evidence]) -> Evidence:
    """Return the least sure kind of evidence among some; a sum is as sure as its weakest part."""
    return min(evidence, key=_LEAST_SURE_FIRST.index, default=Evidence.ASSUMED)


@dataclass(frozen=True, slots=True)
class Case:
    """One response of one area to one hazard: what the norms are applied to."""

    city: City
    tier: Tier
    area: str
    hazard: str
    people: People

    def count(self, basis: str) -> float:
        """Return the basis units of this case, by the word the norms use."""
        people = self.people
        known: Mapping[str, float] = {
            "per_evacuee": people.evacuated,
            "per_evacuee_day": people.evacuated,
            "per_sheltered": people.sheltered,
            "per_sheltered_day": people.sheltered,
            "per_shelter": people.shelters,
            "per_rescuer": people.rescuers,
            "per_rescuer_day": people.rescuers,
            "per_household": self.city.areas[self.area].households,
            "per_city": 1.0,
            "per_county": 1.0,
            "per_township": 1.0,
            "per_village": 1.0,
        }
        if basis in known:
            return float(known[basis])
        return self.city.base_count(self.tier, self.area, self.hazard, basis)


def requirements(
    case: Case, footprint: Mapping[str, float], *, standing: bool
) -> tuple[Requirement, ...]:
    """Return what one scenario asks, item by item.

    Parameters
    ----------
    footprint
        Places and their weights; the need is split over them.
    standing
        Whether what a unit must hold anyway counts; a real incident asks only for what it uses.
    """
    city = case.city
    spare = city.parameter("#spare", case.hazard, 0.0)
    found = []
    for item, norms in _norms_by_item(city, case.tier, case.hazard).items():
        event = [_term(n, case, spare) for n in norms if n.basis not in _STANDING]
        held = [_term(n, case, 0.0) for n in norms if n.basis in _STANDING] if standing else []
        credit = _kit_credit(case, item, event)
        need, terms = _combine(city, norms, event, held, credit)
        if not any(need.values()):
            continue
        places = demand.by_place(need, footprint) if footprint else {}
        found.append(
            Requirement(
                tier=case.tier,
                area=case.area,
                hazard=case.hazard,
                item=item,
                critical=any(n.critical for n in norms),
                by_deadline=need,
                by_place=places,
                terms=tuple(terms),
                evidence=weakest(t.evidence for t in terms),
            )
        )
    return tuple(found)


def _norms_by_item(city: City, tier: Tier, hazard: str) -> dict[str, list[Norm]]:
    """Return the norms that apply, by item that the tier may hold."""
    word = norm_tier(tier)
    groups: dict[str, list[Norm]] = {}
    for norm in city.norms:
        if norm.item.startswith("#") or norm.quantity <= 0 or not norm.applies(word, hazard):
            continue
        # A costly item is called up from its own tier, unless a norm asks this tier by name.
        if word not in norm.tiers and not tier_may_hold(tier, city.items[norm.item]):
            continue
        groups.setdefault(norm.item, []).append(norm)
    return groups


def _term(norm: Norm, case: Case, spare: float) -> NeedTerm:
    count = case.count(norm.basis)
    days = norm.duration_days if norm.basis.endswith("_day") else 1.0
    extra = spare if norm.basis in _SPARED else 0.0
    return NeedTerm(
        norm=norm.id,
        basis=norm.basis,
        basis_count=count,
        norm_quantity=norm.quantity,
        days=days,
        spare=extra,
        quantity=demand.total(count, norm.quantity, days, extra),
        clause=norm.clause,
        source=norm.source,
        evidence=norm.evidence,
        confidence=norm.confidence,
    )


def _kit_credit(case: Case, item: str, terms: Sequence[NeedTerm]) -> NeedTerm | None:
    """Return what household kits in date cover of the people's need, as a negative term."""
    city, people = case.city, case.people
    wanted = sum(t.quantity for t in terms if t.basis in _CREDITED)
    lines = [k for k in city.kit if k.item == item]
    share = _kit_share(city, case.area)
    if wanted <= 0 or not lines or share <= 0:
        return None
    home = city.areas[case.area]
    size = home.population / home.households if home.households else 3.0
    per_person = sum(
        (k.per_person + k.per_household / size) / _KIT_CONTENT.get((item, k.unit_zh), 1.0)
        for k in lines
    )
    # Only the kits of those who would be given the goods count against them.
    everyone = any(t.basis.startswith("per_evacuee") for t in terms)
    owners = people.evacuated if everyone else people.sheltered
    credit = min(owners * share * per_person, wanted)
    return NeedTerm(
        norm=lines[0].id,
        basis="household_kit",
        basis_count=owners,
        norm_quantity=-share * per_person,
        days=1.0,
        spare=0.0,
        quantity=-credit,
        clause="家庭应急物资储备建议清单：入户调查（置信下限）抵扣",
        source=lines[0].source,
        evidence=Evidence.SAMPLE,
        confidence="low",
    )


@lru_cache(maxsize=64)
def _bound(with_kit: int, asked: int, confidence: float) -> float:
    return demand.lower_bound(with_kit, asked, confidence)


def _kit_share(city: City, area: str) -> float:
    """Return the surveyed share of households with a kit, lower bound, of the county or all."""
    confidence = city.parameters.household_confidence
    county = city.survey.get(city.ancestor(area, Tier.COUNTY) or "")
    chosen = [county] if county else list(city.survey.values())
    asked = sum(s.asked for s in chosen)
    return _bound(sum(s.with_kit for s in chosen), asked, confidence) if asked else 0.0


def _combine(
    city: City,
    norms: Sequence[Norm],
    event: Sequence[NeedTerm],
    held: Sequence[NeedTerm],
    credit: NeedTerm | None,
) -> tuple[dict[int, int], list[NeedTerm]]:
    """Return the cumulative need and the terms that make it: event or standing norms."""
    share = {n.id: n.share_by for n in norms}
    hours = city.parameters.deadlines_h
    people = [(t.quantity, share[t.norm]) for t in event if t.basis in _CREDITED]
    if credit is not None:
        # Kits are at home from the first hour; they never feed the rescuers.
        people.append((credit.quantity, {0: 1.0}))
    others = [(t.quantity, share[t.norm]) for t in event if t.basis not in _CREDITED]
    used = _add(demand.by_deadline(people, hours), demand.by_deadline(others, hours))
    stand = demand.by_deadline([(t.quantity, share[t.norm]) for t in held], hours)
    need = {h: max(used[h], stand[h]) for h in hours}
    last = hours[-1]
    if stand[last] > used[last]:
        return need, list(held)
    return need, [t for t in (*event, *([credit] if credit else [])) if t.quantity]


def _add(a: Mapping[int, int], b: Mapping[int, int]) -> dict[int, int]:
    return {h: a[h] + b[h] for h in a}
