"""Conditions of a procedure, worked out over a case's data with SQL's three-valued logic.

The language is ``foundation.expressions``; a case is one small object, so its conditions are evaluated here instead of
asking an engine. Missing values are NULL; comparing text with a number is an error, not a silent "no".
"""

import math
import operator
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from sqlglot import exp

from cityloop.cases.errors import BadCondition
from cityloop.foundation.expressions import BadExpression, parse_expression

Value = str | int | float | bool | None
"""What a condition computes with."""

_COMPARE: Mapping[type[exp.Expr], Callable[[Any, Any], bool]] = {
    exp.EQ: operator.eq, exp.NEQ: operator.ne,
    exp.GT: operator.gt, exp.GTE: operator.ge, exp.LT: operator.lt, exp.LTE: operator.le,
}  # fmt: skip
# Any: the operands' types are checked by _same_kind before these are called.
_ARITHMETIC: Mapping[type[exp.Expr], Callable[[Any, Any], float | int]] = {
    exp.Add: operator.add, exp.Sub: operator.sub, exp.Mul: operator.mul,
    exp.Div: operator.truediv, exp.Mod: math.fmod,
}  # fmt: skip
_FUNCTIONS: Mapping[type[exp.Expr], Callable[..., Value]] = {
    exp.Abs: abs, exp.Floor: math.floor, exp.Ceil: math.ceil,
    exp.Lower: str.lower, exp.Upper: str.upper, exp.Length: len, exp.Trim: str.strip,
    exp.Neg: operator.neg,
    exp.StartsWith: str.startswith, exp.Contains: operator.contains,
}  # fmt: skip
_OTHERS: tuple[type[exp.Expr], ...] = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.And, exp.Or, exp.Not, exp.Is,
    exp.In, exp.Between, exp.Like, exp.ILike, exp.Coalesce, exp.Round, exp.If, exp.Case,
)  # fmt: skip


_ALLOWED: tuple[type[exp.Expr], ...] = (*_OTHERS, *_COMPARE, *_ARITHMETIC, *_FUNCTIONS)


@lru_cache(maxsize=1_000)
def parse_condition(text: str, names: frozenset[str]) -> exp.Expr:
    """Return the tree of ``text``.

    Args:
        text: e.g. ``"outcome = 'approved' AND area_m2 > 300"``.
        names: what it may use.

    Raises:
        BadExpression: it does not parse, or needs something that a condition cannot do (dates).
        UnknownColumn: it uses another name.
    """
    tree = parse_expression(text, names)
    for node in tree.walk():
        if not isinstance(node, _ALLOWED):
            raise BadExpression(text=text, reason=f"{node.key} is not allowed in a condition")
    return tree


def holds(text: str, names: Collection[str], values: Mapping[str, Value]) -> bool:
    """Return whether the condition is true; NULL counts as not true.

    Args:
        text: the condition.
        names: what it may use.
        values: of those names; a name without a value is NULL.

    Raises:
        BadExpression: it is no condition.
        UnknownColumn: it uses another name.
        BadCondition: the values do not fit it.

    Example:
        >>> holds("area_m2 > 300", ["area_m2"], {"area_m2": 420}), holds("area_m2 > 300", ["area_m2"], {})
        (True, False)
    """
    tree = parse_condition(text, frozenset(names))
    try:
        return evaluate(tree, values) is True
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadCondition(text=text, reason=str(error)) from error


