"""The words of every finding: a code, its message and what would be right, ``中文 | English``.

An error refuses its row, a warning does not. ``{what}`` is what stands in the cell.
"""

ERRORS = """
item-missing
有数量而没有物资名称 | a quantity without an item
填写物资名称或目录编码 | give the item's name or catalogue id

item-unknown
目录里没有“{what}” | '{what}' is not in the catalogue
{hint} | {hint}

item-ambiguous
“{what}”可能是几种物资 | '{what}' may be several items
{hint} | {hint}

item-spec-missing
“{what}”没有写规格, 不能确定是哪一种 | '{what}' gives no size, so the item is not certain
{hint} | {hint}

item-spec-conflict
“{what}”与目录规格不符 | the specification of '{what}' differs from the catalogue's
{hint} | {hint}

item-code-conflict
编码与名称指向不同的物资: {what} | code and name mean different items: {what}
{hint} | {hint}

quantity-missing
数量空白 | the quantity is blank, which is not 0
填写数量; 确认没有时写 0 | give the quantity; write 0 when there is surely none

quantity-dash
数量写作“{what}”, 不清楚是零还是未清点 | '{what}' is neither 0 nor a count
确认没有时写 0; 未清点时删去这一行 | write 0 when there is none; delete the row if not counted

quantity-vague
数量“{what}”不是数字 | '{what}' is no number
写出清点后的数字 | count and write the number

quantity-unreadable
看不懂数量“{what}” | the quantity '{what}' cannot be read
只写数字, 例如 1200 | write digits only, such as 1200

quantity-negative
数量是负数 | the quantity is below zero
数量不能小于 0; 减少请用出入库登记表 | it cannot be below 0; record issues in a register

quantity-zero
收发数量为 0, 没有可入账的数量 | nothing received or issued: the quantity is 0
没有发生时删去这一行 | delete the row if nothing happened

quantity-too-large
数量大得不合理 | the quantity is absurdly large
检查单位和小数点 | check the unit and the decimal point

quantity-merged
数量单元格跨行合并, 不能分到每一行 | a quantity merged over rows cannot be divided among them
取消合并, 每行填写各自的数量 | unmerge, and give each row its own quantity

unit-unknown
单位“{what}”不能换算成目录单位“{unit}” | unit '{what}' does not convert to the catalogue's '{unit}'
改用“{unit}”, 或在规格中写明装箱数, 如 24瓶/箱 | use '{unit}', or state the pack size, as 24瓶/箱

unit-inexact
{what} 换算成“{unit}”不是整数倍 (得 {value}) | {what} is no whole number of '{unit}' ({value})
改用“{unit}”填写 | give it in '{unit}'

unit-conflict
数量里的单位与单位栏不一致: {what} | the quantity and the unit column name two units: {what}
两处写同一单位 | write the same unit in both

date-missing
没有日期 | no date
填写日期, 例如 2025-06-30 | give the day, such as 2025-06-30

date-unreadable
看不懂日期“{what}” | the date '{what}' cannot be read
写成 2025-06-30 的形式 | write it as 2025-06-30

date-out-of-range
日期“{what}”不在 1980 至 2079 年之间 | the date '{what}' is not between 1980 and 2079
检查年份 | check the year

expiry-before-production
有效期 {what} 早于生产日期 {value} | expires on {what}, before it was made on {value}
检查两个日期 | check both dates

expiry-unit-missing
有效期“{what}”没有单位 | the shelf life '{what}' has no unit
写成 36个月、5年, 或到期日期 | write 36个月 (months), 5年 (years) or the day it expires

agreement-not-stock
注明“{what}”, 不是实物库存, 不计入 | marked '{what}': agreement or capacity goods are not stock
填到协议储备企业名单 (agreement 表) 中 | enter it in the agreement form

area-unknown
没有找到行政区“{what}” | no area '{what}'
{hint} | {hint}

struck-through
整行划了删除线, 不计入 | the row is struck through and not counted
确认仍在库时去掉删除线, 否则删去该行 | remove the strike if it is still there, else delete the row

cell-error
单元格是公式错误 {what} | the cell holds the formula error {what}
修正公式或直接填写数值 | mend the formula or write the value

formula-uncalculated
公式没有计算结果 | the formula has no calculated value
在 Excel 或 WPS 中打开并保存一次 | open and save the file once in Excel or WPS

form-unknown
认不出这是哪一种表 | the kind of table is not known
参照模板的列标题, 或导入时用 --form 指定表式 | use a template's titles, or name the form (--form)

column-missing
没有找到“{what}”这一列 | no column '{what}'
参照模板补上该列 | add the column as in the template

table-none
没有找到表头 | no header row was found
表头至少要有物资名称和数量; 可用模板填写 | it needs at least an item and a quantity; use a template

value-missing
“{what}”空白 | '{what}' is blank
填写“{what}” | fill in '{what}'

number-unreadable
看不懂“{what}” | '{what}' cannot be read
只写数字 | write digits only

number-out-of-range
“{what}”超出范围 | '{what}' is out of range
{hint} | {hint}

vehicle-unknown
车辆目录里没有“{what}” | no vehicle class '{what}'
{hint} | {hint}

tier-unknown
看不懂级别“{what}” | the tier '{what}' is not known
写 市级、县级、乡镇级 或 社区级 | write 市级 (city), 县级 (county), 乡镇级 (township) or 社区级

notice-unreadable
看不懂供货时限“{what}” | the notice time '{what}' cannot be read
写成 24小时 或 3天 | write 24小时 (hours) or 3天 (days)
"""

