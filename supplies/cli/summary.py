"""What plans and proofs look like in a terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from supplies.cli.frame import Run
from supplies.demo import Demo
from supplies.plan import DispatchPlan, Failure, Readiness, ReservePlan, Scenario
from supplies.tiers import Tier

GAPS_SHOWN = 12
LINES_SHOWN = 20


def money(amount: Decimal) -> str:
    """Return an amount in whole yuan."""
    return f"¥{amount:,.0f}"


def _outcome(run: Run, plan: ReservePlan | DispatchPlan) -> str:
    outcome = plan.outcome
    words = [run.words.term("status", outcome.status.value)]
    if outcome.gap is not None:
        words.append(run.text(f"间隙 {outcome.gap:.2%}", f"gap {outcome.gap:.2%}"))
    words.append(f"{outcome.runtime_s:.0f} s, {outcome.solver}")
    return "; ".join(words)


def show_need(run: Run, found: Sequence[Scenario]) -> None:
    """Print each scenario's need by item and deadline, with its clauses."""
    words = run.words
    hours = run.desk.city.parameters.deadlines_h
    run.table(
        run.text("Ⅰ级响应需求(按时限累计)", "Level-I need (cumulative by deadline)"),
        "|".join(
            [
                run.text("层级|单元|灾种|物资|单位", "Tier|Unit|Hazard|Item|Unit of count"),
                *(words.hours(h) for h in hours),
                run.text("依据", "Clause"),
            ]
        ),
        [
            (
                words.term("tier", need.tier.value),
                words.area(need.area),
                words.term("hazard", need.hazard),
                words.item(need.item),
                words.unit(need.item),
                *(need.by_deadline.get(h, 0) for h in hours),
                "; ".join(dict.fromkeys(term.clause for term in need.terms if term.clause)),
            )
            for scenario in found
            for need in scenario.requirements
        ],
        right=range(5, 5 + len(hours)),
    )


def show_readiness(run: Run, found: Readiness) -> None:
    """Print by tier how many units are covered, then the worst of the others."""
    words = run.words
    mode = words.term("mode", found.mode)
    _show_covered(run, run.text(f"保障能力({mode})", f"Readiness ({mode})"), [found])
    rows = sorted((r for r in found.rows if not r.covered), key=lambda r: r.coverage)
    if rows:
        run.table(
            run.text("缺口最大的", "Largest gaps"),
            run.text("层级|单元|灾种|满足度|见证", "Tier|Unit|Hazard|Coverage|Witness"),
            [
                (
                    words.term("tier", row.tier.value),
                    words.area(row.area),
                    words.term("hazard", row.hazard),
                    f"{row.coverage:.0%}",
                    words.witness(row),
                )
                for row in rows[:GAPS_SHOWN]
            ],
            right=(3,),
        )
        run.say_more(len(rows) - GAPS_SHOWN, "--json")


def show_failures(run: Run, found: Readiness) -> None:
    """Print what losing one storehouse or one road does, the worst for each unit first."""
    sites = [line for line in found.n_minus_1 if line.kind == "site"]
    roads = [line for line in found.n_minus_1 if line.kind == "road"]
    open_sites = sum(not line.covered for line in sites)
    run.say(
        f"逐一失去一库: {len(sites):,} 种情形, 其中 {open_sites:,} 种不能满足; "
        f"逐一中断 {found.roads_tried:,} 条路: {len(roads):,} 种情形使供应变差",
        f"each storehouse lost: {len(sites):,} cases, {open_sites:,} not covered; "
        f"each of {found.roads_tried:,} roads lost: {len(roads):,} cases with less than before",
    )
    worst = _worst_failures(run, found)
    if worst:
        run.table(
            run.text("各单元最坏的一种", "The worst for each unit"),
            run.text("失去|单元|灾种|少供价值|缺", "Lost|Unit|Hazard|Value short|Short of"),
            [
                (
                    run.words.failure(line),
                    run.words.area(line.area),
                    run.words.term("hazard", line.hazard),
                    money(value),
                    run.words.listed(run.words.goods(n, item) for item, n in short_of(line)),
                )
                for line, value in worst
            ],
            right=(3,),
            most=GAPS_SHOWN,
        )


def short_of(line: Failure) -> list[tuple[str, int]]:
    """Return what a failure leaves short of each item by the last deadline."""
    total: Counter[str] = Counter()
    for shortage in line.short:
        total[shortage.item] += shortage.quantity
    return sorted(total.items())


