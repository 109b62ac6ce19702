from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

import yunjiang
from cityloop.app import City
from cityloop.demo import Planted, WeatherApi, generate
from cityloop.demo.generation import DEFAULT_SEED
from cityloop.demo.live.feed import Feed
from cityloop.demo.rhythm import MINUTES_A_DAY, day_number
from cityloop.demo.world import City as World
from cityloop.demo.world import build_city
from cityloop.foundation.clock import SimulatedClock
from cityloop.foundation.settings import load_settings

DAYS, SCALE = 4, 0.1
START = (day_number(date(2026, 9, 30)) + 1) * MINUTES_A_DAY + 75
"""Minute of the small city's clock: the loop that built it moved it so far."""


@pytest.fixture(scope="session")
def tiny_city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    """A city of four days and few stations, with every kind of defect in it."""
    target = tmp_path_factory.mktemp("yunjiang")
    return target, generate(target, days=DAYS, scale=SCALE)


@pytest.fixture(scope="session")
def world() -> World:
    """The simulated city behind the small demo city."""
    until_day = day_number(date(2026, 9, 28))
    return build_city(DEFAULT_SEED, scale=yunjiang.SCALE, until_day=until_day)


@pytest.fixture
def city(demo_city: Path, tmp_path: Path) -> Iterator[City]:
    """A copy of the small demo city, open; its clock stands still."""
    folder = yunjiang.copy_city(demo_city, tmp_path / "city")
    with WeatherApi(folder / "inbound") as weather:
        found = City.open(load_settings(folder, {}), environment=weather.environment)
        found.work()
        yield found
        found.close()


@pytest.fixture
def feed(city: City, world: World) -> Feed:
    """The feed of the small city; it has not run yet."""
    return Feed(city, world, until=START, speed=60)


def go_on(city: City, minutes: int) -> None:
    """Move the city's clock, which stands still otherwise."""
    clock = city.clock
    assert isinstance(clock, SimulatedClock)
    clock.set(to=clock.now() + timedelta(minutes=minutes), speed=0)
