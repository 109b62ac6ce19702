"""Cases move from person to person by transitions that happen once, wholly, and only by those whose task it is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cityloop.cases import Cases, Opening, Recipient
from cityloop.cases.errors import (
    NoCase,
    NoDepartment,
    NothingBefore,
    NotYours,
    UnknownData,
    UnknownOutcome,
    WrongState,
)
from cityloop.foundation.audit import audit_log
from cityloop.foundation.errors import Conflict, NotFound
from cityloop.foundation.outbox import outbox_events

from .conftest import APPROVAL, CLERK, DISPATCHER, REVIEWERS, World, person, procedure, step


def test_approval_waits_for_all_four_reviews(world: World) -> None:
    case = world.open()
    world.do(case, "accept", CLERK)
    for name in REVIEWERS:
        assert "finish" not in world.waiting(case)
        world.do(case, name, person("p", name), outcome="yes")
    closed = world.do(case, "finish", CLERK)
    assert (closed.state, closed.outcome, closed.number) == ("closed", "yes", 7)
    assert world.verbs(case) == ["open", *["complete"] * 6]
    assert world.events() == ["case.opened", *["case.moved"] * 5, "case.closed"]


def test_opening_twice_under_one_key_is_one_case(world: World) -> None:
    first = world.open()
    again = world.cases.open(
        CLERK, Opening(key="k1", procedure="approval", title="Shop", department="window")
    )
    assert (again.case, again.opened, again.fresh) == (first, (), False)
    assert world.events() == ["case.opened"]


def test_condition_over_data_chooses_the_way(world: World) -> None:
    shallow = world.do(world.open("repair", "a"), "look", CLERK, data={"depth_cm": 3})
    deep = world.do(world.open("repair", "b"), "look", CLERK, data={"depth_cm": 30})
    assert (shallow.state, list(world.waiting(deep))) == ("closed", ["fix"])


def test_cycle_goes_round_while_its_condition_holds(world: World) -> None:
    case = world.open("repair", depth_cm=30)
    digger = person("wu", "window", "digger")
    for outcome in ("again", "done"):
        world.do(case, "look", CLERK)
        case = world.do(case, "fix", digger, outcome=outcome)
    assert (case.state, case.outcome) == ("closed", "done")


def test_running_case_keeps_its_definition(world: World) -> None:
    case = world.open("repair", depth_cm=30)
    world.definitions[:] = [procedure("repair", step("other", department="window"))]
    later = world.open("repair", key="k2")
    assert list(world.waiting(later)) == ["other"]
    world.do(case, "look", CLERK)
    assert list(world.waiting(case)) == ["fix"]


def test_two_who_complete_one_task_get_one_success(world: World) -> None:
    case = world.open()
    task = world.waiting(case)["accept"].id
    world.cases.complete(CLERK, task)
    with pytest.raises(WrongState) as caught:
        world.worker().complete(CLERK, task)
    assert isinstance(caught.value, Conflict)
    assert caught.value.fields == {
        "verb": "complete",
        "thing": "accept",
        "state": "done",
        "allowed": [],
    }


@pytest.mark.parametrize(
    "who", [person("x", "fire"), person("x", "window"), person("x", "fire", "digger")],
    ids=["neither", "wrong role", "wrong department"],
)  # fmt: skip
def test_task_is_for_its_department_and_role(world: World, who: object) -> None:
    case = world.open("repair", depth_cm=30)
    world.do(case, "look", CLERK)
    with pytest.raises(NotYours):
        world.do(case, "fix", who, outcome="done")


def test_claimed_task_is_its_holders(world: World) -> None:
    case = world.open()
    task = world.waiting(case)["accept"].id
    assert world.cases.claim(CLERK, task).fresh
    assert not world.cases.claim(CLERK, task).fresh
    for act in (world.cases.claim, world.cases.complete):
        with pytest.raises((NotYours, WrongState)):
            act(person("bo", "window"), task)
    assert world.cases.complete(CLERK, task).case.blocks == {"reviews": 4}


def test_transfer_moves_the_task_and_keeps_its_deadline(world: World) -> None:
    case = world.open()
    before = world.waiting(case)["accept"]
    world.cases.transfer(CLERK, before.id, Recipient("fire"), reason="not ours")
    after = world.waiting(case)["accept"]
    assert (after.department, after.due_at, after.state) == ("fire", before.due_at, "ready")
    with pytest.raises(NotYours):
        world.do(case, "accept", CLERK)
    world.do(case, "accept", person("x", "fire"))
    details = world.cases.timeline(DISPATCHER, case.id)[1].details
    assert details == {"from": "window", "to": "fire", "person": None, "reason": "not ours"}


def test_transfer_to_nobody_waits_for_a_dispatcher(world: World) -> None:
    case = world.open()
    world.cases.transfer(
        CLERK, world.waiting(case)["accept"].id, Recipient(), reason="whose is it?"
    )
    assert world.cases.board(CLERK) == []
    with pytest.raises(NotYours):
        world.do(case, "accept", CLERK)
    world.cases.transfer(
        DISPATCHER, world.waiting(case)["accept"].id, Recipient("window", "lin"), reason=""
    )
    assert [task.assignee for task, _case in world.cases.board(CLERK, mine=True)] == ["lin"]


def test_branch_sent_back_ends_the_other_branches(world: World) -> None:
    case = world.open()
    world.do(case, "accept", CLERK)
    world.do(case, "fire", outcome="yes")
    back = world.cases.give_back(
        DISPATCHER, world.waiting(case)["police"].id, reason="plans missing"
    )
    assert (list(world.waiting(case)), back.case.blocks) == (["accept"], {})
    world.do(case, "accept", CLERK)
    assert sorted(world.waiting(case)) == sorted(REVIEWERS)


def test_step_behind_a_join_sent_back_repeats_the_block(world: World) -> None:
    case = world.open()
    world.do(case, "accept", CLERK)
    for name in REVIEWERS:
        world.do(case, name, outcome="yes")
    world.cases.give_back(
        CLERK, world.waiting(case)["finish"].id, reason="fire said yes by mistake"
    )
    assert sorted(world.waiting(case)) == sorted(REVIEWERS)


def test_step_sent_back_twice_reaches_the_first(world: World) -> None:
    chain = procedure("chain", *(step(n, department="window", next=t) for n, t in zip("abc", "bc", strict=False)),
                      step("c", department="window"))  # fmt: skip
    world.definitions.append(chain)
    case = world.open("chain")
    world.do(case, "a", CLERK)
    world.do(case, "b", CLERK)
    for name in "cb":
        world.cases.give_back(CLERK, world.waiting(case)[name].id, reason="again")
    with pytest.raises(NothingBefore):
        world.cases.give_back(CLERK, world.waiting(case)["a"].id, reason="again")


def test_suspended_case_stands_still(world: World) -> None:
    case = world.open()
    due = world.waiting(case)["accept"].due_at
    world.cases.suspend(CLERK, case.id, reason="documents")
    world.clock.advance(timedelta(days=30))
    assert world.timers.ring_due() == 0
    with pytest.raises(WrongState, match="resume, cancel, comment"):
        world.do(case, "accept", CLERK)
    resumed = world.cases.resume(CLERK, case.id).case
    assert world.waiting(case)["accept"].due_at == due + timedelta(days=30)
    assert resumed.due_at == case.due_at + timedelta(days=30)
    assert world.cases.case(CLERK, case.id) == resumed
    world.clock.advance(timedelta(hours=4))
    assert world.timers.ring_due() == 1


def test_cancelled_case_leaves_no_open_task(world: World) -> None:
    case = world.open()
    with pytest.raises(NotYours):
        world.cases.cancel(person("x", "window"), case.id, reason="")
    cancelled = world.cases.cancel(CLERK, case.id, reason="withdrawn").case
    assert (cancelled.state, world.waiting(case), world.events()[-1]) == (
        "cancelled",
        {},
        "case.closed",
    )
    assert world.cases.comment(CLERK, case.id, "called the applicant").case.state == "cancelled"


def test_strangers_see_no_case(world: World) -> None:
    case = world.open()
    for act in (world.cases.case, world.cases.timeline):
        with pytest.raises(NoCase):
            act(person("x", "fire"), case.id)
    with pytest.raises(NoCase):
        world.cases.comment(person("x", "fire"), case.id, "hello")


def test_board_shows_what_one_may_do_most_urgent_first(world: World) -> None:
    slow = world.open("repair", "slow", depth_cm=30)
    world.do(slow, "look", CLERK)
    world.clock.advance(timedelta(minutes=1))
    fast = world.open("repair", "fast")
    digger = person("wu", "window", "digger")
    assert [(task.step, case.key) for task, case in world.cases.board(digger)] == [
        ("look", "fast"),
        ("fix", "slow"),
    ]
    assert [case.id for _task, case in world.cases.board(CLERK)] == [fast.id]
    assert world.cases.board(person("x", "fire")) == []


def test_wrong_values_are_refused_and_nothing_changes(world: World) -> None:
    case = world.open("repair", depth_cm=30)
    with pytest.raises(UnknownData, match="depth_cm"):
        world.do(case, "look", CLERK, data={"depth": 3})
    with pytest.raises(UnknownOutcome):
        world.do(case, "look", CLERK, outcome="fine")
    with pytest.raises(NotFound, match="repair"):
        world.cases.open(CLERK, Opening(key="z", procedure="repairs", title="x"))
    with pytest.raises(NoDepartment):
        world.cases.open(CLERK, Opening(key="z", procedure="repair", title="x"))
    assert (world.verbs(case), world.events()) == (["open"], ["case.opened"])


def test_every_transition_is_audited_without_what_people_wrote(world: World) -> None:
    case = world.open()
    world.cases.transfer(
        CLERK, world.waiting(case)["accept"].id, Recipient("fire"), reason="secret words"
    )
    world.cases.comment(CLERK, case.id, "secret words")
    with world.database.read() as connection:
        rows = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq)).mappings().all()
        events = connection.execute(sa.select(outbox_events.c.payload)).scalars().all()
        assert world.audit.verify(connection).broken_at is None
    assert [row["verb"] for row in rows] == ["cases.open", "cases.transfer", "cases.comment"]
    assert "secret" not in f"{rows}{events}"


def test_step_joins_the_callers_transaction(world: World) -> None:
    case = world.open()
    with pytest.raises(RuntimeError), world.database.begin() as tx:
        world.cases.complete(CLERK, world.waiting(case)["accept"].id, tx=tx)
        raise RuntimeError
    assert (list(world.waiting(case)), world.verbs(case)) == (["accept"], ["open"])


def test_definition_of_a_rolled_back_opening_is_kept_next_time(world: World) -> None:
    opening = Opening(key="k1", procedure="approval", title="x", department="window")
    with pytest.raises(RuntimeError), world.database.begin() as tx:
        world.cases.open(CLERK, opening, tx=tx)
        raise RuntimeError
    case = world.cases.open(CLERK, opening).case
    worker = world.worker()
    moved = worker.complete(CLERK, world.waiting(case)["accept"].id)
    assert len(moved.opened) == len(REVIEWERS)
    assert moved.case.procedure == APPROVAL.name


def test_transfer_with_the_case_takes_later_steps_along(world: World) -> None:
    case = world.open("repair", depth_cm=30)
    task = world.waiting(case)["look"].id
    world.cases.transfer(CLERK, task, Recipient("fire", with_case=True), reason="theirs")
    assert world.do(case, "look", person("x", "fire")).department == "fire"


def test_of_two_at_the_same_moment_one_wins(world: World) -> None:
    workers = [world.worker() for _ in range(4)]

    def complete(worker: Cases, task: str) -> bool:
        try:
            worker.complete(CLERK, task)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        for number in range(10):
            task = world.waiting(world.open(key=str(number)))["accept"].id
            assert sum(pool.map(complete, workers, [task] * 4)) == 1
    assert world.events().count("case.moved") == 10


def test_branches_completed_at_the_same_moment_join_once(world: World) -> None:
    case = world.open()
    world.do(case, "accept", CLERK)
    tasks = [task.id for task in world.waiting(case).values()]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda task: world.cases.complete(DISPATCHER, task, outcome="yes"), tasks))
    assert list(world.waiting(case)) == ["finish"]
