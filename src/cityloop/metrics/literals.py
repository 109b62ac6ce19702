"""Values of filters, turned into literals of the dimension's own type; nothing a user writes becomes SQL text."""

import math
import re
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlglot import exp

from cityloop.contracts.spelling import folded
from cityloop.foundation.errors import closest
from cityloop.metrics import functions
from cityloop.metrics.catalogue import Catalogue, Dimension
from cityloop.metrics.errors import UnknownValue, WrongOperator, WrongValue
from cityloop.metrics.inference import Type
from cityloop.metrics.model import OPERATORS, Filter, Operator, Value

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_UNORDERED: frozenset[Operator] = frozenset({"<", "<=", ">", ">=", "between"})
_EXAMPLES: dict[Type, str] = {
    "text": "'…'", "integer": "12", "number": "1.5", "boolean": "true", "date": "2026-09-01",
    "timestamp": "2026-09-01T08:00:00",
}  # fmt: skip
_COMPARISONS: dict[Operator, type[exp.Binary]] = {
    "=": exp.EQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip


def condition(wanted: Filter, dimension: Dimension, catalogue: Catalogue) -> exp.Expr:
    """Return the condition of one filter on one model's dimension.

    Args:
        wanted: the filter as asked. Where the dimension has a code table its values, aliases and titles are accepted.
        dimension: as the model sees it.
        catalogue: knows the code tables, and the zone in which times without an offset are read.

    Raises:
        WrongOperator: the operator makes no sense for the type.
        WrongValue: a value is not of the type.
        UnknownValue: the code table has no such value.
    """
    name, kind = wanted.dimension, dimension.type
    if kind in {"text", "boolean"} and wanted.op in _UNORDERED:
        usable = [each for each in OPERATORS if each not in _UNORDERED]
        raise WrongOperator(dimension=name, type=kind, op=wanted.op, usable=usable)
    tree = dimension.expression.tree.copy()
    if wanted.op in {"is null", "is not null"}:
        missing = exp.Is(this=tree, expression=exp.Null())
        return missing if wanted.op == "is null" else exp.Not(this=missing)
    values = [
        _literal(_decoded(value, dimension, catalogue), name, kind, catalogue.zone)
        for value in wanted.values
    ]
    if wanted.op == "between":
        return exp.Between(this=tree, low=values[0], high=values[1])
    if wanted.op in {"in", "not in"}:
        listed = exp.In(this=tree, expressions=values)
        return listed if wanted.op == "in" else _or_missing(exp.Not(this=listed), dimension)
    if wanted.op == "!=":
        return _or_missing(exp.NEQ(this=tree, expression=values[0]), dimension)
    return _COMPARISONS[wanted.op](this=tree, expression=values[0])


def _or_missing(node: exp.Expr, dimension: Dimension) -> exp.Or:
    missing = exp.Is(this=dimension.expression.tree.copy(), expression=exp.Null())
    return exp.Or(this=node, expression=missing)


def _decoded(value: Value, dimension: Dimension, catalogue: Catalogue) -> Value:
    codes = catalogue.codes(dimension.codes)
    if codes is None or isinstance(value, bool):
        return value
    known = catalogue.spellings(codes.name).get(folded(str(value)))
    if known is None:
        names = [each.value for each in codes.values] + [each.title.en for each in codes.values]
        raise UnknownValue(
            dimension=dimension.definition.name,
            value=str(value)[:80],
            codes=codes.name,
            close=closest(str(value), names) or [each.value for each in codes.values[:5]],
        )
    return known


def _literal(value: Value, dimension: str, kind: Type, zone: ZoneInfo) -> exp.Expr:
    try:
        return _LITERALS[kind](value, zone)
    except (TypeError, ValueError, OverflowError) as error:
        shown = str(value)[:80]
        raise WrongValue(
            dimension=dimension, value=shown, type=kind, example=_EXAMPLES[kind]
        ) from error


def _text(value: Value, _zone: ZoneInfo) -> exp.Expr:
    if isinstance(value, bool | float) or not isinstance(value, str | int):
        raise TypeError
    if "\0" in str(value):
        raise ValueError
    return functions.text(str(value))


def _integer(value: Value, _zone: ZoneInfo) -> exp.Expr:
    if isinstance(value, bool | date):
        raise TypeError
    if isinstance(value, str) and not _WHOLE.fullmatch(value.strip()):
        raise ValueError
    whole = int(value)
    if (not isinstance(value, str) and whole != value) or abs(whole) >= 2**63:
        raise ValueError
    return functions.number(whole)


def _number(value: Value, _zone: ZoneInfo) -> exp.Expr:
    if isinstance(value, bool | date):
        raise TypeError
    found = float(value)
    if not math.isfinite(found):
        raise ValueError
    return functions.number(found)


def _boolean(value: Value, _zone: ZoneInfo) -> exp.Expr:
    known: dict[object, Literal[True, False]] = {"true": True, "false": False}
    found = known.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise TypeError
    return functions.boolean(found)


def _date(value: Value, _zone: ZoneInfo) -> exp.Expr:
    if isinstance(value, datetime) or not isinstance(value, str | date):
        raise TypeError
    return functions.day(date.fromisoformat(value) if isinstance(value, str) else value)


def _timestamp(value: Value, zone: ZoneInfo) -> exp.Expr:
    if isinstance(value, str):
        found = datetime.fromisoformat(value)
    elif isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day, tzinfo=zone)
    else:
        raise TypeError
    return functions.moment(found if found.tzinfo else found.replace(tzinfo=zone))


_LITERALS = {
    "text": _text, "integer": _integer, "number": _number, "boolean": _boolean, "date": _date,
    "timestamp": _timestamp,
}  # fmt: skip
