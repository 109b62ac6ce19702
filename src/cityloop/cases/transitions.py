"""What every transition does inside its one transaction: load and lock, allow, write, tell.

``Cases`` (service.py) puts these together into verbs. The order is the same everywhere – the case and its tasks, the
timeline, the audit log, the outbox – so that two transactions never wait for each other in a circle.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
from sqlalchemy.engine import Connection

from cityloop.cases import store
from cityloop.cases.durations import YELLOW_SHARE, Calendar
from cityloop.cases.errors import (
    NoCase,
    NoDepartment,
    NoTask,
    NotYours,
    SomebodyFaster,
    UnknownData,
    WrongState,
)
from cityloop.cases.model import (
    DEPARTMENT,
    Case,
    CaseState,
    Json,
    ProcedureDefinition,
    Recipient,
    Task,
    TaskState,
)
from cityloop.cases.routing import Route
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal

DISPATCH = "orders.dispatch"
"""Permission to act on every task, whosever it is."""

_TASK_VERBS: Mapping[str, tuple[str, ...]] = {
    "ready": ("claim", "complete", "transfer", "give_back"),
    "claimed": ("complete", "transfer", "give_back"),
}
"""What the state of a task allows."""
_CASE_VERBS: Mapping[str, tuple[str, ...]] = {
    "open": ("suspend", "cancel", "comment"),
    "suspended": ("resume", "cancel", "comment"),
    "closed": ("comment",),
    "cancelled": ("comment",),
}
"""What the state of a case allows, besides the verbs of its tasks while it is open."""


@dataclass(frozen=True, slots=True)
class State:
    """The collaborators that every part of this feature needs."""

    db: Database
    clock: Clock
    audit: AuditLog
    outbox: Outbox
    definitions: Callable[[], Snapshot]
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Line:
    """What a transition leaves in the timeline, the audit log and the outbox."""

    verb: str
    task: Task | None = None
    details: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Who a fresh task is for."""

    department: str | None
    role: str | None


