"""From a query to one SQL statement that cannot count a row twice.

One aggregate per model (and time column) over the fact and its many-to-one joins, filtered before it aggregates. Several of
them are stacked with ``UNION ALL``, padded with nulls, and folded by one more ``GROUP BY`` on the shared keys, so that a
null key meets a null key and no fact multiplies another. Formulas are computed last, from whole parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlglot import exp

from cityloop.foundation.definition import Bilingual, Snapshot
from cityloop.metrics import functions
from cityloop.metrics.errors import NameTaken, NoTime, UnknownOrder
from cityloop.metrics.facts import Facts, facts_of
from cityloop.metrics.formulas import Formula, Part, formulas_of
from cityloop.metrics.inference import Type
from cityloop.metrics.model import LEVEL, TIME, Query
from cityloop.metrics.periods import Period, resolve

TIME_TITLE = Bilingual(zh="时间", en="Time")
"""Title of the time column."""
LEVEL_TITLE = Bilingual(zh="合计层级", en="Level of total")
"""Title of the column that marks totals."""

_WITH_TIME = "with time"
"""Column that tells rows of periods from rows without time; no metric can have a name with a space."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer.

    ``codes`` names the code table of a dimension's values, None when it has none; ``is_ordered`` says that the table's
    order means something.

    The column ``level`` is 0 for a plain row; bit ``i`` is set where the i-th key (time first, then ``by``) is totalled.
    """

    name: str
    title: Bilingual
    type: Type
    role: Literal["metric", "dimension", "time", "level"]
    unit: Bilingual | None = None
    format: str | None = None
    direction: str | None = None
    codes: str | None = None
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query made ready: its statement, the columns it returns, the datasets it reads, the period it means.

    ``facts`` are the datasets whose rows are counted, without those that are only joined to name things; ``by_day`` says that
    one of them knows days only.
    """

    tree: exp.Select
    columns: tuple[Column, ...]
    datasets: tuple[str, ...]
    facts: tuple[str, ...]
    period: Period | None
    by_day: bool


def compile_query(query: Query, snapshot: Snapshot, now: datetime, time_zone: str) -> exp.Select:
    """Return the statement of ``query``; see :func:`compiled` for the arguments and errors.

    Raises:
        CityError: as :func:`compiled`.
    """
    return compiled(query, snapshot, now, time_zone).tree


def compiled(query: Query, snapshot: Snapshot, now: datetime, time_zone: str) -> Compiled:
    """Return ``query`` made ready to run.

    Args:
        query: what is asked.
        snapshot: the definitions that count.
        now: the present moment, aware; relative ranges count from it.
        time_zone: IANA name of the city's zone.

    Raises:
        UnknownMetric: it names a metric that does not exist.
        UnknownDimension: it names a dimension that no model has.
        Unreachable: one of its metrics cannot be split or filtered by a dimension.
        AmbiguousDimension: two joins lead to a dimension.
        NoTime: it has a range or grain, and one of its metrics no time.
        TooFine: it asks for hours of a metric known by day.
        EmptyRange: its range ends before it starts.
        BadMoment: its range lies outside the calendar.
        WrongOperator: a filter's operator does not suit the dimension.
        WrongValue: a filter's value is not of the dimension's type.
        UnknownValue: a filter's value is not in the dimension's code table.
        UnknownOrder: it sorts by something that it does not return.
        NameTaken: two columns of the answer would have the same name.
        CityError: a definition that it needs is broken, see ``metrics.formulas``.
    """
    return _Compiler(query, snapshot, now, time_zone).compiled()


