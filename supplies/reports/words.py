"""What reports call things in each language: names from the city, terms from the glossary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from supplies.city import City
from supplies.errors import in_language
from supplies.plan import Cut, Failure, NeedTerm, ReadinessRow
from supplies.tiers import Tier

Pair = tuple[str, str]

TERMS: Mapping[str, Mapping[str, Pair]] = {
    "tier": {
        "city": ("市级", "City"),
        "county": ("县级", "County"),
        "township": ("乡镇(街道)", "Township"),
        "community": ("村(社区)", "Community"),
        "household": ("家庭", "Household"),
    },
    # in the stock sheet: words that the importer takes for an owner, and never for a header
    "owner": {
        "city": ("市级", "City-owned"),
        "county": ("县级", "County-owned"),
        "township": ("乡镇级", "Township-owned"),
        "community": ("社区级", "Community-owned"),
        "household": ("家庭", "Household"),
    },
    "hazard": {
        "flood": ("洪涝", "Flood"),
        "drought": ("干旱", "Drought"),
        "geological": ("地质灾害", "Geological hazard"),
        "forest_fire": ("森林火灾", "Forest fire"),
        "ice_snow": ("低温雨雪冰冻", "Ice and snow"),
        "earthquake": ("地震", "Earthquake"),
        "hazmat": ("危化品事故", "Hazardous chemicals"),
        "mine": ("矿山事故", "Mine accident"),
        "epidemic": ("突发公共卫生事件", "Public health emergency"),
        "all": ("各灾种", "All hazards"),
    },
    "evidence": {
        "found": ("有据", "found"),
        "derived": ("推算", "derived"),
        "recalled": ("回忆", "recalled"),
        "assumed": ("假定", "assumed"),
        "estimated": ("估计", "estimated"),
        "mixed": ("混合", "mixed"),
        "sample": ("样例", "sample"),
    },
    "mode": {
        "own": ("各级自备", "Each unit on its own"),
        "nested": ("逐级支援", "Upper tiers support lower ones"),
        "pooled": ("全市统筹", "Pooled over the city"),
    },
    "status": {
        "optimal": ("已证明最优(在允许误差内)", "Proven optimal within the gap asked for"),
        "feasible": ("可行, 尚未证明最优", "Feasible, not proven optimal"),
        "infeasible": ("无可行解", "Infeasible"),
        "unknown": ("未得出结果", "No result"),
    },
    "condition": {
        "usable": ("可用", "usable"),
        "inspect": ("待检", "to inspect"),
        "damaged": ("损坏", "damaged"),
    },
    "source_mode": {
        "physical": ("实物", "physical"),
        "held": ("代储", "held"),
        "borrowed": ("借入", "borrowed"),
        "agreement": ("协议", "agreement"),
        "capacity": ("产能", "capacity"),
    },
    "reason": {
        "expired": ("已过期", "Expired"),
        "expiring": ("响应期内将到期", "Expires during a response"),
        "damaged": ("损坏", "Damaged"),
        "inspect": ("待检, 未检前不计入储备", "To inspect; not counted until passed"),
    },
    "basis": {
        "share": ("比例", "share"),
        "per_evacuee": ("转移安置人员", "evacuees"),
        "per_evacuee_day": ("转移安置人员", "evacuees"),
        "per_sheltered": ("集中安置人员", "sheltered people"),
        "per_sheltered_day": ("集中安置人员", "sheltered people"),
        "per_shelter": ("安置点", "shelters"),
        "per_km_dyke": ("公里堤防", "km of dyke"),
        "per_km_road_day": ("公里公路", "km of road"),
        "per_township": ("乡镇(街道)", "townships"),
        "per_village": ("村(社区)", "villages"),
        "per_county": ("县", "counties"),
        "per_city": ("市", "cities"),
        "per_team": ("支队伍", "teams"),
        "per_rescuer": ("救援人员", "rescuers"),
        "per_rescuer_day": ("救援人员", "rescuers"),
        "per_collapsed_site": ("倒塌现场", "collapsed sites"),
        "per_casualty": ("伤员", "casualties"),
        "per_incident": ("起事件", "incidents"),
        "per_store": ("储备库", "storehouses"),
        "per_household": ("户", "households"),
        "household_kit": ("人(家庭应急包抵扣)", "people (household kits)"),
        "fixed": ("固定配备", "fixed"),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """A city's names and the terms of reports in one language (``zh`` or ``en``)."""

    city: City
    lang: str

    def pick(self, zh: str, en: str) -> str:
        """Return one of two texts by language; an empty one gives way to the other."""
        return (zh or en) if self.lang == "zh" else (en or zh)

    def term(self, group: str, name: str) -> str:
        """Return a term of the glossary; the name itself where there is none."""
        pair = TERMS[group].get(name)
        return self.pick(*pair) if pair else name

    @property
    def city_name(self) -> str:
        """The city's name."""
        return self.pick(self.city.name_zh, self.city.name_en)

    def area(self, code: str) -> str:
        """Return an area's name; a township's with its county's before it."""
        area = self.city.areas.get(code)
        if area is None:
            return code
        name = self.pick(area.name_zh, area.name_en)
        if area.tier in (Tier.CITY, Tier.COUNTY):
            return name
        county = self.city.areas.get(self.city.ancestor(code, Tier.COUNTY) or "")
        if county is None:
            return name
        return self.pick(f"{county.name_zh}{area.name_zh}", f"{name}, {county.name_en}")

    def item(self, key: str) -> str:
        """Return an item's name."""
        item = self.city.items.get(key)
        return self.pick(item.name_zh, item.name_en) if item else key

    def unit(self, key: str) -> str:
        """Return the unit an item is counted in."""
        item = self.city.items.get(key)
        return self.pick(item.unit_zh, item.unit_en) if item else ""

    def category(self, key: str) -> str:
        """Return an item's category."""
        item = self.city.items.get(key)
        return self.pick(item.category_zh, item.category_en) if item else ""

    def vehicle(self, key: str) -> str:
        """Return a vehicle class's name."""
        kind = self.city.vehicles.get(key)
        return self.pick(kind.name_zh, kind.name_en) if kind else key

    def truck(self, vehicle: str, kind: str) -> str:
        """Return what a vehicle is called: its class, and its number at home."""
        _, mark, number_at_home = vehicle.rpartition("#")
        return f"{self.vehicle(kind)} {mark}{number_at_home}" if mark else vehicle

    def plate(self, vehicle: str) -> str:
        """Return which vehicle it is: its home and number; a number plate as it is."""
        home, mark, number_at_home = vehicle.partition("@")[2].rpartition("#")
        return f"{self.source(home)} #{number_at_home}" if mark else vehicle

    @cached_property
    def _suppliers(self) -> Mapping[str, str]:
        return {a.supplier: a.supplier_name for a in self.city.agreements}

    def source(self, key: str) -> str:
        """Return the name of a storehouse or of a supplier; the key where it is neither."""
        site = self.city.sites.get(key)
        if site is not None:
            return self.pick(site.name_zh, site.name_en)
        # A promise goes by "supplier|owner|item", a call-off by "supplier:id".
        supplier = key.removeprefix("supplier:").partition("|")[0]
        return self._suppliers.get(supplier, key)

    def failure(self, failure: Failure) -> str:
        """Return what was lost: a storehouse, or the road between two places."""
        if failure.kind == "site":
            return self.source(failure.failure)
        nodes = [self.city.roads.nodes[name] for name in failure.failure.split("|")]
        ends = " – ".join(self.pick(node.name_zh, node.name_en) for node in nodes)
        return self.pick(f"道路 {ends}", f"road {ends}")

    def said(self, text: str) -> str:
        """Return the reader's half of a text that planning gives as ``Chinese | English``."""
        return in_language(text, self.lang)

    def hours(self, hours: float) -> str:
        """Return a deadline in words."""
        return self.pick(f"{hours:g} 小时", f"{hours:g} h")

    def listed(self, names: Iterable[str], most: int = 6) -> str:
        """Return names as one phrase, the first few spelled out."""
        every = list(dict.fromkeys(names))
        phrase = self.pick("、", ", ").join(every[:most])
        if len(every) > most:
            phrase += self.pick(f"等 {len(every)} 处", f" and {len(every) - most} more")
        return phrase

    def goods(self, quantity: float, item: str) -> str:
        """Return a quantity with unit and name."""
        return f"{self.item(item)} {figure(quantity)} {self.unit(item)}"

    def term_sum(self, term: NeedTerm) -> str:
        """Return one norm's arithmetic as a reader would check it on paper."""
        parts = [f"{figure(term.basis_count)} {self.term('basis', term.basis)}"]
        parts.append(f"{term.norm_quantity:g}")
        if term.days != 1:
            parts.append(self.pick(f"{term.days:g} 天", f"{term.days:g} d"))
        if term.spare:
            parts.append(f"{1 + term.spare:g}")
        return " × ".join(parts) + f" = {figure(term.quantity)}"

    def arithmetic(self, terms: Sequence[NeedTerm]) -> str:
        """Return the sums of all terms, one a line, and their total when there are several."""
        lines = [self.term_sum(term) for term in terms]
        if len(terms) > 1:
            total = sum(term.quantity for term in terms)
            lines.append(self.pick(f"合计 {figure(total)}", f"total {figure(total)}"))
        return "\n".join(lines)

    def cut(self, cut: Cut) -> str:
        """Return a witness of "no" as one sentence a reader can check."""
        supply = {key: value for key, value in cut.supply.items() if value}
        have, unit = sum(supply.values()), self.unit(cut.item)
        sources = self.listed(f"{self.source(k)} {v:,}" for k, v in sorted(supply.items()))
        places = self.listed((self.area(code) for code in cut.places), most=3)
        if self.lang == "zh":
            reach = f"时限内能到的只有{sources}, 共 {have:,} {unit}" if supply else "时限内无货可到"
            return (
                f"{self.item(cut.item)}: {cut.deadline_h} 小时内{places}需 {cut.need:,} {unit}, "
                f"{reach}, 缺 {cut.need - have:,} {unit}"
            )
        reach = f"only {sources} ({have:,} in all) arrive in time" if supply else "none arrives"
        return (
            f"{self.item(cut.item)}: {places} need {cut.need:,} within {cut.deadline_h} h, "
            f"{reach}; short of {cut.need - have:,}"
        )

    def witness(self, row: ReadinessRow) -> str:
        """Return why a unit is covered or not, in words."""
        if row.cuts:
            return self.cut(max(row.cuts, key=lambda c: (c.need - sum(c.supply.values()), c.item)))
        if row.short:
            worst = max(row.short, key=lambda s: (s.quantity, s.item))
            return self.pick("缺: ", "short: ") + self.goods(worst.quantity, worst.item)
        return self.pick(
            f"可送达, 共 {len(row.flows)} 笔分配" if row.flows else "需求可在时限内满足",
            f"allocation of {len(row.flows)} flows" if row.flows else "met in time",
        )


def figure(value: float) -> str:
    """Return a figure for reading: thousands set apart, two decimals where it is not whole."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value != int(value) else f"{int(value):,}"
