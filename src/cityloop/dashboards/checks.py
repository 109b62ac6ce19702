"""The kind ``dashboard``: every tile must compile, every filter must be of use."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cityloop.dashboards.errors import UselessFilter
from cityloop.dashboards.model import DashboardDefinition, dashboard_references
from cityloop.foundation.definition import Bilingual, Kind, Problem, Snapshot
from cityloop.foundation.errors import CityError
from cityloop.metrics import MetricDefinition, compile_query
from cityloop.metrics.formulas import formulas_of

_ZONE = "UTC"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def check_dashboard(dashboard: DashboardDefinition, snapshot: Snapshot) -> Iterator[Problem]:
    """Yield each tile whose query cannot be compiled, and each filter that no tile can take."""
    known = snapshot.all(MetricDefinition)
    usable: set[str] = set()
    for i, tile in enumerate(dashboard.tiles):
        if any(metric not in known for metric in tile.query.metrics):
            continue
        try:
            compile_query(tile.query, snapshot, _NOW, _ZONE)
            book = formulas_of(snapshot, _ZONE)
            parts = [part for name in tile.query.metrics for part in book.of(name).parts]
            usable.update(book.catalogue.usable({part.model for part in parts}))
        except CityError as error:
            yield Problem(("tiles", i, "query"), error)
    for i, dimension in enumerate(dashboard.filters):
        if dimension not in usable:
            yield Problem(("filters", i), UselessFilter(dimension=dimension, usable=sorted(usable)))


DASHBOARD = Kind(
    name="dashboard",
    folder="dashboards",
    model=DashboardDefinition,
    references=dashboard_references,
    check=check_dashboard,
    title=Bilingual(zh="看板", en="Dashboard"),
)
"""The kind ``dashboard``."""
