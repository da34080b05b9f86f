"""The way in and out: the options before the command's name, the exit status, the error line.

Exit status: 0 done; 1 done, with findings; 2 refused, the reason in one line on standard error;
130 stopped by Ctrl-C. No traceback reaches a user; ``SUPPLIES_DEBUG=1`` shows it to a developer.
"""

import contextlib
import os
import re
import sys
import threading
from collections.abc import Sequence
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from supplies.cli import book, callups, foresee, keep, lists, people, say, start, vouchers
from supplies.cli.frame import (
    DONE,
    REFUSED,
    STOPPED,
    AsJson,
    CityDir,
    Db,
    Lang,
    settings_from_environment,
)
from supplies.cli.steps import Worker
from supplies.errors import StoppedError, SuppliesError

HELP = """应急物资: 台账、储备方案与调运 | emergency supplies: ledger, reserves, dispatch.

退出码 exit status: 0 完成 done · 1 有发现 done, with findings · 2 拒绝 refused, nothing written."""

# What typer says about a wrong call, in Chinese: pattern -> replacement.
USAGE_ZH: Sequence[tuple[str, str]] = (
    (r"No such option:? '?([^' ]+)'?\.?", r"没有选项 \1"),
    (r"No such command '(.*?)'\.?", r"没有命令 \1"),
    (r"\(?Possible options: (.*)\)", r"(可能是 \1)"),
    (r"Did you mean (.*)\?", r"是否想写 \1?"),
    (r"Missing (?:argument|option|parameter) (.*?)\.", r"缺少 \1。"),
    (r"Missing command\.", "缺少命令。"),
    (r"Invalid value for (.*?): ", r"\1 的值不对: "),
    (r"Got unexpected extra arguments? \((.*)\)", r"多出了 \1"),
    (r"Option (.*?) requires an argument\.", r"选项 \1 后面缺少值。"),
    (r"(.*) is not one of (.*)\.", r"\1 应为以下之一: \2"),
    (r"(.*) is not a valid (?:integer range|integer|int|float)\.", r"\1 不是数字"),
    (r"(.*) does not match the formats? .*", r"\1 应写成 2026-07-09"),
    (r"(?:File|Path|Directory) '(.*)' does not exist\.", r"文件 \1 不存在"),
)

app = typer.Typer(
    name="supplies",
    add_completion=False,
    help=HELP,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for room in (start, book, vouchers, callups, lists, foresee, keep, people):
    room.add_to(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"supplies {installed_version('supplies')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def options(
    ctx: typer.Context,
    db: Db = None,
    city: CityDir = None,
    as_json: AsJson = None,
    lang: Lang = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="版本 | the version"),
    ] = False,
) -> None:
    """Keep the shared options for the command that follows; alone, show the help."""
    del version  # answered by its callback
    ctx.obj = settings_from_environment().with_given(db, city, as_json, lang)
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def _lang(arguments: Sequence[str]) -> str:
    """Return the language for errors, also where the call itself cannot be understood."""
    lang = settings_from_environment().lang
    for before, word in zip(["", *arguments], arguments, strict=False):
        found = word.removeprefix("--lang=") if word.startswith("--lang=") else None
        found = word if before == "--lang" else found
        lang = found if found in ("zh", "en") else lang
    return lang


def _usage_text(message: str, lang: str) -> str:
    if lang != "en":
        for pattern, replacement in USAGE_ZH:
            message = re.sub(pattern, replacement, message)
    return message


def _side(message: str, lang: str) -> str:
    """Return one language of a message written ``中文 | English``, with what it is about."""
    zh, bar, en = message.partition(" | ")
    if not bar or lang != "en":
        return zh
    about = re.match("[^\u4e00-\u9fff]*", zh)  # up to the first Chinese word: the value at fault
    return (about[0] if about else "") + en


def _refuse(message: str, lang: str) -> int:
    """Print why nothing was done, in one line on standard error."""
    line = " ".join(_side(message, lang).split()) or say.pick(lang, "原因不明", "no reason given")
    say.note(f"{say.pick(lang, '错误', 'error')}: {line}")
    return REFUSED


def _explain(error: Exception, lang: str) -> int:
    if hasattr(error, "format_message"):  # typer's and click's usage errors
        return _refuse(_usage_text(str(error.format_message()), lang), lang)
    if isinstance(error, SuppliesError):
        return _refuse(str(error), lang)
    if isinstance(error, OSError):
        reason = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
        return _refuse(say.pick(lang, "文件无法读写: ", "cannot read or write: ") + reason, lang)
    if os.environ.get("SUPPLIES_DEBUG"):
        raise error
    inside = f"{type(error).__name__}: {error}"
    hint = say.pick(
        lang,
        "程序内部错误 (设 SUPPLIES_DEBUG=1 可看详情): ",
        "internal error (set SUPPLIES_DEBUG=1 for details): ",
    )
    return _refuse(hint + inside, lang)


def _stopped(lang: str) -> int:
    say.note(say.pick(lang, "已中止", "stopped"))
    if any(isinstance(thread, Worker) for thread in threading.enumerate()):
        os._exit(STOPPED)  # a solver that still holds on must not hold up the user
    return STOPPED


def _readable_streams() -> None:
    """Write UTF-8 whatever the terminal's locale says; a character never stops the program."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; see the module for its meaning."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    lang = _lang(words)
    _readable_streams()
    try:
        status = app(words, prog_name="supplies", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, StoppedError, typer.Abort):
        return _stopped(lang)
    except Exception as error:
        return _explain(error, lang)
    return _stopped(lang) if status == STOPPED else int(status or DONE)
