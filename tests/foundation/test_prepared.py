"""A prepared statement does what SQLAlchemy would have done, on both kinds of store."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from cityloop.foundation.db import Database
from cityloop.foundation.outbox import outbox_events
from cityloop.foundation.prepared import Prepared

AT = datetime(2026, 9, 30, 12, 0, tzinfo=timezone(timedelta(hours=8)))
INSERT = Prepared(outbox_events.insert().inline(), columns=["topic", "key", "payload", "at"])
FIND = Prepared(sa.select(outbox_events).where(outbox_events.c.key == sa.bindparam("name")))
RENAME = Prepared(
    outbox_events.update()
    .where(outbox_events.c.key == sa.bindparam("name"), outbox_events.c.topic == "t")
    .values(key=sa.bindparam("new"))
)


def test_values_pass_through_their_types(database: Database) -> None:
    row = {"key": "a", "payload": {"n": [1, None]}}
    with database.begin() as tx:
        INSERT.run_many(tx, [row, {**row, "key": "b"}], {"topic": "t", "at": AT})
    with database.read() as connection:
        found = FIND.first(connection, {"name": "b"})
        plain = connection.execute(sa.select(outbox_events).where(outbox_events.c.key == "b")).one()
    assert found == tuple(plain)
    assert found[1:] == ("t", "b", {"n": [1, None]}, AT.astimezone(UTC))


def test_changed_rows_are_counted(database: Database) -> None:
    with database.begin() as tx:
        INSERT.run_many(tx, [{"topic": "t", "key": "a", "payload": {}, "at": AT}])
        assert RENAME.run(tx, {"name": "a", "new": "c"}) == 1
        assert RENAME.run(tx, {"name": "a", "new": "c"}) == 0
        assert FIND.first(tx, {"name": "a"}) is None


def test_statement_belongs_to_the_connections_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError), database.begin() as tx:
        INSERT.run_many(tx, [{"topic": "t", "key": "a", "payload": {}, "at": AT}])
        raise RuntimeError
    with database.read() as connection:
        assert FIND.first(connection, {"name": "a"}) is None
