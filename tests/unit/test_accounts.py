"""Accounts and sessions: the first administrator, passwords, lock-out, ends, the audit."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from supplies import tasks
from supplies.access import Actor, Grant, Role
from supplies.errors import AccessError
from supplies.store import people
from supplies.tasks import accounts, sessions

SECRET = "correct horse battery"  # noqa: S105
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
EAST = "county-990101-store"


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch):
    def cheap():
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

    monkeypatch.setattr(sessions, "hasher", cheap)
    monkeypatch.setattr(accounts, "hasher", cheap)


@pytest.fixture
def alone(store_url, tinycity_dir):
    desk = tasks.open_desk(store_url, tinycity_dir, user="founder")
    yield desk
    desk.store.close()


@pytest.fixture
def admin(alone):
    """The desk of the first user, an administrator."""
    tasks.add_user(alone, "Root", password=SECRET)
    return as_user(alone, "root")


def as_user(desk, user, at=None):
    token = tasks.sign_in(desk, user, SECRET, "here", at=at)
    return replace(desk, actor=tasks.actor_of(desk, token, "here", at=at))


def later(**some):
    return START + timedelta(**some)


def outcomes(desk, task="sign_in"):
    with desk.store.reading() as reader:
        return [(e.user, e.outcome) for e in people.events(reader, task=task)][::-1]


# --- the first user --------------------------------------------------------------------------


def test_the_first_user_is_an_administrator(alone):
    with pytest.raises(AccessError, match="has to be an administrator"):
        tasks.add_user(alone, "li", password=SECRET, role="keeper", place=EAST)
    made = tasks.add_user(alone, "Li", name="李", password=SECRET)
    assert (made.id, made.grants) == ("li", (Grant(role=Role.ADMINISTRATOR),))


def test_the_first_user_needs_a_way_to_sign_in(alone):
    with pytest.raises(AccessError, match="needs a password or an organisation account"):
        tasks.add_user(alone, "li")


def test_from_the_first_user_on_an_open_desk_is_nobodys(alone, tinycity_dir, store_url):
    tasks.add_user(alone, "root", password=SECRET)
    with pytest.raises(AccessError, match="sign in first"):
        tasks.stock(alone)
    again = tasks.open_desk(store_url, tinycity_dir)
    assert (again.actor.user, again.actor.alone) == ("", False)
    with pytest.raises(AccessError, match="sign in first"):
        tasks.stock(again)
    again.store.close()


def test_the_last_administrator_stays(admin):
    for act in (
        lambda: tasks.switch_off(admin, "root"),
        lambda: tasks.remove_role(admin, "root", "administrator"),
    ):
        with pytest.raises(AccessError, match="last administrator"):
            act()
    tasks.add_user(admin, "second", password=SECRET, role="administrator")
    tasks.switch_off(admin, "root")
    with pytest.raises(AccessError, match="last administrator"):
        tasks.switch_off(as_user(admin, "second"), "second")


# --- accounts --------------------------------------------------------------------------------


@pytest.mark.parametrize("weak", ["short", "li.wei.1234", "aaaaaaaaaaaa", "x" * 201])
def test_a_weak_password_is_refused(admin, weak):
    with pytest.raises(AccessError, match="a password has 10 to 200"):
        tasks.add_user(admin, "Li.Wei.1234", password=weak)


@pytest.mark.parametrize("name", ["x", "two words", "a|b", "../x"])
def test_a_bad_name_is_refused(admin, name):
    with pytest.raises(AccessError, match="is no name for a user"):
        tasks.add_user(admin, name, password=SECRET)


def test_a_name_is_taken_once_whatever_its_case(admin):
    with pytest.raises(AccessError, match="is there already"):
        tasks.add_user(admin, "ROOT", password=SECRET)


def test_passwords_are_kept_as_argon2id_only(admin, monkeypatch):
    monkeypatch.setattr(accounts, "hasher", PasswordHasher)
    tasks.add_user(admin, "li", password=SECRET)
    with admin.store.reading() as reader:
        kept = people.user(reader, "li").password_hash
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,")


def test_roles_are_given_and_taken(admin):
    tasks.add_user(admin, "li", password=SECRET)
    tasks.set_role(admin, "li", "keeper", EAST)
    tasks.set_role(admin, "li", "keeper", EAST)
    assert tasks.stock(as_user(admin, "li")) == []
    tasks.remove_role(admin, "li", "keeper", EAST)
    with pytest.raises(AccessError, match="li may not look"):
        tasks.stock(as_user(admin, "li"))
    with pytest.raises(AccessError, match="does not hold"):
        tasks.remove_role(admin, "li", "keeper", EAST)
    assert outcomes(admin, "set_role") == [("root", "done")]


def test_duties_that_stay_apart_are_not_given_to_one(admin):
    tasks.add_user(admin, "li", password=SECRET, role="keeper", place=EAST)
    with pytest.raises(AccessError, match="cannot be both"):
        tasks.set_role(admin, "li", "approver")


def test_unknown_users_and_roles_are_refused(admin):
    with pytest.raises(AccessError, match="no user 'nobody'"):
        tasks.set_role(admin, "nobody", "auditor")
    with pytest.raises(AccessError, match="role 'king' is unknown"):
        tasks.set_role(admin, "root", "king")


def test_one_changes_the_own_password_by_the_old_one(admin):
    tasks.add_user(admin, "li", password=SECRET, role="keeper", place=EAST)
    li = as_user(admin, "li")
    with pytest.raises(AccessError, match="password is wrong"):
        tasks.set_password(li, "li", "another long one", old="guess")
    tasks.set_password(li, "li", "another long one", old=SECRET)
    with pytest.raises(AccessError):
        tasks.sign_in(admin, "li", SECRET)
    tasks.sign_in(admin, "li", "another long one")
    with pytest.raises(AccessError, match="may not manage users"):
        tasks.set_password(li, "root", "another long one", old=SECRET)


# --- sessions --------------------------------------------------------------------------------


def test_only_the_hash_of_a_token_is_kept(admin):
    token = tasks.sign_in(admin, "root", SECRET, "10.0.0.7")
    assert len(token) >= 43
    with admin.store.reading() as reader:
        kept = people.session(reader, hashlib.sha256(token.encode()).hexdigest())
    assert (kept.user, kept.origin) == ("root", "10.0.0.7")


def test_a_session_ends_after_a_working_day(admin):
    token = tasks.sign_in(admin, "root", SECRET, at=START)
    for minutes in range(0, 12 * 60, 60):
        tasks.actor_of(admin, token, at=later(minutes=minutes))
    tasks.actor_of(admin, token, at=later(hours=11, minutes=59))
    with pytest.raises(AccessError, match="session has ended"):
        tasks.actor_of(admin, token, at=later(hours=12))


def test_a_session_that_is_not_used_ends_after_two_hours(admin):
    token = tasks.sign_in(admin, "root", SECRET, at=START)
    tasks.actor_of(admin, token, at=later(minutes=119))
    tasks.actor_of(admin, token, at=later(minutes=238))
    with pytest.raises(AccessError, match="session has ended"):
        tasks.actor_of(admin, token, at=later(minutes=358, seconds=1))


def test_signing_out_ends_the_session(admin):
    token = tasks.sign_in(admin, "root", SECRET)
    tasks.sign_out(admin, token)
    tasks.sign_out(admin, token)
    with pytest.raises(AccessError, match="session has ended"):
        tasks.actor_of(admin, token)
    assert outcomes(admin, "sign_out") == [("root", "done")]


@pytest.mark.parametrize("how", ["off", "password"])
def test_sessions_end_when_the_account_is_closed_or_its_password_set(admin, how):
    tasks.add_user(admin, "li", password=SECRET)
    token = tasks.sign_in(admin, "li", SECRET)
    if how == "off":
        tasks.switch_off(admin, "li")
    else:
        tasks.set_password(admin, "li", "another long one")
    with pytest.raises(AccessError, match="session has ended"):
        tasks.actor_of(admin, token)


def test_a_right_taken_away_is_gone_at_once(admin):
    tasks.add_user(admin, "li", password=SECRET, role="auditor")
    token = tasks.sign_in(admin, "li", SECRET)
    assert tasks.actor_of(admin, token).grants
    tasks.remove_role(admin, "li", "auditor")
    assert not tasks.actor_of(admin, token).grants


@pytest.mark.parametrize("token", [None, "", "guessed"])
def test_no_session_is_nobody(admin, token):
    with pytest.raises(AccessError):
        tasks.actor_of(admin, token)


def test_a_ledger_without_users_asks_for_no_session(alone):
    assert tasks.actor_of(alone, None).alone


# --- lock-out --------------------------------------------------------------------------------


def fail(desk, user="root", at=START, times=1):
    for _ in range(times):
        with pytest.raises(AccessError) as refusal:
            tasks.sign_in(desk, user, "wrong password", "there", at=at)
    return str(refusal.value)


def test_five_wrong_passwords_lock_the_account_for_15_minutes(admin):
    fail(admin, times=4)
    tasks.sign_in(admin, "root", SECRET, at=START)
    fail(admin, times=5)
    with pytest.raises(AccessError):
        tasks.sign_in(admin, "root", SECRET, at=later(minutes=14, seconds=59))
    tasks.sign_in(admin, "root", SECRET, at=later(minutes=15))
    assert [o for _, o in outcomes(admin)].count("locked") == 1


def test_each_lock_is_longer_and_tries_meanwhile_do_not_count(admin):
    fail(admin, times=5)
    fail(admin, times=20, at=later(minutes=1))
    fail(admin, times=5, at=later(minutes=15))
    with pytest.raises(AccessError):
        tasks.sign_in(admin, "root", SECRET, at=later(minutes=44))
    tasks.sign_in(admin, "root", SECRET, at=later(minutes=45))


def test_an_administrator_unlocks(admin):
    tasks.add_user(admin, "li", password=SECRET)
    fail(admin, "li", times=5)
    tasks.switch_on(admin, "li")
    tasks.sign_in(admin, "li", SECRET, at=START)


def test_an_unknown_name_gets_the_same_answer_and_the_same_work(admin, monkeypatch):
    checked = []
    real = sessions.fits
    monkeypatch.setattr(sessions, "fits", lambda *a: checked.append(a) or real(*a))
    assert fail(admin, "nobody") == fail(admin, "root")
    assert [bool(password_hash) for password_hash, _ in checked] == [False, True]
    tasks.add_user(admin, "li", password=SECRET)
    tasks.switch_off(admin, "li")
    with pytest.raises(AccessError) as refusal:
        tasks.sign_in(admin, "li", SECRET, at=START)
    assert str(refusal.value) == fail(admin, "root")


def test_what_was_typed_for_a_name_is_not_kept(admin):
    fail(admin, "my secret password")
    with admin.store.reading() as reader:
        kept = people.events(reader, task="sign_in")
    assert not any("secret" in str(event) for event in kept)


def test_one_place_that_only_fails_is_shut_out(admin):
    fail(admin, "nobody", times=sessions.ORIGIN_FAILURES_MAX)
    with pytest.raises(AccessError):
        tasks.sign_in(admin, "root", SECRET, "there", at=later(minutes=1))
    tasks.sign_in(admin, "root", SECRET, "elsewhere", at=later(minutes=1))
    tasks.sign_in(admin, "root", SECRET, "there", at=later(minutes=16))


# --- the organisation's sign-in --------------------------------------------------------------

CLAIMS = {
    "iss": "https://login.city.example",
    "sub": "0815",
    "iat": START.timestamp(),
    "email": "Li@City.example",
    "email_verified": True,
}


@pytest.fixture
def li(admin):
    tasks.add_user(admin, "li", subject="li@city.example", role="keeper", place=EAST)
    return admin


def test_a_verified_address_is_bound_to_who_first_came_with_it(li):
    token = tasks.sign_in_elsewhere(li, CLAIMS, at=START)
    assert tasks.actor_of(li, token, at=START).user == "li"
    with li.store.reading() as reader:
        assert people.user(reader, "li").subject == "https://login.city.example|0815"
    with pytest.raises(AccessError, match="is no user here"):
        tasks.sign_in_elsewhere(li, {**CLAIMS, "sub": "another"}, at=START)
    tasks.sign_in_elsewhere(li, {**CLAIMS, "email": "new@city.example"}, at=START)


@pytest.mark.parametrize(
    "change",
    [{"email_verified": False}, {"email_verified": "true"}, {"email": ""}, {"email": None}],
)
def test_an_address_that_is_not_verified_is_nobody(li, change):
    with pytest.raises(AccessError, match="is no user here"):
        tasks.sign_in_elsewhere(li, {**CLAIMS, **change}, at=START)


@pytest.mark.parametrize("iat", [None, "now", START.timestamp() - 601, START.timestamp() + 601])
def test_old_claims_open_no_session(li, iat):
    with pytest.raises(AccessError, match="session has ended"):
        tasks.sign_in_elsewhere(li, {**CLAIMS, "iat": iat}, at=START)


def test_who_is_switched_off_here_does_not_come_in_from_there(li):
    tasks.switch_off(li, "li")
    with pytest.raises(AccessError, match="is no user here"):
        tasks.sign_in_elsewhere(li, CLAIMS, at=START)


def test_who_signs_in_elsewhere_has_no_password_here(li):
    with pytest.raises(AccessError, match="password is wrong"):
        tasks.sign_in(li, "li", "", at=START)


# --- the audit -------------------------------------------------------------------------------


def test_auditors_read_who_did_what_when_from_where(admin):
    tasks.add_user(admin, "li", password=SECRET, role="keeper", place=EAST)
    tasks.add_user(admin, "eye", password=SECRET, role="auditor")
    li = as_user(admin, "li")
    posted = tasks.receive(li, site=EAST, item="torch", quantity=5, reason="采购")
    with pytest.raises(AccessError):
        tasks.receive(li, site="county-990102-store", item="torch", quantity=5, reason="采购")
    eye = as_user(admin, "eye")
    found = tasks.audit(eye, user="LI")
    assert [(e.task, e.subject, e.outcome, e.origin) for e in found] == [
        ("post", "county-990102-store", "refused", "here"),
        ("receipt", posted.id, "done", "here"),
        ("sign_in", "li", "done", "here"),
    ]
    assert [e.subject for e in tasks.audit(eye, task="add_user")] == ["eye", "li", "root"]
    assert len(tasks.audit(eye, limit=2)) == 2
    assert tasks.audit(eye, since=datetime.now(UTC) + timedelta(minutes=1)) == []
    for other in (admin, li):
        with pytest.raises(AccessError, match="may not read the audit"):
            tasks.audit(other)


def test_nobody_leaves_no_trace(admin):
    nobody = replace(admin, actor=Actor(user=""))
    with admin.store.reading() as reader:
        before = len(people.events(reader))
    with pytest.raises(AccessError):
        tasks.stock(nobody)
    with admin.store.reading() as reader:
        assert len(people.events(reader)) == before
