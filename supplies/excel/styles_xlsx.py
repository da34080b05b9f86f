"""Which cell styles of an .xlsx are struck through or filled with a colour."""

from collections.abc import Mapping
from dataclasses import dataclass

from supplies.excel.colours import PALETTE, colour_name
from supplies.excel.guard import Checked
from supplies.excel.marks import Attrs, stream

_TRUE = ("1", "true")
# Theme colours are numbered in another order than the theme lists them.
_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)))


@dataclass(frozen=True, slots=True)
class Looks:
    """Styles (numbers of ``cellXfs``) that are struck through, and the colours of the others."""

    struck: frozenset[int] = frozenset()
    colours: Mapping[int, str] | None = None

    def colour(self, style: int) -> str:
        """Return the name of a style's fill colour, empty when it has none."""
        return (self.colours or {}).get(style, "")


class _Styles:
    def __init__(self, theme: Mapping[str, str]) -> None:
        self.inside: list[str] = []
        self.fonts: list[bool] = []
        self.fills: list[str] = []
        self.styles: list[tuple[str, str]] = []
        self._theme = theme
        self._solid = False

    def start(self, name: str, attrs: Attrs) -> None:
        self.inside.append(name)
        if name == "font" and self.inside[-2:-1] == ["fonts"]:
            self.fonts.append(False)
        elif name == "strike" and self.inside[-3:-1] == ["fonts", "font"]:
            self.fonts[-1] = attrs.get("val", "1") in _TRUE
        elif name == "fill" and self.inside[-2:-1] == ["fills"]:
            self.fills.append("")
        elif name == "patternFill":
            self._solid = attrs.get("patternType") == "solid"
        elif name == "fgColor" and self._solid and "fills" in self.inside and self.fills:
            self.fills[-1] = self._colour(attrs)
        elif name == "xf" and self.inside[-2:-1] == ["cellXfs"]:
            self.styles.append((attrs.get("fontId", "0"), attrs.get("fillId", "0")))

    def end(self, _: str) -> None:
        self.inside.pop()

    def _colour(self, attrs: Attrs) -> str:
        if "rgb" in attrs:
            return colour_name(attrs["rgb"])
        for key in ("indexed", "theme"):
            text = attrs.get(key, "")
            if text.isascii() and text.isdigit() and len(text) < 4:
                number = int(text)
                if key == "indexed":
                    return colour_name(PALETTE.get(number, ""))
                named = _THEME[number] if number < len(_THEME) else ""
                return colour_name(self._theme.get(named, ""))
        return ""


def _theme(checked: Checked) -> Mapping[str, str]:
    """Return the colours of the workbook's theme by their names in it."""
    path = "xl/theme/theme1.xml"
    if path not in checked.parts:
        return {}
    inside: list[str] = []
    found: dict[str, str] = {}

    def start(name: str, attrs: Attrs) -> None:
        inside.append(name)
        if name in ("srgbClr", "sysClr") and inside[-3:-2] == ["clrScheme"]:
            found[inside[-2]] = attrs.get("lastClr") or attrs.get("val", "")

    def end(_: str) -> None:
        inside.pop()

    stream(checked, path, start, end)
    return found


def xlsx_looks(checked: Checked) -> Looks:
    """Return what the styles of a workbook say; nothing when it has none."""
    path = "xl/styles.xml"
    if path not in checked.parts:
        return Looks()
    styles = _Styles(_theme(checked))
    stream(checked, path, styles.start, styles.end)
    struck = {str(number) for number, flag in enumerate(styles.fonts) if flag}
    fills = {str(number): name for number, name in enumerate(styles.fills) if name}
    return Looks(
        frozenset(n for n, (font, _) in enumerate(styles.styles) if font in struck),
        {n: fills[fill] for n, (_, fill) in enumerate(styles.styles) if fill in fills},
    )
