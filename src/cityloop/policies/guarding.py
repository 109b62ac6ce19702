"""Failures must not tell of rows that the reader does not see. Pure.

An engine may evaluate a reader's own condition before the policy's row filter. A cast, an overflow or a comparison of text
with a number that fails on a hidden row would then end the query, and by asking again and again the reader would learn
that row's values. Where rows are left out, casts therefore become TRY_CAST (null instead of a failure); and when another
expression that can fail stands where the engine could move it below the row filter, the views are fenced.
"""

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from cityloop.policies.language import RAISING, Words
from cityloop.policies.views import Source

_COMPARISONS = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between,
)  # fmt: skip
_TRUTHS = (
    *_COMPARISONS, exp.And, exp.Or, exp.Not, exp.Is, exp.Like, exp.ILike, exp.Escape, exp.Exists, exp.Boolean, exp.Null, exp.Contains,
    exp.StartsWith, exp.EndsWith, exp.RegexpLike, exp.LogicalAnd, exp.LogicalOr, exp.TryCast,
)  # fmt: skip
_MOVED = frozenset({"where", "having", "qualify", "joins", "from_", "with_"})
"""Parts of a SELECT whose expressions an engine may move."""
_CLASSES = {
    "text": "text", "integer": "number", "number": "number", "boolean": "boolean", "date": "time", "timestamp": "time",
}  # fmt: skip


def guard(tree: exp.Query, types: Mapping[str, str]) -> bool:
    """Make casts safe, in place, and return whether the views that leave rows out must be fenced.

    What contains an aggregate, a window or a sub-query is never moved below a filter; nor is what the outermost SELECT
    only shows. Comparisons whose sides are known to have one type cannot fail.

    Args:
        tree: the query.
        types: as :func:`types_of` returns them.
    """
    must_fence = False
    stack: list[tuple[exp.Expr, bool]] = [(tree, True)]
    while stack:
        node, shown = stack.pop()
        if type(node) is exp.Cast:
            safe = exp.TryCast(this=node.this, to=node.args["to"], safe=True)
            node.replace(safe)
            node = safe
        for condition in _conditions(node):
            _make_truth(condition, types)
        if not shown and not must_fence:
            must_fence = _can_fail(node, types) and _is_of_rows(node)
        stack.extend(_children(node, shown=shown))
    return must_fence


def _children(node: exp.Expr, *, shown: bool) -> Iterator[tuple[exp.Expr, bool]]:
    """Yield the parts of a node, each with whether failures in it are harmless."""
    if isinstance(node, exp.AggFunc | exp.Window):
        yield from ((each, not isinstance(each, exp.Query)) for each in node.iter_expressions())
        return
    filters = isinstance(node, exp.Select) and (node.args.get("having") or node.args.get("qualify"))
    united = isinstance(node, exp.SetOperation)
    for name, value in node.args.items():
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, exp.Expr):
                inner = isinstance(each, exp.Query) and not united
                yield each, shown and not (filters or inner or name in _MOVED)


def _is_of_rows(node: exp.Expr) -> bool:
    """Return whether the node works on a row's own values: only such a thing can be moved below a row filter."""
    return (
        node.find(exp.Column) is not None and node.find(exp.AggFunc, exp.Window, exp.Query) is None
    )


def types_of(sources: Sequence[Source], words: Words) -> Mapping[str, str]:
    """Return the type of each column name, ``text number time boolean``, or ``unknown`` where the query leaves it open."""
    found: dict[str, str] = {}
    for source in sources:
        for field in source.dataset.fields:
            name, kind = field.name.lower(), _CLASSES[field.type]
            same = found.setdefault(name, kind) == kind and name not in words.defined
            found[name] = kind if same else "unknown"
    return found


def _conditions(node: exp.Expr) -> Sequence[exp.Expr]:
    """Return the parts of ``node`` that must be true or false."""
    if isinstance(node, exp.And | exp.Or):
        return [node.left, node.right]
    if isinstance(node, exp.Where | exp.Having | exp.Qualify | exp.Not):
        return [node.this]
    if isinstance(node, exp.Join):
        return [node.args["on"]] if node.args.get("on") else []
    if isinstance(node, exp.If) and not (isinstance(node.parent, exp.Case) and node.parent.this):
        return [node.this]
    return []


def _make_truth(node: exp.Expr, types: Mapping[str, str]) -> None:
    """Cast what stands for a condition without being one; a text would be cast by the engine and could fail."""
    inner = node.unnest()
    is_truth = isinstance(inner, _TRUTHS) or _type_of(inner, types) == "boolean"
    if not is_truth and node.find(exp.Column) is not None:
        node.replace(exp.TryCast(this=node.copy(), to=exp.DataType.build("BOOLEAN"), safe=True))


def _can_fail(node: exp.Expr, types: Mapping[str, str]) -> bool:
    if type(node) in RAISING or isinstance(node, exp.Nullif):
        return True
    if isinstance(node, exp.Case):
        return node.this is not None
    if not isinstance(node, _COMPARISONS):
        return False
    sides = [side for side in node.iter_expressions() if not isinstance(side, exp.Query)]
    kinds = {_type_of(side, types) for side in sides}
    if len(kinds - {"written", "unknown"}) > 1:
        return True
    if len({column.table for column in node.find_all(exp.Column)} - {""}) > 1:
        return False  # a join: its keys are compared after the rows were let through
    return "unknown" in kinds or ("text" in kinds and _has_number(sides))


def _type_of(node: exp.Expr, types: Mapping[str, str]) -> str:
    node = node.unnest()
    if isinstance(node, exp.Column):
        return types.get(node.name.lower(), "unknown")
    if isinstance(node, exp.Lower | exp.Upper | exp.Trim | exp.Substring | exp.Left | exp.Right):
        return "text"
    if node.find(exp.Column, exp.Query) is None:
        return "written"
    return "unknown"


def _has_number(sides: Sequence[exp.Expr]) -> bool:
    written = [side for side in sides if side.find(exp.Column) is None]
    return any(not (isinstance(side, exp.Null) or side.is_string) for side in written)
