"""Numbers with one agreed meaning: metrics are defined once and asked for with one query object.

``model`` says what models, metrics and queries are; ``catalogue`` works out which dimensions a model reaches over
many-to-one joins; ``formulas`` resolves metrics into aggregates and formulas; ``facts`` and ``compiler`` turn a query
into one SQL statement that cannot count a row twice; ``service`` reads it through the policies; ``knowledge`` tells each
reader of as much of all this as he may know of. Filters apply before
aggregation, ratios are ratios of sums, totals are computed afresh, and what cannot be computed safely is refused with
the dimensions that can be used instead.
"""

from cityloop.metrics.checks import METRIC, MODEL
from cityloop.metrics.compiler import Column, Compiled, compile_query, compiled
from cityloop.metrics.knowledge import Knowledge
from cityloop.metrics.model import (
    Filter,
    Grain,
    MetricDefinition,
    ModelDefinition,
    Order,
    Query,
    Range,
)
from cityloop.metrics.service import Answer, Description, Metrics

KINDS = (MODEL, METRIC)
"""The kinds of definitions that this feature owns."""

__all__ = [
    "KINDS",
    "METRIC",
    "MODEL",
    "Answer",
    "Column",
    "Compiled",
    "Description",
    "Filter",
    "Grain",
    "Knowledge",
    "MetricDefinition",
    "Metrics",
    "ModelDefinition",
    "Order",
    "Query",
    "Range",
    "compile_query",
    "compiled",
]
