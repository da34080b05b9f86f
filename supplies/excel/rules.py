"""Every finding the reader can make: its stable code, how grave it is, and its words."""

from collections.abc import Mapping
from dataclasses import dataclass

from supplies.errors import Finding, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; ``zh`` and ``hint`` are filled in with what was found."""

    code: str
    severity: Severity
    zh: str
    hint: str
    en: str


_E, _W = Severity.ERROR, Severity.WARNING

_ALL = (
    Rule("item-missing", _E, "有数量而没有物资名称", "填写物资名称或目录编码",
         "quantity without item"),
    Rule("item-unknown", _E, "目录里没有“{what}”", "{hint}", "not in the catalogue"),
    Rule("item-ambiguous", _E, "“{what}”可能是几种物资", "{hint}", "may be several items"),
    Rule("item-spec-missing", _E, "“{what}”没有写规格, 不能确定是哪一种", "{hint}",
         "the size is missing, so the item is not certain"),
    Rule("item-spec-conflict", _E, "“{what}”与目录规格不符", "{hint}",
         "the size differs from the catalogue"),
    Rule("item-code-conflict", _E, "编码与名称指向不同的物资: {what}", "{hint}",
         "code and name mean different items"),
    Rule("quantity-missing", _E, "数量空白", "填写数量; 确认没有时写 0", "blank quantity (not 0)"),
    Rule("quantity-dash", _E, "数量写作“{what}”, 不清楚是零还是未清点",
         "确认没有时写 0; 未清点时删去这一行", "a dash is neither 0 nor a count"),
    Rule("quantity-vague", _E, "数量“{what}”不是数字", "写出清点后的数字",
        "not a number, e.g. 若干"),
    Rule("quantity-unreadable", _E, "看不懂数量“{what}”", "只写数字, 例如 1200",
         "unreadable quantity"),
    Rule("quantity-negative", _E, "数量是负数", "数量不能小于 0; "
                                                "减少请用出入库登记表", "below zero"),
    Rule("quantity-zero", _E, "收发数量为 0, "
                              "没有可入账的数量", "没有发生时删去这一行", "a zero movement"),
    Rule("quantity-too-large", _E, "数量大得不合理", "检查单位和小数点", "absurdly large"),
    Rule("quantity-merged", _E, "数量单元格跨行合并, "
                                "不能分到每一行", "取消合并, 每行填写各自的数量",
         "a merged quantity cannot be divided among its rows"),
    Rule("quantity-approximate", _W, "数量“{what}”是约数, 按 {value} 读取", "清点后写准确数字",
         "an approximate figure, taken as written"),
    Rule("quantity-range", _W, "数量“{what}”是范围, 按下限 {value} 读取", "清点后写准确数字",
         "a range; its lower end is taken"),
    Rule("unit-unknown", _E, "单位“{what}”不能换算成目录单位“{unit}”",
        "改用“{unit}”, 或在规格中写明装箱数, 如 24瓶/箱",
         "the unit does not convert to the catalogue unit"),
    Rule("unit-inexact", _E, "{what} 换算成“{unit}”不是整数倍 (得 {value})", "改用“{unit}”填写",
         "the conversion is not exact in the ledger's smallest unit"),
    Rule("unit-conflict", _E, "数量里的单位与单位栏不一致: "
                              "{what}", "两处写同一单位", "two different units"),
    Rule("unit-assumed", _W, "没有写单位, "
                             "按目录单位“{unit}”读取", "补写单位", "no unit; catalogue unit taken"),
    Rule("unit-pack", _W, "按 1{what} = {value}{unit} 换算", "确认装箱数, 或直接用“{unit}”填写",
         "converted by pack size"),
    Rule("unit-classifier", _W, "单位“{what}”按目录单位“{unit}”读取 (1:1)", "改用“{unit}”",
         "another classifier for the same piece"),
    Rule("date-missing", _E, "没有日期", "填写日期, 例如 2025-06-30", "no date"),
    Rule("date-unreadable", _E, "看不懂日期“{what}”", "写成 2025-06-30 的形式", "unreadable date"),
    Rule("date-out-of-range", _E, "日期“{what}”不在 1980 至 2079 "
                                  "年之间", "检查年份", "year out of range"),
    Rule("date-ambiguous", _W, "“{what}”可能是 1 月也可能是 10 月, 按 1 月读取",
         "写成 2021-10 或 2021-01", "January or October; January taken"),
    Rule("date-year-only", _W, "日期只有年份“{what}”, 按 {value} 读取", "补写月份", "a year alone"),
    Rule("expiry-before-production", _E, "有效期 {what} 早于生产日期 {value}", "检查两个日期",
         "expires before it was made"),
    Rule("expiry-unit-missing", _E, "有效期“{what}”没有单位", "写成 36个月、5年, 或到期日期",
         "a duration without a unit"),
    Rule("expiry-from-in-date", _W, "没有生产日期, 有效期从入库时间起算, 得 "
                                    "{value}", "补写生产日期",
         "expiry counted from the day of receipt"),
    Rule("expiry-no-start", _W, "只有期限“{what}”, 没有生产日期和入库时间, 无法得出到期日",
         "补写生产日期或到期日期", "a duration with nothing to count from"),
    Rule("status-unclear", _W, "看不懂状态“{what}”, 按待检处理", "写 可用、待检 或 损坏",
         "unclear condition; taken as to inspect"),
    Rule("owner-unclear", _W, "看不懂权属“{what}”, "
                              "按库点层级处理", "写 市级、县级、乡镇级 或 社区级",
         "unclear owner; the tier of the site is taken"),
    Rule("agreement-not-stock", _E, "注明“{what}”, 不是实物库存, 不计入",
        "填到协议储备企业名单 (agreement 表) 中",
         "agreement or capacity goods are not stock"),
    Rule("place-missing", _W, "没有写存放地点", "填写库点名称, 或导入时指定库点", "no place named"),
    Rule("place-from-title", _W, "没有存放地点, "
                                 "按标题或表名理解为“{what}”", "核对, 或增加存放地点一列",
         "no place column; taken from the title or sheet name"),
    Rule("place-unknown", _W, "没有找到库点“{what}” (共 {value} 行)", "{hint}", "no such site"),
    Rule("place-ambiguous", _W, "“{what}”可能是几个库点 (共 {value} "
                                "行)", "{hint}", "may be several sites"),
    Rule("site-differs", _W, "表中写“{what}”, 与指定的库点不同, 按指定的库点处理", "核对后再入账",
         "the sheet names another place than the site given"),
    Rule("area-unknown", _E, "没有找到行政区“{what}”", "{hint}", "no such area"),
    Rule("received-differs", _W, "实收 {what} 与实发 {value} "
                                 "不同", "写明差额原因", "arrived differs from sent"),
    Rule("struck-through", _E, "整行划了删除线, 不计入", "确认仍在库时去掉删除线, "
                                                         "否则删去该行", "struck through"),
    Rule("row-hidden", _W, "隐藏的行 {what} "
                           "也已读入", "不需要时请删除而不是隐藏", "hidden rows are read"),
    Rule("column-hidden", _W, "隐藏的列“{what}”也已读入", "不需要时请删除而不是隐藏",
         "a hidden column is read"),
    Rule("sheet-hidden", _W, "隐藏的工作表也已读入", "不需要时请删除", "a hidden sheet is read"),
    Rule("row-duplicate", _W, "与第 {value} "
                              "行内容完全相同", "确认不是重复登记", "same as an earlier row"),
    Rule("cell-error", _E, "单元格是公式错误 {what}", "修正公式或直接填写数值", "a formula error"),
    Rule("formula-uncalculated", _E, "公式没有计算结果", "在 Excel 或 WPS 中打开并保存一次",
         "a formula without a cached value"),
    Rule("total-differs", _W, "合计写 {what}, 各行相加是 "
                              "{value}", "核对合计或各行", "total differs from sum"),
    Rule("balance-differs", _W, "结存写 {what}, 按收发推算是 {value}", "核对这一行的收发数量",
         "balance differs from receipts and issues"),
    Rule("opening-not-posted", _W, "期初结转 {what} 不入账", "期初库存请用库存台账导"
                                                             "入", "opening balance line"),
    Rule("form-unknown", _E, "认不出这是哪一种表", "参照模板的列标题, 或导入时用 --form 指定表式",
         "the kind of table is not known"),
    Rule("form-not-posted", _W, "这是{what}, 已识别, 不入账", "只有库存、出入库、盘点、"
                                                              "调拨等表入账",
         "recognised, not posted"),
    Rule("column-missing", _E, "没有找到“{what}”这一列", "参照模板补上该列",
        "a required column is missing"),
    Rule("table-none", _E, "没有找到表头", "表头至少要有物资名称和数量; "
                                           "可用模板填写", "no table found"),
    Rule("value-missing", _E, "“{what}”空白", "填写“{what}”", "a required cell is blank"),
    Rule("number-unreadable", _E, "看不懂“{what}”", "只写数字", "unreadable number"),
    Rule("number-out-of-range", _E, "“{what}”超出范围", "{hint}", "number out of range"),
    Rule("vehicle-unknown", _E, "车辆目录里没有“{what}”", "{hint}", "unknown vehicle class"),
    Rule("tier-unknown", _E, "看不懂级别“{what}”", "写 市级、县级、乡镇级 或 "
                                                   "社区级", "unknown tier"),
    Rule("notice-unreadable", _E, "看不懂供货时限“{what}”", "写成 24小时 或 3天",
         "unreadable notice time"),
)  # fmt: skip

RULES: Mapping[str, Rule] = {rule.code: rule for rule in _ALL}


def finding(code: str, sheet: str, cell: str, found: object, **words: object) -> Finding:
    """Return a finding of a rule, its words filled in.

    Raises
    ------
    KeyError
        When there is no such rule, or a word it needs is not given.
    """
    rule = RULES[code]
    shown = "" if found is None else str(found)
    params = {"what": shown[:60], **words}
    return Finding(
        sheet=sheet,
        cell=cell,
        severity=rule.severity,
        code=code,
        found=shown[:200],
        message=rule.zh.format_map(params),
        hint=rule.hint.format_map(params),
    )


def explain(code: str) -> str:
    """Return one line of English about a finding's code."""
    return RULES[code].en
