"""Fixtures that every test may use: an empty, migrated state store on SQLite and on PostgreSQL, and a fake clock."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import settings

import yunjiang
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile(
        "ci"
    )  # the gate judges the change, not the luck of the draw; runs by hand keep searching

REAL_DATA = Path(
    os.environ.get("CITYLOOP_TEST_DATA", Path(__file__).parents[2] / "shared" / "data")
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 9, 30, 4, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A PostgreSQL server of this test process (socket only), or a skip that says what is missing."""
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (make setup installs it where it may)")
    home = Path(tempfile.mkdtemp(prefix="cityloop-pg-"))
    user = ["setpriv", "--reuid=nobody", "--clear-groups"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(home, "nobody")
    data = home / "data"

    def run(*command: object) -> None:
        subprocess.run(
            [*user, *map(str, command)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=home,
        )

    run(binaries / "initdb", "-D", data, "-A", "trust", "-U", "city", "--no-sync", "-E", "UTF8")
    options = f"-c listen_addresses='' -k {home} -c fsync=off -c max_connections=200"
    run(binaries / "pg_ctl", "-D", data, "-o", options, "-w", "-l", home / "log", "start")
    try:
        url = f"postgresql+psycopg://city@/{{name}}?host={home}"
        template = Database(url.format(name="postgres"))
        with template.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(sa.text("CREATE DATABASE template_city"))
        template.close()
        migrated = Database(url.format(name="template_city"))
        migrated.migrate()
        migrated.close()
        yield url
    finally:
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("state") / "template.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file


@pytest.fixture(params=["sqlite", "postgres"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty migrated state store, once per kind of store."""
    if request.param == "sqlite":
        file = tmp_path / "state.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    url = request.getfixturevalue("postgres_url")
    name = f"t{uuid4().hex}"
    server = Database(url.format(name="postgres"))
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template_city"))
    yield url.format(name=name)
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.close()


@pytest.fixture
def database(state_url: str) -> Iterator[Database]:
    """An empty migrated state store; each test that takes it runs on SQLite and on PostgreSQL."""
    found = Database(state_url)
    yield found
    found.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of openly published data; tests skip where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"no test data at {REAL_DATA} (set CITYLOOP_TEST_DATA)")
    return REAL_DATA


def _postgres_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all test processes of one run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def demo_city(shared_folder: Path) -> Path:
    """The demo city in small, built once per run by the command line; take a copy to change it."""
    return yunjiang.shared(shared_folder, "yunjiang", yunjiang.build_demo)


@pytest.fixture(scope="session")
def canary_city(shared_folder: Path, demo_city: Path) -> Path:
    """The demo city with planted secrets (``yunjiang.CANARIES``); take a copy to open it."""
    return yunjiang.shared(
        shared_folder, "canaries", lambda place: yunjiang.plant(place, demo_city)
    )
