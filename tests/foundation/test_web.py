"""Whatever goes wrong in a route, the answer has the one error shape in the caller's language."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cityloop.foundation.errors import Conflict, TooMany
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import Caller, JsonResponse, install_errors


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI(default_response_class=JsonResponse)
    install_errors(app)

    @app.get("/conflict")
    def conflict() -> None:
        raise Conflict(reason="closed")

    @app.get("/slow")
    def slow() -> None:
        raise TooMany(limit=10, wait_s=7)

    @app.get("/bug")
    def bug() -> None:
        raise ZeroDivisionError

    @app.get("/number/{n}")
    def number(n: int) -> int:
        return n

    @app.get("/me")
    def me(caller: Caller) -> str:
        return caller.id

    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/conflict", "GET", 409, "conflict"),
        ("/slow", "GET", 429, "too_many"),
        ("/bug", "GET", 500, "broken"),
        ("/number/x", "GET", 422, "invalid"),
        ("/me", "GET", 401, "unauthenticated"),
        ("/nowhere", "GET", 404, "not_found"),
        ("/me", "DELETE", 405, "foundation.method_not_allowed"),
    ],
)
def test_every_failure_has_the_one_shape(
    client: TestClient, path: str, method: str, status: int, code: str
) -> None:
    answer = client.request(method, path)
    body = answer.json()
    assert (answer.status_code, list(body), body["error"]["code"]) == (status, ["error"], code)
    assert set(body["error"]) == {"code", "message", "hint", "fields", "request_id"}
    assert body["error"]["hint"]


def test_language_follows_the_caller(client: TestClient) -> None:
    assert "请先登录" in client.get("/me", headers={"Accept-Language": "zh-CN"}).text
    assert "sign in" in client.get("/me?lang=en", headers={"Accept-Language": "zh-CN"}).text


def test_too_many_says_when_to_come_back(client: TestClient) -> None:
    assert client.get("/slow").headers["Retry-After"] == "7"


def test_bug_shows_no_inside(client: TestClient) -> None:
    assert "ZeroDivision" not in client.get("/bug").text


def test_principal_asks_for_a_permission() -> None:
    mei = Principal(id="mei", name="mei", permissions=frozenset({"orders.handle"}))
    mei.require("orders.handle")
    assert not mei.may("definitions.apply")
