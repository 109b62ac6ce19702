"""What a city defines about its numbers, and the one query object that everybody asks for them with.

Models say how tables join and what can be grouped by; metrics are formulas. A dimension's name means the same thing
wherever it stands: two models that both have ``district`` can be compared by it. A query names metrics and dimensions,
never tables or columns; the compiler decides how they are computed.
"""

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cityloop.foundation.definition import Bilingual, Definition, Name
from cityloop.foundation.units import UnitWords

Aggregate = Literal["count", "sum", "avg", "min", "max", "count_distinct", "median", "percentile"]
"""How a simple metric condenses rows; ``percentile`` interpolates between neighbours (as ``percentile_cont``)."""

TIME = "time"
"""Name of the time column of every answer; no dimension or metric may take it."""
LEVEL = "level"
"""Name of the column that marks totals; no dimension or metric may take it."""
RESERVED = frozenset({TIME, LEVEL})
"""Names that answers use themselves."""


Grain = Literal["hour", "day", "week", "month", "quarter", "year"]
"""Length of one period of the time column; weeks start on Monday (ISO 8601)."""
Operator = Literal[
    "=", "!=", "<", "<=", ">", ">=", "in", "not in", "between", "is null", "is not null"
]
"""What a filter may say. ``!=`` and ``not in`` keep the rows that have no value; ``between`` includes both ends."""
Value = bool | int | float | date | datetime | str
"""A value of a filter, before it is typed by its dimension."""

OPERATORS: tuple[Operator, ...] = (
    "=", "!=", "<", "<=", ">", ">=", "in", "not in", "between", "is null", "is not null",
)  # fmt: skip
"""All operators, in the order people read them."""

MOST_VALUES = 1_000
"""Values one filter may list; more make the statement slow to plan."""
MOST_ROWS = 100_000
"""Rows one answer may have; a query without a limit gets this one plus one, to notice that it was cut."""

_SPAN = re.compile(r"^([1-9]\d{0,4})([hdwmqy])$")
_UNITS: dict[str, Grain] = {
    "h": "hour", "d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year",
}  # fmt: skip


def _read_moment(value: object) -> object:
    """Tell days from moments before pydantic would take midnight in another zone for a local day."""
    if isinstance(value, str):
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if isinstance(value, date):
        return value
    message = "write a day (2026-09-01) or a moment (2026-09-01T08:00)"
    raise ValueError(message)


Moment = Annotated[datetime | date, BeforeValidator(_read_moment)]
"""A local day, or a moment: with an offset as it says, without one in local time."""


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True
    )


class Range(_Part):
    """A half-open span of local time; exactly one of the four ways to say it.

    ``from``/``to``: local days or moments, ``to`` is not included, either may be left out (open end); a moment
    without an offset is local time. ``last``: the last N hours (h), days (d), weeks (w), months (m), quarters (q) or
    years (y) up to and including today (or this hour). ``this``/``previous``: the calendar period now, or before now.

    Example:
        >>> Range(last="7d").span
        (7, 'day')
    """

    from_: Moment | None = Field(default=None, alias="from")
    to: Moment | None = None
    last: str | None = Field(default=None, pattern=_SPAN.pattern)
    this: Grain | None = None
    previous: Grain | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        fixed = self.from_ is not None or self.to is not None
        ways = [fixed, self.last is not None, self.this is not None, self.previous is not None]
        if sum(ways) != 1:
            message = "give from/to, or last, or this, or previous"
            raise ValueError(message)
        return self

    @classmethod
    def of(cls, start: date | datetime | None, end: date | datetime | None = None) -> Self:
        """Return the range from ``start`` until before ``end``; None is an open end.

        Raises:
            ValidationError: both are None.
        """
        return cls.model_validate({"from": start, "to": end})

    @property
    def span(self) -> tuple[int, Grain] | None:
        """Count and unit of ``last``; None for the other ways."""
        if self.last is None:
            return None
        count, unit = self.last[:-1], self.last[-1]
        return int(count), _UNITS[unit]


class Filter(_Part):
    """Keep the rows whose ``dimension`` fits; applied to every metric before it is aggregated."""

    dimension: Name
    op: Operator = "="
    values: tuple[Value, ...] = Field(default=(), max_length=MOST_VALUES)

    @model_validator(mode="after")
    def _has_the_right_number_of_values(self) -> Self:
        count = len(self.values)
        wanted = {"between": 2, "is null": 0, "is not null": 0}.get(self.op, 1)
        if count < 1 if self.op in {"in", "not in"} else count != wanted:
            needs = "at least 1" if self.op in {"in", "not in"} else str(wanted)
            message = f"'{self.op}' needs {needs} value(s), not {count}"
            raise ValueError(message)
        return self


class Order(_Part):
    """Sort by one column of the answer: a metric, a dimension or ``time``. Missing values come last."""

    by: Name
    descending: bool = False


