"""The door and the routes of accounts over HTTP, as a browser and as a program."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from cityloop.accounts import Accounts, NewKey, NewPerson
from cityloop.accounts.api import install
from cityloop.accounts.gate import read_call
from cityloop.accounts.limits import RateLimit
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import TooMany
from cityloop.foundation.principal import operator
from cityloop.foundation.settings import Settings
from cityloop.foundation.web import Caller, install_errors

API = "/api/accounts"
PASSWORD = "heron over the lake"
MEI = {"user_name": "mei", "password": PASSWORD}


@pytest.fixture
def settings() -> Settings:
    return Settings(Path(), "", calls_per_minute=60)


def app_of(accounts: Accounts, settings: Settings, clock: FakeClock) -> FastAPI:
    app = FastAPI()
    install_errors(app)
    install(app, accounts, settings, clock)

    @app.get("/api/broken")
    def broken() -> None:
        message = "a bug with a secret in it"
        raise RuntimeError(message)

    @app.post("/api/things")
    def things(caller: Caller) -> str:
        return caller.id

    @app.get("/assets/app.js")
    def script() -> str:
        return ""

    return app


@pytest.fixture
def client(accounts: Accounts, settings: Settings, clock: FakeClock) -> Iterator[TestClient]:
    app = app_of(accounts, settings, clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def mei(client: TestClient) -> TestClient:
    """Signed in, sending the CSRF token as our pages do."""
    answer = client.post(f"{API}/sign-in", json=MEI)
    client.headers["x-csrf-token"] = answer.json()["csrf_token"]
    return client


@pytest.fixture
def clerk(accounts: Accounts, client: TestClient) -> TestClient:
    """Signed in as somebody who manages people and keys."""
    roles = frozenset({"clerk", "analyst"})
    accounts.people.add(operator(), NewPerson("bo", "博", roles=roles, level=3, password=PASSWORD))
    answer = client.post(f"{API}/sign-in", json={**MEI, "user_name": "bo"})
    client.headers["x-csrf-token"] = answer.json()["csrf_token"]
    return client


def code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_signing_in_says_who_one_is(client: TestClient) -> None:
    answer = client.post(f"{API}/sign-in", json=MEI)
    csrf = client.cookies["cityloop_csrf"]
    assert answer.json() == {
        "id": "person:mei",
        "name": "李梅",
        "kind": "person",
        "department": "transport",
        "department_title": {"zh": "transport", "en": "Transport"},
        "roles": ["analyst"],
        "permissions": ["definitions.view"],
        "level": 3,
        "attributes": {"district": "临湖区"},
        "language": None,
        "must_change_password": False,
        "csrf_token": csrf,
    }
    assert client.get(f"{API}/me").json() == answer.json()


def test_cookies_are_kept_from_scripts_and_other_sites(client: TestClient) -> None:
    session, csrf = client.post(f"{API}/sign-in", json=MEI).headers.get_list("set-cookie")
    assert session.startswith("cityloop_session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(session.split("; "))
    assert csrf.startswith("cityloop_csrf=")
    assert "SameSite=strict" in csrf
    assert "HttpOnly" not in csrf


def test_cookies_need_tls_where_there_is_tls(
    accounts: Accounts, settings: Settings, clock: FakeClock
) -> None:
    app = app_of(accounts, replace(settings, secure_cookies=True), clock)
    with TestClient(app, base_url="https://city.example") as client:
        answer = client.post(f"{API}/sign-in", json=MEI)
        session = answer.headers.get_list("set-cookie")[0]
        assert session.startswith("__Host-cityloop_session=")
        assert "Secure" in session
        assert "max-age" in answer.headers["strict-transport-security"]
        assert client.get(f"{API}/me").status_code == 200


def test_session_planted_before_sign_in_is_worthless_after(
    accounts: Accounts, client: TestClient
) -> None:
    planted = accounts.sign_in("mei", PASSWORD, address="attacker").token
    headers = {"cookie": f"cityloop_session={planted}"}
    client.post(f"{API}/sign-in", json=MEI, headers=headers)
    assert client.cookies["cityloop_session"] != planted
    assert accounts.session_of(planted) is None


def test_nobody_signed_in_is_told_so(client: TestClient) -> None:
    assert code(client.get(f"{API}/me")) == (401, "unauthenticated")


def test_change_without_csrf_token_is_refused(mei: TestClient) -> None:
    right = mei.headers.pop("x-csrf-token")
    for wrong in (None, "", right[:-1], right[::-1], "é"):
        headers = {} if wrong is None else {"x-csrf-token": wrong.encode()}
        assert code(mei.post("/api/things", headers=headers)) == (403, "accounts.csrf_missing")
    assert mei.post("/api/things", headers={"x-csrf-token": right}).json() == "person:mei"


def test_csrf_token_of_another_session_is_refused(accounts: Accounts, mei: TestClient) -> None:
    other = accounts.sign_in("mei", PASSWORD, address="other")
    answer = mei.post("/api/things", headers={"x-csrf-token": other.csrf})
    assert code(answer) == (403, "accounts.csrf_missing")


def test_page_elsewhere_cannot_sign_anybody_in(client: TestClient) -> None:
    answer = client.post(f"{API}/sign-in", json=MEI, headers={"sec-fetch-site": "cross-site"})
    assert code(answer) == (403, "accounts.csrf_missing")


def test_signing_out_clears_session_and_cookies(mei: TestClient) -> None:
    assert mei.post(f"{API}/sign-out").status_code == 204
    assert "cityloop_session" not in mei.cookies
    assert code(mei.get(f"{API}/me")) == (401, "unauthenticated")


def test_key_needs_no_csrf_token(accounts: Accounts, client: TestClient) -> None:
    key, text = accounts.keys.issue(operator(), NewKey("大屏"))
    headers = {"authorization": f"Bearer {text}"}
    assert client.post("/api/things", headers=headers).json() == f"key:{key.id}"
    me = client.get(f"{API}/me", headers=headers).json()
    assert (me["kind"], me["csrf_token"]) == ("key", None)


def test_wrong_key_is_refused_even_beside_a_good_session(mei: TestClient) -> None:
    answer = mei.get(f"{API}/me", headers={"authorization": "Bearer city_000000000000_x"})
    assert code(answer) == (401, "accounts.bad_key")


def test_one_time_password_opens_nothing_but_its_change(
    accounts: Accounts, client: TestClient
) -> None:
    made = accounts.people.add(operator(), NewPerson("bo", "博", roles=frozenset({"analyst"})))
    assert made is not None
    signed_in = client.post(
        f"{API}/sign-in", json={"user_name": "bo", "password": made.password}
    ).json()
    client.headers["x-csrf-token"] = signed_in["csrf_token"]
    assert signed_in["must_change_password"]
    assert code(client.get(f"{API}/roles")) == (403, "accounts.password_must_change")
    body = {"current": made.password, "new": "nine quiet grey barges"}
    changed = client.post(f"{API}/password", json=body)
    client.headers["x-csrf-token"] = changed.json()["csrf_token"]
    assert client.get(f"{API}/roles").status_code == 200


def test_lockout_says_how_long_to_wait(client: TestClient) -> None:
    for _ in range(5):
        client.post(f"{API}/sign-in", json={**MEI, "password": "wrong"})
    answer = client.post(f"{API}/sign-in", json=MEI)
    assert code(answer) == (429, "accounts.locked_out")
    assert answer.headers["retry-after"] == "30"


def test_every_response_has_the_security_headers(client: TestClient) -> None:
    for path in ("/api/accounts/me", "/api/broken", "/nowhere", "/assets/app.js"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert len(headers["x-request-id"]) == 16


def test_request_id_joins_request_and_answer(client: TestClient) -> None:
    answer = client.get(f"{API}/me", headers={"x-request-id": "proxy-12345678"})
    assert answer.headers["x-request-id"] == "proxy-12345678"
    assert answer.json()["error"]["request_id"] == "proxy-12345678"
    forged = client.get(f"{API}/me", headers={"x-request-id": 'a" level="x'})
    assert len(forged.headers["x-request-id"]) == 16


def test_bug_is_answered_in_the_one_shape_without_its_text(client: TestClient) -> None:
    answer = client.get("/api/broken")
    assert code(answer) == (500, "broken")
    assert "secret" not in answer.text


def test_calls_beyond_the_limit_wait(client: TestClient, clock: FakeClock) -> None:
    answers = [client.get(f"{API}/me") for _ in range(61)]
    assert [each.status_code for each in answers] == [401] * 60 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    clock.advance(timedelta(seconds=1))
    assert client.get(f"{API}/me").status_code == 401


def test_each_principal_has_a_limit_of_its_own(accounts: Accounts, client: TestClient) -> None:
    one, other = (accounts.keys.issue(operator(), NewKey(name))[1] for name in ("one", "other"))
    for _ in range(60):
        client.get(f"{API}/me", headers={"authorization": f"Bearer {one}"})
    last = [client.get(f"{API}/me", headers={"authorization": f"Bearer {k}"}) for k in (one, other)]
    assert [each.status_code for each in last] == [429, 200]


def test_session_is_found_by_one_query(mei: TestClient, database: Database) -> None:
    queries: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        if not statement.upper().startswith(("BEGIN", "PRAGMA")):
            queries.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    mei.post("/api/things")
    mei.get("/assets/app.js")
    assert len(queries) == 1


def test_language_of_a_person_wins_over_the_browsers(mei: TestClient) -> None:
    mei.patch(f"{API}/me", json={"language": "zh"})
    answer = mei.get("/nowhere", headers={"accept-language": "en"})
    assert answer.json()["error"]["message"] == "没有名为“/nowhere”的 page。"
    assert mei.get(f"{API}/me").json()["language"] == "zh"


def test_clerk_adds_edits_and_resets_people(clerk: TestClient) -> None:
    added = clerk.post(f"{API}/people", json={"user_name": "Lin", "display_name": "林"})
    assert (added.status_code, added.json()["user_name"]) == (201, "lin")
    assert len(added.json()["password"]) == 16
    edited = clerk.patch(
        f"{API}/people/lin", json={"roles": ["analyst"], "department": "transport"}
    )
    assert (edited.json()["roles"], edited.json()["department"]) == (["analyst"], "transport")
    assert clerk.get(f"{API}/people/lin").json() == edited.json()
    assert clerk.post(f"{API}/people/lin/reset-password").json()["user_name"] == "lin"
    assert [each["user_name"] for each in clerk.get(f"{API}/people").json()] == ["bo", "lin", "mei"]


def test_clerk_cannot_make_an_administrator(clerk: TestClient) -> None:
    body = {"user_name": "lin", "display_name": "林", "roles": ["administrator"]}
    assert code(clerk.post(f"{API}/people", json=body)) == (403, "accounts.beyond_own")


def test_clerk_issues_lists_and_revokes_keys(clerk: TestClient) -> None:
    issued = clerk.post(f"{API}/keys", json={"name": "大屏", "roles": ["analyst"]})
    assert issued.status_code == 201
    key = issued.json().pop("key")
    headers = {"authorization": f"Bearer {key}"}
    assert clerk.get(f"{API}/roles", headers=headers).status_code == 200
    (listed,) = clerk.get(f"{API}/keys").json()
    assert "key" not in listed
    assert clerk.delete(f"{API}/keys/{listed['id']}").status_code == 204
    assert code(clerk.get(f"{API}/roles", headers=headers)) == (401, "accounts.bad_key")


def test_departments_and_roles_are_listed(mei: TestClient) -> None:
    departments = mei.get(f"{API}/departments").json()
    assert [(each["name"], each["parent"]) for each in departments] == [
        ("city", None), ("transport", "city"),
    ]  # fmt: skip
    roles = {each["name"]: each["permissions"] for each in mei.get(f"{API}/roles").json()}
    assert roles["administrator"] == ["*"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/people", None),
        ("POST", "/people", {"user_name": "lin", "display_name": "林"}),
        ("GET", "/people/mei", None),
        ("PATCH", "/people/mei", {"level": 6}),
        ("POST", "/people/mei/reset-password", None),
        ("POST", "/keys", {"name": "x"}),
    ],
)
def test_managing_is_refused_to_others(
    mei: TestClient, method: str, path: str, body: dict[str, object] | None
) -> None:
    assert code(mei.request(method, API + path, json=body)) == (403, "forbidden")


def test_password_does_not_show_in_a_validation_error(client: TestClient) -> None:
    answer = client.post(f"{API}/sign-in", json={"user_name": 1, "password": PASSWORD})
    assert answer.status_code == 422
    assert PASSWORD not in answer.text


@given(st.lists(st.tuples(st.sampled_from([b"cookie", b"authorization"]), st.binary(max_size=60))))
def test_any_headers_are_read_without_an_error(headers: list[tuple[bytes, bytes]]) -> None:
    scope = {"method": "GET", "path": "/", "client": None, "headers": headers}
    assert read_call(scope, "cityloop_session").address == ""


def test_session_is_found_among_broken_cookies() -> None:
    headers = [(b"cookie", b"a=b=c; =; {}=1; cityloop_session=tok; x")]
    scope = {"method": "GET", "path": "/", "client": None, "headers": headers}
    assert read_call(scope, "cityloop_session").token == "tok"


@given(st.lists(st.integers(0, 90), min_size=1, max_size=80))
def test_limit_never_lets_more_through_than_it_says(waits_s: list[int]) -> None:
    clock = FakeClock(datetime(2026, 9, 30, tzinfo=UTC))
    limit = RateLimit(6, clock)
    passed = 0
    for wait_s in waits_s:
        clock.advance(timedelta(seconds=wait_s))
        try:
            limit.take("mei")
        except TooMany:
            continue
        passed += 1
    assert passed <= 6 + sum(waits_s) * 6 / 60
