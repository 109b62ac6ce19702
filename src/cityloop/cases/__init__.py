"""Cases: whatever passes between people with a deadline, as one small durable engine.

A *procedure* is a definition (steps, who does them, how long they may take, what follows). A *case* is one run of it; it
keeps the definition it was opened with. Each step is a *task* of a department or role. Every transition is one
transaction: it changes the task only if nobody else has, writes the timeline, the audit entry, the next tasks with their
clocks, and the event that tells the rest of CityLoop. See docs/cases.md.
"""

from cityloop.cases.durations import AroundTheClock, Calendar, Duration
from cityloop.cases.model import (
    Branch,
    Case,
    Current,
    Entry,
    Light,
    Moved,
    Opening,
    ProcedureDefinition,
    Recipient,
    Step,
    Task,
)
from cityloop.cases.procedures import PROCEDURE
from cityloop.cases.service import Cases
from cityloop.cases.timers import Timers
from cityloop.cases.transitions import DISPATCH

__all__ = [
    "DISPATCH",
    "PROCEDURE",
    "AroundTheClock",
    "Branch",
    "Calendar",
    "Case",
    "Cases",
    "Current",
    "Duration",
    "Entry",
    "Light",
    "Moved",
    "Opening",
    "ProcedureDefinition",
    "Recipient",
    "Step",
    "Task",
    "Timers",
]
