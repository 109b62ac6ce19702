"""Good rows into the lake's table, bad rows into its quarantine: durable, but not yet published.

Nothing is visible to readers until the state store names the new versions (``publishing``). Every commit carries the
batch's tag, so repeating a step after a crash does nothing; a commit that no batch finished is restored away before the
next one builds on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy.engine import Connection

from cityloop.datasets.errors import RowsUnaccounted, SchemaChanged
from cityloop.datasets.ingest.splitting import Fates, Keyed, inserts, updates
from cityloop.datasets.store import Journal, published_version
from cityloop.engine import LakeTable, Pin
from cityloop.engine.workspace import Workspace

ROWS_PER_MERGE = 500_000
"""Changed rows merged in one commit: a merge holds its rows in memory."""


@dataclass(frozen=True, slots=True)
class Head:
    """A table and the version that the next commit builds on; None: nothing of it was ever published."""

    table: LakeTable
    version: int | None

    @property
    def rows(self) -> int:
        """Rows of that version."""
        return 0 if self.version is None else self.table.pin(self.version).rows

    @property
    def pin(self) -> Pin | None:
        """That version, None when there is none."""
        return None if self.version is None else self.table.pin(self.version)


@dataclass(frozen=True, slots=True)
class Into:
    """How rows are written: the contract's ``schema``, the ``tag`` of the batch's commits, ``replace`` all rows or add."""

    schema: pa.Schema
    tag: str
    replace: bool


def write_table(work: Workspace, head: Head, dataset: Keyed, fates: Fates, into: Into) -> Head:
    """Write the rows to insert and to update; return the head that holds them.

    Args:
        work: a workspace that was split.
        head: what the rows are added to.
        dataset: see :class:`Keyed`.
        fates: how many rows there are of each fate.
        into: how they are written.

    Raises:
        SchemaChanged: the stored table has a field with another type.
        RowsUnaccounted: the table does not hold as many rows more as were inserted.
    """
    if into.replace or head.version is None:
        written = _replace(head, work.reader(inserts(work, dataset)), f"{into.tag}:r")
        return _checked(Head(head.table, written), fates.insert, into.tag)
    tags = [f"{into.tag}:i", *(f"{into.tag}:u{number}" for number in range(_merges(fates)))]
    if not fates.insert and not fates.update:
        return head
    _stand_on(head, tags)
    _fit_columns(head.table, into.schema)
    newest = head.version
    for number in range(_merges(fates)):
        page = f"{updates(dataset)} ORDER BY judged._row LIMIT {ROWS_PER_MERGE} OFFSET {number * ROWS_PER_MERGE}"
        newest = head.table.merge(work.table(page), dataset.key, f"{into.tag}:u{number}").version
    if fates.insert:
        newest = head.table.append(work.reader(inserts(work, dataset)), f"{into.tag}:i").version
    return _checked(Head(head.table, newest), head.rows + fates.insert, into.tag)


def write_quarantine(
    rows: pa.RecordBatchReader, count: int, head: Head, *, tag: str, replace: bool
) -> Head:
    """Write the rows put aside; return the head that holds them.

    Args:
        rows: the rows.
        count: how many they are.
        head: what they are added to.
        tag: names the batch's commits.
        replace: put the rows in the place of all rows.

    Raises:
        RowsUnaccounted: the table does not hold as many rows more as were put aside.
    """
    if replace or head.version is None:
        if count == 0 and head.version is None:
            return head
        return _checked(Head(head.table, _replace(head, rows, f"{tag}:r")), count, tag)
    if count == 0:
        return head
    _stand_on(head, [f"{tag}:i"])
    written = head.table.append(rows, f"{tag}:i").version
    return _checked(Head(head.table, written), head.rows + count, tag)


def still_based_on(connection: Connection, journal: Journal) -> bool:
    """Return whether the published version is still the one that the batch was begun on."""
    now = published_version(connection, journal.dataset)
    return (now.number if now else None) == journal.base


def _merges(fates: Fates) -> int:
    return -(-fates.update // ROWS_PER_MERGE)


def _replace(head: Head, rows: pa.RecordBatchReader, tag: str) -> int:
    return head.table.replace(rows, tag).version


def _stand_on(head: Head, tags: Sequence[str]) -> None:
    """Undo commits of batches that were never published; commits of this very try stay."""
    if head.version is None or head.table.pin().version == head.version:
        return
    if not any(head.table.has_batch(tag) for tag in tags):
        head.table.restore(head.version)


def _fit_columns(table: LakeTable, schema: pa.Schema) -> None:
    stored = table.pin().schema
    for field in schema:
        if field.name in stored.names and stored.field(field.name).type != field.type:
            raise SchemaChanged(
                dataset=table.name.split(".", maxsplit=1)[1], field=field.name, stored=str(stored.field(field.name).type), wanted=str(field.type)
            )  # fmt: skip
    if any(field.name not in stored.names for field in schema):
        table.add_columns(schema)


def _checked(head: Head, rows: int, tag: str) -> Head:
    if head.rows != rows:
        what = f"{head.table.name} holds {head.rows} rows, {rows} were expected"
        raise RowsUnaccounted(what=what, reference=tag[:12])
    return head
