"""Who may do what, and where: roles, the rights they carry, and the places they hold for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from supplies.city import City
from supplies.errors import AccessError
from supplies.tiers import Tier


class Right(StrEnum):
    """One thing a user may or may not do."""

    READ = "read"
    POST = "post"
    COUNT = "count"
    BACKDATE = "backdate"
    SCRAP = "scrap"
    REQUEST = "request"
    APPROVE = "approve"
    PLAN = "plan"
    BUY = "buy"
    AUDIT = "audit"
    USERS = "users"
    KEEP = "keep"


class Role(StrEnum):
    """A job in the reserve's organisation."""

    KEEPER = "keeper"
    TOWNSHIP_PLANNER = "township_planner"
    COUNTY_PLANNER = "county_planner"
    CITY_PLANNER = "city_planner"
    PROCUREMENT = "procurement"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


# Duties are kept apart: who enters does not approve, who approves does not enter, who audits
# changes nothing, who administers accounts and backups moves no goods.
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.KEEPER: frozenset({Right.READ, Right.POST, Right.COUNT}),
    Role.TOWNSHIP_PLANNER: frozenset({Right.READ, Right.REQUEST, Right.PLAN}),
    Role.COUNTY_PLANNER: frozenset({Right.READ, Right.REQUEST, Right.PLAN, Right.BACKDATE}),
    Role.CITY_PLANNER: frozenset({Right.READ, Right.REQUEST, Right.PLAN, Right.BACKDATE}),
    Role.PROCUREMENT: frozenset({Right.READ, Right.BUY, Right.PLAN}),
    Role.APPROVER: frozenset({Right.READ, Right.APPROVE, Right.SCRAP}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
    Role.ADMINISTRATOR: frozenset({Right.READ, Right.USERS, Right.KEEP}),
}

# The tier of the places a role can be given for; `None` is any place.
PLACES: Mapping[Role, Tier | None] = {
    Role.TOWNSHIP_PLANNER: Tier.TOWNSHIP,
    Role.COUNTY_PLANNER: Tier.COUNTY,
    Role.CITY_PLANNER: Tier.CITY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role at a place: a site for a keeper, an area (with all inside it) for the others.

    An empty place is the whole city.
    """

    role: Role
    place: str = ""

    def covers(self, city: City, *, site: str | None, area: str | None) -> bool:
        """Whether the grant speaks of a site or an area; of no place at all it always does."""
        if not self.place or (site is None and area is None):
            return True
        if site is not None and site == self.place:
            return True
        where = city.sites[site].area if site is not None and site in city.sites else area
        return where is not None and self.place in city.areas and city.inside(where, self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, by which grants, from where.

    ``alone`` is the only user of a ledger without accounts: whoever can open it may do all.
    """

    user: str
    name: str = ""
    grants: tuple[Grant, ...] = ()
    origin: str = ""
    alone: bool = False

    def may(
        self, right: Right, city: City, *, site: str | None = None, area: str | None = None
    ) -> bool:
        """Whether the actor may do this at a site or in an area."""
        return self.alone or any(
            right in RIGHTS[grant.role] and grant.covers(city, site=site, area=area)
            for grant in self.grants
        )

    def check(
        self, right: Right, city: City, *, site: str | None = None, area: str | None = None
    ) -> None:
        """Refuse what the actor may not do.

        Raises
        ------
        AccessError
            Naming the user, what was wanted, and where.
        """
        if self.may(right, city, site=site, area=area):
            return
        zh, en = WORDS[right]
        place = site or area
        at_zh, at_en = (f"在 {place} ", f" at {place}") if place else ("", "")
        raise AccessError(
            f"用户 {self.user} 无权{at_zh}{zh}; 请联系管理员授权"
            f" | user {self.user} may not {en}{at_en}; ask the administrator for the right"
        )


WORDS: Mapping[Right, tuple[str, str]] = {
    Right.READ: ("查看", "look at stock"),
    Right.POST: ("记账", "post vouchers"),
    Right.COUNT: ("盘点", "post counts"),
    Right.BACKDATE: ("补记往日凭证", "enter vouchers for earlier days"),
    Right.SCRAP: ("批准报废", "write goods off"),
    Right.REQUEST: ("申请调用", "request a call-up"),
    Right.APPROVE: ("审批", "approve"),
    Right.PLAN: ("制定计划", "make plans"),
    Right.BUY: ("采购", "buy or call off"),
    Right.AUDIT: ("查看审计记录", "read the audit"),
    Right.USERS: ("管理用户", "manage users"),
    Right.KEEP: ("备份或恢复台账", "back up or restore the ledger"),
}


def grants_of(words: Iterable[tuple[str, str]]) -> tuple[Grant, ...]:
    """Return grants from pairs of role and place, as the store keeps them."""
    return tuple(Grant(role=Role(role), place=place) for role, place in words)
