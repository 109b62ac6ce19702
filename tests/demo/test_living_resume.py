"""The living demo when things go wrong: a feed that dies or fails loses nothing and writes nothing twice."""

import json
import resource
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import yunjiang
from cityloop.app import City
from cityloop.demo import Demo
from cityloop.demo.generation import DEFAULT_SEED, OtherCity, OtherSize
from cityloop.demo.live import feed as live_feed
from cityloop.demo.live import steps as live_steps
from cityloop.demo.live.feed import MOST_TRIES, Feed
from cityloop.demo.live.steps import Step
from cityloop.demo.world import City as World
from cityloop.foundation.principal import operator
from cityloop.foundation.settings import load_settings
from cityloop.sources.errors import DemoAsleep

from .conftest import START, go_on


class Killed(BaseException):
    """What a test kills a feed with."""


def died(*_arguments: object) -> None:
    raise Killed


def written(inbound: Path) -> dict[str, Sequence[object]]:
    """Return what lies in the departments' folders behind the history: files with their bytes, lines, visits."""
    found: dict[str, Sequence[object]] = {
        file.name: [file.read_bytes()] for file in sorted(inbound.glob("*/*_20261001_*.*s*"))
    }
    lines = (inbound / "weather/observations.jsonl").read_text().splitlines()
    found["weather"] = [line for line in lines if "2026-10-01T" in line]
    with closing(sqlite3.connect(inbound / "health/his.db")) as hospital:
        query = "SELECT * FROM visits WHERE arrived_at >= '2026-10-01' ORDER BY visit_id"
        found["visits"] = hospital.execute(query).fetchall()
    return found


def test_platform_counts_what_each_step_planted(city: City, feed: Feed) -> None:
    planted: dict[str, list[int]] = {}
    before = {each.batch for each in city.datasets.batches(most=999)}
    for _ in range(4):
        go_on(city, 30)
        desk = feed.advance()
        assert desk is not None
        for export in desk.exports:
            counts = export.counts
            row = [counts.good, counts.quarantined]
            planted[export.dataset] = [a + b for a, b in zip(planted.get(export.dataset, [0] * 2), row, strict=True)]  # fmt: skip
        city.work()
    found = {}
    for name in planted:
        fresh = [b for b in city.datasets.batches([name], most=999) if b.batch not in before]
        found[name] = [sum(getattr(b, c) for b in fresh) for c in ("good", "quarantined")]  # fmt: skip
    assert found == planted


