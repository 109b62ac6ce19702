"""Tables of cases and their statements, built once: composing one costs three times as much as running it.

A timer is the column ``timer_at`` of a task or case, with an index over the rows that have one: setting and clearing
it costs no row of its own, and due ones are found and moved on in one statement.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from cityloop.cases.model import Case, Entry, Task
from cityloop.foundation.db import UtcDateTime, metadata
from cityloop.foundation.prepared import Prepared

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_IS_TIMED = sa.text("timer_at IS NOT NULL")

case_procedures = sa.Table(
    "case_procedures",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)
"""Every definition that a case follows, by the SHA-256 of its content; never changed."""

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("key", sa.String, nullable=False, unique=True),
    sa.Column("procedure", sa.String, nullable=False),
    sa.Column("procedure_id", sa.String(64), nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("department", sa.String),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("blocks", sa.JSON, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("opened_by", sa.String, nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime),
    sa.Column("yellow_at", UtcDateTime),
    sa.Column("timer_at", UtcDateTime),
    sa.Column("light", sa.String(8), nullable=False),
    sa.Column("suspended_at", UtcDateTime),
    sa.Column("closed_at", UtcDateTime),
    sa.Index("ix_cases_timer", "timer_at", sqlite_where=_IS_TIMED, postgresql_where=_IS_TIMED),
)

tasks = sa.Table(
    "case_tasks",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("case_id", sa.String(32), sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("step", sa.String, nullable=False),
    sa.Column("block", sa.String, nullable=False),
    sa.Column("after", sa.String(32)),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("department", sa.String),
    sa.Column("role", sa.String),
    sa.Column("assignee", sa.String),
    sa.Column("outcome", sa.String),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("finished_by", sa.String),
    sa.Column("due_at", UtcDateTime),
    sa.Column("yellow_at", UtcDateTime),
    sa.Column("timer_at", UtcDateTime),
    sa.Column("light", sa.String(8), nullable=False),
    sa.Index("ix_case_tasks_board", "department", "state"),
    sa.Index("ix_case_tasks_timer", "timer_at", sqlite_where=_IS_TIMED, postgresql_where=_IS_TIMED),
)

log = sa.Table(
    "case_log",
    metadata,
    sa.Column("id", _ID, primary_key=True, autoincrement=True),
    sa.Column("case_id", sa.String(32), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("verb", sa.String, nullable=False),
    sa.Column("task_id", sa.String(32)),
    sa.Column("step", sa.String),
    sa.Column("details", sa.JSON, nullable=False),
)
"""Append-only: nothing here updates or deletes a row."""

Values = Mapping[str, Any]
"""Column values of one row; Any because each column has its own type."""
OPEN_TASKS = ("ready", "claimed")
"""States of a task that waits for somebody."""

_b = sa.bindparam
_HIDDEN = ("yellow_at", "timer_at")
_case_columns = [column for column in cases.c if column.name not in _HIDDEN]
_task_columns = [column for column in tasks.c if column.name not in _HIDDEN]
_case_width = len(_case_columns)

_INSERT_CASE = {
    "sqlite": sqlite.insert(cases)
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(cases.c.id),
    "postgresql": postgresql.insert(cases)
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(cases.c.id),
}
_INSERT_PROCEDURE = {
    "sqlite": sqlite.insert(case_procedures).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(case_procedures).on_conflict_do_nothing(),
}
_SELECT_PROCEDURE = sa.select(case_procedures.c.body).where(case_procedures.c.id == _b("id"))
_INSERT_TASK = Prepared(tasks.insert().inline(), columns=tasks.c.keys())
_INSERT_LOG = Prepared(
    log.insert().inline(), columns=[each.name for each in log.c if each.name != "id"]
)
_SELECT_CASE = sa.select(*_case_columns).where(cases.c.id == _b("id"))
_SELECT_CASE_BY_KEY = sa.select(*_case_columns).where(cases.c.key == _b("key"))
_SELECT_TASK = sa.select(*_task_columns).where(tasks.c.id == _b("id"))
_LOCK_TASK_OF_CASE = Prepared(
    sa.select(*_case_columns, *_task_columns)
    .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.id == _b("id"))
    .with_for_update()
)
_FINISH_TASK = Prepared(
    tasks.update()
    .where(tasks.c.id == _b("task"), sa.or_(*(tasks.c.state == state for state in OPEN_TASKS)))
    .values(
        state=_b("new_state"),
        outcome=_b("new_outcome"),
        finished_at=_b("now"),
        finished_by=_b("actor"),
        timer_at=sa.null(),
    )
)
_SAVE_CASE = Prepared(
    cases.update()
    .where(cases.c.id == _b("case"), cases.c.number == _b("seen", type_=sa.Integer))
    .values(
        number=cases.c.number + 1,
        state=_b("new_state"),
        outcome=_b("new_outcome"),
        data=_b("new_data", type_=sa.JSON),
        blocks=_b("new_blocks", type_=sa.JSON),
        closed_at=_b("new_closed_at", type_=UtcDateTime),
        timer_at=sa.case((_b("new_state") == "open", cases.c.timer_at)),
    )
)


def keep_procedure(tx: Connection, digest: str, name: str, body: object) -> None:
    """Keep a definition under its digest; keeping it again changes nothing."""
    statement = _INSERT_PROCEDURE[tx.dialect.name]
    tx.execute(statement, {"id": digest, "name": name, "body": body})


def procedure_body(connection: Connection, digest: str) -> object | None:
    """Return a kept definition; None when none has this digest."""
    body: object | None = connection.execute(_SELECT_PROCEDURE, {"id": digest}).scalar()
    return body


def insert_case(tx: Connection, values: Values) -> bool:
    """Insert a case and return True; False when one has its key already."""
    return tx.execute(_INSERT_CASE[tx.dialect.name], values).first() is not None


def case_by_key(connection: Connection, key: str) -> Case | None:
    """Return the case opened under ``key``; None when there is none."""
    row = connection.execute(_SELECT_CASE_BY_KEY, {"key": key}).first()
    return Case(*row) if row else None


def case_by_id(connection: Connection, case_id: str, *, lock: bool = False) -> Case | None:
    """Return a case; None when there is none. ``lock`` keeps it for this transaction."""
    statement = _SELECT_CASE.with_for_update() if lock else _SELECT_CASE
    row = connection.execute(statement, {"id": case_id}).first()
    return Case(*row) if row else None


def task_by_id(connection: Connection, task_id: str) -> Task | None:
    """Return a task; None when there is none."""
    row = connection.execute(_SELECT_TASK, {"id": task_id}).first()
    return Task(*row) if row else None


def locked_task(tx: Connection, task_id: str) -> tuple[Case, Task] | None:
    """Return a task and its case, both kept for this transaction; None when there is no such task."""
    row = _LOCK_TASK_OF_CASE.first(tx, {"id": task_id})
    return (Case(*row[:_case_width]), Task(*row[_case_width:])) if row else None


def insert_tasks(tx: Connection, rows: Sequence[Values]) -> None:
    """Insert tasks; none is fine."""
    if rows:
        _INSERT_TASK.run_many(tx, rows)


def finish_task(tx: Connection, values: Values) -> bool:
    """End an open task and stop its clock; False when it is not open any more.

    Args:
        tx: the transaction.
        values: task, new_state, new_outcome, now, actor.
    """
    return _FINISH_TASK.run(tx, values) == 1


def save_case(tx: Connection, values: Values) -> bool:
    """Write a case's new state if it is still at transition ``seen``; False when it is not.

    Args:
        tx: the transaction.
        values: case, seen, new_state, new_outcome, new_data, new_blocks, new_closed_at.
    """
    return _SAVE_CASE.run(tx, values) == 1


def change_case(tx: Connection, case: Case, **values: object) -> bool:
    """Write some columns of a case as its next transition; False when somebody was faster."""
    changed = tx.execute(
        cases.update()
        .where(cases.c.id == case.id, cases.c.number == case.number)
        .values(number=case.number + 1, **values)
    )
    return changed.rowcount == 1


def set_department(tx: Connection, case_id: str, department: str) -> None:
    """Write the department a case is for."""
    tx.execute(cases.update().where(cases.c.id == case_id).values(department=department))


def change_task(tx: Connection, task: Task, **values: object) -> bool:
    """Write some columns of an open task; False when its state changed meanwhile."""
    changed = tx.execute(
        tasks.update().where(tasks.c.id == task.id, tasks.c.state == task.state).values(**values)
    )
    return changed.rowcount == 1


def append_log(tx: Connection, rows: Sequence[Values], at: datetime, actor: str) -> None:
    """Append lines to the timeline, all of one moment and by one actor."""
    _INSERT_LOG.run_many(tx, rows, {"at": at, "actor": actor})


def cases_of(connection: Connection, case_ids: Sequence[str]) -> list[Case]:
    """Return these cases."""
    query = sa.select(*_case_columns).where(cases.c.id.in_(case_ids))
    return [Case(*row) for row in connection.execute(query)]


def tasks_of(
    connection: Connection, case_ids: Sequence[str], *, only_open: bool = False
) -> list[Task]:
    """Return every task of these cases, or only those that wait for somebody, oldest first."""
    query = sa.select(*_task_columns).where(tasks.c.case_id.in_(case_ids))
    if only_open:
        query = query.where(tasks.c.state.in_(OPEN_TASKS))
    rows = connection.execute(query.order_by(tasks.c.opened_at, tasks.c.id))
    return [Task(*row) for row in rows]


def open_rows(tx: Connection, case_id: str) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Return the open tasks of a case with their clocks (all columns)."""
    query = sa.select(tasks).where(tasks.c.case_id == case_id, tasks.c.state.in_(OPEN_TASKS))
    return tx.execute(query).all()


