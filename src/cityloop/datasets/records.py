"""Deliveries as data: what each load brought, so that metrics and alerts can watch the departments' own systems."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cityloop.contracts import DatasetDefinition
from cityloop.datasets.store import batches
from cityloop.foundation.definition import Snapshot

OVERLAP = timedelta(seconds=30)
"""Read again behind the cursor: a load may commit after one that began later."""
_MOMENT: pa.DataType = pa.timestamp("us", "UTC")
_COLUMNS: list[tuple[str, pa.DataType]] = [
        ("delivery_id", pa.string()), ("source", pa.string()), ("dataset", pa.string()),
        ("dataset_title", pa.string()), ("department", pa.string()), ("status", pa.string()),
        ("read_rows", pa.int64()), ("good_rows", pa.int64()), ("quarantined_rows", pa.int64()),
        ("duplicate_rows", pa.int64()), ("seconds", pa.float64()), ("started_at", _MOMENT),
        ("finished_at", _MOMENT),
]  # fmt: skip
_SCHEMA = pa.schema(_COLUMNS)


def records(
    connection: Connection, cursor: str | None, snapshot: Snapshot, without: Collection[str]
) -> pa.Table:
    """Return the finished loads since ``cursor`` (ISO 8601; None: all), for the internal table ``deliveries``.

    Args:
        connection: of the state store.
        cursor: the last ``finished_at`` that was read.
        snapshot: gives titles and owners.
        without: sources left out, such as those of CityLoop itself, whose loads would count themselves for ever.
    """
    query = sa.select(batches).where(
        batches.c.finished_at.is_not(None), batches.c.source.not_in(sorted(without))
    )
    if cursor is not None:
        since = datetime.fromisoformat(cursor) - OVERLAP
        query = query.where(batches.c.finished_at >= since)
    known = snapshot.all(DatasetDefinition)
    rows: list[dict[str, Any]] = []
    for row in connection.execute(query.order_by(batches.c.number)).mappings():
        counts, of = row["counts"], known.get(row["dataset"])
        rows.append(
            {
                **{name: row[name] for name in _SCHEMA.names if name in row},
                **{f"{name}_rows": counts.get(name, 0) for name in ("read", "good", "quarantined", "duplicate")},
                "delivery_id": f"{row['batch']}-{row['attempt']}",
                "dataset_title": of.title.zh if of else row["dataset"],
                "department": of.owner if of else None,
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_SCHEMA)
