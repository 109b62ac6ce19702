"""What a work order is: somebody of one department has to do something by some moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cityloop.cases import Case, Entry, Light, ProcedureDefinition, Task
from cityloop.foundation.definition import Bilingual

Priority = Literal["low", "normal", "high", "urgent"]
Source = Literal["alert", "manual"]
Status = Literal["open", "accepted", "finished", "cancelled"]
"""``open``: nobody has accepted it; ``accepted``: somebody works on it."""
Stage = Literal["open", "accepted", "review", "finished", "cancelled"]
"""The status, with ``review`` told apart: the work is said to be done, and who checks it may end the order."""
Verb = Literal["accept", "finish", "transfer", "return", "cancel", "comment"]

HANDLE = "orders.handle"
"""Permission to see and move the orders of one's own department."""
ACCEPT_STEP = "accept"
"""A step of this name is done by accepting the order; without one, accepting claims the first task."""
DEFAULT_PROCEDURE = "work_order"
"""Procedure of an order that names none."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where: words, and degrees (WGS 84) when known; None where not."""

    text: str | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One work order; how it moves is its case.

    ``number`` is for people (``WO-20260930-0001``: local day of opening and a count, without a promise that no number
    is missing). ``place`` are the dimension values of the alert, ``episode`` its event. ``repeats`` counts how often the alert fired again
    while it was open. ``due_at`` None: no deadline. ``result`` what was done, None until finished.
    """

    id: str
    number: str
    case_id: str
    source: Source
    alert: str | None
    place: Mapping[str, object]
    title: Bilingual
    description: str | Bilingual
    department: str
    priority: Priority
    location: Location
    status: Status
    repeats: int
    opened_by: str
    opened_at: datetime
    accepted_at: datetime | None
    finished_at: datetime | None
    due_at: datetime | None
    result: str | None
    updated_at: datetime
    episode: str | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Return whether it is, or was, finished later than due."""
        if self.due_at is None or self.status == "cancelled":
            return False
        return (self.finished_at or now) > self.due_at


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What somebody opens an order with.

    Args:
        key: the caller's own name for it; a second order under one key is the first one again.
        title: for people.
        department: who gets it.
        description: more words: as somebody wrote them, may be empty, or the platform's own in both languages.
        priority: how urgent.
        location: where.
        procedure: how it moves.
        due_at: deadline; None takes the procedure's.
    """

    key: str
    title: Bilingual
    department: str
    description: str | Bilingual = ""
    priority: Priority = "normal"
    location: Location = Location()
    procedure: str = DEFAULT_PROCEDURE
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders a list shall show; None does not restrict.

    ``is_overdue`` looks at open and accepted orders only; ``text`` at number, title, description and location;
    ``touched_by`` at who has, or did, a task of it. The page begins after ``skip`` orders.
    """

    department: str | None = None
    statuses: tuple[Status, ...] | None = None
    alert: str | None = None
    priority: Priority | None = None
    is_overdue: bool | None = None
    text: str | None = None
    touched_by: str | None = None
    updated_since: datetime | None = None
    skip: int = 0
    most: int = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open step of an order, for whoever looks at it.

    ``assignee`` None: nobody holds it; ``outcomes`` are what it may end with; ``is_mine`` says that the person may do it.
    """

    step: str
    title: Bilingual
    description: Bilingual | None
    department: str | None
    role: str | None
    assignee: str | None
    due_at: datetime | None
    light: Light
    outcomes: tuple[str, ...]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as one person sees it: its stage, the steps that wait, and the verbs that the person may use now."""

    order: Order
    stage: Stage
    waiting: tuple[Waiting, ...]
    can: tuple[Verb, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the orders that fit, and how many fit altogether."""

    orders: tuple[Shown, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Detail:
    """An order with its case: where it stands, who has it, and everything that happened.

    ``procedure`` is the definition that it follows.
    """

    order: Order
    case: Case
    tasks: Sequence[Task]
    timeline: Sequence[Entry]
    shown: Shown
    procedure: ProcedureDefinition
