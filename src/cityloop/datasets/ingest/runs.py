"""Runs: the deliveries of a source one after the other, a table built anew from all of them, and what a crash left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from cityloop.datasets import store
from cityloop.datasets.errors import DeliveriesGone, NoFeed, NotHeld, UnknownBatch
from cityloop.datasets.ground import Ground
from cityloop.datasets.ingest.loading import (
    Order,
    Target,
    batch_of,
    heads_of,
    load,
    same_delivery,
    target_of,
)
from cityloop.datasets.ingest.publishing import Written, abandon, publish
from cityloop.datasets.model import BatchReport
from cityloop.datasets.store import Journal
from cityloop.foundation import log
from cityloop.foundation.audit import Act
from cityloop.foundation.errors import CityError, NotFound, Permanent, closest
from cityloop.sources.connectors.base import Delivery

_log = log.get("datasets")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery and the source it came from, with the column mapping of its feed."""

    source: str
    delivery: Delivery
    mapping: Mapping[str, str]


def ingest_feed(ground: Ground, actor: str, source: str, dataset: str) -> Sequence[BatchReport]:
    """Load what ``source`` has for ``dataset`` since last time, each delivery published by itself.

    Raises:
        CityError: the source cannot be read, or a delivery does not fit; those before it stay published.
    """
    mapping = mapping_of(ground, source, dataset)
    with ground.writing(dataset):
        recover_dataset(ground, dataset)
        target = target_of(ground, dataset)
        with ground.db.read() as connection:
            cursor = store.cursor_of(connection, source, dataset)
        run = uuid4().hex
        return [
            _load_new(ground, target, Order(source, delivery, mapping, actor, run))
            for delivery in ground.sources.deliveries(
                source, dataset, cursor, expected=expected_names(target)
            )
        ]


def rebuild(
    ground: Ground, actor: str, dataset: str, *, source: str | None
) -> Sequence[BatchReport]:
    """Build ``dataset`` anew and publish it at once: deliveries kept in the inbox, those of ``source`` read afresh.

    Args:
        ground: collaborators.
        actor: who asked.
        dataset: what to build.
        source: read everything from this source again; None takes all deliveries from the inbox.

    Raises:
        DeliveriesGone: raw files of deliveries were given up meanwhile.
        CityError: a delivery cannot be read or does not fit; readers keep the version they have.
    """
    with ground.writing(dataset):
        recover_dataset(ground, dataset)
        target = target_of(ground, dataset)
        heads = heads_of(ground, dataset)
        run = uuid4().hex
        written: list[Written] = []
        held: list[BatchReport] = []
        try:
            for arrival in _arrivals(ground, target, source):
                order = Order(
                    arrival.source, arrival.delivery, arrival.mapping, actor, run, rebuild=True, fresh=not written
                )  # fmt: skip
                done = load(ground, target, order, heads)
                if isinstance(done, Written):
                    written.append(done)
                    heads = done.heads
                else:
                    held.append(done)
        except CityError:
            _give_up(ground, [each.journal for each in written], why="the rebuild failed")
            _give_up_started(ground, dataset)
            raise
        if not written:
            return held
        return [*publish(ground, written, reason="load"), *held]


def release(ground: Ground, actor: str, batch: str) -> BatchReport:
    """Load a held batch in spite of its limits.

    Raises:
        UnknownBatch: there is none whose id begins so.
        NotHeld: it is not held.
    """
    journal, _report = held_batch(ground, batch)
    with ground.writing(journal.dataset):
        recover_dataset(ground, journal.dataset)
        target = target_of(ground, journal.dataset)
        mapping = mapping_of(ground, journal.source, journal.dataset)
        delivery = ground.sources.find(journal.source, journal.dataset, journal.delivery)
        order = Order(
            journal.source, replace(delivery, cursor=None), mapping, actor, uuid4().hex, accept=True
        )
        done = load(ground, target, order, heads_of(ground, journal.dataset))
        if not isinstance(done, Written):
            return done
        reports = publish(ground, [done], reason="load")
        with ground.db.begin() as tx:
            store.set_status(tx, journal.batch, journal.attempt, "superseded")
        return reports[0]


def discard(ground: Ground, actor: str, batch: str) -> None:
    """Give a held batch up for good; the raw files stay in the inbox.

    Raises:
        UnknownBatch: there is none whose id begins so.
        NotHeld: it is not held.
    """
    journal, _report = held_batch(ground, batch)
    with ground.db.begin() as tx:
        store.set_status(tx, journal.batch, journal.attempt, "discarded")
        act = Act(
            actor,
            "datasets.discard",
            f"dataset:{journal.dataset}",
            details={"batch": journal.batch},
        )
        ground.audit.record(tx, act)


