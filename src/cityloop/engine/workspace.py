"""A private DuckDB for one piece of work, such as checking a delivery: its own database on disk, thrown away at the end.

It may read the folders it is given and nothing else, keeps within its memory and spills to its own folder. The SQL that it
runs comes from CityLoop's own compilers; values of deliveries reach it only as files and Arrow tables, never as SQL text.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import duckdb
import pyarrow as pa
from sqlglot import exp

from cityloop.engine.base import Pin
from cityloop.engine.duckdb import ROOM_ROWS, connect_locked, explained
from cityloop.engine.parquet import source_of
from cityloop.engine.render import render
from cityloop.engine.rows import Rows

BATCH_ROWS = 100_000
"""Rows in one batch of :meth:`Workspace.reader`; larger is a little faster and needs more memory."""


class Workspace:
    """A context manager; not for several threads at once.

    Args:
        temp: folder below which the workspace makes its own; both may be deleted when no process runs.
        may_read: folders whose files the SQL may name (inbox, lake).
        memory: how much memory it may use before it spills, such as ``1GB``.
        threads: how many cores it may use.
        on_disk: keep its tables in a file; otherwise they are in memory until they no longer fit there.

    Example:
        >>> import tempfile
        >>> with Workspace(Path(tempfile.mkdtemp())) as workspace:
        ...     workspace.register("stage", pa.table({"n": ["1", "x"]}))
        ...     workspace.run("CREATE TABLE typed AS SELECT TRY_CAST(n AS BIGINT) AS n FROM stage")
        ...     workspace.table("SELECT count(n) AS good FROM typed").to_pylist()
        [{'good': 1}]
    """

    def __init__(
        self, temp: Path, *, may_read: Sequence[Path] = (), memory: str = "1GB", threads: int = 2,
        on_disk: bool = True,
    ) -> None:  # fmt: skip
        self.folder = temp.resolve() / f"work-{os.getpid()}-{uuid4().hex[:12]}"
        self._may_read = [*may_read, self.folder]
        self._memory = memory
        self._threads = threads
        self._file = self.folder / "work.duckdb" if on_disk else None
        self._database: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        self._database = connect_locked(
            self._file,
            self._may_read,
            temp=self.folder / "spill",
            threads=self._threads,
            memory=self._memory,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, query: exp.Expr | str) -> None:
        """Run one statement for its effect: CREATE TABLE … AS, CREATE VIEW, DROP.

        Raises:
            BadQuery: DuckDB cannot run it.
            OutOfMemory: memory or disk is used up.
            LakeBroken: a file cannot be read.
        """
        self._execute(query)

    def table(self, query: exp.Expr | str) -> pa.Table:
        """Return the rows of ``query``, all in memory.

        Raises:
            BadQuery: DuckDB cannot run it.
            OutOfMemory: memory or disk is used up.
            LakeBroken: a file cannot be read.
        """
        try:
            return self._execute(query).to_arrow_table(ROOM_ROWS)
        except duckdb.Error as error:
            raise explained(error, memory=self._memory) from error

    def reader(self, query: exp.Expr | str) -> pa.RecordBatchReader:
        """Return the rows of ``query`` as a stream, to be read before the next statement.

        Raises:
            BadQuery: DuckDB cannot run it.
            OutOfMemory: memory or disk is used up.
            LakeBroken: a file cannot be read.
        """
        return self._execute(query).to_arrow_reader(BATCH_ROWS)

    def register(self, name: str, rows: Rows) -> None:
        """Make Arrow ``rows`` readable as table ``name``; a stream can be read once."""
        self._open_database().register(name, rows)

    def register_pin(self, name: str, pin: Pin) -> None:
        """Make a pinned version readable as table ``name``; its lake must be among ``may_read``."""
        node = exp.Table(this=exp.to_identifier(name, quoted=True))
        source = source_of(pin, pin.files, node)
        create = exp.Create(this=node, kind="VIEW", replace=True, expression=source.this)
        self._execute(create)

    def _execute(self, query: exp.Expr | str) -> duckdb.DuckDBPyConnection:
        text = query if isinstance(query, str) else render(query, "duckdb")
        try:
            return self._open_database().execute(text)
        except duckdb.Error as error:
            raise explained(error, memory=self._memory) from error

    def _open_database(self) -> duckdb.DuckDBPyConnection:
        if self._database is None:
            raise RuntimeError("a workspace is used inside its with block")
        return self._database


def sweep(temp: Path) -> int:
    """Delete what workspaces of processes that no longer live left below ``temp``; return how many."""
    left = [folder for folder in temp.glob("work-*-*") if not _alive(folder.name.split("-")[1])]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
