"""When alerts are evaluated: every so often, at once after new data, and never again once they are deleted.

One repeating job per alert, kind ``alerts.evaluate``, key = its name: however many publications come at once, at most one
evaluation waits.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from cityloop.alerts.model import AlertDefinition
from cityloop.alerts.service import Alerts
from cityloop.foundation import log
from cityloop.foundation.clock import Clock
from cityloop.foundation.errors import CityError, NotFound
from cityloop.foundation.jobs import Jobs
from cityloop.foundation.outbox import Event, Outbox
from cityloop.metrics import Metrics

_log = log.get("alerts")

JOB = "alerts.evaluate"
"""Kind of the job that evaluates one alert."""


class Watch:
    """Connects alerts with jobs and events.

    Args:
        alerts: evaluates.
        metrics: says which datasets a query reads.
        jobs: where evaluations wait.
        clock: gives the time.
    """

    def __init__(self, alerts: Alerts, metrics: Metrics, jobs: Jobs, clock: Clock) -> None:
        self._alerts = alerts
        self._metrics = metrics
        self._jobs = jobs
        self._clock = clock

    def install(self, outbox: Outbox) -> None:
        """Register the job and listen to ``definitions.applied`` and ``dataset.published``."""
        self._jobs.register(JOB, self._run)
        outbox.subscribe("alerts.definitions", ["definitions.applied"], self._on_applied)
        outbox.subscribe("alerts.datasets", ["dataset.published"], self._on_published)

    def _run(self, payload: Mapping[str, Any]) -> None:
        # Any: a job's payload is JSON.
        name = str(payload["alert"])
        try:
            self._alerts.evaluate(name)
        except NotFound:
            if name in self._alerts.definitions():
                raise
            _log.info("alert is gone, nothing to evaluate", alert=name)

    def _on_applied(self, tx: Connection, event: Event) -> None:
        changed = event.payload.get("changed")
        for kind, name in changed if isinstance(changed, list) else []:
            if kind != AlertDefinition.kind_name:
                continue
            alert = self._alerts.definitions().get(name)
            if alert is None:
                self._jobs.cancel(tx, JOB, key=name)
                self._alerts.close(tx, name)
            else:
                self._soon(tx, alert)

    def _on_published(self, tx: Connection, event: Event) -> None:
        dataset = event.payload.get("dataset")
        for alert in self._alerts.definitions().values():
            if dataset in self._datasets(alert):
                self._soon(tx, alert)

    def _soon(self, tx: Connection, alert: AlertDefinition) -> None:
        every_s = round(alert.every.total_seconds())
        self._jobs.enqueue(tx, JOB, key=alert.name, payload={"alert": alert.name}, every_s=every_s)

    def _datasets(self, alert: AlertDefinition) -> tuple[str, ...]:
        try:
            return self._metrics.compile(alert.query).datasets
        except CityError as error:
            _log.warning("alert does not compile", alert=alert.name, reason=error.code)
            return ()
