"""Turn a quantity in the unit a sheet uses into the catalogue's unit, exactly or not at all."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from supplies.catalogue import Item
from supplies.excel.columns import plain

_MASS = {
    "g": Fraction(1, 1000),
    "克": Fraction(1, 1000),
    "kg": Fraction(1),
    "千克": Fraction(1),
    "公斤": Fraction(1),
    "斤": Fraction(1, 2),
    "市斤": Fraction(1, 2),
    "两": Fraction(1, 20),
    "t": Fraction(1000),
    "吨": Fraction(1000),
    "tonne": Fraction(1000),
    "ton": Fraction(1000),
}
_VOLUME = {"m3": Fraction(1), "立方米": Fraction(1), "立方": Fraction(1), "方": Fraction(1)}
_LIQUID = {
    "l": Fraction(1),
    "升": Fraction(1),
    "litre": Fraction(1),
    "liter": Fraction(1),
    "公升": Fraction(1),
    "ml": Fraction(1, 1000),
    "毫升": Fraction(1, 1000),
}
_AREA = {"m2": Fraction(1), "平方米": Fraction(1), "平米": Fraction(1), "平方": Fraction(1)}
_LENGTH = {
    "m": Fraction(1),
    "米": Fraction(1),
    "km": Fraction(1000),
    "公里": Fraction(1000),
    "千米": Fraction(1000),
    "cm": Fraction(1, 100),
    "厘米": Fraction(1, 100),
    "延米": Fraction(1),
}
_MEASURES = (_MASS, _VOLUME, _LIQUID, _AREA, _LENGTH)
_PIECES = frozenset("个只枚顶张床条件台部架具支把块艘辆盏根口面座")
_SAFE = tuple(
    map(frozenset, ("个只枚", "台部架", "床条", "台个", "支只", "艘条", "个顶", "个具", "双对副"))
)
_PACKS = frozenset("箱包件捆袋盒")
_CONTENT = re.compile(r"(?:[x×*]|\D|^)(\d+)\s*([瓶桶份听只片个支块条床件包袋罐盒])?\s*\)?$")
_STATED = re.compile(
    r"(\d+)\s*(?:[瓶桶份听只片个支块条床件包袋罐盒套张把双]|m2|m|kg)?\s*[/每]\s*([箱包件捆袋盒卷])"
)
_LEADS = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, slots=True)
class Conversion:
    """How many catalogue units one written unit is; ``problem`` or ``note`` is a rule's code."""

    factor: Fraction = Fraction(1)
    problem: str = ""
    note: str = ""


@cache
def unit_key(text: str) -> str:
    """Return a unit as it is compared."""
    return plain(text).lower().strip("()（）[].·")


_KNOWN = (
    _PIECES
    | _PACKS
    | frozenset().union(*_SAFE, *map(frozenset, _MEASURES))
    | frozenset("瓶桶份听罐副组盘卷套双对打株付筒令捆根米粒片吨")
    | frozenset(("人份", "件套", "台套", "件/套", "台/套", "㎡", "m³"))
)


@cache
def is_unit(text: str) -> bool:
    """Whether a text is a unit of goods: 床, 万条, 千克."""
    unit = unit_key(text)
    return unit in _KNOWN or (unit[:1] in _LEADS and unit[1:] in _KNOWN)


def conversion(written: str, item: Item, spec: str = "") -> Conversion:
    """Return the exact factor from a written unit to the item's catalogue unit.

    A pack size stated in ``spec`` ("24瓶/箱") goes before the catalogue's.
    """
    unit = unit_key(written)
    if not unit:
        return Conversion(note="unit-assumed")
    own = {unit_key(item.unit_zh), unit_key(item.unit_en)}
    if unit in own:
        return Conversion()
    many, rest = _lead(unit)
    if many != 1:
        inner = conversion(rest, item, spec) if rest else Conversion()
        return Conversion(inner.factor * many, inner.problem, inner.note)
    return (
        _measured(unit, item, own)
        or _content(unit, item)
        or _packed(unit, item, spec)
        or _piece(unit, unit_key(item.unit_zh))
        or Conversion(problem="unit-unknown")
    )


def _lead(unit: str) -> tuple[int, str]:
    if any(unit in table for table in _MEASURES) or unit[:1] not in _LEADS:
        return 1, unit
    return _LEADS[unit[0]], unit[1:]


def _measured(unit: str, item: Item, own: set[str]) -> Conversion | None:
    """Convert between measures, or from a measure to packages of a size in the item's name."""
    for table in _MEASURES:
        if unit not in table:
            continue
        for name in own & table.keys():
            return Conversion(table[unit] / table[name])
        sizes = re.findall(r"(\d+(?:\.\d+)?)(kg|l|ml|g)(?![a-z×x*])", plain(item.name_zh).lower())
        found = [Fraction(number) * table[size] for number, size in sizes if size in table]
        if len(found) == 1 and not re.search(r"[×x*]\d", plain(item.name_zh)):
            return Conversion(table[unit] / found[0])
    return None


def _content(unit: str, item: Item) -> Conversion | None:
    """Convert single pieces of a package: 24 bottles are one case of "(550mL×24)"."""
    inside = re.search(r"\(([^()]*)\)", plain(item.name_zh))
    if inside is None or unit not in "瓶桶份听只片罐盒袋包个":
        return None
    match = _CONTENT.search(inside[1])
    if match is None:
        return None
    named = match[2] or ("瓶" if "ml" in inside[1].lower() else "")
    if named != unit or unit == unit_key(item.unit_zh):
        return None
    return Conversion(Fraction(1, int(match[1])))


def _packed(unit: str, item: Item, spec: str) -> Conversion | None:
    for number, pack in _STATED.findall(plain(spec).lower()):
        if pack == unit and int(number) > 0:
            return Conversion(Fraction(int(number)))
    if unit == "打" and unit_key(item.unit_zh) in _PIECES | {"支", "双", "副", "瓶"}:
        return Conversion(Fraction(12))
    # "件" may be one piece or one package; only a stated pack size makes it certain.
    boxed = unit_key(item.unit_zh) in _PACKS - {"件"}
    if unit in _PACKS - {"件"} and item.pack_size > 1 and (not boxed or unit == "箱"):
        return Conversion(Fraction(item.pack_size), note="unit-pack")
    return None


def _piece(unit: str, own: str) -> Conversion | None:
    if any(unit in group and own in group for group in _SAFE):
        return Conversion()
    if unit in _PIECES - {"件"} and own in _PIECES:
        return Conversion(note="unit-classifier")
    return None
