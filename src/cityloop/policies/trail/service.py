"""The verbs on the audit log: look at it, verify it, take it away, anchor it. Each needs ``audit.view`` and is recorded."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from cityloop.foundation.audit import FIRST_HASH, Act, AuditLog, Verdict, audit_head, audit_log
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.jobs import Jobs
from cityloop.foundation.principal import Principal
from cityloop.policies.trail.entries import (
    LOG,
    NOT_DONE,
    Entry,
    Wanted,
    conditions,
    day_start,
    things_of,
)
from cityloop.policies.trail.files import FileFormat, written

PERMISSION = "audit.view"
"""Permission to look at the log, whatever it is about."""
RETENTION_FLOOR = timedelta(days=180)
"""Entries younger than this may never be removed (Cybersecurity Law, article 21: at least six months)."""
ANCHOR_JOB = "policies.anchor"
"""Kind of the job that publishes the signed anchor."""
ANCHOR_EVERY_S = 300
"""Seconds between two anchors: how much of the log's end could be cut off unnoticed by somebody who owns the database."""
MOST_ENTRIES = 1_000
"""Entries of one page."""
MOST_CHOICES = 500
"""Different actors, verbs or purposes that are offered as filters; more would make no useful list."""

Names = Callable[[Collection[str]], Mapping[str, str]]
"""From actors' ids to the names people know them by; who has none is left out."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The log at a glance: how much there is in all and of ``today`` (a day of the city), and what filters may name.

    ``refused`` counts acts that did not come about, ``exports`` data taken away, ``actors`` who acted: all of today.
    """

    today: date
    entries: int
    entries_today: int
    refused_today: int
    exports_today: int
    actors_today: int
    actors: Mapping[str, str | None]
    verbs: Sequence[str]
    purposes: Sequence[str]


