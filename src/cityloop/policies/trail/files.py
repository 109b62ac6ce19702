"""Entries of the audit log as files: JSON lines for programs, CSV for people and their spreadsheets."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa
from sqlalchemy.engine import RowMapping

from cityloop.policies.exports import neutralise

FileFormat = Literal["jsonl", "csv"]
"""Formats of the log."""
MEDIA_TYPES: Mapping[FileFormat, str] = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}
"""Media type of each format."""
COLUMNS = ("seq", "at", "actor", "verb", "target", "purpose", "outcome", "details", "hash")
"""Columns of the CSV file."""
CHUNK = 2_000
"""Lines written at once; more save little time and take more memory."""


def written(rows: Iterator[RowMapping], file_format: FileFormat, zone: ZoneInfo) -> Iterator[bytes]:
    """Yield the file piece by piece; times of the CSV file are the city's (``zone``)."""
    return _csv(rows, zone) if file_format == "csv" else _lines(rows)


def _lines(rows: Iterator[RowMapping]) -> Iterator[bytes]:
    for row in rows:
        values = {str(name): row[name] for name in row}
        yield orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def _csv(rows: Iterator[RowMapping], zone: ZoneInfo) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n"
    while chunk := list(islice(rows, CHUNK)):
        columns = [[_cell(name, row, zone) for row in chunk] for name in COLUMNS]
        out = StringIO()
        csv.writer(out).writerows(zip(*map(_safe, columns), strict=True))
        yield out.getvalue().encode()


def _cell(name: str, row: RowMapping, zone: ZoneInfo) -> str:
    if name == "at":
        return str(row["at"].astimezone(zone).isoformat(timespec="seconds"))
    if name == "details":
        return orjson.dumps(row["details"]).decode()
    return str(row[name])


def _safe(column: Sequence[str]) -> Sequence[str]:
    safe: list[str] = neutralise(pa.chunked_array([pa.array(column, pa.string())])).to_pylist()
    return safe
