"""Routes parse, call once and serialise; every one has an example, a summary and a response type."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from cityloop.foundation.principal import Principal
from cityloop.foundation.web import install_errors
from cityloop.workorders.api import router

from .conftest import BOSS, CHEN, World

PEOPLE = {each.id: each for each in (BOSS, CHEN)}
NEW = {"title": {"zh": "路面坑洞", "en": "Pothole"}, "department": "transport"}


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = FastAPI()
    install_errors(app)
    app.include_router(router(world.orders))

    @app.middleware("http")
    async def _sign_in(request: Request, go_on):
        who: Principal | None = PEOPLE.get(request.headers.get("x-who", ""))
        request.state.principal = who
        return await go_on(request)

    with TestClient(app, headers={"x-who": "chen", "accept-language": "en"}) as found:
        yield found


def test_order_goes_its_way_over_http(client: TestClient) -> None:
    opened = client.post("/api/workorders", json=NEW)
    assert (opened.status_code, opened.json()["number"]) == (201, "WO-20260930-0001")
    way = "/api/workorders/WO-20260930-0001"
    assert client.post(f"{way}/comment", json={"text": "on the way"}).status_code == 200
    assert client.post(f"{way}/accept", json={}).json()["status"] == "accepted"
    assert client.post(f"{way}/finish", json={"result": "filled"}).json()["status"] == "finished"
    detail = client.get(way).json()
    assert [line["verb"] for line in detail["timeline"]][:2] == ["open", "comment"]
    assert client.get("/api/workorders", params={"status": ["finished"]}).json() == [
        detail["order"]
    ]
    assert client.get("/api/workorders/board").json() == [
        {"department": "transport", "status": "finished", "orders": 1}
    ]


def test_same_idempotency_key_opens_one_order(client: TestClient) -> None:
    sent = [
        client.post("/api/workorders", json=NEW, headers={"idempotency-key": "7"}).json()
        for _ in range(2)
    ]
    assert sent[0] == sent[1]


def test_transfer_return_and_cancel(client: TestClient) -> None:
    way = f"/api/workorders/{client.post('/api/workorders', json=NEW).json()['number']}"
    assert client.post(f"{way}/return", json={"reason": "not ours"}).status_code == 200
    boss = {"x-who": "boss"}
    moved = client.post(
        f"{way}/transfer", json={"department": "ecology", "reason": "theirs"}, headers=boss
    )
    assert moved.json()["department"] == "ecology"
    assert (
        client.post(f"{way}/cancel", json={"reason": "double"}, headers=boss).json()["status"]
        == "cancelled"
    )


def test_errors_have_the_one_shape(client: TestClient) -> None:
    missing = client.get("/api/workorders/WO-1")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "workorders.no_order")
    assert (
        client.post("/api/workorders", json={**NEW, "size": 3}).json()["error"]["code"] == "invalid"
    )
    nobody = client.get("/api/workorders", headers={"x-who": "?"})
    assert nobody.status_code == 401


def test_routes_are_documented(client: TestClient) -> None:
    for path in client.get("/openapi.json").json()["paths"].values():
        for route in path.values():
            assert route["operationId"]
            assert route["summary"]


def test_list_says_how_many_there_are_on_all_pages(client: TestClient) -> None:
    for key in "ab":
        client.post("/api/workorders", json=NEW, headers={"idempotency-key": key})
    page = client.get("/api/workorders", params={"limit": 1, "offset": 1, "text": "坑"})
    assert (len(page.json()), page.headers["x-total-count"]) == (1, "2")
    for wrong in ({"limit": 1_001}, {"offset": -1}, {"text": "x" * 201}, {"updated_since": "soon"}):
        assert client.get("/api/workorders", params=wrong).status_code == 422


def test_hostile_words_come_back_as_they_were(client: TestClient) -> None:
    words = "<script>alert(1)</script> \u202e العربية 🚨 ' ; DROP TABLE orders --" + "长" * 9_000
    sent = {**NEW, "title": {"zh": words[:60], "en": words[:60]}, "description": words}
    opened = client.post("/api/workorders", json=sent).json()
    way = f"/api/workorders/{opened['number']}"
    client.post(f"{way}/comment", json={"text": words})
    detail = client.get(way).json()
    assert (detail["order"]["description"], detail["timeline"][-1]["details"]["comment"]) == (
        words, words,
    )  # fmt: skip
    assert client.post(f"{way}/comment", json={"text": "长" * 10_001}).status_code == 422