@dataclass(slots=True)
class AuditTrail:
    """The audit log for those who may look at it; looking is recorded as well.

    Entries are kept for at least :data:`RETENTION_FLOOR`; nothing here deletes any.

    Args:
        db: the state store that holds the audit log.
        audit: the log.
        clock: the time entries are dated by.
        time_zone: of the city; its days begin there.
        names: knows what actors are called.
    """

    db: Database
    audit: AuditLog
    clock: Clock
    time_zone: str = "Asia/Shanghai"
    names: Names = field(default=lambda _ids: {})

    def list(
        self,
        principal: Principal,
        wanted: Wanted | None = None,
        *,
        most: int = 100,
        before: int | None = None,
        after: int | None = None,
    ) -> Sequence[Entry]:
        """Return up to ``most`` (at most 1,000) of the wanted entries, newest first.

        Args:
            principal: who looks.
            wanted: which entries; None means all.
            most: how many at most.
            before: only entries older than this number; the next page begins before the last entry of this one.
            after: only entries newer than this number, the nearest ones: the page before.

        Raises:
            Forbidden: the principal lacks ``audit.view``.
        """
        asked = wanted or Wanted()
        self._look(principal, "audit.list", {"before": before, **filters_of(asked)})
        query = self._select(asked).limit(min(most, MOST_ENTRIES))
        if before is not None:
            query = query.where(audit_log.c.seq < before)
        if after is not None:
            query = query.where(audit_log.c.seq > after)
        upwards = after is not None
        order = audit_log.c.seq.asc() if upwards else audit_log.c.seq.desc()
        with self.db.read() as connection:
            rows = list(connection.execute(query.order_by(order)).mappings())
            previous = _hashes(connection, [row["seq"] - 1 for row in rows])
        names = self.names({str(row["actor"]) for row in rows})
        entries = [_entry(row, names, previous) for row in rows]
        return entries[::-1] if upwards else entries

    def overview(self, principal: Principal) -> Overview:
        """Return the log at a glance; it tells counts and names only and is not recorded.

        Raises:
            Forbidden: the principal lacks ``audit.view``.
        """
        principal.require(PERMISSION, LOG)
        zone = ZoneInfo(self.time_zone)
        today = self.clock.now().astimezone(zone).date()
        table = audit_log.c
        counts = (
            sa.select(table.verb, table.outcome, sa.func.count())
            .where(table.at >= day_start(today, zone))
            .group_by(table.verb, table.outcome)
        )
        acting = sa.select(sa.func.count(sa.distinct(table.actor))).where(
            table.at >= day_start(today, zone)
        )
        with self.db.read() as connection:
            entries = connection.execute(sa.select(audit_head.c.seq)).scalar() or 0
            of_today = list(connection.execute(counts))
            actors_today = connection.execute(acting).scalar_one()
            actors = _distinct(connection, table.actor)
            verbs = _distinct(connection, table.verb)
            purposes = list(connection.execute(sa.select(table.purpose).distinct()).scalars())
        names = self.names(set(actors))
        return Overview(
            today=today,
            entries=entries,
            entries_today=sum(count for _verb, _outcome, count in of_today),
            refused_today=sum(count for _verb, outcome, count in of_today if outcome in NOT_DONE),
            exports_today=sum(
                count
                for verb, outcome, count in of_today
                if verb == "export" and outcome not in NOT_DONE
            ),
            actors_today=actors_today,
            actors={each: names.get(each) for each in actors},
            verbs=verbs,
            purposes=sorted(each for each in purposes if each),
        )

    def verify(self, principal: Principal) -> Verdict:
        """Recompute the whole chain and compare it with its signed anchor.

        Raises:
            Forbidden: the principal lacks ``audit.view``.
        """
        principal.require(PERMISSION, LOG)
        with self.db.read() as connection:
            verdict = self.audit.verify(connection)
        details = {"entries": verdict.entries, "broken_at": verdict.broken_at}
        self._look(principal, "audit.verify", details)
        return verdict

    def export(
        self, principal: Principal, wanted: Wanted | None = None, file_format: FileFormat = "jsonl"
    ) -> Iterator[bytes]:
        """Yield the wanted entries as a file, oldest first, in bounded memory; each carries its hash.

        Args:
            principal: who takes them.
            wanted: which entries; None means all.
            file_format: ``jsonl`` for programs, ``csv`` for spreadsheets (no cell runs as a formula).

        Raises:
            Forbidden: the principal lacks ``audit.view``.
        """
        asked = wanted or Wanted()
        self._look(principal, "audit.export", {"format": file_format, **filters_of(asked)})
        return written(self._rows(asked), file_format, ZoneInfo(self.time_zone))

    def publish_anchor(self) -> None:
        """Write the newest hash, signed, to the anchor file; run as a job every :data:`ANCHOR_EVERY_S`."""
        with self.db.read() as connection:
            self.audit.publish_head(connection)

    def schedule(self, jobs: Jobs) -> None:
        """Have the anchor published again and again, starting now."""
        jobs.register(ANCHOR_JOB, lambda _payload: self.publish_anchor())
        with self.db.begin() as tx:
            jobs.enqueue(tx, ANCHOR_JOB, key="anchor", every_s=ANCHOR_EVERY_S)

    def _select(self, wanted: Wanted) -> sa.Select[tuple[object, ...]]:
        return sa.select(audit_log).where(*conditions(wanted, ZoneInfo(self.time_zone)))

    def _rows(self, wanted: Wanted) -> Iterator[RowMapping]:
        query = self._select(wanted).order_by(audit_log.c.seq)
        with (
            self.db.read() as connection,
            connection.execution_options(yield_per=5_000).execute(query) as rows,
        ):
            yield from rows.mappings()

    def _look(self, principal: Principal, verb: str, details: Mapping[str, object]) -> None:
        principal.require(PERMISSION, LOG)
        with self.db.begin() as tx:
            self.audit.record(tx, Act(principal.id, verb, LOG, details=details))


def filters_of(wanted: Wanted) -> Mapping[str, object]:
    """Return the filters that are set, as the log names them: why somebody looked must be seen later."""
    given = {name: getattr(wanted, name) for name in Wanted.__dataclass_fields__}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given.items()
        if value
    }


def _entry(row: RowMapping, names: Mapping[str, str], previous: Mapping[int, str]) -> Entry:
    values = {str(name): row[name] for name in row}
    return Entry(
        **values,
        actor_name=names.get(row["actor"]),
        things=things_of(row["verb"], row["target"]),
        previous=previous.get(row["seq"] - 1),
    )


def _hashes(connection: Connection, numbers: Collection[int]) -> Mapping[int, str]:
    query = sa.select(audit_log.c.seq, audit_log.c.hash).where(audit_log.c.seq.in_(numbers))
    return {0: FIRST_HASH, **{row.seq: row.hash for row in connection.execute(query)}}


def _distinct(connection: Connection, column: sa.ColumnElement[str]) -> Sequence[str]:
    """Return the different values of an indexed column: one step of the index for each, however long the log is."""
    found: list[str] = []
    while len(found) < MOST_CHOICES:
        query = sa.select(sa.func.min(column))
        value = connection.execute(query.where(column > found[-1]) if found else query).scalar()
        if value is None:
            break
        found.append(value)
    return found