def recover_dataset(ground: Ground, dataset: str) -> Sequence[BatchReport]:
    """Finish the batches of ``dataset`` that a crash left open, or give them up; the caller holds the lock."""
    with ground.db.read() as connection:
        journals = store.started(connection, dataset)
    reports = []
    for journal in journals:
        report = _finish(ground, journal)
        if report is not None:
            reports.append(report)
    return reports


def held_batch(ground: Ground, batch: str) -> tuple[Journal, BatchReport]:
    """Return a held batch by the beginning of its id.

    Raises:
        UnknownBatch: there is none whose id begins so.
        NotHeld: it is not held.
    """
    with ground.db.read() as connection:
        found = store.journal_of(connection, batch)
    if found is None:
        raise UnknownBatch(batch=batch)
    if found[1].status != "held":
        raise NotHeld(batch=batch, status=found[1].status)
    return found


def mapping_of(ground: Ground, source: str, dataset: str) -> Mapping[str, str]:
    """Return the column mapping of the feed of ``source`` into ``dataset``.

    Raises:
        NoFeed: the source has no such feed.
    """
    feeds = dict(ground.sources.feeds(source))
    if dataset not in feeds:
        raise NoFeed(source=source, dataset=dataset, close=closest(dataset, feeds))
    return feeds[dataset]


def expected_names(target: Target) -> frozenset[str]:
    """Return every column name that the contract knows, for connectors that look for a header."""
    return frozenset(name for field in target.definition.fields for name in field.names())


def _load_new(ground: Ground, target: Target, order: Order) -> BatchReport:
    with ground.db.read() as connection:
        known = store.known_delivery(connection, target.name, order.source, order.delivery.id)
    if known is not None:
        with ground.db.begin() as tx:
            store.set_cursor(tx, order.source, target.name, order.delivery.cursor)
        return same_delivery(known)
    done = load(ground, target, order, heads_of(ground, target.name))
    if not isinstance(done, Written):
        return done
    report = publish(ground, [done], reason="load")[0]
    _log.info(
        "batch published", dataset=report.dataset, batch=report.short, rows=report.good, seconds=report.seconds
    )  # fmt: skip
    return report


def _arrivals(ground: Ground, target: Target, source: str | None) -> Iterator[Arrival]:
    with ground.db.read() as connection:
        kept = store.published_loads(connection, target.name)
    _require_kept(ground, target.name, [each for each in kept if each[0] != source])
    for name, delivery in kept:
        if name != source:
            mapping = mapping_of(ground, name, target.name)
            yield Arrival(name, ground.sources.find(name, target.name, delivery), mapping)
    if source is not None:
        mapping = mapping_of(ground, source, target.name)
        for fresh in ground.sources.deliveries(
            source, target.name, None, expected=expected_names(target)
        ):
            yield Arrival(source, fresh, mapping)


def _require_kept(ground: Ground, dataset: str, loads: Sequence[tuple[str, str]]) -> None:
    sources = {source for source, _delivery in loads}
    there = {source: ground.sources.kept_ids(source, dataset) for source in sources}
    gone = sum(delivery not in there[source] for source, delivery in loads)
    if gone:
        raise DeliveriesGone(dataset=dataset, gone=gone, loaded=len(loads))


def _finish(ground: Ground, journal: Journal) -> BatchReport | None:
    with ground.db.read() as connection:
        now = store.published_version(connection, journal.dataset)
    if journal.kind != "load" or journal.rebuild or (now.number if now else None) != journal.base:
        abandon(ground, journal, why="it cannot be finished by itself")
        return None
    try:
        target = target_of(ground, journal.dataset)
        mapping = mapping_of(ground, journal.source, journal.dataset)
        delivery = ground.sources.find(journal.source, journal.dataset, journal.delivery)
        if batch_of(target, delivery, mapping) != journal.batch:
            abandon(ground, journal, why="the contract was changed in between")
            return None
        order = Order(
            journal.source, delivery, mapping, journal.actor, journal.run, attempt=journal.attempt
        )
        done = load(ground, target, order, heads_of(ground, journal.dataset))
    except (Permanent, NotFound) as error:
        abandon(ground, journal, why=error.code)
        return None
    return publish(ground, [done], reason="load")[0] if isinstance(done, Written) else done


def _give_up(ground: Ground, journals: Sequence[Journal], *, why: str) -> None:
    for journal in journals:
        abandon(ground, journal, why=why)


def _give_up_started(ground: Ground, dataset: str) -> None:
    with ground.db.read() as connection:
        left = store.started(connection, dataset)
    _give_up(ground, left, why="the rebuild failed")
