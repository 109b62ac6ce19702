"""Records of reads: written before any row is given, many readers sharing one commit.

Whoever comes first writes for all that wait; those who come meanwhile form the next group. So 32 readers cost a few
commits, not 32, and each of them returns only after its own entry is durable. :class:`AuditTrail` shows the log to those
who may look at it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Condition

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from cityloop.foundation import log
from cityloop.foundation.audit import Act, AuditLog, Verdict, audit_log, entries
from cityloop.foundation.db import Database
from cityloop.foundation.jobs import Jobs
from cityloop.foundation.principal import Principal
from cityloop.policies.model import AuditUnavailable

_log = log.get("policies")

MAX_GROUP = 500
"""Entries written in one transaction; more would keep other writers of the state store waiting."""
RETENTION_FLOOR = timedelta(days=180)
"""Entries younger than this may never be removed (Cybersecurity Law, article 21: at least six months)."""
ANCHOR_JOB = "policies.anchor"
"""Kind of the job that publishes the signed anchor."""
ANCHOR_EVERY_S = 300
"""Seconds between two anchors: how much of the log's end could be cut off unnoticed by somebody who owns the database."""


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


class AuditTrail:
    """The audit log for those who may look at it (permission ``audit.view``); looking is recorded as well.

    Entries are kept for at least :data:`RETENTION_FLOOR`; nothing here deletes any.

    Args:
        db: the state store that holds the audit log.
        audit: the log.
    """

    def __init__(self, db: Database, audit: AuditLog) -> None:
        self._db = db
        self._audit = audit

    def list(
        self, principal: Principal, *, most: int = 100, before: int | None = None
    ) -> Sequence[Mapping[str, object]]:
        """Return up to ``most`` (at most 1,000) entries, newest first, older than number ``before``.

        Raises:
            Forbidden: the principal lacks ``audit.view``.
        """
        self._look(principal, "audit.list", {"before": before})
        with self._db.read() as connection:
            return entries(connection, most=min(most, 1_000), before=before)

    def verify(self, principal: Principal) -> Verdict:
        """Recompute the whole chain and compare it with its signed anchor.

        Raises:
            Forbidden: the principal lacks ``audit.view``.
        """
        principal.require("audit.view", "audit log")
        with self._db.read() as connection:
            verdict = self._audit.verify(connection)
        details = {"entries": verdict.entries, "broken_at": verdict.broken_at}
        self._look(principal, "audit.verify", details)
        return verdict

    def export(self, principal: Principal) -> Iterator[bytes]:
        """Yield every entry as one JSON line, oldest first, in bounded memory; each line carries its hash.

        Raises:
            Forbidden: the principal lacks ``audit.view``.
        """
        self._look(principal, "audit.export", {})
        return self._lines()

    def publish_anchor(self) -> None:
        """Write the newest hash, signed, to the anchor file; run as a job every :data:`ANCHOR_EVERY_S`."""
        with self._db.read() as connection:
            self._audit.publish_head(connection)

    def schedule(self, jobs: Jobs) -> None:
        """Have the anchor published again and again, starting now."""
        jobs.register(ANCHOR_JOB, lambda _payload: self.publish_anchor())
        with self._db.begin() as tx:
            jobs.enqueue(tx, ANCHOR_JOB, key="anchor", every_s=ANCHOR_EVERY_S)

    def _lines(self) -> Iterator[bytes]:
        query = sa.select(audit_log).order_by(audit_log.c.seq)
        with (
            self._db.read() as connection,
            connection.execution_options(yield_per=5_000).execute(query) as rows,
        ):
            for row in rows.mappings():
                yield orjson.dumps(
                    {str(name): row[name] for name in row},
                    option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z,
                )

    def _look(self, principal: Principal, verb: str, details: Mapping[str, object]) -> None:
        principal.require("audit.view", "audit log")
        with self._db.begin() as tx:
            self._audit.record(tx, Act(principal.id, verb, "audit log", details=details))
