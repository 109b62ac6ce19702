"""Counts and short lists out of a workspace, with the types they have."""

# ruff: noqa: S608 - SQL is made of quoted names and literals only; values of deliveries are never part of it

from collections.abc import Sequence
from typing import Any, cast

import pyarrow as pa

from cityloop.engine.workspace import Workspace


def rows_of(work: Workspace, what: str) -> int:
    """Return how many rows ``what`` (a table, perhaps with joins and a WHERE) has."""
    return cast("int", values_of(work.table(f"SELECT count(*) AS n FROM {what}"), "n")[0])


def counts_of(work: Workspace, query: str) -> dict[str, int]:
    """Return the two columns of ``query``, a text and a number, as a mapping in its order."""
    found = work.table(query)
    names, numbers = (values_of(found, column) for column in found.column_names)
    return dict(zip(names, numbers, strict=True))


def texts_of(rows: pa.Table, column: str) -> Sequence[str]:
    """Return a text column that has no nulls."""
    return values_of(rows, column)


def values_of(rows: pa.Table, column: str) -> list[Any]:  # Any: whatever type the column has
    """Return a column's values as Python objects."""
    return list(rows.column(column).to_pylist())
