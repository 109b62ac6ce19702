"""A city with two departments, the default procedure, and alerts that are told by hand."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

import cityloop.workorders
from cityloop.cases import Cases, ProcedureDefinition, Timers
from cityloop.cases.transitions import DISPATCH
from cityloop.foundation.audit import AuditLog
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Bilingual, Snapshot
from cityloop.foundation.outbox import Outbox, outbox_events
from cityloop.foundation.principal import Principal
from cityloop.workorders import HANDLE, Intake, NewOrder, Order, WorkOrders

DEFINITIONS = Path(cityloop.workorders.__file__).parent / "definitions"
POTHOLE = Bilingual(zh="路面坑洞", en="Pothole")


def documents(folder: str) -> list[dict[str, object]]:
    return [
        dict(document)
        for file in sorted((DEFINITIONS / folder).glob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    ]


def step(name: str, **fields: object) -> dict[str, object]:
    return {"name": name, "title": {"zh": name, "en": name}, **fields}


CHECKED = ProcedureDefinition.model_validate(
    {"name": "checked", "title": {"zh": "x", "en": "x"}, "steps": [
        step("accept", department="$department", outcomes=["ours", "not_ours"], next="handle"),
        step("handle", department="$department", next="check"),
        step("check", department="hotline", outcomes=["solved", "again"],
             next=[{"when": "outcome = 'again'", "to": "handle"}, {}])]}
)  # fmt: skip


def person(name: str, department: str | None, *permissions: str) -> Principal:
    return Principal(
        id=name, name=name, department=department, permissions=frozenset(permissions or {HANDLE})
    )


CHEN = person("chen", "transport")
LIN = person("lin", "ecology")
CALLER = person("zhao", "hotline")
BOSS = person("boss", None, DISPATCH)


class World:
    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        self.audit, self.outbox = AuditLog(clock), Outbox(database, clock)
        snapshot = Snapshot.of(
            ProcedureDefinition.model_validate(documents("procedures")[0]), CHECKED
        )
        self.cases = Cases(database, clock, self.audit, self.outbox, lambda: snapshot)
        self.timers = Timers(database, clock, self.audit, self.outbox)
        self.orders = WorkOrders(
            database, clock, self.audit, self.outbox, self.cases, time_zone="Asia/Shanghai"
        )
        Intake(self.orders, clock, self.outbox).install()

    def open(self, key: str = "k1", **fields: object) -> Order:
        return self.orders.open(
            BOSS, NewOrder(key=key, title=POTHOLE, **{"department": "transport", **fields})
        )

    def tell(self, topic: str, event: str, place: Mapping[str, object], **order: object) -> None:
        """Emit an alert's event and let everybody hear it."""
        spec = {"procedure": "work_order", "department": "ecology", "priority": "high", "due_s": 14400.0,
                "title": {"zh": "S1 超标", "en": "Too high at S1"}, **order}  # fmt: skip
        said = {"alert": {"zh": "空气超标", "en": "Dirty air"}, "value": {"zh": "80 微克", "en": "80 µg"},
                "threshold": {"zh": "75 微克", "en": "75 µg"}}  # fmt: skip
        payload = {"alert": "dirty_air", "event": event, "dimensions": dict(place), "value": 80.0, "threshold": 75.0,
                   "owner": "ecology", "order": spec if topic == "alert.fired" else None, "said": said}  # fmt: skip
        with self.database.begin() as tx:
            self.outbox.emit(tx, topic, event, payload)
        self.outbox.deliver()

    def topics(self) -> list[str]:
        with self.database.read() as connection:
            query = sa.select(outbox_events.c.topic).order_by(outbox_events.c.id)
            return [
                each for each in connection.execute(query).scalars() if each.startswith("order.")
            ]

    def timeline(self, order: Order) -> list[tuple[str, str | None]]:
        return [(each.verb, each.step) for each in self.orders.one(BOSS, order.number).timeline]


@pytest.fixture
def world(database: Database, clock: FakeClock) -> World:
    return World(database, clock)
