"""Events that everybody has had for a while are deleted, bit by bit; none that somebody still waits for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cityloop.foundation import outbox as module
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import Unavailable
from cityloop.foundation.outbox import KEEP_EVENTS, KEEP_FAILURES, Event, Outbox, outbox_cursors

OPENED, CLOSED = "orders.opened", "orders.closed"


@pytest.fixture
def outbox(database: Database, clock: FakeClock) -> Outbox:
    return Outbox(database, clock)


@pytest.fixture
def seen(outbox: Outbox) -> list[str]:
    """What a subscriber of opened orders was told."""
    told: list[str] = []
    outbox.subscribe("board", [OPENED], lambda _tx, event: told.append(event.key))
    return told


def emit(database: Database, outbox: Outbox, topic: str, *keys: str) -> None:
    with database.begin() as tx:
        outbox.emit_many(tx, topic, [(key, {}) for key in keys])


def kept(database: Database, outbox: Outbox) -> str:
    with database.read() as connection:
        return "".join(event.key for event in outbox.since(connection, 0))


def fail(_tx: Connection, event: Event) -> None:
    raise ValueError(event.key)


def wait(_tx: Connection, _event: Event) -> None:
    raise Unavailable(what="mail")


@pytest.mark.usefixtures("seen")
def test_old_events_that_everybody_has_had_are_deleted(
    database: Database, outbox: Outbox, clock: FakeClock
) -> None:
    emit(database, outbox, OPENED, "a", "b")
    emit(database, outbox, CLOSED, "c")  # nobody's topic
    outbox.deliver()
    clock.advance(KEEP_EVENTS)
    emit(database, outbox, OPENED, "d")
    assert (outbox.forget(), kept(database, outbox)) == (0, "abcd")
    clock.advance(timedelta(seconds=1))
    assert (outbox.forget(), kept(database, outbox)) == (3, "d")


def test_event_that_somebody_waits_for_stays_and_comes_once(
    database: Database, outbox: Outbox, clock: FakeClock, seen: list[str]
) -> None:
    outbox.subscribe("mail", [CLOSED], wait)
    emit(database, outbox, OPENED, "a")
    emit(database, outbox, CLOSED, "b")
    emit(database, outbox, OPENED, "c", "d")
    outbox.deliver()
    clock.advance(KEEP_EVENTS * 2)
    assert (outbox.forget(), kept(database, outbox)) == (2, "bd")
    outbox.subscribe("mail", [CLOSED], lambda _tx, event: seen.append(event.key))
    outbox.deliver()
    assert (seen, outbox.forget(), kept(database, outbox)) == (["a", "c", "d", "b"], 1, "d")


def test_new_subscriber_begins_with_the_oldest_left(
    database: Database, outbox: Outbox, clock: FakeClock, seen: list[str]
) -> None:
    emit(database, outbox, OPENED, "a")
    outbox.deliver()
    clock.advance(KEEP_EVENTS * 2)
    emit(database, outbox, OPENED, "b", "c")
    outbox.deliver()
    outbox.forget()
    fresh: list[str] = []
    outbox.subscribe("map", [OPENED], lambda _tx, event: fresh.append(event.key))
    outbox.deliver()
    assert (seen, fresh) == (["a", "b", "c"], ["b", "c"])


def test_cursor_of_a_subscriber_that_is_gone_holds_nothing_back(
    database: Database, outbox: Outbox, clock: FakeClock
) -> None:
    with database.begin() as tx:
        tx.execute(outbox_cursors.insert().values(subscriber="old.feature", last_id=0))
    emit(database, outbox, OPENED, "a", "b")
    clock.advance(KEEP_EVENTS * 2)
    assert (outbox.forget(), kept(database, outbox)) == (1, "b")


@pytest.mark.usefixtures("seen")
def test_newest_event_keeps_its_number_for_channels_that_resume(
    database: Database, outbox: Outbox, clock: FakeClock
) -> None:
    emit(database, outbox, OPENED, "a", "b")
    outbox.deliver()
    clock.advance(KEEP_EVENTS * 2)
    with database.read() as connection:
        newest = outbox.newest(connection)
    outbox.forget()
    emit(database, outbox, OPENED, "c")
    with database.read() as connection:
        assert [event.key for event in outbox.since(connection, newest)] == ["c"]
        assert [event.key for event in outbox.since(connection, 1)] == ["b", "c"]


@pytest.mark.usefixtures("seen")
def test_many_events_go_in_portions_and_a_broken_run_is_gone_on_with(
    database: Database, outbox: Outbox, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PORTION", 3)
    monkeypatch.setattr(module, "MOST_PORTIONS", 2)
    emit(database, outbox, OPENED, *"abcdefghij")
    outbox.deliver()
    clock.advance(KEEP_EVENTS * 2)
    lives = iter([outbox._forget_portion])

    def portion(before: datetime) -> int:
        return next(lives)(before)

    with monkeypatch.context() as dying:
        dying.setattr(outbox, "_forget_portion", portion)
        with pytest.raises(StopIteration):
            outbox.forget()
    assert kept(database, outbox) == "defghij"
    assert [outbox.forget(), outbox.forget()] == [6, 0]
    assert (outbox.deliver(), kept(database, outbox)) == (0, "j")


def test_delivery_given_up_is_told_of_for_a_month_and_keeps_its_event(
    database: Database, outbox: Outbox, clock: FakeClock
) -> None:
    outbox.subscribe("board", [OPENED], fail)
    emit(database, outbox, OPENED, "a", "b")
    outbox.deliver()
    left = []
    for wait_for in (KEEP_FAILURES, timedelta(seconds=1)):
        clock.advance(wait_for)
        outbox.forget()
        with database.read() as connection:
            left.append((outbox.failures(connection), kept(database, outbox)))
    assert left == [(2, "ab"), (0, "b")]


def test_deleting_beside_deliveries_loses_and_doubles_nothing(
    database: Database, outbox: Outbox, clock: FakeClock, seen: list[str]
) -> None:
    """Every event is old as soon as it is delivered: the moment in which a wrong bound would lose one."""
    keys = [str(number) for number in range(60)]

    def act(number: int) -> None:
        if number % 3 == 0:
            emit(database, outbox, OPENED, *keys[number : number + 3])
            clock.advance(KEEP_EVENTS * 2)
        elif number % 3 == 1:
            outbox.deliver()
        else:
            outbox.forget()

    emit(database, outbox, OPENED, "-1")
    outbox.deliver()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(60)))
    outbox.deliver()
    outbox.forget()
    with database.read() as connection:
        left = connection.execute(sa.select(sa.func.count()).select_from(module.outbox_events))
        assert left.scalar_one() == 1
    assert sorted(seen, key=int) == ["-1", *keys]
