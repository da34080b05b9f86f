"""What all tests share: repeatable hypothesis, a clean environment, the places of test data."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# Repeatable, and without a clock: machines that run the tests are often busy.
settings.register_profile("house", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("house")

for _name in ("SUPPLIES_DB", "SUPPLIES_CITY", "SUPPLIES_LANG", "SUPPLIES_DEBUG"):
    os.environ.pop(_name, None)


@pytest.fixture(scope="session")
def hengyang_dir() -> Path:
    """The embedded city's folder."""
    return ROOT / "data" / "hengyang"


@pytest.fixture(scope="session")
def tinycity_dir() -> Path:
    """A second, very small city's folder."""
    return ROOT / "tests" / "fixtures" / "tinycity"


@pytest.fixture(scope="session")
def cases_dir() -> Path:
    """Published benchmark cases; ``SUPPLIES_CASES`` says where they are."""
    named = os.environ.get("SUPPLIES_CASES")
    if not named or not Path(named).is_dir():
        pytest.skip("SUPPLIES_CASES names no folder of published benchmark cases")
    return Path(named)
