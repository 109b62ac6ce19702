"""HTTP face of operations: health for load balancers, figures for Prometheus, the live channel, lineage."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from cityloop.foundation.db import Database
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.outbox import Event, Outbox
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import Caller
from cityloop.operations.lineage import Graph, Lineage, Step
from cityloop.operations.live import Feed
from cityloop.operations.service import Operations

HEARTBEAT_S = 15.0
"""A comment is sent after this silence, seconds, so that proxies keep the channel open."""

LONGEST_S = 300.0
"""A channel ends after this, seconds, and the client resumes: whoever has lost access in between is told by then."""

_NODE: JsonDict = {
    "key": "dataset:air_quality", "kind": "dataset", "name": "air_quality", "step": "datasets",
    "title": {"zh": "空气质量小时值", "en": "Air quality, hourly"},
    "status": None, "at": "2026-10-01T02:00:00Z", "quality": 0.993, "count": None,
}  # fmt: skip

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


class NodeBody(BaseModel):
    """One thing on the way of data, and how it stands; ``step`` is its column in the picture.

    ``status``: of a source's newest load (waiting, running, done, failed) or of an alert (firing, quiet, no_data). ``at``:
    how far a dataset's rows reach, or when a source was last loaded. ``count``: places that fire, or open orders.
    """

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": _NODE})

    key: str
    kind: Literal["source", "dataset", "metric", "dashboard", "alert", "orders"]
    name: str
    step: Step
    title: Bilingual
    status: str | None
    at: datetime | None
    quality: float | None
    count: int | None


class EdgeBody(BaseModel):
    """Data goes from the node with key ``before`` to that with key ``after``."""

    before: str
    after: str


class GraphBody(BaseModel):
    """What there is around a dataset or metric, as far as the caller may know of it."""

    nodes: list[NodeBody]
    edges: list[EdgeBody]


def lineage_router(lineage: Lineage) -> APIRouter:
    """Return the routes that draw where data comes from and what it leads to."""
    routes = APIRouter(prefix="/api", tags=["operations"])

    @routes.get(
        "/datasets/{dataset}/lineage",
        operation_id="get_dataset_lineage",
        summary="Where a dataset comes from and what it leads to: sources, metrics, uses, orders",
    )
    def get_dataset_lineage(caller: Caller, dataset: str) -> GraphBody:
        return _graph(lineage.of_dataset(caller, dataset))

    @routes.get(
        "/metrics/{name}/lineage",
        operation_id="get_metric_lineage",
        summary="Where a metric comes from and what it leads to: sources, datasets, uses, orders",
    )
    def get_metric_lineage(caller: Caller, name: str) -> GraphBody:
        return _graph(lineage.of_metric(caller, name))

    return routes


def _graph(graph: Graph) -> GraphBody:
    nodes = [NodeBody.model_validate(each) for each in graph.nodes]
    edges = [EdgeBody(before=before, after=after) for before, after in graph.edges]
    return GraphBody(nodes=nodes, edges=edges)


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
