"""What a work order is: somebody of one department has to do something by some moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cityloop.cases import Case, Entry, Task
from cityloop.foundation.definition import Bilingual

Priority = Literal["low", "normal", "high", "urgent"]
Source = Literal["alert", "manual"]
Status = Literal["open", "accepted", "finished", "cancelled"]
"""``open``: nobody has accepted it; ``accepted``: somebody works on it."""

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
    is missing). ``place`` are the dimension values of the alert. ``repeats`` counts how often the alert fired again
    while it was open. ``due_at`` None: no deadline. ``result`` what was done, None until finished.
    """

    id: str
    number: str
    case_id: str
    source: Source
    alert: str | None
    place: Mapping[str, object]
    title: Bilingual
    description: str
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
        description: more words; may be empty.
        priority: how urgent.
        location: where.
        procedure: how it moves.
        due_at: deadline; None takes the procedure's.
    """

    key: str
    title: Bilingual
    department: str
    description: str = ""
    priority: Priority = "normal"
    location: Location = Location()
    procedure: str = DEFAULT_PROCEDURE
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders a list shall show; None does not restrict.

    ``is_overdue`` looks at open and accepted orders only.
    """

    department: str | None = None
    statuses: tuple[Status, ...] | None = None
    alert: str | None = None
    priority: Priority | None = None
    is_overdue: bool | None = None
    most: int = 200


@dataclass(frozen=True, slots=True)
class Detail:
    """An order with its case: where it stands, who has it, and everything that happened."""

    order: Order
    case: Case
    tasks: Sequence[Task]
    timeline: Sequence[Entry]
