"""Sources keep their schedules, fill in secrets late, show what they give, and load only for those who may."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cityloop.foundation.audit import AuditLog, entries
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import Forbidden, NotFound
from cityloop.foundation.jobs import Jobs, jobs_table
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal, operator
from cityloop.foundation.web import caller_of, install_errors
from cityloop.sources import FolderInbox, InternalTables, SourceDefinition, Sources
from cityloop.sources.api import router
from cityloop.sources.checking import check, references
from cityloop.sources.connectors.registry import standard_connectors
from cityloop.sources.errors import BadOptions, MissingSecret, UnknownFeed
from cityloop.sources.inbox import ABANDONED_AFTER

TITLE = {"zh": "来源", "en": "Source"}


def source(name: str = "air", **more: Any) -> SourceDefinition:
    given = {
        "connector": "csv",
        "feeds": [{"dataset": "air", "read": {"path": "*.csv"}, "columns": {"站": "station"}}],
        "schedule": {"every": "15m"},
        **more,
    }
    return SourceDefinition.model_validate({"name": name, "title": TITLE, **given})


class Town:
    """A city with sources and nothing else."""

    def __init__(self, database: Database, clock: FakeClock, city: Path) -> None:
        self.db, self.clock, self.city = database, clock, city
        self.snapshot = Snapshot.of(source())
        self.environment = {"KEY": "geheim"}
        self.outbox = Outbox(database, clock)
        self.jobs = Jobs(database, clock)
        tables = InternalTables(database)
        self.sources = Sources(
            db=database,
            audit=AuditLog(clock),
            jobs=self.jobs,
            current=lambda: self.snapshot,
            city=city,
            environment=self.environment,
            connectors=standard_connectors(private_addresses="", clock=clock, tables=tables),
            inbox=FolderInbox(city / ".cityloop" / "inbox", clock),
        )
        self.sources.listen(self.outbox)

    def publish(self, *sources: SourceDefinition, changed: tuple[str, ...]) -> None:
        self.snapshot = Snapshot.of(*sources)
        with self.db.begin() as tx:
            pairs = [["source", name] for name in changed]
            self.outbox.emit(tx, "definitions.applied", "1", {"revision": 1, "changed": pairs})
        self.outbox.deliver()

    def waiting(self) -> list[tuple[str, int | None]]:
        query = sa.select(jobs_table.c.key, jobs_table.c.every_s)
        with self.db.read() as connection:
            rows = connection.execute(query.where(jobs_table.c.status == "waiting"))
            return sorted((row.key, row.every_s) for row in rows)


@pytest.fixture
def town(database: Database, clock: FakeClock, city: Path) -> Town:
    return Town(database, clock, city)


def test_published_schedule_becomes_a_repeating_job(town: Town) -> None:
    town.publish(source(), source("water", schedule=None), changed=("air", "water"))
    assert town.waiting() == [("air", 900)]


def test_changed_schedule_replaces_the_job_and_none_takes_it_back(town: Town) -> None:
    town.publish(source(), changed=("air",))
    town.publish(source(schedule={"every": "1h"}), changed=("air",))
    assert town.waiting() == [("air", 3600)]
    town.publish(source(schedule=None), changed=("air",))
    assert town.waiting() == []


def test_removed_source_is_loaded_no_more(town: Town) -> None:
    town.publish(source(), changed=("air",))
    town.publish(changed=("air",))
    assert town.waiting() == []


def test_job_loads_the_source_and_comes_back(town: Town) -> None:
    loaded: list[object] = []
    town.jobs.register("sources.load", lambda payload: loaded.append(payload["source"]))
    town.publish(source(), changed=("air",))
    assert (town.jobs.run_due(), town.jobs.run_due()) == (1, 0)
    assert loaded == ["air"]
    assert town.waiting() == [("air", 900)]
    state = town.sources.states()["air"]
    assert (state.status, state.error) == ("done", None)
    assert state.next_at == town.clock.now() + timedelta(minutes=15)


def test_load_now_is_queued_and_audited(town: Town) -> None:
    town.sources.load_soon(operator(), "air")
    assert town.waiting() == [("air", 900)]
    with town.db.read() as connection:
        (entry,) = entries(connection, most=10)
    assert (entry["verb"], entry["target"], entry["outcome"]) == ("sources.load", "source:air", "queued")  # fmt: skip


def test_who_may_not_load_may_not_test_either(town: Town) -> None:
    nobody = Principal("p", "p")
    with pytest.raises(Forbidden):
        town.sources.load_soon(nobody, "air")
    with pytest.raises(Forbidden):
        town.sources.test(nobody, "air", "air")


def test_test_shows_first_rows_and_keeps_nothing(town: Town) -> None:
    (town.city / "a.csv").write_bytes("站,值\n一,1\n二,\n".encode("gbk"))
    seen = town.sources.test(operator(), "air", "air")
    assert (seen.columns, seen.rows, seen.encoding) == (("站", "值"), (("一", "1"), ("二", None)), "gb18030")  # fmt: skip
    assert not (town.city / ".cityloop").exists()


def test_deliveries_come_with_the_feed_and_can_be_found_again(town: Town) -> None:
    (town.city / "a.csv").write_text("站,值\n一,1\n")
    (delivery,) = town.sources.deliveries("air", "air", None, expected=frozenset())
    assert town.sources.find("air", "air", delivery.id) == delivery
    assert list(town.sources.feeds("air")) == [("air", {"站": "station"})]
    with pytest.raises(NotFound):
        town.sources.find("air", "air", "../../../etc")


def test_unknown_feed_is_answered_with_those_there_are(town: Town) -> None:
    with pytest.raises(UnknownFeed, match="air"):
        list(town.sources.deliveries("air", "water", None, expected=frozenset()))


def test_secret_is_filled_in_only_when_the_source_is_read(town: Town) -> None:
    http = source(
        connector="http",
        connection={"url": "https://x.example", "headers": {"X-Api-Key": "${env:KEY}"}},
        feeds=[{"dataset": "air"}],
    )
    town.snapshot = Snapshot.of(http)
    _connector, feed = town.sources.open(http, http.feeds[0], frozenset())
    assert feed.connection.headers == {"X-Api-Key": "geheim"}
    assert "geheim" not in f"{feed!r} {http!r} {http.model_dump()}"


def test_missing_secret_is_named(town: Town) -> None:
    wanting = source(connection={"folder": "${env:NOWHERE}"})
    with pytest.raises(MissingSecret, match="NOWHERE"):
        town.sources.open(wanting, wanting.feeds[0], frozenset())


def test_environment_may_open_a_folder_outside_the_city(town: Town, tmp_path: Path) -> None:
    outside = tmp_path / "share"
    outside.mkdir()
    (outside / "x.csv").write_text("a\n1\n")
    town.environment["SHARE"] = str(outside)
    town.snapshot = Snapshot.of(
        source(feeds=[{"dataset": "air", "read": {"path": "${env:SHARE}/*.csv"}}])
    )
    (delivery,) = town.sources.deliveries("air", "air", None, expected=frozenset())
    assert delivery.columns == ("a",)


def test_abandoned_parcels_are_swept_away(town: Town) -> None:
    inbox = town.sources.inbox
    inbox.open("air", "air").raw("half").write_text("x")
    assert inbox.sweep() == 0
    town.clock.advance(ABANDONED_AFTER * 100_000)
    assert inbox.sweep() == 1


def faults(**more: Any) -> list[tuple[tuple[str | int, ...], str]]:
    found = source(**more)
    return [(each.path, each.error.code) for each in check(found, Snapshot.of(found))]


@pytest.mark.parametrize(
    ("more", "path", "code"),
    [
        ({"connector": "cvs"}, ("connector",), "sources.unknown_connector"),
        ({"connection": {"dir": "x"}}, ("connection", "dir"), "sources.bad_options"),
        ({"feeds": [{"dataset": "a", "read": {}}]}, ("feeds", 0, "read", "path"), "sources.bad_options"),
        ({"feeds": [{"dataset": "a", "read": {"path": "x", "skip": "two"}}]}, ("feeds", 0, "read", "skip"), "sources.bad_options"),
        ({"feeds": [{"dataset": "a", "read": {"path": "x"}}] * 2}, ("feeds", 1, "dataset"), "invalid"),
        ({"schedule": {"every": "5s"}}, ("schedule", "every"), "invalid"),
        ({"connector": "http", "connection": {"url": "https://x", "headers": {"Authorization": "Bearer x"}}, "feeds": [{"dataset": "a"}]},
         ("connection", "headers", "Authorization"), "sources.secret_in_plain"),
        ({"connector": "database", "connection": {"url": "postgresql://u:geheim@h/x"}, "feeds": [{"dataset": "a", "read": {"table": "t"}}]},
         ("connection", "url"), "sources.secret_in_plain"),
    ],
)  # fmt: skip
def test_wrong_source_is_named_with_its_place(
    more: dict[str, Any], path: tuple[str | int, ...], code: str
) -> None:
    assert faults(**more) == [(path, code)]


def test_good_sources_have_no_faults() -> None:
    assert faults() == []
    database = {"url": "postgresql+psycopg://u:${env:PW}@h/x"}
    feeds = [{"dataset": "a", "read": {"table": "t", "schema": "s"}, "cursor": "id"}]
    assert faults(connector="database", connection=database, feeds=feeds) == []


def test_fault_in_options_does_not_repeat_the_value() -> None:
    wrong = source(connector="http", connection={"url": "geheim"}, feeds=[{"dataset": "a"}])
    (fault,) = check(wrong, Snapshot.of(wrong))
    assert "geheim" not in str(fault.error)
    with pytest.raises(BadOptions):
        raise fault.error


def test_datasets_are_referred_to_with_their_place() -> None:
    (reference,) = references(source())
    assert (reference.kind, reference.name, reference.path) == ("dataset", "air", ("feeds", 0, "dataset"))  # fmt: skip


@pytest.fixture
def client(town: Town) -> Iterator[TestClient]:
    app = FastAPI()
    install_errors(app)
    app.include_router(router(town.sources, lambda _who: ["air"]))
    app.dependency_overrides[caller_of] = operator
    with TestClient(app) as found:
        yield found


def test_routes_list_show_and_load(client: TestClient) -> None:
    assert client.post("/api/sources/air/load").json() == {"source": "air", "queued": True}
    (listed,) = client.get("/api/sources").json()
    assert (listed["name"], listed["every"], listed["state"]["status"]) == ("air", "15m", "waiting")
    shown = client.get("/api/sources/air").json()
    assert shown["feeds"] == [{"dataset": "air", "read": {"path": "*.csv"}, "columns": {"站": "station"}, "cursor": None}]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), [("get", "/api/sources/x"), ("post", "/api/sources/x/load")])  # fmt: skip
def test_unknown_source_is_answered_in_the_one_shape(client: TestClient, method: str, path: str) -> None:  # fmt: skip
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
