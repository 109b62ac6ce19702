"""Work that outlives a request: queued in the state store, held by a lease, retried when retrying can help.

A job has a kind (who does it), a key (at most one waiting job per kind and key) and a JSON payload. A worker takes a
lease and renews it while it works; when it dies the lease runs out and another worker takes the job, so handlers must be
idempotent.

Two clocks: a job falls due by the city's time, which a demo city simulates; a lease measures a worker's real silence.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cityloop.foundation import log
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database, UtcDateTime, metadata
from cityloop.foundation.errors import CityError, Transient

_log = log.get("jobs")

LEASE = timedelta(minutes=1)
"""How long a worker may be silent, in real time, before its job is given to another. Short, since a killed server's work
waits so long; several beats long, since a busy machine may let a worker wait."""
BEAT_S = 15.0
"""Real seconds between two renewals of a lease."""
RETRY_WAITS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))
"""Waits before the second, third … try of a job that failed with a Transient error."""

BACKOFF = timedelta(hours=1)
"""Longest wait between two runs of a repeating job that fails again and again; each failure in a row doubles it. A job with
a longer period keeps its period."""
RUNS_KEPT = 20
"""Finished runs kept of each kind and key, so that a job of every minute leaves no endless list."""
MOST_FORGOTTEN = 500
"""Runs forgotten at once; a city that has kept thousands gives them up bit by bit."""

jobs_table = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("run_at", UtcDateTime, nullable=False),
    sa.Column("every_s", sa.Integer),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.String),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Index("ix_jobs_due", "status", "run_at"),
    sa.Index(
        "uq_jobs_waiting",
        "kind",
        "key",
        unique=True,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    ),
)

Payload = Mapping[str, Any]
"""JSON object; Any because each kind has its own fields."""
JobHandler = Callable[[Payload], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One job as a worker sees it."""

    id: str
    kind: str
    key: str
    payload: Payload
    attempts: int


