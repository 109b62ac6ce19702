"""The language of queries: which SQL may be asked at all. Everything that is not listed here is refused.

A query is one SELECT (or UNION, INTERSECT, EXCEPT of them) over datasets, with joins, sub-queries, CTEs, windows and the
functions of :data:`FUNCTIONS`. There are no table functions, files, catalogs, system tables, settings, parameters,
variables, nested types, lambdas, samples, pivots, recursion or second statements. What the parser understood is checked
as a tree and only that tree is rendered again, so comments and unusual spellings never reach the engine.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp, parse
from sqlglot.errors import ParseError, SqlglotError

from cityloop.engine.render import FUNCTIONS as FUNCTIONS_OF_ENGINES
from cityloop.policies.model import BadQuery
from cityloop.policies.views import INTERNAL

# The parser quotes the text of statements that it does not know in a warning: people's values do not belong in logs.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

MAX_LENGTH = 20_000
"""Characters of a query's text."""
MAX_NODES = 6_000
"""Parts of a query's tree; a list of 5,000 values fits."""
MAX_DEPTH = 60
"""How deeply parts may nest; chains of AND, OR and + count once."""
MAX_NAME = 128
"""Characters of a name."""

_ARGUMENTS: Mapping[type[exp.Expr], frozenset[str]] = {
    exp.Select: frozenset({"with_", "expressions", "distinct", "from_", "joins", "where", "group", "having", "qualify", "order", "limit", "offset", "windows"}),
    exp.Union: frozenset({"with_", "this", "expression", "distinct", "by_name", "order", "limit", "offset"}),
    exp.Except: frozenset({"with_", "this", "expression", "distinct", "order", "limit", "offset"}),
    exp.Intersect: frozenset({"with_", "this", "expression", "distinct", "order", "limit", "offset"}),
    exp.Subquery: frozenset({"this", "alias", "order", "limit", "offset"}),
    exp.With: frozenset({"expressions"}),
    exp.CTE: frozenset({"this", "alias", "materialized"}),
    exp.Table: frozenset({"this", "alias"}),
    exp.TableAlias: frozenset({"this", "columns"}),
    exp.Values: frozenset({"expressions", "alias"}),
    exp.From: frozenset({"this"}),
    exp.Join: frozenset({"this", "on", "using", "side", "kind", "method"}),
    exp.Limit: frozenset({"expression"}),
    exp.Offset: frozenset({"expression"}),
    exp.Group: frozenset({"expressions", "all"}),
    exp.Distinct: frozenset({"expressions", "on"}),
    exp.Star: frozenset({"except_", "replace", "rename"}),
    exp.Column: frozenset({"this", "table"}),
    exp.Window: frozenset({"this", "partition_by", "order", "spec", "alias", "over"}),
    exp.WindowSpec: frozenset({"kind", "start", "start_side", "end", "end_side", "exclude"}),
    exp.Cast: frozenset({"this", "to", "_type"}),
    exp.TryCast: frozenset({"this", "to", "safe", "_type"}),
}  # fmt: skip
"""Arguments that structural nodes may have; any other one that is set is refused."""

_PLAIN: frozenset[type[exp.Expr]] = frozenset({
    exp.Alias, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Tuple, exp.Var, exp.Where, exp.Having, exp.Qualify,
    exp.Order, exp.Ordered, exp.Filter, exp.WithinGroup, exp.GroupingSets, exp.Rollup, exp.Cube,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Like, exp.ILike, exp.Escape, exp.Case, exp.If, exp.Exists, exp.Div, exp.DPipe, exp.Interval,
    exp.DataType, exp.DataTypeParam,
})  # fmt: skip

RAISING: frozenset[type[exp.Expr]] = frozenset({
    exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.IntDiv, exp.Neg, exp.Abs, exp.Sqrt, exp.Ln, exp.Log, exp.Exp, exp.Pow, exp.DateFromParts,
    exp.DateAdd, exp.DateSub, exp.StrToTime, exp.Nullif,
})  # fmt: skip
"""Nodes that fail on some values (overflow, logarithm of 0, a text that is no date)."""

