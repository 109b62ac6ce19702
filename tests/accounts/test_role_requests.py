"""Role requests: one open for each person and role, decided once, never by oneself, and granted as people are edited."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cityloop.accounts import Accounts, NewPerson, PersonChange, RoleRequests
from cityloop.accounts.api import install
from cityloop.accounts.model import (
    AlreadyAsked,
    BeyondOwn,
    OwnAccount,
    RequestClosed,
    RoleHeld,
)
from cityloop.accounts.requests.api import router
from cityloop.foundation.audit import AuditLog, entries
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import CityError, Forbidden, Invalid, NotFound
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal, operator
from cityloop.foundation.settings import Settings
from cityloop.foundation.web import install_errors

API = "/api/accounts/role-requests"
PASSWORD = "heron over the lake"
WHY = "编制月报需要管理密钥"


@pytest.fixture
def outbox(database: Database, clock: FakeClock) -> Outbox:
    return Outbox(database, clock)


@pytest.fixture
def requests(
    accounts: Accounts, database: Database, clock: FakeClock, outbox: Outbox
) -> RoleRequests:
    return RoleRequests(database, clock, AuditLog(clock), outbox, accounts)


@pytest.fixture
def mei(accounts: Accounts) -> Principal:
    return accounts.principal_of("mei")


@pytest.fixture
def boss(accounts: Accounts) -> Principal:
    """Somebody who may decide, and holds all that there is to give."""
    roles = frozenset({"administrator"})
    new = NewPerson("boss", "长", roles=roles, level=6, password=PASSWORD)
    accounts.people.add(operator(), new)
    return accounts.principal_of("boss")


def test_a_request_waits_with_its_reason(
    requests: RoleRequests, mei: Principal, boss: Principal, clock: FakeClock
) -> None:
    asked = requests.ask(mei, "clerk", reason=f"  {WHY} ")
    assert (asked.user_name, asked.display_name, asked.role) == ("mei", "李梅", "clerk")
    assert (asked.reason, asked.state, asked.asked_at) == (WHY, "open", clock.now())
    assert list(requests.own(mei)) == list(requests.open(boss)) == [asked]


def test_one_request_for_each_role_is_open(requests: RoleRequests, mei: Principal) -> None:
    asked = requests.ask(mei, "clerk", reason=WHY)
    with pytest.raises(AlreadyAsked):
        requests.ask(mei, "clerk", reason="again")
    requests.ask(mei, "administrator", reason=WHY)
    requests.withdraw(mei, asked.id)
    assert requests.ask(mei, "clerk", reason="again").state == "open"


@pytest.mark.parametrize(
    ("role", "reason", "error"),
    [
        ("analyst", WHY, RoleHeld),
        ("clrk", WHY, NotFound),
        ("clerk", "  ", Invalid),
        ("clerk", "长" * 501, Invalid),
    ],
)
def test_what_cannot_be_asked_is_said(
    requests: RoleRequests, mei: Principal, role: str, reason: str, error: type[CityError]
) -> None:
    with pytest.raises(error) as caught:
        requests.ask(mei, role, reason=reason)
    assert caught.value.message("zh") != caught.value.message("en")
    assert list(requests.own(mei)) == []


def test_granting_is_the_same_change_as_on_the_page_of_people(
    requests: RoleRequests, accounts: Accounts, mei: Principal, boss: Principal, database: Database
) -> None:
    other = NewPerson("lin", "林", roles=mei.roles, level=3, department="transport")
    accounts.people.add(operator(), other)
    accounts.people.edit(boss, "lin", PersonChange(roles=mei.roles | {"clerk"}))
    token = accounts.sign_in("mei", PASSWORD, address="here").token
    granted = requests.grant(boss, requests.ask(mei, "clerk", reason=WHY).id, note="好")
    assert (granted.state, granted.decided_by, granted.note) == ("granted", "person:boss", "好")
    by_request, by_page = accounts.people.one(boss, "mei"), accounts.people.one(boss, "lin")
    assert by_request.roles == by_page.roles == {"analyst", "clerk"}
    session = accounts.session_of(token)
    assert session is not None
    assert accounts.principals.of_person(session.person).may("people.manage")
    with database.read() as connection:
        found, lin = (
            each for each in entries(connection, most=20) if each["verb"] == "people.edit"
        )
    assert found["actor"] == lin["actor"]
    assert found["details"]["roles"] == lin["details"]["roles"]


def test_every_step_is_audited_and_told(
    requests: RoleRequests, mei: Principal, boss: Principal, database: Database, outbox: Outbox
) -> None:
    declined = requests.ask(mei, "clerk", reason=WHY)
    requests.decline(boss, declined.id, note="不需要")
    requests.withdraw(mei, requests.ask(mei, "clerk", reason="again").id)
    requests.grant(boss, requests.ask(mei, "clerk", reason="still").id)
    with database.read() as connection:
        newest = entries(connection, most=20)
        events = outbox.since(connection, 0)
    acts = [each for each in reversed(newest) if each["verb"].startswith("role_requests.")]
    steps = ["ask", "decline", "ask", "withdraw", "ask", "grant"]
    assert [each["verb"].removeprefix("role_requests.") for each in acts] == steps
    details = {"role": "clerk", "request": declined.id}
    assert [each["details"] for each in acts[:2]] == [
        {**details, "reason": WHY},
        {**details, "note": "不需要"},
    ]
    states = ["open", "declined", "open", "withdrawn", "open", "granted"]
    assert [each.topic for each in events] == [f"request.{state}" for state in states]
    assert events[0].payload == {"user": "mei", "role": "clerk", "state": "open"}


def test_nobody_decides_their_own_request_nor_beyond_their_powers(
    requests: RoleRequests, accounts: Accounts, mei: Principal
) -> None:
    roles = frozenset({"clerk"})
    accounts.people.add(operator(), NewPerson("bo", "博", roles=roles, level=3))
    bo = accounts.principal_of("bo")
    own = requests.ask(bo, "analyst", reason=WHY)
    for decide in (requests.grant, requests.decline):
        with pytest.raises(OwnAccount):
            decide(bo, own.id, note="x")
    high = requests.ask(mei, "administrator", reason=WHY)
    with pytest.raises(BeyondOwn):
        requests.grant(bo, high.id)
    assert [each.state for each in requests.own(mei)] == ["open"]


def test_deciding_needs_a_person_with_the_permission(
    requests: RoleRequests, accounts: Accounts, mei: Principal, boss: Principal
) -> None:
    asked = requests.ask(mei, "clerk", reason=WHY)
    accounts.people.add(operator(), NewPerson("ai", "艾", roles=mei.roles))
    ai = accounts.principal_of("ai")
    program = Principal("key:1", "program", kind="key", permissions=frozenset({"*"}), level=6)
    for act in (
        lambda: requests.open(ai),
        lambda: requests.grant(ai, asked.id),
        lambda: requests.decline(ai, asked.id, note="x"),
        lambda: requests.grant(program, asked.id),
        lambda: requests.own(program),
        lambda: requests.ask(program, "clerk", reason=WHY),
    ):
        with pytest.raises(Forbidden):
            act()
    for gone in (
        lambda: requests.withdraw(ai, asked.id),
        lambda: requests.grant(boss, "nothing"),
        lambda: requests.withdraw(mei, "nothing"),
    ):
        with pytest.raises(NotFound):
            gone()


def test_what_is_closed_stays_closed(
    requests: RoleRequests, accounts: Accounts, mei: Principal, boss: Principal
) -> None:
    asked = requests.ask(mei, "clerk", reason=WHY)
    requests.decline(boss, asked.id, note="no")
    with pytest.raises(RequestClosed):
        requests.grant(boss, asked.id)
    with pytest.raises(RequestClosed):
        requests.withdraw(mei, asked.id)
    assert accounts.people.one(boss, "mei").roles == {"analyst"}
    assert [each.state for each in requests.own(mei)] == ["declined"]


def test_of_two_deciders_exactly_one_wins(
    requests: RoleRequests, accounts: Accounts, mei: Principal, boss: Principal
) -> None:
    asked = requests.ask(mei, "clerk", reason=WHY)
    together, outcomes = threading.Barrier(2), []

    def decide(grants: bool) -> None:
        together.wait()
        try:
            if grants:
                outcomes.append(requests.grant(boss, asked.id).state)
            else:
                outcomes.append(requests.decline(operator(), asked.id, note="no").state)
        except RequestClosed:
            outcomes.append("late")

    threads = [threading.Thread(target=decide, args=(grants,)) for grants in (True, False)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    [won] = set(outcomes) - {"late"}
    assert sorted(outcomes) == sorted([won, "late"])
    assert requests.own(mei)[0].state == won
    assert ("clerk" in accounts.people.one(boss, "mei").roles) == (won == "granted")


@pytest.fixture
def app(accounts: Accounts, requests: RoleRequests, clock: FakeClock) -> FastAPI:
    app = FastAPI()
    install_errors(app)
    install(app, accounts, Settings(Path(), "", calls_per_minute=60), clock)
    app.include_router(router(requests, accounts))
    return app


@pytest.fixture
def clients(app: FastAPI, boss: Principal) -> Iterator[dict[str, TestClient]]:
    """The person who asks and the one who decides, as their browsers."""
    found = {}
    for name in ("mei", boss.id.removeprefix("person:")):
        client = TestClient(app)
        body = {"user_name": name, "password": PASSWORD}
        signed_in = client.post("/api/accounts/sign-in", json=body).json()
        client.headers["x-csrf-token"] = signed_in["csrf_token"]
        found[name] = client
    yield found
    for client in found.values():
        client.close()


def test_a_request_goes_its_way_by_http(clients: dict[str, TestClient], clock: FakeClock) -> None:
    mei, boss = clients["mei"], clients["boss"]
    asked = mei.post(API, json={"role": "clerk", "reason": WHY})
    assert asked.status_code == 201
    assert asked.json() == {
        "id": asked.json()["id"],
        "user_name": "mei",
        "display_name": "李梅",
        "role": "clerk",
        "reason": WHY,
        "state": "open",
        "asked_at": clock.now().isoformat().replace("+00:00", "Z"),
        "decided_at": None,
        "decided_by": None,
        "note": "",
    }
    assert boss.get(f"{API}/open").json() == [asked.json()]
    path = f"{API}/{asked.json()['id']}"
    done = boss.post(f"{path}/grant", json={})
    assert (done.json()["state"], done.json()["decided_by"]) == ("granted", "长")
    late = boss.post(f"{path}/decline", json={"note": "no"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "accounts.request_closed")
    assert mei.get(API).json() == [done.json()]
    assert "clerk" in mei.get("/api/accounts/me").json()["roles"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_second_request_is_refused_in_plain_words(
    clients: dict[str, TestClient], lang: str
) -> None:
    body = {"role": "clerk", "reason": WHY}
    clients["mei"].post(API, json=body)
    answer = clients["mei"].post(API, json=body, params={"lang": lang})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "accounts.already_asked")
    words = {"zh": "您已申请角色“clerk”", "en": "You have asked for the role 'clerk'"}
    assert error["message"].startswith(words[lang])
    assert error["hint"]
