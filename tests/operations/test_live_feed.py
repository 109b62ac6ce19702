"""One reader serves every live channel: at once for what this process commits, from the store for who is further back."""

import asyncio
import time

import pytest

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.outbox import Outbox
from cityloop.operations import live
from cityloop.operations.live import Feed

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def outbox(database: Database, clock: FakeClock) -> Outbox:
    return Outbox(database, clock)


def emit(database: Database, outbox: Outbox, *keys: str) -> None:
    with database.begin() as tx:
        outbox.emit_many(tx, "order.opened", [(key, {"n": key}) for key in keys])


async def read(feed: Feed, last: int, wanted: int) -> list[str]:
    """Return the keys of the next ``wanted`` events after ``last``."""
    keys: list[str] = []
    while len(keys) < wanted:
        for told in await feed.after(last):
            last = told.event.id
            keys.append(told.event.key)
    return keys


async def test_what_this_process_commits_is_told_without_polling(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "POLL_S", 60.0)
    feed = Feed(database, outbox)
    async with feed.listening() as newest:
        readers = [asyncio.create_task(read(feed, newest, 1)) for _ in range(3)]
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await asyncio.to_thread(emit, database, outbox, "a")
        assert await asyncio.wait_for(asyncio.gather(*readers), 20) == [["a"]] * 3
        assert time.monotonic() - began < 20


async def test_what_another_process_commits_is_seen_by_polling(
    database: Database, outbox: Outbox, clock: FakeClock
) -> None:
    other = Outbox(database, clock)
    feed = Feed(database, outbox)
    async with feed.listening() as newest:
        await asyncio.to_thread(emit, database, other, "a")
        assert await asyncio.wait_for(read(feed, newest, 1), 20) == ["a"]


async def test_who_is_further_back_than_memory_misses_nothing(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "KEPT", 5)
    keys = [f"k{n}" for n in range(300)]
    emit(database, outbox, *keys[:100])
    feed = Feed(database, outbox)
    async with feed.listening() as newest:
        await asyncio.to_thread(emit, database, outbox, *keys[100:])
        assert await asyncio.wait_for(read(feed, newest, 200), 20) == keys[100:]
        assert await asyncio.wait_for(read(feed, 0, 300), 20) == keys


async def test_the_store_is_read_once_for_all(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "POLL_S", 60.0)
    looks = 0
    since = outbox.since

    def counted(*args: object, **options: object) -> object:
        nonlocal looks
        looks += 1
        return since(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "since", counted)
    feed = Feed(database, outbox)
    async with feed.listening() as newest:
        readers = [asyncio.create_task(read(feed, newest, 1)) for _ in range(20)]
        await asyncio.to_thread(emit, database, outbox, "a")
        await asyncio.wait_for(asyncio.gather(*readers), 20)
    assert looks <= 4


async def test_nobody_listening_means_nothing_is_read(database: Database, outbox: Outbox) -> None:
    feed = Feed(database, outbox)
    async with feed.listening():
        pass
    await asyncio.sleep(0)
    emit(database, outbox, "a")
    async with feed.listening() as newest:
        emit(database, outbox, "b")
        assert await asyncio.wait_for(read(feed, newest, 1), 20) == ["b"]
