"""Who there is: departments and roles (definitions), people, their sessions, API keys; and what can go wrong."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import StringConstraints

from cityloop.foundation import i18n
from cityloop.foundation.definition import (
    Bilingual,
    Definition,
    Kind,
    Problem,
    Reference,
    Snapshot,
)
from cityloop.foundation.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Lang,
    TooMany,
    Unauthenticated,
)

IDLE = timedelta(hours=2)
"""A session that nobody used for so long is over; a screen that refreshes itself keeps its session in use."""
TOUCH_EVERY = timedelta(minutes=5)
"""How exactly the last use of a session or key is known; shorter writes more often."""
FREE_FAILURES = 5
"""Failed sign-ins of one person from one address before the first wait."""
FREE_FAILURES_OF_ADDRESS = 50
"""Failed sign-ins from one address, whoever they name, before the first wait; many people share an office's address."""
FIRST_WAIT = timedelta(seconds=30)
"""First wait; each further failure doubles it."""
LONGEST_WAIT = timedelta(hours=1)
"""No wait is longer: a lockout must not keep the rightful person out for good."""
FORGET_FAILURES = timedelta(days=1)
"""Failures older than this no longer count."""
LEVELS = range(1, 7)
"""Data levels of GB/T 43697: 1 is open, 6 the most sensitive."""

Permission = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z_]+\.[a-z_]+)$", max_length=64)]
"""A verb such as ``definitions.apply``; ``*`` means all."""


class DepartmentDefinition(Definition):
    """A department of the city; ``parent`` is the one it belongs to, None for the top."""

    parent: str | None = None


class RoleDefinition(Definition):
    """A named set of permissions that people and keys can hold."""

    permissions: tuple[Permission, ...] = ()


ADMINISTRATOR = RoleDefinition(
    name="administrator",
    title=Bilingual(zh="系统管理员", en="Administrator"),
    permissions=("*",),
)
"""The role of the first person; a city that defines a role of this name replaces it."""


def _parent_of(department: DepartmentDefinition) -> Iterable[Reference]:
    if department.parent is not None:
        yield Reference("department", department.parent, ("parent",))


def _circle_of(department: DepartmentDefinition, snapshot: Snapshot) -> Iterable[Problem]:
    seen = [department.name]
    parent = department.parent
    while parent is not None:
        if parent == department.name:
            yield Problem(("parent",), DepartmentCircle(departments=[*seen, parent]))
            return
        if parent in seen:
            return  # a circle further up is reported there
        seen.append(parent)
        above = snapshot.find(DepartmentDefinition, parent)
        parent = above.parent if above else None


