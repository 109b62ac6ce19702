"""The verbs of sources: list them, open a feed for reading, test a connection, load now, keep schedules."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import closest
from cityloop.foundation.jobs import Jobs, jobs_table
from cityloop.foundation.outbox import Event, Outbox
from cityloop.foundation.principal import Principal
from cityloop.sources.checking import validated
from cityloop.sources.connectors.base import Delivery, Feed
from cityloop.sources.connectors.registry import AnyConnector
from cityloop.sources.errors import UnknownConnector, UnknownFeed
from cityloop.sources.inbox import FolderInbox
from cityloop.sources.model import FeedDefinition, SourceDefinition
from cityloop.sources.preview import first_rows
from cityloop.sources.secrets import fill_in, variables

LOAD = "sources.load"
"""Kind of the job, and name of the permission, that loads a source."""
PREVIEW_ROWS = 5
"""Rows shown by a test of a connection."""
SUBSCRIBER = "sources.schedules"


@dataclass(frozen=True, slots=True)
class LoadState:
    """How loading a source stands.

    ``status`` is that of the newest load that began (running, done, failed), or waiting when none did; ``finished_at``
    and ``error`` are of that load. ``next_at`` is when the next one is due, None when none waits.
    """

    status: str
    finished_at: datetime | None
    error: str | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedPreview:
    """The first rows of a feed as text, as a test of the connection shows them."""

    dataset: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    encoding: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The sources of one city.

    Args:
        db: the state store.
        audit: records tests and loads that people start.
        jobs: loads sources in the background.
        current: gives the published definitions.
        city: the city's folder.
        environment: where secrets come from.
        connectors: every connector by name.
        inbox: where raw bytes are kept.
    """

    db: Database
    audit: AuditLog
    jobs: Jobs
    current: Callable[[], Snapshot]
    city: Path
    environment: Mapping[str, str] = field(repr=False)
    connectors: Mapping[str, AnyConnector]
    inbox: FolderInbox

    def listen(self, outbox: Outbox) -> None:
        """Keep the schedules in step with the published definitions."""
        outbox.subscribe(SUBSCRIBER, ["definitions.applied"], self._reschedule)

    def one(self, name: str) -> SourceDefinition:
        """Return a published source.

        Raises:
            NotFound: there is none of this name.
        """
        return self.current().one(SourceDefinition, name)

    def names(self) -> Sequence[str]:
        """Return the names of all published sources, in order."""
        return list(self.current().all(SourceDefinition))

    def feeds(self, source: str) -> Sequence[tuple[str, Mapping[str, str]]]:
        """Return (dataset, source column → field) of every feed of ``source``.

        Raises:
            NotFound: there is no such source.
        """
        return [(feed.dataset, feed.columns) for feed in self.one(source).feeds]

    def find(self, source: str, dataset: str, delivery: str) -> Delivery:
        """Return a delivery that the inbox keeps.

        Raises:
            NotFound: it is not there.
        """
        return self.inbox.find(source, dataset, delivery)

    def kept_feeds(self) -> Sequence[tuple[str, str]]:
        """Return (source, dataset) of every feed that has deliveries in the inbox, defined or not."""
        return self.inbox.feeds()

    def kept_ids(self, source: str, dataset: str) -> frozenset[str]:
        """Return the deliveries of a feed that the inbox keeps."""
        return self.inbox.kept(source, dataset)

    def forget(self, source: str, dataset: str, delivery: str, *, before: datetime) -> bool:
        """Delete the bytes of a delivery that was fetched before ``before``; return whether it was."""
        return self.inbox.forget(source, dataset, delivery, before=before)

    def all(self) -> Sequence[SourceDefinition]:
        """Return every published source in order of name."""
        return list(self.current().all(SourceDefinition).values())

    def known_to(
        self, principal: Principal, datasets: Collection[str]
    ) -> Sequence[SourceDefinition]:
        """Return the sources that somebody may know of: those of a dataset he knows, his department's, or all that he loads.

        Args:
            principal: who asks.
            datasets: those that he may know of.
        """
        loads, home = principal.may(LOAD), principal.department
        return [
            each
            for each in self.all()
            if loads
            or (home is not None and each.owner == home)
            or any(feed.dataset in datasets for feed in each.feeds)
        ]

    def states(self) -> Mapping[str, LoadState]:
        """Return how loading stands, for each source that has or had a load job."""
        query = sa.select(jobs_table).where(jobs_table.c.kind == LOAD)
        with self.db.read() as connection:
            rows = connection.execute(query.order_by(jobs_table.c.created_at)).all()
        begun = {row.key: row for row in rows if row.status != "waiting"}
        waiting = {row.key: row for row in rows if row.status == "waiting"}
        states = {}
        for key in begun.keys() | waiting.keys():
            last = begun.get(key) or waiting[key]
            due = waiting[key].run_at if key in waiting else None
            states[key] = LoadState(last.status, last.finished_at, last.error, due)
        return states

    def deliveries(
        self, source: str, dataset: str, cursor: str | None, *, expected: frozenset[str]
    ) -> Iterator[Delivery]:
        """Yield what a feed has since ``cursor``, oldest first; each delivery is kept in the inbox before.

        Args:
            source: name of the source.
            dataset: which of its feeds.
            cursor: what the last loaded delivery left; None reads everything.
            expected: names of columns that the dataset's contract knows.

        Raises:
            NotFound: there is no such source or feed.
            CityError: as the connector raises.
        """
        definition = self.one(source)
        connector, feed = self.open(definition, self.feed_of(definition, dataset), expected)
        reads_on = feed.cursor is not None or getattr(feed.read, "in_order", False)
        yield from connector.deliveries(feed, cursor if reads_on else None, self.inbox)

    def open(
        self, source: SourceDefinition, feed: FeedDefinition, expected: frozenset[str]
    ) -> tuple[AnyConnector, Feed[Any, Any]]:
        """Return the connector and the feed with options validated and secrets filled in.

        Raises:
            UnknownConnector: there is no such connector.
            MissingSecret: an environment variable is not set.
            BadOptions: the options are not what the connector understands.
        """
        connector = self.connectors.get(source.connector)
        if connector is None:
            close = closest(source.connector, self.connectors)
            raise UnknownConnector(kind="connector", name=source.connector, close=close)
        connection = fill_in(source.connection, self.environment)
        read = fill_in(feed.read, self.environment)
        return connector, Feed(
            source=source.name,
            dataset=feed.dataset,
            connection=validated(
                source.name, "connection", connector.connection_options, connection
            ),
            read=validated(source.name, "read", connector.read_options, read),
            columns=feed.columns,
            cursor=feed.cursor,
            expected=expected | frozenset(feed.columns),
            city=self.city,
            roots=tuple(_roots([source.connection, feed.read], self.environment)),
        )

    @staticmethod
    def feed_of(source: SourceDefinition, dataset: str) -> FeedDefinition:
        """Return the feed of ``source`` that fills ``dataset``.

        Raises:
            UnknownFeed: there is none.
        """
        for feed in source.feeds:
            if feed.dataset == dataset:
                return feed
        names = [feed.dataset for feed in source.feeds]
        raise UnknownFeed(kind="feed", name=dataset, source=source.name, close=names)

    def test(self, principal: Principal, name: str, dataset: str) -> FeedPreview:
        """Read the first rows of a feed without keeping anything.

        The rows are raw, before any policy: nothing but ``policies.samples`` may call this, which shows them as rules say.

        Raises:
            Forbidden: the principal may not load sources.
            NotFound: there is no such source or feed.
            CityError: as the connector raises.
        """
        principal.require(LOAD, name)
        source = self.one(name)
        connector, feed = self.open(source, self.feed_of(source, dataset), frozenset())
        with self.db.begin() as tx:
            act = Act(principal.id, "sources.test", f"source:{name}", details={"feed": dataset})
            self.audit.record(tx, act)
        with TemporaryDirectory() as folder:
            passing = FolderInbox(Path(folder), self.inbox.clock)
            for delivery in connector.deliveries(feed, None, passing):
                rows = first_rows(delivery, PREVIEW_ROWS)
                encoding = delivery.files[0].encoding if delivery.files else None
                return FeedPreview(dataset, delivery.columns, rows, encoding)
        return FeedPreview(dataset, (), (), None)

    def load_soon(self, principal: Principal, name: str) -> None:
        """Queue a load of every feed of a source; its schedule goes on afterwards.

        Raises:
            Forbidden: the principal may not load sources.
            NotFound: there is no such source.
        """
        principal.require(LOAD, name)
        source = self.one(name)
        every_s = source.schedule.every_s if source.schedule else None
        with self.db.begin() as tx:
            self.jobs.enqueue(tx, LOAD, key=name, payload={"source": name}, every_s=every_s)
            self.audit.record(tx, Act(principal.id, LOAD, f"source:{name}", outcome="queued"))

    def _reschedule(self, tx: Connection, event: Event) -> None:
        """Queue, requeue or take back the repeating job of every source that changed."""
        snapshot = self.current()
        changed = event.payload.get("changed", [])
        names = {each[1] for each in changed if each[0] == "source"}  # type: ignore[attr-defined]  # JSON pairs
        for name in sorted(names):
            source = snapshot.find(SourceDefinition, name)
            if source is None or source.schedule is None:
                self.jobs.cancel(tx, LOAD, key=name)
                continue
            every_s = source.schedule.every_s
            self.jobs.enqueue(tx, LOAD, key=name, payload={"source": name}, every_s=every_s)


def _roots(options: object, environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders outside the city that environment variables named in ``options`` open."""
    for name in variables(options):
        if (root := Path(environment.get(name, ""))).is_absolute():
            yield root
