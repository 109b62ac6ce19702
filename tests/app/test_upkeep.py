"""While workers run, a job of the city's own keeps the lake's tables in shape and gives up what is kept for a while only."""

from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

import yunjiang
from cityloop.app import City, clock_of
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.jobs import jobs_table
from cityloop.foundation.outbox import KEEP_EVENTS
from cityloop.foundation.settings import load_settings


@pytest.mark.parametrize(("setting", "every_s"), [("", [300]), ("60", [60]), ("0", [])])
def test_a_worker_schedules_upkeep_as_the_settings_say(
    setting: str, every_s: list[int], demo_city: Path, tmp_path: Path
) -> None:
    folder = yunjiang.copy_city(demo_city, tmp_path / "city")
    environment = {"CITYLOOP_UPKEEP_S": setting} if setting else {}
    city = City.open(load_settings(folder, environment))
    stop = Event()
    stop.set()
    city.work_until(stop)
    with city.db.read() as connection:
        jobs = sa.select(jobs_table.c.every_s).where(
            jobs_table.c.kind == "datasets.upkeep", jobs_table.c.status == "waiting"
        )
        assert [row.every_s for row in connection.execute(jobs)] == every_s
    city.close()


def test_upkeep_forgets_the_events_of_a_city_that_everybody_has_had(
    demo_city: Path, tmp_path: Path
) -> None:
    folder = yunjiang.copy_city(demo_city, tmp_path / "city")
    settings = load_settings(folder, {})
    clock = FakeClock(clock_of(settings).now())
    city = City.open(settings, clock=clock)
    city.outbox.deliver()
    clock.advance(KEEP_EVENTS + timedelta(days=1))
    with city.db.read() as connection:
        newest = city.outbox.newest(connection)
    assert newest > 1
    city.keep_up()
    with city.db.read() as connection:
        assert [each.id for each in city.outbox.since(connection, 0)] == [newest]
    assert city.outbox.deliver() == 0
    city.close()
