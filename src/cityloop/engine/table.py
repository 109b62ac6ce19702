"""One Delta Lake table: create, append, merge, replace, delete, restore; pins, versions and upkeep."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pyarrow as pa
from deltalake import (
    ColumnProperties,
    CommitProperties,
    DeltaTable,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.schema import Schema as DeltaSchema
from sqlglot import exp

from cityloop.engine.base import MergeCounts, Pin, SchemaMismatch, Written
from cityloop.engine.commits import TRIES, Commits, explained
from cityloop.engine.merge import check_key, run_merge
from cityloop.engine.pins import Pins, arrow_schema, open_log
from cityloop.engine.rows import Rows, fit, fit_table, plain_schema
from cityloop.engine.trimming import KEEP_ENTRIES, trim_log

WRITER = WriterProperties(
    compression="ZSTD",
    max_row_group_size=131_072,
    dictionary_page_size_limit=64 * 1024,
    default_column_properties=ColumnProperties(statistics_enabled="CHUNK"),
)
"""Row groups of 128 Ki rows: engines skip inside a file by their statistics; smaller ones cost more per group. Columns of many
values give up their dictionary early (64 KiB), and no statistics of single pages are kept, which no engine of ours reads:
a third less CPU and a quarter less disk than the storage's defaults, at the same speed of reading (docs/performance.md)."""
CONFIGURATION = {
    "delta.dataSkippingNumIndexedCols": "-1",
    "delta.targetFileSize": str(16 * 1024 * 1024),
    "delta.setTransactionRetentionDuration": "interval 90 days",
}
"""Statistics for all columns; files of about 16 MiB, so that a merge rewrites little and a filter skips much; batch ids are remembered for 90 days (each costs about 0.6 µs at opening the table)."""


@dataclass(frozen=True, slots=True)
class Version:
    """One commit of a table: ``batch`` is the batch id it carried, None for upkeep."""

    number: int
    at: datetime
    operation: str
    batch: str | None


