"""What people do with their own account: see and end their sign-ins, hold keys that never exceed them, take a name."""

from datetime import timedelta

import pytest

from cityloop.accounts import Accounts, NewKey, NewPerson, PersonChange
from cityloop.accounts.model import IDLE, BadKey, BeyondOwn, LastAdministrator
from cityloop.foundation.audit import entries
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import NotFound
from cityloop.foundation.principal import Principal, operator

PASSWORD = "heron over the lake"
ANALYST = frozenset({"analyst"})
MEI = Principal(
    "person:mei",
    "李梅",
    department="transport",
    roles=ANALYST,
    permissions=frozenset({"definitions.view", "keys.issue"}),
    level=3,
)
CLERK = Principal(
    "person:bo", "博", permissions=frozenset({"people.manage", "keys.manage"}), level=3
)


def signed_in(accounts: Accounts, agent: str = "Firefox", user: str = "mei") -> str:
    return accounts.sign_in(user, PASSWORD, address="10.0.0.7", agent=agent).token


def test_people_see_their_own_sessions_and_which_one_asks(accounts: Accounts) -> None:
    first, second = signed_in(accounts), signed_in(accounts, "Chrome")
    found = accounts.sessions("mei", token=second)
    assert {(each.agent, each.address, each.is_current) for each in found} == {
        ("Firefox", "10.0.0.7", False),
        ("Chrome", "10.0.0.7", True),
    }
    assert all(first not in each.id and second not in each.id for each in found)


def test_a_session_that_is_over_is_not_listed(accounts: Accounts, clock: FakeClock) -> None:
    signed_in(accounts)
    clock.advance(IDLE + timedelta(minutes=1))
    token = signed_in(accounts, "Chrome")
    assert [each.agent for each in accounts.sessions("mei", token=token)] == ["Chrome"]


def test_one_session_is_ended_and_the_others_go_on(accounts: Accounts) -> None:
    lost, kept = signed_in(accounts), signed_in(accounts, "Chrome")
    [other] = [each for each in accounts.sessions("mei", token=kept) if not each.is_current]
    accounts.end_session("mei", other.id)
    assert accounts.session_of(lost) is None
    assert accounts.session_of(kept) is not None


def test_all_other_sessions_end_together_and_the_log_says_so(
    accounts: Accounts, database: Database
) -> None:
    lost, kept = [signed_in(accounts) for _ in range(3)], signed_in(accounts, "Chrome")
    assert accounts.end_other_sessions("mei", token=kept) == 3
    assert [accounts.session_of(each) for each in lost] == [None] * 3
    assert accounts.session_of(kept) is not None
    with database.read() as connection:
        act = entries(connection, most=1)[0]
    assert (act["actor"], act["verb"], act["details"]) == (
        "person:mei",
        "accounts.end_sessions",
        {"sessions": 3},
    )


def test_nobody_ends_a_session_of_somebody_else(accounts: Accounts) -> None:
    accounts.people.add(operator(), NewPerson("bo", "博", password=PASSWORD))
    token = signed_in(accounts, user="bo")
    [session] = accounts.sessions("bo", token=token)
    with pytest.raises(NotFound):
        accounts.end_session("mei", session.id)
    assert accounts.session_of(token) is not None


def test_a_new_password_ends_every_other_session(accounts: Accounts) -> None:
    lost = [signed_in(accounts), signed_in(accounts, "Chrome")]
    fresh = accounts.change_password(
        "mei", current=PASSWORD, new="two egrets by a bridge", address="10.0.0.7", agent="Firefox"
    )
    assert [accounts.session_of(each) for each in lost] == [None, None]
    [only] = accounts.sessions("mei", token=fresh.token)
    assert (only.agent, only.is_current) == ("Firefox", True)


def test_a_personal_key_acts_for_its_holder_with_their_attributes(accounts: Accounts) -> None:
    key, text = accounts.keys.issue(MEI, NewKey("laptop", roles=ANALYST, level=2, personal=True))
    found = accounts.keys.principal_of(text)
    assert (key.holder, key.department) == ("mei", "transport")
    assert (found.id, found.kind, found.level) == (f"key:{key.id}", "key", 2)
    assert found.attribute("district") == "临湖区"


def test_a_personal_key_shrinks_with_its_holder_and_ends_with_them(accounts: Accounts) -> None:
    _key, text = accounts.keys.issue(MEI, NewKey("laptop", roles=ANALYST, level=3, personal=True))
    accounts.people.edit(operator(), "mei", PersonChange(roles=frozenset(), level=1))
    shrunk = accounts.keys.principal_of(text)
    assert (shrunk.permissions, shrunk.level) == (frozenset(), 1)
    accounts.people.edit(operator(), "mei", PersonChange(active=False))
    with pytest.raises(BadKey):
        accounts.keys.principal_of(text)


def test_a_personal_key_takes_no_role_that_its_holder_lacks(accounts: Accounts) -> None:
    with pytest.raises(BeyondOwn):
        accounts.keys.issue(MEI, NewKey("laptop", roles=frozenset({"clerk"}), personal=True))
    with pytest.raises(BeyondOwn):
        accounts.keys.issue(MEI, NewKey("laptop", level=4, personal=True))


def test_people_see_and_revoke_their_own_keys_only(accounts: Accounts) -> None:
    own, text = accounts.keys.issue(MEI, NewKey("laptop", personal=True))
    other, _text = accounts.keys.issue(CLERK, NewKey("screen"))
    assert [each.id for each in accounts.keys.all(MEI)] == [own.id]
    assert {each.id for each in accounts.keys.all(CLERK)} == {own.id, other.id}
    with pytest.raises(NotFound):
        accounts.keys.revoke(MEI, other.id)
    accounts.keys.revoke(MEI, own.id)
    with pytest.raises(BadKey):
        accounts.keys.principal_of(text)


@pytest.mark.parametrize("change", [PersonChange(active=False), PersonChange(roles=frozenset())])
def test_the_last_administrator_stays_one(accounts: Accounts, change: PersonChange) -> None:
    administrator = frozenset({"administrator"})
    accounts.people.add(operator(), NewPerson("boss", "长", roles=administrator))
    with pytest.raises(LastAdministrator):
        accounts.people.edit(operator(), "boss", change)
    accounts.people.add(operator(), NewPerson("second", "副", roles=administrator))
    accounts.people.edit(operator(), "boss", change)


def test_people_change_their_own_display_name_and_the_log_says_so(
    accounts: Accounts, database: Database
) -> None:
    accounts.people.rename("mei", "李梅（交通）")
    assert accounts.people.one(CLERK, "mei").display_name == "李梅（交通）"
    with database.read() as connection:
        assert entries(connection, most=1)[0]["verb"] == "people.rename"


def test_actors_are_called_by_their_names(accounts: Accounts) -> None:
    key, _text = accounts.keys.issue(MEI, NewKey("laptop", personal=True))
    actors = ["person:mei", f"key:{key.id}", "person:gone", "service:alerts"]
    assert accounts.names_of(actors) == {"person:mei": "李梅", f"key:{key.id}": "laptop"}
