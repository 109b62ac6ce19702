"""What ingest stands on: its collaborators, passed in once, and the lock that lets one writer at a time touch a dataset."""

import fcntl
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Protocol

from cityloop.contracts.compiler import CompiledContract
from cityloop.datasets.errors import Busy
from cityloop.datasets.storage import telling_when_full
from cityloop.engine import Lake
from cityloop.engine.workspace import Workspace, sweep
from cityloop.foundation.audit import AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.outbox import Outbox
from cityloop.sources.connectors.base import Delivery

LOCK_WAIT_S = 30.0
"""How long a writer waits for the other writer of its dataset before it gives up, seconds."""
LOCK_POLL_S = 0.05
"""How often it looks, seconds."""
LITTLE_BYTES = 1 << 20
"""Deliveries below this are worked on in memory by one thread: starting more costs them a fifth of their CPU."""
DATA = "data"
"""Schema of the lake that holds the datasets."""
QUARANTINE = "quarantine"
"""Schema of the lake that holds the rows put aside."""


class Deliveries(Protocol):
    """Whoever brings deliveries: ``sources.service.Sources`` in a running city."""

    def feeds(self, source: str) -> Iterable[tuple[str, Mapping[str, str]]]:
        """Return (dataset, source column → field) of every feed of ``source``.

        Raises:
            NotFound: there is no such source.
        """

    def deliveries(
        self, source: str, dataset: str, cursor: str | None, *, expected: frozenset[str]
    ) -> Iterator[Delivery]:
        """Yield what the source has since ``cursor`` (None: everything), oldest first, kept in the inbox.

        Raises:
            CityError: the source cannot be read.
        """

    def find(self, source: str, dataset: str, delivery: str) -> Delivery:
        """Return a delivery that the inbox keeps.

        Raises:
            NotFound: it is not there.
        """

    def kept_feeds(self) -> Sequence[tuple[str, str]]:
        """Return (source, dataset) of every feed that has deliveries in the inbox."""

    def kept_ids(self, source: str, dataset: str) -> Collection[str]:
        """Return the deliveries of a feed that the inbox keeps."""

    def forget(self, source: str, dataset: str, delivery: str, *, before: datetime) -> bool:
        """Delete the bytes of a delivery that was fetched before ``before``; return whether it was."""


def _no_step(_name: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ReadyContract:
    """A compiled contract with its queries as text: making them costs as much as judging some 100,000 rows."""

    contract: CompiledContract
    quick: str
    judged: str


class ReadyContracts:
    """The contracts compiled last, by content and columns; safe from several threads.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[object, ...], ReadyContract] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], CompiledContract]) -> ReadyContract:
        """Return the contract of ``key``, made by ``make`` unless it is kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        contract = make()
        ready = ReadyContract(contract, contract.quick.sql("duckdb"), contract.judged.sql("duckdb"))
        with self._lock:
            self._kept[key] = ready
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return ready


@dataclass(frozen=True, slots=True)
class Ground:
    """The collaborators of ingest.

    ``data`` is the city's ``.cityloop`` folder. ``steps`` is told the name of each step of a batch as it is done
    (``journalled staged split table quarantine published``); tests stop the process there.
    """

    db: Database
    clock: Clock
    audit: AuditLog
    outbox: Outbox
    lake: Lake
    definitions: Callable[[], Snapshot]
    sources: Deliveries
    data: Path
    time_zone: str = "Asia/Shanghai"
    memory: str = "400MB"
    threads: int = 2
    steps: Callable[[str], None] = _no_step
    contracts: ReadyContracts = field(default_factory=ReadyContracts)

    @contextmanager
    def workspace(self, size_bytes: int | None = None) -> Iterator[tuple[Workspace, Path]]:
        """Open a private engine that may read the inbox and the lake, with a scratch folder that goes away with it.

        Args:
            size_bytes: how much is loaded; a little of it needs neither a database on disk nor a second thread.
        """
        readable = [self.data / "inbox", self.data / "lake"]
        is_little = size_bytes is not None and size_bytes < LITTLE_BYTES
        with Workspace(
            self.data / "work",
            may_read=readable,
            memory=self.memory,
            threads=1 if is_little else self.threads,
            on_disk=not is_little,
        ) as work:
            yield work, work.folder / "scratch"

    @contextmanager
    def writing(self, dataset: str, *, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
        """Be the only writer of ``dataset`` on this machine; the lock dies with the process.

        Raises:
            Busy: another writer kept the dataset for ``wait_s`` seconds.
            StorageFull: the disk is full.
        """
        folder = self.data / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        name = sha256(dataset.encode()).hexdigest()[:16]
        with (folder / name).open("w") as file:
            until = time.monotonic() + wait_s
            while not _locked(file.fileno()):
                if time.monotonic() >= until:
                    raise Busy(dataset=dataset)
                time.sleep(LOCK_POLL_S)
            with telling_when_full(dataset, self.data):
                yield

    def sweep(self) -> None:
        """Delete what crashed processes left of their private engines."""
        sweep(self.data / "work")


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
