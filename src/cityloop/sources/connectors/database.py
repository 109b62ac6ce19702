"""Databases by SQLAlchemy URL: a table or a SELECT, read only, streamed, from the cursor onwards.

The lower bound is inclusive: rows that arrived late with the cursor's own value are not lost, and those that were loaded
before are recognised as duplicates.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import sqlalchemy as sa
import sqlglot
from pydantic import Field, model_validator
from sqlalchemy.engine import URL, Connection
from sqlglot import exp

from cityloop.foundation.errors import closest
from cityloop.sources.connectors.base import Delivery, Feed, Inbox, Options
from cityloop.sources.connectors.files import inside_city
from cityloop.sources.connectors.tables import deliver_rows, read_mark
from cityloop.sources.errors import BadOptions, NotReadOnly, QueryFailed, SourceDown, UnknownTable

CHUNK = 10_000
"""Rows fetched at a time from a server-side cursor."""
CONNECT_TIMEOUT_S = 15
"""How long a server may take to answer the first time, seconds."""
REFUSED = (
    exp.DML,
    exp.DDL,
    exp.Command,
    exp.Into,
    exp.Lock,
    exp.Set,
    exp.Use,
    exp.Pragma,
    exp.Copy,
)
"""What a query may not contain."""
REFUSED_FUNCTIONS = ("pg_", "lo_", "dblink", "xp_", "sp_", "load_", "sys_", "utl_", "dbms_", "query_to_", "set_config", "sleep", "benchmark", "readfile", "writefile", "edit", "fts")  # fmt: skip
"""Beginnings of functions that do more than compute."""
_GRAMMARS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}


class DatabaseConnection(Options):
    """``connection`` of a database source: a SQLAlchemy URL; the password as ``${env:NAME}``.

    A relative SQLite path is below the city's folder.
    """

    url: str = Field(min_length=1, repr=False)


class DatabaseOptions(Options):
    """``read`` of a database feed: a ``table`` (perhaps of a ``schema``) or a ``query``."""

    table: str | None = None
    schema_name: str | None = Field(default=None, alias="schema")
    query: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "DatabaseOptions":
        if (self.table is None) == (self.query is None):
            message = "name either a table or a query"
            raise ValueError(message)
        return self


class DatabaseConnector:
    """Reads tables and queries of any database that SQLAlchemy has a driver for."""

    name: ClassVar[str] = "database"
    connection_options: ClassVar[type[Options]] = DatabaseConnection
    read_options: ClassVar[type[Options]] = DatabaseOptions

    def deliveries(
        self, feed: Feed[DatabaseConnection, DatabaseOptions], cursor: str | None, inbox: Inbox
    ) -> Iterator[Delivery]:
        """Yield one delivery with the rows since ``cursor``; none when there are none.

        Raises:
            NotReadOnly: the query does something other than read.
            UnknownTable: there is no such table or column.
            SourceDown: the database does not answer.
            QueryFailed: the database refuses the query.
            BadOptions: the URL is none, or its driver is not installed.
            OutsideCity: a SQLite file lies outside the city.
        """
        engine = _engine(feed)
        try:
            with _reading(engine, feed) as connection:
                statement = _statement(feed, connection, cursor)
                bound = (
                    {} if cursor is None or feed.cursor is None else {"cursor": read_mark(cursor)}
                )
                result = connection.execute(statement, bound)
                chunks = (_plain(chunk) for chunk in result.partitions(CHUNK))
                yield from deliver_rows(feed, list(result.keys()), chunks, inbox, cursor)
        finally:
            engine.dispose()


def check_query(query: str, dialect: str) -> str:
    """Return ``query`` when it is one statement that only reads.

    Raises:
        NotReadOnly: it is something else, or cannot be understood.
    """
    try:
        statements = sqlglot.parse(query, dialect=_GRAMMARS.get(dialect, dialect))
    except sqlglot.errors.SqlglotError as error:
        raise NotReadOnly(query=query[:200], reason=str(error).splitlines()[0]) from error
    except ValueError:
        statements = sqlglot.parse(query)
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise NotReadOnly(query=query[:200], reason="not one SELECT")
    for node in statements[0].walk():
        name = node.name.lower() if isinstance(node, exp.Anonymous) else node.key
        if isinstance(node, REFUSED) or (isinstance(node, exp.Func) and name.startswith(REFUSED_FUNCTIONS)):  # fmt: skip
            raise NotReadOnly(query=query[:200], reason=name)
    return query.strip().rstrip(";")


@contextmanager
def _reading(
    engine: sa.Engine, feed: Feed[DatabaseConnection, DatabaseOptions]
) -> Iterator[Connection]:
    """Open a read-only, streaming transaction; a failing driver reads as a source that is down, without its URL."""
    try:
        with engine.connect() as connection:
            options = {"stream_results": True, "yield_per": CHUNK}
            if engine.dialect.name == "postgresql":
                options["postgresql_readonly"] = True
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
            if engine.dialect.name in ("mysql", "mariadb"):
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            connection.rollback()
            yield connection.execution_options(**options)
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        # The driver's own text may hold the host and user: only its class is told.
        raise SourceDown(what=f"{feed.source} ({type(error.orig).__name__})") from None
    except sa.exc.DBAPIError as error:
        reason = str(error.orig).splitlines()[0][:200]
        raise QueryFailed(source=feed.source, feed=feed.dataset, reason=reason) from None


def _statement(
    feed: Feed[DatabaseConnection, DatabaseOptions], connection: Connection, cursor: str | None
) -> sa.TextClause:
    quote = connection.dialect.identifier_preparer.quote_identifier
    if feed.read.query is not None:
        query = check_query(feed.read.query, connection.dialect.name)
        source = f"({query}) AS feed"
    else:
        source = _table(feed, connection)
        query = f"SELECT * FROM {source}"  # noqa: S608 - a quoted name of an existing table
    escaped = query.replace("\\", "\\\\").replace(":", "\\:")
    if feed.cursor is None:
        return sa.text(escaped)
    # Names are quoted, the cursor's value is bound.
    column = quote(feed.cursor).replace(":", "\\:")
    source = source.replace("\\", "\\\\").replace(":", "\\:")
    since = f" WHERE {column} >= :cursor" if cursor is not None else ""
    return sa.text(f"SELECT * FROM {source}{since} ORDER BY {column}")  # noqa: S608


def _table(feed: Feed[DatabaseConnection, DatabaseOptions], connection: Connection) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    table, schema = feed.read.table or "", feed.read.schema_name
    inspector = sa.inspect(connection)
    known = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
    if table not in known:
        raise UnknownTable(kind="table", name=table, close=closest(table, known))
    return f"{quote(schema)}.{quote(table)}" if schema else quote(table)


def _engine(feed: Feed[DatabaseConnection, DatabaseOptions]) -> sa.Engine:
    try:
        url = sa.make_url(feed.connection.url)
        arguments = {}
        if url.get_backend_name() == "sqlite":
            url = _sqlite_url(url, feed)
        elif url.get_backend_name() in ("postgresql", "mysql", "mariadb"):
            arguments["connect_timeout"] = CONNECT_TIMEOUT_S
        return sa.create_engine(url, poolclass=sa.NullPool, connect_args=arguments)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
        reason = f"{type(error).__name__}: no usable URL or driver"
        raise BadOptions(
            source=feed.source, option="connection.url", reason=reason, known=[]
        ) from None


def _sqlite_url(url: URL, feed: Feed[DatabaseConnection, DatabaseOptions]) -> URL:
    file = feed.city / inside_city(url.database or "")
    if not file.is_file():
        raise UnknownTable(kind="SQLite file", name=url.database, close=[])
    return URL.create("sqlite", database=f"file:{file}", query={"mode": "ro", "uri": "true"})


def _plain(chunk: Sequence[sa.Row[tuple[object, ...]]]) -> list[Sequence[object]]:
    return [tuple(row) for row in chunk]
