"""Whether a condition can hold for any row of a file, told from the file's statistics alone.

Answers False only when it is certain: unknown bounds, functions, other tables' columns and doubtful literals all mean
True. A null makes every comparison neither true nor false.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import pyarrow as pa
from sqlglot import exp

from cityloop.engine.base import FileStats
from cityloop.engine.pruning.literals import Value, comparable, literal_value

_FLIPPED: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ,
}  # fmt: skip
_OPPOSITE: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GTE, exp.LTE: exp.GT, exp.GT: exp.LTE, exp.GTE: exp.LT, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ,
}  # fmt: skip

Field = Any
"""``pa.Field`` of any type; its stubs make it generic in a type that is not known here."""

Bounds = Any
"""Values that the column's type made comparable with one another."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table, or a query around it, as one SELECT sees it.

    ``alias`` is its name there, in lower case; ``columns`` are those that are base columns, by their lower-case name
    there; ``alone`` says that a column without a qualifier can only be its own.
    """

    alias: str
    columns: Mapping[str, Field]
    alone: bool

    def column(self, node: exp.Expr) -> Field | None:
        """Return the base column that ``node`` is; None when it is something else or not sure."""
        if not isinstance(node, exp.Column) or node.args.get("db"):
            return None
        if node.table.casefold() != self.alias and (node.table or not self.alone):
            return None
        return self.columns.get(node.name.casefold())


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a query and the source whose columns it speaks of."""

    condition: exp.Expr
    source: Source

    def may_hold(self, file: FileStats) -> bool:
        """Return False only when the condition is true for no row of ``file``."""
        return _may(self.condition, self.source, file, wanted=True)


def _may(condition: exp.Expr, source: Source, file: FileStats, *, wanted: bool) -> bool:
    """Return False only when ``condition`` is ``wanted`` for no row."""
    if isinstance(condition, exp.Paren):
        return _may(condition.this, source, file, wanted=wanted)
    if isinstance(condition, exp.Not):
        return _may(condition.this, source, file, wanted=not wanted)
    if isinstance(condition, exp.And | exp.Or):
        sides = [
            _may(side, source, file, wanted=wanted)
            for side in (condition.this, condition.expression)
        ]
        return all(sides) if isinstance(condition, exp.And) == wanted else any(sides)
    if isinstance(condition, exp.Boolean):
        return bool(condition.this) == wanted
    return _may_test(condition, source, file, wanted=wanted)


def _may_test(condition: exp.Expr, source: Source, file: FileStats, *, wanted: bool) -> bool:
    if isinstance(condition, exp.Is):
        return _may_be_null(condition, source, file, wanted=wanted)
    if isinstance(condition, exp.In):
        return _may_be_in(condition, source, file, wanted=wanted)
    if isinstance(condition, exp.Between) and not condition.args.get("symmetric"):
        low, high = condition.args["low"], condition.args["high"]
        kinds = (exp.GTE, exp.LTE) if wanted else (exp.LT, exp.GT)
        sides = [
            _may_compare(kind, condition.this, bound, source, file)
            for kind, bound in zip(kinds, (low, high), strict=True)
        ]
        return all(sides) if wanted else any(sides)
    kind = type(condition)
    if kind not in _OPPOSITE:
        return True
    kind = kind if wanted else _OPPOSITE[kind]
    left, right = condition.this, condition.expression
    return _may_compare(kind, left, right, source, file) and _may_compare(
        _FLIPPED[kind], right, left, source, file
    )


def _may_be_null(condition: exp.Is, source: Source, file: FileStats, *, wanted: bool) -> bool:
    column = source.column(condition.this)
    if column is None or not isinstance(condition.expression, exp.Null):
        return True
    nulls = file.nulls.get(column.name)
    return nulls is None or (nulls > 0 if wanted else nulls < file.rows)


def _may_be_in(condition: exp.In, source: Source, file: FileStats, *, wanted: bool) -> bool:
    values = condition.expressions
    if not wanted or not values or condition.args.get("query") or condition.args.get("unnest"):
        return True
    return any(_may_compare(exp.EQ, condition.this, value, source, file) for value in values)


def _may_compare(
    kind: type[exp.Expr], left: exp.Expr, right: exp.Expr, source: Source, file: FileStats
) -> bool:
    """Return False only when ``left kind right`` is true for no row; ``left`` may be a column, ``right`` a literal."""
    column, by_day = _operand(left, source)
    if column is None:
        return True
    if file.nulls.get(column.name) == file.rows:
        return False
    value = literal_value(right, pa.date32() if by_day else column.type)
    low = comparable(file.lowest.get(column.name), column.type)
    high = comparable(file.highest.get(column.name), column.type)
    if value is None or low is None or high is None:
        return True
    if by_day:
        low, high = _midnight(low), _midnight(high)
    # A NaN is larger than every number, and statistics leave it out: a float column has no sure upper bound.
    return _overlaps(kind, low, high, value, unbounded=pa.types.is_floating(column.type))


def _operand(node: exp.Expr, source: Source) -> tuple[Field | None, bool]:
    while isinstance(node, exp.Paren):
        node = node.this
    if type(node) is exp.Cast and node.to.this == exp.DType.DATE:
        column = source.column(node.this)
        is_time = column is not None and pa.types.is_timestamp(column.type)
        return (column, True) if is_time else (None, False)
    return source.column(node), False


def _midnight(value: Value) -> Value:
    return datetime.combine(value.date(), time()) if isinstance(value, datetime) else value


def _overlaps(
    kind: type[exp.Expr], low: Bounds, high: Bounds, value: Bounds, *, unbounded: bool
) -> bool:
    if kind is exp.EQ:
        return bool(low <= value <= high)
    if kind is exp.NEQ:
        return unbounded or not low == value == high
    if kind in (exp.LT, exp.LTE):
        return bool(low < value if kind is exp.LT else low <= value)
    return unbounded or bool(high > value if kind is exp.GT else high >= value)
