"""HTTP of accounts: sign in and out, who am I, people, API keys, departments, roles; and ``install``, the door."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from cityloop.accounts.gate import (
    CSRF_COOKIE,
    AsgiApp,
    Gate,
    Scope,
    completed,
    headers_of,
    session_cookie,
)
from cityloop.accounts.keys import NewKey
from cityloop.accounts.model import ApiKey, Person, SignedIn
from cityloop.accounts.people import NewPerson, PersonChange
from cityloop.accounts.service import Accounts
from cityloop.accounts.tokens import csrf_of
from cityloop.foundation.clock import Clock
from cityloop.foundation.definition import Bilingual, Name
from cityloop.foundation.errors import CityError, Unauthenticated
from cityloop.foundation.principal import Principal
from cityloop.foundation.settings import Settings
from cityloop.foundation.web import Caller, error_response

Level = Annotated[int, Field(ge=1, le=6, description="highest data level seen raw, 1–6")]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInIn(_In):
    """Who signs in."""

    user_name: str = Field(max_length=200, examples=["mei"])
    password: SecretStr = Field(max_length=1_000, examples=["heron over the lake"])


class PasswordIn(_In):
    """A change of one's own password."""

    current: SecretStr = Field(max_length=1_000, examples=["heron over the lake"])
    new: SecretStr = Field(max_length=1_000, examples=["two herons over the lake"])


class PreferencesIn(_In):
    """What people choose for themselves; what is left out stays; ``language`` null means the city's."""

    language: Literal["zh", "en"] | None = Field(default=None, examples=["zh"])
    display_name: Words | None = None


class MeOut(BaseModel):
    """Who calls, and what they may do; ``csrf_token`` is null for API keys."""

    id: str
    name: str
    kind: str
    department: str | None
    department_title: Bilingual | None
    roles: list[str]
    permissions: list[str]
    level: int
    attributes: dict[str, str]
    language: Literal["zh", "en"] | None
    must_change_password: bool
    csrf_token: str | None


class SessionOut(BaseModel):
    """One of one's own sign-ins; ``agent`` is what the browser said of itself."""

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str | None
    is_current: bool


class EndedOut(BaseModel):
    """How many sessions ended."""

    ended: int


class PersonOut(BaseModel):
    """One person, as those who manage people see them."""

    user_name: str
    display_name: str
    department: str | None
    roles: list[str]
    level: int
    attributes: dict[str, str]
    active: bool
    must_change: bool
    created_at: datetime | None
    last_sign_in_at: datetime | None


class PersonIn(_In):
    """Somebody to add; without a password a one-time password is made."""

    user_name: str = Field(max_length=64, examples=["mei"])
    display_name: Words = Field(examples=["李梅"])
    department: Name | None = None
    roles: list[Name] = []
    level: Level = 1
    attributes: dict[Name, Words] = Field(default={}, max_length=50)
    password: SecretStr | None = None


class PersonChangeIn(_In):
    """What to change; what is left out, or null, stays; an empty department takes it away."""

    display_name: Words | None = None
    department: str | None = None
    roles: list[Name] | None = None
    level: Level | None = None
    attributes: dict[Name, Words] | None = Field(default=None, max_length=50)
    active: bool | None = Field(default=None, examples=[False])


class OneTimePasswordOut(BaseModel):
    """A password that is shown only here; null when one was given."""

    user_name: str
    password: str | None


class KeyIn(_In):
    """An API key to issue; ``expires_at`` null means never."""

    name: Words = Field(examples=["交通大屏"])
    department: Name | None = None
    roles: list[Name] = []
    level: Level = 1
    expires_at: AwareDatetime | None = None
    personal: bool = Field(
        default=False, description="Acts for the caller, never beyond what they may do at the time."
    )


class KeyOut(BaseModel):
    """One API key, without what is secret."""

    id: str
    prefix: str
    name: str
    department: str | None
    roles: list[str]
    level: int
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    holder: str | None = Field(description="Whose personal key it is; null for a program's own.")


class NewKeyOut(KeyOut):
    """A fresh API key; ``key`` is shown only here."""

    key: str


class DepartmentOut(BaseModel):
    """One department; ``parent`` null for the top."""

    name: str
    title: Bilingual
    parent: str | None


class RoleOut(BaseModel):
    """One role and what it permits."""

    name: str
    title: Bilingual
    permissions: list[str]


def install(app: FastAPI, accounts: Accounts, settings: Settings, clock: Clock) -> None:
    """Put the door in front of ``app`` and mount the routes of accounts.

    Every request gets ``request.state.request_id``; one that is let in with a session or key gets
    ``request.state.principal``. Install the error handlers (``foundation.web.install_errors``) first.
    """

    def respond(scope: Scope, error: CityError) -> AsgiApp:
        return cast("AsgiApp", error_response(Request(scope), error))

    _complete_unexpected(app, secure=settings.secure_cookies)
    app.add_middleware(
        cast("Any", Gate), accounts=accounts, settings=settings, clock=clock, respond=respond
    )
    app.include_router(router(accounts, secure=settings.secure_cookies))