def _worst_failures(run: Run, found: Readiness) -> list[tuple[Failure, Decimal]]:
    """Return, by unit, the failure that leaves most value short, the largest first."""
    items = run.desk.city.items
    worst: dict[str, tuple[Failure, Decimal]] = {}
    for line in found.n_minus_1:
        value = sum((items[s.item].unit_price_cny * s.quantity for s in line.short), Decimal(0))
        if value and (line.area not in worst or value > worst[line.area][1]):
            worst[line.area] = line, value
    return sorted(worst.values(), key=lambda x: (-x[1], x[0].area))


def _show_covered(run: Run, title: str, found: Sequence[Readiness], heads: str = "") -> None:
    """Print by tier how many units are covered, and how much of their need on average."""
    columns = run.text("层级|单元|", "Tier|Units|") + (
        heads or run.text("已满足|平均满足度", "Covered|Mean coverage")
    )
    rows = []
    for tier, counts in found[0].summary().items():
        figures: list[object] = []
        for readiness in found:
            shares = [r.coverage for r in readiness.rows if r.tier is tier]
            figures.append(readiness.summary().get(tier, {}).get("covered", 0))
            figures.append(f"{sum(shares) / max(len(shares), 1):.0%}")
        rows.append((run.words.term("tier", tier.value), counts["areas"], *figures))
    run.table(title, columns, rows, right=range(1, 2 + 2 * len(found)))


def show_plan(run: Run, plan: ReservePlan) -> None:
    """Print what a reserve plan costs and how good it is, then its largest purchases."""
    run.say(
        f"储备方案({run.words.term('mode', plan.mode)}): {_outcome(run, plan)}",
        f"Reserve plan ({run.words.term('mode', plan.mode)}): {_outcome(run, plan)}",
    )
    _show_cost(run, plan)
    for line in plan.expand:
        name = run.words.source(line.site)
        run.say(
            f"需扩建库容: {name} {line.volume_m3:,.1f} m³, 每年 ¥{line.annual_cost:,}",
            f"room to add: {name} {line.volume_m3:,.1f} m3, ¥{line.annual_cost:,} a year",
        )
    if plan.buy:
        _show_purchases(run, plan)
    if plan.unmet:
        _show_open(run, plan)


def _show_purchases(run: Run, plan: ReservePlan) -> None:
    words = run.words
    run.table(
        run.text("采购(金额最大的)", "Purchases (largest amounts)"),
        run.text(
            "单元|库点|物资|数量|单位|单价|金额",
            "Unit|Site|Item|Quantity|Unit of count|Price|Amount",
        ),
        [
            (
                words.area(line.owner),
                words.source(line.site),
                words.item(line.item),
                line.quantity,
                words.unit(line.item),
                f"{line.unit_price:,.2f}",
                money(line.amount),
            )
            for line in sorted(plan.buy, key=lambda line: -line.amount)
        ],
        right=(3, 5, 6),
        most=LINES_SHOWN,
        rest="--json, -o",
    )


def _show_open(run: Run, plan: ReservePlan) -> None:
    words = run.words
    run.table(
        run.text("方案未满足的", "Left open by the plan"),
        run.text("单元|灾种|物资|时限|缺|原因", "Unit|Hazard|Item|By|Short|Reason"),
        [
            (
                words.area(line.area),
                words.term("hazard", line.hazard),
                words.item(line.item),
                words.hours(line.deadline_h),
                line.quantity,
                words.said(words.term("reason", line.reason)),
            )
            for line in plan.unmet
        ],
        right=(4,),
        most=GAPS_SHOWN,
    )


def _show_cost(run: Run, plan: ReservePlan) -> None:
    run.say(
        f"采购 {len(plan.buy):,} 行 {money(plan.purchase_cost)}, 协议每年 "
        f"{money(plan.agreement_cost)}, 年度成本 {money(plan.annual_cost)}, "
        f"未满足 {len(plan.unmet):,} 行",
        f"{len(plan.buy):,} purchase lines {money(plan.purchase_cost)}, agreements "
        f"{money(plan.agreement_cost)} a year, yearly cost {money(plan.annual_cost)}, "
        f"{len(plan.unmet):,} lines left open",
    )


def show_dispatch(run: Run, plan: DispatchPlan) -> None:
    """Print how a dispatch serves its need, its trips and what stays unmet."""
    run.say(
        f"调运方案 {plan.incident}: {_outcome(run, plan)}",
        f"Dispatch {plan.incident}: {_outcome(run, plan)}",
    )
    _show_served(run, plan)
    _show_trips(run, plan)
    if plan.unmet:
        _show_unmet(run, plan)


