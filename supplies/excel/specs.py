"""Compare specifications: measures, contents of a pack, and words that exclude each other."""

import re
from collections.abc import Mapping
from functools import lru_cache

from supplies.excel.columns import plain

_SAME = (
    ("平方米", "m2"),
    ("平米", "m2"),
    ("平方", "m2"),
    ("立方米", "m3"),
    ("千瓦时", "kwh"),
    ("千瓦", "kw"),
    ("公斤", "kg"),
    ("千克", "kg"),
    ("毫升", "ml"),
    ("公升", "l"),
    ("英寸", "寸"),
    ("小时", "h"),
    ("分钟", "min"),
)
JUNK = re.compile(r"[\s()\[\]{}【】〔〕《》<>\"'“”‘’,;:、。.·/\\_+\-#]+")
BRACKET = re.compile(r"\(([^()]*)\)")
ALIKE = re.compile(r"(?<=[\d\w])[*×✕](?=\d)")
_SIZE = re.compile(
    r"(\d+(?:\.\d+)?)"
    "(m2|m3/h|m3|kwh|kw|kg|ml|mm|cm|m(?![a-z])|t/h|t(?![a-z])|吨|升|l(?![a-z])|g(?![a-z])|克|斤"
    "|寸|马力|min|h(?![a-z])|w(?![a-z])|方|人|度|平(?!方))"
)
# Every measure in its smallest spelling, so that 0.55 L is 550 mL and 5000 W is 5 kW.
_SMALL: Mapping[str, tuple[str, float]] = {
    "l": ("ml", 1000), "升": ("ml", 1000), "kg": ("g", 1000), "克": ("g", 1), "斤": ("g", 500),
    "t": ("g", 1e6), "吨": ("g", 1e6), "cm": ("mm", 10), "m": ("mm", 1000), "kw": ("w", 1000),
    "平": ("m2", 1), "h": ("min", 60), "度": ("kwh", 1), "方": ("m3", 1),
}  # fmt: skip
_LEADS = re.compile(r"^(?:(?:救灾|应急|防汛|抗旱|抢险|储备)(?:用|专用|物资)?)+")
_EACH = re.compile(
    r"(\d+)\s*[瓶桶份听只片个支块条床件包袋罐盒套张把双]?\s*(?:/|每|一)\s*[箱件提盒包捆袋]"
)
_TIMES = re.compile(r"[x×*✕]\s*(\d+)\s*(?![\d.]|ml|mm|cm|m|l|kg|g|米|寸|厘米|公分)")
_COUNT = re.compile(r"(?<![\d.])(\d+)[瓶桶份听只片支](?!装)")
# Words of which one excludes the others; a single tent is no padded one, a summer quilt no winter.
_CONTRASTS = tuple(
    tuple(re.compile(word) for word in words.split())
    for words in (
        "单(?!人|位|元|价|个|兵|杆|双|独|面|只|件|号) 棉",
        "夏|凉|空调 冬|棉|加厚",
        "轻型|轻便 重型",
        "汽油 柴油 电动|电瓶 燃气",
        "婴儿|婴幼儿 成人",
        "医用 矿用 消防",
        "充气 折叠",
        "12m2 36m2 24m2 60m2",
        "风力 水泵 细水雾",
        "雷达 音视频",
    )
)


@lru_cache(maxsize=65_536)
def same_words(text: str) -> str:
    """Return a text in NFKC and lower case without spaces, each unit in one spelling."""
    text = plain(text).casefold()
    for long, short in _SAME:
        text = text.replace(long, short)
    return text


@lru_cache(maxsize=65_536)
def sizes(text: str) -> Mapping[str, frozenset[str]]:
    """Return the measures in a text by unit: ``"12㎡ 5L"`` gives m2 12 and ml 5000."""
    found: dict[str, set[str]] = {}
    for number, written in _SIZE.findall(same_words(text)):
        unit, factor = _SMALL.get(written, (written, 1))
        found.setdefault(unit, set()).add(f"{float(number) * factor:.9g}")
    return {unit: frozenset(numbers) for unit, numbers in found.items()}


@lru_cache(maxsize=65_536)
def contents(text: str) -> frozenset[int]:
    """Return how many pieces a text says one pack holds: ``"550ml*24瓶/箱"`` gives 24."""
    words = same_words(text)
    found = [*_EACH.findall(words), *_COUNT.findall(words)]
    if "ml" in words:
        found += _TIMES.findall(words)
    return frozenset(int(number) for number in found if len(number) < 6)


@lru_cache(maxsize=65_536)
def contradicts(name: str, says: str) -> bool:
    """Whether a text has a word that the name excludes, as ``棉`` does for a single tent."""
    has, told = same_words(name), same_words(says)
    for words in _CONTRASTS:
        own = {number for number, word in enumerate(words) if word.search(has)}
        other = {number for number, word in enumerate(words) if word.search(told)}
        if own and other - own:
            return True
    return False


def without_lead(name: str) -> str:
    """Return a name without words such as 救灾 or 防汛 before it; empty when it has none."""
    words = plain(name)
    shorter = _LEADS.sub("", words)
    return shorter if shorter and shorter != words else ""
