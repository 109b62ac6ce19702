"""What a query engine is to the rest of CityLoop: pinned tables go in with a tree, an Arrow table comes out.

Features speak of logical table names; ``datasets`` decides which version of each is read (:class:`Pin`), ``policies``
rewrites the tree, and an :class:`Engine` runs it. Nothing above this folder knows which engine that is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

import pyarrow as pa
from sqlglot import exp

from cityloop.foundation.errors import Broken, Conflict, Invalid, NotFound, Unavailable

Bound = int | float | str | bool | date | datetime | Decimal
"""A lowest or highest value in a file's statistics; datetimes are aware in UTC unless the column has no time zone."""


@dataclass(frozen=True, slots=True)
class FileStats:
    """One immutable Parquet file of a table and what its values can be.

    ``lowest`` and ``highest`` lack a column whose bounds are unknown (or that holds only nulls); ``nulls`` lacks a
    column whose count of nulls is unknown. Bounds may be wider than the values, never narrower.
    """

    path: str
    rows: int
    size_bytes: int
    lowest: Mapping[str, Bound] = field(default_factory=dict)
    highest: Mapping[str, Bound] = field(default_factory=dict)
    nulls: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pin:
    """One table at one version: reading it gives the same rows today and tomorrow.

    ``table`` is ``schema.name`` in the lake. ``(table, version)`` is an exact cache key.
    """

    table: str
    version: int
    schema: pa.Schema
    files: tuple[FileStats, ...]

    @property
    def rows(self) -> int:
        """How many rows the table holds at this version."""
        return sum(file.rows for file in self.files)

    @property
    def size_bytes(self) -> int:
        """How many bytes the table's files hold at this version."""
        return sum(file.size_bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Written:
    """A write that is durable: ``version`` holds it. ``repeated`` says the batch was there already, nothing was done.

    ``rows`` counts the rows given; 0 when repeated.
    """

    version: int
    rows: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """What a merge did: ``inserted + updated + unchanged`` equals the rows given; all 0 when ``repeated``."""

    version: int
    inserted: int
    updated: int
    unchanged: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do; features ask these flags, never the engine's name."""

    exact_percentile: bool
    """Percentiles interpolate over all values; otherwise they are approximate."""
    time_zones: bool
    """Buckets of time are cut in any IANA time zone."""
    interrupts: bool
    """A query that takes too long is stopped, not only abandoned."""
    spills: bool
    """A query larger than memory goes to disk instead of failing."""
    shared: bool
    """Several processes ask the same engine; otherwise each process has its own."""


class UnknownTable(NotFound):
    """The tree names a table that was not given, or the lake has no such table."""

    code = "engine.unknown_table"


class UnknownVersion(NotFound):
    """The table never had this version, or it was cleaned away."""

    code = "engine.unknown_version"


class Refused(Invalid):
    """The tree does something that no query may do: reach outside its tables, change something, call a hidden function."""

    code = "engine.refused"


class BadQuery(Invalid):
    """The engine cannot run the tree: an unknown column, a type that does not fit, a value that cannot be converted."""

    code = "engine.bad_query"


class ResultTooLarge(Invalid):
    """The result has more rows than the caller accepts."""

    code = "engine.result_too_large"


class TooSlow(Unavailable):
    """The query ran into its time limit and was stopped."""

    code, status = "engine.too_slow", 504


class OutOfMemory(Unavailable):
    """The query needs more memory or spill space than the engine has now."""

    code = "engine.out_of_memory"


class WriteConflict(Unavailable):
    """Other writers of the same table were faster, again and again; nothing was written."""

    code = "engine.write_conflict"


class SchemaMismatch(Conflict):
    """The rows' columns do not fit the table's columns."""

    code, status = "engine.schema_mismatch", 422


class BadKey(Invalid):
    """The rows of a merge have a null in their key, or two rows with one key."""

    code = "engine.bad_key"


class LakeBroken(Broken):
    """A table's files cannot be read: removed or altered behind the lake's back."""

    code = "engine.lake_broken"


class Engine(Protocol):
    """Runs queries over pinned tables; safe to call from many threads at once."""

    @property
    def capabilities(self) -> Capabilities:
        """What this engine can do."""

    def query(
        self, tree: exp.Query, tables: Mapping[str, Pin], *, most: int | None = None
    ) -> pa.Table:
        """Return the rows of ``tree``.

        Args:
            tree: a SELECT or UNION in the neutral language: standard SQL nodes of sqlglot plus the functions of
                ``engine.render``. Tables are named ``name`` or ``schema.name``; it is not changed.
            tables: for each name as written in the tree (``"visits"``, ``"core.visits"``) the version to read.
            most: the largest number of rows accepted; None accepts any. Nothing is ever cut off silently: a caller
                who wants the first rows only puts a LIMIT into the tree.

        Returns:
            A table of plain types: int64, double, decimal, string, bool, date32, timestamp[us] (with tz UTC where
            the column has a zone), in the order of the tree's projections.

        Raises:
            UnknownTable: the tree names a table that is not in ``tables``.
            Refused: the tree is not a plain query over its tables.
            BadQuery: the engine cannot run it (unknown column, wrong types, bad value).
            ResultTooLarge: more than ``most`` rows.
            TooSlow: the time limit passed.
            OutOfMemory: memory or spill space is used up.
            LakeBroken: a file of a pinned table is gone.
        """

    def close(self) -> None:
        """Give back memory and threads; no query may follow."""
