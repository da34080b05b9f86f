"""Commands about people: who may do what, signing in and out, who did what.

A password is typed or comes on standard input, never as an argument: those are seen by others.
"""

import getpass
import sys
from datetime import datetime
from typing import Annotated

import typer

from supplies import tasks
from supplies.access import ROLE_WORDS, Grant, Role
from supplies.cli import tokens
from supplies.cli.frame import Run, command
from supplies.errors import AccessError

Name = Annotated[str, typer.Argument(metavar="USER", help="用户名 | the user's name")]
RoleName = Annotated[Role, typer.Argument(metavar="ROLE", help="角色 | " + ", ".join(Role))]
MaybeRole = Annotated[Role | None, typer.Option(metavar="ROLE", help="角色 | " + ", ".join(Role))]
Place = Annotated[
    str, typer.Option(metavar="ID", help="库点或地区, 不写为全市 | site or area; else the city")
]
FullName = Annotated[str, typer.Option("--name", metavar="TEXT", help="姓名 | full name")]
Subject = Annotated[
    str | None,
    typer.Option(metavar="EMAIL", help="单位账号 | e-mail or issuer|subject at the organisation"),
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读密码 | password from standard input")
]
Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], metavar="DAY", help="自何时 | since"),
]
OfUser = Annotated[str | None, typer.Option("--user", metavar="USER", help="谁 | by whom")]
OfTask = Annotated[str | None, typer.Option("--task", metavar="TASK", help="何事 | what was done")]
OfSubject = Annotated[str | None, typer.Option("--subject", metavar="ID", help="对象 | to what")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="最多几条 | at most")]


def _password(run: Run, from_stdin: bool, *, new: bool = False, old: bool = False) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked = run.text("原密码: ", "old password: ") if old else run.text("密码: ", "password: ")
    given = getpass.getpass(asked)
    if new and getpass.getpass(run.text("再输一次: ", "once more: ")) != given:
        raise AccessError("两次输入的密码不一样 | the two passwords differ")
    return given


def _roles(run: Run, grants: tuple[Grant, ...]) -> str:
    city = run.door.city
    found = []
    for grant in grants:
        named = city.sites.get(grant.place) or city.areas.get(grant.place)
        where = run.text(named.name_zh, named.name_en) if named else run.text("全市", "whole city")
        found.append(f"{run.text(*ROLE_WORDS[grant.role])} ({where})")
    return ", ".join(found)


def _document(account: tasks.Account) -> dict[str, object]:
    return {
        "user": account.id,
        "name": account.name,
        "active": account.active,
        "local": account.local,
        "subject": account.subject,
        "locked_until": account.locked_until.isoformat() if account.locked_until else None,
        "roles": [{"role": g.role.value, "place": g.place} for g in account.grants],
    }


def add(
    run: Run,
    user: Name,
    role: MaybeRole = None,
    place: Place = "",
    name: FullName = "",
    subject: Subject = None,
    password_stdin: FromStdin = False,
) -> None:
    """添加用户 | add a user; the first one is an administrator."""
    first = run.desk.actor.alone
    wants = password_stdin or subject is None
    password = _password(run, password_stdin, new=True) if wants else None
    made = tasks.add_user(
        run.desk, user, name=name, password=password, subject=subject, role=role, place=place
    )
    run.answer(_document(made))
    run.say(
        f"已添加用户 {made.id}: {_roles(run, made.grants) or '还没有角色'}",
        f"added user {made.id}: {_roles(run, made.grants) or 'no role yet'}",
    )
    if first:
        run.say(
            "从现在起, 每个人都要登录: 命令行用 supplies login, 网页先出登录页; "
            "各人只能看、记自己有权的地方, 每一步都留有记录",
            "from now on everybody signs in: supplies login here, a sign-in page in the browser; "
            "people see and post only where they may, and all they do is kept",
        )


def list_(run: Run) -> None:
    """用户和角色 | all users and their roles."""
    found = tasks.users(run.desk)
    run.answer([_document(account) for account in found])
    run.table(
        run.text(f"用户: {len(found)}", f"Users: {len(found)}"),
        run.text("用户名|姓名|在用|登录方式|角色", "User|Name|Active|Signs in|Roles"),
        [
            (
                account.id,
                account.name,
                account.active,
                run.text("密码", "password") if account.local else account.subject,
                _roles(run, account.grants),
            )
            for account in found
        ],
        most=1000,
    )


