"""The app on a free port and a real browser that looks at it; nothing outside is asked."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
]  # fmt: skip
START_S = 40.0


def chromium() -> str | None:
    """Return the path of a Chromium on this machine, ``None`` where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    return None


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def app(db: str, city: Path | None = None) -> Iterator[str]:
    """Run the app on a database; yield its address."""
    port = free_port()
    env = {**os.environ, "SUPPLIES_DB": db}
    if city is not None:
        env["SUPPLIES_CITY"] = str(city)
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the app answers on its port."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the app ended at once, status {process.returncode}")
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            link.request("GET", "/_stcore/health")
            if link.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            link.close()
    raise RuntimeError(f"the app did not answer within {START_S:g} s")


@contextmanager
def browser() -> Iterator[Browser]:
    """Open the machine's Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


def settle(page: Page, pause_s: float = 0.4, timeout_s: float = 60.0) -> None:
    """Wait until the page's script has ended and stays ended for a moment."""
    page.wait_for_selector(IDLE, timeout=timeout_s * 1000, state="attached")
    page.wait_for_timeout(pause_s * 1000)
    page.wait_for_selector(IDLE, timeout=timeout_s * 1000, state="attached")


def outside(page: Page, home: str) -> list[str]:
    """Return a list that fills with every address outside ``home`` the page asks for."""
    asked: list[str] = []

    def note(url: str) -> None:
        local = url.startswith((home, home.replace("http", "ws", 1), "data:", "blob:"))
        if not local:
            asked.append(url)

    page.on("request", lambda request: note(request.url))
    return asked