def _show_trips(run: Run, plan: DispatchPlan) -> None:
    words = run.words
    rows = []
    for trip in plan.trips:
        first, last = trip.stops[0], trip.stops[-1]
        places = [
            words.source(s.site or s.node) if s.area is None else words.area(s.area)
            for s in trip.stops
        ]
        rows.append(
            (
                trip.id,
                words.vehicle(trip.vehicle_class),
                " → ".join(dict.fromkeys(places)),
                _clock(plan, first.arrive_s),
                _clock(plan, last.leave_s),
                f"{trip.distance_km:,.0f}",
            )
        )
    run.table(
        run.text("车次", "Trips"),
        run.text("车次|车型|路线|开始|结束|公里", "Trip|Vehicle|Route|From|Until|km"),
        rows,
        right=(5,),
        most=LINES_SHOWN,
        rest="--json, -o",
    )


def _clock(plan: DispatchPlan, seconds: int) -> str:
    return f"{plan.start + timedelta(seconds=seconds):%m-%d %H:%M}"


def _show_unmet(run: Run, plan: DispatchPlan) -> None:
    words = run.words
    areas = {need.id: need.area for need in plan.need}
    run.table(
        run.text("未满足", "Unmet"),
        run.text(
            "送达地|物资|缺|单位|原因|代价最小的补救", "To|Item|Short|Unit|Reason|Cheapest change"
        ),
        [
            (
                words.area(areas.get(line.need, "")),
                words.item(line.item),
                line.quantity,
                words.unit(line.item),
                words.said(line.reason),
                words.said(line.cheapest_change),
            )
            for line in plan.unmet
        ],
        right=(2,),
        most=GAPS_SHOWN,
        rest="--json, -o",
    )


def _show_served(run: Run, plan: DispatchPlan) -> None:
    shares = ", ".join(
        f"{run.words.hours(hours)} {share:.0%}"
        for hours, share in sorted(plan.share_served.items())
    )
    run.say(
        f"{len(plan.trips):,} 车次, 需求 {len(plan.need):,} 行, 按时送达 {shares}; "
        f"未满足 {len(plan.unmet):,} 行, 迟到 {len(plan.late):,} 行",
        f"{len(plan.trips):,} trips for {len(plan.need):,} need lines; share served by {shares}; "
        f"{len(plan.unmet):,} lines unmet, {len(plan.late):,} late",
    )


def show_demo(run: Run, done: Demo) -> None:
    """Print the main job's summary."""
    for report in done.imports:
        run.say(
            f"导入 {report.file}: 接受 {report.accepted:,}, 未变 {report.unchanged:,}, "
            f"拒绝 {report.rejected:,}",
            f"imported {report.file}: {report.accepted:,} accepted, {report.unchanged:,} "
            f"unchanged, {report.rejected:,} rejected",
        )
    _show_covered(
        run,
        run.text(
            "能支撑一次Ⅰ级响应的单元(各级自备)", "Units that can run one Level-I response alone"
        ),
        [done.before, done.after],
        run.text(
            "采购前|平均满足度|采购后|平均满足度",
            "Before|Mean coverage|After the plan|Mean coverage",
        ),
    )
    run.say(f"储备方案: {_outcome(run, done.plan)}", f"Reserve plan: {_outcome(run, done.plan)}")
    _show_cost(run, done.plan)
    run.say(
        f"调运 {done.dispatch.incident}: {_outcome(run, done.dispatch)}",
        f"Dispatch {done.dispatch.incident}: {_outcome(run, done.dispatch)}",
    )
    _show_served(run, done.dispatch)
    files = f"{done.procurement_file}, {done.dispatch_file}"
    run.say(f"已写出 {files}", f"written: {files}")


def demo_document(done: Demo) -> dict[str, Any]:
    """Return ``demo --json``: the figures of the summary."""
    return {
        "imports": [
            {
                "file": r.file,
                "read": r.read,
                "accepted": r.accepted,
                "unchanged": r.unchanged,
                "rejected": r.rejected,
                "posted": r.posted,
            }
            for r in done.imports
        ],
        "before": _counts(done.before.summary()),
        "after": _counts(done.after.summary()),
        "plan": {
            "status": done.plan.outcome.status.value,
            "gap": done.plan.outcome.gap,
            "purchase": float(done.plan.purchase_cost),
            "agreement": float(done.plan.agreement_cost),
            "annual": float(done.plan.annual_cost),
            "buy": len(done.plan.buy),
            "unmet": len(done.plan.unmet),
        },
        "dispatch": {
            "incident": done.dispatch.incident,
            "status": done.dispatch.outcome.status.value,
            "gap": done.dispatch.outcome.gap,
            "trips": len(done.dispatch.trips),
            "unmet": len(done.dispatch.unmet),
            "late": len(done.dispatch.late),
            "share_served": {str(h): s for h, s in sorted(done.dispatch.share_served.items())},
        },
        "files": [str(done.procurement_file), str(done.dispatch_file)],
    }


def _counts(summary: Mapping[Tier, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {tier.value: counts for tier, counts in summary.items()}
