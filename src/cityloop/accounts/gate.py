"""The door every request passes: request id, who calls, CSRF, rate limit, security headers. Pure ASGI.

A request with an API key acts as that key; one with a session cookie acts as its person, and must prove by the CSRF
token that our own page sent it whenever it changes something. One query finds either.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

import structlog
from anyio import to_thread

from cityloop.accounts.limits import RateLimit, caller_at
from cityloop.accounts.model import BadKey, CsrfMissing, PasswordMustChange
from cityloop.accounts.service import Accounts
from cityloop.accounts.tokens import csrf_of, is_same
from cityloop.foundation.clock import Clock
from cityloop.foundation.errors import CityError
from cityloop.foundation.settings import Settings
from cityloop.foundation.web import new_request_id

# Any: ASGI's own types; messages and scopes are open dictionaries.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Respond = Callable[[Scope, CityError], AsgiApp]
"""Makes the response of an error in the one shape."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, so that a forged one does no harm."""
SIGN_IN = "/api/accounts/sign-in"
"""The one changing route without a session; a page elsewhere is kept out by ``Sec-Fetch-Site``."""
STATIC = "/assets/"
"""Files of our own pages: the same for everybody, so nobody is asked who they are."""
BEFORE_NEW_PASSWORD = frozenset(
    {SIGN_IN, "/api/accounts/me", "/api/accounts/password", "/api/accounts/sign-out"}
)
"""What somebody with a one-time password may call."""
CSRF_COOKIE = "cityloop_csrf"
"""Readable by our own pages, which send it back as ``X-CSRF-Token``."""
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""What a page may load: our own files only. Inline styles are how the component library writes its themes."""
Header = tuple[bytes, bytes]
HEADERS: tuple[Header, ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self)"),
)
"""Sent with every response unless the route says otherwise."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Call:
    """What of a request decides about letting it in."""

    method: str
    path: str
    address: str
    key: str | None
    token: str | None
    csrf: str
    site: str
    request_id: str

    @property
    def is_api(self) -> bool:
        """Whether it is a call and not a page or a file of ours."""
        return self.path.startswith("/api/")


class Gate:
    """The middleware.

    Args:
        app: what lies behind the door.
        accounts: knows sessions and keys.
        settings: how many calls a minute, whether cookies need TLS.
        clock: counts calls.
        respond: makes error responses.
    """

    def __init__(
        self,
        app: AsgiApp,
        *,
        accounts: Accounts,
        settings: Settings,
        clock: Clock,
        respond: Respond,
    ) -> None:
        self._app = app
        self._accounts = accounts
        self._cookie = session_cookie(secure=settings.secure_cookies)
        self._secure = settings.secure_cookies
        self._limit = RateLimit(settings.calls_per_minute, clock)
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or answer why not."""
        if scope["type"] != "http":
            # Nobody is signed in on any other channel, so whatever listens there refuses.
            await self._app(scope, receive, send)
            return
        call = read_call(scope, self._cookie)
        state = scope.setdefault("state", {})
        state["request_id"] = call.request_id
        extra = headers_of(call.request_id, is_api=call.is_api, secure=self._secure)

        async def leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = completed(message.get("headers", ()), extra)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=call.request_id):
            try:
                await self._admit(call, state)
            except CityError as error:
                await self._respond(scope, error)(scope, receive, leave)
                return
            await self._app(scope, receive, leave)

    async def _admit(self, call: Call, state: dict[str, Any]) -> None:
        """Find out who calls and whether this call may pass; ``state`` is what routes see of it."""
        if call.path.startswith(STATIC):
            return
        at = caller_at(call.address)
        if call.key is not None:
            await self._admit_key(call.key, at, state)
        elif call.token is not None:
            await self._admit_token(call, call.token, at, state)
        else:
            self._admit_stranger(call, at)

    async def _admit_key(self, key: str, at: str, state: dict[str, Any]) -> None:
        self._limit.require(
            at
        )  # before the state store is asked: guessing keys must stay cheap for us
        try:
            principal = await to_thread.run_sync(self._accounts.keys.principal_of, key)
        except BadKey:
            self._limit.take(at)
            raise
        self._limit.take(principal.id)
        state["principal"] = principal

    async def _admit_token(self, call: Call, token: str, at: str, state: dict[str, Any]) -> None:
        self._limit.require(at)
        session = await to_thread.run_sync(self._accounts.session_of, token)
        if session is None:
            self._admit_stranger(call, at)
            return
        person = session.person
        self._limit.take(person.id)
        self._refuse_other_sites(call)
        forged = not is_same(call.csrf, csrf_of(token))
        if forged and call.method not in SAFE_METHODS and call.path != SIGN_IN:
            raise CsrfMissing
        if person.must_change and call.is_api and call.path not in BEFORE_NEW_PASSWORD:
            raise PasswordMustChange
        state["principal"] = self._accounts.principals.of_person(person)
        state["person"] = person
        state["session_token"] = token
        if person.language is not None:
            state["language"] = person.language

    def _admit_stranger(self, call: Call, at: str) -> None:
        if call.is_api:
            self._limit.take(at)
        self._refuse_other_sites(call)

    def _refuse_other_sites(self, call: Call) -> None:
        if call.method not in SAFE_METHODS and call.site == "cross-site":
            raise CsrfMissing


def headers_of(request_id: str, *, is_api: bool, secure: bool) -> list[Header]:
    """Return what every response carries; ``secure`` adds that the city is reached over TLS only."""
    extra = [*HEADERS, (b"x-request-id", request_id.encode())]
    if is_api:
        extra.append((b"cache-control", b"no-store"))
    if secure:
        extra.append((b"strict-transport-security", b"max-age=31536000"))
    return extra


def completed(headers: Iterable[Header], extra: Iterable[Header]) -> list[Header]:
    """Return ``headers`` with those of ``extra`` that are not among them."""
    given = list(headers)
    names = {name.lower() for name, _value in given}
    return given + [(name, value) for name, value in extra if name not in names]


def session_cookie(*, secure: bool) -> str:
    """Return the name of the session cookie; over TLS the browser itself keeps others from setting ``__Host-``."""
    return "__Host-cityloop_session" if secure else "cityloop_session"


def read_call(scope: Scope, cookie: str) -> Call:
    """Return what of a request decides about letting it in; ``cookie`` is the session cookie's name."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    scheme, _, credential = headers.get("authorization", "").partition(" ")
    client = scope.get("client")
    given_id = headers.get("x-request-id", "")
    return Call(
        method=scope["method"],
        path=scope["path"],
        address=client[0] if client else "",
        key=credential.strip() if scheme.lower() == "bearer" else None,
        token=_cookie_of(_all(scope["headers"], b"cookie"), cookie),
        csrf=headers.get("x-csrf-token", ""),
        site=headers.get("sec-fetch-site", ""),
        request_id=given_id if _REQUEST_ID.fullmatch(given_id) else new_request_id(),
    )


def _all(headers: Iterable[Header], name: bytes) -> str:
    return "; ".join(value.decode("latin-1") for each, value in headers if each == name)


def _cookie_of(header: str, name: str) -> str | None:
    if name not in header:
        return None
    for pair in header.split(";"):
        try:
            morsel = SimpleCookie(pair.strip()).get(name)
        except CookieError:
            continue  # another cookie that is not ours and not well formed
        if morsel is not None and morsel.value:
            return morsel.value
    return None
