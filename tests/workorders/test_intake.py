"""A firing alert becomes one order per place, however often it fires, and finishing it closes the loop."""

from datetime import timedelta

import sqlalchemy as sa

from cityloop.foundation.definition import Bilingual
from cityloop.foundation.outbox import outbox_cursors
from cityloop.workorders import Wanted

from .conftest import BOSS, LIN, World

S1 = {"station": "S1"}


def test_firing_alert_opens_an_order_for_its_department(world: World) -> None:
    world.tell("alert.fired", "e1", S1)
    (order,) = world.orders.list(LIN)
    assert (order.alert, order.place, order.source, order.priority) == (
        "dirty_air",
        S1,
        "alert",
        "high",
    )
    assert (order.title.en, order.department, order.due_at - order.opened_at) == (
        "Too high at S1",
        "ecology",
        timedelta(hours=4),
    )
    assert order.description == Bilingual(
        zh="预警“空气超标”触发：80 微克，阈值 75 微克。",
        en="The alert “Dirty air” fired at 80 µg; its threshold is 75 µg.",
    )


def test_what_the_platform_remarks_is_said_in_both_languages(world: World) -> None:
    for topic in ("alert.fired", "alert.resolved", "alert.fired"):
        world.tell(topic, "e1", S1)
    (order,) = world.orders.list(BOSS)
    remarks = [
        each.details["comment"] for each in world.orders.one(BOSS, order.number).timeline[1:]
    ]
    assert remarks == [
        {"zh": "预警已解除。", "en": "The alert has ended."},
        {"zh": "预警再次触发：80 微克。", "en": "The alert fired again, at 80 µg."},
    ]
    assert world.orders.list(BOSS, Wanted(text="“Dirty air” fired")) == [order]


def test_alert_that_fires_again_adds_to_the_open_order(world: World) -> None:
    world.tell("alert.fired", "e1", S1)
    world.tell("alert.resolved", "e1", S1)
    world.tell("alert.fired", "e2", S1)
    (order,) = world.orders.list(BOSS)
    assert (order.repeats, [verb for verb, _step in world.timeline(order)]) == (
        1,
        ["open", "comment", "comment"],
    )


def test_other_places_and_later_episodes_get_their_own_order(world: World) -> None:
    world.tell("alert.fired", "e1", S1)
    world.tell("alert.fired", "e2", {"station": "S2"})
    first = world.orders.list(LIN, None)[0]
    world.orders.finish(LIN, first.number, result="done")
    world.tell("alert.fired", "e3", first.place)
    assert len(world.orders.list(BOSS)) == 3


def test_event_delivered_again_opens_no_second_order(world: World) -> None:
    world.tell("alert.fired", "e1", S1)
    world.orders.finish(LIN, world.orders.list(LIN)[0].number, result="done")
    with world.database.begin() as tx:
        tx.execute(sa.update(outbox_cursors).values(last_id=0))
    world.outbox.deliver()
    assert len(world.orders.list(BOSS)) == 1


def test_alert_without_an_order_only_tells(world: World) -> None:
    with world.database.begin() as tx:
        payload = {
            "alert": "a",
            "event": "e1",
            "dimensions": {},
            "value": 1.0,
            "owner": None,
            "order": None,
        }
        world.outbox.emit(tx, "alert.fired", "e1", payload)
    world.outbox.deliver()
    assert world.orders.list(BOSS) == []


def test_overdue_order_is_told_with_its_number(world: World) -> None:
    order = world.open(due_at=world.clock.now() + timedelta(minutes=30))
    world.clock.advance(timedelta(hours=1))
    world.timers.ring_due()
    world.outbox.deliver()
    assert world.topics() == ["order.opened", "order.overdue"]
    assert world.orders.one(BOSS, order.number).case.light == "red"
