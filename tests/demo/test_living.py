"""The living demo: steps hold the same world as one long step, and no gap leaves a backlog."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from cityloop.app import City
from cityloop.demo.live import steps as live_steps
from cityloop.demo.live.feed import Feed
from cityloop.demo.live.steps import Step, write_step
from cityloop.demo.rhythm import MINUTES_A_DAY
from cityloop.demo.world import City as World
from cityloop.foundation.clock import FakeClock, SimulatedClock

from .conftest import START, go_on

MIDNIGHT = START - 75


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
