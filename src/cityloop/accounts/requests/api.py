"""HTTP of role requests: ask, see how it stands, withdraw; decide those of others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cityloop.accounts.model import RequestState, RoleRequest
from cityloop.accounts.requests.service import LONGEST_WORDS, RoleRequests
from cityloop.accounts.service import Accounts
from cityloop.foundation.definition import Name
from cityloop.foundation.web import Caller

Why = Annotated[str, Field(min_length=1, max_length=LONGEST_WORDS)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RoleRequestIn(_In):
    """A role that one asks for, and why."""

    role: Name = Field(examples=["analyst"])
    reason: Why = Field(examples=["每月的交通简报需要查看工单。"])


class GrantIn(_In):
    """A word to the one who gets the role; may be empty."""

    note: str = Field(default="", max_length=LONGEST_WORDS, examples=["有效至专项结束。"])


class DeclineIn(_In):
    """Why the role is not given."""

    note: Why = Field(examples=["请向本单位负责人确认用途后再申请。"])


class RoleRequestOut(BaseModel):
    """One role request; ``decided_by`` is the name of whoever decided or withdrew it, null while it is open."""

    id: str
    user_name: str
    display_name: str
    role: str
    reason: str
    state: RequestState
    asked_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    note: str


def router(requests: RoleRequests, accounts: Accounts) -> APIRouter:
    """Return the routes below ``/api/accounts/role-requests``."""
    routes = APIRouter(prefix="/api/accounts/role-requests", tags=["accounts"])

    def shown(found: Sequence[RoleRequest]) -> list[RoleRequestOut]:
        names = accounts.names_of([each.decided_by for each in found if each.decided_by])
        return [_shown(each, names.get(each.decided_by or "")) for each in found]

    @routes.get("", operation_id="accounts_role_requests", summary="One's own role requests")
    def list_own(caller: Caller) -> list[RoleRequestOut]:
        return shown(requests.own(caller))

    @routes.get(
        "/open",
        operation_id="accounts_open_role_requests",
        summary="Everybody's role requests that wait for a decision",
    )
    def list_open(caller: Caller) -> list[RoleRequestOut]:
        return shown(requests.open(caller))

    @routes.post(
        "", operation_id="accounts_ask_for_role", summary="Ask for a role", status_code=201
    )
    def ask(caller: Caller, given: RoleRequestIn) -> RoleRequestOut:
        return shown([requests.ask(caller, given.role, reason=given.reason)])[0]

    @routes.post(
        "/{request}/grant",
        operation_id="accounts_grant_role_request",
        summary="Give the role that was asked for",
    )
    def grant(caller: Caller, request: str, given: GrantIn) -> RoleRequestOut:
        return shown([requests.grant(caller, request, note=given.note)])[0]

    @routes.post(
        "/{request}/decline",
        operation_id="accounts_decline_role_request",
        summary="Decline a role request, saying why",
    )
    def decline(caller: Caller, request: str, given: DeclineIn) -> RoleRequestOut:
        return shown([requests.decline(caller, request, note=given.note)])[0]

    @routes.post(
        "/{request}/withdraw",
        operation_id="accounts_withdraw_role_request",
        summary="Take back one's own role request",
    )
    def withdraw(caller: Caller, request: str) -> RoleRequestOut:
        return shown([requests.withdraw(caller, request)])[0]

    return routes


def _shown(request: RoleRequest, decided_by: str | None) -> RoleRequestOut:
    found = RoleRequestOut.model_validate(request, from_attributes=True)
    return found.model_copy(update={"decided_by": decided_by or request.decided_by})