def role(run: Run, user: Name, role: RoleName, place: Place = "") -> None:
    """授予角色 | give a user a role at a place."""
    grant = tasks.set_role(run.desk, user, role, place)
    run.answer({"user": user, "role": grant.role.value, "place": grant.place})
    run.say(f"{user}: 已授予 {_roles(run, (grant,))}", f"{user}: now {_roles(run, (grant,))}")


def unrole(run: Run, user: Name, role: RoleName, place: Place = "") -> None:
    """收回角色 | take a role from a user."""
    tasks.remove_role(run.desk, user, role, place)
    run.answer({"user": user, "role": role.value, "place": place, "removed": True})
    run.say(f"{user}: 已收回", f"{user}: taken back")


def password(run: Run, user: Name, password_stdin: FromStdin = False) -> None:
    """改密码 | set a password; one's own needs the old one (with --password-stdin: first line)."""
    desk = run.desk
    old = None
    if user.strip().casefold() == desk.user and not desk.actor.alone:
        old = _password(run, password_stdin, old=True)
    tasks.set_password(desk, user, _password(run, password_stdin, new=True), old=old)
    run.answer({"user": user, "changed": True})
    run.say(f"{user}: 密码已改, 请重新登录", f"{user}: password set; sign in again")


def off(run: Run, user: Name) -> None:
    """停用用户 | let a user in no more; what they did stays on record."""
    tasks.switch_off(run.desk, user)
    run.answer({"user": user, "active": False})
    run.say(f"{user}: 已停用", f"{user}: switched off")


def on(run: Run, user: Name) -> None:
    """恢复用户, 解除锁定 | let a user in again, and unlock."""
    tasks.switch_on(run.desk, user)
    run.answer({"user": user, "active": True})
    run.say(f"{user}: 已启用", f"{user}: switched on")


def login(run: Run, user: Name, password_stdin: FromStdin = False) -> None:
    """登录 | sign in; the session is kept for this database."""
    secret = _password(run, password_stdin)
    token = tasks.sign_in(run.door, user, secret, run.door.actor.origin)
    kept = tokens.keep(run.door, token)
    run.answer({"user": user.strip().casefold(), "file": str(kept)})
    run.say(f"已登录: {user}", f"signed in: {user}")


def logout(run: Run) -> None:
    """退出登录 | sign out."""
    token = tokens.find(run.door)
    if token:
        tasks.sign_out(run.door, token)
    tokens.drop(run.door)
    run.answer({"signed_in": False})
    run.say("已退出登录", "signed out")


def whoami(run: Run) -> None:
    """我是谁, 能做什么 | who is signed in, with which roles."""
    actor = run.desk.actor
    grants = [{"role": g.role.value, "place": g.place} for g in actor.grants]
    run.answer({"user": actor.user, "name": actor.name, "alone": actor.alone, "roles": grants})
    if actor.alone:
        run.say(
            f"{actor.user}: 台账还没有用户, 谁都可以做任何事",
            f"{actor.user}: this ledger has no users, anybody may do anything",
        )
    else:
        run.say(*[f"{actor.user} ({actor.name}): {_roles(run, actor.grants)}"] * 2)


def audit(
    run: Run,
    user: OfUser = None,
    since: Since = None,
    task: OfTask = None,
    subject: OfSubject = None,
    limit: Limit = 200,
) -> None:
    """谁在何时何地做了什么 | who did what, when, from where."""
    begin = since.astimezone() if since else None
    found = tasks.audit(run.desk, user=user, since=begin, task=task, subject=subject, limit=limit)
    run.answer(
        [
            {
                "number": event.number,
                "at": event.at.isoformat(timespec="seconds"),
                "user": event.user,
                "origin": event.origin,
                "task": event.task,
                "subject": event.subject,
                "outcome": event.outcome,
                "detail": event.detail,
            }
            for event in found
        ]
    )
    run.table(
        run.text(f"记录: {len(found):,} 条, 最新在前", f"Events: {len(found):,}, latest first"),
        run.text("时间|用户|何处|何事|对象|结果|说明", "At|User|From|Task|To|Outcome|Detail"),
        [
            (
                event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
                event.user,
                event.origin,
                event.task,
                event.subject,
                event.outcome,
                event.detail,
            )
            for event in found
        ],
        most=limit,
    )


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    users = typer.Typer(help="用户和角色 | users and roles", no_args_is_help=True)
    for name, act in (("add", add), ("list", list_), ("role", role), ("unrole", unrole)):
        command(users, name)(act)
    for name, act_on in (("password", password), ("off", off), ("on", on)):
        command(users, name)(act_on)
    app.add_typer(users, name="user")
    for name, alone in (("login", login), ("logout", logout), ("whoami", whoami)):
        command(app, name)(alone)
    command(app, "audit")(audit)
