"""Metrics as one reader may know of them, so that no list, text or error names what is a secret to him.

Three rules, for metrics, dimensions and statements:

* a metric may be known to whoever may know of every dataset whose rows it counts; nobody else could compute it;
* a dimension, and the statement and definition of a metric, may be known to whoever may know of every column in them;
* what is not known is answered exactly as what does not exist.

What may be known is a matter of ``policies``; whether it may also be read is asked of the read path itself.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlglot import exp

from cityloop.contracts.model import CodesDefinition, DatasetDefinition
from cityloop.foundation.errors import CityError, NotFound, closest
from cityloop.foundation.principal import Principal
from cityloop.metrics.catalogue import Dimension
from cityloop.metrics.errors import UnknownDimension, UnknownMetric, Unreachable
from cityloop.metrics.facts import distinct_values
from cityloop.metrics.formulas import Formulas
from cityloop.metrics.model import MetricDefinition, Query
from cityloop.metrics.service import Answer, Description, Labels, Lineage, Metrics
from cityloop.policies.model import Purpose, ReadDenied, UnknownColumn, UnknownDataset

Columns = Mapping[str, Collection[str]]
"""Datasets, each with some of its columns."""
Named = frozenset[tuple[str, str]]
"""Columns that a statement names: dataset and column."""

MAX_PERMITS = 50_000
"""Answers of the read path that are remembered per revision of the definitions."""


class Rights(Protocol):
    """Whoever knows the rules (:class:`cityloop.policies.Reader`)."""

    def known(self, principal: Principal, /) -> Columns:
        """Return the datasets and columns that the principal may know of."""

    def permits(self, principal: Principal, purpose: Purpose, query: exp.Query, /) -> bool:
        """Return whether a read of ``query`` would be allowed."""


@dataclass(frozen=True, slots=True)
class SeenDimension:
    """A dimension that somebody may know of; ``is_readable`` says whether he may also split by it."""

    name: str
    dimension: Dimension
    is_readable: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found out about one revision of the definitions; thrown away with it."""

    book: Formulas
    facts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    named: dict[tuple[str, str], Named] = field(default_factory=dict)
    permits: dict[tuple[Principal, tuple[str, ...], str | None], bool] = field(default_factory=dict)