FUNCTIONS: frozenset[type[exp.Expr]] = RAISING | frozenset({
    exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.Quantile, exp.PercentileCont, exp.PercentileDisc,
    exp.ApproxDistinct, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop, exp.Corr, exp.CovarPop, exp.CovarSamp,
    exp.LogicalAnd, exp.LogicalOr, exp.AnyValue, exp.First, exp.Last, exp.ArgMax, exp.ArgMin, exp.GroupConcat, exp.Grouping,
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue,
    exp.Coalesce, exp.Greatest, exp.Least, exp.Sign, exp.Ceil, exp.Floor, exp.Round, exp.Trunc, exp.IsNan,
    exp.Lower, exp.Upper, exp.Length, exp.Trim, exp.Left, exp.Right, exp.Substring, exp.Replace, exp.Reverse, exp.Concat, exp.ConcatWs,
    exp.SplitPart, exp.StrPosition, exp.Contains, exp.StartsWith, exp.EndsWith, exp.RegexpLike, exp.RegexpExtract, exp.RegexpReplace,
    exp.Extract, exp.Year, exp.Month, exp.Day, exp.Hour, exp.Minute, exp.Second, exp.Week, exp.WeekOfYear, exp.Quarter, exp.DayOfWeek,
    exp.DayOfWeekIso, exp.DayOfMonth, exp.DateDiff, exp.DateTrunc, exp.TimestampTrunc, exp.TimeToStr, exp.LastDay, exp.AtTimeZone,
    exp.Date, exp.CurrentDate, exp.CurrentTimestamp,
})  # fmt: skip
"""Functions that may be called; none reaches outside the rows it is given."""
NAMED: frozenset[str] = frozenset({"now"} | (FUNCTIONS_OF_ENGINES.keys() - {"city_pseudonym"}))
"""Functions that the parser has no class for; pseudonyms under a chosen key would undo those of the mask ``hash``."""

NOW: tuple[type[exp.Expr], ...] = (exp.CurrentDate, exp.CurrentTimestamp)
"""Functions of the present moment: replaced by a literal before the query runs."""

