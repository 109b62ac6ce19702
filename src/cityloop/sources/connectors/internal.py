"""CityLoop's own operational tables (work orders, runs, questions), offered as sources: the loop closes here."""

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

import pyarrow as pa
from sqlalchemy.engine import Connection

from cityloop.foundation.db import Database
from cityloop.foundation.errors import closest
from cityloop.sources.connectors.base import Delivery, Feed, Inbox, Options
from cityloop.sources.connectors.tables import deliver_rows
from cityloop.sources.errors import UnknownTable

Provider = Callable[[Connection, str | None], pa.Table]
"""Returns the rows since a cursor (as text, None: all), the cursor's own row included."""


class InternalTables:
    """The tables that features offer; each has a name of its own."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._providers: dict[str, Provider] = {}

    def register(self, name: str, provider: Provider) -> None:
        """Offer a table; ``provider`` reads it in the transaction it is given.

        Raises:
            ValueError: the name is taken.
        """
        if name in self._providers:
            message = f"internal table {name!r} is registered twice"
            raise ValueError(message)
        self._providers[name] = provider

    @property
    def names(self) -> Mapping[str, Provider]:
        """Every offered table."""
        return dict(self._providers)

    def read(self, name: str, cursor: str | None) -> pa.Table:
        """Return the rows of a table since ``cursor``.

        Raises:
            UnknownTable: nobody offers it.
        """
        if name not in self._providers:
            raise UnknownTable(
                kind="internal table", name=name, close=closest(name, self._providers)
            )
        with self._db.read() as connection:
            return self._providers[name](connection, cursor)


class InternalOptions(Options):
    """``read`` of an internal feed: the table's name."""

    table: str


class InternalConnector:
    """Reads tables that features of this very city offer."""

    name: ClassVar[str] = "internal"
    connection_options: ClassVar[type[Options]] = Options
    read_options: ClassVar[type[Options]] = InternalOptions

    def __init__(self, tables: InternalTables) -> None:
        self._tables = tables

    def deliveries(
        self, feed: Feed[Options, InternalOptions], cursor: str | None, inbox: Inbox
    ) -> Iterator[Delivery]:
        """Yield one delivery with the rows since ``cursor``; none when there are none.

        Raises:
            UnknownTable: nobody offers the table, or it has no such cursor column.
        """
        known = cursor.partition(":")[2] if cursor is not None else None
        table = self._tables.read(feed.read.table, known)
        rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
        return deliver_rows(feed, table.column_names, iter([rows] if rows else []), inbox, cursor)
