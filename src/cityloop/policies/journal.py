"""Records of reads: written before any row is given, many readers sharing one commit.

Whoever comes first writes for all that wait; those who come meanwhile form the next group. So 32 readers cost a few
commits, not 32, and each of them returns only after its own entry is durable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Condition

from sqlalchemy.exc import SQLAlchemyError

from cityloop.foundation import log
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.db import Database
from cityloop.policies.model import AuditUnavailable

_log = log.get("policies")

MAX_GROUP = 500
"""Entries written in one transaction; more would keep other writers of the state store waiting."""


@dataclass(slots=True)
class _Entry:
    act: Act
    done: bool = False
    error: Exception | None = field(default=None)


class Journal:
    """Writes acts of reading to the audit log, in groups.

    Args:
        db: the state store that holds the audit log.
        audit: the log.
    """

    def __init__(self, db: Database, audit: AuditLog) -> None:
        self._db = db
        self._audit = audit
        self._waiting: list[_Entry] = []
        self._change = Condition()
        self._is_writing = False
        driver: type[Exception] = (
            db.engine.dialect.loaded_dbapi.Error
        )  # every driver has it (PEP 249)
        self._failures = (SQLAlchemyError, OSError, driver)

    def record(self, act: Act) -> None:
        """Return when ``act`` is durable.

        Raises:
            AuditUnavailable: it could not be written; the caller must not go on.
        """
        entry = _Entry(act)
        with self._change:
            self._waiting.append(entry)
            while self._is_writing and not entry.done:
                self._change.wait()
            if not entry.done:
                self._is_writing = True
        if not entry.done:
            self._write_until(entry)
        if entry.error is not None:
            raise AuditUnavailable(what="audit log") from entry.error

    def _write_until(self, own: _Entry) -> None:
        """Write groups until ``own`` is among those written, then leave the rest to somebody who waits."""
        try:
            while not own.done:
                with self._change:
                    group = self._waiting[:MAX_GROUP]
                    del self._waiting[: len(group)]
                self._write(group)
        finally:
            with self._change:
                self._is_writing = False
                self._change.notify_all()

    def _write(self, group: Sequence[_Entry]) -> None:
        error: Exception | None = RuntimeError("the transaction was broken off")
        try:
            with self._db.begin() as tx:
                self._audit.record(tx, *(entry.act for entry in group))
            error = None
        except self._failures as problem:
            _log.error("reads not recorded", entries=len(group), reason=type(problem).__name__)
            error = problem
        finally:
            for entry in group:
                entry.error, entry.done = error, True