_TYPES = frozenset({
    exp.DType.BOOLEAN, exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT, exp.DType.FLOAT, exp.DType.DOUBLE,
    exp.DType.DECIMAL, exp.DType.TEXT, exp.DType.VARCHAR, exp.DType.CHAR, exp.DType.DATE, exp.DType.TIME, exp.DType.TIMESTAMP,
    exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPNTZ, exp.DType.INTERVAL,
})  # fmt: skip
_CHAINS = (exp.And, exp.Or, exp.Add, exp.Sub, exp.Mul, exp.DPipe, exp.Union)
_JOINS = {
    "side": frozenset({"", "LEFT", "RIGHT", "FULL"}),
    "kind": frozenset({"", "INNER", "OUTER", "CROSS", "SEMI", "ANTI"}),
    "method": frozenset({"", "ASOF"}),
}
_WRITTEN_OUT: Mapping[type[exp.Expr], tuple[str, ...]] = {
    exp.RegexpLike: ("expression", "flag"),
    exp.RegexpExtract: ("expression", "group", "parameters"),
    exp.RegexpReplace: ("expression", "modifiers"),
    exp.TimeToStr: ("format",),
    exp.StrToTime: ("format",),
    exp.AtTimeZone: ("zone",),
    exp.Escape: ("expression",),
    exp.Interval: ("this",),
    exp.Extract: ("this",),
    exp.DateTrunc: ("unit",),
    exp.TimestampTrunc: ("unit",),
    exp.DateDiff: ("unit",),
}
"""Arguments that must be literals: the engine fails on some values of theirs, and a failure would tell of hidden rows."""
_NUMBER = re.compile(r"^[0-9]*\.?[0-9]*([eE][-+]?[0-9]{1,3})?$")
_WORD = re.compile(r"^\w[\w ]{0,40}$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Words:
    """Names that a query spells, in lower case: ``all`` of them, and those that name tables, not columns."""

    all: frozenset[str]
    defined: frozenset[str]
    columns: tuple[exp.Column, ...]
    has_star: bool
    has_now: bool


def parse_query(text: str) -> exp.Query:
    """Return the tree of one query.

    Args:
        text: DuckDB's dialect of SQL, at most :data:`MAX_LENGTH` characters.

    Raises:
        BadQuery: it is empty, too long, more than one statement, not a query, or does not parse.

    Example:
        >>> parse_query("select count(*) from visits").sql()
        'SELECT COUNT(*) FROM visits'
    """
    if len(text) > MAX_LENGTH:
        raise BadQuery(reason=f"longer than {MAX_LENGTH} characters")
    if _CONTROL.search(text):
        raise BadQuery(reason="a control character")
    try:
        statements = [each for each in parse(text, dialect="duckdb") if each is not None]
    except ParseError as error:
        where = error.errors[0] if error.errors else {}
        place = f" (line {where.get('line')}, column {where.get('col')})" if where else ""
        raise BadQuery(reason=f"it does not parse{place}") from None
    except (SqlglotError, RecursionError, ValueError):
        raise BadQuery(reason="it does not parse") from None
    if len(statements) != 1:
        raise BadQuery(reason=f"{len(statements)} statements; one is allowed")
    query = _query(statements[0])
    for node in list(query.find_all(exp.IgnoreNulls)):
        if isinstance(
            node.this, exp.AnyValue
        ):  # the parser's way to write any_value(), which ignores nulls anyway
            node.replace(node.this)
    return query


def check_query(tree: exp.Query) -> Words:
    """Return the names that a query spells, when all of it is allowed. Comments are removed.

    Raises:
        BadQuery: something in it is not allowed; the reason names it.
    """
    names: set[str] = set()
    columns: list[exp.Column] = []
    has_star = has_now = False
    for count, (node, depth) in enumerate(_parts(tree)):
        if count > MAX_NODES:
            raise BadQuery(reason=f"more than {MAX_NODES} parts")
        if depth > MAX_DEPTH:
            raise BadQuery(reason=f"nested more than {MAX_DEPTH} deep")
        node.comments = None
        _check_node(node)
        if isinstance(node, exp.Identifier):
            names.add(node.name.lower())
        elif isinstance(node, exp.Column):
            columns.append(node)
        elif isinstance(node, exp.Star):
            has_star = has_star or not isinstance(node.parent, exp.Count)
        elif isinstance(node, NOW) or _is_now(node):
            has_now = True
    return Words(frozenset(names), frozenset(_defined(tree)), tuple(columns), has_star, has_now)


def _query(tree: exp.Expr) -> exp.Query:
    if isinstance(tree, exp.Subquery):
        return _query(tree.this) if len(_set(tree)) == 1 else tree
    if isinstance(tree, exp.Select | exp.SetOperation):
        return tree
    raise BadQuery(reason=f"{_spoken(tree)} is not a SELECT")


def _parts(tree: exp.Expr) -> Iterator[tuple[exp.Expr, int]]:
    stack: list[tuple[exp.Expr, int]] = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        chained = isinstance(node, _CHAINS)
        for name, value in node.args.items():
            for child in value if isinstance(value, list) else (value,):
                if isinstance(child, exp.Expr):
                    deeper = (
                        0 if chained and name == "this" and isinstance(child, type(node)) else 1
                    )
                    stack.append((child, depth + deeper))


def _check_node(node: exp.Expr) -> None:
    kind = type(node)
    if (arguments := _ARGUMENTS.get(kind)) is not None:
        for name in _set(node):
            if name not in arguments:
                raise BadQuery(
                    reason=f"{name.strip('_').upper()} in {_spoken(node)} is not allowed"
                )
    elif kind is exp.Anonymous:
        _check_named(node)
        return
    elif kind not in _PLAIN and kind not in FUNCTIONS:
        raise BadQuery(reason=f"{_spoken(node)} is not allowed")
    if (check := _CHECKS.get(kind)) is not None:
        check(node)


def _check_named(node: exp.Expr) -> None:
    name = str(node.this).lower()
    if name not in NAMED:
        raise BadQuery(reason=f"the function {_short(name)} is not allowed")


def _check_identifier(node: exp.Expr) -> None:
    name = str(node.this)
    if not name or len(name) > MAX_NAME or _CONTROL.search(name):
        raise BadQuery(reason="a name is empty or too long")
    if name.lower().startswith(INTERNAL):
        raise BadQuery(reason=f"names that begin with {INTERNAL} are kept for the system")


def _check_table(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Identifier):
        raise BadQuery(reason=f"{_spoken(node.this)} in FROM is not a dataset")


def _check_join(node: exp.Expr) -> None:
    for name, allowed in _JOINS.items():
        word = str(node.args.get(name) or "").upper()
        if word not in allowed:
            raise BadQuery(reason=f"{word} JOIN is not allowed")


def _check_column(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Identifier | exp.Star):
        raise BadQuery(reason=f"{_spoken(node.this)} is not a column")


def _check_literal(node: exp.Expr) -> None:
    if not node.args.get("is_string") and not _NUMBER.match(str(node.this)):
        raise BadQuery(reason="a number is not written as one")


def _check_var(node: exp.Expr) -> None:
    if not _WORD.match(str(node.this)):
        raise BadQuery(reason="a keyword is not written as one")


def _check_type(node: exp.Expr) -> None:
    if node.this not in _TYPES or node.args.get("nested") or node.args.get("kind"):
        raise BadQuery(reason="that type is not allowed")


def _check_count(node: exp.Expr) -> None:
    if not isinstance(node.args.get("expression"), exp.Literal):
        raise BadQuery(reason="LIMIT and OFFSET take a number")


def _check_window(node: exp.Expr) -> None:
    if str(node.args.get("over") or "OVER").upper() != "OVER":
        raise BadQuery(reason="that window is not allowed")


def _check_spec(node: exp.Expr) -> None:
    for value in node.args.values():
        if isinstance(value, str) and not _WORD.match(value):
            raise BadQuery(reason="that window is not allowed")


def _check_star(node: exp.Expr) -> None:
    holder = node.parent.parent if isinstance(node.parent, exp.Column) else node.parent
    if not isinstance(holder, exp.Select | exp.Count):
        raise BadQuery(reason=f"* inside {_spoken(holder)} is not allowed")


def _check_written_out(node: exp.Expr) -> None:
    for name in _WRITTEN_OUT[type(node)]:
        value = node.args.get(name)
        if value is not None and not isinstance(value, exp.Literal | exp.Var | exp.Neg):
            raise BadQuery(reason=f"the {name} of {_spoken(node)} must be written out")
    if isinstance(node, exp.Escape) and not isinstance(node.this.expression, exp.Literal):
        raise BadQuery(reason="a pattern with ESCAPE must be written out")


_CHECKS: dict[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Identifier: _check_identifier,
    exp.Table: _check_table,
    exp.Join: _check_join,
    exp.Column: _check_column,
    exp.Literal: _check_literal,
    exp.Star: _check_star,
    exp.Var: _check_var,
    exp.DataType: _check_type,
    exp.Limit: _check_count,
    exp.Offset: _check_count,
    exp.Window: _check_window,
    exp.WindowSpec: _check_spec,
    **dict.fromkeys(_WRITTEN_OUT, _check_written_out),
}


def _defined(tree: exp.Expr) -> Iterator[str]:
    """Yield names of columns that the query itself makes: aliases, and columns of CTEs and of named sub-queries.

    A column that is only passed on under its own name is still the dataset's and keeps its type.
    """
    for node in tree.walk():
        if isinstance(node, exp.Alias):
            name = node.alias.lower()
            if not (isinstance(node.this, exp.Column) and node.this.name.lower() == name):
                yield name
        elif isinstance(node, exp.TableAlias):
            for column in node.args.get("columns") or ():
                yield column.name.lower()
        elif isinstance(node, exp.Star):
            for renamed in node.args.get("rename") or ():
                yield renamed.alias.lower()


def _set(node: exp.Expr) -> list[str]:
    return [name for name, value in node.args.items() if value not in (None, False, [])]


def _is_now(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and str(node.this).lower() == "now"


def _spoken(node: object) -> str:
    name = getattr(node, "key", "") if isinstance(node, exp.Expr) else ""
    return _short(str(name or type(node).__name__).upper())


def _short(text: str) -> str:
    cleaned = re.sub(r"[^\w]", "", text)
    return cleaned[:40]
