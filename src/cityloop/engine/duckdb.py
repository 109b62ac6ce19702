"""The embedded engine: one in-process DuckDB that can read the lake's folder and nothing else.

A query passes three walls: the tree holds allowed nodes only (``guard``); the rendered text is exactly one SELECT; and the
database itself has no access outside the lake, no extensions and a locked configuration. Tables are the Parquet files of
pinned versions, so two queries over one pin see the same rows whatever is written meanwhile.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from cityloop.engine.base import (
    BadQuery,
    Capabilities,
    LakeBroken,
    OutOfMemory,
    Pin,
    Refused,
    ResultTooLarge,
    TooSlow,
    UnknownTable,
)
from cityloop.engine.guard import check_tree
from cityloop.engine.parquet import source_of
from cityloop.engine.pruning import find_reads, prune, table_name
from cityloop.engine.render import Keys, render
from cityloop.foundation import log
from cityloop.foundation.errors import Broken, CityError, closest

_log = log.get("engine")

DUCKDB_CAPABILITIES = Capabilities(
    exact_percentile=True, time_zones=True, interrupts=True, spills=True, shared=False
)
"""What the embedded engine can do."""

ROOM_ROWS = 8_192
"""Rows for which each buffer of an answer has room at first; with DuckDB's own million, a figure held 8 MB a column."""
LOOK_EVERY = 500
"""Queries between two looks at what the database remembers of files."""
MOST_REMEMBERED = 128 << 20
"""Memory, bytes, of remembered footers from which the database begins anew. It remembers 23 kB of each small file for good,
also of those that were joined into larger ones since: a feed of seconds would fill the engine's memory within a day."""

_PLANNING = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.NotImplementedException,
)
"""Errors about the query's text: DuckDB's first line names columns and types, never values."""


