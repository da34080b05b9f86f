"""Long steps in processes of their own: started once, watched, stopped."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

STOP_GRACE_S = 3.0


@dataclass
class Job:
    """One long step: what it is, how far it is, how it ended (``state``).

    ``state`` is ``waiting``, ``running``, ``done``, ``stopped`` or ``failed``; ``text`` is what it
    is doing, or the one line that says why it failed.
    """

    id: str
    step: str
    key: str
    request: Mapping[str, Any]
    state: str = "waiting"
    fraction: float = 0.0
    text: str = ""
    began: float = field(default_factory=time.monotonic)
    process: subprocess.Popen[str] | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state in ("done", "stopped", "failed")


class Runner:
    """Runs at most ``limit`` steps at a time; the rest wait their turn."""

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit or max(1, (os.cpu_count() or 2) - 1)
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, step: str, key: str, request: Mapping[str, Any]) -> Job:
        """Start a step, or return the one with the same step and key that has not ended."""
        with self._lock:
            for job in self._jobs.values():
                if (job.step, job.key) == (step, key) and not job.over:
                    return job
            job = Job(id=uuid4().hex, step=step, key=key, request=request)
            self._jobs[job.id] = job
            self._pump()
            return job

    def find(self, step: str, key: str) -> Job | None:
        """Return the newest job of a step and key."""
        with self._lock:
            mine = [j for j in self._jobs.values() if (j.step, j.key) == (step, key)]
        return mine[-1] if mine else None

    def forget(self, job: Job) -> None:
        """Drop a job that has ended, so that its end is told once."""
        with self._lock:
            if job.over:
                self._jobs.pop(job.id, None)

    def stop(self, job: Job) -> None:
        """Ask a step to stop; end its process when it does not within a few seconds."""
        with self._lock:
            if job.state == "waiting":
                job.state = "stopped"
                return
        process = job.process
        if process is not None and process.poll() is None:
            process.terminate()
            threading.Timer(STOP_GRACE_S, process.kill).start()

    def _pump(self) -> None:
        """Give free places to waiting jobs; the lock is held."""
        running = sum(j.state == "running" for j in self._jobs.values())
        for job in self._jobs.values():
            if running >= self.limit:
                return
            if job.state == "waiting":
                job.state = "running"
                running += 1
                threading.Thread(target=self._run, args=(job,), daemon=True).start()

    def _run(self, job: Job) -> None:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "supplies.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
            job.process = process
            with process:
                _talk(process, job)
            if not job.over:
                job.state = "stopped" if process.returncode < 0 else "failed"
                errors.seek(0)
                job.text = (errors.read().strip().splitlines() or [""])[-1]
        with self._lock:
            self._pump()


def _talk(process: subprocess.Popen[str], job: Job) -> None:
    """Hand the request over and follow the lines that come back; banners are no JSON."""
    if process.stdin is None or process.stdout is None:
        return
    process.stdin.write(json.dumps(job.request) + "\n")
    process.stdin.close()
    for line in process.stdout:
        if not line.startswith("{"):
            continue
        said = json.loads(line)
        job.fraction = float(said.get("progress", job.fraction))
        job.text = str(said.get("text", job.text))
        state = said.get("state")
        if state in ("done", "stopped", "failed"):
            job.state = state
