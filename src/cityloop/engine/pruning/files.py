"""Which files of a pinned table a query can need, by its conditions and the files' statistics.

Conditions count when they stand in the WHERE of the SELECT that reads the table, or of one around it that takes the
table's columns through unchanged, as masked and filtered tables do. Whatever is not understood keeps every file.
"""

from collections.abc import Iterable, Iterator, Mapping

from sqlglot import exp

from cityloop.engine.base import FileStats, Pin
from cityloop.engine.pruning.matching import Check, Field, Source
from cityloop.engine.pruning.reads import Reads
from cityloop.engine.render import FUNCTIONS

_ROWS_DEPEND = ("group", "having", "qualify", "limit", "offset", "distinct", "windows", "sample")
"""Parts of a SELECT that make its rows depend on other rows: a condition around it must not reach into it."""


def prune(node: exp.Table, pin: Pin, reads: Reads) -> tuple[FileStats, ...]:
    """Return the files of ``pin`` that the table node can need.

    Args:
        node: one of ``reads.tables``.
        pin: what it reads.
        reads: of the whole tree; a condition reaches into a WITH query only when it is used once.
    """
    fields: Mapping[str, Field] = _unique((field.name, field) for field in pin.schema)
    checks = list(_checks(node, fields, reads))
    return tuple(file for file in pin.files if all(check.may_hold(file) for check in checks))


def _checks(node: exp.Expr, columns: Mapping[str, Field], reads: Reads) -> Iterator[Check]:
    """Yield the conditions on ``node``, a source of some SELECT whose ``columns`` are base columns."""
    select = _select_of(node)
    alias = node.args.get("alias")
    if select is None or (alias is not None and alias.args.get("columns")):
        return
    name = node.alias_or_name.casefold()
    source = Source(
        name, columns, alone=not (select.args.get("joins") or select.args.get("laterals"))
    )
    where = select.args.get("where")
    if where is not None:
        yield Check(where.this, source)
    outer = _outer_of(select, reads)
    if outer is not None and not _rows_depend(select):
        passed = _unique(_passed_through(select, source))
        yield from _checks(outer, passed, reads)


def _select_of(node: exp.Expr) -> exp.Select | None:
    """Return the SELECT that has ``node`` as a source whose rows its WHERE may drop early; None when there is none."""
    parent = node.parent
    select = parent.parent if isinstance(parent, exp.From | exp.Join) else None
    if not isinstance(select, exp.Select) or node.args.get("joins"):
        return None
    joins = select.args.get("joins") or []
    if not all(_keeps_left(join) for join in joins):
        return None
    if isinstance(parent, exp.Join) and (parent.side or parent.kind not in ("", "INNER", "CROSS")):
        return None
    return select


def _keeps_left(join: exp.Join) -> bool:
    """Return whether dropping rows on the left that the WHERE would drop anyway changes nothing else."""
    return (
        not join.method
        and join.side in ("", "LEFT")
        and join.kind in ("", "INNER", "CROSS", "OUTER", "SEMI", "ANTI")
    )


def _outer_of(select: exp.Select, reads: Reads) -> exp.Expr | None:
    """Return the one node through which a query around ``select`` reads it; None when there is none or several."""
    parent = select.parent
    if isinstance(parent, exp.Subquery):
        return parent
    if isinstance(parent, exp.CTE):
        with_ = parent.parent
        uses = reads.uses.get(id(parent), [])
        plain = isinstance(with_, exp.With) and not with_.recursive
        unrenamed = not parent.args["alias"].args.get("columns")
        return uses[0] if plain and unrenamed and len(uses) == 1 else None
    return None


def _rows_depend(select: exp.Select) -> bool:
    if any(select.args.get(part) for part in _ROWS_DEPEND):
        return True
    inside = (node for column in select.expressions for node in column.walk())
    return any(_joins_rows(node) for node in inside)


def _joins_rows(node: exp.Expr) -> bool:
    if isinstance(node, exp.Anonymous):
        function = FUNCTIONS.get(str(node.this).lower())
        return function is None or function.aggregate
    return isinstance(node, exp.AggFunc | exp.Window)


def _passed_through(select: exp.Select, source: Source) -> Iterator[tuple[str, Field]]:
    """Yield the name and base column of every output that is a column of ``source`` unchanged."""
    for output in select.expressions:
        if isinstance(output, exp.Star) and source.alone and not any(output.args.values()):
            yield from source.columns.items()
        elif (column := source.column(output.unalias())) is not None:
            yield output.alias_or_name, column
        else:
            # Remembered as "not a base column", so that two outputs of one name are never mistaken.
            yield output.alias_or_name, None


def _unique(columns: Iterable[tuple[str, Field]]) -> dict[str, Field]:
    folded: dict[str, Field] = {}
    for name, column in columns:
        folded[name.casefold()] = None if name.casefold() in folded else column
    return {name: column for name, column in folded.items() if column is not None}
