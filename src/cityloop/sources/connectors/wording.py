"""Writes values of other systems as text, one spelling per kind of value, and tables of text as Parquet.

Whole floats lose ``.0`` (spreadsheets know no integers), times are ISO 8601 with the offset they came with, truth
values are ``true`` and ``false``, bytes are hexadecimal, lists and objects are JSON.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

EXACT = 1e15
"""Whole floats below this are written as integers; beyond it a float no longer knows its last digit."""


def words(value: object) -> str | None:
    """Return ``value`` as text; None stays None.

    Example:
        >>> [words(each) for each in (12.0, 1.5, True, date(2026, 9, 1), None)]
        ['12', '1.5', 'true', '2026-09-01', None]
    """
    if value is None or isinstance(value, str):
        return value
    kind = type(value)
    if (write := _KNOWN.get(kind)) is None:
        write = next((write for kinds, write in _SPELLINGS if issubclass(kind, kinds)), str)
        if len(_KNOWN) < MOST_KINDS:
            _KNOWN[kind] = write
    return write(value)


def _float(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)


# Any: each writer takes the kinds named beside it; the first that fits counts (bool before int, datetime before date).
_SPELLINGS: tuple[tuple[tuple[type, ...], Callable[[Any], str]], ...] = (
    ((bool,), lambda value: "true" if value else "false"),
    ((float,), _float),
    ((int,), str),
    ((Decimal,), lambda value: format(value, "f")),
    ((datetime,), lambda value: value.isoformat(sep=" ")),
    ((date, time), lambda value: value.isoformat()),
    ((bytes, bytearray, memoryview), lambda value: bytes(value).hex()),
    ((list, dict, tuple), lambda value: orjson.dumps(value, default=str).decode()),
)

_KNOWN: dict[
    type, Callable[[Any], str]
] = {}  # the writer of each type that was met: found once, not for each value
MOST_KINDS = 1_000
"""Types whose writer is remembered."""
_TEXTS = frozenset({str, type(None)})


class TextTable:
    """A Parquet file whose columns are all text, written in pieces."""

    def __init__(self, file: Path, columns: Sequence[str]) -> None:
        self._schema = pa.schema([pa.field(name, pa.string()) for name in columns])
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Append rows of values of any kind."""
        # A loop over rows: the source's driver hands out Python objects (measured: 1.1 µs a value, decoding included).
        cells = zip(*rows, strict=True) if rows else [()] * len(self._schema)
        self.write_columns([_text_array(column) for column in cells])

    def write_columns(self, columns: "Iterable[pa.Array[Any]]") -> None:
        """Append columns that are text already."""
        self._writer.write_table(pa.table(list(columns), schema=self._schema))

    def __enter__(self) -> Self:
        """Return the table itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file."""
        self._writer.close()


def _text_array(column: Sequence[object]) -> "pa.Array[Any]":
    if _TEXTS.issuperset(map(type, column)):
        return pa.array(column, pa.string())
    return pa.array(map(words, column), pa.string())


def text_column(column: "pa.ChunkedArray[Any]") -> "pa.Array[Any]":
    """Return an Arrow column as text, by the same rules as :func:`words`."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        return pa.concat_arrays(column.cast(pa.string()).chunks or [pa.array([], pa.string())])
    # Other kinds are rarer and one spelling everywhere is worth the loop.
    return pa.array(map(words, column.to_pylist()), pa.string())
