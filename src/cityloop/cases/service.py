"""The verbs of cases: each is one transaction that carries the act, its timeline, its audit entry and its event.

A verb called with ``tx`` joins the caller's transaction, so that a higher feature can move its own row with the case.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cityloop.accounts import DepartmentDefinition
from cityloop.cases import store
from cityloop.cases.durations import AroundTheClock, Calendar
from cityloop.cases.errors import NoCase, NothingBefore, NotYours, SomebodyFaster, UnknownOutcome
from cityloop.cases.model import (
    DEPARTMENT,
    OUTCOME,
    Case,
    Current,
    Entry,
    Json,
    Moved,
    Opening,
    ProcedureDefinition,
    Recipient,
    Task,
)
from cityloop.cases.routing import Place, begin, go_back, leave
from cityloop.cases.transitions import (
    DISPATCH,
    Line,
    State,
    Transitions,
    allow_case,
    allow_task,
    check_data,
    clock_of,
    ended,
    may_act,
    moved_on,
    new_id,
    owner_after,
)
from cityloop.foundation.audit import AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Bilingual, Snapshot
from cityloop.foundation.errors import NotFound, closest
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal


class Cases:
    """The cases of one city.

    Args:
        db: the state store.
        clock: gives the time.
        audit: where acts are recorded.
        outbox: where ``case.opened``, ``case.moved``, ``case.closed`` go.
        definitions: returns what is published now.
        calendar: which hours count; None counts all.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        audit: AuditLog,
        outbox: Outbox,
        definitions: Callable[[], Snapshot],
        *,
        calendar: Calendar | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._definitions = definitions
        self._calendar = calendar or AroundTheClock()
        self._do = Transitions(State(db, clock, audit, outbox, definitions, self._calendar))

    def require_department(self, name: str) -> None:
        """Do nothing when cases may go to the department called ``name``; a city without departments knows any.

        Raises:
            NotFound: the city has departments and this is none of them.
        """
        known = self._definitions().all(DepartmentDefinition)
        if known and name not in known:
            raise NotFound(kind="department", name=name, close=closest(name, known))

    def open(
        self, principal: Principal, opening: Opening, *, tx: Connection | None = None
    ) -> Moved:
        """Open a case; under a key that has one already, return that and change nothing.

        Raises:
            NotFound: no procedure has this name.
            UnknownData: a value that the procedure does not name.
            NoDepartment: the first step is ``$department`` and there is none.
        """
        with self._within(tx) as within:
            digest, procedure = self._do.fix(within, opening.procedure)
            case = self._fresh(principal, opening, digest, procedure)
            route = begin(procedure)
            case = replace(case, blocks=route.blocks)
            due_at, yellow_at = clock_of(case.opened_at, case.due_at)
            row = {name: getattr(case, name) for name in Case.__dataclass_fields__}
            row |= {"due_at": due_at, "yellow_at": yellow_at, "timer_at": yellow_at}
            if not store.insert_case(within, row):
                return Moved(self._known(within, opening.key), (), fresh=False)
            opened = self._do.open_tasks(within, case, route, None)
            self._do.tell(within, principal, case, Line("open"), opened)
            return Moved(case, opened)

    def claim(self, principal: Principal, task_id: str, *, tx: Connection | None = None) -> Moved:
        """Take a task for oneself, so that nobody else of the department works on it; twice is fine.

        Raises:
            NoTask: there is none.
            NotYours: it belongs to another department or role.
            WrongState: it is not waiting for anybody.
        """
        with self._within(tx) as within:
            case, task = self._do.load_task(within, task_id)
            if task.state == "claimed" and task.assignee == principal.id:
                return Moved(case, (), fresh=False)
            allow_task(principal, case, task, "claim")
            now = self._clock.now()
            self._change(within, task, state="claimed", assignee=principal.id, claimed_at=now)
            return self._told(within, principal, case, Line("claim", task))

    def complete(
        self,
        principal: Principal,
        task_id: str,
        *,
        outcome: str | None = None,
        data: Mapping[str, Json] | None = None,
        tx: Connection | None = None,
    ) -> Moved:
        """Finish a task and open what follows; the last one closes the case.

        Args:
            principal: the one who has claimed it; an unclaimed task may be completed at once.
            task_id: the task.
            outcome: one of the step's outcomes; None when it has none.
            data: values to add to the case; conditions see them at once.
            tx: the caller's transaction; None makes one.

        Raises:
            NoTask: there is none.
            NotYours: it belongs to others.
            WrongState: it is finished, or the case is suspended or over.
            UnknownOutcome: the step does not end with ``outcome``.
            UnknownData: a value that the procedure does not name.
            BadCondition: the values do not fit a condition.
            SomebodyFaster: another transition came in between.
        """
        with self._within(tx) as within:
            case, task = self._do.load_task(within, task_id)
            allow_task(principal, case, task, "complete")
            procedure = self._do.procedure(within, case.procedure_id)
            _check_outcome(procedure, task, outcome)
            values = {**case.data, **check_data(procedure, data)}
            seen = {**values, OUTCOME: outcome, DEPARTMENT: case.department}
            route = leave(procedure, Place(task.step, task.block), case.blocks, seen)
            after = replace(case, data=values, blocks=route.blocks, outcome=outcome or case.outcome)
            if route.ended:
                after = ended(after, "closed", self._clock.now())
            self._do.end_task(within, task, principal, "done", outcome)
            saved = self._do.save(within, case, after)
            opened = self._do.open_tasks(within, saved, route, task)
            line = Line("complete", task, {OUTCOME: outcome} if outcome else None)
            self._do.tell(within, principal, saved, line, opened)
            return Moved(saved, opened)

    def transfer(
        self,
        principal: Principal,
        task_id: str,
        to: Recipient,
        *,
        reason: str,
        tx: Connection | None = None,
    ) -> Moved:
        """Give a task to another department or to a person; its deadline stays.

        Args:
            principal: whose task it is.
            task_id: the task.
            to: who gets it.
            reason: why; stands in the timeline.
            tx: the caller's transaction; None makes one.

        Raises:
            NoTask: there is none.
            NotYours: it belongs to others.
            WrongState: it is not open.
        """
        with self._within(tx) as within:
            case, task = self._do.load_task(within, task_id)
            allow_task(principal, case, task, "transfer")
            state = "claimed" if to.person else "ready"
            self._change(within, task, state=state, assignee=to.person, **owner_after(task, to))
            if to.with_case and to.department is not None:
                store.set_department(within, case.id, to.department)
                case = replace(case, department=to.department)
            details = {
                "from": task.department, "to": to.department, "person": to.person, "reason": reason,
            }  # fmt: skip
            return self._told(within, principal, case, Line("transfer", task, details))

    def give_back(
        self, principal: Principal, task_id: str, *, reason: str, tx: Connection | None = None
    ) -> Moved:
        """Send a task back to the step before it, which opens again (see ``routing.go_back``).

        Raises:
            NoTask: there is none.
            NotYours: it belongs to others.
            WrongState: it is not open.
            NothingBefore: it is the first step; transfer it instead.
        """
        with self._within(tx) as within:
            case, task = self._do.load_task(within, task_id)
            allow_task(principal, case, task, "give_back")
            before = store.task_by_id(within, task.after) if task.after else None
            if before is None:
                raise NothingBefore(step=task.step)
            procedure = self._do.procedure(within, case.procedure_id)
            place, old = Place(task.step, task.block), Place(before.step, before.block)
            back = go_back(procedure, place, old, case.blocks)
            self._do.end_task(within, task, principal, "returned", None)
            if back.cancels is not None:
                now = self._clock.now()
                store.end_open_tasks(within, case.id, now, principal.id, back.cancels)
            saved = self._do.save(within, case, replace(case, blocks=back.route.blocks))
            origin = store.task_by_id(within, before.after) if before.after else None
            like = before if back.same else None
            opened = self._do.open_tasks(within, saved, back.route, origin, like=like)
            self._do.tell(
                within, principal, saved, Line("give_back", task, {"reason": reason}), opened
            )
            return Moved(saved, opened)

    def suspend(
        self, principal: Principal, case_id: str, *, reason: str, tx: Connection | None = None
    ) -> Moved:
        """Stop every clock of a case until it is resumed, e.g. while an applicant completes documents.

        Raises:
            NoCase: there is none.
            NotYours: no open task of it is the principal's.
            WrongState: it is not open.
        """
        with self._within(tx) as within:
            case = self._mine(within, principal, case_id, "suspend")
            now = self._clock.now()
            store.stop_clocks(within, case.id)
            changed = replace(case, state="suspended", suspended_at=now)
            self._write(within, case, state="suspended", suspended_at=now)
            return self._said(within, principal, changed, Line("suspend", None, {"reason": reason}))

    def resume(self, principal: Principal, case_id: str, *, tx: Connection | None = None) -> Moved:
        """Let a suspended case go on; every deadline moves by the time it stood still.

        Raises:
            NoCase: there is none.
            NotYours: no open task of it is the principal's.
            WrongState: it is not suspended.
        """
        with self._within(tx) as within:
            case = self._mine(within, principal, case_id, "resume")
            stood_still = self._clock.now() - (case.suspended_at or self._clock.now())
            for row in store.open_rows(within, case.id):
                task = store.task_by_id(within, row.id)
                if task is not None and task.due_at is not None:
                    self._change(
                        within,
                        task,
                        **moved_on(task.due_at, row.yellow_at, row.light, stood_still),
                    )
            own = store.clock_row(within, case.id)
            clock = (
                moved_on(own.due_at, own.yellow_at, own.light, stood_still) if own.due_at else {}
            )
            self._write(within, case, state="open", suspended_at=None, **clock)
            due_at = clock.get("due_at", case.due_at)
            changed = replace(case, state="open", suspended_at=None, due_at=due_at)
            return self._said(within, principal, changed, Line("resume"))

    def cancel(
        self, principal: Principal, case_id: str, *, reason: str, tx: Connection | None = None
    ) -> Moved:
        """End a case without result, with all its open tasks.

        Raises:
            NoCase: there is none.
            NotYours: the principal neither opened it nor may dispatch.
            WrongState: it is over already.
        """
        with self._within(tx) as within:
            case = self._do.load_case(within, case_id)
            if case.opened_by != principal.id and not principal.may(DISPATCH):
                raise NotYours(act="cancel", step=case.title, owner=case.opened_by)
            allow_case(case, "cancel")
            now = self._clock.now()
            store.stop_clocks(within, case.id)
            store.end_open_tasks(within, case.id, now, principal.id)
            saved = self._do.save(within, case, ended(case, "cancelled", now))
            self._do.tell(within, principal, saved, Line("cancel", None, {"reason": reason}))
            return Moved(saved)

    def comment(
        self,
        principal: Principal,
        case_id: str,
        text: str | Bilingual,
        *,
        tx: Connection | None = None,
    ) -> Moved:
        """Add a remark to the timeline; possible in every state. With ``tx``, the caller has checked who may see it.

        A person writes in one language; what the platform remarks, it says in both.

        Raises:
            NoCase: there is none that the principal may see.
        """
        with self._within(tx) as within:
            case = self._do.load_case(within, case_id)
            if tx is None:
                _allow_sight(within, principal, case)
            said = text if isinstance(text, str) else text.model_dump()
            self._do.tell(within, principal, case, Line("comment", None, {"comment": said}))
            return Moved(case)

    def case(self, principal: Principal, case_id: str) -> Case:
        """Return a case.

        Raises:
            NoCase: there is none that the principal may see.
        """
        with self._db.read() as connection:
            found = store.case_by_id(connection, case_id)
            if found is None:
                raise NoCase(id=case_id)
            _allow_sight(connection, principal, found)
            return found

    def timeline(self, principal: Principal, case_id: str) -> Sequence[Entry]:
        """Return everything that happened to a case, oldest first.

        Raises:
            NoCase: there is none that the principal may see.
        """
        self.case(principal, case_id)
        with self._db.read() as connection:
            return store.timeline(connection, case_id)

    def board(
        self, principal: Principal, *, mine: bool = False, most: int = 200
    ) -> Sequence[tuple[Task, Case]]:
        """Return the open tasks that the principal may act on, the most urgent first.

        Args:
            principal: whose board; who may dispatch sees every department's.
            mine: only those claimed by the principal.
            most: tasks at most.
        """
        where: list[sa.ColumnElement[bool]] = [store.tasks.c.state.in_(store.OPEN_TASKS)]
        if mine:
            where.append(store.tasks.c.assignee == principal.id)
        elif not principal.may(DISPATCH):
            where.append(store.within_reach(principal.department, principal.roles))
        with self._db.read() as connection:
            return store.board(connection, where, most=most)

    def tasks(self, connection: Connection, case_ids: Sequence[str]) -> Sequence[Task]:
        """Return every task of these cases, oldest first; the caller has checked who may see them."""
        return store.tasks_of(connection, case_ids)

    def whole(
        self, connection: Connection, case_id: str
    ) -> tuple[Case, Sequence[Task], Sequence[Entry]]:
        """Return a case, its tasks and its timeline; the caller has checked who may see them.

        Raises:
            NoCase: there is none.
        """
        case = store.case_by_id(connection, case_id)
        if case is None:
            raise NoCase(id=case_id)
        return case, store.tasks_of(connection, [case_id]), store.timeline(connection, case_id)

    def current(self, connection: Connection, case_ids: Sequence[str]) -> Mapping[str, Current]:
        """Return where each of these cases stands now; the caller has checked who may see them."""
        found = store.cases_of(connection, case_ids)
        waiting = store.tasks_of(connection, case_ids, only_open=True)
        return {
            case.id: Current(
                case,
                self._do.procedure(connection, case.procedure_id),
                tuple(task for task in waiting if task.case_id == case.id),
            )
            for case in found
        }

    def touched(self, person: str) -> sa.Select[tuple[str]]:
        """Return a select of the ids of all cases of which a task is or was this person's."""
        return store.touched(person)

    def involved(self, department: str) -> sa.Select[tuple[str]]:
        """Return a select of the ids of all cases of which a task is or was this department's."""
        return store.involved(department)

    def is_for(self, principal: Principal, task: Task) -> bool:
        """Return whether ``principal`` may act on ``task``: theirs, and held by nobody else."""
        held = task.assignee not in (None, principal.id) and not principal.may(DISPATCH)
        return may_act(principal, task) and not held

    def outcomes(self, connection: Connection, task: Task) -> tuple[str, ...]:
        """Return what ``task`` may end with; empty when it has no outcomes.

        Raises:
            NoCase: its case is gone.
        """
        case = store.case_by_id(connection, task.case_id)
        if case is None:
            raise NoCase(id=task.case_id)
        return self._do.procedure(connection, case.procedure_id).step(task.step).outcomes

    def _fresh(
        self, principal: Principal, opening: Opening, digest: str, procedure: ProcedureDefinition
    ) -> Case:
        now = self._clock.now()
        due_at = opening.due_at
        if due_at is None and procedure.sla is not None:
            due_at = self._calendar.after(now, procedure.sla)
        return Case(
            id=new_id(now), key=opening.key, procedure=procedure.name, procedure_id=digest,
            title=opening.title, department=opening.department, state="open", outcome=None,
            data=check_data(procedure, opening.data), blocks={}, number=1, opened_by=principal.id,
            opened_at=now, due_at=due_at, light="green", suspended_at=None, closed_at=None,
        )  # fmt: skip

    def _known(self, tx: Connection, key: str) -> Case:
        found = store.case_by_key(tx, key)
        if found is None:
            raise SomebodyFaster(id=key)
        return found

    def _mine(self, tx: Connection, principal: Principal, case_id: str, verb: str) -> Case:
        case = self._do.load_case(tx, case_id)
        tasks = [task for task in store.tasks_of(tx, [case.id]) if task.state in store.OPEN_TASKS]
        if not any(may_act(principal, task) for task in tasks):
            raise NotYours(act=verb, step=case.title, owner=case.department)
        allow_case(case, verb)
        return case

    def _change(self, tx: Connection, task: Task, **values: object) -> None:
        if not store.change_task(tx, task, **values):
            raise SomebodyFaster(id=task.id)

    def _write(self, tx: Connection, case: Case, **values: object) -> None:
        if not store.change_case(tx, case, **values):
            raise SomebodyFaster(id=case.id)

    def _told(self, tx: Connection, principal: Principal, case: Case, line: Line) -> Moved:
        saved = self._do.save(tx, case, case)
        self._do.tell(tx, principal, saved, line)
        return Moved(saved)

    def _said(self, tx: Connection, principal: Principal, case: Case, line: Line) -> Moved:
        self._do.tell(tx, principal, case, line)
        return Moved(replace(case, number=case.number + 1))

    @contextmanager
    def _within(self, tx: Connection | None) -> Iterator[Connection]:
        if tx is not None:
            yield tx
            return
        with self._db.begin() as fresh:
            yield fresh


def _check_outcome(procedure: ProcedureDefinition, task: Task, outcome: str | None) -> None:
    known = procedure.step(task.step).outcomes
    if (known or outcome is not None) and outcome not in known:
        raise UnknownOutcome(step=task.step, outcome=outcome, known=list(known))


def _allow_sight(connection: Connection, principal: Principal, case: Case) -> None:
    if principal.may(DISPATCH) or principal.id == case.opened_by or principal.kind == "service":
        return
    tasks = store.tasks_of(connection, [case.id])
    if not any(may_act(principal, task) or task.assignee == principal.id for task in tasks):
        raise NoCase(id=case.id)
