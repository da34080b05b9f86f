"""What all tests share: repeatable hypothesis, a clean environment, the places of test data."""

import os
import shutil
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import make_url

from supplies.store import open_store

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
def fixtures_dir() -> Path:
    """Files that tests read."""
    return ROOT / "tests" / "fixtures"


@pytest.fixture(scope="session")
def cases_dir() -> Path:
    """Published benchmark cases; ``SUPPLIES_CASES`` says where they are."""
    named = os.environ.get("SUPPLIES_CASES")
    if not named or not Path(named).is_dir():
        pytest.skip("SUPPLIES_CASES names no folder of published benchmark cases")
    return Path(named)


class Files:
    """Makes ledgers in files, each a copy of one that was migrated once."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, count(1)
        self.template = folder / "template.db"
        open_store(self.template).close()

    def empty(self) -> str:
        """Return the URL of a database without tables."""
        return f"sqlite:///{self.folder / f'{next(self.numbers)}.db'}"

    def fresh(self) -> str:
        """Return the URL of a ledger without facts."""
        return self.copy(f"sqlite:///{self.template}")

    def copy(self, url: str) -> str:
        """Return the URL of a copy of a ledger nobody has open."""
        path = self.folder / f"{next(self.numbers)}.db"
        shutil.copy(make_url(url).database, path)
        return f"sqlite:///{path}"


class Databases:
    """Makes ledgers on a PostgreSQL server, each a copy of one that was migrated once."""

    kind = "postgresql"

    def __init__(self, server: str, worker: str) -> None:
        self.server, self.numbers = make_url(server), count(1)
        self.name, self.made = f"test_{os.getpid()}_{worker}", []
        self.admin = psycopg.connect(server, autocommit=True)
        self.template = self.empty()
        open_store(self.template).close()

    def empty(self) -> str:
        """Return the URL of a database without tables."""
        return self.create("ENCODING 'UTF8' TEMPLATE template0")

    def fresh(self) -> str:
        """Return the URL of a ledger without facts."""
        return self.copy(self.template)

    def copy(self, url: str) -> str:
        """Return the URL of a copy of a ledger nobody has open."""
        return self.create(f'TEMPLATE "{make_url(url).database}" STRATEGY wal_log')

    def create(self, how: str) -> str:
        """Return the URL of a database made in a way of its own."""
        name = f"{self.name}_{next(self.numbers)}"
        self.admin.execute(f'CREATE DATABASE "{name}" {how}')
        self.made.append(name)
        return self.server.set(database=name).render_as_string(hide_password=False)

    def close(self) -> None:
        """Drop all that was made."""
        for name in self.made:
            self.admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.admin.close()


SERVER = "SUPPLIES_TEST_POSTGRES"
_WITHOUT = pytest.mark.skip(reason=f"{SERVER} names no PostgreSQL server (see .ci/postgres)")
_MISSING = not os.environ.get(SERVER) and os.environ.get("CI") != "true"
POSTGRESQL = pytest.param("postgresql", marks=[_WITHOUT] if _MISSING else [])


@pytest.fixture(scope="session")
def databases(worker_id):
    """Makes fresh, empty and copied ledgers on the PostgreSQL server that is named."""
    server = os.environ.get(SERVER)
    if not server and os.environ.get("CI") != "true":
        pytest.skip(f"{SERVER} names no PostgreSQL server (see .ci/postgres)")
    if not server:
        pytest.fail(f"{SERVER} names no PostgreSQL server, and CI runs the tests on one")
    makes = Databases(server, worker_id)
    yield makes
    makes.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Makes fresh, empty and copied ledgers in files."""
    return Files(tmp_path_factory.mktemp("ledgers"))


@pytest.fixture(scope="session", params=["sqlite", POSTGRESQL])
def ledgers(request):
    """Makes fresh, empty and copied ledgers, on either kind of database."""
    return request.getfixturevalue("files" if request.param == "sqlite" else "databases")


@pytest.fixture
def store_url(ledgers) -> str:
    """The URL of a ledger without facts, on either kind of database."""
    return ledgers.fresh()
