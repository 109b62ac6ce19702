"""A small city with two procedures and the people who work on them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from cityloop.cases import Case, Cases, Opening, ProcedureDefinition, Task, Timers, store
from cityloop.cases.transitions import DISPATCH
from cityloop.foundation.audit import AuditLog
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.outbox import Outbox, outbox_events
from cityloop.foundation.principal import Principal

REVIEWERS = ("police", "fire", "health", "planning")


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def step(name: str, **fields: object) -> dict[str, object]:
    return {"name": name, "title": words(name), **fields}


def procedure(name: str, *steps: dict[str, object], **fields: object) -> ProcedureDefinition:
    return ProcedureDefinition.model_validate(
        {"name": name, "title": words(name), "steps": list(steps), **fields}
    )


APPROVAL = procedure(
    "approval",
    step("accept", department="$department", sla="4h", next="reviews"),
    step("reviews", parallel=list(REVIEWERS), next="finish"),
    *(step(name, department=name, sla="2d", outcomes=["yes", "no"]) for name in REVIEWERS),
    step("finish", department="$department", sla="1d"),
    sla="10d",
)
REPAIR = procedure(
    "repair",
    step("look", department="$department", sla="1h", next=[{"when": "depth_cm > 10", "to": "fix"}, {}]),
    step("fix", department="$department", role="digger", sla="4h", outcomes=["done", "again"],
         next=[{"when": "outcome = 'again'", "to": "look"}, {}]),
    data=["depth_cm"],
)  # fmt: skip


def person(name: str, department: str, *roles: str) -> Principal:
    return Principal(id=name, name=name, department=department, roles=frozenset(roles))


CLERK = person("lin", "window")
DISPATCHER = Principal(id="boss", name="boss", permissions=frozenset({DISPATCH}))


@dataclass
class World:
    database: Database
    clock: FakeClock
    definitions: list[ProcedureDefinition] = field(default_factory=lambda: [APPROVAL, REPAIR])

    def __post_init__(self) -> None:
        self.audit = AuditLog(self.clock)
        self.outbox = Outbox(self.database, self.clock)
        self.cases = self.worker()
        self.timers = Timers(self.database, self.clock, self.audit, self.outbox)

    def worker(self) -> Cases:
        """Return another process's view of the same city."""
        return Cases(
            self.database,
            self.clock,
            self.audit,
            self.outbox,
            lambda: Snapshot.of(*self.definitions),
        )

    def open(self, name: str = "approval", key: str = "k1", **data: object) -> Case:
        opening = Opening(key=key, procedure=name, title="Shop", department="window", data=data)
        return self.cases.open(CLERK, opening).case

    def waiting(self, case: Case) -> dict[str, Task]:
        with self.database.read() as connection:
            tasks = self.cases.tasks(connection, [case.id])
        return {task.step: task for task in tasks if task.state in store.OPEN_TASKS}

    def do(self, case: Case, name: str, who: Principal = DISPATCHER, **more: object) -> Case:
        return self.cases.complete(who, self.waiting(case)[name].id, **more).case

    def verbs(self, case: Case) -> list[str]:
        return [entry.verb for entry in self.cases.timeline(DISPATCHER, case.id)]

    def events(self) -> list[str]:
        with self.database.read() as connection:
            query = sa.select(outbox_events.c.topic).order_by(outbox_events.c.id)
            return list(connection.execute(query).scalars())


@pytest.fixture
def world(database: Database, clock: FakeClock) -> World:
    return World(database, clock)


Act = Callable[[World, Case], object]
