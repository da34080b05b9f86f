"""The data dictionary: every column a workbook may contain, under every name sheets give it.

One table drives the reader, the templates and the manual (docs/data-dictionary.md is written by
``python -m supplies.excel.columns``). A synonym may belong to several fields ("数量" is the stock
in a ledger and the count in a stocktake); the form decides (see `supplies.excel.forms`).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

Kind = Literal["text", "quantity", "number", "money", "date", "expiry", "choice"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its stable name, titles, kind, unit, other names and one line of help."""

    name: str
    zh: str
    en: str
    kind: Kind
    unit: str
    synonyms: tuple[str, ...]
    help_zh: str
    help_en: str

    def title(self, lang: str) -> str:
        """Return the column title our own workbooks use."""
        return self.zh if lang == "zh" else self.en


def _field(name: str, zh: str, en: str, kind_unit: str, words: str, helps: str) -> Field:
    kind, _, unit = kind_unit.partition(" ")
    help_zh, _, help_en = helps.partition(" | ")
    names = tuple(words.split())
    return Field(name, zh, en, kind, unit, names, help_zh, help_en)  # type: ignore[arg-type]


_ALL = (
    _field("seq", "序号", "No.", "text", "编号 序 序列 次序 NO No. 行号 顺序号",
           "不作键值, 可空 | never a key, may be empty"),
    _field("item_name", "物资名称", "Item", "text",
           "品名 名称 物品名称 装备名称 器材名称 产品名称 货物名称 物资品名 品种 物资 设备名称 "
           "备件名称 "
           "材料名称 应急物资名称 救灾物资名称 物资名 储备物资名称 品名及规格 ItemName Goods",
           "目录名称或已登记的别名 | catalogue name or a registered alias"),
    _field("item_code", "物资编码", "Item code", "text",
           "物资编号 编码 物品编码 存货编码 条码 货号 商品编码 资产编号 明细账存货编码 ItemID",
           "目录编码时直接采用, 其他编码忽略 | used when it is a catalogue id, else ignored"),
    _field("category", "类别", "Category", "text",
           "物资类型 分类 大类 种类 物资分类 所属类别 品类 科目 专业类别 物资类别",
           "不影响入账 | does not affect posting"),
    _field("spec", "规格型号", "Specification", "text",
           "规格 型号 物资型号 规格及型号 规格/型号 规格参数 技术参数 型号规格 技术规格 Spec Model",
           "目录名称带规格时必填 | needed when the catalogue name carries a size"),
    _field("unit", "单位", "Unit", "text",
           "计量单位 数量单位 单位(计量) 计件单位 计量 包装单位 基本单位 UOM",
           "目录单位, 或可精确换算的单位 | the catalogue unit or one that converts exactly"),
    _field("qty_stock", "数量", "Quantity", "quantity",
           "库存数量 现有库存 结存 结存数量 库存 实有数量 现存数量 账面数量 在库数量 储备数量 "
           "期末数量 "
           "剩余数量 现有数量 现有库存数量 当前库存 库存量 储备量 现存量 库存数 结余 结余数量 "
           "期末结存 "
           "期末结存数量 期末库存 现库存数量 已有数量 件数 OnHand Stock Qty StockQuantity Balance",
           "空白、0、“-”含义不同; 0 表示确认为零 | blank, 0 and '-' differ; 0 is a counted zero"),
    _field("qty_in", "入库数量", "Received", "quantity",
           "收入数量 收入 购入数量 新增数量 本期增加 接收数量 调入数量 进库数量 入库 本期入库 "
           "入库数 "
           "收入数 本期收入 QuantityIn In Receipts", "入库 | received"),
    _field("qty_out", "出库数量", "Issued", "quantity",
           "发出数量 支出 领用数量 本期减少 减少数量 调出数量 实发数量 下拨数量 发放数量 出库 "
           "本期出库 "
           "出库数 发出 发出数 支出数量 本期支出 QuantityOut Out Issues", "出库 | issued"),
    _field("qty_plan", "计划采购数量", "Planned purchase", "quantity",
           "拟购数量 采购数量 计划数量 需求数量 申请数量 拟储备数量 配备标准 定额数量 需采购数 "
           "计划购置数量", "只识别, 不入账 | recognised, never posted"),
    _field("qty_counted", "实盘数量", "Counted", "quantity",
           "盘点数量 实点数 清点数量 实存数量 实物数量 现场数量 盘点实数 实盘数 实盘 盘点数 "
           "实点数量 "
           "CountedQuantity", "现场清点的数量 | what was counted on the spot"),
    _field("qty_book", "账面数量", "Book quantity", "quantity",
           "账面 账面数 账存数量 账存 账存数", "仅供对照 | for comparison only"),
    _field("qty_need", "需求数量", "Needed", "quantity",
           "缺口数量 尚缺 需补充数量 申请数量 拟调数量 应配数量 需求量 缺口 需要数量 Need",
           "请求的数量 | what is asked for"),
    _field("qty_due", "应发数量", "To be issued", "quantity", "应发 计划调拨数量 应调数量 调拨数量",
           "调拨单核定数量 | approved in the order"),
    _field("qty_received", "实收数量", "Arrived", "quantity", "实收 收货数量 签收数量 验收数量",
           "收货方签收数量 | signed for on arrival"),
    _field("qty_agreed", "协议数量", "Agreed quantity", "quantity",
           "协议储备数量 协议量 承诺数量 承储数量 约定数量 储备数量 数量 可供数量 Agreed",
           "企业承诺随时可供的数量 | what the supplier promises at any time"),
    _field("qty_daily", "日产能", "Daily capacity", "quantity",
           "日产量 日生产能力 日供应能力 每日产能 产能 日最大产能 Capacity",
           "每日可生产的数量 | what can be made in a day"),
    _field("unit_price", "单价(元)", "Unit price", "money CNY",
           "单价 预算单价 含税单价 参考单价 中标单价 市场价 入库单价 单位价格",
           "不入账 | not posted"),
    _field("amount", "金额(元)", "Amount", "money CNY",
           "金额 合计金额 总价 总金额 金额(万元) 预算金额 金额估算 小计 "
           "价值", "不入账 | not posted"),
    _field("mfg_date", "生产日期", "Produced on", "date",
           "出厂日期 生产时间 制造日期 生产年月 出厂时间 生产批次 批次号 Produced ProductionDate",
           "只写年月时按当月 1 日 | a month alone means its first day"),
    _field("in_date", "入库时间", "Stored on", "date",
           "入库日期 接收日期 购置时间 购入日期 采购日期 验收日期 到货日期 领用日期 入账日期 "
           "购置日期",
           "入库的日子 | day of receipt"),
    _field("out_date", "出库时间", "Issued on", "date",
           "出库日期 发放日期 调出日期 使用日期 领用时间 下拨时间 发货日期 领用日期",
           "出库的日子 | day of issue"),
    _field("expiry", "有效期至", "Expires on", "expiry",
           "有效期 保质期 失效日期 到期日期 过期时间 使用年限 保质期限 储存年限 质保期 有效期限 "
           "到期日 "
           "保质期至 失效期 有效期截止 有效日期 Expiry ExpiryDate",
           "日期, 或期限如“5年”; 长期写“长期” | a date, a duration such as 5年, or 长期 for none"),
    _field("store", "存放地点", "Storehouse", "text",
           "仓库名称 储备库 存放位置 储存地点 库点 仓库 物资所在位置 储备点 库房 存放库房 "
           "储备库名称 "
           "储备库点 库点名称 储备库(点)名称 储备库(点) 储存库点 存放仓库 所在仓库 储备地点 "
           "停放地点 "
           "所在库点 存储地点 名称 Site Store SiteName "
           "Location", "库点名称、别名或编号 | name, alias or id"),
    _field("place_admin", "县(区)", "Area", "text",
           "乡镇 县(区) 所属区域 行政区划 街道 县市区 区域 单位名称 县区 区县 县(市区) 县(市、区) "
           "乡镇(街道) 乡(镇) 村(社区) 区(县) 县(市) 所属县区 县级单位 County Township",
           "行政区划名称 | name of the county, township or village"),
    _field("level", "级别", "Tier", "choice",
           "储备库级别 储备库等级 层级 类别(级) 库点级别 库级 储备级别 库点类型 StoreTier",
           "市级、县级、乡镇级、社区级 | city, county, township, community"),
    _field("keeper", "保管人", "Keeper", "text",
           "保管员 管理员 负责人 责任人 库管员 物资管理员 联系人 经手人 安全应急物资管理负责人姓名 "
           "管理人 Contact", "不入账 | not posted"),
    _field("phone", "联系电话", "Phone", "text",
           "电话 手机 手机号码 联系方式 电话号码 值班电话 责任人电话 "
           "联系人电话", "按文本 | as text"),
    _field("address", "地址", "Address", "text",
           "详细地址 存放地址 储备库地址 具体位置 库址 坐落 详细位置", "门牌地址 | street address"),
    _field("lon", "经度", "Longitude", "number deg", "东经 lng lon X坐标 X 经度(度) 坐标经度 "
                                                     "定位经度",
           "WGS-84 十进制度 | decimal degrees, WGS-84"),
    _field("lat", "纬度", "Latitude", "number deg", "北纬 lat Y坐标 Y 纬度(度) 坐标纬度 定位纬度",
           "WGS-84 十进制度 | decimal degrees, WGS-84"),
    _field("maker", "生产厂家", "Maker", "text",
           "生产单位 供应商 厂家 品牌 厂商 供货单位 产地", "不入账 | not posted"),
    _field("owner_unit", "管理单位", "Managing unit", "text",
           "所属单位 管护单位 主管部门 归口部门 使用部门 责任单位 产权单位 持有单位 权属单位 "
           "签约单位 "
           "协议单位 填报单位 Owner Holder", "含上级区划名时定权属 | names the owner when it "
                                             "names an upper area"),
    _field("owner_tier", "权属层级", "Owner tier", "choice", "权属 物权 权属级别 物权层级",
           "缺省为库点所在层级 | the tier of the site by default"),
    _field("source_mode", "储备方式", "Reserve mode", "choice",
           "来源 资金来源 储备形式 物资来源 取得方式 储备类型 实物/协议",
           "实物、代储; 协议和产能不算库存 | physical or held; agreement goods are no stock"),
    _field("purpose", "用途", "Purpose", "text",
           "用处 使用方向 调拨事由 使用原因 减少原因 事由 灾种 摘要", "事由 | why"),
    _field("approver", "批准人", "Approved by", "text",
           "审批人 签字 负责人签字 领导签批 审核人 经办人 签发人", "不入账 | not posted"),
    _field("status", "物资状态", "Condition", "choice",
           "状态 完好情况 使用状态 是否完好 库存状态 质量状况 物资状况 完好状况",
           "可用、待检、损坏 | usable, to inspect, damaged"),
    _field("remark", "备注", "Note", "text",
           "备注1 说明 备注说明 附注 其他 补充说明 注 Remark "
           "Remarks", "注明代储、协议等 | held, agreement"),
    _field("day", "日期", "Date", "date",
           "登记日期 业务日期 发生日期 记账日期 盘点日期 盘点时间 统计日期 统计时间 填报日期 "
           "填表日期 "
           "填报时间 制表日期 调拨日期 清点日期 截止日期 截至日期 需到达时间 需达时间 "
           "要求到达时间 调查日期 "
           "调查时间 CountedOn Day", "这一行发生的日子 | the day the row speaks of"),
    _field("document", "单号", "Document", "text",
           "单据号 单据编号 凭证号 入库单号 出库单号 调拨单号 票号 "
           "文号", "单据编号 | voucher number"),
    _field("from_unit", "调出单位", "From", "text",
           "调出库 调出库点 发货单位 调出仓库 调出方 发出单位 "
           "FromSite", "发出的库点 | sending site"),
    _field("to_unit", "调入单位", "To", "text",
           "调入库 调入库点 收货单位 调入仓库 调入方 接收单位 领用单位 "
           "ToSite", "接收的库点 | receiving site"),
    _field("supplier", "企业名称", "Supplier", "text",
           "协议企业 协议企业名称 企业 储备企业 承储企业 供应企业 单位名称 供应商 供应商名称 "
           "公司名称 "
           "签约企业 生产企业", "企业全称 | full name of the firm"),
    _field("notice", "供货时限", "Notice", "text h",
           "供货时间 响应时间 供应时限 到货时限 调运时限 送达时限 供货时限(小时) NoticeHours",
           "如“24小时内”“3天”; 纯数字按小时 | 24小时内, 3天; a bare number means hours"),
    _field("valid_until", "协议期限", "Valid until", "date",
           "协议有效期 合同期限 协议期 协议到期 协议起止时间 合同有效期 有效期 有效期至 到期日期 "
           "协议截止日期",
           "截止日, 或“2025.1.1至2027.12.31” | last day, or a span of days"),
    _field("people", "受灾人口", "Affected people", "number people",
           "转移安置人口 集中安置人数 转移人口 安置人数 需救助人口 人数", "参考 | for reference"),
    _field("shelter", "安置点", "Shelter", "text", "安置点名称 集中安置点", "参考 | for reference"),
    _field("area_m2", "面积(㎡)", "Floor area (m2)", "number m2", "面积 建筑面积 库房面积 仓储面积",
           "平方米 | square metres"),
    _field("volume_m3", "容积(m³)", "Volume (m3)", "number m3", "容积 库容 有效容积 仓容",
           "立方米 | cubic metres"),
    _field("vehicle_class", "车型", "Vehicle class", "text",
           "车辆类型 运力类型 车辆型号 交通工具 运载工具 车船类型 "
           "VehicleClass", "车辆目录名称或编号 | class name or id"),
    _field("vehicle_count", "车辆数", "Vehicles", "number",
           "车辆数量 数量 台数 辆数 数量(辆) 运力数量", "可调用的辆数 | vehicles that can be "
                                                        "called"),
    _field("asked", "调查户数", "Households asked", "number", "抽样户数 入户数 样本户数",
           "入户调查的户数 | households visited"),
    _field("with_kit", "有包户数", "With a kit", "number",
           "配备户数 有应急包户数 家庭应急包有效户数 已配备户数 持有户数",
           "有应急包且在有效期内的户数 | households with a kit in date"),
    _field("team", "队伍名称", "Team", "text", "救援队伍 队伍 "
                                               "救援队名称", "只识别 | recognised only"),
    _field("budget", "预算金额", "Budget", "money CNY",
           "预算单价 采购方式 计划完成时间 资金预算 采购预算", "只识别 | recognised only"),
    _field("qty_opening", "期初数量", "Opening", "quantity",
           "期初 期初库存 期初结存 期初库存数量 期初结存数量 上期结存 上期结余 上年结转 年初库存 "
           "年初数量 年初数 上月结存 原有数量 原库存",
           "只识别, 不入账 | recognised, never posted"),
    _field("difference", "差异", "Difference", "number", "盘盈 盘亏 差异数量 盈亏 差异原因 "
                                                         "盈亏数量",
           "由系统计算 | computed"),
    _field("stores_count", "储备库点数量", "Storehouses", "number",
           "库点数量 储备库数量 储备点数量 库点数", "参考 | for reference"),
    _field("total", "合计", "Total", "number", "合计总件套数 总计 总件套数 总数 合计数量 总数量",
           "由系统计算 | computed"),
)  # fmt: skip

FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}

_FIGURES = ("quantity", "number")
QUANTITIES = frozenset(field.name for field in _ALL if field.kind == "quantity")

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2028-\u202f\u2060\ufeff\u00ad]+")
_BRACKETS = re.compile(r"[(\[{【〔《](.*?)[)\]}】〕》]")


@lru_cache(maxsize=131_072)
def plain(text: str) -> str:
    """Return text in NFKC without any white space or zero-width characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


@cache
def header_key(text: str) -> tuple[str, str, str]:
    """Return a header cleaned: in full, without its brackets, and what the brackets held.

    Examples
    --------
    >>> header_key("单 价（元）")
    ('单价(元)', '单价', '元')
    """
    full = plain(text).lower().strip("*:;,、#")
    inner = _BRACKETS.findall(full)
    bare = _BRACKETS.sub("", full).strip("*:;,、#/")
    return full, bare, inner[-1] if inner else ""


def _index() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for field in _ALL:
        for word in (field.zh, field.en, *field.synonyms):
            full, bare, _ = header_key(word)
            keys = {full, bare} if word == field.zh and field.name != "place_admin" else {full}
            for key in keys:
                names = found.setdefault(key, [])
                if field.name not in names:
                    names.append(field.name)
    return {key: tuple(names) for key, names in found.items()}


_BY_WORD = _index()


@cache
def candidates(header: str) -> tuple[str, ...]:
    """Return the fields a header may mean, none when the dictionary does not know it."""
    full, bare, _ = header_key(header)
    return _BY_WORD.get(full) or _BY_WORD.get(bare) or ()


_BARE = frozenset(("数量", "件数", "数", "数目", "小计", "合计"))


def candidates_joined(parent: str, child: str) -> tuple[tuple[str, ...], bool]:
    """Return the fields of a two-level header, and whether its parent took part.

    "数量" over "账面" is "账面数量"; "期初" over "数量" is no stock, whatever "数量" alone means.
    """
    if not parent or plain(parent) == plain(child):
        return candidates(child), False
    for text in (child + parent, parent + child):
        if names := candidates(text):
            return names, True
    alone = tuple(name for name in candidates(parent) if FIELDS[name].kind in _FIGURES)
    if alone and header_key(child)[1] in _BARE:
        return alone, True
    return candidates(child), False


def title(name: str, lang: str = "zh") -> str:
    """Return the column title of a field in our own workbooks.

    Raises
    ------
    KeyError
        When the dictionary has no such field.
    """
    return FIELDS[name].title(lang)


if __name__ == "__main__":
    from pathlib import Path

    from supplies.excel.manual import dictionary

    Path("docs/data-dictionary.md").write_text(dictionary(), encoding="utf-8")
