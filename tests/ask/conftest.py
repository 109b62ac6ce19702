"""Somebody who asks, and somebody who answers, over the town of tests/metrics."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "metrics"))

import pytest
from spoken_town import asking
from town import DuckReader, reader

from cityloop.ask import Ask
from cityloop.foundation.principal import Principal


@pytest.fixture(scope="session")
def lake() -> DuckReader:
    return reader()


@pytest.fixture(scope="session")
def ask(lake: DuckReader) -> Ask:
    return asking(lake)


@pytest.fixture(scope="session")
def asker() -> Principal:
    return Principal(id="li", name="Li")
