"""One reader of events for all live channels of a process: asked once, serialised once, handed to everybody.

Events of this process wake it as they are committed; those of others are seen within ``POLL_S``. It reads only while
somebody listens. A channel says which event it saw last and gets what came after, from memory or, when it is further
back, from the store: so nothing is lost however slow a client is, and nothing is kept for each of them.
"""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson
from sqlalchemy.exc import SQLAlchemyError

from cityloop.foundation import log
from cityloop.foundation.db import Database
from cityloop.foundation.outbox import Event, Outbox

POLL_S = 1.0
"""How long a change made by another process may stay unseen, seconds."""
TOGETHER_S = 0.02
"""Events that come within this time are read together, seconds."""
KEPT = 1_000
"""Events kept in memory; who is further back reads the store."""

_log = log.get("live")


@dataclass(frozen=True, slots=True)
class Told:
    """An event and its message, made once for all channels."""

    event: Event
    message: bytes


class Feed:
    """The events of one city for the live channels of this process; all of its methods belong to the server's loop."""

    def __init__(self, db: Database, outbox: Outbox) -> None:
        """Read events of ``outbox`` in ``db``, once somebody listens."""
        self._db = db
        self._outbox = outbox
        self._listeners = 0
        self._reader: asyncio.Task[None] | None = None
        self._recent: list[Told] = []
        self._floor = 0
        self._news = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Keep the reader going; yields the number of the newest event at the start."""
        self._listeners += 1
        try:
            newest = await asyncio.to_thread(self._newest)
            if self._reader is None or self._reader.done():
                self._recent, self._floor = [], newest
                self._reader = asyncio.create_task(self._read())
            yield newest
        finally:
            self._listeners -= 1
            if self._listeners == 0 and self._reader is not None:
                self._reader.cancel()
                self._reader = None

    async def after(self, last: int) -> Sequence[Told]:
        """Return events after the one numbered ``last``, oldest first; waits up to ``POLL_S`` for the first one."""
        if not (found := await self._known(last)):
            news = self._news
            try:
                await asyncio.wait_for(news.wait(), POLL_S)
            except TimeoutError:
                return ()
            found = await self._known(last)
        return found

    async def _known(self, last: int) -> Sequence[Told]:
        if last >= self._floor:
            return self._recent[bisect_right(self._recent, last, key=lambda told: told.event.id) :]
        return await asyncio.to_thread(self._since, last)

    async def _read(self) -> None:
        loop, wake = asyncio.get_running_loop(), asyncio.Event()

        def woken() -> None:
            loop.call_soon_threadsafe(wake.set)

        with self._outbox.watched(woken):
            while True:
                wake.clear()
                last = self._recent[-1].event.id if self._recent else self._floor
                try:
                    fresh = await asyncio.to_thread(self._since, last)
                except SQLAlchemyError as error:  # one failed look must not end all channels
                    _log.error("live events not read", exc_info=error)
                    fresh = []
                if fresh:
                    self._keep(fresh)
                    continue
                try:
                    await asyncio.wait_for(wake.wait(), POLL_S)
                    await asyncio.sleep(TOGETHER_S)
                except TimeoutError:
                    continue

    def _keep(self, fresh: Sequence[Told]) -> None:
        self._recent.extend(fresh)
        if (extra := len(self._recent) - KEPT) > 0:
            self._floor = self._recent[extra - 1].event.id
            del self._recent[:extra]
        waiting, self._news = self._news, asyncio.Event()
        waiting.set()

    def _newest(self) -> int:
        with self._db.read() as connection:
            return self._outbox.newest(connection)

    def _since(self, last: int) -> list[Told]:
        with self._db.read() as connection:
            events = self._outbox.since(connection, last)
        return [Told(event, _message(event)) for event in events]


def _message(event: Event) -> bytes:
    body = orjson.dumps({"key": event.key, "at": event.at, **event.payload})
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.topic.encode(), body)
