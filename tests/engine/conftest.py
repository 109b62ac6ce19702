"""A lake, an engine over it and a table of visits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cityloop.engine import DuckDbEngine, Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def engine(lake: Lake, tmp_path: Path) -> Iterator[DuckDbEngine]:
    found = DuckDbEngine(
        lake.root, temp=tmp_path / "spill", memory="500MB", timeout_s=20, keys={"seal": b"secret"}
    )
    yield found
    found.close()
