"""Long steps run in processes of their own, once, and can be stopped."""

import io
import json
import subprocess
import sys
import time

import pytest

from supplies import tasks, worker
from supplies.errors import StoppedError
from supplies.ui.jobs import Job, Runner


def request(db, city, step="readiness", **arguments):
    return {
        "step": step, "key": "own", "db": f"sqlite:///{db}", "city": str(city),
        "arguments": {"mode": "own", **arguments},
    }  # fmt: skip


def wait(job: Job, until=lambda job: job.over, seconds=30.0):
    end = time.monotonic() + seconds
    while not until(job) and time.monotonic() < end:
        time.sleep(0.05)
    return job


def test_a_step_runs_and_its_result_is_kept(full_db, tinycity_dir):
    job = wait(Runner().start("readiness", "own", request(full_db, tinycity_dir)))
    assert (job.state, job.fraction) == ("done", 1.0)
    desk = tasks.open_desk(f"sqlite:///{full_db}", tinycity_dir)
    stamp = tasks.load_result(desk, "readiness", "own/stamp")
    desk.store.close()
    assert stamp is not None
    assert stamp["arguments"] == {"mode": "own"}


@pytest.fixture
def speaking(monkeypatch):
    """Let the runner start a few lines of Python in the worker's place."""
    started = subprocess.Popen

    def say(script):
        def instead(command, **how):
            return started([sys.executable, "-c", script], **how)

        monkeypatch.setattr("supplies.ui.jobs.subprocess.Popen", instead)

    return say


def test_one_runs_and_the_next_waits_its_turn(speaking):
    speaking('import time; time.sleep(0.3); print(\'{"state": "done"}\')')
    runner = Runner(limit=1)
    first, second = runner.start("plan", "own", {}), runner.start("plan", "pooled", {})
    third = runner.start("dispatch", "x", {})
    assert runner.start("plan", "own", {}) is first
    assert (second.state, third.state) == ("waiting", "waiting")
    runner.stop(third)
    assert third.state == "stopped"
    assert wait(second).state == "done"
    assert first.state == "done"
    runner.forget(first)
    assert runner.find("plan", "own") is None


def test_banners_of_solvers_are_passed_over(speaking):
    speaking('print(\'Running HiGHS\'); print(\'{"state": "failed", "text": "why"}\')')
    job = wait(Runner().start("plan", "own", {}))
    assert (job.state, job.text) == ("failed", "why")


def test_a_worker_that_dies_is_told_by_its_last_word(speaking):
    speaking("import sys; sys.stderr.write('first\\nlast word\\n'); sys.exit(3)")
    job = wait(Runner().start("plan", "own", {}))
    assert (job.state, job.text) == ("failed", "last word")


def test_a_running_step_stops(speaking):
    speaking("import time; print('{\"progress\": 0.5}', flush=True); time.sleep(60)")
    runner = Runner()
    job = runner.start("plan", "own", {})
    wait(job, until=lambda j: j.fraction == 0.5)
    runner.stop(job)
    assert wait(job, seconds=10).state == "stopped"


def test_the_worker_says_stopped_when_asked_to_stop(capsys):
    channel = worker.Channel()
    channel.progress("plan", 0.25)
    channel.stop(15, None)
    with pytest.raises(StoppedError):
        channel.progress("plan", 0.5)
    assert json.loads(capsys.readouterr().out) == {"progress": 0.25, "text": "plan"}


@pytest.mark.parametrize("line", ["nonsense\n", '{"step": "x", "key": "k"}\n'])
def test_the_worker_never_leaves_without_a_word(line, full_db, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(line))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert worker.main() == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["state"] == "failed"


def test_a_refusal_is_one_line(full_db, tinycity_dir, monkeypatch, capsys):
    asked = request(full_db, tinycity_dir, mode="none")
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(asked)))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert worker.main() == 2
    said = capsys.readouterr()
    assert "none" in json.loads(said.out.splitlines()[-1])["text"]
    assert "Traceback" not in said.err
