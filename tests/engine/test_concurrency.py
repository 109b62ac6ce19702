"""Several writers and readers at once, in one process and in two."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from lake_rows import numbers, rows_of
from sqlglot import parse_one
from writer import ROWS

from cityloop.engine import Lake, LakeTable, MergeCounts

WRITER = Path(__file__).with_name("writer.py")


@pytest.mark.parametrize("verb", ["append", "merge", "compact"])
def test_two_processes_write_at_once_and_no_row_is_lost(tmp_path: Path, verb: str) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, WRITER, tmp_path, verb, str(first), str(first + 5)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for first in (0, 5)
    ]
    for process in running:
        assert process.communicate(timeout=100)[1] == b""
    found = [row[0] for row in rows_of(Lake(tmp_path).table("core", "events").pin())]
    assert sorted(found) == list(range(10 * ROWS))


def test_the_same_batch_from_many_sides_is_written_once(tmp_path: Path) -> None:
    def deliver(_number: int) -> bool:
        return Lake(tmp_path).table("core", "t").append(numbers(0, 10), "same").repeated

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(deliver, range(6))) == [False] + [True] * 5
    assert len(rows_of(Lake(tmp_path).table("core", "t").pin())) == 10


def test_merges_at_once_never_insert_a_key_twice(tmp_path: Path) -> None:
    Lake(tmp_path).table("core", "t").append(numbers(0, 5), "first")

    def deliver(number: int) -> MergeCounts:
        return Lake(tmp_path).table("core", "t").merge(numbers(0, 20), ["n"], f"b{number}")

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(deliver, range(4)))
    assert sorted(count.inserted for count in counts) == [0, 0, 0, 15]
    assert [row[0] for row in rows_of(Lake(tmp_path).table("core", "t").pin())].count(7) == 1


def test_readers_see_whole_batches_only(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    table = lake.table("core", "t")
    table.create(numbers(0, 1).schema)

    def write() -> None:
        for number in range(15):
            table.append(numbers(number * 10, number * 10 + 10), f"b{number}")

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(write)
        seen = []
        while not done.done():
            seen.append(Lake(tmp_path).table("core", "t").pin().rows)
        done.result()
    assert all(rows % 10 == 0 for rows in seen)
    assert seen == sorted(seen)
    assert table.pin().rows == 150


def test_a_pin_outlives_what_comes_after_it(tmp_path: Path) -> None:
    table = Lake(tmp_path).table("core", "t")
    table.append(numbers(0, 10), "b1")
    pin = table.pin()
    table.merge(pa.table({"n": [3]}), ["n"], "b2")
    table.replace(numbers(50, 60), "b3")
    table.compact()
    assert [row[0] for row in rows_of(pin)] == list(range(10))


VERBS: dict[str, Callable[[LakeTable], object]] = {
    "append": lambda table: table.append(numbers(100, 110), "append"),
    "merge": lambda table: table.merge(numbers(25, 35), ["n"], "merge"),
    "replace": lambda table: table.replace(numbers(0, 30), "replace"),
    "delete": lambda table: table.delete(parse_one("n < 0"), "delete"),
    "compact": lambda table: table.compact(),
    "sort": lambda table: table.compact(sort_by=["n"]),
    "restore": lambda table: table.restore(3),
}


@pytest.mark.parametrize("other", sorted(VERBS))
@pytest.mark.parametrize("verb", ["compact", "sort", "replace"])
def test_taking_files_away_at_once_never_doubles_a_row(
    tmp_path: Path, verb: str, other: str
) -> None:
    for number in range(3):
        Lake(tmp_path).table("core", "t").append(
            numbers(number * 10, number * 10 + 10), f"b{number}"
        )

    def run(name: str) -> None:
        VERBS[name](Lake(tmp_path).table("core", "t"))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [verb, other]))
    found = [row[0] for row in rows_of(Lake(tmp_path).table("core", "t").pin())]
    assert len(found) == len(set(found))