class DuckDbEngine:
    """Runs trees on an in-process DuckDB; see :class:`cityloop.engine.Engine` for the contract.

    Args:
        lake: the only folder whose files it may read.
        temp: folder for spilling; made when needed. Files in it mean nothing after a restart.
        threads: how many cores one query may use.
        memory: how much memory all queries together may use before they spill, such as ``4GB``.
        timeout_s: after so many seconds a query is stopped.
        keys: secret keys for :func:`cityloop.engine.render.pseudonym`, by name.
    """

    def __init__(
        self, lake: Path, *, temp: Path, threads: int = 2, memory: str = "4GB",
        timeout_s: float = 60.0, keys: Keys | None = None,
    ) -> None:  # fmt: skip
        self._lake = lake.resolve()
        self._temp = temp.resolve()
        self._threads = threads
        self._memory = memory
        self._timeout_s = timeout_s
        self._keys = dict(keys or {})
        self._opening = threading.Lock()
        self._running = 0
        self._asked = 0
        self._database = self._open()

    @property
    def capabilities(self) -> Capabilities:
        """What this engine can do."""
        return DUCKDB_CAPABILITIES

    def query(
        self, tree: exp.Query, tables: Mapping[str, Pin], *, most: int | None = None
    ) -> pa.Table:
        """Return the rows of ``tree``. See :meth:`cityloop.engine.Engine.query`.

        Raises:
            UnknownTable: the tree names a table that is not in ``tables``.
            Refused: the tree is not a plain query over its tables.
            BadQuery: DuckDB cannot run it (unknown column, wrong types, bad value).
            ResultTooLarge: more than ``most`` rows.
            TooSlow: the time limit passed.
            OutOfMemory: memory or spill space is used up.
            LakeBroken: a file of a pinned table is gone.
            Broken: DuckDB itself failed; it was started anew.
        """
        sql = self.sql(tree, tables, most=most)
        with self._used() as database:
            cursor = database.cursor()
            try:
                with _stopped_after(cursor, self._timeout_s):
                    found = _plain_types(cursor.execute(sql))
            except duckdb.Error as error:
                if isinstance(error, duckdb.FatalException | duckdb.InternalException):
                    self._restart(database)
                raise explained(error, memory=self._memory, limit_s=self._timeout_s) from error
            finally:
                cursor.close()
        if most is not None and found.num_rows > most:
            raise ResultTooLarge(most=most)
        return found

    def sql(self, tree: exp.Query, tables: Mapping[str, Pin], *, most: int | None = None) -> str:
        """Return the text that :meth:`query` runs. It may hold secret keys: never log or show it.

        Raises:
            UnknownTable: the tree names a table that is not in ``tables``.
            Refused: the tree is not a plain query over its tables.
            BadQuery: it cannot be written in DuckDB's dialect.
        """
        try:
            check_tree(tree)
            ready = _with_files(tree.copy(), tables)
        except RecursionError as error:
            raise BadQuery(reason="it is nested too deeply") from error
        if most is not None:
            _limit(ready, most + 1)
        text = render(ready, "duckdb", keys=self._keys)
        _check_one_select(text)
        return text

    def close(self) -> None:
        """Give back memory and threads; no query may follow."""
        self._database.close()

    def _open(self) -> duckdb.DuckDBPyConnection:
        self._lake.mkdir(parents=True, exist_ok=True)
        return connect_locked(
            None, [self._lake], temp=self._temp, threads=self._threads, memory=self._memory
        )

    @contextmanager
    def _used(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._opening:
            self._running += 1
            database = self._database
        try:
            yield database
        finally:
            with self._opening:
                self._running -= 1
                self._asked += 1
                # Alone only: two databases at once would spill into one folder.
                if self._asked >= LOOK_EVERY and self._running == 0:
                    self._asked = 0
                    self._forget_files()

    def _forget_files(self) -> None:
        sizes = "SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'OBJECT_CACHE'"
        try:
            row = self._database.execute(sizes).fetchone()
            if row is not None and (row[0] or 0) > MOST_REMEMBERED:
                old, self._database = self._database, self._open()
                old.close()
        except duckdb.Error as error:  # the query before is answered; the next look tries again
            _log.warning("engine not begun anew", reason=type(error).__name__)

    def _restart(self, broken: duckdb.DuckDBPyConnection) -> None:
        with self._opening:
            if self._database is broken:
                self._database = self._open()


def connect_locked(
    file: Path | None, may_read: Sequence[Path], *, temp: Path, threads: int, memory: str
) -> duckdb.DuckDBPyConnection:
    """Return a database that reaches nothing but ``may_read``, ``file`` and ``temp``, and whose settings are final.

    Args:
        file: where its tables are kept; None keeps them in memory.
        may_read: folders whose files queries may name.
        temp: folder for spilling; made here.
        threads: how many cores one query may use.
        memory: how much memory it may use before it spills, such as ``4GB``.
    """
    temp.mkdir(parents=True, exist_ok=True)
    database = duckdb.connect(
        ":memory:" if file is None else str(file),
        config={
            "threads": threads,
            "memory_limit": memory,
            "temp_directory": str(temp),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
        },
    )
    folders = exp.Array(
        expressions=[exp.Literal.string(str(folder.resolve())) for folder in may_read]
    )
    # Files never change once written and new ones have new names, so cached footers are always right.
    for setting in (
        "SET parquet_metadata_cache = true",
        "SET TimeZone = 'UTC'",
        "SET default_null_order = 'nulls_last'",
        f"SET allowed_directories = {folders.sql(dialect='duckdb')}",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        database.execute(setting)
    return database


def explained(error: duckdb.Error, *, memory: str, limit_s: float = 0) -> CityError:
    """Return our own error for what DuckDB said, without any value of a row in it."""
    known: tuple[tuple[type[duckdb.Error], CityError], ...] = (
        (duckdb.InterruptException, TooSlow(what="query", limit_s=limit_s)),
        (duckdb.OutOfMemoryException, OutOfMemory(what="query", limit=memory)),
        (duckdb.IOException, LakeBroken(table="–", reason="a file is missing or damaged")),
        (duckdb.PermissionException, Refused(what="it reaches outside its tables")),
        (duckdb.FatalException, Broken(what="the engine failed", reference="engine")),
        (duckdb.InternalException, Broken(what="the engine failed", reference="engine")),
    )
    for kind, ours in known:
        if isinstance(error, kind):
            return ours
    if isinstance(error, _PLANNING):
        return BadQuery(reason=str(error).splitlines()[0])
    # Texts of other errors can show values of rows, which may be graded: only their kind is told.
    return BadQuery(reason=f"a value does not fit ({type(error).__name__})")


def _with_files(tree: exp.Query, tables: Mapping[str, Pin]) -> exp.Query:
    reads = find_reads(tree)
    chosen = []
    for node in reads.tables:
        name = table_name(node)
        if name not in tables:
            raise UnknownTable(name=name, kind="table", close=closest(name, tables))
        chosen.append((node, tables[name], prune(node, tables[name], reads)))
    for column in tree.find_all(exp.Column):
        column.set(
            "db", None
        )  # `core.visits.n` becomes `visits.n`, the name that the files get below
        column.set("catalog", None)
    for node, pin, files in chosen:
        node.replace(source_of(pin, files, node))
    return tree


def _limit(tree: exp.Query, rows: int) -> None:
    """Give ``tree`` a LIMIT of ``rows`` unless it has a smaller one or one that is no number."""
    limit = tree.args.get("limit")
    own = limit.expression if isinstance(limit, exp.Limit) else None
    if limit is None or (isinstance(own, exp.Literal) and own.is_int and int(own.this) > rows):
        tree.set("limit", exp.Limit(expression=exp.Literal.number(rows)))


def _check_one_select(text: str) -> None:
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise BadQuery(reason=str(error).splitlines()[0]) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise Refused(what="it is not one SELECT")


@contextmanager
def _stopped_after(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _plain_types(cursor: duckdb.DuckDBPyConnection) -> pa.Table:
    kinds = [str(column[1]) for column in cursor.description or []]
    found = cursor.to_arrow_table(ROOM_ROWS)
    for number, (field, kind) in enumerate(zip(found.schema, kinds, strict=True)):
        plain = _plain_type(field.type, kind)
        if plain != field.type:
            found = found.set_column(number, field.name, found.column(number).cast(plain))
    return found


def _plain_type(given: pa.DataType, kind: str) -> pa.DataType:
    if kind in ("HUGEINT", "UHUGEINT") or pa.types.is_integer(given):
        return pa.int64()
    if pa.types.is_timestamp(given):
        return pa.timestamp("us", "UTC" if given.tz else None)
    if pa.types.is_float32(given):
        return pa.float64()
    return given
