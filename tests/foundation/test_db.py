"""The state store: revisions make exactly the declared tables, times are aware UTC, writers roll back whole."""

import importlib
import pkgutil
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import cityloop
from cityloop.foundation.db import Database, UtcDateTime, metadata
from cityloop.foundation.outbox import outbox_events


def test_revisions_make_exactly_the_declared_tables(database: Database) -> None:
    for module in pkgutil.walk_packages(cityloop.__path__, "cityloop."):
        if module.name.endswith(".store"):
            importlib.import_module(module.name)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM audit_head")).scalar() == 1


def test_moments_come_back_in_utc(database: Database) -> None:
    noon = datetime(2026, 9, 1, 12, tzinfo=timezone(timedelta(hours=8)))
    with database.begin() as tx:
        tx.execute(outbox_events.insert().values(topic="t", key="k", payload={}, at=noon))
    with database.read() as connection:
        found = connection.execute(sa.select(outbox_events.c.at)).scalar_one()
    assert (found, found.tzinfo) == (noon, UTC)


def test_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 9, 1), database.engine.dialect)  # noqa: DTZ001


def test_failed_act_leaves_nothing(database: Database) -> None:
    def act() -> None:
        with database.begin() as tx:
            tx.execute(
                outbox_events.insert().values(topic="t", key="k", payload={}, at=datetime.now(UTC))
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    with database.read() as connection:
        assert (
            connection.execute(sa.select(sa.func.count()).select_from(outbox_events)).scalar() == 0
        )
