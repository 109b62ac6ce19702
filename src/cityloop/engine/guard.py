"""What a query may contain: a list of everything allowed, so that a node unheard of is refused.

This is the first of three walls around the embedded engine; the others are its locked configuration and the check that
the rendered text is one SELECT. Trees may be hostile: a node's plain text fields could carry SQL, so they are checked too.
"""

import re
from collections.abc import Iterator

from sqlglot import exp

from cityloop.engine.base import Refused
from cityloop.engine.render import FUNCTIONS

MOST_NODES = 50_000
"""Nodes in one tree; a larger one takes longer to plan than to answer."""
MOST_DEPTH = 900
"""Levels of nesting; parsers and generators work level by level on a stack of limited size."""

_STRUCTURE = """
    Select Union Intersect Except Subquery With CTE TableAlias Table From Join Where Group Having Qualify Order Ordered
    Limit Offset Distinct Star Alias Column Identifier Literal Boolean Null Paren Tuple Values Var DataType
    DataTypeParam Interval Window WindowSpec Filter WithinGroup Exists Rollup Cube GroupingSets Grouping
    And Or Not EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is In Between Like ILike Escape Add Sub Mul Div IntDiv Mod
    Neg DPipe Case If Cast TryCast Coalesce Nullif IgnoreNulls Anonymous
"""
_FUNCTIONS = """
    Count CountIf Sum Avg Min Max Median Stddev StddevPop StddevSamp Variance VariancePop ApproxDistinct Quantile
    PercentileCont PercentileDisc ArgMax ArgMin AnyValue First Last LogicalAnd LogicalOr GroupConcat Corr CovarPop
    CovarSamp RowNumber Rank DenseRank PercentRank CumeDist Ntile Lag Lead FirstValue LastValue NthValue
    Abs Ceil Floor Round Trunc Sqrt Exp Ln Log Pow Sign Greatest Least Sin Cos Tan Asin Acos Atan Atan2 Radians Degrees
    Lower Upper Length Trim Substring Left Right Replace StrPosition StartsWith EndsWith Contains Concat ConcatWs Repeat
    Reverse Pad SplitPart RegexpLike RegexpReplace RegexpExtract MD5 SHA2
    TimestampTrunc DateTrunc Extract Year Month Day Hour Minute Second Quarter Week WeekOfYear DayOfWeek DayOfWeekIso
    DayOfMonth DayOfYear DateAdd DateSub DateDiff TimestampAdd TimestampDiff LastDay AtTimeZone DateFromParts
    TimeToStr StrToTime StrToDate Date IsNan
"""
_NODES = frozenset(getattr(exp, name) for name in (_STRUCTURE + _FUNCTIONS).split())
_PLAIN_NAMES = frozenset({"isfinite", "sha256", "strftime", "ifnull"})
"""Functions that sqlglot has no node for, and that look only at their arguments."""
_NUMBER = re.compile(r"\d*\.?\d+([eE][+-]?\d+)?|\d+\.")
_WORD = re.compile(r"\w*")
_PHRASES = frozenset({"CURRENT ROW"})
_TYPES_REFUSED = frozenset({exp.DType.USERDEFINED, exp.DType.UNKNOWN})


def check_tree(tree: exp.Expr) -> None:
    """Do nothing when ``tree`` is a plain query.

    Raises:
        Refused: it holds something that is not on the list; the error names it.
    """
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.Table):
        raise Refused(what=f"{tree.key.upper()} is not a query")
    for node in _nodes(tree):
        if type(node) not in _NODES:
            raise Refused(
                what=f"{node.sql_name() if isinstance(node, exp.Func) else node.key.upper()} is not allowed"
            )
        _check_special(node)
        _check_texts(node)


def _nodes(tree: exp.Expr) -> Iterator[exp.Expr]:
    waiting, seen = [(tree, 0)], 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > MOST_NODES:
            raise Refused(what=f"more than {MOST_NODES} parts")
        if depth > MOST_DEPTH:
            raise Refused(what=f"nested more than {MOST_DEPTH} levels deep")
        waiting += ((child, depth + 1) for child in node.iter_expressions())
        yield node


def _check_special(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous):
        name = node.this
        if not isinstance(name, str) or name.lower() not in _PLAIN_NAMES | FUNCTIONS.keys():
            raise Refused(what=f"the function {str(name)[:60]} is not allowed")
    elif isinstance(node, exp.DataType) and node.this in _TYPES_REFUSED:
        raise Refused(what="a type that is not built in")
    elif isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        raise Refused(what="a table function is not allowed")


def _check_texts(node: exp.Expr) -> None:
    # Identifiers and text literals are quoted when rendered; every other text would stand in the SQL as it is.
    if isinstance(node, exp.Identifier) or (isinstance(node, exp.Literal) and node.is_string):
        return
    if isinstance(node, exp.Literal):
        if not _NUMBER.fullmatch(str(node.this)):
            raise Refused(what="a number that is none")
        return
    for value in node.args.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not _WORD.fullmatch(text) and text not in _PHRASES:
                raise Refused(what=f"{node.key.upper()} with loose text")
