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


PLANNERS = frozenset({Role.TOWNSHIP_PLANNER, Role.COUNTY_PLANNER, Role.CITY_PLANNER})
# For the whole city or not at all: half an audit or half a user list would say nothing.
CITY_WIDE = frozenset({Role.CITY_PLANNER, Role.AUDITOR, Role.ADMINISTRATOR})

# Three bureaus share the work: the emergency bureau decides and orders (approver), the grain and
# reserves bureau plans, buys, stores and hands out (planners, procurement, keeper), finance pays
# and agrees to write-offs (approver). A late entry needs POST and BACKDATE: the office that
# books for its storehouses is both keeper and planner of its county; a keeper alone enters today.
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

# Duties one person may not join, wherever: who asks, buys or enters does not approve; who buys
# does not book the goods in; who audits or administers accounts does nothing else.
APART: frozenset[frozenset[Role]] = frozenset(
    {frozenset({Role.APPROVER, other}) for other in (*PLANNERS, Role.KEEPER, Role.PROCUREMENT)}
    | {frozenset({Role.KEEPER, Role.PROCUREMENT})}
    | {
        frozenset({alone, other})
        for alone in (Role.AUDITOR, Role.ADMINISTRATOR)
        for other in Role
        if other is not alone
    }
)

# The tier of the area a planner holds for.
TIER_OF: Mapping[Role, Tier] = {
    Role.TOWNSHIP_PLANNER: Tier.TOWNSHIP,
    Role.COUNTY_PLANNER: Tier.COUNTY,
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

    ``alone`` is the only user of a ledger without accounts: whoever can open it may do all. An
    empty ``user`` is nobody: not signed in, and may do nothing.
    """

    user: str
    name: str = ""
    grants: tuple[Grant, ...] = ()
    origin: str = ""
    alone: bool = False

    def may(
        self, right: Right, city: City, *, site: str | None = None, area: str | None = None
    ) -> bool:
        """Whether the actor may do this at a site or in an area (anywhere, when none is named)."""
        return self.alone or any(
            right in RIGHTS[grant.role] and grant.covers(city, site=site, area=area)
            for grant in self.grants
        )

    def sees_all(self, city: City) -> bool:
        """Whether the actor may look at every place of the city."""
        return self.may(Right.READ, city, area=city.code)

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
        if not self.user:
            raise AccessError(SIGN_IN)
        zh, en = WORDS[right]
        named = city.sites.get(site or "") or city.areas.get(area or "")
        place = site or area
        at_zh = f"在{named.name_zh if named else place}" if place else ""
        at_en = f" at {named.name_en if named else place}" if place else ""
        raise AccessError(
            f"用户 {self.user} 无权{at_zh}{zh}; 请联系管理员授权"
            f" | user {self.user} may not {en}{at_en}; ask the administrator for the right"
        )


SIGN_IN = "请先登录: supplies login | sign in first: supplies login"

WORDS: Mapping[Right, tuple[str, str]] = {
    Right.READ: ("查看", "look at the books"),
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

ROLE_WORDS: Mapping[Role, tuple[str, str]] = {
    Role.KEEPER: ("保管员", "storehouse keeper"),
    Role.TOWNSHIP_PLANNER: ("乡镇计划员", "township planner"),
    Role.COUNTY_PLANNER: ("县级计划员", "county planner"),
    Role.CITY_PLANNER: ("市级计划员", "city planner"),
    Role.PROCUREMENT: ("采购员", "procurement"),
    Role.APPROVER: ("审批人", "approver"),
    Role.AUDITOR: ("审计员", "auditor"),
    Role.ADMINISTRATOR: ("管理员", "administrator"),
}


def role_of(word: str | Role) -> Role:
    """Return the role a word names.

    Raises
    ------
    AccessError
        When there is no such role.
    """
    try:
        return Role(word)
    except ValueError:
        known = ", ".join(Role)
        raise AccessError(
            f"没有角色 {str(word)!r}, 应为: {known}"
            f" | role {str(word)!r} is unknown; known are: {known}"
        ) from None


def grant_at(role: Role, place: str, city: City) -> Grant:
    """Return a role at a place, after checking that the place is there and fits the role.

    Raises
    ------
    AccessError
        When the place is unknown, or not one the role can hold for.
    """
    zh, en = ROLE_WORDS[role]
    if role in CITY_WIDE:
        if place not in {"", city.code}:
            raise AccessError(
                f"{zh}只能授予全市, 不写地点 | {en} is a role for the whole city; name no place"
            )
        return Grant(role=role)
    area = city.areas.get(place)
    if place in city.sites and role is Role.KEEPER:
        return Grant(role=role, place=place)
    if place and area is None:
        raise AccessError(
            f"没有可授予{zh}的地点 {place!r}, 应为地区代码"
            f"{'或库点编号' if role is Role.KEEPER else ''}"
            f" | {place!r} is no place for the role {en}; name the code of an area"
            f"{' or a site' if role is Role.KEEPER else ''}"
        )
    wanted = TIER_OF.get(role)
    if wanted is not None and (area is None or area.tier is not wanted):
        tier_zh = {Tier.TOWNSHIP: "乡镇", Tier.COUNTY: "县"}[wanted]
        raise AccessError(
            f"{zh}要授予一个{tier_zh}, 请写其地区代码"
            f" | {en} is a role for one {wanted.value}; name its area code"
        )
    if role is Role.KEEPER and not place:
        raise AccessError(
            "保管员要授予具体的库点或地区 | a keeper is keeper of a site or an area; name it"
        )
    return Grant(role=role, place="" if place == city.code else place)


def check_apart(held: Iterable[Role], role: Role) -> None:
    """Refuse a role that one person may not hold beside those held already.

    Raises
    ------
    AccessError
        Naming both roles.
    """
    for other in held:
        if frozenset({other, role}) in APART:
            (zh, en), (other_zh, other_en) = ROLE_WORDS[role], ROLE_WORDS[other]
            raise AccessError(
                f"{zh}与{other_zh}不能由同一人兼任 | one person cannot be both {en} and {other_en}"
            )
