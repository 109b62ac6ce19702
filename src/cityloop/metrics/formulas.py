"""What a metric's name stands for: an aggregate over one model, or a formula over such aggregates.

Ratios and derived metrics are computed after aggregation, from parts that each were aggregated over all their rows:
a ratio of sums, never an average of ratios.
"""

from dataclasses import dataclass
from threading import Lock

from sqlglot import exp

from cityloop.foundation.definition import Snapshot
from cityloop.foundation.expressions import parse_expression
from cityloop.metrics import functions
from cityloop.metrics.catalogue import Catalogue, Expression, JoinPath
from cityloop.metrics.errors import Circular, UnknownMetric, WrongType
from cityloop.metrics.inference import NUMERIC, Type, type_of
from cityloop.metrics.model import MetricDefinition


@dataclass(frozen=True, slots=True)
class Part:
    """A simple metric, resolved: ``tree`` is its aggregate, in a column named like the metric.

    ``time`` is the column that says when, None when its facts have no time; ``paths`` are the joins it needs;
    ``counts`` says that no rows mean 0 rather than nothing.
    """

    name: str
    model: str
    time: Expression | None
    tree: exp.Expr
    paths: frozenset[JoinPath]
    type: Type
    counts: bool


@dataclass(frozen=True, slots=True)
class Formula:
    """A metric over its parts: ``tree`` names them as columns."""

    definition: MetricDefinition
    tree: exp.Expr
    parts: tuple[Part, ...]
    type: Type


class Formulas:
    """Resolves metrics of one catalogue, each once.

    Args:
        catalogue: of the snapshot whose metrics these are.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._known: dict[str, Formula] = {}

    def of(self, name: str, trail: tuple[str, ...] = ()) -> Formula:
        """Return the formula of a metric.

        Args:
            name: of the metric.
            trail: metrics that led here.

        Raises:
            UnknownMetric: there is no such metric.
            Circular: it needs itself.
            WrongType: its expression cannot be aggregated this way.
            BadExpression: an expression is not allowed.
            UnknownColumn: an expression names something that does not exist.
            UnknownField: its time column does not exist.
            NotFound: its model or a dataset does not exist.
        """
        if (known := self._known.get(name)) is not None:
            return known
        metrics = self.catalogue.snapshot.all(MetricDefinition)
        if name not in metrics:
            raise UnknownMetric(metric=name, known=metrics)
        if name in trail:
            raise Circular(chain=" → ".join((*trail, name)))
        definition, trail = metrics[name], (*trail, name)
        if definition.type == "simple":
            part = self._part(definition)
            found = Formula(definition, functions.column(name), (part,), part.type)
        elif definition.type == "ratio":
            found = self._ratio(definition, trail)
        else:
            found = self._derived(definition, trail)
        self._known[name] = found
        return found

    def _ratio(self, definition: MetricDefinition, trail: tuple[str, ...]) -> Formula:
        top = self.of(definition.numerator or "", trail)
        bottom = self.of(definition.denominator or "", trail)
        for side in (top, bottom):
            _require(side.definition.name, side.type, NUMERIC, definition.name)
        tree = functions.ratio(_enclosed(top.tree), _enclosed(bottom.tree))
        return Formula(definition, tree, _joined(top, bottom), "number")

    def _derived(self, definition: MetricDefinition, trail: tuple[str, ...]) -> Formula:
        text = definition.expression or ""
        tree = parse_expression(text, self.catalogue.snapshot.all(MetricDefinition))
        columns = list(tree.find_all(exp.Column))
        formulas = {node.name: self.of(node.name, trail) for node in columns}
        kind = type_of(tree, lambda node: formulas[node.name].type)
        functions.safe_division(tree)
        for node in columns:
            new = _enclosed(formulas[node.name].tree)
            if node is tree:
                tree = new
            else:
                node.replace(new)
        return Formula(definition, tree, _joined(*formulas.values()), kind or "number")

    def _part(self, definition: MetricDefinition) -> Part:
        model = self.catalogue.model(definition.model or "")
        value = self._value(definition)
        condition = self._condition(definition)
        tree, kind = _aggregate(definition, value, condition)
        field = definition.time or model.time
        time = None if field is None else self.catalogue.field(model, field)
        if time is not None:
            _require(str(field), time.type, frozenset({"date", "timestamp"}), f"{model.name}.time")
        needed = [each.paths for each in (value, condition) if each is not None]
        paths = frozenset[JoinPath]().union(*needed)
        counts = definition.aggregate in {"count", "count_distinct"}
        return Part(definition.name, model.name, time, tree, paths, kind, counts)

    def _value(self, definition: MetricDefinition) -> Expression | None:
        if definition.expression is None:
            return None
        model = self.catalogue.model(definition.model or "")
        found = self.catalogue.expression(model, definition.expression)
        aggregate = definition.aggregate or ""
        if aggregate in {"sum", "avg", "median", "percentile"}:
            _require(definition.expression, found.type, NUMERIC, aggregate)
        if aggregate in {"min", "max"}:
            ordered: frozenset[Type] = frozenset({*NUMERIC, "date", "timestamp"})
            _require(definition.expression, found.type, ordered, aggregate)
        return found

    def _condition(self, definition: MetricDefinition) -> Expression | None:
        if definition.filter is None:
            return None
        model = self.catalogue.model(definition.model or "")
        found = self.catalogue.expression(model, definition.filter)
        _require(definition.filter, found.type, frozenset({"boolean"}), "filter")
        return found


def formulas_of(snapshot: Snapshot, time_zone: str) -> Formulas:
    """Return the formulas of a snapshot in a time zone, the same ones while the snapshot is in use."""
    with _lock:
        for known in _recent:
            catalogue = known.catalogue
            if catalogue.snapshot is snapshot and catalogue.time_zone == time_zone:
                return known
        made = Formulas(Catalogue(snapshot, time_zone))
        _recent.insert(0, made)
        del _recent[_MOST_KEPT:]
        return made


_MOST_KEPT = 8
_recent: list[Formulas] = []
_lock = Lock()


def _aggregate(
    definition: MetricDefinition, value: Expression | None, condition: Expression | None
) -> tuple[exp.Expr, Type]:
    kind = definition.aggregate or "count"
    node = None if value is None else value.tree.copy()
    source: Type | None = None if value is None else value.type
    if node is not None and source == "number" and not isinstance(node, exp.Column):
        node = functions.cast(node, "DOUBLE")
    if condition is not None:
        then = exp.Literal(this="1", is_string=False) if node is None else node
        branch = exp.If(this=condition.tree.copy(), true=then)
        node = exp.Case(ifs=[branch])
    tree = functions.aggregate(kind, node, share=definition.percentile)
    if kind in {"count", "count_distinct"}:
        return tree, "integer"
    if kind in {"min", "max"}:
        return tree, source or "number"
    if kind == "sum" and source == "integer":
        return functions.cast(tree, "BIGINT"), "integer"
    return tree, "number"


def _require(text: str, kind: Type | None, needed: frozenset[Type], place: str) -> None:
    if kind not in needed:
        raise WrongType(expression=text, type=kind or "?", place=place, needed=sorted(needed))


def _enclosed(tree: exp.Expr) -> exp.Expr:
    return tree.copy() if isinstance(tree, exp.Column) else exp.Paren(this=tree.copy())


def _joined(*formulas: Formula) -> tuple[Part, ...]:
    return tuple({part.name: part for each in formulas for part in each.parts}.values())
