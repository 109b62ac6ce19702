"""The type of an expression, so that filters are typed and sums of text are refused before any engine runs."""

from collections.abc import Callable

from sqlglot import exp

from cityloop.contracts.model import FieldType

Type = FieldType
"""Types of fields, as datasets declare them; dates are local days, timestamps moments in UTC."""

NUMERIC: frozenset[Type] = frozenset({"integer", "number"})
"""Types that can be summed."""

_TRUTH = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between,
    exp.Like, exp.ILike, exp.StartsWith, exp.Contains, exp.Boolean,
)  # fmt: skip
_WHOLE = (exp.Year, exp.Month, exp.Day, exp.Hour, exp.DayOfWeekIso, exp.Length, exp.DateDiff)
_WORDS = (exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Concat)
_SAME = (exp.Paren, exp.Neg, exp.Abs, exp.Nullif, exp.Mod)
_MIXED = (exp.Coalesce, exp.Greatest, exp.Least, exp.Add, exp.Sub, exp.Mul)


def type_of(node: exp.Expr, column_type: Callable[[exp.Column], Type | None]) -> Type | None:
    """Return the type of ``node``.

    Args:
        node: an expression of ``foundation.expressions``.
        column_type: the type of a column; None when it is not known.

    Returns:
        None for NULL and for what cannot be told.
    """
    if isinstance(node, exp.Column):
        return column_type(node)
    if isinstance(node, exp.Literal):
        if node.is_string:
            return "text"
        return "integer" if str(node.this).isdigit() else "number"
    for kinds, found in _BY_NODE:
        if isinstance(node, kinds):
            return found
    if isinstance(node, _SAME):
        return type_of(node.this, column_type)
    return _widest([type_of(part, column_type) for part in _parts(node)])


_BY_NODE: tuple[tuple[tuple[type[exp.Expr], ...], Type], ...] = (
    (_TRUTH, "boolean"),
    (_WHOLE, "integer"),
    (_WORDS, "text"),
    ((exp.Div, exp.Round, exp.Floor, exp.Ceil), "number"),
)


def _parts(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Case):
        outcomes = [branch.args["true"] for branch in node.args["ifs"]]
        return [*outcomes, *([node.args["default"]] if node.args.get("default") else [])]
    if isinstance(node, exp.If):
        return [part for part in (node.args.get("true"), node.args.get("false")) if part]
    if isinstance(node, _MIXED):
        others = [node.expression] if node.args.get("expression") else node.expressions
        return [node.this, *others]
    return []


def _widest(types: list[Type | None]) -> Type | None:
    known = {each for each in types if each is not None}
    if len(known) == 1:
        return known.pop()
    return "number" if known and known <= NUMERIC else None
