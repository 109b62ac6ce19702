"""From a table's log to a :class:`Pin`: the files of one version and the bounds of their values.

The log keeps times cut to milliseconds and decimals as floats. A bound here is therefore widened (times) or left out
(decimals), so that pruning by it never loses a row.
"""

import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from cityloop.engine.base import Bound, FileStats, Pin, UnknownVersion
from cityloop.engine.commits import explained

PINS_KEPT = 32
"""Pins of older versions kept in memory per table; the oldest goes first."""

CUT_OFF = timedelta(microseconds=999)
"""What a time in the log may lack: it is cut to whole milliseconds."""


class Pins:
    """The pins of one table, kept in memory; asking for the newest costs about a millisecond when nothing changed.

    Args:
        name: ``schema.table``.
        folder: the table's folder.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._lock = threading.Lock()
        self._log: DeltaTable | None = None
        self._newest: Pin | None = None
        self._kept: dict[int, Pin] = {}

    def newest(self) -> Pin:
        """Return the newest version.

        Raises:
            UnknownTable: the table does not exist.
            LakeBroken: the log cannot be read.
        """
        with self._lock:
            return self._refresh()

    def at(self, version: int) -> Pin:
        """Return one version.

        Raises:
            UnknownTable: the table does not exist.
            UnknownVersion: there is no such version in the log.
            LakeBroken: the log cannot be read.
        """
        with self._lock:
            if version not in self._kept:
                self._keep(self._read_old(version, self._refresh()))
            return self._kept[version]

    def forget(self, but: Collection[int]) -> None:
        """Forget the pins of all versions ``but`` these, because their files may be gone."""
        with self._lock:
            self._kept = {number: pin for number, pin in self._kept.items() if number in but}

    def _refresh(self) -> Pin:
        try:
            if self._log is None:
                self._log = DeltaTable(str(self._folder))
            else:
                self._log.update_incremental()
        except (DeltaError, OSError) as error:
            self._log = None
            raise explained(self._name, error) from error
        if self._newest is None or self._newest.version != self._log.version():
            known = {file.path: file for file in self._newest.files} if self._newest else {}
            self._newest = read_pin(self._name, self._folder, self._log, known)
        self._keep(self._newest)
        return self._newest

    def _read_old(self, version: int, newest: Pin) -> Pin:
        if version == newest.version:
            return newest
        known = {file.path: file for file in newest.files}
        try:
            log = DeltaTable(str(self._folder), version=version)
            return read_pin(self._name, self._folder, log, known)
        except (DeltaError, OSError, OverflowError) as error:
            raise UnknownVersion(
                table=self._name, version=version, newest=newest.version
            ) from error

    def _keep(self, pin: Pin) -> None:
        self._kept[pin.version] = pin
        while len(self._kept) > PINS_KEPT:
            del self._kept[next(iter(self._kept))]


def open_log(name: str, folder: Path) -> DeltaTable:
    """Return the newest log of the table ``name``.

    Raises:
        UnknownTable: the table does not exist.
        LakeBroken: the log cannot be read.
    """
    try:
        return DeltaTable(str(folder))
    except (DeltaError, OSError) as error:
        raise explained(name, error) from error


def read_pin(name: str, folder: Path, log: DeltaTable, known: Mapping[str, FileStats]) -> Pin:
    """Return the pin of the version that ``log`` stands at.

    Args:
        name: ``schema.table``.
        folder: where the table's files are.
        log: the table's log, loaded at one version.
        known: files that need no second look, by path.
    """
    schema = arrow_schema(log)
    actions = pa.table(log.get_add_actions(flatten=True))
    paths = [str(folder / path) for path in _values(actions, "path")]
    fresh = [number for number, path in enumerate(paths) if path not in known]
    read = _read_files(
        actions.take(pa.array(fresh, pa.int64())), [paths[number] for number in fresh], schema
    )
    return Pin(name, log.version(), schema, tuple(read.get(path) or known[path] for path in paths))


def arrow_schema(log: DeltaTable) -> pa.Schema:
    """Return the table's columns as Arrow types."""
    fields: Any = (
        log.schema().to_arrow()
    )  # Any: another library's schema, taken over by Arrow's C interface
    return pa.schema(fields)


def _read_files(actions: pa.Table, paths: list[str], schema: pa.Schema) -> dict[str, FileStats]:
    rows, sizes = _values(actions, "num_records"), _values(actions, "size_bytes")
    exact = [field.name for field in schema if not pa.types.is_decimal(field.type)]
    lowest, highest = _per_column(actions, "min.", exact), _per_column(actions, "max.", exact)
    nulls = _per_column(actions, "null_count.", schema.names)
    # A loop over files, not rows; each file is looked at once in the life of a process.
    return {
        path: FileStats(
            path=path,
            rows=rows[number],
            size_bytes=sizes[number],
            lowest=_at(lowest, number),
            highest={column: _widened(bound) for column, bound in _at(highest, number).items()},
            nulls=_at(nulls, number),
        )
        for number, path in enumerate(paths)
    }


def _per_column(actions: pa.Table, prefix: str, columns: Collection[str]) -> dict[str, list[Any]]:
    # Any: bounds or counts, of the columns' types.
    known = [name for name in columns if prefix + name in actions.schema.names]
    return {name: _values(actions, prefix + name) for name in known}


def _values(actions: pa.Table, column: str) -> list[Any]:
    # Any: whatever Python type the column's values have.
    return list(actions.column(column).to_pylist())


def _at(columns: Mapping[str, list[Any]], number: int) -> dict[str, Any]:
    # Any: bounds or counts, as the columns given.
    found = ((name, values[number]) for name, values in columns.items())
    return {name: value for name, value in found if value is not None}


def _widened(bound: Bound) -> Bound:
    if not isinstance(bound, datetime):
        return bound
    # The last millisecond of the calendar cannot be widened; nothing later than it exists either.
    return bound + CUT_OFF if bound.replace(tzinfo=None) <= datetime.max - CUT_OFF else bound  # noqa: DTZ901
