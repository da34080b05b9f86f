"""Roles, rights and places: who may do what, where, and which duties stay apart."""

from itertools import combinations

import pytest

from supplies.access import APART, RIGHTS, Actor, Grant, Right, Role, check_apart, grant_at
from supplies.errors import AccessError
from supplies.files import load_city

EAST, WEST = "990101", "990102"
STORE = "county-990101-store"


@pytest.fixture(scope="module")
def city(tinycity_dir):
    return load_city(tinycity_dir)


def actor(*grants):
    return Actor(user="u", grants=tuple(Grant(role=role, place=place) for role, place in grants))


def test_a_keeper_holds_for_own_sites_only(city):
    keeper = actor((Role.KEEPER, STORE))
    assert keeper.may(Right.POST, city, site=STORE)
    assert not keeper.may(Right.POST, city, site="county-990102-store")
    assert not keeper.may(Right.READ, city, area=EAST)
    assert not keeper.sees_all(city)


def test_a_role_for_an_area_holds_for_all_inside_it(city):
    planner = actor((Role.COUNTY_PLANNER, WEST))
    assert planner.may(Right.READ, city, site="township-990102002-store")
    assert planner.may(Right.PLAN, city, area="990102002")
    assert not planner.may(Right.READ, city, site=STORE)
    assert not planner.may(Right.PLAN, city, area=city.code)


def test_nobody_may_nothing_and_one_alone_may_all(city):
    nobody, alone = Actor(user=""), Actor(user="local", alone=True)
    assert not any(nobody.may(right, city) for right in Right)
    assert all(alone.may(right, city, site=STORE) for right in Right)
    with pytest.raises(AccessError, match="supplies login"):
        nobody.check(Right.READ, city)


def test_a_refusal_names_the_place_as_people_do(city):
    with pytest.raises(AccessError) as refusal:
        actor((Role.AUDITOR, "")).check(Right.POST, city, site=STORE)
    assert "东县应急物资储备库" in refusal.value.say("zh")
    assert refusal.value.say("en") == (
        "user u may not post vouchers at East County store; ask the administrator for the right"
    )


def test_every_right_is_somebodys():
    assert {right for rights in RIGHTS.values() for right in rights} == set(Right)
    assert set(RIGHTS) == set(Role)


@pytest.mark.parametrize(
    ("enter", "decide"),
    [
        (Right.POST, Right.APPROVE),
        (Right.COUNT, Right.SCRAP),
        (Right.REQUEST, Right.APPROVE),
        (Right.PLAN, Right.APPROVE),
        (Right.BUY, Right.APPROVE),
        (Right.BUY, Right.POST),
        (Right.USERS, Right.POST),
        (Right.USERS, Right.APPROVE),
        (Right.AUDIT, Right.POST),
        (Right.AUDIT, Right.USERS),
    ],
)
def test_no_one_person_can_hold_both_duties(enter, decide):
    assert not any({enter, decide} <= rights for rights in RIGHTS.values())
    for one, other in combinations(Role, 2):
        if {enter, decide} <= RIGHTS[one] | RIGHTS[other]:
            assert frozenset({one, other}) in APART


def test_a_keeper_may_also_plan_so_that_an_office_can_book_late():
    check_apart([Role.KEEPER], Role.COUNTY_PLANNER)
    with pytest.raises(AccessError, match="cannot be both approver and"):
        check_apart([Role.COUNTY_PLANNER, Role.KEEPER], Role.APPROVER)


@pytest.mark.parametrize(
    ("role", "place", "kept"),
    [
        (Role.KEEPER, STORE, STORE),
        (Role.KEEPER, EAST, EAST),
        (Role.TOWNSHIP_PLANNER, "990101001", "990101001"),
        (Role.COUNTY_PLANNER, EAST, EAST),
        (Role.CITY_PLANNER, "990000", ""),
        (Role.PROCUREMENT, "", ""),
        (Role.APPROVER, WEST, WEST),
        (Role.AUDITOR, "", ""),
    ],
)
def test_a_place_that_fits_is_kept(city, role, place, kept):
    assert grant_at(role, place, city) == Grant(role=role, place=kept)


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.KEEPER, ""),
        (Role.KEEPER, "nowhere"),
        (Role.TOWNSHIP_PLANNER, EAST),
        (Role.TOWNSHIP_PLANNER, ""),
        (Role.COUNTY_PLANNER, "990101001"),
        (Role.COUNTY_PLANNER, STORE),
        (Role.CITY_PLANNER, EAST),
        (Role.APPROVER, STORE),
        (Role.AUDITOR, EAST),
        (Role.ADMINISTRATOR, EAST),
    ],
)
def test_a_place_that_does_not_fit_is_refused(city, role, place):
    with pytest.raises(AccessError):
        grant_at(role, place, city)