class Transitions:
    """The parts of a transition, each within the caller's transaction."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._procedures: dict[str, ProcedureDefinition] = {}
        self._digests: dict[tuple[int, str], tuple[str, ProcedureDefinition, Snapshot]] = {}
        self._kept: set[str] = set()

    def load_task(self, tx: Connection, task_id: str) -> tuple[Case, Task]:
        """Return a task and its case, kept for this transaction.

        Raises:
            NoTask: there is none.
        """
        found = store.locked_task(tx, task_id)
        if found is None:
            raise NoTask(id=task_id)
        return found

    def load_case(self, tx: Connection, case_id: str) -> Case:
        """Return a case, kept for this transaction.

        Raises:
            NoCase: there is none.
        """
        found = store.case_by_id(tx, case_id, lock=True)
        if found is None:
            raise NoCase(id=case_id)
        return found

    def fix(self, tx: Connection, name: str) -> tuple[str, ProcedureDefinition]:
        """Return the published procedure with the digest under which it is kept for good.

        Raises:
            NotFound: no procedure has this name.
        """
        snapshot = self._state.definitions()
        known = (id(snapshot), name)
        if known not in self._digests:
            self._digests[known] = _digest(snapshot, name)
        digest, procedure, _kept_alive = self._digests[known]
        if digest not in self._kept:
            self._keep(tx, digest, procedure)
        return digest, procedure

    def _keep(self, tx: Connection, digest: str, procedure: ProcedureDefinition) -> None:
        # Asked on a second connection: what this transaction wrote itself may still be rolled back.
        with self._state.db.read() as connection:
            if store.procedure_body(connection, digest) is not None:
                self._kept.add(digest)
                return
        store.keep_procedure(
            tx, digest, procedure.name, procedure.model_dump(mode="json", by_alias=True)
        )

    def procedure(self, tx: Connection, digest: str) -> ProcedureDefinition:
        """Return the definition a case follows."""
        found = self._procedures.get(digest)
        if found is None:
            body = store.procedure_body(tx, digest)
            found = self._procedures[digest] = ProcedureDefinition.model_validate(body)
        return found

    def open_tasks(
        self,
        tx: Connection,
        case: Case,
        route: Route,
        after: Task | None,
        *,
        like: Task | None = None,
    ) -> tuple[Task, ...]:
        """Insert the tasks that ``route`` opens.

        Args:
            tx: the transaction.
            case: with the data that ``$field`` reads.
            route: what to open.
            after: the task that led here; None for the first.
            like: open it again for the department that had this one, instead of the definition's.

        Raises:
            NoDepartment: a ``$field`` has no value.
        """
        if not route.opens:
            return ()
        now = self._state.clock.now()
        procedure = self.procedure(tx, case.procedure_id)
        opened, rows = [], []
        for place in route.opens:
            step = procedure.step(place.step)
            ends_at = self._state.calendar.after(now, step.sla) if step.sla else None
            due_at, yellow_at = clock_of(now, ends_at)
            target = (
                Target(like.department, like.role)
                if like
                else _target(step.department, step.role, case)
            )
            task = Task(
                id=new_id(now), case_id=case.id, step=step.name, block=place.block,
                after=after.id if after else None, state="ready", department=target.department,
                role=target.role, assignee=None, outcome=None, opened_at=now, claimed_at=None,
                finished_at=None, finished_by=None, due_at=due_at, light="green",
            )  # fmt: skip
            opened.append(task)
            rows.append({**_columns(task), "yellow_at": yellow_at, "timer_at": yellow_at})
        store.insert_tasks(tx, rows)
        return tuple(opened)

    def end_task(
        self,
        tx: Connection,
        task: Task,
        principal: Principal,
        state: TaskState,
        outcome: str | None,
    ) -> None:
        """End an open task.

        Raises:
            SomebodyFaster: it is not open any more.
        """
        values = {
            "task": task.id, "new_state": state, "new_outcome": outcome,
            "now": self._state.clock.now(), "actor": principal.id,
        }  # fmt: skip
        if not store.finish_task(tx, values):
            raise SomebodyFaster(id=task.id)

    def save(self, tx: Connection, before: Case, after: Case) -> Case:
        """Write ``after`` as the next transition of ``before`` and return it.

        Raises:
            SomebodyFaster: another transition came in between.
        """
        values = {
            "case": before.id, "seen": before.number, "new_state": after.state,
            "new_outcome": after.outcome, "new_data": dict(after.data),
            "new_blocks": dict(after.blocks), "new_closed_at": after.closed_at,
        }  # fmt: skip
        if not store.save_case(tx, values):
            raise SomebodyFaster(id=before.id)
        return replace(after, number=before.number + 1)

    def tell(
        self,
        tx: Connection,
        principal: Principal,
        case: Case,
        line: Line,
        opened: Sequence[Task] = (),
    ) -> None:
        """Append the timeline's line, the audit's entry and the event of one transition."""
        step = line.task.step if line.task else None
        steps = [task.step for task in opened]
        details = {**(line.details or {}), **({"opens": steps} if steps else {})}
        row = {
            "case_id": case.id, "verb": line.verb,
            "task_id": line.task.id if line.task else None, "step": step, "details": details,
        }  # fmt: skip
        store.append_log(tx, [row], self._state.clock.now(), principal.id)
        quiet = {name: value for name, value in details.items() if name not in _WORDS}
        self._state.audit.record(
            tx,
            Act(
                principal.id,
                f"cases.{line.verb}",
                f"case:{case.id}",
                details={**quiet, "step": step},
            ),
        )
        payload = {
            "case": case.id, "key": case.key, "procedure": case.procedure, "verb": line.verb, "step": step,
            "state": case.state, "department": case.department,
            "opened": [{"step": task.step, "department": task.department} for task in opened],
        }  # fmt: skip
        self._state.outbox.emit(tx, _topic(line.verb, case.state), case.id, payload)


_WORDS = frozenset({"comment", "reason"})
"""Details that people wrote: they belong to the timeline and are not repeated in the audit log."""


def clock_of(now: datetime, due_at: datetime | None) -> tuple[datetime | None, datetime | None]:
    """Return when a clock started ``now`` is due and when it turns yellow; None and None without a deadline."""
    if due_at is None:
        return None, None
    return due_at, now + (due_at - now) * YELLOW_SHARE


def may_act(principal: Principal, task: Task) -> bool:
    """Return whether the task is this principal's: by department and role, or by the right to dispatch."""
    if principal.may(DISPATCH):
        return True
    if task.department is None and task.role is None:
        return False
    at_home = task.department in (None, principal.department)
    return at_home and (task.role is None or task.role in principal.roles)


