"""A process that writes to a table until it is done or killed: ``writer.py ROOT VERB FIRST LAST [DIE_AT]``.

After each durable batch it prints the batch's number. With DIE_AT ``point:n`` it kills itself with signal 9 in batch ``n``,
before the rows are handed to the storage, in the middle of handing them over, after the commit, or somewhere by time.
"""

import os
import signal
import sys
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from cityloop.engine import Lake

ROWS = 20_000
"""Rows of a batch: enough for a write to take long enough to be hit."""


def batch(number: int) -> pa.Table:
    """Return batch ``number``: rows ``number × ROWS …``, of which a merge finds none, an append all new."""
    first = number * ROWS
    columns = [array("q", range(first, first + ROWS)), array("q", [number]) * ROWS]
    # From buffers, because pa.array() loads pandas where it is installed: a second for each process.
    return pa.Table.from_arrays(
        [
            pa.Array.from_buffers(pa.int64(), ROWS, [None, pa.py_buffer(column.tobytes())])
            for column in columns
        ],
        ["n", "v"],
    )


def die() -> None:
    """Stop as a power cut would: no clean-up, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying_stream(rows: pa.Table) -> pa.RecordBatchReader:
    """Return a stream that kills the process half way."""

    def batches() -> Iterator[pa.RecordBatch]:
        parts = rows.to_batches(max_chunksize=ROWS // 4)
        yield from parts[:2]
        die()

    return pa.RecordBatchReader.from_batches(rows.schema, batches())


def main(root: str, verb: str, first: str, last: str, die_at: str = "never:-1") -> None:
    """Write batches ``first`` to ``last`` − 1."""
    point, _, at = die_at.partition(":")
    table = Lake(Path(root)).table("core", "events")
    for number in range(int(first), int(last)):
        rows = batch(number)
        hit = number == int(float(at)) if point != "after_s" else False
        if point == "after_s" and number == int(first):
            threading.Timer(float(at), die).start()
        if hit and point == "before":
            die()
        if verb == "append":
            table.append(dying_stream(rows) if hit and point == "middle" else rows, f"b{number}")
        elif verb == "merge":
            table.merge(rows, ["n"], f"b{number}")
        else:
            table.append(rows, f"b{number}")
            table.compact()
        if hit and point == "after":
            die()
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
