"""Which tables a tree reads: names of WITH queries hide tables of the same name, as SQL's scopes say."""

from dataclasses import dataclass, field

from sqlglot import exp


@dataclass(slots=True)
class Reads:
    """``tables`` are the nodes that name a table; ``uses`` are, per WITH query (by ``id``), the nodes that name it."""

    tables: list[exp.Table] = field(default_factory=list)
    uses: dict[int, list[exp.Table]] = field(default_factory=dict)


def find_reads(tree: exp.Expr) -> Reads:
    """Return every table that ``tree`` reads, in the order of the text.

    Example:
        >>> from sqlglot import parse_one
        >>> tree = parse_one("WITH a AS (SELECT * FROM a) SELECT * FROM a JOIN core.b ON TRUE")
        >>> [table_name(node) for node in find_reads(tree).tables]
        ['a', 'core.b']
    """
    reads = Reads()
    _visit(tree, {}, reads)
    return reads


def table_name(node: exp.Table) -> str:
    """Return the name as written: ``visits`` or ``core.visits``."""
    return ".".join(part.name for part in node.parts)


def _visit(node: exp.Expr, visible: dict[str, exp.CTE], reads: Reads) -> None:
    if isinstance(node, exp.Table):
        hidden = visible.get(node.name.casefold()) if len(node.parts) == 1 else None
        if hidden is None:
            reads.tables.append(node)
        else:
            reads.uses.setdefault(id(hidden), []).append(node)
    queries = node.args.get("with_")
    if isinstance(queries, exp.With):
        visible = _visit_with(queries, visible, reads)
    for child in node.iter_expressions():
        if child is not queries:
            _visit(child, visible, reads)


def _visit_with(queries: exp.With, visible: dict[str, exp.CTE], reads: Reads) -> dict[str, exp.CTE]:
    for query in queries.expressions:
        inside = {**visible, query.alias.casefold(): query} if queries.recursive else visible
        _visit(query.this, inside, reads)
        visible = {**visible, query.alias.casefold(): query}
    return visible
