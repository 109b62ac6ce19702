"""Fixtures of the read path's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from little_city import City, build

from cityloop.foundation.audit import audit_head, audit_log
from cityloop.foundation.db import Database, metadata


@pytest.fixture(scope="session")
def shared_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city that several tests read and none changes."""
    home = tmp_path_factory.mktemp("city")
    database = Database(f"sqlite:///{home / 'state.db'}")
    metadata.create_all(database.engine, tables=[audit_log, audit_head])
    city = build(home, database)
    yield city
    city.reader.engine.close()
    database.close()


@pytest.fixture
def city(tmp_path: Path, database: Database) -> Iterator[City]:
    """A city of one's own, on each kind of state store."""
    made = build(tmp_path / "city", database)
    engine = made.reader.engine
    yield made
    engine.close()
