"""The living demo closes the loop: what happens ends as an order, and duty officers finish orders."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from cityloop.app import City
from cityloop.demo.api import came_of
from cityloop.demo.live.feed import Feed
from cityloop.demo.live.happenings import (
    ALERTS,
    KINDS,
    Happening,
    Kind,
    begin,
    flooded_calls,
    place_name,
    sick_pupils,
)
from cityloop.demo.live.staff import VISITORS_TIME, Staff
from cityloop.demo.live.steps import those
from cityloop.demo.rhythm import Window
from cityloop.demo.world import City as World
from cityloop.demo.world.calls import hotline_calls
from cityloop.demo.world.health import visits
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.principal import operator
from cityloop.workorders import NewOrder, Order, Wanted

from .conftest import START, go_on


@pytest.mark.parametrize("kind", KINDS)
def test_what_happens_ends_as_an_order_on_the_board(city: City, feed: Feed, kind: Kind) -> None:
    go_on(city, 5)
    before = {order.number for order in city.workorders.list(operator())}
    feed.happen(operator(), kind, None)
    feed.advance(forced=True)
    for _ in range(3):  # the records of deliveries are data of their own, a round later
        go_on(city, 6)
        city.work()
    fresh = [o for o in city.workorders.list(operator()) if o.number not in before]
    assert ALERTS[kind] in {order.alert for order in fresh}


@pytest.mark.parametrize("kind", ["accident", "failure"])
def test_what_happens_at_the_end_of_an_hour_is_alerted_in_the_next(
    city: City, feed: Feed, kind: Kind
) -> None:
    go_on(city, 43)  # two minutes to the hour
    feed.happen(operator(), kind, None)
    feed.advance(forced=True)
    go_on(city, 4)
    for _ in range(3):
        city.work()
        go_on(city, 6)
    assert ALERTS[kind] in {order.alert for order in city.workorders.list(operator())}


def test_delivery_of_a_made_accident_has_no_defect(feed: Feed) -> None:
    found = []
    for _ in range(60):
        feed.happen(operator(), "accident", None)
        desk = feed.advance(forced=True)
        assert desk is not None
        found += [each.counts for each in desk.exports if each.dataset == "traffic_incidents"]
    assert len(found) == 60
    assert {(each.quarantined, each.duplicate) for each in found} == {(0, 0)}


def test_detectors_that_fail_are_quarantined_and_hold_nothing_up(city: City, feed: Feed) -> None:
    go_on(city, 5)
    known = {each.batch for each in city.datasets.batches(["detector_readings"], most=99)}
    feed.happen(operator(), "failure", None)
    feed.advance(forced=True)
    city.work()
    fresh = [
        b for b in city.datasets.batches(["detector_readings"], most=99) if b.batch not in known
    ]
    assert {each.status for each in fresh} == {"published"}
    assert sum(each.quarantined for each in fresh) > 25


@pytest.fixture
def real() -> FakeClock:
    return FakeClock(datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
def staff(city: City, world: World, real: FakeClock) -> Staff:
    found = Staff(city, real, world.noise, lambda: True)
    found.hire()
    return found


def opened(city: City, procedure: str) -> Order:
    title = Bilingual(zh="积水", en="Flooded street")
    return city.workorders.open(
        operator(), NewOrder(procedure, title, "transport", procedure=procedure)
    )


def moves(city: City, order: Order) -> Sequence[str]:
    """Return the status of an order and everybody who finished a task of it."""
    detail = city.workorders.one(operator(), order.number)
    return [
        detail.order.status,
        *sorted({task.finished_by for task in detail.tasks if task.finished_by}),
    ]


@pytest.mark.parametrize(
    ("procedure", "officers"),
    [
        ("work_order", ["person:hotline_duty", "person:transport_duty"]),
        ("joint_response", ["person:city_management_duty", "person:hotline_duty", "person:transport_duty"]),
    ],
)  # fmt: skip
def test_duty_officers_finish_an_order(
    city: City, staff: Staff, real: FakeClock, procedure: str, officers: list[str]
) -> None:
    order = opened(city, procedure)
    for _ in range(40):
        staff.look()
        real.advance(VISITORS_TIME)
        go_on(city, 30)
    assert moves(city, order) == ["finished", *officers]


def test_visitor_has_time_to_be_first_and_keeps_what_is_taken(
    city: City, staff: Staff, real: FakeClock
) -> None:
    order = opened(city, "work_order")
    staff.look()
    go_on(city, 24 * 60)
    real.advance(VISITORS_TIME - timedelta(seconds=1))
    staff.look()
    assert city.workorders.one(operator(), order.number).order.status == "open"
    city.workorders.accept(city.accounts.principal_of("transport"), order.number)
    for _ in range(5):
        staff.look()
        real.advance(VISITORS_TIME)
        go_on(city, 120)
    detail = city.workorders.one(operator(), order.number)
    assert (detail.order.status, detail.order.finished_at) == ("accepted", None)


def test_every_happening_of_a_kind_is_somewhere_else_while_there_is_room(world: World) -> None:
    for kind in ("accident", "storm", "outbreak"):
        before: list[Happening] = []
        for number in range(1, 4):
            before.append(begin(world, kind, None, number, START, before))
        assert len({place_name(world, each) for each in before}) == 3, kind
    hospitals = [begin(world, "outbreak", 0, 1, START)]
    for number in range(2, 40):
        hospitals.append(begin(world, "outbreak", 0, number, START, hospitals))
    assert {each.district for each in hospitals} == {0}


def test_what_happens_again_is_handled_with_the_order_that_is_open(city: City, feed: Feed) -> None:
    go_on(city, 5)
    for _ in range(2):  # failing detectors of one department: the second finds the alert firing
        feed.happen(operator(), "failure", None)
        feed.advance(forced=True)
        for _ in range(3):
            go_on(city, 6)
            city.work()
    orders = city.workorders.list(operator(), Wanted(alert=ALERTS["failure"]))
    came = [
        [o.number for o in orders if came_of(each, feed.at(each.started), set(), o)]
        for each in feed.state.happenings
    ]
    assert len(came) == 2
    assert came[0] == came[1] != []


def test_many_happenings_of_a_day_share_no_number(world: World) -> None:
    storms = [begin(world, "storm", None, number, START) for number in range(1, 13)]
    sick = [begin(world, "outbreak", 0, number, START) for number in range(13, 25)]
    window = Window.ending(date(2026, 10, 1), days=1)
    span = (START, START + 240)
    nobody = slice(0)
    calls = flooded_calls(world, those(hotline_calls(world, window), [][nobody]), storms, span)  # type: ignore[arg-type]  # no rows
    seen = sick_pupils(world, those(visits(world, window), [][nobody]), sick, span)  # type: ignore[arg-type]  # no rows
    for day, number in ((calls.day, calls.number), (seen.day, seen.number)):
        keys = list(zip(day.tolist(), number.tolist(), strict=True))
        assert len(keys) > 100
        assert len(set(keys)) == len(keys)