def clock_row(tx: Connection, case_id: str) -> sa.Row[*tuple[Any, ...]]:
    """Return due_at, yellow_at and light of a case."""
    query = sa.select(cases.c.due_at, cases.c.yellow_at, cases.c.light)
    return tx.execute(query.where(cases.c.id == case_id)).one()


def end_open_tasks(
    tx: Connection, case_id: str, now: datetime, actor: str, block: str | None = None
) -> None:
    """Cancel the open tasks of a case, or only those in ``block`` and deeper."""
    statement = tasks.update().where(tasks.c.case_id == case_id, tasks.c.state.in_(OPEN_TASKS))
    if block is not None:
        inside = tasks.c.block.startswith(f"{block}/", autoescape=True)
        statement = statement.where(sa.or_(tasks.c.block == block, inside))
    tx.execute(
        statement.values(state="cancelled", finished_at=now, finished_by=actor, timer_at=None)
    )


def stop_clocks(tx: Connection, case_id: str) -> None:
    """Let no timer of this case ring."""
    tx.execute(cases.update().where(cases.c.id == case_id).values(timer_at=None))
    tx.execute(
        tasks.update()
        .where(tasks.c.case_id == case_id, tasks.c.timer_at.is_not(None))
        .values(timer_at=None)
    )


def board(
    connection: Connection, where: Sequence[sa.ColumnElement[bool]], *, most: int
) -> list[tuple[Task, Case]]:
    """Return tasks with their cases, the most urgent first; those without a deadline come last."""
    query = (
        sa.select(*_task_columns, *_case_columns)
        .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
        .where(*where)
        .order_by(tasks.c.due_at.is_(None), tasks.c.due_at, tasks.c.opened_at, tasks.c.id)
        .limit(most)
    )
    width = len(_task_columns)
    return [(Task(*row[:width]), Case(*row[width:])) for row in connection.execute(query)]


