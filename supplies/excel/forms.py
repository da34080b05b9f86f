"""The forms a storehouse keeps, and which columns each takes; `telling` tells them apart."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supplies.excel.columns import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of sheet.

    Parameters
    ----------
    fields
        Columns it may have; where a header may mean several, the first in this order wins.
    required
        A row needs one field of each group.
    telling
        A header row is this form when it has one field of each group (and, if ``titles`` is
        given with an empty ``telling``, never by its header).
    titles
        Words in the title or sheet name which speak for the form.
    posts
        Whether rows are handed on at all; the others are recognised and named.
    template
        Columns of our own blank workbook, in order; empty when there is none.
    """

    name: str
    code: str
    zh: str
    en: str
    fields: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]
    telling: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...] = ()
    posts: bool = True
    template: tuple[str, ...] = ()


def _groups(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split("|")) for group in text.split())


_GOODS = "seq item_code item_name category spec unit"
_SIDE = "unit_price amount maker keeper phone approver purpose remark level address"
_LOT = "mfg_date expiry status owner_tier source_mode owner_unit"


def _form(name: str, code: str, titles: str, fields: str, **more: str) -> Form:
    zh, _, en = titles.partition(" | ")
    return Form(
        name=name,
        code=code,
        zh=zh,
        en=en,
        fields=tuple(fields.split()),
        required=_groups(more["required"]),
        telling=_groups(more["telling"]),
        titles=tuple(more.get("words", "").split()),
        posts=more.get("posts", "yes") == "yes",
        template=tuple(more.get("template", "").split()),
    )


# The order is the order of the test: what has more telling marks comes first.
_ALL = (
    _form("transfer", "F3", "调拨单 | Allocation order",
          f"{_GOODS} from_unit to_unit qty_due qty_received qty_out document day out_date in_date "
          f"qty_stock {_LOT} {_SIDE}",
          required="from_unit to_unit item_name|item_code qty_out|qty_due|qty_stock",
          telling="from_unit to_unit item_name|item_code qty_out|qty_due|qty_received|qty_stock",
          words="调拨 调运"),
    _form("household", "", "家庭应急包调查表 | Household kit survey",
          "seq place_admin asked with_kit day keeper phone remark",
          required="place_admin asked with_kit day", telling="place_admin asked with_kit",
          words="家庭 应急包 入户",
          template="place_admin asked with_kit day remark"),
    _form("fleet", "", "运力表 | Fleet",
          "seq store vehicle_class vehicle_count owner_unit keeper phone remark address level",
          required="store vehicle_class vehicle_count", telling="vehicle_class store vehicle_count",
          words="运力 车辆 车队",
          template="store vehicle_class vehicle_count owner_unit remark"),
    _form("teams", "F8", "救援队伍及装备表 | Teams and kit",
          f"{_GOODS} team people qty_stock place_admin {_SIDE}", posts="no",
          required="team", telling="team people|item_name", words="队伍"),
    _form("stocktake", "F5", "盘点表 | Stocktake",
          f"{_GOODS} qty_counted qty_book store difference day {_LOT} in_date {_SIDE} qty_stock",
          required="item_name|item_code qty_counted", telling="item_name|item_code qty_counted",
          words="盘点 清点",
          template="store item_code item_name spec unit qty_book qty_counted mfg_date expiry "
          "status owner_tier source_mode day remark"),
    _form("agreement", "F10", "协议储备企业名单 | Agreements with suppliers",
          f"{_GOODS} supplier qty_agreed qty_daily notice valid_until day owner_unit address "
          "keeper phone source_mode unit_price remark",
          required="supplier item_name|item_code qty_agreed|qty_daily notice valid_until",
          telling="supplier item_name|item_code qty_agreed|qty_daily notice|qty_daily",
          words="协议储备 产能储备 协议企业",
          template="supplier item_code item_name unit qty_agreed qty_daily notice valid_until "
          "owner_unit remark"),
    _form("purchase", "F4", "采购计划表 | Purchase plan",
          f"{_GOODS} qty_plan budget qty_stock qty_received {_SIDE} source_mode", posts="no",
          required="item_name qty_plan", telling="item_name qty_plan budget",
          words="采购计划 购置计划 采购预算 政府采购 采购清单"),
    _form("need", "F6", "需求申请表 | Request for supplies",
          f"place_admin {_GOODS} people shelter qty_need qty_stock day keeper phone remark store",
          required="place_admin item_name|item_code qty_need",
          telling="item_name|item_code qty_need", words="需求 申请",
          template="place_admin shelter people item_code item_name unit qty_need day remark"),
    _form("register", "F2", "出入库登记表 | In/out register",
          f"{_GOODS} day document qty_in qty_out in_date out_date qty_stock store to_unit {_LOT} "
          f"{_SIDE}",
          required="item_name|item_code qty_in|qty_out day|in_date|out_date",
          telling="item_name|item_code qty_in|qty_out day|in_date|out_date",
          words="出入库 收发存 入库 出库 验收单 接收单 领用 发放登记 发放表 发放单",
          template="day document store item_code item_name spec unit qty_in qty_out mfg_date "
          "expiry status owner_tier source_mode purpose to_unit remark"),
    _form("stock", "F1", "库存台账 | Stock ledger",
          f"{_GOODS} qty_stock store {_LOT} in_date day {_SIDE} place_admin",
          required="item_name|item_code qty_stock", telling="item_name|item_code qty_stock",
          words="台账 库存 明细",
          template="store item_code item_name spec unit qty_stock mfg_date expiry status "
          "owner_tier source_mode in_date remark"),
    _form("wide", "F7", "县区储备统计表(宽表) | County summary, items in columns",
          "seq place_admin store level stores_count address keeper phone total lon lat owner_unit "
          "remark",
          required="place_admin|store", telling="place_admin|store"),
    _form("sites", "F9", "储备库(点)基本情况表 | Storehouses",
          "seq store level place_admin address lon lat area_m2 volume_m3 owner_unit keeper phone "
          "remark", required="store", telling="store lon|address|area_m2|volume_m3 lat|level",
          words="储备库 储备点 库点",
          template="store level place_admin address lon lat area_m2 volume_m3 owner_unit keeper "
          "phone remark"),
)  # fmt: skip

FORMS: Mapping[str, Form] = {form.name: form for form in _ALL}
UNKNOWN = _form(
    "unknown", "", "不认识的表 | Unknown", "seq", required="seq", telling="seq", posts="no"
)
TEMPLATES = tuple(form.name for form in _ALL if form.template)


def has_all(groups: Iterable[tuple[str, ...]], fields: frozenset[str]) -> bool:
    """Whether at least one field of every group is there."""
    return all(any(name in fields for name in group) for group in groups)


def one_sided(titles: str) -> str | None:
    """Return ``"in"`` or ``"out"`` for a slip whose title says which way all its goods went."""
    words = plain(titles)
    into = bool(re.search(r"入库|验收单|接收单", words)) and "出入库" not in words
    out = bool(re.search(r"(?<!入)出库|领用|发放", words)) and "出入库" not in words
    if into == out:
        return None
    return "in" if into else "out"
