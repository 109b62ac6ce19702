"""Signing in, staying in, getting locked out, changing a password."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cityloop.accounts import Accounts, NewPerson, PersonChange
from cityloop.accounts.model import (
    FREE_FAILURES,
    IDLE,
    BadSignIn,
    Inactive,
    LockedOut,
    WeakPassword,
    WrongPassword,
)
from cityloop.accounts.store import attempts_table, people_table, sessions_table
from cityloop.accounts.tokens import digest_of
from cityloop.foundation.audit import entries
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import NotFound
from cityloop.foundation.principal import Principal, operator

HOME, ELSEWHERE = "192.0.2.1", "192.0.2.2"
PASSWORD = "heron over the lake"
BETTER = "nine quiet grey barges"


def sign_in(accounts: Accounts, password: str = PASSWORD, address: str = HOME) -> str:
    return accounts.sign_in("mei", password, address=address).token


def fail(accounts: Accounts, times: int, *, name: str = "mei", address: str = HOME) -> None:
    for _ in range(times):
        with pytest.raises(BadSignIn):
            accounts.sign_in(name, "wrong wrong wrong", address=address)


def acts(database: Database) -> Sequence[tuple[object, ...]]:
    with database.read() as connection:
        return [
            (act["actor"], act["verb"], act["target"], act["outcome"])
            for act in entries(connection, most=50)
        ]


def test_right_password_opens_a_session(accounts: Accounts) -> None:
    session = accounts.session_of(sign_in(accounts))
    assert session is not None
    assert session.person.display_name == "李梅"


def test_user_name_is_the_same_in_capitals_and_full_width(accounts: Accounts) -> None:
    assert accounts.sign_in(" ＭEI ", PASSWORD, address=HOME).person.user_name == "mei"


def test_principal_carries_what_the_roles_permit_today(
    accounts: Accounts, snapshot: list[Snapshot]
) -> None:
    expected = Principal(
        id="person:mei",
        name="李梅",
        department="transport",
        roles=frozenset({"analyst"}),
        permissions=frozenset({"definitions.view"}),
        level=3,
        attributes=frozenset({("district", "临湖区")}),
    )
    assert accounts.principal_of("mei") == expected
    snapshot[0] = Snapshot.of()
    assert accounts.principal_of("mei").permissions == frozenset()


@pytest.mark.parametrize(("name", "password"), [("mei", "wrong wrong wrong"), ("bo", PASSWORD)])
def test_wrong_password_and_unknown_person_look_the_same(
    accounts: Accounts, name: str, password: str
) -> None:
    with pytest.raises(BadSignIn) as caught:
        accounts.sign_in(name, password, address=HOME)
    assert (caught.value.code, caught.value.fields) == ("accounts.bad_sign_in", {})


def test_unknown_person_costs_a_password_check_as_well(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []
    matches = accounts._passwords.matches

    def spy(kept: str | None, password: str) -> bool:
        checked.append(kept)
        return matches(kept, password)

    monkeypatch.setattr(accounts._passwords, "matches", spy)
    fail(accounts, 1, name="nobody")
    assert checked == [None]


def test_secrets_are_stored_as_digests_only(accounts: Accounts, database: Database) -> None:
    token = sign_in(accounts)
    with database.read() as connection:
        stored = connection.execute(sa.select(sessions_table.c.token_hash)).scalar_one()
        kept = connection.execute(sa.select(people_table.c.password_hash)).scalar_one()
    assert stored == digest_of(token) != token
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_every_sign_in_gets_its_own_token(accounts: Accounts) -> None:
    assert sign_in(accounts) != sign_in(accounts)


def test_signing_in_again_ends_the_session_it_came_with(accounts: Accounts) -> None:
    planted = sign_in(accounts)
    accounts.sign_in("mei", PASSWORD, address=HOME, old_token=planted)
    assert accounts.session_of(planted) is None


def test_token_that_nobody_issued_is_no_session(accounts: Accounts) -> None:
    assert accounts.session_of("planted-by-somebody") is None


def test_failures_lock_the_person_out_at_that_address_only(accounts: Accounts) -> None:
    fail(accounts, FREE_FAILURES)
    with pytest.raises(LockedOut) as caught:
        sign_in(accounts)
    assert (caught.value.status, caught.value.fields) == (429, {"wait_s": 30})
    assert sign_in(accounts, address=ELSEWHERE)


def test_wait_doubles_with_each_further_failure(accounts: Accounts, clock: FakeClock) -> None:
    fail(accounts, FREE_FAILURES)
    waits = []
    for _ in range(9):
        with pytest.raises(LockedOut) as caught:
            sign_in(accounts)
        waits.append(caught.value.fields["wait_s"])
        clock.advance(timedelta(seconds=float(waits[-1])))
        fail(accounts, 1)
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_lockout_ends_and_success_clears_the_count(accounts: Accounts, clock: FakeClock) -> None:
    fail(accounts, FREE_FAILURES)
    clock.advance(timedelta(seconds=30))
    sign_in(accounts)
    fail(accounts, FREE_FAILURES - 1)
    sign_in(accounts)


def test_trying_many_names_locks_the_address(accounts: Accounts) -> None:
    for number in range(50):
        fail(accounts, 1, name=f"guess{number}")
    with pytest.raises(LockedOut):
        sign_in(accounts)


def test_attempts_at_the_same_moment_are_all_counted(accounts: Accounts) -> None:
    def attempt(_number: int) -> str:
        try:
            accounts.sign_in("mei", "wrong wrong wrong", address=HOME)
        except (BadSignIn, LockedOut) as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(24)))
    assert outcomes.count("accounts.bad_sign_in") == FREE_FAILURES
    assert outcomes.count("accounts.locked_out") == 24 - FREE_FAILURES


def test_old_attempts_are_forgotten(
    accounts: Accounts, database: Database, clock: FakeClock
) -> None:
    fail(accounts, 1, name="a")
    clock.advance(timedelta(days=2))
    fail(accounts, 1, name="b")
    with database.read() as connection:
        rows = connection.execute(sa.select(attempts_table.c.who)).scalars().all()
    assert set(rows) == {"", digest_of("b")}


def test_session_ends_when_idle_and_when_old(accounts: Accounts, clock: FakeClock) -> None:
    idle, busy = sign_in(accounts), sign_in(accounts)
    for _ in range(11):
        clock.advance(IDLE / 2)
        assert accounts.session_of(busy) is not None
    assert accounts.session_of(idle) is None
    clock.advance(IDLE / 2)
    assert accounts.session_of(busy) is None


def test_sign_out_ends_the_session(accounts: Accounts) -> None:
    token = sign_in(accounts)
    accounts.sign_out(token)
    assert accounts.session_of(token) is None
    accounts.sign_out(token)


@pytest.mark.parametrize(
    "change",
    [
        PersonChange(active=False),
        PersonChange(roles=frozenset()),
        PersonChange(level=1),
        PersonChange(department=""),
        PersonChange(attributes={}),
    ],
)
def test_sessions_end_when_powers_change(accounts: Accounts, change: PersonChange) -> None:
    token = sign_in(accounts)
    accounts.people.edit(operator(), "mei", change)
    assert accounts.session_of(token) is None


def test_session_goes_on_with_an_added_role(accounts: Accounts) -> None:
    token = sign_in(accounts)
    more = frozenset({"analyst", "clerk"})
    accounts.people.edit(operator(), "mei", PersonChange(roles=more))
    session = accounts.session_of(token)
    assert session is not None
    assert accounts.principals.of_person(session.person).may("keys.manage")
    accounts.people.edit(operator(), "mei", PersonChange(roles=more | {"administrator"}, level=2))
    assert accounts.session_of(token) is None


def test_session_survives_a_new_display_name(accounts: Accounts) -> None:
    token = sign_in(accounts)
    accounts.people.edit(operator(), "mei", PersonChange(display_name="梅"))
    session = accounts.session_of(token)
    assert session is not None
    assert session.person.display_name == "梅"


def test_inactive_person_cannot_sign_in_nor_be_acted_for(accounts: Accounts) -> None:
    accounts.people.edit(operator(), "mei", PersonChange(active=False))
    with pytest.raises(BadSignIn):
        sign_in(accounts)
    with pytest.raises(Inactive):
        accounts.principal_of("mei")


def test_nobody_can_be_acted_for_who_does_not_exist(accounts: Accounts) -> None:
    with pytest.raises(NotFound):
        accounts.principal_of("bo")


def test_new_password_ends_every_session_and_opens_one(accounts: Accounts) -> None:
    old = sign_in(accounts)
    fresh = accounts.change_password("mei", current=PASSWORD, new=BETTER, address=HOME)
    assert accounts.session_of(old) is None
    assert accounts.session_of(fresh.token) is not None
    with pytest.raises(BadSignIn):
        sign_in(accounts)
    assert sign_in(accounts, BETTER)


def test_changing_a_password_needs_the_present_one_and_is_locked_too(accounts: Accounts) -> None:
    for _ in range(FREE_FAILURES):
        with pytest.raises(WrongPassword):
            accounts.change_password("mei", current="wrong", new=BETTER, address=HOME)
    with pytest.raises(LockedOut):
        accounts.change_password("mei", current=PASSWORD, new=BETTER, address=HOME)


def test_password_cannot_be_changed_to_itself(accounts: Accounts) -> None:
    with pytest.raises(WeakPassword):
        accounts.change_password("mei", current=PASSWORD, new=PASSWORD, address=HOME)


def test_first_administrator_gets_a_one_time_password(
    database: Database, clock: FakeClock, accounts: Accounts
) -> None:
    with database.begin() as tx:
        tx.execute(people_table.delete())
    made = accounts.people.bootstrap()
    assert made is not None
    assert accounts.people.bootstrap() is None
    signed_in = accounts.sign_in("admin", made.password, address=HOME)
    assert signed_in.person.must_change
    assert accounts.principals.of_person(signed_in.person).may("anything.at_all")
    changed = accounts.change_password("admin", current=made.password, new=BETTER, address=HOME)
    assert not changed.person.must_change


def test_everything_is_audited_without_secrets(accounts: Accounts, database: Database) -> None:
    fail(accounts, 1)
    fail(accounts, 1, name="my secret password typed into the name")
    token = sign_in(accounts)
    accounts.sign_out(token)
    accounts.change_password("mei", current=PASSWORD, new=BETTER, address=HOME)
    assert acts(database) == [
        ("person:mei", "accounts.change_password", "people/mei", "done"),
        ("person:mei", "accounts.sign_out", "people/mei", "done"),
        ("person:mei", "accounts.sign_in", "people/mei", "done"),
        ("unknown", "accounts.sign_in", "people/unknown", "failed"),
        ("person:mei", "accounts.sign_in", "people/mei", "failed"),
        ("operator", "people.add", "people/mei", "done"),
    ]
    with database.read() as connection:
        everything = str(entries(connection, most=50))
    for secret in (PASSWORD, BETTER, token, "typed into"):
        assert secret not in everything


def test_secrets_do_not_show_in_representations(accounts: Accounts) -> None:
    signed_in = accounts.sign_in("mei", PASSWORD, address=HOME)
    assert signed_in.token not in repr(signed_in)
    assert signed_in.csrf not in repr(signed_in)
    assert "lake" not in repr(NewPerson("mei", "梅", password=PASSWORD))