def timeline(connection: Connection, case_id: str) -> list[Entry]:
    """Return the log of a case, oldest first."""
    query = (
        sa.select(
            log.c.case_id,
            log.c.id,
            log.c.at,
            log.c.actor,
            log.c.verb,
            log.c.task_id,
            log.c.step,
            log.c.details,
        )
        .where(log.c.case_id == case_id)
        .order_by(log.c.id)
    )
    return [Entry(*row) for row in connection.execute(query)]


def within_reach(department: str | None, roles: Collection[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a task is for this department and one of these roles."""
    somebody = sa.or_(tasks.c.department.is_not(None), tasks.c.role.is_not(None))
    at_home = sa.or_(tasks.c.department.is_(None), tasks.c.department == department)
    return sa.and_(somebody, at_home, sa.or_(tasks.c.role.is_(None), tasks.c.role.in_(roles)))


def involved(department: str) -> sa.Select[tuple[str]]:
    """Return a select of the ids of all cases of which a task is or was this department's."""
    return sa.select(tasks.c.case_id).where(tasks.c.department == department).distinct()


def touched(person: str) -> sa.Select[tuple[str]]:
    """Return a select of the ids of all cases of which a task is or was this person's."""
    own = sa.or_(tasks.c.assignee == person, tasks.c.finished_by == person)
    return sa.select(tasks.c.case_id).where(own).distinct()


def _ring(table: sa.Table, *columns: sa.ColumnElement[Any]) -> sa.Executable:
    due = (
        sa.select(table.c.id)
        .where(table.c.timer_at.is_not(None), table.c.timer_at <= _b("now", type_=UtcDateTime))
        .order_by(table.c.timer_at)
        .limit(_b("most"))
        .with_for_update(skip_locked=True)
        .correlate(None)
    )
    is_over = table.c.due_at <= _b("now", type_=UtcDateTime)
    return (
        table.update()
        .where(table.c.id.in_(due.scalar_subquery()))
        .values(
            light=sa.case((is_over, "red"), else_="yellow"),
            timer_at=sa.case((is_over, sa.null()), else_=table.c.due_at),
        )
        .returning(*columns, table.c.light, table.c.due_at)
    )


_RING_TASKS = _ring(tasks, tasks.c.case_id, tasks.c.id, tasks.c.step, tasks.c.department)
_RING_CASES = _ring(
    cases, cases.c.id, sa.null().label("task_id"), sa.null().label("step"), cases.c.department
)


@dataclass(frozen=True, slots=True)
class Rung:
    """A clock that has just turned ``light``; ``task_id`` and ``step`` are None for a case's own clock."""

    case_id: str
    task_id: str | None
    step: str | None
    department: str | None
    light: str
    due_at: datetime


def ring(tx: Connection, now: datetime, *, most: int) -> list[Rung]:
    """Move up to ``most`` due timers of tasks, and as many of cases, on in one statement each."""
    given = {"now": now, "most": most}
    return [
        Rung(*row)
        for statement in (_RING_TASKS, _RING_CASES)
        for row in tx.execute(statement, given)
    ]


def next_timer(connection: Connection) -> datetime | None:
    """Return when the next timer rings; None when none is set."""
    found = [
        connection.execute(
            sa.select(sa.func.min(table.c.timer_at)).where(table.c.timer_at.is_not(None))
        ).scalar()
        for table in (tasks, cases)
    ]
    return min((each for each in found if each is not None), default=None)
