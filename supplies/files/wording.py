"""Refusals of a city folder or an incident file, in Chinese and English."""

import re
from collections.abc import Sequence

# What would be right, as the readers say it in English: pattern -> Chinese.
_EXPECTED: Sequence[tuple[str, str]] = (
    (r"^some text$", "填写文字"),
    (r"^a whole number of at least (\d+)$", r"不小于 \1 的整数"),
    (r"^a number of at least (\S+) to (\S+)$", r"\1 至 \2 之间的数字"),
    (r"^a number of at least (\S+)$", r"不小于 \1 的数字"),
    (r"^a number above (\S+) (?:and below|to) (\S+)$", r"大于 \1、不超过 \2 的数字"),
    (r"^a number above (\S+)$", r"大于 \1 的数字"),
    (r"^a number from (\S+) to (\S+)$", r"\1 至 \2 之间的数字"),
    (r"^one of the fields (.*)$", r"以下字段之一: \1"),
    (r"^one of (.*)$", r"以下之一: \1"),
    (r"^of (.*), joined by ;$", r"以下各项, 用 ; 连接: \1"),
    (r"^from low (\S+) to high (\S+)$", r"在 low \1 与 high \2 之间"),
    (r"^from (\S+) (\S+) to (\S+) (\S+)$", r"在 \1 \2 与 \3 \4 之间"),
    (r"^at least (\S+): shares are cumulative$", r"不小于 \1: 到位比例是累计的"),
    (r"^1: all must be there by the last deadline$", "1: 最后时限前应全部到位"),
    (r"^at least 3 corners (.*)$", r"至少 3 个角点 \1"),
    (r"^an outline that does not cross itself$", "不自相交的轮廓"),
    (r"^a time with its zone, such as (.*)$", r"带时区的时间, 例如 \1"),
    (r"^an? (item|node|class|site|vehicle_id) of (.*)$", r"\2 里已有的编号"),
    (r"^the code of a county, township or village$", "县、乡镇或村的代码"),
    (r"^the code of an area.*$", "地区代码"),
    (r"^an area with a place on the road graph$", "在路网上有位置的地区"),
    (r"^a river that roads cross: (.*)$", r"道路跨越的河流: \1"),
    (r"^the two ends of a link of (.*)$", r"\1 里一条路段的两端"),
    (r"^at most the (\d+) asked$", r"不超过调查的 \1 户"),
    (r"^a list.*$", "一个列表"),
    (r"^a table$", "一个表"),
)


def in_chinese(expected: str) -> str:
    """Return what would be right in Chinese; the English where no wording is known."""
    for pattern, words in _EXPECTED:
        if re.match(pattern, expected):
            return re.sub(pattern, words, expected)
    return expected


def refusal(place: tuple[str, str], found: str, expected: str) -> str:
    """Return one line in both languages: where, what was found, what would be right.

    Parameters
    ----------
    place
        Where it stands, in Chinese and in English.
    """
    zh, en = place
    return (
        f"{zh}: 现为 {found}, 应为 {in_chinese(expected)}"
        f" | {en}: found {found}; should be {expected}"
    )
