"""Health tells what is wrong by name; figures are for those who may see them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import Forbidden, Invalid
from cityloop.foundation.jobs import Jobs, Payload
from cityloop.foundation.outbox import Event, Outbox
from cityloop.foundation.principal import Principal, operator
from cityloop.operations import Operations


@pytest.fixture
def outbox(database: Database, clock: FakeClock) -> Outbox:
    return Outbox(database, clock)


@pytest.fixture
def operations(database: Database, clock: FakeClock, outbox: Outbox, tmp_path: Path) -> Operations:
    return Operations(
        database, clock, outbox=outbox, data=tmp_path, freshness=lambda: {"air_quality": 60.0}
    )


def states(operations: Operations) -> dict[str, str]:
    return {check.name: check.status for check in operations.health().checks}


def test_fresh_city_is_well(operations: Operations) -> None:
    assert states(operations) | {"disk": "ok"} == {
        "state store": "ok",
        "disk": "ok",
        "jobs": "ok",
        "events": "ok",
    }


def test_failed_job_degrades_health(
    operations: Operations, database: Database, clock: FakeClock
) -> None:
    def fail(_payload: Payload) -> None:
        raise Invalid(field="path", value="x", reason="no such file")

    jobs = Jobs(database, clock)
    jobs.register("load", fail)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air")
    jobs.run_due()
    assert states(operations)["jobs"] == "degraded"
    clock.advance(timedelta(days=2))
    assert states(operations)["jobs"] == "ok"


def test_late_event_degrades_health(
    operations: Operations, database: Database, clock: FakeClock, outbox: Outbox
) -> None:
    def listen(_tx: Connection, _event: Event) -> None:
        return None

    outbox.subscribe("board", ["order.opened"], listen)
    with database.begin() as tx:
        outbox.emit(tx, "order.opened", "WO-1", {})
    assert states(operations)["events"] == "ok"
    clock.advance(timedelta(minutes=2))
    assert states(operations)["events"] == "degraded"
    clock.speed = 60.0  # two minutes of a city that runs so fast are two seconds
    assert states(operations)["events"] == "ok"
    clock.speed = 1.0
    outbox.deliver()
    assert states(operations)["events"] == "ok"


def test_figures_name_jobs_and_ages(operations: Operations) -> None:
    operations.count_request("GET", "/api/metrics/{name}", 200, 0.01)
    text = operations.metrics_text(operator()).decode()
    assert 'cityloop_dataset_age_seconds{dataset="air_quality"} 60.0' in text
    assert 'route="/api/metrics/{name}"' in text


def test_figures_are_not_for_everybody(operations: Operations) -> None:
    with pytest.raises(Forbidden):
        operations.metrics_text(Principal(id="mei", name="mei"))
