"""One state transaction makes a batch visible: counts, version, cursor, lineage, audit and event together."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from cityloop.datasets import store
from cityloop.datasets.errors import Moved, RowsUnaccounted
from cityloop.datasets.ground import Ground
from cityloop.datasets.ingest.writing import Head
from cityloop.datasets.model import BatchReport, LineageEdge, Reason, Version
from cityloop.datasets.store import Journal
from cityloop.foundation.audit import Act
from cityloop.foundation.errors import CityError


@dataclass(frozen=True, slots=True)
class Heads:
    """What a dataset's batches are written to: its table, its quarantine, and the published version they came from."""

    base: Version | None
    table: Head
    quarantine: Head

    @property
    def number(self) -> int | None:
        """Number of the published version, None when there is none."""
        return self.base.number if self.base else None


@dataclass(frozen=True, slots=True)
class Written:
    """A batch that is in the lake and only needs to be published."""

    journal: Journal
    report: BatchReport
    heads: Heads
    cursor: str | None
    mapping: Mapping[str, str]
    fresh: bool = False
    """Whether the table holds nothing from before this batch (or the run that it belongs to)."""


def publish(ground: Ground, batches: Sequence[Written], *, reason: Reason) -> Sequence[BatchReport]:
    """Publish ``batches`` of one dataset, written one on top of the other, as one version; return their reports.

    Raises:
        RowsUnaccounted: a batch's counts do not add up.
        Moved: the dataset was published by somebody else in between.
    """
    last = batches[-1]
    dataset = last.journal.dataset
    for each in batches:
        if not each.report.counts.adds_up:
            raise RowsUnaccounted(what=str(each.report.counts), reference=each.report.short)
    with ground.db.begin() as tx:
        _check_base(tx, last.journal)
        fresh = any(each.fresh for each in batches)
        version = _next_version(ground, tx, last, reason, fresh=fresh)
        store.add_version(tx, version)
        reports = [
            replace(each.report, status="published", version=version.number) for each in batches
        ]
        if fresh:
            store.supersede(tx, dataset, last.journal.run, kinds=("load", "replay"))
        for each, report in zip(batches, reports, strict=True):
            _record(ground, tx, each, report)
        event = {
            "dataset": dataset,
            "version": version.number,
            "batch": last.journal.batch,
            "rows": version.rows,
        }
        ground.outbox.emit(tx, "dataset.published", dataset, event)
    ground.steps("published")
    return reports


def hold(ground: Ground, journal: Journal, report: BatchReport) -> BatchReport:
    """Record that a batch breaks its limits: nothing of it is published, the cursor stays."""
    held = replace(report, status="held", finished_at=ground.clock.now())
    with ground.db.begin() as tx:
        store.close_batch(tx, journal, held, None)
        ground.audit.record(tx, _act(journal, held, outcome="held"))
        ground.outbox.emit(
            tx,
            "dataset.held",
            journal.dataset,
            {"dataset": journal.dataset, "batch": journal.batch},
        )
    ground.steps("held")
    return held


def abandon(ground: Ground, journal: Journal, *, why: str) -> None:
    """Give up a try that is still open; what it left in the lake is undone by whoever writes next."""
    details = {"batch": journal.batch, "attempt": journal.attempt, "why": why}
    target = f"dataset:{journal.dataset}"
    act = Act(journal.actor, "datasets.ingest", target, outcome="abandoned", details=details)
    with ground.db.begin() as tx:
        if store.abandon_batch(tx, journal.batch, journal.attempt):
            ground.audit.record(tx, act)


@contextmanager
def giving_up(ground: Ground, journal: Journal) -> Iterator[None]:
    """Give the try up when the block raises, and let the error pass; a state store that is full forgets it later."""
    try:
        yield
    except (CityError, OSError, OperationalError) as error:
        with suppress(OperationalError):
            abandon(ground, journal, why=getattr(error, "code", type(error).__name__))
        raise


def _check_base(tx: Connection, journal: Journal) -> None:
    now = store.published_version(tx, journal.dataset)
    if (now.number if now else None) != journal.base:
        raise Moved(dataset=journal.dataset, version=now.number if now else 0)


def _next_version(
    ground: Ground, tx: Connection, last: Written, reason: Reason, *, fresh: bool
) -> Version:
    heads = last.heads
    return Version(
        dataset=last.journal.dataset,
        number=store.highest_number(tx, last.journal.dataset) + 1,
        parent=None if fresh else last.journal.base,
        lake_version=heads.table.version,
        rows=heads.table.rows,
        quarantine_version=heads.quarantine.version,
        quarantine_rows=heads.quarantine.rows,
        batch=last.journal.batch,
        reason=reason,
        actor=last.journal.actor,
        at=ground.clock.now(),
    )


def _record(ground: Ground, tx: Connection, each: Written, report: BatchReport) -> None:
    journal = each.journal
    store.close_batch(tx, journal, report, each.cursor)
    if journal.kind == "load":
        store.set_cursor(tx, journal.source, journal.dataset, each.cursor)
        edge = LineageEdge(
            journal.source, journal.dataset, each.mapping, journal.batch, ground.clock.now()
        )
        store.set_lineage(tx, edge)
    ground.audit.record(tx, _act(journal, report, outcome="done"))


def _act(journal: Journal, report: BatchReport, *, outcome: str) -> Act:
    counts = report.counts
    details = {
        "source": journal.source, "batch": journal.batch, "delivery": journal.delivery, "kind": journal.kind,
        "read": counts.read, "good": counts.good, "quarantined": counts.quarantined, "duplicate": counts.duplicate,
        "version": report.version,
    }  # fmt: skip
    verb = "datasets.replay" if journal.kind == "replay" else "datasets.ingest"
    return Act(journal.actor, verb, f"dataset:{journal.dataset}", outcome=outcome, details=details)
