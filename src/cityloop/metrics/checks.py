"""The kinds ``model`` and ``metric``: what they refer to, and what is wrong with them beyond their types."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import ParamSpec

from sqlglot import exp

from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.definition import Bilingual, Kind, Path, Problem, Reference, Snapshot
from cityloop.foundation.errors import CityError
from cityloop.foundation.expressions import parse_expression
from cityloop.foundation.units import language_fault
from cityloop.metrics.catalogue import Catalogue
from cityloop.metrics.compiler import compile_query
from cityloop.metrics.errors import BadJoin, Disagrees, NameTaken, UnknownDimension, WrongType
from cityloop.metrics.formulas import Formulas
from cityloop.metrics.model import (
    RESERVED,
    DimensionDefinition,
    JoinDefinition,
    MetricDefinition,
    ModelDefinition,
    Query,
)

CHECK_ZONE = "UTC"
"""Zone that definitions are checked in; whether they are right does not depend on it."""
_CHECK_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def model_references(model: ModelDefinition) -> Iterator[Reference]:
    """Yield what a model names of other kinds: its dataset, the models it joins, code tables."""
    yield Reference("dataset", model.dataset, ("dataset",))
    for i, join in enumerate(model.joins):
        yield Reference("model", join.model, ("joins", i, "model"))
    for i, dimension in enumerate(model.dimensions):
        if dimension.codes is not None:
            yield Reference("codes", dimension.codes, ("dimensions", i, "codes"))


def metric_references(metric: MetricDefinition) -> Iterator[Reference]:
    """Yield what a metric names: its model, or other metrics."""
    if metric.model is not None:
        yield Reference("model", metric.model, ("model",))
    for field in ("numerator", "denominator"):
        if (name := getattr(metric, field)) is not None:
            yield Reference("metric", name, (field,))
    if metric.type == "derived":
        for name in _named_metrics(metric):
            yield Reference("metric", name, ("expression",))


def check_model(model: ModelDefinition, snapshot: Snapshot) -> Iterator[Problem]:
    """Yield everything wrong with a model: columns, joins that may multiply rows, dimensions that disagree."""
    if snapshot.find(DatasetDefinition, model.dataset) is None:
        return
    catalogue = Catalogue(snapshot, CHECK_ZONE)
    for i, field in enumerate(model.key):
        yield from _caught(("key", i), catalogue.field_type, model, field)
    if model.time is not None:
        yield from _caught(("time",), _check_time, catalogue, model)
    for i, join in enumerate(model.joins):
        yield from _caught(("joins", i), _check_join, catalogue, model, join)
    if any(snapshot.find(ModelDefinition, join.model) is None for join in model.joins):
        return
    for i, dimension in enumerate(model.dimensions):
        yield from _caught(("dimensions", i), _check_dimension, catalogue, model, dimension)
    for i, hierarchy in enumerate(model.hierarchies):
        yield from _caught(("hierarchies", i), _check_levels, catalogue, model, hierarchy.levels)


def check_metric(metric: MetricDefinition, snapshot: Snapshot) -> Iterator[Problem]:
    """Yield what keeps a metric from compiling, a name that a dimension has, a unit that only Chinese readers know."""
    if metric.unit is not None and (fault := language_fault(metric.unit)):
        yield Problem(("unit",), fault)
    if metric.name in RESERVED or metric.name in Catalogue(snapshot, CHECK_ZONE).dimension_names():
        yield Problem(("name",), NameTaken(name=metric.name, other="dimension, time, level"))
    if any(not snapshot.has(each.kind, each.name) for each in metric_references(metric)):
        return
    model = None if metric.model is None else snapshot.find(ModelDefinition, metric.model)
    if model is not None and not snapshot.has("dataset", model.dataset):
        return
    yield from _caught(_path_of(metric), _check_compiles, metric, snapshot)


def _path_of(metric: MetricDefinition) -> Path:
    return {"simple": ("expression",), "ratio": ("numerator",)}.get(metric.type, ("expression",))


def _check_compiles(metric: MetricDefinition, snapshot: Snapshot) -> None:
    formulas = Formulas(Catalogue(snapshot, CHECK_ZONE))
    found = formulas.of(metric.name)
    grain = None if any(part.time is None for part in found.parts) else metric.grain or "day"
    query = Query(metrics=(metric.name,), grain=grain, range=metric.range if grain else None)
    compile_query(query, snapshot, _CHECK_TIME, CHECK_ZONE)


def _named_metrics(metric: MetricDefinition) -> list[str]:
    try:
        tree = parse_expression(metric.expression or "", _Anything())
    except CityError:
        return []
    return sorted({node.name for node in tree.find_all(exp.Column)})


class _Anything(frozenset[str]):
    """Contains every name, so that references can be read before they are known."""

    def __contains__(self, _name: object) -> bool:
        return True


P = ParamSpec("P")


def _caught(
    path: Path, act: Callable[P, object], *given: P.args, **named: P.kwargs
) -> Iterable[Problem]:
    try:
        act(*given, **named)
    except CityError as error:
        return [Problem(path, error)]
    return []


def _check_time(catalogue: Catalogue, model: ModelDefinition) -> None:
    field = model.time or ""
    kind = catalogue.field_type(model, field)
    if kind not in {"date", "timestamp"}:
        raise WrongType(expression=field, type=kind, place="time", needed=["date", "timestamp"])


def _check_join(catalogue: Catalogue, model: ModelDefinition, join: JoinDefinition) -> None:
    other = catalogue.snapshot.find(ModelDefinition, join.model)
    if other is None:
        return
    for here, there in join.on.items():
        left, right = catalogue.field_type(model, here), catalogue.field_type(other, there)
        if left != right:
            raise BadJoin(join=join.name, reason=f"{here}: {left} ≠ {there}: {right}")
    covered = set(join.on.values())
    if not other.key or not set(other.key) <= covered:
        raise BadJoin(join=join.name, reason=f"{sorted(covered)} ⊉ {other.name}.key {other.key}")
    unique = catalogue.dataset(other).key
    if not unique or not set(unique) <= covered:
        raise BadJoin(join=join.name, reason=f"{sorted(covered)} ⊉ {other.dataset}.key {unique}")


def _check_dimension(
    catalogue: Catalogue, model: ModelDefinition, dimension: DimensionDefinition
) -> None:
    name = dimension.name
    if name in RESERVED:
        raise NameTaken(name=name, other="time, level")
    if [each.name for each in model.dimensions].count(name) > 1:
        raise NameTaken(name=name, other=f"{model.name}.dimensions")
    found = catalogue.dimension(model.name, name)
    if found is None:
        return
    for other in catalogue.snapshot.all(ModelDefinition).values():
        if all(each.name != name for each in other.dimensions) or other.name == model.name:
            continue
        try:
            theirs = catalogue.dimension(other.name, name)
        except CityError:
            continue
        if theirs is not None and (found.type, found.codes) != (theirs.type, theirs.codes):
            what = f"{found.type} {found.codes or '–'} ≠ {theirs.type} {theirs.codes or '–'}"
            raise Disagrees(dimension=name, model=model.name, other=other.name, what=what)


def _check_levels(catalogue: Catalogue, model: ModelDefinition, levels: tuple[str, ...]) -> None:
    known = catalogue.reachable(model.name)
    for level in levels:
        if level not in known:
            raise UnknownDimension(dimension=level, known=known)


MODEL = Kind(
    name="model",
    folder="models",
    model=ModelDefinition,
    references=model_references,
    check=check_model,
    title=Bilingual(zh="数据模型", en="Model"),
)
"""The kind ``model``."""
METRIC = Kind(
    name="metric",
    folder="metrics",
    model=MetricDefinition,
    references=metric_references,
    check=check_metric,
    title=Bilingual(zh="指标", en="Metric"),
)
"""The kind ``metric``."""
