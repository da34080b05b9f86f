"""Tell which storehouse and which area the words of a sheet mean, or suggest; never guess."""

import re
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process

from supplies.city import City
from supplies.excel.match import KEPT_MAX, SUGGESTED, Match, normal
from supplies.tiers import Area, Site, Tier

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
            if len(self._cache) > KEPT_MAX:
                self._cache.clear()
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
            hint = (
                f"可能是: {names} | perhaps: {names}"
                if names
                else "写行政区划全称 | give the full name of the area"
            )
            return Match(None, "area-unknown", hint, tuple(near))
        names = "、".join(f"{self._full(code)} [{code}]" for code in codes[:4])
        hint = f"同名的有: {names}; 请写上县(区)名 | several: {names}; name the county too"
        return Match(None, "area-unknown", hint, tuple(codes))

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
        return list(dict.fromkeys(ids))[:SUGGESTED]

    def _hint(self, sites: Iterable[str]) -> str:
        names = "、".join(f"{self._city.sites[site].name_zh} [{site}]" for site in sites)
        if names:
            return f"可能是: {names} | perhaps: {names}"
        return (
            "写库点全称或编号, 或导入时指定库点 (--site) | "
            "give its full name or id, or the site when importing (--site)"
        )


def _area_names(city: City, area: Area) -> Iterable[str]:
    yield area.name_zh
    yield area.name_en
    parent = city.areas.get(area.parent or "")
    if parent is not None:
        yield parent.name_zh + area.name_zh