WARNINGS = """
quantity-approximate
数量“{what}”是约数, 按 {value} 读取 | '{what}' is approximate; {value} is taken
清点后写准确数字 | count and write the exact number

quantity-range
数量“{what}”是范围, 按下限 {value} 读取 | '{what}' is a range; its lower end {value} is taken
清点后写准确数字 | count and write the exact number

unit-assumed
没有写单位, 按目录单位“{unit}”读取 | no unit; the catalogue's '{unit}' is taken
补写单位 | add the unit

unit-pack
按 1{what} = {value}{unit} 换算 | converted as 1 {what} = {value} {unit}
确认装箱数, 或直接用“{unit}”填写 | confirm the pack size, or give it in '{unit}'

unit-classifier
单位“{what}”按目录单位“{unit}”读取 (1:1) | unit '{what}' is taken as the catalogue's '{unit}' (1:1)
改用“{unit}” | use '{unit}'

date-ambiguous
“{what}”可能是 1 月或 10 月, 按 1 月读取 | '{what}' may be January or October; January is taken
写成 2021-10 或 2021-01 | write 2021-10 or 2021-01

date-year-only
日期只有年份“{what}”, 按 {value} 读取 | only the year '{what}' is given; {value} is taken
补写月份 | add the month

expiry-from-in-date
没有生产日期, 有效期从入库时间起算, 得 {value} | counted from receipt, not production: {value}
补写生产日期 | add the day of production

expiry-no-start
只有期限“{what}”, 没有生产日期和入库时间, 无法得出到期日 | '{what}' has no day to count from
补写生产日期或到期日期 | add the day of production or of expiry

status-unclear
看不懂状态“{what}”, 按待检处理 | condition '{what}' is unclear; taken as to inspect
写 可用、待检 或 损坏 | write 可用 (usable), 待检 (inspect) or 损坏 (damaged)

owner-unclear
看不懂权属“{what}”, 按库点层级处理 | the owner '{what}' is unclear; the tier of the site is taken
写 市级、县级、乡镇级 或 社区级 | write 市级 (city), 县级 (county), 乡镇级 (township) or 社区级

owner-from-sheet
按表名、标题或文件名理解为{what}管理的物资 | by its sheet, title or file name, goods held by {what}
核对, 或增加管理单位一列 | check, or add a column 管理单位 (managing unit)

place-missing
没有写存放地点 | no place is named
填写库点名称, 或导入时指定库点 | name the storehouse, or give the site when importing

place-from-title
没有存放地点, 按标题或表名理解为“{what}” | no place column; by title or sheet: '{what}'
核对, 或增加存放地点一列 | check, or add a column 存放地点 (storehouse)

place-unknown
没有找到库点“{what}” (共 {value} 行) | no site '{what}' ({value} rows)
{hint} | {hint}

place-ambiguous
“{what}”可能是几个库点 (共 {value} 行) | '{what}' may be several sites ({value} rows)
{hint} | {hint}

site-differs
表中写“{what}”, 按指定的库点处理 | the sheet says '{what}'; the site given is taken
核对后再入账 | check before posting

received-differs
实收 {what} 与应收 {value} 不同 | {what} arrived, {value} was sent or ordered
写明差额原因 | state why they differ

row-hidden
隐藏的行 {what} 也已读入 | hidden rows {what} are read too
不需要时请删除而不是隐藏 | delete what is not needed instead of hiding it

column-hidden
隐藏的列“{what}”也已读入 | the hidden column '{what}' is read too
不需要时请删除而不是隐藏 | delete what is not needed instead of hiding it

sheet-hidden
隐藏的工作表也已读入 | a hidden sheet is read too
不需要时请删除 | delete it if it is not needed

colour-legend
{colour}的行 {rows} 按图例“{what}”处理 | rows {rows}, filled {colour}, are taken as '{what}'
写在物资状态栏里 | write it in the condition column

colour-unread
行 {rows} 填了{colour}, 颜色的含义没有写明, 按无颜色读取 | rows {rows} are filled {colour}; not read
在物资状态或备注栏写明, 或加一行图例 | write what it means in the condition or note column

row-duplicate
与第 {value} 行内容完全相同 | the same as row {value}
确认不是重复登记 | make sure it is not entered twice

total-differs
合计写 {what}, 各行相加是 {value} | the total says {what}, the rows add up to {value}
核对合计或各行 | check the total or the rows

balance-differs
结存写 {what}, 按收发推算是 {value} | the balance says {what}, receipts less issues give {value}
核对这一行的收发数量 | check what the row received and issued

opening-not-posted
期初结转 {what} 不入账 | an opening balance of {what} is not posted
期初库存请用库存台账导入 | import opening stock as a stock ledger

form-not-posted
这是{what}, 已识别, 不入账 | this is: {what}; recognised, not posted
只有库存、出入库、盘点、调拨等表入账 | only stock, registers, counts and transfers are posted

form-unsure
按{what}读取 ({why}); 也像{near} | read as {what} ({why}); it also looks like {near}
不对时用 --form 指定表式 | name the form (--form) if that is wrong
"""
