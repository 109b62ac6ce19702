"""Routes of alerts parse, call once and serialise."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from cityloop.alerts.api import router
from cityloop.foundation.web import install_errors

from .conftest import World


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = FastAPI()
    install_errors(app)
    app.include_router(router(world.alerts))

    @app.middleware("http")
    async def _sign_in(request: Request, go_on):
        request.state.principal = world.manager
        return await go_on(request)

    with TestClient(app, headers={"accept-language": "en"}) as found:
        yield found


def test_alert_is_listed_acknowledged_and_silenced(world: World, client: TestClient) -> None:
    world.see({"S1": 80, "S2": None})
    (alert,) = client.get("/api/alerts").json()
    assert (alert["definition"]["name"], alert["counts"]) == (
        "dirty_air",
        {"firing": 1, "no_data": 1},
    )
    (event,) = client.get(
        "/api/alerts/events", params={"alert": "dirty_air", "is_open": True}
    ).json()
    done = client.post(f"/api/alerts/events/{event['id']}/acknowledge").json()
    assert (done["acknowledged_by"], done["place"]) == ("wang", {"station": "S1"})
    sent = {"until": "2026-12-01T00:00:00Z", "reason": "sensor", "place": {"station": "S1"}}
    silence = client.post("/api/alerts/dirty_air/silences", json=sent)
    assert (silence.status_code, silence.json()["by"]) == (201, "wang")
    assert client.get("/api/alerts/dirty_air").json()["silences"] == [silence.json()]
    assert client.delete(f"/api/alerts/silences/{silence.json()['id']}").status_code == 204
    assert client.get("/api/alerts/dirty_air").json()["silences"] == []
    (ended,) = client.get("/api/alerts/dirty_air/silences").json()
    assert (ended["id"], ended["until"] < sent["until"]) == (silence.json()["id"], True)
    since = {"since": sent["until"]}
    assert client.get("/api/alerts/dirty_air/silences", params=since).json() == []


def test_draft_is_previewed(world: World, client: TestClient) -> None:
    world.measure({"S1": 80})
    found = client.post("/api/alerts/dirty_air/preview", json={"range": {"last": "3h"}}).json()
    assert found["step_s"] == 300
    assert len(found["episodes"]) <= 1
    draft = client.get("/api/alerts/dirty_air").json()["definition"] | {"when": {"above": 1000}}
    assert (
        client.post("/api/alerts/dirty_air/preview", json={"definition": draft}).json()["episodes"]
        == []
    )


def test_errors_have_the_one_shape(client: TestClient) -> None:
    missing = client.get("/api/alerts/none")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
    past = client.post(
        "/api/alerts/dirty_air/silences", json={"until": "2020-01-01T00:00:00Z", "reason": "x"}
    )
    assert past.json()["error"]["code"] == "alerts.past_moment"
