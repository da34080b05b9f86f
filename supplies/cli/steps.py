"""Long steps: in a thread of their own, with a bar on standard error, stopped by Ctrl-C."""

import sys
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from supplies.cli.say import console, note
from supplies.errors import StoppedError

T = TypeVar("T")
Step = Callable[[Callable[[str, float], None]], T]
Translate = Callable[[str], str]

POLL_S = 0.1
STOP_WAIT_S = 3.0
FIRST_LINE_S = 2.0
LINE_EVERY_S = 10.0


class Worker(threading.Thread):
    """One long step beside the main thread, so that Ctrl-C and the bar stay alive.

    A solver may hold Python for seconds; a daemon thread lets the program end all the same.
    """

    def __init__(self, step: Step[object]) -> None:
        super().__init__(daemon=True, name="supplies-step")
        self._step = step
        self._stop_asked = threading.Event()
        self.latest: tuple[str, float] = ("", 0.0)
        self.result: object = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Do the step; its result or its error is kept for the main thread."""
        try:
            self.result = self._step(self._progress)
        except BaseException as error:  # handed over, not swallowed
            self.error = error

    def _progress(self, message: str, fraction: float) -> None:
        if self._stop_asked.is_set():
            raise StoppedError(message)
        self.latest = (message, fraction)

    def ask_to_stop(self) -> None:
        """Let the next report of progress raise StoppedError; wait a moment for it."""
        self._stop_asked.set()
        self.join(STOP_WAIT_S)


def do(title: str, step: Step[T], translate: Translate) -> T:
    """Do a long step with a bar on standard error and return its result.

    Parameters
    ----------
    title
        What the step does, shown until it says more itself.
    step
        Called with a progress callback; ``translate`` puts the messages it reports into words.

    Raises
    ------
    KeyboardInterrupt
        When the user stops it; the step has then been told to stop.
    """
    worker = Worker(step)
    worker.start()
    show = _show_bar if sys.stderr.isatty() else _show_lines
    try:
        show(worker, title, translate)
    except KeyboardInterrupt:
        worker.ask_to_stop()
        raise
    if worker.error is not None:
        raise worker.error
    return worker.result  # type: ignore[return-value]


def _text(worker: Worker, title: str, translate: Translate) -> str:
    message = worker.latest[0]
    detail = translate(message)
    return f"{title}: {detail}" if detail else title


def _show_bar(worker: Worker, title: str, translate: Translate) -> None:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console(sys.stderr), transient=True) as bar:
        task = bar.add_task(escape(title), total=1.0)
        while worker.is_alive():
            worker.join(POLL_S)
            bar.update(
                task,
                description=escape(_text(worker, title, translate)),
                completed=worker.latest[1],
            )


def _show_lines(worker: Worker, title: str, translate: Translate) -> None:
    """Say in plain lines, seldom, how far the step is: for logs."""
    due = time.monotonic() + FIRST_LINE_S
    while worker.is_alive():
        worker.join(POLL_S)
        if time.monotonic() >= due:
            due = time.monotonic() + LINE_EVERY_S
            note(f"{_text(worker, title, translate)} {worker.latest[1]:.0%}")
