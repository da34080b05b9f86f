"""What the screens call things: the reports' words, and figures as a screen says them."""

from dataclasses import dataclass
from decimal import Decimal

from supplies.catalogue import Evidence
from supplies.reports import words as reports
from supplies.ui import texts

BADGE_COLOUR = {
    "found": "green",
    "derived": "blue",
    "recalled": "violet",
    "assumed": "orange",
    "estimated": "yellow",
    "mixed": "gray",
    "sample": "red",
}


@dataclass(frozen=True)
class Words(reports.Words):
    """A city's names in one language (``zh`` or ``en``), with the texts of the screens."""

    def text(self, key: str, **values: object) -> str:
        """Return a text of the catalogue; see `supplies.ui.texts.text`."""
        return texts.text(self.lang, key, **values)

    def known(self, key: str) -> str | None:
        """Return a text, or ``None`` where the catalogue has no such key."""
        return texts.known(self.lang, key)

    def confidence(self, key: str) -> str:
        """Return how far a source is trusted."""
        return self.known(f"confidence.{key}") or key

    def river(self, name: str) -> str:
        """Return a river's name."""
        return self.known(f"river.{name}") or name

    def short(self, code: str) -> str:
        """Return an area's own name, without its county's."""
        area = self.city.areas.get(code)
        return self.pick(area.name_zh, area.name_en) if area else code

    def node(self, key: str) -> str:
        """Return the name of a place on the road graph."""
        node = self.city.roads.nodes.get(key)
        return self.pick(node.name_zh, node.name_en) if node else key

    def hazard(self, key: str) -> str:
        """Return a hazard's name."""
        return self.term("hazard", key)

    def tier(self, key: str) -> str:
        """Return a tier's name."""
        return self.term("tier", key)

    def evidence(self, key: str) -> str:
        """Return how a figure came to stand here, in one word."""
        return self.term("evidence", key)

    def badge(self, evidence: Evidence | str) -> str:
        """Return the coloured mark (Streamlit markdown) of a figure's evidence."""
        colour = BADGE_COLOUR.get(str(evidence), "gray")
        return f":{colour}-badge[{self.evidence(str(evidence))}]"

    def quantity(self, value: float | Decimal, item: str) -> str:
        """Return a quantity with its unit."""
        return f"{number(value)} {self.unit(item)}".strip()

    def money(self, value: float | Decimal) -> str:
        """Return yuan, rounded as a reader says it."""
        amount = float(value)
        if self.lang == "zh":
            if abs(amount) >= 1e8:
                return f"{amount / 1e8:,.2f} 亿元"
            return f"{amount / 1e4:,.1f} 万元" if abs(amount) >= 1e4 else f"{amount:,.0f} 元"
        if abs(amount) >= 1e6:
            return f"¥{amount / 1e6:,.2f} M"
        return f"¥{amount / 1e3:,.1f} k" if abs(amount) >= 1e4 else f"¥{amount:,.0f}"

    def message(self, key_or_text: str) -> str:
        """Return a step's progress message: a catalogue text where it names one."""
        return texts.known(self.lang, f"progress.{key_or_text}") or key_or_text


def number(value: float | Decimal) -> str:
    """Return a figure with thousands separators and no idle decimals."""
    if float(value) == int(value):
        return f"{int(value):,}"
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


def clock(seconds: float) -> str:
    """Return seconds from the start as hours and minutes, for example ``+2:05``."""
    minutes = round(seconds / 60)
    return f"+{minutes // 60}:{minutes % 60:02d}"
