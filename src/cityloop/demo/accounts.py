"""Who works in the demo city: one case worker in every department, and one person for each other role."""

from argon2 import PasswordHasher

from cityloop.accounts import NewPerson, Passwords, People
from cityloop.app import City
from cityloop.foundation.clock import SystemClock
from cityloop.foundation.principal import operator

DEMO_PASSWORD = "yunjiang-2026"  # noqa: S105 - a fictional city's accounts; the login page shows it
"""Password of every demo account."""

STAFF = (
    NewPerson("leader", "市领导 何远", None, frozenset({"leader"}), 3),
    NewPerson("dispatcher", "调度员 方圆", "data_bureau", frozenset({"dispatcher"}), 3),
    NewPerson("analyst", "分析员 梅晓", "data_bureau", frozenset({"analyst"}), 3),
    NewPerson("steward", "数据管理员 周敏", "data_bureau", frozenset({"steward"}), 4),
    NewPerson(
        "linhu", "临湖区 林悦", None, frozenset({"district_officer"}), 3, {"district": "临湖区"}
    ),
    NewPerson("admin", "管理员", "data_bureau", frozenset({"administrator"}), 6),
    NewPerson("auditor", "审计员 石坚", None, frozenset({"auditor"}), 2),
)
"""Everybody but the case workers of the departments, who are called like their department; the first sees the most."""


def add_staff(city: City) -> tuple[str, ...]:
    """Add the demo accounts that are missing; return every user name."""
    known = {person.user_name for person in city.accounts.people.all(operator())}
    workers = [
        NewPerson(name, f"{department.title.zh}经办", name, frozenset({"case_worker"}), 4)
        for name, department in city.accounts.principals.departments().items()
    ]
    staff = [*STAFF, *workers]
    # Everybody may know this password, so keeping it need not be slow; the first sign-in keeps it with the usual costs.
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    people = People(
        city.db, SystemClock(), city.audit, passwords=quick, principals=city.accounts.principals
    )
    for person in staff:
        if person.user_name not in known:
            people.add(operator(), _with_password(person))
    return tuple(person.user_name for person in staff)


def _with_password(person: NewPerson) -> NewPerson:
    return NewPerson(
        person.user_name,
        person.display_name,
        person.department,
        person.roles,
        person.level,
        person.attributes,
        DEMO_PASSWORD,
    )
