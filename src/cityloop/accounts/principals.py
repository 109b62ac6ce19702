"""From people and keys to principals: which permissions their roles give today, and who may give what to whom."""

from collections.abc import Callable, Collection
from dataclasses import replace

from cityloop.accounts.model import (
    ADMINISTRATOR,
    LEVELS,
    ApiKey,
    BeyondOwn,
    DepartmentDefinition,
    Person,
    RoleDefinition,
)
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import Invalid, NotFound, closest
from cityloop.foundation.principal import Principal


class Principals:
    """Reads roles and departments from the definitions of the moment.

    Args:
        snapshot: gives what is published now; permissions follow a changed role at once.
    """

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        self._snapshot = snapshot

    def roles(self) -> dict[str, RoleDefinition]:
        """Return every role by name, the built-in administrator included."""
        return {ADMINISTRATOR.name: ADMINISTRATOR, **self._snapshot().all(RoleDefinition)}

    def departments(self) -> dict[str, DepartmentDefinition]:
        """Return every department by name."""
        return dict(self._snapshot().all(DepartmentDefinition))

    def permissions_of(self, roles: Collection[str]) -> frozenset[str]:
        """Return what these roles permit together; a role that no longer exists permits nothing."""
        known = self.roles()
        held = [known[name] for name in roles if name in known]
        return frozenset(permission for role in held for permission in role.permissions)

    def of_person(self, person: Person) -> Principal:
        """Return the principal as which a person acts."""
        return Principal(
            id=person.id,
            name=person.display_name,
            kind="person",
            department=person.department,
            roles=person.roles,
            permissions=self.permissions_of(person.roles),
            level=person.level,
            attributes=frozenset(person.attributes.items()),
        )

    def of_key(self, key: ApiKey, holder: Person | None = None) -> Principal:
        """Return the principal as which a program acts; a personal key has no more than its ``holder`` has now."""
        if holder is not None:
            own = self.of_person(holder)
            roles = key.roles & holder.roles
            return replace(
                own,
                id=f"key:{key.id}",
                name=key.name,
                kind="key",
                roles=roles,
                permissions=self.permissions_of(roles),
                level=min(key.level, holder.level),
            )
        return Principal(
            id=f"key:{key.id}",
            name=key.name,
            kind="key",
            department=key.department,
            roles=key.roles,
            permissions=self.permissions_of(key.roles),
            level=key.level,
        )

    def require_known(self, *, department: str | None, roles: Collection[str], level: int) -> None:
        """Do nothing when department, roles and level exist.

        Raises:
            NotFound: the department or a role does not exist; close names are given.
            Invalid: the level is not 1–6.
        """
        if department is not None and department not in self.departments():
            close = closest(department, self.departments())
            raise NotFound(kind="department", name=department, close=close)
        for name in roles:
            if name not in self.roles():
                raise NotFound(kind="role", name=name, close=closest(name, self.roles()))
        if level not in LEVELS:
            raise Invalid(field="level", value=level, reason="1–6")

    def require_within(
        self, principal: Principal, *, roles: Collection[str], level: int, target: str
    ) -> None:
        """Do nothing when ``principal`` holds at least these roles' permissions and this level.

        Without this, whoever manages people could make an administrator and become one.

        Raises:
            BeyondOwn: something is more than the principal holds.
        """
        beyond = [each for each in sorted(self.permissions_of(roles)) if not principal.may(each)]
        if level > principal.level:
            beyond.append(f"level {level}")
        if beyond:
            raise BeyondOwn(beyond=beyond, target=target)
