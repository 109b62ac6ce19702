"""An order goes from opened to finished; its department sees and moves it, and nobody else."""

from datetime import timedelta

import pytest

from cityloop.cases.errors import NotYours, UnknownOutcome, WrongState
from cityloop.foundation.errors import Forbidden
from cityloop.workorders import Location, NewOrder, Wanted, records
from cityloop.workorders.errors import NoOrder, NotWaiting

from .conftest import BOSS, CALLER, CHEN, LIN, POTHOLE, World, person

HOUR = timedelta(hours=1)


def test_order_is_accepted_and_finished_by_its_department(world: World) -> None:
    order = world.open()
    world.clock.advance(HOUR)
    accepted = world.orders.accept(CHEN, order.number)
    world.clock.advance(HOUR)
    finished = world.orders.finish(CHEN, order.number, result="filled")
    assert (order.status, accepted.status, finished.status) == ("open", "accepted", "finished")
    assert (accepted.accepted_at - order.opened_at, finished.finished_at - order.opened_at) == (
        HOUR,
        2 * HOUR,
    )
    assert world.timeline(order) == [
        ("open", None), ("complete", "accept"), ("claim", "handle"), ("complete", "handle"), ("complete", "finish"),
    ]  # fmt: skip
    assert world.topics() == ["order.opened", "order.accepted", "order.finished"]
    assert world.orders.one(CHEN, order.number).order == finished


def test_numbers_count_per_local_day(world: World) -> None:
    world.clock.advance(timedelta(hours=11, minutes=59))
    numbers = [world.open(key).number for key in "ab"]
    world.clock.advance(timedelta(minutes=1))
    assert [*numbers, world.open("c").number] == [
        "WO-20260930-0001",
        "WO-20260930-0002",
        "WO-20261001-0001",
    ]


def test_opening_twice_under_one_key_is_one_order(world: World) -> None:
    assert world.open() == world.open()
    assert world.topics() == ["order.opened"]


def test_order_finished_without_accepting_counts_as_accepted(world: World) -> None:
    order = world.open()
    done = world.orders.finish(CHEN, order.number, result="filled")
    assert (done.status, done.accepted_at) == ("finished", done.finished_at)


def test_finishing_stops_where_somebody_else_is_next(world: World) -> None:
    order = world.open(procedure="checked")
    world.orders.accept(CHEN, order.number)
    handled = world.orders.finish(CHEN, order.number, result="filled")
    assert (handled.status, handled.result) == ("accepted", "filled")
    with pytest.raises(NotWaiting, match="hotline"):
        world.orders.finish(CHEN, order.number, result="filled")
    with pytest.raises(UnknownOutcome):
        world.orders.finish(CALLER, order.number, result="checked")
    again = world.orders.finish(CALLER, order.number, result="still a hole", outcome="again")
    assert again.status == "accepted"
    world.orders.finish(CHEN, order.number, result="filled better")
    assert (
        world.orders.finish(CALLER, order.number, result="checked", outcome="solved").status
        == "finished"
    )


def test_accepting_takes_the_first_outcome_unless_told(world: World) -> None:
    order = world.open(procedure="checked")
    world.orders.accept(CHEN, order.number)
    tasks = {task.step: task for task in world.orders.one(BOSS, order.number).tasks}
    assert tasks["accept"].outcome == "ours"


def test_transferred_order_goes_on_in_the_new_department(world: World) -> None:
    order = world.open()
    moved = world.orders.transfer(CHEN, order.number, department="ecology", reason="their park")
    assert (moved.department, moved.due_at) == ("ecology", order.due_at)
    with pytest.raises(NoOrder):
        world.orders.accept(CHEN, order.number)
    world.orders.accept(LIN, order.number)
    assert world.orders.finish(LIN, order.number, result="done").status == "finished"
    assert world.topics()[1] == "order.transferred"


def test_order_returned_from_its_first_step_waits_for_dispatch(world: World) -> None:
    order = world.open()
    world.orders.give_back(CHEN, order.number, reason="not ours")
    with pytest.raises(NotWaiting):
        world.orders.accept(CHEN, order.number)
    world.orders.transfer(BOSS, order.number, department="ecology", reason="theirs")
    assert world.orders.accept(LIN, order.number).status == "accepted"