class _Compiler:
    def __init__(self, query: Query, snapshot: Snapshot, now: datetime, time_zone: str) -> None:
        book = formulas_of(snapshot, time_zone)
        self.query = query
        self._catalogue = book.catalogue
        self.formulas = [book.of(name) for name in query.metrics]
        period = None
        if query.range is not None:
            period = resolve(query.range, now, book.catalogue.zone)
        facts = facts_of(self.formulas)
        if query.range is not None or query.grain is not None:
            _require_time(self.formulas, whole=query.totals and query.grain is not None)
        self.facts = Facts(query, period, book.catalogue, facts)
        self.spreads = query.grain is not None and any(fact.time is None for fact in facts)
        self.keys = ([TIME] if query.grain else []) + list(query.by)
        self.shared = [*self.keys, *([LEVEL] if query.totals else [])]
        if taken := set(self.keys) & set(query.metrics):
            raise NameTaken(name=min(taken), other="metric = dimension")

    def compiled(self) -> Compiled:
        selects = [self.facts.select(fact) for fact in self.facts.all]
        steps = [_step(f"fact_{i}", select) for i, (select, _datasets) in enumerate(selects)]
        source = "fact_0"
        if len(steps) > 1:
            source = "stacked"
            steps.append(_step(source, self._stacked()))
        if self.spreads:
            source = "spread"
            steps.append(_step(source, self._spread()))
        metrics = [_shown(each) for each in self.formulas]
        tree = exp.Select(
            with_=exp.With(expressions=steps),
            expressions=[*map(functions.column, self.shared), *metrics],
            from_=exp.From(this=functions.table(source)),
        )
        if self.spreads:
            one = functions.number(1)
            tree.set(
                "where", exp.Where(this=exp.EQ(this=functions.column(_WITH_TIME), expression=one))
            )
        if order := self._order():
            tree.set("order", exp.Order(expressions=order))
        if self.query.limit is not None:
            tree.set("limit", exp.Limit(expression=functions.number(self.query.limit)))
        datasets = frozenset[str]().union(*(datasets for _select, datasets in selects))
        return Compiled(
            tree,
            self._columns(),
            datasets=tuple(sorted(datasets)),
            facts=self.facts.datasets,
            period=self.facts.period,
            by_day=self.facts.by_day,
        )

    def _stacked(self) -> exp.Select:
        parts = [part for fact in self.facts.all for part in fact.parts]
        branches: list[exp.Select] = []
        for i, fact in enumerate(self.facts.all):
            own = {part.name for part in fact.parts}
            shown = [_padded(part.name, own) for part in parts]
            if self.spreads:
                flag = functions.number(0 if fact.time is None else 1)
                shown.append(functions.named(flag, _WITH_TIME))
            branches.append(
                exp.Select(
                    expressions=[*map(functions.column, self.shared), *shown],
                    from_=exp.From(this=functions.table(f"fact_{i}")),
                )
            )
        union: exp.Query = branches[0]
        for branch in branches[1:]:
            union = exp.Union(this=union, expression=branch, distinct=False)
        alias = exp.TableAlias(this=functions.identifier("facts"))
        folded = list(map(_folded, parts))
        if self.spreads:
            flags = exp.Max(this=functions.column(_WITH_TIME))
            folded.append(functions.named(flags, _WITH_TIME))
        select = exp.Select(
            expressions=[*map(functions.column, self.shared), *folded],
            from_=exp.From(this=exp.Subquery(this=union, alias=alias)),
        )
        if self.shared:
            keys = [functions.column(name) for name in self.shared]
            select.set("group", exp.Group(expressions=keys))
        return select

    def _spread(self) -> exp.Select:
        """Give every period the parts that have no time (people living here) of the same dimensions."""
        columns: list[exp.Expr] = [functions.column(name) for name in (*self.shared, _WITH_TIME)]
        for fact in self.facts.all:
            for part in fact.parts:
                node: exp.Expr = functions.column(part.name)
                if fact.time is None:
                    keys = [functions.column(name) for name in self.query.by]
                    over = exp.Window(this=exp.Max(this=node), partition_by=keys)
                    node = functions.named(over, part.name)
                columns.append(node)
        return exp.Select(expressions=columns, from_=exp.From(this=functions.table("stacked")))

    def _order(self) -> list[exp.Expr]:
        columns = [*self.shared, *self.query.metrics]
        wanted = [(LEVEL, False)] if self.query.totals else []
        for each in self.query.order:
            if each.by not in columns:
                raise UnknownOrder(column=each.by, columns=columns)
            wanted.append((each.by, each.descending))
        named = {name for name, _descending in wanted}
        wanted += [(name, False) for name in self.keys if name not in named]
        return [
            exp.Ordered(this=functions.column(name), desc=descending, nulls_first=False)
            for name, descending in wanted
        ]

    def _columns(self) -> tuple[Column, ...]:
        found = []
        if self.query.grain is not None:
            kind: Type = "timestamp" if self.query.grain == "hour" else "date"
            found.append(Column(TIME, TIME_TITLE, kind, "time"))
        for name in self.query.by:
            each = self.facts.dimension(self.facts.all[0], name)
            table = self._catalogue.codes(each.codes)
            found.append(
                Column(
                    name,
                    each.definition.title,
                    each.type,
                    "dimension",
                    codes=each.codes,
                    is_ordered=table is not None and table.ordered,
                )
            )
        if self.query.totals:
            found.append(Column(LEVEL, LEVEL_TITLE, "integer", "level"))
        return (*found, *map(_metric_column, self.formulas))


def _require_time(formulas: Iterable[Formula], *, whole: bool) -> None:
    """Refuse to cut by time where no part of a metric has one, or where ``whole`` and not every part has one.

    Parts without time count whole beside parts with one: visits of a month per inhabitant.
    """
    for formula in formulas:
        missing = [part for part in formula.parts if part.time is None]
        if missing and (whole or len(missing) == len(formula.parts)):
            raise NoTime(metric=formula.definition.name, model=missing[0].model)


def _shown(formula: Formula) -> exp.Expr:
    tree, name = formula.tree.copy(), formula.definition.name
    plain = isinstance(tree, exp.Column) and tree.name == name
    return tree if plain else functions.named(tree, name)


def _step(name: str, select: exp.Select) -> exp.CTE:
    return exp.CTE(this=select, alias=exp.TableAlias(this=functions.identifier(name)))


def _padded(name: str, own: set[str]) -> exp.Expr:
    return functions.column(name) if name in own else functions.named(exp.Null(), name)


def _folded(part: Part) -> exp.Expr:
    folded: exp.Expr = exp.Max(this=functions.column(part.name))
    if part.counts:
        zero = exp.Literal(this="0", is_string=False)
        folded = exp.Coalesce(this=folded, expressions=[zero])
    return functions.named(folded, part.name)


def _metric_column(formula: Formula) -> Column:
    metric = formula.definition
    return Column(
        metric.name,
        metric.title,
        formula.type,
        "metric",
        unit=metric.unit,
        format=metric.format,
        direction=metric.direction,
    )
