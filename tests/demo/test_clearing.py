"""Deliveries of the living demo are taken away some days later; never one that was not loaded."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cityloop.app import City
from cityloop.demo.live.clearing import KEPT_MIN, clear, written_at
from cityloop.demo.live.feed import Feed
from cityloop.demo.live.staff import VISITORS_TIME, Staff
from cityloop.demo.world import City as World
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.principal import operator
from cityloop.workorders import NewOrder

from .conftest import START, go_on

LONG_AFTER = START + 10 * KEPT_MIN


def names(city: City) -> set[str]:
    """Return every file in the departments' folders."""
    return {file.name for file in (city.settings.city / "inbound").glob("*/*")}


def write(city: City, feed: Feed, *, minutes: int = 60, load: bool = True) -> set[str]:
    """Let the feed write a step; return its files."""
    before = names(city)
    go_on(city, minutes)
    feed.advance()
    if load:
        city.work()
    return names(city) - before


def loads(city: City, files: Sequence[str]) -> Counter[str]:
    batches = city.datasets.batches(most=9_999)
    return Counter(name for each in batches for name in each.files if name in files)


def test_old_files_go_once_loading_is_past_them(city: City, feed: Feed) -> None:
    history = names(city)
    old, last = write(city, feed), write(city, feed)
    waiting = write(city, feed, load=False)
    assert min(map(len, (old, last, waiting))) >= 3
    assert clear(city, START + 60 + KEPT_MIN) == 0
    assert clear(city, LONG_AFTER) == len(old)
    assert names(city) == history | last | waiting
    city.work()
    everything = sorted(old | last | waiting)
    assert loads(city, everything) == Counter(everything)
    assert clear(city, LONG_AFTER) == len(last)


def test_a_clearing_that_died_is_gone_on_with(
    city: City, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _last = write(city, feed), write(city, feed)
    unlink, left = Path.unlink, iter(range(2))

    def dying(file: Path, *, missing_ok: bool = False) -> None:
        next(left)
        unlink(file, missing_ok=missing_ok)

    with monkeypatch.context() as killed, pytest.raises(StopIteration):
        killed.setattr(Path, "unlink", dying)
        clear(city, LONG_AFTER)
    assert len(old & names(city)) == len(old) - 2
    assert clear(city, LONG_AFTER) == len(old) - 2
    assert not old & names(city)


def test_the_feed_itself_clears_and_loads_on(city: City, feed: Feed) -> None:
    old = write(city, feed) | write(city, feed)
    assert not old & write(city, feed, minutes=KEPT_MIN + 120)
    assert old & names(city), "what loading stopped at stays until there is more"
    for _ in range(2):
        write(city, feed)
    assert not old & names(city)
    assert feed.trouble == ""


def test_only_what_the_feed_wrote_has_a_moment() -> None:
    files = ("交通检测器_19700103_0010故障.csv", "交通检测器_202609.csv", "110接处警.csv")
    assert [written_at(file) for file in files] == [2 * 1440 + 10, None, None]


def test_duty_officers_remember_open_orders_only(city: City, world: World) -> None:
    real = FakeClock(datetime(2026, 11, 1, tzinfo=UTC))
    staff = Staff(city, real, world.noise, lambda: True)
    staff.hire()
    title = Bilingual(zh="积水", en="Flooded street")
    wanted = NewOrder("work_order", title, "transport", procedure="work_order")
    order = city.workorders.open(operator(), wanted)
    for _ in range(40):
        staff.look()
        real.advance(VISITORS_TIME)
        go_on(city, 30)
    assert city.workorders.one(operator(), order.number).order.status == "finished"
    assert order.number not in staff._rests
