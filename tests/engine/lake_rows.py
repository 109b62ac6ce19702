"""Reads a pinned version with pyarrow alone, so that the tests of the lake do not lean on the engine."""

import pyarrow as pa
import pyarrow.parquet as pq

from cityloop.engine import Pin


def rows_of(pin: Pin, *, ordered: bool = True) -> list[tuple[object, ...]]:
    """Return the rows as tuples in the table's column order, sorted unless told otherwise."""
    rows: list[tuple[object, ...]] = []
    for file in pin.files:
        found = pq.read_table(file.path)
        columns = [
            found.column(field.name).to_pylist()
            if field.name in found.schema.names
            else [None] * found.num_rows
            for field in pin.schema
        ]
        rows += zip(*columns, strict=True)
    return sorted(rows, key=repr) if ordered else rows


def numbers(start: int, stop: int) -> pa.Table:
    """Return rows ``n = start … stop − 1``."""
    return pa.table({"n": pa.array(range(start, stop), pa.int64())})
