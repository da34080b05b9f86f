"""What the command line says: one language at a time, tables, one line per error."""

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

PIPE_WIDTH = 140  # columns of a table that goes to a file or a pipe


def pick(lang: str, zh: str, en: str) -> str:
    """Return the text of the language, Chinese unless English is asked for."""
    return en if lang == "en" else zh


def note(text: str) -> None:
    """Write one line on standard error: errors and logs."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def console(stream: TextIO) -> Console:
    """Return a console on a stream; a pipe gets plain text of a readable width."""
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, emoji=False)


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    right: frozenset[int] = frozenset(),
) -> Table:
    """Return a table to print; ``right`` are the positions of columns of figures."""
    made = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    for index, name in enumerate(columns):
        made.add_column(
            escape(name), justify="right" if index in right else "left", overflow="fold"
        )
    for row in rows:
        made.add_row(*(escape(cell(value)) for value in row))
    return made


def cell(value: object) -> str:
    """Return a value as a table shows it: an em dash for none, thousands set apart."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


@contextmanager
def clean_stdout() -> Iterator[TextIO]:
    """Yield the true standard output; what anything else prints there meanwhile is dropped.

    Solvers print banners from C, past Python's own streams, so the file descriptor is moved.
    """
    sys.stdout.flush()
    saved, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    try:
        with os.fdopen(os.dup(saved), "w", encoding="utf-8", errors="replace") as stream:
            yield stream
    finally:
        sys.stdout.flush()
        _flush_c()
        os.dup2(saved, 1)
        os.close(saved)


def _flush_c() -> None:
    """Empty C's own buffers, where a banner may still lie."""
    with suppress(OSError, AttributeError, TypeError):  # no such library: nothing to empty
        ctypes.CDLL(None).fflush(None)
