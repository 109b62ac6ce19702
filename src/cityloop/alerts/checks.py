"""The kind ``alert``: what it refers to and what can be wrong with it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cityloop.alerts.errors import NoOwner, UnknownField
from cityloop.alerts.model import AlertDefinition, fields_of
from cityloop.foundation.definition import Bilingual, Kind, Problem, Reference, Snapshot
from cityloop.foundation.errors import CityError
from cityloop.metrics import compile_query

_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""Relative ranges need a now; whether a query compiles does not depend on which."""


def references(alert: AlertDefinition) -> Iterator[Reference]:
    """Yield the metric, the procedure and the department that an alert names."""
    yield Reference("metric", alert.metric, ("query", "metrics", 0))
    if alert.order is not None:
        yield Reference("procedure", alert.order.procedure, ("order", "procedure"))
        if not alert.order.department.startswith("$"):
            yield Reference("department", alert.order.department, ("order", "department"))


def check(alert: AlertDefinition, snapshot: Snapshot) -> Iterator[Problem]:
    """Yield a query that does not compile, a missing owner, and fields that an order's title cannot have."""
    if alert.owner is None:
        yield Problem(("owner",), NoOwner(alert=alert.name))
    if snapshot.has("metric", alert.metric):
        try:
            compile_query(alert.query, snapshot, _ANY_MOMENT, "UTC")
        except CityError as error:
            yield Problem(("query",), error)
    if alert.order is not None:
        known = {*alert.query.by, "value", "threshold"}
        for name in sorted(fields_of(alert.order.title) - known):
            yield Problem(("order", "title"), UnknownField(field=name, known=sorted(known)))
        name = alert.order.department.removeprefix("$")
        if alert.order.department.startswith("$") and name not in alert.query.by:
            unknown = UnknownField(field=name, known=sorted(alert.query.by))
            yield Problem(("order", "department"), unknown)


ALERT = Kind(
    name="alert",
    folder="alerts",
    model=AlertDefinition,
    references=references,
    check=check,
    title=Bilingual(zh="预警", en="Alert"),
)
"""The kind, ready to be registered."""
