"""The wheel carries everything: installed alone, it does the main job and the screens open."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"
pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def _run(*command: str | Path, cwd: Path, seconds: int = 600) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "SUPPLIES"))}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, timeout=seconds,
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment that has only the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    [wheel] = folder.glob("*.whl")
    venv, uv = folder / "venv", shutil.which("uv")
    python = venv / BIN / "python"
    if uv and subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0:
        _run(uv, "venv", "--quiet", "--python", sys.executable, venv, cwd=folder)
        _run(uv, "pip", "install", "--quiet", "--python", python, wheel, cwd=folder)
    else:
        _run(sys.executable, "-m", "venv", venv, cwd=folder)
        _run(python, "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return venv / BIN


def test_the_main_job_runs_outside_the_checkout(
    installed: Path, tmp_path: Path, tinycity_dir: Path
) -> None:
    city = shutil.copytree(tinycity_dir, tmp_path / "city")
    out = _run(
        installed / "supplies", "demo", "--city", city, "--seconds", "5", "--json", cwd=tmp_path
    )
    answer = json.loads(out)
    assert answer["dispatch"]["trips"] > 0
    assert (tmp_path / "out" / "procurement.xlsx").stat().st_size > 0
    assert (tmp_path / "out" / "dispatch.xlsx").stat().st_size > 0


def test_the_embedded_city_is_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    answer = json.loads(_run(installed / "supplies", "init", "--json", cwd=tmp_path))
    assert answer["city"]["code"] == "430400"
    assert answer["city"]["areas"] == 1 + 12 + 191 + 2785
    where = _run(
        installed / "python", "-c", "import supplies; print(supplies.__file__)", cwd=tmp_path
    )
    assert not Path(where.strip()).is_relative_to(ROOT)


@pytest.fixture
def served(installed: Path, tmp_path: Path, tinycity_dir: Path) -> Iterator[str]:
    """The address of the installed screens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [str(installed / "supplies"), "app", "--city", str(tinycity_dir), "--port", str(port)],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(20)
    with socket.socket() as gone:
        assert gone.connect_ex(("127.0.0.1", port)) != 0, "the server outlived its command"


def _get(url: str, seconds: float = 60.0) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + seconds
    while True:
        try:
            with opener.open(url, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


def test_the_screens_answer(served: str) -> None:
    assert _get(f"{served}/_stcore/health") == b"ok"
    assert b"<title>" in _get(served)
