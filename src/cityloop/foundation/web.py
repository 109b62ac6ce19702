"""HTTP glue that every feature's ``api.py`` shares: who calls, in which language, and the one error shape.

Every error body, whatever raised it::

    {"error": {"code": "contracts.missing_column", "message": "…", "hint": "…", "fields": {…}, "request_id": "…"}}
"""

from collections.abc import Mapping
from typing import Annotated, Literal, cast
from uuid import uuid4

import orjson
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from cityloop.foundation import log
from cityloop.foundation.errors import Broken, CityError, Invalid, NotFound, Unauthenticated
from cityloop.foundation.principal import Principal

_log = log.get("web")


class ErrorBody(BaseModel):
    """What went wrong: stable ``code``, ``message`` and ``hint`` in the caller's language, the named ``fields``."""

    code: str
    message: str
    hint: str
    fields: dict[str, object]
    request_id: str


class ErrorResponse(BaseModel):
    """The one shape of every error."""

    error: ErrorBody


class MethodNotAllowed(Invalid):
    """The route exists, but not with this HTTP method."""

    code, status = "foundation.method_not_allowed", 405


class JsonResponse(JSONResponse):
    """JSON written by orjson: dates in ISO 8601 UTC, numpy arrays as lists, NaN as null."""

    def render(self, content: object) -> bytes:
        """Return the body's bytes."""
        return orjson.dumps(
            content, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
        )


def language_of(request: Request) -> Literal["zh", "en"]:
    """Return the language: parameter ``lang``, else the person's own, else ``Accept-Language``, else the city's."""
    chosen = getattr(request.state, "language", "")
    named = request.headers.get("accept-language", "")
    wanted = request.query_params.get("lang") or chosen or named
    if wanted.lower().startswith("zh"):
        return "zh"
    if wanted.lower().startswith("en"):
        return "en"
    return cast('Literal["zh", "en"]', getattr(request.app.state, "language", "zh"))


def caller_of(request: Request) -> Principal:
    """Return who calls, as ``accounts`` found out for this request.

    Raises:
        Unauthenticated: nobody we know.
    """
    principal = getattr(request.state, "principal", None)
    if not isinstance(principal, Principal):
        raise Unauthenticated
    return principal


Caller = Annotated[Principal, Depends(caller_of)]
"""Parameter type of a route that needs to know who calls."""
Language = Annotated[Literal["zh", "en"], Depends(language_of)]
"""Parameter type of a route that speaks."""


def error_response(request: Request, error: CityError) -> Response:
    """Return ``error`` in the one shape."""
    lang = language_of(request)
    request_id = getattr(request.state, "request_id", "")
    body = ErrorBody(
        code=error.code,
        message=error.message(lang),
        hint=error.hint(lang),
        fields={name: _plain(value) for name, value in error.fields.items()},
        request_id=request_id,
    )
    wait = error.fields.get("wait_s")
    headers = {"Retry-After": str(wait)} if wait is not None else {}
    return JsonResponse({"error": body.model_dump()}, status_code=error.status, headers=headers)


def install_errors(app: FastAPI) -> None:
    """Make ``app`` answer every error in the one shape."""
    app.add_exception_handler(CityError, _on_city_error)
    app.add_exception_handler(RequestValidationError, _on_bad_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_bug)


def new_request_id() -> str:
    """Return a fresh identifier that joins a response with its log lines."""
    return uuid4().hex[:16]


async def _on_city_error(request: Request, error: Exception) -> Response:
    return error_response(request, cast("CityError", error))


async def _on_bad_request(request: Request, error: Exception) -> Response:
    first = cast("RequestValidationError", error).errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return error_response(
        request, Invalid(field=where, value=_short(first.get("input")), reason=first["msg"])
    )


async def _on_http_error(request: Request, error: Exception) -> Response:
    found = cast("HTTPException", error)
    if found.status_code == 405:
        return error_response(
            request, MethodNotAllowed(method=request.method, path=request.url.path)
        )
    if found.status_code == 404:
        return error_response(request, NotFound(kind="page", name=request.url.path, close=[]))
    return error_response(request, Invalid(field="request", value="–", reason=found.detail))


async def _on_bug(request: Request, error: Exception) -> Response:
    reference = getattr(request.state, "request_id", "") or new_request_id()
    _log.error("request failed", path=request.url.path, request_id=reference, exc_info=error)
    return error_response(request, Broken(what="unexpected error", reference=reference))


def _plain(value: object) -> object:
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