def _complete_unexpected(app: FastAPI, *, secure: bool) -> None:
    """Give answers to bugs the headers of all others; they are made outside of any middleware."""
    # Any: handlers of several signatures; the one of install_errors is a coroutine function.
    inner: Any = app.exception_handlers.get(Exception)
    if inner is None:
        return

    async def answer(request: Request, error: Exception) -> Response:
        response: Response = await inner(request, error)
        request_id = getattr(request.state, "request_id", "")
        extra = headers_of(request_id, is_api=True, secure=secure)
        response.raw_headers = completed(response.raw_headers, extra)
        return response

    app.add_exception_handler(Exception, answer)


def router(accounts: Accounts, *, secure: bool = False) -> APIRouter:
    """Return the routes below ``/api/accounts``; ``secure`` sends cookies over TLS only."""
    routes = APIRouter(prefix="/api/accounts", tags=["accounts"])
    _add_sign_in(routes, accounts, _Cookies(secure=secure))
    _add_self(routes, accounts, _Cookies(secure=secure))
    _add_sessions(routes, accounts)
    _add_people(routes, accounts)
    _add_keys(routes, accounts)
    _add_lists(routes, accounts)
    return routes


class _Cookies:
    """Sets and clears the two cookies of a session."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        self.name = session_cookie(secure=secure)

    def set(self, response: Response, signed_in: SignedIn) -> None:
        lasts_s = int(signed_in.lasts.total_seconds())
        response.set_cookie(
            self.name,
            signed_in.token,
            max_age=lasts_s,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
        response.set_cookie(
            CSRF_COOKIE,
            signed_in.csrf,
            max_age=lasts_s,
            secure=self._secure,
            httponly=False,
            samesite="strict",
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, secure=self._secure, httponly=True, samesite="lax")
        response.delete_cookie(CSRF_COOKIE, secure=self._secure, samesite="strict")


def _add_sign_in(routes: APIRouter, accounts: Accounts, cookies: _Cookies) -> None:
    @routes.post("/sign-in", operation_id="accounts_sign_in", summary="Sign in")
    def sign_in(request: Request, response: Response, given: SignInIn) -> MeOut:
        signed_in = accounts.sign_in(
            given.user_name,
            given.password.get_secret_value(),
            address=_address(request),
            agent=request.headers.get("user-agent"),
            old_token=request.cookies.get(cookies.name),
        )
        cookies.set(response, signed_in)
        principal = accounts.principals.of_person(signed_in.person)
        return _me(accounts, principal, signed_in.person, signed_in.csrf)

    @routes.post("/sign-out", operation_id="accounts_sign_out", summary="Sign out", status_code=204)
    def sign_out(request: Request, response: Response) -> None:
        token = getattr(request.state, "session_token", None)
        if token is not None:
            accounts.sign_out(token)
        cookies.clear(response)


def _add_self(routes: APIRouter, accounts: Accounts, cookies: _Cookies) -> None:
    @routes.get("/me", operation_id="accounts_me", summary="Who am I, and what may I do?")
    def me(caller: Caller, request: Request) -> MeOut:
        token = getattr(request.state, "session_token", None)
        person = getattr(request.state, "person", None)
        return _me(accounts, caller, person, csrf_of(token) if token else None)

    @routes.patch(
        "/me",
        operation_id="accounts_set_preferences",
        summary="Choose one's language and display name",
    )
    def set_preferences(_caller: Caller, request: Request, given: PreferencesIn) -> PreferencesIn:
        person = _person_of(request)
        language = person.language
        if "language" in given.model_fields_set:
            language = given.language
            accounts.people.set_language(person.user_name, language)
        if given.display_name is not None:
            accounts.people.rename(person.user_name, given.display_name)
        shown = given.display_name or person.display_name
        return PreferencesIn(language=language, display_name=shown)

    @routes.post(
        "/password", operation_id="accounts_change_password", summary="Change one's own password"
    )
    def change_password(
        _caller: Caller, request: Request, response: Response, given: PasswordIn
    ) -> MeOut:
        signed_in = accounts.change_password(
            _person_of(request).user_name,
            current=given.current.get_secret_value(),
            new=given.new.get_secret_value(),
            address=_address(request),
            agent=request.headers.get("user-agent"),
        )
        cookies.set(response, signed_in)
        principal = accounts.principals.of_person(signed_in.person)
        return _me(accounts, principal, signed_in.person, signed_in.csrf)


def _add_sessions(routes: APIRouter, accounts: Accounts) -> None:
    @routes.get("/sessions", operation_id="accounts_sessions", summary="One's own sign-ins")
    def list_sessions(_caller: Caller, request: Request) -> list[SessionOut]:
        name, token = _person_of(request).user_name, request.state.session_token
        found = accounts.sessions(name, token=token)
        return [SessionOut.model_validate(each, from_attributes=True) for each in found]

    @routes.delete(
        "/sessions/{session_id}",
        operation_id="accounts_end_session",
        summary="End one of one's own sign-ins",
        status_code=204,
    )
    def end_session(_caller: Caller, request: Request, session_id: str) -> None:
        accounts.end_session(_person_of(request).user_name, session_id)

    @routes.post(
        "/sessions/end-others",
        operation_id="accounts_end_other_sessions",
        summary="End all of one's own sign-ins but this one",
    )
    def end_others(_caller: Caller, request: Request) -> EndedOut:
        name, token = _person_of(request).user_name, request.state.session_token
        return EndedOut(ended=accounts.end_other_sessions(name, token=token))


def _add_people(routes: APIRouter, accounts: Accounts) -> None:
    people = accounts.people

    @routes.get("/people", operation_id="accounts_people", summary="List people")
    def list_people(caller: Caller) -> list[PersonOut]:
        return [_person(each) for each in people.all(caller)]

    @routes.post(
        "/people", operation_id="accounts_add_person", summary="Add a person", status_code=201
    )
    def add_person(caller: Caller, given: PersonIn) -> OneTimePasswordOut:
        password = given.password.get_secret_value() if given.password else None
        plain = given.model_dump(exclude={"password", "roles"})
        roles = frozenset(given.roles)
        made = people.add(caller, NewPerson(**plain, roles=roles, password=password))
        if made is None:
            return OneTimePasswordOut(user_name=given.user_name, password=None)
        return OneTimePasswordOut(user_name=made.user_name, password=made.password)

    @routes.get("/people/{user_name}", operation_id="accounts_person", summary="One person")
    def one_person(caller: Caller, user_name: str) -> PersonOut:
        return _person(people.one(caller, user_name))

    @routes.patch(
        "/people/{user_name}", operation_id="accounts_edit_person", summary="Change a person"
    )
    def edit_person(caller: Caller, user_name: str, given: PersonChangeIn) -> PersonOut:
        plain = given.model_dump(exclude={"roles"})
        roles = None if given.roles is None else frozenset(given.roles)
        return _person(people.edit(caller, user_name, PersonChange(**plain, roles=roles)))

    @routes.post(
        "/people/{user_name}/reset-password",
        operation_id="accounts_reset_password",
        summary="Give a person a one-time password",
    )
    def reset_password(caller: Caller, user_name: str) -> OneTimePasswordOut:
        made = people.reset_password(caller, user_name)
        return OneTimePasswordOut(user_name=made.user_name, password=made.password)


def _add_keys(routes: APIRouter, accounts: Accounts) -> None:
    @routes.get("/keys", operation_id="accounts_keys", summary="List API keys: one's own, or all")
    def list_keys(caller: Caller) -> list[KeyOut]:
        return [KeyOut(**_key(each)) for each in accounts.keys.all(caller)]

    @routes.post(
        "/keys",
        operation_id="accounts_issue_key",
        summary="Issue an API key; it is shown once",
        status_code=201,
    )
    def issue_key(caller: Caller, given: KeyIn) -> NewKeyOut:
        plain = given.model_dump(exclude={"roles"})
        key, text = accounts.keys.issue(caller, NewKey(**plain, roles=frozenset(given.roles)))
        return NewKeyOut(**_key(key), key=text)

    @routes.delete(
        "/keys/{key_id}",
        operation_id="accounts_revoke_key",
        summary="Revoke an API key",
        status_code=204,
    )
    def revoke_key(caller: Caller, key_id: str) -> None:
        accounts.keys.revoke(caller, key_id)


def _add_lists(routes: APIRouter, accounts: Accounts) -> None:
    @routes.get("/departments", operation_id="accounts_departments", summary="List departments")
    def list_departments(_caller: Caller) -> list[DepartmentOut]:
        found = accounts.principals.departments().values()
        return [DepartmentOut.model_validate(each, from_attributes=True) for each in found]

    @routes.get("/roles", operation_id="accounts_roles", summary="List roles")
    def list_roles(_caller: Caller) -> list[RoleOut]:
        found = accounts.principals.roles().values()
        return [
            RoleOut(name=each.name, title=each.title, permissions=list(each.permissions))
            for each in found
        ]


def _me(accounts: Accounts, principal: Principal, person: Person | None, csrf: str | None) -> MeOut:
    department = accounts.principals.departments().get(principal.department or "")
    return MeOut(
        id=principal.id,
        name=principal.name,
        kind=principal.kind,
        department=principal.department,
        department_title=department.title if department else None,
        roles=sorted(principal.roles),
        permissions=sorted(principal.permissions),
        level=principal.level,
        attributes=dict(principal.attributes),
        language=person.language if person else None,
        must_change_password=person.must_change if person else False,
        csrf_token=csrf,
    )


def _person(person: Person) -> PersonOut:
    return PersonOut(
        **{name: getattr(person, name) for name in PersonOut.model_fields if name != "roles"},
        roles=sorted(person.roles),
    )


def _key(key: ApiKey) -> Mapping[str, Any]:  # Any: columns of several types
    fields = {name: getattr(key, name) for name in KeyOut.model_fields}
    return {**fields, "roles": sorted(key.roles)}


def _person_of(request: Request) -> Person:
    person = getattr(request.state, "person", None)
    if not isinstance(person, Person):
        raise Unauthenticated
    return person


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
