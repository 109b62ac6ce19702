"""The neutral SQL nodes that metrics are made of; how each engine spells them is ``engine.render``'s business.

Every name is quoted, every value is a literal node: no text of a user is ever parsed as SQL here.
"""

from datetime import UTC, date, datetime

from sqlglot import exp

from cityloop.metrics.model import Grain

Node = exp.Expr


def identifier(name: str) -> exp.Identifier:
    """Return ``name`` as a quoted identifier."""
    return exp.Identifier(this=name, quoted=True)


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a reference to a column."""
    return exp.Column(
        this=identifier(name), **({} if table is None else {"table": identifier(table)})
    )


def named(node: Node, name: str) -> exp.Alias:
    """Return ``node AS name``."""
    return exp.Alias(this=node, alias=identifier(name))


def table(name: str, alias: str | None = None) -> exp.Table:
    """Return a logical table, with an alias."""
    found = exp.Table(this=identifier(name))
    if alias is not None and alias != name:
        found.set("alias", exp.TableAlias(this=identifier(alias)))
    return found


def text(value: str) -> exp.Literal:
    """Return a text literal."""
    return exp.Literal(this=value, is_string=True)


def number(value: float) -> Node:
    """Return a number literal that reads back to the same value."""
    shown = exp.Literal(this=repr(abs(value)), is_string=False)
    node: Node = exp.Neg(this=shown) if value < 0 else shown
    return cast(node, "DOUBLE") if isinstance(value, float) else node


def boolean(value: bool) -> exp.Boolean:  # noqa: FBT001 - a literal's value is its only argument
    """Return a boolean literal."""
    return exp.Boolean(this=value)


def day(value: date) -> exp.Cast:
    """Return a date literal."""
    return cast(text(value.isoformat()), "DATE")


def moment(value: datetime) -> exp.Cast:
    """Return a literal of an aware moment, in UTC."""
    utc = value.astimezone(UTC)
    return cast(text(utc.isoformat(sep=" ")), "TIMESTAMPTZ")


def cast(node: Node, kind: str) -> exp.Cast:
    """Return ``CAST(node AS kind)``; ``kind`` is a type name of sqlglot's neutral dialect."""
    return exp.Cast(this=node, to=exp.DataType(this=exp.DType[kind], nested=False))


def local(node: Node, zone: str) -> exp.AtTimeZone:
    """Return the local wall-clock time (without zone) of a moment."""
    return exp.AtTimeZone(this=node, zone=text(zone))


def period_start(node: Node, grain: Grain, zone: str | None) -> Node:
    """Return the local start of the period that ``node`` falls into.

    Args:
        node: a moment, or a date when ``zone`` is None.
        grain: the period's length.
        zone: IANA name in which days are cut; None for dates, which are local already.

    Returns:
        A date for days and longer; a local timestamp without zone for hours.
    """
    if zone is None and grain == "day":
        return node
    wall = node if zone is None else local(node, zone)
    if grain == "day":
        return cast(wall, "DATE")
    start = exp.TimestampTrunc(this=wall, unit=exp.Var(this=grain.upper()))
    return start if grain == "hour" else cast(start, "DATE")


def aggregate(kind: str, node: Node | None, *, share: float | None = None) -> Node:
    """Return the aggregate of ``node``; nulls never count.

    Args:
        kind: one of ``metrics.model.Aggregate``.
        node: what is aggregated; None counts rows.
        share: of a percentile, 0–1.
    """
    if node is None:
        return exp.Count(this=exp.Star(), big_int=True)
    if kind == "count":
        return exp.Count(this=node, big_int=True)
    if kind == "count_distinct":
        return exp.Count(this=exp.Distinct(expressions=[node]), big_int=True)
    if kind in {"median", "percentile"}:
        wanted = 0.5 if share is None else share
        return exp.PercentileCont(this=cast(node, "DOUBLE"), expression=_share(wanted))
    made = {"sum": exp.Sum, "avg": exp.Avg, "min": exp.Min, "max": exp.Max}[kind]
    return made(this=node)


def ratio(top: Node, bottom: Node) -> exp.Div:
    """Return ``top / bottom`` in floating point; null where ``bottom`` is 0 or null."""
    zero = exp.Literal(this="0", is_string=False)
    return exp.Div(
        this=cast(top, "DOUBLE"),
        expression=exp.Nullif(this=bottom, expression=zero),
        typed=False,
        safe=False,
    )


def safe_division(tree: Node) -> Node:
    """Make every division in ``tree`` one in floating point that gives null for a divisor of 0; return ``tree``."""
    for node in list(tree.find_all(exp.Div)):
        zero = exp.Literal(this="0", is_string=False)
        node.set("this", cast(node.this, "DOUBLE"))
        node.set("expression", exp.Nullif(this=node.expression, expression=zero))
    return tree


def all_of(conditions: list[Node]) -> Node | None:
    """Return the conjunction; None when there is nothing to hold."""
    found: Node | None = None
    for condition in conditions:
        safe = exp.Paren(this=condition) if isinstance(condition, exp.Or) else condition
        found = safe if found is None else exp.And(this=found, expression=safe)
    return found


def _share(value: float) -> exp.Literal:
    return exp.Literal(this=repr(value), is_string=False)
