"""How a write reaches a table's log: with its batch id, once, and again when another writer was faster.

Appends need no lock. Everything that takes files away (merge, replace, delete, restore, compact) is alone on its machine
by a lock file beside the table. The log finds most conflicts by itself, but delta-rs 1.6 lets a compaction and another
compaction or replacement at once both succeed, which doubles rows (`test_taking_files_away_at_once_…`).
"""

import fcntl
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TextIO, TypeVar

from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from cityloop.engine.base import LakeBroken, UnknownTable, WriteConflict
from cityloop.foundation.errors import Unavailable

TRIES = 12
"""How often a write is tried when it loses against other writers; with the pauses about 20 s in all."""
FIRST_PAUSE_S = 0.01
"""Pause after the first lost try, seconds; doubles up to :data:`LONGEST_PAUSE_S`."""
LONGEST_PAUSE_S = 4.0
"""Longest pause, seconds; each pause is cut short by chance so that two losers do not meet again."""
LOCK_WAIT_S = 600.0
"""How long a write waits for the lock file, seconds; longer than the longest compaction or merge."""
LOCK_POLL_S = 0.02
"""How often it looks, seconds."""
ALONE = "cityloop.alone"
"""Application transaction of writes that take files away: on two machines, where the lock may not reach, one loses."""

Act = Callable[[DeltaTable, CommitProperties], "T"]
T = TypeVar("T")


class Commits:
    """The way into one table's log; writes of one process queue up.

    Args:
        name: ``schema.table``, for messages.
        folder: the table's folder.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._queue = threading.Lock()
        self._lock_file = folder.parent / f".{folder.name}.lock"
        self._log: DeltaTable | None = None

    def run(
        self, batch_id: str | None, act: "Act[T]", *, alone: bool = True, tries: int = TRIES
    ) -> tuple[T, int] | None:
        """Return what ``act`` returns and the version then reached, or None when ``batch_id`` was written before.

        Args:
            batch_id: None for upkeep, which has none.
            act: writes one commit with the properties it is given; called again after a lost try.
            alone: whether no other such write may happen meanwhile; only appends need not be alone.
            tries: 1 for rows that can be read only once.

        Raises:
            UnknownTable: the table does not exist.
            WriteConflict: other writers were faster ``tries`` times, or held the lock for :data:`LOCK_WAIT_S`.
            Unavailable: no space is left.
            LakeBroken: the log or the folder cannot be read or written.
        """
        with self._queue, self._locked() if alone else nullcontext():
            for number in range(tries):
                try:
                    log = self._newest()
                    if batch_id is not None and log.transaction_version(batch_id) is not None:
                        return None
                    return _write_once(log, batch_id, act, alone=alone)
                except CommitFailedError:
                    self._log = None
                    time.sleep(_pause_s(number))
                except (DeltaError, OSError) as error:
                    self._log = None
                    raise explained(self._name, error) from error
            if batch_id is not None and self._newest().transaction_version(batch_id) is not None:
                return None
        raise WriteConflict(table=self._name, tries=tries)

    def upkeep(self, act: "Act[T]") -> tuple[T, int]:
        """Return what ``act`` returns and the version then reached; for commits that bring no rows.

        Raises:
            UnknownTable: the table does not exist.
            WriteConflict: other writers were faster, again and again.
            Unavailable: no space is left.
            LakeBroken: the log or the folder cannot be read or written.
        """
        done = self.run(None, act)
        if done is None:  # only a batch can have been there before
            raise WriteConflict(table=self._name, tries=TRIES)
        return done

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # The system drops the lock when the process dies, however it dies.
        if not self._folder.exists():
            raise UnknownTable(name=self._name, kind="table", close=[])
        with self._lock_file.open("w") as file:
            until = time.monotonic() + LOCK_WAIT_S
            while not _taken(file):
                if time.monotonic() > until:
                    raise WriteConflict(table=self._name, tries=1)
                time.sleep(LOCK_POLL_S)
            yield

    def _newest(self) -> DeltaTable:
        if self._log is None:
            self._log = DeltaTable(str(self._folder))
        else:
            self._log.update_incremental()
        return self._log


def explained(name: str, error: Exception) -> UnknownTable | Unavailable | LakeBroken:
    """Return our own error for what the storage said about table ``name``."""
    if isinstance(error, TableNotFoundError):
        return UnknownTable(name=name, kind="table", close=[])
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "No space left" in str(error) or "quota" in str(error).lower():
        return Unavailable(what=f"disk space for table {name}")
    return LakeBroken(table=name, reason=reason)


def _write_once(
    log: DeltaTable, batch_id: str | None, act: "Act[T]", *, alone: bool
) -> tuple[T, int]:
    before, properties = log.version(), _properties(log, batch_id, alone=alone)
    done = act(log, properties)
    if batch_id is not None and log.version() == before:
        # Nothing changed, so the storage wrote nothing: the batch id must be kept all the same.
        log.create_write_transaction([], "append", log.schema(), commit_properties=properties)
        log.update_incremental()
    return done, log.version()


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _properties(log: DeltaTable, batch_id: str | None, *, alone: bool) -> CommitProperties:
    marks = []
    if batch_id is not None:
        # The storage's own clock field: it only says when this id may be forgotten.
        marks.append(Transaction(batch_id, 1, int(time.time() * 1000)))
    if alone:
        marks.append(Transaction(ALONE, log.version() + 1))
    return CommitProperties(
        app_transactions=marks,
        custom_metadata={} if batch_id is None else {"batch": batch_id},
    )


def _pause_s(number: int) -> float:
    longest = min(FIRST_PAUSE_S * float(2**number), LONGEST_PAUSE_S)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
