"""Events from lower features to higher ones: written with the act, delivered afterwards, each exactly once.

``emit`` writes an event in the act's own transaction. ``Outbox.deliver`` hands each subscriber the events of its
topics in order; the handler works in the same transaction that moves the subscriber's cursor, so a crash in the middle
repeats the whole step and never half of it. Handlers touch only the state store; longer work becomes a job.

Events are news, not records: :meth:`Outbox.forget` deletes those that everybody has had for a while. Whoever subscribes
later begins with the oldest that is left.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Condition

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cityloop.foundation import log
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database, UtcDateTime, after_commit, metadata
from cityloop.foundation.errors import Transient
from cityloop.foundation.prepared import Prepared

_log = log.get("outbox")

BATCH = 200
"""Events handed to one subscriber before the next one gets its turn."""
KEEP_EVENTS = timedelta(days=7)
"""How long events stay after they happened, city time: longer than a browser sleeps that resumes the live channel."""
KEEP_FAILURES = timedelta(days=30)
"""How long a delivery that was given up is told of by health, and its event kept for a replay by hand."""
PORTION = 1_000
"""Events deleted in one transaction, so that nobody waits for it."""
MOST_PORTIONS = 20
"""Portions deleted at once; a city that has kept millions gives them up bit by bit."""

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

outbox_events = sa.Table(
    "outbox_events",
    metadata,
    sa.Column("id", _ID, primary_key=True, autoincrement=True),
    sa.Column("topic", sa.String, nullable=False, index=True),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
outbox_cursors = sa.Table(
    "outbox_cursors",
    metadata,
    sa.Column("subscriber", sa.String, primary_key=True),
    sa.Column("last_id", sa.BigInteger, nullable=False),
)
outbox_failures = sa.Table(
    "outbox_failures",
    metadata,
    sa.Column("subscriber", sa.String, primary_key=True),
    sa.Column("event_id", sa.BigInteger, primary_key=True),
    sa.Column("error", sa.String, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

_PG_LOCK = 7_214_001
"""PostgreSQL advisory lock that keeps event numbers in commit order."""
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(_PG_LOCK))
_INSERT = Prepared(outbox_events.insert().inline(), columns=["topic", "key", "payload", "at"])


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: ``topic`` (``feature.happened``), ``key`` (what it happened to), its ``payload``."""

    id: int
    topic: str
    key: str
    payload: Mapping[str, object]
    at: datetime


Handler = Callable[[Connection, Event], None]


