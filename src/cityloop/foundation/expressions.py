"""Expressions that people write in definitions: parsed into trees, checked against a list of what is allowed.

Rules of a contract, filters and measures of a metric, row filters of a policy and conditions of a procedure are all
written in the same small SQL-like language: columns, literals, comparison, arithmetic, AND/OR/NOT, IN, BETWEEN,
IS NULL, CASE, LIKE and the functions of :data:`FUNCTIONS`. No sub-queries, no casts to odd types, nothing with effects.
"""

from collections.abc import Collection

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from cityloop.foundation.errors import Invalid, closest

NODES: tuple[type[exp.Expr], ...] = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between,
    exp.Like, exp.ILike, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Case, exp.If, exp.Interval, exp.Var,
)  # fmt: skip
"""Syntax that an expression may use."""

FUNCTIONS: tuple[type[exp.Expr], ...] = (
    exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Coalesce, exp.Nullif, exp.Lower, exp.Upper, exp.Length, exp.Trim,
    exp.Greatest, exp.Least, exp.Substring, exp.Concat, exp.Year, exp.Month, exp.Day, exp.Hour, exp.DateDiff,
    exp.StartsWith, exp.Contains, exp.DayOfWeekIso,
)  # fmt: skip
"""Functions that an expression may call; each means the same on every engine (``engine.render``)."""

MAX_LENGTH = 2_000
"""Characters; longer text is refused before it is parsed."""


class BadExpression(Invalid):
    """The text is not an expression of this language."""

    code = "foundation.bad_expression"


class UnknownColumn(Invalid):
    """The expression names a column that is not there."""

    code = "foundation.unknown_column"


def parse_expression(text: str, columns: Collection[str]) -> exp.Expr:
    """Return the tree of ``text``, whose every column is one of ``columns``.

    Args:
        text: e.g. ``"occupancy <= capacity AND district IN ('临湖区')"``.
        columns: names that may be used; ``join.column`` names with one dot are given as such.

    Raises:
        BadExpression: it does not parse, or uses something outside the language.
        UnknownColumn: it names a column that is not in ``columns``.

    Example:
        >>> parse_expression("speed > 10", ["speed"]).sql()
        'speed > 10'
    """
    if len(text) > MAX_LENGTH:
        raise BadExpression(text=f"{text[:60]}…", reason=f"longer than {MAX_LENGTH} characters")
    try:
        tree = parse_one(text, dialect="duckdb")
    except (SqlglotError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "it does not parse"
        raise BadExpression(text=text, reason=reason) from error
    for node in tree.walk():
        if not isinstance(node, NODES + FUNCTIONS):
            raise BadExpression(text=text, reason=f"{node.key} is not allowed")
    for column in tree.find_all(exp.Column):
        _check_column(text, column, columns)
    return tree


def _check_column(text: str, column: exp.Column, columns: Collection[str]) -> None:
    if column.args.get("catalog") or column.args.get("db"):
        raise BadExpression(text=text, reason=f"{column.sql()} has too many dots")
    name = f"{column.table}.{column.name}" if column.table else column.name
    if name not in columns:
        raise UnknownColumn(column=name, text=text, close=closest(name, columns))