def allow_task(principal: Principal, case: Case, task: Task, verb: str) -> None:
    """Do nothing when ``principal`` may do ``verb`` to ``task`` now.

    Raises:
        NotYours: the task belongs to others.
        WrongState: the state of the case or the task does not allow it.
    """
    held = task.assignee not in (None, principal.id) and not principal.may(DISPATCH)
    if not may_act(principal, task) or (held and verb != "claim"):
        raise NotYours(act=verb, step=task.step, owner=task.assignee if held else task.department)
    if case.state != "open":
        allow_case(case, verb)
    allowed = _TASK_VERBS.get(task.state, ())
    if verb not in allowed:
        raise WrongState(verb=verb, thing=task.step, state=task.state, allowed=allowed)


def allow_case(case: Case, verb: str) -> None:
    """Do nothing when the state of ``case`` allows ``verb``.

    Raises:
        WrongState: it does not.
    """
    allowed = _CASE_VERBS[case.state]
    if verb not in allowed:
        raise WrongState(verb=verb, thing=case.title, state=case.state, allowed=allowed)


def check_data(procedure: ProcedureDefinition, data: Mapping[str, Json] | None) -> dict[str, Json]:
    """Return ``data`` as a dictionary.

    Raises:
        UnknownData: a name that the procedure does not have.
    """
    for name in data or {}:
        if name not in procedure.data:
            raise UnknownData(name=name, procedure=procedure.name, known=procedure.data)
    return dict(data or {})


def ended(case: Case, state: CaseState, now: datetime) -> Case:
    """Return the case in its final state."""
    return replace(case, state=state, closed_at=now, blocks={})


def owner_after(task: Task, to: Recipient) -> dict[str, str | None]:
    """Return department and role of a task given to somebody."""
    if to.department is None and to.person is None:
        return {"department": None, "role": None}
    if to.department in (None, task.department):
        return {"department": task.department, "role": task.role}
    return {"department": to.department, "role": None}


def moved_on(
    due_at: datetime, yellow_at: datetime | None, light: str, by: timedelta
) -> dict[str, datetime | None]:
    """Return the columns of a clock that goes on after it stood still for ``by``."""
    moved = {"due_at": due_at + by, "yellow_at": yellow_at + by if yellow_at else None}
    rings = {"green": moved["yellow_at"], "yellow": moved["due_at"], "red": None}
    return {**moved, "timer_at": rings[light]}


def new_id(now: datetime) -> str:
    """Return a fresh identifier that sorts by time, so that new rows lie together on the disk."""
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"


def _digest(snapshot: Snapshot, name: str) -> tuple[str, ProcedureDefinition, Snapshot]:
    procedure = snapshot.one(ProcedureDefinition, name)
    body = procedure.model_dump(mode="json", by_alias=True)
    packed = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(packed).hexdigest(), procedure, snapshot


def _columns(task: Task) -> dict[str, object]:
    return {name: getattr(task, name) for name in Task.__dataclass_fields__}


def _target(department: str | None, role: str | None, case: Case) -> Target:
    if department is None or not department.startswith("$"):
        return Target(department, role)
    name = department.removeprefix("$")
    value = case.department if name == DEPARTMENT else case.data.get(name)
    if not isinstance(value, str):
        raise NoDepartment(field=name, value=value)
    return Target(value, role)


def _topic(verb: str, state: str) -> str:
    if verb == "open":
        return "case.opened"
    if verb != "comment" and state in ("closed", "cancelled"):
        return "case.closed"
    return "case.moved"
