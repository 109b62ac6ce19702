"""State tables of datasets: batches, published versions, cursors and lineage."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from cityloop.datasets.model import BatchReport, Counts, Drift, LineageEdge, Version
from cityloop.foundation.db import UtcDateTime, metadata

batches = sa.Table(
    "dataset_batches",
    metadata,
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("batch", sa.String(64), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("run", sa.String(32), nullable=False, index=True),
    sa.Column("dataset", sa.String, nullable=False, index=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("delivery", sa.String(64), nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("rebuild", sa.Boolean, nullable=False),
    sa.Column("base", sa.Integer),
    sa.Column("version", sa.Integer),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("drift", sa.JSON, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
    sa.Column("cursor", sa.String),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False, index=True),
    sa.Column("finished_at", UtcDateTime),
    sa.UniqueConstraint("batch", "attempt"),
    sa.Index("ix_dataset_batches_delivery", "dataset", "source", "delivery"),
    sqlite_autoincrement=True,
)
versions = sa.Table(
    "dataset_versions",
    metadata,
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("parent", sa.Integer),
    sa.Column("lake_version", sa.BigInteger),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("quarantine_version", sa.BigInteger),
    sa.Column("quarantine_rows", sa.BigInteger, nullable=False),
    sa.Column("batch", sa.String(64)),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("cleared", sa.Boolean, nullable=False),
)
published = sa.Table(
    "dataset_published",
    metadata,
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
cursors = sa.Table(
    "dataset_cursors",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("cursor", sa.String, nullable=False),
)
lineage = sa.Table(
    "dataset_lineage",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("mapping", sa.JSON, nullable=False),
    sa.Column("batch", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Journal:
    """What is written before the lake is touched, so that a crash can be finished: one try at one batch.

    ``base`` is the published version it builds on (None: nothing published). ``rebuild`` batches are published all
    together and start from an empty table, so they cannot be finished one by one.
    """

    batch: str
    attempt: int
    run: str
    dataset: str
    source: str
    delivery: str
    kind: str
    rebuild: bool
    base: int | None
    actor: str
    started_at: datetime
    files: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """The id under which its commits stand in the lake."""
        return f"{self.batch}:{self.attempt}"


def open_batch(tx: Connection, journal: Journal) -> None:
    """Write the journal of a try; one that was started before stays as it is."""
    if _started(tx, journal):
        return
    tx.execute(
        batches.insert().values(
            batch=journal.batch, attempt=journal.attempt, run=journal.run, dataset=journal.dataset,
            source=journal.source, delivery=journal.delivery, kind=journal.kind, rebuild=journal.rebuild,
            base=journal.base, actor=journal.actor, started_at=journal.started_at, status="started",
            counts={}, drift={}, files=list(journal.files), seconds=0.0,
        )
    )  # fmt: skip


def close_batch(tx: Connection, journal: Journal, report: BatchReport, cursor: str | None) -> None:
    """Write what became of a batch."""
    tx.execute(
        batches.update()
        .where(batches.c.batch == journal.batch, batches.c.attempt == journal.attempt)
        .values(
            status=report.status,
            version=report.version,
            counts=_counts_out(report.counts),
            drift={"missing": list(report.drift.missing), "extra": list(report.drift.extra)},
            cursor=cursor,
            seconds=report.seconds,
            finished_at=report.finished_at,
        )
    )


def set_status(tx: Connection, batch: str, attempt: int, status: str) -> None:
    """Change where one try at a batch stands."""
    where = (batches.c.batch == batch, batches.c.attempt == attempt)
    tx.execute(batches.update().where(*where).values(status=status))


def abandon_batch(tx: Connection, batch: str, attempt: int) -> bool:
    """Mark a try that is still open as abandoned; return whether it was."""
    where = (batches.c.batch == batch, batches.c.attempt == attempt, batches.c.status == "started")
    return bool(tx.execute(batches.update().where(*where).values(status="abandoned")).rowcount)


def supersede(tx: Connection, dataset: str, run: str, *, kinds: Collection[str]) -> None:
    """Mark every published batch of ``dataset`` that is not of ``run``: the table was built anew without it."""
    tx.execute(
        batches.update()
        .where(batches.c.dataset == dataset, batches.c.run != run, batches.c.kind.in_(kinds))
        .where(batches.c.status == "published")
        .values(status="superseded")
    )


def settle_batches(tx: Connection, dataset: str, visible: Collection[int]) -> None:
    """After a rollback: batches of the versions in ``visible`` are published again, other published ones rolled back."""
    inside = batches.c.version.in_(visible)
    of_dataset = (batches.c.dataset == dataset, batches.c.version.is_not(None))
    again = batches.c.status.in_(("rolled_back", "superseded"))
    tx.execute(batches.update().where(*of_dataset, inside, again).values(status="published"))
    gone = batches.c.status == "published"
    tx.execute(batches.update().where(*of_dataset, ~inside, gone).values(status="rolled_back"))


def next_attempt(connection: Connection, batch: str) -> int:
    """Return the number of the next try at ``batch``, from 1."""
    query = sa.select(sa.func.max(batches.c.attempt)).where(batches.c.batch == batch)
    return (connection.execute(query).scalar() or 0) + 1


def known_delivery(
    connection: Connection, dataset: str, source: str, delivery: str
) -> BatchReport | None:
    """Return the newest batch of this delivery that counts (published, held, rolled back, discarded), or None."""
    query = (
        sa.select(batches)
        .where(batches.c.dataset == dataset, batches.c.source == source)
        .where(batches.c.delivery == delivery, batches.c.kind == "load")
        .where(batches.c.status.in_(("published", "held", "rolled_back", "discarded")))
        .order_by(batches.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return _report(row) if row else None


def published_loads(connection: Connection, dataset: str) -> Sequence[tuple[str, str]]:
    """Return (source, delivery) of every batch whose rows are in the table, in the order of loading."""
    query = (
        sa.select(batches.c.source, batches.c.delivery)
        .where(batches.c.dataset == dataset, batches.c.kind == "load")
        .where(batches.c.status == "published")
        .order_by(batches.c.number)
    )
    return [(row.source, row.delivery) for row in connection.execute(query)]


def needed_deliveries(
    connection: Connection, source: str, dataset: str, *, since: datetime
) -> frozenset[str]:
    """Return the deliveries of a feed whose bytes are still needed: tried since ``since``, waiting, held, or the newest."""
    mine = sa.and_(batches.c.dataset == dataset, batches.c.source == source)
    waits = batches.c.status.in_(("started", "held"))
    newest = sa.select(sa.func.max(batches.c.number)).where(mine, batches.c.kind == "load")
    is_needed = sa.or_(
        batches.c.started_at >= since, waits, batches.c.number == newest.scalar_subquery()
    )
    query = sa.select(batches.c.delivery).where(mine, is_needed)
    return frozenset(connection.execute(query).scalars())


def started(connection: Connection, dataset: str | None = None) -> Sequence[Journal]:
    """Return every try that was begun and neither published nor given up, oldest first."""
    query = sa.select(batches).where(batches.c.status == "started")
    if dataset is not None:
        query = query.where(batches.c.dataset == dataset)
    rows = connection.execute(query.order_by(batches.c.number)).mappings()
    return [_journal(row) for row in rows]


def journal_of(connection: Connection, batch: str) -> tuple[Journal, BatchReport] | None:
    """Return the newest try at the batch whose id starts with ``batch``, or None."""
    query = (
        sa.select(batches)
        .where(batches.c.batch.startswith(batch, autoescape=True))
        .order_by(batches.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return (_journal(row), _report(row)) if row else None


def list_batches(
    connection: Connection,
    datasets: Collection[str] | None,
    *,
    most: int,
    before: int | None = None,
    status: str | None = None,
) -> Sequence[BatchReport]:
    """Return up to ``most`` batches, newest first; see :meth:`Datasets.batches`."""
    query = sa.select(batches).order_by(batches.c.number.desc()).limit(most)
    if datasets is not None:
        query = query.where(batches.c.dataset.in_(datasets))
    if before is not None:
        query = query.where(batches.c.number < before)
    if status is not None:
        query = query.where(batches.c.status == status)
    return [_report(row) for row in connection.execute(query).mappings()]


def published_version(connection: Connection, dataset: str) -> Version | None:
    """Return the version that readers of ``dataset`` see; None before the first."""
    return published_versions(connection, [dataset]).get(dataset)


def published_versions(
    connection: Connection, datasets: Collection[str] | None
) -> Mapping[str, Version]:
    """Return the versions that readers see, of all datasets when None; those never published are left out."""
    query = sa.select(versions).join(
        published,
        sa.and_(published.c.dataset == versions.c.dataset, published.c.number == versions.c.number),
    )
    if datasets is not None:
        query = query.where(versions.c.dataset.in_(datasets))
    return {row["dataset"]: Version(**row) for row in connection.execute(query).mappings()}


def versions_kept(connection: Connection) -> Mapping[str, tuple[int, datetime]]:
    """Return, for each dataset, how many versions have their files yet, and when the oldest of them was published."""
    query = sa.select(versions.c.dataset, sa.func.count(), sa.func.min(versions.c.at))
    kept = query.where(versions.c.cleared.is_(False)).group_by(versions.c.dataset)
    return {name: (count, first) for name, count, first in connection.execute(kept)}


def list_versions(
    connection: Connection, dataset: str, *, cleared: bool | None = None
) -> Sequence[Version]:
    """Return the versions of ``dataset``, newest first: all, or only those whose files were cleared away or not."""
    query = sa.select(versions).where(versions.c.dataset == dataset)
    if cleared is not None:
        query = query.where(versions.c.cleared.is_(cleared))
    rows = connection.execute(query.order_by(versions.c.number.desc())).mappings()
    return [Version(**row) for row in rows]


def add_version(tx: Connection, version: Version) -> None:
    """Record a version and let readers see it."""
    values = {name: getattr(version, name) for name in versions.c.keys()}  # noqa: SIM118 - columns, not a dict
    tx.execute(versions.insert().values(**values))
    point_to(tx, version.dataset, version.number)


def point_to(tx: Connection, dataset: str, number: int) -> None:
    """Let readers of ``dataset`` see version ``number``."""
    moved = tx.execute(
        published.update().where(published.c.dataset == dataset).values(number=number)
    )
    if moved.rowcount == 0:
        tx.execute(published.insert().values(dataset=dataset, number=number))


def mark_cleared(tx: Connection, dataset: str, numbers: Collection[int]) -> None:
    """Say that the files of these versions were cleared away."""
    where = (versions.c.dataset == dataset, versions.c.number.in_(numbers))
    tx.execute(versions.update().where(*where).values(cleared=True))


def highest_number(connection: Connection, dataset: str) -> int:
    """Return the highest version number ever given, 0 when none was."""
    query = sa.select(sa.func.max(versions.c.number)).where(versions.c.dataset == dataset)
    return connection.execute(query).scalar() or 0


def cursor_of(connection: Connection, source: str, dataset: str) -> str | None:
    """Return where the feed goes on next time, None at its beginning."""
    where = (cursors.c.source == source, cursors.c.dataset == dataset)
    return connection.execute(sa.select(cursors.c.cursor).where(*where)).scalar()


def set_cursor(tx: Connection, source: str, dataset: str, cursor: str | None) -> None:
    """Remember where the feed goes on; None leaves it where it is."""
    if cursor is None:
        return
    where = (cursors.c.source == source, cursors.c.dataset == dataset)
    if tx.execute(cursors.update().where(*where).values(cursor=cursor)).rowcount == 0:
        tx.execute(cursors.insert().values(source=source, dataset=dataset, cursor=cursor))


def set_lineage(tx: Connection, edge: LineageEdge) -> None:
    """Record that data flows along ``edge``, replacing what was known of it."""
    where = (lineage.c.source == edge.source, lineage.c.dataset == edge.dataset)
    tx.execute(lineage.delete().where(*where))
    tx.execute(
        lineage.insert().values(
            source=edge.source,
            dataset=edge.dataset,
            mapping=dict(edge.mapping),
            batch=edge.batch,
            at=edge.at,
        )
    )


def list_lineage(connection: Connection, dataset: str | None = None) -> Sequence[LineageEdge]:
    """Return the edges into ``dataset``, or all."""
    query = sa.select(lineage).order_by(lineage.c.dataset, lineage.c.source)
    if dataset is not None:
        query = query.where(lineage.c.dataset == dataset)
    return [LineageEdge(**row) for row in connection.execute(query).mappings()]


def _started(tx: Connection, journal: Journal) -> bool:
    where = (batches.c.batch == journal.batch, batches.c.attempt == journal.attempt)
    return tx.execute(sa.select(batches.c.batch).where(*where)).first() is not None


def _journal(row: RowMapping) -> Journal:
    names = [each for each in Journal.__slots__ if each != "files"]
    return Journal(**{name: row[name] for name in names}, files=tuple(row["files"]))


def _report(row: RowMapping) -> BatchReport:
    drift = row["drift"] or {}
    return BatchReport(
        dataset=row["dataset"],
        source=row["source"],
        batch=row["batch"],
        delivery=row["delivery"],
        kind=row["kind"],
        status=row["status"],
        counts=Counts(**(row["counts"] or {})),
        drift=Drift(tuple(drift.get("missing", ())), tuple(drift.get("extra", ()))),
        seconds=row["seconds"],
        version=row["version"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        files=tuple(row["files"]),
        number=row["number"],
    )


def _counts_out(counts: Counts) -> dict[str, object]:
    return {
        name: dict(value) if isinstance(value, Mapping) else value
        for name in Counts.__slots__
        if (value := getattr(counts, name)) is not None
    }
