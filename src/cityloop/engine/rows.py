"""Rows on their way into a table: the few types that every engine reads alike, and columns in the table's order.

Refuses rather than guesses: a time without a zone never becomes a moment, a number that does not fit is never cut.
NaN, which is no number, becomes null.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cityloop.engine.base import SchemaMismatch

Rows = pa.Table | pa.RecordBatchReader
"""What a table takes: a table in memory, or a stream of batches that can be read once."""

_WIDER: dict[pa.DataType, pa.DataType] = {
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.float16(): pa.float32(),
    pa.date64(): pa.date32(),
    pa.large_string(): pa.string(),
    pa.string_view(): pa.string(),
    pa.large_binary(): pa.binary(),
    pa.binary_view(): pa.binary(),
    pa.null(): pa.string(),
}
_PLAIN: tuple[Callable[[pa.DataType], bool], ...] = (
    pa.types.is_signed_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_string, pa.types.is_binary,
    pa.types.is_date32, pa.types.is_list, pa.types.is_struct,
)  # fmt: skip


def plain_schema(table: str, schema: pa.Schema) -> pa.Schema:
    """Return ``schema`` in the types a table can have: every column nullable, times in microseconds and UTC.

    Raises:
        SchemaMismatch: a column has a type that tables cannot keep (time of day, duration, uint64 …).

    Example:
        >>> plain_schema("core.visits", pa.schema({"n": pa.uint32(), "at": pa.timestamp("ms", "UTC")})).types
        [DataType(int64), TimestampType(timestamp[us, tz=UTC])]
    """
    names = schema.names
    for name in names:
        if names.count(name) > 1:
            raise SchemaMismatch(
                table=table, column=name, reason="it is there twice", columns=names
            )
    return pa.schema([pa.field(field.name, _plain_type(table, field)) for field in schema])


def fit(table: str, rows: Rows, schema: pa.Schema) -> Rows:
    """Return ``rows`` with exactly the columns of ``schema``; a column that the rows lack becomes null, so does NaN.

    A stream stays a stream: its values are checked while it is read.

    Raises:
        SchemaMismatch: the rows have a column that ``schema`` lacks, or a value that does not fit its column's type.
    """
    if isinstance(rows, pa.Table):
        return fit_table(table, rows, schema)
    _check_columns(table, rows.schema, schema)
    return pa.RecordBatchReader.from_batches(schema, _fit_batches(table, rows, schema))


def fit_table(table: str, rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table in memory with exactly the columns of ``schema``. See :func:`fit`.

    Raises:
        SchemaMismatch: the rows have a column that ``schema`` lacks, or a value that does not fit its column's type.
    """
    _check_columns(table, rows.schema, schema)
    columns: list[Any] = []  # Any: arrays and chunked arrays of any type
    for field in schema:
        if field.name not in rows.schema.names:
            columns.append(pa.nulls(rows.num_rows, field.type))
            continue
        column = rows.column(field.name)
        try:
            cast = column if column.type == field.type else column.cast(field.type)
            columns.append(_without_nan(cast))
        except pa.ArrowException as error:
            # The text of the Arrow error shows the value, which may be graded: only the types are told.
            reason = f"a value of type {column.type} does not fit {field.type}"
            raise SchemaMismatch(
                table=table, column=field.name, reason=reason, columns=schema.names
            ) from error
    return pa.table(columns, schema=schema)


def _plain_type(table: str, field: "pa.Field[Any]") -> pa.DataType:
    # Any in the signature: the stubs make a field generic in its type; here any type may come.
    kind: pa.DataType = field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", "UTC" if kind.tz else None)
    if pa.types.is_decimal(kind):
        return pa.decimal128(kind.precision, kind.scale)
    kind = _WIDER.get(kind, kind)
    if not any(is_plain(kind) for is_plain in _PLAIN):
        raise SchemaMismatch(
            table=table, column=field.name, reason=f"tables cannot keep the type {kind}", columns=[]
        )
    return kind


def _without_nan(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    # NaN means "no value" in numpy, but is a number to engines: larger than all others, left
    # out of statistics, so that DuckDB 1.5 answers `1 > NaN` both ways depending on the file's other values.
    if not pa.types.is_floating(column.type):
        return column
    is_nan = pc.is_nan(column)
    return pc.if_else(is_nan, None, column) if pc.any(is_nan).as_py() else column


def _check_columns(table: str, given: pa.Schema, schema: pa.Schema) -> None:
    for name in given.names:
        if name not in schema.names:
            raise SchemaMismatch(
                table=table,
                column=name,
                reason="the table has no such column",
                columns=schema.names,
            )
    for field in schema:
        if field.name in given.names:
            _check_zone(table, given.field(field.name), field)


def _check_zone(table: str, given: "pa.Field[Any]", wanted: "pa.Field[Any]") -> None:
    both = pa.types.is_timestamp(given.type) and pa.types.is_timestamp(wanted.type)
    if both and bool(given.type.tz) != bool(wanted.type.tz):
        reason = f"{given.type} is not {wanted.type}; a time zone is never guessed"
        raise SchemaMismatch(table=table, column=wanted.name, reason=reason, columns=[wanted.name])


def _fit_batches(
    table: str, rows: pa.RecordBatchReader, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        yield from fit_table(table, pa.Table.from_batches([batch]), schema).to_batches()
