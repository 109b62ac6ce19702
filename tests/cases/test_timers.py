"""Clocks turn yellow at 80 % and red when due, and each escalation is told once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cityloop.cases import timers as timers_module
from cityloop.foundation.outbox import outbox_events

from .conftest import CLERK, World


def lights(world: World, case: object) -> tuple[str, str]:
    return world.waiting(case)["accept"].light, world.cases.case(CLERK, case.id).light


def test_clock_turns_yellow_then_red_and_says_so_once(world: World) -> None:
    case = world.open()
    seen = []
    for minutes in (191, 1, 48, 0):
        world.clock.advance(timedelta(minutes=minutes))
        seen.append((world.timers.ring_due(), lights(world, case)[0]))
    assert seen == [(0, "green"), (1, "yellow"), (1, "red"), (0, "red")]
    assert world.events() == ["case.opened", "case.overdue"]
    assert world.verbs(case) == ["open", "due_soon", "overdue"]


def test_whole_case_has_its_own_clock(world: World) -> None:
    case = world.open()
    world.do(case, "accept", CLERK)
    world.clock.advance(timedelta(days=10))
    world.timers.ring_due()
    with world.database.read() as connection:
        payloads = connection.execute(
            sa.select(outbox_events.c.payload).where(outbox_events.c.topic == "case.overdue")
        ).scalars()
        assert sorted(str(each["step"]) for each in payloads) == [
            "None",
            "fire",
            "health",
            "planning",
            "police",
        ]


def test_finished_task_never_rings(world: World) -> None:
    case = world.open("repair")
    world.do(case, "look", CLERK)
    world.clock.advance(timedelta(days=99))
    assert (world.timers.ring_due(), world.timers.next_due()) == (0, None)


def test_next_due_is_the_earliest_clock(world: World) -> None:
    world.open()
    assert world.timers.next_due() == world.clock.now() + timedelta(hours=4) * 0.8


def test_many_clocks_ring_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers_module, "BATCH", 4)
    for number in range(10):
        world.open("repair", f"k{number}")
    world.clock.advance(timedelta(hours=2))
    assert (world.timers.ring_due(), world.timers.ring_due()) == (10, 0)
    assert world.events().count("case.overdue") == 10