def test_order_returned_later_goes_one_step_back(world: World) -> None:
    order = world.open(procedure="checked")
    world.orders.accept(CHEN, order.number)
    world.orders.finish(CHEN, order.number, result="filled")
    world.orders.give_back(CALLER, order.number, reason="still a hole")
    assert world.orders.finish(CHEN, order.number, result="filled").status == "accepted"


def test_departments_see_their_orders_and_dispatchers_all(world: World) -> None:
    mine, other = world.open("a"), world.open("b", department="ecology")
    assert [each.number for each in world.orders.list(CHEN)] == [mine.number]
    assert {each.number for each in world.orders.list(BOSS)} == {mine.number, other.number}
    with pytest.raises(NoOrder):
        world.orders.one(CHEN, other.number)
    with pytest.raises(NoOrder):
        world.orders.comment(CHEN, other.number, "hello")
    with pytest.raises(Forbidden):
        world.orders.list(person("x", "transport", "something"))
    leader = person("he", None, "orders.view")
    assert {each.number for each in world.orders.list(leader)} == {mine.number, other.number}
    with pytest.raises(NotWaiting):
        world.orders.accept(leader, mine.number)
    with pytest.raises(Forbidden):
        world.orders.cancel(leader, mine.number, reason="no")
    with pytest.raises(Forbidden):
        world.orders.open(
            person("x", "transport", "something"), NewOrder("k", POTHOLE, "transport")
        )


def test_department_of_a_later_step_sees_the_order(world: World) -> None:
    order = world.open(procedure="checked")
    assert world.orders.list(CALLER) == []
    world.orders.finish(CHEN, order.number, result="ours", outcome="ours")
    assert [each.number for each in world.orders.list(CALLER)] == [order.number]


def test_list_is_filtered_and_most_urgent_first(world: World) -> None:
    late = world.open("a", due_at=world.clock.now() + HOUR, priority="urgent")
    soon = world.open("b", due_at=world.clock.now() + 3 * HOUR)
    done = world.open("c")
    world.orders.finish(CHEN, done.number, result="x")
    world.clock.advance(2 * HOUR)

    def numbers(**wanted: object) -> list[str]:
        return [each.number for each in world.orders.list(BOSS, Wanted(**wanted))]

    assert numbers() == [late.number, soon.number, done.number]
    assert numbers(is_overdue=True) == [late.number]
    assert numbers(is_overdue=False, statuses=("open",)) == [soon.number]
    assert numbers(priority="urgent", department="transport", most=5) == [late.number]
    assert numbers(alert="x") == []
    assert world.orders.board(CHEN) == [("transport", "finished", 1), ("transport", "open", 2)]


def test_cancelled_order_is_over(world: World) -> None:
    order = world.open()
    with pytest.raises(NotYours):
        world.orders.cancel(CHEN, order.number, reason="no")
    assert world.orders.cancel(BOSS, order.number, reason="double").status == "cancelled"
    with pytest.raises(NotWaiting):
        world.orders.accept(CHEN, order.number)
    with pytest.raises(WrongState):
        world.orders.cancel(BOSS, order.number, reason="double")


def test_records_tell_times_but_no_words(world: World) -> None:
    order = world.open(
        due_at=world.clock.now() + HOUR,
        location=Location("湖滨路", 120.1, 30.2),
        description="secret",
    )
    late = world.open("late", due_at=world.clock.now() + HOUR)
    world.clock.advance(HOUR)
    world.orders.finish(CHEN, order.number, result="secret")
    with world.database.read() as connection:
        cursor = (records(connection, None)["updated_at"][1].as_py() + HOUR).isoformat()
    world.clock.advance(HOUR)
    world.orders.finish(CHEN, late.number, result="secret")
    with world.database.read() as connection:
        first, second = records(connection, None).to_pylist()
        assert [row["number"] for row in records(connection, cursor).to_pylist()] == [late.number]
    assert (first["handling_minutes"], first["on_time"], first["longitude"]) == (60.0, True, 120.1)
    assert (second["handling_minutes"], second["on_time"], second["status"]) == (
        120.0,
        False,
        "finished",
    )
    assert "secret" not in str((first, second))
