"""What words mean: condition, tier and reserve mode."""

import re
from functools import lru_cache

from supplies.excel.columns import plain
from supplies.excel.values import NONE_WORDS
from supplies.tiers import Tier

_USABLE = (
    "完好",
    "良好",
    "正常",
    "可用",
    "在用",
    "合格",
    "全新",
    "新",
    "好",
    "在库",
    "是",
    "优",
    "有效",
    "完整",
    "usable",
    "good",
    "ok",
)
_DAMAGED = (
    "损坏",
    "报废",
    "破损",
    "不可用",
    "故障",
    "不合格",
    "过期",
    "失效",
    "坏",
    "否",
    "霉变",
    "缺损",
    "不完好",
    "不能用",
    "damaged",
    "broken",
)
_INSPECT = ("待检", "待查", "待修", "维修", "待验", "待鉴定", "检修", "疑", "toinspect", "inspect")


@lru_cache(maxsize=16_384)
def read_condition(text: str) -> tuple[str, bool]:
    """Return ``usable``, ``inspect`` or ``damaged``, and whether the words were clear."""
    words = plain(text).lower()
    if not words or words in NONE_WORDS:
        return "usable", True
    for state, marks in (("inspect", _INSPECT), ("damaged", _DAMAGED), ("usable", _USABLE)):
        if any(mark in words for mark in marks):
            return ("inspect", False) if re.search(r"\d", words) else (state, True)
    return "inspect", False


@lru_cache(maxsize=16_384)
def read_tier(text: str) -> Tier | None:
    """Return the tier that words such as "县级" or "county" name."""
    words = plain(text).lower()
    for tier, marks in _TIER_WORDS:
        if any(mark in words for mark in marks):
            return tier
    return None


_TIER_WORDS = (
    (Tier.HOUSEHOLD, ("家庭", "household", "住户")),
    (Tier.COMMUNITY, ("社区", "村", "community", "village")),
    (Tier.TOWNSHIP, ("乡", "镇", "街道", "township")),
    (Tier.COUNTY, ("县", "区级", "区库", "区", "county", "district")),
    (Tier.CITY, ("市", "city")),
)


@lru_cache(maxsize=16_384)
def read_source_mode(words: str) -> tuple[str, str]:
    """Return the reserve mode a text tells (``physical held borrowed ...``) and the word."""
    text = plain(words).lower()
    for mode, marks in _MODES:
        for mark in marks:
            if re.search(rf"(?<!非)(?<!不是)(?<!无){mark}(?!采购|供货|价)", text):
                return mode, mark
    return "physical", ""


_MODES = (
    ("held", ("代储", "代管", "代存", "代为储备", "held")),
    ("borrowed", ("借入", "borrowed")),
    ("agreement", ("协议", "商业储备", "agreement")),
    ("capacity", ("产能储备", "产能", "capacity")),
)
