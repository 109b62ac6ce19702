"""The living demo: steps hold the same world as one long step, and no gap leaves a backlog."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

import yunjiang
from cityloop.app import City
from cityloop.demo import WeatherApi
from cityloop.demo.generation import DEFAULT_SEED
from cityloop.demo.live import steps as live_steps
from cityloop.demo.live.feed import Feed
from cityloop.demo.live.steps import Step, write_step
from cityloop.demo.rhythm import MINUTES_A_DAY, day_number
from cityloop.demo.world import City as World
from cityloop.demo.world import build_city
from cityloop.foundation.clock import FakeClock, SimulatedClock
from cityloop.foundation.settings import load_settings

MIDNIGHT = (day_number(date(2026, 9, 30)) + 1) * MINUTES_A_DAY
START = MIDNIGHT + 75
"""The loop that built the city moved its clock so far."""


@pytest.fixture(scope="module")
def world() -> World:
    until_day = day_number(date(2026, 9, 28))
    return build_city(DEFAULT_SEED, scale=yunjiang.SCALE, until_day=until_day)


@pytest.fixture
def city(demo_city: Path, tmp_path: Path) -> Iterator[City]:
    folder = yunjiang.copy_city(demo_city, tmp_path / "city")
    with WeatherApi(folder / "inbound") as weather:
        found = City.open(load_settings(folder, {}), environment=weather.environment)
        found.work()
        yield found
        found.close()


@pytest.fixture
def feed(city: City, world: World) -> Feed:
    return Feed(city, world, until=START, speed=60)


def go_on(city: City, minutes: int) -> None:
    clock = city.clock
    assert isinstance(clock, SimulatedClock)
    clock.set(to=clock.now() + timedelta(minutes=minutes), speed=0)


def rows_of(folder: Path, pattern: str, encoding: str) -> list[str]:
    files = sorted(folder.glob(pattern))
    return sorted(line for file in files for line in file.read_text(encoding).splitlines())


def test_short_steps_hold_the_same_rows_as_one_long_step(
    tmp_path: Path, demo_city: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = live_steps.plant
    monkeypatch.setattr(
        live_steps, "plant", lambda name, columns, _plan, **more: clean(name, columns, live_steps.Plan(), **more)
    )  # fmt: skip
    for name, length in (("long", 180), ("short", 15)):
        shutil.copytree(demo_city / "inbound", tmp_path / name)
        size = (tmp_path / name / "weather/observations.jsonl").stat().st_size
        for start in range(MIDNIGHT, MIDNIGHT + 180, length):
            write_step(world, tmp_path / name, Step(0, start, start + length, weather_bytes=size))
            size = (tmp_path / name / "weather/observations.jsonl").stat().st_size
    for pattern, encoding in (
        ("weather/observations.jsonl", "utf-8"), ("parking/停车场余位_*.csv", "utf-8"),
        ("police/110接处警_*.csv", "gb18030"), ("transport/交通检测器_20261001*.csv", "gb18030"),
    ):  # fmt: skip
        long, short = (rows_of(tmp_path / name, pattern, encoding) for name in ("long", "short"))
        assert {row for row in long if row[:1] in "{DPJ"} == {row for row in short if row[:1] in "{DPJ"}  # fmt: skip


def test_long_gap_is_skipped_and_told(city: City, feed: Feed) -> None:
    go_on(city, 3 * MINUTES_A_DAY)
    feed.advance()
    state = feed.state
    assert state.skipped_min == 3 * MINUTES_A_DAY - 60
    assert state.until == START + 3 * MINUTES_A_DAY


def test_clock_stands_still_when_nobody_drives_it(tmp_path: Path, clock: FakeClock) -> None:
    city = SimulatedClock(tmp_path / "clock.json", clock)
    city.set(to=clock.now(), speed=60, runs=timedelta(seconds=20))
    began = city.now()
    clock.advance(timedelta(hours=8))
    assert city.now() - began == timedelta(minutes=20)
