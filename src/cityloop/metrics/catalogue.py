"""What the published definitions mean together: which dimensions each model reaches, and by which joins.

A :class:`Catalogue` belongs to one snapshot and one time zone. It works things out when first asked and keeps them,
so that compiling a query is only putting trees together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlglot import exp

from cityloop.contracts.model import CodesDefinition, DatasetDefinition
from cityloop.contracts.spelling import spellings
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import closest
from cityloop.foundation.expressions import parse_expression
from cityloop.metrics import functions
from cityloop.metrics.errors import AmbiguousDimension, Circular, UnknownField, WrongType
from cityloop.metrics.inference import Type, type_of
from cityloop.metrics.model import DimensionDefinition, ModelDefinition

JoinPath = tuple[str, ...]
"""Names of joins from the fact outwards; empty for the fact itself."""

MOST_HOPS = 3
"""Joins in a row that a dimension may lie away; longer chains make answers hard to explain."""

_CLOCKS = (exp.Year, exp.Month, exp.Day, exp.Hour, exp.DayOfWeekIso, exp.DateDiff)


@dataclass(frozen=True, slots=True)
class Expression:
    """A resolved expression: every column says which joined table it belongs to.

    ``type`` is None when it cannot be told; ``paths`` are the joins that it needs; ``codes`` names the code table of
    a plain column.
    """

    tree: exp.Expr
    type: Type | None
    paths: frozenset[JoinPath]
    codes: str | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension as one model sees it."""

    definition: DimensionDefinition
    type: Type
    codes: str | None
    expression: Expression


@dataclass(frozen=True, slots=True)
class _Place:
    path: JoinPath
    owner: ModelDefinition
    definition: DimensionDefinition


