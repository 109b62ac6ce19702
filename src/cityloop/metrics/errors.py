"""What can be wrong with a query or with a metric's definition; every error names the value and what would work."""

from collections.abc import Iterable

from cityloop.foundation.errors import Invalid, closest


class UnknownMetric(Invalid):
    """No metric has this name."""

    code = "metrics.unknown_metric"

    def __init__(self, *, metric: str, known: Iterable[str]) -> None:
        super().__init__(metric=metric, close=closest(metric, known))


class UnknownDimension(Invalid):
    """No model has a dimension of this name."""

    code = "metrics.unknown_dimension"

    def __init__(self, *, dimension: str, known: Iterable[str]) -> None:
        known = sorted(known)
        super().__init__(dimension=dimension, close=closest(dimension, known), usable=known)


class Unreachable(Invalid):
    """A metric cannot be split or filtered by this dimension without counting rows twice."""

    code = "metrics.unreachable"


class AmbiguousDimension(Invalid):
    """Two joins lead to a dimension of this name; the model has to say which one is meant."""

    code = "metrics.ambiguous_dimension"


class NoTime(Invalid):
    """A metric whose rows have no time cannot be cut by time."""

    code = "metrics.no_time"


class TooFine(Invalid):
    """A metric known by day cannot be cut by hour."""

    code = "metrics.too_fine"


class EmptyRange(Invalid):
    """The range ends before it starts."""

    code = "metrics.empty_range"


class BadMoment(Invalid):
    """A date or moment that the calendar does not have."""

    code = "metrics.bad_moment"


class WrongOperator(Invalid):
    """This operator makes no sense for the dimension's type."""

    code = "metrics.wrong_operator"


class WrongValue(Invalid):
    """The value of a filter is not of the dimension's type."""

    code = "metrics.wrong_value"


class UnknownValue(Invalid):
    """The dimension's code table has no such value, alias or title."""

    code = "metrics.unknown_value"


class UnknownOrder(Invalid):
    """The answer has no such column to sort by."""

    code = "metrics.unknown_order"


class Circular(Invalid):
    """A definition needs itself, directly or through others."""

    code = "metrics.circular"


class WrongType(Invalid):
    """An expression has a type that this place cannot take."""

    code = "metrics.wrong_type"


class NameTaken(Invalid):
    """Two things whose columns would be called the same in one answer."""

    code = "metrics.name_taken"


class BadJoin(Invalid):
    """A join that is not many-to-one, or whose columns do not fit."""

    code = "metrics.bad_join"


class UnknownField(Invalid):
    """The dataset has no such column."""

    code = "metrics.unknown_field"


class Disagrees(Invalid):
    """Two models mean different things by one dimension name."""

    code = "metrics.disagrees"
