"""What long steps say while they run: the messages that tasks, planning and the store report."""

from collections.abc import Mapping

PROGRESS: Mapping[str, tuple[str, str]] = {
    "readiness": ("证明保障能力", "proving readiness"),
    "n-1": ("逐一失去一库一路", "losing each storehouse and road"),
    "budget": ("按预算取舍", "choosing within the budget"),
    "dispatch.facts": ("读取路况、库存、车队", "reading roads, stock and fleet"),
    "dispatch.allocation": ("分配物资", "allocating goods"),
    "dispatch.routes": ("编排车次", "routing"),
    "dispatch.schedule": ("排定车辆与时间", "scheduling vehicles"),
    "dispatch.check": ("独立复核", "checking independently"),
    "dispatch.done": ("完成", "done"),
    "verify.done": ("完成", "done"),
    "copy": ("逐表抄写", "writing the tables"),
    "digest": ("计算摘要", "computing the digest"),
    "verify": ("核对台账", "verifying the ledger"),
}
