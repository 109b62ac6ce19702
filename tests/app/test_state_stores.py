"""The same city on SQLite and on PostgreSQL: same numbers, same orders, same audit log."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from cityloop.app import City
from cityloop.cli.call import Call
from cityloop.cli.defining import init
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.principal import operator
from cityloop.foundation.settings import load_settings
from cityloop.metrics import Query
from cityloop.workorders import Wanted

QUERIES = (
    {"metrics": ["lamps_out", "fault_reports"]},
    {
        "metrics": ["lamps_out"],
        "by": ["street"],
        "order": [{"by": "lamps_out", "descending": True}],
    },
    {"metrics": ["fault_reports"], "grain": "day"},
    {"metrics": ["orders_opened", "orders_finished"]},
)


@pytest.fixture(scope="module")
def postgres(request: pytest.FixtureRequest) -> str:
    """URL of an empty database; the city itself migrates it."""
    url = request.getfixturevalue("postgres_url")
    name = f"city{uuid4().hex}"
    server = Database(url.format(name="postgres"))
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    server.close()
    return str(url.format(name=name))


def lived(folder: Path, clock: FakeClock, state_url: str | None) -> dict[str, object]:
    """Found the first city on a state store, go once round the loop, and return everything that can be seen."""
    call = Call(folder, as_json=False, lang="en")
    init.callback.__wrapped__(call)  # type: ignore[union-attr]  # the command without its options
    environment = {"CITYLOOP_STATE_URL": state_url} if state_url else {}
    city = City.open(load_settings(folder, environment), clock=clock, environment={})
    try:
        return dict(_story(city, clock))
    finally:
        city.close()


def _story(city: City, clock: FakeClock) -> Iterator[tuple[str, object]]:
    boss = operator()
    draft = city.definitions.read_folder(city.settings.city)
    yield "revision", city.definitions.apply(boss, city.definitions.plan(draft)).revision
    city.work()
    reports = city.datasets.ingest(boss, "lamp_faults")
    yield "counts", [(each.counts.read, each.counts.good, each.counts.rules) for each in reports]
    city.work()
    [order] = city.workorders.list(boss, Wanted())
    city.workorders.accept(boss, order.number)
    city.workorders.finish(boss, order.number, result="replaced")
    city.work()
    detail = city.workorders.one(boss, order.number)
    own = ("number", "title", "department", "status", "place", "due_at", "result", "updated_at")
    yield "order", {name: getattr(detail.order, name) for name in own}
    yield "timeline", [(each.verb, each.actor, each.step) for each in detail.timeline]
    yield "answers", [_answer(city, query) for query in QUERIES]
    yield "asked", city.ask.answer(boss, "各道路的故障路灯数").message.model_dump()
    episodes = city.alerts.episodes(boss)
    yield "episodes", [(each.alert, dict(each.place), each.value) for each in episodes]
    again = city.datasets.ingest(boss, "lamp_faults")
    yield "again", [(each.redelivered, each.counts.duplicate) for each in again]
    verdict = city.trail.verify(boss)
    yield "sound", (verdict.broken_at, verdict.entries)
    entries = city.trail.list(boss, most=1_000)
    yield "audit", [(each.actor, each.verb, each.outcome) for each in entries]
    yield "health", [(each.name, each.status) for each in city.operations.health().checks]


def _answer(city: City, query: dict[str, object]) -> object:
    answer = city.metrics.query(operator(), Query.model_validate(query))
    return [column.name for column in answer.columns], answer.rows.to_pylist()


def test_both_state_stores_tell_the_same_story(
    tmp_path: Path, clock: FakeClock, postgres: str
) -> None:
    start = clock.now()
    on_sqlite = lived(tmp_path / "one", clock, None)
    on_postgres = lived(tmp_path / "two", FakeClock(start), postgres)
    assert on_postgres == on_sqlite
    broken_at, entries = on_sqlite["sound"]  # type: ignore[misc]  # a pair
    assert broken_at is None
    assert entries > 40
    assert not (tmp_path / "two" / ".cityloop" / "state.db").exists()
