"""The upsert of a batch into a table: which rows are new, which differ, which are there already."""

from collections.abc import Collection, Sequence

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, WriterProperties

from cityloop.engine.base import BadKey


def check_key(table: str, rows: pa.Table, key: Sequence[str]) -> None:
    """Do nothing when every row of ``rows`` has a key of its own.

    Raises:
        BadKey: a key column is missing, or a key is null or repeated; the error names how many rows.
    """
    if not key or not set(key) <= set(rows.column_names):
        raise BadKey(table=table, key=list(key), rows=rows.num_rows)
    bad = rows.num_rows - _whole_keys(rows, key)
    if bad:
        raise BadKey(table=table, key=list(key), rows=bad)


def run_merge(
    log: DeltaTable, rows: pa.Table, key: Sequence[str], *, ignore: Collection[str],
    writer: WriterProperties, properties: CommitProperties,
) -> tuple[int, int]:  # fmt: skip
    """Merge ``rows`` into the table in one commit and return how many were inserted and updated.

    Files without any of the keys are neither read nor rewritten.

    ``streamed_exec=False`` lets the storage take lowest and highest key of ``rows`` to skip files by their statistics.
    """
    columns = rows.column_names
    same_row = " AND ".join(f"kept.{_quoted(name)} = given.{_quoted(name)}" for name in key)
    compared = [name for name in columns if name not in key and name not in ignore]
    # Brackets: without them the storage's parser reads `a IS DISTINCT FROM b OR c` as `a IS DISTINCT FROM (b OR c)`.
    differs = " OR ".join(
        f"(kept.{_quoted(name)} IS DISTINCT FROM given.{_quoted(name)})" for name in compared
    )
    values = {_quoted(name): f"given.{_quoted(name)}" for name in columns}
    merger = log.merge(
        rows, same_row, source_alias="given", target_alias="kept", streamed_exec=False,
        writer_properties=writer, commit_properties=properties,
    )  # fmt: skip
    if compared:
        merger = merger.when_matched_update(values, predicate=differs)
    done = merger.when_not_matched_insert(values).execute()
    inserted, updated = done["num_target_rows_inserted"], done["num_target_rows_updated"]
    return inserted, updated


def _whole_keys(rows: pa.Table, key: Sequence[str]) -> int:
    keys = rows.select(list(key)).drop_null()
    return int(keys.group_by(list(key)).aggregate([]).num_rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
