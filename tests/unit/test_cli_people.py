"""Users on the command line: passwords are never arguments, a session is kept per database."""

import io
import stat

import pytest
from argon2 import PasswordHasher

from supplies.tasks import accounts, sessions
from tests.unit.test_cli import refused, supplies  # noqa: F401 - a fixture

SECRET = "correct horse battery"  # noqa: S105
EAST = "county-990101-store"


@pytest.fixture(autouse=True)
def _at_home(tmp_path, monkeypatch):
    def cheap():
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

    monkeypatch.setattr(sessions, "hasher", cheap)
    monkeypatch.setattr(accounts, "hasher", cheap)
    monkeypatch.setattr("typer.get_app_dir", lambda _: str(tmp_path / "settings"))
    monkeypatch.delenv("SUPPLIES_TOKEN", raising=False)


@pytest.fixture
def run(supplies, monkeypatch):  # noqa: F811 - the fixture
    """Run a command with a password (or several) on standard input."""

    def act(*words, typed=SECRET):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        return supplies(*words)

    return act


@pytest.fixture
def office(run):
    """A ledger with an administrator, a keeper and an auditor; the administrator is signed in."""
    run("user", "add", "root", "--name", "张主任", "--password-stdin")
    run("login", "root", "--password-stdin")
    run("user", "add", "li", "--role", "keeper", "--place", EAST, "--password-stdin")
    run("user", "add", "eye", "--role", "auditor", "--password-stdin")
    return run


def test_the_first_user_tells_what_changes(run):
    ended = run("user", "add", "root", "--password-stdin", "--lang", "en")
    assert ended.status == 0
    assert "added user root: administrator (whole city)" in ended.out
    assert "from now on everybody signs in" in ended.out


def test_without_a_session_every_command_refuses_in_one_line(run):
    run("user", "add", "root", "--password-stdin")
    for command in (["stock"], ["need"], ["whoami"], ["ledger", "verify"], ["user", "list"]):
        ended = run(*command, "--lang", "en")
        assert refused(ended) == "error: sign in first: supplies login"


def test_a_session_is_kept_for_its_database_and_its_owner_only(office, tmp_path):
    assert office("whoami", "--json").document["user"] == "root"
    (kept,) = (tmp_path / "settings" / "sessions").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert office("whoami", "--db", "other.db", "--json").document["alone"]
    office("login", "li", "--password-stdin")
    assert office("whoami", "--json").document["roles"] == [{"role": "keeper", "place": EAST}]


def test_a_token_in_the_environment_comes_first(office, monkeypatch):
    monkeypatch.setenv("SUPPLIES_TOKEN", "guessed")
    assert "session has ended" in refused(office("stock", "--lang", "en"))


def test_logging_out_ends_the_session(office, tmp_path):
    assert office("logout").status == 0
    assert not list((tmp_path / "settings" / "sessions").iterdir())
    assert refused(office("stock"))


def test_a_keeper_sees_and_posts_own_sites_only(office):
    office("login", "li", "--password-stdin")
    entry = ["--item", "torch", "--quantity", "5", "--reason", "采购", "--lang", "en"]
    assert office("receive", "--site", EAST, *entry).status == 0
    ended = office("receive", "--site", "county-990102-store", *entry)
    assert "may not post vouchers at West County store" in refused(ended)
    assert {r["site"] for r in office("stock", "--json").document["rows"]} == {EAST}
    assert "may not" in refused(office("user", "list", "--lang", "en"))


def test_a_wrong_password_is_one_line(office):
    ended = office("login", "li", "--password-stdin", "--lang", "en", typed="wrong password")
    assert "the name or the password is wrong" in refused(ended)


def test_roles_passwords_and_switches(office):
    assert office("user", "role", "li", "keeper", "--place", "990101").status == 0
    assert office("user", "unrole", "li", "keeper", "--place", EAST).status == 0
    assert refused(office("user", "role", "li", "approver"))
    assert office("user", "off", "li").status == 0
    assert refused(office("login", "li", "--password-stdin"))
    assert office("user", "on", "li").status == 0
    assert (
        office("user", "password", "li", "--password-stdin", typed="another long one").status == 0
    )
    assert refused(office("login", "li", "--password-stdin"))
    listed = {u["user"]: u for u in office("user", "list", "--json").document}
    assert listed["li"]["roles"] == [{"role": "keeper", "place": "990101"}]
    assert "password_hash" not in str(listed)


def test_one_changes_the_own_password_with_the_old_one(office):
    office("login", "li", "--password-stdin")
    both = f"{SECRET}\nanother long one"
    assert office("user", "password", "li", "--password-stdin", typed=both).status == 0
    assert refused(office("stock"))
    assert office("login", "li", "--password-stdin", typed="another long one").status == 0


def test_the_audit_is_the_auditors(office):
    assert refused(office("audit"))
    office("login", "eye", "--password-stdin")
    found = office("audit", "--task", "add_user", "--json").document
    assert [(e["user"], e["subject"]) for e in found] == [
        ("root", "eye"), ("root", "li"), (found[-1]["user"], "root"),
    ]  # fmt: skip
    assert office("audit", "--since", "2026-01-01").status == 0


def test_a_password_is_typed_twice_and_never_an_argument(run, monkeypatch):
    typed = iter([SECRET, "another"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    assert "differ" in refused(run("user", "add", "root", "--lang", "en"))
    assert "--password " not in run("login", "--help").out
