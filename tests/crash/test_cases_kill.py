"""Kill -9 at a hundred random moments: every case still runs each of its steps exactly once."""

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from cityloop.cases import Cases, Opening, ProcedureDefinition, Timers, store
from cityloop.foundation.audit import AuditLog, audit_log
from cityloop.foundation.clock import FakeClock, SystemClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import Conflict
from cityloop.foundation.outbox import Outbox, outbox_events
from cityloop.foundation.principal import operator

KILLS = 100
LIFE_IN_STEPS = 20
"""A process is killed after a random time of up to so many transitions, counted from when it says it has begun."""
STEPS = ("accept", "police", "fire", "health", "planning", "finish")
NOON = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)


def approval() -> Snapshot:
    def step(name: str, **more: object) -> dict[str, object]:
        return {"name": name, "title": {"zh": name, "en": name}, **more}

    branches = [step(name, department=name, sla="1h") for name in STEPS[1:5]]
    steps = [
        step("accept", department="window", next="reviews"),
        step("reviews", parallel=list(STEPS[1:5]), next="finish"),
        *branches,
        step("finish", department="window"),
    ]
    body = {"name": "approval", "title": {"zh": "审批", "en": "Approval"}, "steps": steps}
    return Snapshot.of(ProcedureDefinition.model_validate(body))


def city(url: str) -> tuple[Database, Cases]:
    database, clock, snapshot = Database(url), SystemClock(), approval()
    return database, Cases(
        database, clock, AuditLog(clock), Outbox(database, clock), lambda: snapshot
    )


def work(url: str, seed: int, most: int, begun: Callable[[], None]) -> None:
    """Open cases and complete whatever is open, in random order, ``most`` transitions long."""
    database, cases = city(url)
    dice, who = random.Random(seed), operator()
    # Once through everything before the clock of its life starts: a cold process would be killed while compiling.
    cold = cases.open(who, Opening(key=f"cold-{seed}", procedure="approval", title="x"))
    cases.complete(who, cold.opened[0].id)
    begun()
    for number in range(most):
        board = cases.board(who, most=20)
        if len(board) < 10:
            # Every third opening repeats an earlier key.
            key = f"{seed}-{number}" if number % 3 else f"again-{dice.randrange(50)}"
            cases.open(who, Opening(key=key, procedure="approval", title="x"))
            continue
        task, _case = dice.choice(board)
        try:
            cases.complete(who, task.id)
        except Conflict:
            continue
    database.close()


def victim(url: str, seed: int, begun: object) -> None:
    work(url, seed, 1_000_000, begun.set)


def finish(url: str) -> None:
    """Complete everything that is open."""
    database, cases = city(url)
    while board := cases.board(operator(), most=500):
        for task, _case in board:
            cases.complete(operator(), task.id)
    database.close()


def seconds_per_step(url: str) -> float:
    """Return how long a transition takes on this machine now."""
    database, cases = city(url)
    cases.open(operator(), Opening(key="first", procedure="approval", title="x"))
    began = time.perf_counter()
    for number in range(10):
        cases.open(operator(), Opening(key=f"warm-{number}", procedure="approval", title="x"))
    database.close()
    return (time.perf_counter() - began) / 10


def kill_often(target: Callable[..., None], url: str, kills: int, life_s: float) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cityloop.cases", "psycopg"])
    dice = random.Random(7)
    for seed in range(kills):
        begun = context.Event()
        process = context.Process(target=target, args=(url, seed, begun))
        process.start()
        assert begun.wait(60)
        time.sleep(dice.uniform(0, life_s))
        process.kill()
        process.join()


@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled_by_a_hundred_kills(database: Database, state_url: str) -> None:
    kill_often(victim, state_url, KILLS, LIFE_IN_STEPS * seconds_per_step(state_url))
    finish(state_url)
    with database.read() as connection:
        cases = connection.execute(
            sa.select(store.cases.c.id, store.cases.c.key, store.cases.c.state)
        ).all()
        done = Counter(
            (row.case_id, row.step)
            for row in connection.execute(
                sa.select(store.log).where(store.log.c.verb == "complete")
            )
        )
        tasks = Counter(
            tuple(row)
            for row in connection.execute(sa.select(store.tasks.c.case_id, store.tasks.c.step))
        )
        opened = (
            connection.execute(sa.select(store.log.c.case_id).where(store.log.c.verb == "open"))
            .scalars()
            .all()
        )
        events = Counter(connection.execute(sa.select(outbox_events.c.key)).scalars())
        audited = Counter(connection.execute(sa.select(audit_log.c.target)).scalars())
        verdict = AuditLog(SystemClock()).verify(connection)
    everything = Counter({(row.id, step): 1 for row in cases for step in STEPS})
    assert len(cases) > KILLS
    assert {row.state for row in cases} == {"closed"}
    assert len({row.key for row in cases}) == len(cases)
    assert sorted(opened) == sorted(row.id for row in cases)
    assert done == tasks == everything
    assert events == Counter({row.id: 1 + len(STEPS) for row in cases})
    assert audited == Counter({f"case:{row.id}": 1 + len(STEPS) for row in cases})
    assert verdict.broken_at is None


def ring(url: str, _seed: int, begun: object) -> None:
    database, clock = Database(url), FakeClock(NOON + timedelta(hours=2))
    timers = Timers(database, clock, AuditLog(clock), Outbox(database, clock))
    begun.set()
    timers.ring_due()
    database.close()


@pytest.mark.timeout(600)
def test_each_escalation_is_told_once_however_often_the_worker_dies(
    database: Database, state_url: str
) -> None:
    clock = FakeClock(NOON)
    snapshot = approval()
    cases = Cases(database, clock, AuditLog(clock), Outbox(database, clock), lambda: snapshot)
    for number in range(60):
        opened = cases.open(operator(), Opening(key=str(number), procedure="approval", title="x"))
        cases.complete(operator(), opened.opened[0].id)
    kill_often(ring, state_url, 10, 0.06)
    ring(state_url, 0, multiprocessing.Event())
    with database.read() as connection:
        overdue = sa.select(outbox_events.c.payload).where(outbox_events.c.topic == "case.overdue")
        tasks = [payload["task"] for payload in connection.execute(overdue).scalars()]
    assert len(tasks) == len(set(tasks)) == 240
