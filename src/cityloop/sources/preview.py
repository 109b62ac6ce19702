"""The first rows of a delivery as text, for a look at what a source gives; loading goes another way."""

import csv
from collections.abc import Iterator
from itertools import islice

import orjson
import pyarrow.parquet as pq

from cityloop.sources.connectors.base import CsvShape, Delivery, LinesShape, RawFile

Row = tuple[str | None, ...]


def first_rows(delivery: Delivery, most: int) -> tuple[Row, ...]:
    """Return up to ``most`` rows of the delivery's first files; malformed JSON lines are left out."""
    found: list[Row] = []
    for file in delivery.files:
        found += islice(_rows(delivery, file), most - len(found))
    return tuple(found)


def _rows(delivery: Delivery, file: RawFile) -> Iterator[Row]:
    shape = delivery.shape
    if isinstance(shape, CsvShape):
        with file.path.open(encoding="utf-8", newline="") as stream:
            for _line in range(shape.skip):
                stream.readline()
            reader = csv.reader(
                stream,
                delimiter=shape.delimiter,
                quotechar=shape.quote or None,
                quoting=csv.QUOTE_MINIMAL if shape.quote else csv.QUOTE_NONE,
            )
            yield from (tuple(cell or None for cell in row) for row in reader if row)
    elif isinstance(shape, LinesShape):
        with file.path.open("rb") as lines:
            for line in lines:
                try:
                    record = orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue
                yield tuple(_at(record, path) for path in shape.paths.values())
    else:
        for batch in pq.ParquetFile(file.path).iter_batches(1000):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _at(record: object, path: tuple[str, ...]) -> str | None:
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    if record is None or isinstance(record, str):
        return record
    return orjson.dumps(record).decode()