DEPARTMENT = Kind(
    name="department",
    folder="departments",
    model=DepartmentDefinition,
    references=_parent_of,
    check=_circle_of,
    title=Bilingual(zh="部门", en="Department"),
)
ROLE = Kind(
    name="role",
    folder="roles",
    model=RoleDefinition,
    title=Bilingual(zh="角色", en="Role"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in.

    ``level`` is the highest data level (1–6) seen raw; ``attributes`` such as ``district`` are what row rules ask for;
    ``language`` None means the city's; ``must_change`` that only a new password may be set.
    """

    user_name: str
    display_name: str
    department: str | None = None
    roles: frozenset[str] = frozenset()
    level: int = 1
    attributes: Mapping[str, str] = field(default_factory=dict)
    language: Literal["zh", "en"] | None = None
    active: bool = True
    must_change: bool = False
    created_at: datetime | None = None
    last_sign_in_at: datetime | None = None

    @property
    def id(self) -> str:
        """How audit and cases name this person."""
        return f"person:{self.user_name}"


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that is still good."""

    person: Person
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A sign-in as its owner sees it; ``agent`` is what the browser said of itself, ``is_current`` that it asks now.

    ``id`` names it without opening it.
    """

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session that ``lasts`` so long at most.

    ``token`` goes into a cookie that scripts cannot read, ``csrf`` into one that ours can.
    """

    person: Person
    token: str = field(repr=False)
    csrf: str = field(repr=False)
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key with which a program acts; ``prefix`` is its visible part, ``expires_at`` None means never.

    ``holder`` is the user name of the person for whom a personal key acts, never beyond what that person may do at the
    time; None for a program's own key.
    """

    id: str
    prefix: str
    name: str
    department: str | None
    roles: frozenset[str]
    level: int
    created_by: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    holder: str | None = None

    def is_good(self, now: datetime) -> bool:
        """Return whether the key may be used at ``now``."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


RequestState = Literal["open", "granted", "declined", "withdrawn"]
"""What became of a role request; all but ``open`` are final."""


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """A person asks for a role; ``note`` is the word of whoever decided, empty when there was none.

    ``decided_by`` is a principal id; it and ``decided_at`` are None while nobody has decided or withdrawn it.
    """

    id: str
    user_name: str
    display_name: str
    role: str
    reason: str
    state: RequestState
    asked_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """A password that is shown once and must be changed at the first sign-in."""

    user_name: str
    password: str = field(repr=False)


def user_name_of(written: str) -> str:
    """Return the one spelling of a user name: full-width and capital letters are the same as plain ones.

    Example:
        >>> user_name_of(" Ｍei.Li ")
        'mei.li'
    """
    return unicodedata.normalize("NFKC", written).strip().casefold()


def is_user_name(name: str) -> bool:
    """Return whether ``name`` may be a user name: 2–64 letters, digits and ``. _ - @``, starting with a letter or digit.

    Example:
        >>> [is_user_name(each) for each in ("mei", "李梅", "a", ".mei", "mei li")]
        [True, True, False, False, False]
    """
    return re.fullmatch(r"[^\W_][\w.@-]{1,63}", name) is not None


def wait_after(failures: int, free: int = FREE_FAILURES) -> timedelta:
    """Return how long to wait after this many failures in a row.

    Example:
        >>> [wait_after(each).total_seconds() for each in (4, 5, 6, 30)]
        [0.0, 30.0, 60.0, 3600.0]
    """
    if failures < free:
        return timedelta()
    doublings: int = min(failures - free, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


class DepartmentCircle(Invalid):
    """A department belongs to itself, through others."""

    code = "accounts.department_circle"


class BadSignIn(Unauthenticated):
    """User name and password do not belong together; which of them is wrong is not said."""

    code = "accounts.bad_sign_in"


class LockedOut(TooMany):
    """Too many failed sign-ins; even the right password has to wait."""

    code = "accounts.locked_out"


class BadKey(Unauthenticated):
    """The API key is unknown, revoked or expired."""

    code = "accounts.bad_key"


class CsrfMissing(Forbidden):
    """A page elsewhere may have sent this; the token that only our own pages know is missing or wrong."""

    code = "accounts.csrf_missing"


class PasswordMustChange(Forbidden):
    """The password was given by somebody else; nothing else is possible before it is changed."""

    code = "accounts.password_must_change"


class WeakPassword(Invalid):
    """The password is too easy to guess; ``reason`` is one of the texts ``accounts.weak.*``."""

    code = "accounts.weak_password"

    def message(self, lang: Lang = "en") -> str:
        """Return what is wrong with the password, without saying it."""
        reason = i18n.text(f"accounts.weak.{self.fields['reason']}", lang, self.fields)
        return i18n.text(self.code, lang, {**self.fields, "reason": reason})


class WrongPassword(Invalid):
    """The present password was not given correctly."""

    code = "accounts.wrong_password"


class BadUserName(Invalid):
    """The name cannot be a user name."""

    code = "accounts.bad_user_name"


class NameTaken(Conflict):
    """Somebody has this user name already."""

    code = "accounts.name_taken"


class BeyondOwn(Forbidden):
    """Nobody gives away, or takes over, more than they hold themselves."""

    code = "accounts.beyond_own"


class Inactive(Forbidden):
    """The person may not sign in any more."""

    code = "accounts.inactive"


class OwnAccount(Conflict):
    """People do not change their own roles, level or access."""

    code = "accounts.own_account"


class AlreadyAsked(Conflict):
    """The person has asked for this role, and nobody has decided yet."""

    code = "accounts.already_asked"


class RoleHeld(Conflict):
    """The person has this role already."""

    code = "accounts.role_held"


class RequestClosed(Conflict):
    """Somebody has decided, or withdrawn, the role request before."""

    code = "accounts.request_closed"


class LastAdministrator(Conflict):
    """Nobody would be left who may do everything."""

    code = "accounts.last_administrator"
