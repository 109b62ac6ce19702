"""Values written in a query, read as the engine would read them beside a column; None whenever there is any doubt.

All times become naive UTC, because engines run with UTC as their session zone; a day becomes its midnight.
"""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
from sqlglot import exp

Value = int | float | Decimal | str | bool | datetime
"""A value that can be compared with a column's bounds."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?")
_ZONED = re.compile(_MOMENT.pattern + r"(Z|[+-]\d\d(:\d\d)?)")
_INTEGER = re.compile(r"\d{1,18}")
_DECIMAL = re.compile(r"\d{1,17}(\.\d{1,17})?")
_ZONED_TYPES = frozenset({exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ})
_NAIVE_TYPES = frozenset({exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.DATETIME})
_INTEGER_TYPES = frozenset({exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT})


def literal_value(node: exp.Expr, column: pa.DataType) -> Value | None:
    """Return the value of ``node`` when compared with a column of type ``column``; None when it is not sure.

    Example:
        >>> from sqlglot import parse_one
        >>> literal_value(parse_one("TIMESTAMPTZ '2026-09-01 00:00:00+08'"), pa.timestamp("us", "UTC"))
        datetime.datetime(2026, 8, 31, 16, 0)
        >>> literal_value(parse_one("'September'"), pa.timestamp("us", "UTC")) is None
        True
    """
    while isinstance(node, exp.Paren):
        node = node.this
    if pa.types.is_temporal(column):
        return _time_value(node, column)
    if pa.types.is_boolean(column):
        return bool(node.this) if isinstance(node, exp.Boolean) else None
    if pa.types.is_string(column):
        return str(node.this) if isinstance(node, exp.Literal) and node.is_string else None
    return _number_value(node, column)


def comparable(bound: object, column: pa.DataType) -> Value | None:
    """Return a bound of the statistics in the form that :func:`literal_value` gives; None when it has none."""
    if isinstance(bound, datetime):
        return bound.astimezone(UTC).replace(tzinfo=None) if bound.tzinfo else bound
    if isinstance(bound, date):
        return datetime.combine(bound, time())
    usable = (
        pa.types.is_integer(column) or pa.types.is_float64(column)
        or pa.types.is_string(column) or pa.types.is_boolean(column)
    )  # fmt: skip
    return bound if usable and isinstance(bound, int | float | str | bool) else None


def _number_value(node: exp.Expr, column: pa.DataType) -> Value | None:
    if isinstance(node, exp.Neg):
        inner = _number_value(node.this, column)
        return -inner if isinstance(inner, int | float | Decimal) else None
    if isinstance(node, exp.Cast) and node.to.this in _INTEGER_TYPES:
        node = node.this
        if not (isinstance(node, exp.Literal) and _INTEGER.fullmatch(str(node.this))):
            return None
    if (
        isinstance(node, exp.Cast)
        and node.to.this == exp.DType.DOUBLE
        and pa.types.is_float64(column)
    ):
        node = node.this
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    text = str(node.this)
    if not _DECIMAL.fullmatch(text):
        return None
    if pa.types.is_float64(column):
        # With more digits an engine may land on the neighbouring float.
        return float(text) if len(text) <= 15 else None
    return Decimal(text) if pa.types.is_integer(column) else None


def _time_value(node: exp.Expr, column: pa.DataType) -> Value | None:
    zoned_column = pa.types.is_timestamp(column) and column.tz is not None
    if isinstance(node, exp.Literal) and node.is_string:
        return _parse(str(node.this), naive=pa.types.is_timestamp(column), zoned=zoned_column)
    if not (
        isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and node.this.is_string
    ):
        return None
    text, kind = str(node.this.this), node.to.this
    if kind == exp.DType.DATE:
        return _parse(text, naive=False, zoned=False)
    if kind in _NAIVE_TYPES:
        return _parse(text, naive=True, zoned=False)
    return _parse(text, naive=True, zoned=True) if kind in _ZONED_TYPES else None


def _parse(text: str, *, naive: bool, zoned: bool) -> datetime | None:
    fits = _DAY.fullmatch(text) or (naive and _MOMENT.fullmatch(text)) or (zoned and _ZONED.fullmatch(text))  # fmt: skip
    if not fits:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
