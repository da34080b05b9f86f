"""Fill colours of cells by name: people mark rows red or yellow, not FFC00000."""

import colorsys
import re
from collections.abc import Mapping

_RGB = re.compile(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})\Z")
# The colours of Excel's standard palette that people use to mark rows, by index.
PALETTE: Mapping[int, str] = {
    10: "FF0000", 11: "00FF00", 12: "0000FF", 13: "FFFF00", 14: "FF00FF", 15: "00FFFF",
    16: "800000", 17: "008000", 18: "000080", 19: "808000", 20: "800080", 22: "C0C0C0",
    23: "808080", 29: "FF8080", 40: "00CCFF", 42: "CCFFCC", 43: "FFFF99", 44: "99CCFF",
    45: "FF99CC", 46: "CC99FF", 47: "FFCC99", 48: "3366FF", 50: "99CC00", 51: "FFCC00",
    52: "FF9900", 53: "FF6600", 57: "339966",
}  # fmt: skip
NAMES: Mapping[str, tuple[str, str]] = {
    "red": ("红色", "red"),
    "orange": ("橙色", "orange"),
    "yellow": ("黄色", "yellow"),
    "green": ("绿色", "green"),
    "blue": ("蓝色", "blue"),
    "purple": ("紫色", "purple"),
    "grey": ("灰色", "grey"),
}
# The fills of the copies we give back with marks; they say nothing of the goods.
OWN_RED, OWN_YELLOW = "FFC7CD", "FFEB9B"
_HUES = ((20, "red"), (42, "orange"), (72, "yellow"), (170, "green"), (260, "blue"),
         (320, "purple"), (361, "red"))  # fmt: skip


def colour_name(rgb: str) -> str:
    """Return the key in `NAMES` of a colour such as ``"FFFF0000"``; empty for white or black."""
    match = _RGB.match(rgb)
    if match is None or match[1].upper() in (OWN_RED, OWN_YELLOW):
        return ""
    red, green, blue = (int(match[1][at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    if light > 0.97 or light < 0.05:
        return ""
    if full < 0.12 or max(red, green, blue) - min(red, green, blue) < 0.06:
        return "grey"
    return next(name for edge, name in _HUES if hue * 360 < edge)
