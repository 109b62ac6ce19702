"""The rows of one model, filtered, joined to what they belong to, and aggregated to the keys of a query."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from cityloop.metrics import functions
from cityloop.metrics.catalogue import Catalogue, Dimension, Expression, JoinPath, alias_of
from cityloop.metrics.errors import TooFine, UnknownDimension, Unreachable
from cityloop.metrics.formulas import Formula, Part
from cityloop.metrics.literals import condition
from cityloop.metrics.model import LEVEL, TIME, JoinDefinition, ModelDefinition, Query
from cityloop.metrics.periods import Period

Keys = list[tuple[str, exp.Expr]]
"""Names and trees of what a fact is grouped by."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One model by one time column, with the parts computed from it and the metrics that asked for them."""

    model: str
    time: Expression | None
    parts: tuple[Part, ...]
    asked: tuple[str, ...]


def facts_of(formulas: Iterable[Formula]) -> tuple[Fact, ...]:
    """Return the facts that these formulas need, each model and time column once."""
    grouped: dict[tuple[str, str], list[tuple[Part, str]]] = {}
    for formula in formulas:
        for part in formula.parts:
            time = "" if part.time is None else part.time.tree.name
            asked = (part, formula.definition.name)
            grouped.setdefault((part.model, time), []).append(asked)
    return tuple(
        Fact(
            model,
            found[0][0].time,
            tuple({part.name: part for part, _asked in found}.values()),
            tuple(dict.fromkeys(asked for _part, asked in found)),
        )
        for (model, _time), found in grouped.items()
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """Compiles the facts of one query.

    Args:
        query: what is asked.
        period: its range made definite; None for all time.
        catalogue: what the definitions mean.
        all: every fact of the query.
    """

    query: Query
    period: Period | None
    catalogue: Catalogue
    all: tuple[Fact, ...]

    @property
    def datasets(self) -> tuple[str, ...]:
        """Datasets whose rows are counted; those that are only joined are not among them."""
        return tuple(sorted({self.catalogue.model(each.model).dataset for each in self.all}))

    @property
    def by_day(self) -> bool:
        """Whether one of the facts knows days only."""
        return any(each.time is not None and each.time.type == "date" for each in self.all)

    def dimension(self, fact: Fact, name: str) -> Dimension:
        """Return a dimension as the fact's model sees it.

        Raises:
            UnknownDimension: no model has it.
            Unreachable: this model cannot reach it.
            AmbiguousDimension: two joins lead to it.
        """
        found = self.catalogue.dimension(fact.model, name)
        if found is not None:
            return found
        usable = self.catalogue.usable(each.model for each in self.all)
        if name not in self.catalogue.dimension_names():
            raise UnknownDimension(dimension=name, known=usable)
        metric = fact.asked[0]
        raise Unreachable(metric=metric, model=fact.model, dimension=name, usable=usable)

    def select(self, fact: Fact) -> tuple[exp.Select, frozenset[str]]:
        """Return the fact's statement, and the datasets that it reads.

        Raises:
            CityError: as :func:`cityloop.metrics.compiler.compiled`.
        """
        keys, paths = self._keys(fact)
        conditions = self._range(fact)
        for wanted in self.query.filters:
            dimension = self.dimension(fact, wanted.dimension)
            conditions.append(condition(wanted, dimension, self.catalogue))
            paths |= dimension.expression.paths
        for part in fact.parts:
            paths |= part.paths
        model = self.catalogue.model(fact.model)
        joins, joined = _joins(self.catalogue, model, paths)
        columns = [functions.named(tree, name) for name, tree in keys]
        if self.query.totals:
            columns.append(_level(keys))
        columns += [functions.named(part.tree.copy(), part.name) for part in fact.parts]
        select = exp.Select(
            expressions=columns,
            from_=exp.From(this=functions.table(model.dataset, alias_of(()))),
            joins=joins,
        )
        if (where := functions.all_of(conditions)) is not None:
            select.set("where", exp.Where(this=where))
        if grouped := [tree for name, tree in keys if name != TIME or fact.time is not None]:
            select.set("group", self._group(grouped))
        return select, frozenset({model.dataset, *joined})

    def _keys(self, fact: Fact) -> tuple[Keys, set[JoinPath]]:
        keys: Keys = []
        paths: set[JoinPath] = set()
        if (grain := self.query.grain) is not None and fact.time is None:
            kind = "TIMESTAMP" if grain == "hour" else "DATE"
            keys.append((TIME, functions.cast(exp.Null(), kind)))
        elif grain is not None and fact.time is not None:
            time = fact.time
            zone = self.catalogue.time_zone if time.type == "timestamp" else None
            if zone is None and grain == "hour":
                raise TooFine(metric=fact.asked[0], column=time.tree.name)
            keys.append((TIME, functions.period_start(time.tree.copy(), grain, zone)))
        for name in self.query.by:
            dimension = self.dimension(fact, name)
            keys.append((name, dimension.expression.tree.copy()))
            paths |= dimension.expression.paths
        return keys, paths

    def _range(self, fact: Fact) -> list[exp.Expr]:
        if self.period is None or fact.time is None:
            return []
        time = fact.time
        start: exp.Expr | None
        end: exp.Expr | None
        if time.type == "date":
            if not self.period.whole_days:
                raise TooFine(metric=fact.asked[0], column=time.tree.name)
            first, last = self.period.days()
            start = None if first is None else functions.day(first)
            end = None if last is None else functions.day(last)
        else:
            since, until = self.period.moments(self.catalogue.zone)
            start = None if since is None else functions.moment(since)
            end = None if until is None else functions.moment(until)
        found: list[exp.Expr] = []
        if start is not None:
            found.append(exp.GTE(this=time.tree.copy(), expression=start))
        if end is not None:
            found.append(exp.LT(this=time.tree.copy(), expression=end))
        return found

    def _group(self, trees: list[exp.Expr]) -> exp.Group:
        if not self.query.totals:
            return exp.Group(expressions=[tree.copy() for tree in trees])
        first = 1 if self.query.grain else 0
        sets: list[exp.Expr] = [
            exp.Tuple(expressions=[tree.copy() for tree in trees[start:length]])
            for length in range(len(trees), first - 1, -1)
            for start in range(first + 1)
        ]
        return exp.Group(expressions=[exp.GroupingSets(expressions=sets)])


def distinct_values(catalogue: Catalogue, model: str, name: str, most: int) -> exp.Select | None:
    """Return the statement that lists the values of a dimension in one column, at most ``most`` of them.

    Returns:
        None where the model does not reach the dimension.

    Raises:
        CityError: the dimension's definition is broken.
    """
    found = catalogue.dimension(model, name)
    if found is None:
        return None
    definition, tree = catalogue.model(model), found.expression.tree
    joins, _datasets = _joins(catalogue, definition, set(found.expression.paths))
    missing = exp.Is(this=tree.copy(), expression=exp.Null())
    return exp.Select(
        expressions=[functions.named(tree.copy(), name)],
        distinct=exp.Distinct(),
        from_=exp.From(this=functions.table(definition.dataset, alias_of(()))),
        joins=joins,
        where=exp.Where(this=exp.Not(this=missing)),
        limit=exp.Limit(expression=functions.number(most)),
    )


def _level(keys: Keys) -> exp.Alias:
    total: exp.Expr = exp.Literal(this="0", is_string=False)
    for i, (_name, tree) in enumerate(keys):
        bit: exp.Expr = exp.Grouping(expressions=[tree.copy()])
        weighed = exp.Mul(this=bit, expression=functions.number(1 << i)) if i else bit
        total = exp.Add(this=total, expression=weighed) if i else weighed
    return functions.named(functions.cast(total, "BIGINT"), LEVEL)


def _joins(
    catalogue: Catalogue, model: ModelDefinition, paths: set[JoinPath]
) -> tuple[list[exp.Join], set[str]]:
    needed = {path[:length] for path in paths for length in range(1, len(path) + 1)}
    joins: list[exp.Join] = []
    datasets: set[str] = set()
    for path in sorted(needed, key=lambda each: (len(each), each)):
        owner = model
        for step in path[:-1]:
            owner = catalogue.model(_join(owner, step).model)
        join = _join(owner, path[-1])
        dataset = catalogue.model(join.model).dataset
        left, right = alias_of(path[:-1]), alias_of(path)
        pairs: list[exp.Expr] = [
            exp.EQ(this=functions.column(here, left), expression=functions.column(there, right))
            for here, there in join.on.items()
        ]
        on = functions.all_of(pairs)
        joins.append(exp.Join(this=functions.table(dataset, right), side="LEFT", on=on))
        datasets.add(dataset)
    return joins, datasets


def _join(model: ModelDefinition, name: str) -> JoinDefinition:
    return next(each for each in model.joins if each.name == name)
