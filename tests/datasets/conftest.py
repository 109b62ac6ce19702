"""A town with one dataset of cars, on both kinds of state store; and a quick one on SQLite only."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from shelf import Town, cars, make_town

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database


@pytest.fixture
def town(database: Database, clock: FakeClock, tmp_path: Path) -> Town:
    """The town on SQLite and on PostgreSQL."""
    return make_town(database, clock, tmp_path / ".cityloop", cars())


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty state store on SQLite, for what does not depend on the kind of store."""
    file = tmp_path / "quick.db"
    shutil.copy(migrated_sqlite, file)
    found = Database(f"sqlite:///{file}")
    yield found
    found.close()


@pytest.fixture
def small_town(sqlite: Database, clock: FakeClock, tmp_path: Path) -> Town:
    """The town on SQLite only."""
    return make_town(sqlite, clock, tmp_path / ".cityloop", cars())
