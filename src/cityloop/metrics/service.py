"""Answers to queries: compiled, read through the one policy-checked path, returned with everything that explains them."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from cityloop.contracts.model import CodesDefinition
from cityloop.foundation.clock import Clock
from cityloop.foundation.definition import Bilingual, Definition, Snapshot
from cityloop.foundation.errors import Forbidden, NotFound
from cityloop.foundation.principal import Principal
from cityloop.metrics.catalogue import Catalogue
from cityloop.metrics.checks import metric_references
from cityloop.metrics.compiler import Column, Compiled, compiled
from cityloop.metrics.facts import distinct_values
from cityloop.metrics.formulas import Formula, Formulas, formulas_of
from cityloop.metrics.model import MOST_ROWS, MetricDefinition, ModelDefinition, Query
from cityloop.metrics.periods import Period, reached, resolve
from cityloop.policies.model import Decision, Purpose, Result, UnknownColumn

MOST_READY = 500
"""Compiled queries kept per revision of the definitions; each takes some 50 kB and spares about a millisecond when it is asked
again. Queries of a moving period never are, so that this many are kept sooner or later."""


class Reads(Protocol):
    """The one way out of the lake (:class:`cityloop.policies.Reader`)."""

    def read(
        self, principal: Principal, purpose: Purpose, query: exp.Query, /, *, most: int = MOST_ROWS
    ) -> Result:
        """Return the permitted rows of ``query``; fails closed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The numbers and where they come from.

    Args:
        query: what was asked.
        columns: in the order of ``rows``.
        rows: a column each; metrics are null where there is nothing to compute.
        period: the local time that was meant; None for all time.
        labels: dimension → value → title, for the values in ``rows`` that have a code table.
        sql: the statement as asked of the datasets, before policies limit rows and columns.
        versions: dataset → version that was read.
        as_of: when the oldest of the datasets whose rows were counted was published; None: none was ever loaded.
        reached: ``as_of`` as local wall-clock time, the midnight before it where days are all that is known. A period that
            ends later is unfinished: compare it with as much of the one before.
        decisions: dataset → what the policies decided.
        cached: whether it came from the cache.
    """

    query: Query
    columns: tuple[Column, ...]
    rows: pa.Table
    period: Period | None
    labels: Mapping[str, Mapping[str, Bilingual]]
    sql: str
    versions: Mapping[str, int]
    as_of: datetime | None
    reached: datetime | None
    decisions: Mapping[str, Decision]
    cached: bool


@dataclass(frozen=True, slots=True)
class Description:
    """Everything about one metric: what it means, what it can be split by, how it is computed, who uses it.

    ``sql`` is its statement over all time, before policies; None where the one who asks may not know of a column in it.
    ``used_by`` lists (kind, name) of definitions naming it.
    """

    metric: MetricDefinition
    dimensions: tuple[str, ...]
    models: tuple[str, ...]
    datasets: tuple[str, ...]
    has_time: bool
    version: int
    sql: str | None
    used_by: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """What one metric is made of and who uses it: ``used_by`` lists (kind, name, title) of definitions naming it.

    ``facts`` are the datasets whose rows its ``models`` count, ``datasets`` also those that these join to name things;
    without ``has_time`` it has no periods.
    """

    metric: str
    models: tuple[str, ...]
    facts: tuple[str, ...]
    datasets: tuple[str, ...]
    has_time: bool
    used_by: tuple[tuple[str, str, Bilingual], ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """How values are called: ``dimensions`` names the code table of each that has one, ``codes`` their titles by value."""

    dimensions: Mapping[str, str]
    codes: Mapping[str, Mapping[str, Bilingual]]


class Metrics:
    """The metrics of one city.

    Args:
        definitions: gives the published definitions; called once a request.
        reader: the one way out of the lake.
        clock: relative ranges count from its now.
        time_zone: IANA name of the city's zone.
    """

    def __init__(
        self,
        definitions: Callable[[], Snapshot],
        reader: Reads,
        clock: Clock,
        *,
        time_zone: str,
    ) -> None:
        self._definitions = definitions
        self._reader = reader
        self._clock = clock
        self.time_zone = time_zone
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._ready: OrderedDict[tuple[str, Period | None], Compiled] = OrderedDict()

    def query(self, principal: Principal, query: Query, purpose: Purpose = "analysis") -> Answer:
        """Return the answer to ``query``, as far as ``principal`` may see it.

        Args:
            principal: who asks.
            query: what.
            purpose: why: analysis, operation, alert, question, export or preview.

        Raises:
            CityError: the query cannot be compiled (see :func:`compiler.compiled`), or the read path refuses it.
        """
        snapshot = self._definitions()
        ready = self._compiled(query, snapshot)
        found = self._reader.read(principal, purpose, ready.tree, most=MOST_ROWS)
        as_of = min(
            (found.times[each] for each in ready.facts if each in found.times), default=None
        )
        zone = formulas_of(snapshot, self.time_zone).catalogue.zone
        return Answer(
            query=query,
            columns=ready.columns,
            rows=found.table,
            period=ready.period,
            labels=_labels(ready.columns, found.table, snapshot),
            sql=found.sql,
            versions=found.versions,
            as_of=as_of,
            reached=None if as_of is None else reached(as_of, zone, by_day=ready.by_day),
            decisions=found.decisions,
            cached=found.cached,
        )

    def values(
        self, principal: Principal, dimension: str, most: int, purpose: Purpose = "question"
    ) -> tuple[str, ...] | None:
        """Return the values of a text dimension that ``principal`` may see, in order.

        Args:
            principal: who asks; rows and columns that are hidden from him give nothing.
            dimension: a dimension without a code table.
            most: how many values are listed at most.
            purpose: why.

        Returns:
            None when there are more than ``most``, or when he may read the dimension in none of the models that have it.

        Raises:
            CityError: the read path fails for another reason than permission.
        """
        book = formulas_of(self._definitions(), self.time_zone)
        found: set[str] = set()
        readable = False
        for model in book.catalogue.models_with(dimension):
            tree = distinct_values(book.catalogue, model, dimension, most + 1)
            if tree is None:
                continue
            try:
                rows = self._reader.read(principal, purpose, tree, most=most + 1)
            except (Forbidden, NotFound, UnknownColumn):
                continue
            readable = True
            found.update(map(str, rows.table[dimension].to_pylist()))
        return tuple(sorted(found)) if readable and len(found) <= most else None

    def compile(self, query: Query) -> Compiled:
        """Return ``query`` compiled against the published definitions, without running it.

        Raises:
            CityError: it cannot be compiled.
        """
        return self._compiled(query, self._definitions())

    def all(self) -> Mapping[str, MetricDefinition]:
        """Return every published metric by name."""
        return self._definitions().all(MetricDefinition)

    def lineage(self) -> tuple[Lineage, ...]:
        """Return, for every metric, what it is made of and who uses it.

        Raises:
            CityError: a definition is broken.
        """
        snapshot = self._definitions()
        formulas = formulas_of(snapshot, self.time_zone)
        users: dict[str, list[tuple[str, str, Bilingual]]] = {}
        for kind, definitions in snapshot.kinds.items():
            for name, definition in definitions.items():
                for metric in _metrics_in(definition) - {name if kind == "metric" else ""}:
                    users.setdefault(metric, []).append((kind, name, definition.title))
        found = []
        for name in snapshot.all(MetricDefinition):
            parts = formulas.of(name).parts
            models = {part.model: snapshot.one(ModelDefinition, part.model) for part in parts}
            joined = [join.model for model in models.values() for join in model.joins]
            read = [*models.values(), *(snapshot.one(ModelDefinition, each) for each in joined)]
            facts = {model.dataset: None for model in models.values()}
            datasets = {model.dataset: None for model in read}
            has_time = all(part.time is not None for part in parts)
            used_by = tuple(users.get(name, ()))
            found.append(
                Lineage(name, tuple(models), tuple(facts), tuple(datasets), has_time, used_by)
            )
        return tuple(found)

    def labels(self) -> Labels:
        """Return how the values of every code table are called, and which dimensions take theirs from one."""
        catalogue = self.catalogue()
        dimensions = {}
        for name in sorted(catalogue.dimension_names()):
            found = catalogue.dimension(catalogue.models_with(name)[0], name)
            if found is not None and found.codes is not None:
                dimensions[name] = found.codes
        tables = catalogue.snapshot.all(CodesDefinition)
        return Labels(
            dimensions,
            {
                name: {each.value: each.title for each in table.values}
                for name, table in tables.items()
            },
        )

    def formulas(self) -> Formulas:
        """Return what the published metrics stand for; the same object as long as no definition changes."""
        return formulas_of(self._definitions(), self.time_zone)

    def catalogue(self) -> Catalogue:
        """Return what the published definitions mean together."""
        return formulas_of(self._definitions(), self.time_zone).catalogue

    def formula(self, metric: str) -> Formula:
        """Return what a metric stands for.

        Raises:
            CityError: it does not exist, or its definition is broken.
        """
        return formulas_of(self._definitions(), self.time_zone).of(metric)

    def usable_dimensions(self, metrics: Iterable[str]) -> tuple[str, ...]:
        """Return the dimensions by which all of these metrics can be split and filtered together.

        Raises:
            CityError: a metric does not exist, or its definition is broken.
        """
        book = formulas_of(self._definitions(), self.time_zone)
        models = {part.model for name in metrics for part in book.of(name).parts}
        return book.catalogue.usable(models)

    def describe(self, metric: str) -> Description:
        """Return everything about one metric.

        Raises:
            NotFound: there is no such metric.
            CityError: its definition is broken.
        """
        snapshot = self._definitions()
        definition = snapshot.one(MetricDefinition, metric)
        formula = formulas_of(snapshot, self.time_zone).of(metric)
        ready = self.compile(Query(metrics=(metric,)))
        return Description(
            metric=definition,
            dimensions=self.usable_dimensions([metric]),
            models=tuple(dict.fromkeys(part.model for part in formula.parts)),
            datasets=ready.datasets,
            has_time=all(part.time is not None for part in formula.parts),
            version=snapshot.versions.get(("metric", metric), 1),
            sql=ready.tree.sql(pretty=True),
            used_by=_uses(metric, snapshot),
        )

    def _compiled(self, query: Query, snapshot: Snapshot) -> Compiled:
        """Return ``query`` compiled; one that was compiled for the same definitions and period is taken from memory."""
        now = self._clock.now()
        period = None
        if query.range is not None:
            zone = formulas_of(snapshot, self.time_zone).catalogue.zone
            period = resolve(query.range, now, zone)
        key = (
            query.model_dump_json(),
            period,
        )  # as text, because to Python the values 1 and True are equal
        with self._lock:
            if self._snapshot is not snapshot:
                self._snapshot = snapshot
                self._ready.clear()
            if (known := self._ready.get(key)) is not None:
                self._ready.move_to_end(key)
                return known
        ready = compiled(query, snapshot, now, self.time_zone)
        with self._lock:
            if self._snapshot is snapshot:
                self._ready[key] = ready
                if len(self._ready) > MOST_READY:
                    self._ready.popitem(last=False)
        return ready


def _labels(
    columns: Iterable[Column], rows: pa.Table, snapshot: Snapshot
) -> dict[str, dict[str, Bilingual]]:
    found: dict[str, dict[str, Bilingual]] = {}
    for column in columns:
        codes = None if column.codes is None else snapshot.find(CodesDefinition, column.codes)
        if codes is not None:
            present = {str(value) for value in pc.unique(rows[column.name]).to_pylist()}
            found[column.name] = {
                each.value: each.title for each in codes.values if each.value in present
            }
    return found


def _uses(metric: str, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    found = []
    for kind, definitions in snapshot.kinds.items():
        for name, definition in definitions.items():
            if (kind, name) != ("metric", metric) and metric in _metrics_in(definition):
                found.append((kind, name))
    return tuple(found)


def _metrics_in(definition: Definition) -> set[str]:
    if isinstance(definition, ModelDefinition):
        return set()
    if isinstance(definition, MetricDefinition):
        return {each.name for each in metric_references(definition) if each.kind == "metric"}
    return set(_query_metrics(definition.model_dump()))


def _query_metrics(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        named = value.get("metrics")
        if isinstance(named, list | tuple):
            yield from (each for each in named if isinstance(each, str))
        for part in value.values():
            yield from _query_metrics(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _query_metrics(part)
