"""From a query as asked to the query that runs: every dataset becomes its view for this reader. Pure.

* Names are resolved here, not by the engine: a table name is a CTE in scope or a dataset that the reader may know of,
  anything else is refused. CTEs and datasets' own tables get names that no query can spell, so that a mistake in scoping
  ends in an error and never in another table.
* A dataset becomes a sub-query of permitted columns and rows; ``*`` therefore expands to these, a masked column is masked
  in WHERE, JOIN, ORDER BY and GROUP BY as well, and a denied column does not exist.
* Where a view leaves rows out, the reader's own expressions must not fail on the rows he does not see
  (:mod:`cityloop.policies.guarding`).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlglot import exp

from cityloop.foundation.errors import closest
from cityloop.policies.guarding import guard, types_of
from cityloop.policies.language import Words, check_query
from cityloop.policies.model import BadQuery, Decision, UnknownColumn
from cityloop.policies.views import INTERNAL, Source, view_of

DIALECT = "duckdb"
"""Dialect of texts that people write and read."""
MAX_TABLES = 40
"""How often a query may name datasets and CTEs."""

Find = Callable[[str], str]
"""From a table's name as written to the dataset's own name; raises when the reader may not know of it."""
SourceOf = Callable[[str], Source]
"""From a dataset's name to what its view is built from; raises when it may not be read."""


@dataclass(frozen=True)
class Asked:
    """A checked query before any policy: its tree, the names it spells and the datasets it reads."""

    tree: exp.Query
    words: Words
    datasets: tuple[str, ...]

    @cached_property
    def sql(self) -> str:
        """Return the query as text, over datasets' own names."""
        return self.tree.sql(dialect=DIALECT)

    @cached_property
    def shape(self) -> str:
        """Return the query with its literals left out, for the audit log: it may name no value."""

        def hide(node: exp.Expr) -> exp.Expr:
            return exp.Placeholder() if isinstance(node, exp.Literal) else node

        return self.tree.transform(hide).sql(dialect=DIALECT)[:1_000]


@dataclass(frozen=True, slots=True)
class Plan:
    """The query that runs for one reader: its tree, its text (the exact cache key) and who stands behind each table."""

    tree: exp.Query
    sql_hash: str
    tables: Mapping[str, str]
    """Name in the tree → dataset."""
    decisions: Mapping[str, Decision]


def ask(tree: exp.Query, find: Find) -> Asked:
    """Return the checked query, every table in it resolved to a dataset's own name. ``tree`` itself becomes part of it.

    Raises:
        BadQuery: something in it is not allowed.
        UnknownDataset: it names a table that the reader may not know of (raised by ``find``).
    """
    words = check_query(tree)
    found: dict[str, None] = {}
    for table, name in _tables(tree):
        if name is None:
            dataset = find(table.name)
            found[dataset] = None
            table.set("this", exp.to_identifier(dataset))
    return Asked(tree, words, tuple(found))


def rewrite(asked: Asked, source_of: SourceOf, now: datetime) -> Plan:
    """Return the plan of a checked query for one reader.

    Args:
        asked: the query.
        source_of: gives each dataset's decision; raises when it may not be read.
        now: the present moment in the city's time zone, for ``current_date`` and ``now()``.

    Raises:
        UnknownColumn: it names a column that the reader may not read.
        BadQuery: a CTE has the name of another one.
    """
    sources = {name: source_of(name) for name in asked.datasets}
    _check_columns(asked.words, [source.decision for source in sources.values()])
    tree = asked.tree.copy()
    if asked.words.has_now:
        _set_now(tree, now)
    fenced = False
    if any(source.decision.rows != "all" for source in sources.values()):
        fenced = guard(tree, types_of(list(sources.values()), asked.words))
    columns = None if asked.words.has_star else asked.words.all
    for table, cte in _tables(tree):
        alias = table.args.get("alias") or exp.TableAlias(this=table.this.copy())
        if cte is not None:
            table.replace(exp.Table(this=exp.to_identifier(cte, quoted=True), alias=alias))
        else:
            view = view_of(sources[table.name], columns, fenced=fenced)
            table.replace(exp.Subquery(this=view, alias=alias))
    _rename_ctes(tree)
    tables = {source.table: name for name, source in sources.items()}
    digest = hashlib.sha256(tree.sql(dialect=DIALECT, comments=False).encode()).hexdigest()
    return Plan(tree, digest, tables, {name: source.decision for name, source in sources.items()})


def _tables(tree: exp.Expr) -> list[tuple[exp.Table, str | None]]:
    """Return every table with the internal name of the CTE that it means, None for a dataset."""
    found: list[tuple[exp.Table, str | None]] = []
    stack: list[tuple[exp.Expr, Mapping[str, str]]] = [(tree, {})]
    while stack:
        node, scope = stack.pop()
        if isinstance(node, exp.Table):
            found.append((node, scope.get(node.name.lower())))
            continue
        if (with_ := node.args.get("with_")) is not None:
            scope = _scope_of(with_, scope, stack)
        stack.extend((child, scope) for child in node.iter_expressions() if child is not with_)
    if len(found) > MAX_TABLES:
        raise BadQuery(reason=f"more than {MAX_TABLES} tables")
    return found


def _scope_of(
    with_: exp.With, outer: Mapping[str, str], stack: list[tuple[exp.Expr, Mapping[str, str]]]
) -> Mapping[str, str]:
    """Return the names in scope after ``with_``; put each CTE on the stack with those before it."""
    scope, own = dict(outer), set[str]()
    for cte in with_.expressions:
        name = cte.alias.lower()
        if name in own:
            raise BadQuery(reason="two CTEs have one name")
        own.add(name)
        stack.append((cte.this, dict(scope)))
        scope[name] = _cte_name(cte)
    return scope


def _cte_name(cte: exp.CTE) -> str:
    """Return the internal name of a CTE: its depth and its own name, which no other CTE in the same scope has."""
    depth, node = 0, cte.parent
    while node is not None:
        depth, node = depth + 1, node.parent
    return f"{INTERNAL}cte{depth}_{cte.alias.lower()}"


def _rename_ctes(tree: exp.Expr) -> None:
    for cte, name in [(each, _cte_name(each)) for each in tree.find_all(exp.CTE)]:
        cte.args["alias"].set("this", exp.to_identifier(name, quoted=True))
        cte.set("materialized", None)


def _check_columns(words: Words, decisions: Sequence[Decision]) -> None:
    readable = {name.lower(): name for decision in decisions for name in decision.readable}
    known = readable.keys() | words.defined
    for column in words.columns:
        if isinstance(column.this, exp.Identifier) and column.name.lower() not in known:
            names = list(readable.values())
            raise UnknownColumn(
                column=column.name,
                datasets=[decision.dataset for decision in decisions],
                close=closest(column.name, names) or names[:12],
            )


def _set_now(tree: exp.Expr, now: datetime) -> None:
    for node in list(tree.find_all(exp.CurrentDate, exp.CurrentTimestamp, exp.Anonymous)):
        if isinstance(node, exp.CurrentDate):
            node.replace(exp.cast(exp.Literal.string(now.date().isoformat()), "DATE"))
        elif isinstance(node, exp.CurrentTimestamp) or str(node.this).lower() == "now":
            node.replace(exp.cast(exp.Literal.string(now.isoformat()), "TIMESTAMPTZ"))
