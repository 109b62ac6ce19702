"""Two air stations, a metric over them, and an alert; the readings are set by each test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlglot import exp

from cityloop.alerts import AlertDefinition, Alerts
from cityloop.alerts.service import MANAGE
from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.audit import AuditLog
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Definition, Snapshot
from cityloop.foundation.errors import Unavailable
from cityloop.foundation.outbox import Event, Outbox, outbox_events
from cityloop.foundation.principal import Principal
from cityloop.metrics import MetricDefinition, Metrics, ModelDefinition
from cityloop.policies.model import Result


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


READINGS = DatasetDefinition.model_validate(
    {"name": "readings", "title": words("空气"), "time": "measured_at", "fields": [
        {"name": name, "title": words(name), "type": kind}
        for name, kind in (("station", "text"), ("measured_at", "timestamp"), ("pm25", "number"))]}
)  # fmt: skip
AIR = ModelDefinition.model_validate(
    {"name": "air", "title": words("air"), "dataset": "readings", "time": "measured_at",
     "dimensions": [{"name": "station", "title": words("站点")}]}
)  # fmt: skip
PM25 = MetricDefinition.model_validate(
    {
        "name": "pm25",
        "title": words("PM2.5"),
        "model": "air",
        "aggregate": "avg",
        "expression": "pm25",
        "unit": {"zh": "微克/立方米", "en": "µg/m³"},
    }
)


def alert(**fields: object) -> AlertDefinition:
    body = {
        "name": "dirty_air", "title": words("空气污染"), "owner": "ecology", "when": {"above": 75},
        "query": {"metrics": ["pm25"], "by": ["station"], "range": {"last": "1h"}}, "every": "5m",
        "order": {"procedure": "work_order", "department": "ecology", "due": "4h",
                  "title": {"zh": "{station} PM2.5 {value} > {threshold}", "en": "{station}: {value}"}},
    }  # fmt: skip
    return AlertDefinition.model_validate({**body, **fields})


@dataclass
class Air:
    """The one way out, over whatever rows a test has written down."""

    rows: list[dict[str, object]] = field(default_factory=list)
    version: int = 1
    down: bool = False
    readers: list[tuple[str, str | None, str]] = field(default_factory=list)

    def read(
        self, principal: Principal, purpose: str, query: exp.Query, /, *, most: int = 0
    ) -> Result:
        if self.down:
            raise Unavailable(what="engine")
        self.readers.append((principal.id, principal.department, purpose))
        schema = pa.schema(
            [
                ("station", pa.string()),
                ("measured_at", pa.timestamp("us", "UTC")),
                ("pm25", pa.float64()),
            ]
        )
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute("LOAD icu; SET TimeZone = 'UTC'")
            connection.register("readings", pa.Table.from_pylist(self.rows, schema=schema))
            table = connection.execute(query.sql(dialect="duckdb")).to_arrow_table()
        return Result(table, query.sql(), {"readings": self.version}, {})


class World:
    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock, self.air = database, clock, Air()
        self.definitions: list[Definition] = [READINGS, AIR, PM25, alert()]
        self.audit, self.outbox = AuditLog(clock), Outbox(database, clock)
        self.metrics = Metrics(self.snapshot, self.air, clock, time_zone="Asia/Shanghai")
        self.alerts = Alerts(
            database, clock, self.audit, self.outbox, self.snapshot, metrics=self.metrics
        )
        self.manager = Principal(
            id="wang", name="wang", department="ecology", permissions=frozenset({MANAGE})
        )

    def snapshot(self) -> Snapshot:
        return Snapshot.of(*self.definitions)

    def define(self, changed: AlertDefinition) -> None:
        self.definitions[-1] = changed

    def measure(self, values: Mapping[str, float | None]) -> None:
        """Replace the readings of this moment: station → value."""
        now = self.clock.now()
        self.air.rows = [
            {"station": name, "measured_at": now, "pm25": value} for name, value in values.items()
        ]
        self.air.version += 1

    def see(
        self, values: Mapping[str, float | None], *, after: timedelta = timedelta(minutes=5)
    ) -> list[str]:
        """Let time pass, measure, evaluate; return what was told."""
        self.clock.advance(after)
        self.measure(values)
        before = len(self.events())
        self.alerts.evaluate("dirty_air")
        return [
            f"{event.topic} {event.payload['dimensions'].get('station')}"
            for event in self.events()[before:]
        ]

    def events(self) -> list[Event]:
        with self.database.read() as connection:
            rows = connection.execute(
                sa.select(outbox_events).order_by(outbox_events.c.id)
            ).mappings()
            return [Event(**row) for row in rows]

    def states(self) -> dict[str, tuple[str, float | None]]:
        overview = self.alerts.one(self.manager, "dirty_air")
        return {
            str(each.place.get("station")): (each.state, each.value) for each in overview.standings
        }


@pytest.fixture
def world(database: Database, clock: FakeClock) -> World:
    return World(database, clock)


Moment = datetime
