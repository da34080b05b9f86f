"""What call-ups call things: steps, ways to draw, who bears it, places, quantities."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from supplies.callups import CallUp, Case, Draw, Higher, Mode, Share, State, Step, why_not
from supplies.callups.facts import AREA_TARGET, SITE_TARGET
from supplies.clock import CHINA
from supplies.reports.words import Pair, Words

STEPS: Mapping[Step, Pair] = {
    Step.REQUEST: ("申请", "requested"),
    Step.PROPOSE: ("测算来源", "sources proposed"),
    Step.APPROVE: ("批准", "approved"),
    Step.REFUSE: ("驳回", "refused"),
    Step.RESERVE: ("预留", "reserved"),
    Step.ORDER: ("下达调拨令", "ordered"),
    Step.DEPART: ("发出", "departed"),
    Step.ARRIVE: ("到货签收", "arrived"),
    Step.SETTLE: ("结算", "settled"),
    Step.RETURN: ("归还", "given back"),
    Step.REFILL: ("补库", "refilled"),
    Step.CANCEL: ("撤销", "cancelled"),
    Step.CLOSE: ("办结", "closed"),
}
# What is to be done next, as the list of open call-ups says it.
WAITS: Mapping[Step, Pair] = {
    Step.PROPOSE: ("待测算来源", "sources to be proposed"),
    Step.APPROVE: ("待审批", "to be approved"),
    Step.RESERVE: ("待预留", "to be reserved"),
    Step.ORDER: ("待下达调拨令", "dispatch order to be given"),
    Step.DEPART: ("待发出", "to be sent"),
    Step.ARRIVE: ("待到货签收", "to arrive"),
    Step.SETTLE: ("待结算", "to be settled"),
    Step.REFILL: ("待归还或补库", "to be given back or refilled"),
    Step.CLOSE: ("待办结", "to be closed"),
}
DRAWS: Mapping[Draw, Pair] = {
    Draw.OWN: ("本级自有", "own"),
    Draw.UPWARD: ("上级支援", "from above"),
    Draw.LATERAL: ("市级征调", "taken by the city"),
    Draw.LETTER: ("函请上级", "by letter"),
}
MODES: Mapping[Mode, Pair] = {
    Mode.REQUESTER: ("使用方付款", "user pays"),
    Mode.OWNER: ("物权方承担", "owner bears it"),
    Mode.IN_KIND: ("实物补还", "given back in kind"),
    Mode.FREE: ("无偿调拨", "free"),
}
HIGHER: Mapping[Higher, Pair] = {
    Higher.PROVINCE: ("省级储备", "Province"),
    Higher.NATIONAL: ("中央储备", "National reserve"),
}


def owner(words: Words, name: str) -> str:
    """Return the name of an area, or of the tier above the city that is written to."""
    if name in set(Higher):
        return words.pick(*HIGHER[Higher(name)])
    return words.area(name)


def target(words: Words, name: str) -> str:
    """Return where a line goes: a store, or an area where the goods are used."""
    if name.startswith(SITE_TARGET):
        return words.source(name.removeprefix(SITE_TARGET))
    return words.area(name.removeprefix(AREA_TARGET))


def giver(words: Words, share: Share) -> str:
    """Return where a share comes from: a store, or the tier that is written to."""
    return words.source(share.site) if share.site else owner(words, share.owner)


def units(words: Words, item: str, base: int) -> Decimal:
    """Return a quantity in the item's unit."""
    return words.city.items[item].from_base(base)


def level(words: Words, call_up: CallUp) -> str:
    """Return the response level."""
    return words.pick(f"{call_up.level} 级响应", f"level {call_up.level}")


def papers(words: Words, case: Case) -> str:
    """Return the written request, or until when it is due."""
    due = case.call_up.papers_due
    if case.papers and due is None:
        return case.papers
    if case.papers:
        return words.pick(
            f"{case.papers} (电话先行, 已补)", f"{case.papers} (after a telephone request)"
        )
    return words.pick(f"电话申请, 书面应于 {due} 前补", f"by telephone; papers due by {due}")


def waits(words: Words, state: State, step: Step | None) -> str:
    """Return what a call-up waits for, or how it ended."""
    if state.ended is not None:
        return words.pick(*STEPS[state.ended])
    if step is not None and step in WAITS:
        return words.pick(*WAITS[step])
    return words.said(why_not(state, Step.CLOSE) or "")


def clock(moment: datetime) -> str:
    """Return when something was entered, in China's time."""
    return f"{moment.astimezone(CHINA):%m-%d %H:%M}"
