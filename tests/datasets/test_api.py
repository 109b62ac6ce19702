"""The routes of datasets: what they show, what they do, and that no row's value passes them."""

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from shelf import Town, cars

from cityloop.datasets import BatchHeld
from cityloop.datasets.api import router
from cityloop.foundation.principal import Principal, operator
from cityloop.foundation.web import install_errors

HEADER = "编号,车牌,车速\n"


@pytest.fixture
def client(small_town: Town) -> TestClient:
    app = FastAPI()
    install_errors(app)

    @app.middleware("http")
    async def sign_in(request: Request, call_next):
        known = {
            "boss": operator(),
            "guest": Principal("guest", "guest"),
            "stranger": Principal("stranger", "stranger"),
        }
        request.state.principal = known.get(request.headers.get("x-who", "boss"))
        return await call_next(request)

    def known(who: Principal):
        """The guest may know of the cars, but not of their plates."""
        columns = ["id", "plate", "speed"] if who.kind == "operator" else ["id", "speed"]
        return {"cars": columns} if who.id != "stranger" else {}

    app.include_router(router(small_town.datasets, known))
    return TestClient(app)


def test_the_catalogue_tells_rows_freshness_and_quality(
    client: TestClient, small_town: Town
) -> None:
    small_town.shelf.put(HEADER + "1,canary,50\n2,b,canary\n")
    small_town.datasets.ingest(operator(), "s")
    (found,) = client.get("/api/datasets").json()
    assert found == client.get("/api/datasets/cars").json()
    assert (found["rows"], found["quarantined"], found["quality"], found["version"]) == (
        1,
        1,
        0.5,
        1,
    )
    assert (found["as_of"], found["sources"]) == ("2026-09-30T04:00:00Z", ["s"])
    assert [each["name"] for each in found["fields"]] == ["id", "plate", "speed"]


def test_the_catalogue_names_only_what_the_caller_may_know_of(
    client: TestClient, small_town: Town
) -> None:
    small_town.shelf.put(HEADER + "1,a,50\n")
    small_town.datasets.ingest(operator(), "s")
    guest, stranger = {"x-who": "guest"}, {"x-who": "stranger"}
    (seen,) = client.get("/api/datasets", headers=guest).json()
    assert [each["name"] for each in seen["fields"]] == ["id", "speed"]
    assert client.get("/api/datasets/batches", headers=guest).json() != []
    assert client.get("/api/datasets", headers=stranger).json() == []
    assert client.get("/api/datasets/batches", headers=stranger).json() == []
    for path in ("/api/datasets/cars", "/api/datasets/cars/versions"):
        answer = client.get(path, headers=stranger)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"
        assert "cars" not in answer.json()["error"]["fields"].get("close", [])


def test_the_catalogue_tells_the_rules_of_the_contract(
    client: TestClient, small_town: Town
) -> None:
    rule = {"name": "slow", "title": {"zh": "慢", "en": "Slow"}, "expression": "speed < 90"}
    small_town.define(cars(rules=[rule]))
    found = client.get("/api/datasets/cars").json()
    assert found["rules"] == [{"name": "slow", "title": rule["title"], "on_fail": "quarantine"}]
    speed = small_town.definitions[0].field("speed")
    (shown,) = [each for each in found["fields"] if each["name"] == "speed"]
    assert shown["highest"] == (None if speed.max is None else str(speed.max))
    assert shown["format"] is None


def test_no_value_of_a_row_is_shown(client: TestClient, small_town: Town) -> None:
    small_town.shelf.put(HEADER + "1,canary,50\n2,b,canary\n")
    small_town.datasets.ingest(operator(), "s")
    for path in ("", "/cars", "/batches", "/cars/versions", "/cars/quarantine"):
        assert "canary" not in client.get(f"/api/datasets{path}").text
    assert client.get("/api/datasets/cars/quarantine").json() == {
        "dataset": "cars", "rows": 1, "rules": {"type": 1}, "fields": {"speed": 1},
    }  # fmt: skip


def test_a_held_batch_is_released_over_http(client: TestClient, small_town: Town) -> None:
    small_town.define(cars(limits={"bad_share": 0.1, "from_rows": 1}))
    small_town.shelf.put(HEADER + "1,a,50\n2,b,x\n")
    with pytest.raises(BatchHeld):
        small_town.datasets.ingest(operator(), "s")
    (held,) = client.get("/api/datasets/batches", params={"dataset": "cars"}).json()
    assert (held["status"], held["rules"]) == ("held", {"type": 1})
    assert (
        client.post(f"/api/datasets/batches/{held['batch']}/release").json()["status"]
        == "published"
    )
    again = client.post(f"/api/datasets/batches/{held['batch']}/discard")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "datasets.not_held")


def test_repair_replay_and_roll_back_over_http(client: TestClient, small_town: Town) -> None:
    small_town.shelf.put(HEADER + "1,a,50\n2,b,x\n")
    small_town.datasets.ingest(operator(), "s")
    (row,) = small_town.aside()
    edits = {"edits": {row["id"]: {"车速": "60"}}}
    assert (
        client.post("/api/datasets/cars/quarantine/repair", json=edits).json()["reason"] == "repair"
    )
    (batch,) = client.post("/api/datasets/cars/quarantine/replay", json={}).json()
    assert (batch["kind"], batch["good"], len(small_town.rows())) == ("replay", 1, 2)
    version = client.post("/api/datasets/cars/roll-back", json={"version": 1}).json()
    assert (version["number"], version["rows"], version["quarantined"]) == (4, 1, 1)
    numbers = [each["number"] for each in client.get("/api/datasets/cars/versions").json()]
    assert numbers == [4, 3, 2, 1]
    assert client.post("/api/datasets/cars/reload").json()[0]["status"] == "published"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/batches/abc/release", None),
        ("POST", "/batches/abc/discard", None),
        ("POST", "/cars/reload", None),
        ("POST", "/cars/roll-back", {"version": 1}),
        ("GET", "/cars/quarantine", None),
        ("POST", "/cars/quarantine/repair", {"edits": {"a": {"b": "c"}}}),
        ("POST", "/cars/quarantine/replay", {}),
    ],
)
def test_acts_need_their_permission(
    client: TestClient, method: str, path: str, body: object
) -> None:
    answer = client.request(method, f"/api/datasets{path}", json=body, headers={"x-who": "guest"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_unknown_things_are_named(client: TestClient) -> None:
    for path in ("/carz", "/carz/versions", "/carz/quarantine"):
        answer = client.get(f"/api/datasets{path}")
        assert (answer.status_code, answer.json()["error"]["fields"]["close"]) == (404, ["cars"])
    answer = client.post("/api/datasets/cars/roll-back", json={"version": 9})
    assert answer.json()["error"]["code"] == "datasets.unknown_version"