def evaluate(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    """Return the value of a condition's tree; None is NULL.

    Raises:
        TypeError: operands of different kinds.
        ValueError: a part that conditions do not know.
    """
    kind = type(node)
    if kind in _COMPARE:
        return _binary(_COMPARE[kind], node, values)
    if kind in _ARITHMETIC:
        return _calculate(_ARITHMETIC[kind], node, values)
    if kind in _FUNCTIONS:
        given = [
            evaluate(part, values)
            for part in (node.this, node.args.get("expression"))
            if part is not None
        ]
        return None if None in given else _FUNCTIONS[kind](*given)
    if kind in _SPECIAL:
        return _SPECIAL[kind](node, values)
    message = f"{node.key} is not known"
    raise ValueError(message)


def _literal(node: exp.Expr, _values: Mapping[str, Value]) -> Value:
    text = str(node.this)
    if node.args.get("is_string"):
        return text
    return int(text) if text.isdigit() else float(text)


def _column(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    return values.get(node.name)


def _binary(act: Callable[[Any, Any], bool], node: exp.Expr, values: Mapping[str, Value]) -> Value:
    return _compared(act, evaluate(node.this, values), evaluate(node.expression, values))


def _compared(act: Callable[[Any, Any], bool], left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None
    _same_kind(left, right)
    return act(left, right)


def _calculate(
    act: Callable[[Any, Any], float | int], node: exp.Expr, values: Mapping[str, Value]
) -> Value:
    left, right = evaluate(node.this, values), evaluate(node.expression, values)
    if left is None or right is None:
        return None
    _same_kind(left, right, numbers=True)
    if isinstance(node, exp.Div | exp.Mod) and right == 0:
        return None
    return act(left, right)


def _same_kind(left: Value, right: Value, *, numbers: bool = False) -> None:
    if _kind(left) != _kind(right) or (numbers and _kind(left) != "number"):
        message = f"{left!r} ({_kind(left)}) and {right!r} ({_kind(right)}) do not go together"
        raise TypeError(message)


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "truth value"
    return "text" if isinstance(value, str) else "number"


def _truth(node: exp.Expr, values: Mapping[str, Value]) -> bool | None:
    value = evaluate(node, values)
    if value is None or isinstance(value, bool):
        return value
    message = f"{value!r} is not true or false"
    raise TypeError(message)


def _and(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    left, right = _truth(node.this, values), _truth(node.expression, values)
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    left, right = _truth(node.this, values), _truth(node.expression, values)
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _not(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    value = _truth(node.this, values)
    return None if value is None else not value


def _is(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    return evaluate(node.this, values) is evaluate(node.expression, values)


def _in(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    value = evaluate(node.this, values)
    found = [_compared(operator.eq, value, evaluate(each, values)) for each in node.expressions]
    if True in found:
        return True
    return None if None in found else False


def _between(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    value = evaluate(node.this, values)
    low = _compared(operator.ge, value, evaluate(node.args["low"], values))
    high = _compared(operator.le, value, evaluate(node.args["high"], values))
    if low is False or high is False:
        return False
    return None if low is None or high is None else True


def _like(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    value, pattern = evaluate(node.this, values), evaluate(node.expression, values)
    if value is None or pattern is None:
        return None
    _same_kind(value, pattern)
    parts = {"%": ".*", "_": "."}
    regex = "".join(parts.get(sign, re.escape(sign)) for sign in str(pattern))
    flags = re.DOTALL | (re.IGNORECASE if isinstance(node, exp.ILike) else 0)
    return re.fullmatch(regex, str(value), flags) is not None


def _coalesce(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    for part in (node.this, *node.expressions):
        if (value := evaluate(part, values)) is not None:
            return value
    return None


def _round(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    digits = node.args.get("decimals")
    value = evaluate(node.this, values)
    if value is None:
        return None
    _same_kind(value, 0, numbers=True)
    return round(float(value), int(evaluate(digits, values) or 0) if digits else 0)


def _case(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    for way in node.args["ifs"]:
        test = way.this if node.this is None else exp.EQ(this=node.this, expression=way.this)
        if _truth(test, values) is True:
            return evaluate(way.args["true"], values)
    default = node.args.get("default")
    return evaluate(default, values) if default is not None else None


def _if(node: exp.Expr, values: Mapping[str, Value]) -> Value:
    chosen = node.args["true"] if _truth(node.this, values) is True else node.args.get("false")
    return evaluate(chosen, values) if chosen is not None else None


_SPECIAL: Mapping[type[exp.Expr], Callable[[exp.Expr, Mapping[str, Value]], Value]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda node, _values: bool(node.this),
    exp.Null: lambda _node, _values: None,
    exp.Paren: lambda node, values: evaluate(node.this, values),
    exp.And: _and,
    exp.Or: _or,
    exp.Not: _not,
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.Like: _like,
    exp.ILike: _like,
    exp.Coalesce: _coalesce,
    exp.Round: _round,
    exp.Case: _case,
    exp.If: _if,
}
