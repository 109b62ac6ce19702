"""Fixtures: definitions of parks and districts, and a folder with one of each."""

from pathlib import Path

import pytest
from parks import DISTRICT, KINDS, PARK, write

from cityloop.definitions import Definitions
from cityloop.foundation.audit import AuditLog
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.outbox import Outbox


@pytest.fixture
def outbox(database: Database, clock: FakeClock) -> Outbox:
    return Outbox(database, clock)


@pytest.fixture
def definitions(database: Database, clock: FakeClock, outbox: Outbox) -> Definitions:
    return Definitions(database, clock, AuditLog(clock), outbox, KINDS)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A folder with one district and one park."""
    folder = tmp_path / "city"
    write(folder, "city.yaml", "name: 云江市\n")
    write(folder, "districts/lakeside.yaml", DISTRICT)
    write(folder, "parks/willow.yaml", PARK)
    return folder
