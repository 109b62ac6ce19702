"""What a person is told they may do is what the verbs then allow, in every state and for everybody."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cityloop.foundation.errors import CityError
from cityloop.foundation.principal import Principal
from cityloop.workorders import Order, Wanted
from cityloop.workorders.model import Verb

from .conftest import BOSS, CALLER, CHEN, World, person

OTHER = person("other", "transport")
LEADER = person("leader", None, "orders.view")


def opened(world: World) -> Order:
    return world.open(procedure="checked")


def accepted(world: World) -> Order:
    return world.orders.accept(CHEN, opened(world).number)


def handled(world: World) -> Order:
    return world.orders.finish(CHEN, accepted(world).number, result="filled")


def returned(world: World) -> Order:
    return world.orders.give_back(CHEN, opened(world).number, reason="not ours")


def cancelled(world: World) -> Order:
    return world.orders.cancel(BOSS, opened(world).number, reason="double")


def finished(world: World) -> Order:
    return world.orders.finish(CALLER, handled(world).number, result="good", outcome="solved")


HARMLESS = {("return", returned), ("accept", accepted)}
"""Allowed, but changes nothing, so it is not offered."""


def is_done(world: World, who: Principal, order: Order, verb: Verb) -> bool:
    """Return whether ``verb`` is allowed; the outcome is the first that the step has."""
    seen = world.orders.shown(who, order)
    outcomes = next((each.outcomes for each in seen.waiting if each.is_mine), ())
    verbs: dict[Verb, Callable[[], object]] = {
        "accept": lambda: world.orders.accept(who, order.number),
        "finish": lambda: world.orders.finish(
            who, order.number, result="x", outcome=next(iter(outcomes), None)
        ),
        "transfer": lambda: world.orders.transfer(
            who, order.number, department="ecology", reason="x"
        ),
        "return": lambda: world.orders.give_back(who, order.number, reason="x"),
        "cancel": lambda: world.orders.cancel(who, order.number, reason="x"),
        "comment": lambda: world.orders.comment(who, order.number, "x"),
    }
    try:
        verbs[verb]()
    except CityError:
        return False
    return True


@pytest.mark.parametrize("verb", ["accept", "finish", "transfer", "return", "cancel", "comment"])
@pytest.mark.parametrize("state", [opened, accepted, handled, returned, cancelled, finished])
@pytest.mark.parametrize("who", [BOSS, CHEN, OTHER, CALLER, LEADER], ids=lambda each: each.id)
def test_what_one_is_offered_works_and_the_rest_is_refused(
    world: World, who: Principal, state: Callable[[World], Order], verb: Verb
) -> None:
    order = state(world)
    if order.number not in {each.number for each in world.orders.list(who)}:
        return
    offered = verb in world.orders.one(who, order.number).shown.can
    assert is_done(world, who, order, verb) in {offered, (verb, state) in HARMLESS}


def test_stage_is_review_only_while_the_result_waits_to_be_confirmed(world: World) -> None:
    order = opened(world)
    stages = [world.orders.shown(BOSS, order).stage]
    for move in (
        lambda: world.orders.accept(CHEN, order.number),
        lambda: world.orders.finish(CHEN, order.number, result="filled"),
        lambda: world.orders.finish(CALLER, order.number, result="hole", outcome="again"),
        lambda: world.orders.finish(CHEN, order.number, result="better"),
        lambda: world.orders.finish(CALLER, order.number, result="good", outcome="solved"),
    ):
        stages.append(world.orders.shown(BOSS, move()).stage)
    assert stages == ["open", "accepted", "review", "accepted", "review", "finished"]


def test_waiting_step_says_who_may_end_it_and_how(world: World) -> None:
    order = handled(world)
    [mine] = world.orders.shown(CALLER, order).waiting
    [theirs] = world.orders.shown(CHEN, order).waiting
    assert (mine.step, mine.department, mine.outcomes, mine.is_mine) == (
        "check", "hotline", ("solved", "again"), True,
    )  # fmt: skip
    assert (theirs.step, theirs.is_mine) == ("check", False)


def test_page_counts_everything_and_shows_a_part(world: World) -> None:
    now = world.clock.now()
    numbers = [world.open(f"k{n}", due_at=now + timedelta(hours=n)).number for n in (1, 2, 3)]
    page = world.orders.page(CHEN, Wanted(skip=1, most=1))
    assert ([each.order.number for each in page.orders], page.total) == ([numbers[1]], 3)


def test_text_is_searched_literally_in_what_people_wrote(world: World) -> None:
    plain = world.open("a", description="100% of the lane <b>closed</b>")
    world.open("b", description="100 metres")

    def numbers(text: str) -> list[str]:
        return [each.number for each in world.orders.list(BOSS, Wanted(text=text))]

    assert numbers("100%") == numbers("<B>CLOSED") == [plain.number]
    assert numbers("_") == []
    assert len(numbers("坑洞")) == len(numbers(plain.number[:11])) == 2


def test_mine_are_orders_that_one_holds_or_has_worked_on(world: World) -> None:
    held, done, other = (world.open(key) for key in "abc")
    world.orders.accept(CHEN, held.number)
    world.orders.finish(CHEN, done.number, result="filled")
    world.orders.accept(OTHER, other.number)
    mine = world.orders.list(BOSS, Wanted(touched_by=CHEN.id))
    assert {each.number for each in mine} == {held.number, done.number}


def test_only_what_changed_since_is_listed(world: World) -> None:
    world.open("old")
    world.clock.advance(timedelta(minutes=1))
    fresh = world.open("new")
    listed = world.orders.list(BOSS, Wanted(updated_since=world.clock.now()))
    assert [each.number for each in listed] == [fresh.number]
