"""HTTP face of operations: health for load balancers, figures for Prometheus, and the live channel."""

import asyncio
from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from cityloop.foundation.db import Database
from cityloop.foundation.outbox import Event, Outbox
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import Caller
from cityloop.operations.live import Feed
from cityloop.operations.service import Operations

HEARTBEAT_S = 15.0
"""A comment is sent after this silence, seconds, so that proxies keep the channel open."""

LONGEST_S = 300.0
"""A channel ends after this, seconds, and the client resumes: whoever has lost access in between is told by then."""

Visible = Callable[[Principal, Event], bool]
"""Decides whether a principal may learn of an event."""


class HealthResponse(BaseModel):
    """The worst of all checks, and the checks."""

    status: str
    checks: list[dict[str, str]]


def router(operations: Operations, db: Database, outbox: Outbox, visible: Visible) -> APIRouter:
    """Return the routes of operations."""
    routes = APIRouter(prefix="/api", tags=["operations"])
    feed = Feed(db, outbox)

    @routes.get("/health", operation_id="get_health", summary="Whether the city runs as it should")
    def get_health(response: Response) -> HealthResponse:
        found = operations.health()
        response.status_code = 503 if found.status == "down" else 200
        checks = [{"name": c.name, "status": c.status, "detail": c.detail} for c in found.checks]
        return HealthResponse(status=found.status, checks=checks)

    @routes.get(
        "/live",
        operation_id="get_live",
        summary="Changes as server-sent events; resume with Last-Event-ID",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def get_live(
        request: Request, caller: Caller, after: int | None = Query(default=None, ge=0)
    ) -> StreamingResponse:
        resume = request.headers.get("last-event-id", "")
        start = int(resume) if resume.isdigit() else after
        going = _Going(request, operations)
        stream = _stream(going, feed, lambda event: visible(caller, event), start)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    return routes


def figures_router(operations: Operations) -> APIRouter:
    """Return the route that Prometheus scrapes; it stands outside ``/api``, where scrapers look for it."""
    routes = APIRouter(tags=["operations"])

    @routes.get(
        "/metrics",
        operation_id="get_figures",
        summary="Figures in Prometheus' text format",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    def get_figures(caller: Caller) -> Response:
        return Response(operations.metrics_text(caller), media_type=CONTENT_TYPE_LATEST)

    return routes


class _Going:
    """Says whether a channel goes on: the client is there, the server does not stop, and it is not too old."""

    def __init__(self, request: Request, operations: Operations) -> None:
        self._request = request
        self._operations = operations
        self._until_s = asyncio.get_running_loop().time() + LONGEST_S

    async def on(self) -> bool:
        if self._operations.is_closing or asyncio.get_running_loop().time() > self._until_s:
            return False
        return not await self._request.is_disconnected()


async def _stream(
    going: _Going, feed: Feed, may_learn: Callable[[Event], bool], start: int | None
) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    async with feed.listening() as newest:
        last = newest if start is None else start
        yield b"retry: 2000\n: connected\n\n"
        spoke_s = clock()
        while await going.on():
            messages = []
            for told in await feed.after(last):
                last = told.event.id
                if may_learn(told.event):
                    messages.append(told.message)
            if not messages and clock() - spoke_s >= HEARTBEAT_S:
                messages.append(b": still here\n\n")
            if messages:
                yield b"".join(messages)
                spoke_s = clock()