class LakeTable:
    """One table; made by ``Lake.table``. Writes of one process queue up, pins never wait for them.

    Attributes:
        name: ``schema.name``.
        folder: where its files and its log are.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._commits = Commits(name, folder)
        self._pins = Pins(name, folder)
        self._was_there = False

    @property
    def exists(self) -> bool:
        """Whether the table was created."""
        # Asking the storage costs 7 µs for each commit in the log; a table that was there goes only with its folder.
        if not (self._was_there and (self.folder / "_delta_log").is_dir()):
            self._was_there = DeltaTable.is_deltatable(str(self.folder))
        return self._was_there

    def create(self, schema: pa.Schema) -> None:
        """Create the empty table; nothing happens when it exists with these columns or more.

        Raises:
            SchemaMismatch: a column has a type that tables cannot keep, or the table has it with another type.
        """
        plain = plain_schema(self.name, schema)
        if not self.exists:
            self._create(plain)
        found = self.pin().schema
        for field in plain:
            if field.name not in found.names or found.field(field.name).type != field.type:
                raise SchemaMismatch(
                    table=self.name, column=field.name, reason=f"it is not {field.type} there", columns=found.names
                )  # fmt: skip

    def add_columns(self, schema: pa.Schema) -> None:
        """Add those columns of ``schema`` that the table lacks; they are null in the rows of before.

        Raises:
            UnknownTable: the table does not exist.
            SchemaMismatch: a column has a type that tables cannot keep.
            WriteConflict: other writers were faster, again and again.
        """
        plain = plain_schema(self.name, schema)

        def add(log: DeltaTable, _properties: CommitProperties) -> None:
            known = arrow_schema(log).names
            missing = pa.schema([field for field in plain if field.name not in known])
            if missing.names:
                log.alter.add_columns(DeltaSchema.from_arrow(missing).fields)

        self._commits.upkeep(add)

    def append(self, rows: Rows, batch_id: str, *, sort_by: Sequence[str] = ()) -> Written:
        """Add ``rows``; creates the table when it does not exist.

        Args:
            rows: a stream is written in bounded memory.
            batch_id: identifies the rows; the same id is written once.
            sort_by: columns to sort a table (not a stream) by, usually the time, so that files can be skipped.

        Raises:
            SchemaMismatch: the rows do not fit the table.
            WriteConflict: other writers were faster, again and again.
            LakeBroken: the table's log or folder cannot be read or written.
        """
        return self._write_rows(rows, batch_id, mode="append", sort_by=sort_by)

    def replace(self, rows: Rows, batch_id: str, *, sort_by: Sequence[str] = ()) -> Written:
        """Put ``rows`` in the place of all rows; their columns become the table's columns. See :meth:`append`.

        Raises:
            SchemaMismatch: a column has a type that tables cannot keep.
            WriteConflict: other writers were faster, again and again.
            LakeBroken: the table's log or folder cannot be read or written.
        """
        return self._write_rows(rows, batch_id, mode="overwrite", sort_by=sort_by)

    def merge(
        self, rows: pa.Table, key: Sequence[str], batch_id: str, *, ignore: Collection[str] = ()
    ) -> MergeCounts:
        """Insert the rows whose key is new, update those whose other columns differ, leave the rest as they are.

        Args:
            rows: each key at most once; a column that they lack becomes null in inserted rows and stays in updated ones.
            key: columns that identify a row.
            batch_id: identifies the rows; the same id is merged once.
            ignore: columns whose difference alone is no update (batch id, time of load); updated when another differs.

        Raises:
            BadKey: a key is null or repeated in ``rows``.
            SchemaMismatch: the rows do not fit the table.
            WriteConflict: other writers were faster, again and again.
            LakeBroken: the table's log or folder cannot be read or written.
        """
        check_key(self.name, rows, key)
        if not self.exists:
            self._create(plain_schema(self.name, rows.schema))

        def act(log: DeltaTable, properties: CommitProperties) -> tuple[int, int]:
            whole = fit_table(self.name, rows, arrow_schema(log))
            if not log.file_uris():
                _write(log, whole, "append", properties)
                return rows.num_rows, 0
            given = whole.select(rows.column_names)
            return run_merge(log, given, key, ignore=ignore, writer=WRITER, properties=properties)

        done = self._commits.run(batch_id, act)
        if done is None:
            return MergeCounts(self.pin().version, 0, 0, 0, repeated=True)
        (inserted, updated), version = done
        return MergeCounts(version, inserted, updated, rows.num_rows - inserted - updated)

    def delete(self, where: exp.Expr, batch_id: str) -> Written:
        """Delete the rows for which ``where`` is true (end of life, undoing a batch by a column that names it).

        ``Written.rows`` counts the rows deleted. Older versions keep them until :meth:`vacuum`.

        Raises:
            UnknownTable: the table does not exist.
            WriteConflict: other writers were faster, again and again.
            LakeBroken: the table's log or folder cannot be read or written.
        """

        def act(log: DeltaTable, properties: CommitProperties) -> int:
            predicate = where.sql(dialect="postgres", identify=True)
            done = log.delete(predicate, writer_properties=WRITER, commit_properties=properties)
            return int(done["num_deleted_rows"])

        return self._written(self._commits.run(batch_id, act))

    def restore(self, version: int) -> int:
        """Make the rows of ``version`` the newest again and return the number of the new version.

        Batch ids written since then stay taken: deliver those rows under a new id.

        Raises:
            UnknownTable: the table does not exist.
            UnknownVersion: there is no such version, or its files were vacuumed.
            WriteConflict: other writers were faster, again and again.
        """
        self.pin(version)

        def act(log: DeltaTable, properties: CommitProperties) -> None:
            log.restore(version, commit_properties=properties)

        return self._commits.upkeep(act)[1]

    def has_batch(self, batch_id: str) -> bool:
        """Return whether a write with this batch id is durable; ids older than 90 days are forgotten."""
        return (
            self.exists
            and open_log(self.name, self.folder).transaction_version(batch_id) is not None
        )

    def pin(self, version: int | None = None) -> Pin:
        """Return the newest version, or version number ``version``.

        Raises:
            UnknownTable: the table does not exist.
            UnknownVersion: there is no such version in the log.
            LakeBroken: the log cannot be read.
        """
        return self._pins.newest() if version is None else self._pins.at(version)

    def versions(self, *, most: int = 100) -> Sequence[Version]:
        """Return the newest ``most`` versions, newest first.

        Raises:
            UnknownTable: the table does not exist.
        """
        return [
            Version(
                number=entry["version"],
                at=datetime.fromtimestamp(entry["timestamp"] / 1000, UTC),
                operation=entry["operation"],
                batch=entry.get("batch"),
            )
            for entry in open_log(self.name, self.folder).history(most)
        ]

    def compact(self, *, sort_by: Sequence[str] = ()) -> int:
        """Join small files, write a checkpoint of the log, and return the newest version; the rows stay the same.

        Args:
            sort_by: rewrite the whole table sorted by these columns instead, so that files can be skipped by them.

        Raises:
            UnknownTable: the table does not exist.
            WriteConflict: other writers were faster, again and again.
        """

        def act(log: DeltaTable, properties: CommitProperties) -> None:
            optimise = log.optimize
            if sort_by:
                optimise.z_order(
                    list(sort_by), writer_properties=WRITER, commit_properties=properties
                )
            else:
                optimise.compact(writer_properties=WRITER, commit_properties=properties)
            log.update_incremental()
            log.create_checkpoint()

        return self._commits.upkeep(act)[1]

    def vacuum(self, *, keep: Collection[int], older_than: timedelta = timedelta(days=7)) -> int:
        """Delete files that no kept version needs, leftovers of crashed writes included; return how many.

        Args:
            keep: versions that stay readable however old they are: those published and those a query may still read.
            older_than: files younger than this stay; must be longer than the longest write and the longest query.

        Raises:
            UnknownTable: the table does not exist.
            LakeBroken: a file cannot be deleted.
        """

        def act(log: DeltaTable, _properties: CommitProperties) -> int:
            gone = log.vacuum(
                retention_hours=int(older_than / timedelta(hours=1)),
                enforce_retention_duration=False,
                dry_run=False,
                keep_versions=sorted({*keep, log.version()}),
                full=True,
            )
            return len(gone)

        gone, _version = self._commits.upkeep(act)
        self._pins.forget(keep)
        return gone

    def trim_log(self, *, keep: Collection[int], older_than: timedelta = KEEP_ENTRIES) -> int:
        """Delete entries of the log that neither the newest version nor one of ``keep`` needs; return how many.

        Other versions can no longer be read. Every write lists the log, so a long one makes each of them dearer.

        Args:
            keep: versions that stay readable.
            older_than: younger entries stay; must be longer than the longest write.

        Raises:
            UnknownTable: the table does not exist.
            LakeBroken: an entry cannot be deleted.
        """

        def act(log: DeltaTable, _properties: CommitProperties) -> int:
            kept = {*keep, log.version()}
            return trim_log(self.folder / "_delta_log", kept, older_than=older_than)

        gone, _version = self._commits.upkeep(act)
        self._pins.forget(keep)
        return gone

    def _create(self, schema: pa.Schema) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            DeltaTable.create(
                str(self.folder), DeltaSchema.from_arrow(schema), mode="ignore", configuration=CONFIGURATION
            )  # fmt: skip
        except CommitFailedError:
            if not self.exists:  # else another process created it in the same moment
                raise
        except (DeltaError, OSError) as error:
            raise explained(self.name, error) from error

    def _write_rows(
        self, rows: Rows, batch_id: str, *, mode: Literal["append", "overwrite"], sort_by: Sequence[str]
    ) -> Written:  # fmt: skip
        plain = plain_schema(self.name, rows.schema)
        if not self.exists:
            self._create(plain)
        stream = isinstance(rows, pa.RecordBatchReader)
        counted = _Counted()

        def act(log: DeltaTable, properties: CommitProperties) -> int:
            fitted = fit(self.name, rows, arrow_schema(log) if mode == "append" else plain)
            if sort_by and isinstance(fitted, pa.Table):
                fitted = fitted.sort_by([(name, "ascending") for name in sort_by])
            _write(log, counted.through(fitted), mode, properties)
            return counted.rows

        return self._written(
            self._commits.run(
                batch_id, act, alone=mode == "overwrite", tries=1 if stream else TRIES
            )
        )

    def _written(self, done: tuple[int, int] | None) -> Written:
        if done is None:
            return Written(self.pin().version, 0, repeated=True)
        return Written(rows=done[0], version=done[1])


class _Counted:
    """Counts the rows of a stream while it is written."""

    def __init__(self) -> None:
        self.rows = 0

    def through(self, rows: Rows) -> Rows:
        self.rows = 0
        if isinstance(rows, pa.Table):
            self.rows = rows.num_rows
            return rows
        return pa.RecordBatchReader.from_batches(rows.schema, self._batches(rows))

    def _batches(self, rows: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        for batch in rows:
            self.rows += batch.num_rows
            yield batch


def _write(
    log: DeltaTable, rows: Rows, mode: Literal["append", "overwrite"], properties: CommitProperties
) -> None:
    write_deltalake(
        log,
        rows,
        mode=mode,
        schema_mode="overwrite" if mode == "overwrite" else None,
        writer_properties=WRITER,
        commit_properties=properties,
    )
