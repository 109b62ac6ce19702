"""Results that were computed already: exact, because the key is the rewritten query and the versions that it read.

The rewritten query holds everything that policy decided (filters, masks, pseudonym keys), so two readers share a result
only when they would run the very same query over the very same data.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from threading import Lock

import pyarrow as pa

from cityloop.foundation.errors import CityError

SHARE = 4
"""A single result may take at most one SHARE-th of the cache."""
RESULT_BYTES = 4_000
"""What a kept result takes in memory beside its values: the objects around them (measured: 2 to 5 kB with 1 to 10 columns)."""


class ResultCache:
    """Least recently used results, bounded by bytes; a result that is being computed is computed once.

    A result is kept in as few bytes as it needs: as it comes from the engine, its buffers have room for thousands of rows.

    Args:
        most_bytes: memory for results; 0 keeps none.
    """

    def __init__(self, most_bytes: int = 256 * 1024 * 1024) -> None:
        self._most_bytes = most_bytes
        self._tables: OrderedDict[Hashable, pa.Table] = OrderedDict()
        self._running: dict[Hashable, Future[pa.Table]] = {}
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes_used(self) -> int:
        """Bytes of the results that are kept."""
        return self._bytes

    def get(self, key: Hashable, compute: Callable[[], pa.Table]) -> tuple[pa.Table, bool]:
        """Return the result of ``key`` and whether it was there; errors of ``compute`` pass through and are not kept."""
        with self._lock:
            if (table := self._tables.get(key)) is not None:
                self._tables.move_to_end(key)
                return table, True
            running = self._running.get(key)
            mine: Future[pa.Table] = running or Future()
            self._running[key] = mine
        if running is None:
            return self._compute(key, mine, compute), False
        try:
            return running.result(), True
        except CancelledError:  # whoever computed it was broken off: try ourselves
            return self.get(key, compute)

    def clear(self) -> None:
        """Forget every result."""
        with self._lock:
            self._tables.clear()
            self._bytes = 0

    def _compute(
        self, key: Hashable, mine: Future[pa.Table], compute: Callable[[], pa.Table]
    ) -> pa.Table:
        try:
            table = compute()
            with self._lock:
                self._keep(key, table)
            mine.set_result(table)
        except CityError as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._running[key]
            mine.cancel()  # does nothing when it is done
        return table

    def _keep(self, key: Hashable, table: pa.Table) -> None:
        if _size(table) * SHARE > self._most_bytes:
            return
        self._tables[key] = table = _compact(table)
        self._bytes += _size(table)
        while self._bytes > self._most_bytes:
            _key, oldest = self._tables.popitem(last=False)
            self._bytes -= _size(oldest)


def _compact(table: pa.Table) -> pa.Table:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return pa.ipc.open_stream(sink.getvalue()).read_all()


def _size(table: pa.Table) -> int:
    return table.nbytes + RESULT_BYTES