class Outbox:
    """Events of one city and those who listen to them."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._subscribers: dict[str, tuple[frozenset[str], Handler]] = {}
        self._news = Condition()
        self._watchers: tuple[Callable[[], None], ...] = ()

    def subscribe(self, name: str, topics: Sequence[str], handler: Handler) -> None:
        """Let ``handler`` see every event of ``topics``; ``name`` is its stable identity across restarts."""
        self._subscribers[name] = (frozenset(topics), handler)

    def emit(self, tx: Connection, topic: str, key: str, payload: Mapping[str, object]) -> None:
        """Write one event in the caller's transaction."""
        self.emit_many(tx, topic, [(key, payload)])

    def emit_many(
        self, tx: Connection, topic: str, events: Sequence[tuple[str, Mapping[str, object]]]
    ) -> None:
        """Write an event for each (key, payload) in the caller's transaction, in one statement."""
        if not events:
            return
        if not self._db.is_sqlite:
            tx.execute(_LOCK)
        rows = [{"key": key, "payload": dict(payload)} for key, payload in events]
        _INSERT.run_many(tx, rows, {"topic": topic, "at": self._clock.now()})
        after_commit(tx, self._tell)

    def deliver(self) -> int:
        """Hand out what is new until nobody has news; return how many deliveries were made.

        A handler that raises Transient is tried again on the next call; any other error is kept in
        ``outbox_failures`` and the subscriber goes on with the next event.
        """
        total = 0
        while delivered := sum(self._deliver_to(name) for name in sorted(self._subscribers)):
            total += delivered
        if total:
            self.wake()
        return total

    def since(self, connection: Connection, last_id: int, *, most: int = BATCH) -> Sequence[Event]:
        """Return up to ``most`` events after ``last_id``, oldest first."""
        query = sa.select(outbox_events).where(outbox_events.c.id > last_id)
        rows = connection.execute(query.order_by(outbox_events.c.id).limit(most)).mappings()
        return [Event(**row) for row in rows]

    def newest(self, connection: Connection) -> int:
        """Return the number of the newest event, 0 when there is none."""
        return connection.execute(sa.select(sa.func.max(outbox_events.c.id))).scalar() or 0

    def waiting(self, connection: Connection, *, before: datetime | None = None) -> int:
        """Return how many deliveries are still to be made, of events older than ``before`` when given."""
        total = 0
        for name, (topics, _handler) in self._subscribers.items():
            cursor = sa.select(outbox_cursors.c.last_id).where(outbox_cursors.c.subscriber == name)
            last = connection.execute(cursor).scalar() or 0
            late = sa.select(sa.func.count()).where(
                outbox_events.c.id > last, outbox_events.c.topic.in_(topics)
            )
            if before is not None:
                late = late.where(outbox_events.c.at < before)
            total += connection.execute(late).scalar_one()
        return total

    def forget(self) -> int:
        """Delete events older than :data:`KEEP_EVENTS` that no subscriber still waits for; return how many.

        Only those who subscribe in this process count: a cursor whose subscriber is gone holds nothing back. The newest
        event stays whatever its age, for channels resume by its number; an event whose delivery was given up stays for
        :data:`KEEP_FAILURES`.
        """
        now = self._clock.now()
        with self._db.begin() as tx:
            old = outbox_failures.c.at < now - KEEP_FAILURES
            tx.execute(outbox_failures.delete().where(old))
        total = 0
        for _ in range(MOST_PORTIONS):
            gone = self._forget_portion(now - KEEP_EVENTS)
            total += gone
            if gone < PORTION:
                break
        return total

    def failures(self, connection: Connection) -> int:
        """Return how many deliveries were given up."""
        return connection.execute(
            sa.select(sa.func.count()).select_from(outbox_failures)
        ).scalar_one()

    def wake(self) -> None:
        """Tell those who wait for news to look."""
        with self._news:
            self._news.notify_all()

    def wait(self, timeout_s: float) -> None:
        """Sleep until there may be news, at most ``timeout_s`` seconds."""
        with self._news:
            self._news.wait(timeout_s)

    @contextmanager
    def watched(self, act: Callable[[], None]) -> Iterator[None]:
        """Call ``act`` whenever this process has committed events; it must be quick and never raise."""
        self._watchers = (*self._watchers, act)
        try:
            yield
        finally:
            self._watchers = tuple(each for each in self._watchers if each is not act)

    def _forget_portion(self, before: datetime) -> int:
        events = outbox_events.c
        with self._db.read() as connection:
            # Numbers rise with time, so the first young event ends the search: what is kept is never looked through.
            young = sa.select(events.id).where(events.at >= before).order_by(events.id).limit(1)
            end = connection.execute(young).scalar() or self.newest(connection)
            names = self._subscribers
            known = sa.select(outbox_cursors).where(outbox_cursors.c.subscriber.in_(names))
            passed = {row.subscriber: row.last_id for row in connection.execute(known)}
            waited_for = [
                sa.and_(events.topic.in_(topics), events.id > passed.get(name, 0))
                for name, (topics, _handler) in names.items()
            ]
            given_up = events.id.in_(sa.select(outbox_failures.c.event_id))
            query = sa.select(events.id).where(events.id < end, ~sa.or_(given_up, *waited_for))
            found = connection.execute(query.order_by(events.id).limit(PORTION)).scalars().all()
        if found:
            with self._db.begin() as tx:
                tx.execute(outbox_events.delete().where(events.id.in_(found)))
        return len(found)

    def _tell(self) -> None:
        for act in self._watchers:
            act()

    def _deliver_to(self, name: str) -> int:
        topics, handler = self._subscribers[name]
        done = 0
        while done < BATCH and self._deliver_one(name, topics, handler):
            done += 1
        return done

    def _deliver_one(self, name: str, topics: frozenset[str], handler: Handler) -> bool:
        with self._db.read() as connection:
            if self._next(connection, name, topics) is None:
                return False
        try:
            with self._db.begin() as tx:
                # Locked: a second worker waits here, and then sees where this one has got to.
                event = self._next(tx, name, topics, lock=True)
                if event is None:
                    return False
                self._advance(tx, name, event.id)
                try:
                    with tx.begin_nested():
                        handler(tx, event)
                except Transient:
                    raise
                except Exception as error:  # noqa: BLE001 - process edge: one bad event must not stop the rest
                    self._bury(tx, name, event, error)
        except Transient as error:
            _log.warning("event delivery postponed", subscriber=name, reason=error.code)
            return False
        return True

    def _next(
        self, tx: Connection, name: str, topics: frozenset[str], *, lock: bool = False
    ) -> Event | None:
        cursor = sa.select(outbox_cursors.c.last_id).where(outbox_cursors.c.subscriber == name)
        if lock:
            cursor = cursor.with_for_update()
        last = tx.execute(cursor).scalar() or 0
        query = (
            sa.select(outbox_events)
            .where(outbox_events.c.id > last, outbox_events.c.topic.in_(topics))
            .order_by(outbox_events.c.id)
            .limit(1)
        )
        row = tx.execute(query).mappings().first()
        return Event(**row) if row else None

    def _advance(self, tx: Connection, name: str, event_id: int) -> None:
        moved = tx.execute(
            outbox_cursors.update()
            .where(outbox_cursors.c.subscriber == name)
            .values(last_id=event_id)
        )
        if moved.rowcount == 0:
            tx.execute(outbox_cursors.insert().values(subscriber=name, last_id=event_id))

    def _bury(self, tx: Connection, name: str, event: Event, error: Exception) -> None:
        _log.error("event delivery failed", subscriber=name, event_id=event.id, exc_info=error)
        tx.execute(
            outbox_failures.insert().values(
                subscriber=name, event_id=event.id, error=str(error), at=self._clock.now()
            )
        )