@pytest.mark.parametrize("place", ["_weather", "_visits", "_parking", "_services"])
def test_step_broken_off_is_written_again_byte_by_byte(
    city: City,
    world: World,
    feed: Feed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    inbound = city.settings.city / "inbound"
    shutil.copytree(inbound, tmp_path / "whole")
    size = (inbound / "weather/observations.jsonl").stat().st_size
    live_steps.write_step(world, tmp_path / "whole", Step(0, START, START + 60, (), size))
    go_on(city, 90)
    department = live_steps.__dict__[place]
    with monkeypatch.context() as patch:
        patch.setattr(live_steps, place, lambda desk: died(department(desk)))
        with pytest.raises(Killed):
            feed.advance()
    go_on(city, 25)  # the one who comes next comes later, and still writes the same step
    again = Feed(city, world, until=0)
    assert again.advance() is not None
    state = again.state
    assert (state.pending, state.until, state.steps) == (None, START + 60, 1)
    assert written(inbound) == written(tmp_path / "whole")


def test_step_that_fails_is_told_and_left_out_and_the_city_goes_on(
    city: City, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_feed, "PAUSE_S", 0.0)
    monkeypatch.setattr(live_feed, "BEAT_S", 0.0)
    stop, told = threading.Event(), []
    whole = live_steps.write_step

    def writing(world: World, inbound: Path, step: Step) -> object:
        told.append(feed.trouble)
        if step.number == 0:
            raise ValueError("no such road")
        stop.set()
        return whole(world, inbound, step)

    monkeypatch.setattr(live_feed, "write_step", writing)
    go_on(city, 90)
    feed.run_until(stop)
    state = feed.state
    assert told == ["", *["ValueError"] * MOST_TRIES]
    assert (feed.trouble, state.failed, state.steps, state.until) == ("", 1, 2, START + 90)


@pytest.mark.parametrize(
    "size", [(), ("--days", str(yunjiang.DAYS), "--scale", str(yunjiang.SCALE))]
)
@contextmanager
def full_disk(most_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond a limit, as a full disk would; Python ignores the signal."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_stops_the_city_which_goes_on_when_there_is_room(
    city: City, feed: Feed, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_feed, "PAUSE_S", 0.0)
    monkeypatch.setattr(live_feed, "BEAT_S", 0.0)
    inbound, stop, tries = city.settings.city / "inbound", threading.Event(), []
    shutil.copytree(inbound, tmp_path / "whole")
    size = (inbound / "weather/observations.jsonl").stat().st_size
    live_steps.write_step(world, tmp_path / "whole", Step(0, START, START + 60, (), size))
    before, whole = written(inbound), live_steps.write_step

    def writing(world: World, inbound: Path, step: Step) -> object:
        tries.append(step.number)
        if len(tries) > MOST_TRIES + 2:
            stop.set()
        return whole(world, inbound, step)

    monkeypatch.setattr(live_feed, "write_step", writing)
    go_on(city, 90)
    with full_disk(1500):
        feed.run_until(stop)
    assert (feed.state.failed, feed.state.steps, set(tries)) == (0, 0, {0})
    assert feed.told("zh").startswith("存储空间不足，演示城市停在原处")
    assert feed.told("en").startswith("Storage is full, so the demo city stands still")
    after, expected = written(inbound), written(tmp_path / "whole")
    assert [name for name in after if after[name] not in (before.get(name), expected[name])] == []
    assert after != expected
    feed.advance()
    assert (feed.trouble, feed.told("zh"), feed.state.steps) == ("", "", 1)
    assert written(inbound) == expected


@pytest.mark.parametrize(
    "size", [(), ("--days", str(yunjiang.DAYS), "--scale", str(yunjiang.SCALE))]
)
def test_demo_that_is_built_says_so_and_counts_nothing(
    demo_city: Path, size: tuple[str, ...]
) -> None:
    done = yunjiang.run_cli(demo_city, "demo", "--once", *size, "--json")
    assert (done.returncode, json.loads(done.stdout)["built"]) == (0, True), done.stderr


def test_demo_of_another_size_is_refused_with_both_sizes(demo_city: Path) -> None:
    before = (demo_city / ".cityloop" / "built.json").read_bytes()
    with pytest.raises(OtherSize) as refused:
        Demo(demo_city, days=30, note=lambda *_: None)
    assert (refused.value.fields["built"], refused.value.fields["wanted"]) == (
        f"--seed {DEFAULT_SEED} --days {yunjiang.DAYS} --scale {yunjiang.SCALE}",
        f"--seed {DEFAULT_SEED} --days 30 --scale {yunjiang.SCALE}",
    )
    assert (demo_city / ".cityloop" / "built.json").read_bytes() == before


def test_demo_killed_while_it_was_built_begins_afresh(demo_city: Path, tmp_path: Path) -> None:
    folder = yunjiang.copy_city(demo_city, tmp_path / "city")
    data = folder / ".cityloop"
    (data / "built.json").rename(data / "building.json")
    with Demo(folder, days=yunjiang.DAYS, scale=yunjiang.SCALE, note=lambda *_: None) as demo:
        assert not demo.is_resumed
        assert demo.run().is_closed
    assert (data / "built.json").is_file()


def test_demo_leaves_a_city_alone_that_is_none_of_its_own(demo_city: Path, tmp_path: Path) -> None:
    folder = yunjiang.copy_city(demo_city, tmp_path / "city")
    (folder / ".cityloop" / "built.json").unlink()
    with pytest.raises(OtherCity):
        Demo(folder, note=lambda *_: None)
    assert (folder / ".cityloop" / "state.db").is_file()


def test_demo_source_says_what_to_start_when_the_demo_does_not_run(
    demo_city: Path, tmp_path: Path
) -> None:
    folder = yunjiang.copy_city(demo_city, tmp_path / "city")
    opened = City.open(load_settings(folder, {}), environment={})
    with closing(opened) as city, pytest.raises(DemoAsleep):
        city.datasets.ingest(operator(), "weather_service")
