"""What every command shares: its four options, the desk, what it prints and how it ends."""

import contextlib
import inspect
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TextIO, TypeVar

import typer
from rich.console import Console, RenderableType

from supplies import tasks
from supplies.cli import say, tokens
from supplies.cli.steps import Step, do
from supplies.cli.texts import PROGRESS
from supplies.reports.words import Words

T = TypeVar("T")
DONE, FINDINGS, REFUSED, STOPPED = 0, 1, 2, 130

Db = Annotated[
    str | None,
    typer.Option(metavar="URL", help="数据库 | database (SUPPLIES_DB, supplies.db)"),
]
CityDir = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="城市数据文件夹 | city folder (SUPPLIES_CITY, 内置 built in)"),
]
AsJson = Annotated[
    bool | None,
    typer.Option("--json", help="标准输出只有一份 JSON | one JSON document on standard output"),
]
Lang = Annotated[str | None, typer.Option(metavar="zh|en", help="语言 | language (SUPPLIES_LANG)")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The four options that every command takes, before or after its name."""

    db: str | None = None
    city: Path | None = None
    as_json: bool = False
    lang: str = "zh"

    def with_given(
        self, db: str | None, city: Path | None, as_json: bool | None, lang: str | None
    ) -> "Settings":
        """Return these settings with the options that were given in their place.

        Raises
        ------
        typer.BadParameter
            When the language is neither ``zh`` nor ``en``.
        """
        if lang not in (None, "zh", "en"):
            raise typer.BadParameter(f"{lang!r}: zh | en", param_hint="--lang")
        return replace(
            self,
            db=db or self.db,
            city=city or self.city,
            as_json=self.as_json if as_json is None else as_json,
            lang=lang or self.lang,
        )


def settings_from_environment() -> Settings:
    """Return the settings before any option; the desk itself asks SUPPLIES_DB and _CITY."""
    return Settings(lang="en" if os.environ.get("SUPPLIES_LANG") == "en" else "zh")


@dataclass
class Run:
    """One command's run: opens the desk when first asked, prints text or one JSON document."""

    settings: Settings
    stream: TextIO
    document: Any = field(default=None, init=False)

    @cached_property
    def door(self) -> tasks.Desk:
        """The city and its ledger, before anybody has signed in."""
        return tasks.open_desk(self.settings.db, self.settings.city)

    @cached_property
    def desk(self) -> tasks.Desk:
        """The city and its ledger as the signed-in user's; anybody's where there are no users."""
        actor = tasks.actor_of(self.door, tokens.find(self.door), self.door.actor.origin)
        return replace(self.door, actor=actor)

    @cached_property
    def words(self) -> Words:
        """The city's names in the reader's language."""
        return Words(self.desk.city, self.lang)

    @cached_property
    def _console(self) -> Console:
        return say.console(self.stream)

    @property
    def lang(self) -> str:
        """The language, ``zh`` or ``en``."""
        return self.settings.lang

    def text(self, zh: str, en: str) -> str:
        """Return the text of the chosen language."""
        return say.pick(self.lang, zh, en)

    def say(self, zh: str, en: str) -> None:
        """Print one line, unless JSON was asked for."""
        self.show(self.text(zh, en))

    def show(self, *parts: RenderableType) -> None:
        """Print lines and tables, unless JSON was asked for."""
        if not self.settings.as_json:
            for part in parts:
                self._console.print(part, markup=not isinstance(part, str), soft_wrap=True)

    def table(
        self,
        title: str,
        columns: str,
        rows: Sequence[Sequence[object]],
        *,
        right: Sequence[int] = (),
        most: int = 40,
        rest: str = "--json",
    ) -> None:
        """Print the first rows as a table, unless JSON was asked for.

        Parameters
        ----------
        columns
            Their titles, joined by ``|``; ``right`` are the positions of those of figures.
        most, rest
            How many rows to show, and where the others are.
        """
        if self.settings.as_json:
            return
        shown = rows[:most]
        self._console.print(say.table(title, columns.split("|"), shown, frozenset(right)))
        self.say_more(len(rows) - len(shown), rest)

    def say_more(self, count: int, where: str) -> None:
        """Print how many rows were left out, and where they are."""
        if count > 0:
            self.say(f"……另有 {count:,} 行, 见 {where}", f"... {count:,} more: {where}")

    def answer(self, document: object) -> None:
        """Keep the document that ``--json`` prints; the last one counts."""
        self.document = document

    def work(self, zh: str, en: str, step: Step[T]) -> T:
        """Do a long step with a bar on standard error; Ctrl-C stops it."""
        return do(self.text(zh, en), step, self._translate)

    def _translate(self, message: str) -> str:
        if message in PROGRESS:
            return self.text(*PROGRESS[message])
        # Steps also name the item they are at; the city is known once the desk stands.
        return self.words.item(message) if "desk" in vars(self) else message

    def finish(self) -> None:
        """Print the document, when JSON was asked for."""
        if self.settings.as_json:
            self.stream.write(json.dumps(self.document, ensure_ascii=False, indent=1) + "\n")
        self.stream.flush()

    def close(self) -> None:
        """Close the ledger, where it was opened."""
        if "door" in vars(self):
            self.door.store.close()


Command = Callable[..., int | None]


def command(app: typer.Typer, name: str, **details: Any) -> Callable[[Command], Command]:  # noqa: ANN401
    """Return a decorator that adds a command which also takes the four shared options.

    The command gets a `Run` first, then its own options; it returns its exit status.
    """

    def decorate(function: Command) -> Command:
        own = list(inspect.signature(function).parameters.values())[1:]
        shared = inspect.signature(Settings.with_given).parameters.values()
        types = {"db": Db, "city": CityDir, "as_json": AsJson, "lang": Lang}

        def wrapper(ctx: typer.Context, **given: Any) -> None:  # noqa: ANN401
            settings: Settings = ctx.obj.with_given(*(given.pop(key) for key in types))
            status = DONE
            # A reader that leaves early (head, less) has what it wanted.
            with contextlib.suppress(BrokenPipeError), say.clean_stdout() as stream:
                run = Run(settings, stream)
                try:
                    status = function(run, **given) or DONE
                    run.finish()
                finally:
                    run.close()
            raise typer.Exit(status)

        context = inspect.Parameter(
            "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
        )
        options = [
            inspect.Parameter(
                p.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=types[p.name]
            )
            for p in shared
            if p.name in types
        ]
        keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        parameters = [context, *keyword, *options]
        wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        wrapper.__annotations__ = {p.name: p.annotation for p in parameters}
        details.setdefault("help", inspect.getdoc(function))
        app.command(name, **details)(wrapper)
        return function

    return decorate
