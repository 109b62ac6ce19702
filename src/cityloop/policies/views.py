"""What one reader sees of one dataset, as a sub-query: permitted columns, masked as decided, of the permitted rows. Pure.

Rules with the same row filter are merged, the widest treatment of each column winning. Rules with different filters are
kept apart: rows are the union of what the rules allow, and a column that they treat differently becomes a CASE, so that
a value is raw only in rows whose own rule says raw. The dataset's table has a name that no query can spell.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from cityloop.contracts.model import DatasetDefinition
from cityloop.policies import masking
from cityloop.policies.decisions import width
from cityloop.policies.model import DENY, RAW, Decision, Treatment

INTERNAL = "cl__"
"""Prefix of names that only the rewriter makes; a query that spells one is refused."""
FENCE = 10**15
"""Rows of the limit that keeps conditions out: more than any table has, and engines do not move filters below a limit."""
BASE = f"{INTERNAL}rows"
"""Alias of the dataset's own table inside its view."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Treatment of one column in the rows of one filter; ``rows`` None means all rows."""

    rows: exp.Expr | None
    treatment: Treatment


@dataclass(frozen=True, slots=True)
class Source:
    """What a view is built from: dataset, decision, columns that the pinned version really has, reader's scope, zone."""

    dataset: DatasetDefinition
    decision: Decision
    present: frozenset[str]
    scope: str = ""
    time_zone: str = "UTC"

    @property
    def table(self) -> str:
        """Name of the dataset's own table in the rewritten query."""
        return f"{INTERNAL}{self.dataset.name}"


def view_of(source: Source, columns: Collection[str] | None, *, fenced: bool = False) -> exp.Select:
    """Return the sub-query that shows the dataset.

    Args:
        source: dataset and decision.
        columns: names in lower case that the query may use; None shows every permitted column.
        fenced: let no condition from outside be evaluated before the row filter (a LIMIT larger than any table does that).
    """
    groups = _merge(source)
    projections = [
        exp.Alias(this=_column(source, each.name, groups), alias=_name(each.name))
        for each in source.dataset.fields
        if source.decision.columns[each.name] != "deny"
        and (columns is None or each.name.lower() in columns)
    ]
    table = exp.Table(this=_name(source.table), alias=exp.TableAlias(this=_name(BASE)))
    view = exp.Select(
        expressions=projections
        or [exp.Alias(this=exp.Literal.number(1), alias=_name(f"{INTERNAL}one"))],
        from_=exp.From(this=table),
    )
    rows = _any(_qualify(rows, source) for rows, _treatments in groups)
    if rows is not None:
        view.set("where", exp.Where(this=rows))
        if fenced:
            view.set("limit", exp.Limit(expression=exp.Literal.number(FENCE)))
    return view


Group = tuple[exp.Expr | None, Mapping[str, Treatment]]


def _merge(source: Source) -> Sequence[Group]:
    """Return one group per distinct row filter, with the widest treatment of each column."""
    filters: dict[str, exp.Expr | None] = {}
    merged: dict[str, dict[str, Treatment]] = {}
    for grant in source.decision.grants:
        key = grant.filter_sql
        filters[key] = grant.rows
        known = merged.setdefault(key, dict(grant.columns))
        for name, treatment in grant.columns.items():
            known[name] = min(known[name], treatment, key=width)
    return [(filters[key], merged[key]) for key in sorted(merged)]


def _column(source: Source, name: str, groups: Sequence[Group]) -> exp.Expr:
    shown = [Shown(rows, treatments[name]) for rows, treatments in groups]
    shown.sort(key=lambda each: width(each.treatment))
    if all(each.treatment == shown[0].treatment for each in shown):
        return _treated(source, name, shown[0].treatment)
    case = exp.Case()
    for treatment in dict.fromkeys(each.treatment for each in shown):
        rows = [each.rows for each in shown if each.treatment == treatment]
        value = _treated(source, name, treatment)
        if any(each is None for each in rows):
            return case.else_(value) if case.args.get("ifs") else value
        condition = _any(_qualify(each, source) for each in rows)
        if treatment != DENY and condition is not None:
            case = case.when(condition, value, copy=False)
    return case.else_(masking.typed_null(source.dataset.field(name).type))


def _treated(source: Source, name: str, treatment: Treatment) -> exp.Expr:
    field = source.dataset.field(name)
    if treatment == DENY or name not in source.present:
        return masking.typed_null(field.type)
    column = _base_column(name)
    if treatment == RAW:
        return column
    target = masking.Target(column, field.type, source.scope, source.time_zone)
    return masking.mask_column(treatment.mask, target)


def _qualify(rows: exp.Expr | None, source: Source) -> exp.Expr | None:
    """Bind every column of a filter to the dataset's own table, so that nothing outside can capture it."""
    if rows is None:
        return None

    def bind(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column):
            return node
        if node.name in source.present:
            return _base_column(node.name)
        return masking.typed_null(source.dataset.field(node.name).type)

    return rows.copy().transform(bind)


def _any(filters: Iterable[exp.Expr | None]) -> exp.Expr | None:
    """Return the filters joined by OR; None when one of them lets everything through."""
    found = list(filters)
    if any(each is None for each in found):
        return None
    parts = [each for each in found if each is not None]
    return exp.or_(*parts, copy=False) if len(parts) > 1 else parts[0]


def _base_column(name: str) -> exp.Column:
    return exp.Column(this=_name(name), table=_name(BASE))


def _name(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)
