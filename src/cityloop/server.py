"""The city over HTTP: every feature's routes in one FastAPI app, with the worker beside them in the same process."""

import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cityloop.accounts import api as accounts_api
from cityloop.accounts.requests import api as requests_api
from cityloop.alerts import api as alerts_api
from cityloop.app import City
from cityloop.ask import api as ask_api
from cityloop.dashboards import api as dashboards_api
from cityloop.datasets import api as datasets_api
from cityloop.definitions import api as definitions_api
from cityloop.foundation import log
from cityloop.foundation.errors import CityError
from cityloop.foundation.outbox import Event
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import ErrorResponse, JsonResponse, install_errors
from cityloop.maps import api as maps_api
from cityloop.metrics import Knowledge
from cityloop.metrics import api as metrics_api
from cityloop.operations import Lineage
from cityloop.operations import api as operations_api
from cityloop.policies import Samples
from cityloop.policies import api as policies_api
from cityloop.policies.samples import api as samples_api
from cityloop.site import api as site_api
from cityloop.sources import api as sources_api
from cityloop.workorders import api as workorders_api

ERRORS: dict[int | str, dict[str, object]] = {
    status: {"model": ErrorResponse} for status in (401, 403, 404, 409, 422, 429, 503)
}
"""Every route may answer with these, all in the one shape."""
STOP_S = 10.0
"""How long the worker may finish what it does when the server stops, seconds."""

_log = log.get("server")


def create_app(city: City, *, works: bool = True, demo: APIRouter | None = None) -> FastAPI:
    """Return the app of ``city``.

    Args:
        city: an open city; whoever opened it closes it.
        works: whether the app's process also delivers events and runs jobs while it serves.
        demo: routes of the living demo, when the city is one.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        worker = threading.Thread(target=city.work_until, args=(stop,), name="worker", daemon=True)
        if works:
            worker.start()
        yield
        stop.set()
        city.outbox.wake()
        if works:
            worker.join(STOP_S)

    app = FastAPI(
        title="CityLoop 城环",
        version="0.1.0",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        default_response_class=JsonResponse,
        responses=ERRORS,
        lifespan=lifespan,
    )
    app.state.language = city.settings.language
    install_errors(app)
    app.add_middleware(_Counting, city=city)
    accounts_api.install(app, city.accounts, city.settings, city.real)
    _mount(app, city, demo)
    return app


def serve(city: City, *, host: str, port: int, demo: APIRouter | None = None) -> None:
    """Serve ``city`` until the process is told to stop."""
    config = uvicorn.Config(
        create_app(city, demo=demo),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    Server(config, city).run()


class Server(uvicorn.Server):
    """Ends the live channels first when it stops; otherwise it would wait for their clients to go."""

    def __init__(self, config: uvicorn.Config, city: City) -> None:
        """Serve ``city`` as ``config`` says."""
        super().__init__(config)
        self._city = city

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, let open requests end, and return."""
        self._city.operations.close()
        await super().shutdown(sockets)


def _mount(app: FastAPI, city: City, demo: APIRouter | None) -> None:
    app.include_router(requests_api.router(city.role_requests, city.accounts))
    app.include_router(definitions_api.router(city.definitions))
    app.include_router(sources_api.router(city.sources, city.reader.known))
    app.include_router(datasets_api.router(city.datasets, city.reader.known))
    app.include_router(policies_api.router(city.reader, city.trail, city.datasets))
    app.include_router(samples_api.router(Samples(city.sources, city.reader)))
    app.include_router(metrics_api.router(Knowledge(city.metrics, city.reader, city.alerts.names)))
    app.include_router(maps_api.router(city.maps))
    app.include_router(dashboards_api.router(city.dashboards))
    app.include_router(ask_api.router(city.ask))
    app.include_router(alerts_api.router(city.alerts))
    app.include_router(workorders_api.router(city.workorders, city.accounts.people.names))
    live = operations_api.router(
        city.operations, city.db, city.outbox, lambda who, event: _may_learn(city, who, event)
    )
    app.include_router(live)
    app.include_router(operations_api.figures_router(city.operations))
    app.include_router(operations_api.lineage_router(_lineage(city)))
    if demo is not None:
        app.include_router(demo)
    site_api.install(app, city.settings, city.clock, is_demo=demo is not None)


class _Counting:
    """Counts requests: route, status, seconds until the answer is sent. Pure ASGI, because it stands in every request's way."""

    def __init__(self, app: ASGIApp, *, city: City) -> None:
        self._app = app
        self._city = city

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            seconds = time.perf_counter() - began
            self._city.operations.count_request(scope["method"], route, status, seconds)


def _lineage(city: City) -> Lineage:
    return Lineage(
        city.sources,
        city.datasets,
        metrics=city.metrics,
        alerts=city.alerts,
        workorders=city.workorders,
        known=city.reader.known,
    )


def _may_learn(city: City, who: Principal, event: Event) -> bool:
    """Whether ``who`` may learn of ``event`` on the live channel: news of what one may see anyway."""
    feature, payload = event.topic.split(".")[0], event.payload
    if feature == "dataset":
        try:
            return city.reader.decide(who, "preview", str(payload["dataset"])).allowed
        except CityError:
            return False
    if feature == "order":
        sees_all = who.may("orders.dispatch") or who.may("orders.view")
        return sees_all or payload.get("department") == who.department
    if feature == "alert":
        sees_all = who.may("alerts.manage") or who.may("alerts.view")
        return sees_all or payload.get("owner") == who.department
    if feature == "request":
        return who.may("people.manage") or who.id == f"person:{payload['user']}"
    return feature == "demo" or (feature == "definitions" and who.may("definitions.view"))
