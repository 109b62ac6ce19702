"""Rules of one's own: an expression over one row that must be true.

A verdict may be NULL. The rule then holds when a field that it names and that may be empty is empty; it is broken when
no such field is, e.g. after a division by zero. Times in a rule are on the field's local clock, so that
``hour(arrived) < 24`` and ``arrived >= '2026-09-01'`` mean what the writer sees.
"""

from collections.abc import Mapping

from sqlglot import exp

from cityloop.contracts import sql
from cityloop.contracts.model import DatasetDefinition, RuleDefinition
from cityloop.foundation.errors import Invalid
from cityloop.foundation.expressions import parse_expression

VERDICTS = (exp.Connector, exp.Not, exp.Predicate, exp.Boolean, exp.Column, exp.Case, exp.Coalesce, exp.StartsWith, exp.Contains)  # fmt: skip
"""What the outermost part of a rule may be."""


class NotAVerdict(Invalid):
    """The expression of a rule gives a value, not true or false."""

    code = "contracts.not_a_verdict"


def parse_rule(rule: RuleDefinition, dataset: DatasetDefinition) -> exp.Expr:
    """Return the tree of a rule.

    Raises:
        BadExpression: it does not parse or uses something outside the language.
        UnknownColumn: it names something that is not a field.
        NotAVerdict: it is not true or false.
    """
    tree = parse_expression(rule.expression, [each.name for each in dataset.fields])
    if not isinstance(tree.unnest(), VERDICTS):
        raise NotAVerdict(rule=rule.name, expression=rule.expression)
    return tree


def rule_condition(
    rule: RuleDefinition, dataset: DatasetDefinition, zones: Mapping[str, str]
) -> str:
    """Return SQL that is TRUE when a row keeps the rule and FALSE when it breaks it, never NULL.

    Args:
        rule: the rule.
        dataset: whose fields it names; key fields count as required.
        zones: time zone of each timestamp field.

    Raises:
        CityError: as :func:`parse_rule`.
    """
    tree = parse_rule(rule, dataset)
    named = sorted({column.name for column in tree.find_all(exp.Column)})
    local = tree.transform(_local, zones=zones).sql(dialect="duckdb")
    optional = [
        f"{sql.name(each)} IS NULL"
        for each in named
        if not (dataset.field(each).required or each in dataset.key)
    ]
    return f"COALESCE(TRY(CAST(({local}) AS BOOLEAN)), {sql.any_of(optional)})"


def _local(node: exp.Expr, zones: Mapping[str, str]) -> exp.Expr:
    if isinstance(node, exp.Div | exp.Mod):
        # Some engines divide by zero to infinity, which would then be compared like a number.
        node.set("expression", exp.Nullif(this=node.expression, expression=exp.Literal.number(0)))
        return node
    if not isinstance(node, exp.Column):
        return node
    column = exp.column(exp.to_identifier(node.name, quoted=True))
    if node.name not in zones:
        return column
    return exp.Anonymous(
        this="TIMEZONE", expressions=[exp.Literal.string(zones[node.name]), column]
    )
