"""kill -9 in the middle of writing: what was acknowledged is there, what is delivered again is there once."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from lake_rows import rows_of
from writer import ROWS

from cityloop.engine import Lake

WRITER = Path(__file__).with_name("writer.py")
BATCHES = 4
MOMENTS = ["after_s:0.01", "after_s:0.03", "after_s:0.08"]
CASES = [("append", point) for point in ("before:2", "middle:2", "after:2", *MOMENTS)] + [
    (verb, point) for verb in ("merge", "compact") for point in ("after:2", *MOMENTS)
]


def write(root: Path, verb: str, *die_at: str) -> tuple[int, set[int]]:
    """Return the exit status and the batches that were acknowledged."""
    done = subprocess.run(
        [sys.executable, WRITER, root, verb, "0", str(BATCHES), *die_at],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, {int(line) for line in done.stdout.split()}


@pytest.mark.parametrize(("verb", "point"), CASES)
def test_a_killed_writer_loses_nothing_and_repeats_nothing(
    tmp_path: Path, verb: str, point: str
) -> None:
    _, acknowledged = write(tmp_path, verb, point)
    table = Lake(tmp_path).table("core", "events")
    if table.exists:
        found = {row[1] for row in rows_of(table.pin())}
        assert acknowledged <= found
        assert found == {number for number in range(BATCHES) if table.has_batch(f"b{number}")}
        assert table.pin().rows == len(found) * ROWS
    assert write(tmp_path, verb) == (0, set(range(BATCHES)))
    assert sorted(row[0] for row in rows_of(table.pin())) == list(range(BATCHES * ROWS))
