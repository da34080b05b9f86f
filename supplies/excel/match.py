"""Tell which catalogue item the words of a sheet mean, or suggest; never guess."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from supplies.catalogue import Item
from supplies.city import City
from supplies.excel.columns import plain
from supplies.excel.specs import (
    ALIKE,
    BRACKET,
    JUNK,
    contents,
    contradicts,
    same_words,
    sizes,
    without_lead,
)
from supplies.excel.units import is_unit

SUGGESTED = 3
KEPT_MAX = 100_000
_SCORE_MIN = 45.0
# A code that names one item while its name is this near to another is doubtful.
_NEAR, _FAR = 80.0, 50.0


@lru_cache(maxsize=65_536)
def normal(text: str) -> str:
    """Return a name as it is compared: NFKC, lower case, units in one spelling, no punctuation."""
    return JUNK.sub("", ALIKE.sub("x", same_words(text)))


@dataclass(frozen=True, slots=True)
class Match:
    """What a text means: an id, or the code of a rule and what it might be."""

    id: str | None
    problem: str = ""
    hint: str = ""
    suggestions: tuple[str, ...] = ()


class ItemIndex:
    """Finds catalogue items by id, name, alias, normalised name, or name with specification."""

    def __init__(self, city: City) -> None:
        self._items = city.items
        self._ids = {item.casefold(): item for item in city.items}
        self._exact: dict[str, str] = {}
        self._normal: dict[str, set[str]] = {}
        self._base: dict[str, set[str]] = {}
        self._cache: dict[tuple[str, str, str], Match] = {}
        self._sure: dict[str, bool] = {}
        for alias, target in city.item_aliases.items():
            if target in city.items:
                self._add(alias, target)
        for item in city.items.values():
            for name in (item.name_zh, item.name_en, item.id):
                self._add(name, item.id)
            base = BRACKET.sub("", unicodedata.normalize("NFKC", item.name_zh))
            if base != unicodedata.normalize("NFKC", item.name_zh):
                self._base.setdefault(normal(base), set()).add(item.id)
        self._words = list(self._normal)

    def _add(self, name: str, item: str) -> None:
        self._exact[name.strip()] = item
        self._normal.setdefault(normal(name), set()).add(item)

    def find(self, name: str, spec: str = "", code: str = "") -> Match:
        """Return the item that name, specification and code mean together."""
        key = (name, spec, code)
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) > KEPT_MAX:
                self._cache.clear()
            found = self._cache[key] = self._judge(name, spec, code)
        return found

    def is_item(self, text: str) -> bool:
        """Whether a text alone surely names an item."""
        sure = self._sure.get(text)
        if sure is None:
            names = self._spellings(text, "") if plain(text) else ()
            sure = any(len(self._normal.get(normal(name), ())) == 1 for name in names)
            self._sure[text] = sure
        return sure

    def _judge(self, name: str, spec: str, code: str) -> Match:
        by_code = self._ids.get(plain(code).casefold())
        if not plain(name):
            if by_code:
                return self._confirm(by_code, "", spec)
            missing = "item-unknown" if plain(code) else "item-missing"
            return self._refuse(missing, self._suggest(code))
        by_name = self._by_name(name, spec)
        if by_code and by_name.id and by_name.id != by_code:
            return self._refuse("item-code-conflict", (by_code, by_name.id))
        if by_code and by_name.problem != "item-spec-conflict":
            other = self._other(by_code, name, spec)
            return self._refuse("item-code-conflict", (by_code, other)) if other else Match(by_code)
        return by_name

    def _other(self, item: str, name: str, spec: str) -> str | None:
        """Return another item to which a name is near while it is far from the coded one."""
        if self._by_name(name, spec).id == item:
            return None
        scores = self._scores(name)
        best = max(scores, key=lambda other: scores[other], default=item)
        far = scores.get(item, 0.0) < _FAR
        return best if best != item and far and scores[best] >= _NEAR else None

    def _by_name(self, name: str, spec: str) -> Match:
        for text in self._spellings(name, spec):
            found = self._normal.get(normal(text), set())
            if len(found) > 1:
                exact = self._exact.get(text.strip())
                if exact is None or spec:
                    return self._refuse("item-ambiguous", sorted(found))
                found = {exact}
            if found:
                return self._confirm(next(iter(found)), name, spec)
        return self._by_base(name, spec)

    @staticmethod
    def _spellings(name: str, spec: str) -> Iterable[str]:
        """Yield the ways a name may be meant, the most literal first."""
        if spec:
            yield name + spec
            yield spec + name
        yield name
        wide = unicodedata.normalize("NFKC", name)
        inside = BRACKET.findall(wide)
        bare = BRACKET.sub("", wide)
        if inside and all(is_unit(word) for word in inside):
            yield bare
        elif inside:
            yield inside[-1] + bare
        shorter = without_lead(bare if all(is_unit(word) for word in inside) else wide)
        if shorter:
            if spec:
                yield spec + shorter
            yield shorter
            if inside and not is_unit(inside[-1]):
                yield inside[-1] + without_lead(bare)

    def _confirm(self, found: str, name: str, spec: str) -> Match:
        """Return the item unless the row's measures or words contradict those of the item."""
        item, says = self._items[found], f"{name} {spec}"
        has, told = sizes(item.name_zh), sizes(says)
        inside, packed = contents(item.name_zh), contents(says)
        if (
            any(unit in told and not numbers & told[unit] for unit, numbers in has.items())
            or (inside and packed and not inside & packed)
            or contradicts(item.name_zh, says)
        ):
            return self._refuse("item-spec-conflict", [found, *self._suggest(name + spec)])
        other = self._normal.get(normal(spec), set()) if spec else set()
        if other and found not in other:
            return self._refuse("item-ambiguous", [found, *sorted(other)])
        return Match(found)

    def _by_base(self, name: str, spec: str) -> Match:
        alike = self._base.get(normal(name)) or self._base.get(normal(without_lead(name)), set())
        says = sizes(f"{name} {spec}")
        fitting = [
            item
            for item in sorted(alike)
            if (has := sizes(self._items[item].name_zh))
            and all(numbers & says.get(unit, frozenset()) for unit, numbers in has.items())
        ]
        if len(fitting) == 1:
            return self._confirm(fitting[0], name, spec)
        if alike:
            code = "item-spec-conflict" if sizes(spec) else "item-spec-missing"
            return self._refuse(code, sorted(alike))
        parts = [part for part in name.replace("、", "/").split("/") if plain(part)]
        if len(parts) > 1:
            return self._one_of(parts, name, spec)
        return self._refuse("item-unknown", self._suggest(f"{name}{spec}", name))

    def _one_of(self, parts: list[str], name: str, spec: str) -> Match:
        """Return the item of names side by side ("单帐篷/12平米单帐篷") when all mean the same."""
        found = {self._by_name(part, spec).id for part in parts}
        if len(found) == 1 and (only := found.pop()):
            return Match(only)
        known = sorted(item for item in found if item)
        if len(known) > 1:
            return self._refuse("item-ambiguous", known)
        return self._refuse("item-unknown", [*known, *self._suggest(f"{name}{spec}", name)])

    def _scores(self, *texts: str) -> dict[str, float]:
        scores: dict[str, float] = {}
        for wanted in dict.fromkeys(normal(text)[:40] for text in texts):
            near = process.extract(
                wanted, self._words, scorer=fuzz.WRatio, limit=8, score_cutoff=_SCORE_MIN
            )
            for word, score, _ in near:
                for item in self._normal[word]:
                    scores[item] = max(scores.get(item, 0.0), score)
        return scores

    def _suggest(self, *texts: str) -> list[str]:
        scores = self._scores(*texts)
        return sorted(scores, key=lambda item: (-scores[item], item))[:SUGGESTED]

    def _refuse(self, code: str, items: Iterable[str]) -> Match:
        unique = tuple(dict.fromkeys(items))[: SUGGESTED + 1]
        return Match(None, code, self._hint(unique), unique)

    def _hint(self, ids: Iterable[str]) -> str:
        items = [self._items[item] for item in ids]
        if not items:
            return (
                "改用目录名称或编码, 或登记为别名 | "
                "use a catalogue name or id, or register it as an alias"
            )
        zh = "、".join(_label(item.name_zh, item) for item in items)
        en = ", ".join(_label(item.name_en, item) for item in items)
        return f"可能是: {zh}; 请改用其中一个名称或编码 | perhaps: {en}; use one of them"


def _label(name: str, item: Item) -> str:
    return f"{name} [{item.id}]"