class Catalogue:
    """Everything that queries need to know about one snapshot.

    Args:
        snapshot: published definitions.
        time_zone: IANA name of the city's zone; hours and days of moments are cut in it.
    """

    def __init__(self, snapshot: Snapshot, time_zone: str) -> None:
        self.snapshot = snapshot
        self.time_zone = time_zone
        self.zone = ZoneInfo(time_zone)
        self._places: dict[str, Mapping[str, tuple[_Place, ...]]] = {}
        self._spellings: dict[str, Mapping[str, str]] = {}
        self._dimensions: dict[tuple[str, str], Dimension] = {}

    def model(self, name: str) -> ModelDefinition:
        """Return a model.

        Raises:
            NotFound: there is none of this name.
        """
        return self.snapshot.one(ModelDefinition, name)

    def dataset(self, model: ModelDefinition) -> DatasetDefinition:
        """Return the dataset of a model.

        Raises:
            NotFound: the model names one that does not exist.
        """
        return self.snapshot.one(DatasetDefinition, model.dataset)

    def codes(self, name: str | None) -> CodesDefinition | None:
        """Return a code table; None for None and where it does not exist."""
        return None if name is None else self.snapshot.find(CodesDefinition, name)

    def spellings(self, codes: str) -> Mapping[str, str]:
        """Return how the values of a code table may be written: folded spelling → stored value.

        Raises:
            NotFound: there is no such code table.
        """
        known = self._spellings.get(codes)
        if known is None:
            known = self._spellings[codes] = spellings(self.snapshot.one(CodesDefinition, codes))
        return known

    def field_type(self, model: ModelDefinition, field: str) -> Type:
        """Return the type of a column of the model's dataset.

        Raises:
            UnknownField: the dataset has no such column.
            NotFound: the dataset does not exist.
        """
        dataset = self.dataset(model)
        try:
            return dataset.field(field).type
        except KeyError as error:
            known = [each.name for each in dataset.fields]
            raise UnknownField(
                dataset=dataset.name, field=field, close=closest(field, known)
            ) from error

    def dimension_names(self) -> frozenset[str]:
        """Return the name of every dimension of every model."""
        models = self.snapshot.all(ModelDefinition).values()
        return frozenset(each.name for model in models for each in model.dimensions)

    def models_with(self, dimension: str) -> tuple[str, ...]:
        """Return the names of the models that define this dimension themselves."""
        models = self.snapshot.all(ModelDefinition).values()
        return tuple(
            model.name
            for model in models
            if any(each.name == dimension for each in model.dimensions)
        )

    def reachable(self, model: str) -> Mapping[str, tuple[JoinPath, ...]]:
        """Return the dimensions that a model reaches: name → the shortest ways there, more than one if ambiguous.

        Raises:
            NotFound: the model, or one that it joins, does not exist.
        """
        return {
            name: tuple(place.path for place in places)
            for name, places in self._reach(model).items()
        }

    def usable(self, models: Iterable[str]) -> tuple[str, ...]:
        """Return the names of the dimensions that every one of these models reaches in exactly one way.

        Raises:
            NotFound: a model does not exist.
        """
        common: set[str] | None = None
        for model in models:
            clear = {name for name, places in self._reach(model).items() if len(places) == 1}
            common = clear if common is None else common & clear
        return tuple(sorted(common or ()))

    def dimension(self, model: str, name: str) -> Dimension | None:
        """Return a dimension as ``model`` sees it; None when no many-to-one join leads there.

        Raises:
            AmbiguousDimension: several joins lead to it.
            Circular: the dimension needs itself.
            BadExpression: its expression is not allowed.
            UnknownColumn: its expression names a column that does not exist.
            NotFound: a model or dataset on the way does not exist.
            WrongType: the type of its expression cannot be told.
        """
        known = self._dimensions.get((model, name))
        if known is None:
            places = self._reach(model).get(name, ())
            if not places:
                return None
            if len(places) > 1:
                joins = [".".join(place.path) for place in places]
                raise AmbiguousDimension(dimension=name, model=model, joins=joins)
            known = self._resolve(places[0])
            self._dimensions[model, name] = known
        return known

    def expression(
        self,
        model: ModelDefinition,
        text: str,
        *,
        path: JoinPath = (),
        trail: tuple[str, ...] = (),
    ) -> Expression:
        """Return ``text`` resolved from ``model``, which lies at the end of ``path``.

        A bare name is a column of the model's dataset, else a dimension that it reaches; ``join.name`` is a dimension
        that the joined model reaches, else a column of its dataset. Parts of moments (year, hour …) are those of local time.

        Raises:
            BadExpression: it does not parse, or uses something that is not allowed.
            UnknownColumn: it names something that does not exist.
            Circular: it needs itself.
            AmbiguousDimension: several joins lead to a dimension that it names.
            NotFound: a model or dataset that it needs does not exist.
        """
        tree = parse_expression(text, names_for(self, model))
        parts: dict[int, Expression] = {}
        for found in tree.find_all(exp.Column):
            parts[id(found)] = self._column(model, found, path, trail)
        kind = type_of(tree, lambda node: parts[id(node)].type if id(node) in parts else None)
        codes = parts[id(tree)].codes if id(tree) in parts else None
        for found in [node for node in tree.find_all(exp.Column) if id(node) in parts]:
            self._localise(found, parts[id(found)].type)
        tree = _replace(functions.safe_division(tree), parts)
        paths = frozenset[JoinPath]().union(*(part.paths for part in parts.values()))
        return Expression(tree, kind, paths, codes)

    def field(self, model: ModelDefinition, name: str, path: JoinPath = ()) -> Expression:
        """Return a column of the dataset of ``model``, which lies at the end of ``path``.

        Raises:
            UnknownField: the dataset has no such column.
            NotFound: the dataset does not exist.
        """
        kind = self.field_type(model, name)
        tree = functions.column(name, alias_of(path))
        codes = self.dataset(model).field(name).codes
        return Expression(tree, kind, frozenset({path}), codes)

    def _localise(self, node: exp.Column, kind: Type | None) -> None:
        if kind == "timestamp" and isinstance(node.parent, _CLOCKS):
            holder = functions.local(exp.Null(), self.time_zone)
            node.replace(holder)
            holder.set("this", node)

    def _column(
        self, model: ModelDefinition, node: exp.Column, path: JoinPath, trail: tuple[str, ...]
    ) -> Expression:
        name, join = node.name, node.table
        here, within = path, model
        if join:
            here = (*path, join)
            within = self.model(next(each.model for each in model.joins if each.name == join))
        places = self._reach(within.name).get(name, ())
        is_field = any(each.name == name for each in self.dataset(within).fields)
        plain = not places or (places[0].owner == within and places[0].definition.text == name)
        if is_field and (plain or not join):
            return self.field(within, name, here)
        if len(places) > 1:
            joins = [".".join(place.path) for place in places]
            raise AmbiguousDimension(dimension=name, model=within.name, joins=joins)
        return self._nested(places[0], here, trail)

    def _nested(self, place: _Place, path: JoinPath, trail: tuple[str, ...]) -> Expression:
        step = f"{place.owner.name}.{place.definition.name}"
        whole = (*path, *place.path)
        if step in trail or len(whole) > MOST_HOPS:
            raise Circular(chain=" → ".join((*trail, step)))
        return self.expression(place.owner, place.definition.text, path=whole, trail=(*trail, step))

    def _resolve(self, place: _Place) -> Dimension:
        definition = place.definition
        trail = (f"{place.owner.name}.{definition.name}",)
        found = self.expression(place.owner, definition.text, path=place.path, trail=trail)
        if found.type is None:
            raise WrongType(
                expression=definition.text,
                type="?",
                place=f"{place.owner.name}.{definition.name}",
                needed="text, integer, number, boolean, date, timestamp",
            )
        return Dimension(definition, found.type, definition.codes or found.codes, found)

    def _reach(self, name: str) -> Mapping[str, tuple[_Place, ...]]:
        if (known := self._places.get(name)) is not None:
            return known
        found: dict[str, list[_Place]] = {}
        ring: list[tuple[JoinPath, ModelDefinition, frozenset[str]]] = [
            ((), self.model(name), frozenset({name}))
        ]
        for _hop in range(MOST_HOPS + 1):
            nearer = set(found)
            following = []
            for path, model, seen in ring:
                for each in model.dimensions:
                    if each.name not in nearer:
                        found.setdefault(each.name, []).append(_Place(path, model, each))
                for join in model.joins:
                    if join.model not in seen:
                        other = self.model(join.model)
                        following.append(((*path, join.name), other, seen | {join.model}))
            ring = following
        self._places[name] = {key: tuple(places) for key, places in sorted(found.items())}
        return self._places[name]


