"""What a table costs after thousands of commits, before and after its log is trimmed: an open, an append, CPU ms.

python bench/log.py [COMMITS …]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from cityloop.engine import Lake

COMMITS = (1_000, 5_000, 20_000)
COMPACT_EVERY = 32
"""As upkeep does it for a feed that commits every few seconds."""
TRIES = 5


def main(commits: tuple[int, ...]) -> None:
    """Print two lines for each number of commits, each in a table of its own."""
    for wanted in commits:
        with tempfile.TemporaryDirectory() as folder:
            table = Lake(Path(folder)).table("bench", "readings")
            for number in range(wanted):
                table.append(pa.table({"n": [number]}), f"batch {number}")
                if number % COMPACT_EVERY == COMPACT_EVERY - 1:
                    table.compact()
            _report(Path(folder), f"{wanted:6} commits")
            table.trim_log(keep=(), older_than=timedelta(0))
            _report(Path(folder), f"{'':6} trimmed")


def _report(folder: Path, what: str) -> None:
    fresh = Lake(folder).table("bench", "readings")
    files = len(list((fresh.folder / "_delta_log").iterdir()))
    opening = _best(lambda _: Lake(folder).table("bench", "readings").pin())
    writing = _best(lambda n: fresh.append(pa.table({"n": [n]}), f"{what} {n}"))
    sys.stdout.write(f"{what}: {files:6} files, open {opening:6.1f} ms, append {writing:6.1f} ms\n")


def _best(act: Callable[[int], object]) -> float:
    """Return the CPU of the cheapest of some tries, ms."""
    spent = []
    for number in range(TRIES):
        began = time.process_time()
        act(number)
        spent.append(time.process_time() - began)
    return min(spent) * 1_000


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or COMMITS)
