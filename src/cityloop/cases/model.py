"""What a procedure is, as a city writes it, and what a case, a task and a log entry are.

A procedure is a block structure, so that a join can never wait for something that does not come: a step with
``parallel`` opens its branches and goes on with its own ``next`` when all of them have ended; a branch ends at a step
without ``next``. Outside of blocks a step without ``next`` closes the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cityloop.cases.durations import Duration
from cityloop.foundation.definition import Bilingual, Definition, Name

OUTCOME = "outcome"
"""Name under which conditions see the outcome of the step just completed."""
DEPARTMENT = "department"
"""Name under which conditions and ``$department`` see the department the case was opened for."""

Json = str | int | float | bool | None
"""A value of a case's data."""
CaseState = Literal["open", "suspended", "closed", "cancelled"]
TaskState = Literal["ready", "claimed", "done", "returned", "cancelled"]
Light = Literal["green", "yellow", "red"]
"""Green: time left; yellow: 80 % of it used; red: overdue. A finished task keeps its last light."""


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True
    )


class Branch(_Part):
    """One way on: to step ``to`` (None: the end) when the condition ``when`` holds (None: otherwise)."""

    when: str | None = None
    to: Name | None = None


class Step(_Part):
    """One step of a procedure: a task for somebody, or with ``parallel`` a block of branches.

    Args:
        name: unique in the procedure.
        title: for people.
        description: what to do here.
        department: who does it; ``$field`` takes the department's name from that field of the case's data
            (``$department``: the one the case was opened for); None means anybody with the role.
        role: what they must be; None means anybody of the department.
        sla: how long the task may take; None means as long as it needs.
        outcomes: what it may end with; empty means that it has no outcomes.
        next: the step after this one, or a list of conditional ways; None ends the branch or the case.
        parallel: first steps of the branches; such a step is nobody's task.
    """

    name: Name
    title: Bilingual
    description: Bilingual | None = None
    department: str | None = Field(default=None, min_length=1)
    role: Name | None = None
    sla: Duration | None = None
    outcomes: tuple[str, ...] = ()
    next: Name | tuple[Branch, ...] | None = None
    parallel: tuple[Name, ...] = ()

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Every way on from here, in order; a plain ``next`` is one that always holds."""
        if isinstance(self.next, tuple):
            return self.next
        return (Branch(to=self.next),)

    @model_validator(mode="after")
    def _is_a_task_or_a_block(self) -> Self:
        person = self.department or self.role or self.sla or self.outcomes
        if self.parallel and person:
            message = (
                "a step with parallel is nobody's task: it has no department, role, sla or outcomes"
            )
            raise ValueError(message)
        if isinstance(self.next, tuple) and not self.next:
            message = "next needs at least one way on; leave it out to end here"
            raise ValueError(message)
        if len(set(self.parallel)) != len(self.parallel) or len(self.parallel) == 1:
            message = "parallel needs two or more different steps"
            raise ValueError(message)
        return self


class ProcedureDefinition(Definition):
    """How a kind of case goes from person to person.

    Args:
        sla: how long the whole case may take; None means as long as it needs. Opening may give another moment.
        data: names of the values a case carries; conditions and ``$field`` may use these.
        start: first step; None means the first of ``steps``.
        steps: see :class:`Step`.
    """

    sla: Duration | None = None
    data: tuple[Name, ...] = ()
    start: Name | None = None
    steps: tuple[Step, ...] = Field(min_length=1, max_length=200)

    @property
    def first(self) -> str:
        """Name of the first step."""
        return self.start or self.steps[0].name

    @property
    def values(self) -> frozenset[str]:
        """Every name that a condition may use."""
        return frozenset((*self.data, OUTCOME, DEPARTMENT))

    def step(self, name: str) -> Step:
        """Return the step called ``name``; a checked procedure has every step it names.

        Raises:
            KeyError: it has no such step.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a procedure.

    ``procedure_id`` names the exact definition it follows for good. ``blocks`` counts, per open block, the branches
    that have not ended. ``due_at`` None: no deadline. ``number`` counts its transitions.
    """

    id: str
    key: str
    procedure: str
    procedure_id: str
    title: str
    department: str | None
    state: CaseState
    outcome: str | None
    data: Mapping[str, Json]
    blocks: Mapping[str, int]
    number: int
    opened_by: str
    opened_at: datetime
    due_at: datetime | None
    light: Light
    suspended_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Task:
    """One step of one case, waiting for somebody or finished.

    ``block`` is the path of the blocks around it (empty outside of any); ``after`` the task whose completion opened
    it, None for the first. ``department`` None with ``role`` None: only who may dispatch can act on it.
    """

    id: str
    case_id: str
    step: str
    block: str
    after: str | None
    state: TaskState
    department: str | None
    role: str | None
    assignee: str | None
    outcome: str | None
    opened_at: datetime
    claimed_at: datetime | None
    finished_at: datetime | None
    finished_by: str | None
    due_at: datetime | None
    light: Light


@dataclass(frozen=True, slots=True)
class Current:
    """Where a case stands: the definition it follows, and its open tasks, oldest first."""

    case: Case
    procedure: ProcedureDefinition
    tasks: tuple[Task, ...]

    def may_end(self) -> bool:
        """Return whether each open task may be the last: it stands in no block and its step has a way to the end."""
        return bool(self.tasks) and all(
            not task.block
            and any(way.to is None for way in self.procedure.step(task.step).branches)
            for task in self.tasks
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's timeline; ``id`` grows, over all cases."""

    case_id: str
    id: int
    at: datetime
    actor: str
    verb: str
    task_id: str | None
    step: str | None
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody opens a case with.

    Args:
        key: the caller's own name for it; opening a second time under one key returns the first case.
        procedure: name of the definition.
        title: for people, in whatever language they use.
        department: what ``$department`` means; None when the procedure does not use it.
        data: values the procedure names.
        due_at: deadline of the whole case; None takes the procedure's ``sla``.
    """

    key: str
    procedure: str
    title: str
    department: str | None = None
    data: Mapping[str, Json] | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What one transition did: the case afterwards and the tasks it opened.

    ``fresh`` is False when nothing happened, since the same was done before (opening under a known key).
    """

    case: Case
    opened: tuple[Task, ...] = ()
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a task is given to.

    Args:
        department: the new one, whose role does not matter any more; None keeps the department.
        person: who shall do it; None leaves it to the department. With both None it waits for a dispatcher.
        with_case: ``$department`` of later steps means this department from now on.
    """

    department: str | None = None
    person: str | None = None
    with_case: bool = False
