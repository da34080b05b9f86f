"""Tell which form a header row belongs to, say why, and what else it looks like.

Points: a form that the title names and whose least marks are there comes before one that only its
columns tell; among these, the form with more telling columns; then the one that can take more of
the headers. The points stand in the result, so that a wrong choice can be understood.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from supplies.excel.columns import plain, title
from supplies.excel.forms import FORMS, Form, has_all, one_sided

_NAMED, _MARKED, _TOLD = 300.0, 270.0, 100.0
_SHARE = 20.0
_NEAR = 3
# What is enough once the title names the form.
_LOOSE = {
    "register": (("item_name", "item_code"), ("qty_in", "qty_out", "qty_stock")),
    "purchase": (("item_name", "item_code"), ("qty_plan", "qty_need", "qty_stock")),
    "need": (("item_name", "item_code"), ("qty_need",)),
    "agreement": (("supplier",), ("item_name", "item_code")),
    "stocktake": (("item_name", "item_code"), ("qty_counted", "qty_stock", "qty_book")),
    "teams": (("team",),),
}
_TOLD_ABOVE = ("from_unit", "to_unit")
_ASKED = (("item_name", "item_code"), ("qty_need",), ("place_admin", "people", "shelter"))
# A column that only this form has is stronger than a word in the title.
_OWN = {"stocktake": "qty_counted", "fleet": "vehicle_class", "household": "with_kit"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A form, its points, why it was chosen (``中文 | English``), and what else was near."""

    form: Form
    score: float
    why: str
    near: tuple[tuple[str, float], ...] = ()


def judge(
    headers: Sequence[tuple[str, ...]], titles: str, items: int, told: Collection[str] = ()
) -> Judgement | None:
    """Return the form of a header row, ``None`` when it is none.

    Parameters
    ----------
    headers
        For each header, every field it may mean.
    titles
        Title rows and sheet name, joined.
    items
        How many headers are items.
    told
        Fields that the title rows give for all rows.
    """
    headers = [*headers, *((name,) for name in told if name in _TOLD_ABOVE)]
    fields = frozenset(name for names in headers for name in names)
    words = plain(titles)
    scored = [(form, _points(form, headers, words, items)) for form in FORMS.values()]
    ranked = sorted((s for s in scored if s[1] > 0), key=lambda s: -s[1])
    if not ranked:
        return None
    form, score = ranked[0]
    near = tuple((other.name, round(s, 1)) for other, s in ranked[1 : 1 + _NEAR])
    return Judgement(form, round(score, 1), _why(form, fields, words, items), near)


def _points(form: Form, headers: Sequence[tuple[str, ...]], words: str, items: int) -> float:
    fields = frozenset(name for names in headers for name in names)
    share = sum(any(name in form.fields for name in names) for names in headers)
    little = _SHARE * share / max(len(headers), 1)
    if form.name == "wide":
        goods = items >= 2 and "item_name" not in fields and has_all(form.telling, fields)
        return _MARKED + little if goods else 0.0
    named = any(word in words for word in form.titles)
    whole = has_all(form.telling, fields)
    if whole and (_OWN.get(form.name),) in headers:
        return _NAMED + 90 + little
    if named and form.name in _LOOSE and has_all(_LOOSE[form.name], fields):
        # "入库单" says what its goods did; "出入库台账" without an in or out is a plain ledger.
        sided = form.name != "register" or {"qty_in", "qty_out"} & fields or one_sided(words)
        return _NAMED + little + 10 * whole if sided else 0.0
    if form.name == "need":
        return _points_of_need(fields, words, little)
    return _TOLD + 10 * len(form.telling) + 15 * named + little if whole else 0.0


def _points_of_need(fields: frozenset[str], words: str, little: float) -> float:
    ledger = any(word in words for word in FORMS["stock"].titles)
    if has_all(_ASKED, fields) and not ledger:
        return _TOLD + 35 + little
    return 10 + little if has_all(FORMS["need"].telling, fields) else 0.0


def _why(form: Form, fields: frozenset[str], words: str, items: int) -> str:
    named = next((word for word in form.titles if word in words), "")
    told = [next((n for n in group if n in fields), "") for group in form.telling]
    zh, en = [], []
    if named:
        zh.append(f"标题有“{named}”")
        en.append(f"the title says '{named}'")
    columns = [name for name in told if name]
    if columns:
        zh.append("有列 " + "、".join(title(name) for name in columns))
        en.append("it has columns " + ", ".join(title(name, "en") for name in columns))
    if form.name == "wide":
        zh.append(f"{items} 列是物资")
        en.append(f"{items} columns are items")
    return f"{'; '.join(zh)} | {'; '.join(en)}"


def forced(form: Form) -> Judgement:
    """Return the judgement of a form that the user named."""
    return Judgement(form, 0.0, "由用户指定 | named by the user")