class Knowledge:
    """What each reader may know of the metrics of one city.

    Args:
        metrics: all that there is.
        rights: who may know of which dataset and column, and read it.
        alerts: names of the alerts that somebody may see; they use metrics.
    """

    def __init__(
        self,
        metrics: Metrics,
        rights: Rights,
        alerts: Callable[[Principal], Collection[str]],
    ) -> None:
        self._metrics = metrics
        self._rights = rights
        self._alerts = alerts
        self._found: _Found | None = None

    def all(self, principal: Principal) -> Mapping[str, MetricDefinition]:
        """Return the metrics that the principal may know of, by name."""
        known, found = self._rights.known(principal), self._now()
        return {
            name: each
            for name, each in self._metrics.all().items()
            if is_known(self._facts(found, name), known)
        }

    def may_read(self, principal: Principal, metric: str) -> bool:
        """Return whether the principal may compute a metric that he knows of."""
        return self._permits(self._now(), principal, (metric,))

    def lineage(self, principal: Principal) -> tuple[Lineage, ...]:
        """Return what the metrics that the principal may know of are made of, and who uses them.

        Raises:
            CityError: a definition is broken.
        """
        known, metrics, alerts = self._rights.known(principal), self.all(principal), self._alerts(principal)  # fmt: skip
        return tuple(
            replace(
                each,
                datasets=tuple(name for name in each.datasets if name in known),
                used_by=tuple(use for use in each.used_by if _told(use, metrics, alerts)),
            )
            for each in self._metrics.lineage()
            if each.metric in metrics
        )

    def describe(self, principal: Principal, metric: str) -> Description:
        """Return everything about a metric that the principal may know of.

        Raises:
            NotFound: there is no such metric that he may know of.
            CityError: its definition is broken.
        """
        metrics = self.all(principal)
        if metric not in metrics:
            raise NotFound(kind="metric", name=metric, close=closest(metric, metrics))
        known, alerts = self._rights.known(principal), self._alerts(principal)
        found = self._metrics.describe(metric)
        return replace(
            found,
            dimensions=tuple(each.name for each in self.dimensions(principal, [metric])),
            datasets=tuple(name for name in found.datasets if name in known),
            sql=found.sql if _covers(known, self._named_by_metric(metric)) else None,
            used_by=tuple(use for use in found.used_by if _told(use, metrics, alerts)),
        )

    def dimensions(self, principal: Principal, metrics: Iterable[str]) -> tuple[SeenDimension, ...]:
        """Return the dimensions that the principal may know of and that all these metrics have together.

        Raises:
            UnknownMetric: there is no such metric that he may know of.
            CityError: a definition is broken.
        """
        asked = tuple(metrics)
        self._require(principal, asked)
        known, found = self._rights.known(principal), self._now()
        reads = self._permits(found, principal, asked)
        model = found.book.of(asked[0]).parts[0].model
        seen = []
        for name in self._metrics.usable_dimensions(asked):
            dimension = found.book.catalogue.dimension(model, name)
            if dimension is not None and _covers(known, self._named_by_dimension(model, name)):
                readable = reads and self._permits(found, principal, asked, name)
                seen.append(SeenDimension(name, dimension, readable))
        return tuple(seen)

    def labels(self, principal: Principal) -> Labels:
        """Return how values are called, for the code tables of columns and dimensions that the principal may know of.

        A table that no column and no dimension uses is no secret.
        """
        every, known, catalogue = self._metrics.labels(), self._rights.known(principal), self._now().book.catalogue  # fmt: skip
        dimensions = {
            name: codes
            for name, codes in every.dimensions.items()
            if any(
                _covers(known, self._named_by_dimension(model, name))
                for model in catalogue.models_with(name)
            )
        }
        columns = {
            (dataset, each.name): each.codes
            for dataset, definition in catalogue.snapshot.all(DatasetDefinition).items()
            for each in definition.fields
            if each.codes is not None
        }
        told = {codes for named, codes in columns.items() if _covers(known, {named})}
        hidden = {*columns.values(), *every.dimensions.values()} - told - {*dimensions.values()}
        tables = catalogue.snapshot.all(CodesDefinition)
        return Labels(
            dimensions, {name: every.codes[name] for name in tables if name not in hidden}
        )

    def query(self, principal: Principal, query: Query) -> Answer:
        """Return the answer to ``query``; a metric or dimension that the principal may not know of does not exist.

        Raises:
            UnknownMetric: there is no such metric that he may know of.
            UnknownDimension: there is no such dimension that he may know of.
            ReadDenied: he knows of a metric and not of every column that it needs.
            CityError: as :meth:`Metrics.query`.
        """
        self._require(principal, query.metrics)
        known, catalogue = self._rights.known(principal), self._now().book.catalogue
        for name in dict.fromkeys((*query.by, *(each.dimension for each in query.filters))):
            models = catalogue.models_with(name)
            if not any(_covers(known, self._named_by_dimension(model, name)) for model in models):
                usable = [each.name for each in self.dimensions(principal, query.metrics)]
                raise UnknownDimension(dimension=name, known=usable)
        try:
            return self._metrics.query(principal, query)
        except (UnknownColumn, UnknownDataset):
            for metric in query.metrics:
                if not _covers(known, self._named_by_metric(metric)):
                    dataset = (self._facts(self._now(), metric) or ("",))[0]
                    raise ReadDenied(act="analysis: read", object=dataset, dataset=dataset) from None  # fmt: skip
            raise
        except Unreachable as error:
            seen = {each.name for each in self.dimensions(principal, query.metrics)}
            reached = self._metrics.usable_dimensions(query.metrics)
            error.fields["usable"] = tuple(name for name in reached if name in seen)
            raise

    def _require(self, principal: Principal, metrics: Iterable[str]) -> None:
        known = self.all(principal)
        for name in metrics:
            if name not in known:
                raise UnknownMetric(metric=name, known=known)

    def _now(self) -> _Found:
        book = self._metrics.formulas()
        if self._found is None or self._found.book is not book:
            self._found = _Found(book)
        return self._found

    def _facts(self, found: _Found, metric: str) -> tuple[str, ...] | None:
        """Return the datasets whose rows a metric counts; None where its definition is broken, as its check will say."""
        if metric not in found.facts:
            try:
                parts = found.book.of(metric).parts
                models = [found.book.catalogue.model(part.model) for part in parts]
            except CityError:
                return None
            found.facts[metric] = tuple(dict.fromkeys(model.dataset for model in models))
        return found.facts[metric]

    def _named_by_metric(self, metric: str) -> Named:
        named = self._now().named
        if ("", metric) not in named:
            named["", metric] = columns_in(self._metrics.compile(Query(metrics=(metric,))).tree)
        return named["", metric]

    def _named_by_dimension(self, model: str, name: str) -> Named:
        found = self._now()
        if (model, name) not in found.named:
            tree = distinct_values(found.book.catalogue, model, name, 1)
            found.named[model, name] = frozenset() if tree is None else columns_in(tree)
        return found.named[model, name]

    def _permits(
        self,
        found: _Found,
        principal: Principal,
        metrics: tuple[str, ...],
        dimension: str | None = None,
    ) -> bool:
        key = (principal, metrics, dimension)
        if key not in found.permits:
            by = () if dimension is None else (dimension,)
            tree = self._metrics.compile(Query(metrics=metrics, by=by)).tree
            if len(found.permits) >= MAX_PERMITS:
                found.permits.clear()
            found.permits[key] = self._rights.permits(principal, "analysis", tree)
        return found.permits[key]


def is_known(facts: Collection[str] | None, known: Collection[str]) -> bool:
    """Return whether somebody may know of a metric.

    Args:
        facts: datasets whose rows it counts; None when they cannot be told.
        known: datasets that he may know of.
    """
    return facts is not None and all(each in known for each in facts)


def columns_in(tree: exp.Expr) -> Named:
    """Return the datasets' columns that a compiled statement names.

    Example:
        >>> from sqlglot import parse_one
        >>> sorted(columns_in(parse_one('SELECT a.x FROM visits AS a JOIN wards AS b ON a.w = b.id')))
        [('visits', 'w'), ('visits', 'x'), ('wards', 'id')]
    """
    steps = {each.alias for each in tree.find_all(exp.CTE)}
    found: set[tuple[str, str]] = set()
    for select in tree.find_all(exp.Select):
        tables = {
            each.alias_or_name: each.name
            for each in select.find_all(exp.Table)
            if each.parent_select is select and each.name not in steps
        }
        for column in select.find_all(exp.Column):
            if column.parent_select is select and column.table in tables:
                found.add((tables[column.table], column.name))
    return frozenset(found)


def _covers(known: Columns, named: Collection[tuple[str, str]]) -> bool:
    return all(column in known.get(dataset, ()) for dataset, column in named)


def _told(
    use: tuple[str, str] | tuple[str, str, object],
    metrics: Collection[str],
    alerts: Collection[str],
) -> bool:
    """Return whether a use of a metric may be told: pages are everybody's, alerts and metrics are not."""
    kind, name = use[0], use[1]
    return name in {"metric": metrics, "alert": alerts}.get(kind, (name,))
