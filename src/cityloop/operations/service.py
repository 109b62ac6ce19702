"""Looks at the parts of one running city and counts what it does."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.jobs import jobs_table
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal
from cityloop.operations.model import Check, Health, Status, overall

LOW_DISK_BYTES = 1 << 30
"""Below this much free space loading may fail: one gibibyte holds the raw and typed copy of a large delivery."""
LATE_EVENT = timedelta(minutes=1)
"""An event that waits longer than this, in real time, says that the worker stands still."""
LATENCY_BUCKETS_S = (0.005, 0.02, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Upper bounds, seconds, of the request-time histogram; around the targets of the pages."""


class Operations:
    """Health and figures of one city.

    Args:
        db: the state store.
        clock: tells how late things are.
        outbox: its undelivered events are watched.
        data: the city's data folder; its disk is watched.
        freshness: returns dataset → age in seconds of its newest rows.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        *,
        outbox: Outbox,
        data: Path,
        freshness: Callable[[], dict[str, float]],
    ) -> None:
        self._db = db
        self._outbox = outbox
        self._clock = clock
        self._data = data
        self._freshness = freshness
        self._closing = threading.Event()
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "cityloop_requests",
            "API requests",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "cityloop_request_seconds",
            "Time to answer an API request",
            ["route"],
            buckets=LATENCY_BUCKETS_S,
            registry=self._registry,
        )
        self._jobs = Gauge("cityloop_jobs", "Jobs by state", ["status"], registry=self._registry)
        self._events = Gauge(
            "cityloop_outbox_events_waiting", "Events not yet delivered", registry=self._registry
        )
        self._age = Gauge(
            "cityloop_dataset_age_seconds",
            "Age of the newest batch",
            ["dataset"],
            registry=self._registry,
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; ``route`` is the template, so that names do not become labels."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    @property
    def is_closing(self) -> bool:
        """Whether the server stops, so that what lasts as long as the client likes has to end."""
        return self._closing.is_set()

    def close(self) -> None:
        """Tell the live channels to end; they look once a second."""
        self._closing.set()

    def health(self) -> Health:
        """Look at the state store, the disk, the jobs and the events."""
        checks: list[Check] = []
        with _timed("state store", checks), self._db.read() as connection:
            connection.execute(sa.select(1))
        if checks[-1].status == "down":
            return overall(tuple(checks))
        checks += [self._check_disk(), self._check_jobs(), self._check_events()]
        return overall(tuple(checks))

    def metrics_text(self, principal: Principal) -> bytes:
        """Return the figures in Prometheus' text format.

        Raises:
            Forbidden: the principal lacks ``operations.view``.
        """
        principal.require("operations.view", "metrics")
        with self._db.read() as connection:
            states = sa.select(jobs_table.c.status, sa.func.count()).group_by(jobs_table.c.status)
            for status, count in connection.execute(states):
                self._jobs.labels(status).set(count)
            self._events.set(self._outbox.waiting(connection))
        for dataset, age_s in self._freshness().items():
            self._age.labels(dataset).set(age_s)
        return generate_latest(self._registry)

    def _check_disk(self) -> Check:
        free = shutil.disk_usage(self._data).free
        detail = f"{free / (1 << 30):.1f} GiB free"
        return Check("disk", "ok" if free > LOW_DISK_BYTES else "degraded", detail)

    def _check_jobs(self) -> Check:
        since = self._clock.now() - timedelta(days=1)
        query = (
            sa.select(sa.func.count())
            .select_from(jobs_table)
            .where(jobs_table.c.status == "failed", jobs_table.c.finished_at > since)
        )
        with self._db.read() as connection:
            failed = connection.execute(query).scalar() or 0
        return Check("jobs", "degraded" if failed else "ok", f"{failed} failed in a day")

    def _check_events(self) -> Check:
        late = self._clock.now() - LATE_EVENT * max(self._clock.speed, 1.0)
        with self._db.read() as connection:
            waiting = self._outbox.waiting(connection, before=late)
            failed = self._outbox.failures(connection)
        status: Status = "degraded" if waiting or failed else "ok"
        return Check("events", status, f"{waiting} late, {failed} failed")


@contextmanager
def _timed(name: str, checks: list[Check]) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        checks.append(Check(name, "down", type(error).__name__))
    else:
        checks.append(Check(name, "ok", f"{(time.perf_counter() - began) * 1000:.0f} ms"))
