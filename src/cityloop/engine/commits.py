"""How a write reaches a table's log: with its batch id, once, and again when another writer was faster."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

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
MERGES = "cityloop.merge"
"""Application transaction that every merge carries: of two merges at once one loses, so none works on stale keys."""

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
        self._lock = threading.Lock()
        self._log: DeltaTable | None = None

    def run(
        self, batch_id: str | None, act: "Act[T]", *, merges: bool = False, tries: int = TRIES
    ) -> tuple[T, int] | None:
        """Return what ``act`` returns and the version then reached, or None when ``batch_id`` was written before.

        Args:
            batch_id: None for upkeep, which has none.
            act: writes one commit with the properties it is given; called again after a lost try.
            merges: whether two such writes at once exclude each other.
            tries: 1 for rows that can be read only once.

        Raises:
            UnknownTable: the table does not exist.
            WriteConflict: other writers were faster ``tries`` times.
            Unavailable: no space is left.
            LakeBroken: the log or the folder cannot be read or written.
        """
        with self._lock:
            for number in range(tries):
                try:
                    log = self._newest()
                    if batch_id is not None and log.transaction_version(batch_id) is not None:
                        return None
                    before, properties = log.version(), _properties(log, batch_id, merges=merges)
                    done = act(log, properties)
                    if batch_id is not None and log.version() == before:
                        # Nothing changed, so the storage wrote nothing: the batch id must be kept all the same.
                        log.create_write_transaction(
                            [], "append", log.schema(), commit_properties=properties
                        )
                        log.update_incremental()
                    return done, log.version()
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


def _properties(log: DeltaTable, batch_id: str | None, *, merges: bool) -> CommitProperties:
    marks = []
    if batch_id is not None:
        # The storage's own clock field: it only says when this id may be forgotten.
        marks.append(Transaction(batch_id, 1, int(time.time() * 1000)))
    if merges:
        marks.append(Transaction(MERGES, log.version() + 1))
    return CommitProperties(
        app_transactions=marks,
        custom_metadata={} if batch_id is None else {"batch": batch_id},
    )


def _pause_s(number: int) -> float:
    longest = min(FIRST_PAUSE_S * float(2**number), LONGEST_PAUSE_S)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
