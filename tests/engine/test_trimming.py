"""A log shortened to the versions that are kept: they read as before, writers and readers go on, the rest is gone."""

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cityloop.engine import Lake, UnknownVersion
from cityloop.engine.table import LakeTable

AT_ONCE = timedelta(0)
KEPT = (25, 57)


def numbers(table: LakeTable, version: int | None = None) -> list[int]:
    """Return the rows of a version, file by file."""
    files = table.pin(version).files
    return sorted(n for file in files for n in pq.read_table(file.path)["n"].to_pylist())


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake whose table `a.b` has 70 commits of one row each and checkpoints by upkeep."""
    table = Lake(tmp_path).table("a", "b")
    for number in range(70):
        table.append(pa.table({"n": [number]}), f"batch {number}")
        if number % 20 == 19:
            table.compact()
    return Lake(tmp_path)


def entries(table: LakeTable) -> int:
    return sum(1 for _ in (table.folder / "_delta_log").iterdir())


def test_kept_versions_read_as_before_and_others_are_gone(lake: Lake, tmp_path: Path) -> None:
    table = lake.table("a", "b")
    before = {version: numbers(table, version) for version in (*KEPT, table.pin().version)}
    long = entries(table)
    assert table.trim_log(keep=KEPT, older_than=AT_ONCE) == long - entries(table) > 20
    fresh = Lake(tmp_path).table("a", "b")
    assert {version: numbers(fresh, version) for version in before} == before
    for version in (3, 30):
        with pytest.raises(UnknownVersion):
            fresh.pin(version)


def test_writers_and_readers_that_were_there_go_on(lake: Lake, tmp_path: Path) -> None:
    table, other = lake.table("a", "b"), Lake(tmp_path).table("a", "b")
    other.pin()
    other.append(pa.table({"n": [70]}), "batch 70")
    for number in range(71, 90):
        table.append(pa.table({"n": [number]}), f"batch {number}")
    table.compact()
    table.append(pa.table({"n": [90]}), "batch 90")
    table.trim_log(keep=(), older_than=AT_ONCE)
    assert numbers(other) == list(range(91))
    assert other.append(pa.table({"n": [3]}), "batch 3").repeated
    other.append(pa.table({"n": [91]}), "batch 91")
    assert numbers(table) == list(range(92))


def test_young_entries_and_a_log_without_checkpoint_stay(lake: Lake, tmp_path: Path) -> None:
    table = lake.table("a", "b")
    assert table.trim_log(keep=()) == 0
    young = lake.table("a", "c")
    young.append(pa.table({"n": [1]}), "1")
    assert young.trim_log(keep=(), older_than=AT_ONCE) == 0
