"""The verbs on people: add, edit, deactivate, give a new password. Each is audited; none may exceed one's own powers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy.engine import Connection

from cityloop.accounts import store
from cityloop.accounts.model import (
    ADMINISTRATOR,
    BadUserName,
    LastAdministrator,
    NameTaken,
    OneTimePassword,
    OwnAccount,
    Person,
    is_user_name,
    user_name_of,
)
from cityloop.accounts.passwords import Passwords, check_password, one_time_password
from cityloop.accounts.principals import Principals
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import NotFound, closest
from cityloop.foundation.principal import Principal, operator

PERSON_ID = "person:"
"""Begins the principal id of a person; the user name follows."""


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What to change about a person; None leaves it as it is, ``department=""`` takes it away."""

    display_name: str | None = None
    department: str | None = None
    roles: frozenset[str] | None = None
    level: int | None = None
    attributes: Mapping[str, str] | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to add; ``password`` None makes a one-time password."""

    user_name: str
    display_name: str
    department: str | None = None
    roles: frozenset[str] = frozenset()
    level: int = 1
    attributes: Mapping[str, str] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)


class People:
    """Everybody who can sign in to one city."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        audit: AuditLog,
        *,
        passwords: Passwords,
        principals: Principals,
    ) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit
        self._passwords = passwords
        self._principals = principals

    def all(self, principal: Principal) -> Sequence[Person]:
        """Return everybody, in order of user name.

        Raises:
            Forbidden: the principal lacks ``people.manage``.
        """
        principal.require("people.manage", "people")
        with self._db.read() as connection:
            return store.people(connection)

    def one(self, principal: Principal, user_name: str) -> Person:
        """Return one person.

        Raises:
            Forbidden: the principal lacks ``people.manage``.
            NotFound: there is nobody of this name.
        """
        principal.require("people.manage", "people")
        with self._db.read() as connection:
            return self._require(connection, user_name)

    def names(self, ids: Collection[str]) -> Mapping[str, str]:
        """Return principal id → display name, of those that are people of this city; for pages that say who acted."""
        wanted = [each.removeprefix(PERSON_ID) for each in ids if each.startswith(PERSON_ID)]
        with self._db.read() as connection:
            found = store.names(connection, wanted)
        return {f"{PERSON_ID}{name}": shown for name, shown in found}

    def add(self, principal: Principal, new: NewPerson) -> OneTimePassword | None:
        """Add a person; return the one-time password, None when a password was given.

        Raises:
            Forbidden: the principal lacks ``people.manage``.
            BadUserName: the name cannot be a user name.
            NameTaken: somebody has it.
            WeakPassword: the given password is too easy to guess.
            NotFound: the department or a role does not exist.
            Invalid: the level is not 1–6.
            BeyondOwn: the roles or the level are more than the principal holds.
        """
        principal.require("people.manage", f"people/{new.user_name}")
        name = user_name_of(new.user_name)
        if not is_user_name(name):
            raise BadUserName(name=new.user_name)
        self._require_allowed(principal, replace(_person(new), user_name=name))
        if new.password is not None:
            check_password(new.password, [name, new.display_name])
        password = new.password or one_time_password()
        values = {
            **_columns(_person(new)),
            "user_name": name,
            "must_change": new.password is None,
            "password_hash": self._passwords.keep(password),
            "created_at": self._clock.now(),
        }
        with self._db.begin() as tx:
            if not store.add_person(tx, values):
                raise NameTaken(name=name)
            self._record(tx, principal, "add", name, _powers(_person(new)))
        return OneTimePassword(name, password) if new.password is None else None

    def edit(self, principal: Principal, user_name: str, change: PersonChange) -> Person:
        """Change a person; unless roles were only added, a change of powers or access ends their sessions.

        Raises:
            Forbidden: the principal lacks ``people.manage``.
            NotFound: the person, department or a role does not exist.
            Invalid: the level is not 1–6.
            BeyondOwn: the person holds, or would hold, more than the principal does.
            OwnAccount: it is the principal's own powers or access.
            LastAdministrator: nobody would be left who may do everything.
        """
        principal.require("people.manage", f"people/{user_name}")
        with self._db.begin() as tx:
            before = self._require(tx, user_name, lock=True)
            return self._edit(tx, principal, before, change)

    def give(self, tx: Connection, principal: Principal, user_name: str, role: str) -> Person:
        """Add one role to a person, in the caller's transaction: the same change as :meth:`edit` makes, with its rules.

        Raises:
            Forbidden: the principal lacks ``people.manage``.
            NotFound: the person or the role does not exist.
            BeyondOwn: the person holds, or would hold, more than the principal does.
            OwnAccount: it is the principal's own account.
        """
        principal.require("people.manage", f"people/{user_name}")
        before = self._require(tx, user_name, lock=True)
        return self._edit(tx, principal, before, PersonChange(roles=before.roles | {role}))

    def reset_password(self, principal: Principal, user_name: str) -> OneTimePassword:
        """Give a person a one-time password and end their sessions.

        Raises:
            Forbidden: the principal lacks ``people.manage``.
            NotFound: there is nobody of this name.
            BeyondOwn: the person holds more than the principal does.
        """
        principal.require("people.manage", f"people/{user_name}")
        password = one_time_password()
        kept = self._passwords.keep(password)
        with self._db.begin() as tx:
            person = self._require(tx, user_name)
            self._require_allowed(principal, person, known=False)
            changed = {"password_hash": kept, "must_change": True}
            store.change_person(tx, person.user_name, changed)
            store.drop_sessions_of(tx, person.user_name)
            self._record(tx, principal, "reset_password", person.user_name, {})
        return OneTimePassword(person.user_name, password)

    def set_language(self, user_name: str, language: Literal["zh", "en"] | None) -> None:
        """Remember the language a person wants to be spoken to in; None means the city's."""
        with self._db.begin() as tx:
            store.change_person(tx, user_name_of(user_name), {"language": language})

    def rename(self, user_name: str, display_name: str) -> None:
        """Change one's own display name; the user name, by which the audit log knows people, stays."""
        name = user_name_of(user_name)
        with self._db.begin() as tx:
            store.change_person(tx, name, {"display_name": display_name})
            target = f"people/{name}"
            self._audit.record(tx, Act(f"person:{name}", "people.rename", target))

    def bootstrap(self, user_name: str = "admin") -> OneTimePassword | None:
        """Add the first administrator of a city without people; None when there is somebody already."""
        with self._db.read() as connection:
            if store.people(connection):
                return None
        roles = frozenset({ADMINISTRATOR.name})
        return self.add(operator(), NewPerson(user_name, "管理员", roles=roles, level=6))

    def _edit(
        self, tx: Connection, principal: Principal, before: Person, change: PersonChange
    ) -> Person:
        after = _changed(before, change)
        powers_differ = _powers(before) != _powers(after)
        if powers_differ and principal.id == before.id:
            raise OwnAccount(user=before.user_name)
        self._require_allowed(principal, before, known=False)
        self._require_allowed(principal, after)
        if self._is_administrator(before) and not self._is_administrator(after):
            self._require_another_administrator(tx, before.user_name)
        store.change_person(tx, before.user_name, _columns(after))
        if powers_differ and not _only_gains_roles(before, after):
            store.drop_sessions_of(tx, before.user_name)
        self._record(tx, principal, "edit", before.user_name, _powers(after))
        return after

    def _is_administrator(self, person: Person) -> bool:
        return person.active and "*" in self._principals.permissions_of(person.roles)

    def _require_another_administrator(self, tx: Connection, user_name: str) -> None:
        others = (each for each in store.people(tx) if each.user_name != user_name)
        if not any(self._is_administrator(each) for each in others):
            raise LastAdministrator(user=user_name)

    def _require(self, connection: Connection, user_name: str, *, lock: bool = False) -> Person:
        found = store.person(connection, user_name_of(user_name), lock=lock)
        if found is None:
            names = [each.user_name for each in store.people(connection)]
            raise NotFound(kind="person", name=user_name, close=closest(user_name, names))
        return found[0]

    def _require_allowed(self, principal: Principal, person: Person, *, known: bool = True) -> None:
        roles, level = person.roles, person.level
        if known:
            department = person.department
            self._principals.require_known(department=department, roles=roles, level=level)
        target = f"people/{person.user_name}"
        self._principals.require_within(principal, roles=roles, level=level, target=target)

    def _record(
        self,
        tx: Connection,
        principal: Principal,
        verb: str,
        user_name: str,
        details: Mapping[str, object],
    ) -> None:
        target = f"people/{user_name}"
        self._audit.record(tx, Act(principal.id, f"people.{verb}", target, details=details))


def _person(new: NewPerson) -> Person:
    return Person(
        user_name=new.user_name,
        display_name=new.display_name,
        department=new.department,
        roles=new.roles,
        level=new.level,
        attributes=new.attributes,
    )


def _changed(person: Person, change: PersonChange) -> Person:
    given = {
        name: getattr(change, name)
        for name in PersonChange.__dataclass_fields__
        if getattr(change, name) is not None
    }
    if change.department == "":
        given["department"] = None
    return replace(person, **given)


def _columns(person: Person) -> dict[str, object]:
    return {
        "display_name": person.display_name,
        "department": person.department,
        "roles": sorted(person.roles),
        "level": person.level,
        "attributes": dict(person.attributes),
        "active": person.active,
    }


def _powers(person: Person) -> dict[str, object]:
    """Return what decides what a person may do and see; audited, and to lose any of it ends sessions."""
    columns = _columns(person)
    del columns["display_name"]
    return columns


def _only_gains_roles(before: Person, after: Person) -> bool:
    """Return whether nothing is taken away: each request reads the roles anew, so a session may go on with more of them."""
    return before.roles <= after.roles and _powers(after) == _powers(
        replace(before, roles=after.roles)
    )
