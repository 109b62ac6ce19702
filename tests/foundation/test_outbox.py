"""Events reach each subscriber once and in order, whatever fails in between."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import Unavailable
from cityloop.foundation.outbox import Event, Outbox, outbox_failures


@pytest.fixture
def outbox(database: Database, clock: FakeClock) -> Outbox:
    return Outbox(database, clock)


def emit(database: Database, outbox: Outbox, *keys: str) -> None:
    with database.begin() as tx:
        for key in keys:
            outbox.emit(tx, "orders.opened", key, {"n": key})


def test_each_subscriber_sees_each_event_once(database: Database, outbox: Outbox) -> None:
    seen: list[str] = []
    outbox.subscribe("board", ["orders.opened"], lambda _tx, event: seen.append(event.key))
    outbox.subscribe("other", ["orders.closed"], lambda _tx, event: seen.append("wrong"))
    emit(database, outbox, "a", "b")
    assert (outbox.deliver(), outbox.deliver(), seen) == (2, 0, ["a", "b"])


def test_event_of_rolled_back_act_is_never_delivered(database: Database, outbox: Outbox) -> None:
    with pytest.raises(RuntimeError), database.begin() as tx:
        outbox.emit(tx, "orders.opened", "a", {})
        raise RuntimeError
    outbox.subscribe("board", ["orders.opened"], lambda _tx, _event: None)
    assert outbox.deliver() == 0


def test_transient_failure_is_tried_again_later(database: Database, outbox: Outbox) -> None:
    tries: list[str] = []

    def handler(_tx: Connection, event: Event) -> None:
        tries.append(event.key)
        if len(tries) == 1:
            raise Unavailable(what="mail")

    outbox.subscribe("mail", ["orders.opened"], handler)
    emit(database, outbox, "a", "b")
    assert outbox.deliver() == 0
    assert (outbox.deliver(), tries) == (2, ["a", "a", "b"])


def test_bad_event_is_kept_and_the_rest_goes_on(database: Database, outbox: Outbox) -> None:
    seen: list[str] = []

    def handler(_tx: Connection, event: Event) -> None:
        if event.key == "a":
            raise ValueError(event.key)
        seen.append(event.key)

    outbox.subscribe("board", ["orders.opened"], handler)
    emit(database, outbox, "a", "b")
    outbox.deliver()
    with database.read() as connection:
        failed = connection.execute(sa.select(outbox_failures.c.subscriber)).scalars().all()
    assert (seen, failed) == (["b"], ["board"])


def test_handler_work_and_cursor_commit_together(database: Database, outbox: Outbox) -> None:
    def handler(tx: Connection, event: Event) -> None:
        outbox.emit(tx, "cases.opened", event.key, {})
        raise Unavailable(what="disk")

    outbox.subscribe("cases", ["orders.opened"], handler)
    emit(database, outbox, "a")
    outbox.deliver()
    with database.read() as connection:
        topics = [event.topic for event in outbox.since(connection, 0)]
    assert topics == ["orders.opened"]


def test_events_after_a_number_come_in_order(database: Database, outbox: Outbox) -> None:
    emit(database, outbox, *"abcde")
    with database.read() as connection:
        first: list[Any] = list(outbox.since(connection, 0, most=3))
        rest = outbox.since(connection, first[-1].id)
    assert [event.key for event in [*first, *rest]] == list("abcde")


def test_two_workers_deliver_each_event_once(database: Database, outbox: Outbox) -> None:
    seen: list[str] = []
    outbox.subscribe("board", ["orders.opened"], lambda _tx, event: seen.append(event.key))
    emit(database, outbox, "first")
    outbox.deliver()
    emit(database, outbox, *(str(number) for number in range(40)))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _worker: outbox.deliver(), range(4)))
    assert seen == ["first", *(str(number) for number in range(40))]