class Jobs:
    """The jobs of one city and those who can do them.

    Args:
        db: the state store.
        clock: the city's; by it jobs fall due.
        real: measures leases; None takes ``clock``, which is right wherever the city lives in real time.
        beat_s: real seconds between two renewals of a lease.
    """

    def __init__(
        self, db: Database, clock: Clock, real: Clock | None = None, *, beat_s: float = BEAT_S
    ) -> None:
        self._db = db
        self._clock = clock
        self._real = real or clock
        self._handlers: dict[str, JobHandler] = {}
        self._beat_s = beat_s

    def register(self, kind: str, handler: JobHandler) -> None:
        """Say who does jobs of ``kind``."""
        self._handlers[kind] = handler

    def enqueue(
        self,
        tx: Connection,
        kind: str,
        *,
        key: str,
        payload: Payload | None = None,
        run_at: datetime | None = None,
        every_s: int | None = None,
    ) -> None:
        """Queue a job in the caller's transaction; one that waits already under the same key is replaced.

        Args:
            tx: the caller's transaction.
            kind: who does it.
            key: at most one waiting job per kind and key.
            payload: JSON object for the handler.
            run_at: not before this moment; None means now, in the place of the one replaced where that was due already:
                who is asked for again and again must not wait for ever behind others that are, too.
            every_s: repeat this many seconds after each run; None runs once.
        """
        now = self._clock.now()
        if run_at is None:
            run_at = self._place(tx, kind, key, now)
        self.cancel(tx, kind, key=key)
        tx.execute(
            jobs_table.insert().values(
                id=uuid4().hex,
                kind=kind,
                key=key,
                payload=dict(payload or {}),
                status="waiting",
                run_at=run_at,
                every_s=every_s,
                attempts=0,
                created_at=now,
            )
        )

    @staticmethod
    def _place(tx: Connection, kind: str, key: str, now: datetime) -> datetime:
        jobs = jobs_table.c
        mine = sa.and_(jobs.kind == kind, jobs.key == key, jobs.status == "waiting")
        due = sa.select(jobs.run_at).where(mine, jobs.run_at <= now)
        return tx.execute(due).scalar() or now

    def cancel(self, tx: Connection, kind: str, *, key: str) -> None:
        """Take back a job that has not started; one that runs ends its run and does not come back."""
        mine = sa.and_(jobs_table.c.kind == kind, jobs_table.c.key == key)
        tx.execute(jobs_table.delete().where(mine, jobs_table.c.status == "waiting"))
        running = sa.and_(mine, jobs_table.c.status == "running")
        tx.execute(jobs_table.update().where(running).values(every_s=None))

    def run_due(self, *, most: int = 100) -> int:
        """Do up to ``most`` due jobs, one after the other; return how many were done."""
        done = 0
        while done < most and (job := self._take()) is not None:
            self._run(job)
            done += 1
        return done

    def _take(self) -> Job | None:
        now = self._real.now()
        due = sa.and_(jobs_table.c.status == "waiting", jobs_table.c.run_at <= self._clock.now())
        lost = sa.and_(jobs_table.c.status == "running", jobs_table.c.lease_until < now)
        query = (
            sa.select(jobs_table)
            .where(sa.or_(due, lost), jobs_table.c.kind.in_(self._handlers))
            .order_by(jobs_table.c.run_at)
            .limit(1)
        )
        with self._db.read() as connection:
            if connection.execute(query).first() is None:
                return None
        with self._db.begin() as tx:
            row = tx.execute(query.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            tx.execute(
                jobs_table.update()
                .where(jobs_table.c.id == row.id)
                .values(status="running", lease_until=now + LEASE, attempts=row.attempts + 1)
            )
        return Job(row.id, row.kind, row.key, row.payload, row.attempts + 1)

    def _run(self, job: Job) -> None:
        try:
            with self._held(job):
                self._handlers[job.kind](job.payload)
        except Transient as error:
            self._postpone(job, error)
        except CityError as error:  # raised on purpose: its text says all
            _log.error("job failed", kind=job.kind, key=job.key, reason=str(error))
            self._finish(job, "failed", str(error))
        except Exception as error:  # noqa: BLE001 - process edge: one bad job must not stop the worker
            _log.error("job failed", kind=job.kind, key=job.key, exc_info=error)
            self._finish(job, "failed", str(error))
        else:
            self._finish(job, "done", None)

    @contextmanager
    def _held(self, job: Job) -> Iterator[None]:
        """Renew the job's lease again and again while the block runs."""
        over = Event()
        beating = Thread(target=self._renew_until, args=(over, job.id), daemon=True)
        beating.start()
        try:
            yield
        finally:
            over.set()
            beating.join()

    def _renew_until(self, over: Event, job_id: str) -> None:
        mine = sa.and_(jobs_table.c.id == job_id, jobs_table.c.status == "running")
        while not over.wait(self._beat_s):
            try:
                with self._db.begin() as tx:
                    until = self._real.now() + LEASE
                    tx.execute(jobs_table.update().where(mine).values(lease_until=until))
            except (
                sa.exc.OperationalError
            ) as error:  # the store is busy or full: the next beat tries again
                _log.warning("lease not renewed", job=job_id, reason=str(error.orig))

    def _postpone(self, job: Job, error: CityError) -> None:
        if job.attempts > len(RETRY_WAITS):
            self._finish(job, "failed", str(error))
            return
        again = self._clock.now() + RETRY_WAITS[job.attempts - 1]
        with self._db.begin() as tx:
            waits = sa.and_(
                jobs_table.c.kind == job.kind,
                jobs_table.c.key == job.key,
                jobs_table.c.status == "waiting",
            )
            is_replaced = tx.execute(sa.select(jobs_table.c.id).where(waits)).first() is not None
            if not is_replaced:
                tx.execute(
                    jobs_table.update()
                    .where(jobs_table.c.id == job.id)
                    .values(status="waiting", run_at=again, lease_until=None, error=str(error))
                )
        if is_replaced:  # queued anew while it ran: that one is the next try
            self._finish(job, "failed", str(error))

    def _finish(self, job: Job, status: str, error: str | None) -> None:
        now = self._clock.now()
        with self._db.begin() as tx:
            tx.execute(
                jobs_table.update()
                .where(jobs_table.c.id == job.id)
                .values(status=status, error=error, finished_at=now, lease_until=None)
            )
            # Read again: whoever cancelled or replaced the job while it ran has taken its repetition away.
            mine = jobs_table.c.id == job.id
            every_s = tx.execute(sa.select(jobs_table.c.every_s).where(mine)).scalar()
            failures = self._tidy(tx, job)
            if every_s is not None:
                again = now + _wait(timedelta(seconds=every_s), failures)
                self.enqueue(
                    tx, job.kind, key=job.key, payload=job.payload, run_at=again, every_s=every_s
                )

    def _tidy(self, tx: Connection, job: Job) -> int:
        """Forget all but the newest runs of a job; return how many of them failed in a row at the end."""
        runs = (
            sa.select(jobs_table.c.id, jobs_table.c.status)
            .where(jobs_table.c.kind == job.kind, jobs_table.c.key == job.key)
            .where(jobs_table.c.status.in_(("done", "failed")))
            .order_by(jobs_table.c.finished_at.desc(), jobs_table.c.created_at.desc())
        )
        found = tx.execute(runs).all()
        if gone := [row.id for row in found[RUNS_KEPT:]]:
            tx.execute(jobs_table.delete().where(jobs_table.c.id.in_(gone[:MOST_FORGOTTEN])))
        return next((place for place, row in enumerate(found) if row.status == "done"), len(found))


def _wait(period: timedelta, failures: int) -> timedelta:
    """Return how long a repeating job waits after so many failures in a row."""
    return period if failures < 2 else max(period, min(period * 2 ** (failures - 1), BACKOFF))
