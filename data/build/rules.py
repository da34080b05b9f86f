"""rules.csv and approvals.csv: what is due when, and who approves what."""

from pathlib import Path

from tables import write_csv

RULE_COLUMNS = ("key", "value", "unit", "evidence", "source", "note")
FLOOD_MONTHLY = "http://xmddsf.com/article/6474.html"
URGENT_24_H = "http://fsou.net/html/text/lar/169905/16990505_7.html"
PLANNING = "规划假定（待本市核定）"
RULES = (
    ("papers_due_h", 24, "h", "assumed", PLANNING,
     "a telephone order is found practice (白城市); until when papers follow is assumed"),
    ("refill_due_months", 3, "month", "assumed", PLANNING, "after use of Level-I goods"),
    ("transit_late_h", 24, "h", "derived", URGENT_24_H,
     "urgent transfer of relief goods within 24 h of the event (older provincial plans)"),
    ("expiry_days_first", 180, "day", "assumed", PLANNING, "plan rotation"),
    ("expiry_days_second", 90, "day", "assumed", PLANNING, "rotate or train with it"),
    ("expiry_days_last", 30, "day", "assumed", PLANNING, "last chance"),
    ("exchange_life_left_share", 0.3333, "share of life", "assumed", PLANNING,
     "a dealer takes goods back while at least this share of their life is left"),
    ("count_months", 6, "month", "recalled", "半年盘点（凭记忆，待核）", "where no row says else"),
    ("count_months:flood control", 1, "month", "found", FLOOD_MONTHLY, "flood goods monthly"),
    ("count_months:life relief", 6, "month", "recalled", "救灾物资半年及年终盘点（凭记忆，待核）",
     "joint yearly check with finance: ningde.gov.cn 2024-01-11"),
)  # fmt: skip

APPROVAL_COLUMNS = (
    "owner_tier", "level", "amount_max_cny", "approver_tier", "approver_zh", "approver_en",
    "evidence", "source", "note",
)  # fmt: skip
LADDER_IV = "http://fsou.com/html/text/lar/173159/17315927_7.html"
LADDER_III = "http://fsou.com/html/text/lar/173159/17315927_6.html"
RECALLED = "县级以上领导（凭记忆，待核）"
BUREAU_HEAD = ("应急局局长", "head of the emergency bureau")
DEPUTY = ("减灾救灾委（指挥部）副主任", "deputy head of the relief commission")
LEADER = ("政府主要领导（总指挥）", "head of government (commander)")
TOWN = ("乡镇（街道）主要负责人", "head of the township")
# owner, level, amount up to, approver's tier, who, evidence, source, note
LADDER = (
    ("city", "IV", 1_000_000, "city", BUREAU_HEAD, "derived", LADDER_IV, "a county's ladder"),
    ("city", "III", "", "city", DEPUTY, "derived", LADDER_III, "a county's ladder"),
    ("city", "IV", "", "city", DEPUTY, "assumed", PLANNING, "above 1 million CNY"),
    ("city", "any", "", "city", LEADER, "recalled", RECALLED, "levels II and I"),
    ("county", "IV", 300_000, "county", BUREAU_HEAD, "derived", LADDER_IV, "a county's ladder"),
    ("county", "III", 1_000_000, "county", DEPUTY, "derived", LADDER_III, "a county's ladder"),
    ("county", "IV", 1_000_000, "county", DEPUTY, "assumed", PLANNING, "above 300,000 CNY"),
    ("county", "any", 3_000_000, "county", LEADER, "recalled", RECALLED, "levels II and I"),
    ("county", "any", "", "city", DEPUTY, "assumed", PLANNING, "above what a county decides"),
    ("township", "any", 100_000, "township", TOWN, "assumed", PLANNING, ""),
    ("township", "any", "", "county", BUREAU_HEAD, "assumed", PLANNING, "above 100,000 CNY"),
)  # fmt: skip


def build_rules(out: Path) -> None:
    """Write both tables."""
    write_csv(
        out / "rules.csv",
        RULE_COLUMNS,
        (dict(zip(RULE_COLUMNS, row, strict=True)) for row in RULES),
    )
    write_csv(
        out / "approvals.csv",
        APPROVAL_COLUMNS,
        (dict(zip(APPROVAL_COLUMNS, (*row[:4], *row[4], *row[5:]), strict=True)) for row in LADDER),
    )