def alias_of(path: JoinPath) -> str:
    """Return the alias of the table at the end of ``path`` in a compiled statement.

    Example:
        >>> alias_of(()), alias_of(("hospital", "area"))
        ('fact', 'hospital__area')
    """
    alias = "__".join(path) or "fact"
    return "fact__" if path and alias == "fact" else alias


def names_for(catalogue: Catalogue, model: ModelDefinition) -> frozenset[str]:
    """Return what an expression of ``model`` may name: its columns and dimensions, and ``join.name`` of what it joins.

    Raises:
        NotFound: the model's dataset, or that of a joined model, does not exist.
    """
    names = set(_own_names(catalogue, model))
    for join in model.joins:
        other = catalogue.snapshot.find(ModelDefinition, join.model)
        if other is not None:
            names |= {f"{join.name}.{name}" for name in _own_names(catalogue, other)}
    return frozenset(names)


def _own_names(catalogue: Catalogue, model: ModelDefinition) -> set[str]:
    fields = {each.name for each in catalogue.dataset(model).fields}
    return fields | set(catalogue.reachable(model.name))


def _replace(tree: exp.Expr, parts: Mapping[int, Expression]) -> exp.Expr:
    for node in [found for found in tree.find_all(exp.Column) if id(found) in parts]:
        new = parts[id(node)].tree.copy()
        if not isinstance(new, exp.Column):
            new = exp.Paren(this=new)
        if node is tree:
            return new
        node.replace(new)
    return tree
