"""Alerts are evaluated every so often, at once after new data, and not at all once deleted."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cityloop.alerts import JOB, Watch
from cityloop.foundation.jobs import Jobs, jobs_table

from .conftest import World


@pytest.fixture
def jobs(world: World) -> Jobs:
    found = Jobs(world.database, world.clock)
    Watch(world.alerts, world.metrics, found, world.clock).install(world.outbox)
    return found


def emit(world: World, topic: str, payload: Mapping[str, object]) -> None:
    with world.database.begin() as tx:
        world.outbox.emit(tx, topic, "x", payload)
    world.outbox.deliver()


def waiting(world: World) -> list[tuple[str, str]]:
    with world.database.read() as connection:
        query = sa.select(jobs_table.c.kind, jobs_table.c.key).where(
            jobs_table.c.status == "waiting"
        )
        return [tuple(row) for row in connection.execute(query)]


def test_applied_alert_is_evaluated_again_and_again(world: World, jobs: Jobs) -> None:
    emit(world, "definitions.applied", {"changed": [["alert", "dirty_air"], ["metric", "pm25"]]})
    world.measure({"S1": 80})
    assert (jobs.run_due(), jobs.run_due()) == (1, 0)
    world.clock.advance(timedelta(minutes=5))
    assert jobs.run_due() == 1
    assert [event.topic for event in world.events()] == ["definitions.applied", "alert.fired"]


def test_many_publications_wait_as_one_evaluation(world: World, jobs: Jobs) -> None:
    for _batch in range(5):
        emit(world, "dataset.published", {"dataset": "readings"})
    emit(world, "dataset.published", {"dataset": "other"})
    assert waiting(world) == [(JOB, "dirty_air")]


def test_publication_of_another_dataset_wakes_nobody(world: World, jobs: Jobs) -> None:
    emit(world, "dataset.published", {"dataset": "other"})
    assert waiting(world) == []


def test_deleted_alert_ends_its_episodes(world: World, jobs: Jobs) -> None:
    emit(world, "definitions.applied", {"changed": [["alert", "dirty_air"]]})
    world.see({"S1": 80})
    world.definitions.pop()
    emit(world, "definitions.applied", {"changed": [["alert", "dirty_air"]]})
    assert waiting(world) == []
    assert world.events()[-1].topic == "alert.resolved"


def test_job_of_a_deleted_alert_does_no_harm(world: World, jobs: Jobs) -> None:
    emit(world, "dataset.published", {"dataset": "readings"})
    world.definitions.pop()
    assert jobs.run_due() == 1
