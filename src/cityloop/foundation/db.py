"""The state store: everything transactional (definitions, runs, audit, cases) in SQLite WAL or PostgreSQL.

Features declare their tables on :data:`metadata` in their own ``store.py`` with SQLAlchemy Core. One transaction
(:meth:`Database.begin`) carries an act together with its audit entry and its events.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables of the state store."""
_AFTER = "cityloop_after_commit"

NEWEST_REVISION = "0004"
"""Newest revision of the tables (``migrations/versions``): known here so that a store that is there already starts at once."""
BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for the other writer before it gives up, milliseconds."""


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware UTC datetime; refuses naive values so that no local time slips in."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return ``value`` in UTC.

        Raises:
            ValueError: the value has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive datetime {value!r}"
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class's signature
        """Return the stored value as an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One state store.

    Args:
        url: SQLAlchemy URL, e.g. ``sqlite:///…/state.db`` or ``postgresql+psycopg://…``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = sa.create_engine(
            url,
            json_serializer=lambda value: orjson.dumps(
                value, option=orjson.OPT_NON_STR_KEYS
            ).decode(),
            json_deserializer=orjson.loads,
            pool_size=16,
            max_overflow=32,
            pool_pre_ping=not url.startswith("sqlite"),
        )
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        self._writing = self.engine.execution_options(cityloop_write=True)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open one writing transaction: commits at the end, rolls back on any error."""
        with self._writing.connect() as connection:
            acts: dict[Callable[[], None], None] = {}
            connection.info[_AFTER] = acts
            with connection.begin():
                yield connection
        for act in acts:
            act()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one reading transaction: a consistent view that never waits for writers on SQLite."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def migrate(self) -> None:
        """Bring the tables to the newest revision; safe to call on every start, and quick when there is nothing to do."""
        if self._revision() == NEWEST_REVISION:
            return
        from alembic import (
            command,  # heavy: only a store that is not there yet, or an old one, needs it
        )
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", "cityloop:migrations")
        with self.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _revision(self) -> str | None:
        with self.read() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def after_commit(tx: Connection, act: Callable[[], None]) -> None:
    """Call ``act`` once the transaction that :meth:`Database.begin` opened is committed; the same act once only."""
    tx.info[_AFTER][act] = None


def _prepare_sqlite(
    connection: Any,  # noqa: ANN401 - the driver's own type
    _record: object,
) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("cityloop_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
