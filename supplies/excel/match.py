"""Tell which catalogue item and which site the words of a sheet mean, or suggest; never guess."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from supplies.catalogue import Item
from supplies.city import City
from supplies.excel.columns import plain
from supplies.tiers import Area, Site, Tier

_SAME = (
    ("平方米", "m2"),
    ("平米", "m2"),
    ("立方米", "m3"),
    ("千瓦", "kw"),
    ("公斤", "kg"),
    ("千克", "kg"),
    ("毫升", "ml"),
    ("英寸", "寸"),
    ("小时", "h"),
    ("分钟", "min"),
)
_JUNK = re.compile(r"[\s()\[\]{}【】〔〕《》<>\"'“”‘’,;:、。.·/\\_+\-]+")
_BRACKET = re.compile(r"\(([^()]*)\)")
_SIZE = re.compile(
    r"(\d+(?:\.\d+)?)"
    "(m2|m3/h|m3|kwh|kw|kg|ml|mm|cm|m|t/h|吨|l|升|寸|马力|min|h|w|方|人)"
)
_SUGGESTED = 3
_SCORE_MIN = 45.0


@lru_cache(maxsize=65_536)
def normal(text: str) -> str:
    """Return a name as it is compared: NFKC, lower case, units in one spelling, no punctuation."""
    text = plain(text).casefold()
    for long, short in _SAME:
        text = text.replace(long, short)
    return _JUNK.sub("", re.sub(r"(?<=[\d\w])[*×✕](?=\d)", "x", text))


def sizes(text: str) -> Mapping[str, frozenset[str]]:
    """Return the measures in a text by unit: ``"12㎡"`` gives ``{"m2": {"12"}}``."""
    text = plain(text).casefold()
    for long, short in _SAME:
        text = text.replace(long, short)
    found: dict[str, set[str]] = {}
    for number, unit in _SIZE.findall(text):
        found.setdefault(unit, set()).add(f"{float(number):g}")
    return {unit: frozenset(numbers) for unit, numbers in found.items()}


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
        self._exact: dict[str, str] = {}
        self._normal: dict[str, set[str]] = {}
        self._base: dict[str, set[str]] = {}
        self._cache: dict[tuple[str, str, str], Match] = {}
        for alias, target in city.item_aliases.items():
            if target in city.items:
                self._add(alias, target)
        for item in city.items.values():
            for name in (item.name_zh, item.name_en, item.id):
                self._add(name, item.id)
            base = _BRACKET.sub("", unicodedata.normalize("NFKC", item.name_zh))
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
            found = self._cache[key] = self._judge(name, spec, code)
        return found

    def is_item(self, text: str) -> bool:
        """Whether a text alone surely names an item."""
        names = self._spellings(text, "") if plain(text) else ()
        return any(len(self._normal.get(normal(name), ())) == 1 for name in names)

    def _judge(self, name: str, spec: str, code: str) -> Match:
        by_code = code.strip() if code.strip() in self._items else None
        if not plain(name):
            if by_code:
                return Match(by_code)
            return Match(
                None,
                "item-unknown" if plain(code) else "item-missing",
                self._hint(self._suggest(code)),
            )
        by_name = self._by_name(name, spec)
        if by_code and by_name.id and by_name.id != by_code:
            return self._refuse("item-code-conflict", (by_code, by_name.id))
        if by_code and by_name.problem != "item-spec-conflict":
            return Match(by_code)
        return by_name

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
        if spec:
            yield name + spec
            yield spec + name
        yield name
        bare = _BRACKET.sub("", unicodedata.normalize("NFKC", name))
        inside = _BRACKET.findall(unicodedata.normalize("NFKC", name))
        if inside and all(len(plain(word)) == 1 and not plain(word).isdigit() for word in inside):
            yield bare

    def _confirm(self, found: str, name: str, spec: str) -> Match:
        """Return the item unless the row's measures contradict those in the item's name."""
        has, says = sizes(self._items[found].name_zh), sizes(name + " " + spec)
        for unit, numbers in has.items():
            if unit in says and not numbers & says[unit]:
                return self._refuse("item-spec-conflict", [found, *self._suggest(name + spec)])
        other = self._normal.get(normal(spec), set()) if spec else set()
        if other and found not in other:
            return self._refuse("item-ambiguous", [found, *sorted(other)])
        return Match(found)

    def _by_base(self, name: str, spec: str) -> Match:
        alike = self._base.get(normal(name), set())
        says = sizes(spec)
        fitting = [
            item
            for item in sorted(alike)
            if (has := sizes(self._items[item].name_zh))
            and all(numbers & says.get(unit, frozenset()) for unit, numbers in has.items())
        ]
        if len(fitting) == 1:
            return Match(fitting[0])
        if alike:
            code = "item-spec-conflict" if says else "item-spec-missing"
            return self._refuse(code, sorted(alike))
        return self._refuse("item-unknown", self._suggest(f"{name}{spec}", name))

    def _suggest(self, *texts: str) -> list[str]:
        scores: dict[str, float] = {}
        for wanted in dict.fromkeys(normal(text)[:40] for text in texts):
            near = process.extract(
                wanted, self._words, scorer=fuzz.WRatio, limit=8, score_cutoff=_SCORE_MIN
            )
            for word, score, _ in near:
                for item in self._normal[word]:
                    scores[item] = max(scores.get(item, 0.0), score)
        ranked = sorted(scores, key=lambda item: (-scores[item], item))
        return ranked[:_SUGGESTED]

    def _refuse(self, code: str, items: Iterable[str]) -> Match:
        unique = tuple(dict.fromkeys(items))[: _SUGGESTED + 1]
        return Match(None, code, self._hint(unique), unique)

    def _hint(self, items: Iterable[str]) -> str:
        shown = "、".join(f"{_label(self._items[item])}" for item in items)
        if not shown:
            return "改用目录名称或编码, 或登记为别名"
        return f"可能是: {shown}; 请改用其中一个名称或编码"


def _label(item: Item) -> str:
    return f"{item.name_zh} [{item.id}]"


_STORE_WORDS = re.compile(
    r"应急管理局|应急局|应急|救灾|防汛抗旱|防汛|抗旱|物资|储备|中心|综合|仓库|库房|库|点|仓|站|示例"
)


class PlaceIndex:
    """Finds sites and areas by id, name, alias or what remains without words like 储备库."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._names: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        self._areas: dict[str, set[str]] = {}
        self._cache: dict[str, Match] = {}
        for site in city.sites.values():
            for name in (site.id, site.name_zh, site.name_en, *site.aliases):
                self._names.setdefault(normal(name), set()).add(site.id)
            for stem in self._site_stems(site):
                self._stems.setdefault(stem, set()).add(site.id)
        for area in city.areas.values():
            for name in (area.code, *_area_names(city, area)):
                self._areas.setdefault(normal(name), set()).add(area.code)

    def _site_stems(self, site: Site) -> set[str]:
        area = self._city.areas.get(site.area)
        stems = {self._stem(name) for name in (site.name_zh, *site.aliases)}
        if area is not None:
            stems |= {self._stem(name) for name in _area_names(self._city, area)}
        return {stem for stem in stems if len(stem) > 1}

    def _stem(self, text: str) -> str:
        stem = _STORE_WORDS.sub("", normal(text))
        for lead in ("湖南省", normal(self._city.name_zh)):
            if stem.startswith(lead) and stem != lead:
                stem = stem.removeprefix(lead)
        return stem

    def site(self, text: str) -> Match:
        """Return the site a text means; the problem is place-unknown or place-ambiguous."""
        found = self._cache.get(text)
        if found is None:
            found = self._cache[text] = self._judge(text)
        return found

    def _judge(self, text: str) -> Match:
        for index, key in ((self._names, normal(text)), (self._stems, self._stem(text))):
            sites = index.get(key, set())
            in_use = {site for site in sites if self._city.sites[site].status != "candidate"}
            sites = in_use or sites
            if len(sites) == 1:
                return Match(next(iter(sites)))
            if sites:
                return Match(
                    None, "place-ambiguous", self._hint(sorted(sites)), tuple(sorted(sites))
                )
        near = self._near(normal(text), self._names)
        return Match(None, "place-unknown", self._hint(near), tuple(near))

    def area(self, text: str, within: str | None = None) -> Match:
        """Return the area a text names, in another area when that is given."""
        codes = sorted(self._areas.get(normal(text), set()))
        if within is not None and len(codes) > 1:
            codes = [code for code in codes if self._city.inside(code, within)]
        if len(codes) == 1:
            return Match(codes[0])
        if not codes:
            near = self._near(normal(text), self._areas)
            names = "、".join(self._city.areas[code].name_zh for code in near)
            hint = f"可能是: {names}" if names else "写行政区划全称"
            return Match(None, "area-unknown", hint, tuple(near))
        names = "、".join(f"{self._full(code)} [{code}]" for code in codes[:4])
        return Match(None, "area-unknown", f"同名的有: {names}; 请写上县(区)名", tuple(codes))

    def area_in(self, text: str) -> Area | None:
        """Return the smallest area from township up whose name stands in a text, if just one."""
        words = normal(text)
        found = {
            code
            for name, codes in self._areas.items()
            if len(name) > 1 and not name.isdigit() and name in words
            for code in codes
            if self._city.areas[code].tier is not Tier.COMMUNITY
        }
        inner = [
            code
            for code in found
            if not any(other != code and self._city.inside(other, code) for other in found)
        ]
        return self._city.areas[inner[0]] if len(inner) == 1 else None

    def site_in(self, text: str) -> str | None:
        """Return the site whose name or alias stands in a text, if just one."""
        words = normal(text)
        sites = {
            site
            for name, found in self._names.items()
            if len(name) > 3 and name in words and len(found) == 1
            for site in found
        }
        return next(iter(sites)) if len(sites) == 1 else None

    def _full(self, code: str) -> str:
        area = self._city.areas[code]
        parent = self._city.areas.get(area.parent or "")
        return (parent.name_zh if parent else "") + area.name_zh

    def _near(self, wanted: str, index: Mapping[str, set[str]]) -> list[str]:
        if not wanted:
            return []
        ranked = process.extract(
            wanted[:40], list(index), scorer=fuzz.ratio, limit=5, score_cutoff=50.0
        )
        ids = [key for word, _, _ in ranked for key in sorted(index[word])]
        return list(dict.fromkeys(ids))[:_SUGGESTED]

    def _hint(self, sites: Iterable[str]) -> str:
        names = "、".join(f"{self._city.sites[site].name_zh} [{site}]" for site in sites)
        return f"可能是: {names}" if names else "写库点全称或编号, 或导入时指定库点 (--site)"


def _area_names(city: City, area: Area) -> Iterable[str]:
    yield area.name_zh
    yield area.name_en
    parent = city.areas.get(area.parent or "")
    if parent is not None:
        yield parent.name_zh + area.name_zh
