"""Fixtures for sources; the builders are shared with tests/conformance."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cityloop.foundation.clock import FakeClock
from cityloop.sources.inbox import FolderInbox

sys.path.append(str(Path(__file__).parents[1] / "conformance"))
from source_town import Service


@pytest.fixture
def inbox(tmp_path: Path, clock: FakeClock) -> FolderInbox:
    return FolderInbox(tmp_path / "city" / ".cityloop" / "inbox", clock)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    yield found
    found.close()
