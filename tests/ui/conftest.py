"""A small city with stock in its ledger and the results of all long steps."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from supplies import tasks, worker
from supplies.codec import encode
from supplies.files import load_city, load_incident

ROOT = Path(__file__).resolve().parents[2]
HELD = (
    ("city-990000-store", "tent-12-single", 30),
    ("city-990000-store", "water-bottled", 400),
    ("county-990101-store", "bed-folding", 60),
    ("county-990101-store", "bag-woven", 4000),
    ("county-990102-store", "quilt-winter", 80),
    ("township-990102002-store", "torch", 40),
)


def _silent(_words: str, _share: float) -> None:
    """Tell nobody."""


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, tinycity_dir: Path) -> Path:
    """A database with stock, a readiness, both reserve plans and a dispatch."""
    path = tmp_path_factory.mktemp("ui") / "filled.db"
    db = f"sqlite:///{path}"
    desk = tasks.open_desk(db, tinycity_dir)
    for site, item, quantity in HELD:
        tasks.receive(desk, site=site, item=item, quantity=quantity, reason="test")
    city = load_city(tinycity_dir)
    incident = load_incident(tinycity_dir / "incidents" / "flood.toml", city)
    steps = (
        ("readiness", "own", {"mode": "own"}),
        ("plan", "own", {"mode": "own", "budget": None, "seconds": 20}),
        ("plan", "pooled", {"mode": "pooled", "budget": None, "seconds": 20}),
        ("dispatch", "file/flood", {"incident": encode(incident), "seconds": 2}),
    )
    for step, key, arguments in steps:
        request = {
            "step": step, "key": key, "db": db, "city": str(tinycity_dir), "arguments": arguments
        }  # fmt: skip
        worker.run(request, _silent)
    desk.store.close()
    return path


@pytest.fixture
def full_db(
    filled: Path, tmp_path: Path, tinycity_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of the filled database, named in the environment."""
    copy = tmp_path / "copy.db"
    shutil.copy(filled, copy)
    monkeypatch.setenv("SUPPLIES_DB", f"sqlite:///{copy}")
    monkeypatch.setenv("SUPPLIES_CITY", str(tinycity_dir))
    return copy


@pytest.fixture
def empty_db(tmp_path: Path, tinycity_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new database, named in the environment."""
    path = tmp_path / "empty.db"
    monkeypatch.setenv("SUPPLIES_DB", f"sqlite:///{path}")
    monkeypatch.setenv("SUPPLIES_CITY", str(tinycity_dir))
    return path


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    """Close what the pages opened, so that no test sees another's desk."""
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Return a function that runs one page in one language."""

    def run(name: str, lang: str = "zh") -> AppTest:
        app = AppTest.from_file(str(ROOT / "supplies" / "ui" / "router.py"), default_timeout=20)
        app.query_params["lang"] = lang
        app.run()
        if name != "overview":
            app.switch_page(f"{name}.py").run()
        return app

    return run
