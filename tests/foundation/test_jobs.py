"""Jobs run once, come back after a crash, and are retried only when retrying can help."""

import time
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import Invalid, Unavailable
from cityloop.foundation.jobs import LEASE, RUNS_KEPT, Jobs, Payload, jobs_table


@pytest.fixture
def jobs(database: Database, clock: FakeClock) -> Jobs:
    return Jobs(database, clock)


def status(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        query = sa.select(jobs_table.c.key, jobs_table.c.status).order_by(jobs_table.c.created_at)
        return [tuple(row) for row in connection.execute(query)]


def lease(database: Database) -> datetime:
    with database.read() as connection:
        found: datetime = connection.execute(sa.select(jobs_table.c.lease_until)).scalar_one()
        return found


def test_job_runs_once(database: Database, jobs: Jobs) -> None:
    seen: list[Payload] = []
    jobs.register("load", seen.append)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air", payload={"source": "air"})
    assert (jobs.run_due(), jobs.run_due(), seen) == (1, 0, [{"source": "air"}])


def test_second_waiting_job_with_the_same_key_replaces_the_first(
    database: Database, jobs: Jobs
) -> None:
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air")
        jobs.enqueue(tx, "load", key="air")
    assert status(database) == [("air", "waiting")]


def test_job_asked_for_again_keeps_its_place(
    database: Database, jobs: Jobs, clock: FakeClock
) -> None:
    """A city that feeds faster than it loads asks for all sources again and again: each gets its turn."""
    names, seen = ["air", "buses", "parking"], list[str]()
    jobs.register("load", lambda payload: seen.append(payload["source"]))
    for _ in range(3):
        with database.begin() as tx:
            for name in names:
                clock.advance(timedelta(seconds=1))
                jobs.enqueue(tx, "load", key=name, payload={"source": name})
        jobs.run_due(most=1)
    assert seen == names


def test_job_waits_for_its_time(database: Database, jobs: Jobs, clock: FakeClock) -> None:
    jobs.register("load", lambda _payload: None)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air", run_at=clock.now() + timedelta(hours=1))
    assert jobs.run_due() == 0
    clock.advance(timedelta(hours=1))
    assert jobs.run_due() == 1


def test_transient_failure_is_retried_and_then_given_up(
    database: Database, jobs: Jobs, clock: FakeClock
) -> None:
    def fail(_payload: Payload) -> None:
        raise Unavailable(what="hospital database")

    jobs.register("load", fail)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air")
    for _ in range(4):
        jobs.run_due()
        clock.advance(timedelta(minutes=10))
    assert status(database) == [("air", "failed")]


def test_repeating_job_that_fails_waits_longer_each_time_until_it_succeeds(
    database: Database, jobs: Jobs, clock: FakeClock
) -> None:
    broken, ran = [True], []

    def load(_payload: Payload) -> None:
        ran.append(clock.now())
        if broken[0]:
            raise Invalid(field="path", value="x", reason="no such file")

    jobs.register("load", load)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air", every_s=600)
    for minute in range(9 * 60):
        broken[0] = minute < 6 * 60
        jobs.run_due()
        clock.advance(timedelta(minutes=1))
    waits = [(b - a).total_seconds() / 60 for a, b in pairwise(ran)]
    assert waits[:6] == [10, 20, 40, 60, 60, 60]
    assert waits[-3:] == [10, 10, 10]


def test_finished_runs_of_a_job_do_not_pile_up(
    database: Database, jobs: Jobs, clock: FakeClock
) -> None:
    jobs.register("load", lambda _payload: None)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air", every_s=60)
    for _ in range(RUNS_KEPT + 15):
        jobs.run_due()
        clock.advance(timedelta(minutes=1))
    assert [each for _, each in status(database)] == ["done"] * RUNS_KEPT + ["waiting"]


def test_permanent_failure_is_not_retried(database: Database, jobs: Jobs) -> None:
    def fail(_payload: Payload) -> None:
        raise Invalid(field="path", value="x", reason="no such file")

    jobs.register("load", fail)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air")
    assert (jobs.run_due(), jobs.run_due(), status(database)) == (1, 0, [("air", "failed")])


def test_job_of_a_dead_worker_is_taken_over(
    database: Database, jobs: Jobs, clock: FakeClock
) -> None:
    seen: list[Payload] = []
    jobs.register("load", seen.append)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air")
    assert jobs._take() is not None  # a worker took it and died
    assert jobs.run_due() == 0
    clock.advance(LEASE + timedelta(seconds=1))
    assert (jobs.run_due(), len(seen)) == (1, 1)


def test_worker_that_lives_keeps_its_job_however_long_it_takes(
    database: Database, clock: FakeClock
) -> None:
    other, took = Jobs(database, clock), []
    other.register("load", lambda _payload: None)

    def work_long(_payload: Payload) -> None:
        for _ in range(3):
            clock.advance(LEASE - timedelta(seconds=1))
            until = clock.now() + LEASE
            while lease(database) < until:  # the next beat
                time.sleep(0.002)
            took.append(other.run_due())

    jobs = Jobs(database, clock, beat_s=0.01)
    jobs.register("load", work_long)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air")
    assert (jobs.run_due(), took, status(database)) == (1, [0, 0, 0], [("air", "done")])


def test_job_queued_anew_while_its_run_fails_is_the_next_try(
    database: Database, jobs: Jobs, clock: FakeClock
) -> None:
    runs = []

    def load(_payload: Payload) -> None:
        runs.append(clock.now())
        if len(runs) == 1:
            with database.begin() as tx:
                jobs.enqueue(tx, "load", key="air")
            raise Unavailable(what="hospital database")

    jobs.register("load", load)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air")
    jobs.run_due()
    assert sorted(status(database)) == [("air", "done"), ("air", "failed")]


def test_repeating_job_comes_back(database: Database, jobs: Jobs, clock: FakeClock) -> None:
    seen: list[Payload] = []
    jobs.register("load", seen.append)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air", every_s=60)
    for _ in range(3):
        jobs.run_due()
        clock.advance(timedelta(seconds=61))
    assert len(seen) == 3


def test_lease_is_measured_in_real_time_however_fast_the_city_lives(
    database: Database, clock: FakeClock
) -> None:
    city = FakeClock(clock.now())
    jobs = Jobs(database, city, clock)
    jobs.register("load", lambda _payload: None)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air", run_at=city.now() + timedelta(hours=1))
    city.advance(timedelta(hours=2))
    assert jobs._take() is not None  # due by the city's time; its worker is still at it
    city.advance(timedelta(hours=24))
    assert jobs.run_due() == 0
    clock.advance(LEASE + timedelta(seconds=1))
    assert jobs.run_due() == 1


def test_repeating_job_cancelled_while_it_runs_does_not_come_back(
    database: Database, jobs: Jobs
) -> None:
    def cancel(_payload: Payload) -> None:
        with database.begin() as tx:
            jobs.cancel(tx, "load", key="air")

    jobs.register("load", cancel)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air", every_s=60)
    assert (jobs.run_due(), status(database)) == (1, [("air", "done")])


def test_job_replaced_while_it_runs_comes_back_as_the_new_one_says(
    database: Database, jobs: Jobs, clock: FakeClock
) -> None:
    def replace(_payload: Payload) -> None:
        with database.begin() as tx:
            in_an_hour = clock.now() + timedelta(hours=1)
            jobs.enqueue(tx, "load", key="air", run_at=in_an_hour, every_s=3600)

    jobs.register("load", replace)
    with database.begin() as tx:
        jobs.enqueue(tx, "load", key="air", every_s=60)
    jobs.run_due()
    clock.advance(timedelta(minutes=30))
    assert (jobs.run_due(), sorted(status(database))) == (0, [("air", "done"), ("air", "waiting")])
