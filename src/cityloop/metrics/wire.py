"""Answers as JSON bodies: columns once, then one array per column, so that big answers stay small and quick."""

from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import BaseModel

from cityloop.foundation.definition import Bilingual
from cityloop.metrics.compiler import Column
from cityloop.metrics.service import Answer


class ColumnBody(BaseModel):
    """One column: ``role`` is metric, dimension, time or level; ``codes`` names the table that ``labels`` come from.

    ``is_ordered``: its order, which is that of ``labels``, means something.
    """

    name: str
    title: Bilingual
    type: str
    role: str
    unit: Bilingual | None = None
    format: str | None = None
    direction: str | None = None
    codes: str | None = None
    is_ordered: bool = False


class PeriodBody(BaseModel):
    """The local time that a range means, ``end`` not included; null is an open end."""

    start: datetime | None
    end: datetime | None


class AnswerBody(BaseModel):
    """The numbers and where they come from; ``data`` holds one array per column, in the order of ``columns``."""

    columns: list[ColumnBody]
    data: list[list[object]]
    row_count: int
    labels: dict[str, dict[str, Bilingual]]
    period: PeriodBody | None
    query: dict[str, object]
    sql: str
    versions: dict[str, int]
    as_of: datetime | None
    reached: datetime | None
    """Local time up to which the data goes; a period that ends later is unfinished."""
    limited: list[str]
    """Datasets of which the caller sees not every row or not every column raw."""
    cached: bool


def answer_body(answer: Answer) -> dict[str, object]:
    """Return the body of an answer, as plain values that orjson can write; its shape is :class:`AnswerBody`."""
    period = answer.period
    return {
        "columns": [_column(column) for column in answer.columns],
        "data": [_values(answer.rows[column.name]) for column in answer.columns],
        "row_count": answer.rows.num_rows,
        "labels": {
            name: {value: title.model_dump() for value, title in found.items()}
            for name, found in answer.labels.items()
        },
        "period": None if period is None else {"start": period.start, "end": period.end},
        "query": answer.query.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "sql": answer.sql,
        "versions": dict(answer.versions),
        "as_of": answer.as_of,
        "reached": answer.reached,
        "limited": sorted(name for name, each in answer.decisions.items() if not each.is_raw),
        "cached": answer.cached,
    }


def _column(column: Column) -> dict[str, object]:
    return {
        "name": column.name,
        "title": column.title.model_dump(),
        "type": column.type,
        "role": column.role,
        "unit": column.unit.model_dump() if column.unit else None,
        "format": column.format,
        "direction": column.direction,
        "codes": column.codes,
        "is_ordered": column.is_ordered,
    }


def _values(values: "pa.ChunkedArray[Any]") -> object:
    kind = values.type
    if pa.types.is_decimal(kind):
        values, kind = values.cast(pa.float64()), pa.float64()
    if pa.types.is_floating(kind):
        # one block of memory for orjson; nulls become NaN, which it writes as null
        return np.ascontiguousarray(values.to_numpy())
    return values.to_pylist()
