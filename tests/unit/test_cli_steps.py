"""Long steps: the result, the error and the wish to stop get across; logs stay seldom."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from supplies.cli import say, steps
from supplies.errors import PlanError, StoppedError

Progress = Callable[[str, float], None]


def _translated(message: str) -> str:
    return {"key": "words"}.get(message, message)


def test_a_step_returns_its_result_and_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(steps, "FIRST_LINE_S", 0.0)

    def step(progress: Progress) -> int:
        progress("key", 0.5)
        time.sleep(0.3)
        return 42

    assert steps.do("title", step, _translated) == 42
    assert "title: words 50%" in capsys.readouterr().err


def test_a_short_step_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert steps.do("title", lambda _: 1, _translated) == 1
    assert capsys.readouterr().err == ""


def test_an_error_in_a_step_reaches_the_caller() -> None:
    def step(_: Progress) -> None:
        raise PlanError("cannot")

    with pytest.raises(PlanError, match="cannot"):
        steps.do("title", step, _translated)


def test_ctrl_c_stops_the_step_at_its_next_report(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[str] = []

    def step(progress: Progress) -> None:
        try:
            while True:
                progress("key", 0.1)
                time.sleep(0.01)
        except StoppedError:
            stopped.append("stopped")
            raise

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "_show_lines", interrupt)
    with pytest.raises(KeyboardInterrupt):
        steps.do("title", step, _translated)
    assert stopped == ["stopped"]


def test_a_terminal_gets_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    def step(progress: Progress) -> str:
        progress("key", 0.5)
        time.sleep(0.3)
        return "done"

    assert steps.do("title", step, _translated) == "done"
    assert "title: words" in capsys.readouterr().err


def test_banners_of_solvers_stay_off_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    with say.clean_stdout() as stream:
        os.write(1, b"banner\n")
        stream.write("document\n")
    assert capfd.readouterr().out == "document\n"


def test_a_reader_that_leaves_early_gets_no_complaint(tmp_path: Path, tinycity_dir: Path) -> None:
    script = "import sys; from supplies.cli import main; sys.exit(main())"
    words = ["need", "--json", "--city", str(tinycity_dir), "--db", str(tmp_path / "a.db")]
    command = subprocess.Popen(
        [sys.executable, "-c", script, *words],
        cwd=Path(__file__).resolve().parents[2], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert command.stdout is not None
    command.stdout.close()
    assert command.stderr is not None
    # On a busy machine the step's progress is told as well; that is no complaint.
    told = command.stderr.read().splitlines()
    command.stderr.close()
    complaints = [line for line in told if not line.endswith(b"%")]
    assert (command.wait(), complaints) == (0, [])
