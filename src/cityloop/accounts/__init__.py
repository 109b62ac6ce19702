"""Who are you? Departments and roles (definitions), people, sign-ins, API keys → principals.

Accounts.sign_in gives a session; .people and .keys carry the verbs on people and API keys, RoleRequests those on asking for more; principals turns people and keys into
a foundation Principal. gate is the middleware at the door (request id, principal, CSRF, rate limit, headers).
"""

from cityloop.accounts.keys import NewKey
from cityloop.accounts.model import (
    ADMINISTRATOR,
    DEPARTMENT,
    ROLE,
    ApiKey,
    DepartmentDefinition,
    OneTimePassword,
    Person,
    RoleDefinition,
    RoleRequest,
    SignedIn,
)
from cityloop.accounts.passwords import Passwords
from cityloop.accounts.people import NewPerson, People, PersonChange
from cityloop.accounts.requests import RoleRequests
from cityloop.accounts.service import Accounts

KINDS = (DEPARTMENT, ROLE)
"""The kinds of definitions that accounts brings."""

__all__ = [
    "ADMINISTRATOR",
    "DEPARTMENT",
    "KINDS",
    "ROLE",
    "Accounts",
    "ApiKey",
    "DepartmentDefinition",
    "NewKey",
    "NewPerson",
    "OneTimePassword",
    "Passwords",
    "People",
    "Person",
    "PersonChange",
    "RoleDefinition",
    "RoleRequest",
    "RoleRequests",
    "SignedIn",
]
