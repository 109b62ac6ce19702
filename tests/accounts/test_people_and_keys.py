"""People and keys: nobody hands out more than they hold; keys are shown once and end at once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cityloop.accounts import (
    Accounts,
    DepartmentDefinition,
    NewKey,
    NewPerson,
    PersonChange,
)
from cityloop.accounts.model import (
    DEPARTMENT,
    BadKey,
    BadUserName,
    BeyondOwn,
    NameTaken,
    OwnAccount,
    WeakPassword,
)
from cityloop.accounts.store import keys_table
from cityloop.foundation.audit import entries
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import Forbidden, Invalid, NotFound
from cityloop.foundation.principal import Principal, operator

CLERK = Principal(
    "person:bo", "博", permissions=frozenset({"people.manage", "keys.manage"}), level=3
)
NOBODY = Principal("person:ai", "艾")
PROGRAM = Principal("key:1", "screen", kind="key")


def test_person_without_password_gets_one_for_once(accounts: Accounts) -> None:
    made = accounts.people.add(CLERK, NewPerson("Bo", "博"))
    assert made is not None
    assert (made.user_name, len(made.password)) == ("bo", 16)
    assert accounts.people.one(CLERK, "BO").must_change


def test_taken_name_is_refused_in_any_spelling(accounts: Accounts) -> None:
    with pytest.raises(NameTaken):
        accounts.people.add(CLERK, NewPerson("ＭEI", "梅"))


@pytest.mark.parametrize("name", ["", "a", "mei li", "../mei", "-mei", "m" * 65, "mei\n"])
def test_odd_user_names_are_refused(accounts: Accounts, name: str) -> None:
    if name == "mei\n":
        with pytest.raises(NameTaken):  # white space around a name is not part of it
            accounts.people.add(CLERK, NewPerson(name, "梅"))
        return
    with pytest.raises(BadUserName):
        accounts.people.add(CLERK, NewPerson(name, "梅"))


def test_unknown_role_department_and_level_are_named(accounts: Accounts) -> None:
    with pytest.raises(NotFound) as caught:
        accounts.people.add(operator(), NewPerson("bo", "博", roles=frozenset({"analist"})))
    assert caught.value.message() == "There is no role named 'analist'."
    assert caught.value.hint().startswith("Close names: analyst")
    with pytest.raises(NotFound):
        accounts.people.add(operator(), NewPerson("bo", "博", department="transpot"))
    with pytest.raises(Invalid):
        accounts.people.add(operator(), NewPerson("bo", "博", level=7))


@pytest.mark.parametrize(
    "new",
    [
        NewPerson("bo", "博", roles=frozenset({"administrator"})),
        NewPerson("bo", "博", roles=frozenset({"analyst"})),
        NewPerson("bo", "博", level=4),
    ],
)
def test_nobody_makes_a_person_with_more_than_they_hold(accounts: Accounts, new: NewPerson) -> None:
    with pytest.raises(BeyondOwn):
        accounts.people.add(CLERK, new)


def test_nobody_takes_over_a_person_who_holds_more(accounts: Accounts) -> None:
    accounts.people.add(operator(), NewPerson("boss", "长", roles=frozenset({"administrator"})))
    with pytest.raises(BeyondOwn):
        accounts.people.reset_password(CLERK, "boss")
    with pytest.raises(BeyondOwn):
        accounts.people.edit(CLERK, "boss", PersonChange(active=False))


def test_nobody_changes_their_own_powers(accounts: Accounts) -> None:
    accounts.people.add(operator(), NewPerson("bo", "博", roles=frozenset({"clerk"}), level=3))
    with pytest.raises(OwnAccount):
        accounts.people.edit(CLERK, "bo", PersonChange(active=False))
    assert accounts.people.edit(CLERK, "bo", PersonChange(display_name="小博")).active


def test_managing_needs_its_permission(accounts: Accounts) -> None:
    people, keys = accounts.people, accounts.keys
    for act in (
        lambda: people.all(NOBODY),
        lambda: people.one(NOBODY, "mei"),
        lambda: people.add(NOBODY, NewPerson("bo", "博")),
        lambda: people.edit(NOBODY, "mei", PersonChange(level=1)),
        lambda: people.reset_password(NOBODY, "mei"),
        lambda: keys.issue(NOBODY, NewKey("screen")),
        lambda: keys.issue(NOBODY, NewKey("screen", personal=True)),
        lambda: keys.all(PROGRAM),
        lambda: keys.revoke(PROGRAM, "any"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_changes_are_audited_with_what_they_grant(accounts: Accounts, database: Database) -> None:
    accounts.people.edit(operator(), "mei", PersonChange(level=2))
    with database.read() as connection:
        act = entries(connection, most=1)[0]
    assert (act["verb"], act["target"], act["details"]) == (
        "people.edit",
        "people/mei",
        {
            "department": "transport",
            "roles": ["analyst"],
            "level": 2,
            "attributes": {"district": "临湖区"},
            "active": True,
        },
    )


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "too_short"),
        ("x" * 200, "too_long"),
        ("1234567890", "usual"),
        ("aaaaaaaaaaaa", "usual"),
        ("Passw0rd!!", "usual"),
        ("P@ssword2026", "usual"),
        ("qwertyuiop", "usual"),
        ("admin123456", "usual"),
        ("2026093020", "usual"),
        ("boborichards", "own_name"),
        ("李梅李梅2026", "too_short"),
    ],
)
def test_passwords_easy_to_guess_are_refused(
    accounts: Accounts, password: str, reason: str
) -> None:
    new = NewPerson("boborichard", "李梅", password=password)
    with pytest.raises(WeakPassword) as caught:
        accounts.people.add(operator(), new)
    assert caught.value.fields["reason"] == reason
    assert password not in caught.value.message("zh")


@pytest.mark.parametrize(
    "password", ["四海之内皆兄弟也是真的", "tr0ub4dor&3xyz", "boborichard likes tea"]
)
def test_passwords_hard_to_guess_are_accepted(accounts: Accounts, password: str) -> None:
    accounts.people.add(operator(), NewPerson("boborichard", "博", password=password))
    assert accounts.sign_in("boborichard", password, address="192.0.2.1")


def test_key_acts_with_its_own_powers(accounts: Accounts) -> None:
    new = NewKey("大屏", department="transport", roles=frozenset({"analyst"}), level=2)
    key, text = accounts.keys.issue(operator(), new)
    assert accounts.keys.principal_of(text) == Principal(
        id=f"key:{key.id}",
        name="大屏",
        kind="key",
        department="transport",
        roles=frozenset({"analyst"}),
        permissions=frozenset({"definitions.view"}),
        level=2,
    )


def test_key_is_stored_as_a_digest(accounts: Accounts, database: Database) -> None:
    key, text = accounts.keys.issue(operator(), NewKey("screen"))
    with database.read() as connection:
        row = connection.execute(sa.select(keys_table)).mappings().one()
        everything = str(dict(row)) + str(entries(connection, most=50))
    assert text not in everything
    assert text.split("_")[1] == key.prefix == row["prefix"]


def test_revoked_key_ends_at_once(accounts: Accounts) -> None:
    key, text = accounts.keys.issue(operator(), NewKey("screen"))
    accounts.keys.revoke(operator(), key.id)
    accounts.keys.revoke(operator(), key.id)
    with pytest.raises(BadKey):
        accounts.keys.principal_of(text)


def test_key_ends_when_it_expires(accounts: Accounts, clock: FakeClock) -> None:
    new = NewKey("screen", expires_at=clock.now() + timedelta(days=1))
    _key, text = accounts.keys.issue(operator(), new)
    clock.advance(timedelta(hours=23))
    assert accounts.keys.principal_of(text).name == "screen"
    clock.advance(timedelta(hours=1))
    with pytest.raises(BadKey):
        accounts.keys.principal_of(text)


def test_key_cannot_be_issued_for_the_past(accounts: Accounts, clock: FakeClock) -> None:
    with pytest.raises(Invalid):
        accounts.keys.issue(operator(), NewKey("screen", expires_at=clock.now()))


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"), lambda _t: "x"]
)
def test_guessed_key_is_refused(accounts: Accounts, change) -> None:
    _key, text = accounts.keys.issue(operator(), NewKey("screen"))
    with pytest.raises(BadKey):
        accounts.keys.principal_of(change(text))


def test_nobody_issues_a_key_with_more_than_they_hold(accounts: Accounts) -> None:
    with pytest.raises(BeyondOwn):
        accounts.keys.issue(CLERK, NewKey("screen", roles=frozenset({"administrator"})))


def test_keys_are_listed_with_their_last_use(accounts: Accounts, clock: FakeClock) -> None:
    _key, text = accounts.keys.issue(operator(), NewKey("screen"))
    accounts.keys.principal_of(text)
    (listed,) = accounts.keys.all(CLERK)
    assert listed.last_used_at == clock.now()


def department(name: str, parent: str | None) -> DepartmentDefinition:
    return DepartmentDefinition(name=name, title={"zh": name, "en": name}, parent=parent)


def test_departments_in_a_circle_are_found() -> None:
    a, b, below = department("a", "b"), department("b", "a"), department("c", "a")
    snapshot = Snapshot.of(a, b, below)
    problems = {each.name: list(DEPARTMENT.check(each, snapshot)) for each in (a, b, below)}
    assert [each.path for each in problems["a"]] == [("parent",)]
    assert (len(problems["b"]), problems["c"]) == (1, [])


def test_department_names_its_parent() -> None:
    assert [each.name for each in DEPARTMENT.references(department("a", "b"))] == ["b"]
    assert list(DEPARTMENT.references(department("a", None))) == []