class Query(_Part):
    """What to compute: these ``metrics``, split ``by`` dimensions and by time, within a range and filters.

    Args:
        metrics: names of metrics; the columns of the answer follow this order.
        by: names of dimensions; a row per combination that occurs.
        grain: adds the column ``time``: the local start of each period; None gives no time column.
        range: which time; None means all.
        filters: all must hold.
        order: None or empty sorts by time, then by the dimensions.
        limit: most rows; cannot go together with ``totals``.
        totals: also return each total, computed afresh from the rows below it (column ``level``).
    """

    metrics: tuple[Name, ...] = Field(min_length=1, max_length=50)
    by: tuple[Name, ...] = Field(default=(), max_length=10)
    grain: Grain | None = None
    range: Range | None = None
    filters: tuple[Filter, ...] = Field(default=(), max_length=50)
    order: tuple[Order, ...] = Field(default=(), max_length=10)
    limit: int | None = Field(default=None, ge=1, le=MOST_ROWS)
    totals: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for names in (self.metrics, self.by):
            if len(set(names)) != len(names):
                message = "a name stands twice"
                raise ValueError(message)
        if self.totals and self.limit is not None:
            message = "totals and limit exclude each other: a total of a cut list would mislead"
            raise ValueError(message)
        return self


class Synonyms(_Part):
    """Other words that people use for the same thing."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class JoinDefinition(_Part):
    """Each row of this model belongs to at most one row of ``model``: ``on`` says by which columns.

    Args:
        name: how expressions call the other side: ``hospital.district``.
        model: the other model; the columns on its side must cover its key.
        on: column here → column there.
    """

    name: Name
    model: Name
    on: dict[str, str] = Field(min_length=1)


class DimensionDefinition(_Part):
    """Something to group and filter by.

    Args:
        name: its meaning across all models.
        title: for people.
        synonyms: other words for it.
        expression: over the columns of the dataset and ``join.column``; None means the column called ``name``.
        codes: table of its values; None takes that of the column.
    """

    name: Name
    title: Bilingual
    description: Bilingual | None = None
    synonyms: Synonyms = Synonyms()
    expression: str | None = None
    codes: Name | None = None

    @property
    def text(self) -> str:
        """The expression that counts."""
        return self.expression or self.name


class HierarchyDefinition(_Part):
    """Dimensions from coarse to fine, for drilling down."""

    name: Name
    title: Bilingual | None = None
    levels: tuple[Name, ...] = Field(min_length=2)


class ModelDefinition(Definition):
    """A dataset with what is known about it: its key, its time, what it joins, what it can be grouped by.

    Args:
        dataset: its rows; one row is one fact (a visit, a reading, a hospital).
        key: columns that identify a row; needed when other models join it.
        time: the column that says when; None when facts have no time.
        joins: many-to-one only.
        dimensions: of its own; those of joined models come on top.
        hierarchies: over its dimensions.
    """

    dataset: Name
    key: tuple[str, ...] = ()
    time: str | None = None
    joins: tuple[JoinDefinition, ...] = ()
    dimensions: tuple[DimensionDefinition, ...] = ()
    hierarchies: tuple[HierarchyDefinition, ...] = ()


class MetricDefinition(Definition):
    """A number with one agreed meaning.

    Args:
        synonyms: other words for it.
        unit: as people read it after the number; None for a plain number.
        format: how to show it.
        direction: which way is good.
        type: ``simple`` condenses rows of one model; ``ratio`` divides two metrics; ``derived`` computes with metrics.
        model: of a simple metric.
        aggregate: of a simple metric; ``count`` counts rows, or with an expression those where it is not null.
        expression: of a simple metric over columns and ``join.column``; of a derived one over names of metrics.
        percentile: share 0–1, only with ``percentile``.
        filter: of a simple metric: only rows where it holds count.
        time: of a simple metric: another time column than the model's.
        numerator: of a ratio.
        denominator: of a ratio; the ratio is empty where it is 0.
        grain: period that a question gets when it names none but asks for a trend.
        range: time that a question gets when it names none.
    """

    synonyms: Synonyms = Synonyms()
    unit: UnitWords | None = None
    format: Literal["number", "integer", "decimal", "percent", "money", "duration"] = "number"
    direction: Literal["up", "down", "none"] = "none"
    type: Literal["simple", "ratio", "derived"] = "simple"
    model: Name | None = None
    aggregate: Aggregate | None = None
    expression: str | None = None
    percentile: float | None = Field(default=None, gt=0, lt=1)
    filter: str | None = None
    time: str | None = None
    numerator: Name | None = None
    denominator: Name | None = None
    grain: Grain | None = None
    range: Range | None = None

    @model_validator(mode="after")
    def _has_the_fields_of_its_type(self) -> Self:
        needs, may = _FIELDS[self.type]
        given = {name for name in _ALL_FIELDS if getattr(self, name) is not None}
        if missing := sorted(needs - given):
            message = f"a {self.type} metric needs {', '.join(missing)}"
            raise ValueError(message)
        if extra := sorted(given - needs - may):
            message = f"a {self.type} metric has no {', '.join(extra)}"
            raise ValueError(message)
        if self.type == "simple":
            self._check_aggregate()
        return self

    def _check_aggregate(self) -> None:
        if (self.aggregate == "percentile") != (self.percentile is not None):
            message = (
                "percentile (a share, e.g. 0.95) goes with aggregate: percentile, and only there"
            )
            raise ValueError(message)
        if self.aggregate != "count" and self.expression is None:
            message = f"aggregate {self.aggregate} needs an expression"
            raise ValueError(message)


_FIELDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "simple": (
        frozenset({"model", "aggregate"}),
        frozenset({"expression", "percentile", "filter", "time"}),
    ),
    "ratio": (frozenset({"numerator", "denominator"}), frozenset()),
    "derived": (frozenset({"expression"}), frozenset()),
}
_ALL_FIELDS = frozenset().union(*(needs | may for needs, may in _FIELDS.values()))
