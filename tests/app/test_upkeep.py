"""While workers run, the tables of the lake are kept in shape by a job of the city's own."""

from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

import yunjiang
from cityloop.app import City
from cityloop.foundation.jobs import jobs_table
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
