"""Fixtures: accounts of a city with two roles and two departments; cheap password hashing."""

import pytest
from argon2 import PasswordHasher

from cityloop.accounts import (
    Accounts,
    DepartmentDefinition,
    NewPerson,
    Passwords,
    RoleDefinition,
)
from cityloop.foundation.audit import AuditLog
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.principal import operator

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "heron over the lake"
MEI = NewPerson(
    "mei",
    "李梅",
    department="transport",
    roles=frozenset({"analyst"}),
    level=3,
    attributes={"district": "临湖区"},
    password=PASSWORD,
)


def _titled(name: str) -> dict[str, object]:
    return {"name": name, "title": {"zh": name, "en": name.title()}}


@pytest.fixture
def snapshot() -> list[Snapshot]:
    """The published definitions; replace the one item to publish others."""
    return [
        Snapshot.of(
            DepartmentDefinition(**_titled("city")),
            DepartmentDefinition(**_titled("transport"), parent="city"),
            RoleDefinition(**_titled("analyst"), permissions=("definitions.view",)),
            RoleDefinition(**_titled("clerk"), permissions=("people.manage", "keys.manage")),
        )
    ]


@pytest.fixture
def accounts(database: Database, clock: FakeClock, snapshot: list[Snapshot]) -> Accounts:
    found = Accounts(
        database,
        clock,
        AuditLog(clock),
        snapshot=lambda: snapshot[0],
        passwords=Passwords(CHEAP),
    )
    found.people.add(operator(), MEI)
    return found
