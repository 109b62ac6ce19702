"""A pinned table as DuckDB reads it: its files with exactly its columns, under the name that the query gives it."""

from collections.abc import Sequence

import pyarrow as pa
from sqlglot import exp

from cityloop.engine.base import FileStats, LakeBroken, Pin

_TYPES: tuple[tuple[pa.DataType, str], ...] = (
    (pa.bool_(), "BOOLEAN"),
    (pa.int8(), "TINYINT"),
    (pa.int16(), "SMALLINT"),
    (pa.int32(), "INTEGER"),
    (pa.int64(), "BIGINT"),
    (pa.float32(), "FLOAT"),
    (pa.float64(), "DOUBLE"),
    (pa.string(), "VARCHAR"),
    (pa.binary(), "BLOB"),
    (pa.date32(), "DATE"),
    (pa.timestamp("us", "UTC"), "TIMESTAMPTZ"),
    (pa.timestamp("us"), "TIMESTAMP"),
)


def source_of(pin: Pin, files: Sequence[FileStats], node: exp.Table) -> exp.Subquery:
    """Return a sub-query that stands where ``node`` stood and reads ``files``.

    It names the table's columns, so neither DuckDB's hidden columns (``filename``) nor columns of no version show.

    Raises:
        LakeBroken: a column has a type that tables cannot have.
    """
    columns = [exp.column(field.name, quoted=True) for field in pin.schema]
    if not files:
        inner = _nothing(pin.schema)
    elif all(_knows(file, pin.schema) for file in files):
        inner = exp.select(*columns).from_(_read(files))
    else:
        # Files from before a column was added: the empty SELECT gives every column its name and type.
        everything = exp.select(exp.Star()).from_(_read(files, by_name=True))
        both = exp.Union(
            this=_nothing(pin.schema), expression=everything, distinct=False, by_name=True
        )
        inner = exp.select(*columns).from_(exp.Subquery(this=both, alias=_named("files")))
    alias = node.args.get("alias") or _named(node.name)
    return exp.Subquery(this=inner, alias=alias.copy())


def duckdb_type(kind: pa.DataType) -> str:
    """Return DuckDB's name of a table column's type.

    Raises:
        LakeBroken: no table column can have this type; somebody else wrote the table.
    """
    for plain, name in _TYPES:
        if kind == plain:
            return name
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if pa.types.is_list(kind):
        return f"{duckdb_type(kind.value_type)}[]"
    if not pa.types.is_struct(kind):
        raise LakeBroken(table="–", reason=f"the type {kind} is none of a table's types")
    parts = (kind.field(number) for number in range(kind.num_fields))
    inside = ", ".join(f'"{part.name}" {duckdb_type(part.type)}' for part in parts)
    return f"STRUCT({inside})"


def _read(files: Sequence[FileStats], *, by_name: bool = False) -> exp.Table:
    paths = exp.Array(expressions=[exp.Literal.string(file.path) for file in files])
    options = [
        exp.EQ(this=exp.to_identifier(name), expression=exp.Boolean(this=value))
        for name, value in (("union_by_name", by_name), ("hive_partitioning", False))
    ]
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[paths, *options]))


def _knows(file: FileStats, schema: pa.Schema) -> bool:
    """Return whether the file surely has every column: statistics count the nulls of each column that it has."""
    return all(field.name in file.nulls for field in schema)


def _nothing(schema: pa.Schema) -> exp.Select:
    nulls = [
        exp.alias_(exp.cast(exp.Null(), duckdb_type(field.type), dialect="duckdb"), field.name, quoted=True)
        for field in schema
    ]  # fmt: skip
    return exp.select(*nulls).where(exp.false())


def _named(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))
