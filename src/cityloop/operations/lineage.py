"""Where data comes from and what it leads to: sources → datasets → metrics → dashboards and alerts → orders.

The published definitions say how things hang together; the parts say how each of them stands now. Nobody learns here
of a dataset, alert or order that they may not know of otherwise: such a node is left out with all that only it leads to.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cityloop.alerts import Alerts, Overview
from cityloop.datasets import Datasets, DatasetSummary
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import Forbidden, NotFound, closest
from cityloop.foundation.principal import Principal
from cityloop.metrics import Metrics
from cityloop.metrics.knowledge import is_known
from cityloop.metrics.service import Lineage as Use
from cityloop.sources import Sources
from cityloop.workorders import Wanted, WorkOrders

Step = Literal["sources", "datasets", "metrics", "uses", "orders"]
"""The columns of the picture, from left to right."""
Known = Callable[[Principal], Collection[str]]
"""Which datasets somebody may know of."""


@dataclass(frozen=True, slots=True)
class Node:
    """One thing, and how it stands.

    ``status`` is that of a source's newest load (waiting, running, done, failed) or of an alert (firing, quiet, no_data);
    ``at`` is how far a dataset's rows reach, a metric's those of the counted dataset that lags most (None where one is not
    known), or when a source was last loaded; ``quality`` the share (0–1) of a
    dataset's recent rows that were good; ``count`` how many places of an alert fire, or how many orders are open.
    """

    kind: Literal["source", "dataset", "metric", "dashboard", "alert", "orders"]
    name: str
    step: Step
    title: Bilingual
    status: str | None = None
    at: datetime | None = None
    quality: float | None = None
    count: int | None = None

    @property
    def key(self) -> str:
        """Identifier within its graph: ``kind:name``."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, and the keys of those that lead to one another."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]


class Lineage:
    """Draws the graph around one dataset or metric, as far as the one who asks may know of it.

    Args:
        sources: know how loading stands.
        datasets: know how fresh and good rows are.
        metrics: know what is computed from what, and who uses it.
        alerts: know what fires.
        workorders: know what is open.
        known: which datasets somebody may know of.
    """

    def __init__(
        self,
        sources: Sources,
        datasets: Datasets,
        *,
        metrics: Metrics,
        alerts: Alerts,
        workorders: WorkOrders,
        known: Known,
    ) -> None:
        self._sources = sources
        self._datasets = datasets
        self._metrics = metrics
        self._alerts = alerts
        self._workorders = workorders
        self._known = known

    def of_dataset(self, principal: Principal, name: str) -> Graph:
        """Return where the rows of a dataset come from, and everything made of them.

        Raises:
            NotFound: there is none that the principal may know of.
        """
        known = self._known(principal)
        if name not in known:
            raise NotFound(kind="dataset", name=name[:80], close=closest(name, known))
        uses = [use for use in self._uses(known).values() if name in use.datasets]
        return self._graph(principal, known, [name], uses)

    def of_metric(self, principal: Principal, name: str) -> Graph:
        """Return the data behind a metric, and everything that uses it.

        Raises:
            NotFound: there is no such metric that the principal may know of.
        """
        known = self._known(principal)
        every = self._uses(known)
        if name not in every:
            raise NotFound(kind="metric", name=name[:80], close=closest(name, every))
        behind = [each for each in every[name].datasets if each in known]
        return self._graph(principal, known, behind, [every[name]])

    def _uses(self, known: Collection[str]) -> dict[str, Use]:
        """Return the metrics that may be known to whoever knows these datasets."""
        return {use.metric: use for use in self._metrics.lineage() if is_known(use.facts, known)}

    def _graph(
        self,
        principal: Principal,
        known: Collection[str],
        datasets: Sequence[str],
        uses: Sequence[Use],
    ) -> Graph:
        drawn = _Drawing()
        titles = self._metrics.all()
        self._draw_data(drawn, datasets)
        for use in uses:
            title = titles[use.metric].title
            drawn.put(
                Node("metric", use.metric, "metrics", title, at=self._reach(use.facts, known))
            )
            for dataset in datasets:
                if dataset in use.datasets:
                    drawn.join(f"dataset:{dataset}", f"metric:{use.metric}")
        alerts = {each.definition.name: each for each in self._alerts.all(principal)}
        beside, every = {use.metric for use in uses}, self._uses(known)
        for use in uses:
            for kind, name, title in use.used_by:
                if kind == "metric" and (name in beside or name not in every):
                    continue  # stands beside it, as both are computed from the dataset, or may not be known
                if kind == "alert" and name in alerts:
                    self._draw_alert(drawn, principal, alerts[name])
                elif kind in ("dashboard", "metric"):
                    drawn.put(Node("dashboard" if kind == "dashboard" else "metric", name, "uses", title))  # fmt: skip
                drawn.join(f"metric:{use.metric}", f"{kind}:{name}")
        return drawn.graph()

    def _draw_data(self, drawn: "_Drawing", datasets: Sequence[str]) -> None:
        loaded: dict[str, datetime | None] = {}
        for name in datasets:
            found = self._datasets.describe(name)
            loaded[name], at = found.as_of, _reached(found)
            drawn.put(Node("dataset", name, "datasets", found.title, at=at, quality=found.quality))
        states = self._sources.states()
        for source in self._sources.all():
            state = states.get(source.name)
            for feed in source.feeds:
                if feed.dataset in loaded:
                    status, at = (state.status, state.finished_at) if state else (None, loaded[feed.dataset])  # fmt: skip
                    drawn.put(Node("source", source.name, "sources", source.title, status, at))
                    drawn.join(f"source:{source.name}", f"dataset:{feed.dataset}")

    def _reach(self, facts: Collection[str], known: Collection[str]) -> datetime | None:
        reached = [_reached(self._datasets.describe(name)) for name in facts if name in known]
        complete = [each for each in reached if each is not None]
        return min(complete) if complete and len(complete) == len(facts) else None

    def _draw_alert(self, drawn: "_Drawing", principal: Principal, found: Overview) -> None:
        alert, firing = found.definition, found.counts.get("firing", 0)
        status = "firing" if firing else "no_data" if found.counts.get("no_data") else "quiet"
        drawn.put(Node("alert", alert.name, "uses", alert.title, status, count=firing))
        if alert.order is None:
            return
        wanted = Wanted(alert=alert.name, statuses=("open", "accepted"), most=0)
        try:
            waiting = self._workorders.page(principal, wanted).total
        except Forbidden:
            return
        drawn.put(Node("orders", alert.name, "orders", alert.title, count=waiting))
        drawn.join(f"alert:{alert.name}", f"orders:{alert.name}")


def _reached(dataset: DatasetSummary) -> datetime | None:
    return dataset.newest or dataset.as_of


class _Drawing:
    """Collects nodes once each; an edge to a node that is not drawn is left out."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._edges: dict[tuple[str, str], None] = {}

    def put(self, node: Node) -> None:
        self._nodes.setdefault(node.key, node)

    def join(self, before: str, after: str) -> None:
        self._edges[before, after] = None

    def graph(self) -> Graph:
        edges = [edge for edge in self._edges if self._nodes.keys() >= set(edge)]
        return Graph(tuple(self._nodes.values()), tuple(edges))
