"""Deadlines: clocks turn yellow and red, many at a time, and each escalation is told exactly once.

A batch is one transaction: one ``UPDATE … RETURNING`` moves its timers on, so that a crash repeats the whole batch and a
second worker gets other rows.
"""

from datetime import datetime

from sqlalchemy.engine import Connection

from cityloop.cases import store
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.outbox import Outbox

BATCH = 2_000
"""Timers moved on in one transaction: more is faster and keeps other writers waiting longer."""
ACTOR = "service:cases"
"""Who stands in the timeline for what time itself did."""


class Timers:
    """The clocks of one city's cases.

    Args:
        db: the state store.
        clock: gives the time.
        audit: gets one entry per batch.
        outbox: gets ``case.overdue`` once per task or case.
    """

    def __init__(self, db: Database, clock: Clock, audit: AuditLog, outbox: Outbox) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit
        self._outbox = outbox

    def ring_due(self, *, most: int = 100_000) -> int:
        """Turn every due clock yellow or red; return how many turned, at most about ``most``."""
        done = 0
        while done < most:
            with self._db.begin() as tx:
                rung = self._ring_batch(tx)
            done += rung
            if rung < BATCH:
                break
        return done

    def next_due(self) -> datetime | None:
        """Return when the next clock turns; None when no clock runs."""
        with self._db.read() as connection:
            return store.next_timer(connection)

    def _ring_batch(self, tx: Connection) -> int:
        now = self._clock.now()
        rung = store.ring(tx, now, most=BATCH)
        if not rung:
            return 0
        store.append_log(tx, [_line(each) for each in rung], now, ACTOR)
        late = [each for each in rung if each.light == "red"]
        if late:
            details = {"overdue": len(late)}
            self._audit.record(tx, Act(ACTOR, "cases.escalate", "cases", details=details))
            self._outbox.emit_many(
                tx, "case.overdue", [(each.case_id, _payload(each)) for each in late]
            )
        return len(rung)


def _line(rung: store.Rung) -> dict[str, object]:
    return {
        "case_id": rung.case_id,
        "verb": "overdue" if rung.light == "red" else "due_soon",
        "task_id": rung.task_id, "step": rung.step, "details": {},
    }  # fmt: skip


def _payload(rung: store.Rung) -> dict[str, object]:
    return {
        "case": rung.case_id, "task": rung.task_id, "step": rung.step,
        "department": rung.department, "due_at": rung.due_at.isoformat(),
    }  # fmt: skip
